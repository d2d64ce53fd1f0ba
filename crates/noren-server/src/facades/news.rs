//! What tills are told of their own accord, each in the form of its network's API.
//!
//! A follower of the committed events: what it has seen and what it has still to say are in a file of
//! its own, so that a restart goes on where it was. A notice is sent until it is acknowledged or its
//! network's schedule is over; at least once, never before the commit.

use std::sync::Arc;
use std::time::Duration;

use noren_core::effects::{Event, EventKind};
use noren_core::time::Span;
use noren_store::outbox::{Addressed, Due, Outbox};
use noren_store::sqlite::Scope;
use noren_wallets::facade::{self, memo_of};
use noren_wallets::wire::Response;
use tokio::sync::Semaphore;

use super::till::shown;
use crate::problem::Problem;
use crate::random;
use crate::state::AppState;

/// How often the events are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Events read at a time.
const PAGE: usize = 500;
/// Notices under way at one time.
const UNDER_WAY_MAX: usize = 32;
/// Notices taken at a time.
const TAKEN_MAX: u32 = 100;
/// How long a shop may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// A notice under way is not sent again before.
const LEASE: Span = Span::seconds(30);
/// An acknowledgement is a word; whoever sends a book is not read to its end.
const ANSWER_MAX: usize = 64 * 1024;

/// The follower, before it runs.
pub struct News {
    outbox: Outbox,
    client: reqwest::Client,
    pace: Option<Span>,
}

impl News {
    /// On an open file. With `pace` every pause of a schedule is that long instead: for
    /// demonstrations and tests. After a process-wide rustls provider was installed.
    pub fn new(outbox: Outbox, pace: Option<Span>) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_WITHIN)
            .build()?;
        Ok(Self { outbox, client, pace })
    }

    /// Runs until the server stops.
    pub async fn run(mut self, state: AppState) {
        let places = Arc::new(Semaphore::new(UNDER_WAY_MAX));
        let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
        loop {
            if let Err(problem) = self.follow(&state).await {
                tracing::warn!(?problem, "events could not be followed");
            }
            match self.outbox.take(random::env().now, LEASE, TAKEN_MAX) {
                Ok(due) => {
                    for due in due {
                        let Ok(place) = places.clone().acquire_owned().await else { return };
                        let (state, client, said) =
                            (state.clone(), self.client.clone(), said.clone());
                        tokio::spawn(async move {
                            let outcome = send(&state, &client, &due).await;
                            let _ = said.send((due, outcome));
                            drop(place);
                        });
                    }
                }
                Err(problem) => tracing::warn!(%problem, "notices could not be read"),
            }
            let mut wait = std::pin::pin!(tokio::time::sleep(LOOK_EVERY));
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    () = state.drained() => return,
                    Some((due, outcome)) = heard.recv() => {
                        if let Err(problem) = self.settle(&state, &due, outcome) {
                            tracing::warn!(?problem, "a notice's outcome could not be kept");
                        }
                    }
                }
            }
        }
    }

    /// Reads what has happened since, and notes what tills are to be told.
    async fn follow(&mut self, state: &AppState) -> Result<(), Problem> {
        loop {
            let positions = self.outbox.positions()?;
            let page = state.read(move |reads| reads.events_all(&positions, PAGE)).await?;
            if page.items.is_empty() {
                return Ok(());
            }
            let mut notices = Vec::new();
            for event in page.items.iter().filter(|event| is_news(event)) {
                notices.extend(addressed(state, event).await?);
            }
            self.outbox.note(random::env().now, &page.positions, &notices)?;
            if !page.has_more {
                return Ok(());
            }
        }
    }

    fn settle(&mut self, state: &AppState, due: &Due, outcome: Outcome) -> Result<(), Problem> {
        let known = state.facade(&due.to.facade);
        let schedule = known.map_or(&[][..], |known| known.facade.schedule());
        let pause = schedule.get(due.sent.saturating_sub(1));
        let done = match (outcome, pause) {
            (Outcome::Taken | Outcome::Nothing, _) => true,
            (Outcome::Refused, None) => {
                let Addressed { facade, account, payment, .. } = &due.to;
                tracing::warn!(facade, account, %payment, "a till did not take a notice; given up");
                true
            }
            (Outcome::Refused, Some(pause)) => {
                let pause = self.pace.unwrap_or(*pause);
                self.outbox.again(due.id, random::env().now.after(pause))?;
                false
            }
        };
        if done {
            self.outbox.done(due.id)?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Outcome {
    /// Acknowledged.
    Taken,
    /// There is nothing to say in this API's words.
    Nothing,
    /// Not acknowledged, or not reached.
    Refused,
}

/// Where a shop acts, or where it is over.
fn is_news(event: &Event) -> bool {
    match event.kind {
        EventKind::PaymentAuthorised
        | EventKind::PaymentVoided
        | EventKind::PaymentCaptured
        | EventKind::PaymentDeclined
        | EventKind::PaymentCancelled
        | EventKind::PaymentExpired
        | EventKind::PaymentReversed
        | EventKind::RefundRefunded
        | EventKind::RefundDeclined => true,
        EventKind::PaymentWaitingForPayer
        | EventKind::PaymentAuthorising
        | EventKind::PaymentInDoubt
        | EventKind::PaymentReversing
        | EventKind::PaymentCreated
        | EventKind::PaymentCapturing
        | EventKind::PaymentVoiding
        | EventKind::PaymentBlocked
        | EventKind::CaptureCaptured
        | EventKind::CaptureDeclined
        | EventKind::RefundRequested
        | EventKind::StrayReceived
        | EventKind::StrayReturned
        | EventKind::StrayClaim
        | EventKind::StrayClaimClosed => false,
    }
}

/// Whom an event is to be told to: the till that made the payment.
async fn addressed(state: &AppState, event: &Event) -> Result<Option<Addressed>, Problem> {
    let id = event.payment;
    let Some(payment) = state.read(move |reads| reads.payment(Scope::Operator, id)).await? else {
        return Ok(None);
    };
    for known in state.facades() {
        let name = known.facade.name();
        if let Some((account, _)) = memo_of(payment.memo.as_ref(), name) {
            return Ok(Some(Addressed {
                facade: name.to_owned(),
                account: account.to_owned(),
                payment: id,
                refund: event.refund,
            }));
        }
    }
    Ok(None)
}

async fn send(state: &AppState, client: &reqwest::Client, due: &Due) -> Outcome {
    match told(state, client, due).await {
        Ok(outcome) => outcome,
        Err(problem) => {
            tracing::warn!(?problem, "a notice could not be made");
            Outcome::Refused
        }
    }
}

async fn told(state: &AppState, client: &reqwest::Client, due: &Due) -> Result<Outcome, Problem> {
    let Some(known) = state.facade(&due.to.facade) else { return Ok(Outcome::Refused) };
    let Some((account, ..)) = known.of(state, &due.to.account).await? else {
        return Ok(Outcome::Refused);
    };
    let id = due.to.payment;
    let Some(payment) = state.read(move |reads| reads.payment(Scope::Operator, id)).await? else {
        return Ok(Outcome::Nothing);
    };
    let payment = shown(state, Arc::new(payment), false).await?;
    let news = due.to.refund.map_or(facade::News::Payment, facade::News::Refund);
    let Some(notice) = known.facade.notice(&account, &payment, news, random::env()) else {
        return Ok(Outcome::Nothing);
    };
    // Real money goes with real certificates.
    if state.livemode() && !notice.url.starts_with("https://") {
        tracing::warn!(facade = due.to.facade, "a till named an address without TLS");
        return Ok(Outcome::Nothing);
    }
    let Ok(method) = notice.request.method.parse::<reqwest::Method>() else {
        return Ok(Outcome::Nothing);
    };
    let mut builder = client.request(method, &notice.url).body(notice.request.body);
    for (name, value) in &notice.request.headers {
        builder = builder.header(name, value);
    }
    let Ok(mut response) = builder.send().await else { return Ok(Outcome::Refused) };
    let headers = response.headers().iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let mut whole =
        Response { status: response.status().as_u16(), headers: headers.collect(), body: vec![] };
    while let Ok(Some(chunk)) = response.chunk().await {
        if whole.body.len() + chunk.len() > ANSWER_MAX {
            return Ok(Outcome::Refused);
        }
        whole.body.extend_from_slice(&chunk);
    }
    let taken = known.facade.acknowledged(&whole);
    Ok(if taken { Outcome::Taken } else { Outcome::Refused })
}
