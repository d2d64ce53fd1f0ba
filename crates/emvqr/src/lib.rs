//! Payment codes as text: what merchants print and payers' phones show, read, checked and
//! written.
//!
//! Knows nothing of payments, time, networks or images: text in, values out.
//! `no_std` with `alloc`, no dependency, no `unsafe`; reading an ordinary code allocates nothing.
//!
//! | Module | What it does |
//! |---|---|
//! | [`scan`] | the one entry: says what any scanned text is |
//! | [`mpm`] | codes that a merchant shows (EMVCo MPM 1.1), with a module for each country |
//! | [`cpm`] | codes that a payer shows as a QR symbol (EMVCo CPM 1.1, and JPQR's form) |
//! | [`payment_code`] | which wallet issued the digits that a payer shows |
//! | [`link`] | links of wallets, and of India's UPI |
//! | [`finding`] | what is wrong with a code, where, and what to do about it |
//! | [`tlv`], [`crc`] | the two layers below |
//!
//! # Limits
//!
//! Any input is safe to read. A payload over [`mpm::PAYLOAD_CHARACTERS_MAX`] code points
//! is refused before it is looked at; since an object takes four characters or more, that
//! also bounds objects, findings and work (a few passes over the text). [`cpm`], [`link`] and
//! [`payment_code`] state their own.
//!
//! ```
//! use emvqr::mpm::{self, jpqr};
//!
//! let text = "00020101021126680019jp.or.paymentsjapan0113000000000000102040001\
//!             030600000104060000015204581253033925802JP5914SAKURA SHOKUDO6005KYOTO\
//!             6107600821664150002JA0105さくら食堂630460EC";
//!
//! let code = mpm::read(text).unwrap();
//! assert_eq!(code.merchant_name(), Some("SAKURA SHOKUDO"));
//! assert_eq!(code.amount(), None); // static: the payer types the amount
//!
//! let code = jpqr::read(text).unwrap();
//! assert_eq!(code.id.to_string(), "0000000000001-0001-000001-000001");
//! assert_eq!(code.name_ja, "さくら食堂");
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod cpm;
pub mod crc;
pub mod finding;
pub mod link;
pub mod mpm;
pub mod payment_code;
pub mod scan;
mod short;
mod text;
pub mod tlv;

// The README's examples run with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
