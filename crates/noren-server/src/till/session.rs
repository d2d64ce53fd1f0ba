//! Which device calls, for which store, and who is signed in at it.
//!
//! A paired browser holds `till_ID.SECRET` in a cookie that scripts cannot read and other sites cannot
//! send. The secret's SHA-256 is all that is kept here.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use noren_core::id::{MerchantId, StoreId, TenantName};
use noren_core::time::Timestamp;
use noren_store::counter::Device;
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use crate::auth::MerchantCaller;
use crate::problem::{Edge, Problem};
use crate::random;
use crate::state::AppState;
use crate::web::cookie;

const COOKIE: &str = "till";

/// A paired device that calls.
#[derive(Clone, Debug)]
pub(crate) struct TillSession {
    /// As it is kept.
    pub device: Device,
}

impl TillSession {
    /// For the merchant API's handlers.
    pub fn caller(&self) -> MerchantCaller {
        MerchantCaller {
            tenant: self.device.tenant,
            merchant: self.device.merchant,
            store: Some(self.device.store),
        }
    }

    /// True while a supervisor's word counts.
    pub fn is_supervised(&self, now: Timestamp) -> bool {
        self.device.supervisor_until.is_some_and(|until| now < until)
    }
}

/// A new device with its token, to be kept and to be sent.
pub(crate) struct Paired {
    /// To be kept.
    pub device: Device,
    token: String,
}

impl Paired {
    /// A till of that store from now on; nobody is signed in yet.
    pub fn new(
        tenant: TenantName,
        merchant: MerchantId,
        store: StoreId,
        title: &str,
        now: Timestamp,
    ) -> Self {
        let id = format!("till_{:020x}", random::bits() >> 48);
        let token = format!("{:032x}{:032x}", random::bits(), random::bits());
        let device = Device {
            id,
            token_hash: hashed(&token),
            tenant,
            merchant,
            store,
            title: title.to_owned(),
            paired_at: now,
            revoked_at: None,
            staff: None,
            supervisor_until: None,
        };
        Self { device, token }
    }

    /// The header that makes the browser this till.
    pub fn cookie(&self, state: &AppState) -> (HeaderName, String) {
        cookie_of(state, &self.device.id, &self.token)
    }
}

/// Cookies are for HTTPS only where we are reached by it.
pub(super) fn secure(state: &AppState) -> &'static str {
    if state.public_url().url("").starts_with("https:") { "; Secure" } else { "" }
}

/// The header that makes a browser the till of that id. It is for the till's own paths, and stays for
/// 400 days, which is as long as browsers allow.
pub(super) fn cookie_of(state: &AppState, id: &str, token: &str) -> (HeaderName, String) {
    let secure = secure(state);
    let value = format!(
        "{COOKIE}={id}.{token}; Path=/till; Max-Age=34560000; HttpOnly; SameSite=Strict{secure}"
    );
    (header::SET_COOKIE, value)
}

/// SHA-256 in hex: what is kept of a text that opens something.
pub(super) fn hashed(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The device whose cookie came along, if it is a till still.
pub(crate) async fn device(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<Device>, Problem> {
    let Some((id, token)) = cookie(headers, COOKIE).and_then(|value| value.split_once('.')) else {
        return Ok(None);
    };
    let (id, shown) = (id.to_owned(), hashed(token));
    let found = state.counter(move |counter| counter.device(&id)).await?;
    Ok(found.filter(|device| {
        let same: bool = shown.as_bytes().ct_eq(device.token_hash.as_bytes()).into();
        same && device.revoked_at.is_none()
    }))
}

/// A browser says whether its own page calls. One that does not say is no browser.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    !matches!(site, None | Some("same-origin" | "none"))
}

/// Errors when a page of another site calls.
pub(super) fn refuse_elsewhere(headers: &HeaderMap) -> Result<(), Problem> {
    if from_elsewhere(headers) { Err(Edge::TillForeign.into()) } else { Ok(()) }
}

impl FromRequestParts<AppState> for TillSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        refuse_elsewhere(&parts.headers)?;
        let device = device(state, &parts.headers).await?;
        Ok(Self { device: device.ok_or(Edge::TillUnpaired)? })
    }
}

/// Lets a till call the merchant API's handlers: paired, and with somebody signed in.
pub(crate) async fn sells(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let session = signed_in(&state, request.headers()).await?;
    request.extensions_mut().insert(session.caller());
    Ok(next.run(request).await)
}

/// The same, by a supervisor's word.
pub(crate) async fn gives_back(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let session = signed_in(&state, request.headers()).await?;
    if !session.is_supervised(state.handle().now()) {
        return Err(Edge::SupervisorNeeded.into());
    }
    request.extensions_mut().insert(session.caller());
    Ok(next.run(request).await)
}

async fn signed_in(state: &AppState, headers: &HeaderMap) -> Result<TillSession, Problem> {
    refuse_elsewhere(headers)?;
    let device = device(state, headers).await?.ok_or(Edge::TillUnpaired)?;
    if device.staff.is_none() {
        return Err(Edge::NobodySignedIn.into());
    }
    Ok(TillSession { device })
}
