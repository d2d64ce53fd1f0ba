//! A code that a till shows, and a payer whose wallet cannot read it: they say with which wallet
//! they pay, and that wallet is asked for an order.

use noren_sim::scenario::check;

#[test]
fn the_payer_chooses_and_pays_by_the_wallets_link() {
    check(
        "0s  merchant show O1 JPY 1200 key=K1 for=5m -> P1 waiting_for_payer
         1s  payer chooses P1 alipayplus              -> P1 waiting_for_payer, order R1
         2s  payer chooses P1 alipayplus              -> P1 waiting_for_payer, replayed
         3s  wallet ordered R1                        -> P1 waiting_for_payer
         4s  wallet approved R1 notice                -> P1 captured
         end ledger -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn one_wallet_is_asked_at_a_time() {
    check(
        "0s  merchant show O1 JPY 1200 key=K1 for=5m -> P1 waiting_for_payer
         1s  payer chooses P1 alipayplus              -> P1 waiting_for_payer, order R1
         2s  payer chooses P1 partner                 -> refused order-being-paid
         3s  noren resolve P1                       -> refused order-being-paid",
    );
}

#[test]
fn only_the_code_of_an_order_can_be_chosen_for_while_it_waits() {
    check(
        "0s  merchant order O1 JPY 1200 key=K1 for=5m  -> P1 created, order R1
         1s  payer chooses P1 noren                    -> refused payment-unknown
         2s  merchant show O2 JPY 1200 key=K2 for=60s  -> P2 waiting_for_payer
         3s  payer chooses P2 nobody                   -> refused wallet-unknown
         70s payer chooses P2 alipayplus               -> refused order-expired",
    );
}

#[test]
fn what_was_chosen_ends_as_every_order_does() {
    check(
        "0s   merchant show O1 JPY 1200 key=K1 for=60s -> P1 waiting_for_payer
         1s   payer chooses P1 alipayplus              -> P1 waiting_for_payer, order R1
         3s   wallet ordered R1                        -> P1 waiting_for_payer
         4s   merchant cancel P1 key=K2                -> P1 reversing
         9s   clock                                    -> P1 reversing, cancel R1
         10s  wallet cancelled R1                      -> P1 cancelled
         11s  payer chooses P1 alipayplus              -> P1 cancelled, replayed",
    );
}
