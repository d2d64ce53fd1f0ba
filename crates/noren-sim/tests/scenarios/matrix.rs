//! Each way to pay × each outcome of the list in the `domain` facts, section 3: a table that
//! shows it, or the reason why that pair cannot be. The run prints the matrix.

use noren_core::payment::{CaptureMode, State};
use noren_sim::scenario::run;

enum Cell {
    /// What happens.
    Table(&'static str),
    /// Why it cannot.
    Never(&'static str),
}

const WAYS: [&str; 5] = ["mpm_static", "mpm_dynamic", "cpm", "online", "hold"];

const OUTCOMES: [&str; 15] = [
    "yes",
    "no",
    "processing, then yes",
    "unknown, then yes",
    "unknown, then no",
    "not found, then settled",
    "silence, then cancel confirmed",
    "cancel refused because it stood",
    "late success after cancel",
    "notify before inquiry",
    "contradiction",
    "expiry",
    "the payer gives up",
    "the shop gives up",
    "never sent",
];

/// How the payment of a pair may end: the names of its state.
fn ends(outcome: &str) -> &'static [&'static str] {
    match outcome {
        "yes"
        | "processing, then yes"
        | "unknown, then yes"
        | "not found, then settled"
        | "notify before inquiry"
        | "contradiction" => &["captured", "authorised"],
        "no" | "unknown, then no" => &["declined"],
        "silence, then cancel confirmed"
        | "cancel refused because it stood"
        | "late success after cancel" => &["reversed", "expired"],
        "expiry" => &["expired", "voided"],
        "the payer gives up" => &["declined", "cancelled"],
        "the shop gives up" => &["reversed", "cancelled"],
        "never sent" => &["cancelled", "captured"],
        other => panic!("{other} is no outcome of the list"),
    }
}

const MATRIX: &[(&str, &str, Cell)] = &[
    (
        "mpm_static",
        "yes",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            3s noren confirm P1 CNY 58.95                  -> P1 captured
            end ledger                                     -> noren wallet_receivable CNY 58.95, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position CNY -58.95
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "yes",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            3s noren confirm P1 CNY 58.95            -> P1 captured
            end ledger                               -> noren wallet_receivable CNY 58.95, noren fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8, switch fx_position JPY 1200, switch fx_position CNY -58.95
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "no",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            3s noren fail P1                               -> P1 declined
            end ledger                                     -> every account 0
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "no",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            3s noren fail P1                         -> P1 declined
            end ledger                               -> every account 0
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "processing, then yes",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            73s wallet pending R1                          -> P1 in_doubt
            82s clock                                      -> P1 in_doubt, inquire R1
            83s wallet approved R1                         -> P1 captured
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "processing, then yes",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                -> P1 in_doubt, inquire R1
            73s wallet pending R1                    -> P1 in_doubt
            82s clock                                -> P1 in_doubt, inquire R1
            83s wallet approved R1                   -> P1 captured
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "unknown, then yes",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            73s wallet unsure R1                           -> P1 in_doubt
            82s clock                                      -> P1 in_doubt, inquire R1
            83s wallet approved R1                         -> P1 captured
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "unknown, then yes",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                -> P1 in_doubt, inquire R1
            73s wallet unsure R1                     -> P1 in_doubt
            82s clock                                -> P1 in_doubt, inquire R1
            83s wallet approved R1                   -> P1 captured
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "unknown, then no",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            73s wallet declined R1                         -> P1 declined
            end ledger                                     -> every account 0
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "unknown, then no",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                -> P1 in_doubt, inquire R1
            73s wallet declined R1                   -> P1 declined
            end ledger                               -> every account 0
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "not found, then settled",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            73s wallet not_found R1                        -> P1 in_doubt
            82s clock                                      -> P1 in_doubt, inquire R1
            83s wallet approved R1                         -> P1 captured
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "not found, then settled",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                -> P1 in_doubt, inquire R1
            73s wallet not_found R1                  -> P1 in_doubt
            82s clock                                -> P1 in_doubt, inquire R1
            83s wallet approved R1                   -> P1 captured
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "silence, then cancel confirmed",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            82s clock                                      -> P1 in_doubt, inquire R1
            92s clock                                      -> P1 in_doubt, inquire R1
            102s clock                                     -> P1 in_doubt, inquire R1
            112s clock                                     -> P1 in_doubt, inquire R1
            122s clock                                     -> P1 reversing, cancel R1
            123s wallet cancelled R1                       -> P1 reversed
            end ledger                                     -> every account 0
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "silence, then cancel confirmed",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                -> P1 in_doubt, inquire R1
            82s clock                                -> P1 in_doubt, inquire R1
            92s clock                                -> P1 in_doubt, inquire R1
            102s clock                               -> P1 in_doubt, inquire R1
            112s clock                               -> P1 in_doubt, inquire R1
            122s clock                               -> P1 reversing, cancel R1
            123s wallet cancelled R1                 -> P1 reversed
            end ledger                               -> every account 0
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "cancel refused because it stood",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            82s clock                                      -> P1 in_doubt, inquire R1
            92s clock                                      -> P1 in_doubt, inquire R1
            102s clock                                     -> P1 in_doubt, inquire R1
            112s clock                                     -> P1 in_doubt, inquire R1
            122s clock                                     -> P1 reversing, cancel R1
            123s wallet too_late R1                        -> P1 reversing, X1 returning, refund F1, alarm stray
            124s wallet refunded F1                        -> P1 reversed, X1 returned
            end ledger                                     -> every account 0
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "cancel refused because it stood",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                -> P1 in_doubt, inquire R1
            82s clock                                -> P1 in_doubt, inquire R1
            92s clock                                -> P1 in_doubt, inquire R1
            102s clock                               -> P1 in_doubt, inquire R1
            112s clock                               -> P1 in_doubt, inquire R1
            122s clock                               -> P1 reversing, cancel R1
            123s wallet too_late R1                  -> P1 reversing, X1 returning, refund F1, alarm stray
            124s wallet refunded F1                  -> P1 reversed, X1 returned
            end ledger                               -> every account 0
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "late success after cancel",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            82s clock                                      -> P1 in_doubt, inquire R1
            92s clock                                      -> P1 in_doubt, inquire R1
            102s clock                                     -> P1 in_doubt, inquire R1
            112s clock                                     -> P1 in_doubt, inquire R1
            122s clock                                     -> P1 reversing, cancel R1
            123s wallet cancelled R1                       -> P1 reversed
            124s wallet approved R1 notice                 -> P1 reversed, evidence kept, inquire R1, alarm state
            125s wallet approved R1 to=inquiry             -> P1 reversed, X1 returning, refund F1, alarm stray
            126s wallet refunded F1                        -> P1 reversed, X1 returned
            end ledger                                     -> every account 0
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "late success after cancel",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                -> P1 in_doubt, inquire R1
            82s clock                                -> P1 in_doubt, inquire R1
            92s clock                                -> P1 in_doubt, inquire R1
            102s clock                               -> P1 in_doubt, inquire R1
            112s clock                               -> P1 in_doubt, inquire R1
            122s clock                               -> P1 reversing, cancel R1
            123s wallet cancelled R1                 -> P1 reversed
            124s wallet approved R1 notice           -> P1 reversed, evidence kept, inquire R1, alarm state
            125s wallet approved R1 to=inquiry       -> P1 reversed, X1 returning, refund F1, alarm stray
            126s wallet refunded F1                  -> P1 reversed, X1 returned
            end ledger                               -> every account 0
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "notify before inquiry",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            5s wallet approved R1 notice                   -> P1 captured
            72s clock                                      -> nothing
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "notify before inquiry",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            5s wallet approved R1 notice             -> P1 captured
            72s clock                                -> nothing
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "contradiction",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            3s noren confirm P1 CNY 58.96                  -> refused debit-differs, P1 in_doubt, evidence kept, alarm amount
            72s clock                                      -> P1 in_doubt, inquire R1
            73s wallet approved R1                         -> P1 captured
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "contradiction",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            3s noren confirm P1 CNY 58.96            -> refused debit-differs, P1 in_doubt, evidence kept, alarm amount
            72s clock                                -> P1 in_doubt, inquire R1
            73s wallet approved R1                   -> P1 captured
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
    ("mpm_static", "expiry", Cell::Never("nothing waits for its payer: a permission that is not used is silence, and its ladder ends it")),
    (
        "mpm_dynamic",
        "expiry",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1 for=5m -> P1 waiting_for_payer
            300s clock                                 -> P1 expired
            301s noren quote P1 receive JPY 1200       -> refused order-expired
            end ledger                                 -> every account 0
            ",
        ),
    ),
    ("cpm", "expiry", Cell::Never("the wallet is asked at once: what it does not answer is silence, and its ladder ends it")),
    (
        "online",
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
        "hold",
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
        "mpm_static",
        "the payer gives up",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            3s noren fail P1                               -> P1 declined
            4s noren confirm P1 CNY 58.95                  -> P1 declined, evidence kept, inquire R1, alarm state
            end ledger                                     -> every account 0
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "the payer gives up",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            3s noren fail P1                         -> P1 declined
            4s noren confirm P1 CNY 58.95            -> P1 declined, evidence kept, inquire R1, alarm state
            end ledger                               -> every account 0
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
        "mpm_static",
        "the shop gives up",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            3s merchant cancel P1 key=K2                   -> P1 reversing
            62s clock                                      -> P1 reversing, cancel R1
            63s wallet cancelled R1                        -> P1 reversed
            end ledger                                     -> every account 0
            ",
        ),
    ),
    (
        "mpm_dynamic",
        "the shop gives up",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1      -> P1 waiting_for_payer
            1s noren quote P1 receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 P1 JPY 1200 quote=Q1 -> P1 authorising
            3s merchant cancel P1 key=K2             -> P1 reversing
            62s clock                                -> P1 reversing, cancel R1
            63s wallet cancelled R1                  -> P1 reversed
            end ledger                               -> every account 0
            ",
        ),
    ),
    (
        "cpm",
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
        "online",
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
        "hold",
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
    ("mpm_static", "never sent", Cell::Never("the wallet asks us: there is no request of ours that could fail to leave")),
    ("mpm_dynamic", "never sent", Cell::Never("the wallet asks us: there is no request of ours that could fail to leave")),
    (
        "cpm",
        "never sent",
        Cell::Table(
            "
            0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
            3s wallet not_sent R1              -> P1 cancelled
            end ledger                         -> every account 0
            ",
        ),
    ),
    (
        "online",
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
    (
        "hold",
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

/// What a table's first payment was paid by.
fn way_of(table: &str) -> Result<(&'static str, &'static str), String> {
    let stage = run(table)?;
    let payment = stage.auditor.payments().next().ok_or("no payment came of it")?;
    let way = match payment.capture {
        CaptureMode::Now => payment.way.name(),
        CaptureMode::Manual => "hold",
    };
    let ended = payment.state.is_final() || matches!(payment.state, State::Authorised(_));
    if ended { Ok((way, payment.state.name())) } else { Err("it has not ended".to_owned()) }
}

#[test]
fn every_way_meets_every_outcome() {
    let mut faults = String::new();
    println!("{:<34}{}", "", WAYS.map(|way| format!("{way:<13}")).concat());
    for outcome in OUTCOMES {
        let mut line = format!("{outcome:<34}");
        for way in WAYS {
            let mut cells = MATRIX.iter().filter(|(w, o, _)| (*w, *o) == (way, outcome));
            let (Some((.., cell)), None) = (cells.next(), cells.next()) else {
                faults += &format!("\n{way} × {outcome}: there must be one table, or a reason");
                continue;
            };
            let word = match cell {
                Cell::Never(why) => {
                    assert!(why.len() > 20, "{way} × {outcome}: say why");
                    "never"
                }
                Cell::Table(table) => match way_of(table) {
                    Err(report) => {
                        faults += &format!("\n{way} × {outcome}: {report}");
                        "FAULT"
                    }
                    Ok((is, _)) if is != way => {
                        faults += &format!("\n{way} × {outcome}: the payment is {is}");
                        "FAULT"
                    }
                    Ok((_, end)) if !ends(outcome).contains(&end) => {
                        faults += &format!("\n{way} × {outcome}: it ends as {end}");
                        "FAULT"
                    }
                    Ok((_, end)) => end,
                },
            };
            line += &format!("{word:<13}");
        }
        println!("{line}");
    }
    assert!(MATRIX.len() == WAYS.len() * OUTCOMES.len() && faults.is_empty(), "{faults}");
}
