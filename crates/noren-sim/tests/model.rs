//! Every state of one payment: nothing breaks, all has an exit, and the page says what follows what.

use noren_sim::model::{Explored, Setting, explore, page};

/// Two at a time.
fn search(settings: &[Setting]) -> Vec<(Setting, Explored)> {
    let one = |setting: &Setting| match explore(setting) {
        Ok(explored) => (*setting, explored),
        Err(unsound) => panic!("{}: {unsound}", setting.name()),
    };
    let pair = |pair: &[Setting]| {
        std::thread::scope(|scope| {
            let running: Vec<_> =
                pair.iter().map(|setting| scope.spawn(move || one(setting))).collect();
            let found = running.into_iter().map(|search| search.join());
            found.map(|found| found.expect("what was found is printed")).collect::<Vec<_>>()
        })
    };
    settings.chunks(2).flat_map(pair).collect()
}

/// The page of the state graph. After a wanted change: `UPDATE_GOLDEN=1 cargo test --release -p
/// noren-sim --test model`, then read the difference.
#[test]
fn every_state_is_sound_has_an_exit_and_stands_on_the_page() {
    let searches = search(&Setting::all());
    for (setting, found) in &searches {
        let Explored { states, edges, depth, at_rest, .. } = found;
        println!(
            "{:44} {states:6} states {edges:7} steps, depth {depth}, {at_rest} at rest",
            setting.name()
        );
    }
    let text = page(&searches);
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
         after a wanted change: UPDATE_GOLDEN=1 cargo test --release -p noren-sim --test model"
    );
}

/// A check that finds nothing may be looking nowhere. These mistakes show in one payment; the
/// others need a repeated key, a second delivery of the same notice, or more than one payment.
#[cfg(feature = "faults")]
#[test]
fn planted_faults_that_one_payment_can_show_are_found() {
    use noren_core::fault::Fault;
    use noren_core::wallet::FxBy;
    use noren_sim::model::Start;

    // Panics of the engine are findings here; their words come with what was found.
    std::panic::set_hook(Box::new(|_| {}));
    let mut missed = Vec::new();
    for (name, fault) in Fault::ALL {
        let setting = Setting { plant: Some(*fault), ..Setting::new(Start::Cpm, FxBy::Switch) };
        match explore(&setting) {
            Err(unsound) => {
                println!("{name:24} {}: {}, {:?}", unsound.invariant, unsound.what, unsound.trail);
            }
            Ok(_) => missed.push(*name),
        }
    }
    // A repeated key, a second order, caps and limits, a withdrawn number and holds are not in this alphabet, and
    // one payment asks too little for its budget; the simulation finds these.
    missed.sort_unstable();
    let elsewhere = [
        "budget-ignored",
        "cap-forgotten",
        "capture-bound-forgotten",
        "code-reused",
        "day-limit-forgotten",
        "key-forgotten",
        "key-unbound",
        "quote-stale",
        "tenant-unchecked",
        "tombstone-forgotten",
        "void-assumed",
    ];
    assert_eq!(missed, elsewhere);
}
