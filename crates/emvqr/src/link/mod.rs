//! Links that wallets print in their codes, and links of India's UPI (`qr` facts, sections
//! 4.6 and 5).
//!
//! [`read`] says whose link it is, what kind of code, and its token. It opens nothing, and
//! the text is borrowed. A link counts as a wallet's only when its host is that wallet's,
//! whole and in ASCII; nothing is decoded or repaired to make it so. User-info, a port, a
//! trailing dot, an encoded or foreign letter: each makes another host of it.
//!
//! ```
//! use emvqr::link::{self, Kind, Link, Wallet};
//!
//! let Ok(Link::Wallet(link)) = link::read("HTTPS://QR.ALIPAY.COM/FKX0AAAAAAAAAAAAAAAAAA") else {
//!     panic!("a link of Alipay");
//! };
//! assert_eq!(link.wallet(), Wallet::Alipay);
//! assert_eq!(link.kind(), Kind::MerchantStatic);
//! assert_eq!(link.token(), "FKX0AAAAAAAAAAAAAAAAAA");
//!
//! let refused = link::read("https://qr.alipay.com.evil.example/bax0").unwrap_err();
//! assert_eq!(refused.errors().next().unwrap().code(), "host");
//! ```

mod alipay;
mod linepay;
mod paypay;
mod percent;
mod unionpay;
pub mod upi;
mod uri;
mod wallet;
mod wechat;

pub use self::percent::Encoded;
pub use self::upi::Upi;
use self::uri::Uri;
pub use self::wallet::{Kind, TOKEN_CHARACTERS_MAX, Wallet, WalletLink};
use crate::finding::{Finding, Findings, Part, Place, Rejected, Rule};
use crate::text::trimmed;

/// Longest link that is looked at, in code points. The largest QR symbol holds 2,953 bytes.
pub const CHARACTERS_MAX: usize = 4096;

const TOO_LARGE: Rule = Rule::error(
    "too_large",
    "The text is longer than any QR code can be. Pass on only what the scanner read.",
);
const SCHEME: Rule = Rule::error(
    "scheme",
    "This is no link of a wallet that is known here. Ask for the wallet's payment code.",
);

/// A link that somebody can be paid by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link<'a> {
    /// A link of one wallet, which alone knows what its token stands for.
    Wallet(WalletLink<'a>),
    /// A UPI link, which says itself who is paid and how much.
    Upi(Upi<'a>),
}

impl<'a> Link<'a> {
    /// The text that was read, without line ends around it.
    #[must_use]
    pub const fn raw(&self) -> &'a str {
        match self {
            Self::Wallet(link) => link.raw(),
            Self::Upi(link) => link.raw(),
        }
    }

    /// Warnings, in the order in which they were found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Wallet(link) => link.findings(),
            Self::Upi(link) => link.findings(),
        }
    }
}

/// Reads a link.
///
/// Line ends around the text are dropped, as scanners add them. Positions of findings are
/// byte indices in what is left.
///
/// # Errors
/// The link must not be paid; the list says why. `scheme`: not of a scheme that is known
/// here. `host`: not at a wallet's host. `token`: at a wallet's host, which [`wallet_of`]
/// tells, and nothing that this wallet prints. `too_large`: over [`CHARACTERS_MAX`].
/// `upi:...`: see [`upi`].
pub fn read(text: &str) -> Result<Link<'_>, Rejected> {
    let mut findings = Findings::default();
    let raw = trimmed(text);
    // Four bytes is the longest a character gets. Beyond that there is no need to count.
    if raw.len() > CHARACTERS_MAX * 4 || raw.chars().count() > CHARACTERS_MAX {
        findings.add(&TOO_LARGE, 0);
        return Err(findings.reject());
    }
    let Some(uri) = Uri::split(raw) else {
        findings.push(&SCHEME, part("scheme"), 0);
        return Err(findings.reject());
    };
    if uri.has_scheme(upi::SCHEME) {
        return upi::read(raw, &uri).map(Link::Upi);
    }
    wallet::read(raw, &uri, findings).map(Link::Wallet)
}

/// Whether a text looks like a link, of whatever kind: it begins with a scheme and a colon.
/// Looks at no more than the first few characters.
///
/// ```
/// use emvqr::link;
///
/// assert!(link::has_scheme("javascript:alert(1)")); // a link, and one to refuse
/// assert!(!link::has_scheme("00020101021126680019"));
/// ```
#[must_use]
pub fn has_scheme(text: &str) -> bool {
    uri::scheme(trimmed(text)).is_some()
}

/// Whose link this is by its scheme and host, whether or not [`read`] takes the rest.
///
/// ```
/// use emvqr::link::{self, Wallet};
///
/// assert_eq!(link::wallet_of("https://qr.paypay.ne.jp/"), Some(Wallet::PayPay));
/// assert_eq!(link::wallet_of("https://qr.paypay.ne.jp.evil.example/"), None);
/// ```
#[must_use]
pub fn wallet_of(text: &str) -> Option<Wallet> {
    wallet::origin(&Uri::split(trimmed(text))?).ok().map(|origin| origin.wallet)
}

const fn part(name: &str) -> Place {
    Place::Part(Part::literal(name))
}
