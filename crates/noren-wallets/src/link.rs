//! One connection between the switch and a network: where each is and which keys they use.

use std::fmt;
use std::sync::Arc;

use crate::signing::{Hmac, Secret, Sign, Verify};

/// Where somebody listens: scheme and authority, and a path below which everything lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    origin: String,
    path: String,
}

/// The text is not `http(s)://host[:port][/path]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a place is written as http://host:port or http://host:port/path")]
pub struct PlaceError;

impl Place {
    /// Reads `http://127.0.0.1:7401/alipayplus`. No query, no fragment, no user name.
    pub fn new(url: &str) -> Result<Self, PlaceError> {
        let authority_at = match url {
            _ if url.starts_with("http://") => 7,
            _ if url.starts_with("https://") => 8,
            _ => return Err(PlaceError),
        };
        let plain = url.bytes().all(|b| b.is_ascii_graphic() && !b"?#@\"\\<>".contains(&b));
        let path_at = url[authority_at..].find('/').map_or(url.len(), |at| authority_at + at);
        if !plain || path_at == authority_at {
            return Err(PlaceError);
        }
        let (origin, path) = url.split_at(path_at);
        Ok(Self { origin: origin.to_owned(), path: path.trim_end_matches('/').to_owned() })
    }

    /// `http://127.0.0.1:7401`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Empty, or a path without a slash at its end: `/alipayplus`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The target of a request for what lies at `below` (which begins with a slash).
    pub fn target(&self, below: &str) -> String {
        format!("{}{below}", self.path)
    }

    /// The whole address of what lies at `below`.
    pub fn url(&self, below: &str) -> String {
        format!("{}{}{below}", self.origin, self.path)
    }

    /// What of a target lies below this place, or `None` when it lies elsewhere.
    pub fn below<'a>(&self, target: &'a str) -> Option<&'a str> {
        target.strip_prefix(self.path.as_str()).filter(|below| below.starts_with('/'))
    }
}

/// One connection, seen from one end.
#[derive(Clone)]
pub struct Link {
    /// Where the network listens.
    pub network: Place,
    /// Where the switch listens.
    pub switch: Place,
    /// The name under which the network knows the switch: client id, or key id.
    pub client_id: String,
    /// This end's key.
    pub sign: Arc<dyn Sign>,
    /// Checks the other end's key.
    pub verify: Arc<dyn Verify>,
    /// The secret that both ends hold, where the network uses one by itself: as a part of what is
    /// signed, or to encrypt.
    pub secret: Option<Arc<Secret>>,
}

impl Link {
    /// A connection with one shared key; both ends are made the same way.
    pub fn shared(network: Place, switch: Place, client_id: &str, secret: Secret) -> Self {
        let key = Arc::new(Hmac::new(&secret));
        let (sign, secret) = (key.clone(), Some(Arc::new(secret)));
        Self { network, switch, client_id: client_id.to_owned(), sign, verify: key, secret }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("network", &self.network)
            .field("switch", &self.switch)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_origin_and_a_path() {
        let place = Place::new("http://127.0.0.1:7401/alipayplus/").unwrap();
        assert_eq!(place.origin(), "http://127.0.0.1:7401");
        assert_eq!(place.target("/pay"), "/alipayplus/pay");
        assert_eq!(place.url("/pay"), "http://127.0.0.1:7401/alipayplus/pay");
        assert_eq!(place.below("/alipayplus/pay"), Some("/pay"));
        assert_eq!(place.below("/alipayplus2/pay"), None);
        assert_eq!(Place::new("https://switch.example").unwrap().below("/x"), Some("/x"));
        for bad in ["", "ftp://x", "http://", "http:///x", "http://a b", "http://u@h", "http://h?q"]
        {
            assert_eq!(Place::new(bad), Err(PlaceError), "{bad}");
        }
    }
}
