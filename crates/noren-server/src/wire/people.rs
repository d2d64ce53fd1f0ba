//! What people decide: claims and the clock, as the operator sends and sees them.

use noren_core::Text;
use noren_core::id::{MerchantId, PaymentId, StrayId, WalletName};
use noren_core::money::Money;
use noren_core::refund::RefundState;
use noren_core::stray::{ClaimEnd, Stray, StrayStatus};
use noren_core::time::{Span, Timestamp};
use noren_runtime::ClockStanding;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At, Decline};

/// A stray receipt that cannot be returned by message. The operator owns it and ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Claim {
    /// `claim`.
    pub object: &'static str,
    /// The stray receipt: begins with `str_`.
    #[schema(value_type = String)]
    pub id: StrayId,
    /// True when the money is real.
    pub livemode: bool,
    /// `claim` while it is open, then `paid_back` or `written_off`.
    #[schema(value_type = String, example = "claim")]
    pub status: StrayStatus,
    /// Who has to end it: `operator`.
    pub owner: &'static str,
    /// For which payment the money came.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// Whose payment it is.
    #[schema(value_type = String)]
    pub merchant: MerchantId,
    /// Who holds the money.
    #[schema(value_type = String)]
    pub wallet: WalletName,
    /// The wallet's id of the transaction.
    #[schema(value_type = String)]
    pub wallet_transaction_id: Text,
    /// What is to be given back: the payer's amount where the switch would have converted.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// When the wallet refused the return for good; when the money came, where the network returns
    /// nothing by message.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub claimed_at: Option<At>,
    /// How long ago that is, in milliseconds; until it was closed.
    pub age_ms: u64,
    /// The wallet's no, where it was asked.
    pub decline: Option<Decline>,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<At>,
    /// The operator's words.
    #[schema(value_type = Option<String>)]
    pub note: Option<Text>,
}

impl Claim {
    /// A claim as the operator sees it at an instant.
    pub fn of(
        payment: PaymentId,
        merchant: MerchantId,
        stray: &Stray,
        now: Timestamp,
        livemode: bool,
    ) -> Self {
        let (claimed_at, proof) = match &stray.refund.state {
            RefundState::Declined(declined) => (Some(declined.at), Some(&declined.proof)),
            RefundState::Impossible(impossible) => (Some(impossible.at), None),
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_)
            | RefundState::Refunded(_) => (None, None),
        };
        let closed = stray.closed.as_ref();
        let until = closed.map_or(now, |closed| closed.at);
        let Span(age_ms) = claimed_at.map_or(Span(0), |since| until.since(since));
        Self {
            object: "claim",
            id: stray.id,
            livemode,
            status: stray.status(),
            owner: "operator",
            payment,
            merchant,
            wallet: stray.wallet,
            wallet_transaction_id: stray.receipt.transaction.clone(),
            amount: stray.refund.payer.unwrap_or(stray.receipt.amount),
            claimed_at: claimed_at.map(At),
            age_ms,
            decline: proof.map(Decline::from),
            closed_at: closed.map(|closed| At(closed.at)),
            note: closed.map(|closed| closed.note.clone()),
        }
    }
}

/// `POST /v1/claims/{id}/close`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"end": "paid_back", "note": "bank transfer of 21 November"}))]
pub struct ClaimCloseNew {
    /// `paid_back`: the payer was paid from the operator's bank. `written_off`: nobody can be paid.
    #[schema(value_type = String)]
    pub end: ClaimEnd,
    /// By what transfer, or why: 1 to 200 characters. No payer data.
    pub note: String,
}

/// How engine time and the wall clock stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Clock {
    /// `clock`.
    pub object: &'static str,
    /// True when the money is real.
    pub livemode: bool,
    /// Engine time.
    #[schema(value_type = String, format = DateTime)]
    pub now: At,
    /// The wall clock less engine time, in milliseconds. It is worked off at 1 %.
    pub difference_ms: i64,
    /// True while nothing expires because of time alone.
    pub expiries_held: bool,
    /// The difference that was accepted, as far as it has not been worked off.
    pub accepted_ms: Option<i64>,
}

impl Clock {
    /// As the operator sees it.
    pub fn of(standing: ClockStanding, livemode: bool) -> Self {
        Self {
            object: "clock",
            livemode,
            now: At(standing.now),
            difference_ms: standing.difference_ms,
            expiries_held: standing.expiries_held,
            accepted_ms: standing.accepted_ms,
        }
    }
}

/// `POST /v1/clock/accept`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(example = json!({"difference_ms": 0}))]
pub struct ClockAcceptNew {
    /// What you saw, to within 5 seconds.
    pub difference_ms: i64,
}
