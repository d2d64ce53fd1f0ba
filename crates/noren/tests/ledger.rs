//! `noren ledger` over the books that a demo has written.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn noren(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
    command.args(arguments).arg("--data").arg(folder);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = noren(folder, arguments);
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{out}\n{error}");
    assert!(error.starts_with("reading "), "{error}");
    out
}

#[track_caller]
fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(folder, arguments)).unwrap()
}

/// The folder of a day that was played.
fn day(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    let played = noren(&folder, &["demo", "--once", "--json", "--port", "0", "--tempo", "test"]);
    assert!(played.status.success(), "{}", text(&played.stderr));
    folder
}

#[test]
fn the_books_of_a_day_are_read_and_proven() {
    let folder = day("read");
    let proof = json(&folder, &["ledger", "verify", "--json"]);
    assert_eq!(proof["whole"], true, "{proof:#}");
    let checks = proof["checks"].as_array().unwrap();
    // At the end of the day nothing runs, so nothing is pending; and nobody placed money beforehand.
    let empty = |check: &Value| check["name"] == "pending" || check["name"] == "movements";
    let looked = |check: &Value| empty(check) || check["count"].as_u64() > Some(0);
    assert!(checks.iter().all(looked), "{proof:#}");
    let said = printed(&folder, &["ledger", "verify"]);
    assert_eq!(said.lines().filter(|line| line.starts_with("whole  ")).count(), checks.len());

    // Every account's statement begins at nothing and ends at its balance.
    let accounts = json(&folder, &["ledger", "accounts", "--json"]);
    let accounts = accounts["accounts"].as_array().unwrap();
    assert!(accounts.len() > 10);
    for account in accounts {
        let name = account["account"].as_str().unwrap();
        let statement = json(&folder, &["ledger", "statement", name, "--json"]);
        assert_eq!(statement["opening"]["amount"], 0);
        assert_eq!(statement["closing"], account["balance"]);
        let lines = statement["lines"].as_array().unwrap();
        assert_eq!(lines.last().unwrap()["balance"], account["balance"]);
        assert!(lines.iter().all(|line| line["cause"].as_str().unwrap().starts_with("pay_")));
    }
    let one = accounts[0]["account"].as_str().unwrap();
    let stream = printed(&folder, &["ledger", "statement", one, "--jsonl"]);
    let parts: Vec<Value> = stream.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((&parts[0]["part"], &parts[1]["part"]), (&"opening".into(), &"line".into()));
    assert_eq!(parts.last().unwrap()["balance"], accounts[0]["balance"]);
    // Nothing was posted before the day, and nothing after it.
    let before = json(&folder, &["ledger", "balance", one, "--at", "2020-01-01", "--json"]);
    assert_eq!(
        (&before["balance"]["amount"], &before["at"]),
        (&0.into(), &"2020-01-01T15:00:00Z".into())
    );
    let later = json(&folder, &["ledger", "statement", one, "--from", "2999-01-01", "--json"]);
    assert_eq!(
        (&later["opening"], &later["lines"]),
        (&accounts[0]["balance"], &Value::Array(vec![]))
    );
    let payable = printed(&folder, &["ledger", "accounts", "payable", "jpy"]);
    assert!(
        payable.lines().count() > 1 && payable.lines().all(|l| l.contains("/merchant_payable/JPY"))
    );
    // One shop of the day is paid in yuan: all that it is owed, and nothing in yen.
    let yuan = printed(&folder, &["ledger", "accounts", "payable", "cny"]);
    let shop = yuan.split_whitespace().find(|word| word.ends_with("/merchant_payable/CNY"));
    let shop = shop.and_then(|account| account.strip_suffix("/CNY")).expect("a yuan shop");
    assert!(yuan.lines().count() == 1 && !payable.contains(shop), "{yuan}{payable}");
    let account = format!("{shop}/CNY");
    let statement = json(&folder, &["ledger", "statement", &account, "--json"]);
    assert_eq!(statement["lines"].as_array().unwrap().len(), 2, "a capture and a refund");
}

/// What is gained is the mark-up, less what refunds gave back of it.
#[test]
fn the_position_of_each_currency_is_shown_with_what_it_is_worth() {
    let folder = day("fx");
    let fx = json(&folder, &["ledger", "fx", "--json"]);
    let positions = fx["positions"].as_array().unwrap();
    assert!(positions.len() > 1);
    let mut sum = 0;
    for position in positions {
        let currency = position["held"]["currency"].as_str().unwrap();
        let name = format!("switch/fx_position/{currency}");
        let balance = json(&folder, &["ledger", "balance", &name, "--json"]);
        let held = position["held"]["amount"].as_i64().unwrap();
        assert_eq!(balance["balance"]["amount"], -held);
        sum += position["worth"]["amount"].as_i64().unwrap();
    }
    assert_eq!(fx["gain"]["amount"], sum);
    assert!(sum > 0, "{fx:#}");
    assert!(printed(&folder, &["ledger", "fx"]).contains("gain or loss"));
    let unknown = noren(&folder, &["ledger", "fx", "--in", "YEN"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn a_name_that_is_nearly_right_is_answered_with_names() {
    let folder = day("names");
    for (arguments, code, said) in [
        (["balance", "switch/fx_position/KWD"], 3, "switch/fx_position/"),
        (["statement", "switch/fx-position/CNY"], 2, "switch/fx_position/CNY"),
        (["balance", "noren/receivable/cny"], 2, "wallet:noren/wallet_receivable/CNY"),
        (["statement", "zzz"], 2, "`noren ledger accounts` shows all"),
    ] {
        let output = noren(&folder, &["ledger", arguments[0], arguments[1]]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(error.contains("error: ") && error.contains(said), "{error}");
        assert!(output.stdout.is_empty());
    }
    let usage = noren(&folder, &["ledger", "balance", "switch/fee/JPY", "--at", "yesterday"]);
    assert_eq!(usage.status.code(), Some(2));
    assert!(text(&usage.stderr).contains("2026-11-21"));
    let nowhere = noren(Path::new("/nowhere/at/all"), &["ledger", "accounts"]);
    assert_eq!(nowhere.status.code(), Some(1));
}

#[test]
fn a_ledger_that_was_changed_is_told_with_its_place() {
    let folder = day("changed");
    let file = folder.join("switch.db");
    let db = rusqlite::Connection::open(&file).unwrap();
    let changed = "UPDATE postings SET amount = amount + 1
        WHERE (slot, seq) IN (SELECT slot, seq FROM postings ORDER BY slot, seq LIMIT 1)";
    assert_eq!(db.execute(changed, []).unwrap(), 1);
    let place: String = db
        .query_row("SELECT cause FROM entries ORDER BY slot, number LIMIT 1", [], |row| row.get(0))
        .unwrap();
    drop(db);
    // The file alone is enough.
    let output = noren(&file, &["ledger", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains(&format!("({place}) does not balance")), "{said}");
    assert!(said.contains("FAULT  batches"), "{said}");
    assert!(said.lines().last().unwrap().starts_with("the ledger is not whole"), "{said}");
}
