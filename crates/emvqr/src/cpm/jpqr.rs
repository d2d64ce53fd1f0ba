//! The JPQR form: the payment ID of one operator, as text in an EMV envelope (`qr` facts,
//! section 3.2).
//!
//! The guideline was not at hand. How long a payment ID may be and what the free area holds is
//! unknown `[?]`, so any printable text is taken for the one and any text for the other.

use core::fmt;

use super::ber::{Object, Objects, TagSet};
use super::tags;
use crate::finding::{Findings, Place, Rule};

const TEMPLATE_MISSING: Rule = Rule::error(
    "jpqr_cpm:template_missing",
    "No template 61 is there, so there is nothing to pay by. Ask the payer for a new code.",
);
const TEMPLATE_REPEATED: Rule = Rule::error(
    "jpqr_cpm:template_repeated",
    "Two templates 61 are there, so it is open which operator is asked. Ask the payer for a new code.",
);
const TEMPLATE_MALFORMED: Rule = Rule::error(
    "jpqr_cpm:template_malformed",
    "The objects inside of template 61 cannot be told apart. Scan again; if it stays so, ask the payer for a new code.",
);
const OPERATOR_MISSING: Rule = Rule::error(
    "jpqr_cpm:operator_missing",
    "The operator's code, object 4F, is missing. Ask the payer for a new code.",
);
const OPERATOR_FORM: Rule = Rule::error(
    "jpqr_cpm:operator_format",
    "The operator's code, object 4F, is not 6 to 10 digits in ASCII. Ask the payer for a new code.",
);
const PAYMENT_ID_MISSING: Rule = Rule::error(
    "jpqr_cpm:payment_id_missing",
    "The payment ID, object 57, is missing or empty. Ask the payer for a new code.",
);
const PAYMENT_ID_FORM: Rule = Rule::error(
    "jpqr_cpm:payment_id_format",
    "The payment ID, object 57, is not printable ASCII. Ask the payer for a new code.",
);
const FREE_FORM: Rule = Rule::warning(
    "jpqr_cpm:free_format",
    "The free area, object 99, is not text and is passed over. Tell the wallet to write UTF-8.",
);
const DUPLICATE: Rule = Rule::error(
    "jpqr_cpm:duplicate",
    "This object is there twice, so it is open which one holds. Ask the payer for a new code.",
)
.of_object();

/// A code of the form JPQR1. The payment ID works like money, so debug output shows none of it,
/// nor of the free area.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Jpqr<'c> {
    /// Whom to ask for the money: 6 to 10 digits, usually 8.
    pub operator: &'c str,
    /// What the operator knows the payer by, once: printable ASCII, not empty.
    pub payment_id: &'c str,
    /// Text of the operator's own. Nothing too when it is not UTF-8.
    pub free: Option<&'c str>,
}

impl<'c> Jpqr<'c> {
    /// Of a code that `check` has found no error in.
    pub(super) fn new(root: Objects<'c>) -> Self {
        let objects = template(root).and_then(|template| template.objects());
        let text = |tag| core::str::from_utf8(objects?.find_tag(tag)?.value).ok();
        Self {
            operator: text(tags::AID).unwrap_or_default(),
            payment_id: text(tags::TRACK2).unwrap_or_default(),
            free: text(tags::FREE),
        }
    }
}

impl fmt::Debug for Jpqr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jpqr").field("operator", &self.operator).finish_non_exhaustive()
    }
}

fn template(root: Objects<'_>) -> Option<Object<'_>> {
    root.find_tag(tags::APPLICATION)
}

/// Applies the rules to the objects at the root, 85 being the first.
pub(super) fn check(root: Objects<'_>, findings: &mut Findings) {
    let place = Place::Ber(tags::APPLICATION.number());
    let mut templates = root.filter(|object| object.tag == tags::APPLICATION);
    let Some(template) = templates.next() else {
        return findings.push(&TEMPLATE_MISSING, place, 0);
    };
    if let Some(second) = templates.next() {
        findings.push(&TEMPLATE_REPEATED, place, second.position);
    }
    match template.split() {
        Ok(objects) => check_objects(objects, template.position, findings),
        Err(fault) => findings.push(&TEMPLATE_MALFORMED, place, fault.position),
    }
}

fn check_objects(objects: Objects<'_>, template: usize, findings: &mut Findings) {
    let place = Place::Ber(tags::AID.number());
    match objects.find_tag(tags::AID) {
        None => findings.push(&OPERATOR_MISSING, place, template),
        Some(operator) => {
            let digits = operator.value.iter().all(u8::is_ascii_digit);
            if !digits || !(6..=10).contains(&operator.value.len()) {
                findings.push(&OPERATOR_FORM, place, operator.position);
            }
        }
    }
    let place = Place::Ber(tags::TRACK2.number());
    match objects.find_tag(tags::TRACK2).filter(|object| !object.value.is_empty()) {
        None => findings.push(&PAYMENT_ID_MISSING, place, template),
        Some(id) if !id.value.iter().all(|byte| matches!(byte, b' '..=b'~')) => {
            findings.push(&PAYMENT_ID_FORM, place, id.position);
        }
        Some(_) => {}
    }
    let free = objects.find_tag(tags::FREE);
    if let Some(free) = free.filter(|free| core::str::from_utf8(free.value).is_err()) {
        findings.push(&FREE_FORM, Place::Ber(tags::FREE.number()), free.position);
    }
    let (mut seen, mut reported) = (TagSet::default(), TagSet::default());
    for object in objects {
        if !seen.insert(object.tag) && reported.insert(object.tag) {
            findings.push(&DUPLICATE, Place::Ber(object.tag.number()), object.position);
        }
    }
}
