//! EMVCo's own rules for a code that has been split (MPM 1.1, sections 3, 4.1-4.11).

use super::form::{ADDITIONAL, Form, Forms, LANGUAGE, OWNERS, ROOT};
pub(super) use super::form::{RESERVED, decimal, is_zero_amount};
use crate::crc;
use crate::finding::{Findings, Rule};
use crate::mpm::{Mpm, tags};
use crate::tlv::{LengthUnit, Object, Objects, Path, Span, Tag};

const CRC_MISSING: Rule = Rule::error(
    "crc_missing",
    "There is no checksum, object 63. Scan the whole code again; without it a code cannot be trusted.",
);
const CRC_NOT_LAST: Rule = Rule::error(
    "crc_not_last",
    "Something follows the checksum, which protects only what is before it. Do not pay; have the code printed anew.",
);
const CRC_LENGTH: Rule = Rule::error(
    "crc_length",
    "The checksum is not four digits long. This is not an EMV payment code, or its issuer must correct it.",
);
const CRC_MISMATCH: Rule = Rule::error(
    "crc_mismatch",
    "The checksum does not fit the text. Scan again; if it stays so, the code is damaged or was altered.",
);
const CRC_LOWERCASE: Rule = Rule::warning(
    "crc_lowercase",
    "The checksum is in small letters. Tell the issuer to print capitals.",
);
const FORMAT_MISSING: Rule = Rule::error(
    "pfi_missing",
    "Object 00, which marks an EMV payment code, is missing. This is another kind of code.",
);
const FORMAT_NOT_FIRST: Rule =
    Rule::error("pfi_not_first", "Object 00 is not the first. Have the code printed anew.");
pub(super) const FORMAT_VALUE: Rule = Rule::warning(
    "pfi_value",
    "Object 00 is not 01. Expected in Malaysia, otherwise ask the issuer which specification it follows.",
);
pub(super) const INITIATION_VALUE: Rule = Rule::warning(
    "poi_value",
    "Object 01 is neither 11 (static) nor 12 (dynamic). The issuer should use one of the two.",
);
pub(super) const REPEATED: Rule = Rule::error(
    "dup",
    "The object is there twice, so that readers may disagree on what to pay. Have the code printed anew.",
)
.of_object();
const REPEATED_FREE: Rule = Rule::warning(
    "dup",
    "The object is there twice in a template that its owner may lay out freely. Ask the owner if it matters.",
)
.of_object();
const NO_ACCOUNT: Rule = Rule::error(
    "missing:02-51",
    "No account is offered, so nobody can be paid. This is a receipt or an unfinished code.",
);
pub(super) const MISSING: Rule = Rule::warning(
    "missing",
    "A mandatory object is missing. Tell the issuer to add it; some readers will refuse the code.",
)
.of_object();
const EMPTY: Rule =
    Rule::warning("zero_length", "The object is empty. The issuer should fill it or leave it out.")
        .of_object();
const TIP_VALUE: Rule = Rule::warning(
    "tip_value",
    "Object 55 is none of 01 (ask), 02 (fixed fee), 03 (percentage). Agree on tip or fee with the payer.",
);
const TIP_ORPHAN: Rule = Rule::warning(
    "tip_orphan",
    "There is a fee that object 55 does not announce. Do not charge it without asking.",
)
.of_object();
const TIP_MISSING: Rule = Rule::warning(
    "tip_missing",
    "Object 55 announces a fee that is not there. Agree on the fee with the payer.",
)
.of_object();
pub(super) const MALFORMED: Rule = Rule::warning(
    "template_malformed",
    "The value should consist of objects and does not. It is kept as plain text.",
)
.of_object();
pub(super) const GUID_MISSING: Rule = Rule::warning(
    "guid_missing",
    "The template does not say in 00 whom it belongs to. It can be read only by who made it.",
)
.of_object();
pub(super) const GUID_LONG: Rule = Rule::warning(
    "guid_too_long",
    "The owner's identifier in 00 is longer than 32 characters. Tell the issuer to correct it.",
)
.of_object();
pub(super) const LONG_PAYLOAD: Rule = Rule::warning(
    "over_512",
    "The code is longer than the advised 512 characters. Print it large enough to be scanned.",
);

/// What a code must have beside accounts, format and checksum (EMVCo MPM 1.1, table 3.6).
pub(super) const MANDATORY: [Tag; 5] =
    [tags::CATEGORY, tags::CURRENCY, tags::COUNTRY, tags::NAME, tags::CITY];

/// Which tags were met.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen([u64; 2]);

impl Seen {
    /// Whether the tag was met before.
    #[inline]
    pub(super) fn again(&mut self, tag: Tag) -> bool {
        let (part, bit) = (usize::from(tag.number() >> 6), 1 << (tag.number() & 63));
        let again = self.0[part] & bit != 0;
        self.0[part] |= bit;
        again
    }
}

/// Puts into `findings` what breaks rules about more than one object. Each of them
/// has been looked at by [`check_root`] and [`check_template`].
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    if code.raw().len() > 512 && code.characters() > 512 {
        findings.add(&LONG_PAYLOAD, 0);
    }
    check_format(code, findings);
    check_checksum(code, findings);
    for tag in MANDATORY {
        if !code.has(tag) {
            findings.add_at(&MISSING, Path::root(tag), 0);
        }
    }
    if !code.has_account() {
        findings.add(&NO_ACCOUNT, 0);
    }
    if [tags::TIP, tags::FEE_FIXED, tags::FEE_PERCENT].into_iter().any(|tag| code.has(tag)) {
        check_tip(code, findings);
    }
}

fn check_format(code: &Mpm<'_>, findings: &mut Findings) {
    let path = Path::root(tags::FORMAT);
    match code.object(tags::FORMAT) {
        None => findings.add_at(&FORMAT_MISSING, path, 0),
        Some(object) if object.position > 0 => {
            findings.add_at(&FORMAT_NOT_FIRST, path, object.position);
        }
        Some(object) if object.value != "01" => {
            findings.add_at(&FORMAT_VALUE, path, object.position);
        }
        Some(_) => {}
    }
    if let Some(object) = code.object(tags::INITIATION)
        && !matches!(object.value, "11" | "12")
    {
        let path = Path::root(tags::INITIATION);
        findings.add_at(&INITIATION_VALUE, path, object.position);
    }
}

fn check_checksum(code: &Mpm<'_>, findings: &mut Findings) {
    let path = Path::root(tags::CHECKSUM);
    let Some(object) = code.object(tags::CHECKSUM) else {
        return findings.add_at(&CRC_MISSING, path, 0);
    };
    let start = object.value_position();
    if start + object.value.len() != code.raw().len() {
        return findings.add_at(&CRC_NOT_LAST, path, object.position);
    }
    match crc::printed(object.value) {
        None if LengthUnit::CodePoint.measure(object.value) != 4 => {
            findings.add_at(&CRC_LENGTH, path, object.position);
        }
        Some(printed) if printed == crc::crc16(&code.raw().as_bytes()[..start]) => {
            if object.value.contains(|digit: char| digit.is_ascii_lowercase()) {
                findings.add_at(&CRC_LOWERCASE, path, object.position);
            }
        }
        Some(_) | None => findings.add_at(&CRC_MISMATCH, path, object.position),
    }
}

/// Compares the checksum of a text that could not be split, when it ends like a code.
pub(super) fn check_last_digits(raw: &str, findings: &mut Findings) {
    let Some(position) = raw.len().checked_sub(8) else {
        return;
    };
    let Some(digits) = raw.get(position..).and_then(|end| end.strip_prefix("6304")) else {
        return;
    };
    let sum = crc::crc16(&raw.as_bytes()[..position + 4]);
    if crc::printed(digits) != Some(sum) {
        findings.add_at(&CRC_MISMATCH, Path::root(tags::CHECKSUM), position);
    }
}

/// Puts into `findings` what is wrong with the value of one object of the root.
#[inline(always)]
pub(super) fn check_root(objects: &Objects<'_>, span: &Span, findings: &mut Findings) {
    check_value(&ROOT, None, objects, span, findings);
}

/// Puts into `findings` what is wrong in an object that should be a template. Gives the number
/// of objects inside, 0 if it is none, and the name of its owner, if it has one.
pub(super) fn check_template<'a>(
    object: &Object<'a>,
    findings: &mut Findings,
) -> (u8, Option<&'a str>) {
    match object.tag {
        tags::ADDITIONAL => (check_inside(&ADDITIONAL, object, findings, |_, _| {}), None),
        tags::LANGUAGE => (check_language(object, findings), None),
        _ => check_owned(object, findings),
    }
}

fn check_language(object: &Object<'_>, findings: &mut Findings) -> u8 {
    let (mut code, mut name) = (false, false);
    let inside = check_inside(&LANGUAGE, object, findings, |_, sub| {
        code |= sub.tag == tags::language::CODE;
        name |= sub.tag == tags::language::NAME;
    });
    for (tag, found) in [(tags::language::CODE, code), (tags::language::NAME, name)] {
        if inside > 0 && !found {
            findings.add_at(&MISSING, Path::inside(object.tag, tag), object.position);
        }
    }
    inside
}

fn check_owned<'a>(object: &Object<'a>, findings: &mut Findings) -> (u8, Option<&'a str>) {
    let mut guid = None;
    let inside = check_inside(&OWNERS, object, findings, |objects, sub| {
        if sub.tag == tags::GUID && guid.is_none() {
            guid = Some(objects.object(sub).value);
        }
    });
    if inside == 0 {
        return (0, None);
    }
    check_guid(guid, Path::root(object.tag), object.position, findings);
    (inside, guid)
}

/// The number of objects inside of a template, 0 if it is none. What is wrong with them goes
/// into `findings`, and each is shown to `look`.
#[inline(always)]
fn check_inside<'a>(
    forms: &Forms,
    object: &Object<'a>,
    findings: &mut Findings,
    mut look: impl FnMut(&Objects<'a>, &Span),
) -> u8 {
    let mark = findings.len();
    let mut objects = object.objects();
    let mut inside = 0;
    // Tags that rise have no repeated one among them.
    let (mut rise, mut least) = (true, 0);
    while let Some(sub) = objects.advance() {
        inside += 1;
        rise &= sub.tag.number() >= least;
        least = sub.tag.number() + 1;
        check_value(forms, Some(object.tag), &objects, &sub, findings);
        look(&objects, &sub);
    }
    if inside == 0 || !objects.is_empty() {
        // What seemed to be objects is not, and neither are their faults.
        findings.truncate(mark);
        findings.add_at(&MALFORMED, Path::root(object.tag), object.position);
        return 0;
    }
    if !rise {
        check_repeated(object, findings);
    }
    inside
}

#[cold]
fn check_repeated(object: &Object<'_>, findings: &mut Findings) {
    // What 80-99 hold is often no template at all, and only looks like one.
    let rule = if object.tag.number() >= 80 { &REPEATED_FREE } else { &REPEATED };
    let (mut seen, mut twice) = (Seen::default(), Seen::default());
    let mut objects = object.objects();
    while let Some(sub) = objects.advance() {
        if seen.again(sub.tag) && !twice.again(sub.tag) {
            let path = Path::inside(object.tag, sub.tag);
            findings.add_at(rule, path, objects.position(&sub));
        }
    }
}

/// `inside` is the template's tag.
#[inline(always)]
fn check_value(
    forms: &Forms,
    inside: Option<Tag>,
    objects: &Objects<'_>,
    span: &Span,
    findings: &mut Findings,
) {
    let (form, harmless) = forms[usize::from(span.tag.number())];
    let length = span.length();
    if !span.printable || length == 0 || length > usize::from(harmless) {
        check_form(form, inside, &objects.object(span), findings);
    }
}

#[inline(never)]
fn check_form(form: Form, inside: Option<Tag>, object: &Object<'_>, findings: &mut Findings) {
    let mut complain = |rule| {
        let path = inside.map_or(Path::root(object.tag), |tag| Path::inside(tag, object.tag));
        findings.add_at(rule, path, object.position);
    };
    if object.value.is_empty() {
        // An empty checksum has a worse name already.
        if !matches!(form, Form::Checksum) {
            complain(&EMPTY);
        }
        // That a value is empty is all there is to say of it, unless it is an amount.
        if !matches!(form, Form::Amount | Form::Reserved) {
            return;
        }
    }
    if let Some(rule) = form.breach(object) {
        complain(rule);
    }
}

fn check_guid(guid: Option<&str>, path: Path, position: usize, findings: &mut Findings) {
    match guid {
        None | Some("") => findings.add_at(&GUID_MISSING, path, position),
        Some(guid) if guid.len() > 32 && LengthUnit::CodePoint.measure(guid) > 32 => {
            findings.add_at(&GUID_LONG, path, position);
        }
        Some(_) => {}
    }
}

fn check_tip(code: &Mpm<'_>, findings: &mut Findings) {
    let announced = code.get(tags::TIP);
    if let Some(object) = code.object(tags::TIP)
        && !matches!(object.value, "01" | "02" | "03")
    {
        findings.add_at(&TIP_VALUE, Path::root(tags::TIP), object.position);
    }
    for (tag, choice) in [(tags::FEE_FIXED, "02"), (tags::FEE_PERCENT, "03")] {
        let path = Path::root(tag);
        match (announced == Some(choice), code.object(tag)) {
            (true, None) => findings.add_at(&TIP_MISSING, path, 0),
            (false, Some(object)) => findings.add_at(&TIP_ORPHAN, path, object.position),
            _ => {}
        }
    }
}
