//! What a command leads to: rows to commit, calls to make, alarms to raise, one reply.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::credit::Credit;
use crate::day::DayTotal;
use crate::directory::{Change, Shop};
use crate::id::{
    About, CaptureId, MerchantId, OrderId, PaymentId, RefundId, Slot, StrayId, TenantName,
};
use crate::keys::{KeyName, KeyRecord, Order, UsedName};
use crate::ledger::{Account, Entry, Head};
use crate::money::Money;
use crate::movement::Movement;
use crate::payment::{CaptureMode, Payment, State};
use crate::quote::{Quote, Target};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::wallet::{Call, FxBy};

/// Everything that came of one command. The caller commits `rows` first; `reply` and `calls`
/// leave only after that. A reply without rows still waits for all that was applied before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// To be committed together.
    pub rows: Vec<Row>,
    /// To be sent after the commit.
    pub calls: Vec<Call>,
    /// To be raised after the commit.
    pub alarms: Vec<Alarm>,
    /// To be given after the commit.
    pub reply: Reply,
}

/// One row to insert or replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Insert or replace, by id, with its refunds and strays.
    Payment(Arc<Payment>),
    /// Insert or replace, by id, with its refund.
    Credit(Arc<Credit>),
    /// Insert or replace, by merchant and number.
    Order(Order),
    /// Insert or replace, by id.
    Quote(Quote),
    /// Insert.
    Key(KeyName, KeyRecord),
    /// Insert.
    Used(UsedName, About, Timestamp),
    /// Append, with its postings.
    Entry(Entry),
    /// Append.
    Event(Event),
    /// Append.
    Movement(Movement),
    /// Append: a version of the directory.
    Directory(u64, Change, Timestamp),
}

/// Something that callers may hear of. Thin: ids and a status, no payer data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The slot it lives in.
    pub slot: Slot,
    /// Gap-free within the slot.
    pub seq: u64,
    /// What happened.
    pub kind: EventKind,
    /// To which payment.
    pub payment: PaymentId,
    /// Gap-free within the payment.
    pub payment_seq: u32,
    /// The payment's order.
    pub order: OrderId,
    /// Whose data it is.
    pub tenant: TenantName,
    /// Who may hear of it.
    pub merchant: MerchantId,
    /// The refund it is about, if any.
    pub refund: Option<RefundId>,
    /// The stray receipt it is about, if any.
    pub stray: Option<StrayId>,
    /// The capture it is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureId>,
    /// When.
    pub at: Timestamp,
}

/// Kinds of events. The dotted name is part of the published API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// A code is shown.
    #[serde(rename = "payment.waiting_for_payer")]
    PaymentWaitingForPayer,
    /// A wallet was asked.
    #[serde(rename = "payment.authorising")]
    PaymentAuthorising,
    /// The outcome is being confirmed.
    #[serde(rename = "payment.in_doubt")]
    PaymentInDoubt,
    /// The payment is being undone.
    #[serde(rename = "payment.reversing")]
    PaymentReversing,
    /// A wallet is asked for an order.
    #[serde(rename = "payment.created")]
    PaymentCreated,
    /// The money is held.
    #[serde(rename = "payment.authorised")]
    PaymentAuthorised,
    /// A part of what is held is being captured.
    #[serde(rename = "payment.capturing")]
    PaymentCapturing,
    /// What is left of the hold is being released.
    #[serde(rename = "payment.voiding")]
    PaymentVoiding,
    /// The hold was released; nothing of it was captured.
    #[serde(rename = "payment.voided")]
    PaymentVoided,
    /// Paid.
    #[serde(rename = "payment.captured")]
    PaymentCaptured,
    /// A definite no.
    #[serde(rename = "payment.declined")]
    PaymentDeclined,
    /// Ended before money could move.
    #[serde(rename = "payment.cancelled")]
    PaymentCancelled,
    /// Nobody came to pay.
    #[serde(rename = "payment.expired")]
    PaymentExpired,
    /// Undone.
    #[serde(rename = "payment.reversed")]
    PaymentReversed,
    /// The wallet's side froze the payer's money.
    #[serde(rename = "payment.blocked")]
    PaymentBlocked,
    /// A part of what was held was taken.
    #[serde(rename = "capture.captured")]
    CaptureCaptured,
    /// The wallet refused a capture.
    #[serde(rename = "capture.declined")]
    CaptureDeclined,
    /// A refund was accepted and is sent.
    #[serde(rename = "refund.requested")]
    RefundRequested,
    /// The payer has the money.
    #[serde(rename = "refund.refunded")]
    RefundRefunded,
    /// The wallet refused the refund.
    #[serde(rename = "refund.declined")]
    RefundDeclined,
    /// Money arrived for a payment that ended without it.
    #[serde(rename = "stray_receipt.received")]
    StrayReceived,
    /// It went back.
    #[serde(rename = "stray_receipt.returned")]
    StrayReturned,
    /// It cannot be returned by message; people must.
    #[serde(rename = "stray_receipt.claim")]
    StrayClaim,
    /// People have ended the claim.
    #[serde(rename = "stray_receipt.claim_closed")]
    StrayClaimClosed,
}

impl EventKind {
    /// What is told when a payment becomes `state`.
    pub const fn of(state: &State) -> Self {
        match state {
            State::Ordering(order) if order.chosen => Self::PaymentWaitingForPayer,
            State::Ordering(_) => Self::PaymentCreated,
            State::WaitingForPayer(_) | State::Ordered(_) => Self::PaymentWaitingForPayer,
            State::Authorising(_) => Self::PaymentAuthorising,
            State::InDoubt(_) => Self::PaymentInDoubt,
            State::Reversing(_) => Self::PaymentReversing,
            State::Authorised(_) => Self::PaymentAuthorised,
            State::Capturing(_) => Self::PaymentCapturing,
            State::Voiding(_) => Self::PaymentVoiding,
            State::Captured(_) | State::HoldCaptured(_) => Self::PaymentCaptured,
            State::Voided(_) => Self::PaymentVoided,
            State::Declined(_) => Self::PaymentDeclined,
            State::Cancelled(_) => Self::PaymentCancelled,
            State::Expired(_) => Self::PaymentExpired,
            State::Reversed(_) => Self::PaymentReversed,
            State::Blocked(_) => Self::PaymentBlocked,
        }
    }

    /// The dotted name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PaymentWaitingForPayer => "payment.waiting_for_payer",
            Self::PaymentAuthorising => "payment.authorising",
            Self::PaymentInDoubt => "payment.in_doubt",
            Self::PaymentReversing => "payment.reversing",
            Self::PaymentCreated => "payment.created",
            Self::PaymentAuthorised => "payment.authorised",
            Self::PaymentCapturing => "payment.capturing",
            Self::PaymentVoiding => "payment.voiding",
            Self::PaymentVoided => "payment.voided",
            Self::CaptureCaptured => "capture.captured",
            Self::CaptureDeclined => "capture.declined",
            Self::PaymentCaptured => "payment.captured",
            Self::PaymentDeclined => "payment.declined",
            Self::PaymentCancelled => "payment.cancelled",
            Self::PaymentExpired => "payment.expired",
            Self::PaymentReversed => "payment.reversed",
            Self::PaymentBlocked => "payment.blocked",
            Self::RefundRequested => "refund.requested",
            Self::RefundRefunded => "refund.refunded",
            Self::RefundDeclined => "refund.declined",
            Self::StrayReceived => "stray_receipt.received",
            Self::StrayReturned => "stray_receipt.returned",
            Self::StrayClaim => "stray_receipt.claim",
            Self::StrayClaimClosed => "stray_receipt.claim_closed",
        }
    }
}

/// Somebody should look. Never a reason to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The payment or credit it is about.
    pub about: About,
    /// What is wrong.
    pub kind: AlarmKind,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlarmKind {
    /// A wallet broke its own protocol: unreadable, unsigned or unlisted.
    ProtocolBroken,
    /// A success for another amount, currency or transaction than was asked.
    AmountContradicts,
    /// A statement against a final state, or against an earlier statement.
    StateContradicts,
    /// Money arrived for a payment that ended without it.
    StrayReceived,
    /// A stray receipt cannot be returned by message.
    StrayClaim,
    /// A probe ended without an answer.
    ProbeUnanswered,
    /// An order was withdrawn, and what was captured of it cannot be refunded by message.
    RefundRefused,
    /// A push rail credited money for somebody whom nobody here knows.
    CreditUnclaimed,
    /// A push rail repeated a transaction with another content. The first one stands.
    CreditDiffers,
    /// A push rail credited more than its net debit cap; that cannot be refused.
    CapPassed,
}

/// The answer to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A refusal is a reply too.
    Refused {
        /// Why.
        refusal: Refusal,
        /// It was given before, under the same key.
        replayed: bool,
    },
    /// A payment as it is now.
    Payment {
        /// The payment.
        payment: Arc<Payment>,
        /// The request was made before, under the same key.
        replayed: bool,
    },
    /// A capture as it is now.
    Capture {
        /// The payment it belongs to.
        payment: Arc<Payment>,
        /// Which of its captures.
        capture: CaptureId,
        /// The request was made before, under the same key.
        replayed: bool,
    },
    /// A withdrawn order, with its last payment as that is now.
    Order {
        /// The order.
        order: Order,
        /// The latest attempt to have it paid, if there ever was one.
        payment: Option<Arc<Payment>>,
        /// The request was made before, under the same key.
        replayed: bool,
    },
    /// A refund as it is now.
    Refund {
        /// The payment it belongs to.
        payment: Arc<Payment>,
        /// Which of its refunds.
        refund: RefundId,
        /// The request was made before, under the same key.
        replayed: bool,
    },
    /// What a scanned code leads to.
    Resolution(Resolution),
    /// A promise of a rate.
    Quote(Quote),
    /// Permission to debit, or what became of it.
    Permission {
        /// The payment, authorising when fresh.
        payment: Arc<Payment>,
        /// The request was made before, under the same id.
        replayed: bool,
    },
    /// The answer to a confirmation: captured, or being cancelled.
    Confirmed {
        /// The payment as it is now.
        payment: Arc<Payment>,
    },
    /// What became of a credit of a push rail, now or when it first came.
    Credited(Credited),
    /// A credit that belongs to no payment, as it is now.
    Credit {
        /// The credit.
        credit: Arc<Credit>,
        /// The payment that it became, when it was assigned.
        payment: Option<Arc<Payment>>,
    },
    /// Money between a wallet and the operator, booked.
    Movement {
        /// The movement.
        movement: Movement,
        /// The report was made before, under the same key.
        replayed: bool,
    },
    /// The directory has this version now.
    Directory {
        /// The version.
        version: u64,
    },
    /// Taken note of.
    Noted,
}

/// See [`Reply::Credited`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credited {
    /// It paid for this payment.
    Captured {
        /// The payment.
        payment: Arc<Payment>,
    },
    /// The payment could not take it: it goes back.
    Stray {
        /// The payment.
        payment: Arc<Payment>,
        /// Which of its stray receipts.
        stray: StrayId,
    },
    /// Nobody here is known under the name that it came for.
    Unclaimed {
        /// The record of it.
        credit: Arc<Credit>,
    },
}

/// See [`Reply::Resolution`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// What to name in a quote and a reservation.
    pub target: Target,
    /// Who is paid, as registered. This is what the payer is shown.
    pub shop: Shop,
    /// Fixed by the order, or `None`: the payer types it.
    pub amount: Option<Money>,
    /// The largest payment, in the shop's currency.
    pub limit: Money,
    /// Who converts for this wallet.
    pub fx_by: FxBy,
    /// If the wallet is to debit, or to hold only.
    pub capture: CaptureMode,
    /// Until when the order's code is honoured.
    pub expires_at: Option<Timestamp>,
}

/// `apply` needs these first, and has changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(pub Vec<crate::keys::Key>);

/// What the store has for a [`crate::keys::Key`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A payment.
    Payment(Box<Payment>),
    /// A quote.
    Quote(Box<Quote>),
    /// A key record.
    Key(KeyRecord),
    /// An order.
    Order(Order),
    /// What used it.
    Used(About),
    /// A credit that belongs to no payment.
    Credit(Box<Credit>),
    /// A total of a day, in minor units of the merchant's currency.
    Day(i64),
    /// Nothing. Stays true until this engine itself writes it.
    Nothing,
}

/// What closes a batch: totals that changed and how far the sequences came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    /// Accounts that changed, once each, with their new totals.
    pub accounts: Vec<Account>,
    /// Totals of days that changed, once each, by name.
    pub days: Vec<DayTotal>,
    /// Slots that changed, with their new heads.
    pub heads: Vec<(Slot, Head)>,
}
