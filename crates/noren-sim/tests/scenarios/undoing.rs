//! Refunds carried out as the wallet's cancel, refund rules of networks, frozen money, and "there is
//! no such order" as proof.

use noren_sim::scenario::check;

/// A wallet that cancels what was paid until 00:15, and a payment of it.
fn captured(rest: &str) {
    check(&format!(
        "0s  operator lets alipayplus undo cancel=15 -> done
         0s  merchant pay O1 JPY 1000 key=K1         -> P1 authorising, ask R1
         1s  wallet approved R1                      -> P1 captured
         {rest}"
    ));
}

#[test]
fn i01_a_whole_refund_within_the_window_is_a_cancel_and_carries_no_fees() {
    captured(
        "2s  ledger -> alipayplus wallet_receivable JPY 1000, alipayplus fee JPY -15, takayama merchant_payable JPY -970, hida-shinkumi fee JPY -9, switch fee JPY -6
         3s  merchant refund P1 JPY 1000 key=K2 -> P1 captured, F1 requested, cancel F1
         4s  merchant refund P1 JPY 1 key=K3    -> refused refund-exceeds-captured, key burned
         5s  wallet refunded F1                 -> P1 captured, F1 refunded
         6s  wallet cancelled R1 notice         -> P1 captured
         7s  wallet too_late F1                 -> P1 captured
         end ledger                             -> every account 0",
    );
}

#[test]
fn i01_a_cancel_gives_back_both_currencies() {
    check(
        "0s operator lets noren undo cancel=15 -> done
         0s merchant pay O1 JPY 1000 key=K1 wallet=noren -> P1 authorising, ask R1
         1s wallet approved R1                 -> P1 captured
         2s merchant withdraw O1 key=K2        -> order O1 withdrawn, P1 captured, F1 requested, cancel F1
         3s wallet refunded F1                 -> P1 captured, F1 refunded
         end ledger                            -> every account 0",
    );
}

#[test]
fn i09_a_cancel_that_comes_too_late_becomes_a_refund_of_the_same_record() {
    captured(
        "2s  merchant refund P1 JPY 1000 key=K2 -> P1 captured, F1 requested, cancel F1
         3s  wallet too_late F1                 -> P1 captured, refund F1
         4s  wallet too_late F1                 -> P1 captured
         5s  wallet refunded F1                 -> P1 captured, F1 refunded
         end ledger -> takayama merchant_payable JPY 15, hida-shinkumi fee JPY -9, switch fee JPY -6",
    );
}

#[test]
fn i09_a_cancel_in_doubt_is_repeated_and_no_refund_leaves_before_it_is_refused() {
    captured(
        "2s  merchant refund P1 JPY 1000 key=K2 -> P1 captured, F1 requested, cancel F1
         3s  wallet silent F1                   -> P1 captured, F1 in_doubt
         12s clock                              -> P1 captured, cancel F1
         22s clock                              -> P1 captured, cancel F1
         23s wallet not_sent F1                 -> P1 captured, F1 requested
         42s clock                              -> P1 captured, cancel F1
         43s wallet processing F1               -> P1 captured, F1 in_doubt
         44s wallet refunded F1                 -> P1 captured, F1 refunded
         end ledger                             -> every account 0",
    );
}

#[test]
fn only_the_whole_of_an_untouched_payment_is_cancelled() {
    captured(
        "2s  merchant refund P1 JPY 400 key=K2 -> P1 captured, F1 requested, refund F1
         3s  merchant refund P1 JPY 600 key=K3 -> P1 captured, F2 requested, refund F2
         4s  wallet declined F1                -> P1 captured, F1 declined
         5s  wallet declined F2                -> P1 captured, F2 declined
         6s  merchant refund P1 JPY 1000 key=K4 -> P1 captured, F3 requested, cancel F3",
    );
}

#[test]
fn the_window_closes_at_a_quarter_past_the_wallets_midnight() {
    // The scenario begins at 08:00 in the wallet's zone; 8 s is what a call may take to arrive.
    captured(
        "58493s  merchant refund P1 JPY 1000 key=K2 -> P1 captured, F1 requested, cancel F1
         58494s  wallet refunded F1                 -> P1 captured, F1 refunded",
    );
    captured("58494s merchant refund P1 JPY 1000 key=K2 -> P1 captured, F1 requested, refund F1");
}

#[test]
fn no_cancel_leaves_before_the_wallet_takes_one() {
    check(
        "0s  operator lets alipayplus undo cancel=15 before=15s -> done
         0s  merchant pay O1 JPY 1000 key=K1 -> P1 authorising, ask R1
         1s  wallet approved R1              -> P1 captured
         2s  merchant refund P1 JPY 1000 key=K2 -> P1 captured, F1 requested
         14s clock                           -> nothing
         15s clock                           -> P1 captured, cancel F1
         16s wallet refunded F1              -> P1 captured, F1 refunded
         20s merchant pay O2 JPY 500 key=K3 code=C2 -> P2 authorising, ask R2
         21s merchant cancel P2 key=K4       -> P2 reversing
         34s clock                           -> nothing
         35s clock                           -> P2 reversing, cancel R2
         36s wallet cancelled R2             -> P2 reversed",
    );
}

#[test]
fn a_hold_is_refunded_and_not_cancelled() {
    check(
        "0s operator lets alipayplus undo cancel=15 -> done
         0s merchant pay O1 JPY 1000 key=K1 hold    -> P1 authorising, hold R1
         1s wallet held R1                          -> P1 authorised
         2s merchant capture P1 JPY 1000 key=K2     -> P1 capturing, G1 requested, capture G1
         3s wallet captured G1                      -> P1 captured, G1 captured
         4s merchant refund P1 JPY 1000 key=K3      -> P1 captured, F1 requested, refund F1",
    );
}

#[test]
fn a_network_with_one_refund_refuses_the_second_before_it_is_sent() {
    check(
        "0s operator lets alipayplus undo max=1 -> done
         0s merchant pay O1 JPY 1000 key=K1     -> P1 authorising, ask R1
         1s wallet approved R1                  -> P1 captured
         2s merchant refund P1 JPY 400 key=K2   -> P1 captured, F1 requested, refund F1
         3s merchant refund P1 JPY 600 key=K3   -> refused refunds-used-up, key burned
         4s wallet declined F1                  -> P1 captured, F1 declined
         5s merchant refund P1 JPY 600 key=K4   -> P1 captured, F2 requested, refund F2
         6s wallet refunded F2                  -> P1 captured, F2 refunded
         7s merchant refund P1 JPY 400 key=K5   -> refused refunds-used-up, key burned
         8s merchant withdraw O1 key=K6         -> refused refunds-used-up, key burned",
    );
}

#[test]
fn a_refund_after_the_wallets_time_is_refused_before_it_is_sent() {
    check(
        "0s   operator lets alipayplus undo days=30 -> done
         0s   merchant pay O1 JPY 1000 key=K1   -> P1 authorising, ask R1
         1s   wallet approved R1                -> P1 captured
         719h merchant refund P1 JPY 400 key=K2 -> P1 captured, F1 requested, refund F1
         719h wallet refunded F1                -> P1 captured, F1 refunded
         720h merchant refund P1 JPY 400 key=K3 -> refused refund-too-late, key burned",
    );
}

/// A wallet whose refunds have no key, and a payment of it.
fn without_a_key(rest: &str) {
    check(&format!(
        "0s  operator lets alipayplus undo proof=90s nokey -> done
         0s  merchant pay O1 JPY 1000 key=K1    -> P1 authorising, ask R1
         1s  wallet approved R1                 -> P1 captured
         2s  merchant refund P1 JPY 400 key=K2  -> P1 captured, F1 requested, refund F1
         {rest}"
    ));
}

#[test]
fn i09_without_a_key_one_refund_is_under_way_at_a_time() {
    without_a_key(
        "3s  merchant refund P1 JPY 100 key=K3  -> refused refund-running, key burned
         4s  wallet refunded F1                 -> P1 captured, F1 refunded
         5s  merchant refund P1 JPY 100 key=K4  -> P1 captured, F2 requested, refund F2 after JPY 400
         6s  wallet no_funds F2                 -> P1 captured, F2 declined
         7s  merchant refund P1 JPY 100 key=K5  -> P1 captured, F3 requested, refund F3 after JPY 400
         17s clock                              -> P1 captured, F3 in_doubt, inquire F3 after JPY 400
         18s wallet refunded F3                 -> P1 captured, F3 refunded
         19s merchant refund P1 JPY 50 key=K6   -> P1 captured, F4 requested, refund F4 after JPY 500",
    );
}

#[test]
fn i09_without_a_key_a_refund_is_inquired_of_and_never_sent_twice() {
    without_a_key(
        "12s clock                -> P1 captured, F1 in_doubt, inquire F1
         13s wallet not_found F1  -> P1 captured
         22s clock                -> P1 captured, inquire F1
         23s wallet silent F1     -> P1 captured
         42s clock                -> P1 captured, inquire F1
         43s wallet processing F1 -> P1 captured
         44s wallet refunded F1   -> P1 captured, F1 refunded",
    );
}

#[test]
fn i09_without_a_key_a_refund_that_never_came_is_sent_again_after_the_settling_time() {
    without_a_key(
        "12s  clock               -> P1 captured, F1 in_doubt, inquire F1
         22s  clock               -> P1 captured, inquire F1
         42s  clock               -> P1 captured, inquire F1
         72s  clock               -> P1 captured, inquire F1
         73s  wallet not_found F1 -> P1 captured
         112s clock               -> P1 captured, inquire F1
         113s wallet not_found F1 -> P1 captured, F1 requested
         162s clock               -> P1 captured, refund F1
         163s wallet refunded F1  -> P1 captured, F1 refunded",
    );
}

#[test]
fn without_a_key_a_refund_of_which_no_byte_left_is_sent_again() {
    without_a_key(
        "3s  wallet not_sent F1 -> P1 captured
         12s clock              -> P1 captured, refund F1
         22s clock              -> P1 captured, F1 in_doubt, inquire F1
         23s wallet not_sent F1 -> P1 captured
         32s clock              -> P1 captured, inquire F1
         43s wallet refunded F1 -> P1 captured, F1 refunded",
    );
}

#[test]
fn i06_money_that_is_frozen_is_blocked_and_the_order_is_not_charged_again() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
         1s  wallet blocked R1                       -> P1 blocked
         2s  merchant pay O1 JPY 1200 key=K2 code=C2 -> refused payment-blocked, key burned
         3s  merchant refund P1 JPY 10 key=K3        -> refused payment-blocked, key burned
         4s  merchant cancel P1 key=K4               -> P1 blocked
         5s  merchant void P1 key=K5                 -> refused payment-not-held, key burned
         6s  wallet blocked R1                       -> P1 blocked
         7s  merchant withdraw O1 key=K6             -> order O1 withdrawn, P1 blocked
         end ledger                                  -> every account 0",
    );
}

#[test]
fn i06_frozen_money_ends_a_doubt_and_what_a_refused_cancel_leaves() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet blocked R1               -> P1 blocked
         20s merchant pay O2 JPY 1200 key=K2 code=C2 -> P2 authorising, ask R2
         21s merchant cancel P2 key=K3       -> P2 reversing
         26s clock                           -> P2 reversing, cancel R2
         27s wallet blocked R2               -> P2 reversing, evidence kept
         28s wallet too_late R2 bare         -> P2 reversing, inquire R2
         29s wallet blocked R2               -> P2 blocked",
    );
}

#[test]
fn i08_what_is_captured_stays_captured_when_the_wallet_speaks_of_a_freeze() {
    check(
        "0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s wallet approved R1              -> P1 captured
         2s wallet blocked R1 notice        -> P1 captured, evidence kept, alarm state",
    );
}

#[test]
fn i05_money_of_a_blocked_payment_that_arrives_later_is_a_stray() {
    check(
        "0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s wallet blocked R1               -> P1 blocked
         2s wallet approved R1 notice       -> P1 blocked, evidence kept, inquire R1, alarm state
         3s wallet approved R1 to=inquiry   -> P1 blocked, X1 returning, refund F1, alarm stray
         4s wallet refunded F1              -> P1 blocked, X1 returned
         end ledger                         -> every account 0",
    );
}

#[test]
fn i06_a_hold_that_is_frozen_is_blocked_and_its_captured_parts_stand() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  wallet held R1                      -> P1 authorised
         2s  wallet blocked R1 notice            -> P1 blocked
         10s merchant pay O2 JPY 1000 key=K2 hold code=C2 -> P2 authorising, hold R2
         11s wallet held R2                      -> P2 authorised
         12s merchant capture P2 JPY 400 key=K3  -> P2 capturing, G1 requested, capture G1
         13s wallet captured G1                  -> P2 authorised, G1 captured
         14s merchant void P2 key=K4             -> P2 voiding, void R2
         15s wallet blocked R2                   -> P2 voiding, evidence kept
         16s wallet too_late R2 bare             -> P2 voiding, inquire R2
         17s wallet blocked R2                   -> P2 captured
         18s wallet blocked R2 notice            -> P2 captured
         end ledger -> alipayplus wallet_receivable JPY 400, alipayplus fee JPY -6, takayama merchant_payable JPY -389, hida-shinkumi fee JPY -3, switch fee JPY -2",
    );
}

#[test]
fn i06_not_found_is_proof_only_for_an_inquiry_after_the_settling_time() {
    check(
        "0s  operator lets alipayplus undo proof=20s inquiries=9 -> done
         0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet not_found R1             -> P1 in_doubt
         20s clock                           -> P1 in_doubt, inquire R1
         26s wallet not_found R1             -> P1 in_doubt
         30s clock                           -> P1 in_doubt, inquire R1
         31s wallet not_found R1             -> P1 cancelled
         32s merchant pay O1 JPY 1200 key=K2 code=C2 -> P2 authorising, ask R2
         end ledger                          -> every account 0",
    );
}

#[test]
fn i05_what_a_wallet_did_not_know_and_pays_after_all_is_a_stray() {
    check(
        "0s  operator lets alipayplus undo proof=1s -> done
         0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet not_found R1             -> P1 cancelled
         12s wallet approved R1 notice       -> P1 cancelled, evidence kept, inquire R1, alarm state
         13s wallet approved R1 to=inquiry   -> P1 cancelled, X1 returning, refund F1, alarm stray
         14s wallet refunded F1              -> P1 cancelled, X1 returned
         end ledger                          -> every account 0",
    );
}

#[test]
fn i06_not_found_after_a_refused_cancel_ends_once_it_is_proof() {
    check(
        "0s  operator lets alipayplus undo proof=20s -> done
         0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant cancel P1 key=K2       -> P1 reversing
         6s  clock                           -> P1 reversing, cancel R1
         7s  wallet too_late R1 bare         -> P1 reversing, inquire R1
         8s  wallet not_found R1             -> P1 reversing
         17s clock                           -> P1 reversing, inquire R1
         18s wallet not_found R1             -> P1 reversing
         37s clock                           -> P1 reversing, inquire R1
         38s wallet not_found R1             -> P1 cancelled",
    );
}

#[test]
fn i06_a_scan_is_never_proven_by_not_found() {
    check(
        "0s  operator lets alipayplus undo proof=1s -> done
         0s  alipayplus reserve W1 takayama JPY 1200 -> P1 authorising
         70s clock                           -> P1 in_doubt, inquire R1
         71s wallet not_found R1             -> P1 in_doubt
         80s clock                           -> P1 in_doubt, inquire R1
         81s wallet not_found R1             -> P1 in_doubt",
    );
}
