//! The checksum of merchant-presented codes (EMVCo MPM 1.1, section 4.7.3).

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
pub const fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = 0xFFFF_u16;
    let mut index = 0;
    while index < bytes.len() {
        crc ^= (bytes[index] as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            let carry = crc & 0x8000 != 0;
            crc <<= 1;
            if carry {
                crc ^= 0x1021;
            }
            bit += 1;
        }
        index += 1;
    }
    crc
}

/// The four digits as a code prints them, or nothing when `text` is not four hex digits.
///
/// Stricter than `u16::from_str_radix`, which would take `+0AB`.
pub(crate) fn printed(text: &str) -> Option<u16> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value_of_the_polynomial() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
        assert_eq!(crc16(b""), 0xFFFF);
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
