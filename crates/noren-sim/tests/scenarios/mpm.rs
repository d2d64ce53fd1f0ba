//! The payer scans the shop's code: printed, or made for one order.

use noren_sim::scenario::check;

/// A printed code up to permission.
fn reserved(rest: &str) {
    check(&format!(
        "0s  noren resolve takayama                      -> Takayama up to JPY 100000
         1s  noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
         2s  noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
         {rest}"
    ));
}

#[test]
fn a_printed_code_is_paid() {
    reserved(
        "3s  noren confirm P1 CNY 58.95 -> P1 captured
         4s  noren confirm P1 CNY 58.95 -> P1 captured
         end ledger -> noren wallet_receivable CNY 58.95, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position CNY -58.95",
    );
}

#[test]
fn a_reservation_that_is_given_up_is_declined() {
    reserved(
        "3s  noren fail P1 -> P1 declined
         4s  noren fail P1 -> P1 declined
         end ledger        -> every account 0",
    );
}

#[test]
fn i06_a_reservation_that_nobody_confirms_is_asked_about_then_cancelled() {
    reserved(
        "62s  clock                -> nothing
         72s  clock                -> P1 in_doubt, inquire R1
         73s  wallet pending R1    -> P1 in_doubt
         82s  clock                -> P1 in_doubt, inquire R1
         92s  clock                -> P1 in_doubt, inquire R1
         102s clock                -> P1 in_doubt, inquire R1
         112s clock                -> P1 in_doubt, inquire R1
         122s clock                -> P1 reversing, cancel R1
         123s wallet cancelled R1  -> P1 reversed
         124s noren confirm P1 CNY 58.95 -> P1 reversed, evidence kept, inquire R1, alarm state
         end  ledger               -> every account 0",
    );
}

#[test]
fn i05_a_lost_confirmation_is_found_by_inquiry() {
    reserved(
        "72s clock               -> P1 in_doubt, inquire R1
         73s wallet approved R1  -> P1 captured
         74s noren confirm P1 CNY 58.95 -> P1 captured",
    );
}

#[test]
fn i05_a_confirmation_while_in_doubt_captures() {
    reserved(
        "72s clock                      -> P1 in_doubt, inquire R1
         73s noren confirm P1 CNY 58.95 -> P1 captured",
    );
}

#[test]
fn i06_a_confirmation_after_our_cancel_is_being_cancelled_and_the_answer_decides() {
    reserved(
        "3s  merchant cancel P1 key=K1  -> P1 reversing
         4s  noren confirm P1 CNY 58.95 -> P1 reversing, evidence kept
         61s clock                      -> nothing
         62s clock                      -> P1 reversing, cancel R1
         63s wallet cancelled R1        -> P1 reversed
         end ledger                     -> every account 0",
    );
}

#[test]
fn i05_too_late_for_a_cancel_is_a_stray_that_goes_back() {
    reserved(
        "3s  merchant cancel P1 key=K1  -> P1 reversing
         62s clock                      -> P1 reversing, cancel R1
         63s wallet too_late R1         -> P1 reversing, X1 returning, refund F1, alarm stray
         64s wallet refunded F1         -> P1 reversed, X1 returned
         65s noren confirm P1 CNY 58.95 -> P1 reversed
         end ledger                     -> every account 0",
    );
}

#[test]
fn a_debit_of_another_amount_is_refused_and_undone() {
    reserved(
        "3s  noren confirm P1 CNY 58.96 -> refused debit-differs, P1 in_doubt, evidence kept, alarm amount
         4s  noren confirm P1 CNY 58.95 -> P1 captured
         5s  noren confirm P1 CNY 58.96 -> refused debit-differs, P1 captured",
    );
}

#[test]
fn giving_up_what_was_confirmed_or_is_being_undone_changes_nothing() {
    reserved(
        "3s  noren confirm P1 CNY 58.95 -> P1 captured
         4s  noren fail P1              -> refused payment-captured
         5s  noren quote takayama receive JPY 500       -> Q2 CNY 24.56 for JPY 500
         6s  noren reserve W2 takayama JPY 500 quote=Q2 -> P2 authorising
         7s  merchant cancel P2 key=K1                  -> P2 reversing
         8s  noren fail P2                              -> P2 reversing, evidence kept, alarm state
         66s clock                                      -> P2 reversing, cancel R2
         67s wallet cancelled R2                        -> P2 reversed",
    );
}

#[test]
fn a_code_for_one_order_is_paid_once() {
    check(
        "0s  merchant show O1 JPY 1200 key=K1          -> P1 waiting_for_payer
         1s  noren resolve P1                          -> Takayama JPY 1200
         2s  noren quote P1 receive JPY 1200           -> Q1 CNY 58.95 for JPY 1200
         3s  noren reserve W1 P1 JPY 1200 quote=Q1     -> P1 authorising
         4s  noren resolve P1                          -> refused order-being-paid
         5s  alipayplus reserve W9 P1 JPY 1200         -> refused order-being-paid, key burned
         6s  noren confirm P1 CNY 58.95                -> P1 captured
         7s  noren resolve P1                          -> refused order-paid
         8s  merchant show O1 JPY 1200 key=K2          -> refused order-paid, key burned",
    );
}

#[test]
fn a_wallet_that_converts_reserves_without_a_quote() {
    check(
        "0s  merchant show O1 JPY 1200 key=K1            -> P1 waiting_for_payer
         1s  alipayplus quote P1 receive JPY 1200        -> refused quote-not-needed
         2s  alipayplus reserve W1 P1 JPY 1200 quote=Q0  -> refused quote-not-needed, key burned
         3s  alipayplus reserve W2 P1 JPY 1200           -> P1 authorising
         4s  alipayplus confirm P1 USD 8.01              -> P1 captured
         end ledger                                      -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn an_order_that_nobody_pays_expires_and_can_be_tried_again() {
    check(
        "0s   merchant show O1 JPY 1200 key=K1 for=60s   -> P1 waiting_for_payer
         59s  clock                                      -> nothing
         60s  noren resolve P1                           -> refused order-expired
         61s  clock                                      -> P1 expired
         62s  noren resolve P1                           -> refused order-expired
         63s  merchant show O1 JPY 1200 key=K2           -> P2 waiting_for_payer
         64s  merchant cancel P2 key=K3                  -> P2 cancelled
         65s  noren resolve P2                           -> refused order-closed
         end  ledger                                     -> every account 0",
    );
}

#[test]
fn i06_an_order_is_cancelled_before_any_wallet_was_asked() {
    check(
        "0s  merchant show O1 JPY 1200 key=K1    -> P1 waiting_for_payer
         1s  merchant cancel P1 key=K2           -> P1 cancelled
         2s  noren quote P1 receive JPY 1200     -> refused order-closed
         3s  merchant show O1 JPY 1200 key=K1    -> P1 cancelled, replayed",
    );
}

#[test]
fn a_quote_is_good_for_its_time_its_amount_and_its_code() {
    check(
        "0s   merchant show O1 JPY 1200 key=K1                 -> P1 waiting_for_payer
         0s   noren quote takayama receive JPY 1200            -> Q1 CNY 58.95 for JPY 1200
         1s   noren reserve W1 takayama JPY 1201 quote=Q1      -> refused quote-differs, key burned
         2s   noren reserve W2 kanazawa JPY 1200 quote=Q1      -> refused quote-differs, key burned
         3s   noren reserve W3 P1 JPY 1200 quote=Q1            -> refused quote-differs, key burned
         4s   noren quote P1 receive JPY 1201                  -> refused quote-differs
         5s   noren reserve W4 takayama JPY 1200               -> refused quote-needed, key burned
         6s   noren reserve W5 takayama JPY 1200 quote=Q0      -> refused quote-unknown, key burned
         120s noren reserve W6 takayama JPY 1200 quote=Q1      -> refused quote-expired, key burned
         121s noren quote takayama send CNY 58.95              -> Q2 CNY 58.95 for JPY 1199
         122s noren reserve W7 takayama JPY 1199 quote=Q2      -> P2 authorising
         123s noren reserve W8 takayama JPY 1199 quote=Q2      -> refused quote-used, key burned",
    );
}

#[test]
fn i08_a_refund_of_a_printed_codes_payment_goes_by_the_wallets_id() {
    reserved(
        "3s  noren confirm P1 CNY 58.95         -> P1 captured
         4s  merchant refund P1 JPY 1200 key=K1 -> P1 captured, F1 requested, refund F1
         5s  noren claims refunded F1           -> P1 captured, F1 refunded
         end ledger                             -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i06_giving_up_after_a_refused_cancel_is_a_decline() {
    reserved(
        "3s  merchant cancel P1 key=K1  -> P1 reversing
         62s clock                      -> P1 reversing, cancel R1
         63s wallet too_late R1 bare    -> P1 reversing, inquire R1
         64s noren fail P1              -> P1 declined
         end ledger                     -> every account 0",
    );
}

#[test]
fn i05_a_scans_debit_is_one_receipt_whatever_the_wallet_calls_it() {
    reserved(
        "3s  merchant cancel P1 key=K1             -> P1 reversing
         62s clock                                 -> P1 reversing, cancel R1
         63s wallet too_late R1 bare               -> P1 reversing, inquire R1
         64s noren confirm P1 CNY 58.95            -> P1 reversing, X1 returning, refund F1, alarm stray
         65s wallet refunded F1                    -> P1 reversed, X1 returned
         66s wallet approved R1 tx=T9 to=inquiry   -> P1 reversed
         end ledger                                -> every account 0",
    );
}

#[test]
fn i01_a_debit_that_nobody_can_have_made_is_refused() {
    reserved(
        "3s  noren confirm P1 CNY -0.01              -> refused amount-not-positive
         4s  noren confirm P1 CNY 900000000000000.00 -> refused amount-too-large
         5s  noren confirm P1 USD 8.00               -> refused currency-differs
         6s  noren confirm P1 CNY 58.95              -> P1 captured",
    );
}
