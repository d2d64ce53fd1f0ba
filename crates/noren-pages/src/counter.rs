//! Everything at a till around the sale: pairing, who is there, the day's payments, refunds, the end
//! of the day, receipts, the printed code.

mod entry;

pub use entry::{DemoShop, Fault, Notice, Pairing, Person, SignIn};
