//! Names of the data objects (EMVCo CPM 1.1; `qr` facts, sections 2 and 3.2).

use super::ber::Tag;

/// Payload format indicator, the first object: `CPV01` or `JPQR1`.
pub const FORMAT: Tag = Tag::literal(0x85);
/// Application template: one for each card scheme on offer. In JPQR the one template.
pub const APPLICATION: Tag = Tag::literal(0x61);
/// Common data template: what two applications share.
pub const COMMON: Tag = Tag::literal(0x62);
/// Transparent template of one application: passed on to the issuer as it is.
pub const TRANSPARENT: Tag = Tag::literal(0x63);
/// Transparent template inside of the common data.
pub const TRANSPARENT_COMMON: Tag = Tag::literal(0x64);
/// ADF name: the application identifier (AID), 5 to 16 bytes. In JPQR the operator's code.
pub const AID: Tag = Tag::literal(0x4F);
/// Application label, 1 to 16 printable characters.
pub const LABEL: Tag = Tag::literal(0x50);
/// Track 2 equivalent data, up to 19 bytes. In JPQR the payment ID.
pub const TRACK2: Tag = Tag::literal(0x57);
/// Primary account number (PAN), up to 10 bytes.
pub const PAN: Tag = Tag::literal(0x5A);
/// Cardholder name, 2 to 26 printable characters.
pub const CARDHOLDER: Tag = Tag::literal(0x5F20);
/// Language preference: one to four codes of two letters, the best first.
pub const LANGUAGES: Tag = Tag::literal(0x5F2D);
/// Issuer's URL, here one of `tel:` or `mailto:`.
pub const ISSUER_URL: Tag = Tag::literal(0x5F50);
/// Application version, 2 bytes.
pub const VERSION: Tag = Tag::literal(0x9F08);
/// Token requestor, 6 bytes of decimal digits.
pub const TOKEN_REQUESTOR: Tag = Tag::literal(0x9F19);
/// Payment account reference, 29 letters and digits.
pub const ACCOUNT_REFERENCE: Tag = Tag::literal(0x9F24);
/// Last four digits of the PAN, 2 bytes.
pub const LAST_DIGITS: Tag = Tag::literal(0x9F25);
/// Free area of a JPQR code.
pub const FREE: Tag = Tag::literal(0x99);
