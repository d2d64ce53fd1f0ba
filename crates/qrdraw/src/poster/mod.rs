//! Counter posters: one page of SVG, ready to print, that tells a shop's payers to scan.
//!
//! ```text
//! A4        210 x 297 mm   on the counter or the door; the code 100 mm wide and more
//! A5        148 x 210 mm   table stand
//! Sticker   100 x 100 mm   on the till
//! ```
//!
//! One language is the main one. The others stand beneath it, smaller: a visitor who cannot read
//! it must understand the poster too. A sticker has room for their titles only.
//!
//! The page is white, nothing stands within [`Format::margin`] of its edge, and the colours
//! are two that survive an office printer: indigo and black. Text is text, in fonts of the
//! system that prints; its widths are estimated on the wide side, long names shrink and wrap, and what
//! does not fit is an error, never a cut. No script, style or link is inside, so a page with
//! the strictest content policy can show it.

mod layout;
mod page;
mod text;
mod words;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::length::Length;
use crate::symbol::Symbol;

pub use words::{Language, NotALanguage};

/// The most wallets on a poster; how many fit depends on their names and the format.
pub const WALLETS_MAX: usize = 60;

/// The most characters in a name or id.
pub const CHARACTERS_MAX: usize = 120;

/// The size of a poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// 210 x 297 mm.
    A4,
    /// 148 x 210 mm.
    A5,
    /// 100 x 100 mm.
    Sticker,
}

impl Format {
    /// All, largest first.
    pub const ALL: [Self; 3] = [Self::A4, Self::A5, Self::Sticker];

    /// Width and height of the page.
    pub const fn size(self) -> (Length, Length) {
        match self {
            Self::A4 => (Length::mm(210), Length::mm(297)),
            Self::A5 => (Length::mm(148), Length::mm(210)),
            Self::Sticker => (Length::mm(100), Length::mm(100)),
        }
    }

    /// The white border: room for the printer's grip, and for a crooked cut.
    pub const fn margin(self) -> Length {
        match self {
            Self::A4 => Length::mm(13),
            Self::A5 => Length::mm(10),
            Self::Sticker => Length::mm(5),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A4 => "a4",
            Self::A5 => "a5",
            Self::Sticker => "sticker",
        })
    }
}

/// Not a format of posters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no such format: choose a4, a5 or sticker")]
pub struct NotAFormat;

/// `a4`, `a5` or `sticker`, without regard to case.
impl FromStr for Format {
    type Err = NotAFormat;

    fn from_str(text: &str) -> Result<Self, NotAFormat> {
        let is = |f: &Self| text.eq_ignore_ascii_case(&f.to_string());
        Self::ALL.into_iter().find(is).ok_or(NotAFormat)
    }
}

/// A poster. Fill in the members and call [`svg`](Poster::svg).
#[derive(Clone, Copy, Debug)]
pub struct Poster<'a> {
    /// The page.
    pub format: Format,
    /// The main language.
    pub language: Language,
    /// The shop in Japanese. May be empty when there is a Latin name.
    pub name_ja: &'a str,
    /// The shop in Latin letters. May be empty when there is a Japanese name.
    pub name_latin: &'a str,
    /// The wallets that the shop takes, by the names on their own signs, in the order given.
    /// May be empty: then the poster does not speak of them.
    pub wallets: &'a [&'a str],
    /// Printed small at the bottom, so that support knows which shop a photograph shows.
    pub merchant_id: &'a str,
    /// The code. Level [`Q`](crate::Level::Q) is good for a poster.
    pub symbol: &'a Symbol,
}

/// A text that the caller gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Text {
    /// [`Poster::name_ja`].
    NameJa,
    /// [`Poster::name_latin`].
    NameLatin,
    /// One of [`Poster::wallets`], counted from 0.
    Wallet(usize),
    /// [`Poster::merchant_id`].
    MerchantId,
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameJa => f.write_str("the Japanese name"),
            Self::NameLatin => f.write_str("the Latin name"),
            Self::Wallet(i) => write!(f, "wallet {}", i + 1),
            Self::MerchantId => f.write_str("the merchant id"),
        }
    }
}

/// The poster cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PosterError {
    /// A poster without a shop is of no use and looks like fraud.
    #[error("the shop has no name: give the Japanese name, the Latin name or both")]
    NoName,
    /// A wallet or the merchant id is empty.
    #[error("{0} is empty")]
    Empty(Text),
    /// A control character, a line end, or one that turns the direction of writing: none is
    /// seen on paper, and the last can make a name look like another's.
    #[error("{text} has a character that cannot be printed, U+{:04X}: take it out", *.character as u32)]
    Unprintable {
        /// Where.
        text: Text,
        /// Which.
        character: char,
    },
    /// More than [`CHARACTERS_MAX`], or too wide for the page at the smallest size of letters.
    #[error("{0} is too long for this format: shorten it or take a larger format")]
    TooLong(Text),
    /// The names of wallets take more room than there is.
    #[error(
        "{count} wallets are too many for this format: \
         leave some out, shorten their names or take a larger format"
    )]
    TooManyWallets {
        /// How many there are.
        count: usize,
    },
    /// Names and wallets leave less room than the code needs to be read with certainty.
    #[error(
        "the code would be {side} wide and needs {needed}: \
         shorten the names, leave out wallets or take a larger format"
    )]
    CodeTooSmall {
        /// What is left for it, margin included.
        side: Length,
        /// What it needs, margin included.
        needed: Length,
    },
}

impl Poster<'_> {
    /// The page as SVG: width and height in millimetres, one inner unit a millimetre.
    pub fn svg(&self) -> Result<String, PosterError> {
        if self.name_ja.trim().is_empty() && self.name_latin.trim().is_empty() {
            return Err(PosterError::NoName);
        }
        check(self.name_ja, Text::NameJa)?;
        check(self.name_latin, Text::NameLatin)?;
        check(self.merchant_id, Text::MerchantId)?;
        if self.merchant_id.trim().is_empty() {
            return Err(PosterError::Empty(Text::MerchantId));
        }
        if self.wallets.len() > WALLETS_MAX {
            return Err(PosterError::TooManyWallets { count: self.wallets.len() });
        }
        for (i, wallet) in self.wallets.iter().enumerate() {
            check(wallet, Text::Wallet(i))?;
            if wallet.trim().is_empty() {
                return Err(PosterError::Empty(Text::Wallet(i)));
            }
        }
        match self.format {
            Format::A4 | Format::A5 => layout::sheet(self),
            Format::Sticker => layout::sticker(self),
        }
    }

    /// The names that there are, with the place each came from, the larger one first.
    fn names(&self) -> impl Iterator<Item = (Text, Language, &str)> {
        let ja = (Text::NameJa, Language::Ja, self.name_ja.trim());
        let latin = (Text::NameLatin, Language::En, self.name_latin.trim());
        let both = if self.language.reads_kanji() { [ja, latin] } else { [latin, ja] };
        let differ = ja.2 != latin.2;
        let count = if differ { 2 } else { 1 };
        both.into_iter().filter(|n| !n.2.is_empty()).take(count)
    }

    /// The languages beneath the main one.
    fn others(&self) -> impl Iterator<Item = Language> + Clone {
        let main = self.language;
        Language::ALL.into_iter().filter(move |&l| l != main)
    }
}

fn check(value: &str, text: Text) -> Result<(), PosterError> {
    let bad = |c: &char| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
            || matches!(
                c,
                '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            )
    };
    if let Some(character) = value.chars().find(bad) {
        return Err(PosterError::Unprintable { text, character });
    }
    if value.chars().count() > CHARACTERS_MAX {
        return Err(PosterError::TooLong(text));
    }
    Ok(())
}
