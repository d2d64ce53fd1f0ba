//! Thailand.

use anyhow::Context;
use clap::Args;
use emvqr::mpm::promptpay::{
    Bill, BillCode, BillScope, Merchant, Proxy, Transfer, TransferCode, mobile_proxy,
};

#[derive(Args)]
pub struct PromptPay {
    #[command(flatten)]
    payee: Payee,
    /// Baht with two decimals, as in 250.00.
    #[arg(long)]
    amount: Option<String>,
    /// First reference of a bill, up to 20 characters.
    #[arg(long, requires = "biller")]
    reference1: Option<String>,
    /// Second reference of a bill.
    #[arg(long, requires = "biller")]
    reference2: Option<String>,
    /// Third reference of a bill.
    #[arg(long, requires = "biller")]
    reference3: Option<String>,
    /// The bill may be paid from other countries too.
    #[arg(long, requires = "biller")]
    cross_border: bool,
    /// TrueMoney's message to the payee, up to 24 characters; not with a bill.
    #[arg(long, conflicts_with = "biller")]
    message: Option<String>,
    /// Name of the shop, up to 25 letters; mostly left out in Thailand.
    #[arg(long, requires_all = ["city", "mcc"])]
    name: Option<String>,
    /// City of the shop, up to 15 letters.
    #[arg(long, requires_all = ["name", "mcc"])]
    city: Option<String>,
    /// Category of the shop, four digits.
    #[arg(long, requires_all = ["name", "city"])]
    mcc: Option<String>,
}

/// Who is paid.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Payee {
    /// Thai mobile number: 081-234-5678 or +66 81 234 5678.
    #[arg(long)]
    mobile: Option<String>,
    /// National or tax id, 13 digits.
    #[arg(long)]
    national_id: Option<String>,
    /// E-wallet, 15 digits.
    #[arg(long)]
    ewallet: Option<String>,
    /// Three digits of bank and the account number.
    #[arg(long)]
    bank_account: Option<String>,
    /// Biller, 13 to 15 digits.
    #[arg(long)]
    biller: Option<String>,
}

impl PromptPay {
    pub fn text(&self) -> anyhow::Result<String> {
        let merchant = match (&self.mcc, &self.name, &self.city) {
            (Some(mcc), Some(name), Some(city)) => Some(Merchant { mcc, name, city }),
            _ => None,
        };
        let amount = self.amount.as_deref();
        let mobile;
        let proxy = match &self.payee {
            Payee { biller: Some(biller_id), .. } => {
                let scope =
                    if self.cross_border { BillScope::CrossBorder } else { BillScope::Domestic };
                let bill = Bill {
                    scope,
                    biller_id,
                    reference1: self.reference1.as_deref(),
                    reference2: self.reference2.as_deref(),
                };
                let reference3 = self.reference3.as_deref();
                let code =
                    BillCode { bill, innovation: None, reference3, amount, merchant, vat: None };
                return Ok(code.build()?);
            }
            Payee { mobile: Some(number), .. } => {
                mobile = mobile_proxy(number).context(
                    "--mobile is not a Thai number; write nine digits after 0 or +66, as in 081-234-5678",
                )?;
                Proxy::Mobile(&mobile)
            }
            Payee { national_id: Some(id), .. } => Proxy::NationalId(id),
            Payee { ewallet: Some(id), .. } => Proxy::EWallet(id),
            Payee { bank_account, .. } => {
                Proxy::BankAccount(bank_account.as_deref().unwrap_or_default())
            }
        };
        let transfer = Transfer { proxy, ota_code: None };
        let message = self.message.as_deref();
        Ok(TransferCode { transfer, amount, merchant, message }.build()?)
    }
}
