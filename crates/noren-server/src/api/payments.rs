//! Payments: create, look at, cancel.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::Text;
use noren_core::command::{
    Body, PaymentCancel, PaymentCreate, PaymentRecall, PaymentVoid, Present,
};
use noren_core::effects::Reply;
use noren_core::id::{PaymentKind, StoreId, WalletName};
use noren_core::keys::Route;
use noren_core::money::Money;
use noren_core::payment::{CaptureMode, Payment, State as PaymentState};
use noren_core::refusal::Refusal;
use noren_core::time::Span;
use noren_core::wallet::PaymentCode;
use noren_store::sqlite::PaymentFilter;
use serde_json::Value;

use crate::api::{codes, id_in_path, refuse_other_store, scope, unexpected};
use crate::auth::MerchantCaller;
use crate::checkout::back;
use crate::edge::InPath;
use crate::idempotency::{IdempotencyKey, Replayed, request_hash};
use crate::lists::{Parameters, list};
use crate::members::{JsonBody, Members};
use crate::prefer::{Wait, is_settled, read_until};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{self, List, PaymentCancelNew, PaymentNew, PaymentVoidNew};

const PATH: &str = "/v1/payments";

/// How long a till's code is honoured when the till does not say.
const EXPIRES_IN_SECONDS: u64 = 600;

/// What is asked for, read and checked as far as the request alone allows.
struct Wanted {
    order_number: Text,
    store: StoreId,
    amount: Money,
    capture: CaptureMode,
    way: Way,
    return_url: Option<Text>,
}

/// Who shows what to whom.
enum Way {
    Merchant { expires_in: Span },
    Consumer { code: Text, code_hash: Text },
    Online { wallet: WalletName, expires_in: Span },
}

#[derive(Clone, Copy)]
enum WayName {
    Merchant,
    Consumer,
    Online,
}

/// Reads what one way needs, and refuses the members of the others rather than ignore them.
fn read_way(
    state: &AppState,
    members: &mut Members,
    return_url: &Option<Option<Text>>,
) -> Option<Way> {
    let names = [
        ("merchant", WayName::Merchant),
        ("consumer", WayName::Consumer),
        ("online", WayName::Online),
    ];
    let way = members.word("present", &names);
    let code = members.text_if_any("payment_code", 128);
    let wallet = members.wallet_if_any("wallet");
    let expires_in = members.whole_if_any("expires_in_seconds", 1..=86_400);
    let mut leave_out = |name: &str, there: bool, why: &str| {
        if there {
            members.fault(Edge::MemberInvalid, name, &format!("Leave it out with present: {why}"));
        }
    };
    let there = (
        matches!(code, Some(Some(_))),
        matches!(wallet, Some(Some(_))),
        matches!(expires_in, Some(Some(_))),
    );
    match way? {
        WayName::Merchant => {
            leave_out("payment_code", there.0, "merchant; nothing was scanned yet.");
            leave_out("wallet", there.1, "merchant; whoever scans the code chooses.");
        }
        WayName::Consumer => {
            leave_out("wallet", there.1, "consumer; the code says whose it is.");
            leave_out("expires_in_seconds", there.2, "consumer; the wallet is asked at once.");
            let named = matches!(return_url, Some(Some(_)));
            leave_out("return_url", named, "consumer; the payer stands at the till.");
        }
        WayName::Online => {
            leave_out("payment_code", there.0, "online; nothing was scanned.");
        }
    }
    let for_seconds = |seconds: Option<u64>| Span::seconds(seconds.unwrap_or(EXPIRES_IN_SECONDS));
    match (way?, code?, wallet?, expires_in?) {
        (WayName::Merchant, _, _, seconds) => {
            Some(Way::Merchant { expires_in: for_seconds(seconds) })
        }
        (WayName::Consumer, Some(code), _, _) => {
            let code_hash = state.code_hash(&code);
            Some(Way::Consumer { code, code_hash })
        }
        (WayName::Consumer, None, _, _) => {
            let detail = "Add what the till scanned, or send present: merchant.";
            members.fault(Edge::MemberMissing, "payment_code", detail);
            None
        }
        (WayName::Online, _, Some(wallet), seconds) => {
            Some(Way::Online { wallet, expires_in: for_seconds(seconds) })
        }
        (WayName::Online, _, None, _) => {
            let detail = "Add the wallet that the payer chose.";
            members.fault(Edge::MemberMissing, "wallet", detail);
            None
        }
    }
}

/// Reads the body. Puts the payment code's keyed hash in its place, so that the hash of the
/// request is made without the code.
fn read(state: &AppState, body: &mut Value) -> Result<Wanted, Problem> {
    let mut members = Members::of(body.clone())?;
    let modes = [("now", CaptureMode::Now), ("manual", CaptureMode::Manual)];
    let return_url = back::url_if_any(&mut members);
    let fields = (
        members.free_text("order_number", 64),
        members.id("store"),
        members.money("amount"),
        members.word_if_any("capture", &modes),
        read_way(state, &mut members, &return_url),
        return_url,
    );
    let (order_number, store, amount, capture, way, return_url) = members.done(fields)?;
    if let Way::Consumer { code_hash, .. } = &way {
        body["payment_code"] = Value::from(&**code_hash);
    }
    let capture = capture.unwrap_or_default();
    Ok(Wanted { order_number, store, amount, capture, way, return_url })
}

/// What depends on today's directory and table of payment codes, and on where a till stands.
async fn present(
    state: &AppState,
    who: MerchantCaller,
    wanted: &Wanted,
) -> Result<Present, Problem> {
    if !who.acts_for(wanted.store) {
        return Err(Refusal::ShopUnknown.into());
    }
    Ok(match &wanted.way {
        Way::Merchant { expires_in } => {
            codes::probe(state, who, wanted.store, wanted.amount).await?;
            Present::Merchant { expires_in: *expires_in }
        }
        Way::Consumer { code, code_hash } => Present::Consumer {
            wallet: issuer(state, code)?,
            code: PaymentCode::new(code),
            code_hash: code_hash.clone(),
        },
        Way::Online { wallet, expires_in } => {
            Present::Online { wallet: *wallet, expires_in: *expires_in }
        }
    })
}

/// The wallet that issued a payer's code. No message repeats the code.
pub(crate) fn issuer(state: &AppState, code: &str) -> Result<WalletName, Problem> {
    let unroutable =
        |detail: String| Problem::field(Edge::PaymentCodeUnroutable, "payment_code", detail);
    let name = state.payment_codes().route(code).map_err(|error| unroutable(sentence(&error)))?;
    WalletName::new(name).map_err(|_| unroutable(Edge::PaymentCodeUnroutable.row().remedy.into()))
}

/// An error's words as a sentence.
fn sentence(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Creates a payment. With `present: merchant` the answer carries the text of the code to show;
/// with `present: consumer` the wallet is asked; with `present: online` the wallet is asked for an
/// order, whose `link` the payer opens. `Prefer: wait=15` holds the answer until there is something
/// to do: the link is there, the money is held, or the status is final.
///
/// With `capture: manual` the money is only held: capture it later, in parts if the wallet allows,
/// and void the rest.
#[utoipa::path(post, path = "/v1/payments", operation_id = "payment_create", tag = "payments",
    request_body = PaymentNew,
    params(
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: up to 20 seconds until there is something to do."),
    ),
    responses(
        (status = 201, description = "The payment.", body = wire::Payment),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn create(
    State(state): State<AppState>,
    who: MerchantCaller,
    key: IdempotencyKey,
    wait: Wait,
    JsonBody(mut body): JsonBody,
) -> Result<Response, Problem> {
    let wanted = read(&state, &mut body)?;
    let hash = request_hash(Route::PaymentCreate, PATH, &body);
    let key = key.0;
    let body = match present(&state, who, &wanted).await {
        Ok(present) => {
            let Wanted { order_number, store, amount, capture, way: _, return_url } = wanted;
            let create = PaymentCreate {
                key,
                hash,
                order_number,
                store,
                amount,
                present,
                capture,
                memo: return_url.as_deref().map(back::memo),
            };
            Body::PaymentCreate(create)
        }
        // The directory, the table of payment codes or the till's new place says no today. A repeat
        // of a call that they had let through has its answer all the same.
        Err(problem) => {
            let recall = Body::PaymentRecall(PaymentRecall { key, hash });
            return match state.handle().submit(who.caller(), recall).await? {
                Reply::Noted => Err(problem),
                found => created(&state, who, wait, found).await,
            };
        }
    };
    let reply = state.handle().submit(who.caller(), body).await?;
    created(&state, who, wait, reply).await
}

async fn created(
    state: &AppState,
    who: MerchantCaller,
    wait: Wait,
    reply: Reply,
) -> Result<Response, Problem> {
    match reply {
        Reply::Payment { payment, replayed } if wait.0.is_some() && !has_next(&payment) => {
            let payment = read_until(state, scope(who), payment.id, wait, has_next).await?;
            answer(state, StatusCode::CREATED, &payment, replayed).await
        }
        Reply::Payment { payment, replayed } => {
            answer(state, StatusCode::CREATED, &payment, replayed).await
        }
        other => Err(unexpected(other)),
    }
}

/// True when the till or shop has something to do: show a code, open a link, capture, or go on.
fn has_next(payment: &Payment) -> bool {
    let shows =
        matches!(payment.state, PaymentState::WaitingForPayer(_) | PaymentState::Ordered(_));
    shows || is_settled(payment)
}

async fn answer(
    state: &AppState,
    status: StatusCode,
    payment: &Payment,
    replayed: bool,
) -> Result<Response, Problem> {
    let ways = codes::ways(state, payment).await?;
    let shown = wire::Payment::of(payment, state.livemode(), ways);
    Ok((status, Replayed(replayed), Json(shown)).into_response())
}

/// One payment, with its captures. `Prefer: wait=20` holds the answer until its status is final or
/// `authorised`.
#[utoipa::path(get, path = "/v1/payments/{id}", operation_id = "payment_get", tag = "payments",
    params(
        ("id" = String, Path, description = "The payment, `pay_…`."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: up to 20 seconds until the status is final or `authorised`."),
    ),
    responses(
        (status = 200, description = "The payment.", body = wire::Payment),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn get(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
    wait: Wait,
) -> Result<Response, Problem> {
    let id = id_in_path::<PaymentKind>(&id)?;
    let payment = read_until(&state, scope(who), id, wait, is_settled).await?;
    if !who.acts_for(payment.store) {
        return Err(Refusal::PaymentUnknown.into());
    }
    answer(&state, StatusCode::OK, &payment, false).await
}

/// Your payments, newest first.
#[utoipa::path(get, path = "/v1/payments", operation_id = "payment_list", tag = "payments",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: older than this id."),
        ("ending_before" = Option<String>, Query, description = "The page before: newer than this id."),
        ("status" = Option<String>, Query, description = "Only payments that are this now."),
        ("order_number" = Option<String>, Query, description = "Only payments of this order."),
    ),
    responses(
        (status = 200, description = "A page of payments.", body = List<wire::Payment>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn list_all(
    State(state): State<AppState>,
    who: MerchantCaller,
    mut parameters: Parameters,
) -> Result<Json<List<wire::Payment>>, Problem> {
    let cursor = parameters.cursor::<PaymentKind>();
    let status = parameters.0.text_if_any("status", 64);
    let order_number = parameters.0.text_if_any("order_number", 64);
    let (cursor, status, order_number) = parameters.0.done((cursor, status, order_number))?;
    let filter =
        PaymentFilter { status, order_number, store: who.store, ..PaymentFilter::default() };
    let scope = scope(who);
    let (page, cursor) =
        state.read(move |reads| Ok((reads.payments(scope, &filter, &cursor)?, cursor))).await?;
    let mut ways = Vec::with_capacity(page.items.len());
    for payment in &page.items {
        ways.push(codes::ways(&state, payment).await?);
    }
    let mut ways = ways.into_iter();
    Ok(Json(list(
        page,
        &cursor,
        |payment| payment.id,
        |payment| wire::Payment::of(payment, state.livemode(), ways.next().unwrap_or_default()),
    )))
}

/// Lets a payment not stand. Before a wallet was asked it is cancelled; after that it is undone
/// with the wallet, and `reversing` until the wallet has answered. What is held and not captured
/// at all is released (`voiding`). Once anything was captured it is refused: void the rest, and
/// refund what was captured. While a capture is running, it is refused until that has ended.
#[utoipa::path(post, path = "/v1/payments/{id}/cancel", operation_id = "payment_cancel", tag = "payments",
    request_body = Option<PaymentCancelNew>,
    params(
        ("id" = String, Path, description = "The payment, `pay_…`."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention."),
    ),
    responses(
        (status = 200, description = "The payment as it is now.", body = wire::Payment),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
    key: IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let payment = id_in_path::<PaymentKind>(&id)?;
    let hash = request_hash(Route::PaymentCancel, &format!("{PATH}/{payment}/cancel"), &body);
    Members::of(body)?.done(())?;
    refuse_other_store(&state, who, payment).await?;
    let cancel = PaymentCancel { key: key.0, hash, payment };
    match state.handle().submit(who.caller(), Body::PaymentCancel(cancel)).await? {
        Reply::Payment { payment, replayed } => {
            answer(&state, StatusCode::OK, &payment, replayed).await
        }
        other => Err(unexpected(other).about(payment)),
    }
}

/// Releases what is held and not captured. What was captured stays captured. While a capture is
/// running, the rest is released as soon as that has ended. `Prefer: wait=15` holds the answer
/// until the status is final.
#[utoipa::path(post, path = "/v1/payments/{id}/void", operation_id = "payment_void", tag = "payments",
    request_body = Option<PaymentVoidNew>,
    params(
        ("id" = String, Path, description = "The payment, `pay_…`."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: up to 20 seconds until the status is final."),
    ),
    responses(
        (status = 200, description = "The payment as it is now.", body = wire::Payment),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn void(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
    key: IdempotencyKey,
    wait: Wait,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let payment = id_in_path::<PaymentKind>(&id)?;
    let hash = request_hash(Route::PaymentVoid, &format!("{PATH}/{payment}/void"), &body);
    Members::of(body)?.done(())?;
    let void = PaymentVoid { key: key.0, hash, payment };
    match state.handle().submit(who.caller(), Body::PaymentVoid(void)).await? {
        Reply::Payment { payment, replayed } if wait.0.is_some() => {
            let ended = |payment: &Payment| payment.state.is_final();
            let payment = read_until(&state, scope(who), payment.id, wait, ended).await?;
            answer(&state, StatusCode::OK, &payment, replayed).await
        }
        Reply::Payment { payment, replayed } => {
            answer(&state, StatusCode::OK, &payment, replayed).await
        }
        other => Err(unexpected(other).about(payment)),
    }
}
