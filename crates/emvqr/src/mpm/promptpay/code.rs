//! Writing Thai codes.

use alloc::string::String;
use core::fmt::Write as _;

use super::extras::{MESSAGE, VAT};
use crate::mpm::promptpay::{Bill, Innovation, Transfer, Vat};
use crate::mpm::{BuildError, Profile, Writer, tags};
use crate::tlv::Tag;

/// The usual tags of the three kinds of account.
const TRANSFER: Tag = Tag::literal(29);
const BILL: Tag = Tag::literal(30);
const INNOVATION: Tag = Tag::literal(31);

/// What EMVCo wants to know of a merchant and Thai codes mostly leave out. Readers abroad may
/// insist on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant<'a> {
    /// Category, ISO 18245, four digits.
    pub mcc: &'a str,
    /// Name in printable ASCII, 1 to 25 characters.
    pub name: &'a str,
    /// City in printable ASCII, 1 to 15 characters.
    pub city: &'a str,
}

/// A code that transfers to a proxy.
///
/// ```
/// use emvqr::mpm::promptpay::{Proxy, Transfer, TransferCode};
///
/// let transfer = Transfer { proxy: Proxy::Mobile("0066812345678"), ota_code: None };
/// let code = TransferCode { transfer, amount: None, merchant: None, message: None };
/// assert_eq!(
///     code.build().unwrap(),
///     "00020101021129370016A0000006770101110113006681234567853037645802TH6304823E",
/// );
///
/// let long = TransferCode { amount: Some("4.225"), ..code };
/// assert!(long.build().unwrap_err().to_string().contains("promptpay:amount_decimals"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferCode<'a> {
    /// Who is credited.
    pub transfer: Transfer<'a>,
    /// Baht, decimal text with two decimals as in `250.00`, at most 13 characters. With it
    /// the code is dynamic; without, the payer types the amount.
    pub amount: Option<&'a str>,
    /// Usually nothing.
    pub merchant: Option<Merchant<'a>>,
    /// TrueMoney's message, up to 24 UTF-16 units of any text.
    pub message: Option<&'a str>,
}

impl TransferCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it with no finding but those
    /// that Thai custom has anyway: 52, 59 and 60 missing, and a message in 81.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = Writer::default();
        writer.optional_template(TRANSFER, &self.transfer.parts())?;
        let message = self.message.map(hex);
        writer.optional(MESSAGE, message.as_deref())?;
        finish(writer, self.amount, self.merchant.as_ref())
    }
}

/// A code that pays a bill.
///
/// ```
/// use emvqr::mpm::promptpay::{Bill, BillCode, BillScope, Merchant};
///
/// let code = BillCode {
///     bill: Bill {
///         scope: BillScope::CrossBorder,
///         biller_id: "099400016550100",
///         reference1: Some("REF0001"),
///         reference2: None,
///     },
///     innovation: None,
///     reference3: None,
///     amount: Some("250.00"),
///     merchant: Some(Merchant { mcc: "5812", name: "ROTI SHOP", city: "PHUKET" }),
///     vat: None,
/// };
/// assert_eq!(
///     code.build().unwrap(),
///     "00020101021230500016A00000067701200601150994000165501000207REF0001\
///      5204581253037645406250.005802TH5909ROTI SHOP6006PHUKET6304F2FC",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillCode<'a> {
    /// The biller, and its names for the payment.
    pub bill: Bill<'a>,
    /// The same shop by its acquirer, where it has one.
    pub innovation: Option<Innovation<'a>>,
    /// Third reference, 62.07, 1 to 25 characters.
    pub reference3: Option<&'a str>,
    /// Baht, decimal text with two decimals as in `250.00`, at most 13 characters. With it
    /// the code is dynamic; without, the payer types the amount.
    pub amount: Option<&'a str>,
    /// Usually nothing at home; advisable for [`super::BillScope::CrossBorder`].
    pub merchant: Option<Merchant<'a>>,
    /// Value added tax.
    pub vat: Option<Vat<'a>>,
}

impl BillCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it with no finding but that 52,
    /// 59 and 60 are missing, as they usually are in Thailand.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = Writer::default();
        writer.optional_template(BILL, &self.bill.parts())?;
        if let Some(innovation) = &self.innovation {
            writer.optional_template(INNOVATION, &innovation.parts())?;
        }
        let labels = [(tags::additional::TERMINAL, self.reference3)];
        writer.optional_template(tags::ADDITIONAL, &labels)?;
        if let Some(vat) = &self.vat {
            writer.optional_template(VAT, &vat.parts())?;
        }
        finish(writer, self.amount, self.merchant.as_ref())
    }
}

/// Adds what both kinds of code have.
fn finish(
    mut writer: Writer,
    amount: Option<&str>,
    merchant: Option<&Merchant<'_>>,
) -> Result<String, BuildError> {
    writer.object(tags::INITIATION, if amount.is_some() { "12" } else { "11" })?;
    writer.object(tags::CURRENCY, "764")?;
    writer.optional(tags::AMOUNT, amount)?;
    writer.object(tags::COUNTRY, "TH")?;
    if let Some(merchant) = merchant {
        writer.object(tags::CATEGORY, merchant.mcc)?;
        writer.object(tags::NAME, merchant.name)?;
        writer.object(tags::CITY, merchant.city)?;
    }
    writer.finish_as(Profile::PromptPay)
}

fn hex(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut hex, unit| {
        write!(hex, "{unit:04X}").expect("a string takes any text");
        hex
    })
}
