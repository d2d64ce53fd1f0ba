//! `noren ledger fx`: what conversion has left with us, and what it is worth.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Context;
use noren_core::directory::Directory;
use noren_core::ledger::AccountKind;
use noren_core::money::{Currency, Money};
use noren_core::rate::Rounding;
use noren_store::Reads;
use noren_wallets::instant;
use serde_json::{Value, json};

use super::amount;
use crate::output::say;

/// The position of one currency: what we hold of it and owe nobody in it. Below zero: we owe more
/// than we hold.
struct Position {
    /// Credits less debits of the fx position.
    held: Money,
    /// At the newest mid rate, half to even; `None`: there is no rate.
    worth: Option<Money>,
    /// The rate, its source and time.
    rate: Value,
}

/// Every position, and the gain or loss if all were closed at the newest mid rates.
pub fn fx(reads: &Reads, base: Currency, json: bool) -> anyhow::Result<ExitCode> {
    let mut directory = Directory::default();
    for (version, change) in reads.directory(0)? {
        let applied = directory.apply(&change);
        applied.map_err(|why| anyhow::anyhow!("directory version {version}: {why:?}"))?;
    }
    let mut held: BTreeMap<&'static str, Money> = BTreeMap::new();
    for total in reads.account_totals()? {
        if total.name.kind == AccountKind::FxPosition {
            let zero = Money::zero(total.name.currency);
            let sum = held.entry(total.name.currency.alpha()).or_insert(zero);
            let sides = total.credits.checked_sub(total.debits);
            *sum = sides.and_then(|net| sum.checked_add(net)).context("a position is too large")?;
        }
    }
    let mut positions = Vec::new();
    let mut total = Money::zero(base);
    for held in held.into_values() {
        let position = value(&directory, held, base)?;
        if let Some(worth) = position.worth {
            total = total.checked_add(worth).context("the positions are too large")?;
        }
        positions.push(position);
    }
    if json {
        let all: Vec<Value> = positions.iter().map(object).collect();
        say!("{:#}", json!({ "positions": all, "gain": amount(total) }));
        return Ok(ExitCode::SUCCESS);
    }
    for Position { held, worth, rate } in &positions {
        let worth = worth.map_or_else(|| "no rate".to_owned(), |worth| worth.to_string());
        let rate = rate["text"].as_str().unwrap_or_default();
        say!("{:>24}  {worth:>20}  {rate}", held.to_string());
    }
    say!("gain or loss if all were closed at these rates: {total}");
    Ok(ExitCode::SUCCESS)
}

fn value(directory: &Directory, held: Money, base: Currency) -> anyhow::Result<Position> {
    if held.currency() == base {
        return Ok(Position { held, worth: Some(held), rate: Value::Null });
    }
    let Some(mid) = directory.mid_rate(base, held.currency()) else {
        return Ok(Position { held, worth: None, rate: Value::Null });
    };
    let worth = mid.rate.convert(held, Rounding::HalfEven).context("a position is too large")?;
    let (numerator, denominator) = mid.rate.ratio();
    let (quote, at) = (held.currency(), instant::print(mid.at));
    let rate = json!({
        "base": base, "quote": quote, "numerator": numerator, "denominator": denominator,
        "source": &*mid.source, "at": at,
        "text": format!("1 {base} = {numerator}/{denominator} {quote} ({}, {at})", mid.source),
    });
    Ok(Position { held, worth: Some(worth), rate })
}

fn object(position: &Position) -> Value {
    json!({
        "held": amount(position.held),
        "worth": position.worth.map(amount),
        "rate": position.rate,
    })
}
