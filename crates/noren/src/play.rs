//! `noren sandbox list | env | users | code | pay | scenario`: the hand of a payer and of a tester, for
//! a shell. Whoever runs a third-party client against a sandbox or a facade needs its address, its keys
//! and somebody who pays.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use noren_core::directory::Change;
use noren_core::id::{MerchantId, StoreId};
use noren_store::Reads;
use noren_wallets::link::Link;
use noren_wallets::{Entry, KeyKind};
use serde_json::{Value, json};

use crate::client::Client;
use crate::folder::{End, Folder, facade_keys};
use crate::output::out;

/// How long a call is repeated while nobody answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every one of these needs.
#[derive(clap::Args)]
pub struct Where {
    /// The state folder, with noren.toml in it.
    #[arg(long, env = "NOREN_DATA", default_value = "noren-data")]
    data: PathBuf,
}

/// See the module.
#[derive(clap::Subcommand)]
pub enum Play {
    /// The networks of this folder: where each sandbox and each API for tills listens.
    #[command(before_help = "  noren sandbox list\n  noren sandbox list --json")]
    List {
        #[command(flatten)]
        at: Where,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Addresses and credentials of every sandbox and of every API for tills, as shell variables.
    /// Keys are files in the state folder.
    #[command(before_help = "  eval \"$(noren sandbox env)\"\n  noren sandbox env --wallet paypay")]
    Env {
        #[command(flatten)]
        at: Where,
        /// Only this network.
        #[arg(long)]
        wallet: Option<String>,
    },
    /// The users of the sandboxes; with --add, one more.
    #[command(
        before_help = "  noren sandbox users\n  noren sandbox users --wallet paypay --add mei --balance 100000"
    )]
    Users {
        #[command(flatten)]
        at: Where,
        /// Only this network.
        #[arg(long)]
        wallet: Option<String>,
        /// A user to be there. One who is there stays as they are.
        #[arg(long, requires = "wallet")]
        add: Option<String>,
        /// In minor units of the wallet's currency.
        #[arg(long, default_value_t = 1_000_000)]
        balance: i64,
    },
    /// A fresh payment code of a user, to be scanned by a till.
    #[command(before_help = "  noren sandbox code --wallet paypay")]
    Code {
        #[command(flatten)]
        at: Where,
        /// The network.
        #[arg(long)]
        wallet: String,
        /// The user; made when not there.
        #[arg(long, default_value = "guest")]
        user: String,
    },
    /// A sandbox user pays an open order: named by the shop's order number, by the network's own
    /// number, or by the text of a code or link.
    #[command(
        before_help = "  noren sandbox pay A-1001\n  noren sandbox pay A-1001 --wallet wechatpay\n  noren sandbox pay 'https://…/qr/…' --refuse"
    )]
    Pay {
        #[command(flatten)]
        at: Where,
        /// Order number, network number, or the text of a code or link.
        what: String,
        /// With which wallet, where the order leaves that open.
        #[arg(long)]
        wallet: Option<String>,
        /// The user; made with a balance when not there.
        #[arg(long, default_value = "guest")]
        user: String,
        /// The user says no.
        #[arg(long)]
        refuse: bool,
    },
    /// What a user's next payments or refunds meet.
    #[command(before_help = "  noren sandbox scenario --wallet paypay unknown_then_yes")]
    Scenario {
        #[command(flatten)]
        at: Where,
        /// The network.
        #[arg(long)]
        wallet: String,
        /// approve, decline, unknown_then_yes, unknown_then_no, timeout, lost_answer, late_success,
        /// wrong_amount, bad_signature, slow, double_notice, cancel_closed, blocked, no_confirm,
        /// never_debit, refund_no_funds, refund_silent
        scenario: String,
        /// The user; made when not there.
        #[arg(long, default_value = "guest")]
        user: String,
        /// For how many payments.
        #[arg(long, default_value_t = 1)]
        times: u32,
    },
}

/// Runs one of them.
pub async fn run(play: Play) -> anyhow::Result<ExitCode> {
    match play {
        Play::List { at, json } => list(&Folder::open(&at.data)?, json),
        Play::Env { at, wallet } => env(&Folder::open(&at.data)?, wallet.as_deref())?,
        Play::Users { at, wallet, add, balance } => {
            users(&Folder::open(&at.data)?, wallet.as_deref(), add.as_deref(), balance).await?;
        }
        Play::Code { at, wallet, user } => {
            let sandbox = Sandbox::of(&Folder::open(&at.data)?, &wallet)?;
            sandbox.user(&user).await?;
            let path = format!("/sandbox/users/{user}/code");
            let code = sandbox.post(&path, &json!({ "code_id": fresh()? })).await?;
            out(format_args!("{}", text(&code["code"])));
        }
        Play::Pay { at, what, wallet, user, refuse } => {
            let folder = Folder::open(&at.data)?;
            return pay(&folder, &what, wallet.as_deref(), &user, refuse).await;
        }
        Play::Scenario { at, wallet, scenario, user, times } => {
            let sandbox = Sandbox::of(&Folder::open(&at.data)?, &wallet)?;
            sandbox.user(&user).await?;
            let body = json!({ "user": user, "scenario": scenario, "times": times });
            out(format_args!("{}", sandbox.post("/sandbox/scenario", &body).await?));
        }
    }
    Ok(ExitCode::SUCCESS)
}

struct Sandbox {
    name: String,
    client: Client,
}

impl Sandbox {
    fn of(folder: &Folder, name: &str) -> anyhow::Result<Self> {
        let config = folder.config.wallets.get(name).with_context(|| {
            let names: Vec<_> = folder.config.wallets.keys().map(String::as_str).collect();
            format!("this folder has no network {name}; it has {}", names.join(", "))
        })?;
        let client = Client::new(&config.address, None, PATIENCE)?;
        Ok(Self { name: name.to_owned(), client })
    }

    fn all(folder: &Folder) -> anyhow::Result<Vec<Self>> {
        folder.config.wallets.keys().map(|name| Self::of(folder, name)).collect()
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.client.post(path, None, body).await?;
        if answer.status != 200 {
            bail!("{}: {}", self.name, text(&answer.body["error"]));
        }
        Ok(answer.body)
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.client.get(path).await?;
        if answer.status != 200 {
            bail!("{}: {}", self.name, text(&answer.body["error"]));
        }
        Ok(answer.body)
    }

    /// A user with enough for a day.
    async fn user(&self, user: &str) -> anyhow::Result<()> {
        let body = json!({ "user": user, "balance": 100_000_000 });
        self.post("/sandbox/users", &body).await.map(drop)
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn fresh() -> anyhow::Result<String> {
    Ok(format!("{:032x}", u128::from_le_bytes(crate::folder::random()?)))
}

fn list(folder: &Folder, as_json: bool) {
    let rows = folder.config.wallets.iter().map(|(name, config)| {
        let title = Entry::named(name).map_or("", |entry| entry.title);
        let till = folder.config.facades.get(name).map(crate::folder::FacadeTable::url);
        json!({ "name": name, "title": title, "sandbox": config.address, "tills": till })
    });
    let rows: Vec<Value> = rows.collect();
    if as_json {
        return out(format_args!("{:#}", Value::from(rows)));
    }
    for row in rows {
        let tills = row["tills"].as_str().unwrap_or("-");
        out(format_args!(
            "{:<11} {:<12} sandbox {:<24} tills {tills}",
            text(&row["name"]),
            text(&row["title"]),
            text(&row["sandbox"])
        ));
    }
}

/// `NAME='value'` for a shell; a quote in the value is closed, escaped and opened again.
fn line(name: &str, value: &str) {
    out(format_args!("export {name}='{}'", value.replace('\'', "'\\''")));
}

fn env(folder: &Folder, only: Option<&str>) -> anyhow::Result<()> {
    let keys = std::path::absolute(folder.file("keys"))?;
    line("NOREN_URL", &folder.config.switch.public_url);
    if let Some(phone) = &folder.config.phone {
        line("PHONE_URL", &phone.url());
    }
    if let Some(shop) = &folder.config.shop {
        line("SHOP_URL", &shop.url());
    }
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    for (name, config) in folder.config.wallets.iter().filter(|(name, _)| wanted(name)) {
        let Some(entry) = Entry::named(name) else { continue };
        let prefix = format!("SANDBOX_{}", name.to_uppercase());
        line(&format!("{prefix}_URL"), &config.address);
        credentials(entry, &keys, &prefix, &config.client_id, name, ("switch", "network"))?;
        settings(entry, &prefix, &folder.link(name, End::Network)?, None);
    }
    for (name, table) in folder.config.facades.iter().filter(|(name, _)| wanted(name)) {
        let Some(entry) = Entry::named(name) else { continue };
        for (place, till) in table.accounts.iter().enumerate() {
            let number = if place == 0 { String::new() } else { format!("_{}", place + 1) };
            let prefix = format!("FACADE_{}{number}", name.to_uppercase());
            line(&format!("{prefix}_URL"), &table.url());
            let base = facade_keys(name, &till.id);
            credentials(entry, &keys, &prefix, &till.id, &base, ("till", "switch"))?;
            let merchant = merchant_of(folder, till.store);
            settings(entry, &prefix, &folder.facade_link(name, table, &till.id)?, merchant);
        }
    }
    Ok(())
}

/// What else a client of that API is configured with.
fn settings(entry: &Entry, prefix: &str, link: &Link, merchant: Option<MerchantId>) {
    let Some(facade) = entry.facade else { return };
    for (name, value) in facade().settings(link, merchant) {
        line(&format!("{prefix}_{name}"), &value);
    }
}

/// Who is paid at a store, as far as a switch has been told on this folder.
fn merchant_of(folder: &Folder, store: StoreId) -> Option<MerchantId> {
    let reads = folder.database().exists().then(|| Reads::open(&folder.database(), 1))?.ok()?;
    let changes = reads.directory(0).ok()?;
    changes.into_iter().rev().find_map(|(_, change)| match change {
        Change::Store(known) if known.id == store => Some(known.merchant),
        _ => None,
    })
}

/// What a client is configured with: its own name and private key, and the other end's public key.
fn credentials(
    entry: &Entry,
    keys: &Path,
    prefix: &str,
    client_id: &str,
    base: &str,
    (own, other): (&str, &str),
) -> anyhow::Result<()> {
    line(&format!("{prefix}_CLIENT_ID"), client_id);
    let file = |name: String| keys.join(name).display().to_string();
    match entry.keys {
        KeyKind::SharedSecret => {
            line(&format!("{prefix}_SECRET_FILE"), &file(format!("{base}.secret")));
        }
        KeyKind::SharedText | KeyKind::RsaPairsAndText => {
            let secret = std::fs::read_to_string(keys.join(format!("{base}.secret")))?;
            line(&format!("{prefix}_SECRET"), &secret);
        }
        KeyKind::RsaPairs => {}
    }
    match entry.keys {
        KeyKind::RsaPairs | KeyKind::RsaPairsAndText => {
            line(&format!("{prefix}_PRIVATE_KEY"), &file(format!("{base}-{own}.key.pem")));
            line(&format!("{prefix}_OWN_PUBLIC_KEY"), &file(format!("{base}-{own}.pub.pem")));
            line(&format!("{prefix}_PUBLIC_KEY"), &file(format!("{base}-{other}.pub.pem")));
        }
        KeyKind::SharedSecret | KeyKind::SharedText => {}
    }
    Ok(())
}

async fn users(
    folder: &Folder,
    wallet: Option<&str>,
    add: Option<&str>,
    balance: i64,
) -> anyhow::Result<()> {
    if let (Some(wallet), Some(add)) = (wallet, add) {
        let sandbox = Sandbox::of(folder, wallet)?;
        sandbox.post("/sandbox/users", &json!({ "user": add, "balance": balance })).await?;
    }
    for sandbox in Sandbox::all(folder)? {
        if wallet.is_some_and(|wallet| wallet != sandbox.name) {
            continue;
        }
        let users = sandbox.get("/sandbox/users").await?;
        for user in users["users"].as_array().into_iter().flatten() {
            let (name, balance) = (text(&user["user"]), &user["balance"]);
            let (amount, currency) = (&balance["amount"], text(&balance["currency"]));
            out(format_args!("{:<11} {name:<20} {currency} {amount}", sandbox.name));
        }
    }
    Ok(())
}

/// Finds who can have this order paid, and lets a user pay it.
async fn pay(
    folder: &Folder,
    what: &str,
    wallet: Option<&str>,
    user: &str,
    refuse: bool,
) -> anyhow::Result<ExitCode> {
    let body = |what: &str| json!({ "user": user, "order": what, "pin": "1234", "refuse": refuse });
    // An order of a network's own: it knows the text of its code, our number of it, and its own.
    for sandbox in Sandbox::all(folder)? {
        if wallet.is_some_and(|wallet| wallet != sandbox.name) || sandbox.name == "noren" {
            continue;
        }
        let Ok(open) = sandbox.get("/sandbox/orders").await else { continue };
        let orders = open["orders"].as_array().cloned().unwrap_or_default();
        let names = ["order", "code", "number", "payment_id"];
        let is_it = |order: &&Value| names.iter().any(|name| order[*name] == what);
        if let Some(order) = orders.iter().find(is_it) {
            sandbox.user(user).await?;
            let paid = sandbox.post("/sandbox/pay", &body(&text(&order["order"]))).await?;
            out(format_args!("{paid}"));
            return Ok(ExitCode::SUCCESS);
        }
    }
    let Some(code) = open_code(folder, what).await? else {
        eprintln!("error: nobody has an open order {what}");
        return Ok(ExitCode::from(3));
    };
    by_code(folder, &code, wallet.unwrap_or("noren"), user, refuse).await
}

/// The code or page of an order that waits at the switch: `what` itself, or of the shop's order of
/// that number.
async fn open_code(folder: &Folder, what: &str) -> anyhow::Result<Option<String>> {
    if what.starts_with("000201") || what.starts_with("http") {
        return Ok(Some(what.to_owned()));
    }
    let switch = &folder.config.switch.public_url;
    if what.starts_with("pay_") {
        return Ok(Some(format!("{switch}/checkout/{what}")));
    }
    for token in shop_keys(folder)? {
        let client = Client::new(switch, Some(token), PATIENCE)?;
        let escaped = what.replace('%', "%25").replace('&', "%26").replace('#', "%23");
        let path = format!("/v1/payments?limit=1&order_number={}", escaped.replace(' ', "%20"));
        let found = client.get(&path).await?.success()?;
        if let Some(payment) = found["data"].as_array().and_then(|all| all.first()) {
            return Ok(Some(format!("{switch}/checkout/{}", text(&payment["id"]))));
        }
    }
    Ok(None)
}

/// The keys of the shops of a demo's folder.
fn shop_keys(folder: &Folder) -> anyhow::Result<Vec<String>> {
    let mut tokens = BTreeMap::new();
    for file in std::fs::read_dir(folder.file("keys"))? {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("merchant-") && name.ends_with(".json") {
            let kept: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
            tokens.insert(name.to_owned(), text(&kept["token"]));
        }
    }
    Ok(tokens.into_values().collect())
}

/// A user of our own wallet API scans the code; for another wallet the payer's page is asked, as a
/// phone would.
async fn by_code(
    folder: &Folder,
    code: &str,
    wallet: &str,
    user: &str,
    refuse: bool,
) -> anyhow::Result<ExitCode> {
    let sandbox = Sandbox::of(folder, wallet)?;
    sandbox.user(user).await?;
    let switch = Client::new(&folder.config.switch.public_url, None, PATIENCE)?;
    if wallet == "noren" {
        let scan = fresh()?;
        if refuse {
            let body = json!({ "user": user, "scenario": "decline" });
            sandbox.post("/sandbox/scenario", &body).await?;
        }
        let body = json!({ "scan_id": scan, "user": user, "code": code, "pin": "1234" });
        sandbox.post("/sandbox/scan", &body).await?;
        for _ in 0..100 {
            let seen = sandbox.get(&format!("/sandbox/scans/{scan}")).await?;
            if matches!(seen["step"].as_str(), Some("ended" | "needs_amount" | "needs_pin")) {
                out(format_args!("{seen}"));
                return Ok(ExitCode::SUCCESS);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the scan {scan} has not ended");
    }
    let payment = if let Some(id) = code.rsplit('/').next().filter(|id| id.starts_with("pay_")) {
        id.to_owned()
    } else {
        let read = emvqr::mpm::jpqr::read(code);
        let read = read.map_err(|_| anyhow::anyhow!("this is no code of ours"))?;
        let digits = read.reference.context("a printed code has no order; scan it with noren")?;
        format!("pay_{digits}")
    };
    let path = format!("/checkout/v1/payments/{payment}/wallet");
    let chosen = switch.post(&path, None, &json!({ "wallet": wallet })).await?;
    let chosen = chosen.success()?;
    let link = chosen["link"].as_str().context("the wallet gave no link in time")?;
    let body = json!({ "user": user, "order": link, "pin": "1234", "refuse": refuse });
    out(format_args!("{}", sandbox.post("/sandbox/pay", &body).await?));
    Ok(ExitCode::SUCCESS)
}
