//! The payer scans a printed code and types the amount.

use super::Cell;

pub const CELLS: &[(&str, Cell)] = &[
    (
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
        "money frozen",
        Cell::Table(
            "
            1s noren quote takayama receive JPY 1200       -> Q1 CNY 58.95 for JPY 1200
            2s noren reserve W1 takayama JPY 1200 quote=Q1 -> P1 authorising
            72s clock                                      -> P1 in_doubt, inquire R1
            73s wallet blocked R1                          -> P1 blocked
            74s wallet blocked R1                          -> P1 blocked
            end ledger                                     -> every account 0
            ",
        ),
    ),
    ("expiry", Cell::Never("nothing waits for its payer: a permission that is not used is silence, and its ladder ends it")),
    (
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
    ("never sent", Cell::Never("the wallet asks us: there is no request of ours that could fail to leave")),
];
