//! The server as its callers see it: over HTTP, with a real engine and a real store behind it.

mod auth;
mod document;
mod edges;
mod outgoing;
mod payments;
mod routes;
mod serving;
mod wallet_api;
mod world;
