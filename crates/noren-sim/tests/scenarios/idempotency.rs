//! Reliability facts, section 5: keys.

use noren_sim::scenario::check;

#[test]
fn i11_a_repeated_call_gets_the_present_state() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s  merchant pay O1 JPY 1200 key=K1 -> P1 authorising, replayed
         10s clock                           -> P1 in_doubt, inquire R1
         11s merchant pay O1 JPY 1200 key=K1 -> P1 in_doubt, replayed
         12s wallet approved R1              -> P1 captured
         13s merchant pay O1 JPY 1200 key=K1 -> P1 captured, replayed",
    );
}

#[test]
fn i11_the_same_key_with_another_content_is_refused_and_changes_nothing() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
         1s  merchant pay O1 JPY 1300 key=K1         -> refused key-reused
         2s  merchant pay O2 JPY 1200 key=K1         -> refused key-reused
         3s  merchant pay O1 JPY 1200 key=K1 body=x  -> refused key-reused
         4s  merchant pay O1 JPY 1200 key=K1         -> P1 authorising, replayed",
    );
}

#[test]
fn i11_a_refused_key_is_burned() {
    check(
        "0s  merchant show O1 JPY 100001 key=K1 -> refused amount-over-limit, key burned
         1s  merchant show O1 JPY 100001 key=K1 -> refused amount-over-limit, replayed
         2s  merchant show O1 JPY 100000 key=K1 -> refused key-reused
         3s  merchant show O1 JPY 0 key=K2      -> refused amount-not-positive
         4s  merchant show O1 JPY 100000 key=K2 -> P1 waiting_for_payer",
    );
}

#[test]
fn i11_the_same_key_on_two_routes_or_of_two_merchants_is_two_keys() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1               -> P1 authorising, ask R1
         1s  wallet approved R1                            -> P1 captured
         2s  merchant refund P1 JPY 100 key=K1             -> P1 captured, F1 requested, refund F1
         3s  merchant refund P1 JPY 100 key=K1             -> F1 requested, replayed
         4s  merchant refund P1 JPY 101 key=K1             -> refused key-reused
         5s  merchant pay O1 JPY 1200 key=K1 as=kanazawa code=C2 -> P2 authorising, ask R2",
    );
}

#[test]
fn a_payers_code_is_used_once() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1 code=C1 -> P1 authorising, ask R1
         1s  merchant pay O2 JPY 1200 key=K2 code=C1 -> refused payment-code-used, key burned
         2s  wallet declined R1                      -> P1 declined
         3s  merchant pay O1 JPY 1200 key=K3 code=C1 -> refused payment-code-used, key burned
         4s  merchant pay O1 JPY 1200 key=K4 code=C2 -> P2 authorising, ask R2",
    );
}

#[test]
fn i11_a_wallets_reservation_is_idempotent_by_its_own_id() {
    check(
        "0s  noren quote takayama receive JPY 1200          -> Q1 CNY 58.95 for JPY 1200
         1s  noren reserve W1 takayama JPY 1200 quote=Q1    -> P1 authorising
         2s  noren reserve W1 takayama JPY 1200 quote=Q1    -> P1 authorising, replayed
         3s  noren reserve W1 takayama JPY 1200 quote=Q1 body=x -> refused key-reused
         4s  noren reserve W2 takayama JPY 1200 quote=Q1    -> refused quote-used, key burned
         5s  noren confirm P1 CNY 58.95                     -> P1 captured
         6s  noren reserve W1 takayama JPY 1200 quote=Q1    -> P1 captured, replayed
         7s  noren reserve W2 takayama JPY 1200 quote=Q1    -> refused quote-used, replayed",
    );
}

#[test]
fn i11_a_repeat_that_the_edge_refuses_finds_what_its_key_stands_for() {
    check(
        "0s  merchant recall pay O1 JPY 1200 key=K1        -> nothing
         1s  merchant pay O1 JPY 1200 key=K1               -> P1 authorising, ask R1
         2s  merchant recall pay O1 JPY 1200 key=K1        -> P1 authorising, replayed
         3s  wallet approved R1                            -> P1 captured
         4s  merchant recall pay O1 JPY 1200 key=K1        -> P1 captured, replayed
         5s  merchant recall pay O1 JPY 1200 key=K1 body=x -> refused key-reused
         6s  merchant recall pay O1 JPY 1200 key=K1 as=kanazawa -> nothing
         7s  merchant recall pay O1 JPY 1200 key=K2        -> nothing
         8s  merchant show O2 JPY 100001 key=K3            -> refused amount-over-limit, key burned
         9s  merchant recall show O2 JPY 100001 key=K3     -> refused amount-over-limit, replayed",
    );
}
