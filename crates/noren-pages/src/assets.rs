//! Styles, scripts and pictures. They are served below a path that changes with any of them, so that
//! a browser may keep them for ever, and modules find each other by plain relative names.

use std::borrow::Cow;
use std::sync::OnceLock;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// A file as it is served.
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: &'static str,
}

/// Where they lie; what follows is [`version`], and then the name.
pub const PATH: &str = "/assets";

/// Names this set of files.
pub fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        // FNV-1a over every file's own hash: this is a name, not a proof.
        let mut sum = 0xcbf2_9ce4_8422_2325_u64;
        for name in names() {
            let hash =
                Files::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default();
            for byte in name.bytes().chain(hash) {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{sum:016x}")
    })
}

/// The address of a file: `/assets/9f3a…/till/sale.js`.
pub fn url(name: &str) -> String {
    format!("{PATH}/{}/{name}", version())
}

/// The names of all files, sorted.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Files::iter().map(Cow::into_owned).collect();
    names.sort();
    names
}

/// The file of that name, without the version: `till/sale.js`.
pub fn get(name: &str) -> Option<Asset> {
    let file = Files::get(name)?;
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    let media_type = match kind {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
    Some(Asset { bytes: file.data, media_type })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_an_address_that_names_its_set() {
        let url = url("base.css");
        assert!(url.starts_with("/assets/") && url.ends_with("/base.css"), "{url}");
        let style = get("base.css").expect("it is there");
        assert_eq!(style.media_type, "text/css; charset=utf-8");
        assert!(get("../Cargo.toml").is_none() && get("nothing.js").is_none());
    }

    #[test]
    fn files_of_others_are_as_their_packages_have_them() {
        let list: toml::Table = include_str!("../VENDOR.toml").parse().unwrap();
        let listed = list["file"].as_array().unwrap();
        let mut names: Vec<_> = listed.iter().map(|file| file["name"].as_str().unwrap()).collect();
        for file in listed {
            let name = file["name"].as_str().unwrap();
            let hash = Files::get(name).expect(name).metadata.sha256_hash();
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(Some(&*hash), file["sha256"].as_str(), "{name}");
        }
        names.push("vendor/zxing/LICENSE");
        let there: Vec<_> = Files::iter().filter(|name| name.starts_with("vendor/")).collect();
        let unlisted: Vec<_> = there.iter().filter(|name| !names.contains(&&***name)).collect();
        assert!(unlisted.is_empty(), "not in VENDOR.toml: {unlisted:?}");
    }
}
