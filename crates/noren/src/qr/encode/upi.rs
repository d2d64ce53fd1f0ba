//! India: a link of UPI.

use clap::Args;
use emvqr::link::upi::Draft;

#[derive(Args)]
pub struct Upi {
    /// Address of the payee, name@handle.
    #[arg(long)]
    payee: String,
    /// Name of the payee.
    #[arg(long)]
    name: String,
    /// Rupees with up to two decimals.
    #[arg(long, value_parser = paise)]
    amount: Option<u64>,
    /// Least amount that the payer may change the amount to.
    #[arg(long, value_parser = paise)]
    minimum: Option<u64>,
    /// The payee's order.
    #[arg(long)]
    reference: Option<String>,
    /// Note for the payer.
    #[arg(long)]
    note: Option<String>,
    /// Category, four digits.
    #[arg(long)]
    mcc: Option<String>,
    /// Transaction id, made by the payee's software.
    #[arg(long)]
    transaction_id: Option<String>,
    /// Link with more about the transaction.
    #[arg(long)]
    url: Option<String>,
    /// How the link reaches the payer, two digits: 01 QR, 04 intent, 15 and 16 dynamic QR.
    #[arg(long)]
    mode: Option<String>,
    /// Purpose, two digits.
    #[arg(long)]
    purpose: Option<String>,
    /// Organisation that makes the link.
    #[arg(long)]
    organisation: Option<String>,
}

impl Upi {
    pub fn text(&self) -> anyhow::Result<String> {
        let draft = Draft {
            category: self.mcc.as_deref(),
            transaction_id: self.transaction_id.as_deref(),
            reference: self.reference.as_deref(),
            note: self.note.as_deref(),
            amount_paise: self.amount,
            minimum_paise: self.minimum,
            url: self.url.as_deref(),
            mode: self.mode.as_deref(),
            purpose: self.purpose.as_deref(),
            organisation: self.organisation.as_deref(),
            ..Draft::new(&self.payee, &self.name)
        };
        Ok(draft.build()?)
    }
}

/// Rupees as people write them, in paise.
fn paise(text: &str) -> Result<u64, String> {
    let form = || "write rupees with up to two decimals, as in 149.50".to_owned();
    let (rupees, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(rupees) || !digits(decimals) || decimals.len() > 2 {
        return Err(form());
    }
    let whole: u64 = rupees.parse().map_err(|_| form())?;
    let part: u64 = format!("{decimals:0<2}").parse().map_err(|_| form())?;
    whole.checked_mul(100).and_then(|paise| paise.checked_add(part)).ok_or_else(form)
}

#[cfg(test)]
mod tests {
    use super::paise;

    #[test]
    fn rupees_as_people_write_them() {
        for (text, expected) in [("149.50", 14_950), ("1.5", 150), ("7", 700), ("0.05", 5)] {
            assert_eq!(paise(text), Ok(expected), "{text}");
        }
        for wrong in ["", ".5", "5.", "1.234", "+1", "1,50", "-1", "184467440737095517"] {
            assert!(paise(wrong).is_err(), "{wrong}");
        }
    }
}
