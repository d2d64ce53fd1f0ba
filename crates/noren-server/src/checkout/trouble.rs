//! Problems as a payer is told of them: in words, on a page.

use axum::response::{IntoResponse, Response};
use noren_pages::checkout::{Trouble, TroublePage};

use super::pages::paper;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{Reader, view};

/// What a payer is told, and of which problems. Whatever is not named is for programs: of ours, or of
/// whoever made up a request.
const TOLD: &[(Trouble, &[&str])] = &[
    (Trouble::NotThere, &["payment-unknown", "order-unknown", "shop-unknown", "id-invalid"]),
    (Trouble::ShopClosed, &["shop-suspended", "shop-retired"]),
    (
        Trouble::WalletUnavailable,
        &[
            "wallet-unknown",
            "wallet-suspended",
            "wallet-retired",
            "wallet-not-accepted",
            "wallet-over-cap",
            "corridor-closed",
            "order-not-offered",
            "hold-not-offered",
            "settlement-rate-missing",
        ],
    ),
    (
        Trouble::TooMuch,
        &[
            "amount-over-limit",
            "wallet-over-limit",
            "merchant-day-limit",
            "payer-day-limit",
            "amount-too-large",
            "amount-not-positive",
        ],
    ),
    (
        Trouble::OrderOver,
        &[
            "order-paid",
            "order-being-paid",
            "order-expired",
            "order-closed",
            "order-withdrawn",
            "payment-in-doubt",
            "payment-blocked",
            "payment-captured",
        ],
    ),
    (Trouble::Busy, &["busy", "stopping", "store-unavailable"]),
];

/// What a payer is told of the problem of that code.
fn trouble(code: &str) -> Trouble {
    let told = TOLD.iter().find(|(_, codes)| codes.contains(&code));
    told.map_or(Trouble::Fault, |(trouble, _)| *trouble)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::table;

    #[test]
    fn every_problem_that_a_payer_is_told_of_is_one_and_is_told_once() {
        let known: Vec<&str> = table().iter().map(|row| row.code).collect();
        let mut named: Vec<&str> =
            TOLD.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
        let unknown: Vec<&&str> = named.iter().filter(|code| !known.contains(code)).collect();
        assert!(unknown.is_empty(), "there are no such problems: {unknown:?}");
        let all = named.len();
        named.sort_unstable();
        named.dedup();
        assert_eq!(named.len(), all);
    }
}
