//! What is said at the counter when a call is answered with a problem: one sentence in each language,
//! written into every problem when it is rendered. Nothing of it is stored, so a problem that is given
//! again under its key is said in the words of today.

use std::collections::HashMap;
use std::sync::LazyLock;

use noren_pages::{Language, words};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Edge, table};

/// One sentence that a cashier may read out or show, in five languages: what happened, and what to do
/// now. No codes, no jargon; words may change, programs decide by `code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "ja": "この会計はお支払い済みです。もう一度支払わないでください。",
    "en": "This is already paid. Please do not pay again.",
    "zh": "这笔订单已付款，请勿重复付款。",
    "ko": "이미 결제되었습니다. 다시 결제하지 마세요.",
    "th": "รายการนี้ชำระแล้ว กรุณาอย่าชำระซ้ำ",
}))]
pub struct Say {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
    /// Chinese in simplified characters.
    pub zh: String,
    /// Korean.
    pub ko: String,
    /// Thai.
    pub th: String,
}

impl Say {
    fn looked_up(code: &str) -> Self {
        let said = |language| words::problem(language, code);
        Self {
            ja: said(Language::Ja),
            en: said(Language::En),
            zh: said(Language::ZhHans),
            ko: said(Language::Ko),
            th: said(Language::Th),
        }
    }

    /// The sentence for a problem of that code. Looked up once for all problems: an answer of "busy"
    /// has to stay cheap.
    pub fn of(code: &str) -> &'static Self {
        static SAID: LazyLock<HashMap<&str, Say>> = LazyLock::new(|| {
            table().into_iter().map(|row| (row.code, Say::looked_up(row.code))).collect()
        });
        // Every code is in the table; a test holds it and the words together.
        static OTHERWISE: LazyLock<Say> =
            LazyLock::new(|| Say::looked_up(Edge::Internal.row().code));
        SAID.get(code).unwrap_or_else(|| &OTHERWISE)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The codes that have a sentence in that language.
    fn worded(language: Language) -> BTreeSet<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../noren-pages/words");
        let path = format!("{folder}/{}/problem.ftl", language.tag());
        let text = std::fs::read_to_string(&path).unwrap();
        let key = |line: &str| Some(line.strip_prefix("problem-")?.split_once(" = ")?.0.to_owned());
        text.lines().filter_map(key).collect()
    }

    #[test]
    fn every_problem_has_its_sentence_in_every_language_and_no_sentence_is_without_a_problem() {
        let codes: BTreeSet<String> = table().iter().map(|row| row.code.to_owned()).collect();
        for language in Language::ALL {
            assert_eq!(worded(language), codes, "{language:?}");
        }
    }

    #[test]
    fn a_sentence_is_short_enough_to_be_read_out_and_names_no_code() {
        for row in table() {
            let Say { ja, en, zh, ko, th } = Say::of(row.code);
            for (text, most) in [(ja, 70), (en, 120), (zh, 50), (ko, 70), (th, 110)] {
                assert!(text.chars().count() <= most, "{}: {text}", row.code);
                let mut found = vec!["_", "`", "{", "http", "JSON", "API"];
                found.extend(row.code.contains('-').then_some(row.code));
                found.retain(|word| text.contains(word));
                assert!(found.is_empty(), "{}: {found:?} in {text}", row.code);
            }
            assert!(ja.ends_with('。') && zh.ends_with('。'), "{}: {ja} {zh}", row.code);
            assert!(en.ends_with('.') && ko.ends_with('.'), "{}: {en} {ko}", row.code);
            assert!(!th.ends_with('.'), "{}: {th}", row.code);
        }
    }

    #[test]
    fn a_code_that_nobody_knows_is_said_to_be_our_mistake() {
        assert_eq!(Say::of("never-heard-of"), Say::of("internal"));
    }
}
