//! A shop on the web: the wallet makes the order.

use super::Cell;

pub const CELLS: &[(&str, Cell)] = &[
    (
        "yes",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            3s wallet approved R1 notice                -> P1 captured
            end ledger                                  -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8
            ",
        ),
    ),
    (
        "no",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            3s wallet declined R1 notice                -> P1 declined
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "processing, then yes",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            11s clock                                   -> P1 waiting_for_payer, inquire R1
            12s wallet pending R1                       -> P1 waiting_for_payer
            21s clock                                   -> P1 waiting_for_payer, inquire R1
            22s wallet approved R1                      -> P1 captured
            ",
        ),
    ),
    (
        "unknown, then yes",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            11s clock                                   -> P1 waiting_for_payer, inquire R1
            12s wallet unsure R1                        -> P1 waiting_for_payer
            21s clock                                   -> P1 waiting_for_payer, inquire R1
            22s wallet approved R1                      -> P1 captured
            ",
        ),
    ),
    (
        "unknown, then no",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            11s clock                                   -> P1 waiting_for_payer, inquire R1
            12s wallet declined R1                      -> P1 declined
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "not found, then settled",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            11s clock                                   -> P1 waiting_for_payer, inquire R1
            12s wallet not_found R1                     -> P1 waiting_for_payer
            21s clock                                   -> P1 waiting_for_payer, inquire R1
            22s wallet approved R1                      -> P1 captured
            ",
        ),
    ),
    (
        "silence, then cancel confirmed",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            11s clock                                   -> P1 waiting_for_payer, inquire R1
            300s clock                                  -> P1 waiting_for_payer, inquire R1, cancel R1
            301s wallet cancelled R1                    -> P1 expired
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "cancel refused because it stood",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            11s clock                                   -> P1 waiting_for_payer, inquire R1
            300s clock                                  -> P1 waiting_for_payer, inquire R1, cancel R1
            301s wallet too_late R1                     -> P1 reversing, X1 returning, refund F1, alarm stray
            302s wallet refunded F1                     -> P1 reversed, X1 returned
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "late success after cancel",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            11s clock                                   -> P1 waiting_for_payer, inquire R1
            300s clock                                  -> P1 waiting_for_payer, inquire R1, cancel R1
            301s wallet cancelled R1                    -> P1 expired
            302s wallet approved R1 notice              -> P1 expired, evidence kept, inquire R1, alarm state
            303s wallet approved R1 to=inquiry          -> P1 expired, X1 returning, refund F1, alarm stray
            304s wallet refunded F1                     -> P1 expired, X1 returned
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "notify before inquiry",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            5s wallet approved R1 notice                -> P1 captured
            11s clock                                   -> nothing
            ",
        ),
    ),
    (
        "contradiction",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            3s wallet approved R1 JPY 1201 notice       -> P1 in_doubt, evidence kept, alarm amount
            11s clock                                   -> P1 in_doubt, inquire R1
            12s wallet approved R1                      -> P1 captured
            ",
        ),
    ),
    (
        "money frozen",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            3s wallet blocked R1 notice                 -> P1 blocked
            4s merchant order O1 JPY 1200 key=K2 for=5m -> refused payment-blocked, key burned
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "expiry",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            299s clock                                  -> P1 waiting_for_payer, inquire R1
            300s clock                                  -> P1 reversing, cancel R1
            301s wallet cancelled R1                    -> P1 expired
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "the payer gives up",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            3s wallet cancelled R1 notice               -> P1 cancelled
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "the shop gives up",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet ordered R1                        -> P1 waiting_for_payer
            3s merchant cancel P1 key=K2                -> P1 reversing
            6s clock                                    -> P1 reversing, cancel R1
            7s wallet cancelled R1                      -> P1 cancelled
            end ledger                                  -> every account 0
            ",
        ),
    ),
    (
        "never sent",
        Cell::Table(
            "
            0s merchant order O1 JPY 1200 key=K1 for=5m -> P1 created, order R1
            1s wallet not_sent R1                       -> P1 created
            10s clock                                   -> P1 created, order R1
            11s wallet ordered R1                       -> P1 waiting_for_payer
            12s wallet approved R1 notice               -> P1 captured
            ",
        ),
    ),
];
