//! The bar code on Thai paper bills, which payment apps and counters read. It is not EMV.
//!
//! `|`, the biller's id, and after a carriage return (byte 13) each: first reference, second
//! reference or nothing, amount in satang or `0` when the payer fills it in. Form from `qr`
//! facts, section 4.1; the unit of the amount and the two ways of leaving something out as
//! public libraries do it. There is no checksum: scan twice, or have the payer confirm.
//!
//! ```
//! use emvqr::mpm::promptpay::bill_barcode::{self, BillBarcode};
//!
//! let text = "|099400016550100\r123456789012\r670429\r364922";
//! let bill = bill_barcode::read(text).unwrap();
//! assert_eq!(bill.biller_id, "099400016550100");
//! assert_eq!(bill.amount_satang, Some(364_922)); // 3,649.22 baht
//! assert_eq!(bill.build().unwrap(), text);
//! ```

use alloc::string::String;
use core::fmt;

use super::payee::is_biller;
use crate::mpm::check::digits;
use crate::mpm::promptpay::{Bill, BillScope};
use crate::text::trimmed;

/// What the bar code of a bill says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillBarcode<'a> {
    /// 13 to 15 digits: the biller's tax id and a suffix.
    pub biller_id: &'a str,
    /// 1 to 20 characters of printable ASCII, usually the customer.
    pub reference1: &'a str,
    /// 1 to 20 characters of printable ASCII.
    pub reference2: Option<&'a str>,
    /// Hundredths of a baht, above zero. Nothing when the payer fills it in.
    pub amount_satang: Option<u64>,
}

/// Why a text is not the bar code of a bill, or cannot become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarcodeError {
    /// It does not begin with `|`.
    Start,
    /// It is not four fields with a carriage return between them.
    Fields,
    /// The biller's id is not 13 to 15 digits.
    BillerId,
    /// A reference is empty, too long or not printable ASCII.
    Reference {
        /// 1 or 2.
        number: u8,
    },
    /// The amount is not a whole number of satang, or is given and zero.
    Amount,
}

impl fmt::Display for BarcodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str(
                "the bar code of a Thai bill begins with a vertical bar; this is another kind of code",
            ),
            Self::Fields => f.write_str(
                "the bar code has four fields with carriage returns between; set the scanner to pass them on",
            ),
            Self::BillerId => {
                f.write_str("the biller's id is 13 to 15 digits: tax id and suffix; check it")
            }
            Self::Reference { number } => write!(
                f,
                "reference {number} is 1 to 20 characters of printable ASCII; correct or shorten it"
            ),
            Self::Amount => f.write_str(
                "the amount is a whole number of satang above zero; leave it out if the payer fills it in",
            ),
        }
    }
}

impl core::error::Error for BarcodeError {}

/// Reads the text of a bar code. Line ends after it are dropped, as scanners add them.
///
/// # Errors
/// It is not the bar code of a bill.
pub fn read(text: &str) -> Result<BillBarcode<'_>, BarcodeError> {
    let fields = trimmed(text).strip_prefix('|');
    let mut fields = fields.ok_or(BarcodeError::Start)?.split('\r');
    let mut field = || fields.next().ok_or(BarcodeError::Fields);
    let (biller_id, reference1, reference2, amount) = (field()?, field()?, field()?, field()?);
    if fields.next().is_some() {
        return Err(BarcodeError::Fields);
    }
    let amount = Some(amount).filter(|amount| digits(1..=20)(amount));
    let satang: u64 = amount.and_then(|amount| amount.parse().ok()).ok_or(BarcodeError::Amount)?;
    let barcode = BillBarcode {
        biller_id,
        reference1,
        reference2: Some(reference2).filter(|reference| !reference.is_empty()),
        amount_satang: Some(satang).filter(|satang| *satang > 0),
    };
    barcode.check().map(|()| barcode)
}

impl<'a> BillBarcode<'a> {
    /// The text for the bar code, Code 128 on paper.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BarcodeError> {
        self.check()?;
        let Self { biller_id, reference1, reference2, amount_satang } = self;
        let reference2 = reference2.unwrap_or_default();
        let satang = amount_satang.unwrap_or_default();
        Ok(alloc::format!("|{biller_id}\r{reference1}\r{reference2}\r{satang}"))
    }

    /// The same bill as a QR code has it. Whether a biller takes it in that form too depends
    /// on its bank.
    #[must_use]
    pub const fn bill(&self) -> Bill<'a> {
        Bill {
            scope: BillScope::Domestic,
            biller_id: self.biller_id,
            reference1: Some(self.reference1),
            reference2: self.reference2,
        }
    }

    fn check(&self) -> Result<(), BarcodeError> {
        if !is_biller(self.biller_id) {
            return Err(BarcodeError::BillerId);
        }
        for (number, reference) in [(1, Some(self.reference1)), (2, self.reference2)] {
            if reference.is_some_and(|reference| !is_reference(reference)) {
                return Err(BarcodeError::Reference { number });
            }
        }
        if self.amount_satang == Some(0) {
            return Err(BarcodeError::Amount);
        }
        Ok(())
    }
}

fn is_reference(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}
