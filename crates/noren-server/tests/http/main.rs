//! The server as its callers see it: over HTTP, with a real engine and a real store behind it.

mod auth;
mod caps;
mod checkout;
mod counter;
mod credits;
mod document;
mod doubt;
mod edges;
mod holds;
mod keys;
mod outgoing;
mod pairing;
mod payments;
mod people;
mod routes;
mod scans;
mod serving;
mod settlement;
mod shop_links;
mod staff;
mod streams;
mod till_screens;
mod tills;
mod wallet_api;
mod web_orders;
mod world;
