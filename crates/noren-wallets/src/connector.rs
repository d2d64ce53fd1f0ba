//! The common shape of a connector: calls in, messages out; messages in, answers out.

use std::sync::Arc;

use noren_core::command::{Body, CaptureHeard, PaymentHeard, RefundHeard};
use noren_core::directory::Shop;
use noren_core::id::{PaymentId, WalletName};
use noren_core::payment::Payment;
use noren_core::refusal::Refusal;
use noren_core::time::{BusinessDate, Timestamp};
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, PaymentAnswer, Question, RefundAnswer, RefundAsk, RefundReceipt,
    Unknown,
};

use crate::statement::{StatementError, StatementStep};
use crate::wire::{Request, Response, TransportError};

/// What a message needs that the core does not have.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// Wall-clock time of sending.
    pub now: Timestamp,
    /// Fresh random bits.
    pub nonce: u128,
}

/// What a wallet said in answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// To pay, authorise, order, inquire, cancel or void.
    Payment(PaymentAnswer),
    /// To capture or inquire of a capture.
    Capture(CaptureAnswer),
    /// To refund or inquire of a refund.
    Refund(RefundAnswer),
}

/// What follows from a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The call is answered.
    Heard(Heard),
    /// The network wants one more message before it can be answered: its own id has to be looked up
    /// first, or an order that its user has approved must still be confirmed. It leaves before the
    /// call's `send_by` or not at all; a call that is cut off between two messages is asked again as
    /// a whole.
    Then(Request),
}

/// A call takes so many messages at most; a connector that wants more has lost its way.
pub const STEPS_MAX: usize = 4;

impl From<Heard> for Step {
    fn from(heard: Heard) -> Self {
        Self::Heard(heard)
    }
}

/// What a message that a network sent us says, and what to answer it.
#[derive(Clone, Debug)]
pub struct Notified {
    /// To be applied first; the answer leaves only after the commit.
    pub command: Body,
    /// The signed acknowledgement, for when the command was applied.
    pub acknowledge: Response,
}

/// A code of ours that a network's user has scanned, as the network asks about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAsked {
    /// As scanned.
    pub code: String,
    /// Who scanned it, where the network says so.
    pub payer: Option<String>,
}

/// What a network may debit its user for a code of ours.
#[derive(Clone, Debug)]
pub struct Permitted {
    /// The payment, as it is now.
    pub payment: Arc<Payment>,
    /// Who is paid.
    pub shop: Shop,
    /// No debit may begin after this.
    pub until: Timestamp,
}

/// One network's translator. It judges nothing and keeps nothing.
pub trait Connector: Send + Sync {
    /// The folder's name.
    fn name(&self) -> WalletName;

    /// The (first) message for a call.
    fn request(&self, call: &Call, env: Env) -> Request;

    /// What the answer to `request`, made for `call`, means, or what to send next. Whatever is not
    /// understood, not signed, or not listed is unknown, never a decline.
    fn answer(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
        env: Env,
    ) -> Step;

    /// What a message that came to this network's callback address says. `Err` is the answer to
    /// give when it is not to be believed (signature, form); nothing is applied then.
    fn notified(&self, request: &Request, env: Env) -> Result<Notified, Response>;

    /// What a message that came to this network's callback address asks about a code of ours that
    /// its user has scanned. `None`: it asks nothing of the kind, see [`Self::notified`]. `Err` is
    /// the answer to give when it is not to be believed.
    fn code_asked(&self, request: &Request, env: Env) -> Option<Result<CodeAsked, Response>> {
        let _ = (request, env);
        None
    }

    /// The answer to such a message: what may be debited, or why nothing may.
    fn code_answer(
        &self,
        request: &Request,
        permission: Result<&Permitted, &Refusal>,
        env: Env,
    ) -> Response {
        let _ = (request, permission, env);
        Response { status: 404, headers: Vec::new(), body: Vec::new() }
    }

    /// The message that asks for the file of a business day; `None`: the network has none.
    fn statement_request(&self, date: BusinessDate, env: Env) -> Option<Request> {
        let _ = (date, env);
        None
    }

    /// What the answer to `request`, made for the file of that day, says: the file itself, or where
    /// it lies.
    fn statement(
        &self,
        date: BusinessDate,
        request: &Request,
        response: Result<&Response, TransportError>,
        env: Env,
    ) -> Result<StatementStep, StatementError> {
        let _ = (date, request, response, env);
        Err(StatementError::NotOffered)
    }
}

impl Heard {
    /// An answer of the kind that `ask` wants: nothing that can be trusted was said.
    pub fn unknown(ask: &Ask, why: Unknown) -> Self {
        match ask {
            Ask::Pay(_)
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Inquire { .. }
            | Ask::Cancel { .. }
            | Ask::Void { .. } => Self::Payment(PaymentAnswer::Unknown(why)),
            Ask::Capture(_) | Ask::InquireCapture(_) => Self::Capture(CaptureAnswer::Unknown(why)),
            Ask::Refund(_) | Ask::CancelRefund(_) | Ask::InquireRefund(_) => {
                Self::Refund(RefundAnswer::Unknown(why))
            }
        }
    }

    /// An answer of the kind that `ask` wants: not a byte left.
    pub fn not_sent(ask: &Ask) -> Self {
        match Self::unknown(ask, Unknown::TimedOut) {
            Self::Payment(_) => Self::Payment(PaymentAnswer::NotSent),
            Self::Capture(_) => Self::Capture(CaptureAnswer::NotSent),
            Self::Refund(_) => Self::Refund(RefundAnswer::NotSent),
        }
    }

    /// The command that carries this answer to `call` home. A connector that answers another
    /// question than was asked has answered none.
    pub fn into_command(self, call: &Call) -> Body {
        let muddled = Unknown::Unreadable;
        match (&call.ask, self) {
            (Ask::Capture(ask) | Ask::InquireCapture(ask), heard) => {
                let answer = match heard {
                    Self::Capture(answer) => answer,
                    Self::Payment(_) | Self::Refund(_) => CaptureAnswer::Unknown(muddled),
                };
                let payment = asked_of(call);
                Body::CaptureHeard(CaptureHeard { payment, capture: ask.capture, answer })
            }
            (Ask::Refund(ask) | Ask::CancelRefund(ask) | Ask::InquireRefund(ask), heard) => {
                let answer = match heard {
                    Self::Refund(answer) => answer,
                    Self::Payment(_) | Self::Capture(_) => RefundAnswer::Unknown(muddled),
                };
                let payment = call.payment();
                Body::RefundHeard(RefundHeard { payment, refund: ask.refund, answer })
            }
            (ask, heard) => {
                let answer = match heard {
                    Self::Payment(answer) => answer,
                    Self::Capture(_) | Self::Refund(_) => PaymentAnswer::Unknown(muddled),
                };
                let (payment, question) = (asked_of(call), question(ask));
                let attempt = call.attempt;
                Body::PaymentHeard(PaymentHeard { payment, question, attempt, answer })
            }
        }
    }
}

/// The payment of a call that is no refund.
pub(crate) fn asked_of(call: &Call) -> PaymentId {
    call.payment().expect("of a credit that belongs to no payment only refunds are asked for")
}

/// Which question of a payment a call asks.
fn question(ask: &Ask) -> Question {
    match ask {
        Ask::Pay(_) | Ask::Authorise(_) => Question::Pay,
        Ask::CreateOrder(_) => Question::Order,
        Ask::Inquire { .. } => Question::Inquiry,
        Ask::Cancel { .. } => Question::Cancel,
        Ask::Void { .. } => Question::Void,
        Ask::Capture(_)
        | Ask::InquireCapture(_)
        | Ask::Refund(_)
        | Ask::CancelRefund(_)
        | Ask::InquireRefund(_) => Question::Notice,
    }
}

/// What the answer to a cancel says of the refund that it carries out.
pub(crate) fn refund_by_cancel(ask: &RefundAsk, answer: PaymentAnswer) -> RefundAnswer {
    match answer {
        PaymentAnswer::Cancelled => RefundAnswer::Refunded(RefundReceipt {
            amount: ask.amount,
            payer: ask.payer,
            settlement: None,
        }),
        PaymentAnswer::TooLate { .. } => RefundAnswer::TooLate,
        PaymentAnswer::Pending => RefundAnswer::Processing,
        PaymentAnswer::NotSent => RefundAnswer::NotSent,
        PaymentAnswer::Unknown(why) => RefundAnswer::Unknown(why),
        // No answer to a cancel.
        PaymentAnswer::Paid(_)
        | PaymentAnswer::Authorised(_)
        | PaymentAnswer::Ordered { .. }
        | PaymentAnswer::Declined(_)
        | PaymentAnswer::Blocked
        | PaymentAnswer::NotFound => RefundAnswer::Unknown(Unknown::UnlistedCode),
    }
}

/// What it means that there is no response. A connection that broke may have carried the request.
pub(crate) fn unheard(ask: &Ask, error: TransportError) -> Heard {
    match error {
        TransportError::NotSent => Heard::not_sent(ask),
        TransportError::TimedOut | TransportError::Broken => Heard::unknown(ask, Unknown::TimedOut),
    }
}
