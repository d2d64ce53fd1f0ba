//! Parameters of a query or a form, and targets.

use percent_encoding::{percent_decode, utf8_percent_encode};

use crate::wire::{PATH_SEGMENT, Request};

/// Parameters as they were meant: decoded, in the order in which they came.
pub type Params = Vec<(String, String)>;

/// A parameter that cannot be read, or that says two things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a parameter cannot be read, or says two things")]
pub struct FormError;

/// Reads `a=b&c=d`: `+` is a space, `%` begins an escape, and all is UTF-8.
pub fn parse(text: &[u8]) -> Result<Params, FormError> {
    let decode = |part: &[u8]| {
        let spaced: Vec<u8> = part.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
        percent_decode(&spaced).decode_utf8().map(|text| text.into_owned()).map_err(|_| FormError)
    };
    let mut params = Params::new();
    for pair in text.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
        let value = pair.get(at + 1..).unwrap_or_default();
        add(&mut params, decode(&pair[..at])?, decode(value)?)?;
    }
    Ok(params)
}

/// Adds a parameter. The same one again changes nothing; with another value nobody knows which is
/// meant.
fn add(params: &mut Params, name: String, value: String) -> Result<(), FormError> {
    match get(params, &name) {
        Some(known) if known != value => return Err(FormError),
        Some(_) => {}
        None => params.push((name, value)),
    }
    Ok(())
}

/// The parameters of the query and of the form body together: SDKs put them in either, or split
/// them (section 1).
pub fn merged(request: &Request) -> Result<Params, FormError> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let mut params = parse(query.as_bytes())?;
    for (name, value) in parse(request.body.trim_ascii())? {
        add(&mut params, name, value)?;
    }
    Ok(params)
}

/// Writes `a=b&c=d`, with everything escaped that can be.
pub fn print<'a>(params: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let escape = |text| utf8_percent_encode(text, PATH_SEGMENT);
    let pairs =
        params.into_iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The value of that name.
pub fn get<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A target without scheme and host, should it have come in absolute form.
pub fn origin_form(target: &str) -> &str {
    let absolute = ["http://", "https://"].into_iter().find_map(|scheme| {
        let start = target.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &target[scheme.len()..])
    });
    match absolute {
        Some(rest) => rest.find(['/', '?']).map_or("/", |at| &rest[at..]),
        None => target,
    }
}

/// The path and query of a whole address, when it is one that can be called: `None` otherwise.
pub fn target_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let plain = url.bytes().all(|b| b.is_ascii_graphic() && !b"#\"\\<>".contains(&b));
    let named = !host.is_empty() && !host.contains('@');
    let target = origin_form(url);
    let slash = if target.starts_with('?') { "/" } else { "" };
    (plain && named).then(|| format!("{slash}{target}"))
}

/// The path of a target, in either form.
pub fn path(target: &str) -> &str {
    let path = origin_form(target).split('?').next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, body: &str) -> Request {
        let (method, target) = ("POST".to_owned(), target.to_owned());
        Request { method, target, headers: vec![], body: body.as_bytes().to_vec() }
    }

    #[test]
    fn values_are_decoded_whatever_way_they_were_written() {
        let read = parse(b"a=1%2B1&b=x+y%20z&c=%E8%8C%B6&d=&e&f=a=b").unwrap();
        let values: Vec<_> = read.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        assert_eq!(
            values,
            [("a", "1+1"), ("b", "x y z"), ("c", "茶"), ("d", ""), ("e", ""), ("f", "a=b")]
        );
        assert_eq!(parse(b"a=%FF"), Err(FormError), "not UTF-8");
        assert_eq!(parse(b"a=1&a=2"), Err(FormError), "which?");
    }

    #[test]
    fn query_and_body_are_one() {
        let all = vec![("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())];
        for (target, body) in
            [("/x?a=1&b=2", ""), ("/x?a=1", "b=2"), ("/x", "a=1&b=2"), ("/x?a=1", "a=1&b=2\r\n")]
        {
            assert_eq!(merged(&request(target, body)), Ok(all.clone()), "{target} {body}");
        }
        assert_eq!(merged(&request("/x?a=1", "a=2")), Err(FormError));
    }

    #[test]
    fn an_address_to_be_called_is_whole_and_plain() {
        for (url, target) in
            [("http://h:1/x?a=b", "/x?a=b"), ("https://h", "/"), ("http://h?a=b", "/?a=b")]
        {
            assert_eq!(target_of(url).as_deref(), Some(target), "{url}");
        }
        for bad in [
            "",
            "/x",
            "ftp://h/x",
            "http://",
            "http:///x",
            "http://u@h/",
            "http://h/ x",
            "http://h/#x",
        ] {
            assert_eq!(target_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_target_may_be_absolute() {
        assert_eq!(origin_form("https://h:1/gateway.do?a=1"), "/gateway.do?a=1");
        assert_eq!(origin_form("HTTP://h?a=1"), "?a=1");
        assert_eq!((origin_form("http://h"), origin_form("/x")), ("/", "/x"));
        assert_eq!((path("http://h?a=1"), path("https://h/x/y?z")), ("/", "/x/y"));
    }

    proptest::proptest! {
        #[test]
        fn what_was_written_is_read(params in proptest::collection::btree_map(".{1,12}", ".{0,24}", 0..6)) {
            let text = print(params.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            proptest::prop_assert_eq!(parse(text.as_bytes()), Ok(params.into_iter().collect()));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60), text in ".{0,30}") {
            let _ = (parse(&bytes), path(&text).len());
        }
    }
}
