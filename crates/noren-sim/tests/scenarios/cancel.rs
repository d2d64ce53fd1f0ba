//! Reliability facts, section 4: cancel, reversal, stray receipts.

use noren_sim::scenario::check;

/// Climbs to the first cancel.
fn after_the_ladder(rest: &str) {
    check(&format!(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant cancel P1 key=K2       -> P1 reversing
         5s  clock                           -> nothing
         6s  clock                           -> P1 reversing, cancel R1
         {rest}"
    ));
}

#[test]
fn i06_a_cancel_waits_until_the_request_cannot_overtake_it() {
    after_the_ladder(
        "7s  wallet cancelled R1 -> P1 reversed
         end ledger              -> every account 0",
    );
}

#[test]
fn i06_a_yes_while_being_undone_is_evidence_and_the_cancel_decides() {
    after_the_ladder(
        "7s  wallet approved R1  -> P1 reversing, evidence kept
         8s  wallet declined R1  -> P1 reversing, evidence kept
         9s  wallet cancelled R1 -> P1 reversed
         end ledger              -> every account 0",
    );
}

#[test]
fn a_late_yes_after_cancel_is_not_counted_twice() {
    after_the_ladder(
        "7s  wallet cancelled R1 -> P1 reversed
         8s  wallet approved R1  -> P1 reversed, evidence kept, inquire R1, alarm state
         9s  wallet cancelled R1 to=inquiry -> P1 reversed
         60s clock               -> nothing
         end ledger              -> every account 0",
    );
}

#[test]
fn i05_a_late_yes_confirmed_by_the_inquiry_is_a_stray_and_the_state_stays() {
    after_the_ladder(
        "7s  wallet cancelled R1 -> P1 reversed
         8s  wallet approved R1  -> P1 reversed, evidence kept, inquire R1, alarm state
         9s  wallet approved R1 to=inquiry -> P1 reversed, X1 returning, refund F1, alarm stray
         10s ledger              -> alipayplus wallet_receivable JPY 1200, switch suspense JPY -1200
         11s wallet refunded F1  -> P1 reversed, X1 returned
         12s wallet approved R1 notice -> P1 reversed
         end ledger              -> every account 0",
    );
}

#[test]
fn a_notice_before_the_end_does_not_make_a_stray() {
    after_the_ladder(
        "7s  wallet approved R1 notice -> P1 reversing, evidence kept
         8s  wallet cancelled R1       -> P1 reversed
         9s  wallet approved R1 notice -> P1 reversed, evidence kept, inquire R1, alarm state
         19s clock                     -> P1 reversed, inquire R1
         29s clock                     -> P1 reversed, inquire R1
         39s clock                     -> P1 reversed, inquire R1
         49s clock                     -> P1 reversed, inquire R1
         59s clock                     -> P1 reversed, inquire R1
         69s clock                     -> P1 reversed, alarm probe
         79s clock                     -> nothing",
    );
}

#[test]
fn i05_a_refused_cancel_becomes_a_stray_that_is_returned() {
    after_the_ladder(
        "7s  wallet too_late R1 -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  ledger             -> alipayplus wallet_receivable JPY 1200, switch suspense JPY -1200
         9s  merchant pay O1 JPY 1200 key=K3 code=C2 -> refused payment-in-doubt, key burned
         10s wallet approved R1 notice -> P1 reversing
         11s wallet refunded F1 -> P1 reversed, X1 returned
         end ledger             -> every account 0",
    );
}

#[test]
fn i05_a_cancel_refused_without_a_receipt_asks_until_it_knows() {
    after_the_ladder(
        "7s  wallet too_late R1 bare -> P1 reversing, inquire R1
         8s  wallet pending R1       -> P1 reversing
         17s clock                   -> P1 reversing, inquire R1
         18s wallet approved R1      -> P1 reversing, X1 returning, refund F1, alarm stray
         19s wallet refunded F1      -> P1 reversed, X1 returned
         end ledger                  -> every account 0",
    );
}

#[test]
fn i06_a_cancel_refused_because_nothing_stands_is_a_decline() {
    after_the_ladder(
        "7s  wallet too_late R1 bare -> P1 reversing, inquire R1
         8s  wallet declined R1      -> P1 declined
         end ledger                  -> every account 0",
    );
}

#[test]
fn a_stray_that_cannot_be_returned_is_a_claim() {
    after_the_ladder(
        "7s  wallet too_late R1 -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  wallet declined F1 -> P1 reversing, X1 claim, alarm claim
         1h  clock              -> nothing
         end ledger             -> alipayplus wallet_receivable JPY 1200, switch suspense JPY -1200",
    );
}

#[test]
fn i05_a_claim_ends_when_the_money_went_back_after_all() {
    after_the_ladder(
        "7s  wallet too_late R1 -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  wallet declined F1 -> P1 reversing, X1 claim, alarm claim
         9s  wallet refunded F1 JPY 1199 -> P1 reversing, alarm state
         10s wallet refunded F1 -> P1 reversed, X1 returned, alarm state
         11s wallet refunded F1 -> P1 reversed
         12s wallet declined F1 -> P1 reversed, alarm state
         end ledger             -> every account 0",
    );
}

#[test]
fn a_stray_of_a_wallet_for_which_we_convert_is_booked_in_the_payers_currency() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 wallet=noren -> P1 authorising, ask R1
         1s  merchant cancel P1 key=K2 -> P1 reversing
         6s  clock                     -> P1 reversing, cancel R1
         7s  wallet too_late R1        -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  ledger                    -> noren wallet_receivable CNY 58.95, switch suspense CNY -58.95
         9s  wallet refunded F1        -> P1 reversed, X1 returned
         end ledger                    -> every account 0",
    );
}

#[test]
fn i05_a_success_after_a_decline_is_a_stray() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  wallet declined R1              -> P1 declined
         2s  wallet approved R1 notice       -> P1 declined, evidence kept, inquire R1, alarm state
         3s  wallet approved R1              -> P1 declined, X1 returning, refund F1, alarm stray
         4s  wallet refunded F1              -> P1 declined, X1 returned
         end ledger                          -> every account 0",
    );
}

#[test]
fn i05_a_success_for_what_was_called_never_sent_is_a_stray() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  wallet not_sent R1              -> P1 cancelled
         2s  wallet approved R1 notice       -> P1 cancelled, evidence kept, inquire R1, alarm state
         3s  wallet approved R1 to=inquiry   -> P1 cancelled, X1 returning, refund F1, alarm stray
         4s  wallet refunded F1              -> P1 cancelled, X1 returned
         end ledger                          -> every account 0",
    );
}

#[test]
fn a_wrong_amount_at_the_ladders_end_is_returned_whole() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  wallet approved R1 JPY 1201     -> P1 in_doubt, evidence kept, alarm amount
         10s clock -> P1 in_doubt, inquire R1
         20s clock -> P1 in_doubt, inquire R1
         30s clock -> P1 in_doubt, inquire R1
         40s clock -> P1 in_doubt, inquire R1
         50s clock -> P1 in_doubt, inquire R1
         60s clock -> P1 reversing, cancel R1
         61s wallet too_late R1 JPY 1201     -> P1 reversing, X1 returning, refund F1, alarm stray
         62s ledger -> alipayplus wallet_receivable JPY 1201, switch suspense JPY -1201
         63s wallet refunded F1              -> P1 reversed, X1 returned
         end ledger                          -> every account 0",
    );
}

#[test]
fn a_merchants_cancel_is_idempotent_and_finds_the_payment_in_any_state() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s merchant cancel P1 key=K2       -> P1 reversing, cancel R1
         12s merchant cancel P1 key=K2       -> P1 reversing, replayed
         13s merchant cancel P1 key=K3       -> P1 reversing
         14s wallet cancelled R1             -> P1 reversed
         15s merchant cancel P1 key=K4       -> P1 reversed
         16s merchant cancel P1 key=K2       -> P1 reversed, replayed",
    );
}

#[test]
fn i08_what_was_captured_is_not_cancelled() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  wallet approved R1              -> P1 captured
         2s  merchant cancel P1 key=K2       -> refused payment-captured, key burned
         3s  merchant cancel P1 key=K2       -> refused payment-captured, replayed",
    );
}

#[test]
fn i05_not_found_does_not_end_the_inquiry_after_a_late_yes() {
    after_the_ladder(
        "7s  wallet cancelled R1       -> P1 reversed
         8s  wallet approved R1 notice -> P1 reversed, evidence kept, inquire R1, alarm state
         9s  wallet not_found R1       -> P1 reversed
         18s clock                     -> P1 reversed, inquire R1
         19s wallet approved R1        -> P1 reversed, X1 returning, refund F1, alarm stray",
    );
}

#[test]
fn i01_an_amount_that_nobody_can_have_paid_never_reaches_the_books() {
    after_the_ladder(
        "7s  wallet too_late R1 JPY -5               -> P1 reversing, inquire R1
         8s  wallet approved R1 JPY -5               -> P1 reversing, alarm protocol
         9s  wallet approved R1 JPY 0                -> P1 reversing, alarm protocol
         10s wallet approved R1 JPY 9000000000000000 -> P1 reversing, alarm protocol
         11s wallet approved R1 CNY 5.00             -> P1 reversing, evidence kept, alarm state
         12s ledger                                  -> every account 0
         13s wallet approved R1                      -> P1 reversing, X1 returning, refund F1, alarm stray",
    );
}

#[test]
fn i07_a_refused_cancel_is_not_repeated_before_its_time() {
    check(
        "0s  operator lets alipayplus undo before=60s inquiries=1 -> done
         1s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         2s  merchant cancel P1 key=K2       -> P1 reversing
         3s  wallet too_late R1 bare to=pay  -> P1 reversing, inquire R1
         13s clock                           -> P1 reversing, inquire R1
         33s clock                           -> P1 reversing, inquire R1
         73s clock                           -> P1 reversing, cancel R1
         74s wallet cancelled R1             -> P1 reversed
         end ledger                          -> every account 0",
    );
}
