//! Each way to pay × each outcome of the list in the `domain` facts, section 3, and of money that
//! a wallet's side froze: a table that shows it, or the reason why that pair cannot be. A file for
//! each way; the run prints the matrix.

mod cpm;
mod hold;
mod mpm_dynamic;
mod mpm_static;
mod online;
mod push;

use noren_core::payment::{CaptureMode, State};
use noren_sim::scenario::run;

pub enum Cell {
    /// What happens.
    Table(&'static str),
    /// Why it cannot.
    Never(&'static str),
}

/// Each way, with a cell for each outcome in the order of [`OUTCOMES`].
const WAYS: [(&str, &[(&str, Cell)]); 6] = [
    ("mpm_static", mpm_static::CELLS),
    ("mpm_dynamic", mpm_dynamic::CELLS),
    ("cpm", cpm::CELLS),
    ("online", online::CELLS),
    ("hold", hold::CELLS),
    ("push", push::CELLS),
];

/// Each outcome, and how the payment of it may end: the names of its state.
const OUTCOMES: [(&str, &[&str]); 16] = [
    ("yes", &["captured"]),
    ("no", &["declined"]),
    ("processing, then yes", &["captured", "authorised"]),
    ("unknown, then yes", &["captured", "authorised"]),
    ("unknown, then no", &["declined"]),
    ("not found, then settled", &["captured", "authorised"]),
    ("silence, then cancel confirmed", &["reversed", "expired"]),
    ("cancel refused because it stood", &["reversed"]),
    ("late success after cancel", &["reversed", "cancelled", "expired"]),
    ("notify before inquiry", &["captured", "authorised"]),
    ("contradiction", &["captured", "authorised"]),
    ("money frozen", &["blocked"]),
    ("expiry", &["expired", "voided"]),
    ("the payer gives up", &["declined", "cancelled"]),
    ("the shop gives up", &["reversed", "cancelled"]),
    ("never sent", &["cancelled", "captured"]),
];

/// What a table's first payment was paid by, and how it ended.
fn way_of(table: &str) -> Result<(&'static str, &'static str), String> {
    let stage = run(table)?;
    let payment = stage.auditor.payments().next().ok_or("no payment came of it")?;
    // A till's code that nobody has paid yet is a rail's as soon as a rail asks for it.
    let rail = table.lines().any(|line| line.split_whitespace().nth(1) == Some("rail"));
    let way = match payment.capture {
        CaptureMode::Now if rail => "push",
        CaptureMode::Now => payment.way.name(),
        CaptureMode::Manual => "hold",
    };
    let ended = payment.state.is_final() || matches!(payment.state, State::Authorised(_));
    if ended { Ok((way, payment.state.name())) } else { Err("it has not ended".to_owned()) }
}

/// The word of a cell in the printed matrix, or what is wrong with it.
fn word_of(way: &str, ends: &[&str], cell: &Cell) -> Result<&'static str, String> {
    match cell {
        Cell::Never(why) if why.len() > 20 => Ok("never"),
        Cell::Never(_) => Err("say why".to_owned()),
        Cell::Table(table) => match way_of(table)? {
            (is, _) if is != way => Err(format!("the payment is {is}")),
            (_, end) if !ends.contains(&end) => Err(format!("it ends as {end}")),
            (_, end) => Ok(end),
        },
    }
}

#[test]
fn every_way_meets_every_outcome() {
    let mut faults = String::new();
    println!("{:<34}{}", "", WAYS.map(|(way, _)| format!("{way:<13}")).concat());
    for (place, (outcome, ends)) in OUTCOMES.into_iter().enumerate() {
        let mut line = format!("{outcome:<34}");
        for (way, cells) in WAYS {
            let word = match cells.get(place) {
                Some((of, cell)) if *of == outcome => word_of(way, ends, cell),
                _ => Err("there must be one table, or a reason".to_owned()),
            };
            let word = word.unwrap_or_else(|fault| {
                faults += &format!("\n{way} × {outcome}: {fault}");
                "FAULT"
            });
            line += &format!("{word:<13}");
        }
        println!("{line}");
    }
    let whole = WAYS.iter().all(|(_, cells)| cells.len() == OUTCOMES.len());
    assert!(whole && faults.is_empty(), "{faults}");
}
