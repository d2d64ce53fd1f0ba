//! Problems as a payer is told of them: in words, on a page.

use axum::response::{IntoResponse, Response};
use noren_pages::checkout::{Trouble, TroublePage};

use super::pages::paper;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{Reader, view};

/// What a payer is told of the problem of that code.
fn trouble(code: &str) -> Trouble {
    match code {
        "payment-unknown" | "order-unknown" | "shop-unknown" | "id-invalid" => Trouble::NotThere,
        "shop-suspended" | "shop-retired" => Trouble::ShopClosed,
        "wallet-unknown"
        | "wallet-suspended"
        | "wallet-retired"
        | "wallet-not-accepted"
        | "wallet-over-cap"
        | "corridor-closed"
        | "order-not-offered"
        | "hold-not-offered"
        | "settlement-rate-missing" => Trouble::WalletUnavailable,
        "amount-over-limit"
        | "wallet-over-limit"
        | "merchant-day-limit"
        | "payer-day-limit"
        | "amount-too-large"
        | "amount-not-positive" => Trouble::TooMuch,
        "order-paid" | "order-being-paid" | "order-expired" | "order-closed"
        | "order-withdrawn" | "payment-in-doubt" | "payment-blocked" | "payment-captured" => {
            Trouble::OrderOver
        }
        "busy" | "stopping" | "store-unavailable" => Trouble::Busy,
        // Whatever else there is is for programs: of ours, or of whoever made up a request.
        _ => Trouble::Fault,
    }
}

/// The page that says so, with the problem's own status.
pub(super) fn told(
    state: &AppState,
    reader: &Reader,
    problem: &Problem,
    onward: Option<String>,
) -> Response {
    let row = problem.row();
    told_as(state, reader, trouble(row.code), row.status, onward)
}

/// The same, where no problem of the API says it.
pub(super) fn told_as(
    state: &AppState,
    reader: &Reader,
    trouble: Trouble,
    status: axum::http::StatusCode,
    onward: Option<String>,
) -> Response {
    let page = TroublePage { page: paper(state, reader), trouble, onward };
    (status, view(reader, &page)).into_response()
}
