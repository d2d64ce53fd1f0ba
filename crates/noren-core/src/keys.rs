//! Names that other people chose: idempotency keys, order numbers, things that are used once.
//!
//! All are looked up before anything is decided, and all begin with the slot.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::day::DayName;
use crate::id::{
    CaptureId, CreditId, MerchantId, OrderId, PaymentId, QuoteId, RefundId, Slot, TenantName,
    WalletName,
};
use crate::money::Money;
use crate::movement::Movement;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// Which call a key belongs to. The same key on two routes is two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// A merchant creates a payment.
    PaymentCreate,
    /// A merchant cancels a payment.
    PaymentCancel,
    /// A merchant withdraws an order by its own number.
    OrderCancel,
    /// A merchant captures a part of what is held.
    PaymentCapture,
    /// A merchant releases what is held.
    PaymentVoid,
    /// A merchant asks for a refund.
    RefundCreate,
    /// A wallet reserves; the key is its own id of the payment, for ever.
    Reserve,
    /// The operator reports prefunding.
    Prefund,
}

impl Route {
    /// The word in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PaymentCreate => "payment_create",
            Self::PaymentCancel => "payment_cancel",
            Self::OrderCancel => "order_cancel",
            Self::PaymentCapture => "payment_capture",
            Self::PaymentVoid => "payment_void",
            Self::RefundCreate => "refund_create",
            Self::Reserve => "reserve",
            Self::Prefund => "prefund",
        }
    }
}

/// Who chose a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum KeyOwner {
    /// A merchant's till or shop.
    Merchant(MerchantId),
    /// A wallet.
    Wallet(WalletName),
    /// Whoever runs the switch.
    Operator,
}

/// An idempotency key with its scope: owner, route and key, within a slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyName {
    /// Where it lives.
    pub slot: Slot,
    /// Who chose it.
    pub owner: KeyOwner,
    /// For which call.
    pub route: Route,
    /// The key itself.
    pub key: Text,
}

/// SHA-256 of the canonical request, made at the edge.
pub type RequestHash = [u8; 32];

/// What a key was used for. Lives in the transaction of the effect (I11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The content it was used with.
    pub hash: RequestHash,
    /// What came of it.
    pub outcome: KeyOutcome,
    /// When.
    pub at: Timestamp,
}

/// The stored answer. A refusal is frozen; what led to a payment or refund is answered with its
/// present state, because "authorising" or "in doubt" must not be frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum KeyOutcome {
    /// It made, or found, this payment.
    Payment(PaymentId),
    /// It withdrew this order.
    Order(OrderName),
    /// It made this capture.
    Capture {
        /// The payment it belongs to.
        payment: PaymentId,
        /// The capture.
        capture: CaptureId,
    },
    /// It made this refund.
    Refund {
        /// The payment it belongs to.
        payment: PaymentId,
        /// The refund.
        refund: RefundId,
    },
    /// It made this movement.
    Movement(Movement),
    /// It was refused by the rules; the key is burned.
    Refused(Refusal),
}

/// A merchant's own number for an order: one order per number, for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderName {
    /// The merchant's; carries the slot.
    pub merchant: MerchantId,
    /// As the merchant writes it.
    pub number: Text,
}

/// What a merchant wants paid, or wanted. Many payments, one at a time (I4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Shown as `ord_…`.
    pub id: OrderId,
    /// The merchant and its number.
    pub name: OrderName,
    /// Whose data it is.
    pub tenant: TenantName,
    /// If it may be paid.
    pub stand: OrderStand,
    /// When it was first heard of.
    pub at: Timestamp,
}

/// If an order may be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStand {
    /// It may.
    Wanted(Wanted),
    /// The merchant withdrew it, for ever: no payment of it begins any more, and none stands.
    Withdrawn {
        /// Since when.
        at: Timestamp,
        /// What had been wanted. `None`: the number was withdrawn before any payment of it came,
        /// and the row is there to refuse the one that comes too late.
        wanted: Option<Wanted>,
    },
}

/// What an order is for, and how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// All its payments are for this.
    pub amount: Money,
    /// The latest attempt.
    pub last: PaymentId,
}

impl Order {
    /// What it is or was for; `None`: nobody said so before it was withdrawn.
    pub const fn wanted(&self) -> Option<Wanted> {
        match self.stand {
            OrderStand::Wanted(wanted) => Some(wanted),
            OrderStand::Withdrawn { wanted, .. } => wanted,
        }
    }

    /// Since when the merchant wants it no more.
    pub const fn withdrawn_at(&self) -> Option<Timestamp> {
        match self.stand {
            OrderStand::Wanted(_) => None,
            OrderStand::Withdrawn { at, .. } => Some(at),
        }
    }
}

/// Something that may be used for one payment only, for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UsedName {
    /// Where it was used.
    pub slot: Slot,
    /// The wallet it belongs to.
    pub wallet: WalletName,
    /// What it is.
    pub what: Used,
    /// A payment code's keyed hash in hex, or the wallet's id of a transaction.
    pub text: Text,
}

/// Kinds of things that are used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// A payer's payment code. Kept as a keyed hash.
    PaymentCode,
    /// A wallet's transaction id: one receipt each.
    Receipt,
}

impl Used {
    /// The word in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PaymentCode => "payment_code",
            Self::Receipt => "receipt",
        }
    }
}

/// Something that may lie in the store and not in memory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A payment with its refunds and strays.
    Payment(PaymentId),
    /// The payment, or credit, that a refund belongs to.
    Refund(RefundId),
    /// A quote.
    Quote(QuoteId),
    /// An idempotency key.
    Idempotency(KeyName),
    /// An order.
    Order(OrderName),
    /// Something used once.
    Used(UsedName),
    /// A credit that belongs to no payment.
    Credit(CreditId),
    /// A total of a day.
    Day(DayName),
}
