//! Holds: authorise now, capture later, void the rest. Each outcome of asking, and of releasing.

use noren_sim::scenario::check;

/// One payment of JPY 1000 that is held at the wallet that converts by itself.
fn held(rest: &str) {
    check(&format!(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  wallet held R1                       -> P1 authorised
         {rest}"
    ));
}

#[test]
fn a_hold_books_nothing_until_it_is_captured() {
    held(
        "2s  ledger                            -> every account 0
         3s  merchant refund P1 JPY 10 key=K2  -> refused payment-not-captured, key burned
         4s  merchant capture P1 JPY 1000 key=K3 -> P1 capturing, G1 requested, capture G1
         5s  ledger                            -> every account 0
         6s  wallet captured G1                -> P1 captured, G1 captured
         7s  ledger                            -> alipayplus wallet_receivable JPY 1000, alipayplus fee JPY -15, takayama merchant_payable JPY -970, hida-shinkumi fee JPY -9, switch fee JPY -6
         8s  wallet captured G1                -> P1 captured
         9s  merchant void P1 key=K4           -> P1 captured
         10s merchant pay O1 JPY 1000 key=K5 code=C2 -> refused order-paid, key burned",
    );
}

#[test]
fn a_hold_is_declined_like_any_payment() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  wallet declined R1                   -> P1 declined
         2s  merchant capture P1 JPY 10 key=K2    -> refused payment-not-held, key burned
         3s  merchant pay O1 JPY 1000 key=K3 hold code=C2 -> P2 authorising, hold R2",
    );
}

#[test]
fn i10_a_hold_in_doubt_is_inquired_of_and_a_yes_holds() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         8s  wallet silent R1                     -> P1 in_doubt
         9s  merchant capture P1 JPY 10 key=K2    -> refused payment-in-doubt, key burned
         10s clock                                -> P1 in_doubt, inquire R1
         11s wallet held R1                       -> P1 authorised
         12s wallet held R1 notice                -> P1 authorised
         13s wallet held R1 JPY 999 notice        -> P1 authorised, evidence kept, alarm state",
    );
}

#[test]
fn i10_a_hold_in_doubt_ends_by_a_no() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         10s clock                                -> P1 in_doubt, inquire R1
         11s wallet declined R1                   -> P1 declined
         end ledger                               -> every account 0",
    );
}

#[test]
fn i10_a_hold_of_which_nobody_speaks_is_cancelled_at_the_ladders_end() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         10s clock -> P1 in_doubt, inquire R1
         20s clock -> P1 in_doubt, inquire R1
         30s clock -> P1 in_doubt, inquire R1
         40s clock -> P1 in_doubt, inquire R1
         50s clock -> P1 in_doubt, inquire R1
         60s clock -> P1 reversing, cancel R1
         61s wallet held R1      -> P1 reversing, evidence kept
         62s wallet cancelled R1 -> P1 reversed
         end ledger              -> every account 0",
    );
}

#[test]
fn what_is_held_after_a_refused_cancel_is_released_by_a_void() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  merchant cancel P1 key=K2            -> P1 reversing
         6s  clock                                -> P1 reversing, cancel R1
         7s  wallet too_late R1 bare              -> P1 reversing, inquire R1
         8s  wallet held R1                       -> P1 reversing
         13s clock                                -> P1 reversing, void R1
         14s wallet held R1                       -> P1 reversing, evidence kept
         15s wallet too_late R1 bare              -> P1 reversing, inquire R1
         16s wallet held R1                       -> P1 reversing
         36s clock                                -> P1 reversing, void R1
         37s wallet cancelled R1                  -> P1 reversed
         end ledger                               -> every account 0",
    );
}

#[test]
fn money_taken_that_was_only_to_be_held_goes_back() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  wallet approved R1                   -> P1 in_doubt, evidence kept, alarm amount
         2s  merchant cancel P1 key=K2            -> P1 reversing
         6s  clock                                -> P1 reversing, cancel R1
         7s  wallet too_late R1                   -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  wallet refunded F1                   -> P1 reversed, X1 returned
         end ledger                               -> every account 0",
    );
}

#[test]
fn a_hold_for_another_amount_is_in_doubt() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  wallet held R1 JPY 999               -> P1 in_doubt, evidence kept, alarm amount
         10s clock                                -> P1 in_doubt, inquire R1
         11s wallet held R1                       -> P1 authorised",
    );
}

#[test]
fn held_is_no_answer_to_a_payment_that_is_to_be_taken_at_once() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 -> P1 authorising, ask R1
         1s  wallet held R1                  -> P1 in_doubt, evidence kept, alarm amount
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet approved R1              -> P1 captured",
    );
}

#[test]
fn a_void_releases_what_is_held() {
    held(
        "2s  merchant void P1 key=K2      -> P1 voiding, void R1
         3s  merchant void P1 key=K2      -> P1 voiding, replayed
         4s  merchant void P1 key=K2 body=x -> refused key-reused
         5s  merchant capture P1 JPY 10 key=K3 -> refused payment-not-held, key burned
         6s  merchant pay O1 JPY 1000 key=K4 code=C2 -> refused payment-in-doubt, key burned
         7s  wallet cancelled R1          -> P1 voided
         8s  merchant void P1 key=K2      -> P1 voided, replayed
         9s  merchant void P1 key=K5      -> P1 voided
         10s merchant cancel P1 key=K6    -> P1 voided
         11s merchant capture P1 JPY 10 key=K7 -> refused payment-not-held, key burned
         12s merchant pay O1 JPY 1000 key=K8 code=C3 -> P2 authorising, ask R2
         end ledger                       -> every account 0",
    );
}

#[test]
fn a_void_is_repeated_until_it_is_answered() {
    held(
        "2s  merchant void P1 key=K2 -> P1 voiding, void R1
         3s  wallet silent R1 to=cancel -> P1 voiding
         7s  clock                   -> P1 voiding, void R1
         17s clock                   -> P1 voiding, void R1
         18s wallet approved R1      -> P1 voiding, evidence kept
         19s wallet held R1          -> P1 voiding
         20s wallet cancelled R1     -> P1 voided
         21s wallet approved R1      -> P1 voided, evidence kept, inquire R1, alarm state
         22s wallet cancelled R1 to=inquiry -> P1 voided
         end ledger                  -> every account 0",
    );
}

#[test]
fn a_merchants_cancel_of_a_hold_is_a_void() {
    held(
        "2s  merchant cancel P1 key=K2 -> P1 voiding, void R1
         3s  merchant cancel P1 key=K3 -> P1 voiding
         4s  wallet cancelled R1       -> P1 voided",
    );
}

#[test]
fn i05_a_late_success_after_a_void_is_a_stray_and_the_state_stays() {
    held(
        "2s  merchant void P1 key=K2           -> P1 voiding, void R1
         3s  wallet cancelled R1               -> P1 voided
         4s  wallet approved R1 notice         -> P1 voided, evidence kept, inquire R1, alarm state
         5s  wallet approved R1 to=inquiry     -> P1 voided, X1 returning, refund F1, alarm stray
         6s  ledger                            -> alipayplus wallet_receivable JPY 1000, switch suspense JPY -1000
         7s  wallet refunded F1                -> P1 voided, X1 returned
         end ledger                            -> every account 0",
    );
}

#[test]
fn what_is_held_for_a_payment_that_ended_is_let_go() {
    held(
        "2s  merchant void P1 key=K2        -> P1 voiding, void R1
         3s  wallet cancelled R1            -> P1 voided
         4s  wallet held R1 notice          -> P1 voided, inquire R1
         5s  wallet held R1 to=inquiry      -> P1 voided, evidence kept, void R1, alarm state
         6s  wallet cancelled R1            -> P1 voided
         14s clock                          -> P1 voided, inquire R1
         15s wallet cancelled R1 to=inquiry -> P1 voided
         60s clock                          -> nothing",
    );
}

#[test]
fn i05_a_void_refused_because_the_wallet_took_the_money_returns_it() {
    held(
        "2s  merchant void P1 key=K2   -> P1 voiding, void R1
         3s  wallet too_late R1        -> P1 voiding, X1 returning, refund F1, alarm stray
         4s  wallet approved R1 notice -> P1 voiding
         5s  wallet refunded F1        -> P1 voided, X1 returned
         end ledger                    -> every account 0",
    );
}

#[test]
fn a_void_refused_without_a_reason_asks_what_stands() {
    held(
        "2s  merchant void P1 key=K2 -> P1 voiding, void R1
         3s  wallet too_late R1 bare -> P1 voiding, inquire R1
         4s  wallet held R1          -> P1 voiding
         14s clock                   -> P1 voiding, void R1
         15s wallet too_late R1 bare -> P1 voiding, inquire R1
         16s wallet pending R1       -> P1 voiding
         55s clock                   -> P1 voiding, inquire R1
         56s wallet cancelled R1 to=inquiry -> P1 voided
         end ledger                  -> every account 0",
    );
}

#[test]
fn a_return_that_is_refused_leaves_a_claim() {
    held(
        "2s  merchant void P1 key=K2 -> P1 voiding, void R1
         3s  wallet too_late R1      -> P1 voiding, X1 returning, refund F1, alarm stray
         4s  wallet declined F1      -> P1 voiding, X1 claim, alarm claim
         end ledger                  -> alipayplus wallet_receivable JPY 1000, switch suspense JPY -1000",
    );
}

#[test]
fn at_the_end_of_its_time_what_is_left_of_a_hold_is_released() {
    check(
        "0s  operator lets alipayplus hold several for=60s -> done
         1s  merchant pay O1 JPY 1000 key=K1 hold          -> P1 authorising, hold R1
         2s  wallet held R1                                -> P1 authorised
         3s  merchant capture P1 JPY 400 key=K2            -> P1 capturing, G1 requested, capture G1
         4s  wallet captured G1                            -> P1 authorised, G1 captured
         61s clock held                                    -> nothing
         62s merchant capture P1 JPY 10 key=K3             -> refused hold-expired, key burned
         63s clock                                         -> P1 voiding, void R1
         64s wallet cancelled R1                           -> P1 captured
         65s merchant refund P1 JPY 400 key=K4             -> P1 captured, F1 requested, refund F1
         66s wallet refunded F1                            -> P1 captured, F1 refunded
         67s merchant refund P1 JPY 1 key=K5               -> refused refund-exceeds-captured, key burned
         end ledger                                        -> takayama merchant_payable JPY 5, hida-shinkumi fee JPY -3, switch fee JPY -2",
    );
}

#[test]
fn a_hold_whose_time_ends_while_a_capture_runs_waits_for_its_outcome() {
    check(
        "0s  operator lets alipayplus hold several for=60s -> done
         1s  merchant pay O1 JPY 1000 key=K1 hold          -> P1 authorising, hold R1
         2s  wallet held R1                                -> P1 authorised
         59s merchant capture P1 JPY 400 key=K2            -> P1 capturing, G1 requested, capture G1
         61s clock                                         -> nothing
         69s clock                                         -> P1 capturing, capture G1
         70s wallet captured G1                            -> P1 authorised, G1 captured
         71s clock                                         -> P1 voiding, void R1
         72s wallet cancelled R1                           -> P1 captured",
    );
}

#[test]
fn a_wallet_that_releases_by_itself_ends_the_hold() {
    held("2s  wallet cancelled R1 notice -> P1 voided");
    held(
        "2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet captured G1                 -> P1 authorised, G1 captured
         4s  wallet cancelled R1 notice         -> P1 captured",
    );
}

#[test]
fn a_till_shows_a_code_and_the_wallet_holds() {
    check(
        "0s  merchant show O1 JPY 1200 key=K1 hold           -> P1 waiting_for_payer
         1s  noren quote P1 receive JPY 1200                 -> Q1 CNY 58.95 for JPY 1200
         2s  noren reserve W1 P1 JPY 1200 quote=Q1           -> P1 authorising
         3s  noren confirm P1 CNY 58.95                      -> P1 authorised
         4s  noren confirm P1 CNY 58.95                      -> P1 authorised
         5s  noren fail P1                                   -> P1 authorised, evidence kept, alarm state
         6s  merchant capture P1 JPY 700 key=K2              -> P1 capturing, G1 requested, capture G1
         7s  wallet captured G1                              -> P1 authorised, G1 captured
         8s  merchant void P1 key=K3                         -> P1 voiding, void R1
         9s  wallet cancelled R1                             -> P1 captured
         end ledger -> noren wallet_receivable CNY 34.38, noren fee JPY -10, takayama merchant_payable JPY -681, hida-shinkumi fee JPY -5, switch fee JPY -4, switch fx_position JPY 700, switch fx_position CNY -34.38",
    );
}

#[test]
fn a_wallet_that_does_not_hold_is_refused_before_it_is_asked() {
    check(
        "0s  operator lets noren hold nothing                -> done
         1s  merchant pay O1 JPY 1200 key=K1 hold wallet=noren -> refused hold-not-offered, key burned
         2s  merchant show O2 JPY 1200 key=K2 hold           -> P1 waiting_for_payer
         3s  noren resolve P1                                -> refused hold-not-offered
         4s  noren reserve W1 P1 JPY 1200                    -> refused quote-needed, key burned
         5s  alipayplus reserve W1 P1 JPY 1200               -> P1 authorising
         6s  alipayplus confirm P1 JPY 1200                  -> P1 authorised",
    );
}

#[test]
fn i12_another_tenants_hold_does_not_exist() {
    held(
        "2s  merchant capture P1 JPY 10 key=K2 as=kanazawa -> refused payment-unknown
         3s  merchant void P1 key=K3 as=kanazawa           -> refused payment-unknown
         4s  merchant capture P1 JPY 10 key=K4             -> P1 capturing, G1 requested, capture G1
         5s  noren claims captured G1                      -> refused payment-unknown
         6s  alipayplus claims captured G1                 -> P1 authorised, G1 captured",
    );
}

#[test]
fn i07_a_hold_that_is_heard_of_late_is_not_cancelled_before_the_cancels_time() {
    check(
        "0s  operator lets alipayplus undo before=15s -> done
         0s  merchant pay O1 JPY 1200 key=K1 hold    -> P1 authorising, hold R1
         1s  wallet declined R1                      -> P1 declined
         2s  wallet held R1 notice                   -> P1 declined, inquire R1
         3s  wallet held R1 to=inquiry               -> P1 declined, evidence kept, alarm state
         14s clock                                   -> nothing
         15s clock                                   -> P1 declined, inquire R1
         16s wallet held R1 to=inquiry               -> P1 declined, evidence kept, cancel R1, alarm state
         17s wallet cancelled R1 to=inquiry          -> P1 declined
         end ledger                                  -> every account 0",
    );
}
