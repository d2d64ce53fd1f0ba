//! Limits: what a wallet pays at once, what a shop takes in a day, what one payer pays there.
//!
//! A scenario begins at nine in the morning in Tokyo, so its day ends after fifteen hours.

use noren_sim::scenario::check;

#[test]
fn a_wallet_pays_no_more_at_once_than_its_largest_payment() {
    check(
        "
        0s   operator limits alipayplus payment JPY 1000    -> done
        1s   merchant pay O1 JPY 1001 key=K1                -> refused wallet-over-limit, key burned
        2s   merchant pay O1 JPY 1000 key=K2                -> P1 authorising, ask R1
        3s   operator limits alipayplus payment JPY nothing -> done
        4s   merchant pay O2 JPY 90000 key=K3 code=C2       -> P2 authorising, ask R2
        5s   operator limits alipayplus payment JPY -1      -> refused directory-limit
        ",
    );
}

#[test]
fn the_largest_payment_is_in_what_the_wallet_owes_and_the_payer_is_told_with_the_rate() {
    check(
        "
        0s   noren quote takayama receive JPY 1200          -> Q1 CNY 58.95 for JPY 1200
        1s   operator limits noren payment CNY 58.94        -> done
        2s   noren quote takayama receive JPY 1200          -> refused wallet-over-limit
        3s   noren reserve W1 takayama JPY 1200 quote=Q1    -> refused wallet-over-limit, key burned
        4s   merchant order O1 JPY 1200 key=K1 wallet=noren -> refused wallet-over-limit, key burned
        5s   operator limits noren payment CNY 58.95        -> done
        6s   noren reserve W1 takayama JPY 1200 quote=Q1    -> refused wallet-over-limit, replayed
        7s   noren reserve W2 takayama JPY 1200 quote=Q1    -> P1 authorising
        ",
    );
}

#[test]
fn a_shop_takes_no_more_in_a_day_than_it_may_and_the_day_ends_in_tokyo() {
    check(
        "
        0s         operator limits takayama day JPY 2000            -> done
        1s         merchant pay O1 JPY 1200 key=K1                  -> P1 authorising, ask R1
        2s         wallet approved R1                               -> P1 captured
        3s         merchant pay O2 JPY 801 key=K2 code=C2           -> refused merchant-day-limit, key burned
        4s         merchant pay O2 JPY 800 key=K3 code=C2           -> P2 authorising, ask R2
        5s         merchant pay O3 JPY 1 key=K4 code=C3             -> refused merchant-day-limit, key burned
        6s         merchant pay O4 JPY 900 key=K5 code=C4 as=kanazawa -> P3 authorising, ask R3
        7s         wallet declined R2                               -> P2 declined
        8s         merchant pay O3 JPY 800 key=K6 code=C3           -> P4 authorising, ask R4
        9s         merchant pay O3 JPY 801 key=K4 code=C5           -> refused key-reused
        10s        wallet approved R4                               -> P4 captured
        53999999ms merchant pay O5 JPY 1 key=K7 code=C6             -> refused merchant-day-limit, key burned
        54000s     merchant pay O5 JPY 2000 key=K8 code=C7          -> P5 authorising, ask R5
        ",
    );
}

#[test]
fn what_is_in_doubt_counts_and_what_went_back_does_not() {
    check(
        "
        0s   operator limits takayama day JPY 1200        -> done
        0s   merchant pay O1 JPY 1200 key=K1              -> P1 authorising, ask R1
        1s   wallet silent R1                             -> P1 in_doubt
        2s   merchant pay O2 JPY 1 key=K2 code=C2         -> refused merchant-day-limit, key burned
        7s   merchant cancel P1 key=K3                    -> P1 reversing, cancel R1
        8s   merchant pay O2 JPY 1 key=K4 code=C2         -> refused merchant-day-limit, key burned
        9s   wallet cancelled R1                          -> P1 reversed
        10s  merchant pay O2 JPY 1200 key=K5 code=C2      -> P2 authorising, ask R2
        ",
    );
}

#[test]
fn a_refund_makes_no_room_in_the_day() {
    check(
        "
        0s   operator limits takayama day JPY 1200        -> done
        0s   merchant pay O1 JPY 1200 key=K1              -> P1 authorising, ask R1
        1s   wallet approved R1                           -> P1 captured
        2s   merchant refund P1 JPY 1200 key=K2           -> P1 captured, F1 requested, refund F1
        3s   wallet refunded F1                           -> P1 captured, F1 refunded
        4s   merchant pay O2 JPY 1 key=K3 code=C2         -> refused merchant-day-limit, key burned
        ",
    );
}

#[test]
fn a_hold_counts_whole_and_then_as_far_as_it_was_captured() {
    check(
        "
        0s   operator limits takayama day JPY 1000        -> done
        0s   merchant pay O1 JPY 1000 key=K1 hold         -> P1 authorising, hold R1
        1s   wallet held R1                               -> P1 authorised
        2s   merchant capture P1 JPY 300 key=K2           -> P1 capturing, G1 requested, capture G1
        3s   wallet captured G1                           -> P1 authorised, G1 captured
        4s   merchant pay O2 JPY 1 key=K3 code=C2         -> refused merchant-day-limit, key burned
        5s   merchant void P1 key=K4                      -> P1 voiding, void R1
        6s   wallet cancelled R1                          -> P1 captured
        7s   merchant pay O2 JPY 701 key=K5 code=C2       -> refused merchant-day-limit, key burned
        8s   merchant pay O2 JPY 700 key=K6 code=C2       -> P2 authorising, ask R2
        ",
    );
}

#[test]
fn a_code_that_waits_counts_nothing_until_a_wallet_comes() {
    check(
        "
        0s   operator limits takayama day JPY 1200           -> done
        0s   merchant show O1 JPY 1200 key=K1                -> P1 waiting_for_payer
        1s   alipayplus reserve W1 takayama JPY 1200         -> P2 authorising
        2s   alipayplus reserve W2 P1 JPY 1200               -> refused merchant-day-limit, key burned
        3s   alipayplus fail P2                              -> P2 declined
        4s   alipayplus reserve W3 P1 JPY 1200               -> P1 authorising
        ",
    );
}

#[test]
fn what_a_push_rail_credits_counts_and_cannot_be_refused() {
    check(
        "
        0s   operator limits takayama day JPY 1200           -> done
        1s   rail credits T1 takayama JPY 1300               -> P1 captured
        2s   merchant pay O1 JPY 1 key=K1                    -> refused merchant-day-limit, key burned
        3s   rail credits T2 takayama JPY 100                -> P2 captured
        ",
    );
}

#[test]
fn a_payer_pays_no_more_at_one_shop_in_a_day_than_one_payer_may() {
    check(
        "
        0s      operator limits takayama payer JPY 2000                    -> done
        1s      alipayplus reserve W1 takayama JPY 1200 payer=mei          -> P1 authorising
        2s      alipayplus confirm P1 JPY 1200                             -> P1 captured
        3s      alipayplus reserve W2 takayama JPY 801 payer=mei           -> refused payer-day-limit, key burned
        4s      alipayplus reserve W3 takayama JPY 2000 payer=jun          -> P2 authorising
        5s      alipayplus reserve W4 kanazawa JPY 2000 payer=mei          -> P3 authorising
        6s      alipayplus reserve W5 takayama JPY 2000                    -> P4 authorising
        7s      alipayplus reserve W6 takayama JPY 800 payer=mei           -> P5 authorising
        8s      alipayplus fail P5                                         -> P5 declined
        9s      merchant show O1 JPY 800 key=K1                            -> P6 waiting_for_payer
        10s     alipayplus reserve W7 P6 JPY 800 payer=mei                 -> P6 authorising
        11s     alipayplus reserve W7 P6 JPY 800 payer=jun                 -> P6 authorising, replayed
        12s     alipayplus reserve W8 takayama JPY 1 payer=mei             -> refused payer-day-limit, key burned
        13s     merchant pay O2 JPY 1200 key=K2                            -> P7 authorising, ask R7
        54000s  alipayplus reserve W9 takayama JPY 2000 payer=mei          -> P8 authorising
        ",
    );
}

#[test]
fn a_payer_counts_from_the_time_at_which_a_shop_limits_payers() {
    check(
        "
        0s   alipayplus reserve W1 takayama JPY 1200 payer=mei           -> P1 authorising
        1s   operator limits takayama payer JPY 1000                     -> done
        2s   alipayplus reserve W2 takayama JPY 1000 payer=mei           -> P2 authorising
        3s   alipayplus reserve W3 takayama JPY 1 payer=mei              -> refused payer-day-limit, key burned
        4s   operator limits takayama payer JPY nothing                  -> done
        5s   alipayplus reserve W4 takayama JPY 5000 payer=mei           -> P3 authorising
        6s   operator limits takayama day JPY -1                         -> refused directory-limit
        ",
    );
}
