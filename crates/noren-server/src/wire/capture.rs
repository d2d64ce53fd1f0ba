//! Captures as a merchant sends and sees them.

use noren_core::Text;
use noren_core::id::{CaptureId, PaymentId};
use noren_core::money::Money;
use noren_core::payment::{self, OpenPart, Part, PartEnd, PartTerms};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At, Decline, Settled, day};

/// `POST /v1/payments/{id}/captures`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"amount": {"amount": 500, "currency": "JPY"}}))]
pub struct CaptureNew {
    /// How much, in the order's currency; at most what is left of the hold.
    #[schema(value_type = Amount)]
    pub amount: Money,
}

/// Taking a part of what is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Capture {
    /// `capture`.
    pub object: &'static str,
    /// Begins with `cap_`.
    #[schema(value_type = String)]
    pub id: CaptureId,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// `requested`, `in_doubt`, `captured` or `declined`. Only the last two are final.
    #[schema(example = "captured")]
    pub status: &'static str,
    /// Of which payment.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// In the order's currency.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// What the payer is debited, as far as it is known.
    #[schema(value_type = Option<Amount>)]
    pub payer_amount: Option<Money>,
    /// Its part of the merchant discount.
    #[schema(value_type = Amount)]
    pub fee: Money,
    /// What it makes of what you are owed, when you are paid in another currency than you price in.
    pub settlement: Option<Settled>,
    /// The wallet's id of the transaction.
    #[schema(value_type = Option<String>)]
    pub wallet_transaction_id: Option<Text>,
    /// The wallet's business day of the capture.
    #[schema(value_type = Option<String>, format = Date)]
    pub business_date: Option<String>,
    /// Why the wallet said no.
    pub decline: Option<Decline>,
    /// When it became what it is, for a final status.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<At>,
}

impl Capture {
    /// The captures of a payment as its merchant sees them, oldest first.
    pub(crate) fn all(payment: &payment::Payment, livemode: bool) -> Vec<Self> {
        let parts = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
        let ended = parts.map(|part| Self::ended(payment.id, part, livemode));
        let open = payment.state.open_part().map(|part| Self::open(payment.id, part, livemode));
        ended.chain(open).collect()
    }

    fn of(payment: PaymentId, terms: &PartTerms, status: &'static str, livemode: bool) -> Self {
        Self {
            object: "capture",
            id: terms.id,
            created_at: At(terms.requested_at),
            livemode,
            status,
            payment,
            amount: terms.amount,
            payer_amount: terms.payer,
            fee: terms.fees.total,
            settlement: terms.settlement.map(Settled::from),
            wallet_transaction_id: None,
            business_date: None,
            decline: None,
            ended_at: None,
        }
    }

    fn open(payment: PaymentId, part: &OpenPart, livemode: bool) -> Self {
        Self::of(payment, &part.terms, part.status(), livemode)
    }

    fn ended(payment: PaymentId, part: &Part, livemode: bool) -> Self {
        let mut shown = Self::of(payment, &part.terms, part.status(), livemode);
        match &part.end {
            PartEnd::Captured { receipt, at, business_date } => {
                shown.payer_amount = receipt.payer.or(shown.payer_amount);
                shown.wallet_transaction_id = Some(receipt.transaction.clone());
                shown.business_date = Some(day(*business_date));
                shown.ended_at = Some(At(*at));
            }
            PartEnd::Declined { proof, at } => {
                shown.decline = Some(Decline::from(proof));
                shown.ended_at = Some(At(*at));
            }
        }
        shown
    }
}
