//! Payments: create, look at, cancel.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::Text;
use noren_core::command::{Body, PaymentCancel, PaymentCreate, Present};
use noren_core::effects::Reply;
use noren_core::id::{PaymentKind, StoreId, WalletName};
use noren_core::keys::Route;
use noren_core::money::Money;
use noren_core::payment::{CaptureMode, Payment, State as PaymentState};
use noren_core::time::Span;
use noren_core::wallet::PaymentCode;
use noren_store::sqlite::PaymentFilter;
use serde_json::Value;

use crate::api::{codes, id_in_path, scope, unexpected};
use crate::auth::MerchantCaller;
use crate::edge::InPath;
use crate::idempotency::{IdempotencyKey, Replayed, request_hash};
use crate::lists::{Parameters, list};
use crate::members::{JsonBody, Members};
use crate::prefer::{Wait, read_final};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{self, List, PaymentCancelNew, PaymentNew};

const PATH: &str = "/v1/payments";

/// How long a till's code is honoured when the till does not say.
const EXPIRES_IN_SECONDS: u64 = 600;

/// What is asked for, read and checked as far as the edge can.
struct Wanted {
    order_number: Text,
    store: StoreId,
    amount: Money,
    present: Present,
}

/// Reads the body. Puts the payment code's keyed hash in its place, so that the hash of the
/// request is made without the code.
fn read(state: &AppState, body: &mut Value) -> Result<Wanted, Problem> {
    let mut members = Members::of(body.clone())?;
    let order_number = members.free_text("order_number", 64);
    let store = members.id("store");
    let amount = members.money("amount");
    let by_merchant = members.word("present", &[("merchant", true), ("consumer", false)]);
    let code = members.text_if_any("payment_code", 128);
    let expires_in = members.whole_if_any("expires_in_seconds", 1..=86_400);
    match (by_merchant, &code, &expires_in) {
        (Some(true), Some(Some(_)), _) => {
            let detail = "Leave it out with present: merchant; nothing was scanned yet.";
            members.fault(Edge::MemberInvalid, "payment_code", detail);
        }
        (Some(false), Some(None), _) => {
            let detail = "Add what the till scanned, or send present: merchant.";
            members.fault(Edge::MemberMissing, "payment_code", detail);
        }
        (Some(false), _, Some(Some(_))) => {
            let detail = "Leave it out with present: consumer; the wallet is asked at once.";
            members.fault(Edge::MemberInvalid, "expires_in_seconds", detail);
        }
        _ => {}
    }
    let fields = (order_number, store, amount, code, expires_in);
    let (order_number, store, amount, code, expires_in) = members.done(fields)?;
    let present = match code {
        None => {
            let expires_in = Span::seconds(expires_in.unwrap_or(EXPIRES_IN_SECONDS));
            Present::Merchant { expires_in }
        }
        Some(code) => {
            let code_hash = state.code_hash(&code);
            body["payment_code"] = Value::from(&*code_hash);
            let wallet = issuer(state, &code)?;
            Present::Consumer { wallet, code: PaymentCode::new(&code), code_hash }
        }
    };
    Ok(Wanted { order_number, store, amount, present })
}

/// The wallet that issued a payer's code. No message repeats the code.
fn issuer(state: &AppState, code: &str) -> Result<WalletName, Problem> {
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
/// with `present: consumer` the wallet is asked, and `Prefer: wait=15` holds the answer until it
/// is final.
#[utoipa::path(post, path = "/v1/payments", operation_id = "payment_create", tag = "payments",
    request_body = PaymentNew,
    params(
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: up to 20 seconds until the status is final."),
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
    let Wanted { order_number, store, amount, present } = read(&state, &mut body)?;
    if matches!(present, Present::Merchant { .. }) {
        codes::probe(&state, who, store, amount).await?;
    }
    let hash = request_hash(Route::PaymentCreate, PATH, &body);
    let create = PaymentCreate {
        key: key.0,
        hash,
        order_number,
        store,
        amount,
        present,
        capture: CaptureMode::Now,
    };
    match state.handle().submit(who.caller(), Body::PaymentCreate(create)).await? {
        // A till must show its code at once; every other payment may be waited for.
        Reply::Payment { payment, replayed }
            if wait.0.is_some() && !matches!(payment.state, PaymentState::WaitingForPayer(_)) =>
        {
            let payment = read_final(&state, scope(who), payment.id, wait).await?;
            answer(&state, StatusCode::CREATED, &payment, replayed).await
        }
        Reply::Payment { payment, replayed } => {
            answer(&state, StatusCode::CREATED, &payment, replayed).await
        }
        other => Err(unexpected(other)),
    }
}

async fn answer(
    state: &AppState,
    status: StatusCode,
    payment: &Payment,
    replayed: bool,
) -> Result<Response, Problem> {
    let code = codes::order_code(state, payment).await?;
    let shown = wire::Payment::of(payment, state.livemode(), code);
    Ok((status, Replayed(replayed), Json(shown)).into_response())
}

/// One payment. `Prefer: wait=20` holds the answer until its status is final.
#[utoipa::path(get, path = "/v1/payments/{id}", operation_id = "payment_get", tag = "payments",
    params(
        ("id" = String, Path, description = "The payment, `pay_…`."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: up to 20 seconds until the status is final."),
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
    let payment = read_final(&state, scope(who), id, wait).await?;
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
    let filter = PaymentFilter { status, order_number, ..PaymentFilter::default() };
    let scope = scope(who);
    let (page, cursor) =
        state.read(move |reads| Ok((reads.payments(scope, &filter, &cursor)?, cursor))).await?;
    let mut codes = Vec::with_capacity(page.items.len());
    for payment in &page.items {
        codes.push(codes::order_code(&state, payment).await?);
    }
    let mut codes = codes.into_iter();
    Ok(Json(list(
        page,
        &cursor,
        |payment| payment.id,
        |payment| wire::Payment::of(payment, state.livemode(), codes.next().flatten()),
    )))
}

/// Lets a payment not stand. Before a wallet was asked it is cancelled; after that it is undone
/// with the wallet, and `reversing` until the wallet has answered. What is captured is refunded
/// instead.
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
    let cancel = PaymentCancel { key: key.0, hash, payment };
    match state.handle().submit(who.caller(), Body::PaymentCancel(cancel)).await? {
        Reply::Payment { payment, replayed } => {
            answer(&state, StatusCode::OK, &payment, replayed).await
        }
        other => Err(unexpected(other).about(payment)),
    }
}
