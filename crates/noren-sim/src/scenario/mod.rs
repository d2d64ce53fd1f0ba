//! The scenario language: one table in a string, each line an operation and what came of it.
//!
//! ```
//! noren_sim::scenario::check("
//!     0s   merchant pay O1 JPY 1200 key=K1  -> P1 authorising, ask R1
//!     1s   wallet approved R1               -> P1 captured
//!     end  ledger                           -> alipayplus wallet_receivable JPY 1200, \
//!                                              alipayplus fee JPY -18, \
//!                                              takayama merchant_payable JPY -1164, \
//!                                              hida-shinkumi fee JPY -10, switch fee JPY -8
//! ");
//! ```
//!
//! A line is `time  actor  action -> outcome`. Times are since the start and never go back. Things
//! have short names in the order in which they come to be: `P1` a payment, `R1` the request of it
//! that a wallet knows, `G1` a capture, `F1` a refund, `X1` a stray receipt, `U1` a
//! credit that belongs to no payment, `Q1` a quote. A wallet's own names
//! (`O1` order, `K1` key, `W1` wallet's payment id, `C1` payer's code) are used as they stand.
//!
//! | actor | actions |
//! | --- | --- |
//! | `merchant` | `pay O1 JPY 1200 key=K1 [wallet=…] [code=C1]`, `show O1 JPY 1200 key=K1 [for=5m]`, `cancel P1 key=K2`, `withdraw O1 key=K2` (cancel by order number; `withdraw O1 unpaid key=K2` only while it is not paid), `refund P1 JPY 300 key=K3`; `pay` and `show` with `hold` for a later capture, then `capture P1 JPY 500 key=K4`, `void P1 key=K5`; `order O1 JPY 1200 key=K1 wallet=…` for a shop on the web; `recall` before `pay`, `show` or `order`: the same call, refused by the edge; with `as=kanazawa` another merchant's till; with `body=…` a body that differs |
//! | `wallet` | an answer: `approved R1`, `held`, `ordered`, `declined`, `pending`, `not_found`, `cancelled`, `blocked`, `too_late [bare]`, `not_sent`, `silent`, `error`, `unreadable`, `unsigned`, `unlisted`, `unsure`, `dropped`; `captured G1`; `refunded F1`, `no_funds`, `too_late`, `processing`, …; with an amount, `tx=`, `payer=`, `notice` |
//! | `noren`, `alipayplus` | the wallet API: `resolve takayama` or `P1`, `quote takayama receive JPY 1200`, `reserve W1 takayama JPY 1200 quote=Q1`, `confirm P1 CNY 58.95`, `fail P1`; `claims approved R1`: a notice under its own name |
//! | `rail` | `credits T1 takayama JPY 1200` (a printed code), `T1 P1` (a till's code), `T1 whoever` (a name that nobody here has), with `payer=THB:310.00` |
//! | `clock` | time alone; `clock held`: nothing may expire |
//! | `operator` | `suspend`, `retire` or `resume` of a wallet or shop (`retire takayama store`: of its place alone); `refuse noren at takayama`; `lets noren hold one for=1h`; `lets noren owe KWD rate=0.00205`; `lets noren ask 1`: inquiries a second; `lets noren undo cancel=15 before=15s max=1 days=30 proof=90s inquiries=9 nokey`: its terms for cancels and refunds; `lets rail return nothing`; `closes X1 paid_back` or `written_off`: a claim; `caps noren at CNY 100.00` or `at CNY nothing`; `prefunds noren received CNY 50.00 key=K1` or `returned`; `limits noren payment CNY 50.00`, `limits takayama day JPY 2000 payer JPY 500`; `fees dear bps=500 parts=wallet:5000:back,partner:5000 shop=takayama from=10s`, `partner tabi-pos at=takayama`; `pays takayama CNY margin=80`: what a shop is paid in; `opens gero KRW paid=CNY`: a shop that prices in another currency; `publishes KRW CNY=0.0052`; `assign U1 takayama`, `return U1` |
//! | `ledger` | the accounts that are not at zero; `ledger pending`: what is pending beside them |
//! | `doubt` | `P1`, `P1 void`, `G1`, `F1`: for how long its outcome was not known, in seconds |
//!
//! Every line is also shown to the auditor, as a batch of its own.

mod act;
mod shops;
mod show;
mod words;

use std::fmt::Write as _;

pub use act::Stage;

/// Runs a table and panics with a readable difference when an outcome is another one.
pub fn check(table: &str) {
    if let Err(report) = run(table) {
        panic!("{report}");
    }
}

/// Runs a table. The error is the whole table with a `-` and a `+` line where outcomes differ; the
/// `+` lines can be pasted once they were read and found right.
pub fn run(table: &str) -> Result<Stage, String> {
    let mut stage = Stage::new();
    let mut report = String::new();
    let mut differs = false;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((operation, expected)) = line.split_once("->") else {
            return Err(format!("a line has no arrow: {line}"));
        };
        let (operation, expected) = (operation.trim_end(), expected.trim());
        let actual = stage.act(operation).map_err(|why| format!("{line}\n  {why}"))?;
        let normal: Vec<_> = expected.split(',').map(str::trim).collect();
        if normal.join(", ") == actual {
            let _ = writeln!(report, "  {operation} -> {actual}");
        } else {
            differs = true;
            let _ = writeln!(report, "- {operation} -> {expected}");
            let _ = writeln!(report, "+ {operation} -> {actual}");
        }
    }
    if differs { Err(format!("\nexpected -, came +:\n{report}")) } else { Ok(stage) }
}
