//! What people hold under a scanner though it is no payment code.

use crate::finding::{Findings, Rejected, Rule};
use crate::mpm::promptpay::bill_barcode;
use crate::mpm::{self, PAYLOAD_CHARACTERS_MAX, tags};
use crate::tlv::{self, LengthUnit, Tag, Template};

const EL_QR: Rule = Rule::error(
    "not_payment:el_qr",
    "This is the code on a Japanese local tax bill (eL-QR). Pay it in an app or at a counter that takes eL-QR.",
);
const THAI_SLIP: Rule = Rule::error(
    "not_payment:thai_slip",
    "This is the code on a Thai transfer slip: proof of a payment that was made. Ask for the payee's own code.",
);
const TRUEMONEY_SLIP: Rule = Rule::error(
    "not_payment:truemoney_slip",
    "This is the code on a TrueMoney slip: proof of a payment that was made. Ask for the payee's own code.",
);
const THAI_BILL: Rule = Rule::error(
    "not_payment:thai_bill",
    "This is the bar code of a Thai bill, which banks and counters there take. Read it as such, or pay the bill in a Thai bank's app.",
);
const PRODUCT: Rule = Rule::error(
    "not_payment:product",
    "This looks like the bar code of a product. Scan the code on the payer's screen.",
);
const WEB: Rule = Rule::error(
    "not_payment:web",
    "This is a link to somewhere that is no wallet known here. Do not open it to pay; ask for a payment code.",
);
const WIFI: Rule = Rule::error(
    "not_payment:wifi",
    "This code joins a wireless network. Scan the payment code beside it.",
);
const CONTACT: Rule =
    Rule::error("not_payment:contact", "This code holds a contact. Scan the payment code instead.");
const EMPTY: Rule = Rule::error("not_payment:empty", "The text is empty. Scan again.");
const TOO_LARGE: Rule = Rule::error(
    "too_large",
    "The text is longer than any QR code can be. Pass on only what the scanner read.",
);
const UNKNOWN: Rule = Rule::error(
    "not_payment:unknown",
    "This is no payment code of a kind that is known here. Ask for the wallet's or the shop's payment code.",
);

/// Where a Thai slip has its country and its checksum.
const SLIP_COUNTRY: Tag = Tag::literal(51);
const SLIP_CHECKSUM: Tag = Tag::literal(91);
/// Object of a TrueMoney slip's 00 that names the sort of slip.
const SLIP_SORT: Tag = Tag::literal(2);

/// The refusal of a text that is of no kind: first what it seems to be, then what the reader
/// says that it comes nearest to.
pub(super) fn unknown(text: &str) -> Rejected {
    let starts = |prefixes: &[&str]| {
        prefixes.iter().any(|prefix| {
            text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
    };
    let mut findings = Findings::default();
    if text.len() > PAYLOAD_CHARACTERS_MAX * 4 {
        findings.add(&TOO_LARGE, 0);
        return findings.reject();
    }
    let rule = if text.is_empty() {
        &EMPTY
    } else if let Some(slip) = slip(text) {
        slip
    } else if starts(&["BEGIN:VCARD", "MECARD:"]) {
        &CONTACT
    } else if bill_barcode::read(text).is_ok() {
        &THAI_BILL
    } else {
        &UNKNOWN
    };
    findings.add(rule, 0);
    if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-')) {
        findings.add(&super::FORMAT, 0);
    } else if let Err(rejected) = mpm::read(text) {
        findings.append(rejected.findings());
    }
    findings.reject()
}

/// Names what a text is that was read as a merchant's code, was refused, and is something else.
pub(super) fn of_mpm(text: &str, rejected: &Rejected) -> Option<Rejected> {
    let rule = if is_el_qr(split(text)?) { &EL_QR } else { slip(text)? };
    Some(preceded(rule, rejected))
}

/// Japanese local tax: 63 is five decimal digits, and nothing says what, where or how much
/// (`qr` facts, section 0, point 12).
fn is_el_qr(payload: Template<'_>) -> bool {
    let checksum = payload.get(tags::CHECKSUM).unwrap_or_default();
    let absent = [tags::CATEGORY, tags::CURRENCY, tags::COUNTRY, tags::NAME, tags::CITY];
    checksum.len() == 5
        && checksum.bytes().all(|byte| byte.is_ascii_digit())
        && absent.into_iter().all(|tag| payload.get(tag).is_none())
}

/// Slips of Thai banks and of TrueMoney: 00 is itself a template and the checksum is in 91
/// (`qr` facts, section 4.1).
fn slip(text: &str) -> Option<&'static Rule> {
    let payload = split(text)?;
    let first = payload.objects().next().filter(|object| object.tag == tags::FORMAT)?;
    let sort = first.template().ok().filter(|template| !template.is_empty())?;
    payload.get(SLIP_CHECKSUM)?;
    match (payload.get(SLIP_COUNTRY), sort.get(SLIP_SORT)) {
        (Some("TH"), _) => Some(&THAI_SLIP),
        (None, Some(_)) => Some(&TRUEMONEY_SLIP),
        (Some(_) | None, _) => None,
    }
}

/// Whether a text that does not begin as it should is a merchant's code all the same: objects
/// throughout, among them a checksum.
pub(super) fn is_disordered_mpm(text: &str) -> bool {
    split(text).is_some_and(|payload| payload.get(tags::CHECKSUM).is_some())
}

fn split(text: &str) -> Option<Template<'_>> {
    if text.len() > PAYLOAD_CHARACTERS_MAX * 4 {
        return None;
    }
    LengthUnit::ALL.into_iter().find_map(|unit| tlv::split(text, unit).ok())
}

/// Whether it is one of UPI's links, right or wrong.
pub(super) fn is_upi(text: &str) -> bool {
    text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("upi://"))
}

/// The refusal of a link that is no wallet's.
pub(super) fn of_link(text: &str, rejected: &Rejected) -> Rejected {
    let scheme = text.split(':').next().unwrap_or_default();
    let is = |known: &[&str]| known.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    if is(&["http", "https"]) {
        preceded(&WEB, rejected)
    } else if is(&["wifi"]) {
        preceded(&WIFI, rejected)
    } else if is(&["mecard", "begin", "mailto", "tel", "sms", "smsto"]) {
        preceded(&CONTACT, rejected)
    } else {
        preceded(&UNKNOWN, rejected)
    }
}

/// Adds that digits look like a product's number: 8, 12 or 13 of them with the check digit of
/// GTIN (GS1 General Specifications, section 7.9).
pub(super) fn add_product(text: &str, findings: &mut Findings) {
    let digits = text.as_bytes();
    if !matches!(digits.len(), 8 | 12 | 13) || !digits.iter().all(u8::is_ascii_digit) {
        return;
    }
    let weighed = digits.iter().rev().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighed.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    if sum.is_multiple_of(10) {
        findings.add(&PRODUCT, 0);
    }
}

/// What the text is, before what is wrong with it.
fn preceded(rule: &'static Rule, rejected: &Rejected) -> Rejected {
    let mut findings = Findings::default();
    findings.add(rule, 0);
    findings.append(rejected.findings());
    findings.reject()
}
