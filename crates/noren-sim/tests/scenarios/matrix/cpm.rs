//! The till scans the payer's code.

use super::Cell;

pub const CELLS: &[(&str, Cell)] = &[
    (
        "yes",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s wallet approved R1              -> P1 captured
            end ledger                         -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8
            ",
        ),
    ),
    (
        "no",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s wallet declined R1              -> P1 declined
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "processing, then yes",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s wallet pending R1               -> P1 in_doubt
            10s clock                          -> P1 in_doubt, inquire R1
            11s wallet pending R1              -> P1 in_doubt
            20s clock                          -> P1 in_doubt, inquire R1
            21s wallet approved R1             -> P1 captured
            ",
        ),
    ),
    (
        "unknown, then yes",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            8s wallet silent R1                -> P1 in_doubt
            10s clock                          -> P1 in_doubt, inquire R1
            11s wallet unsure R1               -> P1 in_doubt
            20s clock                          -> P1 in_doubt, inquire R1
            21s wallet approved R1             -> P1 captured
            ",
        ),
    ),
    (
        "unknown, then no",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            8s wallet silent R1                -> P1 in_doubt
            10s clock                          -> P1 in_doubt, inquire R1
            11s wallet declined R1             -> P1 declined
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "not found, then settled",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            8s wallet silent R1                -> P1 in_doubt
            10s clock                          -> P1 in_doubt, inquire R1
            11s wallet not_found R1            -> P1 in_doubt
            20s clock                          -> P1 in_doubt, inquire R1
            21s wallet approved R1             -> P1 captured
            ",
        ),
    ),
    (
        "silence, then cancel confirmed",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            10s clock                          -> P1 in_doubt, inquire R1
            20s clock                          -> P1 in_doubt, inquire R1
            30s clock                          -> P1 in_doubt, inquire R1
            40s clock                          -> P1 in_doubt, inquire R1
            50s clock                          -> P1 in_doubt, inquire R1
            60s clock                          -> P1 reversing, cancel R1
            61s wallet cancelled R1            -> P1 reversed
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "cancel refused because it stood",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            10s clock                          -> P1 in_doubt, inquire R1
            20s clock                          -> P1 in_doubt, inquire R1
            30s clock                          -> P1 in_doubt, inquire R1
            40s clock                          -> P1 in_doubt, inquire R1
            50s clock                          -> P1 in_doubt, inquire R1
            60s clock                          -> P1 reversing, cancel R1
            61s wallet too_late R1             -> P1 reversing, X1 returning, refund F1, alarm stray
            62s wallet refunded F1             -> P1 reversed, X1 returned
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "late success after cancel",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            10s clock                          -> P1 in_doubt, inquire R1
            20s clock                          -> P1 in_doubt, inquire R1
            30s clock                          -> P1 in_doubt, inquire R1
            40s clock                          -> P1 in_doubt, inquire R1
            50s clock                          -> P1 in_doubt, inquire R1
            60s clock                          -> P1 reversing, cancel R1
            61s wallet cancelled R1            -> P1 reversed
            62s wallet approved R1 notice      -> P1 reversed, evidence kept, inquire R1, alarm state
            63s wallet approved R1 to=inquiry  -> P1 reversed, X1 returning, refund F1, alarm stray
            64s wallet refunded F1             -> P1 reversed, X1 returned
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "notify before inquiry",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            5s wallet approved R1 notice       -> P1 captured
            8s wallet silent R1                -> P1 captured
            10s clock                          -> nothing
            ",
        ),
    ),
    (
        "contradiction",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s wallet approved R1 JPY 1201     -> P1 in_doubt, evidence kept, alarm amount
            10s clock                          -> P1 in_doubt, inquire R1
            11s wallet approved R1             -> P1 captured
            ",
        ),
    ),
    (
        "money frozen",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1         -> P1 authorising, ask R1
            3s wallet blocked R1                       -> P1 blocked
            4s merchant pay O1 JPY 1200 key=K2 code=C2 -> refused payment-blocked, key burned
            end ledger                                 -> every account 0
            ",
        ),
    ),
    ("expiry", Cell::Never("the wallet is asked at once: what it does not answer is silence, and its ladder ends it")),
    (
        "the payer gives up",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s wallet pending R1               -> P1 in_doubt
            4s wallet declined R1 notice       -> P1 declined
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "the shop gives up",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s merchant cancel P1 key=K2       -> P1 reversing
            6s clock                           -> P1 reversing, cancel R1
            7s wallet cancelled R1             -> P1 reversed
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "never sent",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s wallet not_sent R1              -> P1 cancelled
            end ledger                         -> every account 0
            ",
        ),
    ),
];
