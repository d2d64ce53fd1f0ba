//! Payment codes as pictures: QR symbols and Code 128 bar codes as SVG and PNG, counter
//! posters in five languages, and the way back from a PNG to the text.
//!
//! Knows nothing of payments, files or networks: text in, bytes out. What the text means is
//! for the `emvqr` crate.
//!
//! | Item | What it does |
//! |---|---|
//! | [`Symbol`] | a QR symbol: byte mode, UTF-8 designator where it is needed |
//! | [`BarCode`] | the digits of a payment code as Code 128 |
//! | [`Length`], [`Dpi`] | sizes on paper, and what a printer makes of them |
//! | [`poster`] | a counter poster, A4, A5 or sticker |
//! | [`read`] | the codes in a PNG |
#![forbid(unsafe_code)]

mod bar_code;
mod bitmap;
mod code128;
mod length;
pub mod poster;
pub mod read;
mod svg;
mod symbol;

pub use bar_code::{BarCode, BarCodeError, DIGITS_MAX, Digits};
pub use bitmap::Png;
pub use length::{
    Dpi, Length, MODULE_DOTS_MIN, MODULE_MIN, NotADpi, NotALength, PIXELS_MAX, SizeError,
};
pub use symbol::{Level, QUIET_MODULES, Symbol, SymbolError};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
