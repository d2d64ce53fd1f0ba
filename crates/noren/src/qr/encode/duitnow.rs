//! Malaysia.

use anyhow::Context;
use clap::Args;
use emvqr::mpm::Initiation;
use emvqr::mpm::duitnow::{self, Channel, DuitNowCode, Labels};

#[derive(Args)]
pub struct DuitNow {
    /// Number of the bank or company that runs the account, six digits.
    #[arg(long)]
    acquirer: String,
    /// Its name for the merchant or the code, up to 28 characters.
    #[arg(long)]
    merchant_id: String,
    /// Name, up to 25 letters.
    #[arg(long)]
    name: String,
    /// City, up to 15 letters.
    #[arg(long, default_value = "MY")]
    city: String,
    /// Category, four digits; 0000 for a person.
    #[arg(long, default_value = "0000")]
    mcc: String,
    /// Five digits.
    #[arg(long)]
    postal: Option<String>,
    /// Ringgit with up to two decimals.
    #[arg(long)]
    amount: Option<String>,
    /// Descriptor, up to 20 characters.
    #[arg(long)]
    descriptor: Option<String>,
    /// Mobile number, up to 15 characters.
    #[arg(long)]
    mobile: Option<String>,
    /// The merchant's name for the payment, up to 25 characters.
    #[arg(long)]
    reference: Option<String>,
    /// Store label.
    #[arg(long)]
    store: Option<String>,
    /// Terminal label.
    #[arg(long)]
    terminal: Option<String>,
    /// Where the payer meets the code, three digits: medium, place, presence.
    #[arg(long)]
    channel: Option<String>,
}

impl DuitNow {
    pub fn text(&self) -> anyhow::Result<String> {
        let amount = self.amount.as_deref();
        let code = DuitNowCode {
            initiation: if amount.is_some() { Initiation::Dynamic } else { Initiation::Static },
            account: duitnow::DuitNow {
                acquirer: &self.acquirer,
                id: &self.merchant_id,
                descriptor: self.descriptor.as_deref(),
                mobile: self.mobile.as_deref(),
            },
            mcc: &self.mcc,
            amount,
            name: &self.name,
            city: &self.city,
            postal_code: self.postal.as_deref(),
            labels: Labels {
                store: self.store.as_deref(),
                reference: self.reference.as_deref(),
                terminal: self.terminal.as_deref(),
                channel: channel(self.channel.as_deref())?,
                bill_references: [None, None],
            },
            hash: None,
        };
        Ok(code.build()?)
    }
}

/// The three digits that DuitNow and QRIS share.
pub fn channel(text: Option<&str>) -> anyhow::Result<Option<Channel>> {
    let parse = |text| {
        Channel::parse(text).context(
            "--channel is three digits: medium 0-7, place 0-3, presence 0-3, as in 520 for a till's screen",
        )
    };
    text.map(parse).transpose()
}
