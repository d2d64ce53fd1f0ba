//! Names of parameters.

use crate::finding::{Part, Place};

/// A parameter of a UPI link whose meaning is known (`qr` facts, section 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Payee's address (VPA), `name@handle`.
    Pa,
    /// Payee's name.
    Pn,
    /// Merchant category, four digits.
    Mc,
    /// Transaction id, made by the payee's software.
    Tid,
    /// Transaction reference, the payee's order.
    Tr,
    /// Note for the payer.
    Tn,
    /// Amount in rupees.
    Am,
    /// Least amount that the payer may change `am` to, in rupees.
    Mam,
    /// Currency.
    Cu,
    /// Link with more about the transaction.
    Url,
    /// How the link reached the payer: `01` QR, `04` intent, `15` and `16` dynamic QR.
    Mode,
    /// Purpose, two digits: `11` global UPI.
    Purpose,
    /// Organisation that made the link.
    Orgid,
    /// Signature over the link.
    Sign,
}

impl Key {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Pa,
        Self::Pn,
        Self::Mc,
        Self::Tid,
        Self::Tr,
        Self::Tn,
        Self::Am,
        Self::Mam,
        Self::Cu,
        Self::Url,
        Self::Mode,
        Self::Purpose,
        Self::Orgid,
        Self::Sign,
    ];

    /// `pa` and so on, as links spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pa => "pa",
            Self::Pn => "pn",
            Self::Mc => "mc",
            Self::Tid => "tid",
            Self::Tr => "tr",
            Self::Tn => "tn",
            Self::Am => "am",
            Self::Mam => "mam",
            Self::Cu => "cu",
            Self::Url => "url",
            Self::Mode => "mode",
            Self::Purpose => "purpose",
            Self::Orgid => "orgid",
            Self::Sign => "sign",
        }
    }

    /// The key with this name, in whatever case: a reader that ignores case would take it so.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name().eq_ignore_ascii_case(name))
    }

    pub(super) const fn place(self) -> Place {
        Place::Part(Part::literal(self.name()))
    }

    /// Whether it says who is paid, how much, for which order, or who vouches for that.
    /// Said twice, two readers could take two answers.
    pub(super) const fn decides(self) -> bool {
        match self {
            Self::Pa | Self::Pn | Self::Mc | Self::Tid | Self::Tr => true,
            Self::Am | Self::Mam | Self::Cu | Self::Orgid | Self::Sign => true,
            Self::Tn | Self::Url | Self::Mode | Self::Purpose => false,
        }
    }
}
