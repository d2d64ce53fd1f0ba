//! The till scans the payer's code.

use noren_sim::scenario::check;

#[test]
fn the_books_of_one_payment_with_fees() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  wallet approved R1              -> P1 captured
         2s  ledger                          -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8
         3s  merchant refund P1 JPY 400 key=K2 -> P1 captured, F1 requested, refund F1
         4s  wallet refunded F1              -> P1 captured, F1 refunded
         end ledger                          -> alipayplus wallet_receivable JPY 800, alipayplus fee JPY -12, takayama merchant_payable JPY -770, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn the_books_of_one_payment_that_we_convert() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 wallet=noren -> P1 authorising, ask R1
         1s  wallet approved R1                           -> P1 captured
         end ledger                                       -> noren wallet_receivable CNY 58.95, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position CNY -58.95",
    );
}

#[test]
fn a_declined_payment_may_be_tried_again_under_the_same_number() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
         1s  wallet declined R1                      -> P1 declined
         2s  merchant pay O1 JPY 1200 key=K2 code=C2 -> P2 authorising, ask R2
         3s  wallet approved R2                      -> P2 captured
         4s  wallet approved R1 notice               -> P1 declined, evidence kept, inquire R1, alarm state
         5s  wallet declined R1                      -> P1 declined",
    );
}
