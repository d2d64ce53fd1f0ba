//! Whose screen it is: a till's, with somebody at it, or where the browser has to go first.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_store::counter::Device;
use qrdraw::{Length, Symbol};

use super::session;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::Reader;

/// A symbol as SVG; the page's sheet says how large. Nothing when it cannot be drawn.
pub(crate) fn picture(symbol: &Symbol) -> Option<String> {
    symbol.svg(Length::mm(60)).ok()
}

/// Who asks for a screen of the till.
pub(crate) struct Opened(Result<Option<Device>, Problem>);

impl FromRequestParts<AppState> for Opened {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(session::device(state, &parts.headers).await))
    }
}

fn go(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

impl Opened {
    /// The till; else what to answer: how the browser becomes one.
    pub fn device(self) -> Result<Device, Box<Response>> {
        match self.0 {
            Ok(Some(device)) => Ok(device),
            Ok(None) => Err(Box::new(go("/till/pair"))),
            Err(problem) => Err(Box::new(problem.into_response())),
        }
    }

    /// The till, with somebody signed in; else what to answer.
    pub fn at_work(self, reader: &Reader) -> Result<Device, Box<Response>> {
        let device = self.device()?;
        match device.staff {
            Some(_) => Ok(device),
            // Its own query would have to be escaped; the path alone is enough to come back to.
            None => {
                let path = reader.here.split('?').next().unwrap_or("/till");
                Err(Box::new(go(&format!("/till/sign-in?next={path}"))))
            }
        }
    }
}
