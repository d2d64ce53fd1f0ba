//! Events as they happen: server-sent events (the HTML standard, section 9.2), so that a till or a shop's
//! program hears at once. What a stream tells is what the list tells, by the same cursors.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use noren_store::sqlite::Page;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep_until};

use super::events::{cursor, sequence};
use crate::auth::MerchantCaller;
use crate::lists::Parameters;
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::EventShown;

/// Something is sent at least so often, so that both ends notice a dead connection.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// A stream ends after so long, and whoever still may hear connects again: a key that was withdrawn
/// is good for no longer than this.
const ENDS_AFTER: Duration = Duration::from_secs(600);

/// How long to wait before connecting again, in ms.
const RETRY_MS: u32 = 2_000;

/// Parts under way to one caller. One who reads slower than this is waited for.
const PARTS: usize = 4;

/// Your events as they happen, as server-sent events. `data` is an event as the list has it, `id` is
/// a cursor of the list: a connection that broke goes on after it by the header `Last-Event-ID`,
/// which browsers send by themselves. Without a cursor the stream begins with the next event. Every
/// 15 s there is an event of the type `alive`, which says no more than that. A stream ends after ten
/// minutes, or when the switch stops: connect again.
#[utoipa::path(get, path = "/v1/events/stream", operation_id = "event_stream", tag = "events",
    params(
        ("after" = Option<String>, Query, description = "A cursor of the list of events, or an `id` of the stream."),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` that was heard last; goes before `after`."),
    ),
    responses(
        (status = 200, description = "The stream.", body = String, content_type = "text/event-stream"),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn stream(
    State(state): State<AppState>,
    who: MerchantCaller,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let after = parameters.0.text_if_any("after", 64);
    let (after,) = parameters.0.done((after,))?;
    let heard = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let (param, cursor) = match heard.filter(|id| !id.is_empty()) {
        Some(id) => ("Last-Event-ID", Some(id.to_owned())),
        None => ("after", after.map(|text| text.to_string())),
    };
    let slot = who.merchant.slot();
    let after = match cursor {
        Some(text) => sequence(&text, slot).ok_or_else(|| {
            Problem::field(Edge::CursorInvalid, param, Edge::CursorInvalid.row().remedy)
        })?,
        None => state.read(move |reads| reads.event_last(slot)).await?,
    };
    let place = state.streams().try_acquire_owned().map_err(|_| Edge::Busy)?;
    let (parts, told) = mpsc::channel(PARTS);
    tokio::spawn(tell(state, who, after, parts, place));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::new(Told(told))).into_response())
}

/// Tells until nobody listens, the time is over, the switch stops, or the records cannot be read:
/// whoever connects again then hears why.
async fn tell(
    state: AppState,
    who: MerchantCaller,
    mut after: u64,
    parts: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
) {
    let MerchantCaller { tenant, merchant, .. } = who;
    let slot = merchant.slot();
    let ends = Instant::now() + ENDS_AFTER;
    let watch = state.handle().watch_events(merchant);
    // An id without data: where this stream begins, for a connection that breaks before an event.
    let mut part = format!("retry: {RETRY_MS}\nid: {}\n\n", cursor(slot, after));
    loop {
        // Registered before the read: a commit between the two is not missed.
        let mut changed = pin!(watch.changed());
        changed.as_mut().enable();
        let read = move |reads: &noren_store::Reads| reads.events(tenant, merchant, after, 100);
        let Ok(Page { items, has_more, .. }) = state.read(read).await else { return };
        for event in &items {
            let shown = EventShown::of(event, state.livemode());
            let Ok(data) = serde_json::to_string(&shown) else { return };
            after = event.seq;
            part.push_str(&format!("id: {}\ndata: {data}\n\n", cursor(slot, after)));
        }
        if !part.is_empty() && parts.send(std::mem::take(&mut part).into()).await.is_err() {
            return;
        }
        if has_more {
            continue;
        }
        let alive = Instant::now() + ALIVE_EVERY;
        tokio::select! {
            () = changed => {}
            () = sleep_until(alive) => {
                part = format!("event: alive\nid: {}\ndata: {{}}\n\n", cursor(slot, after));
            }
            () = sleep_until(ends) => return,
            () = parts.closed() => return,
            () = state.drained() => return,
        }
    }
}

/// The body of the answer: what was told so far, and more when there is more.
struct Told(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Told {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|part| part.map(|bytes| Ok(Frame::data(bytes))))
    }
}
