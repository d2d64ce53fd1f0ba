//! The open vectors, of every kind.

use serde_json::Value;

/// What a vector is a code of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Mpm,
    Cpm,
    Link,
    Digits,
}

impl Kind {
    /// What an entry function reads.
    pub fn of(entry: &str) -> Self {
        match entry {
            "mpm" => Self::Mpm,
            "cpm" => Self::Cpm,
            "link" => Self::Link,
            "digits" => Self::Digits,
            _ => panic!("no kind for {entry}"),
        }
    }
}

/// A vector.
pub struct Item {
    pub id: String,
    pub kind: Kind,
    pub payload: String,
}

impl Item {
    /// Whether an entry function may take it: the one for its kind, and `scan` for any.
    pub fn may_be_read_by(&self, entry: &str) -> bool {
        entry == "scan" || Kind::of(entry) == self.kind
    }
}

/// Every file of `tests/vectors`.
const FILES: [&str; 16] = [
    include_str!("../vectors/bharatqr.json"),
    include_str!("../vectors/duitnow.json"),
    include_str!("../vectors/emv-cpm.json"),
    include_str!("../vectors/emv-mpm.json"),
    include_str!("../vectors/hkfps.json"),
    include_str!("../vectors/jpqr-cpm.json"),
    include_str!("../vectors/jpqr.json"),
    include_str!("../vectors/khqr.json"),
    include_str!("../vectors/other.json"),
    include_str!("../vectors/payment-code.json"),
    include_str!("../vectors/promptpay.json"),
    include_str!("../vectors/qris.json"),
    include_str!("../vectors/qrph.json"),
    include_str!("../vectors/sgqr.json"),
    include_str!("../vectors/url.json"),
    include_str!("../vectors/vietqr.json"),
];

/// All vectors, in the order of the files.
pub fn all() -> Vec<Item> {
    FILES.iter().flat_map(|json| items(json)).collect()
}

fn items(json: &str) -> Vec<Item> {
    let vectors: Vec<Value> = serde_json::from_str(json).expect("the vectors are a JSON array");
    let item = |vector: &Value| {
        let text = |key: &str| vector[key].as_str().expect("a text member").to_owned();
        let kind = match &*text("kind") {
            "mpm" => Kind::Mpm,
            "cpm-ber" => Kind::Cpm,
            "uri" => Kind::Link,
            "cpm-digits" => Kind::Digits,
            kind => panic!("{kind} is not known here"),
        };
        Item { id: text("id"), kind, payload: text("payload") }
    };
    vectors.iter().map(item).collect()
}
