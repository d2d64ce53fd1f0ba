//! What a payment does, as tables. Each test is named after what it shows.

mod budget;
mod cancel;
mod caps;
mod captures;
mod choose;
mod claims;
mod cpm;
mod doubt;
mod fees;
mod fx;
mod holds;
mod idempotency;
mod limits;
mod matrix;
mod mpm;
mod orders;
mod push;
mod reading;
mod refunds;
mod refusals;
mod retirement;
mod settlement;
mod tenants;
mod undoing;
mod unknown;
mod withdrawals;
