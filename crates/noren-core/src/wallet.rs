//! What we ask of a wallet, what a wallet can say, and the wallet's rules as data.
//!
//! A connector translates between these types and one network's messages. It may only say what
//! the network said: there is no way to turn silence into a [`Decline`].

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::directory::Shop;
use crate::id::{About, CaptureId, OrderId, PaymentId, RefundId, WalletName};
use crate::money::{Currency, Money};
use crate::time::{Span, Timestamp};

/// Who converts between the payer's currency and the order's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FxBy {
    /// We do, by a [`crate::quote::Quote`]; the wallet owes us the payer's currency.
    Switch,
    /// The wallet does; it owes us the order's currency and tells us its amounts.
    Wallet,
}

/// One wallet's rules as data: who converts, and what is mandated on silence.
///
/// Source of the members and their defaults: `wallets/noren` facts, section 4, and the table of
/// required reactions in the `wallets` facts. Spans are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Who converts.
    pub fx_by: FxBy,
    /// What the wallet owes us in: the payer's currency when we convert, else the order's.
    pub currency: Currency,
    /// Our mark-up over the mid rate, in hundredths of a percent. Only with `fx_by: switch`.
    pub markup_bps: u16,
    /// How long a quote binds us.
    pub quote_valid_for: Span,
    /// How long a wallet that reserved may debit (payer scans the shop's code).
    pub confirm_within: Span,
    /// A call that has not left by then is dropped and treated as sent.
    pub send_within: Span,
    /// No request is cancelled or repeated before `send_within` and this margin have passed: the
    /// time that connecting may take. (A scan's debit has its own limit, `confirm_within`.)
    pub send_margin: Span,
    /// First inquiry, counted from the request (or from the end of `confirm_within`).
    pub first_inquiry_after: Span,
    /// Time between inquiries.
    pub inquiry_every: Span,
    /// After so many inquiries without a definite answer we cancel.
    pub inquiry_max: u32,
    /// Inquiries that the wallet is sent in a second, of all kinds and for all payments together.
    /// More may be due: after an outage or a start they wait their turn.
    #[serde(default = "inquiry_budget_default")]
    pub inquiry_budget_per_second: NonZeroU32,
    /// An unanswered cancel is repeated so often, for ever.
    pub cancel_every: Span,
    /// A refund in doubt is inquired of, and one without funds repeated, so often.
    pub refund_every: Span,
    /// How long the transport waits for the answer to a payment request.
    pub read_timeout_pay: Span,
    /// How long the transport waits for any other answer.
    pub read_timeout_other: Span,
    /// Minutes ahead of UTC of the zone in which the wallet cuts its business day.
    pub business_day_offset_minutes: i16,
    /// If the wallet holds money for a later capture, and on what terms.
    #[serde(default)]
    pub holds: Option<HoldRules>,
    /// If the wallet makes orders for shops on the web.
    #[serde(default)]
    pub orders: bool,
    /// No cancel before this span after the request.
    #[serde(default = "no_span")]
    pub cancel_not_before: Span,
    /// Until when what was paid can be cancelled as a whole, as if it had never been: minutes after
    /// the midnight that ends the wallet's business day of the request. `None`: only a refund
    /// undoes it.
    #[serde(default)]
    pub cancel_until: Option<u16>,
    /// "There is no such order" proves that there is none, and never will be, once this span has
    /// passed since the request can last have left. `None`: it never proves anything.
    #[serde(default)]
    pub not_found_is_proof_after: Option<Span>,
    /// How many days after the request the wallet still gives money back. `None`: for ever.
    #[serde(default)]
    pub refund_until_days: Option<u16>,
    /// How many refunds of one payment the wallet makes. `None`: as many as are asked for.
    #[serde(default)]
    pub refunds_max: Option<u16>,
    /// If a refund has a key of ours, so that it can be sent again. Without one, one refund of a
    /// payment is under way at a time, and it is never sent twice.
    #[serde(default = "yes")]
    pub refund_key: bool,
    /// The network is a push rail: its payers send the money by themselves, and it is never asked
    /// to pay. On these terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<PushRules>,
    /// Largest single payment, in minor units of what the wallet owes us in (`currency`). `None`:
    /// as large as the shop takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_max: Option<i64>,
}

/// On what terms a push rail credits. Source: `wallets/national-rails` facts, section 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushRules {
    /// If money can be sent back by message, as a new transfer or by a refund call.
    pub returns: bool,
}

impl Profile {
    /// If the network gives money back by message.
    pub fn returns(&self) -> bool {
        self.push.is_none_or(|push| push.returns)
    }
}

impl Profile {
    /// For a request that is made now: when it must have left, and from when on it may be
    /// cancelled without being overtaken.
    pub(crate) fn leaving(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let send_by = now.after(self.send_within);
        let safe = send_by.after(self.send_margin);
        (send_by, safe.max(now.after(self.cancel_not_before)))
    }
}

fn no_span() -> Span {
    Span(0)
}

fn yes() -> bool {
    true
}

/// Source: `wallets/noren` facts, section 4. A function, because serde takes no constant.
const fn inquiry_budget_default() -> NonZeroU32 {
    INQUIRY_BUDGET_DEFAULT
}

/// Inquiries a second of a wallet whose profile says nothing else.
pub const INQUIRY_BUDGET_DEFAULT: NonZeroU32 = NonZeroU32::new(50).expect("50 is above zero");

/// On what terms a wallet holds money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldRules {
    /// How many captures one hold allows.
    pub captures: HoldCaptures,
    /// How long the wallet holds, counted from our request.
    pub lifetime: Span,
}

/// How many captures one hold allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCaptures {
    /// One, of any part; the rest is released with it.
    One,
    /// Several, up to the held amount.
    Several,
}

/// A payer's one-time payment code as scanned. Passes through to the wallet and is never stored:
/// rows keep a keyed hash of it, enough to refuse its reuse.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentCode(Text);

impl PaymentCode {
    /// Keeps a scanned code for the one call that needs it.
    pub fn new(code: &str) -> Self {
        Self(code.into())
    }

    /// The code itself, for the connector's message only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PaymentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentCode(..)")
    }
}

/// A request that must go to a wallet. It exists only after its intent was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Whom to ask.
    pub wallet: WalletName,
    /// What it is about. Of a credit that belongs to no payment only refunds are asked for.
    pub about: About,
    /// Counts the calls of one payment; comes back with the answer, so that an answer to an old
    /// question is not mistaken for the answer to a new one.
    pub attempt: u32,
    /// Not to leave after this instant (engine time). Whoever takes over treats it as sent.
    pub send_by: Timestamp,
    /// What to ask.
    pub ask: Ask,
}

impl Call {
    /// The payment that it is about; `None` for the return of a credit that belongs to none.
    pub const fn payment(&self) -> Option<PaymentId> {
        match self.about {
            About::Payment(payment) => Some(payment),
            About::Credit(_) => None,
        }
    }
}

/// How the wallet knows the payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reference {
    /// We asked for it: by our payment id, which is our request id towards the wallet.
    Request,
    /// We asked for an order, and the wallet gave it a name of its own, by which it wants to be
    /// asked from then on; our payment id is its request id all the same.
    Order {
        /// The wallet's name for the order.
        handle: Text,
    },
    /// The wallet's user scanned our code: by the wallet's own id.
    Scan {
        /// The wallet's id for this one intent.
        wallet_payment_id: Text,
    },
    /// A push rail credited it: by the rail's id of the transaction.
    Credit {
        /// The rail's id of the transaction.
        transaction: Text,
        /// What the rail named as the payee, as it wrote it.
        named: Text,
    },
}

/// The questions that a connector can put to a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Pay now with the payer's code.
    Pay(Box<PayAsk>),
    /// Hold the money, with the payer's code.
    Authorise(Box<PayAsk>),
    /// Make an order that a payer can pay by a link or a code of the wallet's. Repeated with the
    /// same request id until the wallet has answered: there is one order a request.
    CreateOrder(Box<OrderAsk>),
    /// What became of the payment?
    Inquire {
        /// How the wallet knows it.
        reference: Reference,
    },
    /// Let this payment not stand, whatever its state. Whole amount.
    Cancel {
        /// How the wallet knows it.
        reference: Reference,
    },
    /// Take a part of what is held. Repeated with the same id, never with a new one.
    Capture(CaptureAsk),
    /// What became of the capture?
    InquireCapture(CaptureAsk),
    /// Release what is held and not captured. Repeated until it is answered.
    Void {
        /// How the wallet knows the payment.
        reference: Reference,
    },
    /// Give money back. Repeated with the same id, never with a new one.
    Refund(RefundAsk),
    /// Give all of it back by cancelling the payment, while the wallet's window is open. Repeated
    /// until it is answered.
    CancelRefund(RefundAsk),
    /// What became of the refund?
    InquireRefund(RefundAsk),
}

/// All that a payment request can need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayAsk {
    /// The order it pays.
    pub order: OrderId,
    /// The merchant's own number for the order.
    pub order_number: Text,
    /// What the merchant wants.
    pub amount: Money,
    /// What the payer is to be debited, when we convert.
    pub payer: Option<Money>,
    /// The scanned code.
    pub code: PaymentCode,
    /// Who is paid.
    pub shop: Shop,
    /// When the till sent it.
    pub at: Timestamp,
}

/// All that an order for a shop on the web can need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAsk {
    /// The order that it is.
    pub order: OrderId,
    /// The merchant's own number for the order.
    pub order_number: Text,
    /// What the merchant wants.
    pub amount: Money,
    /// What the payer is to be debited, when we convert.
    pub payer: Option<Money>,
    /// If the money is to be held only.
    pub hold: bool,
    /// Who is paid.
    pub shop: Shop,
    /// The wallet need not honour the order from then on. We close it all the same.
    pub expires_at: Timestamp,
}

/// All that a capture request can need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureAsk {
    /// Our id of the capture, its key for ever.
    pub capture: CaptureId,
    /// How the wallet knows the payment.
    pub reference: Reference,
    /// In the order's currency.
    pub amount: Money,
    /// In the payer's currency, when we convert.
    pub payer: Option<Money>,
}

/// All that a refund request can need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAsk {
    /// Our id of the refund, its key for ever.
    pub refund: RefundId,
    /// How the wallet knows the payment.
    pub reference: Reference,
    /// In the order's currency.
    pub amount: Money,
    /// In the payer's currency, when we convert.
    pub payer: Option<Money>,
    /// What the wallet confirmed as given back of the payment before this one, in the order's
    /// currency. Where a refund has no key it is the only one under way, so the sum that a network
    /// says it gave back tells if this one is in it.
    pub before: Money,
}

/// Which question an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// The answer to [`Ask::Pay`] or [`Ask::Authorise`].
    Pay,
    /// The answer to [`Ask::CreateOrder`].
    Order,
    /// The answer to [`Ask::Inquire`].
    Inquiry,
    /// The answer to [`Ask::Cancel`].
    Cancel,
    /// The answer to [`Ask::Void`].
    Void,
    /// Nobody asked: a signed notification.
    Notice,
}

/// What a wallet said of a payment, translated but not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum PaymentAnswer {
    /// A documented success, signature good. Amounts are the wallet's words.
    Paid(Receipt),
    /// The amount is held and can be captured. No money has moved.
    Authorised(Receipt),
    /// The order is made; the payer opens this link, or is shown it as a code.
    Ordered {
        /// A link or the text of a code, as the wallet wrote it.
        link: Text,
        /// The wallet's own name for the order, where it wants to be asked by that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handle: Option<Text>,
    },
    /// A documented, definite no.
    Declined(Decline),
    /// The user is acting or the network works.
    Pending,
    /// The wallet does not know the order. Proof of nothing until its settling time has passed.
    NotFound,
    /// The order is closed, nothing is held, and beside confirmed captures no money stands.
    Cancelled,
    /// The payer's money is frozen by the wallet's side, for good: not paid, not returned.
    Blocked,
    /// The cancel or void is refused because the payment stands or the window is over.
    TooLate {
        /// The payment that stands, when the refusal names it.
        receipt: Option<Receipt>,
    },
    /// Refused before a byte was sent: name, connection or TLS failed.
    NotSent,
    /// No trustworthy answer. The payment stays in doubt.
    Unknown(Unknown),
}

impl PaymentAnswer {
    /// The receipt that it carries, if any.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Paid(receipt) | Self::Authorised(receipt) => Some(receipt),
            Self::TooLate { receipt } => receipt.as_ref(),
            Self::Ordered { .. }
            | Self::Declined(_)
            | Self::Pending
            | Self::NotFound
            | Self::Cancelled
            | Self::Blocked
            | Self::NotSent
            | Self::Unknown(_) => None,
        }
    }
}

/// What a wallet said of a capture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum CaptureAnswer {
    /// The money was taken. Amounts are the wallet's words.
    Captured(Receipt),
    /// A documented, definite no: of this capture nothing was taken.
    Declined(Decline),
    /// The network works.
    Processing,
    /// The wallet does not know this capture: send it again with the same id.
    NotFound,
    /// Refused before a byte was sent.
    NotSent,
    /// No trustworthy answer.
    Unknown(Unknown),
}

/// What a wallet said of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum RefundAnswer {
    /// The money went back.
    Refunded(RefundReceipt),
    /// A documented, definite no.
    Declined(Decline),
    /// The incoming pool is too small now; ask again later with the same id.
    NoFunds,
    /// The cancel that was to carry it out is refused: the window is over, or the payment stands.
    TooLate,
    /// The network works.
    Processing,
    /// The wallet does not know this refund: send it again with the same id.
    NotFound,
    /// Refused before a byte was sent.
    NotSent,
    /// No trustworthy answer.
    Unknown(Unknown),
}

/// The wallet's statement that the payer was debited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The wallet's id of the transaction: one receipt per id, for ever.
    pub transaction: Text,
    /// What was paid, in the order's currency. Of a payment for which we converted, a network may
    /// name it in the payer's: the engine puts the order's amount in its place.
    pub amount: Money,
    /// What the payer was debited, where the wallet says so.
    pub payer: Option<Money>,
    /// The rate as the wallet printed it. Never computed with.
    pub rate: Option<Text>,
    /// What we shall receive, where the wallet says so. Kept raw for reconciliation.
    pub settlement: Option<Money>,
}

/// The wallet's statement that money went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundReceipt {
    /// What was given back, in the order's currency.
    pub amount: Money,
    /// What the payer got, where the wallet says so.
    pub payer: Option<Money>,
    /// What we shall pay, where the wallet says so.
    pub settlement: Option<Money>,
}

/// Proof of a definite no. Made only by a connector that read one, from the code it read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    reason: DeclineReason,
    code: Text,
}

impl Decline {
    /// For connectors: `code` is the network's own word, found in its documented table of
    /// definite refusals.
    pub fn read(reason: DeclineReason, code: &str) -> Self {
        Self { reason, code: code.into() }
    }

    /// Why, in our words.
    pub fn reason(&self) -> DeclineReason {
        self.reason
    }

    /// Why, in the network's word.
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// Why a wallet said no, so that a till can say what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The payer's balance or limit does not allow it.
    Funds,
    /// The payer's code is expired, used or not the wallet's: show a new one.
    Code,
    /// The payer's account is closed, blocked or not verified.
    Payer,
    /// The payer or the wallet gave up.
    GaveUp,
    /// The network refuses the shop or its contract.
    Shop,
    /// Risk or regulation.
    Risk,
    /// The refund is not possible: window over, amount exceeded.
    Refund,
    /// A definite no of another kind.
    Other,
}

/// Why there was no trustworthy answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// No answer in time, or the connection broke after bytes had left.
    TimedOut,
    /// The transport answered with an error of its own (HTTP 5xx and the like).
    Transport,
    /// The answer cannot be read.
    Unreadable,
    /// The answer is not signed, or wrongly.
    BadSignature,
    /// The answer carries a code that the connector's table does not have.
    UnlistedCode,
    /// The wallet itself says that it does not know.
    SaidUnknown,
    /// The call waited past its `send_by` and was dropped; it is treated as sent.
    Dropped,
}

impl Unknown {
    /// True when somebody should look: the wallet broke its own protocol.
    pub const fn alarming(self) -> bool {
        match self {
            Self::Unreadable | Self::BadSignature | Self::UnlistedCode => true,
            Self::TimedOut | Self::Transport | Self::SaidUnknown | Self::Dropped => false,
        }
    }
}
