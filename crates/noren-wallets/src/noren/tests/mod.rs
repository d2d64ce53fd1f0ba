//! Tests of the Noren wallet API.

mod answers;
mod hold;
mod order;
mod scan;
mod signature;
