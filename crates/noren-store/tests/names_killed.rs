//! The writer is killed in the middle of its work, again and again; whatever it had said was
//! committed is found by the next start.

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::*;
use noren_core::effects::{Found, Row};
use noren_core::id::PaymentId;
use noren_core::keys::{Key, Used, UsedName};
use noren_store::sqlite::{NameLimits, audit};
use noren_store::{Batch, Fetch, SqliteFetch, SqliteStore, Store};

const NAMES: u64 = 30;
const LIMITS: NameLimits = NameLimits { seal: 100, fan: 2, slice: 5, filter_bytes: 1 << 16 };

fn name(n: u64) -> UsedName {
    let text = format!("{:032x}", u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060));
    UsedName { slot: slot(3), wallet: wallet(), what: Used::Receipt, text: text.into() }
}

fn payment(n: u64) -> PaymentId {
    PaymentId::new(Maker::new().now, slot(3), noren_core::id::Entropy(n.into()), 0)
}

/// Commits names for as long as it lives, and says after each commit how many there are.
fn write_until_killed(path: &Path) {
    let mut store = SqliteStore::open_with(path, LIMITS).unwrap();
    let loaded = store.load().unwrap();
    let (mut number, mut previous) = (loaded.number, loaded.hash);
    loop {
        let mut batch: Batch = Maker::new().seal();
        let first = number * NAMES;
        number += 1;
        (batch.number, batch.previous) = (number, previous);
        batch.rows = (first..first + NAMES)
            .map(|n| Row::Used(name(n), payment(n).into(), batch.now))
            .collect();
        previous = store.commit(&batch).unwrap();
        println!("committed {}", number * NAMES);
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn names_survive_kill_9() {
    // This test starts itself as the process that is killed.
    if let Ok(path) = std::env::var("NOREN_NAMES_TO_KILL") {
        write_until_killed(Path::new(&path));
    }
    let folder = Folder::new();
    let (mut told, mut building) = (0, 0);
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "names_survive_kill_9", "--nocapture"])
            .env("NOREN_NAMES_TO_KILL", folder.db())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut until = None;
        for line in lines.by_ref() {
            let line = line.unwrap();
            if let Some(count) = line.strip_prefix("committed ") {
                told = count.parse::<u64>().unwrap();
                let life = Duration::from_millis(15 + 11 * round);
                if Instant::now() > *until.get_or_insert_with(|| Instant::now() + life) {
                    break;
                }
            }
        }
        child.kill().unwrap();
        let end = child.wait().unwrap();
        assert_eq!(end.signal(), Some(9), "it ended by itself: {end}");
        // What it had written to the pipe before it died was committed too.
        for line in lines.map_while(Result::ok) {
            if let Some(count) = line.strip_prefix("committed ") {
                told = count.parse().unwrap();
            }
        }
        let db = rusqlite::Connection::open(folder.db()).unwrap();
        let sql = "SELECT count(*) FROM name_partitions WHERE state <> 'sealed'";
        building += db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
        drop(db);
        let store = SqliteStore::open_with(&folder.db(), LIMITS).unwrap();
        let keys: Vec<Key> = (0..told).map(|n| Key::Used(name(n))).collect();
        let found = SqliteFetch::open(&folder.db()).unwrap().fetch(&keys).unwrap();
        for (n, (_, found)) in found.into_iter().enumerate() {
            assert_eq!(found, Found::Used(payment(n as u64).into()), "name {n} of {told}");
        }
        drop(store);
        let audit = audit(&folder.db()).unwrap();
        assert!(audit.good(), "{audit:?}");
    }
    assert!(told > 1_000 && building > 0, "{told} names, {building} partitions cut off");
}
