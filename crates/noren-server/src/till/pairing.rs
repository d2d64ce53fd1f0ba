//! How a browser becomes a till: it shows a code, and whoever may (by the merchant API) says which
//! store it belongs to. In the manner of RFC 8628; the device code is a secret of 256 bits in a
//! cookie that scripts cannot read.
//!
//! The till's own token follows from that secret, so that an answer that was lost is given again.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::time::Span;
use noren_pages::Page;
use noren_pages::counter::{DemoShop, Pairing as View};
use noren_store::counter::Pairing;
use qrdraw::{Level, Symbol};
use serde_json::json;

use super::session::{self, hashed};
use crate::problem::{Edge, Problem};
use crate::random;
use crate::state::AppState;
use crate::web::{self, Reader, cookie};

/// For how long a code counts.
const CODE_FOR: Span = Span::seconds(600);

const COOKIE: &str = "till_pairing";

/// Letters and digits that nobody takes for another: no 0 and O, 1, I and L, 2 and Z, 5 and S, 8
/// and B, U and V.
const SIGNS: &[u8; 23] = b"34679ACDEFGHJKMNPQRTWXY";

const CODE_LENGTH: usize = 8;

/// What is kept of a code.
pub(crate) fn hash(code: &str) -> String {
    hashed(&format!("pairing code\n{code}"))
}

/// The code as we made it, of what somebody typed.
pub(crate) fn code_of(text: &str) -> Option<String> {
    let signs = text.chars().filter(|c| !matches!(c, '-' | ' '));
    let code: String = signs.map(|c| c.to_ascii_uppercase()).collect();
    let ours = code.len() == CODE_LENGTH && code.bytes().all(|b| SIGNS.contains(&b));
    ours.then_some(code)
}

fn code_new() -> String {
    let mut bits = random::bits();
    let sign = |_| {
        let sign = SIGNS[(bits % SIGNS.len() as u128) as usize];
        bits /= SIGNS.len() as u128;
        char::from(sign)
    };
    (0..CODE_LENGTH).map(sign).collect()
}

/// As people read it: `WDJB-MJHT`.
fn in_halves(code: &str) -> String {
    match code.split_at_checked(CODE_LENGTH / 2) {
        Some((first, last)) => format!("{first}-{last}"),
        None => code.to_owned(),
    }
}

/// What the browser holds: the code that it shows, and the secret.
struct Held {
    code: String,
    secret: String,
}

impl Held {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let (code, secret) = cookie(headers, COOKIE)?.split_once('.')?;
        Some(Self { code: code_of(code)?, secret: secret.to_owned() })
    }

    fn with_new_code(before: Option<Self>) -> Self {
        let fresh = || format!("{:032x}{:032x}", random::bits(), random::bits());
        Self { code: code_new(), secret: before.map_or_else(fresh, |before| before.secret) }
    }

    fn secret_hash(&self) -> String {
        hashed(&format!("pairing secret\n{}", self.secret))
    }

    /// What the browser sends as a till, once it is one.
    fn token(&self) -> String {
        hashed(&format!("till token\n{}", self.secret))
    }

    fn cookie(&self, state: &AppState) -> (HeaderName, String) {
        let secure = session::secure(state);
        let Self { code, secret } = self;
        let value = format!(
            "{COOKIE}={code}.{secret}; Path=/till; Max-Age=86400; HttpOnly; SameSite=Strict{secure}"
        );
        (header::SET_COOKIE, value)
    }
}

/// Where a pairing stands.
enum Standing {
    /// Its code is on the screen.
    Waiting(Pairing),
    /// The browser is this till.
    Paired(String),
    /// No code of the browser's counts.
    Nothing,
}

async fn standing(state: &AppState, held: Option<&Held>) -> Result<Standing, Problem> {
    let Some(held) = held else { return Ok(Standing::Nothing) };
    let (secret, now) = (held.secret_hash(), state.handle().now());
    let found = state.counter(move |counter| counter.pairing(&secret, now)).await?;
    Ok(match found {
        None => Standing::Nothing,
        Some(Pairing { device: Some(id), .. }) => Standing::Paired(id),
        Some(waiting) => Standing::Waiting(waiting),
    })
}

/// A new code for the browser; one that it showed before counts until it has expired.
async fn begin(state: &AppState, before: Option<Held>) -> Result<Held, Problem> {
    let held = Held::with_new_code(before);
    let now = state.handle().now();
    let pairing = Pairing {
        code_hash: hash(&held.code),
        secret_hash: held.secret_hash(),
        token_hash: hashed(&held.token()),
        expires_at: now.after(CODE_FOR),
        device: None,
    };
    match state.counter(move |counter| counter.pairing_add(&pairing, now)).await? {
        true => Ok(held),
        false => Err(Edge::PairingFull.into()),
    }
}

fn paired(state: &AppState, held: &Held, id: &str) -> [(HeaderName, String); 1] {
    [session::cookie_of(state, id, &held.token())]
}

/// The page with the code. A reload shows the same code for as long as it counts.
pub(crate) async fn page(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if session::device(&state, &headers).await?.is_some() {
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "/till")]).into_response());
    }
    let held = Held::of(&headers);
    let (held, expires_at, made) = match (standing(&state, held.as_ref()).await?, held) {
        (Standing::Paired(id), Some(held)) => {
            let to = [(header::LOCATION, "/till")];
            return Ok((StatusCode::SEE_OTHER, paired(&state, &held, &id), to).into_response());
        }
        (Standing::Waiting(waiting), Some(held)) if waiting.code_hash == hash(&held.code) => {
            (held, waiting.expires_at, false)
        }
        (_, held) => (begin(&state, held).await?, state.handle().now().after(CODE_FOR), true),
    };
    let code = in_halves(&held.code);
    let symbol = Symbol::new(&code, Level::M).ok().and_then(|symbol| super::picture(&symbol));
    let demo_shops = if state.demo() { demo_shops(&state).await? } else { Vec::new() };
    let view = View {
        page: Page::new(reader.language, &reader.here, !state.livemode()),
        frame: super::frame::nowhere(),
        code,
        symbol: symbol.unwrap_or_default(),
        seconds_left: expires_at.since(state.handle().now()).0 / 1_000,
        demo_shops,
    };
    let made = made.then(|| held.cookie(&state));
    web::shown(&reader, &view, made)
}

async fn demo_shops(state: &AppState) -> Result<Vec<DemoShop>, Problem> {
    let directory = state.directory().with(|_| true).await?;
    let shop = |store: &noren_core::directory::Store| DemoShop {
        id: store.id.to_string(),
        name: store.name.to_string(),
        name_ja: store.name_ja.to_string(),
    };
    Ok(directory.stores().map(shop).collect())
}

/// The button for another code.
pub(crate) async fn renew(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    session::refuse_elsewhere(&headers)?;
    let to = [(header::LOCATION, "/till/pair")];
    match begin(&state, Held::of(&headers)).await {
        Ok(held) => Ok((StatusCode::SEE_OTHER, [held.cookie(&state)], to).into_response()),
        // It has had enough of them: the one on the screen stays.
        Err(problem) if problem.row().code == Edge::PairingFull.row().code => {
            Ok((StatusCode::SEE_OTHER, to).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// What the page's script asks every few seconds. As soon as somebody has approved the code, the
/// answer brings the till's cookie, and does so again when it is asked again.
pub(crate) async fn poll(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    session::refuse_elsewhere(&headers)?;
    let held = Held::of(&headers);
    let answer = |status: &str| Json(json!({ "object": "pairing", "status": status }));
    Ok(match (standing(&state, held.as_ref()).await?, held) {
        (Standing::Paired(id), Some(held)) => {
            (paired(&state, &held, &id), answer("paired")).into_response()
        }
        (Standing::Waiting(waiting), Some(_)) => {
            let left = waiting.expires_at.since(state.handle().now()).0 / 1_000;
            let mut body = answer("waiting");
            body.0["seconds_left"] = left.into();
            body.into_response()
        }
        (Standing::Paired(_) | Standing::Waiting(_) | Standing::Nothing, _) => {
            answer("expired").into_response()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = code_new();
        assert_eq!(code.len(), CODE_LENGTH);
        let shown = in_halves(&code);
        assert_eq!(code_of(&shown), Some(code.clone()));
        assert_eq!(code_of(&shown.to_lowercase().replace('-', " ")), Some(code));
        for wrong in ["", "WDJB-MJH", "WDJB-MJHTT", "0DJB-MJHT", "ＷＤＪＣ-MJHT"] {
            assert_eq!(code_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_kept_tells_neither_code_nor_token() {
        let held = Held::with_new_code(None);
        let (code, secret) = (held.code.clone(), held.secret.clone());
        let kept = [hash(&code), held.secret_hash(), hashed(&held.token())];
        assert!(kept.iter().all(|text| !text.contains(&code) && !text.contains(&secret)));
        assert!(kept.iter().all(|text| *text != held.token()));
        let next = Held::with_new_code(Some(held));
        assert_ne!(next.code, code);
        assert_eq!(next.secret, secret, "whichever code is read, it is the same browser");
    }
}
