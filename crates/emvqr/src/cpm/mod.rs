//! Codes that a payer shows as a QR symbol (EMVCo QR Code Specification, Consumer-Presented
//! Mode 1.1, and the JPQR form of it): base64 of BER-TLV.
//!
//! [`read`] reads both forms; [`Cpm::content`] says which it is. Refused is what nobody can pay
//! by: a text that is not base64, a broken split, another version, no application or account,
//! an object repeated where it must not be. Every other breach is a warning, and what nobody
//! knows is kept.
//!
//! ```
//! use emvqr::cpm::{self, Content};
//!
//! // Example 1 of EMVCo's text.
//! let text = "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=";
//! assert!(cpm::looks_like(text));
//! let code = cpm::read(text).unwrap();
//! assert!(code.findings().is_empty());
//! let Content::Emv(emv) = code.content() else { panic!("not of EMVCo's form") };
//!
//! // The till takes this scheme; all of its products begin so.
//! let aid = [0xA0, 0x00, 0x00, 0x00, 0x55];
//! let application = emv.applications().find(|found| found.matches(&aid)).unwrap();
//! let track2 = application.track2().unwrap();
//! assert_eq!((track2.expiry(), track2.service_code()), ("1912", "201"));
//! assert_eq!(track2.pan().digits(), "1234567890123458");
//! // Card data is shown only when asked for.
//! assert_eq!(format!("{track2:?}"), "Track2(28 digits)");
//!
//! let refused = cpm::read("hQVDUFYwMQ==").unwrap_err();
//! assert_eq!(refused.findings()[0].code(), "cpm:application_template_missing");
//! ```
//!
//! # Limits
//!
//! A text of more than [`TEXT_CHARACTERS_MAX`] characters is refused before it is looked at.
//! An object takes two bytes or more, so a code has at most 1,536 of them; findings name a tag
//! once. The reader itself opens templates 61 and 62 only. Text of up to 512 characters, which
//! every reader must take, is read without allocating unless the code is refused.
//!
//! # Not verified
//!
//! The guideline for the JPQR form was not at hand: allowed lengths, check digits and what the
//! free area holds come from one public library (`qr` facts, sections 3.2 and 7).

mod application;
mod base64;
pub mod ber;
mod build;
mod emv;
mod fields;
mod jpqr;
mod read;
mod tag;
pub mod tags;
mod track2;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use self::base64::Ending;
use self::ber::Objects;
use crate::finding::{Finding, Findings};
use crate::text::trimmed;

pub use self::application::{Application, Emv};
pub use self::build::{Account, ApplicationData, BuildError, CommonData, EmvCode, JpqrCode};
pub use self::jpqr::Jpqr;
pub use self::read::{read, read_bytes};
pub use self::track2::{DigitsError, PAN_DIGITS_MAX, Pan, TRACK2_BYTES_MAX, Track2};

/// Longest text that is looked at, in characters, which in base64 are bytes. The largest QR
/// symbol holds 2,953 bytes.
pub const TEXT_CHARACTERS_MAX: usize = 4096;

/// Every reader must take a text of so many characters and need not take more (`qr` facts,
/// section 2).
pub const TEXT_CHARACTERS_EVERYWHERE: usize = 512;

/// Bytes of a text of [`TEXT_CHARACTERS_EVERYWHERE`].
const INLINE: usize = TEXT_CHARACTERS_EVERYWHERE / 4 * 3;

/// What object 85 says the code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `CPV01`: EMVCo's, with card applications.
    Emv,
    /// `JPQR1`: the Japanese form, with the payment ID of one operator.
    Jpqr,
}

impl Format {
    const ALL: [Self; 2] = [Self::Emv, Self::Jpqr];

    /// Value of object 85.
    #[must_use]
    pub const fn indicator(self) -> &'static str {
        match self {
            Self::Emv => "CPV01",
            Self::Jpqr => "JPQR1",
        }
    }
}

/// What a code offers to pay by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'c> {
    /// Card applications, at least one.
    Emv(Emv<'c>),
    /// The payment ID of one operator.
    Jpqr(Jpqr<'c>),
}

/// A consumer-presented code, together with its text. Objects keep their order, and those that
/// nobody knows are kept too. Debug output has no values.
#[derive(Clone)]
pub struct Cpm<'a> {
    raw: &'a str,
    ending: Ending,
    format: Format,
    bytes: Bytes,
    findings: Findings,
}

/// Decoded bytes, in memory of their own only when they are many.
#[derive(Clone)]
struct Bytes {
    inline: [u8; INLINE],
    length: usize,
    /// All of them once they are more than fit.
    heap: Vec<u8>,
}

impl Bytes {
    fn new(length: usize) -> Self {
        let heap = if length > INLINE { vec![0; length] } else { Vec::new() };
        Self { inline: [0; INLINE], length, heap }
    }

    fn as_mut_slice(&mut self) -> &mut [u8] {
        if self.heap.is_empty() { &mut self.inline[..self.length] } else { &mut self.heap }
    }

    fn as_slice(&self) -> &[u8] {
        if self.heap.is_empty() { &self.inline[..self.length] } else { &self.heap }
    }
}

/// Whether a text claims to be a consumer-presented code: base64 of object 85 with `CPV` or
/// `JPQR`. Line ends in front are passed over, as [`read`] does. Cheap; says nothing of the rest.
#[must_use]
pub fn looks_like(text: &str) -> bool {
    let text = trimmed(text);
    text.starts_with("hQVDUFY") || text.starts_with("hQVKUFFS")
}

impl<'a> Cpm<'a> {
    /// The text, without line ends around it.
    #[must_use]
    pub const fn raw(&self) -> &'a str {
        self.raw
    }

    /// The decoded bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Which form it has.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// What it offers to pay by.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        match self.format {
            Format::Emv => Content::Emv(Emv::new(self.objects())),
            Format::Jpqr => Content::Jpqr(Jpqr::new(self.objects())),
        }
    }

    /// All objects at the root, in their order; [`ber::Object::objects`] goes down the tree.
    #[must_use]
    pub fn objects(&self) -> Objects<'_> {
        Objects::check(self.bytes(), 0, 0).expect("split when it was read")
    }

    /// Warnings. A code with errors is not read.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.findings.as_slice()
    }

    /// Writes the objects anew, in their order and with their lengths and their ending in the
    /// form in which they were read. Equals [`Cpm::raw`].
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(self.bytes().len());
        self.objects().for_each(|object| object.write(&mut bytes));
        base64::encode(&bytes, self.ending)
    }
}

impl PartialEq for Cpm<'_> {
    /// Everything else follows from the text.
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Cpm<'_> {}

impl fmt::Debug for Cpm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cpm")
            .field("format", &self.format)
            .field("objects", &self.objects())
            .field("findings", &self.findings)
            .finish()
    }
}
