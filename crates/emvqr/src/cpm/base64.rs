//! Base64 (RFC 4648, section 4, the standard alphabet), the outermost layer of a
//! consumer-presented code.
//!
//! What cannot be read without a guess is refused. Missing padding and spare bits that are not
//! zero leave the bytes as certain as before; they are read, reported, and written back.

use alloc::string::String;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Six bits for each character of the alphabet, [`NONE`] for any other.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut index = 0;
    while index < ALPHABET.len() {
        values[ALPHABET[index] as usize] = index as u8;
        index += 1;
    }
    values
};

const NONE: u8 = 0xFF;

/// Why a text is not base64. Positions are byte indexes in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A character that the alphabet does not have.
    Character(usize),
    /// A `=` that is not at the end, too many of them, or one where two belong.
    Padding(usize),
    /// One character more than a multiple of four: six bits are no byte.
    Length(usize),
}

/// How a text ends, in which two texts of the same bytes can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    /// Whether it has the `=` that it should have. True when it should have none.
    pub(super) padded: bool,
    /// The bits after the last byte, which should be zero: up to four.
    pub(super) spare_bits: u8,
}

impl Ending {
    /// As RFC 4648 writes it.
    pub(super) const CANONICAL: Self = Self { padded: true, spare_bits: 0 };
}

/// A text that is known to be base64.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked<'a> {
    /// Without padding.
    digits: &'a [u8],
    ending: Ending,
}

/// Looks at every character before anything is decoded.
pub(super) fn check(text: &str) -> Result<Checked<'_>, Fault> {
    let text = text.as_bytes();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let (digits, equals) = text.split_at(text.len() - padding);
    let stray = |byte: &u8| VALUES[usize::from(*byte)] == NONE;
    if let Some(position) = digits.iter().position(|byte| stray(byte) && *byte != b'=') {
        return Err(Fault::Character(position));
    }
    if let Some(position) = digits.iter().position(stray) {
        return Err(Fault::Padding(position));
    }
    // A group of four characters is three bytes; two or three characters are one or two.
    let (wanted, spare_mask) = match digits.len() % 4 {
        0 => (0, 0),
        2 => (2, 0b1111),
        3 => (1, 0b11),
        _ => return Err(Fault::Length(digits.len() - 1)),
    };
    if !equals.is_empty() && equals.len() != wanted {
        return Err(Fault::Padding(digits.len()));
    }
    let spare_bits = digits.last().map_or(0, |last| VALUES[usize::from(*last)] & spare_mask);
    Ok(Checked { digits, ending: Ending { padded: equals.len() == wanted, spare_bits } })
}

impl Checked<'_> {
    /// How many bytes it stands for.
    pub(super) const fn byte_count(&self) -> usize {
        self.digits.len() * 3 / 4
    }

    pub(super) const fn ending(&self) -> Ending {
        self.ending
    }

    /// Writes the bytes to the beginning of `out`, which has room for
    /// [`Checked::byte_count`].
    pub(super) fn decode(&self, out: &mut [u8]) {
        for (four, three) in self.digits.chunks(4).zip(out.chunks_mut(3)) {
            let bits = four
                .iter()
                .fold(0, |bits: u32, digit| bits << 6 | u32::from(VALUES[usize::from(*digit)]));
            let bytes = (bits << (6 * (4 - four.len()))).to_be_bytes();
            for (byte, decoded) in three.iter_mut().zip(&bytes[1..four.len()]) {
                *byte = *decoded;
            }
        }
    }
}

/// The text of `bytes`, ending as told.
pub(super) fn encode(bytes: &[u8], ending: Ending) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let mut bits = three.iter().fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        let digits = three.len() + 1;
        if digits < 4 {
            bits |= u32::from(ending.spare_bits) << (6 * (4 - digits));
        }
        for index in 0..digits {
            let digit = bits >> (6 * (3 - index)) & 0b11_1111;
            text.push(char::from(ALPHABET[digit as usize]));
        }
        if ending.padded {
            (digits..4).for_each(|_| text.push('='));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn decode(text: &str) -> Result<(Vec<u8>, Ending), Fault> {
        let checked = check(text)?;
        let mut bytes = vec![0; checked.byte_count()];
        checked.decode(&mut bytes);
        Ok((bytes, checked.ending()))
    }

    /// RFC 4648, section 10.
    #[test]
    fn examples_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes(), Ending::CANONICAL), text);
            assert_eq!(decode(text), Ok((bytes.as_bytes().to_vec(), Ending::CANONICAL)));
        }
    }

    #[test]
    fn all_bytes_and_all_digits() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = encode(&bytes, Ending::CANONICAL);
        assert_eq!(decode(&text), Ok((bytes, Ending::CANONICAL)));
        let digits = core::str::from_utf8(ALPHABET).unwrap();
        assert_eq!(encode(&decode(digits).unwrap().0, Ending::CANONICAL), digits);
    }

    #[test]
    fn faults_say_where() {
        for (text, fault) in [
            ("Zm9v-mFy", Fault::Character(4)),
            ("Zm9 ", Fault::Character(3)),
            ("Zm\u{ff39}v", Fault::Character(2)),
            ("Zg==Zg==", Fault::Padding(2)),
            ("Zg=", Fault::Padding(2)),
            ("Zm8==", Fault::Padding(3)),
            ("Zm9v=", Fault::Padding(4)),
            ("====", Fault::Padding(0)),
            ("Zm9vZ", Fault::Length(4)),
            ("Z===", Fault::Length(0)),
        ] {
            assert_eq!(decode(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn other_endings_are_kept() {
        for (text, padded, spare_bits) in [
            ("Zg", false, 0),
            ("Zm8", false, 0),
            ("Zh==", true, 1),
            ("Zv", false, 15),
            ("Zm+=", true, 2),
        ] {
            let ending = Ending { padded, spare_bits };
            let (bytes, found) = decode(text).unwrap();
            assert_eq!(found, ending, "{text}");
            assert_eq!(encode(&bytes, ending), text);
        }
    }
}
