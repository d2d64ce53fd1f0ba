//! Reading a code, step by step.

use super::{EMPTY, Mpm, Network, PAYLOAD_CHARACTERS_MAX, Profile, Profiles, Slot, Slots};
use super::{account, emv, object_at, tags};
use crate::finding::{Finding, Findings, Rejected, Rule};
use crate::text::{LINE_ENDS_MAX, trimmed};
use crate::tlv::{LengthUnit, Objects, Path, SplitError, SplitErrorKind};

const TOO_LARGE: Rule = Rule::error(
    "too_large",
    "The text is longer than any QR code can be. Pass on only what the scanner read.",
);
const NOT_UTF8: Rule = Rule::error(
    "not_utf8",
    "The bytes are not UTF-8 text. Set the scanner to UTF-8, or have the code printed anew.",
);
const TRUNCATED: Rule = Rule::error(
    "tlv:truncated",
    "The text ends in the middle of an object. Scan the whole code again.",
);
const BAD_TAG: Rule = Rule::error(
    "tlv:bad_tag",
    "Two digits of tag are missing here. Scan again; if it stays so, the issuer counts lengths wrongly.",
);
const BAD_LENGTH: Rule = Rule::error(
    "tlv:bad_length",
    "Two digits of length are missing here. Scan again; if it stays so, the issuer counts lengths wrongly.",
);
const LENGTH_UTF8: Rule = Rule::warning(
    "length_unit:utf8",
    "Lengths count UTF-8 bytes. Tell the issuer to count characters, or other readers will refuse it.",
);
const LENGTH_UTF16: Rule = Rule::warning(
    "length_unit:utf16",
    "Lengths count UTF-16 units. Tell the issuer to count characters, or other readers will refuse it.",
);

/// Reads a code, with the profiles that it claims.
///
/// Line ends around the text are dropped, as scanners add them.
///
/// # Errors
/// The code must not be paid; the list says why.
///
/// ```
/// let text = "00020101021126240015com.example.pay0101A5204581253033925802JP\
///             5904SHOP6005TOKYO6510future use7901x6304355F";
/// let code = emvqr::mpm::read(text).unwrap();
/// assert_eq!(code.currency(), Some("392"));
/// assert_eq!(code.findings()[0].code(), "rfu:65"); // a warning
///
/// let refused = emvqr::mpm::read(&text.replace("SHOP", "SHIP")).unwrap_err();
/// assert_eq!(refused.errors().next().unwrap().code(), "crc_mismatch");
/// ```
pub fn read(text: &str) -> Result<Mpm<'_>, Rejected> {
    read_with(text, None)
}

/// Reads a code that has to follow `profile`, whether it claims so or not.
///
/// # Errors
/// As [`read`], and for every rule of the profile that the code breaks.
pub fn read_as(text: &str, profile: Profile) -> Result<Mpm<'_>, Rejected> {
    read_with(text, Some(profile))
}

/// Reads a code from what a scanner gave, before anybody knows that it is text.
///
/// # Errors
/// As [`read`], and when the bytes are not UTF-8.
pub fn read_bytes(bytes: &[u8]) -> Result<Mpm<'_>, Rejected> {
    // Four bytes is the longest a character gets. Beyond that there is no need to look.
    if bytes.len() > PAYLOAD_CHARACTERS_MAX * 4 + 2 * LINE_ENDS_MAX {
        return Err(refusal(&TOO_LARGE, 0));
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) => Err(refusal(&NOT_UTF8, error.valid_up_to())),
    }
}

pub(super) fn read_with(text: &str, required: Option<Profile>) -> Result<Mpm<'_>, Rejected> {
    let raw = trimmed(text);
    // No character is shorter than a byte or longer than four.
    let large = raw.len() > PAYLOAD_CHARACTERS_MAX
        && (raw.len() > PAYLOAD_CHARACTERS_MAX * 4
            || LengthUnit::CodePoint.measure(raw) > PAYLOAD_CHARACTERS_MAX);
    if large {
        return Err(refusal(&TOO_LARGE, 0));
    }
    // Apart from the code, which is looked at while they are made.
    let mut findings = Findings::default();
    let mut code = Mpm::unread(raw);
    code.split(&mut findings).map_err(|error| unsplit(raw, error))?;
    code.check(required, &mut findings);
    if findings.is_empty() {
        return Ok(code);
    }
    code.findings = findings.verdict()?;
    Ok(code)
}

/// What a text is as far as it can be split, whatever is wrong with it: to say whose code it is
/// that was refused. Has no findings.
pub(crate) fn unjudged(text: &str) -> Option<Mpm<'_>> {
    let mut code = Mpm::unread(trimmed(text));
    if code.raw.len() > PAYLOAD_CHARACTERS_MAX * 4 {
        return None;
    }
    code.split(&mut Findings::default()).ok()?;
    code.apply_customs();
    Some(code)
}

/// What can be said of a text that is not a list of objects. Its checksum tells a code
/// that was read wrongly from one that was made wrongly.
fn unsplit(raw: &str, error: SplitError) -> Rejected {
    let rule = match error.kind {
        SplitErrorKind::Truncated => &TRUNCATED,
        SplitErrorKind::BadTag => &BAD_TAG,
        SplitErrorKind::BadLength => &BAD_LENGTH,
    };
    let mut findings = Findings::default();
    findings.add(rule, error.position);
    emv::check_last_digits(raw, &mut findings);
    findings.reject()
}

fn refusal(rule: &'static Rule, position: usize) -> Rejected {
    let mut findings = Findings::default();
    findings.add(rule, position);
    findings.reject()
}

impl<'a> Mpm<'a> {
    #[inline]
    fn unread(raw: &'a str) -> Self {
        Self {
            raw,
            unit: LengthUnit::CodePoint,
            claims: Profiles::default(),
            places: [0; 100],
            slots: Slots::new(EMPTY),
            findings: Findings::default(),
        }
    }

    /// Splits by code points, and by another unit only where that makes a whole code of what
    /// otherwise is none or is a damaged one. If none does, the answer by code points is the one
    /// to explain.
    ///
    /// Using up the text alone proves little: with four characters of three bytes in a name, a
    /// code that counts bytes also splits by code points when what follows is eight long, and
    /// the name has swallowed the city or the checksum.
    fn split(&mut self, findings: &mut Findings) -> Result<(), SplitError> {
        let first = self.split_in(LengthUnit::CodePoint, findings);
        // In ASCII all units agree.
        let printable = |slot: &Slot| slot.printable;
        if first.is_ok() && self.slots.as_slice().iter().all(printable) || self.raw.is_ascii() {
            return first;
        }
        let least = first.as_ref().ok().and_then(|()| self.faults(findings));
        if least == Some(0) {
            return first;
        }
        for unit in [LengthUnit::Utf8Byte, LengthUnit::Utf16Unit] {
            let split = self.split_in(unit, findings);
            let faults = split.ok().and_then(|()| self.faults(findings));
            if faults.is_some_and(|faults| least.is_none_or(|least| faults < least)) {
                let rule = if unit == LengthUnit::Utf8Byte { &LENGTH_UTF8 } else { &LENGTH_UTF16 };
                findings.add(rule, 0);
                return Ok(());
            }
        }
        self.split_in(LengthUnit::CodePoint, findings)
    }

    /// How much speaks against the way in which the code was split: objects that are missing,
    /// repeated, or no templates though they should be. Nothing when it has no checksum at its
    /// end: then it is no code at all.
    fn faults(&self, findings: &Findings) -> Option<usize> {
        let last = self.slots.as_slice().last()?;
        if last.tag != tags::CHECKSUM {
            return None;
        }
        let missing = emv::MANDATORY.iter().filter(|tag| !self.has(**tag)).count();
        let broken =
            |finding: &&Finding| finding.breaks(&emv::REPEATED) || finding.breaks(&emv::MALFORMED);
        Some(missing + findings.as_slice().iter().filter(broken).count())
    }

    /// Splits by one unit and looks at each object on its own, while it is at hand.
    fn split_in(&mut self, unit: LengthUnit, findings: &mut Findings) -> Result<(), SplitError> {
        if self.raw.is_empty() {
            return Err(SplitError { position: 0, kind: SplitErrorKind::Truncated });
        }
        self.unit = unit;
        self.claims = Profiles::default();
        self.places = [0; 100];
        self.slots.truncate(0);
        findings.truncate(0);
        let mut objects = Objects::of(self.raw, unit);
        let mut twice = emv::Seen::default();
        while let Some(span) = objects.advance() {
            emv::check_root(&objects, &span, findings);
            let (inside, network) = match span.tag.number() {
                26..=51 | 62 | 64 | 80..=99 => {
                    let object = objects.object(&span);
                    let (inside, guid) = emv::check_template(&object, findings);
                    let account = account::is_account(span.tag);
                    let network = match guid {
                        Some(guid) if account => account::owner(guid),
                        Some(_) | None => Network::Unknown,
                    };
                    if let Some(profile) = network.profile() {
                        self.claims.insert(profile);
                    }
                    (inside, network)
                }
                tag => (0, Network::of_tag(tag)),
            };
            let (tag, position) = (span.tag, objects.position(&span));
            self.slots.push(Slot {
                tag,
                position: position as u16,
                length: span.length() as u16,
                printable: span.printable,
                inside,
                network,
            });
            let place = &mut self.places[usize::from(tag.number())];
            if *place == 0 {
                *place = self.slots.len() as u16;
            } else if !twice.again(tag) {
                findings.add_at(&emv::REPEATED, Path::root(tag), position);
            }
        }
        objects.end()
    }

    /// Applies the rules that need more than one object, and those of profiles.
    fn check(&mut self, required: Option<Profile>, findings: &mut Findings) {
        self.apply_customs();
        emv::check(self, findings);
        let mut profiles = self.claims;
        if let Some(required) = required {
            profiles.insert(required);
        }
        if !profiles.is_empty() {
            // A code that follows a scheme and still asks for nothing is its maker's mistake.
            findings.harden(emv::is_zero_amount);
            profiles.iter().for_each(|profile| profile.check(self, findings));
        }
    }

    /// Finds the accounts that belong to a network by the custom of the country.
    #[inline]
    fn apply_customs(&mut self) {
        let Some(network_of) = self.country().and_then(account::customs_of) else {
            return;
        };
        for slot in self.slots.as_mut_slice() {
            if slot.network == Network::Unknown && account::is_account(slot.tag) {
                slot.network = network_of(&object_at(self.raw, self.unit, slot));
                if let Some(profile) = slot.network.profile() {
                    self.claims.insert(profile);
                }
            }
        }
    }
}
