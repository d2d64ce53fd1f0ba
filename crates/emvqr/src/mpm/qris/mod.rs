//! Indonesia: QRIS.
//!
//! | Object | Rule |
//! |---|---|
//! | 26-45 | acquirer's template: 00 name of the acquirer with `.WWW` at its end, 01 merchant PAN of up to 19 digits that begin with `9360`, 02 merchant id of up to 15 characters, 03 criteria |
//! | 51 | national template: 00 `ID.CO.QRIS.WWW`, 02 NMID of `ID` and 13 digits, 03 criteria; seen under 26 too |
//! | criteria | `UMI`, `UKE`, `UME`, `UBE`, `URE` |
//! | 53, 58 | `360`, `ID` |
//! | 54, 56 | whole rupiah, or two decimals |
//! | 61 | there |
//! | 62.11 | where the payer meets the code, see [`Channel`] |
//!
//! Breaches are warnings. Source: `qr` facts, sections 1.4 and 4.2, second-hand from a
//! public encoder and public codes; Bank Indonesia's own text was not at hand. Templates are
//! known by owner, not by tag. Not verified `[?]`: the shortest PAN (we ask for a digit after
//! the acquirer's eight), whether every code needs one, and the check digit of a PAN, which
//! is not looked at. Names longer than EMVCo's 25 characters are seen; EMVCo's warning stays.

mod channel;
mod code;
mod tip;

pub(in crate::mpm) use self::channel::CHANNEL;
pub use self::channel::{Channel, Location, Medium, Presence};
pub use self::code::{DynamicCode, Merchant, StaticCode};
pub use self::tip::Tip;
use crate::finding::{Finding, Findings, Rule};
use crate::mpm::check::{Checker, Inside, characters, decimals, digits, one_of};
use crate::mpm::{Account, Mpm, Network, tags};
use crate::tlv::Tag;

/// Owner of the national template. Compared without regard to case.
pub const NATIONAL_GUID: &str = "ID.CO.QRIS.WWW";

/// Template of the national repository.
const NATIONAL: Tag = Tag::literal(51);
const PAN: Tag = Tag::literal(1);
/// The acquirer's merchant id; in the national template the NMID.
const MERCHANT_ID: Tag = Tag::literal(2);
const CRITERIA: Tag = Tag::literal(3);
/// 62.10, the merchant's tax number.
const TAX_ID: Tag = Tag::literal(10);

const ACCOUNT_MISSING: Rule = Rule::warning(
    "qris:account_missing",
    "No account is of QRIS, by the name of its owner. Read it as another kind of code, or tell the issuer.",
);
const PAN_MISSING: Rule = Rule::warning(
    "qris:pan_missing",
    "No template of QRIS has a merchant PAN, so the acquirer is not named. Its owner in 00 should end in .WWW; tell the issuer.",
);
const PAN_FORM: Rule = Rule::warning(
    "qris:pan_form",
    "The merchant PAN is not 9 to 19 digits that begin with 9360. It cannot be routed; tell the issuer.",
)
.of_object();
const MERCHANT_ID_LONG: Rule = Rule::warning(
    "qris:too_long",
    "The acquirer's merchant id is longer than 15 characters. Tell the issuer to shorten it.",
)
.of_object();
const NMID_MISSING: Rule = Rule::warning(
    "qris:nmid_missing",
    "The national template has no merchant id, NMID. Tell the issuer to add it.",
)
.of_object();
const NMID_FORM: Rule = Rule::warning(
    "qris:nmid_form",
    "The national merchant id is not ID and 13 digits. Tell the issuer to correct it.",
)
.of_object();
const CRITERIA_UNKNOWN: Rule = Rule::warning(
    "qris:criteria",
    "The merchant's size is none of UMI, UKE, UME, UBE, URE. Fees may be wrong; tell the issuer.",
)
.of_object();
const CURRENCY: Rule = Rule::warning(
    "qris:currency",
    "The currency of a QRIS code is rupiah, 360. Other readers may refuse it; tell the issuer.",
);
const COUNTRY: Rule = Rule::warning(
    "qris:country",
    "The country of a QRIS code is ID. Other readers may refuse it; tell the issuer.",
);
const AMOUNT_DECIMALS: Rule = Rule::warning(
    "qris:amount_decimals",
    "The amount has more than two decimals. Never round it; have the code made anew.",
)
.of_object();
const POSTAL_MISSING: Rule = Rule::warning(
    "qris:postal_missing",
    "The postal code, object 61, is missing. Tell the issuer to add it.",
);
const CHANNEL_FORM: Rule = Rule::warning(
    "qris:channel_form",
    "The channel in 62.11 is not three digits of the table. It is kept and has no effect.",
);

/// How large a merchant is, on which its fee depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criteria {
    /// UMI.
    Micro,
    /// UKE.
    Small,
    /// UME.
    Medium,
    /// UBE.
    Large,
    /// URE: regular, and social causes.
    Regular,
}

impl Criteria {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Micro, Self::Small, Self::Medium, Self::Large, Self::Regular];

    /// The criteria with this code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.code() == code)
    }

    /// Three letters, as printed.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Micro => "UMI",
            Self::Small => "UKE",
            Self::Medium => "UME",
            Self::Large => "UBE",
            Self::Regular => "URE",
        }
    }
}

/// Number of a merchant at its acquirer: 9 to 19 digits that begin with `9360`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MerchantPan<'a>(&'a str);

impl<'a> MerchantPan<'a> {
    /// Nothing when the text has another form.
    #[must_use]
    pub fn new(text: &'a str) -> Option<Self> {
        (digits(9..=19)(text) && text.starts_with("9360")).then_some(Self(text))
    }

    /// All digits.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The acquirer's number in the national numbering (NNS): the first eight digits.
    #[must_use]
    pub fn acquirer(&self) -> &'a str {
        &self.0[..8]
    }
}

/// National number of a merchant: `ID` and 13 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nmid<'a>(&'a str);

impl<'a> Nmid<'a> {
    /// Nothing when the text has another form.
    #[must_use]
    pub fn new(text: &'a str) -> Option<Self> {
        text.strip_prefix("ID").is_some_and(digits(13..=13)).then_some(Self(text))
    }

    /// As printed, with `ID` in front.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

/// What a template of QRIS says of the merchant. A part that is there and has not its form is
/// `None` here, has a warning, and can be had from [`Account::get`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Registration<'a> {
    /// Of an acquirer, which gets the payment.
    Acquirer {
        /// Name of the acquirer, such as `ID.CO.TELKOM.WWW`.
        guid: &'a str,
        /// The merchant's number there.
        pan: Option<MerchantPan<'a>>,
        /// The merchant's other number there, 15 characters at most.
        merchant_id: Option<&'a str>,
        /// How large the merchant is.
        criteria: Option<Criteria>,
    },
    /// Of the national repository.
    National {
        /// Not in 51, but where this template stands in for the acquirer's.
        pan: Option<MerchantPan<'a>>,
        /// The merchant's number in the whole country.
        nmid: Option<Nmid<'a>>,
        /// How large the merchant is.
        criteria: Option<Criteria>,
    },
}

impl<'a> Registration<'a> {
    /// What an account says of the merchant, if it is one of QRIS.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        if account.network != Network::Qris {
            return None;
        }
        let guid = account.guid()?;
        let pan = account.get(PAN).and_then(MerchantPan::new);
        let merchant_id = account.get(MERCHANT_ID);
        let criteria = account.get(CRITERIA).and_then(Criteria::named);
        Some(if guid.eq_ignore_ascii_case(NATIONAL_GUID) {
            Self::National { pan, nmid: merchant_id.and_then(Nmid::new), criteria }
        } else {
            Self::Acquirer { guid, pan, merchant_id, criteria }
        })
    }

    /// The merchant's number at its acquirer.
    #[must_use]
    pub const fn pan(&self) -> Option<MerchantPan<'a>> {
        match self {
            Self::Acquirer { pan, .. } | Self::National { pan, .. } => *pan,
        }
    }
}

/// What the templates of a code say of the merchant, in its order.
///
/// ```
/// use emvqr::mpm::{self, qris::{self, Criteria, Registration}};
///
/// let text = "00020101021126570011ID.DANA.WWW011893600915303265462802090326546280303UMI\
///             51440014ID.CO.QRIS.WWW0215ID10265329452210303UMI5204504553033605802ID\
///             5905ZIQVA6011Kab. Malang6105651676304F3F6";
/// let code = mpm::read(text).unwrap();
/// let mut registrations = qris::registrations(&code);
/// let acquirer = registrations.next().unwrap();
/// assert_eq!(acquirer.pan().unwrap().acquirer(), "93600915");
/// let Some(Registration::National { nmid: Some(nmid), criteria, .. }) = registrations.next()
/// else {
///     panic!("the national template comes second");
/// };
/// assert_eq!((nmid.as_str(), criteria), ("ID1026532945221", Some(Criteria::Micro)));
/// ```
pub fn registrations<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Registration<'a>> {
    code.accounts().filter_map(|account| Registration::of(&account))
}

/// Applies the rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    let mut checker = Checker { code, findings };
    checker.account_of(&[Network::Qris], &ACCOUNT_MISSING);
    check_registrations(&mut checker);
    checker.value(tags::CURRENCY, one_of(&["360"]), &CURRENCY);
    checker.value(tags::COUNTRY, one_of(&["ID"]), &COUNTRY);
    for amount in [tags::AMOUNT, tags::FEE_FIXED] {
        checker.value(amount, decimals(2), &AMOUNT_DECIMALS);
    }
    checker.required(tags::POSTAL, &POSTAL_MISSING);
    if let Some(within) = code.object(tags::ADDITIONAL).and_then(|object| Inside::object(&object)) {
        checker.sub_value(&within, CHANNEL, |text| Channel::parse(text).is_some(), &CHANNEL_FORM);
    }
}

/// A code of ours keeps all of EMVCo's rules.
pub(super) fn excuses(_finding: &Finding) -> bool {
    false
}

fn check_registrations(checker: &mut Checker<'_, '_>) {
    let (mut any, mut any_pan) = (false, false);
    for account in checker.accounts(Network::Qris) {
        let (Some(within), Some(registration)) =
            (Inside::account(&account), Registration::of(&account))
        else {
            continue;
        };
        any = true;
        any_pan |= within.template.get(PAN).is_some();
        checker.sub_value(&within, PAN, |text| MerchantPan::new(text).is_some(), &PAN_FORM);
        match registration {
            Registration::Acquirer { .. } => {
                checker.sub_value(&within, MERCHANT_ID, characters(0..=15), &MERCHANT_ID_LONG);
            }
            Registration::National { .. } => {
                checker.sub_required(&within, MERCHANT_ID, &NMID_MISSING);
                checker.sub_value(
                    &within,
                    MERCHANT_ID,
                    |text| Nmid::new(text).is_some(),
                    &NMID_FORM,
                );
            }
        }
        checker.sub_value(
            &within,
            CRITERIA,
            |text| Criteria::named(text).is_some(),
            &CRITERIA_UNKNOWN,
        );
    }
    if any && !any_pan {
        checker.findings.add(&PAN_MISSING, 0);
    }
}
