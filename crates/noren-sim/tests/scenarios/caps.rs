//! Net debit caps: what a wallet may come to owe, booked and pending beside booked.

use noren_sim::scenario::check;

#[test]
fn a_payment_that_would_pass_the_cap_is_refused_before_anything_is_asked() {
    check(
        "
        0s   operator caps alipayplus at JPY 2000         -> done
        1s   merchant pay O1 JPY 1200 key=K1              -> P1 authorising, ask R1
        1s   ledger pending                               -> alipayplus wallet_receivable JPY 1200
        2s   merchant pay O2 JPY 801 key=K2 code=C2       -> refused wallet-over-cap, key burned
        3s   merchant pay O2 JPY 800 key=K3 code=C2       -> P2 authorising, ask R2
        4s   merchant pay O2 JPY 801 key=K2 code=C2       -> refused wallet-over-cap, replayed
        5s   wallet approved R1                           -> P1 captured
        5s   ledger pending                               -> alipayplus wallet_receivable JPY 800
        6s   merchant pay O3 JPY 1 key=K4                 -> refused wallet-over-cap, key burned
        7s   wallet declined R2                           -> P2 declined
        7s   ledger pending                               -> nothing
        8s   merchant pay O3 JPY 800 key=K5               -> P3 authorising, ask R3
        ",
    );
}

#[test]
fn a_refund_makes_room_when_it_is_confirmed_and_not_before() {
    check(
        "
        0s   operator caps alipayplus at JPY 1200         -> done
        1s   merchant pay O1 JPY 1200 key=K1              -> P1 authorising, ask R1
        2s   wallet approved R1                           -> P1 captured
        3s   merchant refund P1 JPY 500 key=K2            -> P1 captured, F1 requested, refund F1
        3s   ledger pending                               -> alipayplus wallet_receivable JPY 500 back
        4s   merchant pay O2 JPY 500 key=K3               -> refused wallet-over-cap, key burned
        5s   wallet refunded F1                           -> P1 captured, F1 refunded
        5s   ledger pending                               -> nothing
        6s   merchant pay O2 JPY 500 key=K4 code=C2       -> P2 authorising, ask R2
        ",
    );
}

#[test]
fn a_scan_counts_in_the_payers_currency_and_its_refused_id_is_burned() {
    check(
        "
        0s   operator caps noren at CNY 58.94                -> done
        1s   noren quote takayama receive JPY 1200           -> Q1 CNY 58.95 for JPY 1200
        2s   noren reserve W1 takayama JPY 1200 quote=Q1     -> refused wallet-over-cap, key burned
        3s   operator caps noren at CNY 58.95                -> done
        4s   noren reserve W1 takayama JPY 1200 quote=Q1     -> refused wallet-over-cap, replayed
        5s   noren reserve W2 takayama JPY 1200 quote=Q1     -> P1 authorising
        5s   ledger pending                                  -> noren wallet_receivable CNY 58.95
        6s   noren fail P1                                   -> P1 declined
        6s   ledger pending                                  -> nothing
        ",
    );
}

#[test]
fn what_is_in_doubt_or_being_undone_stays_reserved() {
    check(
        "
        0s   operator caps alipayplus at JPY 1200         -> done
        0s   merchant pay O1 JPY 1200 key=K1              -> P1 authorising, ask R1
        1s   wallet silent R1                             -> P1 in_doubt
        1s   ledger pending                               -> alipayplus wallet_receivable JPY 1200
        2s   merchant pay O2 JPY 1 key=K2 code=C2         -> refused wallet-over-cap, key burned
        7s   merchant cancel P1 key=K3                    -> P1 reversing, cancel R1
        7s   ledger pending                               -> alipayplus wallet_receivable JPY 1200
        8s   wallet cancelled R1                          -> P1 reversed
        8s   ledger pending                               -> nothing
        9s   merchant pay O2 JPY 1 key=K4 code=C2         -> P2 authorising, ask R2
        ",
    );
}

#[test]
fn i08_a_stray_receipt_is_booked_above_the_cap_and_its_return_is_pending() {
    check(
        "
        0s   operator caps alipayplus at JPY 1200         -> done
        0s   merchant pay O1 JPY 1200 key=K1              -> P1 authorising, ask R1
        7s   merchant cancel P1 key=K2                    -> P1 reversing, cancel R1
        8s   wallet too_late R1                           -> P1 reversing, X1 returning, refund F1, alarm stray
        8s   ledger pending                               -> alipayplus wallet_receivable JPY 1200 back
        8s   ledger                                       -> alipayplus wallet_receivable JPY 1200, switch suspense JPY -1200
        9s   merchant pay O2 JPY 1 key=K3 code=C2         -> refused wallet-over-cap, key burned
        10s  wallet refunded F1                           -> P1 reversed, X1 returned
        10s  ledger pending                               -> nothing
        ",
    );
}

#[test]
fn a_hold_is_reserved_whole_consumed_by_captures_and_released_with_the_rest() {
    check(
        "
        0s   operator caps alipayplus at JPY 1000         -> done
        0s   merchant pay O1 JPY 1000 key=K1 hold         -> P1 authorising, hold R1
        1s   wallet held R1                               -> P1 authorised
        1s   ledger pending                               -> alipayplus wallet_receivable JPY 1000
        2s   merchant capture P1 JPY 300 key=K2           -> P1 capturing, G1 requested, capture G1
        2s   ledger pending                               -> alipayplus wallet_receivable JPY 1000
        3s   wallet captured G1                           -> P1 authorised, G1 captured
        3s   ledger pending                               -> alipayplus wallet_receivable JPY 700
        4s   merchant pay O2 JPY 1 key=K3 code=C2         -> refused wallet-over-cap, key burned
        5s   merchant void P1 key=K4                      -> P1 voiding, void R1
        5s   ledger pending                               -> alipayplus wallet_receivable JPY 700
        6s   wallet cancelled R1                          -> P1 captured
        6s   ledger pending                               -> nothing
        7s   merchant pay O2 JPY 700 key=K5 code=C2       -> P2 authorising, ask R2
        ",
    );
}

#[test]
fn a_web_order_is_reserved_while_it_is_open() {
    check(
        "
        0s   operator caps noren at CNY 100.00                -> done
        0s   merchant order O1 JPY 1200 key=K1 wallet=noren   -> P1 created, order R1
        0s   ledger pending                                   -> noren wallet_receivable CNY 58.95
        1s   wallet ordered R1                                -> P1 waiting_for_payer
        2s   merchant order O2 JPY 1200 key=K2 wallet=noren   -> refused wallet-over-cap, key burned
        3s   merchant cancel P1 key=K3                        -> P1 reversing
        9s   clock                                            -> P1 reversing, cancel R1
        10s  wallet cancelled R1                              -> P1 cancelled
        10s  ledger pending                                   -> nothing
        ",
    );
}

#[test]
fn a_cap_is_counted_over_all_shops_and_may_be_lowered_and_taken_away() {
    check(
        "
        0s   operator caps alipayplus at JPY 2000                -> done
        1s   merchant pay O1 JPY 1200 key=K1                     -> P1 authorising, ask R1
        2s   merchant pay O2 JPY 1200 key=K2 as=kanazawa         -> refused wallet-over-cap, key burned
        3s   operator caps alipayplus at JPY 1000                -> done
        4s   wallet approved R1                                  -> P1 captured
        5s   merchant pay O3 JPY 1 key=K3                        -> refused wallet-over-cap, key burned
        6s   operator caps alipayplus at JPY nothing             -> done
        7s   merchant pay O3 JPY 90000 key=K4                    -> P2 authorising, ask R2
        8s   operator caps alipayplus at JPY -1                  -> refused directory-limit
        ",
    );
}

#[test]
fn a_code_that_waits_reserves_nothing_until_a_wallet_comes() {
    check(
        "
        0s   operator caps alipayplus at JPY 1200            -> done
        0s   merchant show O1 JPY 1200 key=K1                -> P1 waiting_for_payer
        0s   ledger pending                                  -> nothing
        1s   alipayplus reserve W1 P1 JPY 1200               -> P1 authorising
        1s   ledger pending                                  -> alipayplus wallet_receivable JPY 1200
        2s   alipayplus confirm P1 JPY 1200                  -> P1 captured
        2s   ledger pending                                  -> nothing
        3s   alipayplus reserve W2 takayama JPY 1            -> refused wallet-over-cap, key burned
        ",
    );
}

#[test]
fn prefunding_raises_what_the_cap_allows_and_is_owed_to_the_wallet() {
    check(
        "
        0s   operator caps alipayplus at JPY 1000                    -> done
        1s   operator prefunds alipayplus received JPY 500 key=K1    -> received JPY 500
        2s   operator prefunds alipayplus received JPY 500 key=K1    -> received JPY 500, replayed
        3s   operator prefunds alipayplus received JPY 501 key=K1    -> refused key-reused
        4s   merchant pay O1 JPY 1501 key=K2                         -> refused wallet-over-cap, key burned
        5s   merchant pay O1 JPY 1500 key=K3                         -> P1 authorising, ask R1
        6s   wallet approved R1                                      -> P1 captured
        7s   merchant pay O2 JPY 1 key=K4 code=C2                    -> refused wallet-over-cap, key burned
        end  ledger                                                  -> alipayplus wallet_receivable JPY 1500, alipayplus fee JPY -22, alipayplus prefunding JPY -500, takayama merchant_payable JPY -1455, hida-shinkumi fee JPY -13, switch fee JPY -10, switch bank JPY 500
        ",
    );
}

#[test]
fn prefunding_goes_back_as_far_as_the_cap_does_not_need_it() {
    check(
        "
        0s   operator caps alipayplus at JPY 1000                    -> done
        1s   operator prefunds alipayplus returned JPY 1 key=K1      -> refused prefunding-short, key burned
        2s   operator prefunds alipayplus received JPY 500 key=K2    -> received JPY 500
        3s   operator prefunds alipayplus returned JPY 1 key=K1      -> refused prefunding-short, replayed
        4s   merchant pay O1 JPY 1200 key=K3                         -> P1 authorising, ask R1
        5s   operator prefunds alipayplus returned JPY 301 key=K4    -> refused prefunding-short, key burned
        6s   operator prefunds alipayplus returned JPY 300 key=K5    -> returned JPY 300
        7s   wallet declined R1                                      -> P1 declined
        8s   operator prefunds alipayplus returned JPY 201 key=K6    -> refused prefunding-short, key burned
        9s   operator prefunds alipayplus returned JPY 200 key=K7    -> returned JPY 200
        end  ledger                                                  -> every account 0
        ",
    );
}

#[test]
fn prefunding_is_by_currency_and_without_a_cap_nothing_needs_it() {
    check(
        "
        0s   operator prefunds alipayplus received JPY 500 key=K1    -> received JPY 500
        1s   merchant pay O1 JPY 90000 key=K2                        -> P1 authorising, ask R1
        2s   operator prefunds alipayplus returned CNY 5.00 key=K3   -> refused prefunding-short, key burned
        3s   operator prefunds alipayplus returned JPY 500 key=K4    -> returned JPY 500
        4s   operator prefunds alipayplus received JPY 0 key=K5      -> refused amount-not-positive
        5s   operator prefunds nobody received JPY 1 key=K6          -> refused wallet-unknown
        ",
    );
}
