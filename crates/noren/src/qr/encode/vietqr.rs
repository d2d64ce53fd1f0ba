//! Vietnam.

use clap::{Args, ValueEnum};
use emvqr::mpm::vietqr::{self, DynamicCode, Labels, Merchant, Payee, StaticCode};

#[derive(Args)]
pub struct VietQr {
    #[command(flatten)]
    payee: To,
    /// The account or card at the bank.
    #[arg(long, requires = "bank")]
    number: Option<String>,
    /// How the money is to move.
    #[arg(long, value_enum, default_value_t = Service::Account)]
    service: Service,
    /// Whole dong.
    #[arg(long)]
    amount: Option<String>,
    /// What the payee's statement will say, up to 25 characters.
    #[arg(long)]
    message: Option<String>,
    /// Number of the bill.
    #[arg(long)]
    bill: Option<String>,
    /// Store.
    #[arg(long)]
    store: Option<String>,
    /// The merchant's name for the payment.
    #[arg(long)]
    reference: Option<String>,
    /// Terminal.
    #[arg(long)]
    terminal: Option<String>,
    /// Name, up to 25 letters; usually left out.
    #[arg(long)]
    name: Option<String>,
    /// City, up to 15 letters; usually left out.
    #[arg(long)]
    city: Option<String>,
    /// Category, four digits; usually left out.
    #[arg(long)]
    mcc: Option<String>,
}

/// Who is paid.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct To {
    /// Number of the bank (BIN), six digits.
    #[arg(long, requires = "number")]
    bank: Option<String>,
    /// Merchant of VNPAY, instead of an account at a bank.
    #[arg(long)]
    vnpay: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Service {
    /// Transfer to an account.
    Account,
    /// Transfer to a card.
    Card,
    /// Payment to a merchant.
    Payment,
    /// Cash.
    Cash,
}

impl VietQr {
    pub fn text(&self) -> anyhow::Result<String> {
        let payee = match (&self.payee.vnpay, &self.payee.bank, &self.number) {
            (Some(merchant), ..) => Payee::VnPay { merchant },
            (None, bank, number) => Payee::Napas {
                bank: bank.as_deref().unwrap_or_default(),
                number: number.as_deref().unwrap_or_default(),
                service: Some(match self.service {
                    Service::Account => vietqr::Service::ToAccount,
                    Service::Card => vietqr::Service::ToCard,
                    Service::Payment => vietqr::Service::Payment,
                    Service::Cash => vietqr::Service::Cash,
                }),
            },
        };
        let merchant = Merchant {
            payee,
            mcc: self.mcc.as_deref(),
            name: self.name.as_deref(),
            city: self.city.as_deref(),
        };
        let labels = Labels {
            bill: self.bill.as_deref(),
            store: self.store.as_deref(),
            reference: self.reference.as_deref(),
            terminal: self.terminal.as_deref(),
            message: self.message.as_deref(),
        };
        let built = match self.amount.as_deref() {
            Some(amount) => DynamicCode { merchant, amount, labels }.build(),
            None => StaticCode { merchant, labels }.build(),
        };
        Ok(built?)
    }
}
