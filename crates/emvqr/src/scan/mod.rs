//! The one entry: any scanned text in, what it is out.
//!
//! The order of the questions (`qr` facts, section 6): a code that a payer shows begins with
//! the base64 of object 85; a code that a merchant shows begins with object 00; a link has a
//! scheme; digits alone are a payment code. What is none of these is no payment code, and
//! where people confuse it with one, the finding says what it is: a bank's slip, a tax bill, a
//! product.
//!
//! ```
//! use emvqr::payment_code::Table;
//! use emvqr::scan::{self, Kind};
//!
//! let table = Table::builtin();
//! let scanned = scan::read("900081818895579920128799", &table);
//! assert_eq!((scanned.kind(), scanned.wallet()), (Kind::CpmDigits, Some("paypay")));
//!
//! let thai = "00020101021129370016A000000677010111011300668012345675802TH530376463046197";
//! let scanned = scan::read(thai, &table);
//! assert_eq!((scanned.kind(), scanned.scheme()), (Kind::Mpm, "promptpay"));
//!
//! // The code on a Thai transfer slip proves a payment and cannot be paid.
//! let scanned = scan::read("00450006000001010301402242026010100000000000000015102TH9104E177", &table);
//! assert_eq!(scanned.kind(), Kind::Unknown);
//! assert_eq!(scanned.findings()[0].code(), "not_payment:thai_slip");
//! ```

mod near_miss;

use crate::cpm::{self, Cpm};
use crate::finding::{Finding, Findings, Rejected, Rule};
use crate::link::{self, Link};
use crate::mpm::{self, Mpm, Profile};
use crate::payment_code::{RouteError, Table};
use crate::text::trimmed;

/// Longest payment code that is taken for one. Gateways accept codes of up to 128 characters.
const DIGITS_MAX: usize = 128;

const FORMAT: Rule = Rule::error(
    "format",
    "A payment code is digits only. Scan it anew, or type it without spaces and hyphens.",
);
const UNKNOWN_PREFIX: Rule = Rule::error(
    "unknown_prefix",
    "No wallet in the table issues codes that begin so. Ask the payer for a payment code, or complete the table.",
);
const LENGTH: Rule = Rule::error(
    "length",
    "The wallet that issues codes with this beginning makes them longer or shorter. Scan the whole code again.",
);
const DIGIT: Rule = Rule::error(
    "digit",
    "A digit by which the table tells this wallet's codes is another. Scan the code again.",
);

/// What sort of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A code that a merchant shows (EMVCo MPM).
    Mpm,
    /// A code that a payer shows as a QR symbol (EMVCo CPM, JPQR).
    CpmBer,
    /// The digits that a payer shows.
    CpmDigits,
    /// A link of a wallet or of UPI.
    Uri,
    /// No payment code.
    Unknown,
}

impl Kind {
    /// Lower-case name, stable.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mpm => "mpm",
            Self::CpmBer => "cpm-ber",
            Self::CpmDigits => "cpm-digits",
            Self::Uri => "uri",
            Self::Unknown => "unknown",
        }
    }
}

/// What the one who asks knows of the text already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hint {
    /// Nothing.
    #[default]
    Any,
    /// It is to be a code that a merchant shows.
    Mpm,
    /// A code that a merchant shows is to follow this profile. A text that is clearly a link
    /// or a payer's code is read as that.
    Profile(Profile),
    /// It is to be a code that a payer shows as a QR symbol.
    Cpm,
    /// It is to be the digits that a payer shows.
    Digits,
    /// It is to be a link.
    Link,
}

impl Hint {
    /// Names of hints that are no profile's.
    pub const NAMES: [(&str, Self); 6] = [
        ("emv-mpm", Self::Mpm),
        ("emv-cpm", Self::Cpm),
        ("jpqr-cpm", Self::Cpm),
        ("payment-code", Self::Digits),
        ("url", Self::Link),
        ("other", Self::Any),
    ];

    /// The hint with this name: one of [`Hint::NAMES`] or the label of a [`Profile`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let own = Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, hint)| *hint);
        own.or_else(|| Profile::named(name).map(Self::Profile))
    }
}

/// Digits that a payer shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits<'a> {
    /// Who issued them, by the table's name.
    pub wallet: &'a str,
    /// The code. Works like money for about a minute, so debug output does not show it.
    pub digits: &'a str,
}

impl core::fmt::Debug for Digits<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Digits({}, {} digits)", self.wallet, self.digits.len())
    }
}

/// A text that somebody can pay or be paid by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code<'a> {
    /// Shown by a merchant.
    Mpm(Mpm<'a>),
    /// Shown by a payer as a QR symbol.
    Cpm(Cpm<'a>),
    /// Shown by a payer as digits.
    Digits(Digits<'a>),
    /// A link.
    Link(Link<'a>),
}

/// What a text is, whether it may be used, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned<'a> {
    kind: Kind,
    hint: Hint,
    wallet: Option<&'a str>,
    /// Whose rules a merchant's code claims to follow, also one that is refused.
    profile: Option<Profile>,
    code: Result<Code<'a>, Rejected>,
}

/// Says what a text is. `table` tells whose the digits are that payers show.
#[must_use]
pub fn read<'a>(text: &'a str, table: &'a Table) -> Scanned<'a> {
    read_as(text, table, Hint::Any)
}

/// Says what a text is that the caller already knows something of.
#[must_use]
pub fn read_as<'a>(text: &'a str, table: &'a Table, hint: Hint) -> Scanned<'a> {
    let text = trimmed(text);
    let kind = kind_of(text);
    let (kind, code) = match (hint, kind) {
        (Hint::Cpm, _) | (Hint::Any | Hint::Profile(_), Kind::CpmBer) => {
            (Kind::CpmBer, cpm::read(text).map(Code::Cpm))
        }
        (Hint::Digits, _) | (Hint::Any, Kind::CpmDigits) => {
            (Kind::CpmDigits, digits(text, table).map(Code::Digits))
        }
        (Hint::Link, _) => (Kind::Uri, link::read(text).map(Code::Link)),
        (Hint::Any | Hint::Profile(_), Kind::Uri) => read_link(text),
        (Hint::Mpm, _) => (Kind::Mpm, expected_mpm(text, mpm::read(text))),
        (Hint::Profile(profile), Kind::Mpm | Kind::CpmDigits | Kind::Unknown) => {
            (Kind::Mpm, expected_mpm(text, mpm::read_as(text, profile)))
        }
        (Hint::Any, Kind::Mpm) => read_mpm(text),
        (Hint::Any, Kind::Unknown) => (Kind::Unknown, Err(near_miss::unknown(text))),
    };
    let wallet = match &code {
        Ok(Code::Digits(digits)) => Some(digits.wallet),
        Ok(Code::Link(Link::Wallet(link))) => Some(link.wallet().name()),
        Ok(Code::Mpm(_) | Code::Cpm(_) | Code::Link(Link::Upi(_))) => None,
        // The host is known though the rest is wrong: worth telling the payer which app.
        Err(_) if kind == Kind::Uri => link::wallet_of(text).map(|wallet| wallet.name()),
        Err(_) => None,
    };
    let profile = match &code {
        Ok(Code::Mpm(code)) => profile_of(code),
        Err(_) if kind == Kind::Mpm => mpm::unjudged(text).as_ref().and_then(profile_of),
        Ok(Code::Cpm(_) | Code::Digits(_) | Code::Link(_)) | Err(_) => None,
    };
    Scanned { kind, hint, wallet, profile, code }
}

/// What a text claims to be, by its beginning.
fn kind_of(text: &str) -> Kind {
    if cpm::looks_like(text) {
        Kind::CpmBer
    } else if text.starts_with("0002")
        || (text.starts_with("00") && near_miss::is_disordered_mpm(text))
    {
        Kind::Mpm
    } else if link::has_scheme(text) {
        Kind::Uri
    } else if (1..=DIGITS_MAX).contains(&text.len()) && is_digits(text) {
        Kind::CpmDigits
    } else if near_miss::is_disordered_mpm(text) {
        Kind::Mpm
    } else {
        Kind::Unknown
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A merchant's code, or what only looks like one.
fn read_mpm(text: &str) -> (Kind, Result<Code<'_>, Rejected>) {
    match mpm::read(text) {
        Ok(code) => (Kind::Mpm, Ok(Code::Mpm(code))),
        Err(rejected) => match near_miss::of_mpm(text, &rejected) {
            Some(named) => (Kind::Unknown, Err(named)),
            None => (Kind::Mpm, Err(rejected)),
        },
    }
}

/// What a merchant's code should have been. Also here it is better to say "a tax bill" first.
fn expected_mpm<'a>(text: &'a str, read: Result<Mpm<'a>, Rejected>) -> Result<Code<'a>, Rejected> {
    let named = |rejected| near_miss::of_mpm(text, &rejected).unwrap_or(rejected);
    read.map(Code::Mpm).map_err(named)
}

/// A wallet's link, or one to anywhere else.
fn read_link(text: &str) -> (Kind, Result<Code<'_>, Rejected>) {
    match link::read(text) {
        Ok(link) => (Kind::Uri, Ok(Code::Link(link))),
        Err(rejected) if link::wallet_of(text).is_some() || near_miss::is_upi(text) => {
            (Kind::Uri, Err(rejected))
        }
        Err(rejected) => (Kind::Unknown, Err(near_miss::of_link(text, &rejected))),
    }
}

fn digits<'a>(text: &'a str, table: &'a Table) -> Result<Digits<'a>, Rejected> {
    let rule = match table.route(text) {
        Ok(wallet) => return Ok(Digits { wallet, digits: text }),
        Err(RouteError::Empty | RouteError::NotDigits) => &FORMAT,
        Err(RouteError::UnknownPrefix) => &UNKNOWN_PREFIX,
        Err(RouteError::Length { .. }) => &LENGTH,
        Err(RouteError::FixedDigit) => &DIGIT,
    };
    let mut findings = Findings::default();
    findings.add(rule, 0);
    near_miss::add_product(text, &mut findings);
    Err(findings.reject())
}

impl<'a> Scanned<'a> {
    /// What sort of text it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it may be used to pay.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        self.code.is_ok()
    }

    /// The code.
    ///
    /// # Errors
    /// It must not be paid; the findings say why.
    pub const fn code(&self) -> Result<&Code<'a>, &Rejected> {
        self.code.as_ref()
    }

    /// Errors and warnings, in the order in which they were found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.code {
            Ok(Code::Mpm(code)) => code.findings(),
            Ok(Code::Cpm(code)) => code.findings(),
            Ok(Code::Link(link)) => link.findings(),
            Ok(Code::Digits(_)) => &[],
            Err(rejected) => rejected.findings(),
        }
    }

    /// The wallet that issued the digits or whose link it is; also of a link that is refused
    /// though the host is known.
    #[must_use]
    pub const fn wallet(&self) -> Option<&'a str> {
        self.wallet
    }

    /// Whose rules the text follows, as one lower-case name: the profile of a merchant's code,
    /// `emv-mpm` without one; `emv-cpm`, `jpqr-cpm`, `payment-code`; `bharatqr` for UPI's
    /// links and `url` for others; `unknown`.
    ///
    /// A code that claims several profiles goes by its country, since a Singaporean code may
    /// carry a Chinese wallet and not the other way round.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        let hoped_for = match self.hint {
            Hint::Profile(profile) => Some(profile),
            Hint::Any | Hint::Mpm | Hint::Cpm | Hint::Digits | Hint::Link => None,
        };
        let merchants = || self.profile.or(hoped_for).map_or("emv-mpm", Profile::label);
        match (&self.code, self.kind) {
            (Ok(Code::Mpm(_)), _) | (Err(_), Kind::Mpm) => merchants(),
            (Ok(Code::Cpm(code)), _) => match code.format() {
                cpm::Format::Emv => "emv-cpm",
                cpm::Format::Jpqr => "jpqr-cpm",
            },
            (Ok(Code::Digits(_)), _) => "payment-code",
            (Ok(Code::Link(Link::Upi(_))), _) => Profile::BharatQr.label(),
            (Ok(Code::Link(Link::Wallet(_))), _) => "url",
            (Err(_), Kind::CpmBer) => "emv-cpm",
            (Err(_), Kind::CpmDigits) => "payment-code",
            (Err(_), Kind::Uri) => "url",
            (Err(_), Kind::Unknown) => "unknown",
        }
    }
}

/// Where a code was made, among the profiles that it claims.
fn profile_of(code: &Mpm<'_>) -> Option<Profile> {
    let home = match code.country() {
        Some("JP") => Some(Profile::Jpqr),
        Some("ID") => Some(Profile::Qris),
        Some("KH") => Some(Profile::Khqr),
        Some("SG") => Some(Profile::Sgqr),
        Some("MY") => Some(Profile::DuitNow),
        Some("TH") => Some(Profile::PromptPay),
        Some("IN") => Some(Profile::BharatQr),
        Some("VN") => Some(Profile::VietQr),
        Some("PH") => Some(Profile::QrPh),
        Some("HK") => Some(Profile::HkFps),
        Some(_) | None => None,
    };
    let claims = code.claims();
    home.filter(|home| claims.contains(*home)).or_else(|| claims.iter().next())
}
