//! Indonesia.

use anyhow::Context;
use clap::Args;
use emvqr::mpm::qris::{Criteria, DynamicCode, Merchant, MerchantPan, Nmid, StaticCode, Tip};

use super::duitnow::channel;

#[derive(Args)]
pub struct Qris {
    /// Name of the acquirer, ID.CO.TELKOM.WWW.
    #[arg(long)]
    acquirer: String,
    /// The merchant's number at the acquirer (MPAN), up to 19 digits.
    #[arg(long)]
    pan: String,
    /// The merchant's other number there, up to 15 characters.
    #[arg(long)]
    merchant_id: String,
    /// The merchant's number in the whole country: ID and 13 digits.
    #[arg(long)]
    nmid: String,
    /// How large the merchant is: UMI, UKE, UME, UBE or URE.
    #[arg(long)]
    criteria: String,
    /// Name, up to 25 letters.
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
    /// Terminal label.
    #[arg(long)]
    terminal: Option<String>,
    /// The merchant's tax number.
    #[arg(long)]
    tax_id: Option<String>,
    /// Where the payer meets the code, three digits: medium, place, presence.
    #[arg(long)]
    channel: Option<String>,
    /// Ask the payer for a tip.
    #[arg(long, conflicts_with_all = ["fee", "fee_percent"])]
    tip: bool,
    /// A fee on top, rupiah.
    #[arg(long, conflicts_with = "fee_percent")]
    fee: Option<String>,
    /// A fee on top, per cent.
    #[arg(long)]
    fee_percent: Option<String>,
    /// Rupiah, with up to two decimals.
    #[arg(long)]
    amount: Option<String>,
    /// The merchant's name for the payment, up to 25 characters.
    #[arg(long, requires = "amount")]
    reference: Option<String>,
}

impl Qris {
    pub fn text(&self) -> anyhow::Result<String> {
        let merchant = Merchant {
            acquirer: &self.acquirer,
            pan: MerchantPan::new(&self.pan)
                .context("--pan is not a merchant's number; write its digits, 19 at most")?,
            merchant_id: &self.merchant_id,
            nmid: Nmid::new(&self.nmid).context("--nmid is not ID and 13 digits")?,
            criteria: Criteria::named(&self.criteria)
                .context("--criteria is none of UMI, UKE, UME, UBE and URE")?,
            mcc: &self.mcc,
            name: &self.name,
            city: &self.city,
            postal_code: &self.postal,
            terminal: self.terminal.as_deref(),
            tax_id: self.tax_id.as_deref(),
            channel: channel(self.channel.as_deref())?,
            tip: match (self.tip, &self.fee, &self.fee_percent) {
                (true, ..) => Tip::Asked,
                (false, Some(fee), _) => Tip::Fixed(fee),
                (false, None, Some(percent)) => Tip::Percent(percent),
                (false, None, None) => Tip::None,
            },
        };
        let built = match self.amount.as_deref() {
            Some(amount) => {
                DynamicCode { merchant, amount, reference: self.reference.as_deref() }.build()
            }
            None => StaticCode { merchant }.build(),
        };
        Ok(built?)
    }
}
