//! Hong Kong: the Faster Payment System, in the common QR code (HKQR).
//!
//! Source: `qr` facts, section 4.9, from a public library and public generators; the Monetary
//! Authority's own text was not read. All rules are warnings, but for an amount of zero, which
//! every profile refuses.
//!
//! | Object | Rule |
//! |---|---|
//! | 26 | 00 `hk.com.hkicl`; 01 clearing code of the bank, 3 digits [?]; one of 02 FPS ID, 03 mobile `+852-xxxxxxxx`, 04 e-mail; 05 merchant timeout `YYMMDDhhmmss` [?] |
//! | 27-31 | reserved in Hong Kong; payment operators have 32-51 |
//! | 52 | usually `0000` |
//! | 53 | `344`, the Hong Kong dollar; `156`, the renminbi |
//! | 54 | cents: at most two decimals |
//! | 59, 60 | may be `NA`; `HK` |
//!
//! Ours: that a template has one of 02-04 and no more. With two of them it is open who is
//! paid, and no reading is given.

mod code;

pub use self::code::{Currency, DynamicCode, Shop, StaticCode};
use crate::finding::{Finding, Findings, Rule};
use crate::mpm::check::{Checker, Inside, decimals, digits, one_of};
use crate::mpm::{Account, Mpm, Network, tags};
use crate::tlv::{Path, Tag};

/// Identifier of the template. Readers compare it without regard to case.
pub const GUID: &str = "hk.com.hkicl";

/// Objects of the template.
const CLEARING: Tag = Tag::literal(1);
const FPS_ID: Tag = Tag::literal(2);
const MOBILE: Tag = Tag::literal(3);
const EMAIL: Tag = Tag::literal(4);
const TIMEOUT: Tag = Tag::literal(5);

const ACCOUNT_MISSING: Rule = Rule::warning(
    "hkfps:account_missing",
    "No account is of the Faster Payment System. Only operators of the accounts offered can pay this code.",
);
const PROXY_MISSING: Rule = Rule::warning(
    "hkfps:proxy_missing",
    "The template has no FPS ID, mobile number or e-mail, so it is open who is paid. Have the code printed anew.",
);
const PROXY_REPEATED: Rule = Rule::warning(
    "hkfps:proxy_repeated",
    "The template has several of FPS ID, mobile number and e-mail, so it is open who is paid. Ask the merchant which.",
);
const MOBILE_FORM: Rule = Rule::warning(
    "hkfps:mobile_form",
    "The mobile number is not +852- and eight digits. The issuer should correct it.",
);
const EMAIL_FORM: Rule = Rule::warning(
    "hkfps:email_form",
    "The e-mail address has no name, @ and host. The issuer should correct it.",
);
const CLEARING_FORM: Rule = Rule::warning(
    "hkfps:clearing_form",
    "The bank's clearing code is not three digits. The issuer should correct it.",
);
const TIMEOUT_FORM: Rule = Rule::warning(
    "hkfps:timeout_form",
    "The timeout is not twelve digits of date and time. Ask the merchant whether the code still stands.",
);
const RESERVED: Rule = Rule::warning(
    "hkfps:reserved_account",
    "Accounts 27 to 31 are reserved in Hong Kong. The issuer should use one of 32 to 51.",
)
.of_object();
const CURRENCY: Rule = Rule::warning(
    "hkfps:currency",
    "The Faster Payment System pays Hong Kong dollars, 344, and renminbi, 156. Ask the merchant before paying.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "hkfps:amount_decimals",
    "Both currencies have two decimals. Never round the amount; have the code made anew.",
);

/// Who is paid, as the Faster Payment System knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HkFps<'a> {
    /// By what they are found.
    pub proxy: Proxy<'a>,
    /// Clearing code of the bank, 3 digits. Of no use beside an FPS ID [?].
    pub clearing: Option<&'a str>,
    /// Until when the merchant waits, `YYMMDDhhmmss`. No source says in which time zone, so
    /// it stays text.
    pub timeout: Option<&'a str>,
}

/// By what a payee is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy<'a> {
    /// Number that the system gave: 7 and 12 digits in samples.
    FpsId(&'a str),
    /// `+852-` and eight digits.
    Mobile(&'a str),
    /// E-mail address.
    Email(&'a str),
}

impl<'a> Proxy<'a> {
    /// Nothing when there is none, or more than one.
    fn of(account: &Account<'a>) -> Option<Self> {
        let given = |sub| account.get(sub).filter(|value| !value.is_empty());
        match (given(FPS_ID), given(MOBILE), given(EMAIL)) {
            (Some(id), None, None) => Some(Self::FpsId(id)),
            (None, Some(number), None) => Some(Self::Mobile(number)),
            (None, None, Some(address)) => Some(Self::Email(address)),
            _ => None,
        }
    }

    const fn part(self) -> (Tag, &'a str) {
        match self {
            Self::FpsId(id) => (FPS_ID, id),
            Self::Mobile(number) => (MOBILE, number),
            Self::Email(address) => (EMAIL, address),
        }
    }
}

impl<'a> HkFps<'a> {
    /// Nothing when the account is another network's, or does not say who is paid.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        if account.network != Network::HkFps {
            return None;
        }
        let (clearing, timeout) = (account.get(CLEARING), account.get(TIMEOUT));
        Some(Self { proxy: Proxy::of(account)?, clearing, timeout })
    }
}

/// Who can be paid over the Faster Payment System, in the order of the code. Accounts that do
/// not say who are left out, each with a finding.
///
/// ```
/// use emvqr::mpm::hkfps::{self, Currency, HkFps, Proxy, Shop, StaticCode};
/// use emvqr::mpm::{self, Profile};
///
/// let payee = HkFps { proxy: Proxy::FpsId("9999999"), clearing: None, timeout: None };
/// let code = StaticCode {
///     payee,
///     shop: Shop::default(),
///     currency: Currency::Hkd,
///     amount: None,
///     reference: None,
/// };
/// let text = code.build()?;
///
/// let code = mpm::read_as(&text, Profile::HkFps)?;
/// assert_eq!(hkfps::payees(&code).next(), Some(payee));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn payees<'a>(code: &Mpm<'a>) -> impl Iterator<Item = HkFps<'a>> {
    code.accounts().filter_map(|account| HkFps::of(&account))
}

/// Applies all rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    checker.account_of(&[Network::HkFps], &ACCOUNT_MISSING);
    for account in checker.accounts(Network::HkFps) {
        let Some(within) = Inside::account(&account) else { continue };
        check_proxy(&mut checker, &within);
        checker.sub_value(&within, MOBILE, is_mobile, &MOBILE_FORM);
        checker.sub_value(&within, EMAIL, is_email, &EMAIL_FORM);
        checker.sub_value(&within, CLEARING, digits(3..=3), &CLEARING_FORM);
        checker.sub_value(&within, TIMEOUT, digits(12..=12), &TIMEOUT_FORM);
    }
    // A code of several countries may use these tags as others do.
    if code.country() == Some("HK") {
        for account in code.accounts().filter(|account| (27..=31).contains(&account.tag.number())) {
            checker.findings.add_at(&RESERVED, Path::root(account.tag), account.position);
        }
    }
    checker.value(tags::CURRENCY, one_of(&["344", "156"]), &CURRENCY);
    checker.value(tags::AMOUNT, decimals(2), &AMOUNT_DECIMALS);
}

/// A code of ours keeps all of EMVCo's rules.
pub(super) fn excuses(_finding: &Finding) -> bool {
    false
}

fn check_proxy(checker: &mut Checker<'_, '_>, within: &Inside<'_>) {
    let given = |sub: &Tag| within.template.get(*sub).is_some_and(|value| !value.is_empty());
    let rule = match [FPS_ID, MOBILE, EMAIL].iter().filter(|sub| given(sub)).count() {
        0 => &PROXY_MISSING,
        1 => return,
        _ => &PROXY_REPEATED,
    };
    checker.findings.add_at(rule, Path::root(within.tag), within.position);
}

fn is_mobile(text: &str) -> bool {
    text.strip_prefix("+852-").is_some_and(digits(8..=8))
}

fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}
