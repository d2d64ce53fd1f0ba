//! Alipay's templates (`qr` facts, sections 4.4 and 5, from samples of Singapore's shared code).
//!
//! | GUID, in any case | What follows |
//! |---|---|
//! | `com.alipay` | 01 a link, `https://qr.alipay.com/...` |
//! | `COM.ALIPAY.OPENAPI` | 01 and on as in WeChat Pay's template, meaning not known [?] |
//!
//! Which GUID Alipay+ has, and whether it has one, is not known [?].
//!
//! ```
//! use emvqr::mpm::alipay::Alipay;
//! use emvqr::mpm::{Writer, tags};
//! use emvqr::tlv::Tag;
//!
//! let account = Alipay::Link("https://qr.alipay.com/ocx08230mbjrpvogjn4mm17");
//! let mut writer = Writer::default();
//! writer.optional_template(Tag::new(27).unwrap(), &account.parts())?;
//! # writer.object(tags::CATEGORY, "0000")?;
//! # writer.object(tags::CURRENCY, "702")?;
//! # writer.object(tags::COUNTRY, "SG")?;
//! # writer.object(tags::NAME, "SHOP")?;
//! # writer.object(tags::CITY, "Singapore")?;
//! let text = writer.finish()?;
//!
//! let code = emvqr::mpm::read(&text)?;
//! assert_eq!(code.accounts().find_map(|found| Alipay::of(&found)), Some(account));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::mpm::{Account, tags};
use crate::tlv::Tag;

/// Identifier of a template that holds a link.
pub const GUID_LINK: &str = "com.alipay";
/// Identifier of a template that holds numbers.
pub const GUID_OPENAPI: &str = "COM.ALIPAY.OPENAPI";

const FIELD_01: Tag = Tag::literal(1);
const FIELD_02: Tag = Tag::literal(2);
const FIELD_03: Tag = Tag::literal(3);
const FIELD_04: Tag = Tag::literal(4);
const FIELD_99: Tag = Tag::literal(99);

/// A merchant as Alipay knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alipay<'a> {
    /// The text of a link, as printed. Nobody has looked at its host: it may be anybody's.
    Link(&'a str),
    /// Numbers.
    OpenApi(OpenApi<'a>),
}

/// Objects of the template `COM.ALIPAY.OPENAPI`. The one sample has 10, 4, 4, 4 and 2 digits
/// in them, as WeChat Pay's has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenApi<'a> {
    /// Object 01. In WeChat Pay's template it is the merchant.
    pub field_01: &'a str,
    /// Object 02. In WeChat Pay's template it is the terminal.
    pub field_02: Option<&'a str>,
    /// Object 03.
    pub field_03: Option<&'a str>,
    /// Object 04.
    pub field_04: Option<&'a str>,
    /// Object 99.
    pub field_99: Option<&'a str>,
}

impl<'a> Alipay<'a> {
    /// Nothing when the account is not Alipay's, or has nothing in 01.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        let guid = account.guid()?;
        let field_01 = || account.get(FIELD_01).filter(|field| !field.is_empty());
        if guid.eq_ignore_ascii_case(GUID_LINK) {
            Some(Self::Link(field_01()?))
        } else if guid.eq_ignore_ascii_case(GUID_OPENAPI) {
            Some(Self::OpenApi(OpenApi {
                field_01: field_01()?,
                field_02: account.get(FIELD_02),
                field_03: account.get(FIELD_03),
                field_04: account.get(FIELD_04),
                field_99: account.get(FIELD_99),
            }))
        } else {
            None
        }
    }

    /// Parts of the template: [`super::Writer::optional_template`] takes them, with a tag from
    /// 26 on that is free.
    #[must_use]
    pub const fn parts(&self) -> [(Tag, Option<&'a str>); 6] {
        match *self {
            Self::Link(link) => [
                (tags::GUID, Some(GUID_LINK)),
                (FIELD_01, Some(link)),
                (FIELD_02, None),
                (FIELD_03, None),
                (FIELD_04, None),
                (FIELD_99, None),
            ],
            Self::OpenApi(fields) => [
                (tags::GUID, Some(GUID_OPENAPI)),
                (FIELD_01, Some(fields.field_01)),
                (FIELD_02, fields.field_02),
                (FIELD_03, fields.field_03),
                (FIELD_04, fields.field_04),
                (FIELD_99, fields.field_99),
            ],
        }
    }
}
