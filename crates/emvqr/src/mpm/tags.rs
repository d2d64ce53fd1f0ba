//! Names of the objects (EMVCo MPM 1.1, tables 3.6-3.8).

use crate::tlv::Tag;

/// Payload format indicator, the first object: `01`.
pub const FORMAT: Tag = Tag::literal(0);
/// Point of initiation: `11` static, `12` dynamic.
pub const INITIATION: Tag = Tag::literal(1);
/// Merchant category code, ISO 18245, four digits.
pub const CATEGORY: Tag = Tag::literal(52);
/// Currency, ISO 4217, three digits.
pub const CURRENCY: Tag = Tag::literal(53);
/// Amount, decimal text in major units.
pub const AMOUNT: Tag = Tag::literal(54);
/// `01` ask for a tip, `02` fixed fee, `03` percentage.
pub const TIP: Tag = Tag::literal(55);
/// Fixed fee, in the form of the amount.
pub const FEE_FIXED: Tag = Tag::literal(56);
/// Percentage fee, 00.01 to 99.99.
pub const FEE_PERCENT: Tag = Tag::literal(57);
/// Country, ISO 3166-1, two letters.
pub const COUNTRY: Tag = Tag::literal(58);
/// Merchant name.
pub const NAME: Tag = Tag::literal(59);
/// Merchant city.
pub const CITY: Tag = Tag::literal(60);
/// Postal code.
pub const POSTAL: Tag = Tag::literal(61);
/// Template of additional data.
pub const ADDITIONAL: Tag = Tag::literal(62);
/// Checksum, the last object.
pub const CHECKSUM: Tag = Tag::literal(63);
/// Template of name and city in the merchant's language.
pub const LANGUAGE: Tag = Tag::literal(64);

/// Globally unique identifier of whoever owns a template: 00 of 26-51 and 80-99.
pub const GUID: Tag = Tag::literal(0);

/// Objects of template 62.
pub mod additional {
    use crate::tlv::Tag;

    /// Bill number.
    pub const BILL: Tag = Tag::literal(1);
    /// Mobile number.
    pub const MOBILE: Tag = Tag::literal(2);
    /// Store label.
    pub const STORE: Tag = Tag::literal(3);
    /// Loyalty number.
    pub const LOYALTY: Tag = Tag::literal(4);
    /// Reference label: the merchant's name for the payment.
    pub const REFERENCE: Tag = Tag::literal(5);
    /// Customer label.
    pub const CUSTOMER: Tag = Tag::literal(6);
    /// Terminal label.
    pub const TERMINAL: Tag = Tag::literal(7);
    /// Purpose of the transaction.
    pub const PURPOSE: Tag = Tag::literal(8);
    /// What the app should ask the payer: any of `A`, `M`, `E`.
    pub const CONSUMER_DATA: Tag = Tag::literal(9);
    /// The merchant's tax id. Not in EMVCo's table; Indonesia and Malaysia use it.
    pub const TAX_ID: Tag = Tag::literal(10);
    /// The merchant channel. Not in EMVCo's table; Indonesia and Malaysia use it.
    pub const CHANNEL: Tag = Tag::literal(11);
}

/// Objects of template 64.
pub mod language {
    use crate::tlv::Tag;

    /// Language, ISO 639, two letters.
    pub const CODE: Tag = Tag::literal(0);
    /// Merchant name in that language.
    pub const NAME: Tag = Tag::literal(1);
    /// Merchant city in that language.
    pub const CITY: Tag = Tag::literal(2);
}
