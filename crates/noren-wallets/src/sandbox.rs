//! The common shape of a sandbox: a network in a box, told what arrives and what time it is.

use noren_core::time::{Span, Timestamp};

use crate::link::Link;
use crate::wire::{Request, Response, TransportError};

pub mod bank;
pub mod control;
pub mod notices;
pub mod scenario;
pub mod screen;
pub mod table;
#[cfg(test)]
mod tests;

/// What a sandbox is made from.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// The connection, seen from the network's end.
    pub link: Link,
    /// Ids, codes and nonces follow from it. Another one for each sandbox that begins empty:
    /// transaction ids are for ever.
    pub seed: u64,
    /// How long that takes which takes time; see [`crate::tempo::Tempo::pace`].
    pub pace: Span,
}

/// What becomes of a request that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Answer now.
    Respond(Response),
    /// Answer later.
    Late(Response, Span),
    /// Never answer; the caller's patience decides.
    Silence,
}

/// A message that the sandbox sends to the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Names this sending; comes back with its outcome.
    pub id: u64,
    /// Its target is a path below the switch's address, or a whole address that a client of the
    /// sandbox named (`http://…`).
    pub request: Request,
}

/// One record of the sandbox's durable state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// For instance `payment/pay_…`.
    pub key: String,
    /// JSON.
    pub value: String,
}

/// A network's behaviour, sans-IO, with durable state of its own.
///
/// The host's duty: after every `handle`, `tick` or `delivered`, commit `take_changes` first; only
/// then let the answer and `take_outgoing` leave. After a crash it builds the sandbox from its
/// records and goes on; what was under way is sent again when `wake_at` says so.
pub trait Sandbox: Send {
    /// The folder's name.
    fn name(&self) -> &'static str;

    /// A request arrived at the sandbox's address: the network's own API, or its control calls
    /// below `/sandbox/`.
    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered;

    /// When `tick` wants to be called.
    fn wake_at(&self) -> Option<Timestamp>;

    /// Time has passed.
    fn tick(&mut self, now: Timestamp);

    /// Messages to send now, each once.
    fn take_outgoing(&mut self) -> Vec<Outgoing>;

    /// What became of an outgoing message.
    fn delivered(&mut self, now: Timestamp, id: u64, response: Result<Response, TransportError>);

    /// Records that changed since the last call.
    fn take_changes(&mut self) -> Vec<Record>;
}
