//! Writing JPQR codes.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::mpm::jpqr::{GUID, JpqrId, id};
use crate::mpm::{BuildError, Profile, Writer, tags};
use crate::tlv::Tag;

/// The template that JPQR usually takes.
const ACCOUNT: Tag = Tag::literal(26);

/// Who is paid, as far as a code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant<'a> {
    /// Identifier that the association gave.
    pub id: &'a JpqrId,
    /// Category, ISO 18245, four digits.
    pub mcc: &'a str,
    /// Name in printable ASCII, 1 to 25 characters.
    pub name_latin: &'a str,
    /// Name in Japanese, 1 to 25 characters, Unicode normal form C.
    pub name_ja: &'a str,
    /// City in printable ASCII, 1 to 15 characters.
    pub city: &'a str,
    /// Seven digits.
    pub postal_code: &'a str,
    /// Accounts of other networks beside JPQR's: tags 02-51 without 26, and their values.
    /// Which wallet looks for which is the caller's knowledge.
    pub accounts: &'a [(Tag, &'a str)],
}

/// A code to print once: the payer types the amount.
///
/// ```
/// use emvqr::mpm::jpqr::{self, JpqrId, Merchant, StaticCode};
///
/// let id: JpqrId = "0000000000001-0001-000001-000001".parse().unwrap();
/// let merchant = Merchant {
///     id: &id,
///     mcc: "5812",
///     name_latin: "SAKURA SHOKUDO",
///     name_ja: "さくら食堂",
///     city: "KYOTO",
///     postal_code: "6008216",
///     accounts: &[],
/// };
/// let text = StaticCode { merchant, store: None, terminal: Some("T0012") }.build().unwrap();
/// assert_eq!(jpqr::read(&text).unwrap().terminal, Some("T0012"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// Store label, 1 to 25 characters.
    pub store: Option<&'a str>,
    /// Terminal label, 1 to 25 characters.
    pub terminal: Option<&'a str>,
}

impl StaticCode<'_> {
    /// The text for the QR symbol. [`super::read`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let labels =
            [(tags::additional::STORE, self.store), (tags::additional::TERMINAL, self.terminal)];
        build(&self.merchant, "11", None, &labels)
    }
}

/// A code for one order.
///
/// ```
/// # use emvqr::mpm::jpqr::{self, DynamicCode, JpqrId, Merchant};
/// # let id: JpqrId = "0000000000001-0001-000001-000001".parse().unwrap();
/// # let merchant = Merchant {
/// #     id: &id, mcc: "5812", name_latin: "SAKURA SHOKUDO", name_ja: "さくら食堂",
/// #     city: "KYOTO", postal_code: "6008216", accounts: &[],
/// # };
/// let code = DynamicCode {
///     merchant,
///     amount_yen: 1580,
///     reference: "ORDER-0001",
///     store: None,
///     terminal: None,
/// };
/// let text = code.build().unwrap();
/// assert_eq!(jpqr::read(&text).unwrap().amount_yen, Some(1580));
///
/// let free = DynamicCode { amount_yen: 0, ..code };
/// assert!(free.build().unwrap_err().to_string().contains("zero_amount:54"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// Whole yen, 1 to 9,999,999,999,999.
    pub amount_yen: u64,
    /// By which merchant and wallet will know the payment, 1 to 25 characters.
    pub reference: &'a str,
    /// Store label, 1 to 25 characters.
    pub store: Option<&'a str>,
    /// Terminal label, 1 to 25 characters.
    pub terminal: Option<&'a str>,
}

impl DynamicCode<'_> {
    /// The text for the QR symbol. [`super::read`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let labels = [
            (tags::additional::STORE, self.store),
            (tags::additional::REFERENCE, Some(self.reference)),
            (tags::additional::TERMINAL, self.terminal),
        ];
        build(&self.merchant, "12", Some(self.amount_yen), &labels)
    }
}

fn build(
    merchant: &Merchant<'_>,
    initiation: &str,
    amount_yen: Option<u64>,
    labels: &[(Tag, Option<&str>)],
) -> Result<String, BuildError> {
    let mut writer = Writer::default();
    writer.object(tags::INITIATION, initiation)?;
    writer.template(ACCOUNT, &account(merchant.id))?;
    for (tag, value) in merchant.accounts {
        writer.account(*tag, value)?;
    }
    writer.object(tags::CATEGORY, merchant.mcc)?;
    writer.object(tags::CURRENCY, "392")?;
    if let Some(yen) = amount_yen {
        writer.object(tags::AMOUNT, &yen.to_string())?;
    }
    writer.object(tags::COUNTRY, "JP")?;
    writer.object(tags::NAME, merchant.name_latin)?;
    writer.object(tags::CITY, merchant.city)?;
    writer.object(tags::POSTAL, merchant.postal_code)?;
    let labels: Vec<(Tag, &str)> =
        labels.iter().filter_map(|&(tag, label)| Some((tag, label?))).collect();
    if !labels.is_empty() {
        writer.template(tags::ADDITIONAL, &labels)?;
    }
    writer.template(
        tags::LANGUAGE,
        &[(tags::language::CODE, "JA"), (tags::language::NAME, merchant.name_ja)],
    )?;
    writer.finish_as(Profile::Jpqr)
}

fn account(id: &JpqrId) -> [(Tag, &str); 5] {
    let [(tag1, _), (tag2, _), (tag3, _), (tag4, _)] = id::LEVELS;
    [
        (tags::GUID, GUID),
        (tag1, id.level1()),
        (tag2, id.level2()),
        (tag3, id.level3()),
        (tag4, id.level4()),
    ]
}
