//! What the simulation must have met: every pair of a state and a statement that can be, and every
//! kind of fault.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use noren_sim::coverage::{GAPS, Kind, Pair, Pairs, all, excluded};
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

/// What the model check met, walk by walk.
fn modelled() -> Vec<Pairs> {
    super::walks().iter().map(|(_, explored)| explored.pairs.clone()).collect()
}

#[test]
fn every_pair_and_every_kind_of_fault_is_met_or_cannot_be() {
    let summary = simulated();
    println!("{summary}{}", summary.pairs);
    let silent: Vec<_> =
        summary.counts.rows().filter(|row| row.0 == "fault" && row.2 == 0).collect();
    assert_eq!(silent, [], "kinds of faults that never occurred");

    let walks = modelled();
    let impossible: BTreeSet<Pair> = excluded(&walks).into_iter().collect();
    let listed = |kind| -> BTreeSet<Pair> {
        GAPS.iter().filter(|gap| gap.kind == kind).flat_map(|gap| gap.pairs()).collect()
    };
    let (never, seldom) = (listed(Kind::Never), listed(Kind::Seldom));
    let apart = listed(Kind::Apart);
    let unmet: BTreeSet<Pair> = summary.pairs.unmet().into_iter().collect();
    println!(
        "{} pairs: {} met, {} excluded by the model check; with a reason {} never, {} seldom, {} apart",
        all().len(),
        all().len() - unmet.len(),
        impossible.len(),
        never.len(),
        seldom.len(),
        apart.len(),
    );
    let mut faults = String::new();
    let mut fault = |what: &str, pairs: Vec<&Pair>| {
        if !pairs.is_empty() {
            faults += &format!("{what}: {pairs:#?}\n");
        }
    };
    let known =
        |pair: &&Pair| ![&impossible, &never, &seldom, &apart].iter().any(|s| s.contains(*pair));
    fault("no seed met it and nothing excludes it", unmet.iter().filter(known).collect());
    let unreachable = never.iter().chain(&impossible).chain(&apart);
    let met = |pair: &&Pair| !unmet.contains(*pair);
    fault("called unreachable, and met", unreachable.filter(met).collect());
    // What the simulation does not meet, a walk does; or the walks exclude it, and then no reason
    // in words is needed. What no walk brings together needs one.
    let walked = |pair: &&Pair| walks.iter().any(|walk| walk.count(**pair) > 0);
    let by_hand = never.iter().chain(&seldom);
    fault("listed by hand, and no walk meets it", by_hand.filter(|pair| !walked(pair)).collect());
    let brought = |pair: &&Pair| walked(pair) || impossible.contains(*pair);
    fault("called apart, and a walk brings it together", apart.iter().filter(brought).collect());
    assert!(faults.is_empty(), "{faults}");
}
