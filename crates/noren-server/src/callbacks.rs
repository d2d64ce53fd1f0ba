//! What networks tell us of their own accord. The connector judges if it is to be believed; the
//! acknowledgement leaves after the commit.
//!
//! A statement about something that the engine does not know is not acknowledged (404,
//! `not-acknowledged`): the network repeats it, and somebody sees it. Every other statement is
//! acknowledged once it is recorded, also one against the payment's state.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use noren_core::command::Caller;
use noren_core::effects::Reply;
use noren_core::id::WalletName;
use noren_core::refusal::{ProblemKind, Refusal};
use noren_wallets::wire;

use crate::api::unexpected;
use crate::members::read_body;
use crate::messages;
use crate::problem::{Edge, Problem};
use crate::random;
use crate::state::AppState;

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

fn is_unknown(refusal: &Refusal) -> bool {
    refusal.problem().kind == ProblemKind::NotFound
}
