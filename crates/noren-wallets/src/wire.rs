//! HTTP messages as plain data.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

/// What must be escaped in one segment of a path: all but the unreserved characters of RFC 3986.
pub(crate) const PATH_SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Upper case: `GET`, `POST`.
    pub method: String,
    /// Path and query, beginning with a slash.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Raw bytes, as signed.
    pub body: Vec<u8>,
}

/// A response as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Raw bytes, as signed.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// Refused before a byte was sent: name, connection, TLS.
    NotSent,
    /// Bytes may have left and no answer came in time.
    TimedOut,
    /// Bytes may have left and the connection broke, or the answer was too large.
    Broken,
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

impl Request {
    /// The first header of that name, compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl Response {
    /// The first header of that name, compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}
