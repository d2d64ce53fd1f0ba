//! What a payment does, as tables. Each test is named after what it shows.

mod cancel;
mod cpm;
mod doubt;
mod idempotency;
mod mpm;
mod reading;
mod refunds;
mod refusals;
mod tenants;
