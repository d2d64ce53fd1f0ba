//! Every sentence, by its key and language, from the Fluent files in `words/`: a folder for each
//! language, a file for each group of screens. A key begins with the name of its file.
//!
//! Sentences are whole: what is put into one (an amount, a time, a name) is an argument of it, and
//! nothing is made by joining pieces.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use serde_json::Value;

use crate::Language;

pub mod states;

pub use states::{decline, refund_decline, refund_state, state};

static_loader! {
    static LOCALES = {
        locales: "./words",
        fallback_language: "ja",
        // Marks around arguments would be scanned, copied and compared with them.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

fn identifier(language: Language) -> LanguageIdentifier {
    language.tag().parse().expect("the tags of our languages are well-formed")
}

/// The sentence of that key. A key that is not there reads as itself; tests find every one.
pub fn say(language: Language, key: &str) -> String {
    LOCALES.try_lookup(&identifier(language), key).unwrap_or_else(|| key.to_owned())
}

/// The sentence of that key with its arguments.
pub fn say_with(language: Language, key: &str, arguments: &[(&str, &str)]) -> String {
    let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = arguments
        .iter()
        .map(|(name, value)| (Cow::Owned((*name).to_owned()), FluentValue::from(*value)))
        .collect();
    LOCALES
        .try_lookup_with_args(&identifier(language), key, &arguments)
        .unwrap_or_else(|| key.to_owned())
}

/// The sentence that may be read out or shown at the counter when a call is answered with a problem of
/// that code. The codes are the server's; its tests hold the sentences to its table.
pub fn problem(language: Language, code: &str) -> String {
    say(language, &format!("problem-{code}"))
}

/// The sentences that a script needs, by key, as one object. An argument stands in them as `{name}`,
/// for the script to replace.
pub fn for_scripts(language: Language, keys: &[(&str, &[&str])]) -> Value {
    let said = keys.iter().map(|(key, names)| {
        let marks: Vec<(&str, String)> =
            names.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
        let marks: Vec<(&str, &str)> = marks.iter().map(|(name, mark)| (*name, &**mark)).collect();
        ((*key).to_owned(), Value::from(say_with(language, key, &marks)))
    });
    said.collect::<BTreeMap<_, _>>().into_iter().collect()
}

#[cfg(test)]
mod tests;
