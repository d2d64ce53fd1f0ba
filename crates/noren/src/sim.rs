//! `noren sim`: the network in a test tube, from seeds.
//!
//! Minutes: `noren sim --seeds 5000 --jobs 2`. A soak, for as long as one likes, over seeds that
//! nobody has run: `noren sim --start 1000000 --seeds 1000000 --jobs 2 --json > soak.json`. It
//! stops at the first seed that breaks a promise, makes that run small and prints the command that
//! repeats it; where it stopped, `--start` goes on.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use noren_sim::shrink::shrink;
use noren_sim::{Options, Summary, Violation};
use serde_json::json;

use crate::output::out;

/// What to run.
#[derive(clap::Args)]
#[command(before_help = "  noren sim --seeds 300\n  noren sim --start 17 --seeds 1 --json")]
pub struct Sim {
    /// How many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first.
    #[arg(long, default_value_t = 0)]
    start: u64,
    /// Steps of each seed before the world is healed.
    #[arg(long)]
    steps: Option<u64>,
    /// Kinds of faults and habits to leave out, with commas.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// All tills are those of one merchant.
    #[arg(long)]
    one_shop: bool,
    /// Ended payments, and names of each kind, that stay in the engine's memory; the seed picks.
    #[arg(long)]
    keep: Option<usize>,
    /// Plant a known mistake in the engine; needs a test build.
    #[arg(long = "break", value_name = "NAME")]
    plant: Option<String>,
    /// Seeds that run at the same time. The result does not depend on it.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// Do not make a failing run small.
    #[arg(long)]
    no_shrink: bool,
    /// One JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

/// Stops at the first seed that breaks a promise, and prints the command that repeats it.
pub fn run(sim: &Sim) -> anyhow::Result<ExitCode> {
    let options = match options(sim) {
        Ok(options) => options,
        Err(usage) => {
            eprintln!("error: {usage}");
            return Ok(ExitCode::from(2));
        }
    };
    match seeds(sim, &options) {
        Ok(summary) if sim.json => out(format_args!("{}", serde_json::to_string(&summary)?)),
        Ok(summary) => out(format_args!("{summary}")),
        Err(violation) => {
            failed(sim, &options, &violation);
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn options(sim: &Sim) -> Result<Options, String> {
    let mut options = Options { one_shop: sim.one_shop, keep: sim.keep, ..Options::default() };
    options.steps = sim.steps.unwrap_or(options.steps);
    for name in &sim.without {
        options.leave_out(name)?;
    }
    if let Some(name) = &sim.plant {
        options.plant_named(name)?;
    }
    Ok(options)
}

/// All seeds, or the lowest that fails.
fn seeds(sim: &Sim, options: &Options) -> Result<Summary, Box<Violation>> {
    let end = sim.start.saturating_add(sim.seeds);
    let (next, until) = (AtomicU64::new(sim.start), AtomicU64::new(end));
    let found: Mutex<(Summary, Option<Box<Violation>>)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..sim.jobs.clamp(1, 64) {
            scope.spawn(|| {
                let mut summary = Summary::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= until.load(Ordering::Relaxed) {
                        break;
                    }
                    match noren_sim::run(seed, options) {
                        Ok(report) => summary.add(&report),
                        Err(violation) => {
                            until.fetch_min(seed, Ordering::Relaxed);
                            let worst = &mut found.lock().expect("nobody panics with it").1;
                            if worst.as_ref().is_none_or(|known| seed < known.seed) {
                                *worst = Some(Box::new(violation));
                            }
                        }
                    }
                }
                found.lock().expect("nobody panics with it").0.merge(&summary);
            });
        }
    });
    match found.into_inner().expect("nobody panics with it") {
        (summary, None) => Ok(summary),
        (_, Some(violation)) => Err(violation),
    }
}

fn failed(sim: &Sim, options: &Options, violation: &Violation) {
    let shrunk = (!sim.no_shrink).then(|| {
        // Runs that panic on the way are what is looked for; their words come with the result.
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let shrunk = shrink(options, violation);
        std::panic::set_hook(hook);
        shrunk
    });
    if sim.json {
        let smallest = shrunk.map(|shrunk| shrunk.violation);
        out(format_args!("{}", json!({ "violation": violation, "smallest": smallest })));
        return;
    }
    eprintln!("{violation}");
    if let Some(shrunk) = shrunk {
        let small = &shrunk.violation;
        eprintln!("smallest of {} more runs: step {}, {}", shrunk.runs, small.step, small.what);
        eprintln!("repeat it with: {}", small.command);
    }
}
