//! Where the money may go: objects 02-51 (EMVCo MPM 1.1, table 4.1).

use crate::mpm::{jpqr, tags};
use crate::tlv::{Object, Tag, Template};

/// Whether a tag names a merchant account.
pub(super) fn is_account(tag: Tag) -> bool {
    (2..=51).contains(&tag.number())
}

/// Whether a tag names a merchant account that is a template with a GUID. Those below
/// hold free text of the network's own making.
pub(super) fn is_template(tag: Tag) -> bool {
    (26..=51).contains(&tag.number())
}

/// Whom an account belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Network {
    /// Tags 02-03.
    Visa,
    /// Tags 04-05.
    Mastercard,
    /// Tags 06-08 and 17-25, kept by EMVCo.
    Emvco,
    /// Tags 09-10.
    Discover,
    /// Tags 11-12.
    Amex,
    /// Tags 13-14.
    Jcb,
    /// Tags 15-16.
    UnionPay,
    /// A template with the GUID of JPQR.
    Jpqr,
    /// A template whose GUID this crate does not know, or that has none.
    Unknown,
}

impl Network {
    /// Lower-case name, stable.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Visa => "visa",
            Self::Mastercard => "mastercard",
            Self::Emvco => "emvco",
            Self::Discover => "discover",
            Self::Amex => "amex",
            Self::Jcb => "jcb",
            Self::UnionPay => "unionpay",
            Self::Jpqr => "jpqr",
            Self::Unknown => "unknown",
        }
    }
}

/// One of the accounts that a code offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// 02 to 51. Says whose account it is only up to 25.
    pub tag: Tag,
    /// The account as the network wrote it.
    pub value: &'a str,
    /// Byte index of the object in the payload.
    pub position: usize,
    /// The objects inside, for tags from 26 on whose value is a template.
    pub template: Option<Template<'a>>,
}

impl<'a> Account<'a> {
    pub(super) fn new(object: &Object<'a>) -> Option<Self> {
        is_account(object.tag).then(|| Self {
            tag: object.tag,
            value: object.value,
            position: object.position,
            template: is_template(object.tag).then(|| object.template().ok()).flatten(),
        })
    }

    /// Identifier of the owner: an application id, a UUID or a reversed domain name.
    #[must_use]
    pub fn guid(&self) -> Option<&'a str> {
        self.template.as_ref()?.get(tags::GUID)
    }

    /// Whether the owner is `guid`. Compared without regard to case, as issuers differ.
    #[must_use]
    pub fn belongs_to(&self, guid: &str) -> bool {
        self.guid().is_some_and(|found| found.eq_ignore_ascii_case(guid))
    }

    /// Whose account it is: by tag up to 25, by GUID from 26 on, where tags float.
    #[must_use]
    pub fn network(&self) -> Network {
        match self.tag.number() {
            2..=3 => Network::Visa,
            4..=5 => Network::Mastercard,
            9..=10 => Network::Discover,
            11..=12 => Network::Amex,
            13..=14 => Network::Jcb,
            15..=16 => Network::UnionPay,
            ..=25 => Network::Emvco,
            _ if self.belongs_to(jpqr::GUID) => Network::Jpqr,
            _ => Network::Unknown,
        }
    }
}
