//! Tests of the Noren wallet API.

mod answers;
mod scan;
mod signature;
