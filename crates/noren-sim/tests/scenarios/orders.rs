//! Orders with a wallet, for shops on the web.

use noren_sim::scenario::check;

fn ordered(rest: &str) {
    check(&format!(
        "0s  merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
         1s  wallet ordered R1                        -> P1 waiting_for_payer
         {rest}"
    ));
}

#[test]
fn the_payer_pays_and_the_wallet_notifies() {
    ordered(
        "2s  wallet approved R1 notice                   -> P1 captured
         3s  wallet approved R1 notice                   -> P1 captured
         4s  wallet ordered R1                           -> P1 captured
         5s  merchant order O1 JPY 1200 key=K2           -> refused order-paid, key burned
         6s  merchant order O1 JPY 1200 key=K1 for=5m    -> P1 captured, replayed
         end ledger -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn without_a_notice_an_inquiry_brings_the_outcome() {
    ordered(
        "11s clock                                   -> P1 waiting_for_payer, inquire R1
         12s wallet pending R1                       -> P1 waiting_for_payer
         13s merchant order O1 JPY 1200 key=K2       -> refused order-being-paid, key burned
         21s clock                                   -> P1 waiting_for_payer, inquire R1
         22s wallet approved R1                      -> P1 captured",
    );
    ordered(
        "11s clock                                   -> P1 waiting_for_payer, inquire R1
         12s wallet declined R1                      -> P1 declined",
    );
    ordered(
        "11s clock                                   -> P1 waiting_for_payer, inquire R1
         12s wallet cancelled R1 to=inquiry          -> P1 cancelled",
    );
}

#[test]
fn a_word_without_proof_makes_us_ask_at_once() {
    ordered(
        "2s  wallet pending R1 notice                -> P1 waiting_for_payer
         2s  clock                                   -> P1 waiting_for_payer, inquire R1
         3s  wallet approved R1                      -> P1 captured",
    );
}

#[test]
fn an_order_with_a_name_of_the_wallets_own_is_asked_about_by_that_name() {
    check(
        "0s  merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
         1s  wallet ordered R1 handle=W-1             -> P1 waiting_for_payer
         11s clock                                    -> P1 waiting_for_payer, inquire R1 as=W-1
         12s wallet pending R1                        -> P1 waiting_for_payer
         13s merchant cancel P1 key=K2                -> P1 reversing, cancel R1 as=W-1
         14s wallet cancelled R1                      -> P1 cancelled",
    );
}

#[test]
fn i07_an_order_that_nobody_confirmed_is_asked_for_again_with_its_own_id() {
    check(
        "0s  merchant order O1 JPY 1200 key=K1 -> P1 created, order R1
         1s  wallet silent R1                  -> P1 created
         10s clock                             -> P1 created, order R1
         11s wallet ordered R1                 -> P1 waiting_for_payer",
    );
}

#[test]
fn i07_a_cancel_waits_for_the_request_that_asked_for_the_order_again() {
    check(
        "0s  merchant order O1 JPY 1200 key=K1 -> P1 created, order R1
         10s clock                             -> P1 created, order R1
         11s wallet ordered R1                 -> P1 waiting_for_payer
         12s merchant cancel P1 key=K2         -> P1 reversing
         16s clock                             -> P1 reversing, cancel R1
         17s wallet cancelled R1               -> P1 cancelled",
    );
}

#[test]
fn i06_an_order_that_is_never_confirmed_is_closed_before_it_is_called_expired() {
    check(
        "0s  merchant order O1 JPY 1200 key=K1 -> P1 created, order R1
         10s clock -> P1 created, order R1
         20s clock -> P1 created, order R1
         30s clock -> P1 created, order R1
         40s clock -> P1 created, order R1
         50s clock -> P1 created, order R1
         60s clock -> P1 reversing, cancel R1
         61s wallet cancelled R1 -> P1 expired
         end ledger              -> every account 0",
    );
}

#[test]
fn a_wallet_may_refuse_to_make_an_order() {
    check(
        "0s  merchant order O1 JPY 1200 key=K1 -> P1 created, order R1
         1s  wallet declined R1                -> P1 declined
         2s  merchant order O1 JPY 1200 key=K2 -> P2 created, order R2",
    );
}

#[test]
fn i06_expiry_closes_the_wallets_order_first() {
    ordered(
        "299s clock               -> P1 waiting_for_payer, inquire R1
         300s clock               -> P1 reversing, cancel R1
         301s merchant order O1 JPY 1200 key=K2 -> refused payment-in-doubt, key burned
         302s wallet cancelled R1 -> P1 expired
         303s merchant order O1 JPY 1200 key=K3 -> P2 created, order R2
         304s wallet approved R1 notice       -> P1 expired, evidence kept, inquire R1, alarm state
         305s wallet approved R1 to=inquiry   -> P1 expired, X1 returning, refund F1, alarm stray
         306s wallet refunded F1              -> P1 expired, X1 returned
         end ledger                           -> every account 0",
    );
}

#[test]
fn i05_a_payer_who_pays_while_the_order_is_being_closed_gets_the_money_back() {
    ordered(
        "299s clock               -> P1 waiting_for_payer, inquire R1
         300s clock               -> P1 reversing, cancel R1
         301s wallet approved R1  -> P1 reversing, evidence kept
         302s wallet too_late R1  -> P1 reversing, X1 returning, refund F1, alarm stray
         303s wallet refunded F1  -> P1 reversed, X1 returned
         end ledger               -> every account 0",
    );
    // The wallet undid what was paid: not merely closed.
    ordered(
        "299s clock               -> P1 waiting_for_payer, inquire R1
         300s clock               -> P1 reversing, cancel R1
         301s wallet approved R1  -> P1 reversing, evidence kept
         302s wallet cancelled R1 -> P1 reversed",
    );
}

#[test]
fn a_merchant_withdraws_an_order() {
    ordered(
        "2s  merchant cancel P1 key=K2 -> P1 reversing
         3s  merchant cancel P1 key=K2 -> P1 reversing, replayed
         6s  clock                     -> P1 reversing, cancel R1
         7s  wallet silent R1 to=cancel -> P1 reversing
         11s clock                     -> P1 reversing, cancel R1
         12s wallet cancelled R1       -> P1 cancelled
         end ledger                    -> every account 0",
    );
}

#[test]
fn i06_another_amount_is_in_doubt() {
    ordered(
        "2s  wallet approved R1 JPY 1201 notice -> P1 in_doubt, evidence kept, alarm amount
         3s  clock                              -> P1 in_doubt, inquire R1
         4s  wallet approved R1                 -> P1 captured",
    );
}

#[test]
fn an_order_can_be_held() {
    check(
        "0s  merchant order O1 JPY 1200 key=K1 hold -> P1 created, order R1
         1s  wallet ordered R1                      -> P1 waiting_for_payer
         2s  wallet held R1 notice                  -> P1 authorised
         3s  merchant capture P1 JPY 1200 key=K2    -> P1 capturing, G1 requested, capture G1
         4s  wallet captured G1                     -> P1 captured, G1 captured",
    );
}

#[test]
fn an_order_ends_with_the_rate_that_was_promised_for_it() {
    check(
        "0s   merchant order O1 JPY 1200 key=K1 wallet=noren for=5m -> P1 created, order R1
         1s   wallet ordered R1       -> P1 waiting_for_payer
         119s clock                   -> P1 waiting_for_payer, inquire R1
         120s clock                   -> P1 reversing, cancel R1
         121s wallet cancelled R1     -> P1 expired",
    );
}

#[test]
fn i12_another_tenants_order_does_not_exist() {
    ordered(
        "2s  merchant cancel P1 key=K2 as=kanazawa -> refused payment-unknown
         3s  noren claims approved R1              -> refused payment-unknown
         4s  noren resolve P1                      -> refused order-being-paid",
    );
}
