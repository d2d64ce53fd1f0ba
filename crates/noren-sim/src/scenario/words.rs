//! Reading the words of a line.

use noren_core::money::{Currency, Money};
use noren_core::time::Span;

/// The words of an operation, taken from the front; `name=value` pairs apart.
#[derive(Debug)]
pub(super) struct Words<'a> {
    plain: std::vec::IntoIter<&'a str>,
    named: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    pub fn new(text: &'a str) -> Self {
        let (named, plain): (Vec<_>, Vec<_>) =
            text.split_whitespace().partition(|word| word.contains('='));
        let named = named.into_iter().filter_map(|word| word.split_once('=')).collect();
        Self { plain: plain.into_iter(), named }
    }

    pub fn next(&mut self) -> Result<&'a str, String> {
        self.plain.next().ok_or_else(|| "a word is missing".to_owned())
    }

    pub fn peek(&self) -> Option<&'a str> {
        self.plain.as_slice().first().copied()
    }

    /// Takes the next word when it is `word`.
    pub fn took(&mut self, word: &str) -> bool {
        let is = self.peek() == Some(word);
        if is {
            self.plain.next();
        }
        is
    }

    pub fn named(&self, name: &str) -> Option<&'a str> {
        self.named.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    pub fn key(&self) -> Result<&'a str, String> {
        self.named("key").ok_or_else(|| "key= is missing".to_owned())
    }

    /// `JPY 1200`, when the next word is a currency.
    pub fn money_if_any(&mut self) -> Result<Option<Money>, String> {
        match self.peek().map(str::parse::<Currency>) {
            Some(Ok(_)) => self.money().map(Some),
            Some(Err(_)) | None => Ok(None),
        }
    }

    pub fn money(&mut self) -> Result<Money, String> {
        let currency = self.next()?;
        money(currency, self.next()?)
    }

    /// `JPY 1200`, or `JPY nothing` for no limit.
    pub fn limit(&mut self) -> Result<(Currency, Option<i64>), String> {
        let currency = self.next()?;
        if self.took("nothing") {
            let known = currency.parse().map_err(|_| format!("no currency: {currency}"))?;
            return Ok((known, None));
        }
        let limit = money(currency, self.next()?)?;
        Ok((limit.currency(), Some(limit.minor())))
    }

    /// Nothing may be left over: a word that nobody reads is a test that tests less than it says.
    pub fn done(mut self) -> Result<(), String> {
        match self.plain.next() {
            None => Ok(()),
            Some(word) => Err(format!("nobody reads the word {word}")),
        }
    }
}

pub(super) fn money(currency: &str, digits: &str) -> Result<Money, String> {
    let currency: Currency = currency.parse().map_err(|_| format!("no currency: {currency}"))?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() != usize::from(currency.exponent()) && !fraction.is_empty() {
        return Err(format!("{digits} has the wrong number of decimals"));
    }
    let width = usize::from(currency.exponent());
    let minor = format!("{whole}{fraction:0<width$}");
    let minor = minor.parse().map_err(|_| format!("no amount: {digits}"))?;
    Ok(Money::new(minor, currency))
}

/// `0s`, `1500ms`, `5m`, `24h`.
pub(super) fn span(text: &str) -> Result<Span, String> {
    let at = text.find(|c: char| !c.is_ascii_digit()).ok_or("a time has a unit")?;
    let (number, unit) = text.split_at(at);
    let number: u64 = number.parse().map_err(|_| format!("no time: {text}"))?;
    let scale = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(format!("no unit of time: {unit}")),
    };
    Ok(Span(number * scale))
}
