//! What the simulation must have met: every pair of a state and a statement that can be, and every
//! kind of fault.

use std::sync::atomic::{AtomicU64, Ordering};

use noren_sim::coverage::{GAPS, Pair, Pairs, all, apart};
use noren_sim::{Options, Summary, run};

const SEEDS: u64 = 500;
const STEPS: u64 = 2_000;
/// What these seeds met no more often than this, others might not have met.
const SELDOM: u64 = 10;
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
    let (unmet, kept) = (summary.pairs.unmet(), apart(&walks));
    let simulated = |pair: &Pair| !unmet.contains(pair);
    let walked = |pair: &Pair| walks.iter().any(|walk| walk.count(*pair) > 0);
    let listed: Vec<Pair> = GAPS.iter().flat_map(|gap| gap.pairs()).collect();
    let count = |is: &dyn Fn(&Pair) -> bool| all().iter().filter(|pair| is(pair)).count();
    println!(
        "{} pairs: {} met by the simulation, {} by a walk alone, {} kept apart by a walk, {} with a reason",
        all().len(),
        count(&simulated),
        count(&|pair| walked(pair) && !simulated(pair)),
        count(&|pair| !simulated(pair) && kept.contains(pair)),
        listed.len(),
    );
    let open = |pair: &Pair| !simulated(pair) && !walked(pair) && !kept.contains(pair);
    let unlisted: Vec<Pair> =
        all().into_iter().filter(|pair| open(pair) && !listed.contains(pair)).collect();
    assert_eq!(unlisted, [], "pairs that nothing meets, and coverage/gaps.rs has no reason");
    let often: Vec<&Pair> = listed
        .iter()
        .filter(|pair| summary.pairs.count(**pair) > SELDOM || !all().contains(pair))
        .collect();
    assert!(
        often.is_empty(),
        "pairs with a reason why nothing meets them, which are met: {often:?}"
    );
}
