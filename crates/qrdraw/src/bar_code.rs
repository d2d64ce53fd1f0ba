//! Code 128 for the digits of a payment code (ISO/IEC 15417).

use std::fmt;

use thiserror::Error;

use crate::bitmap::{self, Png};
use crate::code128;
use crate::length::{self, Dpi, Length, SizeError};
use crate::svg;

/// White modules on each side, ISO/IEC 15417.
const QUIET_MODULES: u32 = 10;

/// Bars below this are missed by hand scanners.
const HEIGHT_MIN: Length = Length::mm(5);

/// The most digits in a bar code: as many as a rule for payment codes may ask for. Published
/// ones have up to 24 (`qr` facts, section 3.3). The standard sets no limit. The widest, 63
/// digits, has 418 modules with its margins: 104.5 mm at 0.25 mm a module, so it fits A6 paper
/// but not a 100 mm label; up to 60 digits fit that.
pub const DIGITS_MAX: usize = 64;

/// The digits cannot be a bar code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BarCodeError {
    /// There is no digit.
    #[error("there is no digit to draw")]
    Empty,
    /// Something other than the digits 0 to 9.
    #[error("character {at} is not a digit: payment codes are digits 0 to 9 without spaces")]
    NotADigit {
        /// Its place, counting characters from 1.
        at: usize,
    },
    /// More than [`DIGITS_MAX`].
    #[error("{digits} digits: {DIGITS_MAX} is the most")]
    TooLong {
        /// How many there are.
        digits: usize,
    },
}

/// Whether the digits are written below the bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Digits {
    /// In groups of four, for whoever has to type them.
    Shown,
    /// Bars only.
    Hidden,
}

/// Digits as Code 128: pairs in Code C, and an odd last digit in Code B.
#[derive(Clone, PartialEq, Eq)]
pub struct BarCode {
    digits: String,
    /// Dark or light, without margins.
    modules: Vec<bool>,
}

impl BarCode {
    /// Draws 1 to [`DIGITS_MAX`] digits.
    pub fn new(digits: &str) -> Result<Self, BarCodeError> {
        if digits.is_empty() {
            return Err(BarCodeError::Empty);
        }
        if let Some(at) = digits.chars().position(|c| !c.is_ascii_digit()) {
            return Err(BarCodeError::NotADigit { at: at + 1 });
        }
        if digits.len() > DIGITS_MAX {
            return Err(BarCodeError::TooLong { digits: digits.len() });
        }
        let modules = code128::modules(&code128::symbols(digits));
        Ok(Self { digits: digits.into(), modules })
    }

    /// The digits.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Modules across, with the margins of ten on both ends.
    pub fn modules_with_margin(&self) -> u32 {
        self.modules.len() as u32 + 2 * QUIET_MODULES
    }

    /// Whether the module `x` is dark, counted from the left end of the margin.
    pub fn is_dark(&self, x: u32) -> bool {
        let at = x.checked_sub(QUIET_MODULES);
        at.and_then(|at| self.modules.get(at as usize)).copied().unwrap_or(false)
    }

    /// As SVG. `width` is that of the whole picture with both margins, `height` that of the
    /// bars; digits that are shown come below and add about a tenth of the width.
    ///
    /// Errors: a module of less than 0.25 mm; bars below 5 mm.
    pub fn svg(&self, width: Length, height: Length, digits: Digits) -> Result<String, SizeError> {
        let modules = self.modules_with_margin();
        length::module_size(width, modules)?;
        check_height(height)?;
        let module_mm = width.as_mm() / f64::from(modules);
        let bars = height.as_mm() / module_mm;
        // One row of modules, drawn as high as the bars.
        let path = svg::path(modules, 1, |x, _| self.is_dark(x))
            .replace("v1h", &format!("v{}h", svg::number(bars)));
        let (rows, text) = match digits {
            Digits::Hidden => (bars, String::new()),
            Digits::Shown => {
                // 5 modules of air, and a size at which all groups fit between the margins.
                let groups = self.grouped();
                let size = (f64::from(modules) / (groups.len() as f64 * 0.62)).min(14.0);
                let text = format!(
                    "<text x=\"{}\" y=\"{}\" font-family=\"ui-monospace, Menlo, Consolas, \
                     'DejaVu Sans Mono', monospace\" font-size=\"{}\" text-anchor=\"middle\" \
                     fill=\"#000\">{groups}</text>",
                    svg::number(f64::from(modules) / 2.0),
                    svg::number(bars + 4.0 + size * 0.8),
                    svg::number(size),
                );
                (bars + 4.0 + size * 1.1, text)
            }
        };
        let total = Length::um((rows * module_mm * 1000.0).round() as u32);
        Ok(svg::document((width, total), (modules, rows), &path, &text))
    }

    /// As PNG, one bit a pixel, bars only. `width` is the most that the picture with both
    /// margins may take; modules are a whole number of dots, so it may be narrower.
    ///
    /// Errors: a module of less than 0.25 mm or two dots; bars below 5 mm; more than
    /// [`PIXELS_MAX`](crate::PIXELS_MAX).
    pub fn png(&self, width: Length, height: Length, dpi: Dpi) -> Result<Png, SizeError> {
        let modules = self.modules_with_margin();
        let dots = length::module_dots(width, dpi, modules)?;
        check_height(height)?;
        let down = u32::try_from(dpi.dots_in(height)).unwrap_or(u32::MAX);
        bitmap::png((modules, 1), dots, down, dpi, |x, _| self.is_dark(x))
    }

    /// `9000 8181 88`.
    fn grouped(&self) -> String {
        let mut out = String::new();
        for (i, digit) in self.digits.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                out.push(' ');
            }
            out.push(digit);
        }
        out
    }
}

/// Without the digits: a payment code is as good as money while it lives, and logs are read.
impl fmt::Debug for BarCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BarCode({} digits)", self.digits.len())
    }
}

fn check_height(height: Length) -> Result<(), SizeError> {
    if height < HEIGHT_MIN {
        return Err(SizeError::TooLow { wanted: height, needed: HEIGHT_MIN });
    }
    Ok(())
}
