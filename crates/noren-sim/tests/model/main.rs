//! Every state of one payment: nothing breaks, all has an exit, the page says what follows what, and
//! the simulation meets what it must.

mod coverage;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use noren_sim::model::{Explored, Setting, explore, page};

/// All walks in their order, two at a time, once for all tests.
fn walks() -> &'static [(Setting, Explored)] {
    static WALKS: OnceLock<Vec<(Setting, Explored)>> = OnceLock::new();
    WALKS.get_or_init(|| search(&Setting::all()))
}

fn search(settings: &[Setting]) -> Vec<(Setting, Explored)> {
    let next = AtomicUsize::new(0);
    let half = || {
        let mut found = Vec::new();
        while let Some((place, setting)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, settings.get(n)?)))
        {
            match explore(setting) {
                Ok(explored) => found.push((place, *setting, explored)),
                Err(unsound) => panic!("{}: {unsound}", setting.name()),
            }
        }
        found
    };
    let mut found = std::thread::scope(|scope| {
        let other = scope.spawn(half);
        let mut found = half();
        found.extend(other.join().expect("what was found is printed"));
        found
    });
    found.sort_by_key(|(place, ..)| *place);
    found.into_iter().map(|(_, setting, explored)| (setting, explored)).collect()
}

/// The page of the state graph. After a wanted change: `UPDATE_GOLDEN=1 cargo test -p
/// noren-sim --test model`, then read the difference.
#[test]
fn every_state_is_sound_has_an_exit_and_stands_on_the_page() {
    let searches = walks();
    for (setting, found) in searches {
        let Explored { states, edges, depth, at_rest, .. } = found;
        println!(
            "{:50} {states:6} states {edges:7} steps, depth {depth}, {at_rest} at rest",
            setting.name()
        );
    }
    let text = page(searches);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/payment-states.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    let changed: Vec<&str> =
        text.lines().filter(|line| !published.lines().any(|known| known == *line)).collect();
    assert!(
        published == text,
        "docs/payment-states.md is not current: {changed:#?}\n\
         after a wanted change: UPDATE_GOLDEN=1 cargo test -p noren-sim --test model"
    );
}

/// A check that finds nothing may be looking nowhere. These mistakes show in one payment or credit;
/// the others need a repeated key, a second delivery of the same notice, or more than one payment.
#[cfg(feature = "faults")]
#[test]
fn planted_faults_that_one_payment_can_show_are_found() {
    use noren_core::fault::Fault;
    use noren_core::wallet::FxBy;
    use noren_sim::model::Start;

    // Panics of the engine are findings here; their words come with what was found.
    std::panic::set_hook(Box::new(|_| {}));
    // Each fault where it would show first.
    let walk = |fault: &Fault| match fault {
        Fault::VoidAssumed | Fault::CaptureBoundForgotten | Fault::CaptureSilenceIsNo => {
            Setting::new(Start::Captures, FxBy::Switch)
        }
        Fault::HoldKept => Setting::new(Start::Partly, FxBy::Switch),
        Fault::TombstoneForgotten => Setting::new(Start::Withdrawn, FxBy::Switch),
        Fault::OrderExpiryAssumed => Setting::new(Start::Order, FxBy::Switch),
        Fault::CreditRepeated => Setting::new(Start::Rail, FxBy::Wallet),
        Fault::ClaimUnbooked => Setting::new(Start::Claim, FxBy::Switch),
        _ => Setting::new(Start::Cpm, FxBy::Switch),
    };
    let mut missed = Vec::new();
    for (name, fault) in Fault::ALL {
        match explore(&Setting { plant: Some(*fault), ..walk(fault) }) {
            Err(unsound) => {
                println!("{name:24} {}: {}, {:?}", unsound.invariant, unsound.what, unsound.trail);
            }
            Ok(_) => missed.push(*name),
        }
    }
    // A repeated key, a second order, caps, limits and another tenant are in no alphabet, and one payment
    // asks too little for its wallet's budget; the simulation finds these.
    missed.sort_unstable();
    let elsewhere = [
        "budget-ignored",
        "cap-forgotten",
        "code-reused",
        "day-limit-forgotten",
        "key-forgotten",
        "key-unbound",
        "quote-stale",
        "settlement-remainder-lost",
        "tenant-unchecked",
    ];
    assert_eq!(missed, elsewhere);
}
