//! The money is held first, and captured later.

use super::Cell;

pub const CELLS: &[(&str, Cell)] = &[
    (
        "yes",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s wallet held R1                       -> P1 authorised
            4s merchant capture P1 JPY 1200 key=K2  -> P1 capturing, G1 requested, capture G1
            5s wallet captured G1                   -> P1 captured, G1 captured
            end ledger                              -> alipayplus wallet_receivable JPY 1200, alipayplus fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8
            ",
        ),
    ),
    (
        "no",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s wallet declined R1                   -> P1 declined
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "processing, then yes",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s wallet pending R1                    -> P1 in_doubt
            10s clock                               -> P1 in_doubt, inquire R1
            11s wallet pending R1                   -> P1 in_doubt
            20s clock                               -> P1 in_doubt, inquire R1
            21s wallet held R1                      -> P1 authorised
            ",
        ),
    ),
    (
        "unknown, then yes",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            8s wallet silent R1                     -> P1 in_doubt
            10s clock                               -> P1 in_doubt, inquire R1
            11s wallet unsure R1                    -> P1 in_doubt
            20s clock                               -> P1 in_doubt, inquire R1
            21s wallet held R1                      -> P1 authorised
            ",
        ),
    ),
    (
        "unknown, then no",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            8s wallet silent R1                     -> P1 in_doubt
            10s clock                               -> P1 in_doubt, inquire R1
            11s wallet declined R1                  -> P1 declined
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "not found, then settled",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            8s wallet silent R1                     -> P1 in_doubt
            10s clock                               -> P1 in_doubt, inquire R1
            11s wallet not_found R1                 -> P1 in_doubt
            20s clock                               -> P1 in_doubt, inquire R1
            21s wallet held R1                      -> P1 authorised
            ",
        ),
    ),
    (
        "silence, then cancel confirmed",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            10s clock                               -> P1 in_doubt, inquire R1
            20s clock                               -> P1 in_doubt, inquire R1
            30s clock                               -> P1 in_doubt, inquire R1
            40s clock                               -> P1 in_doubt, inquire R1
            50s clock                               -> P1 in_doubt, inquire R1
            60s clock                               -> P1 reversing, cancel R1
            61s wallet cancelled R1                 -> P1 reversed
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "cancel refused because it stood",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            10s clock                               -> P1 in_doubt, inquire R1
            20s clock                               -> P1 in_doubt, inquire R1
            30s clock                               -> P1 in_doubt, inquire R1
            40s clock                               -> P1 in_doubt, inquire R1
            50s clock                               -> P1 in_doubt, inquire R1
            60s clock                               -> P1 reversing, cancel R1
            61s wallet too_late R1                  -> P1 reversing, X1 returning, refund F1, alarm stray
            62s wallet refunded F1                  -> P1 reversed, X1 returned
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "late success after cancel",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            10s clock                               -> P1 in_doubt, inquire R1
            20s clock                               -> P1 in_doubt, inquire R1
            30s clock                               -> P1 in_doubt, inquire R1
            40s clock                               -> P1 in_doubt, inquire R1
            50s clock                               -> P1 in_doubt, inquire R1
            60s clock                               -> P1 reversing, cancel R1
            61s wallet cancelled R1                 -> P1 reversed
            62s wallet held R1 notice               -> P1 reversed, inquire R1
            63s wallet held R1 to=inquiry           -> P1 reversed, evidence kept, cancel R1, alarm state
            64s wallet cancelled R1 to=inquiry      -> P1 reversed
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "notify before inquiry",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            5s wallet held R1 notice                -> P1 authorised
            8s wallet silent R1                     -> P1 authorised
            10s clock                               -> nothing
            ",
        ),
    ),
    (
        "contradiction",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s wallet held R1 JPY 1201              -> P1 in_doubt, evidence kept, alarm amount
            10s clock                               -> P1 in_doubt, inquire R1
            11s wallet held R1                      -> P1 authorised
            ",
        ),
    ),
    (
        "money frozen",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s wallet held R1                       -> P1 authorised
            4s wallet blocked R1 notice             -> P1 blocked
            5s merchant capture P1 JPY 1200 key=K2  -> refused payment-not-held, key burned
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "expiry",
        Cell::Table(
            "
            0s operator lets alipayplus hold several for=1h -> done
            0s merchant pay O1 JPY 1200 key=K1 hold         -> P1 authorising, hold R1
            1s wallet held R1                               -> P1 authorised
            1h clock                                        -> P1 voiding, void R1
            3601s wallet cancelled R1                       -> P1 voided
            end ledger                                      -> every account 0
            ",
        ),
    ),
    (
        "the payer gives up",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s wallet pending R1                    -> P1 in_doubt
            4s wallet declined R1 notice            -> P1 declined
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "the shop gives up",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s merchant cancel P1 key=K2            -> P1 reversing
            6s clock                                -> P1 reversing, cancel R1
            7s wallet cancelled R1                  -> P1 reversed
            end ledger                              -> every account 0
            ",
        ),
    ),
    (
        "never sent",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 hold -> P1 authorising, hold R1
            3s wallet not_sent R1                   -> P1 cancelled
            end ledger                              -> every account 0
            ",
        ),
    ),
];
