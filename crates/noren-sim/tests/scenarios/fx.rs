//! Conversion in the books: the two legs of a capture meet in the position of each currency, and
//! what is gained or lost stays there, where it can be seen.

use noren_sim::scenario::check;

/// 1,200 yen at 0.00205 dinar and 1.5 % are 2.49690 dinar, half to even 2.497.
#[test]
fn three_decimals_and_refunds_that_leave_no_position_open() {
    check(
        "
        0s   operator lets noren owe KWD rate=0.00205                  -> done
        1s   noren    quote takayama receive JPY 1200                  -> Q1 KWD 2.497 for JPY 1200
        2s   noren    reserve W1 takayama JPY 1200 quote=Q1            -> P1 authorising
        3s   noren    confirm P1 KWD 2.497                             -> P1 captured
        3s   ledger                                                    -> noren wallet_receivable KWD 2.497, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position KWD -2.497
        4s   merchant refund P1 JPY 1 key=K1                           -> P1 captured, F1 requested, refund F1
        5s   wallet   refunded F1                                      -> P1 captured, F1 refunded
        5s   ledger                                                    -> noren wallet_receivable KWD 2.495, noren fee JPY -18, takayama merchant_payable JPY -1163, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1199, switch fx_position KWD -2.495
        6s   merchant refund P1 JPY 700 key=K2                         -> P1 captured, F2 requested, refund F2
        7s   wallet   refunded F2                                      -> P1 captured, F2 refunded
        8s   merchant refund P1 JPY 499 key=K3                         -> P1 captured, F3 requested, refund F3
        9s   wallet   refunded F3                                      -> P1 captured, F3 refunded
        end  ledger                                                    -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -10, switch fee JPY -8
        ",
    );
}

/// 1,200 yen at 9.3 won and 1.5 % are 11,327.4 won: a part of a won is nobody's.
#[test]
fn no_decimals_on_either_side() {
    check(
        "
        0s   operator lets noren owe KRW rate=9.3                      -> done
        1s   noren    quote takayama receive JPY 1200                  -> Q1 KRW 11327 for JPY 1200
        2s   noren    reserve W1 takayama JPY 1200 quote=Q1            -> P1 authorising
        3s   noren    confirm P1 KRW 11327                             -> P1 captured
        3s   ledger                                                    -> noren wallet_receivable KRW 11327, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position KRW -11327
        4s   merchant refund P1 JPY 1200 key=K1                        -> P1 captured, F1 requested, refund F1
        5s   wallet   refunded F1                                      -> P1 captured, F1 refunded
        end  ledger                                                    -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -10, switch fee JPY -8
        ",
    );
}

/// What the payer sends is fixed, and the shop's yen are rounded down: the rest stays with us.
#[test]
fn a_payer_who_fixes_what_is_sent_leaves_the_part_of_a_yen_in_the_position() {
    check(
        "
        1s   noren    quote takayama send CNY 50.00                    -> Q1 CNY 50.00 for JPY 1017
        2s   noren    reserve W1 takayama JPY 1017 quote=Q1            -> P1 authorising
        3s   noren    confirm P1 CNY 50.00                             -> P1 captured
        end  ledger                                                    -> noren wallet_receivable CNY 50.00, noren fee JPY -15, takayama merchant_payable JPY -987, hida-shinkumi fee JPY -9, switch fee JPY -6, switch fx_position JPY 1017, switch fx_position CNY -50.00
        ",
    );
}

/// The rate moves between two payments: each keeps its own, and so does a refund of it. What the
/// position of each currency holds is what was taken at each rate, no more and no less.
#[test]
fn each_payment_and_its_refund_keep_the_rate_of_their_quote() {
    check(
        "
        1s   noren    quote takayama receive JPY 1000                  -> Q1 CNY 49.13 for JPY 1000
        2s   noren    reserve W1 takayama JPY 1000 quote=Q1            -> P1 authorising
        3s   noren    confirm P1 CNY 49.13                             -> P1 captured
        4s   operator lets noren owe CNY rate=0.0600                   -> done
        5s   noren    quote takayama receive JPY 1000                  -> Q2 CNY 60.90 for JPY 1000
        6s   noren    reserve W2 takayama JPY 1000 quote=Q2            -> P2 authorising
        7s   noren    confirm P2 CNY 60.90                             -> P2 captured
        7s   ledger                                                    -> noren wallet_receivable CNY 110.03, noren fee JPY -30, takayama merchant_payable JPY -1940, hida-shinkumi fee JPY -18, switch fee JPY -12, switch fx_position JPY 2000, switch fx_position CNY -110.03
        8s   merchant refund P1 JPY 1000 key=K1                        -> P1 captured, F1 requested, refund F1
        9s   wallet   refunded F1                                      -> P1 captured, F1 refunded
        end  ledger                                                    -> noren wallet_receivable CNY 60.90, noren fee JPY -15, takayama merchant_payable JPY -955, hida-shinkumi fee JPY -18, switch fee JPY -12, switch fx_position JPY 1000, switch fx_position CNY -60.90
        ",
    );
}

/// The wallet converts: its amounts are kept as it says them, whatever it says, and the shop is
/// credited and debited exactly in its own currency.
#[test]
fn a_wallet_that_converts_leaves_no_position_whatever_its_payer_gets() {
    check(
        "
        0s   merchant pay O1 JPY 1200 key=K1                           -> P1 authorising, ask R1
        1s   wallet   approved R1 payer=CNY:58.12                      -> P1 captured
        1s   ledger                                                    -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8
        2s   merchant refund P1 JPY 500 key=K2                         -> P1 captured, F1 requested, refund F1
        3s   wallet   refunded F1 payer=CNY:23.00                      -> P1 captured, F1 refunded
        4s   merchant refund P1 JPY 700 key=K3                         -> P1 captured, F2 requested, refund F2
        5s   wallet   refunded F2 payer=CNY:36.00                      -> P1 captured, F2 refunded
        end  ledger                                                    -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -10, switch fee JPY -8
        ",
    );
}

/// The switch converts, and the network knows the payer's currency alone: what it names is the 1,200
/// yen that it was asked for, and a refund of it leaves no position open.
#[test]
fn a_network_that_names_the_payers_money_only_is_understood() {
    check(
        "
        0s   merchant pay O1 JPY 1200 key=K1 wallet=noren              -> P1 authorising, ask R1
        1s   wallet   approved R1 CNY 58.95                            -> P1 captured
        1s   ledger                                                    -> noren wallet_receivable CNY 58.95, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position CNY -58.95
        2s   merchant refund P1 JPY 1200 key=K2                        -> P1 captured, F1 requested, refund F1
        3s   wallet   refunded F1                                      -> P1 captured, F1 refunded
        end  ledger                                                    -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -10, switch fee JPY -8
        ",
    );
}

/// A fen less, which are the same yen but for the part of one: not what was asked for.
#[test]
fn a_fen_beside_what_was_asked_is_not_it() {
    for said in ["CNY 58.94 payer=CNY:58.94", "CNY 58.96 payer=CNY:58.96"] {
        check(&format!(
            "
            0s   merchant pay O1 JPY 1200 key=K1 wallet=noren          -> P1 authorising, ask R1
            1s   wallet   approved R1 {said}                           -> P1 in_doubt, evidence kept, alarm amount
            "
        ));
    }
}

/// Half of it comes after the cancel: the half of the yen is owed by the network, and goes back.
#[test]
fn a_late_part_of_the_payers_money_goes_back_as_it_came() {
    check(
        "
        0s   merchant pay O1 JPY 1200 key=K1 wallet=noren              -> P1 authorising, ask R1
        1s   merchant cancel P1 key=K2                                 -> P1 reversing
        6s   clock                                                     -> P1 reversing, cancel R1
        7s   wallet   too_late R1 CNY 29.48 payer=CNY:29.48            -> P1 reversing, X1 returning, refund F1, alarm stray
        7s   ledger                                                    -> noren wallet_receivable CNY 29.48, switch suspense CNY -29.48
        8s   wallet   refunded F1                                      -> P1 reversed, X1 returned
        end  ledger                                                    -> every account 0
        ",
    );
}
