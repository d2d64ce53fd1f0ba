//! The shop's printed code, ready for the printer.

use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use noren_core::directory::Directory;
use noren_pages::counter::PosterPage;
use noren_pages::till::Tab;
use noren_pages::{Language, Page};
use noren_store::counter::Device;
use qrdraw::poster::{Format, Language as Tongue, Poster};
use qrdraw::{Level, Symbol};
use serde::Deserialize;

use super::Opened;
use crate::api::codes;
use crate::checkout::shop_url;
use crate::problem::{Edge, Problem};
use crate::state::AppState;
use crate::web::{self, Reader};

/// What is wanted, by the address.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    size: Option<String>,
    tongue: Option<String>,
    code: Option<String>,
}

/// The same, read.
#[derive(Clone, Copy)]
struct Choice {
    format: Format,
    tongue: Language,
    link: bool,
}

impl Choice {
    fn of(wanted: &Wanted, reader: Language) -> Self {
        let format = wanted.size.as_deref().and_then(|size| size.parse().ok());
        let tongue = wanted.tongue.as_deref().and_then(Language::named);
        Self {
            format: format.unwrap_or(Format::A4),
            tongue: tongue.unwrap_or(reader),
            link: wanted.code.as_deref() == Some("link"),
        }
    }
}

const fn tongue(language: Language) -> Tongue {
    match language {
        Language::Ja => Tongue::Ja,
        Language::En => Tongue::En,
        Language::ZhHans => Tongue::ZhHans,
        Language::Ko => Tongue::Ko,
        Language::Th => Tongue::Th,
    }
}

/// A sheet, and whether all wallets found room on it.
struct Sheet {
    svg: String,
    wallets_left_out: bool,
}

/// The sheet; nothing when the store's registration makes no code, or its name is too long.
async fn sheet(
    state: &AppState,
    device: &Device,
    choice: Choice,
) -> Result<Option<Sheet>, Problem> {
    let known = |directory: &Directory| directory.store(device.store).is_some();
    let directory = state.directory().with(known).await?;
    let Some((store, merchant)) = codes::place(&directory, device.store) else { return Ok(None) };
    let text = match choice.link {
        true => shop_url(state, store.id),
        false => match codes::static_text(store, merchant) {
            Ok(text) => text,
            Err(_) => return Ok(None),
        },
    };
    let Ok(symbol) = Symbol::new(&text, Level::Q) else { return Ok(None) };
    let wallets = merchant.wallets.iter().filter_map(|name| directory.wallet(*name));
    let titles: Vec<&str> = wallets.map(|wallet| &*wallet.title).collect();
    let drawn = |shown: usize| {
        let poster = Poster {
            format: choice.format,
            language: tongue(choice.tongue),
            name_ja: &store.name_ja,
            name_latin: &store.name,
            wallets: &titles[..shown],
            merchant_id: &store.jpqr,
            symbol: &symbol,
        };
        let svg = poster.svg().ok()?;
        Some(Sheet { svg, wallets_left_out: shown < titles.len() })
    };
    Ok((0..=titles.len()).rev().find_map(drawn))
}

/// The page with the choice and the sheet.
pub(crate) async fn page(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let choice = Choice::of(&wanted, reader.language);
    let sheet = sheet(&state, &device, choice).await?;
    let size = |format: Format| match format {
        Format::A4 => ("a4", "counter-poster-size-a4", choice.format == format),
        Format::A5 => ("a5", "counter-poster-size-a5", choice.format == format),
        Format::Sticker => ("sticker", "counter-poster-size-sticker", choice.format == format),
    };
    let spoken =
        |language: Language| (language.tag(), language.own_name(), choice.tongue == language);
    let code = if choice.link { "link" } else { "jpqr" };
    let view = PosterPage {
        page: Page::new(reader.language, &reader.here, !state.livemode()),
        frame: super::frame(&state, &device, Tab::Poster).await?,
        size: choice.format.to_string(),
        sizes: Format::ALL.map(size).to_vec(),
        tongues: Language::ALL.map(spoken).to_vec(),
        codes: vec![
            ("jpqr", "counter-poster-code-jpqr", !choice.link),
            ("link", "counter-poster-code-link", choice.link),
        ],
        file: format!(
            "/till/poster.svg?size={}&tongue={}&code={code}",
            choice.format,
            choice.tongue.tag()
        ),
        wallets_left_out: sheet.as_ref().is_some_and(|sheet| sheet.wallets_left_out),
        svg: sheet.map(|sheet| sheet.svg),
    };
    web::shown(&reader, &view, None)
}

/// The sheet as a file.
pub(crate) async fn file(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let choice = Choice::of(&wanted, reader.language);
    let sheet = sheet(&state, &device, choice).await?.ok_or(Edge::StoreCodeImpossible)?;
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, sheet.svg).into_response())
}
