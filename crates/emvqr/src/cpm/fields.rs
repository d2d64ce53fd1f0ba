//! What the objects inside of templates 61 and 62 look like (`qr` facts, section 2).

use super::ber::{Objects, Tag};
use super::tags;
use super::track2::{Pan, TRACK2_BYTES_MAX, Track2, is_packed_digits};
use crate::finding::{Findings, Place, Rule};

const LENGTH: Rule = Rule::warning(
    "cpm:length",
    "This object has a length that EMVCo does not allow. Tell the wallet; use the object with care.",
)
.of_object();
const FORM: Rule = Rule::warning(
    "cpm:format",
    "This object holds what EMVCo does not allow in it. Tell the wallet; use the object with care.",
)
.of_object();

/// What may be in a value.
#[derive(Clone, Copy)]
enum Form {
    /// `ans`: printable ASCII.
    Printable,
    /// `an`: ASCII letters and digits.
    LettersAndDigits,
    /// Codes of two ASCII letters.
    Languages,
    /// `n`: a decimal digit in each half of a byte.
    PackedDigits,
    /// `cn`: the same, with F after the last digit.
    Pan,
    Track2,
    Binary,
}

impl Form {
    fn fits(self, value: &[u8]) -> bool {
        match self {
            Self::Printable => value.iter().all(|byte| matches!(byte, b' '..=b'~')),
            Self::LettersAndDigits => value.iter().all(u8::is_ascii_alphanumeric),
            Self::Languages => {
                value.len().is_multiple_of(2) && value.iter().all(u8::is_ascii_alphabetic)
            }
            Self::PackedDigits => is_packed_digits(value),
            Self::Pan => Pan::unpack(value).is_some(),
            Self::Track2 => Track2::unpack(value).is_some(),
            Self::Binary => true,
        }
    }
}

/// An object, its shortest and longest value in bytes, and what is in it. Where the text names
/// no longest one, that of the code is it.
const FIELDS: [(Tag, usize, usize, Form); 11] = [
    (tags::AID, 5, 16, Form::Binary),
    (tags::LABEL, 1, 16, Form::Printable),
    (tags::TRACK2, 1, TRACK2_BYTES_MAX, Form::Track2),
    (tags::PAN, 1, 10, Form::Pan),
    (tags::CARDHOLDER, 2, 26, Form::Printable),
    (tags::LANGUAGES, 2, 8, Form::Languages),
    (tags::ISSUER_URL, 1, usize::MAX, Form::Printable),
    (tags::VERSION, 2, 2, Form::Binary),
    (tags::TOKEN_REQUESTOR, 6, 6, Form::PackedDigits),
    (tags::ACCOUNT_REFERENCE, 29, 29, Form::LettersAndDigits),
    (tags::LAST_DIGITS, 2, 2, Form::PackedDigits),
];

/// Looks at each object of a template whose form is known; of one that is repeated, at the first.
pub(super) fn check(objects: Objects<'_>, findings: &mut Findings) {
    for (tag, shortest, longest, form) in FIELDS {
        let Some(object) = objects.find_tag(tag) else {
            continue;
        };
        let place = Place::Ber(tag.number());
        if !(shortest..=longest).contains(&object.value.len()) {
            findings.push(&LENGTH, place, object.position);
        } else if !form.fits(object.value) {
            findings.push(&FORM, place, object.position);
        }
    }
}
