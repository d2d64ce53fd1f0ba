//! What Thai codes say beside the payee: tax, a message, a third reference.

use core::fmt;

use crate::mpm::check::digits;
use crate::mpm::{Mpm, tags};
use crate::tlv::Tag;

/// Value added tax.
pub(super) const VAT: Tag = Tag::literal(80);
/// Branch of the seller for the tax office.
pub(super) const VAT_SELLER: Tag = Tag::literal(0);
/// Rate in percent.
pub(super) const VAT_RATE: Tag = Tag::literal(1);
/// Amount of tax.
pub(super) const VAT_AMOUNT: Tag = Tag::literal(2);
/// TrueMoney's message.
pub(super) const MESSAGE: Tag = Tag::literal(81);

/// Third reference of a bill, which one public library puts where EMVCo has the terminal
/// label, 62.07. Nothing tells the two apart.
#[must_use]
pub fn reference3<'a>(code: &Mpm<'a>) -> Option<&'a str> {
    code.additional()?.get(tags::additional::TERMINAL)
}

/// Value added tax, template 80, for codes that serve as a tax receipt (`qr` facts, section
/// 4.1, from one public library).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vat<'a> {
    /// The seller's tax number or branch, digits.
    pub seller: &'a str,
    /// Percent, decimal text.
    pub rate: Option<&'a str>,
    /// Baht, decimal text.
    pub amount: Option<&'a str>,
}

impl<'a> Vat<'a> {
    /// The tax of a code. Any provider may take 80 for a template of its own; digits in 00
    /// tell the tax, since no owner's identifier consists of digits only.
    #[must_use]
    pub fn of(code: &Mpm<'a>) -> Option<Self> {
        let template = code.object(VAT)?.template().ok()?;
        let seller = template.get(VAT_SELLER).filter(|seller| digits(1..=32)(seller))?;
        Some(Self { seller, rate: template.get(VAT_RATE), amount: template.get(VAT_AMOUNT) })
    }

    pub(super) const fn parts(&self) -> [(Tag, Option<&'a str>); 3] {
        [(VAT_SELLER, Some(self.seller)), (VAT_RATE, self.rate), (VAT_AMOUNT, self.amount)]
    }
}

/// What a payer of TrueMoney tells the payee, object 81: UTF-16 units, four hexadecimal digits
/// each, without any owner. At most 24 units fit.
///
/// ```
/// use emvqr::mpm::promptpay::Message;
///
/// let message = Message::new("0E020E2D0E1A0E040E380E13").unwrap();
/// assert_eq!(message.to_string(), "ขอบคุณ");
/// assert_eq!(Message::new("D83D"), None); // half of a character
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a>(&'a str);

impl<'a> Message<'a> {
    /// The message of a code. Nothing when 81 holds anything else.
    #[must_use]
    pub fn of(code: &Mpm<'a>) -> Option<Self> {
        Self::new(code.get(MESSAGE)?)
    }

    /// Reads the value of object 81. Nothing when it is empty or not UTF-16.
    #[must_use]
    pub fn new(hex: &'a str) -> Option<Self> {
        let whole = !hex.is_empty()
            && hex.len().is_multiple_of(4)
            && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        (whole && char::decode_utf16(units(hex)).all(|read| read.is_ok())).then_some(Self(hex))
    }

    /// Its characters.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        char::decode_utf16(units(self.0)).filter_map(Result::ok)
    }

    /// The value of object 81.
    #[must_use]
    pub const fn hex(&self) -> &'a str {
        self.0
    }
}

/// Of hexadecimal digits in groups of four.
fn units(hex: &str) -> impl Iterator<Item = u16> {
    hex.as_bytes().chunks(4).map(|group| {
        let nibble = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or_default() as u16;
        group.iter().fold(0, |unit, digit| unit << 4 | nibble(digit))
    })
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| fmt::Write::write_char(f, character))
    }
}
