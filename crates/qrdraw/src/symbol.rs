//! QR symbols.
//!
//! Drawn with the `qrcodegen` crate, not `fast_qr`: payment codes must be in byte mode with a
//! UTF-8 designator where the text is not printable ASCII (`qr` facts, section 1.1; EMVCo
//! MPM 1.1, 4.12), and `fast_qr` 0.14 has no designators. `qrcodegen` lets the caller
//! say which segments there are, is one file without dependencies, and written by the author
//! of the reference generators in other languages.

use std::fmt;

use qrcodegen::{DataTooLong, QrCode, QrCodeEcc, QrSegment, Version};
use thiserror::Error;

use crate::bitmap::{self, Png};
use crate::length::{self, Dpi, Length, SizeError};
use crate::svg;

/// White modules on each side, ISO/IEC 18004.
pub const QUIET_MODULES: u32 = 4;

/// The number of UTF-8 in the list of character sets (ECI).
const ECI_UTF_8: u32 = 26;

/// How much of a symbol may be lost before it cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// About 7 %.
    L,
    /// About 15 %. The usual one for payment codes.
    #[default]
    M,
    /// About 25 %. Good for posters, which get wet and scratched.
    Q,
    /// About 30 %.
    H,
}

impl Level {
    /// All, weakest first.
    pub const ALL: [Self; 4] = [Self::L, Self::M, Self::Q, Self::H];

    /// Data bits in the largest symbol, version 40. ISO/IEC 18004, table 7.
    const fn bits_max(self) -> usize {
        match self {
            Self::L => 23_648,
            Self::M => 18_672,
            Self::Q => 13_328,
            Self::H => 10_208,
        }
    }

    /// The most bytes of UTF-8 that fit at this level. One less than for plain ASCII when the
    /// text needs the designator of its character set.
    pub const fn bytes_max(self, printable_ascii: bool) -> usize {
        // Mode (4) and count (16); before them the designator's mode (4) and number (8).
        let head = if printable_ascii { 4 + 16 } else { 4 + 8 + 4 + 16 };
        (self.bits_max() - head) / 8
    }

    const fn ecc(self) -> QrCodeEcc {
        match self {
            Self::L => QrCodeEcc::Low,
            Self::M => QrCodeEcc::Medium,
            Self::Q => QrCodeEcc::Quartile,
            Self::H => QrCodeEcc::High,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::L => "L",
            Self::M => "M",
            Self::Q => "Q",
            Self::H => "H",
        })
    }
}

/// The text cannot be a QR symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SymbolError {
    /// There is no text.
    #[error("there is no text to draw")]
    Empty,
    /// More bytes than the largest symbol holds at this level.
    #[error(
        "the text has {bytes} bytes and {fits} fit at level {level}: shorten it{}",
        if *level == Level::L { "" } else { " or ask for a lower level" }
    )]
    TooLong {
        /// Bytes of UTF-8 in the text.
        bytes: usize,
        /// How many fit.
        fits: usize,
        /// The level that was asked for.
        level: Level,
    },
}

/// A QR symbol: which of its modules are dark.
///
/// Always one segment in byte mode, and before it the designator of UTF-8 (ECI 000026) when
/// the text has any character other than printable ASCII. The version (size) is the smallest
/// that holds the text.
#[derive(Clone)]
pub struct Symbol {
    code: QrCode,
}

impl Symbol {
    /// Draws `text` with error level `level`, or a higher one where that costs no space.
    pub fn new(text: &str, level: Level) -> Result<Self, SymbolError> {
        if text.is_empty() {
            return Err(SymbolError::Empty);
        }
        let printable_ascii = text.bytes().all(|b| (0x20..=0x7e).contains(&b));
        let (bytes, fits) = (text.len(), level.bytes_max(printable_ascii));
        let too_long = SymbolError::TooLong { bytes, fits, level };
        if bytes > fits {
            return Err(too_long);
        }
        let data = QrSegment::make_bytes(text.as_bytes());
        let segments =
            if printable_ascii { vec![data] } else { vec![QrSegment::make_eci(ECI_UTF_8), data] };
        QrCode::encode_segments_advanced(
            &segments,
            level.ecc(),
            Version::MIN,
            Version::MAX,
            None,
            true,
        )
        .map(|code| Self { code })
        .map_err(|e| match e {
            DataTooLong::SegmentTooLong | DataTooLong::DataOverCapacity(..) => too_long,
        })
    }

    /// The level drawn: the one asked for or higher.
    pub fn level(&self) -> Level {
        match self.code.error_correction_level() {
            QrCodeEcc::Low => Level::L,
            QrCodeEcc::Medium => Level::M,
            QrCodeEcc::Quartile => Level::Q,
            QrCodeEcc::High => Level::H,
        }
    }

    /// 1 to 40.
    pub fn version(&self) -> u8 {
        self.code.version().value()
    }

    /// Modules along a side, without the margin: 21 to 177.
    pub fn modules(&self) -> u32 {
        self.code.size().unsigned_abs()
    }

    /// Modules along a side with [`QUIET_MODULES`] on both ends.
    pub fn modules_with_margin(&self) -> u32 {
        self.modules() + 2 * QUIET_MODULES
    }

    /// The module in column `x`, row `y`, counted from the upper left corner of the margin.
    /// The margin, and all outside of it, is light.
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        let of_code = |at: u32| i32::try_from(at).map_or(-1, |at| at - QUIET_MODULES as i32);
        self.code.get_module(of_code(x), of_code(y))
    }

    /// As SVG. `side` is that of the whole picture, margin included.
    ///
    /// Width and height are in millimetres, the inner unit is the module. Errors: a module of
    /// less than 0.25 mm.
    pub fn svg(&self, side: Length) -> Result<String, SizeError> {
        let modules = self.modules_with_margin();
        length::module_size(side, modules)?;
        let path = self.path();
        Ok(svg::document((side, side), (modules, f64::from(modules)), &path, ""))
    }

    /// As PNG, one bit a pixel. `side` is the most that the whole picture, margin included,
    /// may take; modules are a whole number of dots, so it may be smaller.
    ///
    /// Errors: a module of less than 0.25 mm or two dots; more than
    /// [`PIXELS_MAX`](crate::PIXELS_MAX).
    pub fn png(&self, side: Length, dpi: Dpi) -> Result<Png, SizeError> {
        let modules = self.modules_with_margin();
        let dots = length::module_dots(side, dpi, modules)?;
        bitmap::png((modules, modules), dots, dots, dpi, |x, y| self.is_dark(x, y))
    }

    /// The path of the dark modules, in modules from the corner of the margin.
    pub(crate) fn path(&self) -> String {
        let modules = self.modules_with_margin();
        svg::path(modules, modules, |x, y| self.is_dark(x, y))
    }
}

/// Without the modules: they are many and say nothing.
impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbol(version {}, level {})", self.version(), self.level())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first two code words as drawn: the modules of the two right-most columns, from the
    /// lower right corner up, with the mask taken off (ISO/IEC 18004, 7.7.3 and 7.8.2). Only for
    /// symbols of one block of error correction.
    fn head(symbol: &Symbol) -> u16 {
        let n = symbol.modules();
        let mask = |x: u32, y: u32| match symbol.code.mask().value() {
            0 => (x + y).is_multiple_of(2),
            1 => y.is_multiple_of(2),
            2 => x.is_multiple_of(3),
            3 => (x + y).is_multiple_of(3),
            4 => (y / 2 + x / 3).is_multiple_of(2),
            5 => x * y % 2 + x * y % 3 == 0,
            6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
            7 => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
            _ => unreachable!("masks are 0 to 7"),
        };
        (0..16).fold(0, |bits, i| {
            let (x, y) = (n - 1 - i % 2, n - 1 - i / 2);
            let dark = symbol.is_dark(x + QUIET_MODULES, y + QUIET_MODULES);
            bits << 1 | u16::from(dark != mask(x, y))
        })
    }

    #[test]
    fn byte_mode_always_and_the_designator_only_where_it_is_needed() {
        // Mode 4, count of 8 bits, first 4 bits of the text.
        let bytes =
            |text: &str| 0x4000 | (text.len() as u16) << 4 | u16::from(text.as_bytes()[0] >> 4);
        for text in ["12345678", "HTTPS://A.B/C", "a~ ", "{\"k\":1}"] {
            assert_eq!(head(&Symbol::new(text, Level::L).unwrap()), bytes(text), "{text}");
        }
        // Mode 7, number 26, mode 4, first 4 bits of the count.
        for text in ["食", "café", "ร้าน", "🍜", "a\u{7f}", "a\nb"] {
            let count = text.len() as u16 >> 4;
            let expected = 0x7000 | 26 << 4 | 4;
            assert_eq!(head(&Symbol::new(text, Level::L).unwrap()), expected, "{text}");
            assert_eq!(count, 0);
        }
    }

    #[test]
    fn the_margin_is_light() {
        let symbol = Symbol::new("a", Level::M).unwrap();
        let n = symbol.modules_with_margin();
        let inside = |at| (QUIET_MODULES..n - QUIET_MODULES).contains(&at);
        for (x, y) in (0..n + 3).flat_map(|x| (0..n + 3).map(move |y| (x, y))) {
            assert!(!symbol.is_dark(x, y) || inside(x) && inside(y));
        }
        assert!(symbol.is_dark(QUIET_MODULES, QUIET_MODULES));
        assert!(!symbol.is_dark(u32::MAX, u32::MAX));
    }
}
