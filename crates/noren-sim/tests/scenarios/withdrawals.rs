//! Cancel by order number: "let this order not stand", whatever we know of it.

use noren_sim::scenario::check;

#[test]
fn i04_a_number_that_nobody_knows_is_withdrawn_for_a_payment_that_comes_too_late() {
    check(
        "0s  merchant withdraw O1 key=K1           -> order O1 withdrawn
         1s  merchant pay O1 JPY 1200 key=K2       -> refused order-withdrawn, key burned
         2s  merchant show O1 JPY 1200 key=K3      -> refused order-withdrawn, key burned
         3s  merchant order O1 JPY 1200 key=K4 wallet=noren -> refused order-withdrawn, key burned
         4s  merchant withdraw O1 key=K1           -> order O1 withdrawn, replayed
         5s  merchant withdraw O1 key=K5           -> order O1 withdrawn
         6s  merchant withdraw O2 key=K1           -> refused key-reused
         7s  merchant pay O1 JPY 1200 key=K2       -> refused order-withdrawn, replayed
         720h merchant pay O1 JPY 1200 key=K6      -> refused order-withdrawn, key burned",
    );
}

#[test]
fn i12_a_number_is_each_merchants_own() {
    check(
        "0s merchant withdraw O1 key=K1 as=kanazawa  -> order O1 withdrawn
         1s merchant pay O1 JPY 1200 key=K1          -> P1 authorising, ask R1
         2s wallet approved R1                       -> P1 captured
         3s merchant withdraw O1 key=K2 as=kanazawa  -> order O1 withdrawn
         4s merchant withdraw O1 key=K2 tenant=kaga  -> refused not-allowed",
    );
}

#[test]
fn an_order_whose_payer_has_not_come_is_withdrawn_with_its_code() {
    check(
        "0s merchant show O1 JPY 1200 key=K1  -> P1 waiting_for_payer
         1s merchant withdraw O1 key=K2       -> order O1 withdrawn, P1 cancelled
         2s noren resolve P1                  -> refused order-closed
         3s merchant show O1 JPY 1200 key=K3  -> refused order-withdrawn, key burned
         4s merchant show O1 JPY 1200 key=K1  -> P1 cancelled, replayed
         5s merchant withdraw O1 key=K2       -> order O1 withdrawn, P1 cancelled, replayed",
    );
}

#[test]
fn i06_an_order_that_a_wallet_was_asked_for_is_undone_with_it() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant withdraw O1 key=K2     -> order O1 withdrawn, P1 reversing
         6s  clock                           -> P1 reversing, cancel R1
         7s  wallet approved R1              -> P1 reversing, evidence kept
         8s  wallet cancelled R1             -> P1 reversed
         9s  merchant pay O1 JPY 1200 key=K3 code=C2 -> refused order-withdrawn, key burned
         end ledger                          -> every account 0",
    );
}

#[test]
fn i06_an_order_in_doubt_is_undone_and_a_web_order_is_closed() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s merchant withdraw O1 key=K2     -> order O1 withdrawn, P1 reversing, cancel R1
         12s wallet too_late R1              -> P1 reversing, X1 returning, refund F1, alarm stray
         13s merchant withdraw O1 key=K3     -> order O1 withdrawn, P1 reversing
         14s wallet refunded F1              -> P1 reversed, X1 returned
         20s merchant order O2 JPY 700 key=K4 wallet=noren -> P2 created, order R2
         21s wallet ordered R2               -> P2 waiting_for_payer
         22s merchant withdraw O2 key=K5     -> order O2 withdrawn, P2 reversing
         26s clock                           -> P2 reversing, cancel R2
         27s wallet cancelled R2             -> P2 cancelled
         end ledger                          -> every account 0",
    );
}

#[test]
fn an_order_that_ended_unpaid_is_withdrawn_and_nothing_else_happens() {
    check(
        "0s merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
         1s wallet declined R1                      -> P1 declined
         2s merchant withdraw O1 key=K2             -> order O1 withdrawn, P1 declined
         3s merchant pay O1 JPY 1200 key=K3 code=C2 -> refused order-withdrawn, key burned",
    );
}

#[test]
fn i09_what_was_captured_of_a_withdrawn_order_goes_back() {
    check(
        "0s merchant pay O1 JPY 1000 key=K1    -> P1 authorising, ask R1
         1s wallet approved R1                 -> P1 captured
         2s merchant refund P1 JPY 300 key=K2  -> P1 captured, F1 requested, refund F1
         3s merchant withdraw O1 key=K3        -> order O1 withdrawn, P1 captured, F2 requested, refund F2
         4s wallet refunded F1                 -> P1 captured, F1 refunded
         5s wallet declined F2                 -> P1 captured, F2 declined
         6s merchant withdraw O1 key=K3        -> order O1 withdrawn, P1 captured, replayed
         7s merchant withdraw O1 key=K4        -> order O1 withdrawn, P1 captured, F3 requested, refund F3
         8s merchant withdraw O1 key=K5        -> order O1 withdrawn, P1 captured
         9s wallet refunded F3                 -> P1 captured, F3 refunded
         end ledger -> takayama merchant_payable JPY 15, hida-shinkumi fee JPY -9, switch fee JPY -6",
    );
}

#[test]
fn a_hold_is_released_and_its_captured_parts_go_back() {
    check(
        "0s merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s wallet held R1                       -> P1 authorised
         2s merchant capture P1 JPY 400 key=K2   -> P1 capturing, G1 requested, capture G1
         3s wallet captured G1                   -> P1 authorised, G1 captured
         4s merchant withdraw O1 key=K3          -> order O1 withdrawn, P1 voiding, F1 requested, void R1, refund F1
         5s wallet cancelled R1                  -> P1 captured
         6s wallet refunded F1                   -> P1 captured, F1 refunded
         7s merchant withdraw O1 key=K4          -> order O1 withdrawn, P1 captured
         20s merchant pay O2 JPY 500 key=K5 hold code=C2 -> P2 authorising, hold R2
         21s wallet held R2                      -> P2 authorised
         22s merchant withdraw O2 key=K6         -> order O2 withdrawn, P2 voiding, void R2
         23s wallet cancelled R2                 -> P2 voided",
    );
}

#[test]
fn a_capture_that_runs_is_known_before_all_of_the_hold_goes_back() {
    check(
        "0s merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s wallet held R1                       -> P1 authorised
         2s merchant capture P1 JPY 400 key=K2   -> P1 capturing, G1 requested, capture G1
         3s wallet captured G1                   -> P1 authorised, G1 captured
         4s merchant capture P1 JPY 100 key=K3   -> P1 capturing, G2 requested, capture G2
         5s merchant withdraw O1 key=K4          -> order O1 withdrawn, P1 capturing
         6s merchant void P1 key=K5              -> P1 capturing
         7s wallet captured G2                   -> P1 voiding, G2 captured, F1 requested, void R1, refund F1
         8s wallet refunded F1                   -> P1 voiding, F1 refunded
         9s wallet cancelled R1                  -> P1 captured
         20s merchant pay O2 JPY 500 key=K6 hold code=C2 -> P2 authorising, hold R2
         21s wallet held R2                      -> P2 authorised
         22s merchant capture P2 JPY 500 key=K7  -> P2 capturing, G3 requested, capture G3
         23s merchant withdraw O2 key=K8         -> order O2 withdrawn, P2 capturing
         24s wallet declined G3                  -> P2 voiding, G3 declined, void R2
         25s wallet cancelled R2                 -> P2 voided",
    );
}

#[test]
fn what_a_payment_by_id_refuses_by_number_is_done() {
    check(
        "0s merchant pay O1 JPY 1000 key=K1 -> P1 authorising, ask R1
         1s wallet approved R1              -> P1 captured
         2s merchant cancel P1 key=K2       -> refused payment-captured, key burned
         3s merchant withdraw O1 key=K3     -> order O1 withdrawn, P1 captured, F1 requested, refund F1
         4s wallet refunded F1              -> P1 captured, F1 refunded",
    );
}

#[test]
fn i09_a_till_that_may_not_give_back_withdraws_what_is_not_paid_and_nothing_else() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1           -> P1 authorising, ask R1
         1s  wallet approved R1                        -> P1 captured
         2s  merchant withdraw O1 unpaid key=K2        -> refused payment-captured, key burned
         3s  merchant withdraw O1 unpaid key=K2        -> refused payment-captured, replayed
         4s  merchant withdraw O1 key=K2               -> refused key-reused
         5s  merchant withdraw O2 unpaid key=K3        -> order O2 withdrawn
         6s  merchant pay O2 JPY 700 key=K4            -> refused order-withdrawn, key burned
         7s  merchant pay O3 JPY 700 key=K5 code=C3    -> P2 authorising, ask R2
         8s  merchant withdraw O3 unpaid key=K6        -> order O3 withdrawn, P2 reversing
         13s clock                                     -> P2 reversing, cancel R2
         14s wallet cancelled R2                       -> P2 reversed",
    );
}

#[test]
fn i09_of_a_hold_such_a_till_releases_what_nothing_was_taken_of() {
    check(
        "0s merchant pay O1 JPY 1000 hold key=K1       -> P1 authorising, hold R1
         1s wallet held R1                             -> P1 authorised
         2s merchant capture P1 JPY 400 key=K2         -> P1 capturing, G1 requested, capture G1
         3s merchant withdraw O1 unpaid key=K3         -> refused capture-running, key burned
         4s wallet captured G1                         -> P1 authorised, G1 captured
         5s merchant withdraw O1 unpaid key=K4         -> refused payment-captured, key burned
         6s merchant pay O2 JPY 500 hold key=K5 code=C2 -> P2 authorising, hold R2
         7s wallet held R2                             -> P2 authorised
         8s merchant withdraw O2 unpaid key=K6         -> order O2 withdrawn, P2 voiding, void R2",
    );
}
