//! The checksum of merchant-presented codes (EMVCo MPM 1.1, section 4.7.3).

const POLYNOMIAL: u16 = 0x1021;

/// `TABLES[n][byte]`: what `byte` adds to the sum when n bytes follow it. Sixteen tables let
/// sixteen bytes be summed without waiting for one another.
static TABLES: [[u16; 256]; 16] = tables();

const fn tables() -> [[u16; 256]; 16] {
    let mut tables = [[0_u16; 256]; 16];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            let carry = crc & 0x8000 != 0;
            crc <<= 1;
            if carry {
                crc ^= POLYNOMIAL;
            }
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut n = 1;
    while n < 16 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[n - 1][byte];
            tables[n][byte] = (before << 8) ^ tables[0][(before >> 8) as usize];
            byte += 1;
        }
        n += 1;
    }
    tables
}

/// CRC-16 as ISO/IEC 13239 has it: polynomial 1021, start FFFF, nothing reflected,
/// nothing inverted at the end.
///
/// A payload is summed as UTF-8 bytes, up to and including the `6304` of the checksum
/// object itself.
///
/// ```
/// assert_eq!(emvqr::crc::crc16(b"123456789"), 0x29B1);
/// ```
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0xFFFF_u16;
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let [high, low] = crc.to_be_bytes();
        let first = TABLES[15][usize::from(block[0] ^ high)];
        let second = TABLES[14][usize::from(block[1] ^ low)];
        crc = first ^ second;
        for n in 0..14 {
            crc ^= TABLES[n][usize::from(block[15 - n])];
        }
    }
    for byte in rest {
        let [high, low] = crc.to_be_bytes();
        crc = u16::from_be_bytes([low, 0]) ^ TABLES[0][usize::from(high ^ byte)];
    }
    crc
}

/// The four digits as a code prints them, or nothing when `text` is not four hex digits.
///
/// Stricter than `u16::from_str_radix`, which would take `+0AB`.
pub(crate) fn printed(text: &str) -> Option<u16> {
    let digits: &[u8; 4] = text.as_bytes().try_into().ok()?;
    digits.iter().try_fold(0, |sum, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(sum << 4 | digit as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value_of_the_polynomial() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
        assert_eq!(crc16(b""), 0xFFFF);
    }

    /// Bit by bit, as the standard describes it.
    fn by_definition(bytes: &[u8]) -> u16 {
        let mut crc = 0xFFFF_u16;
        for byte in bytes {
            for bit in (0..8).rev() {
                let carry = (crc >> 15) ^ u16::from(byte >> bit & 1) != 0;
                crc = (crc << 1) ^ if carry { POLYNOMIAL } else { 0 };
            }
        }
        crc
    }

    #[test]
    fn tables_agree_with_the_definition_at_every_length() {
        let bytes: [u8; 131] = core::array::from_fn(|index| (index * 89 + 7) as u8);
        for end in 0..=bytes.len() {
            assert_eq!(crc16(&bytes[..end]), by_definition(&bytes[..end]), "{end} bytes");
        }
    }

    #[test]
    fn only_four_hex_digits_are_a_checksum() {
        assert_eq!(printed("007B"), Some(0x7B));
        assert_eq!(printed("a13a"), Some(0xA13A));
        for wrong in ["", "7B", "XXXX", "+0AB", "0007B", "１２３４", "12あ"] {
            assert_eq!(printed(wrong), None, "{wrong}");
        }
    }
}
