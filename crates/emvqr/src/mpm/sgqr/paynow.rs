//! PayNow: a transfer to a proxy.

use super::{REFERENCE, SingaporeTime};
use crate::mpm::check::digits;
use crate::mpm::{Account, Mpm, Network, tags};
use crate::tlv::{Tag, Template};

/// Owner of the account.
const GUID: &str = "SG.PAYNOW";
/// Kind of the proxy.
pub(super) const KIND: Tag = Tag::literal(1);
/// The proxy.
pub(super) const PROXY: Tag = Tag::literal(2);
/// Whether the payer may change the amount.
pub(super) const EDITABLE: Tag = Tag::literal(3);
/// When the code ends.
pub(super) const EXPIRY: Tag = Tag::literal(4);
/// Reference in old codes.
const OLD_REFERENCE: Tag = Tag::literal(5);

/// By what a payee is known. The text is as in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proxy<'a> {
    /// Kind 0: mobile number with `+` and country code, `+6580000001`.
    Mobile(&'a str),
    /// Kind 2: number of a company or other body, 9 or 10 characters, with a suffix 12 or 13;
    /// longer ones were seen.
    Uen(&'a str),
    /// A kind that nobody is known to use. Do not pay it by guess.
    Other {
        /// What object 01 says.
        kind: &'a str,
        /// What object 02 says.
        value: &'a str,
    },
}

impl<'a> Proxy<'a> {
    pub(super) fn of(template: &Template<'a>) -> Option<Self> {
        let value = template.get(PROXY)?;
        Some(match template.get(KIND)? {
            "0" => Self::Mobile(value),
            "2" => Self::Uen(value),
            kind => Self::Other { kind, value },
        })
    }

    const fn kind(&self) -> &'a str {
        match self {
            Self::Mobile(_) => "0",
            Self::Uen(_) => "2",
            Self::Other { kind, .. } => kind,
        }
    }

    /// The text, whatever its kind.
    #[must_use]
    pub const fn value(&self) -> &'a str {
        match self {
            Self::Mobile(value) | Self::Uen(value) | Self::Other { value, .. } => value,
        }
    }

    /// Whether the text has the characters of its kind. True for unknown kinds.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        match self {
            Self::Mobile(value) => value.strip_prefix('+').is_some_and(digits(1..=99)),
            Self::Uen(value) => {
                value.len() >= 9 && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }
            Self::Other { .. } => true,
        }
    }
}

/// Whether a code may still be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Validity {
    /// It has no expiry.
    Unstated,
    /// Its expiry is to come.
    Current,
    /// Its expiry is past. It must not be paid.
    Expired,
    /// It has an expiry that cannot be read. Ask for a new code.
    Unreadable,
}

/// What the payment will be called on the payee's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// As in the code.
    pub text: &'a str,
    /// Whether the payer may write something else. Never when a company is paid.
    pub payer_may_edit: bool,
}

/// A transfer to a proxy, under any tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayNow<'a> {
    /// Who is paid.
    pub proxy: Proxy<'a>,
    /// Whether object 03 lets the payer change the amount; [`PayNow::payer_sets_amount`] is
    /// what an app wants to know. False when 03 is missing or malformed.
    pub amount_editable: bool,
    /// `YYYYMMDD` or `YYYYMMDDhhmmss`, by the clocks of Singapore.
    pub expiry: Option<&'a str>,
    /// Reference as old codes have it; [`PayNow::reference`] looks in both places.
    pub old_reference: Option<&'a str>,
}

/// The PayNow accounts of a code that can be read, in its order. There should be one.
pub fn paynow<'a>(code: &Mpm<'a>) -> impl Iterator<Item = PayNow<'a>> {
    code.accounts().filter_map(|account| PayNow::of(&account))
}

impl<'a> PayNow<'a> {
    /// The account by its meaning. Nothing when it is another network's, or lacks the proxy
    /// or its kind; the code has a warning then.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        if account.network != Network::PayNow {
            return None;
        }
        Some(Self {
            proxy: Proxy::of(&account.template?)?,
            amount_editable: account.get(EDITABLE) == Some("1"),
            expiry: account.get(EXPIRY),
            old_reference: account.get(OLD_REFERENCE),
        })
    }

    /// Whether it may be paid now. Give `now` as the time of day where it is known; a mere
    /// [`SingaporeTime::date`] stands for the day's first moment, which is enough for an
    /// expiry without a time. The day of expiry still counts.
    #[must_use]
    pub fn validity(&self, now: SingaporeTime) -> Validity {
        match self.expiry.map(SingaporeTime::end_of) {
            None => Validity::Unstated,
            Some(None) => Validity::Unreadable,
            Some(Some(end)) if now <= end => Validity::Current,
            Some(Some(_)) => Validity::Expired,
        }
    }

    /// Whether the payer types the amount or may change the one in `code`.
    #[must_use]
    pub fn payer_sets_amount(&self, code: &Mpm<'_>) -> bool {
        self.amount_editable || code.amount().is_none()
    }

    /// The reference of `code`: 62.01, or where old codes have it.
    #[must_use]
    pub fn reference(&self, code: &Mpm<'a>) -> Option<Reference<'a>> {
        let additional = code.additional().and_then(|template| template.get(REFERENCE));
        let text = additional.or(self.old_reference)?;
        Some(Reference { text, payer_may_edit: !matches!(self.proxy, Proxy::Uen(_)) })
    }

    pub(super) const fn parts(&self) -> [(Tag, Option<&'a str>); 6] {
        [
            (tags::GUID, Some(GUID)),
            (KIND, Some(self.proxy.kind())),
            (PROXY, Some(self.proxy.value())),
            (EDITABLE, Some(if self.amount_editable { "1" } else { "0" })),
            (EXPIRY, self.expiry),
            (OLD_REFERENCE, self.old_reference),
        ]
    }
}
