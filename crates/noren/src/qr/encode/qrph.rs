//! Philippines.

use clap::Args;
use emvqr::mpm::qrph::{
    self, DynamicCode, Labels, Merchant, Payee, Person, Receiver, Size, StaticCode,
};

#[derive(Args)]
pub struct QrPh {
    /// BIC of the bank or wallet, 11 characters.
    #[arg(long)]
    bic: String,
    #[command(flatten)]
    payee: To,
    /// The merchant is a small one.
    #[arg(long, requires = "merchant_id")]
    micro: bool,
    /// The acquirer's flag for a merchant, three digits.
    #[arg(long, requires = "merchant_id")]
    flag: Option<String>,
    /// Name, up to 25 letters.
    #[arg(long)]
    name: String,
    /// City, up to 15 letters.
    #[arg(long)]
    city: String,
    /// Category, four digits. A person's is 6016 without.
    #[arg(long)]
    mcc: Option<String>,
    /// Postal code.
    #[arg(long)]
    postal: Option<String>,
    /// Pesos with up to two decimals.
    #[arg(long)]
    amount: Option<String>,
    /// Mobile number: of a person who is paid, or for the merchant's data.
    #[arg(long)]
    mobile: Option<String>,
    /// The merchant's name for the payment.
    #[arg(long)]
    reference: Option<String>,
    /// Store label.
    #[arg(long)]
    store: Option<String>,
    /// Terminal label.
    #[arg(long)]
    terminal: Option<String>,
    /// Purpose.
    #[arg(long)]
    purpose: Option<String>,
}

/// Who is paid: a merchant, with or without an account, or a person by an account.
#[derive(Args)]
#[group(required = true, multiple = true)]
struct To {
    /// The merchant's number at the bank. Without it a person is paid.
    #[arg(long, requires = "mcc")]
    merchant_id: Option<String>,
    /// Account at the bank.
    #[arg(long)]
    account: Option<String>,
}

impl QrPh {
    pub fn text(&self) -> anyhow::Result<String> {
        let mobile = self.mobile.as_deref();
        let (payee, mobile) = match &self.payee.merchant_id {
            Some(id) => {
                let merchant = Merchant {
                    size: if self.micro { Size::Micro } else { Size::Usual },
                    bic: &self.bic,
                    id,
                    account: self.payee.account.as_deref(),
                    flag: self.flag.as_deref(),
                };
                (Payee::Merchant(merchant), mobile)
            }
            None => {
                let account = self.payee.account.as_deref().unwrap_or_default();
                (Payee::Person(Person { bic: &self.bic, account, mobile }), None)
            }
        };
        let receiver = Receiver {
            payee,
            mcc: self.mcc.as_deref().unwrap_or(qrph::CATEGORY_PERSON),
            name: &self.name,
            city: &self.city,
            postal_code: self.postal.as_deref(),
        };
        let labels = Labels {
            mobile,
            store: self.store.as_deref(),
            reference: self.reference.as_deref(),
            terminal: self.terminal.as_deref(),
            purpose: self.purpose.as_deref(),
        };
        let built = match self.amount.as_deref() {
            Some(amount) => DynamicCode { receiver, amount, labels, acquirer_data: None }.build(),
            None => StaticCode { receiver, amount: None, labels }.build(),
        };
        Ok(built?)
    }
}
