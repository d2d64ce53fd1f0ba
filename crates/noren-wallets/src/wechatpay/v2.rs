//! The older dialect: one flat XML form, signed with the merchant's text key
//! (`wallets/wechatpay` facts, section 7).
//!
//! The form is read by hand: one level, no attributes, no declarations of entities. That is all that
//! the network ever sends or takes, it is little to write, and what a general reader could do beyond
//! it (outside entities above all) is what such a door must not do.

use std::collections::BTreeMap;

use md5::{Digest as _, Md5};
use ring::hmac;

use super::signing::hex;
use crate::signing::Secret;

/// The members of a form, by name.
pub type Fields = BTreeMap<String, String>;

/// A form has so many members at most: a refund inquiry lists ten refunds of a dozen each.
const FIELDS_MAX: usize = 256;

/// The text is not the flat form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a flat <xml> form")]
pub struct XmlError;

/// How a form is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SignType {
    /// When nothing is said.
    #[default]
    #[serde(rename = "MD5")]
    Md5,
    /// `sign_type` HMAC-SHA256.
    #[serde(rename = "HMAC-SHA256")]
    HmacSha256,
}

impl SignType {
    /// The one that a form names. `None`: a word that is not listed.
    pub fn of(fields: &Fields) -> Option<Self> {
        match fields.get("sign_type").map(String::as_str) {
            None | Some("" | "MD5") => Some(Self::Md5),
            Some("HMAC-SHA256") => Some(Self::HmacSha256),
            Some(_) => None,
        }
    }
}

/// What is signed: all members that are not empty, sorted, and the key.
fn content(fields: &Fields, key: &Secret) -> Vec<u8> {
    let mut content = Vec::new();
    let signed = fields.iter().filter(|(name, value)| *name != "sign" && !value.is_empty());
    for (name, value) in signed {
        content.extend_from_slice(format!("{name}={value}&").as_bytes());
    }
    content.extend_from_slice(b"key=");
    content.extend_from_slice(key.reveal());
    content
}

/// The signature of a form, in upper-case hex.
pub fn signature(fields: &Fields, key: &Secret, how: SignType) -> String {
    let content = content(fields, key);
    match how {
        SignType::Md5 => hex(&Md5::digest(&content)),
        SignType::HmacSha256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key.reveal());
            hex(hmac::sign(&key, &content).as_ref())
        }
    }
    .to_uppercase()
}

/// Adds `sign`.
pub fn sign(fields: &mut Fields, key: &Secret, how: SignType) {
    let signature = signature(fields, key, how);
    fields.insert("sign".into(), signature);
}

/// True when `sign` is right.
pub fn verify(fields: &Fields, key: &Secret, how: SignType) -> bool {
    let right = signature(fields, key, how);
    let said = fields.get("sign").map_or("", String::as_str);
    // Every digit is looked at, wherever the first wrong one stands.
    let differs = right.bytes().zip(said.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    right.len() == said.len() && differs == 0
}

/// Writes a form.
pub fn write(fields: &Fields) -> Vec<u8> {
    let mut out = String::from("<xml>");
    for (name, value) in fields {
        let value = if value.contains("]]>") {
            value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
        } else {
            format!("<![CDATA[{value}]]>")
        };
        out.push_str(&format!("<{name}>{value}</{name}>"));
    }
    out.push_str("</xml>");
    out.into_bytes()
}

/// Reads a form.
pub fn read(body: &[u8]) -> Result<Fields, XmlError> {
    let text = std::str::from_utf8(body).map_err(|_| XmlError)?;
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text) };
    reader.form().ok_or(XmlError)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn form(&mut self) -> Option<Fields> {
        self.blank();
        if self.rest.starts_with("<?xml ") {
            self.until("?>")?;
        }
        self.blank();
        self.take("<xml>")?;
        let mut fields = Fields::new();
        loop {
            self.blank();
            if self.take("</xml>").is_some() {
                break;
            }
            self.take("<")?;
            let tag = self.until(">")?;
            let (name, empty) = match tag.strip_suffix('/') {
                Some(name) => (name.trim_end(), true),
                None => (tag.trim_end(), false),
            };
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
                return None;
            }
            let value = if empty { String::new() } else { self.value(name)? };
            if fields.insert(name.to_owned(), value).is_some() || fields.len() > FIELDS_MAX {
                return None;
            }
        }
        self.blank();
        self.rest.is_empty().then_some(fields)
    }

    /// Text and CDATA up to the closing tag.
    fn value(&mut self, name: &str) -> Option<String> {
        let mut value = String::new();
        let mut quoted = false;
        loop {
            if self.take("<![CDATA[").is_some() {
                // Space around a quoted value is layout.
                value.truncate(if quoted { value.len() } else { value.trim_end().len() });
                value.push_str(self.until("]]>")?);
                quoted = true;
            } else if self.take("</").is_some() {
                return (self.until(">")?.trim_end() == name).then_some(value);
            } else {
                let at = self.rest.find('<').filter(|at| *at > 0)?;
                let (text, rest) = self.rest.split_at(at);
                self.rest = rest;
                if !(quoted && text.trim().is_empty()) {
                    value.push_str(&unescape(text)?);
                }
            }
        }
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn take(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn until(&mut self, word: &str) -> Option<&'a str> {
        let (before, after) = self.rest.split_once(word)?;
        self.rest = after;
        Some(before)
    }
}

/// The five names of XML and numbers; there are no others without a declaration.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut parts = text.split('&');
    out.push_str(parts.next()?);
    for part in parts {
        let (name, after) = part.split_once(';')?;
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok();
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let digits = name.strip_prefix('#')?;
                let code = match digits.strip_prefix('x') {
                    Some(hex) => number(hex, 16)?,
                    None => number(digits, 10)?,
                };
                char::from_u32(code).filter(|c| *c != '\0')?
            }
        });
        out.push_str(after);
    }
    Some(out)
}
