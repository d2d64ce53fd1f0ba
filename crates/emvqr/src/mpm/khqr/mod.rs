//! Cambodia: KHQR, payments to Bakong accounts.
//!
//! | Object | Rule | Broken |
//! |---|---|---|
//! | 29 | a person: 00 Bakong account `name@bank`, 01 account information, 02 bank, 32 characters each | warning |
//! | 30 | a merchant: 00 Bakong account, 01 merchant id, 02 bank, 32 characters each | warning |
//! | 15 | [`UnionPay`'s account](unionpay), never in a code for dollars | warning |
//! | 01 | `11` or `12`, if there | refused |
//! | 52 | four digits | refused |
//! | 53, 58, 59, 60 | there | refused |
//! | 53 | `116` riel or `840` dollars | warning |
//! | 54 | whole riel, or dollars with two decimals; not in a static code | warning |
//! | 58 | `KH` | warning |
//! | 99 | 00 created, 01 expires, 13 digits of milliseconds, in that order of time; the expiry is there when 01 is `12` or 54 is there | warning |
//!
//! Source: `qr` facts, sections 0 and 4.3, second-hand from public encoders; the central
//! bank's own text was not at hand. Static codes have anything in 99, so there it is not
//! looked at. Not verified `[?]`: the meaning of 30.05, and whether a code is still good in
//! the millisecond of its expiry; we say no. One encoder has the times in 68, where EMVCo
//! has nothing: they are not read from there.

mod code;
mod times;

pub use self::code::{DynamicCode, Labels, Local, Merchant, StaticCode};
pub use self::times::{Times, Validity};
use crate::finding::{Finding, Findings, Place, Rule};
use crate::mpm::check::{Checker, Inside, characters, decimals, digits, harden, one_of};
use crate::mpm::{Account, Initiation, Mpm, emv, tags, unionpay};
use crate::tlv::{Path, Tag};

/// Template of a payee who is a person.
const INDIVIDUAL: Tag = Tag::literal(29);
/// Template of a payee who is a merchant.
const MERCHANT: Tag = Tag::literal(30);
/// Bakong account, where other schemes have the GUID.
const ACCOUNT: Tag = tags::GUID;
/// Account information of a person, id of a merchant.
const NUMBER: Tag = Tag::literal(1);
const BANK: Tag = Tag::literal(2);
/// What 01 and 02 of a payee hold at most.
const PART_CHARACTERS_MAX: usize = 32;

/// Category that encoders write when they are given none.
pub const CATEGORY_DEFAULT: &str = "5999";
/// City that encoders write when they are given none.
pub const CITY_DEFAULT: &str = "Phnom Penh";

const ACCOUNT_MISSING: Rule = Rule::warning(
    "khqr:account_missing",
    "Neither object 29 nor 30 has a Bakong account, name@bank. Read it as another kind of code, or tell the issuer.",
);
const PART_LONG: Rule = Rule::warning(
    "khqr:too_long",
    "The part of the payee is longer than 32 characters. Tell the issuer to shorten it.",
)
.of_object();
const CURRENCY: Rule = Rule::warning(
    "khqr:currency",
    "The currency is neither riel, 116, nor dollar, 840. Bakong may refuse it; tell the issuer.",
);
const COUNTRY: Rule = Rule::warning(
    "khqr:country",
    "The country of a KHQR code is KH. Other readers will not know the code; tell the issuer.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "khqr:amount_decimals",
    "The amount has more decimals than its currency: riel none, dollar two. Never round it; have the code made anew.",
);
const STATIC_AMOUNT: Rule = Rule::warning(
    "khqr:static_amount",
    "A static code has no amount. The issuer should leave out object 54, or write 12 into 01.",
);
const UNIONPAY_DOLLAR: Rule = Rule::warning(
    "khqr:unionpay_dollar",
    "A code in dollars has no UnionPay number. The issuer should leave out object 15.",
);
const EXPIRY_MISSING: Rule = Rule::warning(
    "khqr:expiry_missing",
    "A dynamic code says in 99.01 until when it is good. Make sure that it is still meant to be paid; newer apps refuse it.",
);
const TIME_FORM: Rule = Rule::warning(
    "khqr:time_form",
    "The time is not 13 digits of milliseconds. Do not guess it; tell the issuer.",
)
.of_object();
// Ours: nobody states it, and whoever swaps the two times would hand out dead codes.
const EXPIRY_EARLY: Rule = Rule::warning(
    "khqr:expiry_early",
    "The code expires no later than it was created. Have it made anew.",
);

/// Name of an account at Bakong: `name@bank`, at most 32 characters in codes without warnings.
///
/// ```
/// use emvqr::mpm::khqr::BakongAccount;
///
/// let account = BakongAccount::new("sokha@aclb").unwrap();
/// assert_eq!((account.name(), account.bank()), ("sokha", "aclb"));
/// assert!(BakongAccount::new("sokha").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BakongAccount<'a> {
    name: &'a str,
    bank: &'a str,
    text: &'a str,
}

impl<'a> BakongAccount<'a> {
    /// Nothing unless the text has one `@`, and something on both sides of it.
    #[must_use]
    pub fn new(text: &'a str) -> Option<Self> {
        let (name, bank) = text.split_once('@')?;
        let whole = !name.is_empty() && !bank.is_empty() && !bank.contains('@');
        whole.then_some(Self { name, bank, text })
    }

    /// As printed, `name@bank`.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// What stands before the `@`. Some banks have one account, `khqr`, for all payees.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// What stands after the `@`: the bank as Bakong knows it.
    #[must_use]
    pub const fn bank(&self) -> &'a str {
        self.bank
    }
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payee<'a> {
    /// A person, object 29.
    Individual {
        /// Where the money goes.
        account: BakongAccount<'a>,
        /// A bank account, card or telephone number at that bank, 32 characters at most.
        information: Option<&'a str>,
        /// Name of the bank, 32 characters at most.
        bank: Option<&'a str>,
    },
    /// A merchant, object 30.
    Merchant {
        /// Where the money goes.
        account: BakongAccount<'a>,
        /// The merchant at that bank, 32 characters at most.
        id: Option<&'a str>,
        /// Name of the bank, 32 characters at most.
        bank: Option<&'a str>,
    },
}

impl<'a> Payee<'a> {
    /// The payee of object 29 or 30, whatever the country. Nothing of other objects, and where
    /// 00 is no Bakong account: Thailand has the owners of its templates there.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        let (number, bank) = (account.get(NUMBER), account.get(BANK));
        let bakong = || BakongAccount::new(account.get(ACCOUNT)?);
        match account.tag {
            INDIVIDUAL => Some(Self::Individual { account: bakong()?, information: number, bank }),
            MERCHANT => Some(Self::Merchant { account: bakong()?, id: number, bank }),
            _ => None,
        }
    }

    /// Where the money goes.
    #[must_use]
    pub const fn account(&self) -> BakongAccount<'a> {
        match self {
            Self::Individual { account, .. } | Self::Merchant { account, .. } => *account,
        }
    }
}

/// The payees of a code, in its order.
///
/// ```
/// use emvqr::mpm::{self, khqr};
///
/// let text = "00020101021130350009khqr@devb01061234560208Dev Bank520459995303116\
///             5802KH5910John Smith6010Phnom Penh6304FC95";
/// let code = mpm::read(text).unwrap();
/// let payee = khqr::payees(&code).next().unwrap();
/// assert_eq!(payee.account().bank(), "devb");
/// assert!(matches!(payee, khqr::Payee::Merchant { id: Some("123456"), .. }));
/// assert_eq!(khqr::Currency::of(&code), Some(khqr::Currency::Riel));
/// ```
pub fn payees<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Payee<'a>> {
    code.accounts().filter_map(|account| Payee::of(&account))
}

/// In what Cambodia pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Currency {
    /// KHR, `116`, whole ones only.
    Riel,
    /// USD, `840`, up to two decimals.
    Dollar,
}

impl Currency {
    /// The currency of a code, if it is one of the two.
    #[must_use]
    pub fn of(code: &Mpm<'_>) -> Option<Self> {
        [Self::Riel, Self::Dollar].into_iter().find(|known| code.currency() == Some(known.code()))
    }

    /// ISO 4217 number.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Riel => "116",
            Self::Dollar => "840",
        }
    }

    /// Decimals that an amount may have.
    #[must_use]
    pub const fn decimals(self) -> usize {
        match self {
            Self::Riel => 0,
            Self::Dollar => 2,
        }
    }
}

/// Applies the rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let present = [tags::CURRENCY, tags::COUNTRY, tags::NAME, tags::CITY];
    harden(findings, &emv::MISSING, &present);
    harden(findings, &emv::INITIATION_VALUE, &[tags::INITIATION]);
    // Whatever is wrong with 52, it is not four digits then.
    let category = Place::Object(Path::root(tags::CATEGORY));
    findings.harden(|finding| finding.place() == category);

    let mut checker = Checker { code, findings };
    check_payees(&mut checker);
    checker.value(tags::CURRENCY, one_of(&["116", "840"]), &CURRENCY);
    checker.value(tags::COUNTRY, one_of(&["KH"]), &COUNTRY);
    let currency = Currency::of(code);
    if let Some(currency) = currency {
        checker.value(tags::AMOUNT, decimals(currency.decimals()), &AMOUNT_DECIMALS);
    }
    // Whatever the number is.
    let in_dollars = currency == Some(Currency::Dollar);
    checker.value(unionpay::TAG, |_| !in_dollars, &UNIONPAY_DOLLAR);
    let said_static = code.get(tags::INITIATION) == Some("11");
    checker.value(tags::AMOUNT, |_| !said_static, &STATIC_AMOUNT);
    check_times(&mut checker);
}

/// A code of ours keeps all of EMVCo's rules.
pub(super) fn excuses(_finding: &Finding) -> bool {
    false
}

fn check_payees(checker: &mut Checker<'_, '_>) {
    let mut any = false;
    for account in checker.code.accounts().filter(|account| Payee::of(account).is_some()) {
        any = true;
        // 00 may have 32 characters in any template, by EMVCo's own rules.
        if let Some(within) = Inside::account(&account) {
            for part in [NUMBER, BANK] {
                checker.sub_value(&within, part, characters(0..=PART_CHARACTERS_MAX), &PART_LONG);
            }
        }
    }
    if !any {
        checker.findings.add(&ACCOUNT_MISSING, 0);
    }
}

fn check_times(checker: &mut Checker<'_, '_>) {
    let code = checker.code;
    let dynamic =
        code.amount().is_some() || matches!(code.point_of_initiation(), Initiation::Dynamic);
    // Some banks keep other things in 99 of their static codes.
    if !dynamic {
        return;
    }
    let object = code.object(times::TIMES);
    let position = object.map_or(0, |object| object.position);
    let expiry = Path::inside(times::TIMES, times::EXPIRES);
    let within = object.and_then(|object| Inside::object(&object));
    if let Some(within) = within {
        for time in [times::CREATED, times::EXPIRES] {
            checker.sub_value(&within, time, digits(times::DIGITS..=times::DIGITS), &TIME_FORM);
        }
    }
    if within.is_none_or(|within| within.template.get(times::EXPIRES).is_none()) {
        checker.findings.add_at(&EXPIRY_MISSING, expiry, position);
    }
    if let Times { created_ms: Some(created_ms), expires_ms: Some(expires_ms) } = Times::of(code)
        && expires_ms <= created_ms
    {
        checker.findings.add_at(&EXPIRY_EARLY, expiry, position);
    }
}
