//! Captures: parts of a hold, each with doubt of its own.

use noren_sim::scenario::check;

fn held(rest: &str) {
    check(&format!(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  wallet held R1                       -> P1 authorised
         {rest}"
    ));
}

#[test]
fn several_parts_make_the_whole_and_no_more() {
    held(
        "2s  merchant capture P1 JPY 333 key=K2  -> P1 capturing, G1 requested, capture G1
         3s  merchant capture P1 JPY 333 key=K2  -> G1 requested, replayed
         4s  merchant capture P1 JPY 334 key=K2  -> refused key-reused
         5s  merchant capture P1 JPY 10 key=K3   -> refused capture-running, key burned
         6s  merchant cancel P1 key=K4           -> refused capture-running, key burned
         7s  wallet captured G1                  -> P1 authorised, G1 captured
         8s  merchant capture P1 JPY 333 key=K2  -> G1 captured, replayed
         9s  merchant cancel P1 key=K5           -> refused payment-captured, key burned
         10s merchant capture P1 JPY 668 key=K6  -> refused capture-exceeds-held, key burned
         11s merchant capture P1 JPY 0 key=K7    -> refused amount-not-positive
         12s merchant capture P1 CNY 1.00 key=K8 -> refused currency-differs, key burned
         13s merchant capture P1 JPY 333 key=K9  -> P1 capturing, G2 requested, capture G2
         14s wallet captured G2                  -> P1 authorised, G2 captured
         15s merchant capture P1 JPY 334 key=K10 -> P1 capturing, G3 requested, capture G3
         16s wallet captured G3                  -> P1 captured, G3 captured
         17s merchant capture P1 JPY 1 key=K11   -> refused payment-not-held, key burned
         end ledger -> alipayplus wallet_receivable JPY 1000, alipayplus fee JPY -15, takayama merchant_payable JPY -970, hida-shinkumi fee JPY -9, switch fee JPY -6",
    );
}

#[test]
fn parts_in_two_currencies_leave_no_position_open_when_they_go_back() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold wallet=noren -> P1 authorising, hold R1
         1s  wallet held R1                      -> P1 authorised
         2s  merchant capture P1 JPY 333 key=K2  -> P1 capturing, G1 requested, capture G1
         3s  wallet captured G1                  -> P1 authorised, G1 captured
         4s  ledger -> noren wallet_receivable CNY 16.36, noren fee JPY -4, takayama merchant_payable JPY -326, hida-shinkumi fee JPY -2, switch fee JPY -1, switch fx_position JPY 333, switch fx_position CNY -16.36
         5s  merchant refund P1 JPY 200 key=K3   -> P1 authorised, F1 requested, refund F1
         6s  wallet refunded F1                  -> P1 authorised, F1 refunded
         7s  merchant capture P1 JPY 333 key=K4  -> P1 capturing, G2 requested, capture G2
         8s  wallet captured G2                  -> P1 authorised, G2 captured
         9s  merchant capture P1 JPY 334 key=K5  -> P1 capturing, G3 requested, capture G3
         10s wallet captured G3                  -> P1 captured, G3 captured
         11s merchant refund P1 JPY 800 key=K6   -> P1 captured, F2 requested, refund F2
         12s wallet refunded F2                  -> P1 captured, F2 refunded
         end ledger -> takayama merchant_payable JPY 15, hida-shinkumi fee JPY -9, switch fee JPY -6",
    );
}

#[test]
fn a_wallet_that_allows_one_capture_releases_the_rest_with_it() {
    check(
        "0s  operator lets alipayplus hold one      -> done
         1s  merchant pay O1 JPY 1000 key=K1 hold   -> P1 authorising, hold R1
         2s  wallet held R1                         -> P1 authorised
         3s  merchant capture P1 JPY 400 key=K2     -> P1 capturing, G1 requested, capture G1
         4s  wallet declined G1                     -> P1 authorised, G1 declined
         5s  merchant capture P1 JPY 300 key=K3     -> P1 capturing, G2 requested, capture G2
         6s  wallet captured G2                     -> P1 captured, G2 captured
         7s  merchant capture P1 JPY 300 key=K4     -> refused payment-not-held, key burned
         end ledger -> alipayplus wallet_receivable JPY 300, alipayplus fee JPY -4, takayama merchant_payable JPY -293, hida-shinkumi fee JPY -2, switch fee JPY -1",
    );
}

#[test]
fn i10_a_capture_in_doubt_is_asked_about_until_it_is_known() {
    held(
        "2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet silent G1                   -> P1 capturing, G1 in_doubt
         4s  merchant capture P1 JPY 400 key=K3 -> refused capture-running, key burned
         5s  merchant refund P1 JPY 1 key=K4    -> refused payment-in-doubt, key burned
         12s clock                              -> P1 capturing, inquire G1
         13s wallet processing G1               -> P1 capturing
         22s clock                              -> P1 capturing, capture G1
         23s wallet captured G1                 -> P1 authorised, G1 captured
         24s wallet captured G1                 -> P1 authorised
         25s wallet declined G1                 -> P1 authorised, alarm state
         26s wallet captured G1 tx=other        -> P1 authorised, evidence kept, alarm state",
    );
}

#[test]
fn i07_a_capture_that_did_not_arrive_is_sent_again_with_its_own_id() {
    held(
        "2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet silent G1                   -> P1 capturing, G1 in_doubt
         12s clock                              -> P1 capturing, inquire G1
         13s wallet not_found G1                -> P1 capturing, G1 requested
         22s clock                              -> P1 capturing, capture G1
         23s wallet not_sent G1                 -> P1 capturing
         42s clock                              -> P1 capturing, capture G1
         43s wallet declined G1                 -> P1 authorised, G1 declined
         44s merchant capture P1 JPY 1000 key=K3 -> P1 capturing, G2 requested, capture G2
         45s wallet captured G2                 -> P1 captured, G2 captured",
    );
}

#[test]
fn i06_a_capture_confirmed_for_another_amount_is_in_doubt() {
    held(
        "2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet captured G1 JPY 401         -> P1 capturing, evidence kept, G1 in_doubt, alarm amount
         4s  wallet unlisted G1                 -> P1 capturing, alarm protocol
         5s  wallet captured G1 JPY -4          -> P1 capturing, alarm protocol
         6s  wallet approved R1 JPY 7 notice    -> P1 capturing, evidence kept
         7s  wallet held R1 notice              -> P1 capturing
         8s  wallet captured G1                 -> P1 authorised, G1 captured",
    );
}

#[test]
fn i05_a_yes_after_a_no_is_money_of_nobody() {
    held(
        "2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet declined G1                 -> P1 authorised, G1 declined
         4s  alipayplus claims captured G1      -> P1 authorised, evidence kept, inquire G1, alarm state
         5s  wallet captured G1                 -> P1 authorised, X1 returning, refund F1, alarm stray
         6s  wallet refunded F1                 -> P1 authorised, X1 returned
         7s  wallet captured G1                 -> P1 authorised
         end ledger                             -> every account 0",
    );
}

#[test]
fn a_void_while_a_capture_runs_releases_the_rest_once_it_is_known() {
    held(
        "2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet silent G1                   -> P1 capturing, G1 in_doubt
         4s  merchant void P1 key=K3            -> P1 capturing
         5s  merchant void P1 key=K3            -> P1 capturing, replayed
         12s clock                              -> P1 capturing, inquire G1
         13s wallet captured G1                 -> P1 voiding, G1 captured, void R1
         14s merchant cancel P1 key=K4          -> refused payment-captured, key burned
         15s wallet cancelled R1                -> P1 captured
         16s wallet captured G1                 -> P1 captured
         17s wallet cancelled R1 notice         -> P1 captured
         18s merchant refund P1 JPY 401 key=K5  -> refused refund-exceeds-captured, key burned
         end ledger -> alipayplus wallet_receivable JPY 400, alipayplus fee JPY -6, takayama merchant_payable JPY -389, hida-shinkumi fee JPY -3, switch fee JPY -2",
    );
    held(
        "2s  merchant capture P1 JPY 1000 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  merchant void P1 key=K3             -> P1 capturing
         4s  wallet declined G1                  -> P1 voiding, G1 declined, void R1
         5s  wallet cancelled R1                 -> P1 voided",
    );
}

#[test]
fn i05_a_void_refused_because_more_was_taken_than_captured_returns_it() {
    held(
        "2s  merchant capture P1 JPY 400 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet captured G1                 -> P1 authorised, G1 captured
         4s  merchant void P1 key=K3            -> P1 voiding, void R1
         5s  wallet too_late R1 JPY 600 tx=T9   -> P1 voiding, X1 returning, refund F1, alarm stray
         6s  wallet refunded F1                 -> P1 captured, X1 returned
         end ledger -> alipayplus wallet_receivable JPY 400, alipayplus fee JPY -6, takayama merchant_payable JPY -389, hida-shinkumi fee JPY -3, switch fee JPY -2",
    );
}

#[test]
fn i05_money_that_comes_after_the_last_capture_is_a_stray() {
    held(
        "2s  merchant capture P1 JPY 1000 key=K2 -> P1 capturing, G1 requested, capture G1
         3s  wallet captured G1                  -> P1 captured, G1 captured
         4s  wallet approved R1 notice           -> P1 captured
         5s  wallet approved R1 JPY 900 notice   -> P1 captured, evidence kept, alarm state
         6s  wallet approved R1 JPY 50 tx=T9 notice -> P1 captured, evidence kept, inquire R1, alarm state
         7s  wallet approved R1 JPY 50 tx=T9 to=inquiry -> P1 captured, X1 returning, refund F1, alarm stray
         8s  wallet refunded F1                  -> P1 captured, X1 returned",
    );
}

#[test]
fn a_part_so_small_that_the_payer_would_pay_nothing_is_refused() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold wallet=noren -> P1 authorising, hold R1
         1s  wallet held R1                      -> P1 authorised
         2s  merchant capture P1 JPY 1 key=K2    -> P1 capturing, G1 requested, capture G1
         3s  wallet captured G1 payer=CNY:0.05   -> P1 capturing, evidence kept, G1 in_doubt, alarm amount
         4s  wallet captured G1                  -> P1 authorised, G1 captured",
    );
}

#[test]
fn what_was_taken_at_once_is_neither_captured_nor_voided() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1   -> P1 authorising, ask R1
         1s  merchant capture P1 JPY 10 key=K2 -> refused payment-not-held, key burned
         2s  merchant void P1 key=K3           -> refused payment-not-held, key burned
         3s  wallet approved R1                -> P1 captured
         4s  merchant capture P1 JPY 10 key=K4 -> refused payment-captured, key burned
         5s  merchant void P1 key=K5           -> refused payment-captured, key burned",
    );
}

#[test]
fn i06_a_yes_after_a_no_goes_back_and_what_is_left_is_released_all_the_same() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  wallet held R1                       -> P1 authorised
         2s  merchant capture P1 JPY 500 key=K2   -> P1 capturing, G1 requested, capture G1
         3s  wallet declined G1                   -> P1 authorised, G1 declined
         4s  merchant void P1 key=K3              -> P1 voiding, void R1
         5s  wallet captured G1                   -> P1 voiding, X1 returning, refund F1, alarm stray
         6s  wallet refunded F1                   -> P1 voiding, X1 returned
         9s  clock                                -> P1 voiding, void R1
         10s wallet cancelled R1                  -> P1 voided
         end ledger                               -> every account 0",
    );
}
