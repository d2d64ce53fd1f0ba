//! Quotes: a promise of a rate, for a time, for one amount.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::directory::MidRate;
use crate::id::{PaymentId, QuoteId, Slot, StoreId, WalletName};
use crate::money::{Money, MoneyError};
use crate::rate::{Rate, Rounding};
use crate::time::Timestamp;
use crate::wallet::Profile;

/// What a scanned code leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Target {
    /// A printed code: the payer types the amount, and each payment makes its own order.
    Store(StoreId),
    /// A code that a till made for one order.
    Payment(PaymentId),
}

impl Target {
    /// The slot in which the payment lives or will live.
    pub fn slot(self) -> Slot {
        match self {
            Self::Store(id) => id.slot(),
            Self::Payment(id) => id.slot(),
        }
    }
}

/// Which side of the exchange the asker fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fixed {
    /// The merchant receives exactly this.
    Receive(Money),
    /// The payer is debited exactly this.
    Send(Money),
}

/// A promise of a rate. Both amounts are stored and never worked out again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Shown as `quo_…`.
    pub id: QuoteId,
    /// Whom it was given to.
    pub wallet: WalletName,
    /// What it is for.
    pub target: Target,
    /// What the payer is debited.
    pub payer: Money,
    /// What the merchant receives, before fees.
    pub merchant: Money,
    /// What the payer's amount was worked out with: mid and mark-up.
    pub rate: Rate,
    /// What the market says.
    pub mid: Rate,
    /// The difference, in hundredths of a percent. Disclosed to the payer.
    pub markup_bps: u16,
    /// Who published the mid rate.
    pub source: Text,
    /// When the mid rate was published.
    pub rate_at: Timestamp,
    /// Not honoured from this instant on.
    pub expires_at: Timestamp,
    /// The payment that used it; a quote is used once.
    pub used_by: Option<PaymentId>,
}

/// What a quote is made from.
pub(crate) struct QuoteTerms<'a> {
    pub id: QuoteId,
    pub wallet: WalletName,
    pub target: Target,
    pub profile: &'a Profile,
    pub mid: &'a MidRate,
    pub now: Timestamp,
}

impl Quote {
    /// Works out both amounts, once.
    ///
    /// Fixed receive: the payer's amount is rounded half to even. Fixed send: the merchant's
    /// amount is rounded down, the rest stays in the fx position.
    pub(crate) fn make(terms: QuoteTerms<'_>, fixed: Fixed) -> Result<Self, MoneyError> {
        let rate =
            terms.mid.rate.marked_up(terms.profile.markup_bps).map_err(|_| MoneyError::Overflow)?;
        let (payer, merchant) = match fixed {
            Fixed::Receive(merchant) => (rate.convert(merchant, Rounding::HalfEven)?, merchant),
            Fixed::Send(payer) => (payer, rate.convert(payer, Rounding::Down)?),
        };
        Ok(Self {
            id: terms.id,
            wallet: terms.wallet,
            target: terms.target,
            payer,
            merchant,
            rate,
            mid: terms.mid.rate,
            markup_bps: terms.profile.markup_bps,
            source: terms.mid.source.clone(),
            rate_at: terms.mid.at,
            expires_at: terms.now.after(terms.profile.quote_valid_for),
            used_by: None,
        })
    }
}
