//! Gives a sans-IO sandbox an address, a clock and a file: a real HTTP peer with durable state of
//! its own, in this process or in one of its own.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use noren_core::time::Timestamp;
use noren_wallets::sandbox::{Answered, Outgoing, Record, Sandbox};
use noren_wallets::wire;
use tokio::sync::Notify;

use crate::phone;

const BODY_MAX: usize = 1 << 20;

/// A sandbox that lives.
pub struct Host {
    state: Mutex<Durable>,
    /// Where the switch listens; what the sandbox sends goes there.
    switch: String,
    screen: Option<Screen>,
    client: reqwest::Client,
    moved: Notify,
}

/// Where a browser sees what a link of this network is of: an app opens such a link itself.
pub struct Screen {
    /// Where the sandbox is, as its links say.
    pub address: String,
    /// Where the phone of its users is.
    pub phone: String,
}

impl Screen {
    /// The phone's page for whoever opens a link with a browser. Programs ask for no HTML.
    fn page_of(&self, request: &wire::Request) -> Option<String> {
        let named = |name: &str, value: &str| {
            let mut headers = request.headers.iter();
            headers.any(|(header, text)| header == name && text.contains(value))
        };
        let call = request.target.starts_with("/sandbox/");
        let order = request.target.starts_with("/sandbox/orders/");
        if request.method != "GET" || !named("accept", "text/html") || (call && !order) {
            return None;
        }
        let link = phone::escaped(&format!("{}{}", self.address, request.target));
        Some(format!("{}/wallet/open?link={link}", self.phone))
    }
}

struct Durable {
    sandbox: Box<dyn Sandbox>,
    file: rusqlite::Connection,
}

/// Opens a sandbox's file and reads its records.
pub fn open_records(path: &Path) -> anyhow::Result<(rusqlite::Connection, Vec<Record>)> {
    let file = rusqlite::Connection::open(path)
        .with_context(|| format!("opening the sandbox's file {}", path.display()))?;
    // One host at a time: a second one would write its own memory over these records.
    file.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    file.pragma_update(None, "journal_mode", "WAL")
        .context("the sandbox's file is in use; does another demo run on this folder?")?;
    file.pragma_update(None, "synchronous", "FULL")?;
    file.execute_batch(
        "CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    )?;
    let records = file
        .prepare("SELECT key, value FROM records ORDER BY key")?
        .query_map([], |row| Ok(Record { key: row.get(0)?, value: row.get(1)? }))?
        .collect::<Result<_, _>>()?;
    Ok((file, records))
}

impl Durable {
    /// Makes durable what changed, and only then gives away what is to be sent.
    fn settle(&mut self) -> anyhow::Result<Vec<Outgoing>> {
        let changes = self.sandbox.take_changes();
        if !changes.is_empty() {
            let transaction = self.file.transaction()?;
            {
                let mut put = transaction
                    .prepare_cached("INSERT OR REPLACE INTO records (key, value) VALUES (?, ?)")?;
                for Record { key, value } in &changes {
                    put.execute((key, value))?;
                }
            }
            transaction.commit()?;
        }
        Ok(self.sandbox.take_outgoing())
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Host {
    /// Serves `sandbox` at `listener` until the task is dropped.
    pub async fn serve(
        sandbox: Box<dyn Sandbox>,
        file: rusqlite::Connection,
        listener: tokio::net::TcpListener,
        switch: String,
        screen: Option<Screen>,
    ) -> anyhow::Result<()> {
        let client =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        let host = Arc::new(Self {
            state: Mutex::new(Durable { sandbox, file }),
            switch,
            screen,
            client,
            moved: Notify::new(),
        });
        tokio::spawn(host.clone().live());
        let app = axum::Router::new().fallback(arrived).with_state(host);
        axum::serve(listener, app).await?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Durable> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the sandbox, makes it durable, sends what is to be sent.
    fn with<T>(self: &Arc<Self>, act: impl FnOnce(&mut dyn Sandbox) -> T) -> T {
        let mut durable = self.lock();
        let result = act(durable.sandbox.as_mut());
        let outgoing = match durable.settle() {
            Ok(outgoing) => outgoing,
            Err(error) => {
                // What was promised could be lost: the next start recovers.
                tracing::error!(%error, "the sandbox cannot keep its records; ending");
                std::process::exit(70);
            }
        };
        drop(durable);
        for message in outgoing {
            tokio::spawn(self.clone().send(message));
        }
        self.moved.notify_one();
        result
    }

    async fn live(self: Arc<Self>) {
        loop {
            let wake = self.lock().sandbox.wake_at();
            let sleep = wake.map(|at| Duration::from_millis(at.since(now()).0));
            match sleep {
                Some(sleep) => {
                    tokio::select! {
                        () = tokio::time::sleep(sleep) => self.with(|sandbox| sandbox.tick(now())),
                        () = self.moved.notified() => {}
                    }
                }
                None => self.moved.notified().await,
            }
        }
    }

    async fn send(self: Arc<Self>, message: Outgoing) {
        let outcome = self.deliver(message.request).await;
        self.with(|sandbox| sandbox.delivered(now(), message.id, outcome));
    }

    async fn deliver(
        &self,
        request: wire::Request,
    ) -> Result<wire::Response, wire::TransportError> {
        let method = request.method.parse().map_err(|_| wire::TransportError::NotSent)?;
        // A client that is not the switch names a whole address of its own.
        let url = match request.target.as_str() {
            whole if whole.starts_with("http://") || whole.starts_with("https://") => whole.into(),
            below => format!("{}{below}", self.switch),
        };
        let mut builder = self.client.request(method, url).body(request.body);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let failed = |error: reqwest::Error| {
            if error.is_connect() || error.is_builder() {
                wire::TransportError::NotSent
            } else if error.is_timeout() {
                wire::TransportError::TimedOut
            } else {
                wire::TransportError::Broken
            }
        };
        let response = builder.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers = texts(response.headers());
        let body = response.bytes().await.map_err(failed)?.to_vec();
        Ok(wire::Response { status, headers, body })
    }
}

fn texts(headers: &axum::http::HeaderMap) -> Vec<(String, String)> {
    let text =
        |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

fn plain(status: u16, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    if let Ok(status) = axum::http::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    response
}

async fn arrived(State(host): State<Arc<Host>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = match axum::body::to_bytes(body, BODY_MAX).await {
        Ok(body) => body,
        Err(_) => return plain(413, "the body is larger than 1 MiB\n"),
    };
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let request = wire::Request {
        method: parts.method.as_str().to_owned(),
        target,
        headers: texts(&parts.headers),
        body: body.to_vec(),
    };
    if let Some(page) = host.screen.as_ref().and_then(|screen| screen.page_of(&request)) {
        return axum::response::Redirect::to(&page).into_response();
    }
    match host.with(|sandbox| sandbox.handle(now(), &request)) {
        Answered::Respond(answer) => carried(answer),
        Answered::Late(answer, by) => {
            tokio::time::sleep(Duration::from_millis(by.0)).await;
            carried(answer)
        }
        // The caller's patience decides.
        Answered::Silence => std::future::pending().await,
    }
}

fn carried(answer: wire::Response) -> Response {
    let mut response = plain(answer.status, answer.body);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (
            axum::http::HeaderName::from_bytes(name.as_bytes()),
            axum::http::HeaderValue::from_str(value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
