//! Singapore.

use clap::Args;
use emvqr::mpm::Initiation;
use emvqr::mpm::sgqr::{self, Proxy, SgqrCode};

#[derive(Args)]
pub struct PayNow {
    #[command(flatten)]
    payee: Payee,
    /// Singapore dollars with up to two decimals.
    #[arg(long)]
    amount: Option<String>,
    /// The payer may change the amount. Always so without one.
    #[arg(long)]
    editable: bool,
    /// Until when the code is good, YYYYMMDD or YYYYMMDDhhmmss by the clocks of Singapore.
    #[arg(long)]
    expiry: Option<String>,
    /// The payee's name for the payment, up to 25 characters.
    #[arg(long)]
    reference: Option<String>,
    /// Name of the payee, up to 25 letters. NA without.
    #[arg(long)]
    name: Option<String>,
    /// City, up to 15 letters. Singapore without.
    #[arg(long)]
    city: Option<String>,
    /// Postal code.
    #[arg(long)]
    postal: Option<String>,
    /// Category, four digits. 0000 without.
    #[arg(long)]
    mcc: Option<String>,
}

/// Who is paid.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Payee {
    /// Mobile number with + and country code, +6580000001.
    #[arg(long)]
    mobile: Option<String>,
    /// Number of a company (UEN), with its suffix if it has one.
    #[arg(long)]
    uen: Option<String>,
}

impl PayNow {
    pub fn text(&self) -> anyhow::Result<String> {
        let proxy = match (&self.payee.mobile, &self.payee.uen) {
            (Some(mobile), _) => Proxy::Mobile(mobile),
            (None, uen) => Proxy::Uen(uen.as_deref().unwrap_or_default()),
        };
        let amount = self.amount.as_deref();
        let paynow = sgqr::PayNow {
            proxy,
            amount_editable: self.editable || amount.is_none(),
            expiry: self.expiry.as_deref(),
            old_reference: None,
        };
        let code = SgqrCode {
            initiation: if amount.is_some() { Initiation::Dynamic } else { Initiation::Static },
            paynow: Some(paynow),
            accounts: &[],
            id: None,
            mcc: self.mcc.as_deref(),
            amount,
            name: self.name.as_deref(),
            city: self.city.as_deref(),
            postal_code: self.postal.as_deref(),
            reference: self.reference.as_deref(),
        };
        Ok(code.build()?)
    }
}
