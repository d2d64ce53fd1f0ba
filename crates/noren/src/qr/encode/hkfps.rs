//! Hong Kong.

use clap::{Args, ValueEnum};
use emvqr::mpm::hkfps::{self, DynamicCode, Proxy, Shop, StaticCode};

#[derive(Args)]
pub struct HkFps {
    #[command(flatten)]
    payee: Payee,
    /// Clearing code of the bank, three digits.
    #[arg(long)]
    clearing: Option<String>,
    /// Until when the merchant waits, YYMMDDhhmmss.
    #[arg(long)]
    timeout: Option<String>,
    /// What is paid in.
    #[arg(long, value_enum, default_value_t = Currency::Hkd)]
    currency: Currency,
    /// Major units with up to two decimals.
    #[arg(long)]
    amount: Option<String>,
    /// The merchant's name for the payment, up to 25 characters.
    #[arg(long)]
    reference: Option<String>,
    /// Name, up to 25 letters.
    #[arg(long, default_value = "NA")]
    name: String,
    /// Name in Chinese, up to 25 characters.
    #[arg(long)]
    name_zh: Option<String>,
    /// City, up to 15 letters.
    #[arg(long, default_value = "HK")]
    city: String,
    /// Category, four digits.
    #[arg(long, default_value = "0000")]
    mcc: String,
}

/// Who is paid.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Payee {
    /// Number that the system gave, 7 to 12 digits.
    #[arg(long)]
    fps_id: Option<String>,
    /// Mobile number, +852-91234567.
    #[arg(long)]
    mobile: Option<String>,
    /// E-mail address.
    #[arg(long)]
    email: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Currency {
    Hkd,
    Cny,
}

impl HkFps {
    pub fn text(&self) -> anyhow::Result<String> {
        let proxy = match &self.payee {
            Payee { fps_id: Some(id), .. } => Proxy::FpsId(id),
            Payee { mobile: Some(number), .. } => Proxy::Mobile(number),
            Payee { email, .. } => Proxy::Email(email.as_deref().unwrap_or_default()),
        };
        let payee = hkfps::HkFps {
            proxy,
            clearing: self.clearing.as_deref(),
            timeout: self.timeout.as_deref(),
        };
        let shop = Shop {
            mcc: &self.mcc,
            name: &self.name,
            city: &self.city,
            name_zh: self.name_zh.as_deref(),
        };
        let currency = match self.currency {
            Currency::Hkd => hkfps::Currency::Hkd,
            Currency::Cny => hkfps::Currency::Cny,
        };
        let reference = self.reference.as_deref();
        let built = match self.amount.as_deref() {
            Some(amount) => DynamicCode { payee, shop, currency, amount, reference }.build(),
            None => StaticCode { payee, shop, currency, amount: None, reference }.build(),
        };
        Ok(built?)
    }
}
