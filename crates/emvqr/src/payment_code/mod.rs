//! The digits that a payer shows to a till: which wallet issued them.
//!
//! Codes work once and for about a minute, so a code is never part of an error or of
//! debug output here.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

mod line;

/// Most digits that a rule may ask for. Alipay+ allows 32, gateways take up to 128
/// characters of anything.
pub const DIGITS_MAX: usize = 64;

/// Most digits of a prefix. Six to ten are in use.
pub const PREFIX_DIGITS_MAX: usize = 16;

/// Codes that begin with `prefix` and have so many digits are of `wallet`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// ASCII digits, 1 to [`PREFIX_DIGITS_MAX`].
    pub prefix: String,
    /// Fewest digits of a whole code, the prefix among them.
    pub length_min: usize,
    /// Most digits of a whole code, at most [`DIGITS_MAX`].
    pub length_max: usize,
    /// A digit that the code must have besides. Such a rule goes before one without.
    pub digit: Option<FixedDigit>,
    /// Name of the wallet: printable ASCII without spaces or `#`.
    pub wallet: String,
}

/// A digit at a fixed place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedDigit {
    /// Counted from 1, at most the rule's `length_min`.
    pub position: usize,
    /// 0 to 9.
    pub digit: u8,
}

impl FixedDigit {
    fn is_in(self, code: &[u8]) -> bool {
        let index = self.position.checked_sub(1);
        index.and_then(|index| code.get(index)) == Some(&(b'0' + self.digit))
    }
}

impl Rule {
    fn fits_length(&self, found: usize) -> bool {
        (self.length_min..=self.length_max).contains(&found)
    }

    /// Whether some code would fit both rules, and neither goes before the other.
    fn conflicts_with(&self, other: &Self) -> bool {
        let lengths = self.length_min <= other.length_max && other.length_min <= self.length_max;
        let digits = match (self.digit, other.digit) {
            (None, None) => true,
            (Some(one), Some(two)) => one.position != two.position || one.digit == two.digit,
            _ => false,
        };
        self.prefix == other.prefix && lengths && digits
    }

    fn fault(&self) -> Option<RuleFault> {
        let prefix = self.prefix.as_bytes();
        let lengths = prefix.len().max(1)..=DIGITS_MAX;
        if !(1..=PREFIX_DIGITS_MAX).contains(&prefix.len())
            || !prefix.iter().all(u8::is_ascii_digit)
        {
            Some(RuleFault::Prefix)
        } else if !lengths.contains(&self.length_min)
            || !lengths.contains(&self.length_max)
            || self.length_min > self.length_max
        {
            Some(RuleFault::Length)
        } else if self.digit.is_some_and(|fixed| {
            fixed.digit > 9 || !(1..=self.length_min).contains(&fixed.position)
        }) {
            Some(RuleFault::Digit)
        } else if self.wallet.is_empty()
            || !self.wallet.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'#')
        {
            Some(RuleFault::Wallet)
        } else {
            None
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}-{} {}", self.prefix, self.length_min, self.length_max, self.wallet)?;
        match self.digit {
            Some(fixed) => write!(f, " {}={}", fixed.position, fixed.digit),
            None => Ok(()),
        }
    }
}

/// What is wrong with a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleFault {
    /// The line is not `prefix length wallet [position=digit]`.
    Form,
    /// The prefix is not 1 to 16 digits, or a range of prefixes is not ascending, of one
    /// length and at most 100 long.
    Prefix,
    /// The lengths are not ascending, within the prefix's own length and 64.
    Length,
    /// The digit is not 0 to 9 at a place that every code of the rule has.
    Digit,
    /// The wallet's name is not printable ASCII without spaces and `#`.
    Wallet,
}

impl RuleFault {
    const fn advice(self) -> &'static str {
        match self {
            Self::Form => "write it as: prefix length wallet [position=digit]",
            Self::Prefix => {
                "write the prefix as 1 to 16 digits, a range as two prefixes of equal length at most 100 apart"
            }
            Self::Length => {
                "write the lengths in ascending order, not under the prefix's own and not over 64"
            }
            Self::Digit => {
                "write the digit as position=digit, at a place within the shortest length"
            }
            Self::Wallet => "write the wallet's name in printable ASCII without spaces or #",
        }
    }
}

/// Why rules do not make a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableError {
    /// A rule is not well formed.
    Rule {
        /// Line of the text, or number of the rule in the list, from 1.
        number: usize,
        /// What is wrong with it.
        fault: RuleFault,
    },
    /// Some code would fit two rules and neither goes before the other.
    Conflict {
        /// The earlier rule and the later one.
        rules: Box<[Rule; 2]>,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { number, fault } => {
                write!(f, "payment code rule {number}: {}", fault.advice())
            }
            Self::Conflict { rules } => {
                let [first, second] = &**rules;
                write!(
                    f,
                    "payment code rules `{first}` and `{second}` fit the same codes; take one out or lengthen its prefix"
                )
            }
        }
    }
}

impl core::error::Error for TableError {}

/// Why a code has no wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteError {
    /// There is no code.
    Empty,
    /// Something else than the digits 0-9.
    NotDigits,
    /// No rule has a prefix of this code.
    UnknownPrefix,
    /// The longest prefix that fits is known, and its codes have another length.
    Length {
        /// Digits of this code.
        found: usize,
        /// Fewest and most digits by each rule of that prefix.
        expected: Vec<(usize, usize)>,
    },
    /// Prefix and length fit, and a digit that the rule asks for does not.
    FixedDigit,
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the payment code is empty; scan again"),
            Self::NotDigits => f.write_str(
                "the payment code has something else than digits; scan the bar code, not another code on the screen",
            ),
            Self::UnknownPrefix => f.write_str(
                "no wallet is known for this payment code; ask the payer for another wallet",
            ),
            Self::Length { found, expected } => {
                write!(f, "the payment code has {found} digits where its wallet has")?;
                for (index, (min, max)) in expected.iter().enumerate() {
                    let or = if index == 0 { "" } else { " or" };
                    write!(f, "{or} {min}")?;
                    if min != max {
                        write!(f, " to {max}")?;
                    }
                }
                f.write_str("; scan the whole code again")
            }
            Self::FixedDigit => f.write_str(
                "the payment code is not of a kind that its wallet shows to tills; ask the payer to renew it",
            ),
        }
    }
}

impl core::error::Error for RouteError {}

/// Rules in a form that answers quickly and without ambiguity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    by_prefix: BTreeMap<String, Vec<Rule>>,
}

impl Table {
    /// Makes a table of rules, in any order.
    ///
    /// # Errors
    /// The first rule that is malformed, or two that would both fit a code with equal weight.
    pub fn load(rules: impl IntoIterator<Item = Rule>) -> Result<Self, TableError> {
        let mut table = Self { by_prefix: BTreeMap::new() };
        for (index, rule) in rules.into_iter().enumerate() {
            table.add(rule, index + 1)?;
        }
        Ok(table)
    }

    /// Makes a table of a text with a rule a line; `data/payment_codes.txt` in this crate
    /// says how.
    ///
    /// # Errors
    /// As [`Table::load`], with the line.
    ///
    /// ```
    /// use emvqr::payment_code::Table;
    ///
    /// let table = Table::parse("12345602  24  example  # an issuer of ours").unwrap();
    /// assert_eq!(table.route("123456021234567890123456"), Ok("example"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut table = Self { by_prefix: BTreeMap::new() };
        for (index, text) in text.lines().enumerate() {
            let number = index + 1;
            let rules = line::rules(text).map_err(|fault| TableError::Rule { number, fault })?;
            for rule in rules {
                table.add(rule, number)?;
            }
        }
        Ok(table)
    }

    /// The table that comes with this crate: wallets seen in Japan, as far as public.
    #[must_use]
    pub fn builtin() -> Self {
        Self::parse(Self::BUILTIN).expect("a test reads the file that is compiled in")
    }

    /// Text of [`Table::builtin`], to extend and [`Table::parse`].
    pub const BUILTIN: &str = include_str!("../../data/payment_codes.txt");

    fn add(&mut self, rule: Rule, number: usize) -> Result<(), TableError> {
        if let Some(fault) = rule.fault() {
            return Err(TableError::Rule { number, fault });
        }
        let rules = self.by_prefix.entry(rule.prefix.clone()).or_default();
        if let Some(first) = rules.iter().find(|first| first.conflicts_with(&rule)) {
            let rules = Box::new([first.clone(), rule]);
            return Err(TableError::Conflict { rules });
        }
        rules.push(rule);
        Ok(())
    }

    /// Name of the wallet that issued a code.
    ///
    /// # Errors
    /// Says why there is none, and never repeats the code. Looks at [`DIGITS_MAX`]
    /// characters at most, however long the input is.
    ///
    /// ```
    /// use emvqr::payment_code::{RouteError, Table};
    ///
    /// let table = Table::builtin();
    /// assert_eq!(table.route("900081818895579920128799"), Ok("paypay"));
    /// assert_eq!(table.route("161234567890123456"), Err(RouteError::UnknownPrefix));
    /// ```
    pub fn route(&self, code: &str) -> Result<&str, RouteError> {
        let code = code.as_bytes();
        let found = code.len();
        if code.is_empty() {
            return Err(RouteError::Empty);
        }
        let start = &code[..found.min(DIGITS_MAX)];
        if !start.iter().all(u8::is_ascii_digit) {
            return Err(RouteError::NotDigits);
        }
        let rules = self.rules_of(start).ok_or(RouteError::UnknownPrefix)?;
        let fitting = || rules.iter().filter(|rule| rule.fits_length(found));
        if fitting().next().is_none() {
            let expected = rules.iter().map(|rule| (rule.length_min, rule.length_max));
            return Err(RouteError::Length { found, expected: expected.collect() });
        }
        fitting()
            .find(|rule| rule.digit.is_some_and(|fixed| fixed.is_in(code)))
            .or_else(|| fitting().find(|rule| rule.digit.is_none()))
            .map(|rule| rule.wallet.as_str())
            .ok_or(RouteError::FixedDigit)
    }

    /// Rules of the longest prefix that `code` begins with.
    fn rules_of(&self, code: &[u8]) -> Option<&[Rule]> {
        let text = core::str::from_utf8(code).ok()?;
        let longest = text.len().min(PREFIX_DIGITS_MAX);
        (1..=longest)
            .rev()
            .find_map(|length| self.by_prefix.get(&text[..length]))
            .map(Vec::as_slice)
    }
}
