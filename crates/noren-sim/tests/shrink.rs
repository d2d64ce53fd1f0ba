//! A failing run is made small, and the small one fails in the same way.
#![cfg(feature = "faults")]

use noren_core::fault::Fault;
use noren_sim::shrink::shrink;
use noren_sim::{Options, run};

#[test]
fn a_failing_run_becomes_small_and_still_fails() {
    std::panic::set_hook(Box::new(|_| {}));
    for fault in [Fault::CancelAssumed, Fault::KeyForgotten, Fault::RefundBoundForgotten] {
        let options = Options { plant: Some(fault), ..Options::default() };
        let found = (0..60).find_map(|seed| run(seed, &options).err()).expect("it is found");
        let small = shrink(&options, &found);
        println!(
            "{fault:?}: step {} of {}, then step {} of {} after {} runs\n  {}",
            found.step,
            options.steps,
            small.violation.step,
            small.options.steps,
            small.runs,
            small.violation.command,
        );
        assert_eq!(run(found.seed, &small.options).unwrap_err(), small.violation);
        assert_eq!(small.violation.invariant, found.invariant);
        assert!(small.options.steps <= found.step && small.options.steps < options.steps);
        assert!(small.options.calm.len() > 5, "kinds of faults that do not matter are left out");
        // Without the mistake the small run is a good one: it is the mistake that was found.
        assert!(run(found.seed, &Options { plant: None, ..small.options }).is_ok());
    }
}

#[test]
fn the_command_says_everything_that_the_options_say() {
    let mut options = Options { steps: 12, one_shop: true, ..Options::default() };
    options.leave_out("lose").unwrap();
    options.leave_out("crash-idle").unwrap();
    options.plant_named("key-forgotten").unwrap();
    assert_eq!(
        options.command(7),
        "cargo run --release -p noren --features noren-sim/faults -- sim --start 7 --seeds 1 \
         --steps 12 --without lose,crash-idle --one-shop --break key-forgotten"
    );
    assert!(options.leave_out("rain").is_err());
    assert!(options.plant_named("rain").is_err());
}
