//! How the value of an object must look (EMVCo MPM 1.1, tables 3.6-3.8).

use crate::finding::{Finding, Place, Rule};
use crate::mpm::tags;
use crate::tlv::{LengthUnit, Object, Path};

pub(super) const FORM: Rule = Rule::warning(
    "format",
    "The value has not the form that its object asks for. Tell the issuer to correct it.",
)
.of_object();
pub(super) const LONG: Rule = Rule::warning(
    "too_long",
    "The value is longer than allowed. Tell the issuer to shorten it; other readers may cut it.",
)
.of_object();
pub(super) const CHARACTERS: Rule = Rule::warning(
    "charset",
    "The value has characters that its object does not allow. The issuer should put local text into object 64.",
)
.of_object();
const AMOUNT_FORM: Rule = Rule::error(
    "format",
    "The amount is not digits with at most one point. Never guess it; have the code made anew.",
)
.of_object();
const AMOUNT_LONG: Rule = Rule::error(
    "too_long",
    "The amount is longer than 13 characters. Never cut it; have the code made anew.",
)
.of_object();
const AMOUNT_ZERO: Rule = Rule::warning(
    "zero_amount",
    "The amount is zero. If the payer is to type it, the issuer should leave the object out.",
)
.of_object();
pub(super) const RESERVED: Rule = Rule::warning(
    "rfu",
    "The object is reserved for later versions. It is kept and has no effect.",
)
.of_object();
/// The lists of objects in a code.
#[derive(Clone, Copy)]
enum List {
    Root,
    /// Template 62.
    Additional,
    /// Template 64.
    Language,
    /// A template that its owner lays out: 26-51, 80-99.
    Owners,
}

/// How a value must look.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Another rule looks after the value.
    Any,
    /// So many digits.
    Digits(u8),
    /// So many ASCII letters.
    Letters(u8),
    /// Printable ASCII up to a length ("ans").
    Ascii(u8),
    /// Any text up to a length ("S"); control characters are nobody's text.
    Text(u8),
    Amount,
    Percent,
    /// Any of `A`, `M`, `E`, each once.
    ConsumerData,
    /// Four digits that have a rule of their own, and a worse name for being empty.
    Checksum,
    /// Nothing should be there.
    Reserved,
}

impl Form {
    /// Of an object in one of the lists.
    const fn of(list: List, tag: u8) -> Self {
        match (list, tag) {
            (List::Root, 2..=51) => Self::Ascii(99),
            (List::Root, 52) => Self::Digits(4),
            (List::Root, 53) => Self::Digits(3),
            (List::Root, 54 | 56) => Self::Amount,
            (List::Root, 57) => Self::Percent,
            (List::Root, 58) => Self::Letters(2),
            (List::Root, 59) => Self::Ascii(25),
            (List::Root, 60) => Self::Ascii(15),
            (List::Root, 61) => Self::Ascii(10),
            (List::Root, 63) => Self::Checksum,
            // 10-49 are reserved too, and 50-99 should name an owner. Tax ids, merchant channels
            // and bill references are so often there without one that a warning would only
            // teach to ignore warnings.
            (List::Additional, 0) | (List::Root, 65..=79) => Self::Reserved,
            (List::Additional, 1..=8) => Self::Text(25),
            (List::Additional, 9) => Self::ConsumerData,
            (List::Language, 0) => Self::Letters(2),
            (List::Language, 1) => Self::Text(25),
            (List::Language, 2) => Self::Text(15),
            (List::Root | List::Additional | List::Language, _) => Self::Any,
            (List::Owners, _) => Self::Any,
        }
    }

    /// Of all objects in one of the lists, by tag.
    const fn table(list: List) -> Forms {
        let mut table = [(Self::Any, 0); 100];
        let mut tag = 0;
        while tag < table.len() {
            let form = Self::of(list, tag as u8);
            table[tag] = (form, form.harmless());
            tag += 1;
        }
        table
    }

    /// Up to how many characters of printable ASCII, but for none, no rule can be broken.
    const fn harmless(self) -> u8 {
        match self {
            Self::Any | Self::Checksum => 99,
            Self::Ascii(count) | Self::Text(count) => count,
            Self::Digits(_) | Self::Letters(_) | Self::Amount | Self::Percent => 0,
            Self::ConsumerData | Self::Reserved => 0,
        }
    }

    /// The rule that the value of `object` breaks, if any.
    #[inline]
    pub(super) fn breach(self, object: &Object<'_>) -> Option<&'static Rule> {
        let value = object.value;
        let unless = |fits: bool, rule| (!fits).then_some(rule);
        let exactly = |count: u8| value.len() == usize::from(count);
        let within = |count: u8| {
            let count = usize::from(count);
            value.len() <= count || LengthUnit::CodePoint.measure(value) <= count
        };
        match self {
            Self::Reserved => Some(&RESERVED),
            Self::Amount => amount_breach(value),
            Self::Any | Self::Checksum => None,
            Self::Digits(count) => {
                unless(exactly(count) && value.bytes().all(|byte| byte.is_ascii_digit()), &FORM)
            }
            Self::Letters(count) => unless(
                exactly(count) && value.bytes().all(|byte| byte.is_ascii_alphabetic()),
                &FORM,
            ),
            Self::Ascii(count) => {
                unless(within(count), &LONG).or_else(|| unless(object.printable, &CHARACTERS))
            }
            Self::Text(count) => unless(within(count), &LONG)
                .or_else(|| unless(object.printable || !has_control(value), &CHARACTERS)),
            Self::Percent => unless(is_percentage(value), &FORM),
            Self::ConsumerData => unless(is_consumer_data(value), &FORM),
        }
    }
}

/// By tag the form of its objects, and how long a value is [`Form::harmless`]. Most are.
pub(super) type Forms = [(Form, u8); 100];

pub(super) static ROOT: Forms = Form::table(List::Root);
pub(super) static ADDITIONAL: Forms = Form::table(List::Additional);
pub(super) static LANGUAGE: Forms = Form::table(List::Language);
pub(super) static OWNERS: Forms = Form::table(List::Owners);

/// Digits before and after the point of a decimal text. The point may be left out or come
/// last, never first.
pub(super) fn decimal(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(fraction)).then_some((whole, fraction))
}

fn amount_breach(value: &str) -> Option<&'static Rule> {
    if decimal(value).is_none() {
        Some(&AMOUNT_FORM)
    } else if value.len() > 13 {
        Some(&AMOUNT_LONG)
    } else if !value.contains(|digit| ('1'..='9').contains(&digit)) {
        Some(&AMOUNT_ZERO)
    } else {
        None
    }
}

/// 00.01 to 99.99, at most five characters, not zero.
fn is_percentage(value: &str) -> bool {
    value.len() <= 5
        && value.contains(|digit| ('1'..='9').contains(&digit))
        && decimal(value).is_some_and(|(whole, fraction)| whole.len() <= 2 && fraction.len() <= 2)
}

/// Some of `A`, `M` and `E`, each once.
fn is_consumer_data(value: &str) -> bool {
    let once = |letter| value.matches(letter).count() <= 1;
    let known = value.bytes().all(|byte| b"AME".contains(&byte));
    known && ['A', 'M', 'E'].into_iter().all(once)
}

fn has_control(value: &str) -> bool {
    value.contains(char::is_control)
}

/// For profiles, which must not let an amount of zero pass.
pub(super) fn is_zero_amount(finding: &Finding) -> bool {
    finding.breaks(&AMOUNT_ZERO) && finding.place() == Place::Object(Path::root(tags::AMOUNT))
}
