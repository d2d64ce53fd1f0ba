//! Refunds, stray receipts, events and stores as a merchant sends and sees them.

use noren_core::Text;
use noren_core::directory;
use noren_core::effects::{Event, EventKind};
use noren_core::id::{
    CaptureId, MerchantId, OrderId, PaymentId, RefundId, StoreId, StrayId, WalletName,
};
use noren_core::money::Money;
use noren_core::refund::{self, RefundState};
use noren_core::stray::{self, StrayStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At, Decline, Settled, day};

/// `POST /v1/refunds`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"payment": "pay_0000000000000000000000001",
    "amount": {"amount": 500, "currency": "JPY"}}))]
pub struct RefundNew {
    /// Of which payment.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// How much, in the order's currency; at most what is left.
    #[schema(value_type = Amount)]
    pub amount: Money,
}

/// Giving money back for a payment that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refund {
    /// `refund`.
    pub object: &'static str,
    /// Begins with `rfd_`.
    #[schema(value_type = String)]
    pub id: RefundId,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// `requested`, `in_doubt`, `waiting_for_funds`, `refunded`, `declined`, or `impossible`: the
    /// network gives nothing back by message. Only the last three are final.
    #[schema(example = "refunded")]
    pub status: &'static str,
    /// Of which payment.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// In the order's currency.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// `refund`, or `cancel`: all of a payment, on its own business day, as if it had never been;
    /// then all fees come back too.
    #[schema(example = "refund")]
    pub carried_out_as: &'static str,
    /// What the payer gets, as far as it is known.
    #[schema(value_type = Option<Amount>)]
    pub payer_amount: Option<Money>,
    /// What it took of what you are owed, once it is done and when you are paid in another currency than
    /// you price in.
    pub settlement: Option<Settled>,
    /// The wallet's business day of the refund.
    #[schema(value_type = Option<String>, format = Date)]
    pub business_date: Option<String>,
    /// Why the wallet said no.
    pub decline: Option<Decline>,
    /// When it became what it is, for a final status.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<At>,
    /// For how long it was not known what became of it, in milliseconds; without the doubt that
    /// runs now.
    pub unknown_ms: u64,
    /// Since when it has not been known what became of it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub unknown_since: Option<At>,
}

impl Refund {
    /// A refund as its merchant sees it.
    pub fn of(payment: PaymentId, refund: &refund::Refund, livemode: bool) -> Self {
        let mut shown = Self {
            object: "refund",
            id: refund.id,
            created_at: At(refund.requested_at),
            livemode,
            status: refund.state.name(),
            payment,
            amount: refund.amount,
            carried_out_as: refund.by.name(),
            payer_amount: refund.payer,
            settlement: refund.settled().map(Settled::from),
            business_date: None,
            decline: None,
            ended_at: None,
            unknown_ms: refund.doubt.ms,
            unknown_since: refund.doubt.since.map(At),
        };
        match &refund.state {
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_) => {}
            RefundState::Refunded(s) => {
                shown.payer_amount = s.receipt.payer.or(shown.payer_amount);
                shown.business_date = Some(day(s.business_date));
                shown.ended_at = Some(At(s.at));
            }
            RefundState::Declined(s) => {
                shown.decline = Some(Decline::from(&s.proof));
                shown.ended_at = Some(At(s.at));
            }
            RefundState::Impossible(s) => shown.ended_at = Some(At(s.at)),
        }
        shown
    }
}

/// Money that arrived for a payment that had already ended otherwise. It goes back to the payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StrayReceipt {
    /// `stray_receipt`.
    pub object: &'static str,
    /// Begins with `str_`.
    #[schema(value_type = String)]
    pub id: StrayId,
    /// When we learned of it.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// `returning`, `returned`, or `claim`: it cannot be returned by message and people must. A
    /// claim ends as `paid_back` or `written_off`.
    #[schema(value_type = String, example = "returned")]
    pub status: StrayStatus,
    /// For which payment it came.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// Who holds the money.
    #[schema(value_type = String)]
    pub wallet: WalletName,
    /// The wallet's id of the transaction.
    #[schema(value_type = String)]
    pub wallet_transaction_id: Text,
    /// How much, in the order's currency.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// How it goes back.
    pub refund: Refund,
}

impl StrayReceipt {
    /// A stray receipt as its merchant sees it.
    pub fn of(payment: PaymentId, stray: &stray::Stray, livemode: bool) -> Self {
        Self {
            object: "stray_receipt",
            id: stray.id,
            created_at: At(stray.received_at),
            livemode,
            status: stray.status(),
            payment,
            wallet: stray.wallet,
            wallet_transaction_id: stray.receipt.transaction.clone(),
            amount: stray.receipt.amount,
            refund: Refund::of(payment, &stray.refund, livemode),
        }
    }
}

/// Something that happened to a payment. Thin: fetch the payment for the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventShown {
    /// `event`.
    pub object: &'static str,
    /// Begins with `evt_`.
    pub id: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// `payment.captured` and the like.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "payment.captured")]
    pub kind: EventKind,
    /// To which payment.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// Counts the events of this payment, without gaps, from 1.
    pub sequence: u32,
    /// The payment's order.
    #[schema(value_type = String)]
    pub order: OrderId,
    /// The capture that it is about.
    #[schema(value_type = Option<String>)]
    pub capture: Option<CaptureId>,
    /// The refund that it is about.
    #[schema(value_type = Option<String>)]
    pub refund: Option<RefundId>,
    /// The stray receipt that it is about.
    #[schema(value_type = Option<String>)]
    pub stray_receipt: Option<StrayId>,
}

impl EventShown {
    /// An event as its merchant sees it.
    pub fn of(event: &Event, livemode: bool) -> Self {
        Self {
            object: "event",
            id: format!("evt_{:03}_{:012}", event.slot.number(), event.seq),
            created_at: At(event.at),
            livemode,
            kind: event.kind,
            payment: event.payment,
            sequence: event.payment_seq,
            order: event.order,
            capture: event.capture,
            refund: event.refund,
            stray_receipt: event.stray,
        }
    }
}

/// A place of a merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Store {
    /// `store`.
    pub object: &'static str,
    /// Begins with `sto_`.
    #[schema(value_type = String)]
    pub id: StoreId,
    /// When it was first given an id.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// Whose place it is.
    #[schema(value_type = String)]
    pub merchant: MerchantId,
    /// In Latin letters.
    #[schema(value_type = String)]
    pub name: Text,
    /// In Japanese.
    #[schema(value_type = String)]
    pub name_ja: Text,
    /// In Latin letters.
    #[schema(value_type = String)]
    pub city: Text,
    /// Seven digits.
    #[schema(value_type = String)]
    pub postal_code: Text,
    /// The four JPQR levels.
    #[schema(value_type = String, example = "0000000000001-0001-000001-000001")]
    pub jpqr: Text,
}

impl Store {
    /// A store as its merchant sees it.
    pub fn of(store: &directory::Store, livemode: bool) -> Self {
        Self {
            object: "store",
            id: store.id,
            created_at: At(store.id.created_at()),
            livemode,
            merchant: store.merchant,
            name: store.name.clone(),
            name_ja: store.name_ja.clone(),
            city: store.city.clone(),
            postal_code: store.postal_code.clone(),
            jpqr: store.jpqr.clone(),
        }
    }
}

/// The code on a store's counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StoreCode {
    /// `store_code`.
    pub object: &'static str,
    /// Whose.
    #[schema(value_type = String)]
    pub store: StoreId,
    /// True when the money is real.
    pub livemode: bool,
    /// The text of the JPQR code; the payer types the amount.
    pub code: String,
    /// The same as a link: a page for whatever scans it, a plain camera too.
    pub link: String,
}
