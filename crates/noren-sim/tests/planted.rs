//! Known mistakes, planted in the engine one at a time: each must be found.
#![cfg(feature = "faults")]

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use noren_core::fault::Fault;
use noren_sim::{Options, run};

use common::say;

/// How many seeds may pass before a planted mistake counts as not found.
const SEEDS: u64 = 100;

/// The first seed whose world shows the mistake, and a line that tells how.
fn found(name: &str, fault: Fault) -> Option<(u64, String)> {
    let options = Options { plant: Some(fault), ..Options::default() };
    let violation = (0..SEEDS).find_map(|seed| run(seed, &options).err())?;
    let (seeds, step) = (violation.seed + 1, violation.step);
    let (invariant, what) = (violation.invariant, &violation.what);
    let line = format!("{name:24} {seeds:3} seeds, step {step:6}, {invariant}: {what}");
    Some((violation.seed, line))
}

#[test]
fn every_planted_fault_is_found_and_nothing_else_is() {
    // Panics of the engine are findings here; their words come with the violation.
    std::panic::set_hook(Box::new(|_| {}));
    let next = AtomicUsize::new(0);
    // Of each mistake: where it was found.
    let outcomes: Mutex<Vec<(&str, Option<u64>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((name, fault)) = Fault::ALL.get(next.fetch_add(1, Ordering::SeqCst))
                {
                    let found = found(name, *fault);
                    if let Some((_, line)) = &found {
                        say!("{line}");
                    }
                    outcomes.lock().unwrap().push((name, found.map(|(seed, _)| seed)));
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap();
    let missed: Vec<_> =
        outcomes.iter().filter(|(_, seed)| seed.is_none()).map(|(name, _)| *name).collect();
    let last = outcomes.iter().filter_map(|(_, seed)| *seed).max().unwrap_or(0);
    for seed in 0..=last {
        if let Err(violation) = run(seed, &Options::default()) {
            panic!("without a planted fault: {violation}");
        }
    }
    assert_eq!(missed, Vec::<&str>::new(), "planted faults that {SEEDS} seeds do not find");
    assert!(outcomes.len() >= 20);
}
