//! Captures: taking a part of what is held, or all of it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::command::{Body, PaymentCapture};
use noren_core::effects::Reply;
use noren_core::id::{CaptureId, PaymentKind};
use noren_core::keys::Route;
use noren_core::payment::Payment;

use crate::api::{id_in_path, scope, unexpected};
use crate::auth::MerchantCaller;
use crate::edge::InPath;
use crate::idempotency::{IdempotencyKey, Replayed, request_hash};
use crate::members::{JsonBody, Members};
use crate::prefer::{Wait, read_until};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{self, CaptureNew};

/// Takes a part of what is held, at most what is left of it. One capture is asked for at a time;
/// the wallet is asked until it answers. `Prefer: wait=15` holds the answer until the capture has
/// ended. A payment shows all its captures.
#[utoipa::path(post, path = "/v1/payments/{id}/captures", operation_id = "capture_create", tag = "payments",
    request_body = CaptureNew,
    params(
        ("id" = String, Path, description = "The payment, `pay_…`."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: up to 20 seconds until the capture has ended."),
    ),
    responses(
        (status = 201, description = "The capture.", body = wire::Capture),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn create(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
    key: IdempotencyKey,
    wait: Wait,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let payment = id_in_path::<PaymentKind>(&id)?;
    let path = format!("/v1/payments/{payment}/captures");
    let hash = request_hash(Route::PaymentCapture, &path, &body);
    let mut members = Members::of(body)?;
    let fields = (members.money("amount"),);
    let (amount,) = members.done(fields)?;
    let capture = PaymentCapture { key: key.0, hash, payment, amount };
    match state.handle().submit(who.caller(), Body::PaymentCapture(capture)).await? {
        Reply::Capture { payment, capture, replayed } if wait.0.is_some() => {
            let ended =
                |payment: &Payment| payment.state.open_part().is_none_or(|o| o.terms.id != capture);
            let payment = read_until(&state, scope(who), payment.id, wait, ended).await?;
            answer(&state, &payment, capture, replayed)
        }
        Reply::Capture { payment, capture, replayed } => {
            answer(&state, &payment, capture, replayed)
        }
        other => Err(unexpected(other).about(payment)),
    }
}

fn answer(
    state: &AppState,
    payment: &Payment,
    capture: CaptureId,
    replayed: bool,
) -> Result<Response, Problem> {
    let captures = wire::Capture::all(payment, state.livemode());
    let shown = captures.into_iter().find(|shown| shown.id == capture).ok_or(Edge::Internal)?;
    Ok((StatusCode::CREATED, Replayed(replayed), Json(shown)).into_response())
}
