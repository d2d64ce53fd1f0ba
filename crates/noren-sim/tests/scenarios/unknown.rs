//! For how long nobody knew: recorded for each payment, capture, void and refund (I10).

use noren_sim::scenario::check;

#[test]
fn i10_a_payment_that_is_answered_in_time_was_never_in_doubt() {
    check(
        "0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         9s doubt P1                        -> 0s
         9s wallet approved R1              -> P1 captured
         9s doubt P1                        -> 0s",
    );
}

#[test]
fn i10_doubt_begins_when_an_answer_is_due_and_ends_with_a_definite_word() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         13s doubt P1                        -> 3s and running
         14s wallet pending R1               -> P1 in_doubt
         17s wallet approved R1              -> P1 captured
         99s doubt P1                        -> 7s",
    );
}

#[test]
fn i10_an_answer_that_decides_nothing_begins_the_doubt_at_once() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         2s  wallet unsure R1                -> P1 in_doubt
         7s  wallet declined R1              -> P1 declined
         99s doubt P1                        -> 5s",
    );
}

#[test]
fn i10_undoing_is_doubt_until_it_is_known_what_stands() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant cancel P1 key=K2       -> P1 reversing
         6s  clock                           -> P1 reversing, cancel R1
         8s  wallet too_late R1              -> P1 reversing, X1 returning, refund F1, alarm stray
         20s doubt P1                        -> 7s
         20s wallet silent F1                -> P1 reversing
         30s wallet refunded F1              -> P1 reversed, X1 returned
         99s doubt P1                        -> 7s
         99s doubt F1                        -> 10s",
    );
}

#[test]
fn i10_refunds_have_a_clock_of_their_own_and_without_funds_it_stands() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1   -> P1 authorising, ask R1
         1s  wallet approved R1                -> P1 captured
         2s  merchant refund P1 JPY 600 key=K2 -> P1 captured, F1 requested, refund F1
         3s  wallet silent F1                  -> P1 captured, F1 in_doubt
         8s  wallet no_funds F1                -> P1 captured, F1 waiting_for_funds
         12s clock                             -> P1 captured, refund F1
         13s wallet silent F1                  -> P1 captured, F1 in_doubt
         15s wallet refunded F1                -> P1 captured, F1 refunded
         99s doubt F1                          -> 7s
         99s doubt P1                          -> 0s",
    );
}

#[test]
fn i10_a_refund_that_nobody_answers_is_in_doubt_from_the_second_asking_on() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1   -> P1 authorising, ask R1
         1s  wallet approved R1                -> P1 captured
         2s  merchant refund P1 JPY 600 key=K2 -> P1 captured, F1 requested, refund F1
         12s clock                             -> P1 captured, refund F1
         15s wallet refunded F1                -> P1 captured, F1 refunded
         99s doubt F1                          -> 3s",
    );
}

#[test]
fn i10_captures_and_voids_have_clocks_of_their_own() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 wallet=noren hold -> P1 authorising, hold R1
         1s  wallet held R1                                    -> P1 authorised
         2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet silent G1                   -> P1 capturing, G1 in_doubt
         5s  wallet captured G1                 -> P1 authorised, G1 captured
         6s  merchant void P1 key=K3            -> P1 voiding, void R1
         9s  doubt P1 void                      -> 3s and running
         10s wallet cancelled R1                -> P1 captured
         99s doubt P1 void                      -> 4s
         99s doubt G1                           -> 2s
         99s doubt P1                           -> 0s",
    );
}
