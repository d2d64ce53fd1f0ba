//! The screens of a sale, and what makes them an application of the device.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::directory::{Directory, Standing};
use noren_core::id::PaymentKind;
use noren_core::payment::State as PaymentState;
use noren_core::refusal::Refusal;
use noren_pages::Page;
use noren_pages::till::{DemoPage, OfflinePage, SalePage, Shop, Tab, Wallet, WatchPage};
use noren_pages::till::{manifest, service_worker};
use noren_store::counter::Device;
use qrdraw::{Length, Level, Symbol};

use super::frame::frame;
use super::session::{self, TillSession};
use crate::api::{codes, id_in_path, scope};
use crate::edge::InPath;
use crate::problem::{Edge, Problem};
use crate::state::AppState;
use crate::web::{self, Reader};

/// The drawn side of a code with its margin. A screen makes it as large as it can; on paper a JPQR symbol
/// has 30 mm or more.
const CODE_SIDE_MM: u16 = 60;

/// Where a till begins: its amount keys, or the way to them.
pub(crate) async fn start(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let device = match at_work(&state, &headers).await? {
        Ok(device) => device,
        Err("/till/pair") if state.demo() => return demo(&state, &reader).await,
        Err(elsewhere) => return Ok(go_to(elsewhere)),
    };
    let frame = frame(&state, &device, Tab::Sell).await?;
    let directory = directory(&state, &device).await?;
    let shop_latin = directory.store(device.store).map(|store| store.name.to_string());
    let view = SalePage {
        page: page(&state, &reader),
        frame,
        store: device.store.to_string(),
        shop_latin: shop_latin.unwrap_or_default(),
        wallets: wallets(&directory, &device),
    };
    Ok(web::view(&reader, &view))
}

/// Payments on the printed code, as they come.
pub(crate) async fn watch(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let device = match at_work(&state, &headers).await? {
        Ok(device) => device,
        Err(elsewhere) => return Ok(go_to(elsewhere)),
    };
    let frame = frame(&state, &device, Tab::Watch).await?;
    let directory = directory(&state, &device).await?;
    let view = WatchPage {
        page: page(&state, &reader),
        frame,
        store: device.store.to_string(),
        wallets: wallets(&directory, &device),
    };
    Ok(web::view(&reader, &view))
}

/// A browser that is no till yet, in the demo: any shop's, with one tap.
async fn demo(state: &AppState, reader: &Reader) -> Result<Response, Problem> {
    let directory = state.directory().with(|directory| directory.stores().next().is_some()).await?;
    let open = directory.stores().filter(|store| store.standing == Standing::Active);
    let shops = open.map(|store| Shop {
        store: store.id.to_string(),
        name: store.name_ja.to_string(),
        latin: store.name.to_string(),
    });
    let view = DemoPage { page: page(state, reader), shops: shops.collect() };
    Ok(web::view(reader, &view))
}

/// What the till's worker keeps, in the reader's language, and shows for the pages that it does not keep.
pub(crate) async fn offline(State(state): State<AppState>, reader: Reader) -> Response {
    web::view(&reader, &OfflinePage { page: page(&state, &reader) })
}

/// The device with somebody at it, or where to go first.
pub(super) async fn at_work(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Result<Device, &'static str>, Problem> {
    Ok(match session::device(state, headers).await? {
        None => Err("/till/pair"),
        Some(device) if device.staff.is_none() => Err("/till/sign-in"),
        Some(device) => Ok(device),
    })
}

fn page(state: &AppState, reader: &Reader) -> Page {
    Page::new(reader.language, reader.here.clone(), !state.livemode())
}

async fn directory(
    state: &AppState,
    device: &Device,
) -> Result<std::sync::Arc<Directory>, Problem> {
    state.directory().with(|directory| directory.store(device.store).is_some()).await
}

/// All wallets: the titles of what was paid with earlier, and which of them are taken now.
fn wallets(directory: &Directory, device: &Device) -> Vec<Wallet> {
    let accepted = directory.merchant(device.merchant).map(|merchant| &merchant.wallets);
    let all = directory.wallets().map(|wallet| Wallet {
        name: wallet.name.to_string(),
        title: wallet.title.to_string(),
        taken: wallet.standing == Standing::Active
            && accepted.is_some_and(|accepted| accepted.contains(&wallet.name)),
    });
    all.collect()
}

/// Another screen of the till.
pub(super) fn go_to(path: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// The code of a payment of this till's store, as a picture; no content when it waits for its payer no
/// more: that is no mistake of whoever asks, the payer was quicker.
pub(crate) async fn code(
    State(state): State<AppState>,
    session: TillSession,
    InPath(name): InPath,
) -> Result<Response, Problem> {
    let id = id_in_path::<PaymentKind>(name.strip_suffix(".svg").unwrap_or_default())?;
    let scope = scope(session.caller());
    let found = state.read(move |reads| reads.payment(scope, id)).await?;
    let own = found.filter(|payment| payment.store == session.device.store);
    let payment = own.ok_or(Refusal::PaymentUnknown)?;
    if !matches!(payment.state, PaymentState::WaitingForPayer(_)) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let text = codes::order_code(&state, &payment).await?.ok_or(Edge::StoreCodeImpossible)?;
    let symbol = Symbol::new(&text, Level::M).ok();
    let svg = symbol.and_then(|symbol| symbol.svg(Length::mm(CODE_SIDE_MM)).ok());
    let svg = svg.ok_or(Edge::StoreCodeImpossible)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, svg).into_response())
}

/// The description that makes the till an application of the device.
pub(crate) async fn web_manifest(reader: Reader) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/manifest+json")),
        (header::VARY, HeaderValue::from_static("accept-language, cookie")),
    ];
    (headers, manifest(reader.language).to_string()).into_response()
}

/// The worker that keeps the till's page for times without a connection.
pub(crate) async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // The script lies one level below what it is for.
        (HeaderName::from_static("service-worker-allowed"), HeaderValue::from_static("/till")),
    ];
    (headers, service_worker()).into_response()
}
