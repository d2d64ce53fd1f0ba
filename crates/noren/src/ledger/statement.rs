//! Accounts, statements and balances, for people and for programs.

use std::process::ExitCode;

use noren_core::ledger::{AccountName, Cause, Side};
use noren_store::Reads;
use noren_store::sqlite::{StatementLine, StatementPart};
use noren_wallets::instant;
use serde_json::{Value, json};

use super::when::{self, Bound};
use super::{Form, amount};
use crate::output::say;

/// All accounts that have all of `words` in their names.
pub fn accounts(reads: &Reads, words: &[String], form: &Form) -> anyhow::Result<ExitCode> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let mut totals = reads.account_totals()?;
    totals.retain(|total| {
        let name = total.name.to_string().to_lowercase();
        words.iter().all(|word| name.contains(word.as_str()))
    });
    let object = |total: &noren_store::sqlite::AccountTotal| {
        json!({
            "account": total.name.to_string(),
            "debits": amount(total.debits),
            "credits": amount(total.credits),
            "balance": amount(total.balance()),
            "slots": total.slots,
        })
    };
    if form.json {
        let all: Vec<Value> = totals.iter().map(object).collect();
        say!("{:#}", json!({ "accounts": all }));
        return Ok(ExitCode::SUCCESS);
    }
    if form.jsonl {
        totals.iter().for_each(|total| say!("{}", object(total)));
        return Ok(ExitCode::SUCCESS);
    }
    let widest = totals.iter().map(|total| total.name.to_string().len()).max().unwrap_or(0);
    for total in &totals {
        say!("{:<widest$}  {:>24}", total.name.to_string(), total.balance().to_string());
    }
    eprintln!("balances are debits less credits; {} accounts", totals.len());
    Ok(ExitCode::SUCCESS)
}

/// The id of what moved the money, and of its order, if it has one.
fn cause(line: &StatementLine) -> (String, Option<String>) {
    match line.cause {
        Cause::Payment { payment, order, .. } => (payment.to_string(), Some(order.to_string())),
        Cause::Credit(credit) => (credit.to_string(), None),
        Cause::Movement(movement) => (movement.to_string(), None),
    }
}

fn line_object(line: &StatementLine) -> Value {
    let (cause, order) = cause(line);
    json!({
        "at": instant::print(line.at),
        "slot": line.slot.number(),
        "entry": line.entry,
        "kind": line.kind.name(),
        "cause": cause,
        "order_id": order,
        "side": side(line.side),
        "amount": amount(line.amount),
        "balance": amount(line.balance),
    })
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Debit => "debit",
        Side::Credit => "credit",
    }
}

fn line_for_people(line: &StatementLine) {
    let (cause, order) = cause(line);
    say!(
        "{}  {:>3}/{:<8} {:<13} {} {:<29} {:<6} {:>20}  {:>22}",
        when::in_tokyo(line.at),
        line.slot.number(),
        line.entry,
        line.kind.name(),
        cause,
        order.as_deref().unwrap_or("-"),
        side(line.side),
        line.amount.to_string(),
        line.balance.to_string(),
    );
}

/// One account between two times.
pub fn statement(
    reads: &Reads,
    name: &AccountName,
    from: Option<Bound>,
    to: Option<Bound>,
    form: &Form,
) -> anyhow::Result<ExitCode> {
    let mut lines: Vec<Value> = Vec::new();
    let people = !form.json && !form.jsonl;
    if people {
        say!("{name}");
        say!("time in Tokyo, slot/entry, why, caused by, order, side, amount, debits less credits");
    }
    let ends = (from.map(|bound| bound.0), to.map(|bound| bound.0));
    let end = reads.statement(name, ends.0, ends.1, |part| match part {
        StatementPart::Opening(money) if people => say!("opening balance {money}"),
        StatementPart::Opening(money) if form.jsonl => say!(
            "{}",
            json!({ "part": "opening", "account": name.to_string(), "from": when::member(from), "balance": amount(money) })
        ),
        StatementPart::Opening(_) => {}
        StatementPart::Line(line) if people => line_for_people(&line),
        StatementPart::Line(line) if form.jsonl => {
            let mut object = line_object(&line);
            object["part"] = json!("line");
            say!("{object}");
        }
        StatementPart::Line(line) => lines.push(line_object(&line)),
    })?;
    // The account was there a moment ago, and accounts are for ever.
    let Some(end) = end else { anyhow::bail!("there is no account {name}") };
    if people {
        say!(
            "closing balance {} ({} lines, debits {}, credits {})",
            end.closing,
            end.lines,
            end.debits,
            end.credits
        );
    } else if form.jsonl {
        say!(
            "{}",
            json!({
                "part": "closing", "account": name.to_string(), "to": when::member(to),
                "lines": end.lines, "debits": amount(end.debits), "credits": amount(end.credits),
                "balance": amount(end.closing),
            })
        );
    } else {
        say!(
            "{:#}",
            json!({
                "account": name.to_string(), "from": when::member(from), "to": when::member(to),
                "opening": amount(end.opening), "lines": lines, "debits": amount(end.debits),
                "credits": amount(end.credits), "closing": amount(end.closing),
            })
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// One account at a time.
pub fn balance(
    reads: &Reads,
    name: &AccountName,
    at: Option<Bound>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let found = reads.balance_at(name, at.map(|bound| bound.0))?;
    let Some(found) = found else { anyhow::bail!("there is no account {name}") };
    if json {
        let at = when::member(at);
        say!("{}", json!({ "account": name.to_string(), "at": at, "balance": amount(found) }));
    } else {
        say!("{found}");
    }
    Ok(ExitCode::SUCCESS)
}
