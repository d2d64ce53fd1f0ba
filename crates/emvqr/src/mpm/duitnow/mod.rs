//! Malaysia: DuitNow, with JomPAY bills.
//!
//! Source: `qr` facts, section 4.5, which rests on a public compilation of PayNet's
//! documentation; the documents themselves were not seen. All rules are warnings, on top of
//! what [`super::read`] refuses any code for.
//!
//! | Object | Rule |
//! |---|---|
//! | 00 | `02`, where EMVCo has `01` |
//! | 26, GUID `A0000006150001` | 01 acquirer of 6 digits, 02 QR id to 28 characters, 03 descriptor to 20, 04 mobile number to 15 |
//! | 27 | reserved |
//! | 52 | `0000` from person to person, `6010` for cash, `1111` for JomPAY, which has acquirer `898989` |
//! | 53, 58, 61 | `458`, `MY`, five digits |
//! | 54 | at most two decimals |
//! | 62.11 | how the code is shown, see [`Channel`] |
//! | 62.90, 62.91 | references of a JomPAY bill |
//! | 82 | a hash of printable ASCII and no template |
//!
//! Accounts are known by GUID, whatever their tag. Not verified: over what, and with which
//! key, the hash is made, so it is handed on and not checked; that 01 and 02 are mandatory,
//! which they are in every known code.
//!
//! ```
//! use emvqr::mpm::{self, duitnow::{self, Issuer, Purpose}};
//!
//! let text = "00020201021126360014A00000061500010106898989020412345204111153034585802MY\
//!             5903TNB6002KL610559200621790130124007552406823231d4db4506dc9852b1c21c74be148b83\
//!             63045DFB";
//! let code = mpm::read(text).unwrap();
//! let account = duitnow::accounts(&code).next().unwrap();
//! assert_eq!((account.issuer(), account.id), (Some(Issuer::JomPay), "1234"));
//! assert_eq!(duitnow::purpose(&code), Purpose::JomPay);
//! assert_eq!(duitnow::bill_references(&code), [Some("0124007552406"), None]);
//! ```

mod code;

pub use self::code::{DuitNowCode, Labels};
use crate::finding::{Finding, Findings, Place, Rule};
use crate::mpm::check::{Checker, Inside, characters, decimals, digits, one_of};
use crate::mpm::qris::CHANNEL;
pub use crate::mpm::qris::{Channel, Location, Medium, Presence};
use crate::mpm::{Account, Mpm, Network, emv, tags};
use crate::tlv::{Path, Tag};

/// Owner of the account.
const GUID: &str = "A0000006150001";
/// The acquirer of all JomPAY bills.
const JOMPAY: &str = "898989";

const ACQUIRER: Tag = Tag::literal(1);
const ID: Tag = Tag::literal(2);
const DESCRIPTOR: Tag = Tag::literal(3);
const MOBILE: Tag = Tag::literal(4);
/// Kept free beside the account.
const RESERVED: Tag = Tag::literal(27);
const BILL_REFERENCES: [Tag; 2] = [Tag::literal(90), Tag::literal(91)];
const HASH: Tag = Tag::literal(82);

const ACCOUNT_MISSING: Rule = Rule::warning(
    "duitnow:account_missing",
    "No account is DuitNow's. This is another kind of code; read it as such.",
);
const FORMAT_VALUE: Rule = Rule::warning(
    "duitnow:format",
    "Object 00 of a DuitNow code is 02. Tell the issuer to correct it; Malaysian apps may refuse the code.",
);
const SUB_MISSING: Rule = Rule::warning(
    "duitnow:sub_missing",
    "The account lacks its acquirer or its QR id, so nobody can be paid. Have the code printed anew.",
)
.of_sub();
const ACQUIRER_FORM: Rule = Rule::warning(
    "duitnow:acquirer_form",
    "The acquirer is not six digits. Tell the issuer to correct it.",
);
const SUB_LONG: Rule = Rule::warning(
    "duitnow:sub_too_long",
    "A part of the account is longer than allowed: QR id 28 characters, descriptor 20, mobile number 15. Tell the issuer to shorten it.",
)
.of_sub();
const RESERVED_USED: Rule = Rule::warning(
    "duitnow:reserved",
    "Object 27 is reserved in Malaysia. Tell the issuer to put other accounts elsewhere.",
);
const JOMPAY_HALF: Rule = Rule::warning(
    "duitnow:jompay",
    "Category 1111 and acquirer 898989 go together and mean a JomPAY bill; only one is here. Ask the biller what is meant.",
);
const CURRENCY: Rule = Rule::warning(
    "duitnow:currency",
    "The currency is not ringgit, 458. Do not convert the amount; ask the issuer what is meant.",
);
const COUNTRY: Rule = Rule::warning(
    "duitnow:country",
    "The country is not MY. Tell the issuer to correct it; apps may refuse the code.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "duitnow:amount_decimals",
    "Ringgit has two decimals. Never round the amount; have the code made anew.",
);
const POSTAL_FORM: Rule = Rule::warning(
    "duitnow:postal_form",
    "The postal code is not five digits. Tell the issuer to correct it.",
);
const CHANNEL_FORM: Rule = Rule::warning(
    "duitnow:channel_form",
    "The channel in 62.11 is not three digits of the list: 0-7, 0-3, 0-3. Tell the issuer to correct it.",
);
const HASH_FORM: Rule = Rule::warning(
    "duitnow:hash_form",
    "The hash in 82 is empty or not printable ASCII. Ask the acquirer for the code anew.",
);

/// Whom a code pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuitNow<'a> {
    /// Six digits; [`DuitNow::issuer`] sorts them.
    pub acquirer: &'a str,
    /// The acquirer's name for merchant or code, up to 28 characters. Of a dynamic code for
    /// a person's account it lasts about a minute.
    pub id: &'a str,
    /// Up to 20 characters. Some hold the time at which the code ends,
    /// [`DuitNow::expires_at_ms`].
    pub descriptor: Option<&'a str>,
    /// Mobile number, up to 15 characters.
    pub mobile: Option<&'a str>,
}

/// What kind of company an acquirer's number is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Issuer {
    /// Numbers from 4, 5 or 6 on.
    Bank,
    /// Numbers from 890 on: wallets and other companies.
    NonBank,
    /// 898989, bills.
    JomPay,
}

impl<'a> DuitNow<'a> {
    /// The account by its meaning. Nothing when it is another network's, or has no acquirer
    /// or no id; the code has a warning then.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        if account.network != Network::DuitNow {
            return None;
        }
        Some(Self {
            acquirer: account.get(ACQUIRER)?,
            id: account.get(ID)?,
            descriptor: account.get(DESCRIPTOR),
            mobile: account.get(MOBILE),
        })
    }

    /// What kind of company the acquirer is. Nothing for numbers of no known kind.
    #[must_use]
    pub fn issuer(&self) -> Option<Issuer> {
        match self.acquirer {
            JOMPAY => Some(Issuer::JomPay),
            number if number.starts_with("890") => Some(Issuer::NonBank),
            number if number.starts_with(['4', '5', '6']) => Some(Issuer::Bank),
            _ => None,
        }
    }

    /// Milliseconds since 1970 in UTC, for a descriptor of 13 digits. That such a descriptor
    /// is an expiry was seen and is not known for all of them: do not refuse by it alone.
    #[must_use]
    pub fn expires_at_ms(&self) -> Option<i64> {
        self.descriptor.filter(|text| digits(13..=13)(text))?.parse().ok()
    }
}

/// The accounts of a code that can be read, in its order. There should be one.
pub fn accounts<'a>(code: &Mpm<'a>) -> impl Iterator<Item = DuitNow<'a>> {
    code.accounts().filter_map(|account| DuitNow::of(&account))
}

/// What a code is for, by its category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// `0000`: no merchant is paid.
    PersonToPerson,
    /// `6010`: cash from a counter.
    CashOut,
    /// `1111`: a JomPAY bill.
    JomPay,
    /// Any other, or none: goods and services.
    Retail,
}

/// What a code is for.
#[must_use]
pub fn purpose(code: &Mpm<'_>) -> Purpose {
    match code.category() {
        Some("0000") => Purpose::PersonToPerson,
        Some("6010") => Purpose::CashOut,
        Some("1111") => Purpose::JomPay,
        Some(_) | None => Purpose::Retail,
    }
}

/// First and second reference of a JomPAY bill, 62.90 and 62.91.
#[must_use]
pub fn bill_references<'a>(code: &Mpm<'a>) -> [Option<&'a str>; 2] {
    let additional = code.additional();
    BILL_REFERENCES.map(|tag| additional.as_ref().and_then(|template| template.get(tag)))
}

/// The acquirer's hash, 82, up to 99 characters.
#[must_use]
pub fn hash<'a>(code: &Mpm<'a>) -> Option<&'a str> {
    code.get(HASH)
}

/// Applies the rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    checker.account_of(&[Network::DuitNow], &ACCOUNT_MISSING);
    checker.value(tags::FORMAT, one_of(&["02"]), &FORMAT_VALUE);
    for account in checker.accounts(Network::DuitNow) {
        let Some(within) = Inside::account(&account) else {
            continue;
        };
        for sub in [ACQUIRER, ID] {
            checker.sub_required(&within, sub, &SUB_MISSING);
        }
        checker.sub_value(&within, ACQUIRER, digits(6..=6), &ACQUIRER_FORM);
        for (sub, most) in [(ID, 28), (DESCRIPTOR, 20), (MOBILE, 15)] {
            checker.sub_value(&within, sub, characters(0..=most), &SUB_LONG);
        }
        let bill = account.get(ACQUIRER) == Some(JOMPAY);
        if bill != (purpose(code) == Purpose::JomPay) {
            checker.findings.add_at(&JOMPAY_HALF, Path::root(account.tag), account.position);
        }
    }
    checker.value(RESERVED, |_| false, &RESERVED_USED);
    checker.value(tags::CURRENCY, one_of(&["458"]), &CURRENCY);
    checker.value(tags::AMOUNT, decimals(2), &AMOUNT_DECIMALS);
    checker.value(tags::COUNTRY, one_of(&["MY"]), &COUNTRY);
    checker.value(tags::POSTAL, digits(5..=5), &POSTAL_FORM);
    let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b'!'..=b'~'));
    checker.value(HASH, |text| !text.is_empty() && printable(text), &HASH_FORM);
    if let Some(within) = code.object(tags::ADDITIONAL).and_then(|object| Inside::object(&object)) {
        let known = |text: &str| Channel::parse(text).is_some();
        checker.sub_value(&within, CHANNEL, known, &CHANNEL_FORM);
    }
}

/// Object 00 is 02, and 82 is no template, whatever its characters look like.
pub(super) fn excuses(finding: &Finding) -> bool {
    match finding.place() {
        Place::Object(Path { tag: tags::FORMAT, .. }) => finding.breaks(&emv::FORMAT_VALUE),
        Place::Object(Path { tag: HASH, .. }) => !finding.breaks(&HASH_FORM),
        Place::Object(_) | Place::Payload | Place::Ber(_) | Place::Part(_) => false,
    }
}
