//! Which schedule a payment is charged by, and who gets what of it, to the last unit.

use noren_sim::scenario::check;

/// Each schedule's discount is another power of two in hundredths of a percent, and all of it is
/// the switch's: its account says which schedules were used.
#[test]
fn the_most_particular_schedule_wins_whenever_it_was_made() {
    check(
        "
        0s   operator fees one-shop bps=1024 shop=takayama parts=switch:10000          -> done
        0s   operator fees food bps=512 category=5411,5499 parts=switch:10000          -> done
        0s   operator fees other-food bps=4096 category=5411 shop=kanazawa             -> done
        0s   operator fees one-wallet bps=256 wallet=alipayplus parts=switch:10000     -> done
        0s   operator fees scans bps=128 way=cpm parts=switch:10000                    -> done
        0s   operator fees bank bps=64 acquirer=kaga-bank parts=switch:10000           -> done
        1s   merchant pay O1 JPY 10000 key=K1 code=C1                                  -> P1 authorising, ask R1
        1s   wallet   approved R1                                                      -> P1 captured
        1s   ledger                                                                    -> alipayplus wallet_receivable JPY 10000, takayama merchant_payable JPY -8976, switch fee JPY -1024
        2s   merchant pay O1 JPY 10000 key=K1 code=C2 as=kanazawa                      -> P2 authorising, ask R2
        2s   wallet   approved R2                                                      -> P2 captured
        2s   ledger                                                                    -> alipayplus wallet_receivable JPY 20000, takayama merchant_payable JPY -8976, kanazawa merchant_payable JPY -9488, switch fee JPY -1536
        3s   noren    quote kanazawa receive JPY 10000                                 -> Q1 CNY 491.26 for JPY 10000
        3s   noren    reserve W1 kanazawa JPY 10000 quote=Q1                           -> P3 authorising
        3s   operator fees food bps=512 category=5411 parts=switch:10000               -> done
        4s   merchant pay O2 JPY 10000 key=K2 code=C3 as=kanazawa                      -> P4 authorising, ask R4
        4s   wallet   approved R4                                                      -> P4 captured
        4s   ledger                                                                    -> alipayplus wallet_receivable JPY 30000, takayama merchant_payable JPY -8976, kanazawa merchant_payable JPY -19232, switch fee JPY -1792
        5s   merchant pay O3 JPY 10000 key=K3 code=C4 as=kanazawa wallet=noren         -> P5 authorising, ask R5
        5s   wallet   approved R5                                                      -> P5 captured
        5s   ledger                                                                    -> alipayplus wallet_receivable JPY 30000, noren wallet_receivable CNY 491.26, takayama merchant_payable JPY -8976, kanazawa merchant_payable JPY -29104, switch fee JPY -1920, switch fx_position JPY 10000, switch fx_position CNY -491.26
        ",
    );
}

#[test]
fn a_schedule_is_in_force_from_its_first_instant_and_until_before_its_last() {
    check(
        "
        0s   operator fees opening bps=0 from=10s until=20s                            -> done
        9s   merchant pay O1 JPY 1000 key=K1 code=C1                                   -> P1 authorising, ask R1
        9s   wallet   approved R1                                                      -> P1 captured
        9s   ledger                                                                    -> alipayplus wallet_receivable JPY 1000, alipayplus fee JPY -15, takayama merchant_payable JPY -970, hida-shinkumi fee JPY -9, switch fee JPY -6
        10s  merchant pay O2 JPY 1000 key=K2 code=C2                                   -> P2 authorising, ask R2
        10s  wallet   approved R2                                                      -> P2 captured
        10s  ledger                                                                    -> alipayplus wallet_receivable JPY 2000, alipayplus fee JPY -15, takayama merchant_payable JPY -1970, hida-shinkumi fee JPY -9, switch fee JPY -6
        19s  merchant pay O3 JPY 1000 key=K3 code=C3                                   -> P3 authorising, ask R3
        20s  wallet   approved R3                                                      -> P3 captured
        20s  ledger                                                                    -> alipayplus wallet_receivable JPY 3000, alipayplus fee JPY -15, takayama merchant_payable JPY -2970, hida-shinkumi fee JPY -9, switch fee JPY -6
        20s  merchant pay O4 JPY 1000 key=K4 code=C4                                   -> P4 authorising, ask R4
        20s  wallet   approved R4                                                      -> P4 captured
        20s  ledger                                                                    -> alipayplus wallet_receivable JPY 4000, alipayplus fee JPY -30, takayama merchant_payable JPY -3940, hida-shinkumi fee JPY -18, switch fee JPY -12
        ",
    );
}

#[test]
fn of_two_that_fit_alike_the_later_one_wins_and_then_the_lesser_name() {
    check(
        "
        0s   operator fees a-spring bps=100 from=1s parts=switch:10000                 -> done
        0s   operator fees b-spring bps=200 from=1s parts=switch:10000                 -> done
        0s   operator fees c-summer bps=400 from=5s parts=switch:10000                 -> done
        2s   merchant pay O1 JPY 1000 key=K1 code=C1                                   -> P1 authorising, ask R1
        2s   wallet   approved R1                                                      -> P1 captured
        2s   ledger                                                                    -> alipayplus wallet_receivable JPY 1000, takayama merchant_payable JPY -990, switch fee JPY -10
        6s   merchant pay O2 JPY 1000 key=K2 code=C2                                   -> P2 authorising, ask R2
        6s   wallet   approved R2                                                      -> P2 captured
        6s   ledger                                                                    -> alipayplus wallet_receivable JPY 2000, takayama merchant_payable JPY -1950, switch fee JPY -50
        ",
    );
}

/// A code that a till shows is charged by the schedule of the moment at which a wallet comes, and
/// keeps it, whatever the directory says when the money arrives.
#[test]
fn a_payment_keeps_the_schedule_under_which_its_wallet_was_asked() {
    check(
        "
        0s   merchant show O1 JPY 10000 key=K1                                         -> P1 waiting_for_payer
        5s   operator fees all bps=100 parts=switch:10000                              -> done
        6s   noren    quote P1 receive JPY 10000                                       -> Q1 CNY 491.26 for JPY 10000
        6s   noren    reserve W1 P1 JPY 10000 quote=Q1                                 -> P1 authorising
        7s   operator fees all bps=900 parts=switch:10000                              -> done
        8s   noren    confirm P1 CNY 491.26                                            -> P1 captured
        8s   ledger                                                                    -> noren wallet_receivable CNY 491.26, takayama merchant_payable JPY -9900, switch fee JPY -100, switch fx_position JPY 10000, switch fx_position CNY -491.26
        9s   merchant refund P1 JPY 10000 key=K2                                       -> P1 captured, F1 requested, refund F1
        9s   wallet   refunded F1                                                      -> P1 captured, F1 refunded
        end  ledger                                                                    -> takayama merchant_payable JPY 100, switch fee JPY -100
        ",
    );
}

/// 3.33 % of 1,001 yen are 33: 10, 8, 5 and, to the last party, 10.
#[test]
fn a_partner_has_its_part_and_partial_refunds_return_parts_to_the_last_unit() {
    check(
        "
        0s   operator fees all bps=333 parts=wallet:3333:back,acquirer:2500,partner:1667:back,switch:2500 -> done
        0s   operator partner tabi-pos at=takayama                                     -> done
        1s   merchant pay O1 JPY 1001 key=K1                                           -> P1 authorising, ask R1
        2s   wallet   approved R1                                                      -> P1 captured
        2s   ledger                                                                    -> alipayplus wallet_receivable JPY 1001, alipayplus fee JPY -10, takayama merchant_payable JPY -968, hida-shinkumi fee JPY -8, tabi-pos fee JPY -5, switch fee JPY -10
        3s   merchant refund P1 JPY 333 key=K2                                         -> P1 captured, F1 requested, refund F1
        3s   wallet   refunded F1                                                      -> P1 captured, F1 refunded
        3s   ledger                                                                    -> alipayplus wallet_receivable JPY 668, alipayplus fee JPY -7, takayama merchant_payable JPY -639, hida-shinkumi fee JPY -8, tabi-pos fee JPY -4, switch fee JPY -10
        4s   merchant refund P1 JPY 1 key=K3                                           -> P1 captured, F2 requested, refund F2
        4s   wallet   refunded F2                                                      -> P1 captured, F2 refunded
        4s   ledger                                                                    -> alipayplus wallet_receivable JPY 667, alipayplus fee JPY -7, takayama merchant_payable JPY -638, hida-shinkumi fee JPY -8, tabi-pos fee JPY -4, switch fee JPY -10
        5s   merchant refund P1 JPY 667 key=K4                                         -> P1 captured, F3 requested, refund F3
        5s   wallet   refunded F3                                                      -> P1 captured, F3 refunded
        end  ledger                                                                    -> takayama merchant_payable JPY 18, hida-shinkumi fee JPY -8, switch fee JPY -10
        ",
    );
}

#[test]
fn a_stores_partner_goes_before_its_merchants_and_without_one_the_acquirer_has_the_part() {
    check(
        "
        0s   operator fees all bps=1000 parts=partner:10000                           -> done
        1s   merchant pay O1 JPY 1000 key=K1 code=C1                                   -> P1 authorising, ask R1
        1s   wallet   approved R1                                                      -> P1 captured
        1s   ledger                                                                    -> alipayplus wallet_receivable JPY 1000, takayama merchant_payable JPY -900, hida-shinkumi fee JPY -100
        2s   operator partner tabi-pos at=takayama                                     -> done
        2s   merchant pay O2 JPY 1000 key=K2 code=C2                                   -> P2 authorising, ask R2
        2s   wallet   approved R2                                                      -> P2 captured
        2s   ledger                                                                    -> alipayplus wallet_receivable JPY 2000, takayama merchant_payable JPY -1800, hida-shinkumi fee JPY -100, tabi-pos fee JPY -100
        3s   operator partner onsen-pos store=takayama                                 -> done
        3s   merchant pay O3 JPY 1000 key=K3 code=C3                                   -> P3 authorising, ask R3
        3s   wallet   approved R3                                                      -> P3 captured
        end  ledger                                                                    -> alipayplus wallet_receivable JPY 3000, takayama merchant_payable JPY -2700, hida-shinkumi fee JPY -100, onsen-pos fee JPY -100, tabi-pos fee JPY -100
        ",
    );
}

#[test]
fn a_schedule_that_cannot_be_is_refused() {
    check(
        "
        0s   operator fees never bps=100 from=20s until=20s                            -> refused directory-fee-dates
        0s   operator fees short bps=100 parts=wallet:5000,switch:4999                 -> refused directory-fee-shares
        0s   operator fees much bps=10001                                              -> refused directory-fee-shares
        0s   merchant pay O1 JPY 1000 key=K1                                           -> P1 authorising, ask R1
        0s   wallet   approved R1                                                      -> P1 captured
        end  ledger                                                                    -> alipayplus wallet_receivable JPY 1000, alipayplus fee JPY -15, takayama merchant_payable JPY -970, hida-shinkumi fee JPY -9, switch fee JPY -6
        ",
    );
}
