//! The parts of a link (RFC 3986, section 3), borrowed and not decoded. Nothing is repaired:
//! a repaired link is a link that another reader may understand otherwise.

/// Longest scheme that is looked for. The longest here has six letters.
const SCHEME_BYTES_MAX: usize = 32;

/// `scheme://authority/path?query#fragment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Uri<'a> {
    pub scheme: &'a str,
    /// What stands between `//` and the next `/`, `?` or `#`. Nothing without `//`.
    pub authority: Option<&'a str>,
    /// With its first `/`.
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub fragment: Option<&'a str>,
}

impl<'a> Uri<'a> {
    /// Nothing when the text does not begin with a scheme.
    pub fn split(text: &'a str) -> Option<Self> {
        let scheme = scheme(text)?;
        let rest = &text[scheme.len() + 1..];
        let (rest, fragment) = cut(rest, '#');
        let (rest, query) = cut(rest, '?');
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Some(Self { scheme, authority, path, query, fragment })
    }

    pub fn has_scheme(&self, name: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(name)
    }

    /// Byte index behind `scheme:` and, where there is one, `//`.
    pub const fn authority_position(&self) -> usize {
        self.scheme.len() + if self.authority.is_some() { 3 } else { 1 }
    }

    /// Byte index of the path, or of what follows the authority.
    pub fn path_position(&self) -> usize {
        self.authority_position() + self.authority.map_or(0, str::len)
    }

    /// Byte index of the query behind its `?`, if there is one.
    pub fn query_position(&self) -> usize {
        self.path_position() + self.path.len() + 1
    }
}

/// The scheme that a text begins with: a letter, then letters, digits, `+`, `-`, `.`.
pub(super) fn scheme(text: &str) -> Option<&str> {
    let mut start = text.bytes().take(SCHEME_BYTES_MAX + 1);
    let scheme = &text[..start.position(|byte| byte == b':')?];
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let letter = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    (letter && scheme.bytes().all(valid)).then_some(scheme)
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_where_they_begin() {
        let text = "https://a.example/path/x?q=1?2&r#f?g#h";
        let uri = Uri::split(text).unwrap();
        assert_eq!(uri.authority, Some("a.example"));
        assert_eq!(
            (uri.path, uri.query, uri.fragment),
            ("/path/x", Some("q=1?2&r"), Some("f?g#h"))
        );
        assert!(text[uri.authority_position()..].starts_with("a.example"));
        assert!(text[uri.path_position()..].starts_with("/path"));
        assert!(text[uri.query_position()..].starts_with("q=1"));

        let bare = Uri::split("javascript:alert(1)").unwrap();
        assert_eq!((bare.authority, bare.path), (None, "alert(1)"));
        assert_eq!(bare.path_position(), 11);
    }

    #[test]
    fn a_query_ends_the_authority() {
        let uri = Uri::split("weixin://wxpay?a=/b").unwrap();
        assert_eq!((uri.authority, uri.path, uri.query), (Some("wxpay"), "", Some("a=/b")));
    }

    #[test]
    fn schemes() {
        for (text, found) in [
            ("upi:", Some("upi")),
            ("HTTPS://x", Some("HTTPS")),
            ("a+b-c.1:", Some("a+b-c.1")),
            (":x", None),
            ("1a:x", None),
            (" https://x", None),
            ("ht\ttps://x", None),
            ("ｈttps://x", None),
            ("", None),
            ("000201", None),
        ] {
            assert_eq!(scheme(text), found, "{text}");
        }
        let longest = "a".repeat(SCHEME_BYTES_MAX);
        assert!(scheme(&format!("{longest}:")).is_some());
        assert!(scheme(&format!("{longest}a:")).is_none());
    }

    use alloc::format;
}
