//! From text to objects, and what keeps a text from getting that far.

use super::base64;
use super::ber::{FaultKind, Objects};
use super::{Bytes, Cpm, Format, TEXT_CHARACTERS_MAX, emv, jpqr, tags};
use crate::finding::{Findings, Place, Rejected, Rule};
use crate::text::{LINE_ENDS_MAX, trimmed};

const TOO_LARGE: Rule = Rule::error(
    "too_large",
    "The text is longer than any QR code can be. Pass on only what the scanner read.",
);
const NOT_UTF8: Rule = Rule::error(
    "not_utf8",
    "The bytes are not text. Set the scanner to pass on what is in the symbol, and scan again.",
);
const BASE64_CHARACTER: Rule = Rule::error(
    "base64:character",
    "This character is not in the standard base64 alphabet. Scan again; if it stays so, the wallet writes another alphabet.",
);
const BASE64_PADDING: Rule = Rule::error(
    "base64:padding",
    "An equals sign stands where none belongs, or two are needed. Scan the whole code again.",
);
const BASE64_LENGTH: Rule = Rule::error(
    "base64:length",
    "The last character belongs to no byte, so some are missing. Scan the whole code again.",
);
const BASE64_PADDING_MISSING: Rule = Rule::warning(
    "base64:padding_missing",
    "The equals signs at the end are missing. Tell the wallet to write them, or other readers will refuse it.",
);
const BASE64_SPARE_BITS: Rule = Rule::warning(
    "base64:spare_bits",
    "The last character has bits that belong to no byte and are not zero. Tell the wallet to write zeros.",
);
const TRUNCATED: Rule = Rule::error(
    "tlv:truncated",
    "The code ends in the middle of this object. Scan the whole code again.",
);
const BAD_TAG: Rule = Rule::error(
    "tlv:bad_tag",
    "A tag of one or two bytes is missing here. Scan again; if it stays so, the wallet counts lengths wrongly.",
);
const BAD_LENGTH: Rule = Rule::error(
    "tlv:bad_length",
    "A length of one, two or three bytes is missing here. Scan again; if it stays so, the wallet counts lengths wrongly.",
);
const FORMAT_MISSING: Rule = Rule::error(
    "cpm:format_missing",
    "Object 85, which says what the code is, is missing. This is no code that a payer shows to pay.",
);
const FORMAT_NOT_FIRST: Rule = Rule::error(
    "cpm:format_not_first",
    "Object 85, which says what the code is, is not the first. Tell the wallet to put it there.",
);
const VERSION: Rule = Rule::error(
    "cpm:version",
    "Object 85 says neither CPV01 nor JPQR1. Ask whoever runs the till for a reader of this version.",
);
const DUPLICATE_FORMAT: Rule = Rule::error(
    "cpm:duplicate",
    "Object 85 is there twice, so it is open what the code is. Ask the payer for a new code.",
)
.of_object();

/// Reads a code of either form.
///
/// Line ends around the text are dropped, as scanners add them.
///
/// # Errors
/// The code must not be paid; the list says why. Positions of findings on base64 (`base64:`)
/// are in the text, all others in the decoded bytes.
pub fn read(text: &str) -> Result<Cpm<'_>, Rejected> {
    let raw = trimmed(text);
    if raw.len() > TEXT_CHARACTERS_MAX {
        return Err(refusal(&TOO_LARGE, Place::Payload, 0));
    }
    let checked = base64::check(raw).map_err(not_base64)?;
    let mut bytes = Bytes::new(checked.byte_count());
    checked.decode(bytes.as_mut_slice());
    let ending = checked.ending();

    let mut findings = Findings::default();
    if !ending.padded {
        findings.add(&BASE64_PADDING_MISSING, raw.len());
    }
    if ending.spare_bits != 0 {
        findings.add(&BASE64_SPARE_BITS, raw.trim_end_matches('=').len() - 1);
    }
    let objects = match Objects::check(bytes.as_slice(), 0, 0) {
        Ok(objects) => objects,
        Err(fault) => {
            // Of other texts, too, some are base64 by chance. Scanning again does not help them.
            if bytes.as_slice().first() != Some(&0x85) {
                findings.push(&FORMAT_MISSING, Place::Ber(tags::FORMAT.number()), 0);
            }
            findings.push(rule_of(fault.kind), Place::Payload, fault.position);
            return Err(findings.reject());
        }
    };
    let Some(format) = format_of(objects, &mut findings) else {
        return Err(findings.reject());
    };
    match format {
        Format::Emv => emv::check(objects, raw.len(), &mut findings),
        Format::Jpqr => jpqr::check(objects, &mut findings),
    }
    let findings = findings.verdict()?;
    Ok(Cpm { raw, ending, format, bytes, findings })
}

/// Reads a code from what a scanner gave, before anybody knows that it is text.
///
/// # Errors
/// As [`read`], and when the bytes are not UTF-8.
pub fn read_bytes(bytes: &[u8]) -> Result<Cpm<'_>, Rejected> {
    // In base64 a character is a byte. Beyond that there is no need to look.
    if bytes.len() > TEXT_CHARACTERS_MAX + 2 * LINE_ENDS_MAX {
        return Err(refusal(&TOO_LARGE, Place::Payload, 0));
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) => Err(refusal(&NOT_UTF8, Place::Payload, error.valid_up_to())),
    }
}

/// What object 85 says, or why it does not.
fn format_of(objects: Objects<'_>, findings: &mut Findings) -> Option<Format> {
    let place = Place::Ber(tags::FORMAT.number());
    let mut indicators = objects.filter(|object| object.tag == tags::FORMAT);
    let Some(indicator) = indicators.next() else {
        findings.push(&FORMAT_MISSING, place, 0);
        return None;
    };
    if indicator.position != 0 {
        findings.push(&FORMAT_NOT_FIRST, place, indicator.position);
        return None;
    }
    if let Some(second) = indicators.next() {
        findings.push(&DUPLICATE_FORMAT, place, second.position);
    }
    let named = |format: &Format| format.indicator().as_bytes() == indicator.value;
    let format = Format::ALL.into_iter().find(named);
    if format.is_none() {
        findings.push(&VERSION, place, 0);
    }
    format
}

const fn rule_of(kind: FaultKind) -> &'static Rule {
    match kind {
        FaultKind::Truncated => &TRUNCATED,
        FaultKind::BadTag => &BAD_TAG,
        FaultKind::BadLength => &BAD_LENGTH,
    }
}

fn not_base64(fault: base64::Fault) -> Rejected {
    let (rule, position) = match fault {
        base64::Fault::Character(position) => (&BASE64_CHARACTER, position),
        base64::Fault::Padding(position) => (&BASE64_PADDING, position),
        base64::Fault::Length(position) => (&BASE64_LENGTH, position),
    };
    refusal(rule, Place::Payload, position)
}

fn refusal(rule: &'static Rule, place: Place, position: usize) -> Rejected {
    let mut findings = Findings::default();
    findings.push(rule, place, position);
    findings.reject()
}
