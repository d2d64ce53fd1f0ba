//! What a merchant is owed that is paid in another currency than it prices in.

use noren_core::Text;
use noren_core::money::Money;
use noren_core::{payment, settlement};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At, Rate};

/// What you are owed for a payment when you are paid in another currency than you price in. The rate is
/// fixed when the wallet is asked, or permitted to debit, and holds for every capture and refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Settlement {
    /// What you are owed now: captures less their fees, less refunds. Below zero when you owe fees
    /// that do not come back.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// What you are owed once the whole order is captured.
    #[schema(value_type = Amount)]
    pub amount_promised: Money,
    /// Mid less margin. Amounts are rounded down.
    pub rate: Rate,
    /// What the market said.
    pub mid_rate: Rate,
    /// The difference, in hundredths of a percent.
    #[schema(example = 80)]
    pub margin_bps: u16,
    /// Who published the mid rate.
    #[schema(value_type = String)]
    pub source: Text,
    /// When the mid rate was published.
    #[schema(value_type = String, format = DateTime)]
    pub rate_at: At,
}

impl Settlement {
    pub(crate) fn of(payment: &payment::Payment) -> Option<Self> {
        let (fixed, amount) = payment.settlement().zip(payment.settled())?;
        Some(Self {
            amount,
            amount_promised: fixed.amount,
            rate: fixed.rate.into(),
            mid_rate: fixed.mid.into(),
            margin_bps: fixed.margin_bps,
            source: fixed.source.clone(),
            rate_at: At(fixed.rate_at),
        })
    }
}

/// What one capture adds to what you are owed, or one refund takes from it, after fees. By running
/// totals: all captures of an order make what was promised for it, and refunds of all of it take that
/// back, less the fees that do not come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Settled {
    /// In the currency that you are paid in.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// The payment's rate.
    pub rate: Rate,
}

impl From<settlement::Settled> for Settled {
    fn from(settled: settlement::Settled) -> Self {
        Self { amount: settled.amount, rate: settled.rate.into() }
    }
}
