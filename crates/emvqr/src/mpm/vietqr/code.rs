//! Writing Vietnamese codes.

use alloc::string::String;

use crate::mpm::vietqr::{self, Payee, Service};
use crate::mpm::{BuildError, Profile, Writer, tags};
use crate::tlv::{self, LengthUnit, Path, Tag, TooLong};

/// The template that NAPAS usually takes.
const NAPAS: Tag = Tag::literal(38);
/// The template that VNPAY usually takes.
const VNPAY: Tag = Tag::literal(26);

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant<'a> {
    /// The account at a bank, with its service, or the merchant of VNPAY.
    pub payee: Payee<'a>,
    /// Category, ISO 18245, four digits. Usually left out.
    pub mcc: Option<&'a str>,
    /// Name in printable ASCII, 1 to 25 characters. Usually left out.
    pub name: Option<&'a str>,
    /// City in printable ASCII, 1 to 15 characters. Usually left out.
    pub city: Option<&'a str>,
}

/// What the payment is for, 1 to 25 characters each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Labels<'a> {
    /// Number of the bill.
    pub bill: Option<&'a str>,
    /// Store.
    pub store: Option<&'a str>,
    /// By which merchant and wallet will know the payment.
    pub reference: Option<&'a str>,
    /// Terminal.
    pub terminal: Option<&'a str>,
    /// What the payee's statement will say.
    pub message: Option<&'a str>,
}

/// A code to print once: the payer types the amount.
///
/// ```
/// use emvqr::mpm::vietqr::{Labels, Merchant, Payee, Service, StaticCode};
///
/// let (bank, number) = ("970416", "257678859");
/// let payee = Payee::Napas { bank, number, service: Some(Service::ToAccount) };
/// let merchant = Merchant { payee, mcc: None, name: None, city: None };
/// assert_eq!(
///     StaticCode { merchant, labels: Labels::default() }.build().unwrap(),
///     "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA\
///      53037045802VN6304AE9F"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// What the payment is for.
    pub labels: Labels<'a>,
}

impl StaticCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] finds nothing in it but the objects
    /// that were left out.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        build(&self.merchant, "11", None, &self.labels)
    }
}

/// A code for one order.
///
/// ```
/// # use emvqr::mpm::vietqr::{Labels, Merchant, Payee};
/// use emvqr::mpm::{self, vietqr::DynamicCode};
///
/// let payee = Payee::VnPay { merchant: "0105313144" };
/// let merchant = Merchant { payee, mcc: None, name: Some("CELLPHONES"), city: None };
/// let labels = Labels { message: Some("Chuyen tien"), ..Labels::default() };
/// let code = DynamicCode { merchant, amount: "21090000", labels };
/// let text = code.build().unwrap();
/// assert_eq!(mpm::read(&text).unwrap().amount(), Some("21090000"));
///
/// let with_xu = DynamicCode { amount: "21090000.5", ..code };
/// assert!(with_xu.build().unwrap_err().to_string().contains("vietqr:amount_decimals"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// Whole dong above zero, 13 digits at most.
    pub amount: &'a str,
    /// What the payment is for.
    pub labels: Labels<'a>,
}

impl DynamicCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] finds nothing in it but the objects
    /// that were left out.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        build(&self.merchant, "12", Some(self.amount), &self.labels)
    }
}

fn build(
    merchant: &Merchant<'_>,
    initiation: &str,
    amount: Option<&str>,
    labels: &Labels<'_>,
) -> Result<String, BuildError> {
    let mut writer = Writer::default();
    writer.object(tags::INITIATION, initiation)?;
    match merchant.payee {
        Payee::Napas { bank, number, service } => {
            let payee = napas_payee(bank, number)?;
            let parts = [
                (tags::GUID, Some(vietqr::NAPAS_GUID)),
                (vietqr::PAYEE, Some(&payee)),
                (vietqr::SERVICE, service.map(Service::code)),
            ];
            writer.optional_template(NAPAS, &parts)?;
        }
        Payee::VnPay { merchant } => {
            let parts = [(tags::GUID, vietqr::VNPAY_GUID), (vietqr::PAYEE, merchant)];
            writer.template(VNPAY, &parts)?;
        }
    }
    writer.optional(tags::CATEGORY, merchant.mcc)?;
    writer.object(tags::CURRENCY, "704")?;
    writer.optional(tags::AMOUNT, amount)?;
    writer.object(tags::COUNTRY, "VN")?;
    writer.optional(tags::NAME, merchant.name)?;
    writer.optional(tags::CITY, merchant.city)?;
    let labels: [(Tag, Option<&str>); 5] = [
        (tags::additional::BILL, labels.bill),
        (tags::additional::STORE, labels.store),
        (tags::additional::REFERENCE, labels.reference),
        (tags::additional::TERMINAL, labels.terminal),
        (vietqr::MESSAGE, labels.message),
    ];
    writer.optional_template(tags::ADDITIONAL, &labels)?;
    writer.finish_as(Profile::VietQr)
}

/// Bank and account as objects, which go into an object themselves.
fn napas_payee(bank: &str, number: &str) -> Result<String, BuildError> {
    let path = Path::inside(NAPAS, vietqr::PAYEE);
    let mut payee = String::new();
    for (tag, text) in [(vietqr::BANK, bank), (vietqr::NUMBER, number)] {
        tlv::write(&mut payee, tag, text, LengthUnit::CodePoint)
            .map_err(|TooLong { found }| BuildError::TooLong { path, found })?;
    }
    Ok(payee)
}
