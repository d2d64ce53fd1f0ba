//! Account numbers as cards write them: a decimal digit in each half of a byte.
//!
//! They are card data. Debug output shows none of it; text comes out only when asked for.

use alloc::vec::Vec;
use core::fmt;

/// Most digits of an account number (ISO/IEC 7812-1).
pub const PAN_DIGITS_MAX: usize = 19;

/// Most bytes of track 2 equivalent data (`qr` facts, section 2).
pub const TRACK2_BYTES_MAX: usize = 19;

/// Which digits are not what they have to be. Does not repeat them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitsError {
    /// The account number is not 1 to 19 digits.
    Pan,
    /// The expiry is not two digits of year and two of month, 01 to 12.
    Expiry,
    /// The service code is not three digits.
    ServiceCode,
    /// The discretionary data is not digits.
    Discretionary,
    /// Together they take more than 19 bytes: 37 digits besides the separator.
    TooLong,
}

impl fmt::Display for DigitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pan => "the account number is not 1 to 19 digits; give it without spaces",
            Self::Expiry => "the expiry is not YYMM; give two digits of year, then two of month",
            Self::ServiceCode => "the service code is not three digits; give all three",
            Self::Discretionary => "the discretionary data is not digits; give digits or nothing",
            Self::TooLong => "track 2 is longer than 19 bytes; shorten the discretionary data",
        })
    }
}

impl core::error::Error for DigitsError {}

/// A primary account number, 1 to 19 digits. No check digit is looked at: it is the issuer's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pan {
    /// ASCII, zeros after the end.
    digits: [u8; PAN_DIGITS_MAX],
    count: u8,
}

impl Pan {
    /// # Errors
    /// The text is not 1 to 19 digits.
    pub fn new(digits: &str) -> Result<Self, DigitsError> {
        let fits = (1..=PAN_DIGITS_MAX).contains(&digits.len());
        if !fits || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DigitsError::Pan);
        }
        let mut pan = Self { digits: [0; PAN_DIGITS_MAX], count: 0 };
        for (place, digit) in pan.digits.iter_mut().zip(digits.bytes()) {
            *place = digit;
            pan.count += 1;
        }
        Ok(pan)
    }

    /// From object 5A: digits, then nothing but F.
    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let mut text = [0; PAN_DIGITS_MAX + 1];
        let end = unpack(bytes, &mut text)?;
        let digits = core::str::from_utf8(&text[..end]).ok()?.trim_end_matches('F');
        Self::new(digits).ok()
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        pack(self.digits().as_bytes())
    }

    /// The digits. Card data: not for logs.
    #[must_use]
    pub fn digits(&self) -> &str {
        slice(&self.digits, 0, self.count.into())
    }
}

impl fmt::Debug for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pan({} digits)", self.count)
    }
}

/// Track 2 equivalent data: account number, `D`, expiry, service code, and digits of the
/// issuer's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Track2 {
    /// ASCII, the separator as `D`, zeros after the end.
    text: [u8; TRACK2_BYTES_MAX * 2],
    separator: u8,
    end: u8,
}

/// Digits between the separator and the discretionary data.
const FIXED: usize = 4 + 3;

impl Track2 {
    /// Expiry as `YYMM`.
    ///
    /// # Errors
    /// A part is not what its rule says, or all of them take more than 19 bytes.
    pub fn new(
        pan: &Pan,
        expiry: &str,
        service_code: &str,
        discretionary: &str,
    ) -> Result<Self, DigitsError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let month = expiry.get(2..).and_then(|month| month.parse().ok());
        if expiry.len() != 4 || !digits(expiry) || !matches!(month, Some(1..=12_u8)) {
            return Err(DigitsError::Expiry);
        }
        if service_code.len() != 3 || !digits(service_code) {
            return Err(DigitsError::ServiceCode);
        }
        if !digits(discretionary) {
            return Err(DigitsError::Discretionary);
        }
        let mut track = Self { text: [0; TRACK2_BYTES_MAX * 2], separator: pan.count, end: 0 };
        for part in [pan.digits(), "D", expiry, service_code, discretionary] {
            for byte in part.bytes() {
                *track.text.get_mut(usize::from(track.end)).ok_or(DigitsError::TooLong)? = byte;
                track.end += 1;
            }
        }
        Ok(track)
    }

    /// From object 57. The month is not looked at; nor is there more than one F at the end.
    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let mut text = [0; TRACK2_BYTES_MAX * 2];
        let mut end = unpack(bytes, &mut text)?;
        if let Some(b'F') = text[..end].last() {
            end -= 1;
            text[end] = 0;
        }
        let separator = text[..end].iter().position(|byte| *byte == b'D')?;
        let (pan, after) = (&text[..separator], &text[separator + 1..end]);
        let digits = pan.iter().chain(after).all(u8::is_ascii_digit);
        let whole = (1..=PAN_DIGITS_MAX).contains(&pan.len()) && after.len() >= FIXED;
        (digits && whole).then_some(())?;
        Some(Self { text, separator: separator.try_into().ok()?, end: end.try_into().ok()? })
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        pack(&self.text[..usize::from(self.end)])
    }

    /// The account number.
    #[must_use]
    pub fn pan(&self) -> Pan {
        Pan::new(slice(&self.text, 0, self.separator.into()))
            .expect("track 2 has an account number before its separator")
    }

    /// `YYMM`. When read from a code: as printed, the month may be out of range.
    #[must_use]
    pub fn expiry(&self) -> &str {
        self.after_separator(0, 4)
    }

    /// Three digits (ISO/IEC 7813).
    #[must_use]
    pub fn service_code(&self) -> &str {
        self.after_separator(4, FIXED)
    }

    /// Digits of the issuer's own, without the F that fills the last byte. May be empty.
    #[must_use]
    pub fn discretionary(&self) -> &str {
        self.after_separator(FIXED, usize::from(self.end - self.separator) - 1)
    }

    fn after_separator(&self, from: usize, to: usize) -> &str {
        let start = usize::from(self.separator) + 1;
        slice(&self.text, start + from, start + to)
    }
}

impl fmt::Debug for Track2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Track2({} digits)", self.end - 1)
    }
}

fn slice(ascii: &[u8], from: usize, to: usize) -> &str {
    core::str::from_utf8(&ascii[from..to]).expect("only ASCII is put there")
}

/// Writes each half of a byte as a hexadecimal digit. Gives how many, or nothing when they do
/// not fit.
fn unpack(bytes: &[u8], text: &mut [u8]) -> Option<usize> {
    let end = bytes.len() * 2;
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    for (place, half) in text.get_mut(..end)?.iter_mut().zip(halves) {
        *place = b"0123456789ABCDEF"[usize::from(half)];
    }
    Some(end)
}

/// The other way, with an F in the half that is left over. Takes digits and `D`.
fn pack(text: &[u8]) -> Vec<u8> {
    let half = |digit: Option<&u8>| match digit {
        Some(b'D') => 0xD,
        Some(digit) => digit - b'0',
        None => 0xF,
    };
    text.chunks(2).map(|pair| half(pair.first()) << 4 | half(pair.get(1))).collect()
}

/// Whether each half of a byte is a decimal digit.
pub(super) fn is_packed_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte >> 4 < 10 && byte & 0xF < 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn numbers_unpack_up_to_their_padding() {
        let pan =
            |bytes: &[u8]| Pan::unpack(bytes).map(|pan| alloc::string::String::from(pan.digits()));
        assert_eq!(pan(&[0x12, 0x34]).as_deref(), Some("1234"));
        assert_eq!(pan(&[0x12, 0x3F]).as_deref(), Some("123"));
        assert_eq!(pan(&[0x12, 0xFF, 0xFF]).as_deref(), Some("12"));
        let longest = [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x9F];
        assert_eq!(pan(&longest).as_deref(), Some("1234567890123456789"));
        for bad in [&[][..], &[0xFF], &[0xF1], &[0x1F, 0x23], &[0x1D], &[0x12; 10], &[0x12; 11]] {
            assert_eq!(pan(bad), None, "{bad:02X?}");
        }
    }

    #[test]
    fn tracks_with_and_without_padding() {
        let filled = Track2::unpack(&[0x12, 0x3D, 0x30, 0x12, 0x20, 0x1F]).unwrap();
        assert_eq!(filled.pan().digits(), "123");
        assert_eq!(
            (filled.expiry(), filled.service_code(), filled.discretionary()),
            ("3012", "201", "")
        );
        let whole = Track2::unpack(&[0x12, 0x34, 0xD3, 0x01, 0x22, 0x01, 0x56, 0x78]).unwrap();
        assert_eq!(whole.pan().digits(), "1234");
        assert_eq!(
            (whole.expiry(), whole.service_code(), whole.discretionary()),
            ("3012", "201", "5678")
        );
        for track in [filled, whole] {
            assert_eq!(Track2::unpack(&track.pack()), Some(track));
        }
        for bad in [
            &[][..],
            &[0xFF],
            &[0x12, 0x34],
            &[0xD3, 0x01, 0x22, 0x01],
            &[0x12, 0xD3, 0x01, 0x22, 0x0F],
            &[0x12, 0xD3, 0x01, 0x22, 0x01, 0xFF],
            &[0x12, 0xD3, 0x01, 0xD2, 0x01],
            &[0x12, 0xE3, 0x01, 0x22, 0x01],
            &[0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0xD3, 0x01, 0x22, 0x01],
            &[0x12; 20],
        ] {
            assert_eq!(Track2::unpack(bad), None, "{bad:02X?}");
        }
    }

    #[test]
    fn parts_that_do_not_make_a_track() {
        let pan = Pan::new("1234567890123456789").unwrap();
        let new = |expiry, service, rest| Track2::new(&pan, expiry, service, rest);
        assert!(new("3012", "201", "12345678901").is_ok());
        assert_eq!(new("3012", "201", "123456789012"), Err(DigitsError::TooLong));
        for expiry in ["", "301", "3013", "3000", "30121", "30+1", "３0"] {
            assert_eq!(new(expiry, "201", ""), Err(DigitsError::Expiry), "{expiry}");
        }
        for service in ["", "20", "2012", "20D"] {
            assert_eq!(new("3012", service, ""), Err(DigitsError::ServiceCode), "{service}");
        }
        assert_eq!(new("3012", "201", "F"), Err(DigitsError::Discretionary));
        for digits in ["", "12345678901234567890", "1234 5678", "12D4"] {
            assert_eq!(Pan::new(digits), Err(DigitsError::Pan), "{digits}");
        }
    }

    #[test]
    fn card_data_is_not_in_debug_output() {
        let pan = Pan::new("1234567890").unwrap();
        let track = Track2::new(&pan, "3012", "201", "55").unwrap();
        assert_eq!(format!("{pan:?} {track:?}"), "Pan(10 digits) Track2(19 digits)");
    }
}
