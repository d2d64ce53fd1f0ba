//! `cargo xtask soak sim`: the simulation over seeds that nobody has run, from a random start, for a
//! time. A seed that breaks a promise ends it: `noren sim` makes that run small and prints the command
//! that repeats it. Slow, so no part of the test command; the first 500 seeds are.

use std::hash::{BuildHasher, RandomState};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// Time when the command names none.
const MINUTES: u64 = 10;

/// Seeds of one run of the program: a few seconds, so that the soak ends near its time.
const SEEDS: u64 = 200;

/// No start is below: those seeds are the tests'.
const FIRST: u64 = 1_000_000;

/// Runs the command with what follows `soak sim`.
pub fn run(arguments: &[&str]) -> ExitCode {
    let minutes = match arguments {
        [] => Some(MINUTES),
        ["--minutes", minutes] => minutes.parse().ok(),
        _ => None,
    };
    let Some(minutes) = minutes else {
        eprintln!("cargo xtask soak sim [--minutes N]");
        return ExitCode::from(2);
    };
    match soak(Duration::from_secs(minutes.saturating_mul(60))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn soak(time: Duration) -> Result<(), String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    std::env::set_current_dir(root).map_err(|error| format!("cannot go to {root}: {error}"))?;
    if !super::run(&["cargo", "build", "--release", "--package", "noren"]) {
        return Err("the program does not build".into());
    }
    let jobs = std::thread::available_parallelism().map_or(1, |jobs| jobs.get());
    let first = start();
    let began = Instant::now();
    let mut next = first;
    println!("seeds from {first}, {jobs} at a time, for {} minutes", time.as_secs() / 60);
    while began.elapsed() < time {
        let ended = Command::new("target/release/noren")
            .args(["sim", "--start", &next.to_string(), "--seeds", &SEEDS.to_string()])
            .args(["--jobs", &jobs.to_string()])
            .output()
            .map_err(|error| format!("noren does not start: {error}"))?;
        if !ended.status.success() {
            // In the program's words, made small, with the command that repeats it.
            return Err(String::from_utf8_lossy(&ended.stderr).into_owned());
        }
        next += SEEDS;
        let minutes = began.elapsed().as_secs() / 60;
        println!("{} seeds, {minutes} minutes: nothing found", next - first);
    }
    Ok(())
}

/// A start that nobody can have chosen: the standard library seeds its maps from the system.
fn start() -> u64 {
    FIRST + RandomState::new().hash_one(0_u8) % 1_000_000_000_000
}
