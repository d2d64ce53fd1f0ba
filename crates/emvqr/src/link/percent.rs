//! Percent-encoding of values in a link (RFC 3986, with the `+` of web forms).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// A name or a value as it stands in a link.
///
/// Issuers write a space as `+` or as `%20`, and `@` as itself or as `%40` (`qr` facts,
/// section 4.6), so both forms read the same.
///
/// ```
/// let link = emvqr::link::read("upi://pay?pa=shop%40bank&pn=Chai+Point&tn=Table%205").unwrap();
/// let emvqr::link::Link::Upi(upi) = link else { unreachable!() };
/// assert_eq!(upi.payee(), "shop@bank");
/// assert_eq!(upi.payee_name().unwrap(), "Chai Point");
/// assert_eq!(upi.note().unwrap(), "Table 5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encoded<'a>(pub(super) &'a str);

/// What keeps a value from being decoded without doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A `%` without two hexadecimal digits after it.
    Sequence,
    /// The bytes are not UTF-8 text.
    Utf8,
}

impl<'a> Encoded<'a> {
    /// As it stands in the link.
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.0
    }

    /// Decoded, once. A `%` that begins no valid sequence stands for itself, and bytes that
    /// are no text for U+FFFD; a finding says so in either case. Allocates only when
    /// something is encoded.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        if !self.0.contains(['%', '+']) {
            return Cow::Borrowed(self.0);
        }
        let bytes: Vec<u8> = self.units().map(Unit::byte).collect();
        Cow::Owned(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    pub(super) fn fault(self) -> Option<Fault> {
        if self.units().any(|unit| unit == Unit::Broken) {
            return Some(Fault::Sequence);
        }
        // Text stays text when only ASCII is put into it.
        let foreign = self.units().any(|unit| matches!(unit, Unit::Escaped(0x80..)));
        let bytes = || self.units().map(Unit::byte).collect::<Vec<u8>>();
        (foreign && core::str::from_utf8(&bytes()).is_err()).then_some(Fault::Utf8)
    }

    /// Whether it decodes to ASCII that is seen, spaces included. Allocates nothing.
    pub(super) fn is_printable_ascii(self) -> bool {
        self.units().all(|unit| matches!(unit.byte(), b' '..=b'~'))
    }

    fn units(self) -> impl Iterator<Item = Unit> {
        let mut rest = self.0.as_bytes();
        core::iter::from_fn(move || {
            let (unit, after) = match rest {
                [] => return None,
                [b'%', high, low, after @ ..] => match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => (Unit::Escaped(high << 4 | low), after),
                    _ => (Unit::Broken, &rest[1..]),
                },
                [b'%', after @ ..] => (Unit::Broken, after),
                [b'+', after @ ..] => (Unit::Plain(b' '), after),
                [byte, after @ ..] => (Unit::Plain(*byte), after),
            };
            rest = after;
            Some(unit)
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Plain(u8),
    Escaped(u8),
    /// A `%` that begins nothing.
    Broken,
}

impl Unit {
    const fn byte(self) -> u8 {
        match self {
            Self::Plain(byte) | Self::Escaped(byte) => byte,
            Self::Broken => b'%',
        }
    }
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Writes a value. A space becomes `%20`, which readers of links and readers of web forms
/// agree on, and `@` stays, as issuers print it.
pub(super) fn encode(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                out.push(byte.into());
            }
            _ => {
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)].into());
                out.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        for (raw, text, fault) in [
            ("", "", None),
            ("a+b%20c", "a b c", None),
            ("%40%2b%2B", "@++", None),
            ("%2540", "%40", None),
            ("%E5%BA%97店", "店店", None),
            ("%E5%BA", "\u{FFFD}", Some(Fault::Utf8)),
            ("%C0%80", "\u{FFFD}\u{FFFD}", Some(Fault::Utf8)),
            ("100%", "100%", Some(Fault::Sequence)),
            ("%4", "%4", Some(Fault::Sequence)),
            ("%%34", "%4", Some(Fault::Sequence)),
            ("%4店", "%4店", Some(Fault::Sequence)),
            ("%+1", "% 1", Some(Fault::Sequence)),
        ] {
            assert_eq!(Encoded(raw).text(), text, "{raw}");
            assert_eq!(Encoded(raw).fault(), fault, "{raw}");
        }
        assert!(matches!(Encoded("plain").text(), Cow::Borrowed("plain")));
    }

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        let mut all: String = (0..=255u8).map(char::from).collect();
        all.push_str("店𠮷");
        let mut encoded = String::new();
        encode(&mut encoded, &all);
        assert_eq!(Encoded(&encoded).text(), all);
        assert_eq!(Encoded(&encoded).fault(), None);
    }
}
