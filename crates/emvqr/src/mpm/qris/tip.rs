//! What comes on top of the amount: objects 55-57.

use crate::mpm::{Mpm, tags};

/// What comes on top of the amount (`qr` facts, section 1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tip<'a> {
    /// Nothing.
    #[default]
    None,
    /// What the payer wants to give.
    Asked,
    /// A fee in the currency of the code: decimal text as printed, 13 characters at most.
    Fixed(&'a str),
    /// A fee in per cent, 00.01 to 99.99, as printed.
    Percent(&'a str),
}

impl<'a> Tip<'a> {
    /// The tip or fee of a code. Where 55 announces a fee that is not there, or says what it
    /// must not, there is a warning and here [`Tip::None`]; agree with the payer.
    #[must_use]
    pub fn of(code: &Mpm<'a>) -> Self {
        match code.get(tags::TIP) {
            Some("01") => Self::Asked,
            Some("02") => code.get(tags::FEE_FIXED).map_or(Self::None, Self::Fixed),
            Some("03") => code.get(tags::FEE_PERCENT).map_or(Self::None, Self::Percent),
            _ => Self::None,
        }
    }

    /// 55, 56 and 57.
    pub(super) const fn objects(self) -> [Option<&'a str>; 3] {
        match self {
            Self::None => [None; 3],
            Self::Asked => [Some("01"), None, None],
            Self::Fixed(fee) => [Some("02"), Some(fee), None],
            Self::Percent(fee) => [Some("03"), None, Some(fee)],
        }
    }
}
