//! India: the code with cards, bank account and UPI.

use anyhow::ensure;
use clap::Args;
use emvqr::mpm::bharatqr::{
    BankAccount, Card, CardNetwork, DynamicCode, Merchant, Payee, Reference, StaticCode, Vpa,
};

#[derive(Args)]
pub struct BharatQr {
    /// UPI address, name@handle.
    #[arg(long)]
    vpa: Option<String>,
    /// Least amount that will do at that address, rupees.
    #[arg(long, requires = "vpa")]
    minimum: Option<String>,
    /// The merchant's number at Visa.
    #[arg(long)]
    visa: Option<String>,
    /// The merchant's number at Mastercard.
    #[arg(long)]
    mastercard: Option<String>,
    /// The merchant's number at RuPay.
    #[arg(long)]
    rupay: Option<String>,
    /// The merchant's number at American Express.
    #[arg(long)]
    amex: Option<String>,
    /// Branch of the bank (IFSC), 11 letters and digits.
    #[arg(long, requires = "bank_account")]
    ifsc: Option<String>,
    /// Account there, up to 26 letters and digits.
    #[arg(long, requires = "ifsc")]
    bank_account: Option<String>,
    /// Name, up to 23 letters.
    #[arg(long)]
    name: String,
    /// City, up to 15 letters.
    #[arg(long)]
    city: String,
    /// Postal code.
    #[arg(long)]
    postal: String,
    /// Category, four digits.
    #[arg(long)]
    mcc: String,
    /// Rupees with up to two decimals.
    #[arg(long)]
    amount: Option<String>,
    /// The merchant's name for the payment, 4 to 25 characters.
    #[arg(long, requires = "amount")]
    reference: Option<String>,
    /// Terminal label.
    #[arg(long)]
    terminal: Option<String>,
}

impl BharatQr {
    pub fn text(&self) -> anyhow::Result<String> {
        let cards = [
            (CardNetwork::Visa, &self.visa),
            (CardNetwork::Mastercard, &self.mastercard),
            (CardNetwork::RuPay, &self.rupay),
            (CardNetwork::Amex, &self.amex),
        ];
        let mut payees: Vec<Payee<'_>> = cards
            .into_iter()
            .filter_map(|(network, number)| {
                Some(Payee::Card(Card { network, number: number.as_deref()? }))
            })
            .collect();
        if let (Some(ifsc), Some(number)) = (&self.ifsc, &self.bank_account) {
            payees.push(Payee::Bank(BankAccount::new(ifsc, number)?));
        }
        if let Some(address) = &self.vpa {
            payees.push(Payee::Vpa(Vpa { address, minimum: self.minimum.as_deref() }));
        }
        ensure!(
            !payees.is_empty(),
            "nobody is paid; give one of --vpa, --visa, --mastercard, --rupay, --amex, or --ifsc with --bank-account"
        );
        let merchant = Merchant {
            payees: &payees,
            mcc: &self.mcc,
            name: &self.name,
            city: &self.city,
            postal_code: &self.postal,
        };
        let (reference, terminal) = (self.reference.as_deref(), self.terminal.as_deref());
        let built = match self.amount.as_deref() {
            Some(amount) => {
                // The reference of UPI's template goes with an address of UPI.
                let upi = reference.filter(|_| self.vpa.is_some());
                let upi = upi.map(|id| Reference { id, url: None });
                DynamicCode { merchant, amount, upi, reference, terminal }.build()
            }
            None => StaticCode { merchant, amount: None, terminal }.build(),
        };
        Ok(built?)
    }
}
