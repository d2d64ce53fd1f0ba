//! Writing SGQR and PayNow codes.

use alloc::string::String;

use super::{PayNow, REFERENCE, SgqrId, shared};
use crate::mpm::{BuildError, Initiation, Profile, Writer, tags};
use crate::tlv::Tag;

/// Tags that PayNow may take; 51 is kept for the SGQR number.
const FLOATING: core::ops::RangeInclusive<u8> = 26..=50;

/// A code with PayNow, or a shared code with a number and accounts of several networks.
///
/// ```
/// use emvqr::mpm::Initiation;
/// use emvqr::mpm::sgqr::{PayNow, Proxy, SgqrCode};
///
/// let code = SgqrCode {
///     initiation: Initiation::Static,
///     paynow: Some(PayNow {
///         proxy: Proxy::Mobile("+6580000001"),
///         amount_editable: true,
///         expiry: None,
///         old_reference: None,
///     }),
///     accounts: &[],
///     id: None,
///     mcc: None,
///     amount: None,
///     name: None,
///     city: Some("SINGAPORE"),
///     postal_code: None,
///     reference: None,
/// };
/// assert_eq!(
///     code.build().unwrap(),
///     "00020101021126380009SG.PAYNOW010100211+658000000103011\
///      5204000053037025802SG5902NA6009SINGAPORE63049AFE",
/// );
///
/// let fixed = PayNow { amount_editable: false, ..code.paynow.unwrap() };
/// let refused = SgqrCode { paynow: Some(fixed), ..code }.build().unwrap_err();
/// assert!(refused.to_string().contains("sgqr:editable_needed"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SgqrCode<'a> {
    /// Static codes may have an amount too.
    pub initiation: Initiation,
    /// A transfer to a proxy. Takes the first tag from 26 on that no other account has.
    pub paynow: Option<PayNow<'a>>,
    /// Accounts of other networks, as they wrote them: tags 02-50, and their values.
    pub accounts: &'a [(Tag, &'a str)],
    /// Number of the shared code. Needed as soon as there are `accounts`.
    pub id: Option<SgqrId<'a>>,
    /// Category, ISO 18245, four digits. `0000` without.
    pub mcc: Option<&'a str>,
    /// Singapore dollars, decimal text with up to two decimals, at most 13 characters.
    /// Nothing when the payer types it; PayNow's amount has to be editable then.
    pub amount: Option<&'a str>,
    /// Name in printable ASCII, 1 to 25 characters. `NA` without.
    pub name: Option<&'a str>,
    /// City in printable ASCII, 1 to 15 characters. `Singapore` without.
    pub city: Option<&'a str>,
    /// Postal code, 1 to 10 characters.
    pub postal_code: Option<&'a str>,
    /// The payee's name for the payment, 62.01, 1 to 25 characters.
    pub reference: Option<&'a str>,
}

impl SgqrCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = Writer::default();
        let initiation = match self.initiation {
            Initiation::Static => "11",
            Initiation::Dynamic => "12",
        };
        writer.object(tags::INITIATION, initiation)?;
        for (tag, value) in self.accounts {
            writer.account(*tag, value)?;
        }
        if let Some(paynow) = &self.paynow {
            writer.optional_template(self.free_tag(), &paynow.parts())?;
        }
        if let Some(id) = &self.id {
            writer.optional_template(shared::ID, &id.parts())?;
        }
        writer.object(tags::CATEGORY, self.mcc.unwrap_or("0000"))?;
        writer.object(tags::CURRENCY, "702")?;
        writer.optional(tags::AMOUNT, self.amount)?;
        writer.object(tags::COUNTRY, "SG")?;
        writer.object(tags::NAME, self.name.unwrap_or("NA"))?;
        writer.object(tags::CITY, self.city.unwrap_or("Singapore"))?;
        writer.optional(tags::POSTAL, self.postal_code)?;
        writer.optional_template(tags::ADDITIONAL, &[(REFERENCE, self.reference)])?;
        writer.finish_as(Profile::Sgqr)
    }

    /// Where PayNow goes. With all taken, one that the writer will call repeated.
    fn free_tag(&self) -> Tag {
        let taken = |tag: &u8| self.accounts.iter().any(|(other, _)| other.number() == *tag);
        Tag::literal(FLOATING.into_iter().find(|tag| !taken(tag)).unwrap_or(*FLOATING.start()))
    }
}
