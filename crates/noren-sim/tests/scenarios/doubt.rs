//! Reliability facts, section 3: in doubt.

use noren_sim::scenario::check;

#[test]
fn i10_the_ladder_inquires_then_cancels_then_repeats_the_cancel() {
    check(
        "0s   merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         9s   clock                           -> nothing
         10s  clock                           -> P1 in_doubt, inquire R1
         19s  clock                           -> nothing
         20s  clock                           -> P1 in_doubt, inquire R1
         30s  clock                           -> P1 in_doubt, inquire R1
         40s  clock                           -> P1 in_doubt, inquire R1
         50s  clock                           -> P1 in_doubt, inquire R1
         60s  clock                           -> P1 reversing, cancel R1
         65s  clock                           -> P1 reversing, cancel R1
         70s  clock                           -> nothing
         75s  clock                           -> P1 reversing, cancel R1
         76s  wallet silent R1 to=cancel      -> P1 reversing
         90s  clock                           -> P1 reversing, cancel R1
         91s  wallet cancelled R1             -> P1 reversed
         10m  clock                           -> nothing
         end  ledger                          -> every account 0",
    );
}

#[test]
fn i05_an_inquiry_brings_the_yes() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet approved R1              -> P1 captured
         20s clock                           -> nothing",
    );
}

#[test]
fn i06_an_inquiry_brings_the_no() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet declined R1              -> P1 declined",
    );
}

#[test]
fn i06_an_order_that_the_wallet_closed_unpaid_is_cancelled() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1       -> P1 authorising, ask R1
         10s clock                                 -> P1 in_doubt, inquire R1
         11s wallet cancelled R1 to=inquiry        -> P1 cancelled
         12s merchant pay O1 JPY 1200 key=K2 code=C2 -> P2 authorising, ask R2",
    );
}

#[test]
fn a_notice_and_an_inquiry_may_both_bring_it() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet approved R1 notice       -> P1 captured
         12s wallet approved R1              -> P1 captured
         13s wallet approved R1 notice       -> P1 captured",
    );
}

#[test]
fn i08_a_contradicting_statement_is_evidence() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  wallet approved R1              -> P1 captured
         2s  wallet declined R1 notice       -> P1 captured, evidence kept, alarm state
         3s  wallet approved R1 tx=T9 notice -> P1 captured, evidence kept, alarm state
         4s  wallet cancelled R1 notice      -> P1 captured, evidence kept, alarm state
         end ledger                          -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i04_no_second_payment_while_in_doubt() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
         1s  merchant pay O1 JPY 1200 key=K2 code=C2 -> refused order-being-paid, key burned
         10s clock                                   -> P1 in_doubt, inquire R1
         11s merchant pay O1 JPY 1200 key=K3 code=C2 -> refused payment-in-doubt, key burned
         12s wallet declined R1                      -> P1 declined
         13s merchant pay O1 JPY 1200 key=K3 code=C2 -> refused payment-in-doubt, replayed
         14s merchant pay O1 JPY 1200 key=K4 code=C2 -> P2 authorising, ask R2",
    );
}

#[test]
fn i04_no_double_charge() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
         1s  wallet approved R1                      -> P1 captured
         2s  merchant pay O1 JPY 1200 key=K2 code=C2 -> refused order-paid, key burned
         3s  merchant show O1 JPY 1200 key=K3        -> refused order-paid, key burned
         4s  merchant pay O1 JPY 1300 key=K4 code=C3 -> refused order-amount-differs, key burned",
    );
}

#[test]
fn i10_doubt_goes_on_while_expiries_are_held() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1        -> P1 authorising, ask R1
         0s  merchant show O2 JPY 900 key=K2 for=10s -> P2 waiting_for_payer
         10s clock held                             -> P1 in_doubt, inquire R1
         20s clock                                  -> P1 in_doubt, P2 expired, inquire R1",
    );
}
