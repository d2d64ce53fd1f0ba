//! What people see: templates, words in five languages, styles and small scripts. A view goes in, the
//! text of a page comes out; who serves it, and what a payment is, stands elsewhere.
//!
//! | Module | What it does |
//! |---|---|
//! | [`language`] | the five languages, and which one a reader is given |
//! | [`words`] | every sentence, by key and language |
//! | [`amounts`] | money as the reader's language writes it |
//! | [`japan`], [`typed`] | shops' days and times, and what people type |
//! | [`page`] | what all pages share |
//! | [`till`] | the till: what its screens share, and the screens of a sale |
//! | [`problems`] | the list of problems, and a page for each |
//! | [`counter`] | the till around the sale: pairing, staff, the day, refunds, receipts |
//! | [`assets`] | styles, scripts and pictures, served under a name that changes with them |
//! | [`checkout`] | what a payer sees of an order, and of a shop's link |
//! | [`wallet`] | the phone of a payer |
//! | [`shop`] | the small web shop of a demo |
//! | [`start`] | the first page of a switch |

pub mod amounts;
pub mod assets;
pub mod checkout;
pub mod counter;
pub mod japan;
pub mod language;
pub mod page;
pub mod problems;
pub mod shop;
pub mod start;
pub mod till;
pub mod typed;
pub mod wallet;
pub mod words;

pub use askama::{Error as RenderError, Template};
pub use language::Language;
pub use page::Page;
