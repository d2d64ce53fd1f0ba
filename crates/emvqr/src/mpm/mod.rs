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
mod form;
pub mod hkfps;
pub mod jpqr;
pub mod khqr;
mod profile;
pub mod promptpay;
pub mod qris;
pub mod qrph;
mod read;
pub mod sgqr;
pub mod tags;
pub mod unionpay;
pub mod vietqr;
pub mod wechat;

use alloc::string::String;

pub use self::account::{Account, Network};
pub use self::build::{BuildError, Writer};
pub use self::profile::{Profile, Profiles};
use self::read::read_with;
pub(crate) use self::read::unjudged;
pub use self::read::{read, read_as, read_bytes};
use crate::finding::Findings;
pub use crate::finding::{Finding, Level, Rejected};
use crate::short::Short;
use crate::tlv::{self, LengthUnit, Object, Tag, Template};

/// Longest payload that is looked at, in code points. The largest QR symbol holds 2,953
/// bytes; EMVCo advises 512 characters and national codes go past 900.
pub const PAYLOAD_CHARACTERS_MAX: usize = 4096;

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
    printable: bool,
    /// How many objects the value consists of, if it should be a template and is one; or 0.
    inside: u8,
    /// Whose account it is, if it is one.
    network: Network,
}

/// Objects of a code. Real codes have up to thirty.
type Slots = Short<Slot, 32>;

/// All zeros, which is quicker to write than anything else.
const EMPTY: Slot = Slot {
    tag: tags::FORMAT,
    position: 0,
    length: 0,
    printable: false,
    inside: 0,
    network: Network::Visa,
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

#[inline]
fn object_at<'a>(raw: &'a str, unit: LengthUnit, slot: &Slot) -> Object<'a> {
    let position = usize::from(slot.position);
    let value = position + tlv::HEADER;
    let value = &raw[value..value + usize::from(slot.length)];
    let Slot { tag, printable, inside, .. } = *slot;
    Object { tag, value, position, unit, printable, inside }
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

    /// Code points of the payload. Only in values that are not ASCII can they be fewer than bytes.
    fn characters(&self) -> usize {
        let others = self.slots.as_slice().iter().filter(|slot| !slot.printable);
        let values = others.map(|slot| self.at(slot).value);
        let fewer = values.map(|value| value.len() - LengthUnit::CodePoint.measure(value));
        self.raw.len() - fewer.sum::<usize>()
    }

    /// Whether any account is offered.
    fn has_account(&self) -> bool {
        self.slots.as_slice().iter().any(|slot| account::is_account(slot.tag))
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
