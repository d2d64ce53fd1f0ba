//! Commands: everything that can happen to the engine, each with its caller.

use crate::Text;
use crate::day::PayerHash;
use crate::directory::Change;
use crate::id::{
    CaptureId, CreditId, Entropy, MerchantId, PaymentId, QuoteId, RefundId, StoreId, StrayId,
    TenantName, WalletName,
};
use crate::keys::RequestHash;
use crate::money::Money;
use crate::movement::Direction;
use crate::payment::CaptureMode;
use crate::quote::{Fixed, Target};
use crate::stray::ClaimEnd;
use crate::time::{Span, Timestamp};
use crate::wallet::{CaptureAnswer, PaymentAnswer, PaymentCode, Question, RefundAnswer};

/// Who asks. The engine answers nobody about what is not theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A merchant's till or shop.
    Merchant {
        /// Whose data the merchant's is.
        tenant: TenantName,
        /// The merchant.
        merchant: MerchantId,
    },
    /// A wallet or network, by its own signature.
    Wallet(WalletName),
    /// Whoever holds the code or the link of an order, and says with what to pay. Knows nothing
    /// but its id, and may do nothing else.
    Payer,
    /// Whoever runs the switch.
    Operator,
    /// The runtime: answers of calls and time.
    Runtime,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Who asks.
    pub caller: Caller,
    /// Random bits for the ids that the command makes.
    pub entropy: Entropy,
    /// What happened.
    pub body: Body,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// The operator changes the directory.
    Directory(Change),
    /// A merchant wants an order paid.
    PaymentCreate(PaymentCreate),
    /// A merchant repeats a [`PaymentCreate`] that the edge would not let through now.
    PaymentRecall(PaymentRecall),
    /// The payer says which wallet an order that a till shows is to be paid with.
    PaymentChoose(PaymentChoose),
    /// A merchant wants a payment not to stand.
    PaymentCancel(PaymentCancel),
    /// A merchant wants an order not to stand, whatever we know of it.
    OrderCancel(OrderCancel),
    /// A merchant takes a part of what is held.
    PaymentCapture(PaymentCapture),
    /// A merchant releases what is held and not captured.
    PaymentVoid(PaymentVoid),
    /// A merchant gives money back.
    RefundCreate(RefundCreate),
    /// The operator ends a claim.
    ClaimClose(ClaimClose),
    /// The operator reports prefunding.
    Prefund(Prefund),
    /// A wallet asks what a scanned code leads to.
    Resolve(Resolve),
    /// A wallet asks for a rate.
    QuoteCreate(QuoteCreate),
    /// A wallet asks for permission to debit.
    Reserve(Reserve),
    /// A wallet has debited.
    Confirm(Confirm),
    /// A wallet gives up a permission.
    Fail(Fail),
    /// A push rail has credited money.
    CreditReceived(CreditReceived),
    /// The operator gives a credit that nobody claimed to a store.
    CreditAssign(CreditAssign),
    /// The operator sends a credit that nobody claimed back.
    CreditReturn(CreditReturn),
    /// A wallet said something of a payment.
    PaymentHeard(PaymentHeard),
    /// A wallet said something of a capture.
    CaptureHeard(CaptureHeard),
    /// A wallet said something of a refund.
    RefundHeard(RefundHeard),
    /// Time has passed.
    Tick {
        /// The clock is not trusted now: nothing expires, but inquiries go on.
        hold_expiries: bool,
    },
}

/// See [`Body::PaymentCreate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentCreate {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// The merchant's own number for the order.
    pub order_number: Text,
    /// Where.
    pub store: StoreId,
    /// How much.
    pub amount: Money,
    /// Who shows a code.
    pub present: Present,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// What the edge wants to find again with the payment: opaque here, never shown to a wallet.
    pub memo: Option<Text>,
}

/// See [`Body::PaymentRecall`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRecall {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
}

/// Who shows a code to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Present {
    /// The till shows a code for this order.
    Merchant {
        /// How long it is honoured.
        expires_in: Span,
    },
    /// The till scanned the payer's code.
    Consumer {
        /// The wallet that its digits lead to.
        wallet: WalletName,
        /// The code, for the wallet alone.
        code: PaymentCode,
        /// Its keyed hash in hex, kept to refuse reuse.
        code_hash: Text,
    },
    /// Nobody yet: the wallet is asked for an order, and the payer is given its link.
    Online {
        /// The wallet that the payer chose.
        wallet: WalletName,
        /// How long the order stays open.
        expires_in: Span,
    },
}

/// See [`Body::PaymentChoose`]. Needs no key: a wallet is chosen once, and a repeat changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentChoose {
    /// Which.
    pub payment: PaymentId,
    /// The wallet that the payer chose.
    pub wallet: WalletName,
}

/// See [`Body::PaymentCancel`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentCancel {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// Which.
    pub payment: PaymentId,
}

/// See [`Body::OrderCancel`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCancel {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// The merchant's own number for the order.
    pub order_number: Text,
    /// What becomes of money that it has brought already.
    pub if_paid: IfPaid,
}

/// What a cancelled order does to money that was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfPaid {
    /// It goes back.
    Refund,
    /// The order stands, and the caller hears that it is paid: for whoever may sell and may not
    /// give money back.
    Refuse,
}

/// See [`Body::PaymentCapture`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentCapture {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much, in the order's currency.
    pub amount: Money,
}

/// See [`Body::PaymentVoid`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentVoid {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// Of which payment.
    pub payment: PaymentId,
}

/// See [`Body::RefundCreate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundCreate {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much, in the order's currency.
    pub amount: Money,
    /// The merchant's own number for the refund, to find it by.
    pub number: Option<Text>,
    /// As [`PaymentCreate::memo`].
    pub memo: Option<Text>,
}

/// See [`Body::ClaimClose`]. It has no key: a claim is closed once, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimClose {
    /// Of which payment.
    pub payment: PaymentId,
    /// The stray receipt whose return was refused.
    pub stray: StrayId,
    /// What became of the money.
    pub end: ClaimEnd,
    /// Why, or by what transfer.
    pub note: Text,
}

/// See [`Body::Prefund`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefund {
    /// The caller's idempotency key.
    pub key: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// Whose money it is.
    pub wallet: WalletName,
    /// Which way it went.
    pub direction: Direction,
    /// How much.
    pub amount: Money,
    /// The bank's reference, or the operator's own words.
    pub reference: Text,
}

/// What a scanned code says, after the edge has read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// A shop's code: the four JPQR levels.
    Shop {
        /// `0000000000001-0001-000001-000001`.
        jpqr: Text,
    },
    /// A code that a till made for one order: the levels, and our payment id from 62.05.
    Order {
        /// `0000000000001-0001-000001-000001`.
        jpqr: Text,
        /// The payment that waits.
        payment: PaymentId,
    },
}

/// See [`Body::Resolve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolve {
    /// What was read.
    pub scanned: Scanned,
}

/// See [`Body::QuoteCreate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteCreate {
    /// What for.
    pub target: Target,
    /// Which side is fixed.
    pub fixed: Fixed,
}

/// See [`Body::Reserve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// The wallet's id for this one intent, for ever.
    pub wallet_payment_id: Text,
    /// Hash of the canonical request.
    pub hash: RequestHash,
    /// What for.
    pub target: Target,
    /// Our promise, when we convert.
    pub quote: Option<QuoteId>,
    /// What the merchant is to receive.
    pub amount: Money,
    /// Who pays, where the wallet says so. No part of what is asked for: a repeat may say another.
    pub payer: Option<PayerHash>,
}

/// See [`Body::Confirm`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// Which.
    pub payment: PaymentId,
    /// What the payer was debited.
    pub debited: Money,
    /// The rate as the wallet prints it, when it converts.
    pub rate: Option<Text>,
}

/// See [`Body::Fail`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fail {
    /// Which.
    pub payment: PaymentId,
    /// The wallet's word.
    pub reason: Text,
}

/// See [`Body::CreditReceived`]. Money has arrived: whatever it is for, it cannot be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditReceived {
    /// The rail's id of the transaction: one credit each, for ever.
    pub transaction: Text,
    /// What the rail names as the payee, as it wrote it.
    pub named: Text,
    /// Whom the edge read in it.
    pub payee: Payee,
    /// What we were credited.
    pub amount: Money,
    /// What the payer was debited, where the rail says so.
    pub payer: Option<Money>,
    /// What we shall receive, where the rail says so. Kept raw for reconciliation.
    pub settlement: Option<Money>,
    /// When, by the rail's clock.
    pub credited_at: Timestamp,
}

/// Whom a credit is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payee {
    /// A code that a till made for one order: our payment id.
    Payment(PaymentId),
    /// A shop's printed code: the four JPQR levels.
    Shop {
        /// `0000000000001-0001-000001-000001`.
        jpqr: Text,
    },
    /// A store by its id.
    Store(StoreId),
    /// Nothing that the edge can read.
    Unreadable,
}

/// See [`Body::CreditAssign`]. Needs no key: a credit is assigned once, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditAssign {
    /// Which.
    pub credit: CreditId,
    /// To whom.
    pub store: StoreId,
}

/// See [`Body::CreditReturn`]. Needs no key: a credit goes back once, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditReturn {
    /// Which.
    pub credit: CreditId,
}

/// See [`Body::PaymentHeard`]. The caller is the runtime for an answer, the wallet for a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentHeard {
    /// Of which payment.
    pub payment: PaymentId,
    /// In answer to what.
    pub question: Question,
    /// Which call; 0 for a notice.
    pub attempt: u32,
    /// What was said.
    pub answer: PaymentAnswer,
}

/// See [`Body::CaptureHeard`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureHeard {
    /// Of which payment.
    pub payment: PaymentId,
    /// Of which capture.
    pub capture: CaptureId,
    /// What was said.
    pub answer: CaptureAnswer,
}

/// See [`Body::RefundHeard`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundHeard {
    /// Of which payment; a notice may not know it.
    pub payment: Option<PaymentId>,
    /// Of which refund.
    pub refund: RefundId,
    /// What was said.
    pub answer: RefundAnswer,
}

/// Which queue a command waits in. What finishes running payments goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Answers, confirmations, cancels, refunds, time.
    Running,
    /// New work.
    New,
}

impl Body {
    /// Where it waits.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::PaymentCancel(_)
            | Self::OrderCancel(_)
            | Self::PaymentCapture(_)
            | Self::PaymentVoid(_)
            | Self::RefundCreate(_)
            | Self::ClaimClose(_)
            | Self::Prefund(_)
            | Self::Confirm(_)
            | Self::Fail(_)
            | Self::CreditReceived(_)
            | Self::CreditAssign(_)
            | Self::CreditReturn(_)
            | Self::PaymentHeard(_)
            | Self::CaptureHeard(_)
            | Self::RefundHeard(_)
            | Self::Tick { .. } => Lane::Running,
            Self::Directory(_)
            | Self::PaymentCreate(_)
            | Self::PaymentRecall(_)
            | Self::PaymentChoose(_)
            | Self::Resolve(_)
            | Self::QuoteCreate(_)
            | Self::Reserve(_) => Lane::New,
        }
    }
}
