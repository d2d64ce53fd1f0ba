//! Tests of the Noren wallet API.

mod answers;
mod hold;
mod scan;
mod signature;
