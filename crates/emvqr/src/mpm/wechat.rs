//! WeChat Pay's template (`qr` facts, section 5, from samples of Singapore's shared code).
//!
//! | Sub | What | Length |
//! |---|---|---|
//! | 00 | `COM.QQ.WEIXIN.PAY`, in any case | |
//! | 01 | merchant | 10 |
//! | 02 | terminal | up to 8; 4 in the samples |
//! | 03, 04, 99 | meaning not known [?] | |
//!
//! Only WeChat Pay can tell a right number from a wrong one, so lengths are not checked.
//!
//! ```
//! use emvqr::mpm::wechat::WeChat;
//! use emvqr::mpm::{Writer, tags};
//! use emvqr::tlv::Tag;
//!
//! let account = WeChat::new("1000000337", Some("0001"));
//! let mut writer = Writer::default();
//! writer.optional_template(Tag::new(28).unwrap(), &account.parts())?;
//! # writer.object(tags::CATEGORY, "0000")?;
//! # writer.object(tags::CURRENCY, "702")?;
//! # writer.object(tags::COUNTRY, "SG")?;
//! # writer.object(tags::NAME, "SHOP")?;
//! # writer.object(tags::CITY, "Singapore")?;
//! let text = writer.finish()?;
//!
//! let code = emvqr::mpm::read(&text)?;
//! assert_eq!(code.accounts().find_map(|found| WeChat::of(&found)), Some(account));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::mpm::{Account, Network, tags};
use crate::tlv::Tag;

/// Identifier of the template.
pub const GUID: &str = "COM.QQ.WEIXIN.PAY";

const MERCHANT: Tag = Tag::literal(1);
const TERMINAL: Tag = Tag::literal(2);
const FIELD_03: Tag = Tag::literal(3);
const FIELD_04: Tag = Tag::literal(4);
const FIELD_99: Tag = Tag::literal(99);

/// A merchant as WeChat Pay knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeChat<'a> {
    /// Number of the merchant, 10 characters.
    pub merchant: &'a str,
    /// Number of the terminal, to 8 characters.
    pub terminal: Option<&'a str>,
    /// Object 03, of unknown meaning.
    pub field_03: Option<&'a str>,
    /// Object 04, of unknown meaning.
    pub field_04: Option<&'a str>,
    /// Object 99, of unknown meaning.
    pub field_99: Option<&'a str>,
}

impl<'a> WeChat<'a> {
    /// A merchant with nothing in the objects of unknown meaning.
    #[must_use]
    pub const fn new(merchant: &'a str, terminal: Option<&'a str>) -> Self {
        Self { merchant, terminal, field_03: None, field_04: None, field_99: None }
    }

    /// Nothing when the account is not WeChat Pay's or names no merchant.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        if account.network != Network::WeChat {
            return None;
        }
        Some(Self {
            merchant: account.get(MERCHANT).filter(|merchant| !merchant.is_empty())?,
            terminal: account.get(TERMINAL),
            field_03: account.get(FIELD_03),
            field_04: account.get(FIELD_04),
            field_99: account.get(FIELD_99),
        })
    }

    /// Parts of the template: [`super::Writer::optional_template`] takes them, with a tag from
    /// 26 on that is free.
    #[must_use]
    pub const fn parts(&self) -> [(Tag, Option<&'a str>); 6] {
        [
            (tags::GUID, Some(GUID)),
            (MERCHANT, Some(self.merchant)),
            (TERMINAL, self.terminal),
            (FIELD_03, self.field_03),
            (FIELD_04, self.field_04),
            (FIELD_99, self.field_99),
        ]
    }
}
