//! India: BharatQR.
//!
//! Source: `qr` facts, section 4.6, from a public reference of Bharat QR 4.0.1 and samples.
//! All rules are warnings, but for an amount of zero, which every profile refuses. Links that
//! begin with `upi://` are another form, of their own module.
//!
//! | Object | Rule |
//! |---|---|
//! | 02-03, 04-05, 11-12 | numbers of Visa, Mastercard, American Express; the last digit checks a whole number |
//! | 06 | RuPay: acquirer (6), `0`, number (8), check digit |
//! | 08 | bank account: IFSC (11), account number (to 26) |
//! | 26 | UPI: 00 `A000000524`, 01 address (to 50), 02 least amount |
//! | 27 | UPI: 00 `A000000524`, 01 reference of the payment (4-35), 02 link to it (to 26) |
//! | 28 | 00 `A000000524`, 01 Aadhaar number (12) |
//! | 53, 58 | `356`, `IN` |
//! | 54 | paise: at most two decimals |
//! | 59 | to 23 characters |
//! | 61 | there |
//! | 62.07 | terminal |
//!
//! The three templates share their identifier, so here the tag alone says which is which.
//!
//! Not verified [?]: that lengths count bytes, as the reference says against EMVCo. Readers
//! here take both, writers count code points.

mod code;
mod payee;

pub use self::code::{DynamicCode, Merchant, StaticCode};
use self::payee::{AADHAAR, ADDRESS, MINIMUM, REFERENCE, URL};
pub use self::payee::{
    BankAccount, BankAccountError, Card, CardNetwork, CheckDigit, Payee, Reference, Vpa,
};
use crate::finding::{Finding, Findings, Rule};
use crate::mpm::check::{Checker, Inside, characters, decimals, digits, one_of};
use crate::mpm::{Account, Mpm, Network, Profile, emv, tags};
use crate::tlv::Path;

/// Identifier of the three templates, RuPay's application provider. Readers compare it
/// without regard to case.
pub const GUID: &str = "A000000524";

const ACCOUNT_MISSING: Rule = Rule::warning(
    "bharatqr:account_missing",
    "No account is a card number, a bank account or UPI's. This is another kind of code; read it as such.",
);
const CARD_CHECK: Rule = Rule::warning(
    "bharatqr:card_check",
    "The last digit of the number does not fit the others. Do not pay to it; have the code printed anew.",
)
.of_object();
const RUPAY_FORM: Rule = Rule::warning(
    "bharatqr:rupay_form",
    "RuPay's number is not 16 digits with 0 as the seventh. Use another account; the issuer should correct it.",
);
const BANK_FORM: Rule = Rule::warning(
    "bharatqr:bank_form",
    "Object 08 is not an IFSC of 11 characters and an account of up to 26. Use another account of the code.",
);
const TEMPLATE_TAG: Rule = Rule::warning(
    "bharatqr:template_tag",
    "UPI's identifier is in a template other than 26, 27 and 28, so its meaning is open. Ask the issuer.",
)
.of_object();
const ADDRESS_MISSING: Rule = Rule::warning(
    "bharatqr:address_missing",
    "UPI's template has no address in 01. Use another account; the issuer should correct it.",
);
const ADDRESS_FORM: Rule = Rule::warning(
    "bharatqr:address_form",
    "The UPI address is not name@handle of at most 50 characters. The issuer should correct it.",
);
const MINIMUM_FORM: Rule = Rule::warning(
    "bharatqr:minimum_form",
    "The least amount is no amount with at most two decimals. Do not rely on it; ask the merchant.",
);
const REFERENCE_MISSING: Rule = Rule::warning(
    "bharatqr:reference_missing",
    "Template 27 is there without the reference in 01. The issuer should fill it or leave 27 out.",
);
const REFERENCE_LENGTH: Rule = Rule::warning(
    "bharatqr:reference_length",
    "The UPI reference is not of 4 to 35 characters. The issuer should choose another.",
);
const URL_LENGTH: Rule = Rule::warning(
    "bharatqr:url_length",
    "The link in template 27 is longer than 26 characters. The issuer should shorten it.",
);
const AADHAAR_MISSING: Rule = Rule::warning(
    "bharatqr:aadhaar_missing",
    "Template 28 is there without a number in 01. Use another account; the issuer should correct it.",
);
const AADHAAR_FORM: Rule = Rule::warning(
    "bharatqr:aadhaar_form",
    "An Aadhaar number has 12 digits. Use another account of the code; the issuer should correct it.",
);
const CURRENCY: Rule = Rule::warning(
    "bharatqr:currency",
    "The currency of a BharatQR code is the rupee, 356. Ask the merchant before paying.",
);
const COUNTRY: Rule = Rule::warning(
    "bharatqr:country",
    "The country of a BharatQR code is IN. The issuer should correct it.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "bharatqr:amount_decimals",
    "A rupee has two decimals. Never round the amount; have the code made anew.",
);
const NAME_LENGTH: Rule = Rule::warning(
    "bharatqr:name_length",
    "The merchant's name is longer than the 23 characters of India. The issuer should shorten it.",
);
const POSTAL_MISSING: Rule = Rule::warning(
    "bharatqr:postal_missing",
    "The postal code, object 61, is missing. The issuer should add it; other readers may refuse the code.",
);

/// Who can be paid, in the order of the code. Accounts that cannot be understood are left
/// out, each with a finding. Of a code that is not India's: none, as 06 and 08 mean
/// something only there.
///
/// ```
/// use emvqr::mpm::bharatqr::{self, Merchant, Payee, StaticCode, Vpa};
/// use emvqr::mpm::{self, Profile};
///
/// let vpa = Payee::Vpa(Vpa { address: "sakura@example", minimum: None });
/// let merchant = Merchant {
///     payees: &[vpa],
///     mcc: "5812",
///     name: "SAKURA SHOKUDO",
///     city: "Mumbai",
///     postal_code: "400001",
/// };
/// let text = StaticCode { merchant, amount: None, terminal: Some("T0012") }.build()?;
///
/// let code = mpm::read_as(&text, Profile::BharatQr)?;
/// assert_eq!(bharatqr::payees(&code).next(), Some(vpa));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn payees<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Payee<'a>> {
    indian(code).filter_map(|account| Payee::of(&account))
}

/// The payment's reference in UPI, template 27.
#[must_use]
pub fn reference<'a>(code: &Mpm<'a>) -> Option<Reference<'a>> {
    indian(code).find_map(|account| Reference::of(&account))
}

fn indian<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Account<'a>> {
    let india = code.country() == Some("IN") || code.claims().contains(Profile::BharatQr);
    code.accounts().filter(move |_| india)
}

/// Applies all rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    if !code.accounts().any(|account| is_of_india(&account)) {
        checker.findings.add(&ACCOUNT_MISSING, 0);
    }
    for account in code.accounts() {
        check_account(&mut checker, &account);
    }
    checker.value(tags::CURRENCY, one_of(&["356"]), &CURRENCY);
    checker.value(tags::COUNTRY, one_of(&["IN"]), &COUNTRY);
    checker.value(tags::AMOUNT, decimals(2), &AMOUNT_DECIMALS);
    checker.value(tags::NAME, characters(0..=23), &NAME_LENGTH);
    checker.required(tags::POSTAL, &POSTAL_MISSING);
}

/// A code of ours keeps all of EMVCo's rules.
pub(super) fn excuses(_finding: &Finding) -> bool {
    false
}

/// Whether BharatQR has a rule for the account, kept or not.
fn is_of_india(account: &Account<'_>) -> bool {
    account.network == Network::Upi || account.tag == payee::BANK || Card::of(account).is_some()
}

fn check_account<'a>(checker: &mut Checker<'_, 'a>, account: &Account<'a>) {
    let mut complain = |rule: &'static Rule| {
        checker.findings.add_at(rule, Path::root(account.tag), account.position);
    };
    if let Some(card) = Card::of(account) {
        if card.network == CardNetwork::RuPay && !card.has_rupay_form() {
            complain(&RUPAY_FORM);
        } else if card.check_digit() == CheckDigit::Wrong {
            complain(&CARD_CHECK);
        }
    } else if account.tag == payee::BANK && BankAccount::of(account).is_none() {
        complain(&BANK_FORM);
    } else if account.network == Network::Upi
        && let Some(within) = Inside::account(account)
    {
        check_template(checker, &within);
    }
}

fn check_template<'a>(checker: &mut Checker<'_, 'a>, within: &Inside<'a>) {
    match within.tag {
        payee::UPI => {
            checker.sub_required(within, ADDRESS, &ADDRESS_MISSING);
            checker.sub_value(within, ADDRESS, payee::is_address, &ADDRESS_FORM);
            checker.sub_value(within, MINIMUM, is_minimum, &MINIMUM_FORM);
        }
        payee::UPI_REFERENCE => {
            checker.sub_required(within, REFERENCE, &REFERENCE_MISSING);
            checker.sub_value(within, REFERENCE, characters(4..=35), &REFERENCE_LENGTH);
            checker.sub_value(within, URL, characters(0..=26), &URL_LENGTH);
        }
        payee::AADHAAR_TEMPLATE => {
            checker.sub_required(within, AADHAAR, &AADHAAR_MISSING);
            checker.sub_value(within, AADHAAR, digits(12..=12), &AADHAAR_FORM);
        }
        other => checker.findings.add_at(&TEMPLATE_TAG, Path::root(other), within.position),
    }
}

fn is_minimum(text: &str) -> bool {
    emv::decimal(text).is_some() && decimals(2)(text)
}
