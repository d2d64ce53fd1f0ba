//! The payer's bank credits the shop over a push rail.

use super::Cell;

pub const CELLS: &[(&str, Cell)] = &[
    (
        "yes",
        Cell::Table(
            "
            0s rail resolve takayama             -> Takayama up to JPY 100000
            1s rail credits T1 takayama JPY 1200 -> P1 captured
            end ledger                           -> rail wallet_receivable JPY 1200, rail fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8
            ",
        ),
    ),
    ("no", Cell::Never("the payer's bank says no to its payer alone: what was not credited is not heard of")),
    ("processing, then yes", Cell::Never("nobody is asked, so nobody answers that it is working on it: money has arrived or has not")),
    ("unknown, then yes", Cell::Never("nobody is asked, so no request can stay unanswered: money has arrived or has not")),
    ("unknown, then no", Cell::Never("nobody is asked, so no request can stay unanswered: money has arrived or has not")),
    (
        "not found, then settled",
        Cell::Table(
            "
            0s rail credits T1 whoever JPY 1200 -> credit U1, U1 unclaimed, alarm unclaimed
            1h operator assign U1 takayama      -> credit U1, P1 captured, U1 assigned
            2h rail credits T1 whoever JPY 1200 -> credit U1
            end ledger                          -> rail wallet_receivable JPY 1200, rail fee JPY -18, takayama merchant_payable JPY -1164, hida-shinkumi fee JPY -10, switch fee JPY -8
            ",
        ),
    ),
    ("silence, then cancel confirmed", Cell::Never("a rail has no cancel: a credit that does not come is no doubt, the order's time ends it")),
    ("cancel refused because it stood", Cell::Never("a rail has no cancel: what was credited is captured, and a till's cancel of it is refused by us")),
    (
        "late success after cancel",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1 -> P1 waiting_for_payer
            1s merchant cancel P1 key=K2        -> P1 cancelled
            2s rail credits T1 P1 JPY 1200      -> P1 cancelled, stray X1, X1 returning, refund F1, alarm stray
            3s wallet refunded F1               -> P1 cancelled, X1 returned
            end ledger                          -> every account 0
            ",
        ),
    ),
    (
        "notify before inquiry",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1 -> P1 waiting_for_payer
            1s rail credits T1 P1 JPY 1200      -> P1 captured
            2s rail credits T1 P1 JPY 1200      -> P1 captured
            10m clock                           -> nothing
            ",
        ),
    ),
    (
        "contradiction",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1 -> P1 waiting_for_payer
            1s rail credits T1 P1 JPY 1200      -> P1 captured
            2s rail credits T1 P1 JPY 1300      -> refused credit-differs, P1 captured, evidence kept, alarm differs
            3s rail credits T2 P1 JPY 1200      -> P1 captured, stray X1, X1 returning, refund F1, alarm stray
            4s wallet refunded F1               -> P1 captured, X1 returned
            ",
        ),
    ),
    ("money frozen", Cell::Never("the rail credits what is no longer the payer's: what it froze before was not credited")),
    (
        "expiry",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1 for=5m -> P1 waiting_for_payer
            1s rail resolve P1                         -> Takayama JPY 1200
            5m clock                                   -> P1 expired
            6m rail resolve P1                         -> refused order-expired
            end ledger                                 -> every account 0
            ",
        ),
    ),
    ("the payer gives up", Cell::Never("a payer who does not send the money tells nobody: the order's time ends it")),
    (
        "the shop gives up",
        Cell::Table(
            "
            0s merchant show O1 JPY 1200 key=K1 -> P1 waiting_for_payer
            1s rail resolve P1                  -> Takayama JPY 1200
            2s merchant cancel P1 key=K2        -> P1 cancelled
            3s rail resolve P1                  -> refused order-closed
            end ledger                          -> every account 0
            ",
        ),
    ),
    ("never sent", Cell::Never("nothing leaves us: there is no request that could fail to leave")),
];
