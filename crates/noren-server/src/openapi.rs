//! The routes and their description: one list makes both.

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, Info, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{
    caps, captures, codes, credits, event_stream, events, operator, orders, payments, people,
    refunds, staff, stray_receipts, tills,
};
use crate::state::AppState;
use crate::{callbacks, checkout, health, pages, wallet_api, wallet_examples};

const DESCRIPTION: &str = "\
One code on the counter, any wallet on the phone, yen in the till.\n\n\
Amounts are whole numbers of minor units with their currency. Times are RFC 3339 in UTC. \
Ignore members and words that you do not know: more may come. \
A call that can move money needs an Idempotency-Key; the same key gives the same payment. \
Every problem is application/problem+json and has a page below /problems.";

fn head() -> OpenApi {
    let mut info = Info::new("Noren", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.into());
    let bearer = |text: &str| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text));
        SecurityScheme::Http(scheme.build())
    };
    let signature = "RFC 9421 over @method, @target-uri and content-digest, hmac-sha256, with \
        created, keyid and nonce. Answers are signed over @status, content-digest and the \
        request's signature.";
    let mut components = Components::new();
    components.add_security_scheme("merchant", bearer("A merchant's API key, nk_…"));
    components.add_security_scheme("operator", bearer("An operator's API key, nk_…"));
    components.add_security_scheme(
        "wallet",
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            "Signature",
            signature,
        ))),
    );
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// What merchants, the operator and passers-by may call.
fn open_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(head())
        .routes(routes!(payments::create, payments::list_all))
        .routes(routes!(payments::get))
        .routes(routes!(payments::cancel))
        .routes(routes!(payments::void))
        .routes(routes!(captures::create))
        .routes(routes!(orders::cancel))
        .routes(routes!(refunds::create, refunds::list_all))
        .routes(routes!(refunds::get))
        .routes(routes!(stray_receipts::list_all))
        .routes(routes!(events::list_all))
        .routes(routes!(event_stream::stream))
        .routes(routes!(codes::stores))
        .routes(routes!(codes::store_code))
        .routes(routes!(codes::receipt_get, codes::receipt_put))
        .routes(routes!(tills::pair, tills::list_all))
        .routes(routes!(tills::revoke))
        .routes(routes!(staff::list_all))
        .routes(routes!(staff::put, staff::remove))
        .routes(routes!(operator::change))
        .routes(routes!(operator::accounts))
        .routes(routes!(operator::totals))
        .routes(routes!(operator::doubt))
        .routes(routes!(caps::caps))
        .routes(routes!(caps::prefunding, caps::prefund))
        .routes(routes!(credits::list_all))
        .routes(routes!(credits::get))
        .routes(routes!(credits::assign))
        .routes(routes!(credits::send_back))
        .routes(routes!(people::claims))
        .routes(routes!(people::claim_close))
        .routes(routes!(people::clock))
        .routes(routes!(people::clock_accept))
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .routes(routes!(health::version))
        .routes(routes!(checkout::api::get))
        .routes(routes!(checkout::api::choose_wallet))
        .routes(routes!(pages::problems))
        .routes(routes!(pages::problem))
}

/// What wallets may call, each call signed.
fn wallet_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(wallet_api::resolve))
        .routes(routes!(wallet_api::quote))
        .routes(routes!(wallet_api::reserve))
        .routes(routes!(wallet_api::confirm))
        .routes(routes!(wallet_api::fail))
        .routes(routes!(wallet_api::credit))
        .routes(routes!(wallet_api::notify))
}

/// The description of the API, OpenAPI 3.1, as `/openapi.json` serves it.
///
/// Callbacks are not in it: their form is each network's own.
pub fn openapi() -> Value {
    let document = open_routes().merge(wallet_routes()).into_openapi();
    let mut document = serde_json::to_value(document).expect("the document has text keys only");
    wallet_examples::describe(&mut document);
    document
}

/// Every route, without what all calls go through.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let signed = from_fn_with_state(state.clone(), wallet_api::signed);
    let (router, _) = open_routes().merge(wallet_routes().route_layer(signed)).split_for_parts();
    let text = Bytes::from(openapi().to_string());
    let served = move || async move { ([(header::CONTENT_TYPE, "application/json")], text) };
    router
        .route("/openapi.json", get(served))
        .route("/callbacks/{wallet}/{*rest}", any(callbacks::receive))
        .route("/", get(crate::start::page))
        .merge(checkout::routes())
        .route("/wallet", get(pages::phone))
        .merge(crate::web::files())
        .merge(crate::till::routes(state))
}
