//! Cambodia.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::{Args, ValueEnum};
use emvqr::mpm::khqr::{
    self, BakongAccount, DynamicCode, Labels, Local, Merchant, Payee, StaticCode,
};

#[derive(Args)]
pub struct Khqr {
    /// Account at Bakong, name@bank.
    #[arg(long)]
    account: String,
    /// The merchant's number at its bank. Without it, or --merchant, a person is paid.
    #[arg(long)]
    merchant_id: Option<String>,
    /// A merchant without a number is paid.
    #[arg(long)]
    merchant: bool,
    /// A person's bank account, card or telephone number.
    #[arg(long, conflicts_with_all = ["merchant", "merchant_id"])]
    information: Option<String>,
    /// Name of the bank, up to 32 characters.
    #[arg(long)]
    bank: Option<String>,
    /// Name, up to 25 letters.
    #[arg(long)]
    name: String,
    /// City, up to 15 letters.
    #[arg(long, default_value = khqr::CITY_DEFAULT)]
    city: String,
    /// Category, four digits.
    #[arg(long, default_value = khqr::CATEGORY_DEFAULT)]
    mcc: String,
    /// Of the amount, also where the payer types it.
    #[arg(long, value_enum, default_value_t = Currency::Khr)]
    currency: Currency,
    /// Whole riel, or dollars with up to two decimals.
    #[arg(long)]
    amount: Option<String>,
    /// For how many seconds a code with an amount is good.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    valid_for: u32,
    /// Number of the bill.
    #[arg(long)]
    bill: Option<String>,
    /// Telephone number.
    #[arg(long)]
    mobile: Option<String>,
    /// Store.
    #[arg(long)]
    store: Option<String>,
    /// Terminal or cashier.
    #[arg(long)]
    terminal: Option<String>,
    /// Purpose.
    #[arg(long)]
    purpose: Option<String>,
    /// Name in Khmer, up to 25 characters.
    #[arg(long)]
    name_km: Option<String>,
    /// City in Khmer, up to 15 characters.
    #[arg(long, requires = "name_km")]
    city_km: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Currency {
    Khr,
    Usd,
}

impl Khqr {
    pub fn text(&self) -> anyhow::Result<String> {
        let account = BakongAccount::new(&self.account)
            .context("--account is not one of Bakong; write name@bank, up to 32 characters")?;
        let bank = self.bank.as_deref();
        let payee = if self.merchant || self.merchant_id.is_some() {
            Payee::Merchant { account, id: self.merchant_id.as_deref(), bank }
        } else {
            Payee::Individual { account, information: self.information.as_deref(), bank }
        };
        let merchant = Merchant {
            payee,
            unionpay: None,
            mcc: &self.mcc,
            currency: match self.currency {
                Currency::Khr => khqr::Currency::Riel,
                Currency::Usd => khqr::Currency::Dollar,
            },
            name: &self.name,
            city: &self.city,
            local: self.name_km.as_deref().map(|name| Local {
                language: "km",
                name,
                city: self.city_km.as_deref(),
            }),
        };
        let labels = Labels {
            bill: self.bill.as_deref(),
            mobile: self.mobile.as_deref(),
            store: self.store.as_deref(),
            terminal: self.terminal.as_deref(),
            purpose: self.purpose.as_deref(),
        };
        let Some(amount) = self.amount.as_deref() else {
            return Ok(StaticCode { merchant, labels }.build()?);
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.context("the clock stands before 1970; set it")?.as_millis();
        let created_ms = i64::try_from(now).context("the clock is out of all bounds; set it")?;
        let expires_ms = created_ms + i64::from(self.valid_for) * 1000;
        Ok(DynamicCode { merchant, amount, created_ms, expires_ms, labels }.build()?)
    }
}
