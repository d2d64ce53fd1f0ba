//! The engine of Noren, sans-IO: it decides and touches nothing.
//!
//! [`engine::Engine::apply`] takes the time and a [`command::Command`] and gives back
//! [`effects::Effects`]: rows to commit, calls to make, one reply. The caller commits the rows
//! first; replies and calls leave only after that. There is no clock, no randomness, no socket,
//! no database, no floating point and no `async` in this crate; same state and same input give
//! the same output.

pub mod command;
pub mod credit;
pub mod day;
pub mod directory;
pub mod due;
pub mod effects;
pub mod engine;
#[cfg(feature = "faults")]
pub mod fault;
pub mod fee;
pub mod id;
pub mod iso4217;
pub mod keys;
pub mod ledger;
pub mod money;
pub mod movement;
pub mod payment;
pub mod quote;
pub mod rate;
pub mod refund;
pub mod refusal;
pub mod settlement;
pub mod stray;
pub mod tally;
pub mod time;
pub mod wallet;

/// Short shared text. Payments are cloned into every batch, so their texts are shared, not copied.
pub type Text = std::sync::Arc<str>;
