//! Sizes on paper and what a printer can make of them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The narrowest module that we print: 0.25 mm, which is 2 dots of the common 203 dpi receipt
/// printer. Our choice: phone cameras of today read less, tired paper and cheap cameras do not.
pub const MODULE_MIN: Length = Length::um(250);

/// A module of one dot is at the mercy of ink and heat: the least is two, at any resolution.
pub const MODULE_DOTS_MIN: u32 = 2;

/// The most pixels in a picture, drawn or read: 40 million, a little more than A4 at 600 dpi.
/// One number for both ways, so that whatever is drawn can be read back.
pub const PIXELS_MAX: u64 = 40_000_000;

/// A length on paper, in whole micrometres. From 0 to 65.5 m.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(u32);

impl Length {
    /// Whole millimetres.
    pub const fn mm(mm: u16) -> Self {
        Self(mm as u32 * 1000)
    }

    /// Micrometres: thousandths of a millimetre.
    pub const fn um(um: u32) -> Self {
        Self(um)
    }

    /// In micrometres.
    pub const fn as_um(self) -> u32 {
        self.0
    }

    /// In millimetres.
    pub fn as_mm(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mm", self.as_mm())
    }
}

/// The text is not a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a length: write millimetres with up to three decimals, such as 30 or 32.5mm")]
pub struct NotALength;

/// Millimetres, `30`, `32.5` or `32.5mm`: digits and one point, up to three decimals.
impl FromStr for Length {
    type Err = NotALength;

    fn from_str(text: &str) -> Result<Self, NotALength> {
        let number = text.strip_suffix("mm").unwrap_or(text).trim();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 3 {
            return Err(NotALength);
        }
        let whole: u16 = whole.parse().map_err(|_| NotALength)?;
        let part: u32 = format!("{part:0<3}").parse().map_err(|_| NotALength)?;
        Ok(Self(Self::mm(whole).0 + part))
    }
}

/// Printer dots in an inch of 25.4 mm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dpi(u32);

impl Dpi {
    /// The common receipt and label printer: 8 dots a millimetre.
    pub const DPI_203: Self = Self(203);
    /// The finer label printer, and the usual office setting.
    pub const DPI_300: Self = Self(300);

    /// From 50 to 4,800; `None` outside, which no printer or screen has.
    pub const fn new(dpi: u32) -> Option<Self> {
        if dpi >= 50 && dpi <= 4800 { Some(Self(dpi)) } else { None }
    }

    /// As a number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The fewest dots that a module may have here: see [`MODULE_MIN`] and [`MODULE_DOTS_MIN`].
    pub const fn module_dots_min(self) -> u32 {
        let dots = (MODULE_MIN.0 * self.0).div_ceil(UM_PER_INCH);
        if dots > MODULE_DOTS_MIN { dots } else { MODULE_DOTS_MIN }
    }

    /// How many whole dots fit into a length.
    pub(crate) fn dots_in(self, length: Length) -> u64 {
        u64::from(length.0) * u64::from(self.0) / u64::from(UM_PER_INCH)
    }

    /// The shortest length that holds so many dots.
    fn length_of(self, dots: u64) -> Length {
        let um = (dots * u64::from(UM_PER_INCH)).div_ceil(u64::from(self.0));
        Length(u32::try_from(um).unwrap_or(u32::MAX))
    }

    /// Dots in a metre, as PNG files state it, rounded.
    pub(crate) fn per_metre(self) -> u32 {
        (self.0 * 1_000_000 + UM_PER_INCH / 2) / UM_PER_INCH
    }
}

/// The text is not a resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a resolution: write dots per inch from 50 to 4800, such as 203 or 300")]
pub struct NotADpi;

/// Decimal digits: `203`.
impl FromStr for Dpi {
    type Err = NotADpi;

    fn from_str(text: &str) -> Result<Self, NotADpi> {
        text.parse().ok().and_then(Self::new).ok_or(NotADpi)
    }
}

const UM_PER_INCH: u32 = 25_400;

/// The picture cannot be drawn at this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SizeError {
    /// A module, the smallest square or bar, would be narrower than can be printed and read
    /// with certainty.
    #[error(
        "too small to be read when printed: {modules} modules in {wanted}; \
         make it at least {needed}, or shorten the text"
    )]
    TooSmall {
        /// The width that was asked for.
        wanted: Length,
        /// The least width that works.
        needed: Length,
        /// Modules across, margins included.
        modules: u32,
    },
    /// Bars lower than 5 mm are missed by hand scanners. [?] Our choice: no source states it.
    #[error("bars of {wanted} are too low for a hand scanner: make them at least {needed}")]
    TooLow {
        /// The height that was asked for.
        wanted: Length,
        /// The least height.
        needed: Length,
    },
    /// More than [`PIXELS_MAX`].
    #[error(
        "the picture would have {pixels} pixels, and {PIXELS_MAX} is the most: \
         ask for a smaller size or fewer dots per inch, or use the SVG"
    )]
    TooLarge {
        /// How many it would have.
        pixels: u64,
    },
}

/// Dots for each of `modules` modules so that all fit into `width`, rounded down.
pub(crate) fn module_dots(width: Length, dpi: Dpi, modules: u32) -> Result<u32, SizeError> {
    let dots = dpi.dots_in(width) / u64::from(modules);
    let least = dpi.module_dots_min();
    match u32::try_from(dots) {
        Ok(dots) if dots >= least => Ok(dots),
        Ok(_) => {
            let needed = dpi.length_of(u64::from(least) * u64::from(modules));
            Err(SizeError::TooSmall { wanted: width, needed, modules })
        }
        Err(_) => Err(SizeError::TooLarge { pixels: dots * u64::from(modules) }),
    }
}

/// The same test for a drawing without dots.
pub(crate) fn module_size(width: Length, modules: u32) -> Result<(), SizeError> {
    let needed = Length(MODULE_MIN.0 * modules);
    if width < needed {
        return Err(SizeError::TooSmall { wanted: width, needed, modules });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_module_is_two_dots_at_203_and_three_at_300() {
        assert_eq!(Dpi::DPI_203.module_dots_min(), 2);
        assert_eq!(Dpi::DPI_300.module_dots_min(), 3);
        assert_eq!(Dpi::new(96).unwrap().module_dots_min(), 2);
        assert_eq!(Dpi::new(600).unwrap().module_dots_min(), 6);
    }

    #[test]
    fn the_size_that_an_error_names_works_and_one_less_does_not() {
        for dpi in [50, 96, 203, 300, 600, 1200].map(|d| Dpi::new(d).unwrap()) {
            for modules in [29, 41, 57, 101, 185] {
                let Err(SizeError::TooSmall { needed, .. }) =
                    module_dots(Length::um(1), dpi, modules)
                else {
                    panic!("{dpi:?} {modules}")
                };
                assert_eq!(module_dots(needed, dpi, modules), Ok(dpi.module_dots_min()));
                assert!(module_dots(Length::um(needed.0 - 1), dpi, modules).is_err());
            }
        }
    }

    #[test]
    fn lengths_are_read_strictly() {
        let table = [
            ("30", Some(30_000)),
            ("32.5", Some(32_500)),
            ("32.5mm", Some(32_500)),
            ("32.5 mm", Some(32_500)),
            ("0.125", Some(125)),
            ("65535.999", Some(65_535_999)),
            ("", None),
            ("mm", None),
            ("-3", None),
            ("+3", None),
            ("3.", None),
            (".5", None),
            ("1.2345", None),
            ("3e1", None),
            ("70000", None),
        ];
        for (text, um) in table {
            assert_eq!(text.parse().ok(), um.map(Length), "{text}");
        }
    }
}
