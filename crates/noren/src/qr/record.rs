//! What a reader says of a text, in the form that programs take: `noren qr decode --json` and
//! `--jsonl`. The members are those of the vectors in `crates/emvqr/tests/vectors`.

use std::fmt::Write;

use emvqr::cpm::{self, Cpm};
use emvqr::finding::{Finding, Level, Place};
use emvqr::link::Link;
use emvqr::mpm::{Mpm, tags};
use emvqr::scan::{Code, Kind, Scanned};
use emvqr::tlv::{LengthUnit, Object, Tag};
use serde::Serialize;
use serde_json::{Map, Value};

/// One text, read.
#[derive(Debug, Serialize)]
pub struct Record<'r> {
    /// `accept` or `reject`.
    pub verdict: &'static str,
    /// `mpm`, `cpm-ber`, `cpm-digits`, `uri` or `unknown`.
    pub kind: &'static str,
    /// Whose rules it follows, as [`Scanned::scheme`] says.
    pub scheme: &'static str,
    /// The objects in their order; none of a text that is refused or has none.
    pub objects: Vec<Node<'r>>,
    /// A merchant's code by meaning.
    pub fields: Fields<'r>,
    /// Codes of other kinds by meaning.
    pub expect: Map<String, Value>,
    /// Errors and warnings, in the order in which they were found.
    pub findings: Vec<Remark>,
    /// What the lengths of a merchant's code count.
    pub length_unit: Option<&'static str>,
}

/// An object: of a merchant's code two digits and text, of a payer's code hexadecimal.
#[derive(Debug, Serialize)]
pub struct Node<'r> {
    t: String,
    v: std::borrow::Cow<'r, str>,
    /// The objects inside, where the value is known to be made of objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<Vec<Node<'r>>>,
}

/// What a merchant's code says, as printed. Absent objects are absent members.
#[derive(Debug, Default, Serialize)]
pub struct Fields<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    point_of_initiation: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mcc: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tip_indicator: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee_fixed: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee_percent: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_name: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_city: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crc: Option<&'r str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<AccountField<'r>>,
}

#[derive(Debug, Serialize)]
struct AccountField<'r> {
    tag: String,
    network: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    guid: Option<&'r str>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct Remark {
    /// `error` or `warning`.
    pub level: &'static str,
    /// Stable name of the rule.
    pub code: String,
    /// The object, `62.05` or `5F20`. Links and whole texts have none.
    pub tag: Option<String>,
    /// Byte index in the text; of a payer's code, in its decoded bytes.
    pub position: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl From<&Finding> for Remark {
    fn from(finding: &Finding) -> Self {
        let tag = match finding.place() {
            place @ (Place::Object(_) | Place::Ber(_)) => Some(place.to_string()),
            Place::Payload | Place::Part(_) => None,
        };
        Self {
            level: level(finding.level()),
            code: finding.code(),
            tag,
            position: finding.position(),
            message: finding.sentence().to_owned(),
        }
    }
}

/// `error` or `warning`.
pub const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

impl<'r> Record<'r> {
    /// Of what the reader says.
    pub fn of(scanned: &'r Scanned<'_>) -> Self {
        let mut record =
            Self::refused(scanned.kind(), scanned.findings().iter().map(Remark::from).collect());
        record.scheme = scanned.scheme();
        match scanned.code() {
            Err(_) => return record,
            Ok(Code::Mpm(code)) => {
                record.objects = code.objects().map(root_node).collect();
                record.fields = Fields::of(code);
                record.length_unit = Some(unit(code.length_unit()));
            }
            Ok(Code::Cpm(code)) => {
                record.objects = code.objects().map(|object| ber_node(&object)).collect();
                record.expect = expect_cpm(code);
            }
            Ok(Code::Digits(digits)) => put(&mut record.expect, "wallet", digits.wallet),
            Ok(Code::Link(Link::Wallet(link))) => {
                put(&mut record.expect, "wallet", link.wallet().name());
                put(&mut record.expect, "type", link.kind().label());
            }
            Ok(Code::Link(Link::Upi(link))) => {
                let mut params = Map::new();
                for param in link.params() {
                    // Of a name that is there twice, the first counts, as for the reader.
                    let value = || Value::String(param.value.text().into_owned());
                    params.entry(param.name.text()).or_insert_with(value);
                }
                put(&mut record.expect, "scheme", "upi");
                record.expect.insert("params".to_owned(), Value::Object(params));
            }
        }
        record.verdict = "accept";
        record
    }

    /// Of a text that cannot be used.
    pub fn refused(kind: Kind, findings: Vec<Remark>) -> Self {
        Self {
            verdict: "reject",
            kind: kind.label(),
            scheme: "unknown",
            objects: Vec::new(),
            fields: Fields::default(),
            expect: Map::new(),
            findings,
            length_unit: None,
        }
    }

    /// Of an input that does not even hold a text.
    pub fn of_no_text(code: &str, position: usize, message: String) -> Self {
        let code = code.to_owned();
        let remark = Remark { level: "error", code, tag: None, position, message };
        Self::refused(Kind::Unknown, vec![remark])
    }
}

const fn unit(unit: LengthUnit) -> &'static str {
    match unit {
        LengthUnit::CodePoint => "code_point",
        LengthUnit::Utf8Byte => "utf8_byte",
        LengthUnit::Utf16Unit => "utf16_unit",
    }
}

fn put(map: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    map.insert(name.to_owned(), value.into());
}

impl<'r> Fields<'r> {
    fn of(code: &'r Mpm<'_>) -> Self {
        let account = |account: emvqr::mpm::Account<'r>| AccountField {
            tag: account.tag.to_string(),
            network: account.network.label(),
            guid: account.guid(),
        };
        Self {
            point_of_initiation: code.get(tags::INITIATION),
            mcc: code.category(),
            currency: code.currency(),
            amount: code.amount(),
            tip_indicator: code.get(tags::TIP),
            fee_fixed: code.get(tags::FEE_FIXED),
            fee_percent: code.get(tags::FEE_PERCENT),
            country: code.country(),
            merchant_name: code.merchant_name(),
            merchant_city: code.city(),
            postal_code: code.postal_code(),
            crc: code.get(tags::CHECKSUM),
            accounts: code.accounts().map(account).collect(),
        }
    }
}

/// Template of additional data, and where payment systems have templates inside of it
/// (EMVCo MPM 1.1, section 4.8).
const ADDITIONAL: u8 = 62;
const SYSTEMS: std::ops::RangeInclusive<u8> = 50..=99;

/// Owner of the template whose object 01 is made of objects too: VietQR.
const VIETQR: &str = "A000000727";

fn root_node<'r>(object: Object<'r>) -> Node<'r> {
    let number = object.tag.number();
    let is_template = matches!(number, 26..=51 | ADDITIONAL | 64 | 80..=99);
    let inner = is_template.then(|| inner(&object)).flatten();
    let vietqr = matches!(number, 26..=51)
        && inner.as_ref().is_some_and(|objects| {
            let mut guids = objects.iter().filter(|inner| inner.tag == tags::GUID);
            guids.any(|guid| guid.value.eq_ignore_ascii_case(VIETQR))
        });
    let nests = |sub: Tag| match number {
        ADDITIONAL => SYSTEMS.contains(&sub.number()),
        _ => vietqr && sub.number() == 1,
    };
    let sub = inner.map(|objects| {
        let node = |object: &Object<'r>| sub_node(object, nests(object.tag), !vietqr);
        objects.iter().map(node).collect()
    });
    Node { t: object.tag.to_string(), v: object.value.into(), sub }
}

/// An object of a template. One of a payment system has to name its owner in 00 to be taken
/// for a template: the numbers are also used for plain text.
fn sub_node<'r>(object: &Object<'r>, nests: bool, needs_owner: bool) -> Node<'r> {
    let inner = if nests { inner(object) } else { None };
    let has_owner = |objects: &Vec<Object<'_>>| objects.iter().any(|sub| sub.tag == tags::GUID);
    let leaf = |object: Object<'r>| sub_node(&object, false, false);
    let sub = inner
        .filter(|objects| !needs_owner || has_owner(objects))
        .map(|objects| objects.into_iter().map(leaf).collect());
    Node { t: object.tag.to_string(), v: object.value.into(), sub }
}

/// The objects that a value is made of, one at least.
fn inner<'r>(object: &Object<'r>) -> Option<Vec<Object<'r>>> {
    let template = object.template().ok().filter(|template| !template.is_empty())?;
    Some(template.objects().collect())
}

fn ber_node<'r>(object: &cpm::ber::Object<'_>) -> Node<'r> {
    let inner = object.objects().map(|objects| objects.map(|inner| ber_node(&inner)).collect());
    let sub = inner.filter(|objects: &Vec<Node<'_>>| !objects.is_empty());
    Node { t: object.tag.to_string(), v: hexadecimal(object.value).into(), sub }
}

/// Upper case, two digits a byte.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

fn expect_cpm(code: &Cpm<'_>) -> Map<String, Value> {
    let mut expect = Map::new();
    match code.content() {
        cpm::Content::Emv(emv) => {
            // The first application is the one that the payer prefers.
            if let Some(first) = emv.applications().next() {
                put(&mut expect, "aid", hexadecimal(first.aid()));
                if let Some(pan) = first.pan() {
                    put(&mut expect, "pan", pan.digits());
                }
                if let Some(track2) = first.track2() {
                    put(&mut expect, "expiry", track2.expiry());
                    put(&mut expect, "service_code", track2.service_code());
                    put(&mut expect, "discretionary", track2.discretionary());
                }
                if let Some(name) = first.cardholder() {
                    put(&mut expect, "cardholder", name);
                }
                let languages: String = first.languages().collect();
                if !languages.is_empty() {
                    put(&mut expect, "languages", languages);
                }
            }
            let labels: Vec<&str> = emv.applications().filter_map(|one| one.label()).collect();
            if !labels.is_empty() {
                put(&mut expect, "labels", labels);
            }
        }
        cpm::Content::Jpqr(jpqr) => {
            put(&mut expect, "format", code.format().indicator());
            put(&mut expect, "operator", jpqr.operator);
            put(&mut expect, "payment_id", jpqr.payment_id);
            if let Some(free) = jpqr.free {
                put(&mut expect, "free", free);
            }
        }
    }
    expect
}
