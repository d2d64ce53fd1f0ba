//! The network in a test tube.
//!
//! - [`scenario`]: tables that say what happens and what comes of it, for the tests of payments.
//! - [`audit`]: a second, simpler model that sees only commits, messages and replies.
//! - [`world`]: engine, store model, sandboxes, tills and a bad network, all from one seed.
//! - [`report`]: runs and their tables; [`shrink`]: a failing run made small.
//! - [`coverage`]: which statements met which states.
//! - [`pair`]: the switch and one network, for the matrix of networks.
//! - [`model`]: every state of one payment, breadth first.
//!
//! A failing seed is repeated with `cargo run --release -- sim --start SEED --seeds 1`.

pub mod audit;
pub mod coverage;
pub mod directory;
pub mod model;
pub mod pair;
pub mod report;
pub mod rng;
pub mod scenario;
pub mod shrink;
mod tallies;
pub mod world;

pub use report::{Report, Summary, Violation, run};
pub use world::Options;
