//! The first page of a switch.

use axum::extract::State;
use axum::response::Response;
use noren_pages::Page;
use noren_pages::start::{Doors, StartPage};

use crate::state::AppState;
use crate::web::{Reader, view};

/// What a browser is shown that comes without a path.
pub(crate) async fn page(State(state): State<AppState>, reader: Reader) -> Response {
    let demo = state.demo().then(|| Doors {
        till: "/till".into(),
        wallet: "/wallet".into(),
        shop: state.shop().map(str::to_owned),
    });
    let page = Page::new(reader.language, reader.here.clone(), !state.livemode());
    view(&reader, &StartPage { page, demo })
}
