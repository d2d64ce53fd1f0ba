//! Writing QR Ph codes.

use alloc::string::String;

use crate::mpm::qrph::{
    ACCOUNT, ACQUIRER, ACQUIRER_DATA, BIC, FLAG, GUID_DATA, GUID_MERCHANT, GUID_MICRO, GUID_PERSON,
    MERCHANT_ID, MOBILE, Payee, SERVICE, SERVICE_ID, Size,
};
use crate::mpm::{BuildError, Profile, Writer, tags};
use crate::tlv::Tag;

/// The template that a person usually takes.
const PERSON: Tag = Tag::literal(27);
/// The template that a merchant usually takes.
const MERCHANT: Tag = Tag::literal(28);

/// Who is paid, as far as a code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver<'a> {
    /// Merchant or person. The BIC has 11 characters, a flag three digits.
    pub payee: Payee<'a>,
    /// Category, ISO 18245, four digits. A person's is [`super::CATEGORY_PERSON`].
    pub mcc: &'a str,
    /// Name in printable ASCII, 1 to 25 characters.
    pub name: &'a str,
    /// City in printable ASCII, 1 to 15 characters.
    pub city: &'a str,
    /// 1 to 10 characters.
    pub postal_code: Option<&'a str>,
}

/// What a code says about the payment. Each of 1 to 25 characters; `***` asks the payer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Labels<'a> {
    /// Mobile number, 62.02.
    pub mobile: Option<&'a str>,
    /// Store label, 62.03.
    pub store: Option<&'a str>,
    /// Reference, 62.05.
    pub reference: Option<&'a str>,
    /// Terminal label, 62.07.
    pub terminal: Option<&'a str>,
    /// Purpose, 62.08.
    pub purpose: Option<&'a str>,
}

/// A code to print once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticCode<'a> {
    /// Who is paid.
    pub receiver: Receiver<'a>,
    /// Pesos with at most two decimals, above zero, when it is always the same. Usually the
    /// payer types it.
    pub amount: Option<&'a str>,
    /// About the payment.
    pub labels: Labels<'a>,
}

impl StaticCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read_as`] finds no fault but `rfu:62.00`, and
    /// that only when a merchant's code has labels.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        begin("11", &self.receiver, self.amount, &self.labels)?.finish_as(Profile::QrPh)
    }
}

/// A code for one order.
///
/// ```
/// use emvqr::mpm::qrph::{DynamicCode, Labels, Payee, Person, Receiver};
///
/// let payee = Payee::Person(Person {
///     bic: "BNORPHMMXXX",
///     account: "5267270022100867",
///     mobile: None,
/// });
/// let receiver = Receiver { payee, mcc: "6016", name: "Xhf", city: "Makati", postal_code: None };
/// let labels = Labels { reference: Some("211000"), ..Labels::default() };
/// let code = DynamicCode { receiver, amount: "600", labels, acquirer_data: None };
/// assert!(code.build()?.contains("5403600"));
///
/// let refused = DynamicCode { amount: "600.005", ..code }.build().unwrap_err();
/// assert!(refused.to_string().contains("qrph:amount_decimals"));
/// # Ok::<(), emvqr::mpm::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicCode<'a> {
    /// Who is paid.
    pub receiver: Receiver<'a>,
    /// Pesos with at most two decimals, above zero.
    pub amount: &'a str,
    /// About the payment.
    pub labels: Labels<'a>,
    /// What the acquirer wants to have back, template 88.
    pub acquirer_data: Option<&'a str>,
}

impl DynamicCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read_as`] finds no fault but `rfu:62.00`, and
    /// that only when a merchant's code has labels.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = begin("12", &self.receiver, Some(self.amount), &self.labels)?;
        if let Some(data) = self.acquirer_data {
            writer.template(ACQUIRER, &[(tags::GUID, GUID_DATA), (ACQUIRER_DATA, data)])?;
        }
        writer.finish_as(Profile::QrPh)
    }
}

/// What both kinds of code have.
fn begin(
    initiation: &str,
    receiver: &Receiver<'_>,
    amount: Option<&str>,
    labels: &Labels<'_>,
) -> Result<Writer, BuildError> {
    let mut writer = Writer::default();
    writer.object(tags::INITIATION, initiation)?;
    write_payee(&mut writer, &receiver.payee)?;
    writer.object(tags::CATEGORY, receiver.mcc)?;
    writer.object(tags::CURRENCY, "608")?;
    writer.optional(tags::AMOUNT, amount)?;
    writer.object(tags::COUNTRY, "PH")?;
    writer.object(tags::NAME, receiver.name)?;
    writer.object(tags::CITY, receiver.city)?;
    writer.optional(tags::POSTAL, receiver.postal_code)?;
    write_labels(&mut writer, &receiver.payee, labels)?;
    Ok(writer)
}

fn write_payee(writer: &mut Writer, payee: &Payee<'_>) -> Result<(), BuildError> {
    match payee {
        Payee::Merchant(merchant) => {
            let guid = match merchant.size {
                Size::Usual => GUID_MERCHANT,
                Size::Micro => GUID_MICRO,
            };
            let parts = [
                (tags::GUID, Some(guid)),
                (BIC, Some(merchant.bic)),
                (MERCHANT_ID, Some(merchant.id)),
                (ACCOUNT, merchant.account),
                (FLAG, merchant.flag),
            ];
            writer.optional_template(MERCHANT, &parts)
        }
        Payee::Person(person) => {
            let parts = [
                (tags::GUID, Some(GUID_PERSON)),
                (BIC, Some(person.bic)),
                (SERVICE_ID, Some(SERVICE)),
                (ACCOUNT, Some(person.account)),
                (MOBILE, person.mobile),
            ];
            writer.optional_template(PERSON, &parts)
        }
    }
}

fn write_labels(
    writer: &mut Writer,
    payee: &Payee<'_>,
    labels: &Labels<'_>,
) -> Result<(), BuildError> {
    if *labels == Labels::default() {
        return Ok(());
    }
    // Codes of merchants say whose labels these are, codes of persons do not.
    let owner = match payee {
        Payee::Merchant(_) => Some(GUID_DATA),
        Payee::Person(_) => None,
    };
    let parts = [
        (tags::GUID, owner),
        (Tag::literal(2), labels.mobile),
        (tags::additional::STORE, labels.store),
        (tags::additional::REFERENCE, labels.reference),
        (tags::additional::TERMINAL, labels.terminal),
        (Tag::literal(8), labels.purpose),
    ];
    writer.optional_template(tags::ADDITIONAL, &parts)
}
