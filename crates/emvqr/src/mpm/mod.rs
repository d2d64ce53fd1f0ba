//! Codes that a merchant shows (EMVCo QR Code Specification, Merchant-Presented Mode 1.1).
//!
//! [`read`] is tolerant as real codes demand: it refuses what would be unsafe to pay and
//! reports every other breach as a warning. A code that claims a profile by GUID, or is
//! read with [`read_as`], must keep that profile's rules as well.
//!
//! Refused in any code: a broken split, a missing, misplaced or wrong checksum, an object
//! 00 that is not first, a repeated object, no account, a malformed amount.

mod account;
pub mod alipay;
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
pub mod unionpay;
pub mod vietqr;
pub mod wechat;

use alloc::string::String;

pub use self::account::{Account, Network};
pub use self::build::{BuildError, Writer};
pub use self::profile::{Profile, Profiles};
pub use crate::finding::{Finding, Level, Rejected};
use crate::finding::{Findings, Rule};
use crate::short::Short;
use crate::tlv::{
    self, LengthUnit, Object, Objects, Path, SplitError, SplitErrorKind, Tag, Template,
};

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

/// Where an object is, and what reading it once has shown. No payload that is looked at has
/// more than 16,384 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    tag: Tag,
    position: u16,
    /// Of the value, in bytes.
    length: u16,
    ascii: bool,
    /// The value should be a template and is one.
    template: bool,
    /// Whose account it is, if it is one.
    network: Network,
}

/// Objects of a code. Real codes have up to thirty.
type Slots = Short<Slot, 32>;

const EMPTY: Slot = Slot {
    tag: tags::FORMAT,
    position: 0,
    length: 0,
    ascii: true,
    template: false,
    network: Network::Unknown,
};

/// A merchant-presented code, borrowed from its text. Objects keep their order, and those
/// that nobody knows are kept too. Reading one allocates nothing, short of a code with more
/// than 32 objects or 8 findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mpm<'a> {
    raw: &'a str,
    unit: LengthUnit,
    claims: Profiles,
    /// By tag, which slot has the first object of it, counted from 1.
    places: [u16; 100],
    slots: Slots,
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
    let raw = text.trim_matches(['\r', '\n']);
    // No character is shorter than a byte or longer than four.
    let large = raw.len() > PAYLOAD_CHARACTERS_MAX
        && (raw.len() > PAYLOAD_CHARACTERS_MAX * 4
            || LengthUnit::CodePoint.measure(raw) > PAYLOAD_CHARACTERS_MAX);
    if large {
        return Err(refusal(&TOO_LARGE, 0));
    }
    let mut code = Mpm {
        raw,
        unit: LengthUnit::CodePoint,
        claims: Profiles::default(),
        places: [0; 100],
        slots: Slots::new(EMPTY),
        findings: Findings::default(),
    };
    code.split().map_err(|error| unsplit(raw, error))?;
    code.check(required);
    if code.findings.has_error() { Err(code.findings.reject()) } else { Ok(code) }
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

/// Reading, step by step.
impl<'a> Mpm<'a> {
    /// Splits by the first unit that uses up the text and ends in the checksum; if none does,
    /// the answer by code points is the one to explain.
    ///
    /// Using up the text alone would not do: with four kana in the last value, a code that
    /// counts bytes also splits by code points, and its checksum vanishes inside of that value.
    fn split(&mut self) -> Result<(), SplitError> {
        let first = self.split_in(LengthUnit::CodePoint);
        if (first.is_ok() && self.ends_in_checksum()) || self.raw.is_ascii() {
            return first;
        }
        for unit in [LengthUnit::Utf8Byte, LengthUnit::Utf16Unit] {
            if self.split_in(unit).is_ok() && self.ends_in_checksum() {
                let rule = if unit == LengthUnit::Utf8Byte { &LENGTH_UTF8 } else { &LENGTH_UTF16 };
                self.findings.add(rule, 0);
                return Ok(());
            }
        }
        self.split_in(LengthUnit::CodePoint)
    }

    fn ends_in_checksum(&self) -> bool {
        self.slots.as_slice().last().is_some_and(|last| last.tag == tags::CHECKSUM)
    }

    /// Splits by one unit and looks at each object on its own, while it is at hand.
    fn split_in(&mut self, unit: LengthUnit) -> Result<(), SplitError> {
        if self.raw.is_empty() {
            return Err(SplitError { position: 0, kind: SplitErrorKind::Truncated });
        }
        self.unit = unit;
        self.places = [0; 100];
        self.slots.truncate(0);
        self.findings.truncate(0);
        let plain = emv::is_plain(self.raw);
        let mut objects = Objects::of(self.raw, unit);
        let mut twice = emv::Seen::default();
        while let Some(object) = objects.advance()? {
            let template = emv::check_object(&object, plain, &mut self.findings);
            let network = match account::is_account(object.tag) {
                true => Network::of(object.tag, template.flatten()),
                false => Network::Unknown,
            };
            self.slots.push(Slot {
                tag: object.tag,
                position: object.position as u16,
                length: object.value.len() as u16,
                ascii: object.ascii,
                template: template.is_some(),
                network,
            });
            let place = &mut self.places[usize::from(object.tag.number())];
            if *place == 0 {
                *place = self.slots.len() as u16;
            } else if !twice.again(object.tag) {
                self.findings.add_at(&emv::REPEATED, Path::root(object.tag), object.position);
            }
        }
        Ok(())
    }

    /// Applies the rules that need more than one object, and those of profiles.
    fn check(&mut self, required: Option<Profile>) {
        // Apart from the code while it is looked at.
        let mut findings = core::mem::take(&mut self.findings);
        let country = self.country();
        for slot in self.slots.as_mut_slice() {
            if slot.network == Network::Unknown && slot.template {
                let object = object_at(self.raw, self.unit, slot);
                slot.network = Network::by_country(&object, country);
            }
            if let Some(profile) = slot.network.profile() {
                self.claims.insert(profile);
            }
        }
        emv::check(self, &mut findings);
        let mut profiles = self.claims;
        if let Some(required) = required {
            profiles.insert(required);
        }
        if !profiles.is_empty() {
            // A code that follows a scheme and still asks for nothing is its maker's mistake.
            findings.harden(emv::is_zero_amount);
            profiles.iter().for_each(|profile| profile.check(self, &mut findings));
        }
        self.findings = findings;
    }
}

#[inline]
fn object_at<'a>(raw: &'a str, unit: LengthUnit, slot: &Slot) -> Object<'a> {
    let position = usize::from(slot.position);
    let value = position + tlv::HEADER;
    let value = &raw[value..value + usize::from(slot.length)];
    let Slot { tag, ascii, template, .. } = *slot;
    Object { tag, value, position, unit, ascii, template }
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
        object_at(self.raw, self.unit, slot)
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

    /// Whether an object with this tag is at the root.
    fn has(&self, tag: Tag) -> bool {
        self.places[usize::from(tag.number())] != 0
    }

    /// The first object at the root with this tag.
    #[must_use]
    pub fn object(&self, tag: Tag) -> Option<Object<'a>> {
        let place = usize::from(self.places[usize::from(tag.number())]);
        let slot = self.slots.as_slice().get(place.checked_sub(1)?)?;
        Some(self.at(slot))
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
        self.account_slots(|_| true)
    }

    /// The accounts of one network, under whatever tags.
    pub fn accounts_of(&self, network: Network) -> impl Iterator<Item = Account<'a>> {
        self.account_slots(move |found| found == network)
    }

    fn account_slots(&self, of: impl Fn(Network) -> bool) -> impl Iterator<Item = Account<'a>> {
        let slots = self.slots.as_slice().iter();
        slots
            .filter(move |slot| account::is_account(slot.tag) && of(slot.network))
            .map(|slot| Account::new(&self.at(slot), slot.network))
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
