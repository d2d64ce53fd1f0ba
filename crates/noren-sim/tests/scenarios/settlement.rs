//! Shops that price in one currency and are paid in another: every way to pay, and all that comes
//! after it, with nothing left over.

use noren_sim::scenario::check;

/// All of the discount of 3 % comes back with a refund, so that all can be given back.
const BACK: &str = "0s operator fees all bps=300 parts=wallet:5000:back,switch:5000:back -> done";

/// 1,200 yen less 36 are 1,164. At 0.0484 less 1 % they are 55.774224 yuan: 55.77 for the shop, and
/// the rest stays in the position. Fees stay in yen.
#[test]
fn a_yuan_shop_is_owed_yuan_for_a_scanned_payers_code() {
    check(
        "
        0s  operator pays takayama CNY margin=100   -> done
        1s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
        1s  ledger                                  -> every account 0
        2s  wallet   approved R1                    -> P1 captured
        end ledger                                  -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable CNY -55.77, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY -1164, switch fx_position CNY 55.77
        ",
    );
}

/// The payer's yuan and the shop's meet in one position, and what is between them stays there:
/// mark-up and margin, and the fees, which were paid in yen.
#[test]
fn a_payer_in_yuan_and_a_shop_in_yuan_convert_twice() {
    check(
        "
        0s  operator pays takayama CNY margin=100          -> done
        1s  noren    resolve takayama                      -> Takayama up to JPY 100000
        2s  noren    quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
        3s  noren    reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
        4s  noren    confirm P1 CNY 58.95                  -> P1 captured
        end ledger                                         -> noren wallet_receivable CNY 58.95, noren fee JPY -18, takayama merchant_payable CNY -55.77, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 36, switch fx_position CNY -3.18
        ",
    );
}

/// Three decimals on the payer's side, two on the shop's, none between them; given back in three
/// parts that leave nothing open in any of the three.
#[test]
fn dinar_become_yen_become_yuan_and_go_back() {
    check(&format!(
        "
        {BACK}
        0s  operator pays takayama CNY margin=80           -> done
        0s  operator lets noren owe KWD rate=0.00205       -> done
        1s  noren    quote takayama receive JPY 1200       -> Q1 KWD 2.497 for JPY 1200
        2s  noren    reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
        3s  noren    confirm P1 KWD 2.497                  -> P1 captured
        3s  ledger                                         -> noren wallet_receivable KWD 2.497, noren fee JPY -18, takayama merchant_payable CNY -55.88, switch fee JPY -18, switch fx_position JPY 36, switch fx_position CNY 55.88, switch fx_position KWD -2.497
        4s  merchant refund P1 JPY 1 key=K1                -> P1 captured, F1 requested, refund F1
        5s  wallet   refunded F1                           -> P1 captured, F1 refunded
        5s  ledger                                         -> noren wallet_receivable KWD 2.495, noren fee JPY -18, takayama merchant_payable CNY -55.84, switch fee JPY -18, switch fx_position JPY 36, switch fx_position CNY 55.84, switch fx_position KWD -2.495
        6s  merchant refund P1 JPY 700 key=K2              -> P1 captured, F2 requested, refund F2
        7s  wallet   refunded F2                           -> P1 captured, F2 refunded
        7s  ledger                                         -> noren wallet_receivable KWD 1.039, noren fee JPY -8, takayama merchant_payable CNY -23.19, switch fee JPY -8, switch fx_position JPY 16, switch fx_position CNY 23.19, switch fx_position KWD -1.039
        8s  merchant refund P1 JPY 499 key=K3              -> P1 captured, F3 requested, refund F3
        9s  wallet   refunded F3                           -> P1 captured, F3 refunded
        end ledger                                         -> every account 0
        "
    ));
}

/// No decimals on the payer's side.
#[test]
fn won_become_yen_become_yuan() {
    check(&format!(
        "
        {BACK}
        0s  operator pays takayama CNY                     -> done
        0s  operator lets noren owe KRW rate=9.3           -> done
        1s  merchant show O1 JPY 1200 key=K1               -> P1 waiting_for_payer
        2s  noren    quote P1 receive JPY 1200             -> Q1 KRW 11327 for JPY 1200
        3s  noren    reserve W1 P1 JPY 1200 quote=Q1       -> P1 authorising
        4s  noren    confirm P1 KRW 11327                  -> P1 captured
        4s  ledger                                         -> noren wallet_receivable KRW 11327, noren fee JPY -18, takayama merchant_payable CNY -56.33, switch fee JPY -18, switch fx_position JPY 36, switch fx_position CNY 56.33, switch fx_position KRW -11327
        5s  merchant refund P1 JPY 1200 key=K2             -> P1 captured, F1 requested, refund F1
        6s  wallet   refunded F1                           -> P1 captured, F1 refunded
        end ledger                                         -> every account 0
        "
    ));
}

/// Each refund takes back what is due after it, less what was due before: three times 333 yen are
/// not three times the same, and the last one takes what is left.
#[test]
fn refunds_in_parts_take_back_what_was_credited_to_the_last_fen() {
    check(&format!(
        "
        {BACK}
        0s  operator pays takayama CNY           -> done
        1s  merchant pay O1 JPY 1000 key=K1      -> P1 authorising, ask R1
        2s  wallet   approved R1                 -> P1 captured
        2s  ledger                               -> alipayplus wallet_receivable JPY 1000, alipayplus fee JPY -15, takayama merchant_payable CNY -46.94, switch fee JPY -15, switch fx_position JPY -970, switch fx_position CNY 46.94
        3s  merchant refund P1 JPY 333 key=K2    -> P1 captured, F1 requested, refund F1
        4s  wallet   refunded F1                 -> P1 captured, F1 refunded
        4s  ledger                               -> alipayplus wallet_receivable JPY 667, alipayplus fee JPY -11, takayama merchant_payable CNY -31.21, switch fee JPY -11, switch fx_position JPY -645, switch fx_position CNY 31.21
        5s  merchant refund P1 JPY 333 key=K3    -> P1 captured, F2 requested, refund F2
        6s  merchant refund P1 JPY 333 key=K4    -> P1 captured, F3 requested, refund F3
        7s  wallet   declined F2                 -> P1 captured, F2 declined
        8s  wallet   refunded F3                 -> P1 captured, F3 refunded
        8s  ledger                               -> alipayplus wallet_receivable JPY 334, alipayplus fee JPY -6, takayama merchant_payable CNY -15.58, switch fee JPY -6, switch fx_position JPY -322, switch fx_position CNY 15.58
        9s  merchant refund P1 JPY 334 key=K5    -> P1 captured, F4 requested, refund F4
        10s wallet   refunded F4                 -> P1 captured, F4 refunded
        end ledger                               -> every account 0
        "
    ));
}

/// Acquirer and switch keep their parts of the discount: the shop owes them, in yuan.
#[test]
fn fees_that_do_not_come_back_are_owed_in_yuan() {
    check(
        "
        0s  operator pays takayama CNY           -> done
        1s  merchant pay O1 JPY 1200 key=K1      -> P1 authorising, ask R1
        2s  wallet   approved R1                 -> P1 captured
        3s  merchant refund P1 JPY 1200 key=K2   -> P1 captured, F1 requested, refund F1
        4s  wallet   refunded F1                 -> P1 captured, F1 refunded
        end ledger                               -> takayama merchant_payable CNY 0.87, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 18, switch fx_position CNY -0.87
        ",
    );
}

/// The wallet's cancel brings all fees back, whatever the schedule says.
#[test]
fn a_refund_as_a_cancel_leaves_nothing() {
    check(
        "
        0s  operator pays takayama CNY margin=155       -> done
        0s  operator lets alipayplus undo cancel=15     -> done
        1s  merchant pay O1 JPY 1000 key=K1             -> P1 authorising, ask R1
        2s  wallet   approved R1                        -> P1 captured
        3s  merchant refund P1 JPY 1000 key=K2          -> P1 captured, F1 requested, cancel F1
        4s  wallet   refunded F1                        -> P1 captured, F1 refunded
        end ledger                                      -> every account 0
        ",
    );
    check(
        "
        0s  operator pays takayama CNY margin=155       -> done
        0s  operator lets alipayplus undo cancel=15     -> done
        1s  merchant pay O1 JPY 1000 key=K1             -> P1 authorising, ask R1
        2s  wallet   approved R1                        -> P1 captured
        3s  merchant withdraw O1 key=K2                 -> order O1 withdrawn, P1 captured, F1 requested, cancel F1
        4s  wallet   too_late F1                        -> P1 captured, refund F1
        5s  wallet   refunded F1                        -> P1 captured, F1 refunded
        end ledger                                      -> takayama merchant_payable CNY 0.71, hida-shinkumi fee JPY -9, switch fee JPY -6, switch fx_position JPY 15, switch fx_position CNY -0.71
        ",
    );
}

/// Captures in parts make the whole, and refunds between them take their own part.
#[test]
fn a_hold_is_captured_in_parts_and_given_back() {
    check(&format!(
        "
        {BACK}
        0s  operator pays takayama CNY margin=100 -> done
        1s  merchant pay O1 JPY 1000 key=K1 hold  -> P1 authorising, hold R1
        2s  wallet   held R1                      -> P1 authorised
        2s  ledger                                -> every account 0
        3s  merchant capture P1 JPY 333 key=K2    -> P1 capturing, G1 requested, capture G1
        4s  wallet   captured G1                  -> P1 authorised, G1 captured
        4s  ledger                                -> alipayplus wallet_receivable JPY 333, alipayplus fee JPY -4, takayama merchant_payable CNY -15.57, switch fee JPY -4, switch fx_position JPY -325, switch fx_position CNY 15.57
        5s  merchant refund P1 JPY 100 key=K3     -> P1 authorised, F1 requested, refund F1
        6s  wallet   refunded F1                  -> P1 authorised, F1 refunded
        7s  merchant capture P1 JPY 333 key=K4    -> P1 capturing, G2 requested, capture G2
        8s  wallet   declined G2                  -> P1 authorised, G2 declined
        9s  merchant capture P1 JPY 667 key=K5    -> P1 capturing, G3 requested, capture G3
        10s wallet   captured G3                  -> P1 captured, G3 captured
        10s ledger                                -> alipayplus wallet_receivable JPY 900, alipayplus fee JPY -14, takayama merchant_payable CNY -41.78, switch fee JPY -14, switch fx_position JPY -872, switch fx_position CNY 41.78
        11s merchant refund P1 JPY 900 key=K6     -> P1 captured, F2 requested, refund F2
        12s wallet   refunded F2                  -> P1 captured, F2 refunded
        end ledger                                -> every account 0
        "
    ));
}

/// What was captured of a hold stays at its part, and what was released was never owed.
#[test]
fn a_hold_is_captured_in_part_and_released() {
    check(&format!(
        "
        {BACK}
        0s  operator pays takayama CNY                      -> done
        0s  merchant show O1 JPY 1200 key=K1 hold           -> P1 waiting_for_payer
        1s  noren quote P1 receive JPY 1200                 -> Q1 CNY 58.95 for JPY 1200
        2s  noren reserve W1 P1 JPY 1200 quote=Q1           -> P1 authorising
        3s  noren confirm P1 CNY 58.95                      -> P1 authorised
        4s  merchant capture P1 JPY 700 key=K2              -> P1 capturing, G1 requested, capture G1
        5s  wallet captured G1                              -> P1 authorised, G1 captured
        6s  merchant void P1 key=K3                         -> P1 voiding, void R1
        7s  wallet cancelled R1                             -> P1 captured
        7s  ledger                                          -> noren wallet_receivable CNY 34.38, noren fee JPY -10, takayama merchant_payable CNY -32.91, switch fee JPY -10, switch fx_position JPY 20, switch fx_position CNY -1.47
        8s  merchant refund P1 JPY 700 key=K4               -> P1 captured, F1 requested, refund F1
        9s  wallet refunded F1                              -> P1 captured, F1 refunded
        end ledger                                          -> every account 0
        "
    ));
}

#[test]
fn a_shop_on_the_web_is_owed_yuan() {
    check(
        "
        0s  operator pays takayama CNY                      -> done
        1s  merchant order O1 JPY 1200 key=K1 for=5m        -> P1 created, order R1
        2s  wallet ordered R1                               -> P1 waiting_for_payer
        3s  operator publishes JPY CNY=0.0600               -> done
        4s  wallet approved R1 notice                       -> P1 captured
        end ledger                                          -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable CNY -56.33, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY -1164, switch fx_position CNY 56.33
        ",
    );
}

/// The rate is that of the payer's choice of a wallet, not that of the code before it.
#[test]
fn a_payer_who_chooses_a_wallet_fixes_the_rate() {
    check(
        "
        0s  operator pays takayama CNY              -> done
        1s  merchant show O1 JPY 1200 key=K1        -> P1 waiting_for_payer
        2s  operator publishes JPY CNY=0.0600       -> done
        3s  payer chooses P1 alipayplus             -> P1 waiting_for_payer, order R1
        4s  operator publishes JPY CNY=0.0484       -> done
        5s  wallet ordered R1                       -> P1 waiting_for_payer
        6s  wallet approved R1 notice               -> P1 captured
        end ledger                                  -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable CNY -69.84, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY -1164, switch fx_position CNY 69.84
        ",
    );
}

/// A rail's credit is settled at the rate of its arrival; what people assign, at the rate of then.
#[test]
fn what_a_rail_credits_is_settled_when_it_is_the_shops() {
    check(&format!(
        "
        {BACK}
        0s  operator pays takayama CNY              -> done
        1s  rail credits T1 takayama JPY 1200       -> P1 captured
        1s  ledger                                  -> rail wallet_receivable JPY 1200, rail fee JPY -18, takayama merchant_payable CNY -56.33, switch fee JPY -18, switch fx_position JPY -1164, switch fx_position CNY 56.33
        2s  merchant show O1 JPY 1200 key=K1        -> P2 waiting_for_payer
        3s  rail credits T2 P2 JPY 1000             -> P2 waiting_for_payer, stray X1, X1 returning, refund F1, alarm stray
        4s  wallet refunded F1                      -> P2 waiting_for_payer, X1 returned
        5s  rail credits T3 P2 JPY 1200             -> P2 captured
        6s  rail credits T4 whoever JPY 300         -> credit U1, U1 unclaimed, alarm unclaimed
        7s  operator publishes JPY CNY=0.0600       -> done
        8s  operator assign U1 takayama             -> credit U1, P3 captured, U1 assigned
        8s  ledger                                  -> rail wallet_receivable JPY 2700, rail fee JPY -40, takayama merchant_payable CNY -130.12, switch fee JPY -41, switch fx_position JPY -2619, switch fx_position CNY 130.12
        9s  merchant refund P1 JPY 1200 key=K2      -> P1 captured, F2 requested, refund F2
        9s  wallet refunded F2                      -> P1 captured, F2 refunded
        9s  merchant refund P2 JPY 1200 key=K3      -> P2 captured, F3 requested, refund F3
        9s  wallet refunded F3                      -> P2 captured, F3 refunded
        9s  merchant refund P3 JPY 300 key=K4       -> P3 captured, F4 requested, refund F4
        9s  wallet refunded F4                      -> P3 captured, F4 refunded
        end ledger                                  -> every account 0
        "
    ));
}

/// Money that arrives late is nobody's: no yuan are owed for it.
#[test]
fn a_stray_receipt_is_never_settled() {
    check(
        "
        0s  operator pays takayama CNY          -> done
        1s  merchant pay O1 JPY 1200 key=K1     -> P1 authorising, ask R1
        2s  merchant cancel P1 key=K2           -> P1 reversing
        8s  clock                               -> P1 reversing, cancel R1
        9s  wallet too_late R1                  -> P1 reversing, X1 returning, refund F1, alarm stray
        9s  ledger                              -> alipayplus wallet_receivable JPY 1200, switch suspense JPY -1200
        10s wallet refunded F1                  -> P1 reversed, X1 returned
        end ledger                              -> every account 0
        ",
    );
}

/// The rate is the intent's: neither a later rate nor a later choice of the shop moves what was
/// promised, nor a refund of it.
#[test]
fn rate_and_choice_hold_from_the_intent_to_the_last_refund() {
    check(&format!(
        "
        {BACK}
        0s  operator pays takayama CNY margin=100   -> done
        1s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
        2s  operator publishes JPY CNY=0.0600       -> done
        3s  operator pays takayama JPY              -> done
        4s  wallet   approved R1                    -> P1 captured
        4s  ledger                                  -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable CNY -55.77, switch fee JPY -18, switch fx_position JPY -1164, switch fx_position CNY 55.77
        5s  merchant pay O2 JPY 1000 key=K2 code=C2 -> P2 authorising, ask R2
        6s  operator pays takayama CNY              -> done
        7s  wallet   approved R2                    -> P2 captured
        7s  ledger                                  -> alipayplus wallet_receivable JPY 2200, alipayplus fee JPY -33, takayama merchant_payable JPY -970, takayama merchant_payable CNY -55.77, switch fee JPY -33, switch fx_position JPY -1164, switch fx_position CNY 55.77
        8s  merchant refund P1 JPY 1200 key=K3      -> P1 captured, F1 requested, refund F1
        9s  wallet   refunded F1                    -> P1 captured, F1 refunded
        9s  merchant refund P2 JPY 1000 key=K4      -> P2 captured, F2 requested, refund F2
        9s  wallet   refunded F2                    -> P2 captured, F2 refunded
        end ledger                                  -> every account 0
        "
    ));
}

/// Without a rate nothing is sent and nothing is taken, whichever way the payer comes. Money that
/// has arrived all the same goes back.
#[test]
fn without_a_rate_nothing_is_asked_of_any_wallet() {
    check(
        "
        0s  operator opens gero KRW paid=CNY                -> done
        1s  merchant pay O1 KRW 12000 key=K1 as=gero        -> refused settlement-rate-missing, key burned
        1s  merchant order O2 KRW 12000 key=K2 as=gero      -> refused settlement-rate-missing, key burned
        1s  merchant show O3 KRW 12000 key=K3 as=gero       -> P1 waiting_for_payer
        2s  payer chooses P1 alipayplus                     -> refused settlement-rate-missing
        2s  alipayplus resolve P1 at=gero                   -> refused settlement-rate-missing
        2s  alipayplus resolve gero                         -> refused settlement-rate-missing
        2s  alipayplus reserve W1 P1 KRW 12000              -> refused settlement-rate-missing, key burned
        2s  alipayplus reserve W2 gero KRW 12000            -> refused settlement-rate-missing, key burned
        3s  rail credits T1 P1 KRW 12000                    -> P1 waiting_for_payer, stray X1, X1 returning, refund F1, alarm stray
        3s  rail credits T2 gero KRW 12000                  -> P2 cancelled, stray X2, X2 returning, refund F2, alarm stray
        3s  rail credits T3 whoever KRW 12000               -> credit U1, U1 unclaimed, alarm unclaimed
        4s  operator assign U1 gero                         -> refused settlement-rate-missing
        5s  operator publishes KRW CNY=0.0052               -> done
        6s  operator assign U1 gero                         -> credit U1, P3 captured, U1 assigned
        7s  alipayplus reserve W3 P1 KRW 12000              -> P1 authorising
        8s  alipayplus confirm P1 KRW 12000                 -> P1 captured
        9s  merchant pay O1 KRW 12000 key=K4 as=gero        -> P4 authorising, ask R4
        10s wallet approved R4                              -> P4 captured
        end ledger                                          -> alipayplus wallet_receivable KRW 24000, alipayplus fee KRW -360, rail wallet_receivable KRW 36000, rail fee KRW -180, gero merchant_payable CNY -181.56, kaga-bank fee KRW -324, switch fee KRW -216, switch fx_position CNY 181.56, switch fx_position KRW -34920, switch suspense KRW -24000
        ",
    );
}

/// A shop that prices in dinar, with three decimals, is owed yuan with two.
#[test]
fn a_shop_that_prices_in_three_decimals_is_owed_two() {
    check(&format!(
        "
        {BACK}
        0s  operator opens gero KWD paid=CNY margin=100     -> done
        0s  operator publishes KWD CNY=23.6                 -> done
        1s  merchant pay O1 KWD 2.497 key=K1 as=gero        -> P1 authorising, ask R1
        2s  wallet approved R1                              -> P1 captured
        2s  ledger                                          -> alipayplus wallet_receivable KWD 2.497, alipayplus fee KWD -0.037, gero merchant_payable CNY -56.61, switch fee KWD -0.037, switch fx_position CNY 56.61, switch fx_position KWD -2.423
        3s  merchant refund P1 KWD 0.001 key=K2 as=gero     -> P1 captured, F1 requested, refund F1
        4s  wallet refunded F1                              -> P1 captured, F1 refunded
        4s  ledger                                          -> alipayplus wallet_receivable KWD 2.496, alipayplus fee KWD -0.037, gero merchant_payable CNY -56.59, switch fee KWD -0.037, switch fx_position CNY 56.59, switch fx_position KWD -2.422
        5s  merchant refund P1 KWD 2.496 key=K3 as=gero     -> P1 captured, F2 requested, refund F2
        6s  wallet refunded F2                              -> P1 captured, F2 refunded
        end ledger                                          -> every account 0
        "
    ));
}

/// One yen at a rate at which it is less than a fen cannot be paid; with all of it a fee, it can.
#[test]
fn an_amount_of_which_nothing_is_left_for_the_shop_is_refused() {
    check(
        "
        0s  operator pays takayama CNY                      -> done
        0s  operator publishes JPY CNY=0.0084               -> done
        1s  merchant pay O1 JPY 1 key=K1                    -> refused amount-not-positive
        2s  merchant pay O2 JPY 2 key=K2                    -> P1 authorising, ask R1
        3s  operator fees all bps=10000 parts=switch:10000  -> done
        4s  merchant pay O3 JPY 1 key=K3 code=C2            -> P2 authorising, ask R2
        5s  wallet approved R2                              -> P2 captured
        end ledger                                          -> alipayplus wallet_receivable JPY 1, switch fee JPY -1
        ",
    );
}

/// A shop is paid in what it prices in, or in yuan, and by no margin that takes all.
#[test]
fn the_directory_refuses_every_other_choice() {
    check(
        "
        0s  operator pays takayama USD                      -> refused directory-settlement
        0s  operator pays takayama CNY margin=10000         -> refused directory-settlement
        0s  operator pays takayama JPY margin=1             -> refused directory-settlement
        0s  operator pays takayama JPY                      -> done
        0s  operator pays takayama CNY margin=9999          -> done
        0s  operator opens gero CNY paid=JPY                -> refused directory-settlement
        0s  operator opens gero CNY paid=CNY                -> done
        1s  merchant pay O1 CNY 12.00 key=K1 as=gero        -> P1 authorising, ask R1
        2s  wallet approved R1                              -> P1 captured
        end ledger                                          -> alipayplus wallet_receivable CNY 12.00, alipayplus fee CNY -0.18, gero merchant_payable CNY -11.64, kaga-bank fee CNY -0.10, switch fee CNY -0.08
        ",
    );
}
