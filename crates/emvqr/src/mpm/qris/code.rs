//! Writing QRIS codes.

use alloc::string::String;

use crate::mpm::qris::{self, Channel, Criteria, MerchantPan, Nmid, Tip};
use crate::mpm::{BuildError, Profile, Writer, tags};
use crate::tlv::Tag;

/// The acquirer's template, the first of those that it may take.
const ACQUIRER: Tag = Tag::literal(26);

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant<'a> {
    /// Name of the acquirer, with `.WWW` at its end: `ID.CO.TELKOM.WWW`. 32 characters at most.
    pub acquirer: &'a str,
    /// The merchant's number at the acquirer.
    pub pan: MerchantPan<'a>,
    /// The merchant's other number at the acquirer, 1 to 15 characters.
    pub merchant_id: &'a str,
    /// The merchant's number in the whole country.
    pub nmid: Nmid<'a>,
    /// How large the merchant is.
    pub criteria: Criteria,
    /// Category, ISO 18245, four digits.
    pub mcc: &'a str,
    /// Name in printable ASCII, 1 to 25 characters.
    pub name: &'a str,
    /// City in printable ASCII, 1 to 15 characters.
    pub city: &'a str,
    /// 1 to 10 characters, five digits in every code that was seen.
    pub postal_code: &'a str,
    /// Terminal label, 1 to 25 characters.
    pub terminal: Option<&'a str>,
    /// The merchant's tax number. Its form is not known.
    pub tax_id: Option<&'a str>,
    /// Where the payer meets the code.
    pub channel: Option<Channel>,
    /// What comes on top of the amount.
    pub tip: Tip<'a>,
}

/// A code to print once: the payer types the amount.
///
/// ```
/// use emvqr::mpm::{self, qris::{self, Criteria, Merchant, MerchantPan, Nmid, StaticCode, Tip}};
///
/// let merchant = Merchant {
///     acquirer: "ID.CO.EXAMPLE.WWW",
///     pan: MerchantPan::new("936000140000000001").unwrap(),
///     merchant_id: "000000000000001",
///     nmid: Nmid::new("ID1020000000001").unwrap(),
///     criteria: Criteria::Small,
///     mcc: "5812",
///     name: "WARUNG CONTOH",
///     city: "JAKARTA",
///     postal_code: "10110",
///     terminal: Some("A01"),
///     tax_id: None,
///     channel: None,
///     tip: Tip::Asked,
/// };
/// let text = StaticCode { merchant }.build().unwrap();
/// assert_eq!(Tip::of(&mpm::read(&text).unwrap()), Tip::Asked);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
}

impl StaticCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        build(&self.merchant, "11", None, None)
    }
}

/// A code for one order.
///
/// ```
/// # use emvqr::mpm::{self, qris::{Criteria, Merchant, MerchantPan, Nmid, Tip}};
/// # let merchant = Merchant {
/// #     acquirer: "ID.CO.EXAMPLE.WWW", pan: MerchantPan::new("936000140000000001").unwrap(),
/// #     merchant_id: "000000000000001", nmid: Nmid::new("ID1020000000001").unwrap(),
/// #     criteria: Criteria::Small, mcc: "5812", name: "WARUNG CONTOH", city: "JAKARTA",
/// #     postal_code: "10110", terminal: None, tax_id: None, channel: None, tip: Tip::None,
/// # };
/// use emvqr::mpm::qris::DynamicCode;
///
/// let code = DynamicCode { merchant, amount: "25000", reference: Some("ORDER-1") };
/// let text = code.build().unwrap();
/// assert_eq!(mpm::read(&text).unwrap().amount(), Some("25000"));
///
/// let free = DynamicCode { amount: "0", ..code };
/// assert!(free.build().unwrap_err().to_string().contains("zero_amount:54"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// Rupiah above zero, decimal text of 13 characters at most, with up to two decimals.
    pub amount: &'a str,
    /// By which merchant and wallet will know the payment, 1 to 25 characters.
    pub reference: Option<&'a str>,
}

impl DynamicCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        build(&self.merchant, "12", Some(self.amount), self.reference)
    }
}

fn build(
    merchant: &Merchant<'_>,
    initiation: &str,
    amount: Option<&str>,
    reference: Option<&str>,
) -> Result<String, BuildError> {
    let mut writer = Writer::default();
    writer.object(tags::INITIATION, initiation)?;
    let criteria = (qris::CRITERIA, merchant.criteria.code());
    writer.template(
        ACQUIRER,
        &[
            (tags::GUID, merchant.acquirer),
            (qris::PAN, merchant.pan.as_str()),
            (qris::MERCHANT_ID, merchant.merchant_id),
            criteria,
        ],
    )?;
    writer.template(
        qris::NATIONAL,
        &[(tags::GUID, qris::NATIONAL_GUID), (qris::MERCHANT_ID, merchant.nmid.as_str()), criteria],
    )?;
    writer.object(tags::CATEGORY, merchant.mcc)?;
    writer.object(tags::CURRENCY, "360")?;
    writer.optional(tags::AMOUNT, amount)?;
    for (tag, value) in
        [tags::TIP, tags::FEE_FIXED, tags::FEE_PERCENT].into_iter().zip(merchant.tip.objects())
    {
        writer.optional(tag, value)?;
    }
    writer.object(tags::COUNTRY, "ID")?;
    writer.object(tags::NAME, merchant.name)?;
    writer.object(tags::CITY, merchant.city)?;
    writer.object(tags::POSTAL, merchant.postal_code)?;
    let channel = merchant.channel.map(|channel| String::from_iter(channel.digits()));
    let labels = [
        (tags::additional::REFERENCE, reference),
        (tags::additional::TERMINAL, merchant.terminal),
        (qris::TAX_ID, merchant.tax_id),
        (qris::CHANNEL, channel.as_deref()),
    ];
    writer.optional_template(tags::ADDITIONAL, &labels)?;
    writer.finish_as(Profile::Qris)
}
