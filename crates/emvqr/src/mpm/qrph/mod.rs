//! Philippines: QR Ph.
//!
//! Source: `qr` facts, section 4.8, from public libraries and public codes. All rules are
//! warnings, but for an amount of zero, which every profile refuses.
//!
//! | Object | Rule |
//! |---|---|
//! | 28 | merchant: 00 `ph.ppmi.p2m`, small ones `ph.ppmi.p2micro`; 01 BIC of the acquirer (11); 03 merchant's number; 04 account; 05 flag, three digits |
//! | 27 | person: 00 `com.p2pqrpay`; 01 BIC of the bank (11); 02 `99964403`; 04 account; 05 mobile |
//! | 52 | `6016` for a person |
//! | 53, 58 | `608`, `PH` |
//! | 54 | centavos: at most two decimals |
//! | 62.00 | `ph.ppmi.qrph` in many codes of merchants, other owners in others. EMVCo has no such object |
//! | 88 | 00 `ph.ppmi.qrph`, 01 data of the acquirer |
//!
//! Tags 27 and 28 are the usual ones; the identifier in 00 decides. Public codes for bills
//! have only `com.paymaya`, without any account of QR Ph: a warning.
//!
//! Not verified [?]: what the flag in 28.05 says (`000`, `001`, `010` and `310` are seen),
//! and object 03 of a person's template, seen in public codes of one wallet.

mod code;

pub use self::code::{DynamicCode, Labels, Receiver, StaticCode};
use crate::finding::{Finding, Findings, Place, Rule};
use crate::mpm::check::{Checker, Inside, decimals, digits, one_of};
use crate::mpm::{Account, Mpm, Network, emv, tags};
use crate::tlv::{Path, Tag};

/// Identifier of a merchant's template. Readers compare it without regard to case.
pub const GUID_MERCHANT: &str = "ph.ppmi.p2m";
/// Identifier of a small merchant's template.
pub const GUID_MICRO: &str = "ph.ppmi.p2micro";
/// Identifier of a person's template.
pub const GUID_PERSON: &str = "com.p2pqrpay";
/// Identifier in templates 62 and 88.
pub const GUID_DATA: &str = "ph.ppmi.qrph";

/// Category of payments to persons.
pub const CATEGORY_PERSON: &str = "6016";

/// Object 02 of every known template of a person.
const SERVICE: &str = "99964403";

/// Objects of the templates.
const BIC: Tag = Tag::literal(1);
const SERVICE_ID: Tag = Tag::literal(2);
const MERCHANT_ID: Tag = Tag::literal(3);
const ACCOUNT: Tag = Tag::literal(4);
const FLAG: Tag = Tag::literal(5);
const MOBILE: Tag = Tag::literal(5);

/// Template of the acquirer's data, and the data in it.
const ACQUIRER: Tag = Tag::literal(88);
const ACQUIRER_DATA: Tag = Tag::literal(1);

const ACCOUNT_MISSING: Rule = Rule::warning(
    "qrph:account_missing",
    "No account is QR Ph's. Only wallets that know one of the accounts offered can pay this code.",
);
const BIC_MISSING: Rule = Rule::warning(
    "qrph:bic_missing",
    "The template does not say in 01 whose customer the payee is. The issuer should add the bank's BIC.",
)
.of_object();
const BIC_FORM: Rule = Rule::warning(
    "qrph:bic_form",
    "The bank's BIC is not 11 letters or digits. The issuer should write it in full, with XXX for the head office.",
)
.of_object();
const MERCHANT_MISSING: Rule = Rule::warning(
    "qrph:merchant_missing",
    "The template has no merchant's number in 03, so it is open who is paid. Have the code printed anew.",
)
.of_object();
const NUMBER_MISSING: Rule = Rule::warning(
    "qrph:number_missing",
    "The template has no account in 04, so it is open who is paid. Have the code printed anew.",
)
.of_object();
const FLAG_FORM: Rule = Rule::warning(
    "qrph:flag_form",
    "The flag in 05 is not three digits. The issuer should correct it.",
)
.of_object();
const SERVICE_VALUE: Rule = Rule::warning(
    "qrph:service_value",
    "Object 02 of a person's template is not 99964403. The issuer should correct it.",
)
.of_object();
const PERSON_CATEGORY: Rule = Rule::warning(
    "qrph:person_category",
    "The payee is a person, whose category is 6016. The issuer should correct object 52.",
);
const CURRENCY: Rule = Rule::warning(
    "qrph:currency",
    "The currency of a QR Ph code is the peso, 608. Ask the merchant before paying.",
);
const COUNTRY: Rule = Rule::warning(
    "qrph:country",
    "The country of a QR Ph code is PH. The issuer should correct it.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "qrph:amount_decimals",
    "A peso has two decimals. Never round the amount; have the code made anew.",
);

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee<'a> {
    /// A merchant, usually under 28.
    Merchant(Merchant<'a>),
    /// A person, usually under 27.
    Person(Person<'a>),
}

/// How large a merchant is, by the identifier of its template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// `ph.ppmi.p2m`.
    Usual,
    /// `ph.ppmi.p2micro`.
    Micro,
}

/// A merchant as QR Ph knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant<'a> {
    /// How large it is.
    pub size: Size,
    /// BIC of its acquirer, 11 characters.
    pub bic: &'a str,
    /// Its number at the acquirer.
    pub id: &'a str,
    /// Its account there.
    pub account: Option<&'a str>,
    /// Three digits of unknown meaning.
    pub flag: Option<&'a str>,
}

/// A person as QR Ph knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person<'a> {
    /// BIC of the bank or wallet, 11 characters.
    pub bic: &'a str,
    /// Account there.
    pub account: &'a str,
    /// Mobile number, in whatever form: `+639170000001`, `+63-917-0000001`.
    pub mobile: Option<&'a str>,
}

impl<'a> Payee<'a> {
    /// Nothing when the account is not QR Ph's, or does not say at which bank and who.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        let given = |sub| account.get(sub).filter(|value| !value.is_empty());
        match account.network {
            Network::QrPh => {
                let micro = account.guid()?.eq_ignore_ascii_case(GUID_MICRO);
                Some(Self::Merchant(Merchant {
                    size: if micro { Size::Micro } else { Size::Usual },
                    bic: given(BIC)?,
                    id: given(MERCHANT_ID)?,
                    account: account.get(ACCOUNT),
                    flag: account.get(FLAG),
                }))
            }
            Network::QrPhPerson => Some(Self::Person(Person {
                bic: given(BIC)?,
                account: given(ACCOUNT)?,
                mobile: account.get(MOBILE),
            })),
            _ => None,
        }
    }
}

/// Who can be paid over QR Ph, in the order of the code. Accounts that do not say who are left
/// out, each with a finding.
///
/// ```
/// use emvqr::mpm::qrph::{self, Labels, Merchant, Payee, Receiver, Size, StaticCode};
/// use emvqr::mpm::{self, Profile};
///
/// let merchant = Payee::Merchant(Merchant {
///     size: Size::Usual,
///     bic: "GXCHPHM2XXX",
///     id: "217020000054698716099",
///     account: None,
///     flag: Some("000"),
/// });
/// let receiver = Receiver {
///     payee: merchant,
///     mcc: "5814",
///     name: "SAKURA SHOKUDO",
///     city: "Taguig",
///     postal_code: Some("1630"),
/// };
/// let code = StaticCode { receiver, amount: None, labels: Labels::default() };
/// let text = code.build()?;
///
/// let code = mpm::read_as(&text, Profile::QrPh)?;
/// assert_eq!(qrph::payees(&code).next(), Some(merchant));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn payees<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Payee<'a>> {
    code.accounts().filter_map(|account| Payee::of(&account))
}

/// What the acquirer wrote into template 88 for itself.
#[must_use]
pub fn acquirer_data<'a>(code: &Mpm<'a>) -> Option<&'a str> {
    let template = code.object(ACQUIRER)?.template().ok()?;
    let ours = template.get(tags::GUID)?.eq_ignore_ascii_case(GUID_DATA);
    if ours { template.get(ACQUIRER_DATA) } else { None }
}

/// Applies all rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    checker.account_of(&[Network::QrPh, Network::QrPhPerson], &ACCOUNT_MISSING);
    for account in checker.accounts(Network::QrPh) {
        let Some(within) = Inside::account(&account) else { continue };
        check_bic(&mut checker, &within);
        checker.sub_required(&within, MERCHANT_ID, &MERCHANT_MISSING);
        checker.sub_value(&within, FLAG, digits(3..=3), &FLAG_FORM);
    }
    for account in checker.accounts(Network::QrPhPerson) {
        let Some(within) = Inside::account(&account) else { continue };
        check_bic(&mut checker, &within);
        checker.sub_required(&within, ACCOUNT, &NUMBER_MISSING);
        checker.sub_value(&within, SERVICE_ID, one_of(&[SERVICE]), &SERVICE_VALUE);
    }
    // Where a merchant can be paid too, the category is the merchant's.
    let paid = |network| checker.accounts(network).next().is_some();
    if paid(Network::QrPhPerson) && !paid(Network::QrPh) {
        checker.value(tags::CATEGORY, one_of(&[CATEGORY_PERSON]), &PERSON_CATEGORY);
    }
    checker.value(tags::CURRENCY, one_of(&["608"]), &CURRENCY);
    checker.value(tags::COUNTRY, one_of(&["PH"]), &COUNTRY);
    checker.value(tags::AMOUNT, decimals(2), &AMOUNT_DECIMALS);
}

fn check_bic<'a>(checker: &mut Checker<'_, 'a>, within: &Inside<'a>) {
    let bic =
        |text: &str| text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    checker.sub_required(within, BIC, &BIC_MISSING);
    checker.sub_value(within, BIC, bic, &BIC_FORM);
}

/// All merchants' codes that were seen say in 62.00 whose labels they are, and so do ours.
pub(super) fn excuses(finding: &Finding) -> bool {
    let place = Place::Object(Path::inside(tags::ADDITIONAL, tags::GUID));
    finding.breaks(&emv::RESERVED) && finding.place() == place
}
