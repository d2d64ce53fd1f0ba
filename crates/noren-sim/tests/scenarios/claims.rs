//! What cannot be returned becomes a claim, and people end it (reliability facts, section 4).

use noren_sim::scenario::check;

/// A payment whose cancel was refused and whose return was refused for good.
fn claim(rest: &str) {
    check(&format!(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant cancel P1 key=K2       -> P1 reversing
         6s  clock                           -> P1 reversing, cancel R1
         7s  wallet too_late R1              -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  wallet declined F1              -> P1 reversing, X1 claim, alarm claim
         {rest}"
    ));
}

#[test]
fn i06_a_claim_that_is_paid_back_by_hand_ends_the_payment_reversed() {
    claim(
        "9s  ledger -> alipayplus wallet_receivable JPY 1200, switch suspense JPY -1200
         10s merchant pay O1 JPY 1200 key=K3 code=C2 -> refused payment-in-doubt, key burned
         11s operator closes X1 paid_back            -> P1 reversed, X1 paid_back
         12s merchant pay O1 JPY 1200 key=K4 code=C2 -> P2 authorising, ask R2
         13s wallet declined R2                      -> P2 declined
         end ledger -> alipayplus wallet_receivable JPY 1200, switch bank JPY -1200",
    );
}

#[test]
fn i06_a_claim_that_is_written_off_ends_the_payment_too() {
    claim(
        "11s operator closes X1 written_off -> P1 reversed, X1 written_off
         end ledger -> alipayplus wallet_receivable JPY 1200, switch operator_loss JPY -1200",
    );
}

#[test]
fn i08_a_claim_is_closed_once() {
    claim(
        "11s operator closes X1 paid_back   -> P1 reversed, X1 paid_back
         12s operator closes X1 paid_back   -> P1 reversed, replayed
         13s operator closes X1 written_off -> refused claim-not-open
         14s wallet refunded F1             -> P1 reversed, alarm state
         end ledger -> alipayplus wallet_receivable JPY 1200, switch bank JPY -1200",
    );
}

#[test]
fn only_a_claim_is_closed_and_only_by_the_operator() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1     -> P1 authorising, ask R1
         1s  operator closes X0 paid_back        -> refused claim-unknown
         1s  merchant cancel P1 key=K2           -> P1 reversing
         6s  clock                               -> P1 reversing, cancel R1
         7s  wallet too_late R1                  -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  operator closes X1 paid_back        -> refused claim-not-open
         9s  operator closes X1 paid_back till   -> refused not-allowed
         10s wallet refunded F1                  -> P1 reversed, X1 returned
         11s operator closes X1 written_off      -> refused claim-not-open
         end ledger                              -> every account 0",
    );
}

#[test]
fn a_claim_of_a_hold_that_is_being_released_ends_the_release() {
    check(
        "0s  merchant pay O1 JPY 1000 key=K1 wallet=noren hold -> P1 authorising, hold R1
         1s  wallet held R1                                    -> P1 authorised
         2s  merchant void P1 key=K2                           -> P1 voiding, void R1
         3s  wallet too_late R1 tx=T9                          -> P1 voiding, X1 returning, refund F1, alarm stray
         4s  wallet declined F1                                -> P1 voiding, X1 claim, alarm claim
         5s  operator closes X1 paid_back                      -> P1 voided, X1 paid_back
         end ledger -> noren wallet_receivable CNY 49.13, switch bank CNY -49.13",
    );
}

#[test]
fn i06_a_claim_on_a_rail_that_returns_nothing_is_closed_beside_its_payment() {
    check(
        "0s operator lets rail return nothing -> done
         1s merchant show O1 JPY 1200 key=K1  -> P1 waiting_for_payer
         2s rail credits T1 P1 JPY 1000       -> P1 waiting_for_payer, stray X1, X1 claim, alarm stray, alarm claim
         3s operator closes X1 paid_back      -> P1 waiting_for_payer, X1 paid_back
         4s merchant cancel P1 key=K2         -> P1 cancelled
         end ledger -> rail wallet_receivable JPY 1000, switch bank JPY -1000",
    );
}
