//! Push rails: the payer's bank credits the shop. Money that has arrived cannot be refused.

use noren_sim::scenario::check;

#[test]
fn a_printed_code_is_paid_by_a_bank() {
    check(
        "0s rail resolve takayama            -> Takayama up to JPY 100000
         1s rail credits T1 takayama JPY 1200 -> P1 captured
         2s rail credits T2 takayama JPY 1200 -> P2 captured
         end ledger -> rail wallet_receivable JPY 2400, rail fee JPY -36, takayama merchant_payable JPY -2328, hida-shinkumi fee JPY -20, switch fee JPY -16",
    );
}

#[test]
fn a_tills_code_is_paid_by_a_bank() {
    check(
        "0s merchant show O1 JPY 1200 key=K1   -> P1 waiting_for_payer
         1s rail resolve P1                    -> Takayama JPY 1200
         2s rail credits T1 P1 JPY 1200 payer=THB:310.00 -> P1 captured
         3s merchant show O1 JPY 1200 key=K2   -> refused order-paid, key burned
         4s merchant cancel P1 key=K3          -> refused payment-captured, key burned
         10m clock                             -> nothing
         end ledger -> rail wallet_receivable JPY 1200, rail fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i05_the_same_transaction_is_one_credit_for_ever() {
    check(
        "0s rail credits T1 takayama JPY 1200 -> P1 captured
         1s rail credits T1 takayama JPY 1200 -> P1 captured
         2s rail credits T2 whoever JPY 300   -> credit U1, U1 unclaimed, alarm unclaimed
         3s rail credits T2 whoever JPY 300   -> credit U1
         90m rail credits T1 takayama JPY 1200 -> P1 captured
         end ledger -> rail wallet_receivable JPY 1500, rail fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch suspense JPY -300",
    );
}

#[test]
fn i05_a_repeat_with_another_content_is_evidence_and_an_alarm() {
    check(
        "0s rail credits T1 takayama JPY 1200 -> P1 captured
         1s rail credits T1 takayama JPY 1300 -> refused credit-differs, P1 captured, evidence kept, alarm differs
         2s rail credits T1 kanazawa JPY 1200 -> refused credit-differs, P1 captured, evidence kept, alarm differs
         3s rail credits T1 takayama JPY 1200 -> P1 captured
         4s rail credits T2 whoever JPY 300   -> credit U1, U1 unclaimed, alarm unclaimed
         5s rail credits T2 takayama JPY 300  -> refused credit-differs, alarm differs
         6s rail credits T2 whoever JPY 301   -> refused credit-differs, alarm differs
         7s rail credits T2 whoever JPY 300   -> credit U1
         8s merchant show O1 JPY 500 key=K1   -> P2 waiting_for_payer
         9s rail credits T3 P2 JPY 501        -> P2 waiting_for_payer, stray X1, X1 returning, refund F1, alarm stray
         10s rail credits T3 P2 JPY 500       -> refused credit-differs, P2 waiting_for_payer, evidence kept, alarm differs
         11s rail credits T3 P2 JPY 501       -> P2 waiting_for_payer, stray X1",
    );
}

#[test]
fn i05_another_amount_goes_back_and_the_order_goes_on_waiting() {
    check(
        "0s merchant show O1 JPY 1200 key=K1 -> P1 waiting_for_payer
         1s rail credits T1 P1 JPY 1000      -> P1 waiting_for_payer, stray X1, X1 returning, refund F1, alarm stray
         2s wallet refunded F1               -> P1 waiting_for_payer, X1 returned
         3s rail credits T2 P1 JPY 1200      -> P1 captured
         4s rail credits T1 P1 JPY 1000      -> P1 captured, stray X1
         end ledger -> rail wallet_receivable JPY 1200, rail fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i05_a_credit_after_the_order_has_expired_goes_back() {
    check(
        "0s merchant show O1 JPY 1200 key=K1 for=5m -> P1 waiting_for_payer
         5m clock                                   -> P1 expired
         6m rail credits T1 P1 JPY 1200             -> P1 expired, stray X1, X1 returning, refund F1, alarm stray
         7m wallet refunded F1                      -> P1 expired, X1 returned
         end ledger                                 -> every account 0",
    );
}

#[test]
fn i05_a_credit_for_a_code_whose_time_is_over_goes_back_before_the_clock_says_so() {
    check(
        "0s merchant show O1 JPY 1200 key=K1 for=5m -> P1 waiting_for_payer
         5m rail credits T1 P1 JPY 1200 -> P1 waiting_for_payer, stray X1, X1 returning, refund F1, alarm stray
         5m clock                       -> P1 expired",
    );
}

#[test]
fn i05_a_credit_for_an_order_that_was_taken_back_goes_back() {
    check(
        "0s merchant show O1 JPY 1200 key=K1 -> P1 waiting_for_payer
         1s merchant cancel P1 key=K2        -> P1 cancelled
         2s rail credits T1 P1 JPY 1200      -> P1 cancelled, stray X1, X1 returning, refund F1, alarm stray
         3s wallet refunded F1               -> P1 cancelled, X1 returned
         end ledger                          -> every account 0",
    );
}

#[test]
fn i04_a_second_credit_for_one_order_goes_back() {
    check(
        "0s merchant show O1 JPY 1200 key=K1 -> P1 waiting_for_payer
         1s rail credits T1 P1 JPY 1200      -> P1 captured
         2s rail credits T2 P1 JPY 1200      -> P1 captured, stray X1, X1 returning, refund F1, alarm stray
         3s wallet silent F1                 -> P1 captured
         13s clock                           -> P1 captured, inquire F1
         14s wallet refunded F1              -> P1 captured, X1 returned
         end ledger -> rail wallet_receivable JPY 1200, rail fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i04_an_order_that_another_wallet_has_paid_gives_a_credit_back() {
    check(
        "0s merchant show O1 JPY 1200 key=K1       -> P1 waiting_for_payer
         1s alipayplus reserve W1 P1 JPY 1200      -> P1 authorising
         2s alipayplus confirm P1 JPY 1200         -> P1 captured
         3s rail credits T1 P1 JPY 1200            -> P1 captured, stray X1, X1 returning, refund F1, alarm stray
         4s wallet refunded F1                     -> P1 captured, X1 returned
         end ledger -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i04_a_credit_while_another_wallet_is_asked_goes_back_whatever_that_one_says() {
    check(
        "0s merchant show O1 JPY 1200 key=K1       -> P1 waiting_for_payer
         1s alipayplus reserve W1 P1 JPY 1200      -> P1 authorising
         2s rail credits T1 P1 JPY 1200            -> P1 authorising, stray X1, X1 returning, refund F1, alarm stray
         3s wallet refunded F1                     -> P1 authorising, X1 returned
         4s alipayplus confirm P1 JPY 1200         -> P1 captured",
    );
    check(
        "0s merchant show O1 JPY 1200 key=K1       -> P1 waiting_for_payer
         1s alipayplus reserve W1 P1 JPY 1200      -> P1 authorising
         71s clock                                 -> P1 in_doubt, inquire R1
         72s rail credits T1 P1 JPY 1200           -> P1 in_doubt, stray X1, X1 returning, refund F1, alarm stray
         73s merchant cancel P1 key=K2             -> P1 reversing, cancel R1
         74s rail credits T2 P1 JPY 1200           -> P1 reversing, stray X2, X2 returning, refund F2, alarm stray
         75s wallet refunded F1                    -> P1 reversing, X1 returned
         76s wallet cancelled R1                   -> P1 reversed
         77s wallet refunded F2                    -> P1 reversed, X2 returned
         end ledger                                -> every account 0",
    );
}

#[test]
fn i08_a_refused_return_to_a_rail_leaves_the_undoing_of_another_wallet_alone() {
    check(
        "0s merchant show O1 JPY 1200 key=K1       -> P1 waiting_for_payer
         1s alipayplus reserve W1 P1 JPY 1200      -> P1 authorising
         2s merchant cancel P1 key=K2              -> P1 reversing
         3s rail credits T1 P1 JPY 1200            -> P1 reversing, stray X1, X1 returning, refund F1, alarm stray
         4s wallet declined F1                     -> P1 reversing, X1 claim, alarm claim
         61s clock                                 -> P1 reversing, cancel R1
         62s wallet cancelled R1                   -> P1 reversed
         end ledger -> rail wallet_receivable JPY 1200, switch suspense JPY -1200",
    );
}

#[test]
fn i05_a_shop_that_takes_no_payments_gives_back_what_is_credited() {
    check(
        "0s operator suspend takayama          -> done
         1s rail credits T1 takayama JPY 1200  -> P1 cancelled, stray X1, X1 returning, refund F1, alarm stray
         2s rail credits T1 takayama JPY 1200  -> P1 cancelled, stray X1
         3s wallet refunded F1                 -> P1 cancelled, X1 returned
         4s operator resume takayama           -> done
         5s merchant show O1 JPY 300 key=K1    -> P2 waiting_for_payer
         6s operator suspend takayama          -> done
         7s rail credits T2 P2 JPY 300         -> P2 waiting_for_payer, stray X2, X2 returning, refund F2, alarm stray",
    );
}

#[test]
fn i05_a_credit_above_the_shops_limit_or_over_a_rail_it_does_not_take_goes_back() {
    check(
        "0s rail credits T1 takayama JPY 100001 -> P1 cancelled, stray X1, X1 returning, refund F1, alarm stray
         1s operator refuse rail                -> done
         2s rail credits T2 takayama JPY 1200   -> P2 cancelled, stray X2, X2 returning, refund F2, alarm stray
         3s operator suspend rail               -> done
         4s rail credits T3 kanazawa JPY 1200   -> P3 cancelled, stray X3, X3 returning, refund F3, alarm stray
         5s operator retire rail                -> done
         6s rail credits T4 kanazawa JPY 1200   -> P4 cancelled, stray X4, X4 returning, refund F4, alarm stray",
    );
}

#[test]
fn i05_money_cannot_be_held_by_pushing_it() {
    check(
        "0s merchant show O1 JPY 1200 key=K1 hold -> P1 waiting_for_payer
         1s rail resolve P1                       -> refused hold-not-offered
         2s rail credits T1 P1 JPY 1200           -> P1 waiting_for_payer, stray X1, X1 returning, refund F1, alarm stray",
    );
}

#[test]
fn i05_a_rail_that_returns_nothing_makes_a_claim_at_once() {
    check(
        "0s operator lets rail return nothing   -> done
         1s merchant show O1 JPY 1200 key=K1    -> P1 waiting_for_payer
         2s rail credits T1 P1 JPY 1000         -> P1 waiting_for_payer, stray X1, X1 claim, alarm stray, alarm claim
         3s rail credits T2 P1 JPY 1200         -> P1 captured
         4s merchant refund P1 JPY 200 key=K2   -> refused refund-not-offered, key burned
         5s rail credits T3 whoever JPY 300     -> credit U1, U1 unclaimed, alarm unclaimed
         6s operator return U1                  -> credit U1, U1 claim, alarm claim
         7s operator return U1                  -> credit U1
         8s operator assign U1 takayama         -> credit U1, P2 captured, U1 assigned
         end ledger -> rail wallet_receivable JPY 2500, rail fee JPY -22, takayama merchant_payable JPY -1455, hida-shinkumi fee JPY -12, switch fee JPY -11, switch suspense JPY -1000",
    );
}

#[test]
fn i09_a_pushed_payment_is_refunded_by_transfers_back_up_to_the_whole() {
    check(
        "0s rail credits T1 takayama JPY 1200  -> P1 captured
         1s merchant refund P1 JPY 200 key=K1  -> P1 captured, F1 requested, refund F1
         2s wallet refunded F1                 -> P1 captured, F1 refunded
         3s merchant refund P1 JPY 1001 key=K2 -> refused refund-exceeds-captured, key burned
         4s merchant refund P1 JPY 1000 key=K3 -> P1 captured, F2 requested, refund F2
         5s wallet no_funds F2                 -> P1 captured, F2 waiting_for_funds
         15s clock                             -> P1 captured, refund F2
         16s rail claims refunded F2           -> P1 captured, F2 refunded
         end ledger -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i05_a_name_that_nobody_has_waits_in_the_house_and_goes_back() {
    check(
        "0s rail credits T1 whoever JPY 1200   -> credit U1, U1 unclaimed, alarm unclaimed
         1s operator return U1                 -> credit U1, U1 returning, refund F1
         2s operator return U1                 -> credit U1
         3s operator assign U1 takayama        -> refused credit-returned
         4s wallet silent F1                   -> nothing
         11s clock                             -> inquire F1
         12s wallet processing F1              -> nothing
         31s clock                             -> refund F1
         32s alipayplus claims refunded F1     -> refused payment-unknown
         33s wallet refunded F1                -> U1 returned
         34s wallet declined F1                -> alarm state
         35s operator return U1                -> credit U1
         36s operator assign U1 takayama       -> refused credit-returned
         end ledger                            -> every account 0",
    );
}

#[test]
fn i06_a_return_is_done_when_the_rail_says_so_for_the_right_amount() {
    check(
        "0s rail credits T1 whoever JPY 1200 -> credit U1, U1 unclaimed, alarm unclaimed
         1s operator return U1               -> credit U1, U1 returning, refund F1
         2s wallet refunded F1 JPY 1000      -> alarm amount
         3s wallet unlisted F1               -> alarm protocol
         4s wallet no_funds F1               -> nothing
         11s clock                           -> refund F1
         12s wallet not_found F1             -> nothing
         21s clock                           -> refund F1
         22s wallet declined F1              -> U1 claim, alarm claim
         23s wallet refunded F1 JPY 1        -> alarm state
         24s wallet refunded F1              -> U1 returned, alarm state
         end ledger                          -> every account 0",
    );
}

#[test]
fn i04_a_credit_is_assigned_once_and_is_a_payment_from_then_on() {
    check(
        "0s rail credits T1 whoever JPY 1200   -> credit U1, U1 unclaimed, alarm unclaimed
         1s operator assign U1 takayama        -> credit U1, P1 captured, U1 assigned
         2s operator assign U1 takayama        -> credit U1, P1 captured
         3s operator assign U1 kanazawa        -> refused credit-assigned
         4s operator return U1                 -> refused credit-assigned
         5s rail credits T1 whoever JPY 1200   -> credit U1
         6s merchant refund P1 JPY 1200 key=K1 -> P1 captured, F1 requested, refund F1
         7s wallet refunded F1                 -> P1 captured, F1 refunded
         end ledger -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i04_a_claim_can_be_assigned_and_a_late_return_of_it_is_an_alarm() {
    check(
        "0s rail credits T1 whoever JPY 1200 -> credit U1, U1 unclaimed, alarm unclaimed
         1s operator return U1               -> credit U1, U1 returning, refund F1
         2s wallet declined F1               -> U1 claim, alarm claim
         3s operator assign U1 takayama      -> credit U1, P1 captured, U1 assigned
         4s wallet refunded F1               -> alarm state
         end ledger -> rail wallet_receivable JPY 1200, rail fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8",
    );
}

#[test]
fn i05_money_in_a_currency_that_its_payee_does_not_have_waits_in_the_house() {
    check(
        "0s merchant show O1 JPY 1200 key=K1    -> P1 waiting_for_payer
         1s rail credits T1 P1 THB 310.00       -> credit U1, U1 unclaimed, alarm unclaimed
         2s rail credits T2 takayama THB 310.00 -> credit U2, U2 unclaimed, alarm unclaimed
         3s operator assign U1 takayama         -> refused currency-differs
         4s rail credits T3 P1 JPY 1200         -> P1 captured",
    );
}

#[test]
fn i05_a_payment_that_is_not_there_is_nobodys_name() {
    check(
        "0s rail credits T1 P0 JPY 1200  -> credit U1, U1 unclaimed, alarm unclaimed
         1s operator suspend takayama    -> done
         2s operator assign U1 takayama  -> refused shop-suspended",
    );
}

#[test]
fn what_is_no_money_is_no_credit() {
    check(
        "0s rail credits T1 takayama JPY 0                   -> refused amount-not-positive
         1s rail credits T1 takayama JPY 1200 payer=THB:0.00 -> refused amount-not-positive
         2s rail credits T1 takayama JPY 99999999999999      -> refused amount-too-large
         3s rail credits T1 takayama JPY 1200                -> P1 captured",
    );
}

#[test]
fn a_push_rail_is_never_asked_to_pay_and_no_other_wallet_credits() {
    check(
        "0s alipayplus credits T1 takayama JPY 1200          -> refused not-a-push-rail
         1s rail reserve W1 takayama JPY 1200                -> refused push-rail-only, key burned
         2s merchant pay O1 JPY 1200 key=K1 wallet=rail      -> refused push-rail-only, key burned
         3s merchant order O2 JPY 1200 key=K2 wallet=rail    -> refused push-rail-only, key burned
         4s rail quote takayama receive JPY 1200             -> refused quote-not-needed",
    );
}

#[test]
fn a_cap_cannot_keep_out_what_has_arrived_and_alarms() {
    check(
        "0s operator caps rail at JPY 2000     -> done
         1s rail credits T1 takayama JPY 1200  -> P1 captured
         2s rail credits T2 takayama JPY 1200  -> P2 captured, alarm cap
         3s rail credits T3 whoever JPY 300    -> credit U1, U1 unclaimed, alarm unclaimed, alarm cap
         4s merchant refund P1 JPY 1200 key=K1 -> P1 captured, F1 requested, refund F1
         5s wallet refunded F1                 -> P1 captured, F1 refunded
         6s rail credits T4 whoever JPY 300    -> credit U2, U2 unclaimed, alarm unclaimed",
    );
}
