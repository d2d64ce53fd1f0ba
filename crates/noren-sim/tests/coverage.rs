//! What the simulation must have met: every pair of a state and a statement that can be, and every
//! kind of fault.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use noren_core::wallet::FxBy;
use noren_sim::coverage::{GAPS, Pair, Pairs, all, excluded};
use noren_sim::model::{Setting, Start, explore};
use noren_sim::{Options, Summary, run};

const SEEDS: u64 = 500;
const STEPS: u64 = 2_000;

/// 500 seeds, two at a time.
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
                Err(violation) => panic!("{violation}"),
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

/// What the model check met, by every way to begin.
fn modelled() -> Pairs {
    let settings = [Start::Cpm, Start::ScanShown, Start::ScanPrinted]
        .map(|start| Setting::new(start, FxBy::Switch));
    let mut pairs = Pairs::default();
    for setting in settings {
        pairs.merge(&explore(&setting).unwrap_or_else(|unsound| panic!("{unsound}")).pairs);
    }
    pairs
}

#[test]
fn every_pair_and_every_kind_of_fault_is_met_or_cannot_be() {
    let summary = simulated();
    println!("{summary}{}", summary.pairs);
    let silent: Vec<_> =
        summary.counts.rows().filter(|row| row.0 == "fault" && row.2 == 0).collect();
    assert_eq!(silent, [], "kinds of faults that never occurred");

    let modelled = modelled();
    let impossible: BTreeSet<Pair> = excluded(&modelled).into_iter().collect();
    let listed = |seldom| -> BTreeSet<Pair> {
        GAPS.iter().filter(|gap| gap.seldom == seldom).flat_map(|gap| gap.pairs()).collect()
    };
    let (never, seldom) = (listed(false), listed(true));
    let unmet: BTreeSet<Pair> = summary.pairs.unmet().into_iter().collect();
    println!(
        "{} pairs: {} met, {} excluded by the model check, {} never and {} seldom, with a reason",
        all().len(),
        all().len() - unmet.len(),
        impossible.len(),
        never.len(),
        seldom.len(),
    );
    let none: [&Pair; 0] = [];
    let silent = |pair: &&Pair| ![&impossible, &never, &seldom].iter().any(|s| s.contains(*pair));
    let missed: Vec<_> = unmet.iter().filter(silent).collect();
    assert_eq!(missed, none, "pairs that no seed met and nothing excludes");
    let met: Vec<_> = never.union(&impossible).filter(|pair| !unmet.contains(*pair)).collect();
    assert_eq!(met, none, "called unreachable, and met");
    // What the simulation does not meet, the model check does; or it excludes it, and then no
    // reason in words is needed.
    let unseen: Vec<_> = never.union(&seldom).filter(|pair| modelled.count(**pair) == 0).collect();
    assert_eq!(unseen, none, "listed by hand, and not met by the model check");
}
