//! Codes that a merchant shows (EMVCo QR Code Specification, Merchant-Presented Mode 1.1).
//!
//! [`read`] is tolerant as real codes demand: it refuses what would be unsafe to pay and
//! reports every other breach as a warning. A code that claims a profile by GUID, or is
//! read with [`read_as`], must keep that profile's rules as well.
//!
//! Refused in any code: a broken split, a missing, misplaced or wrong checksum, an object
//! 00 that is not first, a repeated object, no account, a malformed amount.

mod account;
pub mod bharatqr;
mod build;
mod check;
pub mod duitnow;
mod emv;
pub mod hkfps;
pub mod jpqr;
pub mod khqr;
mod profile;
pub mod promptpay;
pub mod qris;
pub mod qrph;
pub mod sgqr;
pub mod tags;
pub mod vietqr;

use alloc::string::String;

pub use self::account::{Account, Network};
pub use self::build::{BuildError, Writer};
pub use self::profile::{Profile, Profiles};
pub use crate::finding::{Finding, Level, Rejected};
use crate::finding::{Findings, Rule};
use crate::short::Short;
use crate::tlv::{self, LengthUnit, Object, Objects, SplitError, SplitErrorKind, Tag, Template};

/// Longest payload that is looked at, in code points. The largest QR symbol holds 2,953
/// bytes; EMVCo advises 512 characters and national codes go past 900.
pub const PAYLOAD_CHARACTERS_MAX: usize = 4096;

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

/// Who decides the amount, and how often the code may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Initiation {
    /// Printed once, paid by many.
    Static,
    /// Made for one order.
    Dynamic,
}

/// Where an object is: its tag, where it begins, and the bytes of its value. No payload that
/// is looked at has more than 16,384 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    tag: Tag,
    position: u16,
    length: u16,
}

/// Objects of a code. Real codes have up to thirty.
type Slots = Short<Slot, 32>;

const EMPTY: Slot = Slot { tag: tags::FORMAT, position: 0, length: 0 };

/// A merchant-presented code, borrowed from its text. Objects keep their order, and those
/// that nobody knows are kept too. Reading one allocates nothing, short of a code with more
/// than 32 objects or 12 findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mpm<'a> {
    raw: &'a str,
    unit: LengthUnit,
    slots: Slots,
    claims: Profiles,
    findings: Findings,
}

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
    if bytes.len() > PAYLOAD_CHARACTERS_MAX * 4 {
        return Err(refusal(&TOO_LARGE, 0));
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => read(text),
        Err(error) => Err(refusal(&NOT_UTF8, error.valid_up_to())),
    }
}

fn read_with(text: &str, required: Option<Profile>) -> Result<Mpm<'_>, Rejected> {
    let mut code = examine(text)?;
    let mut profiles = code.claims;
    if let Some(required) = required {
        profiles.insert(required);
    }
    code.apply(profiles);
    code.judged()
}

/// Splits a text and applies EMVCo's own rules. What is found is not yet judged, so that
/// profiles can be stricter.
fn examine(text: &str) -> Result<Mpm<'_>, Rejected> {
    let raw = text.trim_matches(['\r', '\n']);
    // No character is shorter than a byte or longer than four.
    let large = raw.len() > PAYLOAD_CHARACTERS_MAX
        && (raw.len() > PAYLOAD_CHARACTERS_MAX * 4
            || LengthUnit::CodePoint.measure(raw) > PAYLOAD_CHARACTERS_MAX);
    if large {
        return Err(refusal(&TOO_LARGE, 0));
    }
    let (unit, slots) = split(raw).map_err(|error| unsplit(raw, error))?;
    let mut findings = Findings::default();
    match unit {
        LengthUnit::CodePoint => {}
        LengthUnit::Utf8Byte => findings.add(&LENGTH_UTF8, 0),
        LengthUnit::Utf16Unit => findings.add(&LENGTH_UTF16, 0),
    }
    let mut code =
        Mpm { raw, unit, slots, claims: Profiles::default(), findings: Findings::default() };
    code.claims = code.accounts().filter_map(|account| account.network.profile()).collect();
    emv::check(&code, &mut findings);
    code.findings = findings;
    Ok(code)
}

/// Splits by the first unit that uses up the text and ends in the checksum; if none does,
/// the answer by code points is the one to explain.
///
/// Using up the text alone would not do: with four kana in the last value, a code that
/// counts bytes also splits by code points, and its checksum vanishes inside of that value.
fn split(raw: &str) -> Result<(LengthUnit, Slots), SplitError> {
    let first = split_in(raw, LengthUnit::CodePoint);
    let ends_well =
        |slots: &Slots| slots.as_slice().last().is_some_and(|last| last.tag == tags::CHECKSUM);
    if first.as_ref().is_ok_and(ends_well) || raw.is_ascii() {
        return first.map(|slots| (LengthUnit::CodePoint, slots));
    }
    for unit in [LengthUnit::Utf8Byte, LengthUnit::Utf16Unit] {
        if let Ok(slots) = split_in(raw, unit)
            && ends_well(&slots)
        {
            return Ok((unit, slots));
        }
    }
    first.map(|slots| (LengthUnit::CodePoint, slots))
}

fn split_in(raw: &str, unit: LengthUnit) -> Result<Slots, SplitError> {
    let mut slots = Slots::new(EMPTY);
    let mut objects = Objects::of(raw, unit);
    while let Some(Object { tag, value, position, .. }) = objects.advance()? {
        slots.push(Slot { tag, position: position as u16, length: value.len() as u16 });
    }
    if raw.is_empty() {
        return Err(SplitError { position: 0, kind: SplitErrorKind::Truncated });
    }
    Ok(slots)
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
    /// The payload, without line ends around it.
    #[must_use]
    pub const fn raw(&self) -> &'a str {
        self.raw
    }

    /// What the lengths of this code count.
    #[must_use]
    pub const fn length_unit(&self) -> LengthUnit {
        self.unit
    }

    /// All objects at the root, in their order.
    pub fn objects(&self) -> impl DoubleEndedIterator<Item = Object<'a>> + ExactSizeIterator {
        self.slots.as_slice().iter().map(|slot| self.at(slot))
    }

    #[inline]
    fn at(&self, slot: &Slot) -> Object<'a> {
        let position = usize::from(slot.position);
        let value = position + tlv::HEADER;
        let value = &self.raw[value..value + usize::from(slot.length)];
        Object { tag: slot.tag, value, position, unit: self.unit }
    }

    /// The rule books that its accounts claim to follow.
    #[must_use]
    pub const fn claims(&self) -> Profiles {
        self.claims
    }

    /// Warnings. A code with errors is not read.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.findings.as_slice()
    }

    /// Value of an object at the root; [`tags`] has their names.
    #[must_use]
    pub fn get(&self, tag: Tag) -> Option<&'a str> {
        self.object(tag).map(|object| object.value)
    }

    /// The first object at the root with this tag.
    #[must_use]
    pub fn object(&self, tag: Tag) -> Option<Object<'a>> {
        self.slots.as_slice().iter().find(|slot| slot.tag == tag).map(|slot| self.at(slot))
    }

    /// A code that does not say is static. `21`, `22`, `31` and `32`, seen in India and
    /// Thailand, count by their second digit.
    #[must_use]
    pub fn point_of_initiation(&self) -> Initiation {
        match self.get(tags::INITIATION) {
            Some("12" | "22" | "32") => Initiation::Dynamic,
            _ => Initiation::Static,
        }
    }

    /// Merchant category, ISO 18245. `0000` where the issuer has none.
    #[must_use]
    pub fn category(&self) -> Option<&'a str> {
        self.get(tags::CATEGORY)
    }

    /// ISO 4217 number, `392` for yen.
    #[must_use]
    pub fn currency(&self) -> Option<&'a str> {
        self.get(tags::CURRENCY)
    }

    /// Decimal text in major units as printed: digits and at most one point, which may
    /// come last. Absent when the payer types the amount.
    #[must_use]
    pub fn amount(&self) -> Option<&'a str> {
        self.get(tags::AMOUNT)
    }

    /// ISO 3166-1, two letters.
    #[must_use]
    pub fn country(&self) -> Option<&'a str> {
        self.get(tags::COUNTRY)
    }

    /// Name for all readers, usually Latin.
    #[must_use]
    pub fn merchant_name(&self) -> Option<&'a str> {
        self.get(tags::NAME)
    }

    /// City for all readers, usually Latin.
    #[must_use]
    pub fn city(&self) -> Option<&'a str> {
        self.get(tags::CITY)
    }

    /// Postal code.
    #[must_use]
    pub fn postal_code(&self) -> Option<&'a str> {
        self.get(tags::POSTAL)
    }

    /// Additional data, 62. Nothing too when the value is not a template.
    #[must_use]
    pub fn additional(&self) -> Option<Template<'a>> {
        self.object(tags::ADDITIONAL)?.template().ok()
    }

    /// Name and city in the merchant's language, 64. Nothing too when the value is not a
    /// template.
    #[must_use]
    pub fn language(&self) -> Option<Template<'a>> {
        self.object(tags::LANGUAGE)?.template().ok()
    }

    /// The accounts on offer, in the order of the code. At least one.
    pub fn accounts(&self) -> impl Iterator<Item = Account<'a>> {
        let country = self.country();
        self.objects().filter_map(move |object| Account::new(&object, country))
    }

    /// Applies the rules of profiles, on top of what was found already.
    fn apply(&mut self, profiles: Profiles) {
        if profiles.is_empty() {
            return;
        }
        let mut findings = core::mem::take(&mut self.findings);
        // A code that follows a scheme and still asks for nothing is a mistake of its maker.
        findings.harden(emv::is_zero_amount);
        for profile in profiles.iter() {
            profile.check(self, &mut findings);
        }
        self.findings = findings;
    }

    /// The code when nothing that was found is an error.
    fn judged(mut self) -> Result<Self, Rejected> {
        self.findings = core::mem::take(&mut self.findings).verdict()?;
        Ok(self)
    }

    /// Writes the objects anew, in their order and unit. Equals [`Mpm::raw`].
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::with_capacity(self.raw.len());
        for object in self.objects() {
            tlv::write(&mut out, object.tag, object.value, self.unit)
                .expect("a value that was split off has a length of two digits");
        }
        out
    }
}
