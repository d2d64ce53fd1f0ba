//! Who reads: the language of their choice, else of their browser.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use noren_pages::Language;

/// Remembers a choice of language; nothing else about anybody.
pub const LANGUAGE_COOKIE: &str = "lang";

/// A reader of a page, and where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// What they read.
    pub language: Language,
    /// They chose it just now, by a link: to be remembered.
    pub chosen: bool,
    /// Path and query of what they read, without the choice of a language.
    pub here: String,
}

impl Reader {
    /// The header that remembers a choice made just now.
    pub fn remembered(&self) -> Option<(header::HeaderName, String)> {
        let cookie = format!(
            "{LANGUAGE_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax",
            self.language.tag()
        );
        self.chosen.then_some((header::SET_COOKIE, cookie))
    }
}

/// The cookie of that name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then_some(value))
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let is_choice = |pair: &&str| pair.starts_with("lang=");
        let chosen = query.split('&').find(is_choice).and_then(|pair| Language::named(&pair[5..]));
        let rest: Vec<&str> = query.split('&').filter(|p| !p.is_empty() && !is_choice(p)).collect();
        let path = parts.uri.path();
        let here = match rest.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", rest.join("&")),
        };
        let accepted = || {
            let header = parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
            Language::accepted(header)
        };
        let remembered = cookie(&parts.headers, LANGUAGE_COOKIE).and_then(Language::named);
        let language = chosen.or(remembered).or_else(accepted).unwrap_or(Language::Ja);
        Ok(Self { language, chosen: chosen.is_some(), here })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn reader(uri: &str, headers: &[(&str, &str)]) -> Reader {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        Reader::from_request_parts(&mut parts, &()).await.unwrap()
    }

    #[tokio::test]
    async fn a_link_goes_before_what_was_chosen_and_that_before_the_browser() {
        let browser = ("accept-language", "th,en;q=0.5");
        let earlier = ("cookie", "till=x; lang=ko");
        assert_eq!(reader("/till", &[browser]).await.language, Language::Th);
        assert_eq!(reader("/till", &[browser, earlier]).await.language, Language::Ko);
        let now = reader("/till/today?day=1&lang=zh-Hans&n=2", &[browser, earlier]).await;
        assert_eq!((now.language, now.chosen), (Language::ZhHans, true));
        assert_eq!(now.here, "/till/today?day=1&n=2");
        assert!(now.remembered().is_some());
        let nobody = reader("/till?lang=xx", &[]).await;
        assert_eq!((nobody.language, nobody.chosen, &*nobody.here), (Language::Ja, false, "/till"));
        assert_eq!(nobody.remembered(), None);
    }
}
