//! A network or a shop that is closed for good, or for now: nothing new begins, and all that was
//! begun is brought to its end and goes on being answered.

use noren_sim::scenario::check;

#[test]
fn a_retired_network_is_named_to_its_payer_and_to_the_till() {
    check(
        "0s merchant show O1 JPY 1200 key=K1            -> P1 waiting_for_payer
         1s operator retire noren                       -> done
         2s noren resolve takayama                      -> refused wallet-retired
         3s noren resolve P1                            -> refused wallet-retired
         4s noren quote takayama receive JPY 1200       -> refused wallet-retired
         5s noren reserve W1 takayama JPY 1200 quote=Q0 -> refused wallet-retired, key burned
         6s merchant pay O2 JPY 1200 key=K2 wallet=noren -> refused wallet-retired, key burned
         7s merchant order O3 JPY 1200 key=K3 wallet=noren -> refused wallet-retired, key burned
         8s alipayplus resolve P1                       -> Takayama JPY 1200
         9s merchant pay O2 JPY 1200 key=K4             -> P2 authorising, ask R2",
    );
}

#[test]
fn a_retired_networks_payments_are_brought_to_their_end() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant pay O2 JPY 1000 key=K2 code=C2 -> P2 authorising, ask R2
         2s  wallet approved R2              -> P2 captured
         3s  merchant pay O3 JPY 500 key=K3 code=C3 hold -> P3 authorising, hold R3
         4s  wallet held R3                  -> P3 authorised
         5s  operator retire alipayplus      -> done
         10s clock                           -> P1 in_doubt, inquire R1
         11s wallet approved R1              -> P1 captured
         12s merchant refund P2 JPY 400 key=K4 -> P2 captured, F1 requested, refund F1
         13s wallet silent F1                -> P2 captured, F1 in_doubt
         22s clock                           -> P2 captured, inquire F1
         23s wallet refunded F1              -> P2 captured, F1 refunded
         24s merchant capture P3 JPY 200 key=K5 -> P3 capturing, G1 requested, capture G1
         25s wallet captured G1              -> P3 authorised, G1 captured
         26s merchant withdraw O3 key=K6     -> order O3 withdrawn, P3 voiding, F2 requested, void R3, refund F2
         27s wallet cancelled R3             -> P3 captured
         28s wallet refunded F2              -> P3 captured, F2 refunded
         29s merchant withdraw O1 key=K7     -> order O1 withdrawn, P1 captured, F3 requested, refund F3
         30s merchant pay O1 JPY 1200 key=K1 -> P1 captured, replayed
         31s merchant withdraw O9 key=K8     -> order O9 withdrawn",
    );
}

#[test]
fn a_retired_networks_doubt_is_undone() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  operator retire alipayplus      -> done
         2s  merchant withdraw O1 key=K2     -> order O1 withdrawn, P1 reversing
         6s  clock                           -> P1 reversing, cancel R1
         7s  wallet too_late R1              -> P1 reversing, X1 returning, refund F1, alarm stray
         8s  wallet refunded F1              -> P1 reversed, X1 returned
         end ledger                          -> every account 0",
    );
}

#[test]
fn a_suspended_network_comes_back() {
    check(
        "0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s operator suspend alipayplus     -> done
         2s wallet approved R1              -> P1 captured
         3s merchant pay O2 JPY 5 key=K2 code=C2 -> refused wallet-suspended, key burned
         4s merchant refund P1 JPY 5 key=K3 -> P1 captured, F1 requested, refund F1
         5s operator resume alipayplus      -> done
         6s merchant pay O2 JPY 5 key=K4 code=C2 -> P2 authorising, ask R2",
    );
}

#[test]
fn a_retired_shop_takes_nothing_new_and_gives_back_what_it_took() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant show O2 JPY 700 key=K2 -> P2 waiting_for_payer
         2s  operator retire takayama        -> done
         3s  wallet approved R1              -> P1 captured
         4s  noren resolve takayama          -> refused shop-retired
         5s  noren resolve P2                -> refused shop-retired
         6s  merchant show O3 JPY 5 key=K3   -> refused shop-retired, key burned
         7s  merchant pay O4 JPY 5 key=K4 code=C4 -> refused shop-retired, key burned
         8s  merchant refund P1 JPY 200 key=K5 -> P1 captured, F1 requested, refund F1
         9s  wallet refunded F1              -> P1 captured, F1 refunded
         10s merchant withdraw O2 key=K6     -> order O2 withdrawn, P2 cancelled
         11s merchant withdraw O1 key=K7     -> order O1 withdrawn, P1 captured, F2 requested, refund F2",
    );
}

#[test]
fn a_place_of_a_shop_is_suspended_or_retired_on_its_own() {
    check(
        "0s merchant show O1 JPY 700 key=K1     -> P1 waiting_for_payer
         1s operator suspend takayama store     -> done
         2s noren resolve takayama              -> refused shop-suspended
         3s noren resolve P1                    -> refused shop-suspended
         4s merchant pay O2 JPY 5 key=K2        -> refused shop-suspended, key burned
         5s operator retire takayama store      -> done
         6s merchant pay O2 JPY 5 key=K3        -> refused shop-retired, key burned
         7s merchant show O3 JPY 5 key=K4       -> refused shop-retired, key burned
         8s operator resume takayama store      -> done
         9s merchant pay O2 JPY 5 key=K5        -> P2 authorising, ask R2",
    );
}
