//! Whom a BharatQR code offers to pay, and how.

use alloc::string::String;
use core::fmt;

use crate::mpm::bharatqr::GUID;
use crate::mpm::{Account, BuildError, Network, Writer, tags};
use crate::tlv::Tag;

pub(super) const BANK: Tag = Tag::literal(8);
pub(super) const UPI: Tag = Tag::literal(26);
pub(super) const UPI_REFERENCE: Tag = Tag::literal(27);
pub(super) const AADHAAR_TEMPLATE: Tag = Tag::literal(28);

/// Sub-tags, each of its own template.
pub(super) const ADDRESS: Tag = Tag::literal(1);
pub(super) const MINIMUM: Tag = Tag::literal(2);
pub(super) const REFERENCE: Tag = Tag::literal(1);
pub(super) const URL: Tag = Tag::literal(2);
pub(super) const AADHAAR: Tag = Tag::literal(1);

/// One way to pay the merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee<'a> {
    /// Over a card network.
    Card(Card<'a>),
    /// To a bank account, object 08.
    Bank(BankAccount<'a>),
    /// To a UPI address, template 26.
    Vpa(Vpa<'a>),
    /// To the account that the state's register has for an Aadhaar number, 12 digits;
    /// template 28. Personal data: keep it out of logs.
    Aadhaar(&'a str),
}

impl<'a> Payee<'a> {
    pub(super) fn of(account: &Account<'a>) -> Option<Self> {
        let card = || Card::of(account).map(Self::Card);
        let bank = || BankAccount::of(account).map(Self::Bank);
        let vpa = || Vpa::of(account).map(Self::Vpa);
        let aadhaar = || given(upi(account, AADHAAR_TEMPLATE)?, AADHAAR).map(Self::Aadhaar);
        card().or_else(bank).or_else(vpa).or_else(aadhaar)
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<(), BuildError> {
        match self {
            Self::Card(card) => writer.account(card.network.tag(), card.number),
            Self::Bank(bank) => writer.account(BANK, &bank.text()),
            Self::Vpa(vpa) => writer.optional_template(
                UPI,
                &[(tags::GUID, Some(GUID)), (ADDRESS, Some(vpa.address)), (MINIMUM, vpa.minimum)],
            ),
            Self::Aadhaar(number) => {
                writer.template(AADHAAR_TEMPLATE, &[(tags::GUID, GUID), (AADHAAR, number)])
            }
        }
    }
}

/// The account, if it is UPI's template with this tag.
fn upi<'t, 'a>(account: &'t Account<'a>, tag: Tag) -> Option<&'t Account<'a>> {
    (account.network == Network::Upi && account.tag == tag).then_some(account)
}

/// An object that says something.
fn given<'a>(account: &Account<'a>, sub: Tag) -> Option<&'a str> {
    account.get(sub).filter(|value| !value.is_empty())
}

/// Whose number a card number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardNetwork {
    /// Objects 02 and 03.
    Visa,
    /// Objects 04 and 05.
    Mastercard,
    /// Object 06.
    RuPay,
    /// Objects 11 and 12.
    Amex,
}

impl CardNetwork {
    /// The first of the network's objects, in which its number is written.
    const fn tag(self) -> Tag {
        match self {
            Self::Visa => Tag::literal(2),
            Self::Mastercard => Tag::literal(4),
            Self::RuPay => Tag::literal(6),
            Self::Amex => Tag::literal(11),
        }
    }

    /// Digits of a whole card number.
    const fn length(self) -> usize {
        match self {
            Self::Visa | Self::Mastercard | Self::RuPay => 16,
            Self::Amex => 15,
        }
    }
}

/// The merchant's number in a card network, in the form of a card's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card<'a> {
    /// Whose number it is.
    pub network: CardNetwork,
    /// As printed. Mostly digits, though EMVCo allows any text.
    pub number: &'a str,
}

/// Whether the last digit of a number fits the others (Luhn; ISO/IEC 7812-1, annex B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckDigit {
    /// It fits.
    Right,
    /// It does not: the number was misread or mistyped.
    Wrong,
    /// The value is not a whole card number: other than 16 digits, 15 for American Express.
    /// Mastercard's numbers in public samples have 15, without the last one.
    Absent,
}

impl<'a> Card<'a> {
    pub(super) fn of(account: &Account<'a>) -> Option<Self> {
        let network = match account.tag.number() {
            2 | 3 => CardNetwork::Visa,
            4 | 5 => CardNetwork::Mastercard,
            6 => CardNetwork::RuPay,
            11 | 12 => CardNetwork::Amex,
            _ => return None,
        };
        Some(Self { network, number: account.value })
    }

    /// What the last digit says.
    #[must_use]
    pub fn check_digit(&self) -> CheckDigit {
        if self.number.len() != self.network.length() || !all_digits(self.number) {
            CheckDigit::Absent
        } else if luhn(self.number) {
            CheckDigit::Right
        } else {
            CheckDigit::Wrong
        }
    }

    /// Acquirer (6), `0`, number (8), check digit.
    pub(super) fn has_rupay_form(&self) -> bool {
        let bytes = self.number.as_bytes();
        bytes.len() == 16 && all_digits(self.number) && bytes[6] == b'0'
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Of digits only. Every second one from the right counts twice, as the sum of its digits.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}

/// An account at a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankAccount<'a> {
    ifsc: &'a str,
    number: &'a str,
}

/// Why two texts are not a bank account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankAccountError {
    /// The IFSC is not 11 ASCII letters or digits.
    Ifsc,
    /// The account number is not 1 to 26 ASCII letters or digits.
    Number,
}

impl fmt::Display for BankAccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ifsc => "an IFSC has 11 letters or digits; it is printed on the bank's cheques",
            Self::Number => "an account number has 1 to 26 letters or digits; leave out blanks",
        })
    }
}

impl core::error::Error for BankAccountError {}

impl<'a> BankAccount<'a> {
    /// Puts the two parts together.
    ///
    /// # Errors
    /// A part has the wrong length or characters. One that is too short would take
    /// characters of the other when the code is read.
    pub fn new(ifsc: &'a str, number: &'a str) -> Result<Self, BankAccountError> {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if ifsc.len() != 11 || !plain(ifsc) {
            return Err(BankAccountError::Ifsc);
        }
        if !(1..=26).contains(&number.len()) || !plain(number) {
            return Err(BankAccountError::Number);
        }
        Ok(Self { ifsc, number })
    }

    pub(super) fn of(account: &Account<'a>) -> Option<Self> {
        if account.tag != BANK {
            return None;
        }
        let (ifsc, number) = account.value.split_at_checked(11)?;
        Self::new(ifsc, number).ok()
    }

    /// The bank and its branch, 11 characters.
    #[must_use]
    pub const fn ifsc(&self) -> &'a str {
        self.ifsc
    }

    /// The account there, 1 to 26 characters.
    #[must_use]
    pub const fn number(&self) -> &'a str {
        self.number
    }

    fn text(&self) -> String {
        [self.ifsc, self.number].concat()
    }
}

/// A UPI address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vpa<'a> {
    /// `name@handle`, to 50 characters.
    pub address: &'a str,
    /// Least amount that will do, in rupees with at most two decimals, where that is less
    /// than the code's amount.
    pub minimum: Option<&'a str>,
}

impl<'a> Vpa<'a> {
    fn of(account: &Account<'a>) -> Option<Self> {
        let account = upi(account, UPI)?;
        Some(Self { address: given(account, ADDRESS)?, minimum: account.get(MINIMUM) })
    }
}

/// Something on both sides of one `@`, 50 characters at most.
pub(super) fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    let whole = |(name, handle): (&str, &str)| {
        !name.is_empty() && !handle.is_empty() && !handle.contains('@')
    };
    parts.is_some_and(whole) && text.chars().count() <= 50
}

/// What a payment is known by in UPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// 4 to 35 characters.
    pub id: &'a str,
    /// Where the payer can read more, to 26 characters. Anybody's link, until looked at.
    pub url: Option<&'a str>,
}

impl<'a> Reference<'a> {
    pub(super) fn of(account: &Account<'a>) -> Option<Self> {
        let account = upi(account, UPI_REFERENCE)?;
        Some(Self { id: given(account, REFERENCE)?, url: account.get(URL) })
    }

    pub(super) fn write(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.optional_template(
            UPI_REFERENCE,
            &[(tags::GUID, Some(GUID)), (REFERENCE, Some(self.id)), (URL, self.url)],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: CardNetwork, number: &str) -> CheckDigit {
        Card { network, number }.check_digit()
    }

    /// Numbers of the public samples, and one that card networks publish for tests.
    #[test]
    fn check_digits() {
        for (network, number) in [
            (CardNetwork::Visa, "4392630000000085"),
            (CardNetwork::Visa, "4403849933195906"),
            (CardNetwork::RuPay, "6100590000000089"),
            (CardNetwork::RuPay, "6100030993319592"),
            (CardNetwork::Amex, "378282246310005"),
        ] {
            assert_eq!(check(network, number), CheckDigit::Right, "{number}");
            // Any one digit misread.
            for index in 0..number.len() {
                let mut wrong = number.as_bytes().to_vec();
                wrong[index] = b'0' + (wrong[index] - b'0' + 3) % 10;
                let wrong = String::from_utf8(wrong).unwrap();
                assert_eq!(check(network, &wrong), CheckDigit::Wrong, "{wrong}");
            }
        }
        for number in ["540461000000008", "522024099331959", "", "43926300000000８5"] {
            assert_eq!(check(CardNetwork::Mastercard, number), CheckDigit::Absent, "{number}");
        }
    }

    #[test]
    fn a_bank_account_is_cut_after_the_ifsc() {
        assert_eq!(BankAccount::new("HDFC000000", "1"), Err(BankAccountError::Ifsc));
        assert_eq!(BankAccount::new("HDFC00000０", "1"), Err(BankAccountError::Ifsc));
        assert_eq!(BankAccount::new("HDFC0000001", ""), Err(BankAccountError::Number));
        assert_eq!(BankAccount::new("HDFC0000001", "1 2"), Err(BankAccountError::Number));
        let longest = "1".repeat(26);
        assert_eq!(BankAccount::new("HDFC0000001", &longest).unwrap().text().len(), 37);
        let longer = "1".repeat(27);
        assert_eq!(BankAccount::new("HDFC0000001", &longer), Err(BankAccountError::Number));
    }
}
