//! Vietnam: `VietQR`, transfers between banks through NAPAS, and VNPAY.
//!
//! | Object | Rule |
//! |---|---|
//! | 38 | NAPAS: 00 `A000000727`, 01 objects again: 00 bank of six digits (BIN), 01 account or card of up to 19 characters; 02 service |
//! | service | `QRIBFTTA` to an account, `QRIBFTTC` to a card, `QRPUSH` payment, `QRCASH` cash |
//! | 26 | VNPAY: 00 `A000000775`, 01 merchant |
//! | 53, 58 | `704`, `VN` |
//! | 54 | whole dong |
//! | 62.08 | message, EMVCo's 25 characters; longer ones are accepted with EMVCo's warning |
//! | 52, 59, 60 | usually not there, which EMVCo does not allow |
//!
//! Breaches are warnings, but for a repeated object within 38.01, which leaves open who is
//! paid. Source: `qr` facts, sections 0 and 4.7: public encoders and the sample of the NAPAS
//! text. Templates are known by owner, not by tag. Not verified `[?]`: whether a NAPAS code
//! may leave the service out, and what 38.01 holds for `QRPUSH` and `QRCASH`.

mod code;

pub use self::code::{DynamicCode, Labels, Merchant, StaticCode};
use crate::finding::{Finding, Findings, Place, Rule};
use crate::mpm::check::{Checker, Inside, characters, decimals, digits, one_of};
use crate::mpm::{Account, Mpm, Network, emv, tags};
use crate::tlv::{Path, Tag, Template};

/// Owner of the NAPAS template.
const NAPAS_GUID: &str = "A000000727";
/// Owner of the VNPAY template.
const VNPAY_GUID: &str = "A000000775";
/// Who is paid: objects again at NAPAS, a text at VNPAY.
const PAYEE: Tag = Tag::literal(1);
const SERVICE: Tag = Tag::literal(2);
/// Within the payee of NAPAS.
const BANK: Tag = Tag::literal(0);
/// Within the payee of NAPAS.
const NUMBER: Tag = Tag::literal(1);
/// 62.08.
const MESSAGE: Tag = Tag::literal(8);

const ACCOUNT_MISSING: Rule = Rule::warning(
    "vietqr:account_missing",
    "No account is of NAPAS or VNPAY, by the identifier of its owner. Read it as another kind of code, or tell the issuer.",
);
const PAYEE_MISSING: Rule = Rule::warning(
    "vietqr:payee_missing",
    "The template does not say who is paid: at NAPAS bank and account, at VNPAY the merchant. Tell the issuer to add it.",
)
.of_object();
const PAYEE_REPEATED: Rule = Rule::error(
    "vietqr:payee_repeated",
    "Bank or account is there twice, so it is open who is paid. Have the code printed anew.",
)
.of_object();
const BANK_FORM: Rule = Rule::warning(
    "vietqr:bank_form",
    "The bank is not six digits. The transfer cannot be routed; tell the issuer.",
)
.of_object();
const NUMBER_FORM: Rule = Rule::warning(
    "vietqr:number_form",
    "The account or card is not 1 to 19 characters. The transfer may fail; tell the issuer.",
)
.of_object();
const SERVICE_MISSING: Rule = Rule::warning(
    "vietqr:service_missing",
    "The template does not say by which service to pay. Tell the issuer to add it.",
)
.of_object();
const SERVICE_UNKNOWN: Rule = Rule::warning(
    "vietqr:service",
    "The service is none of QRIBFTTA, QRIBFTTC, QRPUSH, QRCASH. Apps may refuse it; tell the issuer.",
)
.of_object();
const CURRENCY: Rule = Rule::warning(
    "vietqr:currency",
    "The currency of a Vietnamese code is dong, 704. Other readers may refuse it; tell the issuer.",
);
const COUNTRY: Rule = Rule::warning(
    "vietqr:country",
    "The country of a Vietnamese code is VN. Other readers may refuse it; tell the issuer.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "vietqr:amount_decimals",
    "Dong has no decimals. Never round the amount; have the code made anew.",
);

/// How NAPAS is to move the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// QRIBFTTA: transfer to an account.
    ToAccount,
    /// QRIBFTTC: transfer to a card.
    ToCard,
    /// QRPUSH: payment to a merchant.
    Payment,
    /// QRCASH: cash.
    Cash,
}

impl Service {
    /// All of them.
    pub const ALL: &[Self] = &[Self::ToAccount, Self::ToCard, Self::Payment, Self::Cash];

    /// The service with this code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.code() == code)
    }

    /// As printed.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ToAccount => "QRIBFTTA",
            Self::ToCard => "QRIBFTTC",
            Self::Payment => "QRPUSH",
            Self::Cash => "QRCASH",
        }
    }
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payee<'a> {
    /// An account or card, through NAPAS.
    Napas {
        /// The bank's number (BIN), six digits in codes without warnings.
        bank: &'a str,
        /// The account or card there, 1 to 19 characters in codes without warnings. Wallets
        /// have letters in it.
        number: &'a str,
        /// How the money is to move. Nothing, with a warning, where the code does not say or
        /// says something unknown.
        service: Option<Service>,
    },
    /// A merchant of VNPAY.
    VnPay {
        /// The merchant there.
        merchant: &'a str,
    },
}

impl<'a> Payee<'a> {
    /// The payee of an account of NAPAS or VNPAY. Nothing, with a warning, where such an
    /// account does not say who is paid.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        let object = account.template?.object(PAYEE)?;
        if account.network == Network::VietQr {
            let payee = object.template().ok()?;
            let (bank, number) = (payee.get(BANK)?, payee.get(NUMBER)?);
            let service = account.get(SERVICE).and_then(Service::named);
            Some(Self::Napas { bank, number, service })
        } else if account.network == Network::VnPay && !object.value.is_empty() {
            Some(Self::VnPay { merchant: object.value })
        } else {
            None
        }
    }
}

/// The payees of a code, in its order.
///
/// ```
/// use emvqr::mpm::{self, vietqr::{self, Payee, Service}};
///
/// let text = "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA\
///             53037045405100005802VN62150811Chuyen tien630453E6";
/// let code = mpm::read(text).unwrap();
/// let (bank, number) = ("970416", "257678859");
/// let payee = Payee::Napas { bank, number, service: Some(Service::ToAccount) };
/// assert_eq!(vietqr::payees(&code).next(), Some(payee));
/// assert_eq!(vietqr::message(&code), Some("Chuyen tien"));
/// ```
pub fn payees<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Payee<'a>> {
    code.accounts().filter_map(|account| Payee::of(&account))
}

/// What the payee's statement will say, 62.08.
#[must_use]
pub fn message<'a>(code: &Mpm<'a>) -> Option<&'a str> {
    code.additional()?.get(MESSAGE)
}

/// Applies the rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    checker.account_of(&[Network::VietQr, Network::VnPay], &ACCOUNT_MISSING);
    for account in checker.accounts(Network::VietQr) {
        check_napas(&mut checker, &account);
    }
    for account in checker.accounts(Network::VnPay) {
        if Payee::of(&account).is_none() {
            add(&mut checker, &PAYEE_MISSING, &account, PAYEE);
        }
    }
    checker.value(tags::CURRENCY, one_of(&["704"]), &CURRENCY);
    checker.value(tags::COUNTRY, one_of(&["VN"]), &COUNTRY);
    checker.value(tags::AMOUNT, decimals(0), &AMOUNT_DECIMALS);
}

/// Category, name and city are usually left out.
pub(super) fn excuses(finding: &Finding) -> bool {
    let usual = [tags::CATEGORY, tags::NAME, tags::CITY];
    finding.breaks(&emv::MISSING)
        && usual.into_iter().any(|tag| finding.place() == Place::Object(Path::root(tag)))
}

fn check_napas<'a>(checker: &mut Checker<'_, 'a>, account: &Account<'a>) {
    match Payee::of(account) {
        Some(Payee::Napas { bank, number, .. }) => {
            if !digits(6..=6)(bank) {
                add(checker, &BANK_FORM, account, PAYEE);
            }
            if !characters(1..=19)(number) {
                add(checker, &NUMBER_FORM, account, PAYEE);
            }
        }
        Some(Payee::VnPay { .. }) | None => add(checker, &PAYEE_MISSING, account, PAYEE),
    }
    // EMVCo's rule on repeats is not applied so deep inside.
    let payee = account.template.and_then(|template| template.object(PAYEE));
    let payee = payee.and_then(|object| object.template().ok());
    if payee.is_some_and(|payee| repeats(&payee, BANK) || repeats(&payee, NUMBER)) {
        add(checker, &PAYEE_REPEATED, account, PAYEE);
    }
    let Some(within) = Inside::account(account) else {
        return;
    };
    checker.sub_required(&within, SERVICE, &SERVICE_MISSING);
    checker.sub_value(&within, SERVICE, |text| Service::named(text).is_some(), &SERVICE_UNKNOWN);
}

fn repeats(template: &Template<'_>, tag: Tag) -> bool {
    template.objects().filter(|object| object.tag == tag).count() > 1
}

/// Something about an object inside of an account, or about its absence there.
fn add(checker: &mut Checker<'_, '_>, rule: &'static Rule, account: &Account<'_>, sub: Tag) {
    let object = account.template.and_then(|template| template.object(sub));
    let position = object.map_or(account.position, |object| object.position);
    checker.findings.add_at(rule, Path::inside(account.tag, sub), position);
}
