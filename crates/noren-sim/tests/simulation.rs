//! Runs of the world. Every failure prints the command that repeats it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use noren_sim::{Options, Summary, run};

/// How many seeds the test run covers.
const SEEDS: u64 = 500;

/// After so many steps of a seed nothing new begins.
const STEPS: u64 = 2_000;

/// 500 seeds, two at a time. Each is the same on whichever thread it runs.
fn simulated() -> Summary {
    let next = AtomicU64::new(0);
    let half = || {
        let options = Options { steps: STEPS, ..Options::default() };
        let mut summary = Summary::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEEDS {
                return summary;
            }
            match run(seed, &options) {
                Ok(report) => summary.add(&report),
                Err(violation) => {
                    violation.log.iter().for_each(|line| println!("{line}"));
                    panic!("{violation}");
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(half);
        let mut summary = half();
        summary.merge(&other.join().expect("a violation was printed"));
        summary
    })
}

#[test]
fn five_hundred_seeds_break_nothing_and_reach_everything() {
    let began = Instant::now();
    let summary = simulated();
    println!("{summary}{:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(summary.seeds, SEEDS);
    assert!(summary.steps >= SEEDS * STEPS, "worlds that ended before their steps");
    assert_eq!(summary.counts.unreached(), [], "rows at zero that these wallets can reach");
    assert_eq!(
        summary.counts.reached_after_all(),
        [],
        "rows with a reason why nothing reaches them"
    );
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 77] {
        let first = run(seed, &Options::default()).unwrap();
        let second = run(seed, &Options::default()).unwrap();
        assert_eq!(first, second);
    }
    let other = |seed| run(seed, &Options::default()).unwrap().trace;
    assert_ne!(other(3), other(4));
}

/// For long searches: `NOREN_SIM_SEEDS=5000 cargo test --release -p noren-sim -- --ignored
/// many_seeds --nocapture`. Goes on after a violation and lists all of them.
#[test]
#[ignore = "as long as one likes; run by hand"]
fn many_seeds() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let start = number("NOREN_SIM_START").unwrap_or(SEEDS);
    let seeds: u64 = number("NOREN_SIM_SEEDS").unwrap_or(3_000);
    let mut summary = Summary::default();
    let mut violations = 0;
    for seed in start..start.saturating_add(seeds) {
        match run(seed, &Options::default()) {
            Ok(report) => summary.add(&report),
            Err(violation) => {
                violations += 1;
                violation.log.iter().for_each(|line| println!("{line}"));
                println!("{violation}");
            }
        }
    }
    println!("{summary}");
    assert_eq!(violations, 0);
}
