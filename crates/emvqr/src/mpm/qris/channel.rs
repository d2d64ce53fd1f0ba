//! Where a payer meets a code: object 62.11, which Indonesia and Malaysia use.

use crate::mpm::Mpm;
use crate::tlv::Tag;

/// The object of template 62.
pub(in crate::mpm) const CHANNEL: Tag = Tag::literal(11);

/// Declares what one digit of the channel can say: `0` the first name, and so on.
macro_rules! digit {
    ($(#[$doc:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident $digit:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$meaning])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As printed.
            #[must_use]
            pub const fn digit(self) -> char {
                match self { $(Self::$variant => $digit,)+ }
            }

            fn of(digit: char) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.digit() == digit)
            }
        }
    };
}

digit! {
    /// What shows the code.
    Medium {
        /// A sticker of the merchant's.
        Sticker '0',
        /// A bill or invoice.
        Bill '1',
        /// A magazine or poster.
        Poster '2',
        /// Anything else in print.
        OtherPrint '3',
        /// The screen of a till.
        Till '4',
        /// A web site.
        Website '5',
        /// An app.
        App '6',
        /// Anything else.
        Other '7',
    }
}

digit! {
    /// Where the payer is.
    Location {
        /// At the merchant's.
        AtMerchant '0',
        /// Not at the merchant's.
        NotAtMerchant '1',
        /// Far away, as in online trade.
        Remote '2',
        /// Anything else.
        Other '3',
    }
}

digit! {
    /// Whether somebody of the merchant's is there.
    Presence {
        /// Somebody is.
        Attended '0',
        /// Nobody is.
        Unattended '1',
        /// Somebody looks after many.
        SemiAttended '2',
        /// Anything else.
        Other '3',
    }
}

/// Where a payer meets the code: three digits in object 62.11 (`qr` facts, section 1.4,
/// second-hand from Malaysia's documentation).
///
/// ```
/// use emvqr::mpm::qris::{Channel, Location, Medium, Presence};
///
/// let channel = Channel::parse("400").unwrap();
/// assert_eq!(channel.medium, Medium::Till);
/// assert_eq!(channel.location, Location::AtMerchant);
/// assert_eq!(channel.presence, Presence::Attended);
/// assert_eq!(Channel::parse("900"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel {
    /// First digit.
    pub medium: Medium,
    /// Second digit.
    pub location: Location,
    /// Third digit.
    pub presence: Presence,
}

impl Channel {
    /// The channel of a code. Nothing too when the value has no meaning in the table.
    #[must_use]
    pub fn of(code: &Mpm<'_>) -> Option<Self> {
        Self::parse(code.additional()?.get(CHANNEL)?)
    }

    /// Reads the three digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = text.chars();
        let channel = Self {
            medium: Medium::of(digits.next()?)?,
            location: Location::of(digits.next()?)?,
            presence: Presence::of(digits.next()?)?,
        };
        digits.next().is_none().then_some(channel)
    }

    /// As printed.
    #[must_use]
    pub const fn digits(self) -> [char; 3] {
        [self.medium.digit(), self.location.digit(), self.presence.digit()]
    }
}
