//! The identifier of a JPQR merchant.

use core::fmt;
use core::str::FromStr;

use crate::mpm::Account;
use crate::tlv::Tag;

/// The four parts by which JPQR names who is paid: 13, 4, 6 and 6 characters of printable
/// ASCII, digits in every code that was seen.
///
/// Printed and parsed as `0000000000001-0001-000001-000001`. Parts have fixed lengths, so
/// that the printed form names one merchant only, whatever the characters.
///
/// ```
/// use emvqr::mpm::jpqr::JpqrId;
///
/// let id: JpqrId = "0000000000001-0001-000001-000001".parse().unwrap();
/// assert_eq!(id.level2(), "0001");
/// assert_eq!(JpqrId::new("0000000000001", "0001", "000001", "000001"), Ok(id));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JpqrId([u8; 32]);

/// The object of each part in the JPQR template, and its length in characters.
pub(super) const LEVELS: [(Tag, usize); 4] =
    [(Tag::literal(1), 13), (Tag::literal(2), 4), (Tag::literal(3), 6), (Tag::literal(4), 6)];

/// Where each object of the template begins, and how, when they are in their order.
const LAYOUT: [(usize, &[u8; 4]); 5] =
    [(0, b"0019"), (23, b"0113"), (40, b"0204"), (48, b"0306"), (58, b"0406")];

/// Whether an account that is JPQR's has just what it should, as all known ones do: a quick yes,
/// while a no says nothing.
pub(super) fn is_regular(account: &Account<'_>) -> bool {
    let bytes = account.value.as_bytes();
    bytes.len() == 68
        && account.template.is_some_and(|template| template.is_printable())
        && LAYOUT.iter().all(|(start, header)| bytes[*start..start + 4] == **header)
}

/// Why a text is not the identifier of a JPQR merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    /// The printed form is 13, 4, 6 and 6 characters with a hyphen between them.
    Form,
    /// A part has the wrong length.
    Length {
        /// 1 to 4.
        level: u8,
        /// Characters that this part must have.
        expected: usize,
    },
    /// A part has characters other than printable ASCII.
    Characters {
        /// 1 to 4.
        level: u8,
    },
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str(
                "write the JPQR id as 13, 4, 6 and 6 characters with hyphens: 0000000000001-0001-000001-000001",
            ),
            Self::Length { level, expected } => write!(
                f,
                "level {level} of a JPQR id has {expected} characters; pad numbers with zeros in front"
            ),
            Self::Characters { level } => write!(
                f,
                "level {level} of a JPQR id is printable ASCII; write it in half-width characters"
            ),
        }
    }
}

impl core::error::Error for IdError {}

impl JpqrId {
    /// Puts the four parts together.
    ///
    /// # Errors
    /// A part has the wrong length or is not printable ASCII.
    pub fn new(level1: &str, level2: &str, level3: &str, level4: &str) -> Result<Self, IdError> {
        let mut text = [b'-'; 32];
        let mut start = 0;
        let parts = [level1, level2, level3, level4];
        for ((tag, expected), part) in LEVELS.into_iter().zip(parts) {
            let level = tag.number();
            if !part.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                return Err(IdError::Characters { level });
            }
            if part.len() != expected {
                return Err(IdError::Length { level, expected });
            }
            text[start..start + expected].copy_from_slice(part.as_bytes());
            start += expected + 1;
        }
        Ok(Self(text))
    }

    /// The printed form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("parts of ASCII make text")
    }

    /// Corporate number or its like, 13 characters.
    #[must_use]
    pub fn level1(&self) -> &str {
        &self.as_str()[..13]
    }

    /// 4 characters.
    #[must_use]
    pub fn level2(&self) -> &str {
        &self.as_str()[14..18]
    }

    /// 6 characters.
    #[must_use]
    pub fn level3(&self) -> &str {
        &self.as_str()[19..25]
    }

    /// Store or terminal, 6 characters.
    #[must_use]
    pub fn level4(&self) -> &str {
        &self.as_str()[26..]
    }
}

impl FromStr for JpqrId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let hyphens =
            [13, 18, 25].into_iter().all(|index| text.as_bytes().get(index) == Some(&b'-'));
        if !text.is_ascii() || text.len() != 32 || !hyphens {
            return Err(IdError::Form);
        }
        Self::new(&text[..13], &text[14..18], &text[19..25], &text[26..])
    }
}

impl fmt::Display for JpqrId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for JpqrId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JpqrId({self})")
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn printed_form_reads_back_even_with_hyphens_inside() {
        let id = JpqrId::new("1-34567890123", "-234", "12345-", "------").unwrap();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            [id.level1(), id.level2(), id.level3(), id.level4()],
            ["1-34567890123", "-234", "12345-", "------"]
        );
    }

    #[test]
    fn wrong_ids_say_which_part() {
        let parse = |text: &str| text.parse::<JpqrId>();
        assert_eq!(parse(""), Err(IdError::Form));
        assert_eq!(parse("0000000000001-0001-000001-00001"), Err(IdError::Form));
        assert_eq!(parse("0000000000001_0001-000001-000001"), Err(IdError::Form));
        assert_eq!(parse("００００００００１-0001-1"), Err(IdError::Form));
        assert_eq!(
            parse("000000000000\u{7}-0001-000001-000001"),
            Err(IdError::Characters { level: 1 })
        );
        assert_eq!(
            JpqrId::new("0000000000001", "0001", "00001", "000001"),
            Err(IdError::Length { level: 3, expected: 6 })
        );
        assert_eq!(
            JpqrId::new("0000000000001", "０００１", "000001", "000001"),
            Err(IdError::Characters { level: 2 })
        );
    }
}
