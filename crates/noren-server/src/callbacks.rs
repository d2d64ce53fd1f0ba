//! What networks tell us of their own accord. The connector judges if it is to be believed; the
//! acknowledgement leaves after the commit.
//!
//! A statement about something that the engine does not know is not acknowledged (404,
//! `not-acknowledged`): the network repeats it, and somebody sees it. Every other statement is
//! acknowledged once it is recorded, also one against the payment's state.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use noren_core::command::{Body, Caller, Reserve, Scanned};
use noren_core::effects::Reply;
use noren_core::id::WalletName;
use noren_core::keys::Route;
use noren_core::quote::Target;
use noren_core::refusal::{ProblemKind, Refusal};
use noren_store::sqlite::Scope;
use noren_wallets::connector::{CodeAsked, Permitted};
use noren_wallets::wire;
use serde_json::json;

use crate::api::unexpected;
use crate::idempotency::request_hash;
use crate::members::read_body;
use crate::messages;
use crate::problem::{Edge, Problem};
use crate::random;
use crate::state::AppState;
use crate::wallet_api::{self, scanned};

/// A message to `/callbacks/{wallet}/…`. The rest of the path is the network's own.
pub(crate) async fn receive(
    State(state): State<AppState>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Path((wallet, _)) = path.map_err(|_| Edge::WalletUnknown)?;
    let wallet = WalletName::new(&wallet).map_err(|_| Edge::WalletUnknown)?;
    let (parts, body) = request.into_parts();
    let message = messages::request(&parts, read_body(body).await?);
    hear(&state, wallet, &message).await
}

/// Lets a wallet's connector read a message, applies what it says, and acknowledges.
pub(crate) async fn hear(
    state: &AppState,
    wallet: WalletName,
    message: &wire::Request,
) -> Result<Response, Problem> {
    let connector = state.connector(wallet).ok_or(Edge::WalletUnknown)?;
    if let Some(asked) = connector.code_asked(message, random::env()) {
        let asked = match asked {
            Ok(asked) => asked,
            Err(answer) => return Ok(messages::response(answer)),
        };
        let permission = permit(state, wallet, &asked).await?;
        let answer = connector.code_answer(message, permission.as_ref(), random::env());
        return Ok(messages::response(answer));
    }
    let notified = match connector.notified(message, random::env()) {
        Ok(notified) => notified,
        Err(answer) => return Ok(messages::response(answer)),
    };
    match state.handle().submit(Caller::Wallet(wallet), notified.command).await? {
        Reply::Refused { refusal, .. } if is_unknown(&refusal) => Err(Edge::NotAcknowledged.into()),
        Reply::Noted | Reply::Payment { .. } | Reply::Refund { .. } => {
            Ok(messages::response(notified.acknowledge))
        }
        other => Err(unexpected(other)),
    }
}

/// Reserves what a code of ours asks for, as for a wallet that speaks our wallet API: the payment's id
/// is the wallet's id of it too, so that a repeat, or another user with the same code, meets the
/// same permission.
///
/// A printed code has no amount, and a network that asks by a message has none to name: it is as
/// unknown as any other text.
async fn permit(
    state: &AppState,
    wallet: WalletName,
    asked: &CodeAsked,
) -> Result<Result<Permitted, Refusal>, Problem> {
    let (jpqr, id) = match scanned(state, &asked.code).await {
        Ok(Scanned::Order { jpqr, payment }) => (jpqr, payment),
        Ok(Scanned::Shop { .. }) => return Ok(Err(Refusal::OrderUnknown)),
        // What went wrong here says nothing of the code.
        Err(problem) if problem.row().status.is_server_error() => return Err(problem),
        Err(_) => return Ok(Err(Refusal::OrderUnknown)),
    };
    let found = state.read(move |reads| reads.payment(Scope::Operator, id)).await?;
    let Some(payment) = found else { return Ok(Err(Refusal::OrderUnknown)) };
    let store = payment.store;
    let directory = state.directory().with(|directory| directory.store(store).is_some()).await?;
    let place = directory.store(store).filter(|store| store.jpqr == jpqr);
    let Some(shop) = place.and_then(|store| directory.shop(store)) else {
        return Ok(Err(Refusal::ShopUnknown));
    };
    let target = Target::Payment(id);
    let payer = match &asked.payer {
        Some(token) => wallet_api::payer(state, wallet, target, token).await?,
        None => None,
    };
    let content = json!([id, payment.amount]);
    let reserve = Reserve {
        wallet_payment_id: id.to_string().into(),
        hash: request_hash(Route::Reserve, "a scanned code", &content),
        target,
        quote: None,
        amount: payment.amount,
        payer,
    };
    match state.handle().submit(Caller::Wallet(wallet), Body::Reserve(reserve)).await? {
        Reply::Permission { payment, .. } => {
            let until = payment.state.asked().ok_or(Edge::Internal)?.send_by;
            Ok(Ok(Permitted { payment, shop, until }))
        }
        Reply::Refused { refusal, .. } => Ok(Err(refusal)),
        other => Err(unexpected(other)),
    }
}

fn is_unknown(refusal: &Refusal) -> bool {
    refusal.problem().kind == ProblemKind::NotFound
}
