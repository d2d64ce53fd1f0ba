//! Real processes, really killed: the switch alone, and the switch with its sandboxes, after each
//! commit of the day in turn and at random moments. The script goes on with the same keys.
//!
//! Afterwards every acknowledged result is still true, every payment has ended, every order is
//! paid at most once, and the books balance on both sides.
//!
//! `CRASH_RUNS=random` or `CRASH_ONLY=alone:17` narrow it down.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use noren::client::{Client, Seen, Witness};
use noren::day::Narrator;
use noren::demo::Stage;
use noren::folder::TempoName;
// Past the test harness, which keeps what a passing test prints.
use noren::output::out;
use noren_core::stray::StrayStatus;
use noren_core::wallet::Reference;
use noren_store::Reads;
use serde_json::Value;

/// What dies with the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    /// Nothing: the sandboxes live on.
    Alone,
    /// Its sandboxes.
    Everything,
}

/// When it dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// Not at all: counts the commits.
    Never,
    /// Right after this commit, before anybody hears of it; and once more two commits later,
    /// while it recovers.
    AfterCommit(u64),
    /// Killed from outside, at moments that follow from the seed, within so many milliseconds.
    Random { seed: u64, within: u64 },
}

/// Runs side by side; most of the time each waits for a wallet's ladder.
const WORKERS: usize = 6;
/// Runs with kills at random moments, for each of the two ways.
const RANDOM_RUNS: u64 = 20;

struct Silent;

impl Narrator for Silent {
    fn say(&self, _: &str) {}
}

/// Ports below those that the system gives to outgoing connections, so that a restarted process
/// finds its own free.
fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let port = 21_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

struct Processes {
    data: PathBuf,
    switch: Option<Child>,
    sandboxes: Option<Child>,
}

impl Processes {
    fn spawn(&self, arguments: &[&str], die_after: Option<u64>) -> anyhow::Result<Child> {
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(self.data.join("log"))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
        command.args(arguments).arg("--data").arg(&self.data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        if let Some(commit) = die_after {
            command.env("NOREN_CRASH_AFTER_COMMIT", commit.to_string());
        }
        Ok(command.spawn()?)
    }

    fn start_switch(&mut self, die_after: Option<u64>) -> anyhow::Result<()> {
        self.switch = Some(self.spawn(&["serve"], die_after)?);
        Ok(())
    }

    fn start_sandboxes(&mut self) -> anyhow::Result<()> {
        self.sandboxes = Some(self.spawn(&["sandbox", "serve"], None)?);
        Ok(())
    }

    fn kill(child: &mut Option<Child>) -> anyhow::Result<()> {
        if let Some(mut child) = child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// SIGKILL, then start again.
    fn kill_and_restart(&mut self, with: With, die_after: Option<u64>) -> anyhow::Result<()> {
        Self::kill(&mut self.switch)?;
        if with == With::Everything {
            Self::kill(&mut self.sandboxes)?;
            self.start_sandboxes()?;
        }
        self.start_switch(die_after)
    }

    fn switch_has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.switch.as_mut().map(Child::try_wait).transpose()?.flatten().is_some())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        let _ = Self::kill(&mut self.switch);
        let _ = Self::kill(&mut self.sandboxes);
    }
}

/// What a run came to.
struct Ran {
    commits: u64,
    kills: u32,
    statuses: BTreeMap<String, u32>,
}

async fn run(template: &Path, folder: &Path, with: With, when: When) -> anyhow::Result<Ran> {
    std::fs::create_dir_all(folder.join("keys"))?;
    for key in std::fs::read_dir(template.join("keys"))? {
        let key = key?;
        std::fs::copy(key.path(), folder.join("keys").join(key.file_name()))?;
    }
    let address = |port: u16| format!("127.0.0.1:{port}");
    let wallets = BTreeMap::from([("noren", address(port())), ("alipayplus", address(port()))]);
    let stage =
        Stage::set_up(folder, TempoName::Test, &address(port()), &wallets, &BTreeMap::new())?;
    let mut processes = Processes { data: folder.to_owned(), switch: None, sandboxes: None };
    processes.start_sandboxes()?;
    processes.start_switch(match when {
        When::AfterCommit(commit) => Some(commit),
        When::Never | When::Random { .. } => None,
    })?;

    let witness: Witness = Arc::default();
    let mut day = stage.day("crash", Duration::from_secs(20))?;
    day.tills =
        day.tills.into_iter().map(|(shop, till)| (shop, till.witnessed(&witness))).collect();
    let directory = stage.directory()?;
    let played = async {
        day.open(&directory).await?;
        day.play(&Silent).await
    };
    tokio::pin!(played);
    let mut kills = 0;
    let mut moments = match when {
        When::Random { seed, within } => moments(seed, within),
        When::Never | When::AfterCommit(_) => Vec::new(),
    };
    let begin = Instant::now();
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut played => break outcomes?,
            () = tokio::time::sleep(Duration::from_millis(3)) => {}
        }
        if processes.switch_has_ended()? {
            let When::AfterCommit(commit) = when else {
                anyhow::bail!("the switch ended by itself; see {}/log", folder.display());
            };
            ensure!(kills < 2, "the switch ended by itself; see {}/log", folder.display());
            processes.kill_and_restart(with, (kills == 0).then_some(commit + 2))?;
            kills += 1;
        }
        if moments.last().is_some_and(|at| begin.elapsed() >= *at) {
            moments.pop();
            processes.kill_and_restart(with, None)?;
            kills += 1;
        }
    };
    hold_to_its_word(&day.tills, &witness).await?;
    both_sides(&stage, &day.partner, &day.alipayplus).await?;
    let commits = books(&stage).context("the switch's books")?;
    let mut statuses = BTreeMap::new();
    for outcome in outcomes {
        ensure!(
            when != When::Never || outcome.as_expected,
            "a quiet day must be as expected: {outcome:?}"
        );
        // A crash may turn a yes into an undoing, but never a payer without money into a yes.
        let impossible = ["no-money", "silent", "no-debit"].contains(&outcome.scene);
        ensure!(!impossible || outcome.status != "captured", "{outcome:?}");
        *statuses.entry(outcome.status).or_insert(0) += 1;
    }
    Ok(Ran { commits, kills, statuses })
}

/// One to three moments within the day, latest first.
fn moments(seed: u64, within: u64) -> Vec<Duration> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut moments: Vec<Duration> =
        (0..1 + next() % 3).map(|_| Duration::from_millis(20 + next() % within)).collect();
    moments.sort_unstable_by(|a, b| b.cmp(a));
    moments
}

const FINAL: [&str; 8] =
    ["captured", "voided", "declined", "cancelled", "expired", "reversed", "refunded", "returned"];

/// Every acknowledged result is still true: a final state that somebody was shown is still the
/// state, for the same amount, and the same call with the same key is still the same thing.
async fn hold_to_its_word(
    tills: &BTreeMap<&'static str, Client>,
    witness: &Witness,
) -> anyhow::Result<()> {
    let seen: Vec<Seen> = witness.lock().unwrap().clone();
    let told = seen.iter().filter(|seen| (200..300).contains(&seen.answer.status));
    for seen in told {
        let body = &seen.answer.body;
        let (Some(id), Some(status)) = (body["id"].as_str(), body["status"].as_str()) else {
            continue;
        };
        let store = body["merchant"].as_str();
        let mut found = false;
        for till in tills.values() {
            let path = match (id.starts_with("rfd_"), id.starts_with("cap_")) {
                (true, _) => format!("/v1/refunds/{id}"),
                // A capture is shown with its payment.
                (_, true) => {
                    format!("/v1/payments/{}", body["payment"].as_str().unwrap_or_default())
                }
                _ => format!("/v1/payments/{id}"),
            };
            let now = till.get(&path).await?;
            if now.status == 404 {
                continue;
            }
            let mut now = now.success()?;
            if id.starts_with("cap_") {
                let captures = now["captures"].as_array().cloned().unwrap_or_default();
                let own = captures.into_iter().find(|capture| capture["id"] == id);
                now = own.with_context(|| format!("{id} was acknowledged and is gone"))?;
            }
            ensure!(now["amount"] == body["amount"], "{id} was for {} once", body["amount"]);
            ensure!(
                !FINAL.contains(&status) || now["status"] == status,
                "{id} was acknowledged as {status} and is {} now",
                now["status"]
            );
            if let (Some(key), Some(body)) = (&seen.key, &seen.body) {
                let again = till.post(&seen.path, Some(key), body).await?.success()?;
                ensure!(
                    again["id"] == id,
                    "{} with key {key} was {id} and is {} now",
                    seen.path,
                    again["id"]
                );
            }
            found = true;
        }
        ensure!(found, "{id} was acknowledged and is gone ({store:?})");
    }
    Ok(())
}

/// Both sides agree, payment by payment and in sum: what a network kept of a payment is what the
/// switch captured and did not give back, and nobody paid for an order more than once.
async fn both_sides(stage: &Stage, partner: &Client, alipayplus: &Client) -> anyhow::Result<()> {
    let database = stage.folder.database();
    let reads = Reads::open(&database, 1)?;
    let ours = kept_by_us(&database)?;
    let mut by_order: BTreeMap<String, i64> = BTreeMap::new();
    let mut matched = 0;
    for (wallet, control) in [("noren", partner), ("alipayplus", alipayplus)] {
        let books = control.get("/sandbox/books").await?.success()?;
        ensure!(books["balanced"] == true, "the books of {wallet} do not balance: {books}");
        for payment in books["payments"].as_array().into_iter().flatten() {
            let id = payment["id"].as_str().unwrap_or_default();
            let yen = |member: &Value| member.as_i64().unwrap_or_default();
            // Of a hold only what captures took.
            let kept = match payment["state"] == "cancelled" {
                true => 0,
                false => yen(&payment["taken"]) - yen(&payment["refunded"]),
            };
            let Some((order, here)) = ours.get(id) else {
                // A cancel of an id that the wallet never saw leaves a tombstone there.
                ensure!(kept == 0, "{wallet} kept {kept} for {id}, of which we know nothing");
                continue;
            };
            ensure!(*here == kept, "{wallet} kept {kept} of {id}, and we say {here}");
            *by_order.entry(order.clone()).or_insert(0) += i64::from(kept > 0);
            matched += 1;
        }
        let owner = format!("wallet:{wallet}");
        let currency = books["owed"]["currency"].as_str().unwrap_or_default();
        let owed: i64 = reads
            .accounts(None)?
            .iter()
            .filter(|account| account.name.owner.to_string() == owner)
            .filter(|account| account.name.kind.name() == "wallet_receivable")
            .map(|account| account.balance())
            .filter(|balance| balance.currency().alpha() == currency)
            .map(|balance| balance.minor())
            .sum();
        ensure!(books["owed"]["amount"] == owed, "{wallet} owes {}, we say {owed}", books["owed"]);
    }
    ensure!(matched >= 5, "only {matched} payments were found on both sides");
    let twice: Vec<_> = by_order.iter().filter(|(_, paid)| **paid > 1).collect();
    ensure!(twice.is_empty(), "orders that were paid more than once: {twice:?}");
    Ok(())
}

/// Of each payment that a wallet was asked for, by the id that the wallet knows it under: its order,
/// and the yen that were captured and not given back.
fn kept_by_us(database: &Path) -> anyhow::Result<BTreeMap<String, (String, i64)>> {
    let sql = rusqlite::Connection::open(database)?;
    let mut payments = sql.prepare("SELECT id, order_id, body FROM payments")?;
    let rows = payments.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut kept = BTreeMap::new();
    for row in rows {
        let (id, order, body) = row?;
        let payment: noren_core::payment::Payment = serde_json::from_str(&body)?;
        let scan = payment.state.asked().and_then(|asked| match &asked.reference {
            Reference::Scan { wallet_payment_id } => Some(wallet_payment_id.to_string()),
            Reference::Request | Reference::Order { .. } | Reference::Credit { .. } => None,
        });
        let captured = payment.captured() - payment.refunds_done();
        let strays = payment.strays.iter().filter(|s| s.status() != StrayStatus::Returned);
        let strays: i64 = strays.map(|stray| stray.receipt.amount.minor()).sum();
        kept.insert(scan.unwrap_or(id), (order, captured + strays));
    }
    Ok(kept)
}

fn books(stage: &Stage) -> anyhow::Result<u64> {
    let database = stage.folder.database();
    let audit = noren_store::sqlite::audit(&database)?;
    ensure!(audit.good(), "the audit fails: {audit:?}");
    ensure!(audit.open_payments == 0, "{} payments have not ended", audit.open_payments);
    let sql = rusqlite::Connection::open(&database)?;
    let paid_twice: i64 = sql.query_row(
        "SELECT count(*) FROM (SELECT order_id FROM payments WHERE status = 'captured'
         GROUP BY slot, order_id HAVING count(*) > 1)",
        [],
        |row| row.get(0),
    )?;
    ensure!(paid_twice == 0, "{paid_twice} orders were paid more than once");
    Ok(audit.batches)
}

fn plan(commits: u64, within: u64) -> Vec<(With, When)> {
    let only = std::env::var("CRASH_ONLY").ok();
    let mut runs = Vec::new();
    for (name, with) in [("alone", With::Alone), ("everything", With::Everything)] {
        if let Some((_, commit)) =
            only.as_deref().and_then(|o| o.split_once(':')).filter(|(n, _)| *n == name)
        {
            return vec![(with, When::AfterCommit(commit.parse().unwrap()))];
        }
        if std::env::var("CRASH_RUNS").as_deref() != Ok("random") {
            runs.extend((1..=commits).map(|commit| (with, When::AfterCommit(commit))));
        }
        runs.extend((1..=RANDOM_RUNS).map(|seed| (with, When::Random { seed, within })));
    }
    runs
}

#[test]
fn after_a_kill_at_any_moment_every_payment_ends_and_no_word_is_broken() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crash-{}", std::process::id()));
    std::fs::create_dir_all(&root).unwrap();
    // Keys are made once: a pair of RSA takes longer than a day of the test.
    let nowhere = "127.0.0.1:1".to_owned();
    let wallets = BTreeMap::from([("noren", nowhere.clone()), ("alipayplus", nowhere.clone())]);
    let template = root.join("template");
    Stage::set_up(&template, TempoName::Test, &nowhere, &wallets, &BTreeMap::new()).unwrap();

    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let begin = Instant::now();
    let quiet = threads
        .block_on(run(&template, &root.join("quiet"), With::Alone, When::Never))
        .unwrap_or_else(|error| panic!("without any kill: {error:#}"));
    out(format_args!(
        "a quiet day: {} commits in {:.1} s, ended as {:?}",
        quiet.commits,
        begin.elapsed().as_secs_f32(),
        quiet.statuses
    ));
    let within = begin.elapsed().as_millis() as u64;
    let runs = plan(quiet.commits, within);
    let unharmed = Mutex::new(0usize);
    let next = AtomicUsize::new(0);
    let kills = AtomicU64::new(0);
    let failures: Mutex<Vec<String>> = Mutex::default();
    let statuses: Mutex<BTreeMap<String, u32>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((with, when)) = runs.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let name: String = format!("{with:?}-{when:?}")
                        .to_lowercase()
                        .chars()
                        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                        .collect();
                    let folder = root.join(&name);
                    match threads.block_on(run(&template, &folder, *with, *when)) {
                        Ok(ran) => {
                            kills.fetch_add(u64::from(ran.kills), Ordering::SeqCst);
                            *unharmed.lock().unwrap() += usize::from(ran.kills == 0);
                            for (status, count) in ran.statuses {
                                *statuses.lock().unwrap().entry(status).or_insert(0) += count;
                            }
                            let _ = std::fs::remove_dir_all(&folder);
                        }
                        Err(error) => failures
                            .lock()
                            .unwrap()
                            .push(format!("{name}: {error:#}; see {}", folder.display())),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    out(format_args!(
        "{} runs, {} kills, {:.0} s; payments ended as {:?}",
        runs.len(),
        kills.load(Ordering::SeqCst),
        begin.elapsed().as_secs_f32(),
        statuses.into_inner().unwrap()
    ));
    assert!(
        failures.is_empty(),
        "{} of {} runs failed:\n{}",
        failures.len(),
        runs.len(),
        failures.join("\n")
    );
    // Batches form by timing, so a day may have a commit fewer, and a random moment may come after
    // the end; but a test whose processes live tests nothing.
    let unharmed = unharmed.into_inner().unwrap();
    assert!(unharmed * 5 <= runs.len(), "{unharmed} of {} runs were never killed", runs.len());
    let _ = std::fs::remove_dir_all(&root);
}
