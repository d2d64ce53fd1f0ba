//! Writing BharatQR codes.

use alloc::string::String;

use crate::mpm::bharatqr::{Payee, Reference};
use crate::mpm::{BuildError, Profile, Writer, tags};

/// Who is paid, as far as a code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant<'a> {
    /// Ways to pay, one at least and one of a kind.
    pub payees: &'a [Payee<'a>],
    /// Category, ISO 18245, four digits.
    pub mcc: &'a str,
    /// Name in printable ASCII, 1 to 23 characters.
    pub name: &'a str,
    /// City in printable ASCII, 1 to 15 characters.
    pub city: &'a str,
    /// 1 to 10 characters.
    pub postal_code: &'a str,
}

/// A code to print once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// Rupees with at most two decimals, above zero, when it is always the same. Usually the
    /// payer types it.
    pub amount: Option<&'a str>,
    /// Terminal label, 1 to 25 characters.
    pub terminal: Option<&'a str>,
}

impl StaticCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read_as`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = begin("11", &self.merchant, self.amount)?;
        writer
            .optional_template(tags::ADDITIONAL, &[(tags::additional::TERMINAL, self.terminal)])?;
        writer.finish_as(Profile::BharatQr)
    }
}

/// A code for one order.
///
/// ```
/// use emvqr::mpm::bharatqr::{BankAccount, Card, CardNetwork, DynamicCode};
/// use emvqr::mpm::bharatqr::{Merchant, Payee, Reference, Vpa};
///
/// let payees = [
///     Payee::Card(Card { network: CardNetwork::RuPay, number: "6100590000000089" }),
///     Payee::Bank(BankAccount::new("HDFC0000001", "50100308128200")?),
///     Payee::Vpa(Vpa { address: "sakura@example", minimum: None }),
/// ];
/// let merchant = Merchant {
///     payees: &payees,
///     mcc: "5812",
///     name: "SAKURA SHOKUDO",
///     city: "Mumbai",
///     postal_code: "400001",
/// };
/// let code = DynamicCode {
///     merchant,
///     amount: "149.50",
///     upi: Some(Reference { id: "ORDER-0001", url: None }),
///     reference: Some("ORDER-0001"),
///     terminal: None,
/// };
/// assert!(code.build()?.contains("5406149.50"));
///
/// let refused = DynamicCode { amount: "149.505", ..code }.build().unwrap_err();
/// assert!(refused.to_string().contains("bharatqr:amount_decimals"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// Rupees with at most two decimals, above zero.
    pub amount: &'a str,
    /// By which UPI will know the payment, template 27.
    pub upi: Option<Reference<'a>>,
    /// By which the other networks will know it, 1 to 25 characters, object 62.05. The same
    /// text in the samples.
    pub reference: Option<&'a str>,
    /// Terminal label, 1 to 25 characters.
    pub terminal: Option<&'a str>,
}

impl DynamicCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read_as`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = begin("12", &self.merchant, Some(self.amount))?;
        if let Some(reference) = &self.upi {
            reference.write(&mut writer)?;
        }
        writer.optional_template(
            tags::ADDITIONAL,
            &[
                (tags::additional::REFERENCE, self.reference),
                (tags::additional::TERMINAL, self.terminal),
            ],
        )?;
        writer.finish_as(Profile::BharatQr)
    }
}

/// What both kinds of code have.
fn begin(
    initiation: &str,
    merchant: &Merchant<'_>,
    amount: Option<&str>,
) -> Result<Writer, BuildError> {
    let mut writer = Writer::default();
    writer.object(tags::INITIATION, initiation)?;
    for payee in merchant.payees {
        payee.write(&mut writer)?;
    }
    writer.object(tags::CATEGORY, merchant.mcc)?;
    writer.object(tags::CURRENCY, "356")?;
    writer.optional(tags::AMOUNT, amount)?;
    writer.object(tags::COUNTRY, "IN")?;
    writer.object(tags::NAME, merchant.name)?;
    writer.object(tags::CITY, merchant.city)?;
    writer.object(tags::POSTAL, merchant.postal_code)?;
    Ok(writer)
}
