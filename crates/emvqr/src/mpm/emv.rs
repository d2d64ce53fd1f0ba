//! EMVCo's own rules for a code that has been split (MPM 1.1, sections 3, 4.1-4.11).

use crate::crc;
use crate::finding::{Finding, Findings, Place, Rule};
use crate::mpm::{Mpm, account, tags};
use crate::tlv::{LengthUnit, Object, Path, Tag};

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
pub(super) const FORM: Rule = Rule::warning(
    "format",
    "The value has not the form that its object asks for. Tell the issuer to correct it.",
)
.of_object();
pub(super) const LONG: Rule = Rule::warning(
    "too_long",
    "The value is longer than allowed. Tell the issuer to shorten it; other readers may cut it.",
)
.of_object();
pub(super) const CHARACTERS: Rule = Rule::warning(
    "charset",
    "The value has characters that its object does not allow. The issuer should put local text into object 64.",
)
.of_object();
const AMOUNT_FORM: Rule = Rule::error(
    "format",
    "The amount is not digits with at most one point. Never guess it; have the code made anew.",
)
.of_object();
const AMOUNT_LONG: Rule = Rule::error(
    "too_long",
    "The amount is longer than 13 characters. Never cut it; have the code made anew.",
)
.of_object();
const AMOUNT_ZERO: Rule = Rule::warning(
    "zero_amount",
    "The amount is zero. If the payer is to type it, the issuer should leave the object out.",
)
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
const GUID_LONG: Rule = Rule::warning(
    "guid_too_long",
    "The owner's identifier in 00 is longer than 32 characters. Tell the issuer to correct it.",
)
.of_object();
pub(super) const RESERVED: Rule = Rule::warning(
    "rfu",
    "The object is reserved for later versions. It is kept and has no effect.",
)
.of_object();
const LONG_PAYLOAD: Rule = Rule::warning(
    "over_512",
    "The code is longer than the advised 512 characters. Print it large enough to be scanned.",
);

/// How a value must look.
#[derive(Clone, Copy)]
enum Form {
    /// So many digits.
    Digits(usize),
    /// So many ASCII letters.
    Letters(usize),
    /// Printable ASCII up to a length ("ans").
    Ascii(usize),
    /// Any text up to a length ("S"); control characters are nobody's text.
    Text(usize),
    Amount,
    Percent,
    /// Any of `A`, `M`, `E`, each once.
    ConsumerData,
}

impl Form {
    /// Of an object at the root; nothing where another rule looks after the value.
    const fn of_root(tag: Tag) -> Option<Self> {
        Some(match tag.number() {
            2..=51 => Self::Ascii(99),
            52 => Self::Digits(4),
            53 => Self::Digits(3),
            54 | 56 => Self::Amount,
            57 => Self::Percent,
            58 => Self::Letters(2),
            59 => Self::Ascii(25),
            60 => Self::Ascii(15),
            61 => Self::Ascii(10),
            _ => return None,
        })
    }

    /// Of an object inside of a template.
    const fn of_sub(tag: Tag, sub: Tag) -> Option<Self> {
        Some(match (tag.number(), sub.number()) {
            (62, 1..=8) => Self::Text(25),
            (62, 9) => Self::ConsumerData,
            (64, 0) => Self::Letters(2),
            (64, 1) => Self::Text(25),
            (64, 2) => Self::Text(15),
            _ => return None,
        })
    }

    /// The rule that the value of `object` breaks, if any.
    fn breach(self, object: &Object<'_>, plain: bool) -> Option<&'static Rule> {
        let value = object.value;
        let unless = |fits: bool, rule| (!fits).then_some(rule);
        let fits = |count| value.len() <= count || LengthUnit::CodePoint.measure(value) <= count;
        match self {
            // Nothing is a malformed amount; elsewhere it is only the object being empty.
            Self::Amount => amount_breach(value),
            _ if value.is_empty() => None,
            Self::Digits(count) => {
                unless(value.len() == count && each(value, |byte| byte.is_ascii_digit()), &FORM)
            }
            Self::Letters(count) => unless(
                value.len() == count && each(value, |byte| byte.is_ascii_alphabetic()),
                &FORM,
            ),
            Self::Ascii(count) => unless(fits(count), &LONG).or_else(|| {
                let ans = object.ascii && (plain || each(value, is_printable));
                unless(ans, &CHARACTERS)
            }),
            Self::Text(count) => unless(fits(count), &LONG).or_else(|| {
                let text = plain || !value.contains(char::is_control);
                unless(text, &CHARACTERS)
            }),
            Self::Percent => unless(is_percentage(value), &FORM),
            Self::ConsumerData => {
                let once = |letter| value.matches(letter).count() <= 1;
                let known = value.bytes().all(|byte| b"AME".contains(&byte));
                unless(known && ['A', 'M', 'E'].into_iter().all(once), &FORM)
            }
        }
    }
}

/// Of EMV Book 4's common character set.
const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Digits before and after the point of a decimal text. The point may be left out or come
/// last, never first.
pub(super) fn decimal(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(fraction)).then_some((whole, fraction))
}

fn amount_breach(value: &str) -> Option<&'static Rule> {
    if decimal(value).is_none() {
        Some(&AMOUNT_FORM)
    } else if value.len() > 13 {
        Some(&AMOUNT_LONG)
    } else if !value.contains(|digit| ('1'..='9').contains(&digit)) {
        Some(&AMOUNT_ZERO)
    } else {
        None
    }
}

/// 00.01 to 99.99, at most five characters, not zero.
fn is_percentage(value: &str) -> bool {
    value.len() <= 5
        && value.contains(|digit| ('1'..='9').contains(&digit))
        && decimal(value).is_some_and(|(whole, fraction)| whole.len() <= 2 && fraction.len() <= 2)
}

/// For profiles, which must not let an amount of zero pass.
pub(super) fn is_zero_amount(finding: &Finding) -> bool {
    finding.breaks(&AMOUNT_ZERO) && finding.place() == Place::Object(Path::root(tags::AMOUNT))
}

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

    fn has(mut self, tag: Tag) -> bool {
        self.again(tag)
    }

    fn is_empty(self) -> bool {
        self.0 == [0; 2]
    }
}

/// Puts into `findings` what breaks rules about more than one object. [`check_object`] has
/// looked at each of them.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let raw = code.raw();
    if raw.len() > 512 && LengthUnit::CodePoint.measure(raw) > 512 {
        findings.add(&LONG_PAYLOAD, 0);
    }
    check_format(code, findings);
    check_checksum(code, findings);
    for tag in [tags::CATEGORY, tags::CURRENCY, tags::COUNTRY, tags::NAME, tags::CITY] {
        if !code.has(tag) {
            findings.add_at(&MISSING, Path::root(tag), 0);
        }
    }
    if !code.objects().any(|object| account::is_account(object.tag)) {
        findings.add(&NO_ACCOUNT, 0);
    }
    if [tags::TIP, tags::FEE_FIXED, tags::FEE_PERCENT].into_iter().any(|tag| code.has(tag)) {
        check_tip(code, findings);
    }
}

/// Whether there are surely no control characters: neither those of ASCII, nor the byte with
/// which those of Latin-1 begin.
pub(super) fn is_plain(text: &str) -> bool {
    each(text, |byte| byte >= b' ' && byte != 0x7F && byte != 0xC2)
}

/// Whether all bytes are so. Without an early end, which would keep the compiler from looking
/// at many at once.
fn each(text: &str, is: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(true, |all, byte| all & is(byte))
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
    if code.objects().next_back() != Some(object) {
        findings.add_at(&CRC_NOT_LAST, path, object.position);
    } else if LengthUnit::CodePoint.measure(object.value) != 4 {
        findings.add_at(&CRC_LENGTH, path, object.position);
    } else {
        let summed = &code.raw().as_bytes()[..object.value_position()];
        if crc::printed(object.value) != Some(crc::crc16(summed)) {
            findings.add_at(&CRC_MISMATCH, path, object.position);
        } else if object.value.contains(|digit: char| digit.is_ascii_lowercase()) {
            findings.add_at(&CRC_LOWERCASE, path, object.position);
        }
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

/// Puts into `findings` what is wrong with one object of the root. Of a template gives its
/// GUID, if it has one. `plain` says that the payload [`is_plain`].
pub(super) fn check_object<'a>(
    object: &Object<'a>,
    plain: bool,
    findings: &mut Findings,
) -> Option<Option<&'a str>> {
    let path = Path::root(object.tag);
    // An empty checksum has a worse name already.
    if object.value.is_empty() && object.tag != tags::CHECKSUM {
        findings.add_at(&EMPTY, path, object.position);
    }
    if let Some(rule) = Form::of_root(object.tag).and_then(|form| form.breach(object, plain)) {
        findings.add_at(rule, path, object.position);
    }
    match object.tag.number() {
        26..=51 | 62 | 64 | 80..=99 => check_template(object, plain, findings),
        65..=79 => {
            findings.add_at(&RESERVED, path, object.position);
            None
        }
        _ => None,
    }
}

/// As [`check_object`], for objects that should be templates.
fn check_template<'a>(
    object: &Object<'a>,
    plain: bool,
    findings: &mut Findings,
) -> Option<Option<&'a str>> {
    let tag = object.tag;
    let path = Path::root(tag);
    // What 80-99 hold is often no template at all, and only looks like one.
    let repeated = if tag.number() >= 80 { &REPEATED_FREE } else { &REPEATED };
    let mark = findings.len();
    let (mut seen, mut twice) = (Seen::default(), Seen::default());
    let mut guid = None;
    let mut objects = object.objects();
    loop {
        let sub = match objects.advance() {
            Ok(Some(sub)) => sub,
            Ok(None) if !seen.is_empty() => break,
            Ok(None) | Err(_) => {
                // What seemed to be objects is not, and neither are their faults.
                findings.truncate(mark);
                findings.add_at(&MALFORMED, path, object.position);
                return None;
            }
        };
        if seen.again(sub.tag) && !twice.again(sub.tag) {
            findings.add_at(repeated, Path::inside(tag, sub.tag), sub.position);
        }
        if sub.tag == tags::GUID && guid.is_none() {
            guid = Some(sub.value);
        }
        check_sub(tag, &sub, plain, findings);
    }
    match tag.number() {
        62 => {}
        64 => {
            for sub in [tags::language::CODE, tags::language::NAME] {
                if !seen.has(sub) {
                    findings.add_at(&MISSING, Path::inside(tag, sub), object.position);
                }
            }
        }
        _ => check_guid(guid, path, object.position, findings),
    }
    Some(guid)
}

fn check_sub(tag: Tag, object: &Object<'_>, plain: bool, findings: &mut Findings) {
    let path = Path::inside(tag, object.tag);
    if object.value.is_empty() {
        findings.add_at(&EMPTY, path, object.position);
    }
    let form = Form::of_sub(tag, object.tag);
    if let Some(rule) = form.and_then(|form| form.breach(object, plain)) {
        findings.add_at(rule, path, object.position);
    }
    // 62.10-49 are reserved too, and 62.50-99 should name an owner. Tax ids, merchant channels
    // and bill references are so often there without one that a warning would only teach to
    // ignore warnings.
    if path == Path::inside(tags::ADDITIONAL, tags::GUID) {
        findings.add_at(&RESERVED, path, object.position);
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
