//! Lines of an operator about what shops price in and are paid in.

use noren_core::directory::{Change, Merchant, MidRate, SettlementChoice};
use noren_core::money::Currency;
use noren_core::rate::Rate;

use super::act::{Stage, till};
use super::words::Words;
use crate::directory::{self, START};

fn currency(word: &str) -> Result<Currency, String> {
    word.parse().map_err(|_| format!("no currency: {word}"))
}

impl Stage {
    /// `pays takayama CNY margin=80`: what a shop is paid in from now on.
    pub(super) fn operator_pays(
        &mut self,
        what: &str,
        mut words: Words<'_>,
    ) -> Result<String, String> {
        let merchant = directory::merchant_of(&till(what)?);
        let settlement = Some(choice(words.next()?, &words)?);
        words.done()?;
        self.change(Change::Merchant(Merchant { settlement, ..merchant }))
    }

    /// `opens gero KRW paid=CNY`: a shop that prices in another currency than the rest of the
    /// directory.
    pub(super) fn operator_opens(
        &mut self,
        what: &str,
        mut words: Words<'_>,
    ) -> Result<String, String> {
        let till = till(what)?;
        let currency = currency(words.next()?)?;
        let settlement = words.named("paid").map(|word| choice(word, &words)).transpose()?;
        words.done()?;
        let merchant = Merchant { currency, settlement, ..directory::merchant_of(&till) };
        let opened = self.change(Change::Merchant(merchant))?;
        self.change(Change::Store(directory::store_of(&till)))?;
        Ok(opened)
    }

    /// `publishes KRW CNY=0.0052`: a mid rate.
    pub(super) fn operator_publishes(
        &mut self,
        what: &str,
        words: Words<'_>,
    ) -> Result<String, String> {
        let text = words.named("CNY").ok_or("CNY= is missing")?;
        let rate = Rate::from_decimal(currency(what)?, Currency::CNY, text);
        let rate = rate.map_err(|error| error.to_string())?;
        words.done()?;
        self.change(Change::Rate(MidRate { rate, source: "test rates".into(), at: START }))
    }
}

fn choice(word: &str, words: &Words<'_>) -> Result<SettlementChoice, String> {
    let margin_bps = words.named("margin").unwrap_or("0");
    let margin_bps = margin_bps.parse().map_err(|_| format!("no margin: {margin_bps}"))?;
    Ok(SettlementChoice { currency: currency(word)?, margin_bps })
}
