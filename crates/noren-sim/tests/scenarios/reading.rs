//! Reliability facts, section 2: each row of the table of how an outcome is read.

use noren_sim::scenario::check;

#[test]
fn i06_refused_before_a_byte_was_sent_ends_as_cancelled() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
         1s  wallet not_sent R1               -> P1 cancelled
         end ledger                           -> every account 0",
    );
}

#[test]
fn a_documented_success_captures() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
         1s  wallet approved R1               -> P1 captured
         2s  wallet approved R1 notice        -> P1 captured
         end ledger -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i06_a_success_for_another_amount_is_a_contradiction_never_captured() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1    -> P1 authorising, ask R1
         1s  wallet approved R1 JPY 1201        -> P1 in_doubt, evidence kept, alarm amount
         2s  wallet approved R1 JPY 1201 notice -> P1 in_doubt, evidence kept, alarm amount
         3s  wallet approved R1 CNY 12.00       -> P1 in_doubt, evidence kept, alarm amount
         4s  wallet approved R1                 -> P1 captured",
    );
}

#[test]
fn i06_a_success_with_another_payer_amount_is_a_contradiction() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 wallet=noren -> P1 authorising, ask R1
         1s  wallet approved R1 payer=CNY:58.08           -> P1 in_doubt, evidence kept, alarm amount
         2s  wallet approved R1 payer=CNY:58.95           -> P1 captured
         end ledger                                       -> noren wallet_receivable CNY 58.95, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position CNY -58.95",
    );
}

#[test]
fn i06_a_transaction_of_another_payment_is_a_contradiction() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
         1s  wallet approved R1 tx=T1         -> P1 captured
         2s  merchant pay O2 JPY 1200 key=K2  -> P2 authorising, ask R2
         3s  wallet approved R2 tx=T1         -> P2 in_doubt, evidence kept, alarm amount
         4s  wallet approved R2 tx=T2         -> P2 captured",
    );
}

#[test]
fn a_definite_decline_declines() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
         1s  wallet declined R1               -> P1 declined
         end ledger                           -> every account 0",
    );
}

#[test]
fn i06_processing_is_doubt() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
         1s  wallet pending R1                -> P1 in_doubt
         10s clock                            -> P1 in_doubt, inquire R1
         11s wallet pending R1                -> P1 in_doubt
         12s wallet approved R1               -> P1 captured",
    );
}

#[test]
fn i06_a_code_that_is_not_in_the_table_is_doubt_and_an_alarm() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
         1s  wallet unlisted R1               -> P1 in_doubt, alarm protocol",
    );
}

#[test]
fn i06_silence_resets_and_unreadable_answers_are_doubt() {
    check(
        "0s  merchant pay O1 JPY 1 key=K1 -> P1 authorising, ask R1
         0s  merchant pay O2 JPY 2 key=K2 -> P2 authorising, ask R2
         0s  merchant pay O3 JPY 3 key=K3 -> P3 authorising, ask R3
         0s  merchant pay O4 JPY 4 key=K4 -> P4 authorising, ask R4
         0s  merchant pay O5 JPY 5 key=K5 -> P5 authorising, ask R5
         0s  merchant pay O6 JPY 6 key=K6 -> P6 authorising, ask R6
         8s  wallet silent R1             -> P1 in_doubt
         8s  wallet error R2              -> P2 in_doubt
         8s  wallet unreadable R3         -> P3 in_doubt, alarm protocol
         8s  wallet unsigned R4           -> P4 in_doubt, alarm protocol
         8s  wallet unsure R5             -> P5 in_doubt
         8s  wallet dropped R6            -> P6 in_doubt
         end ledger                       -> every account 0",
    );
}

#[test]
fn i06_order_does_not_exist_proves_nothing_and_ends_by_cancel() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
         8s  wallet silent R1                 -> P1 in_doubt
         10s clock                            -> P1 in_doubt, inquire R1
         11s wallet not_found R1              -> P1 in_doubt
         20s clock                            -> P1 in_doubt, inquire R1
         21s wallet not_found R1              -> P1 in_doubt
         30s clock                            -> P1 in_doubt, inquire R1
         40s clock                            -> P1 in_doubt, inquire R1
         50s clock                            -> P1 in_doubt, inquire R1
         60s clock                            -> P1 reversing, cancel R1
         61s wallet cancelled R1              -> P1 reversed",
    );
}
