//! JPQR, the Japanese profile of merchant-presented codes.
//!
//! Source: the rules that public readers of JPQR agree on (Payments Japan's own guideline
//! is not public). They are hard: a code that breaks one is refused.
//!
//! | Object | Rule |
//! |---|---|
//! | one of 26-51 | GUID `jp.or.paymentsjapan` in any case, levels 1-4 of 13, 4, 6, 6 characters, nothing else |
//! | 53, 58 | `392`, `JP` |
//! | 54 | whole yen, not zero |
//! | 61 | there; seven digits in every known code, otherwise a warning |
//! | 64 | language `JA`, a name, no city |
//! | 00, 01, 52, 59, 60 | as EMVCo says, strictly |
//! | 80-99 | an owner in 00, of 32 characters at most |
//! | whole | 512 characters at most |

mod code;
mod id;

pub use self::code::{DynamicCode, Merchant, StaticCode};
pub use self::id::{IdError, JpqrId};
use crate::finding::{Finding, Findings, Place, Rejected, Rule};
use crate::mpm::{Account, Initiation, Mpm, Network, Profile, emv, tags};
use crate::tlv::{LengthUnit, Path, Tag};

/// Identifier of the JPQR template. Readers compare it without regard to case.
pub const GUID: &str = "jp.or.paymentsjapan";

const ID_MISSING: Rule = Rule::error(
    "jpqr:id_missing",
    "No account has the JPQR identifier. This is another kind of code; read it as such.",
);
const ID_REPEATED: Rule = Rule::error(
    "jpqr:id_repeated",
    "Two accounts have the JPQR identifier, so it is open who is paid. Have the code printed anew.",
);
const ID_SUB_MISSING: Rule = Rule::error(
    "jpqr:id_sub_missing",
    "A level of the merchant's id is missing. Have the code printed anew.",
)
.of_sub();
const ID_SUB_LENGTH: Rule = Rule::error(
    "jpqr:id_sub_length",
    "A level of the merchant's id has the wrong length. Have the code printed anew.",
)
.of_sub();
const ID_SUB_CHARSET: Rule = Rule::error(
    "jpqr:id_sub_charset",
    "A level of the merchant's id is not printable ASCII. Have the code printed anew.",
)
.of_sub();
const ID_SUB_UNKNOWN: Rule = Rule::error(
    "jpqr:id_sub_unknown",
    "The JPQR template is 68 characters long and has no room for this object. Have the code printed anew.",
)
.of_sub();
const CURRENCY: Rule = Rule::error(
    "jpqr:currency",
    "The currency of a JPQR code is yen, 392. Have the code printed anew.",
);
const COUNTRY: Rule =
    Rule::error("jpqr:country", "The country of a JPQR code is JP. Have the code printed anew.");
const AMOUNT_DECIMALS: Rule = Rule::error(
    "jpqr:amount_decimals",
    "Yen has no decimals. Never round the amount; have the code made anew.",
);
const POSTAL_MISSING: Rule = Rule::error(
    "jpqr:postal_missing",
    "The postal code, object 61, is missing. Have the code printed anew.",
);
const POSTAL_FORM: Rule = Rule::warning(
    "jpqr:postal_format",
    "The postal code is not seven digits. Tell the issuer to write it without a hyphen.",
);
const LANGUAGE_MISSING: Rule = Rule::error(
    "jpqr:language_missing",
    "Object 64 with the Japanese name is missing or cannot be read. Have the code printed anew.",
);
const LANGUAGE_NOT_JA: Rule = Rule::error(
    "jpqr:language_not_JA",
    "The language in object 64 is not JA. Have the code printed anew.",
);
const LANGUAGE_CITY: Rule = Rule::error(
    "jpqr:language_city_present",
    "A JPQR code has no city in object 64. Have the code printed anew.",
);

/// Objects whose EMVCo rules are warnings elsewhere and errors here.
const STRICT: [Tag; 9] = [
    tags::FORMAT,
    tags::INITIATION,
    tags::CATEGORY,
    tags::CURRENCY,
    tags::AMOUNT,
    tags::COUNTRY,
    tags::NAME,
    tags::CITY,
    tags::LANGUAGE,
];

/// A JPQR code that keeps all rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jpqr<'a> {
    /// Who is paid.
    pub id: JpqrId,
    /// Static or dynamic.
    pub initiation: Initiation,
    /// Whole yen, above zero. Nothing when the payer types it.
    pub amount_yen: Option<u64>,
    /// The merchant's name for the payment. `***` asks the payer for it.
    pub reference: Option<&'a str>,
    /// Store label. `***` asks the payer for it.
    pub store: Option<&'a str>,
    /// Terminal label. `***` asks the payer for it.
    pub terminal: Option<&'a str>,
    /// Merchant name in Latin letters.
    pub name_latin: &'a str,
    /// Merchant name in Japanese.
    pub name_ja: &'a str,
    /// City in Latin letters.
    pub city: &'a str,
    /// Postal code, seven digits but for codes with a warning.
    pub postal_code: &'a str,
    /// Merchant category, four digits.
    pub mcc: &'a str,
    /// The code as such: other accounts, unknown objects, warnings.
    pub mpm: Mpm<'a>,
}

/// Reads a code as JPQR.
///
/// # Errors
/// It breaks a rule of JPQR, or one that [`super::read`] refuses any code for.
pub fn read(text: &str) -> Result<Jpqr<'_>, Rejected> {
    let code = super::read_as(text, Profile::Jpqr)?;
    let account = accounts(&code).next().and_then(|account| id_of(&account));
    let id = account.expect("a code that keeps the rules names one merchant");

    let additional = code.additional();
    let label = |tag| additional.as_ref().and_then(|template| template.get(tag));
    let language = code.language();
    let text_of = |tag| code.get(tag).unwrap_or_default();
    Ok(Jpqr {
        id,
        initiation: code.point_of_initiation(),
        amount_yen: code.amount().and_then(whole_yen),
        reference: label(tags::additional::REFERENCE),
        store: label(tags::additional::STORE),
        terminal: label(tags::additional::TERMINAL),
        name_latin: text_of(tags::NAME),
        name_ja: language
            .and_then(|template| template.get(tags::language::NAME))
            .unwrap_or_default(),
        city: text_of(tags::CITY),
        postal_code: text_of(tags::POSTAL),
        mcc: text_of(tags::CATEGORY),
        mpm: code,
    })
}

/// The accounts that say they are JPQR's, under whatever tag.
fn accounts<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Account<'a>> {
    code.accounts_of(Network::Jpqr)
}

/// Yen of an amount without decimals, also when it ends in a point.
fn whole_yen(amount: &str) -> Option<u64> {
    match emv::decimal(amount)? {
        (whole, "") => whole.parse().ok(),
        _ => None,
    }
}

/// Applies all rules of the profile.
pub(super) fn check(code: &Mpm<'_>, findings: &mut Findings) {
    findings.harden(|finding| match finding.place() {
        Place::Object(path) => STRICT.contains(&path.tag) || lacks_owner(finding, path),
        Place::Payload => finding.breaks(&emv::LONG_PAYLOAD),
        Place::Ber(_) | Place::Part(_) => false,
    });
    check_accounts(code, findings);
    check_value(code, tags::CURRENCY, "392", &CURRENCY, findings);
    check_value(code, tags::COUNTRY, "JP", &COUNTRY, findings);
    check_amount(code, findings);
    check_postal(code, findings);
    check_language(code, findings);
}

/// Whether a template of 80-99 has no owner of 1 to 32 characters.
fn lacks_owner(finding: &Finding, path: Path) -> bool {
    let owner = finding.breaks(&emv::GUID_MISSING) || finding.breaks(&emv::GUID_LONG);
    owner && path.tag.number() >= 80
}

/// A code of ours keeps all of EMVCo's rules.
pub(super) fn excuses(_finding: &Finding) -> bool {
    false
}

fn check_accounts(code: &Mpm<'_>, findings: &mut Findings) {
    let mut accounts = accounts(code);
    match (accounts.next(), accounts.next()) {
        (None, _) => findings.add(&ID_MISSING, 0),
        (Some(account), None) => check_levels(&account, findings),
        (Some(_), Some(second)) => {
            findings.add_at(&ID_REPEATED, Path::root(second.tag), second.position);
        }
    }
}

fn check_levels(account: &Account<'_>, findings: &mut Findings) {
    let Some(template) = account.template else {
        return;
    };
    if id::is_regular(account) {
        return;
    }
    let mut found = [false; id::LEVELS.len()];
    for object in template.objects() {
        let path = Path::inside(account.tag, object.tag);
        let level = usize::from(object.tag.number());
        // 00 is the identifier of the scheme.
        let Some(index) = level.checked_sub(1) else {
            continue;
        };
        let Some((_, expected)) = id::LEVELS.get(index) else {
            findings.add_at(&ID_SUB_UNKNOWN, path, object.position);
            continue;
        };
        found[index] = true;
        let value = object.value;
        if value.len() != *expected && LengthUnit::CodePoint.measure(value) != *expected {
            findings.add_at(&ID_SUB_LENGTH, path, object.position);
        } else if !object.printable {
            findings.add_at(&ID_SUB_CHARSET, path, object.position);
        }
    }
    for ((level, _), found) in id::LEVELS.into_iter().zip(found) {
        if !found {
            findings.add_at(&ID_SUB_MISSING, Path::inside(account.tag, level), account.position);
        }
    }
}

fn id_of(account: &Account<'_>) -> Option<JpqrId> {
    let [level1, level2, level3, level4] = id::LEVELS.map(|(level, _)| account.get(level));
    JpqrId::new(level1?, level2?, level3?, level4?).ok()
}

fn check_value(
    code: &Mpm<'_>,
    tag: Tag,
    expected: &str,
    rule: &'static Rule,
    findings: &mut Findings,
) {
    let object = code.object(tag);
    if object.is_none_or(|object| object.value != expected) {
        let position = object.map_or(0, |object| object.position);
        findings.add_at(rule, Path::root(tag), position);
    }
}

fn check_amount(code: &Mpm<'_>, findings: &mut Findings) {
    let Some(object) = code.object(tags::AMOUNT) else {
        return;
    };
    // What is no decimal text at all is EMVCo's to complain about.
    if emv::decimal(object.value).is_some_and(|(_, fraction)| !fraction.is_empty()) {
        let path = Path::root(tags::AMOUNT);
        findings.add_at(&AMOUNT_DECIMALS, path, object.position);
    }
}

fn check_postal(code: &Mpm<'_>, findings: &mut Findings) {
    let path = Path::root(tags::POSTAL);
    match code.object(tags::POSTAL) {
        Some(object) if !object.value.is_empty() => {
            let digits = object.value.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || object.value.len() != 7 {
                findings.add_at(&POSTAL_FORM, path, object.position);
            }
        }
        Some(object) => findings.add_at(&POSTAL_MISSING, path, object.position),
        None => findings.add_at(&POSTAL_MISSING, path, 0),
    }
}

fn check_language(code: &Mpm<'_>, findings: &mut Findings) {
    let path = Path::root(tags::LANGUAGE);
    let object = code.object(tags::LANGUAGE);
    // As every known code has it: the language, a name, and nothing else.
    if object.is_some_and(|object| object.inside == 2 && object.value.starts_with("0002JA01")) {
        return;
    }
    let Some((position, language)) =
        object.and_then(|object| Some((object.position, object.template().ok()?)))
    else {
        return findings.add_at(&LANGUAGE_MISSING, path, 0);
    };
    let mut japanese = false;
    for object in language.objects() {
        match object.tag {
            tags::language::CODE => japanese |= object.value == "JA",
            tags::language::CITY => findings.add_at(&LANGUAGE_CITY, path, position),
            _ => {}
        }
    }
    if !japanese {
        findings.add_at(&LANGUAGE_NOT_JA, path, position);
    }
}
