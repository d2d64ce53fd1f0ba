//! Calls to wallets: after the commit of their intent, not after their `send_by`, and each with
//! an answer that goes back to the engine, if only "unknown".
//!
//! The clock is looked at before a call is sent, and sending may begin with connecting. Whoever
//! takes over does so `send_margin` after `send_by`; so connecting may take that long and no longer,
//! and no request leaves after the one that undoes it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use noren_core::command::{Body, Caller};
use noren_core::effects::Alarm;
use noren_core::id::WalletName;
use noren_core::time::Timestamp;
use noren_core::wallet::{Ask, Call, Profile, Unknown};
use noren_runtime::{CallSink, Handle, Unavailable};
use noren_wallets::connector::{Connector, Heard, STEPS_MAX, Step};
use noren_wallets::link::Place;
use noren_wallets::wire::{Request, Response, TransportError};
use tokio::sync::{Semaphore, SetOnce};

use crate::random;

/// An answer of a wallet that is larger is not read.
const ANSWER_MAX: usize = 1024 * 1024;

/// Shorter than servers commonly keep an idle connection.
const IDLE_MAX: Duration = Duration::from_secs(4);

/// Where and how a wallet is called.
pub struct Endpoint {
    /// Translates.
    pub connector: Arc<dyn Connector>,
    /// Scheme and authority come from here; the connector writes the whole path.
    pub place: Place,
    /// How long connecting may take, names and TLS included; at most the profile's `send_margin`.
    pub connect_within: Duration,
    /// How long the answer to a payment request is awaited.
    pub read_timeout_pay: Duration,
    /// How long any other answer is awaited.
    pub read_timeout_other: Duration,
    /// Payment requests under way at one time.
    pub pays_max: usize,
    /// Inquiries, cancels and refunds under way at one time. A share of their own, so that slow
    /// payments do not hold up what ends them.
    pub others_max: usize,
}

impl Endpoint {
    /// With the timeouts of a profile, 192 payment requests and 64 other calls.
    pub fn new(connector: Arc<dyn Connector>, place: Place, profile: &Profile) -> Self {
        Self {
            connector,
            place,
            connect_within: Duration::from_millis(profile.send_margin.0),
            read_timeout_pay: Duration::from_millis(profile.read_timeout_pay.0),
            read_timeout_other: Duration::from_millis(profile.read_timeout_other.0),
            pays_max: 192,
            others_max: 64,
        }
    }
}

/// Sends calls from the runtime to wallets. Cheap to clone: one clone becomes the runtime's sink,
/// another is told the handle once the runtime has started.
#[derive(Clone)]
pub struct Dispatcher(Arc<Inner>);

struct Inner {
    tasks: tokio::runtime::Handle,
    wallets: HashMap<WalletName, Wallet>,
    handle: SetOnce<Handle>,
}

struct Wallet {
    endpoint: Endpoint,
    client: reqwest::Client,
    pays: Semaphore,
    others: Semaphore,
}

impl Dispatcher {
    /// Must be called within a tokio runtime, whose tasks then make the calls, and after a
    /// process-wide rustls provider was installed.
    pub fn new(endpoints: Vec<Endpoint>) -> Result<Self, reqwest::Error> {
        let wallets = endpoints.into_iter().map(|endpoint| {
            let client = reqwest::Client::builder()
                .connect_timeout(endpoint.connect_within)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                // A connection that the wallet has just closed makes doubt out of nothing.
                .pool_idle_timeout(IDLE_MAX)
                .build()?;
            let (pays, others) = (endpoint.pays_max, endpoint.others_max);
            let name = endpoint.connector.name();
            let (pays, others) = (Semaphore::new(pays), Semaphore::new(others));
            Ok((name, Wallet { endpoint, client, pays, others }))
        });
        Ok(Self(Arc::new(Inner {
            tasks: tokio::runtime::Handle::current(),
            wallets: wallets.collect::<Result<_, _>>()?,
            handle: SetOnce::new(),
        })))
    }

    /// The way back to the engine. Calls that a start leads to wait for it. Only the first counts.
    pub fn connect(&self, handle: Handle) {
        if self.0.handle.set(handle).is_err() {
            tracing::error!("the dispatcher has a handle already");
        }
    }
}

impl CallSink for Dispatcher {
    fn send(&mut self, calls: Vec<Call>) {
        for call in calls {
            let inner = self.0.clone();
            self.0.tasks.spawn(async move {
                let handle = inner.handle.wait().await;
                let heard = inner.ask(handle, &call).await;
                tell(handle, heard.into_command(&call)).await;
            });
        }
    }

    fn alarm(&mut self, alarm: Alarm) {
        tracing::warn!(about = %alarm.about, kind = ?alarm.kind, "alarm");
    }
}

impl Inner {
    async fn ask(&self, handle: &Handle, call: &Call) -> Heard {
        let Some(wallet) = self.wallets.get(&call.wallet) else {
            // A wallet that the directory has and this program does not: it is certain that
            // nothing left, and a payment must not wait for an end that cannot come.
            tracing::error!(wallet = %call.wallet, "no connector for a wallet of the directory");
            return Heard::not_sent(&call.ask);
        };
        let endpoint = &wallet.endpoint;
        let (permits, timeout) = match call.ask {
            Ask::Pay(_) | Ask::Authorise(_) | Ask::CreateOrder(_) => {
                (&wallet.pays, endpoint.read_timeout_pay)
            }
            Ask::Inquire { .. }
            | Ask::Cancel { .. }
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. }
            | Ask::Refund(_)
            | Ask::CancelRefund(_)
            | Ask::InquireRefund(_) => (&wallet.others, endpoint.read_timeout_other),
        };
        let left = Duration::from_millis(call.send_by.since(handle.now()).0);
        let Ok(Ok(_permit)) = tokio::time::timeout(left, permits.acquire()).await else {
            return Heard::unknown(&call.ask, Unknown::Dropped);
        };
        let connector = &endpoint.connector;
        let mut request = connector.request(call, random::env());
        for _ in 0..STEPS_MAX {
            if is_late(call.send_by, handle.now()) {
                return Heard::unknown(&call.ask, Unknown::Dropped);
            }
            let response = wallet.exchange(&request, timeout).await;
            let response = response.as_ref().map_err(|error| *error);
            match connector.answer(call, &request, response, random::env()) {
                Step::Heard(heard) => return heard,
                Step::Then(next) => request = next,
            }
        }
        tracing::error!(wallet = %call.wallet, "a connector that does not come to an end");
        Heard::unknown(&call.ask, Unknown::Unreadable)
    }
}

impl Wallet {
    async fn exchange(
        &self,
        request: &Request,
        timeout: Duration,
    ) -> Result<Response, TransportError> {
        let work = async {
            let method = reqwest::Method::from_bytes(request.method.as_bytes());
            let url = format!("{}{}", self.endpoint.place.origin(), request.target);
            let mut builder =
                self.client.request(method.map_err(|_| TransportError::NotSent)?, url);
            for (name, value) in &request.headers {
                builder = builder.header(name, value);
            }
            let response = builder.body(request.body.clone()).send().await;
            read(response.map_err(|error| classify(&error))?).await
        };
        tokio::time::timeout(timeout, work).await.unwrap_or(Err(TransportError::TimedOut))
    }
}

/// A call may leave until its `send_by`, not at it: whoever takes over may act from then on.
fn is_late(send_by: Timestamp, now: Timestamp) -> bool {
    now >= send_by
}

/// What is certain: a failed connection carried nothing. All else may have.
fn classify(error: &reqwest::Error) -> TransportError {
    if error.is_builder() || error.is_connect() {
        TransportError::NotSent
    } else if error.is_timeout() {
        TransportError::TimedOut
    } else {
        TransportError::Broken
    }
}

async fn read(mut response: reqwest::Response) -> Result<Response, TransportError> {
    let headers = response.headers().iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let mut whole = Response {
        status: response.status().as_u16(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    while let Some(chunk) = response.chunk().await.map_err(|_| TransportError::Broken)? {
        if whole.body.len() + chunk.len() > ANSWER_MAX {
            return Err(TransportError::Broken);
        }
        whole.body.extend_from_slice(&chunk);
    }
    Ok(whole)
}

/// Hands an answer over, again while the queue is full. An answer that is lost when we stop is
/// asked for again by the next start.
async fn tell(handle: &Handle, body: Body) {
    let mut pause = Duration::from_millis(10);
    loop {
        match handle.submit(Caller::Runtime, body.clone()).await {
            Ok(_) | Err(Unavailable::Stopping) => return,
            Err(Unavailable::Busy) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(1));
            }
        }
    }
}
