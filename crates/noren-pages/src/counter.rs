//! Everything at a till around the sale: pairing, who is there, the day's payments, refunds, the end
//! of the day, receipts, the printed code.

mod day;
mod entry;
mod payment;
mod receipt;

pub use day::{Close, Row, Said, Sum, Today, Tone};
pub use entry::{DemoShop, Fault, Notice, Pairing, Person, SignIn};
pub use payment::{PaymentPage, RefundRow, Refundable};
pub use receipt::{PosterPage, PublicReceipt, Receipt, Slip, TaxLine};
