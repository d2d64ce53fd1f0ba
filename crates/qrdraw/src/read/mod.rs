//! The codes in a PNG.
//!
//! Made for clean pictures: what this crate drew, screenshots, scans. QR symbols are found by
//! the `rqrr` crate, at any angle. Code 128 is read by a small reader of our own, upright or
//! upside down, and only where lines of pixels cross the bars undisturbed: for a camera use
//! the browser's scanner. JPEG is not read.
//!
//! # What a code's content is
//!
//! A QR symbol holds bytes. Those that are UTF-8 come as [`Content::Text`], others as
//! [`Content::Bytes`]. A character-set designator (ECI) inside of the symbol is skipped, not
//! obeyed: payment codes are UTF-8 with it or without it (`qr` facts, section 1.1). Kanji mode, which
//! payment codes must not use, comes as its Shift_JIS bytes.
//!
//! # Limits
//!
//! A file has at most [`BYTES_MAX`] bytes and a picture [`PIXELS_MAX`] pixels; both are tested
//! before memory is taken for the picture. A picture of `n` pixels takes up to `5 n` bytes while it
//! is read. One with very many corner marks of QR symbols is refused as too busy, because the
//! search for which three belong together grows with the cube of their number; so is one with
//! more than 64 bar codes in a line of pixels, or 256 in all.

mod code128;
mod picture;
mod qr;

use thiserror::Error;

use crate::length::PIXELS_MAX;
use crate::symbol::Level;

/// The largest file that is read: 16 MiB.
pub const BYTES_MAX: usize = 16 * 1024 * 1024;

/// One code in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// QR or bar code.
    pub kind: Kind,
    /// What it says.
    pub content: Content,
    /// Where it is.
    pub area: Area,
}

impl Scanned {
    /// The content, when it is text.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Bytes(_) => None,
        }
    }
}

/// What sort of code was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A QR symbol.
    Qr {
        /// 1 to 40.
        version: u8,
        /// Its error level.
        level: Level,
    },
    /// A bar code, its check character proved.
    Code128,
}

/// What a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text; in a QR symbol, bytes that are UTF-8.
    Text(String),
    /// The bytes of a QR symbol that are not UTF-8.
    Bytes(Vec<u8>),
}

/// The upright box around a code, in pixels. Margins are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Area {
    /// From the left edge.
    pub left: u32,
    /// From the upper edge.
    pub top: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

impl Area {
    fn overlaps(&self, other: &Self) -> bool {
        let apart = |a: u32, a_len: u32, b: u32, b_len: u32| a + a_len <= b || b + b_len <= a;
        !apart(self.left, self.width, other.left, other.width)
            && !apart(self.top, self.height, other.top, other.height)
    }
}

/// The picture gave no code.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file is over [`BYTES_MAX`].
    #[error("the file has {bytes} bytes, and {BYTES_MAX} is the most: cut the picture to the code")]
    FileTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The picture is over [`PIXELS_MAX`].
    #[error(
        "the picture is {width} x {height}, and {PIXELS_MAX} pixels is the most: \
         cut it to the code or make it smaller"
    )]
    PictureTooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// Not a PNG, or a damaged one.
    #[error("not a PNG that can be read ({0}): save the picture as PNG and try again")]
    NotPng(#[source] png::DecodingError),
    /// So many marks of QR symbols that the search would take too long, or more bar codes
    /// than 64 in a line of pixels or 256 in all. Codes that could be read are not given.
    #[error("too many codes, or patterns like them, in one picture: cut it into pieces")]
    TooBusy,
    /// There is a QR symbol, but its content could not be recovered.
    #[error(
        "there is a QR symbol but it cannot be read: take a sharper, straight and evenly lit \
         picture in which all of it shows, with its white margin"
    )]
    Damaged,
    /// No code was found.
    #[error(
        "no QR or Code 128 code found: check that all of the code shows with its white margin, \
         that it is sharp, at least 3 pixels a module, and upright if it is a bar code"
    )]
    Nothing,
}

/// Reads all codes in a PNG, in reading order: rows from the top, each from the left.
///
/// Any colour type, bit depth and interlacing; transparent is white; of an animation the first
/// picture. When some codes can be read, others that cannot are passed over in silence. More bar
/// codes than the limits of this module are an error even so.
pub fn png(bytes: &[u8]) -> Result<Vec<Scanned>, ReadError> {
    let picture = picture::decode(bytes)?;
    let (mut found, damaged) = match qr::read(&picture) {
        Ok(symbols) => (symbols, false),
        Err(qr::Unread::Damaged) => (Vec::new(), true),
        Err(qr::Unread::TooBusy) => return Err(ReadError::TooBusy),
    };
    found.extend(code128::read(&picture).map_err(|code128::TooBusy| ReadError::TooBusy)?);
    if found.is_empty() {
        return Err(if damaged { ReadError::Damaged } else { ReadError::Nothing });
    }
    reading_order(&mut found);
    Ok(found)
}

/// Codes whose middles lie within each other's height are a row.
fn reading_order(found: &mut Vec<Scanned>) {
    let middle = |s: &Scanned| s.area.top + s.area.height / 2;
    found.sort_by_key(middle);
    let mut rest = std::mem::take(found);
    while !rest.is_empty() {
        let bottom = rest[0].area.top + rest[0].area.height;
        let mut row: Vec<_> = rest.extract_if(.., |s| middle(s) < bottom).collect();
        row.sort_by_key(|s| s.area.left);
        found.append(&mut row);
    }
}
