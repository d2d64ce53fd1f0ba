//! Complete in every language, every key in use, the same arguments everywhere, and nothing left in
//! English but names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use crate::Language;

/// Sentences that are the same in every language: names, and what is no language.
const NAMES: &[&str] = &["common-brand"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A sentence: its text with arguments as `{name}`, and their names.
#[derive(Debug, PartialEq, Eq)]
struct Sentence {
    text: String,
    arguments: BTreeSet<String>,
}

fn sentence(pattern: &Pattern<String>) -> Sentence {
    let mut text = String::new();
    let mut arguments = BTreeSet::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable { expression } => {
                let Expression::Inline(InlineExpression::VariableReference { id }) = expression
                else {
                    panic!("only plain arguments stand in sentences: {expression:?}");
                };
                text.push_str(&format!("{{{}}}", id.name));
                arguments.insert(id.name.clone());
            }
        }
    }
    Sentence { text, arguments }
}

fn sentences(language: Language) -> BTreeMap<String, Sentence> {
    let mut all = BTreeMap::new();
    for file in files(&root().join("words").join(language.tag()), &["ftl"]) {
        let group = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = std::fs::read_to_string(&file).unwrap();
        let resource =
            parser::parse(source).unwrap_or_else(|(_, errors)| panic!("{file:?}: {errors:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let key = message.id.name;
            assert!(key.starts_with(&format!("{group}-")), "{file:?}: {key} is not of this file");
            let value = message.value.unwrap_or_else(|| panic!("{file:?}: {key} says nothing"));
            assert!(all.insert(key.clone(), sentence(&value)).is_none(), "{key} stands twice");
        }
    }
    all
}

fn files(folder: &Path, kinds: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, kinds));
        } else if path.extension().is_some_and(|kind| kinds.iter().any(|k| kind == *k)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_sentence_exists_in_every_language_with_the_same_arguments() {
    let source = sentences(Language::Ja);
    assert!(!source.is_empty());
    for language in Language::ALL {
        let theirs = sentences(language);
        let missing: Vec<_> = source.keys().filter(|key| !theirs.contains_key(*key)).collect();
        let more: Vec<_> = theirs.keys().filter(|key| !source.contains_key(*key)).collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{language:?} lacks {missing:?}, has {more:?}"
        );
        for (key, sentence) in &theirs {
            assert_eq!(sentence.arguments, source[key].arguments, "{language:?}: {key}");
            assert!(!sentence.text.trim().is_empty(), "{language:?}: {key} is empty");
        }
    }
}

#[test]
fn nothing_is_left_in_english_but_names() {
    let english = sentences(Language::En);
    for language in Language::ALL.into_iter().filter(|language| *language != Language::En) {
        let theirs = sentences(language);
        let same: Vec<_> = english
            .iter()
            .filter(|(key, sentence)| {
                let letters = sentence
                    .text
                    .split(['{', '}'])
                    .step_by(2)
                    .any(|part| part.chars().any(char::is_alphabetic));
                letters && !NAMES.contains(&key.as_str()) && theirs[*key].text == sentence.text
            })
            .map(|(key, _)| key)
            .collect();
        assert!(same.is_empty(), "{language:?} says these in English: {same:?}");
    }
}

/// Every key that a template, a script or a source names, as `group-name` in quotes.
fn used() -> BTreeSet<String> {
    let groups: BTreeSet<String> = files(&root().join("words/ja"), &["ftl"])
        .iter()
        .map(|file| format!("{}-", file.file_stem().unwrap().to_str().unwrap()))
        .collect();
    let crates = root().join("..");
    let mut used = BTreeSet::new();
    for folder in [
        "noren-pages/src",
        "noren-pages/templates",
        "noren-pages/assets",
        "noren-server/src",
        "noren/src",
    ] {
        for file in files(&crates.join(folder), &["rs", "html", "js", "svg"]) {
            if file.components().any(|part| part.as_os_str() == "vendor") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            for quoted in text.split(['"', '\'', '`']) {
                let plain = quoted
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                if plain && groups.iter().any(|group| quoted.starts_with(group.as_str())) {
                    used.insert(quoted.to_owned());
                }
            }
        }
    }
    used
}

/// Keys of the group `problem` are made from the codes of problems, which stand in the server: its own
/// test holds them to its table.
#[test]
fn every_sentence_is_used() {
    let used = used();
    let idle: Vec<_> = sentences(Language::Ja)
        .into_keys()
        .filter(|key| !key.starts_with("problem-") && !used.contains(key))
        .collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

/// Templates and scripts name keys alone in quotes; a name that is no key is a typing error. Names of
/// styles share the form, so only what is asked of `t`, `t1`, `t2` and `word` is looked at.
#[test]
fn every_key_that_is_asked_for_exists() {
    let all = sentences(Language::Ja);
    let mut wrong = Vec::new();
    let crates = root().join("..");
    for folder in [
        "noren-pages/templates",
        "noren-pages/assets",
        "noren-pages/src",
        "noren-server/src",
        "noren/src",
    ] {
        for file in files(&crates.join(folder), &["rs", "html", "js"]) {
            if file.components().any(|part| part.as_os_str() == "vendor") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            for call in ["t(\"", "t1(\"", "t2(\"", "word('", "word(\""] {
                let before = |place: usize| text[..place].chars().next_back();
                for (place, _) in text.match_indices(call) {
                    if before(place).is_some_and(|c| c.is_alphanumeric() || c == '_') {
                        continue;
                    }
                    let rest = &text[place + call.len()..];
                    let key = rest.split(['"', '\'']).next().unwrap_or_default();
                    let shaped = key.contains('-')
                        && key
                            .bytes()
                            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                    if shaped && !all.contains_key(key) {
                        wrong.push(format!("{}: {key}", file.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_sentence_takes_its_arguments_without_marks() {
    let said = super::say_with(Language::En, "common-time-left", &[("time", "1:05")]);
    assert_eq!(said, "1:05 left");
    let for_script = super::for_scripts(Language::En, &[("common-time-left", &["time"])]);
    assert_eq!(for_script["common-time-left"], "{time} left");
}

/// One name for a thing on all screens, and letters as the language sets them: what is not said, and
/// what is said instead.
const INSTEAD: &[(Language, &str, &str)] = &[
    (Language::Ja, "お客さま", "お客様"),
    (Language::Ja, "お店の人", "お店の方"),
    (Language::Ja, "ブラウザー", "ブラウザ"),
    (Language::Ja, "二次元コード", "QRコード"),
    (Language::Ja, "8けた", "8桁"),
    (Language::Ja, "} を", "}を"),
    (Language::Ja, "} の", "}の"),
    (Language::Ja, "} で", "}で"),
    (Language::En, "'", "’"),
    (Language::En, "undone", "reversed"),
    (Language::ZhHans, "店家", "商家"),
    (Language::ZhHans, "结账", "日结"),
    (Language::Ko, "가게", "매장"),
    (Language::Ko, "월렛", "앱"),
    // A name or an amount may end in any sound: the sentence is put so that no particle touches it.
    (Language::Ko, "을(를)", "another sentence"),
    (Language::Ko, "이(가)", "another sentence"),
    (Language::Ko, "(으)로", "another sentence"),
    (Language::Th, "โปรด", "กรุณา"),
    (Language::Th, "จุดชำระเงิน", "เครื่องคิดเงิน"),
];

#[test]
fn a_thing_has_one_name_on_all_screens() {
    let mut found = Vec::new();
    for (language, not, but) in INSTEAD {
        for (key, sentence) in sentences(*language) {
            if sentence.text.contains(not) {
                found.push(format!("{language:?}: {key}: {but} instead of {not}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
