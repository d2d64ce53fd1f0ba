//! I12: what may not be seen does not exist.

use noren_sim::scenario::check;

#[test]
fn i12_another_tenants_payment_does_not_exist() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1                    -> P1 authorising, ask R1
         1s  merchant cancel P1 key=K2 as=kanazawa              -> refused payment-unknown
         2s  merchant refund P1 JPY 100 key=K3 as=kanazawa      -> refused payment-unknown
         3s  wallet approved R1                                 -> P1 captured
         4s  merchant cancel P1 key=K2 as=kanazawa              -> refused payment-unknown
         5s  merchant refund P1 JPY 100 key=K3 as=kanazawa      -> refused payment-unknown
         6s  merchant pay O2 JPY 5 key=K4 tenant=kaga           -> refused not-allowed
         7s  merchant pay O2 JPY 5 key=K5 store=kanazawa        -> refused shop-unknown
         8s  merchant cancel P0 key=K6                          -> refused payment-unknown",
    );
}

#[test]
fn i12_a_key_that_another_tenant_names_is_not_there_for_it() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1                 -> P1 authorising, ask R1
         1s  merchant pay O1 JPY 1200 key=K1 tenant=kaga     -> refused not-allowed
         2s  merchant recall pay O1 JPY 1200 key=K1 tenant=kaga -> refused not-allowed
         3s  wallet approved R1                              -> P1 captured
         4s  merchant refund P1 JPY 100 key=K2               -> P1 captured, F1 requested, refund F1
         5s  merchant refund P1 JPY 100 key=K2 tenant=kaga   -> refused not-allowed
         6s  merchant cancel P1 key=K3 tenant=kaga           -> refused not-allowed
         7s  merchant withdraw O1 key=K1 tenant=kaga         -> refused not-allowed
         8s  merchant pay O1 JPY 1200 key=K1                 -> P1 captured, replayed",
    );
}

#[test]
fn i12_another_wallet_cannot_speak_of_a_payment() {
    check(
        "0s  noren quote takayama receive JPY 1200            -> Q1 CNY 58.95 for JPY 1200
         1s  noren reserve W1 takayama JPY 1200 quote=Q1      -> P1 authorising
         2s  alipayplus confirm P1 CNY 58.95                  -> refused payment-unknown
         3s  alipayplus fail P1                               -> refused payment-unknown
         4s  alipayplus claims approved R1                    -> refused payment-unknown
         5s  alipayplus reserve W1 takayama JPY 1200          -> P2 authorising
         6s  noren confirm P1 CNY 58.95                       -> P1 captured
         7s  merchant refund P1 JPY 100 key=K1                -> P1 captured, F1 requested, refund F1
         8s  alipayplus claims refunded F1                    -> refused payment-unknown
         9s  noren claims refunded F1                         -> P1 captured, F1 refunded",
    );
}

#[test]
fn i12_a_request_of_ours_is_not_confirmed_through_the_wallet_api() {
    check(
        "0s  merchant pay O1 JPY 1200 key=K1     -> P1 authorising, ask R1
         1s  alipayplus confirm P1 JPY 1200      -> refused payment-unknown
         2s  alipayplus fail P1                  -> refused payment-unknown
         3s  alipayplus claims approved R1       -> P1 captured",
    );
}
