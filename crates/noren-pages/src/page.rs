//! What all pages share: the language, words, links to styles and scripts, and the links to the same
//! page in the other languages.

use noren_core::money::Money;

use crate::{Language, amounts, assets, words};

/// Nothing but our own: scripts, styles, pictures and calls all come from where the page came from.
/// The one exception that the scanner's WebAssembly needs is named for it alone. Forms may go on to
/// a wallet's own address, which a choice of the wallet answers with.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; \
    manifest-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
    form-action 'self' https: http://127.0.0.1:* http://localhost:*";

/// Given to every template as `page`.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it speaks.
    pub language: Language,
    /// Its own path and query without `lang`: `/till/today?day=2026-11-28`.
    pub here: String,
    /// True when no real money moves; the page says so in a banner.
    pub demo: bool,
}

impl Page {
    /// A page at `here`.
    pub fn new(language: Language, here: impl Into<String>, demo: bool) -> Self {
        Self { language, here: here.into(), demo }
    }

    /// Its `lang`.
    pub fn lang(&self) -> &'static str {
        self.language.tag()
    }

    /// The sentence of that key.
    pub fn t(&self, key: &str) -> String {
        words::say(self.language, key)
    }

    /// The sentence of that key with one argument.
    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        words::say_with(self.language, key, &[(name, value)])
    }

    /// The sentence of that key with two arguments.
    pub fn t2(&self, key: &str, one: (&str, &str), two: (&str, &str)) -> String {
        words::say_with(self.language, key, &[one, two])
    }

    /// Money where one currency is meant throughout.
    pub fn money(&self, money: &Money) -> String {
        amounts::plain(self.language, *money)
    }

    /// Money where two currencies meet.
    pub fn coded(&self, money: &Money) -> String {
        amounts::coded(*money)
    }

    /// The address of a style, a script or a picture.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// The languages, each with the address of this page in it, and whether it is the present one.
    pub fn languages(&self) -> Vec<(Language, String, bool)> {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        let link = |language: Language| {
            let url = format!("{}{joint}lang={}", self.here, language.tag());
            (language, url, language == self.language)
        };
        Language::ALL.into_iter().map(link).collect()
    }
}
