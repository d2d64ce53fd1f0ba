//! Whose code a till has read: so that the clerk can say it at once. The sale does not wait for this.

use axum::Json;
use axum::extract::State;
use noren_core::id::WalletName;
use serde_json::{Value, json};

use crate::api::payments;
use crate::members::{JsonBody, Members};
use crate::problem::Problem;
use crate::state::AppState;

/// `POST /till/v1/payment_codes/issuer` with `{"payment_code": "…"}`: the name and title of its wallet.
/// The code is in the body, where nobody logs it, and is not kept.
pub(crate) async fn issuer(
    State(state): State<AppState>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let mut members = Members::of(body)?;
    let code = members.text("payment_code", 128);
    let (code,) = members.done((code,))?;
    let wallet: WalletName = payments::issuer(&state, &code)?;
    let directory = state.directory().with(|directory| directory.wallet(wallet).is_some()).await?;
    let title = directory.wallet(wallet).map(|known| known.title.to_string());
    Ok(Json(json!({ "object": "issuer", "wallet": wallet, "title": title })))
}
