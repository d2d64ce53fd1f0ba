//! Refunds: partial, many, in doubt, without funds, declined, bounded (I9).

use noren_sim::scenario::check;

fn captured(rest: &str) {
    check(&format!(
        "0s  merchant pay O1 JPY 1000 key=K1 -> P1 authorising, ask R1
         1s  wallet approved R1              -> P1 captured
         {rest}"
    ));
}

#[test]
fn i09_many_refunds_never_exceed_what_was_captured() {
    captured(
        "2s  merchant refund P1 JPY 300 key=K2 -> P1 captured, F1 requested, refund F1
         3s  wallet refunded F1                -> P1 captured, F1 refunded
         4s  merchant refund P1 JPY 300 key=K3 -> P1 captured, F2 requested, refund F2
         5s  merchant refund P1 JPY 401 key=K4 -> refused refund-exceeds-captured, key burned
         6s  merchant refund P1 JPY 400 key=K5 -> P1 captured, F3 requested, refund F3
         7s  wallet refunded F3                -> P1 captured, F3 refunded
         8s  wallet refunded F2                -> P1 captured, F2 refunded
         9s  merchant refund P1 JPY 1 key=K6   -> refused refund-exceeds-captured, key burned
         end ledger -> takayama merchant_payable JPY 15, hida-shinkumi fee JPY -9, switch fee JPY -6",
    );
}

#[test]
fn i09_a_refund_in_doubt_counts() {
    captured(
        "2s  merchant refund P1 JPY 600 key=K2 -> P1 captured, F1 requested, refund F1
         3s  wallet silent F1                  -> P1 captured, F1 in_doubt
         4s  merchant refund P1 JPY 600 key=K3 -> refused refund-exceeds-captured, key burned
         12s clock                             -> P1 captured, inquire F1
         13s wallet processing F1              -> P1 captured
         22s clock                             -> P1 captured, refund F1
         23s wallet refunded F1                -> P1 captured, F1 refunded
         24s wallet refunded F1                -> P1 captured
         25s wallet declined F1                -> P1 captured, alarm state",
    );
}

#[test]
fn i07_a_refund_that_did_not_arrive_is_sent_again_with_its_own_id() {
    captured(
        "2s  merchant refund P1 JPY 600 key=K2 -> P1 captured, F1 requested, refund F1
         3s  wallet silent F1                  -> P1 captured, F1 in_doubt
         12s clock                             -> P1 captured, inquire F1
         13s wallet not_found F1               -> P1 captured, F1 requested
         22s clock                             -> P1 captured, refund F1
         23s wallet refunded F1                -> P1 captured, F1 refunded",
    );
}

#[test]
fn a_refund_without_funds_waits_and_is_asked_again() {
    captured(
        "2s  merchant refund P1 JPY 600 key=K2 -> P1 captured, F1 requested, refund F1
         3s  wallet no_funds F1                -> P1 captured, F1 waiting_for_funds
         12s clock                             -> P1 captured, refund F1
         13s wallet refunded F1 alone          -> P1 captured, F1 refunded",
    );
}

#[test]
fn i09_a_declined_refund_frees_its_amount() {
    captured(
        "2s  merchant refund P1 JPY 1000 key=K2 -> P1 captured, F1 requested, refund F1
         3s  wallet declined F1                 -> P1 captured, F1 declined
         4s  merchant refund P1 JPY 1000 key=K3 -> P1 captured, F2 requested, refund F2
         5s  wallet refunded F1                 -> P1 captured, alarm state
         6s  wallet refunded F2                 -> P1 captured, F2 refunded",
    );
}

#[test]
fn i06_a_refund_confirmed_for_another_amount_is_in_doubt() {
    captured(
        "2s  merchant refund P1 JPY 600 key=K2 -> P1 captured, F1 requested, refund F1
         3s  wallet refunded F1 JPY 601        -> P1 captured, F1 in_doubt, alarm amount
         4s  wallet unlisted F1                -> P1 captured, alarm protocol
         5s  wallet refunded F1                -> P1 captured, F1 refunded",
    );
}

#[test]
fn refunds_in_two_currencies_leave_no_position_open() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 wallet=noren -> P1 authorising, ask R1
         1s  wallet approved R1                           -> P1 captured
         2s  ledger -> noren wallet_receivable CNY 49.13, noren fee JPY -15, takayama merchant_payable JPY -970, hida-shinkumi fee JPY -9, switch fee JPY -6, switch fx_position JPY 1000, switch fx_position CNY -49.13
         3s  merchant refund P1 JPY 333 key=K2 -> P1 captured, F1 requested, refund F1
         4s  merchant refund P1 JPY 333 key=K3 -> P1 captured, F2 requested, refund F2
         5s  merchant refund P1 JPY 334 key=K4 -> P1 captured, F3 requested, refund F3
         6s  wallet refunded F1 -> P1 captured, F1 refunded
         7s  wallet refunded F2 -> P1 captured, F2 refunded
         8s  wallet refunded F3 -> P1 captured, F3 refunded
         end ledger -> takayama merchant_payable JPY 15, hida-shinkumi fee JPY -9, switch fee JPY -6",
    );
}

#[test]
fn only_what_was_captured_is_refunded() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1   -> P1 authorising, ask R1
         1s  merchant refund P1 JPY 10 key=K2  -> refused payment-not-captured, key burned
         10s clock                             -> P1 in_doubt, inquire R1
         11s merchant refund P1 JPY 10 key=K3  -> refused payment-in-doubt, key burned
         12s wallet approved R1                -> P1 captured
         13s merchant refund P1 JPY 0 key=K4   -> refused amount-not-positive
         14s merchant refund P1 CNY 1.00 key=K5 -> refused currency-differs, key burned
         15s merchant refund P1 JPY 10 key=K2  -> refused payment-not-captured, replayed
         16s merchant refund P1 JPY 10 key=K6  -> P1 captured, F1 requested, refund F1",
    );
}

#[test]
fn i09_a_refund_of_another_amount_is_a_contradiction_in_either_currency() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 wallet=noren -> P1 authorising, ask R1
         1s  wallet approved R1                           -> P1 captured
         2s  merchant refund P1 JPY 1200 key=K2           -> P1 captured, F1 requested, refund F1
         3s  wallet refunded F1 payer=CNY:10.00           -> P1 captured, F1 in_doubt, alarm amount
         4s  wallet refunded F1 JPY 1                     -> P1 captured, alarm amount
         5s  wallet refunded F1                           -> P1 captured, F1 refunded",
    );
}
