//! Thailand: PromptPay and its bill payment.
//!
//! Source: `qr` facts, section 4.1, which rests on public libraries and bank samples; the Bank
//! of Thailand's own text was not seen. All rules are warnings, on top of what
//! [`super::read`] refuses any code for.
//!
//! | Object | Rule |
//! |---|---|
//! | 29, GUID `A000000677010111`, or `...0114` with an OTA code | one proxy: 01 mobile number, 02 national or tax id, 03 e-wallet, 04 bank account; 05 OTA code |
//! | 30, GUID `A000000677010112`, across borders `A000000677012006` | 01 biller id of 13 to 15 digits, 02 and 03 references to 20 characters |
//! | 31, GUID `A000000677010113`, for APIs `A000000677012004` | 01 acquirer of 3 digits, 02 merchant, 04 reference |
//! | 53, 58 | `764`, `TH` |
//! | 54 | at most two decimals; with it 01 is `12`, without `11` |
//! | 52, 59, 60 | usually left out, against EMVCo |
//! | 80 | value added tax, see [`Vat`] |
//! | 81 | a TrueMoney message, see [`Message`] |
//!
//! Accounts are known by GUID, whatever their tag. The small code on a bank's transfer slip is
//! a receipt: it has no checksum in 63 and is refused as any code is. Not verified: whether an
//! OTA code can stand without a proxy, and the national id's check digit, which is not looked at.
//!
//! ```
//! use emvqr::mpm::{self, promptpay::{self, Payee, Proxy}};
//!
//! let text = "00020101021229370016A000000677010111011300660000000005802TH\
//!             530376454044.226304E469";
//! let code = mpm::read(text).unwrap();
//! let Some(Payee::Transfer(transfer)) = promptpay::payees(&code).next() else { panic!() };
//! assert_eq!(transfer.proxy, Proxy::Mobile("0066000000000"));
//! assert_eq!(code.amount(), Some("4.22"));
//! ```

pub mod bill_barcode;
mod code;
mod extras;
mod payee;

pub use self::code::{BillCode, Merchant, TransferCode};
pub use self::extras::{Message, Vat, reference3};
pub use self::payee::{
    Bill, BillScope, Innovation, InnovationKind, Payee, Proxy, Transfer, mobile_proxy, payees,
};
use crate::finding::{Finding, Findings, Place, Rule};
use crate::mpm::check::{Checker, Inside, characters, decimals, digits, one_of};
use crate::mpm::{Mpm, Network, emv, tags};
use crate::tlv::Path;

const ACCOUNT_MISSING: Rule = Rule::warning(
    "promptpay:account_missing",
    "No account is PromptPay's, a bill's or a payment innovation's. This is another kind of code; read it as such.",
);
const PROXY_MISSING: Rule = Rule::warning(
    "promptpay:proxy_missing",
    "The transfer names no mobile number, id, e-wallet or bank account. Ask the payee for a new code.",
);
const PROXY_REPEATED: Rule = Rule::warning(
    "promptpay:proxy_repeated",
    "The transfer names two payees, so it is open who is paid. Ask the payee for a new code.",
);
const PROXY_FORM: Rule = Rule::warning(
    "promptpay:proxy_form",
    "The payee has not the form of its kind: mobile 0066 and nine digits, id 13 digits, e-wallet 15 digits, bank account 3 digits of bank and the number. Check it with the payee.",
)
.of_sub();
const OTA: Rule = Rule::warning(
    "promptpay:ota",
    "An OTA code goes with the identifier that ends in 0114, and only with it. Tell the issuer to correct the one or the other.",
);
const OTA_FORM: Rule = Rule::warning(
    "promptpay:ota_form",
    "The OTA code is not ten characters long. Ask the payer's app for a new one.",
);
const BILLER_MISSING: Rule = Rule::warning(
    "promptpay:biller_missing",
    "The bill names no biller. Ask the biller for a new code.",
);
const BILLER_FORM: Rule = Rule::warning(
    "promptpay:biller_form",
    "The biller's id is not 13 to 15 digits: a tax id and a suffix. Check it with the biller.",
);
const REFERENCE_LONG: Rule = Rule::warning(
    "promptpay:reference_long",
    "The bill's reference is longer than 20 characters. Tell the biller to shorten it; banks may cut it.",
)
.of_sub();
const INNOVATION_MISSING: Rule = Rule::warning(
    "promptpay:innovation_missing",
    "The payment innovation lacks its acquirer or its merchant. Tell the acquirer to add it.",
)
.of_sub();
const ACQUIRER_FORM: Rule = Rule::warning(
    "promptpay:acquirer_form",
    "The acquirer is not three digits. Tell the acquirer to correct it.",
);
const CURRENCY: Rule = Rule::warning(
    "promptpay:currency",
    "The currency is not baht, 764. Do not convert the amount; ask the issuer what is meant.",
);
const COUNTRY: Rule = Rule::warning(
    "promptpay:country",
    "The country is not TH. Tell the issuer to correct it; apps may refuse the code.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "promptpay:amount_decimals",
    "Baht has two decimals. Never round the amount; have the code made anew.",
);
const INITIATION: Rule = Rule::warning(
    "promptpay:initiation",
    "Object 01 is 12 with an amount and 11 without. Tell the issuer, so that a code with an amount is not paid twice.",
);
const VAT_FORM: Rule = Rule::warning(
    "promptpay:vat_form",
    "The tax rate or the tax amount is not a decimal number. Print no tax receipt from this code.",
)
.of_sub();
const MESSAGE_FORM: Rule = Rule::warning(
    "promptpay:message_form",
    "Object 81 is neither a provider's template nor a message in hexadecimal UTF-16. Show no message to the payee.",
);

/// Applies the rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    checker.account_of(
        &[Network::PromptPay, Network::PromptPayBill, Network::ThaiPaymentInnovation],
        &ACCOUNT_MISSING,
    );
    for account in checker.accounts(Network::PromptPay) {
        let ota = payee::has_guid(&account, payee::TRANSFER_OTA);
        if let Some(within) = Inside::account(&account) {
            check_transfer(&mut checker, &within, ota);
        }
    }
    for account in checker.accounts(Network::PromptPayBill) {
        if let Some(within) = Inside::account(&account) {
            checker.sub_required(&within, payee::BILLER, &BILLER_MISSING);
            checker.sub_value(&within, payee::BILLER, payee::is_biller, &BILLER_FORM);
            for sub in [payee::REFERENCE_1, payee::REFERENCE_2] {
                checker.sub_value(&within, sub, characters(0..=20), &REFERENCE_LONG);
            }
        }
    }
    for account in checker.accounts(Network::ThaiPaymentInnovation) {
        if let Some(within) = Inside::account(&account) {
            for sub in [payee::ACQUIRER, payee::MERCHANT] {
                checker.sub_required(&within, sub, &INNOVATION_MISSING);
            }
            checker.sub_value(&within, payee::ACQUIRER, digits(3..=3), &ACQUIRER_FORM);
        }
    }
    checker.value(tags::CURRENCY, one_of(&["764"]), &CURRENCY);
    checker.value(tags::COUNTRY, one_of(&["TH"]), &COUNTRY);
    checker.value(tags::AMOUNT, decimals(2), &AMOUNT_DECIMALS);
    let against = if code.amount().is_some() { "11" } else { "12" };
    checker.value(tags::INITIATION, |value| value != against, &INITIATION);
    check_extras(&mut checker);
}

fn check_transfer<'a>(checker: &mut Checker<'_, 'a>, within: &Inside<'a>, ota: bool) {
    let mut proxies = Proxy::all(&within.template);
    let path = Path::root(within.tag);
    match (proxies.next(), proxies.next()) {
        (None, _) => checker.findings.add_at(&PROXY_MISSING, path, within.position),
        (Some(_), None) => {}
        (Some(_), Some(_)) => checker.findings.add_at(&PROXY_REPEATED, path, within.position),
    }
    for proxy in Proxy::all(&within.template) {
        checker.sub_value(within, proxy.tag(), |_| proxy.is_well_formed(), &PROXY_FORM);
    }
    if ota != within.template.object(payee::OTA_CODE).is_some() {
        checker.findings.add_at(&OTA, path, within.position);
    }
    checker.sub_value(within, payee::OTA_CODE, characters(10..=10), &OTA_FORM);
}

fn check_extras(checker: &mut Checker<'_, '_>) {
    let code = checker.code;
    if Vat::of(code).is_some()
        && let Some(within) = code.object(extras::VAT).and_then(|object| Inside::object(&object))
    {
        for sub in [extras::VAT_RATE, extras::VAT_AMOUNT] {
            checker.sub_value(&within, sub, |text| emv::decimal(text).is_some(), &VAT_FORM);
        }
    }
    let template = code.object(extras::MESSAGE).and_then(|object| object.template().ok());
    let owned = template.is_some_and(|template| template.get(tags::GUID).is_some());
    if !owned {
        checker.value(extras::MESSAGE, |text| Message::new(text).is_some(), &MESSAGE_FORM);
    }
}

/// The country leaves out 52, 59 and 60, and 81 is no template, whatever its digits look like.
pub(super) fn excuses(finding: &Finding) -> bool {
    match finding.place() {
        Place::Object(Path { tag: tags::CATEGORY | tags::NAME | tags::CITY, sub: None }) => {
            finding.breaks(&emv::MISSING)
        }
        Place::Object(Path { tag: extras::MESSAGE, .. }) => !finding.breaks(&MESSAGE_FORM),
        Place::Object(_) | Place::Payload | Place::Ber(_) | Place::Part(_) => false,
    }
}
