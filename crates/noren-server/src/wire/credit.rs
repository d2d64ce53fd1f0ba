//! Credits of push rails that belong to no payment, as the operator sees them.

use noren_core::Text;
use noren_core::credit::{self, CreditState, CreditStatus};
use noren_core::id::{CreditId, PaymentId, RefundId, StoreId, WalletName};
use noren_core::money::Money;
use noren_core::refund;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At};

/// `POST /v1/credits/{credit_id}/assign`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(example = json!({"store": "sto_0000000000000000000000001"}))]
pub struct CreditAssignNew {
    /// Whose money it is.
    #[schema(value_type = String)]
    pub store: StoreId,
}

/// Money that a push rail credited for a name that nobody here has. It waits for people, who assign
/// it to a store or send it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Credit {
    /// `credit`.
    pub object: &'static str,
    /// Begins with `crd_`.
    #[schema(value_type = String)]
    pub id: CreditId,
    /// When we learned of it.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// `unclaimed`, `returning`, `returned`, `assigned`, or `claim`: it cannot go back by message.
    #[schema(value_type = String, example = "unclaimed")]
    pub status: CreditStatus,
    /// The rail that holds the money.
    #[schema(value_type = String)]
    pub wallet: WalletName,
    /// The rail's id of the transaction.
    #[schema(value_type = String)]
    pub wallet_transaction_id: Text,
    /// What the rail named as the payee, as it wrote it.
    #[schema(value_type = String)]
    pub reference: Text,
    /// How much.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// What the payer was debited, where the rail says so.
    #[schema(value_type = Option<Amount>)]
    pub payer_amount: Option<Money>,
    /// When, by the rail's clock.
    #[schema(value_type = String, format = DateTime)]
    pub credited_at: At,
    /// How often the same transaction was told otherwise since. People must look.
    pub told_otherwise: usize,
    /// How it goes back, when somebody has decided so.
    pub refund: Option<CreditReturn>,
    /// The payment that it became.
    #[schema(value_type = Option<String>)]
    pub payment: Option<PaymentId>,
}

/// How a credit goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreditReturn {
    /// Begins with `rfd_`; the rail knows it.
    #[schema(value_type = String)]
    pub id: RefundId,
    /// As of a refund: `requested`, `in_doubt`, `waiting_for_funds`, `refunded`, `declined` or
    /// `impossible`.
    #[schema(example = "refunded")]
    pub status: &'static str,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
}

impl Credit {
    /// A credit as the operator sees it.
    pub fn of(credit: &credit::Credit, livemode: bool) -> Self {
        Self {
            object: "credit",
            id: credit.id,
            created_at: At(credit.received_at),
            livemode,
            status: credit.status(),
            wallet: credit.wallet,
            wallet_transaction_id: credit.receipt.transaction.clone(),
            reference: credit.named.clone(),
            amount: credit.receipt.amount,
            payer_amount: credit.receipt.payer,
            credited_at: At(credit.credited_at),
            told_otherwise: credit.repeats.len(),
            refund: credit.refund().map(CreditReturn::of),
            payment: match &credit.state {
                CreditState::Assigned { payment, .. } => Some(*payment),
                CreditState::Unclaimed | CreditState::Return { .. } => None,
            },
        }
    }
}

impl CreditReturn {
    fn of(refund: &refund::Refund) -> Self {
        Self { id: refund.id, status: refund.state.name(), created_at: At(refund.requested_at) }
    }
}
