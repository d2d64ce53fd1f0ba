//! Any EMV code, object by object.

use anyhow::bail;
use clap::Args;
use emvqr::mpm::{Profile, Writer};
use emvqr::tlv::Tag;

#[derive(Args)]
pub struct Emv {
    /// Objects as 59=NAME or 26.00=com.example.pay; those inside of a template in their order.
    /// 00 and the checksum are added.
    #[arg(required = true, value_name = "TAG=VALUE", value_parser = object)]
    objects: Vec<Object>,
    /// The code must keep this profile's rules, and may keep its customs: promptpay, khqr ...
    #[arg(long, value_name = "NAME", value_parser = profile)]
    profile: Option<Profile>,
}

#[derive(Clone)]
struct Object {
    tag: Tag,
    sub: Option<Tag>,
    value: String,
}

impl Emv {
    pub fn text(&self) -> anyhow::Result<String> {
        let mut writer = Writer::default();
        for (index, object) in self.objects.iter().enumerate() {
            let of_tag = || self.objects.iter().filter(|other| other.tag == object.tag);
            let Some(_) = object.sub else {
                if of_tag().any(|other| other.sub.is_some()) {
                    bail!("object {} is given whole and in parts; give either", object.tag);
                }
                writer.object(object.tag, &object.value)?;
                continue;
            };
            // A template is written whole where its first part stands.
            if self.objects[..index].iter().all(|other| other.tag != object.tag) {
                let parts: Vec<(Tag, &str)> =
                    of_tag().filter_map(|part| Some((part.sub?, part.value.as_str()))).collect();
                writer.template(object.tag, &parts)?;
            }
        }
        let built = match self.profile {
            Some(profile) => writer.finish_as(profile),
            None => writer.finish(),
        };
        Ok(built?)
    }
}

fn object(text: &str) -> Result<Object, String> {
    let form = "write TAG=VALUE or TAG.SUB=VALUE with two digits each, as in 59=SHOP or 26.00=com.example.pay";
    let tag = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).and_then(Tag::new)
    };
    let (path, value) = text.split_once('=').ok_or(form)?;
    let (root, sub) = match path.split_once('.') {
        Some((root, sub)) => (root, Some(tag(sub).ok_or(form)?)),
        None => (path, None),
    };
    Ok(Object { tag: tag(root).ok_or(form)?, sub, value: value.to_owned() })
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| {
        let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.label()).collect();
        format!("the names are {}", names.join(", "))
    })
}
