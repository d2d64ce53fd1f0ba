//! Writing codes: ascending tags, lengths in code points, a checksum in capitals, and
//! nothing that a reader of ours would complain about.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::crc::crc16;
use crate::finding::Finding;
use crate::mpm::{Profile, account, read_with, tags};
use crate::tlv::{self, LengthUnit, Path, Tag, TooLong};

/// Why a code cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// The object is given twice, or is one of 00 and 63, which the writer adds itself.
    Repeated {
        /// The object.
        path: Path,
    },
    /// An account has a tag that is not an account's; 02 to 51 are.
    NotAccount {
        /// The object.
        path: Path,
    },
    /// Two digits cannot hold the length of the value. Shorten it.
    TooLong {
        /// The object.
        path: Path,
        /// Its length in code points; 99 fit.
        found: usize,
    },
    /// The text has characters in parts, as in か + ゛ for が. Bring it into normal form C
    /// first. The check looks for marks and parts of syllables, without Unicode's tables: a
    /// letter that exists only in parts is refused too, and some rare signs pass.
    NotComposed {
        /// The object.
        path: Path,
    },
    /// A reader would find fault with the code. Every finding names what to change.
    Faulty(Vec<Finding>),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repeated { path } => write!(
                f,
                "object {path} is given twice, or is written without being asked for; give it once at most"
            ),
            Self::NotAccount { path } => {
                write!(f, "object {path} is not a merchant account; use a tag from 02 to 51")
            }
            Self::TooLong { path, found } => {
                write!(f, "object {path} is {found} characters long; shorten it to 99")
            }
            Self::NotComposed { path } => write!(
                f,
                "object {path} has characters in parts; bring the text into Unicode normal form C"
            ),
            Self::Faulty(findings) => {
                write!(f, "readers would find fault with the code")?;
                findings.iter().try_for_each(|finding| write!(f, "; {finding}"))
            }
        }
    }
}

impl core::error::Error for BuildError {}

/// Collects the objects of a code, in any order.
///
/// ```
/// use emvqr::mpm::{Writer, tags};
/// use emvqr::tlv::Tag;
///
/// let mut writer = Writer::default();
/// writer.object(tags::NAME, "SHOP")?;
/// writer.object(tags::CITY, "TOKYO")?;
/// writer.object(tags::COUNTRY, "JP")?;
/// writer.object(tags::CURRENCY, "392")?;
/// writer.object(tags::CATEGORY, "5812")?;
/// writer.template(Tag::new(26).unwrap(), &[(tags::GUID, "com.example.pay")])?;
/// let text = writer.finish()?;
/// assert!(text.starts_with("00020126190015com.example.pay5204"));
/// # Ok::<(), emvqr::mpm::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writer {
    /// Written objects one after the other, in the order in which they were given.
    written: String,
    /// Each object's tag and where it is in `written`.
    places: Vec<(Tag, Range<usize>)>,
    /// Object 00 where it is not `01`.
    indicator: Option<&'static str>,
}

impl Writer {
    /// A writer of codes whose payload format indicator is not `01`.
    pub(super) fn with_indicator(indicator: &'static str) -> Self {
        Self { indicator: Some(indicator), ..Self::default() }
    }

    /// Adds an object that may be left out.
    ///
    /// # Errors
    /// As [`Writer::object`].
    pub fn optional(&mut self, tag: Tag, value: Option<&str>) -> Result<(), BuildError> {
        value.map_or(Ok(()), |value| self.object(tag, value))
    }

    /// Adds a template of those parts that are there. Without any, adds nothing.
    ///
    /// # Errors
    /// As [`Writer::template`].
    pub fn optional_template(
        &mut self,
        tag: Tag,
        parts: &[(Tag, Option<&str>)],
    ) -> Result<(), BuildError> {
        let given: Vec<(Tag, &str)> =
            parts.iter().filter_map(|(sub, part)| Some((*sub, (*part)?))).collect();
        if given.is_empty() { Ok(()) } else { self.template(tag, &given) }
    }

    /// Adds an object.
    ///
    /// # Errors
    /// The object was added before, or is 00 or 63, or the text is too long or not composed.
    pub fn object(&mut self, tag: Tag, value: &str) -> Result<(), BuildError> {
        let path = Path::root(tag);
        require_composed(path, value)?;
        let ours = matches!(tag, tags::FORMAT | tags::CHECKSUM);
        if ours || self.places.iter().any(|(given, _)| *given == tag) {
            return Err(BuildError::Repeated { path });
        }
        let start = self.written.len();
        put(&mut self.written, path, tag, value)?;
        self.places.push((tag, start..self.written.len()));
        Ok(())
    }

    /// Adds a merchant account, as a network wrote it.
    ///
    /// # Errors
    /// As [`Writer::object`]; also when the tag is not one of 02 to 51.
    pub fn account(&mut self, tag: Tag, value: &str) -> Result<(), BuildError> {
        if !account::is_account(tag) {
            let path = Path::root(tag);
            return Err(BuildError::NotAccount { path });
        }
        self.object(tag, value)
    }

    /// Adds an object that consists of objects, in the order given.
    ///
    /// # Errors
    /// As [`Writer::object`]; also when a part is too long.
    pub fn template(&mut self, tag: Tag, parts: &[(Tag, &str)]) -> Result<(), BuildError> {
        let mut value = String::new();
        for (sub, part) in parts {
            let path = Path::inside(tag, *sub);
            require_composed(path, part)?;
            put(&mut value, path, *sub, part)?;
        }
        self.object(tag, &value)
    }

    /// The text for the QR symbol.
    ///
    /// # Errors
    /// [`super::read`] would find anything at all to remark.
    pub fn finish(self) -> Result<String, BuildError> {
        self.finish_with(None)
    }

    /// The text for the QR symbol, as a code of `profile`.
    ///
    /// # Errors
    /// [`super::read_as`] would find anything to remark but customs of the profile, such as the
    /// missing names of Thai codes.
    pub fn finish_as(self, profile: Profile) -> Result<String, BuildError> {
        self.finish_with(Some(profile))
    }

    fn finish_with(mut self, profile: Option<Profile>) -> Result<String, BuildError> {
        self.places.sort_unstable_by_key(|(tag, _)| *tag);
        let mut text = String::with_capacity(self.written.len() + 14);
        text.push_str("0002");
        text.push_str(self.indicator.unwrap_or("01"));
        // The checksum is the one object out of order: it is last, whatever its number.
        for (_, place) in self.places {
            text.push_str(&self.written[place]);
        }
        text.push_str("6304");
        let sum = crc16(text.as_bytes());
        for shift in [12, 8, 4, 0] {
            text.push(char::from(b"0123456789ABCDEF"[usize::from(sum >> shift & 15)]));
        }

        // The rules live with the reader. Reading back keeps the two from drifting apart.
        let read = read_with(&text, profile);
        let findings = match &read {
            Ok(code) => code.findings(),
            Err(rejected) => rejected.findings(),
        };
        let custom = |finding: &Finding| profile.is_some_and(|profile| profile.excuses(finding));
        let faults: Vec<Finding> =
            findings.iter().filter(|finding| !custom(finding)).copied().collect();
        if faults.is_empty() { Ok(text) } else { Err(BuildError::Faulty(faults)) }
    }
}

fn put(out: &mut String, path: Path, tag: Tag, value: &str) -> Result<(), BuildError> {
    tlv::write(out, tag, value, LengthUnit::CodePoint)
        .map_err(|TooLong { found }| BuildError::TooLong { path, found })
}

fn require_composed(path: Path, text: &str) -> Result<(), BuildError> {
    // ASCII is always composed.
    if !text.is_ascii() && text.contains(is_uncomposed) {
        Err(BuildError::NotComposed { path })
    } else {
        Ok(())
    }
}

/// Characters by which text that reaches us from Japanese systems leaves normal form C:
/// marks that combine with the letter before, parts of Korean syllables, and compatibility
/// ideographs. Not a full check of the form, which would take Unicode's tables.
const fn is_uncomposed(character: char) -> bool {
    match character {
        // Twelve of that block are ideographs in their own right, 﨑 of many names among them.
        '\u{FA0E}'
        | '\u{FA0F}'
        | '\u{FA11}'
        | '\u{FA13}'
        | '\u{FA14}'
        | '\u{FA1F}'
        | '\u{FA21}'
        | '\u{FA23}'
        | '\u{FA24}'
        | '\u{FA27}'..='\u{FA29}' => false,
        '\u{0300}'..='\u{036F}'
        | '\u{1100}'..='\u{11FF}'
        | '\u{3099}'..='\u{309A}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{2F800}'..='\u{2FA1F}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_the_writer_are_not_given() {
        for tag in [tags::FORMAT, tags::CHECKSUM] {
            let path = Path::root(tag);
            assert_eq!(Writer::default().object(tag, "01"), Err(BuildError::Repeated { path }));
        }
    }

    #[test]
    fn text_in_parts_is_refused_and_rare_names_are_not() {
        let path = Path::root(tags::NAME);
        let check = |text| require_composed(path, text);
        assert_eq!(check("か\u{3099}"), Err(BuildError::NotComposed { path }));
        assert_eq!(check("\u{FA19}"), Err(BuildError::NotComposed { path }));
        for text in ["が", "ﾒﾙﾍﾟｲ", "\u{FA11}", "大衆酒場 𠮷田", "最佳运输", "Café"]
        {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_code_that_readers_would_remark_on_is_not_written() {
        let mut writer = Writer::default();
        writer.object(tags::NAME, "").unwrap();
        let Err(BuildError::Faulty(findings)) = writer.finish() else {
            panic!("a code without account was written");
        };
        assert!(findings.iter().any(|finding| finding.code() == "zero_length:59"));
        assert!(findings.iter().any(|finding| finding.code() == "missing:02-51"));
    }
}
