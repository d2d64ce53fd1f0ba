//! `ARCHITECTURE.md` lists every crate with what it depends on. This compares the page with the
//! manifests, so that neither can drift.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    ours: BTreeSet<String>,
    others: BTreeSet<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn list(line: &str) -> BTreeSet<String> {
    let names = line.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "none");
    names.map(str::to_owned).collect()
}

/// `### name`, then `- ours: a, b` and `- others: c`.
fn page() -> BTreeMap<String, Listed> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut crates: BTreeMap<String, Listed> = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            name = heading.to_owned();
        } else if let Some(ours) = line.strip_prefix("- ours: ") {
            crates.entry(name.clone()).or_default().ours = list(ours);
        } else if let Some(others) = line.strip_prefix("- others: ") {
            crates.entry(name.clone()).or_default().others = list(others);
        }
    }
    crates
}

fn manifests() -> BTreeMap<String, Listed> {
    let folders = std::fs::read_dir(root().join("crates")).unwrap();
    let mut paths: Vec<PathBuf> = folders.map(|folder| folder.unwrap().path()).collect();
    paths.push(root().join("xtask"));
    let mut manifests: Vec<(String, Vec<String>)> = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        let dependencies = manifest.get("dependencies").and_then(|table| table.as_table());
        let names = dependencies.into_iter().flat_map(|table| table.keys().cloned()).collect();
        manifests.push((name, names));
    }
    let ours: BTreeSet<String> = manifests.iter().map(|(name, _)| name.clone()).collect();
    let split = |names: Vec<String>| {
        let (ours, others) = names.into_iter().partition(|name| ours.contains(name));
        Listed { ours, others }
    };
    manifests.into_iter().map(|(name, names)| (name, split(names))).collect()
}

#[test]
fn the_page_lists_every_crate_and_what_it_depends_on() {
    let (page, manifests) = (page(), manifests());
    assert_eq!(page.keys().collect::<Vec<_>>(), manifests.keys().collect::<Vec<_>>());
    for (name, listed) in &manifests {
        assert_eq!(page[name], *listed, "{name}: left is the page, right the manifest");
    }
}

/// Rust files below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_core_touches_nothing() {
    let mut files = Vec::new();
    sources(&root().join("crates/noren-core/src"), &mut files);
    assert!(files.len() > 20, "the core's sources were not found");
    let forbidden = [
        "SystemTime",
        "Instant",
        "std::net",
        "std::fs",
        "std::env",
        "std::thread",
        "async ",
        ".await",
        "f32",
        "f64",
        "rand::",
        "hash_map::RandomState",
        "HashMap::new()",
        "HashSet::new()",
        "unsafe ",
    ];
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for word in forbidden {
            assert!(!code.contains(word), "{} has {word:?}", file.display());
        }
    }
}

#[test]
fn no_wallet_folder_knows_another() {
    let wallets = root().join("crates/noren-wallets/src");
    let folders: Vec<String> = std::fs::read_dir(&wallets)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("connector.rs").exists())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(folders.len() >= 2, "the wallets' folders were not found");
    for folder in &folders {
        let mut files = Vec::new();
        sources(&wallets.join(folder), &mut files);
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for other in folders.iter().filter(|other| *other != folder) {
                // A whole word: one folder's name may begin with another's.
                let import = format!("crate::{other}");
                let ends =
                    |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                let found = text.split(import.as_str()).skip(1).any(ends);
                assert!(!found, "{} imports {import}", file.display());
            }
        }
    }
}
