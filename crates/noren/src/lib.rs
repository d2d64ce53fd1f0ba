//! The parts of the `noren` binary. Public for the binary and its tests, not as an interface.
#![allow(missing_docs)]

pub mod bench;
pub mod cast;
pub mod client;
pub mod counter;
pub mod day;
pub mod demo;
pub mod folder;
pub mod ledger;
pub mod output;
pub mod payments;
pub mod phone;
pub mod play;
pub mod qr;
pub mod sandbox_host;
pub mod sandboxes;
pub mod serve;
pub mod shop;
pub mod sim;
pub mod tills;
