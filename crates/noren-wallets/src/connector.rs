//! The common shape of a connector: calls in, messages out; messages in, answers out.

use noren_core::command::Body;
use noren_core::id::WalletName;
use noren_core::time::Timestamp;
use noren_core::wallet::{Ask, Call, PaymentAnswer, RefundAnswer, Unknown};

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
    /// To pay, inquire or cancel.
    Payment(PaymentAnswer),
    /// To refund or inquire of a refund.
    Refund(RefundAnswer),
}

/// What a message that a network sent us says, and what to answer it.
#[derive(Clone, Debug)]
pub struct Notified {
    /// To be applied first; the answer leaves only after the commit.
    pub command: Body,
    /// The signed acknowledgement, for when the command was applied.
    pub acknowledge: Response,
}

/// One network's translator. It judges nothing and keeps nothing.
pub trait Connector: Send + Sync {
    /// The folder's name.
    fn name(&self) -> WalletName;

    /// The message for a call.
    fn request(&self, call: &Call, env: Env) -> Request;

    /// What the answer to `request`, made for `call`, means. Whatever is not understood, not
    /// signed, or not listed is unknown, never a decline.
    fn answer(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
    ) -> Heard;

    /// What a message that came to this network's callback address says. `Err` is the answer to
    /// give when it is not to be believed (signature, form); nothing is applied then.
    fn notified(&self, request: &Request, env: Env) -> Result<Notified, Response>;
}

/// An answer of the kind that `ask` wants: nothing that can be trusted was said.
pub(crate) fn heard_unknown(ask: &Ask, why: Unknown) -> Heard {
    match ask {
        Ask::Pay(_) | Ask::Inquire { .. } | Ask::Cancel { .. } => {
            Heard::Payment(PaymentAnswer::Unknown(why))
        }
        Ask::Refund(_) | Ask::InquireRefund(_) => Heard::Refund(RefundAnswer::Unknown(why)),
    }
}

/// What it means that there is no response. A connection that broke may have carried the request.
pub(crate) fn unheard(ask: &Ask, error: TransportError) -> Heard {
    match (error, ask) {
        (TransportError::NotSent, Ask::Pay(_) | Ask::Inquire { .. } | Ask::Cancel { .. }) => {
            Heard::Payment(PaymentAnswer::NotSent)
        }
        (TransportError::NotSent, Ask::Refund(_) | Ask::InquireRefund(_)) => {
            Heard::Refund(RefundAnswer::NotSent)
        }
        (TransportError::TimedOut | TransportError::Broken, ask) => {
            heard_unknown(ask, Unknown::TimedOut)
        }
    }
}
