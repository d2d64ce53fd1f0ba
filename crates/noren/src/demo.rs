//! `noren demo`: the whole network on one machine, and a scripted day.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use noren_core::directory::{Change, KeyRole};
use noren_core::time::Timestamp;
use noren_server::till::{DEMO_CLERK, DEMO_CLERK_PIN, DEMO_SUPERVISOR, DEMO_SUPERVISOR_PIN};
use noren_store::Reads;
use noren_wallets::Entry;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::cast::{self, SHOPS};
use crate::client::Client;
use crate::day::{Day, Narrator, Network, Outcome};
use crate::folder::{
    Config, FacadeTable, FacadeTill, Folder, PlayTable, Switch as SwitchConfig, TempoName,
    WalletConfig,
};
use crate::output::{out, say};
use crate::shop::WebShop;
use crate::tills::OldTill;
use crate::{phone, sandboxes, serve};

/// What `demo` was asked for.
pub struct Options {
    pub data: PathBuf,
    pub port: u16,
    pub once: bool,
    pub json: bool,
    pub tempo: TempoName,
}

/// The sandboxes' ports follow the switch's; the tills' come from here on.
const FACADES_FROM: u16 = 15;
/// The phone's port, counted from the switch's.
const PHONE_AT: u16 = 30;

/// The web shop's port, counted from the switch's.
const SHOP_AT: u16 = 31;

/// What the demo's day needs beside the folder.
pub struct Stage {
    pub folder: Folder,
    pub tempo: TempoName,
}

/// Addresses of what people look at beside the switch.
#[derive(Default)]
pub struct Extras {
    /// The phone of the sandbox wallets' users.
    pub phone: Option<String>,
    /// The web shop.
    pub shop: Option<String>,
}

fn played_at(listen: String) -> PlayTable {
    PlayTable { listen, public_url: None }
}

impl Stage {
    /// Makes or opens the folder for the given addresses, with every key that the day needs.
    pub fn set_up(
        data: &Path,
        tempo: TempoName,
        switch: &str,
        wallets: &BTreeMap<&str, String>,
        facades: &BTreeMap<&str, String>,
    ) -> anyhow::Result<Self> {
        Self::set_up_with(data, tempo, switch, wallets, facades, Extras::default())
    }

    /// The same, with what people look at beside the switch.
    pub fn set_up_with(
        data: &Path,
        tempo: TempoName,
        switch: &str,
        wallets: &BTreeMap<&str, String>,
        facades: &BTreeMap<&str, String>,
        extras: Extras,
    ) -> anyhow::Result<Self> {
        let wallet = |entry: &Entry| {
            let address = format!("http://{}", wallets[entry.name]);
            (entry.name.to_owned(), WalletConfig { address, client_id: entry.client_id.to_owned() })
        };
        // One shop has kept the tills that it had for each network's own API.
        let facade = |(name, address): (&&str, &String)| {
            let entry = Entry::named(name).expect("facades are of wallets of this program");
            let till = FacadeTill {
                id: entry.client_id.to_owned(),
                store: SHOPS[0].store(),
                notify_url: None,
            };
            let (listen, accounts) = (address.clone(), vec![till]);
            ((*name).to_owned(), FacadeTable { listen, public_url: None, accounts })
        };
        let config = Config {
            switch: SwitchConfig {
                listen: switch.to_owned(),
                public_url: format!("http://{switch}"),
                livemode: false,
                tempo,
                demo: true,
            },
            wallets: noren_wallets::WALLETS
                .iter()
                .filter(|entry| wallets.contains_key(entry.name))
                .map(wallet)
                .collect(),
            facades: facades.iter().map(facade).collect(),
            phone: extras.phone.map(played_at),
            shop: extras.shop.map(played_at),
        };
        let folder = Folder::set_up(data, config)?;
        folder.api_key("operator", KeyRole::Operator)?;
        for shop in &SHOPS {
            folder.api_key(&format!("merchant-{}", shop.short), shop.role())?;
        }
        Ok(Self { folder, tempo })
    }

    /// Everything that the directory needs, in order.
    pub fn directory(&self) -> anyhow::Result<Vec<Change>> {
        let wallets: Vec<cast::Connected> = noren_wallets::WALLETS
            .iter()
            .filter(|entry| self.folder.config.wallets.contains_key(entry.name))
            .map(|entry| {
                let profile = (entry.profile)(self.tempo.tempo());
                Ok(cast::Connected { name: entry.name.parse()?, title: entry.title, profile })
            })
            .collect::<anyhow::Result<_>>()?;
        let mut changes = cast::directory(&wallets, now());
        for shop in &SHOPS {
            let (_, key) = self.folder.api_key(&format!("merchant-{}", shop.short), shop.role())?;
            changes.push(Change::ApiKey(key));
        }
        Ok(changes)
    }

    /// The networks that have no scenes of their own in the day.
    fn others(&self, patience: Duration) -> anyhow::Result<Vec<Network>> {
        let wallets = self.folder.config.wallets.iter();
        let others = wallets.filter(|(name, _)| !["noren", "alipayplus"].contains(&name.as_str()));
        let network = |(name, config): (&String, &WalletConfig)| {
            let entry = Entry::named(name).context("the folder's networks are of this program")?;
            Ok(Network {
                name: entry.name,
                control: Client::new(&config.address, None, patience)?,
                scanned: !entry.payment_codes.is_empty(),
                orders: (entry.profile)(self.tempo.tempo()).orders,
            })
        };
        others.map(network).collect()
    }

    /// The tills that a shop kept from the time when it took one wallet.
    fn old_tills(&self) -> anyhow::Result<Vec<OldTill>> {
        let mut tills = Vec::new();
        for (name, table) in &self.folder.config.facades {
            let entry = Entry::named(name).context("the folder's networks are of this program")?;
            let profile = (entry.profile)(self.tempo.tempo());
            for till in &table.accounts {
                let link = self.folder.till_link(name, table, &till.id)?;
                tills.push(OldTill::new(entry, link, &profile)?);
            }
        }
        Ok(tills)
    }

    /// The day of that name, with everybody's keys.
    pub fn day(&self, name: &str, patience: Duration) -> anyhow::Result<Day> {
        let config = &self.folder.config;
        let switch = &config.switch.public_url;
        let (operator, _) = self.folder.api_key("operator", KeyRole::Operator)?;
        let mut tills = BTreeMap::new();
        for shop in &SHOPS {
            let (key, _) = self.folder.api_key(&format!("merchant-{}", shop.short), shop.role())?;
            tills.insert(shop.short, Client::new(switch, Some(key), patience)?);
        }
        let control = |name: &str| Client::new(&config.wallets[name].address, None, patience);
        Ok(Day {
            name: name.to_owned(),
            operator: Client::new(switch, Some(operator), patience)?,
            tills,
            partner: control("noren")?,
            alipayplus: control("alipayplus")?,
            others: self.others(patience)?,
            old_tills: self.old_tills()?,
            checkout: Client::new(switch, None, patience)?,
            patience,
        })
    }
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

struct OnStderr {
    quiet: bool,
}

impl Narrator for OnStderr {
    fn say(&self, line: &str) {
        if !self.quiet {
            eprintln!("  {line}");
        }
    }
}

/// How a demo ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything was as expected.
    Good,
    /// It ran, and something was not as expected.
    Bad,
    /// Somebody stopped it during its day; the exit code that says so.
    Stopped(u8),
}

/// Runs the demo.
pub async fn run(options: Options) -> anyhow::Result<Ended> {
    let bind = async |offset: u16| {
        let port = match options.port {
            0 => 0,
            first => {
                first.checked_add(offset).context("the last port is 65535; name a lower one")?
            }
        };
        TcpListener::bind(("127.0.0.1", port)).await.with_context(|| {
            format!("port {port} is taken; name another with --port, or any free one with --port 0")
        })
    };
    let switch = bind(0).await?;
    let mut listeners = Vec::new();
    let mut addresses = BTreeMap::new();
    for (offset, entry) in noren_wallets::WALLETS.iter().enumerate() {
        let listener = bind(offset as u16 + 1).await?;
        addresses.insert(entry.name, listener.local_addr()?.to_string());
        listeners.push((entry.name, listener));
    }
    let mut facades = Vec::new();
    let mut facade_addresses = BTreeMap::new();
    for (offset, entry) in noren_wallets::WALLETS.iter().enumerate() {
        if entry.facade.is_some() {
            let listener = bind(offset as u16 + FACADES_FROM).await?;
            facade_addresses.insert(entry.name, listener.local_addr()?.to_string());
            facades.push((entry.name, listener));
        }
    }
    let phone_listener = bind(PHONE_AT).await?;
    let address = switch.local_addr()?.to_string();
    let shop_listener = bind(SHOP_AT).await?;
    let phone = phone_listener.local_addr()?.to_string();
    let shop = shop_listener.local_addr()?.to_string();
    let stage = Stage::set_up_with(
        &options.data,
        options.tempo,
        &address,
        &addresses,
        &facade_addresses,
        Extras { phone: Some(phone.clone()), shop: Some(shop.clone()) },
    )?;
    let (soba, _) = stage.folder.api_key("merchant-soba", SHOPS[0].role())?;
    eprintln!("noren demo: the switch and all sandbox wallets, fictitious shops, no real money\n");
    eprintln!("  start here           http://{address}/");
    eprintln!("  wallet on a phone    http://{phone}/wallet");
    eprintln!("  web shop             http://{shop}/");
    for (name, wallet) in &addresses {
        eprintln!("  sandbox {name:<12} http://{wallet}/sandbox/books");
    }
    for (name, facade) in &facade_addresses {
        eprintln!("  tills for {name:<10} http://{facade}");
    }
    eprintln!(
        "  tills                http://{address}/till ({DEMO_CLERK} {DEMO_CLERK_PIN}, supervisor \
         {DEMO_SUPERVISOR} {DEMO_SUPERVISOR_PIN})"
    );
    eprintln!("  state folder         {} (API keys in keys/*.json)", options.data.display());
    eprintln!("  API key of a shop    {soba}");
    eprintln!(
        "  try                  curl -H 'Authorization: Bearer {soba}' http://{address}/v1/payments\n"
    );

    let mut tasks = JoinSet::new();
    for (name, listener) in listeners {
        sandboxes::serve_one(&stage.folder, name, listener, &mut tasks)?;
    }
    phone::serve_on(&stage.folder, phone_listener, &mut tasks)?;
    tasks.spawn(WebShop::open(&stage.folder)?.serve(shop_listener));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = serve::Switch::start(&stage.folder).await?;
    let serving = tokio::spawn(running.serve(switch, facades, async {
        let _ = stopped.await;
    }));

    let name = format!("day-{}", now().0 / 1_000);
    // The longest scene climbs a wallet's whole ladder, which takes minutes as published.
    let patience = match options.tempo {
        TempoName::Published => Duration::from_secs(300),
        TempoName::Demo | TempoName::Test => Duration::from_secs(30),
    };
    let day = stage.day(&name, patience)?;
    let played = async {
        day.open(&stage.directory()?).await?;
        day.staff().await?;
        day.receipts().await?;
        day.play(&OnStderr { quiet: false }).await
    };
    let interrupted = serve::stop_signal();
    tokio::pin!(interrupted);
    let outcomes = tokio::select! {
        outcomes = played => outcomes?,
        code = &mut interrupted => {
            let _ = stop.send(());
            serving.await??;
            return Ok(Ended::Stopped(code));
        }
    };
    let database = stage.folder.database();
    let report = tokio::task::spawn_blocking(move || report(&database, outcomes)).await??;
    if options.json {
        out(format_args!("{report:#}"));
    } else {
        print_report(&report);
    }
    let good = report["balanced"] == true
        && report["audit"]["passed"] == true
        && report["payments"]
            .as_array()
            .is_some_and(|all| all.iter().all(|p| p["as_expected"] == true));
    if !options.once {
        eprintln!("\nstill serving; Ctrl-C ends");
        interrupted.await;
    }
    let _ = stop.send(());
    serving.await??;
    Ok(if good { Ended::Good } else { Ended::Bad })
}

/// What the books say, read by SQL over fresh connections.
fn report(database: &Path, outcomes: Vec<Outcome>) -> anyhow::Result<Value> {
    let audit = noren_store::sqlite::audit(database)?;
    let reads = Reads::open(database, 1)?;
    let accounts: Vec<Value> = reads
        .accounts(None)?
        .into_iter()
        .map(|account| {
            let balance = account.balance();
            json!({
                "slot": account.slot.number(),
                "owner": account.name.owner.to_string(),
                "kind": account.name.kind.name(),
                "currency": balance.currency(),
                "debits": account.debits,
                "credits": account.credits,
                "balance": balance.minor(),
            })
        })
        .collect();
    let totals: Vec<Value> = audit
        .totals
        .iter()
        .map(|total| {
            json!({
                "currency": total.currency, "debits": total.debits, "credits": total.credits,
                "difference": total.difference(),
            })
        })
        .collect();
    let owed: Vec<Value> = reads
        .owed()?
        .into_iter()
        .map(|owed| {
            let shop = SHOPS.iter().find(|shop| shop.merchant() == owed.merchant);
            let name = shop.map_or_else(|| owed.merchant.to_string(), |shop| shop.name.to_owned());
            json!({ "shop": name, "prefecture": shop.map(|shop| shop.prefecture), "amount": owed.amount })
        })
        .collect();
    ensure!(!outcomes.is_empty(), "a day without payments proves nothing");
    Ok(json!({
        "balanced": audit.balanced,
        "payments": outcomes,
        "accounts": accounts,
        "totals": totals,
        "owed": owed,
        "audit": {
            "passed": audit.good(),
            "accounts_match_postings": audit.accounts_match,
            "sequences_gap_free": audit.sequences_gap_free,
            "chain_ok": audit.chain_ok,
            "batches": audit.batches,
            "entries": audit.entries,
            "postings": audit.postings,
            "events": audit.events,
            "open_payments": audit.open_payments,
        },
    }))
}

fn print_report(report: &Value) {
    let rows = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    say!("\npayments");
    for p in rows("payments") {
        let mark = if p["as_expected"] == true { " " } else { "!" };
        let payer = match &p["payer"] {
            Value::Object(payer) => {
                format!("{} {}", text(&payer["currency"]), text(&payer["amount"]))
            }
            _ => "-".into(),
        };
        let mut notes = Vec::new();
        if p["status"] == "captured" && p["captured"] != p["amount"] {
            notes.push(format!("captured JPY {}", p["captured"]["amount"]));
        }
        if p["refunded"] != 0 {
            notes.push(format!("refunded JPY {}", p["refunded"]));
        }
        if p["stray_receipts"] != 0 {
            notes.push("stray receipt returned".into());
        }
        say!(
            "{mark} {} {:<8} {:<11} {:<11} {:>9} {payer:>11}  {:<9} {}",
            text(&p["payment"]),
            text(&p["shop"]),
            text(&p["wallet"]),
            text(&p["way"]),
            format!("JPY {}", p["amount"]["amount"]),
            text(&p["status"]),
            notes.join(", "),
        );
    }
    say!("\naccounts (minor units)");
    for a in rows("accounts") {
        say!(
            "  {:>3} {:<38} {:<18} {} {:>12} {:>12} {:>12}",
            a["slot"].to_string(),
            text(&a["owner"]),
            text(&a["kind"]),
            text(&a["currency"]),
            a["debits"].to_string(),
            a["credits"].to_string(),
            a["balance"].to_string(),
        );
    }
    say!("\ntotals");
    for t in rows("totals") {
        say!(
            "  {} debits {} credits {} difference {}",
            text(&t["currency"]),
            t["debits"],
            t["credits"],
            t["difference"]
        );
    }
    say!("\nowed to shops");
    for o in rows("owed") {
        say!(
            "  {:<20} {} {:>8}",
            text(&o["shop"]),
            text(&o["amount"]["currency"]),
            o["amount"]["amount"].to_string()
        );
    }
    say!("\naudit {}", report["audit"]);
    say!("balanced {}", report["balanced"]);
}
