//! `noren ledger verify`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use noren_store::sqlite::{Check, prove};
use serde_json::{Value, json};

use crate::output::say;

/// Proves the ledger in `file` and says what was checked.
pub fn verify(file: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let checks = prove(file, |check| {
        if !json {
            show(check);
        }
    })?;
    let whole = checks.iter().all(Check::good);
    let took: Duration = checks.iter().map(|check| check.took).sum();
    if json {
        let objects: Vec<Value> = checks.iter().map(object).collect();
        let file = file.display().to_string();
        let took = milliseconds(took);
        say!("{:#}", json!({ "file": file, "whole": whole, "checks": objects, "took_ms": took }));
    } else {
        let faults: u64 = checks.iter().map(|c| c.faults.len() as u64 + c.faults_more).sum();
        match whole {
            true => say!("the ledger is whole ({:.2} s)", took.as_secs_f64()),
            false => say!("the ledger is not whole: {faults} faults ({:.2} s)", took.as_secs_f64()),
        }
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(check: &Check) {
    let word = if check.good() { "whole" } else { "FAULT" };
    let seconds = check.took.as_secs_f64();
    let Check { name, count, proves, .. } = check;
    say!("{word}  {name:<10} {count:>12}  {seconds:>7.2} s  {proves}");
    check.faults.iter().for_each(|fault| say!("         {fault}"));
    if check.faults_more > 0 {
        say!("         and {} more", check.faults_more);
    }
}

fn object(check: &Check) -> Value {
    json!({
        "name": check.name,
        "proves": check.proves,
        "count": check.count,
        "whole": check.good(),
        "faults": check.faults,
        "faults_more": check.faults_more,
        "took_ms": milliseconds(check.took),
    })
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
