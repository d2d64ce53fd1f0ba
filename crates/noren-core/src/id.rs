//! One type of id for each kind of thing.
//!
//! An [`Id`] is a UUID of version 8 (RFC 9562, section 5.8): 48 bits of Unix milliseconds, the
//! merchant's slot, and random bits that came in with the command. It sorts by time and says
//! which slot it belongs to, so callbacks, reads and refunds find their way without a lookup.
//!
//! Shown as a prefix of the kind and 25 digits of base 36: that is all 128 bits, and it just fits
//! the 25 characters of an EMVCo reference label (62.05), so a code on a till can carry it whole.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Timestamp;

/// Where all that one merchant's payments touch is kept: 0-255, and 256 for the house (directory).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(u16);

impl Slot {
    /// Directory data and all that belongs to no merchant.
    pub const HOUSE: Slot = Slot(256);
    /// How many slots there are, the house included.
    pub const COUNT: usize = 257;

    /// A slot by number; `None` above 256.
    pub const fn new(number: u16) -> Option<Self> {
        if number <= 256 { Some(Self(number)) } else { None }
    }

    /// 0-256.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// What an [`Id`] can name. The prefix makes a pasted id recognisable.
pub trait Kind: 'static {
    /// Letters before the underscore, for instance `pay`.
    const PREFIX: &'static str;
}

/// The id of one thing of kind `K`.
pub struct Id<K> {
    raw: u128,
    kind: PhantomData<fn() -> K>,
}

/// Random bits that come in with a command; every id the command makes is derived from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entropy(pub u128);

impl Entropy {
    /// The `n`th independent 64 bits of this entropy (SplitMix64 over both halves).
    fn bits(self, n: u64) -> u64 {
        let mut x = (self.0 as u64)
            .wrapping_add(((self.0 >> 64) as u64).rotate_left(32))
            .wrapping_add(n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) ^ ((self.0 >> 64) as u64)
    }
}

const VERSION: u128 = 8 << 76;
const VARIANT: u128 = 2 << 62;
const DIGITS: usize = 25;

impl<K> Id<K> {
    /// Builds the `n`th id of a command from its time, slot and entropy.
    pub fn new(at: Timestamp, slot: Slot, entropy: Entropy, n: u64) -> Self {
        let time = (at.0.max(0) as u128) & 0xFFFF_FFFF_FFFF;
        let random = entropy.bits(n);
        let raw = (time << 80)
            | VERSION
            | (u128::from(slot.0) << 67)
            | (u128::from(random >> 61) << 64)
            | VARIANT
            | u128::from(random & 0x3FFF_FFFF_FFFF_FFFF);
        Self::from_raw(raw)
    }

    /// The slot that the id carries.
    pub fn slot(self) -> Slot {
        // Nine bits can say more than 256; an id that does was not made by us.
        Slot((((self.raw >> 67) & 0x1FF) as u16).min(256))
    }

    /// When the thing came to be, by the engine's clock.
    pub fn created_at(self) -> Timestamp {
        Timestamp((self.raw >> 80) as i64)
    }

    /// All 128 bits.
    pub const fn raw(self) -> u128 {
        self.raw
    }

    /// From all 128 bits, as they came from a row that we wrote.
    pub const fn from_raw(raw: u128) -> Self {
        Self { raw, kind: PhantomData }
    }

    /// The 25 digits without the prefix.
    pub fn digits(self) -> String {
        let mut out = [0u8; DIGITS];
        write_digits(self.raw, &mut out);
        out.iter().map(|b| char::from(*b)).collect()
    }

    /// Reads the 25 digits without the prefix.
    pub fn from_digits(digits: &str) -> Result<Self, IdError> {
        let raw = read_digits(digits)?;
        if raw & (0xF << 76) != VERSION || raw & (3 << 62) != VARIANT {
            return Err(IdError::NotOurs);
        }
        Ok(Self::from_raw(raw))
    }
}

/// Twelve digits of base 36 fit a `u64`, which divides far faster than a `u128`.
const CHUNK: u128 = 36u128.pow(12);

fn write_digits(raw: u128, out: &mut [u8; DIGITS]) {
    let low = (raw % CHUNK) as u64;
    let rest = raw / CHUNK;
    let mid = (rest % CHUNK) as u64;
    let high = (rest / CHUNK) as u64;
    for (mut part, range) in [(high, 0..1), (mid, 1..13), (low, 13..25)] {
        for place in out[range].iter_mut().rev() {
            *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(part % 36) as usize];
            part /= 36;
        }
    }
}

fn read_digits(text: &str) -> Result<u128, IdError> {
    if text.len() != DIGITS {
        return Err(IdError::Length);
    }
    text.bytes().try_fold(0u128, |sum, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            _ => return Err(IdError::Digit),
        };
        sum.checked_mul(36).and_then(|s| s.checked_add(u128::from(digit))).ok_or(IdError::NotOurs)
    })
}

/// Why a text is not an id of the kind that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    /// The prefix is missing or belongs to another kind of thing.
    Prefix,
    /// Not 25 digits after the prefix.
    Length,
    /// A character that is not 0-9 or a-z.
    Digit,
    /// Reads as a number, but not as one that we made.
    NotOurs,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prefix => "the id has the prefix of another kind of thing",
            Self::Length => "an id has 25 digits after its prefix",
            Self::Digit => "an id is written with 0-9 and a-z",
            Self::NotOurs => "the id was not made by this switch",
        })
    }
}

impl std::error::Error for IdError {}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0u8; DIGITS];
        write_digits(self.raw, &mut digits);
        write!(f, "{}_{}", K::PREFIX, std::str::from_utf8(&digits).unwrap_or_default())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError::Prefix)?;
        Self::from_digits(digits)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.raw.cmp(&other.raw)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $alias:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

kinds! {
    /// One attempt to have an order paid.
    PaymentKind, PaymentId, "pay";
    /// What a merchant wants paid.
    OrderKind, OrderId, "ord";
    /// Taking a part of what is held for a payment.
    CaptureKind, CaptureId, "cap";
    /// Money between a wallet and the operator that belongs to no payment.
    MovementKind, MovementId, "mov";
    /// Giving money back for a payment that stands.
    RefundKind, RefundId, "rfd";
    /// Money that arrived for a payment that had already ended otherwise.
    StrayKind, StrayId, "str";
    /// Money that a push rail credited and that belongs to no payment.
    CreditKind, CreditId, "crd";
    /// A promise of a rate.
    QuoteKind, QuoteId, "quo";
    /// A company that is paid.
    MerchantKind, MerchantId, "mer";
    /// A place of a merchant.
    StoreKind, StoreId, "sto";
}

/// What a name was used by, or an alarm is about: a payment, or a credit that belongs to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A payment.
    Payment(PaymentId),
    /// A credit that belongs to no payment.
    Credit(CreditId),
}

impl From<PaymentId> for About {
    fn from(id: PaymentId) -> Self {
        Self::Payment(id)
    }
}

impl From<CreditId> for About {
    fn from(id: CreditId) -> Self {
        Self::Credit(id)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payment(id) => id.fmt(f),
            Self::Credit(id) => id.fmt(f),
        }
    }
}

impl FromStr for About {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.parse().map(Self::Payment) {
            Err(IdError::Prefix) => text.parse().map(Self::Credit),
            payment => payment,
        }
    }
}

/// A short name that an operator chose: lower-case letters, digits and hyphens, 1 to 23 of them.
///
/// Wallets, acquirers and tenants are few, are named in configuration, and are copied often, so
/// their names are held in place.
pub struct Name<K> {
    /// The name and nothing but zeros after it, which no name has: so names are equal when these
    /// are, and sort as their texts do.
    bytes: [u8; NAME_MAX],
    len: u8,
    kind: PhantomData<fn() -> K>,
}

/// The longest name.
const NAME_MAX: usize = 23;

impl<K> Name<K> {
    /// Checks and keeps a name.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let fits = (1..=NAME_MAX).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !fits {
            return Err(NameError);
        }
        let mut bytes = [0; NAME_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len: text.len() as u8, kind: PhantomData })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

/// A name is 1 to 23 lower-case letters, digits and hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameError;

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name is 1 to 23 lower-case letters, digits and hyphens")
    }
}

impl std::error::Error for NameError {}

impl<K> Clone for Name<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Name<K> {}
impl<K> PartialEq for Name<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}
impl<K> Eq for Name<K> {}
impl<K> PartialOrd for Name<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Name<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}
impl<K> Hash for Name<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Two numbers hash faster than a text.
        let (low, high) = self.bytes.split_at(16);
        let mut rest = [0; 8];
        rest[..high.len()].copy_from_slice(high);
        state.write_u128(u128::from_le_bytes(low.try_into().expect("cut at 16")));
        state.write_u64(u64::from_le_bytes(rest));
    }
}
impl<K> fmt::Display for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl<K> fmt::Debug for Name<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl<K> FromStr for Name<K> {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}
impl<K> Serialize for Name<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de, K> Deserialize<'de> for Name<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&text).map_err(D::Error::custom)
    }
}

/// Marks names of wallets.
pub enum WalletKind {}
/// Marks names of tenants.
pub enum TenantKind {}
/// Marks names of acquirers.
pub enum AcquirerKind {}
/// Marks names of partners.
pub enum PartnerKind {}
/// A wallet or network that we connect to, by folder name: `alipayplus`, `noren`.
pub type WalletName = Name<WalletKind>;
/// Whose data is separated from everybody else's.
pub type TenantName = Name<TenantKind>;
/// The institution that signed a merchant and pays it out.
pub type AcquirerName = Name<AcquirerKind>;
/// Whose terminal a payment was made at, where that is neither the shop nor the acquirer.
pub type PartnerName = Name<PartnerKind>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_its_slot_and_time_and_survives_print_and_parse() {
        for slot in [0, 1, 137, 255, 256] {
            let slot = Slot::new(slot).unwrap();
            let id = PaymentId::new(Timestamp(1_795_275_000_123), slot, Entropy(u128::MAX - 5), 3);
            assert_eq!(id.slot(), slot);
            assert_eq!(id.created_at(), Timestamp(1_795_275_000_123));
            assert_eq!(id.to_string().len(), 29);
            assert_eq!(id.to_string().parse::<PaymentId>(), Ok(id));
            assert_eq!(PaymentId::from_digits(&id.digits()), Ok(id));
        }
    }

    #[test]
    fn a_refunds_id_does_not_fit_where_a_payments_is_due() {
        let id = RefundId::new(Timestamp(1), Slot::HOUSE, Entropy(9), 0);
        assert_eq!(id.to_string().parse::<PaymentId>(), Err(IdError::Prefix));
        assert_eq!("pay_zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<PaymentId>(), Err(IdError::NotOurs));
        assert_eq!("pay_".parse::<PaymentId>(), Err(IdError::Length));
        assert_eq!("pay_0000000000000000000000000".parse::<PaymentId>(), Err(IdError::NotOurs));
    }

    #[test]
    fn what_a_thing_is_about_is_told_by_its_prefix() {
        let (slot, at) = (Slot::HOUSE, Timestamp(1));
        let payment = About::Payment(Id::new(at, slot, Entropy(9), 0));
        let credit = About::Credit(Id::new(at, slot, Entropy(9), 0));
        for about in [payment, credit] {
            assert_eq!(about.to_string().parse(), Ok(about));
        }
        let refund = RefundId::new(at, slot, Entropy(9), 0);
        assert_eq!(refund.to_string().parse::<About>(), Err(IdError::Prefix));
    }

    #[test]
    fn ids_sort_by_time_as_numbers_and_as_text() {
        let at = |ms| PaymentId::new(Timestamp(ms), Slot(7), Entropy(u128::from(u64::MAX)), 0);
        assert!(at(1_000) < at(1_001));
        assert!(at(1_000).to_string() < at(1_001).to_string());
    }

    #[test]
    fn names_are_plain() {
        assert!(WalletName::new("alipayplus").is_ok());
        for bad in ["", "Alipay", "wechat pay", "a-name-that-is-far-too-long"] {
            assert_eq!(WalletName::new(bad), Err(NameError));
        }
    }
}
