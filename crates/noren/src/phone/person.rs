//! Whose phone it is: a cookie says so.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use noren_core::money::Currency;

const COOKIE: &str = "person";

/// A user of the sandboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// With enough for a journey.
    Guest,
    /// Another one.
    Friend,
    /// Who cannot pay for anything.
    Thin,
}

impl Person {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Guest, Self::Friend, Self::Thin];

    /// The user's name at every sandbox.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Friend => "friend",
            Self::Thin => "thin",
        }
    }

    /// The key of what people are told.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Guest => "wallet-person-guest",
            Self::Friend => "wallet-person-friend",
            Self::Thin => "wallet-person-thin",
        }
    }

    /// The one with that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|person| person.name() == name)
    }

    /// What they begin with, in minor units.
    pub fn balance(self, currency: Currency) -> i64 {
        let yen: i64 = match self {
            Self::Guest | Self::Friend => 400_000,
            Self::Thin => 20,
        };
        // About that much, in whole units that look like a balance.
        match currency {
            Currency::JPY => yen,
            Currency::KRW => yen * 10,
            _ => yen * 5,
        }
    }

    /// The header by which a browser keeps the choice.
    pub fn remembered(self) -> (header::HeaderName, String) {
        let name = self.name();
        let cookie = format!("{COOKIE}={name}; Path=/wallet; Max-Age=31536000; SameSite=Lax");
        (header::SET_COOKIE, cookie)
    }
}

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = cookie(parts, COOKIE).and_then(|name| Self::named(&name));
        Ok(known.unwrap_or(Self::Guest))
    }
}

/// The cookie of that name.
pub fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let values = parts.headers.get_all(header::COOKIE).iter();
    let mut pairs = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then(|| value.to_owned()))
}

/// The wallet that was used last.
pub struct Last(pub Option<String>);

impl Last {
    const COOKIE: &str = "wallet";

    /// The header by which a browser keeps it.
    pub fn remembered(wallet: &str) -> (header::HeaderName, String) {
        let name = Self::COOKIE;
        let cookie = format!("{name}={wallet}; Path=/wallet; Max-Age=31536000; SameSite=Lax");
        (header::SET_COOKIE, cookie)
    }
}

impl<S: Sync> FromRequestParts<S> for Last {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(cookie(parts, Self::COOKIE)))
    }
}
