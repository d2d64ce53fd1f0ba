//! `noren serve`: the switch on one state folder.

use std::sync::Arc;

use anyhow::{Context, ensure};
use emvqr::payment_code::Table;
use noren_core::command::{Body, Caller};
use noren_core::directory::{Change, KeyRole};
use noren_core::effects::Reply;
use noren_core::id::WalletName;
use noren_runtime::{BootClock, Config as RuntimeConfig, Handle, Runtime};
use noren_server::facades::{FacadeAccount, FacadeConfig, News};
use noren_server::outgoing::{Dispatcher, Endpoint};
use noren_server::{AppState, Config, WalletKey};
use noren_store::counter::Counter;
use noren_store::outbox::Outbox;
use noren_store::{Reads, SqliteFetch, SqliteStore, Store};
use noren_wallets::connector::Connector;
use noren_wallets::link::Place;
use noren_wallets::{Entry, KeyKind};
use tokio::net::TcpListener;

use crate::folder::{End, Folder, PlayTable, TempoName};

/// Read connections for lists.
const READERS: usize = 4;

/// A switch that runs, before it takes calls.
pub struct Switch {
    runtime: Runtime,
    state: AppState,
    news: Option<News>,
}

impl Switch {
    /// Opens the books, finishes loading, starts the engine. Must be called on a tokio runtime.
    pub async fn start(folder: &Folder) -> anyhow::Result<Self> {
        let database = folder.database();
        let mut store = SqliteStore::open(&database).context("opening the switch's database")?;
        let loaded = store.load().context("loading the switch's database")?;
        let fetch = SqliteFetch::open(&database)?;
        let clock = Arc::new(BootClock::start(loaded.now));
        let tempo = folder.config.switch.tempo.tempo();
        let mut connectors: Vec<Arc<dyn Connector>> = Vec::new();
        let mut endpoints = Vec::new();
        let mut wallet_keys = Vec::new();
        let mut codes = String::from(Table::BUILTIN);
        for name in folder.config.wallets.keys() {
            let entry = Entry::named(name)
                .with_context(|| format!("this program has no wallet folder named {name}"))?;
            let link = folder.link(name, End::Switch)?;
            let wallet: WalletName = name.parse()?;
            if entry.keys == KeyKind::SharedSecret {
                wallet_keys.push(WalletKey::of(wallet, &link));
            }
            let place = link.network.clone();
            let connector: Arc<dyn Connector> = Arc::from((entry.connector)(wallet, link));
            connectors.push(connector.clone());
            endpoints.push(Endpoint::new(connector, place, &(entry.profile)(tempo)));
            codes.push_str(&format!("\n{}\n", entry.payment_codes));
        }
        let dispatcher = Dispatcher::new(endpoints)?;
        let config = RuntimeConfig { after_commit: crash_point(), ..RuntimeConfig::default() };
        let sink = Box::new(dispatcher.clone());
        let runtime =
            Runtime::start(loaded, Box::new(store), Box::new(fetch), clock, sink, config)?;
        let handle = runtime.handle();
        dispatcher.connect(handle.clone());
        let reads = Reads::open(&database, READERS)?;
        bootstrap(folder, &handle, &reads).await?;
        let state = AppState::new(
            handle,
            reads,
            Config {
                livemode: folder.config.switch.livemode,
                demo: folder.config.switch.demo,
                shop: folder.config.shop.as_ref().map(PlayTable::url),
                counter: Counter::open(&folder.file("counter.db"))?,
                public_url: Place::new(&folder.config.switch.public_url)?,
                phone: match &folder.config.phone {
                    Some(phone) => Some(Place::new(&phone.url())?),
                    None => None,
                },
                connectors,
                facades: facades(folder)?,
                wallet_keys,
                payment_codes: Table::parse(&codes)
                    .map_err(|error| anyhow::anyhow!("the payment code table: {error}"))?,
                code_hash_key: folder.secret("payment-code-hash.secret")?.reveal().to_vec(),
            },
        );
        // Without such tills there is nobody to tell.
        let news = match folder.config.facades.is_empty() {
            true => None,
            false => {
                let outbox = Outbox::open(&folder.file("notices.db"))?;
                let pace = match folder.config.switch.tempo {
                    TempoName::Published => None,
                    TempoName::Demo | TempoName::Test => Some(tempo.pace()),
                };
                Some(News::new(outbox, pace)?)
            }
        };
        Ok(Self { runtime, state, news })
    }

    /// Takes calls until `shutdown`; then finishes what is under way and closes the books.
    ///
    /// `facades` are the listeners of the networks' APIs that it answers itself, by their names.
    pub async fn serve(
        self,
        listener: TcpListener,
        facades: Vec<(&'static str, TcpListener)>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        if let Some(news) = self.news {
            tokio::spawn(news.run(self.state.clone()));
        }
        for (name, listener) in facades {
            tokio::spawn(noren_server::facades::serve(listener, self.state.clone(), name));
        }
        noren_server::serve(listener, self.state, shutdown).await?;
        tokio::task::spawn_blocking(move || self.runtime.stop()).await?;
        Ok(())
    }
}

/// The networks' APIs that the switch answers, with the tills of the folder.
fn facades(folder: &Folder) -> anyhow::Result<Vec<FacadeConfig>> {
    let mut facades = Vec::new();
    for (name, table) in &folder.config.facades {
        let make = Entry::named(name).and_then(|entry| entry.facade);
        let make = make.with_context(|| format!("this program has no facade named {name}"))?;
        let mut accounts = Vec::new();
        for till in &table.accounts {
            accounts.push(FacadeAccount {
                link: folder.facade_link(name, table, &till.id)?,
                notify_url: till.notify_url.clone(),
                store: till.store,
            });
        }
        facades.push(FacadeConfig { facade: make(), accounts });
    }
    Ok(facades)
}

/// Listens where the folder says that each facade is.
pub async fn listen(folder: &Folder) -> anyhow::Result<Vec<(&'static str, TcpListener)>> {
    let mut listeners = Vec::new();
    for (name, table) in &folder.config.facades {
        let entry = Entry::named(name)
            .with_context(|| format!("this program has no wallet folder named {name}"))?;
        let listener = TcpListener::bind(&table.listen)
            .await
            .with_context(|| format!("listening on {} for tills of {name}", table.listen))?;
        listeners.push((entry.name, listener));
    }
    Ok(listeners)
}

/// The first operator key has nobody who could add it by a call.
async fn bootstrap(folder: &Folder, handle: &Handle, reads: &Reads) -> anyhow::Result<()> {
    let (_, key) = folder.api_key("operator", KeyRole::Operator)?;
    let there =
        reads.directory(0)?.into_iter().any(|(_, change)| change == Change::ApiKey(key.clone()));
    if !there {
        let reply = handle.submit(Caller::Operator, Body::Directory(Change::ApiKey(key))).await?;
        ensure!(
            matches!(reply, Reply::Directory { .. }),
            "the operator's key was refused: {reply:?}"
        );
    }
    Ok(())
}

/// A test build can be told to die right after its n-th commit, before anybody hears of it.
#[cfg(feature = "crash-points")]
fn crash_point() -> Option<Box<dyn Fn(u64) + Send>> {
    let batch: u64 = std::env::var("NOREN_CRASH_AFTER_COMMIT").ok()?.parse().ok()?;
    Some(Box::new(move |number| {
        if number == batch {
            std::process::abort();
        }
    }))
}

#[cfg(not(feature = "crash-points"))]
fn crash_point() -> Option<Box<dyn Fn(u64) + Send>> {
    None
}

/// Resolves at SIGTERM or Ctrl-C, with the exit code by which a shell knows them. A second one ends
/// the process at once.
pub async fn stop_signal() -> u8 {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    let code = tokio::select! {
        _ = terminate.recv() => 143,
        _ = interrupt.recv() => 130,
    };
    tracing::info!("stopping; a second signal ends at once");
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        std::process::exit(i32::from(code));
    });
    code
}
