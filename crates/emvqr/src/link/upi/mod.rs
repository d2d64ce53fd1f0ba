//! `upi://pay?...`: a payment by India's UPI (`qr` facts, section 4.6).
//!
//! ```
//! use emvqr::link::{self, Link};
//!
//! let text = "upi://pay?pa=chaipoint@okaxis&pn=Chai%20Point&am=149.50&cu=INR&tr=ORD-42";
//! let Ok(Link::Upi(upi)) = link::read(text) else { panic!("a UPI link") };
//! assert_eq!(upi.payee(), "chaipoint@okaxis");
//! assert_eq!(upi.payee_name().unwrap(), "Chai Point");
//! assert_eq!(upi.amount_paise(), Some(14_950));
//! assert_eq!(upi.reference().unwrap(), "ORD-42");
//! ```
//!
//! # Findings
//!
//! Errors: `upi:action` (not `pay`), `upi:pa_missing`, `upi:format:NAME` of `pa`, `am` and
//! `mam`, `upi:zero_amount:am`, `upi:minimum` (over the amount), `upi:currency`,
//! `upi:dup:NAME` of what decides who is paid, how much or for which order,
//! `upi:hidden:NAME`, `upi:fragment`, `upi:control`.
//!
//! Warnings: `upi:pn_missing`, `upi:tr_missing`, `upi:format:NAME` of `mc`, `mode` and
//! `purpose`, `upi:repeated:NAME` of the others, `upi:empty:NAME`, `upi:case:NAME`,
//! `upi:percent:NAME`, `upi:utf8:NAME`, `upi:unencoded:NAME`, `upi:charset:NAME`.
//!
//! Which of them refuse is our choice but for `pa` and the currency: a link is refused when
//! two careful readers could pay differently by it.

mod check;
mod draft;
mod key;

use alloc::borrow::Cow;

pub use self::draft::{Draft, Faulty};
pub use self::key::Key;
use super::Encoded;
use super::uri::Uri;
use crate::finding::{Finding, Findings, Rejected};

pub(super) const SCHEME: &str = "upi";

/// A UPI link, borrowed from its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upi<'a> {
    raw: &'a str,
    query: &'a str,
    findings: Findings,
}

/// A parameter as it stands in the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// Before the `=`.
    pub name: Encoded<'a>,
    /// After it. Empty when there is none.
    pub value: Encoded<'a>,
    /// Byte index of the name in the query.
    offset: usize,
}

impl Param<'_> {
    /// What it means, also when its name is oddly spelled.
    #[must_use]
    pub fn key(&self) -> Option<Key> {
        Key::find(self.name.text().trim())
    }
}

impl<'a> Upi<'a> {
    /// The text that was read, without line ends around it.
    #[must_use]
    pub const fn raw(&self) -> &'a str {
        self.raw
    }

    /// All parameters in their order, those that nobody knows too.
    pub fn params(&self) -> impl Iterator<Item = Param<'a>> + use<'a> {
        params(self.query)
    }

    /// A parameter's value. Nothing when it is missing or empty.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<Encoded<'a>> {
        get(self.query, key)
    }

    /// Address of who is paid, `name@handle`.
    #[must_use]
    pub fn payee(&self) -> Cow<'a, str> {
        self.text(Key::Pa).unwrap_or_default()
    }

    /// Name of who is paid, as the link says; nobody has checked it.
    #[must_use]
    pub fn payee_name(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Pn)
    }

    /// Merchant category, four digits but for links with a warning.
    #[must_use]
    pub fn category(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Mc)
    }

    /// Amount in paise, hundredths of a rupee, above zero. Nothing when the payer types it.
    #[must_use]
    pub fn amount_paise(&self) -> Option<u64> {
        check::paise(&self.text(Key::Am)?)
    }

    /// Least amount in paise that the payer may change the amount to.
    #[must_use]
    pub fn minimum_paise(&self) -> Option<u64> {
        check::paise(&self.text(Key::Mam)?)
    }

    /// The payee's order.
    #[must_use]
    pub fn reference(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Tr)
    }

    /// Transaction id, made by the payee's software.
    #[must_use]
    pub fn transaction_id(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Tid)
    }

    /// Note for the payer.
    #[must_use]
    pub fn note(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Tn)
    }

    /// Link with more about the transaction. Not looked at: it may lead anywhere.
    #[must_use]
    pub fn url(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Url)
    }

    /// How the link reached the payer, two digits but for links with a warning.
    #[must_use]
    pub fn mode(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Mode)
    }

    /// Purpose, two digits but for links with a warning.
    #[must_use]
    pub fn purpose(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Purpose)
    }

    /// Organisation that made the link.
    #[must_use]
    pub fn organisation(&self) -> Option<Cow<'a, str>> {
        self.text(Key::Orgid)
    }

    /// Signature as it stands in the link, which nobody has verified here. Not decoded: in
    /// base64 a `+` is no space.
    #[must_use]
    pub fn signature(&self) -> Option<&'a str> {
        self.get(Key::Sign).map(Encoded::raw)
    }

    /// Warnings, in the order in which they were found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.findings.as_slice()
    }

    fn text(&self, key: Key) -> Option<Cow<'a, str>> {
        self.get(key).map(Encoded::text)
    }
}

pub(super) fn read<'a>(raw: &'a str, uri: &Uri<'a>) -> Result<Upi<'a>, Rejected> {
    let mut findings = Findings::default();
    check::all(raw, uri, &mut findings);
    let query = uri.query.unwrap_or_default();
    Ok(Upi { raw, query, findings: findings.verdict()? })
}

fn params(query: &str) -> impl Iterator<Item = Param<'_>> {
    let mut next = 0;
    let items = query.split('&').map(move |item| {
        let offset = next;
        next += item.len() + 1;
        let (name, value) = item.split_once('=').unwrap_or((item, ""));
        Param { name: Encoded(name), value: Encoded(value), offset }
    });
    items.filter(|param| !param.name.raw().is_empty() || !param.value.raw().is_empty())
}

fn get(query: &str, key: Key) -> Option<Encoded<'_>> {
    let found = params(query).find(|param| param.key() == Some(key))?;
    Some(found.value).filter(|value| !value.raw().is_empty())
}
