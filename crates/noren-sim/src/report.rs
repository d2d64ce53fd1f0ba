//! A run from a seed, and its tables.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use crate::audit::Broken;
use crate::coverage::Pairs;
use crate::world::{Counts, Options, World};

/// A run that found nothing wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Where it began.
    pub seed: u64,
    /// Steps taken.
    pub steps: u64,
    /// Simulated time, in milliseconds.
    pub simulated_ms: u64,
    /// Follows from everything that happened; the same seed gives the same.
    pub trace: u64,
    /// What was met.
    pub counts: Counts,
    /// Which statements met which states.
    pub pairs: Pairs,
}

/// A run that found something wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where it began.
    pub seed: u64,
    /// The step at which it was seen.
    pub step: u64,
    /// The invariant, `panic` when the engine stopped itself.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
    /// The command that repeats it.
    pub command: String,
    /// The last steps before, oldest first.
    pub log: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, step, invariant, what, command, .. } = self;
        writeln!(f, "seed {seed}, step {step}: {invariant}: {what}")?;
        write!(f, "repeat it with: {command}")
    }
}

impl std::error::Error for Violation {}

/// Runs one seed: breaks everything for `options.steps`, heals, and waits until all has ended.
pub fn run(seed: u64, options: &Options) -> Result<Report, Violation> {
    let mut world = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let world = world.insert(World::new(seed, options)?);
        world.run(options.steps)?;
        world.heal();
        world.run_until_quiet()
    }));
    let broken = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        // The engine and the sandboxes stop themselves when their own books do not balance.
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let what = text.unwrap_or("a panic without words").to_owned();
            Some(Broken { invariant: "panic", what })
        }
    };
    match (broken, world) {
        (None, Some(world)) => Ok(Report {
            seed,
            steps: world.steps,
            simulated_ms: world.elapsed().0,
            trace: world.trace(),
            counts: world.counts,
            pairs: world.pairs,
        }),
        (broken, world) => {
            let Broken { invariant, what } = broken.unwrap_or_else(|| Broken {
                invariant: "I3",
                what: "the world did not begin".to_owned(),
            });
            let step = world.as_ref().map_or(0, |world| world.steps);
            let log = world.map_or(Vec::new(), |world| world.log(&what));
            let command = options.command(seed);
            Err(Violation { seed, step, invariant, what, command, log })
        }
    }
}

/// Runs of many seeds, added up.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// How many seeds ran.
    pub seeds: u64,
    /// Steps of all of them.
    pub steps: u64,
    /// Simulated time of all of them, in milliseconds.
    pub simulated_ms: u64,
    /// The sum of their traces: the same seeds give the same.
    pub traces: u64,
    /// What all of them met.
    pub counts: Counts,
    /// Which statements met which states.
    pub pairs: Pairs,
}

impl Summary {
    /// Adds one run.
    pub fn add(&mut self, report: &Report) {
        self.seeds += 1;
        self.steps += report.steps;
        self.simulated_ms += report.simulated_ms;
        self.traces = self.traces.wrapping_add(report.trace);
        self.counts.merge(&report.counts);
        self.pairs.merge(&report.pairs);
    }

    /// Adds many runs.
    pub fn merge(&mut self, other: &Summary) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.simulated_ms += other.simulated_ms;
        self.traces = self.traces.wrapping_add(other.traces);
        self.counts.merge(&other.counts);
        self.pairs.merge(&other.pairs);
    }
}

impl fmt::Display for Summary {
    /// The table for people: a row for each thing that was met, and how often.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seeds, steps, simulated_ms, traces: _, counts, pairs: _ } = self;
        writeln!(f, "{seeds} seeds, {steps} steps, {} simulated minutes", simulated_ms / 60_000)?;
        for (group, name, count) in counts.rows() {
            writeln!(f, "{group:<6} {name:<34} {count:>9}")?;
        }
        Ok(())
    }
}
