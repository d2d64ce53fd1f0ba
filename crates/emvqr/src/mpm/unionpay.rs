//! UnionPay's account in 15 or 16 (`qr` facts, section 1.3).
//!
//! Codes of banks have 31 characters there: who acquires (IIN, 8 digits), who forwards (IIN,
//! 8 digits), and the merchant's number (15 letters or digits). Other lengths have been seen,
//! only in test data; UnionPay's own specification was not read.
//!
//! ```
//! use emvqr::mpm::unionpay::{MerchantAccount, TAG, UnionPay};
//! use emvqr::mpm::{Writer, tags};
//!
//! let account = MerchantAccount::new("20310418", "00520446", "JDBMSZZXE44BFS0")?;
//! let mut writer = Writer::default();
//! writer.account(TAG, account.as_str())?;
//! # writer.object(tags::CATEGORY, "5812")?;
//! # writer.object(tags::CURRENCY, "418")?;
//! # writer.object(tags::COUNTRY, "LA")?;
//! # writer.object(tags::NAME, "SHOP")?;
//! # writer.object(tags::CITY, "Vientiane")?;
//! let text = writer.finish()?;
//!
//! let code = emvqr::mpm::read(&text)?;
//! let found = code.accounts().find_map(|found| UnionPay::of(&found));
//! assert_eq!(found, Some(UnionPay::Merchant(account)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::fmt;

use crate::mpm::{Account, Network};
use crate::tlv::Tag;

/// The object that UnionPay's account usually takes; 16 is UnionPay's too.
pub const TAG: Tag = Tag::literal(15);

/// What UnionPay's object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnionPay<'a> {
    /// The known form, of 31 characters.
    Merchant(MerchantAccount),
    /// Anything else. UnionPay may know what it means.
    Other(&'a str),
}

impl<'a> UnionPay<'a> {
    /// Nothing when the account is not UnionPay's.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        if account.network != Network::UnionPay {
            return None;
        }
        let value = account.value;
        let known = || {
            let (acquirer, rest) = value.split_at_checked(8)?;
            let (forwarding, merchant) = rest.split_at_checked(8)?;
            MerchantAccount::new(acquirer, forwarding, merchant).ok()
        };
        Some(known().map_or(Self::Other(value), Self::Merchant))
    }
}

/// A merchant as UnionPay knows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MerchantAccount([u8; 31]);

/// Why three texts are not a merchant's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountError {
    /// The acquirer's IIN is not 8 digits.
    Acquirer,
    /// The forwarding institution's IIN is not 8 digits.
    Forwarding,
    /// The merchant's number is not 15 ASCII letters or digits.
    Merchant,
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Acquirer => "the acquirer's IIN has 8 digits; ask the acquirer for it",
            Self::Forwarding => {
                "the IIN of the institution that forwards has 8 digits; ask the acquirer for it"
            }
            Self::Merchant => {
                "UnionPay's number of a merchant has 15 letters or digits; ask the acquirer for it"
            }
        })
    }
}

impl core::error::Error for AccountError {}

impl MerchantAccount {
    /// Puts the three parts together.
    ///
    /// # Errors
    /// A part has the wrong length or characters.
    pub fn new(acquirer: &str, forwarding: &str, merchant: &str) -> Result<Self, AccountError> {
        let digits = |iin: &str| iin.len() == 8 && iin.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(acquirer) {
            return Err(AccountError::Acquirer);
        }
        if !digits(forwarding) {
            return Err(AccountError::Forwarding);
        }
        if merchant.len() != 15 || !merchant.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(AccountError::Merchant);
        }
        let mut text = [0; 31];
        text[..8].copy_from_slice(acquirer.as_bytes());
        text[8..16].copy_from_slice(forwarding.as_bytes());
        text[16..].copy_from_slice(merchant.as_bytes());
        Ok(Self(text))
    }

    /// The value of the object: [`super::Writer::account`] takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("parts of ASCII make text")
    }

    /// IIN of the acquirer, 8 digits.
    #[must_use]
    pub fn acquirer(&self) -> &str {
        &self.as_str()[..8]
    }

    /// IIN of the institution that forwards, 8 digits. Often the acquirer's.
    #[must_use]
    pub fn forwarding(&self) -> &str {
        &self.as_str()[8..16]
    }

    /// The merchant's number, 15 letters or digits.
    #[must_use]
    pub fn merchant(&self) -> &str {
        &self.as_str()[16..]
    }
}

impl fmt::Display for MerchantAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for MerchantAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MerchantAccount({self})")
    }
}
