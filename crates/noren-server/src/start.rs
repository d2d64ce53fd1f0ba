//! The first page of a switch.

use axum::extract::State;
use axum::response::Response;
use noren_pages::start::{DoorShop, Doors, StartPage};
use noren_pages::{Language, Page};

use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{Reader, view};

/// What a browser is shown that comes without a path.
pub(crate) async fn page(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Response, Problem> {
    let demo = match state.demo() {
        true => Some(doors(&state, reader.language).await?),
        false => None,
    };
    let page = Page::new(reader.language, reader.here.clone(), !state.livemode());
    Ok(view(&reader, &StartPage { page, demo }))
}

/// One tap behind each door: a till that is open already, and a phone with a wallet in hand.
async fn doors(state: &AppState, language: Language) -> Result<Doors, Problem> {
    let directory = state.directory().with(|directory| directory.stores().next().is_some()).await?;
    let till = directory.stores().next().map(|store| DoorShop {
        store: store.id.to_string(),
        name: match language {
            Language::Ja => store.name_ja.to_string(),
            Language::En | Language::ZhHans | Language::Ko | Language::Th => store.name.to_string(),
        },
    });
    let first = noren_wallets::WALLETS.first().map_or("", |entry| entry.name);
    let wallet = match state.phone() {
        Some(phone) => phone.url(&format!("/wallet/{first}")),
        None => "/wallet".into(),
    };
    Ok(Doors { till, tills: "/till/pair".into(), wallet, shop: state.shop().map(str::to_owned) })
}
