//! Reliability facts, section 3: inquiries draw from a budget per wallet.

use noren_sim::scenario::check;

#[test]
fn i10_inquiries_wait_their_turn_and_the_oldest_goes_first() {
    check(
        "0s     operator lets alipayplus ask 1  -> done
         0s     merchant pay O1 JPY 100 key=K1  -> P1 authorising, ask R1
         1s     merchant pay O2 JPY 100 key=K2  -> P2 authorising, ask R2
         2s     merchant pay O3 JPY 100 key=K3  -> P3 authorising, ask R3
         12s    clock                           -> P1 in_doubt, P2 in_doubt, P3 in_doubt, inquire R1
         12001ms clock                          -> nothing
         12999ms clock                          -> nothing
         13s    clock                           -> P2 in_doubt, inquire R2
         14s    clock                           -> P3 in_doubt, inquire R3
         22s    clock                           -> P1 in_doubt, inquire R1
         23s    clock                           -> P2 in_doubt, inquire R2",
    );
}

#[test]
fn an_answer_decides_for_whoever_waits_its_turn() {
    check(
        "0s  operator lets alipayplus ask 1     -> done
         0s  merchant pay O1 JPY 100 key=K1     -> P1 authorising, ask R1
         1s  merchant pay O2 JPY 100 key=K2     -> P2 authorising, ask R2
         11s clock                              -> P1 in_doubt, P2 in_doubt, inquire R1
         11s wallet approved R2 notice          -> P2 captured
         12s clock                              -> nothing
         12s wallet declined R1                 -> P1 declined
         30s clock                              -> nothing",
    );
}

#[test]
fn one_wallets_queue_is_no_other_wallets() {
    check(
        "0s  operator lets alipayplus ask 1              -> done
         0s  merchant pay O1 JPY 100 key=K1              -> P1 authorising, ask R1
         1s  merchant pay O2 JPY 100 key=K2              -> P2 authorising, ask R2
         2s  merchant pay O3 JPY 100 key=K3 wallet=noren -> P3 authorising, ask R3
         12s clock -> P1 in_doubt, P2 in_doubt, P3 in_doubt, inquire R1, inquire R3",
    );
}

#[test]
fn cancels_and_refunds_are_not_held_up_by_inquiries() {
    check(
        "0s  operator lets alipayplus ask 1     -> done
         0s  merchant pay O1 JPY 100 key=K1     -> P1 authorising, ask R1
         1s  merchant pay O2 JPY 100 key=K2     -> P2 authorising, ask R2
         2s  merchant pay O3 JPY 100 key=K3     -> P3 authorising, ask R3
         3s  wallet approved R3                 -> P3 captured
         11s clock                              -> P1 in_doubt, P2 in_doubt, inquire R1
         11s merchant cancel P2 key=K4          -> P2 reversing, cancel R2
         11s merchant refund P3 JPY 60 key=K5   -> P3 captured, F1 requested, refund F1
         21s clock -> P2 reversing, P3 captured, P1 in_doubt, cancel R2, refund F1, inquire R1",
    );
}

#[test]
fn i10_refunds_in_doubt_and_payments_in_doubt_share_one_budget() {
    check(
        "0s  operator lets alipayplus ask 1     -> done
         0s  merchant pay O1 JPY 100 key=K1     -> P1 authorising, ask R1
         1s  wallet approved R1                 -> P1 captured
         2s  merchant pay O2 JPY 100 key=K2     -> P2 authorising, ask R2
         2s  merchant refund P1 JPY 60 key=K3   -> P1 captured, F1 requested, refund F1
         3s  wallet silent F1                   -> P1 captured, F1 in_doubt
         12s clock                              -> P2 in_doubt, inquire R2
         13s clock                              -> P1 captured, inquire F1",
    );
}

#[test]
fn i05_the_inquiry_after_a_late_success_waits_its_turn_too() {
    check(
        "0s  operator lets alipayplus ask 1     -> done
         0s  merchant pay O1 JPY 100 key=K1     -> P1 authorising, ask R1
         0s  merchant pay O2 JPY 100 key=K2     -> P2 authorising, ask R2
         1s  wallet declined R1                 -> P1 declined
         10s clock                              -> P2 in_doubt, inquire R2
         10s wallet approved R1 notice          -> P1 declined, evidence kept, alarm state
         10s wallet approved R1 notice          -> P1 declined, evidence kept, alarm state
         11s clock                              -> P1 declined, inquire R1
         12s wallet approved R1                 -> P1 declined, X1 returning, refund F1, alarm stray",
    );
}
