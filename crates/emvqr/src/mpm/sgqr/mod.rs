//! Singapore: SGQR, the shared code, and PayNow.
//!
//! Source: `qr` facts, section 4.4: the PayNow QR specification 1.3 and public generators of
//! SGQR 1.7. All rules are warnings, on top of what [`super::read`] refuses any code for.
//!
//! | Object | Rule |
//! |---|---|
//! | any of 26-50, GUID `SG.PAYNOW` | 01 kind of proxy, `0` or `2`; 02 proxy, to 16 characters; 03 `1` if the payer may change the amount, which must be so without 54; 04 expiry, `YYYYMMDD` or with `hhmmss`; 05 reference in old codes |
//! | 51, GUID `SG.SGQR` | 01 number of 12 or 13 characters, 02 version of 7, 03 postal code, 04 level, 05 unit, 06 more, 07 revision `YYYYMMDD`; not needed for PayNow alone |
//! | GUID `SG.COM.NETS` | 01 of 23 characters, 02 to 15, 03 of 8 |
//! | 52, 59, 60 | `0000`, `NA` and `Singapore` where nothing better is known |
//! | 53, 58 | `702`, `SG` |
//! | 54 | at most two decimals |
//! | 62.01 | reference; the payer of a company may not change it |
//!
//! Accounts float: they are known by GUID, whatever their tag. An expired code must not be
//! paid; that is the caller's to ask, with its own clock: [`PayNow::validity`]. Not verified:
//! the names of the NETS objects, from a public library. The sample of the SGQR text has a
//! reference in PayNow's 04 and the expiry in 05; that gives warnings.
//!
//! ```
//! use emvqr::mpm::{self, sgqr::{self, Proxy, SingaporeTime, Validity}};
//!
//! let text = "00020101021230490009SG.PAYNOW010120210201403121W03010040820271231\
//!             520400005303702540512.505802SG5902NA6009Singapore62090105INV-16304F9A7";
//! let code = mpm::read(text).unwrap();
//! let paynow = sgqr::paynow(&code).next().unwrap();
//! assert_eq!(paynow.proxy, Proxy::Uen("201403121W"));
//! assert!(!paynow.payer_sets_amount(&code));
//! assert_eq!(paynow.reference(&code).unwrap().text, "INV-1");
//! let today = SingaporeTime::date(2028, 1, 1).unwrap();
//! assert_eq!(paynow.validity(today), Validity::Expired);
//! ```

mod code;
mod paynow;
mod shared;
mod time;

pub use self::code::SgqrCode;
pub use self::paynow::{PayNow, Proxy, Reference, Validity, paynow};
pub use self::shared::{Nets, SgqrId, nets, sgqr_id};
pub use self::time::SingaporeTime;
use crate::finding::{Finding, Findings, Rule};
use crate::mpm::check::{Checker, Inside, characters, decimals, one_of};
use crate::mpm::{Mpm, Network, tags};
use crate::tlv::{Path, Tag};

/// Reference of a payment, 62.01, which EMVCo calls the bill number.
const REFERENCE: Tag = Tag::literal(1);

const ACCOUNT_MISSING: Rule = Rule::warning(
    "sgqr:account_missing",
    "There is neither an SGQR number nor PayNow. This is another kind of code; read it as such.",
);
const PAYNOW_MISSING: Rule = Rule::warning(
    "sgqr:paynow_missing",
    "PayNow lacks the proxy or its kind, so nobody can be paid. Ask the payee for a new code.",
)
.of_sub();
const PROXY_KIND: Rule = Rule::warning(
    "sgqr:proxy_kind",
    "PayNow's proxy is neither 0 (mobile number) nor 2 (UEN). Ask the payee what is meant.",
);
const PROXY_FORM: Rule = Rule::warning(
    "sgqr:proxy_form",
    "PayNow's proxy has not the form of its kind: + and digits, or a UEN of nine or more letters and digits. Check it with the payee.",
);
const PROXY_LONG: Rule = Rule::warning(
    "sgqr:proxy_long",
    "PayNow's proxy is longer than 16 characters. Tell the issuer; other apps may cut it.",
);
const EDITABLE_FORM: Rule = Rule::warning(
    "sgqr:editable_form",
    "PayNow's 03 is neither 0 nor 1. Do not let the payer change an amount that is given.",
);
const EDITABLE_NEEDED: Rule = Rule::warning(
    "sgqr:editable_needed",
    "There is no amount, so 03 has to be 1 for the payer to type one. Tell the issuer to correct it.",
);
const EXPIRY_FORM: Rule = Rule::warning(
    "sgqr:expiry_form",
    "PayNow's expiry is no date YYYYMMDD, nor one with hhmmss. Do not take the code for valid; ask for a new one.",
);
const ID_NEEDED: Rule = Rule::warning(
    "sgqr:id_needed",
    "There are other accounts beside PayNow and no SGQR number in 51. Tell the issuer to add it.",
);
const ID_MISSING: Rule =
    Rule::warning("sgqr:id_missing", "Template 51 has no SGQR number. Tell the issuer to add it.")
        .of_sub();
const ID_FORM: Rule = Rule::warning(
    "sgqr:id_form",
    "A part of the SGQR number has not its form: number of 12 or 13 characters, version of 7, revision YYYYMMDD. Tell the issuer to correct it.",
)
.of_sub();
const NETS_FORM: Rule = Rule::warning(
    "sgqr:nets_form",
    "A part of the NETS account has not its length: 01 is 23 characters, 02 up to 15, 03 is 8. Tell NETS.",
)
.of_sub();
const CURRENCY: Rule = Rule::warning(
    "sgqr:currency",
    "The currency is not the Singapore dollar, 702. Do not convert the amount; ask the issuer what is meant.",
);
const COUNTRY: Rule = Rule::warning(
    "sgqr:country",
    "The country is not SG. Tell the issuer to correct it; apps may refuse the code.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "sgqr:amount_decimals",
    "The Singapore dollar has two decimals. Never round the amount; have the code made anew.",
);

/// Applies the rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    checker.account_of(&[Network::Sgqr, Network::PayNow], &ACCOUNT_MISSING);
    for account in checker.accounts(Network::PayNow) {
        if let Some(within) = Inside::account(&account) {
            check_paynow(&mut checker, &within);
        }
    }
    for account in checker.accounts(Network::Sgqr) {
        if let Some(within) = Inside::account(&account) {
            checker.sub_required(&within, shared::NUMBER, &ID_MISSING);
            checker.sub_value(&within, shared::NUMBER, characters(12..=13), &ID_FORM);
            checker.sub_value(&within, shared::VERSION, characters(7..=7), &ID_FORM);
            checker.sub_value(&within, shared::REVISION, time::is_day, &ID_FORM);
        }
    }
    for account in checker.accounts(Network::Nets) {
        if let Some(within) = Inside::account(&account) {
            checker.sub_value(&within, shared::NETS_METADATA, characters(23..=23), &NETS_FORM);
            checker.sub_value(&within, shared::NETS_MERCHANT, characters(0..=15), &NETS_FORM);
            checker.sub_value(&within, shared::NETS_TERMINAL, characters(8..=8), &NETS_FORM);
        }
    }
    check_id_needed(&mut checker);
    checker.value(tags::CURRENCY, one_of(&["702"]), &CURRENCY);
    checker.value(tags::AMOUNT, decimals(2), &AMOUNT_DECIMALS);
    checker.value(tags::COUNTRY, one_of(&["SG"]), &COUNTRY);
}

fn check_paynow<'a>(checker: &mut Checker<'_, 'a>, within: &Inside<'a>) {
    for sub in [paynow::KIND, paynow::PROXY] {
        checker.sub_required(within, sub, &PAYNOW_MISSING);
    }
    checker.sub_value(within, paynow::KIND, one_of(&["0", "2"]), &PROXY_KIND);
    checker.sub_value(within, paynow::PROXY, characters(0..=16), &PROXY_LONG);
    if let Some(proxy) = Proxy::of(&within.template) {
        checker.sub_value(within, paynow::PROXY, |_| proxy.is_well_formed(), &PROXY_FORM);
    }
    checker.sub_value(within, paynow::EDITABLE, one_of(&["0", "1"]), &EDITABLE_FORM);
    if checker.code.amount().is_none() && within.template.get(paynow::EDITABLE) != Some("1") {
        let path = Path::inside(within.tag, paynow::EDITABLE);
        checker.findings.add_at(&EDITABLE_NEEDED, path, within.position);
    }
    let readable = |text: &str| SingaporeTime::end_of(text).is_some();
    checker.sub_value(within, paynow::EXPIRY, readable, &EXPIRY_FORM);
}

fn check_id_needed(checker: &mut Checker<'_, '_>) {
    let has = |network| checker.accounts(network).next().is_some();
    let alone = checker.code.accounts().all(|account| account.network == Network::PayNow);
    if has(Network::PayNow) && !alone && !has(Network::Sgqr) {
        checker.findings.add_at(&ID_NEEDED, Path::root(shared::ID), 0);
    }
}

/// Singapore keeps all of EMVCo's rules.
pub(super) fn excuses(_finding: &Finding) -> bool {
    false
}
