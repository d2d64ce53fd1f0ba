//! Whose link it is: the table of hosts, and what is the same for all wallets.

use super::uri::Uri;
use super::{SCHEME, alipay, linepay, part, paypay, unionpay, wechat};
use crate::finding::{Finding, Findings, Rejected, Rule};

/// Longest token that is read. Those seen are under 100; the limit is ours.
pub const TOKEN_CHARACTERS_MAX: usize = 256;

const HOST: Rule = Rule::error(
    "host",
    "The link does not lead to a wallet that is known here. Do not open it; ask for the wallet's own code.",
);
const USER_INFO: Rule = Rule::error(
    "host",
    "The link names a user before its host, which hides where it leads. Do not open it; no wallet prints that.",
);
const PORT: Rule =
    Rule::error("host", "The link names a port. Do not open it; no wallet prints that.");
const TOKEN: Rule = Rule::error(
    "token",
    "The link leads to the wallet, but not to a payment code. Ask for the payment code.",
);
const PLAIN_HTTP: Rule = Rule::warning(
    "plain_http",
    "The link is of http, not https. It can be read, but do not open it; have the code printed anew.",
);
const PARAMETER: Rule = Rule::warning(
    "parameter",
    "The link has parameters that this wallet is not known to print. They are not looked at.",
);
pub(super) const UNKNOWN_TOKEN: Rule = Rule::warning(
    "token_unknown",
    "The token begins in a way not known here, so its kind is not either. Let the wallet decide.",
);

/// A wallet that prints links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wallet {
    /// Alipay.
    Alipay,
    /// LINE Pay, which has ended in Japan.
    LinePay,
    /// PayPay.
    PayPay,
    /// UnionPay.
    UnionPay,
    /// WeChat Pay.
    WeChat,
}

impl Wallet {
    /// `alipay` and so on, as in the table of [`crate::payment_code`].
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alipay => "alipay",
            Self::LinePay => "linepay",
            Self::PayPay => "paypay",
            Self::UnionPay => "unionpay",
            Self::WeChat => "wechat",
        }
    }
}

/// What a wallet's link is for, as far as its form tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Made for one order of a merchant.
    MerchantDynamic,
    /// Printed once by a merchant; the payer types the amount.
    MerchantStatic,
    /// Somebody's own code to receive money.
    PersonalReceive,
    /// Between persons. Not a payment to a merchant.
    Person,
    /// Of a wallet's test service. No money.
    Sandbox,
    /// The wallet's own, and no more is known.
    Unknown,
}

impl Kind {
    /// `merchant-dynamic` and so on.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::MerchantDynamic => "merchant-dynamic",
            Self::MerchantStatic => "merchant-static",
            Self::PersonalReceive => "personal-receive",
            Self::Person => "person",
            Self::Sandbox => "sandbox",
            Self::Unknown => "unknown",
        }
    }
}

/// A link of a wallet, borrowed from its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletLink<'a> {
    raw: &'a str,
    wallet: Wallet,
    token: Token<'a>,
    findings: Findings,
}

impl<'a> WalletLink<'a> {
    /// The text that was read, without line ends around it.
    #[must_use]
    pub const fn raw(&self) -> &'a str {
        self.raw
    }

    /// Whose it is.
    #[must_use]
    pub const fn wallet(&self) -> Wallet {
        self.wallet
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.token.kind
    }

    /// What tells this code from the wallet's others: ASCII without encoding, 1 to
    /// [`TOKEN_CHARACTERS_MAX`] characters, upper and lower case as in the link.
    #[must_use]
    pub const fn token(&self) -> &'a str {
        self.token.text
    }

    /// Warnings, in the order in which they were found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.findings.as_slice()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
}

/// Where links of a wallet begin.
pub(super) struct Origin {
    scheme: Scheme,
    /// Empty when the token stands in its place.
    host: &'static str,
    pub wallet: Wallet,
    /// Whether it is the wallet's test service.
    pub sandbox: bool,
    token: TokenReader,
}

/// Finds the token in what follows the host, if this is a form that the wallet prints.
type TokenReader = for<'a> fn(&mut Rest<'a, '_>) -> Option<Token<'a>>;

#[derive(PartialEq)]
enum Scheme {
    /// `https`; `http` with a warning.
    Web,
    /// A scheme that the wallet's app has for itself.
    App(&'static str),
}

/// Hosts that published codes have (`qr` facts, section 5). Store-code links of Rakuten Pay,
/// d-barai, au PAY and Merpay were not found.
static ORIGINS: [Origin; 8] = [
    web("qr.alipay.com", Wallet::Alipay, alipay::token),
    web("qr.95516.com", Wallet::UnionPay, unionpay::token),
    web("qr.paypay.ne.jp", Wallet::PayPay, paypay::token),
    sandbox("qr-stg.sandbox.paypay.ne.jp", Wallet::PayPay, paypay::sandbox),
    app("weixin", "wxpay", Wallet::WeChat, wechat::order),
    app("wxp", "", Wallet::WeChat, wechat::receive),
    app("paypay", "payment", Wallet::PayPay, paypay::app),
    app("line", "pay", Wallet::LinePay, linepay::token),
];

const fn web(host: &'static str, wallet: Wallet, token: TokenReader) -> Origin {
    Origin { scheme: Scheme::Web, host, wallet, sandbox: false, token }
}

const fn sandbox(host: &'static str, wallet: Wallet, token: TokenReader) -> Origin {
    Origin { sandbox: true, ..web(host, wallet, token) }
}

const fn app(
    scheme: &'static str,
    host: &'static str,
    wallet: Wallet,
    token: TokenReader,
) -> Origin {
    Origin { scheme: Scheme::App(scheme), ..web(host, wallet, token) }
}

impl Origin {
    fn has_scheme_of(&self, uri: &Uri<'_>) -> bool {
        match self.scheme {
            Scheme::Web => uri.has_scheme("https") || uri.has_scheme("http"),
            Scheme::App(name) => uri.has_scheme(name),
        }
    }

    fn has_host(&self, host: &str) -> bool {
        self.host.is_empty() || self.host.eq_ignore_ascii_case(host)
    }
}

/// The wallet's web service at exactly this host.
pub(super) fn web_origin(host: &str) -> Option<&'static Origin> {
    ORIGINS.iter().find(|origin| origin.scheme == Scheme::Web && origin.has_host(host))
}

/// Where the link begins, or why that is nowhere and which part says so.
pub(super) fn origin(uri: &Uri<'_>) -> Result<&'static Origin, (&'static Rule, &'static str)> {
    let mut fault = (&SCHEME, "scheme");
    for origin in ORIGINS.iter().filter(|origin| origin.has_scheme_of(uri)) {
        match uri.authority {
            Some(host) if origin.has_host(host) => return Ok(origin),
            Some(host) if host.contains('@') => fault = (&USER_INFO, "host"),
            Some(host) if host.contains(':') => fault = (&PORT, "host"),
            _ => fault = (&HOST, "host"),
        }
    }
    Err(fault)
}

pub(super) fn read<'a>(
    raw: &'a str,
    uri: &Uri<'a>,
    mut findings: Findings,
) -> Result<WalletLink<'a>, Rejected> {
    let origin = match origin(uri) {
        Ok(origin) => origin,
        Err((rule, name)) => {
            let position = if name == "host" { uri.authority_position() } else { 0 };
            findings.push(rule, part(name), position);
            return Err(findings.reject());
        }
    };
    if uri.has_scheme("http") {
        findings.push(&PLAIN_HTTP, part("scheme"), 0);
    }
    let mut rest = Rest { uri: *uri, findings: &mut findings };
    // Nobody prints a fragment, and no wallet would be told what stands in one.
    let token = if uri.fragment.is_none() { (origin.token)(&mut rest) } else { None };
    let Some(token) = token else {
        findings.push(&TOKEN, part("path"), uri.path_position());
        return Err(findings.reject());
    };
    Ok(WalletLink { raw, wallet: origin.wallet, token, findings: findings.verdict()? })
}

/// A link at the right host, while its token is looked for.
pub(super) struct Rest<'a, 'f> {
    pub uri: Uri<'a>,
    findings: &'f mut Findings,
}

impl Rest<'_, '_> {
    pub fn warn_path(&mut self, rule: &'static Rule) {
        self.findings.push(rule, part("path"), self.uri.path_position());
    }

    /// Whether what follows `?` is harmless: no letters by which it could carry a link, and
    /// nothing `known` twice. Other names are met in the wild; they give a warning.
    pub fn has_plain_query(&mut self, known: &[&str]) -> bool {
        let Some(query) = self.uri.query else {
            return true;
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=&".contains(&byte);
        let names = || query.split('&').map(|item| item.split('=').next().unwrap_or_default());
        let twice = |name: &&str| names().filter(|found| found == name).count() > 1;
        if !query.bytes().all(plain) || known.iter().any(twice) {
            return false;
        }
        if names().any(|name| !known.contains(&name)) {
            self.findings.push(&PARAMETER, part("query"), self.uri.query_position());
        }
        true
    }
}

/// Letters, digits and the marks in `also`, in the length that tokens have.
pub(super) fn is_token(text: &str, also: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || also.as_bytes().contains(&byte);
    (1..=TOKEN_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(allowed)
}
