//! Japan.

use anyhow::Context;
use clap::Args;
use emvqr::cpm::JpqrCode;
use emvqr::mpm::jpqr::{DynamicCode, JpqrId, Merchant, StaticCode};
use emvqr::tlv::Tag;

use super::{account, borrowed};

#[derive(Args)]
pub struct Jpqr {
    /// Identifier that the association gave: 13, 4, 6 and 6 characters.
    #[arg(long)]
    id: String,
    /// Name in Latin letters, up to 25.
    #[arg(long)]
    name: String,
    /// Name in Japanese, up to 25 characters.
    #[arg(long)]
    name_ja: String,
    /// City in Latin letters, up to 15.
    #[arg(long)]
    city: String,
    /// Seven digits.
    #[arg(long)]
    postal: String,
    /// Category, ISO 18245, four digits.
    #[arg(long)]
    mcc: String,
    /// Whole yen.
    #[arg(long, requires = "reference")]
    amount: Option<u64>,
    /// The shop's name for the payment, up to 25 characters.
    #[arg(long, requires = "amount")]
    reference: Option<String>,
    /// Store label.
    #[arg(long)]
    store: Option<String>,
    /// Terminal label.
    #[arg(long)]
    terminal: Option<String>,
    /// Account of another network, as TAG=VALUE; more than once for more.
    #[arg(long, value_name = "TAG=VALUE", value_parser = account)]
    account: Vec<(Tag, String)>,
}

impl Jpqr {
    pub fn text(&self) -> anyhow::Result<String> {
        let id: JpqrId = self.id.parse().context("--id")?;
        let accounts = borrowed(&self.account);
        let merchant = Merchant {
            id: &id,
            mcc: &self.mcc,
            name_latin: &self.name,
            name_ja: &self.name_ja,
            city: &self.city,
            postal_code: &self.postal,
            accounts: &accounts,
        };
        let (store, terminal) = (self.store.as_deref(), self.terminal.as_deref());
        let built = match (self.amount, self.reference.as_deref()) {
            (Some(amount_yen), Some(reference)) => {
                DynamicCode { merchant, amount_yen, reference, store, terminal }.build()
            }
            _ => StaticCode { merchant, store, terminal }.build(),
        };
        Ok(built?)
    }
}

#[derive(Args)]
pub struct JpqrCpm {
    /// Code of the operator, 8 digits.
    #[arg(long)]
    operator: String,
    /// What the operator knows the payer by. Works like money: for tests.
    #[arg(long)]
    payment_id: String,
    /// Text of the operator's own.
    #[arg(long, default_value = "", hide_default_value = true)]
    free: String,
}

impl JpqrCpm {
    pub fn text(&self) -> anyhow::Result<String> {
        let code =
            JpqrCode { operator: &self.operator, payment_id: &self.payment_id, free: &self.free };
        Ok(code.build()?)
    }
}
