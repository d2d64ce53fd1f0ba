//! The screens of a sale: one page, so that a lost connection takes nothing from the screen. Which of
//! its parts is seen is for the scripts (`assets/till/`) to say.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::{Value, json};

use super::Frame;
use super::problems::PROBLEMS;
use crate::words::{for_scripts, problem, say};
use crate::{Language, Page, assets};

/// A wallet that the shop takes, or a payer may have paid with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// As the API names it.
    pub name: String,
    /// As people know it.
    pub title: String,
    /// The shop takes it now.
    pub taken: bool,
}

/// The amount, the codes, the wait and the result.
#[derive(Clone, Debug, Template)]
#[template(path = "till/sale.html")]
pub struct SalePage {
    /// What all pages share.
    pub page: Page,
    /// What all screens of the till share.
    pub frame: Frame,
    /// `sto_…`.
    pub store: String,
    /// The store's name in Latin letters, for visitors.
    pub shop_latin: String,
    /// All wallets of the switch.
    pub wallets: Vec<Wallet>,
}

/// Payments on the printed code, as they come.
#[derive(Clone, Debug, Template)]
#[template(path = "till/watch.html")]
pub struct WatchPage {
    /// What all pages share.
    pub page: Page,
    /// What all screens of the till share.
    pub frame: Frame,
    /// `sto_…`.
    pub store: String,
    /// All wallets of the switch.
    pub wallets: Vec<Wallet>,
}

/// A shop of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// `sto_…`.
    pub store: String,
    /// In Japanese.
    pub name: String,
    /// In Latin letters.
    pub latin: String,
}

/// In the demo, a browser that is no till yet: any shop's, with one tap.
#[derive(Clone, Debug, Template)]
#[template(path = "till/demo.html")]
pub struct DemoPage {
    /// What all pages share.
    pub page: Page,
    /// Whose tills may be opened.
    pub shops: Vec<Shop>,
}

/// What the worker shows for a page that it does not keep, without a connection.
#[derive(Clone, Debug, Template)]
#[template(path = "till/offline.html")]
pub struct OfflinePage {
    /// What all pages share.
    pub page: Page,
}

/// What a customer reads, in each language: the screen is turned to them.
const TO_CUSTOMERS: [&str; 5] = [
    "till-code-title",
    "till-code-inside",
    "till-code-wallets",
    "till-code-over",
    "common-time-left",
];

/// What the scripts of a sale say.
const SALE: &[(&str, &[&str])] = &[
    ("till-amount-empty", &[]),
    ("till-code-making", &[]),
    ("till-code-chosen", &["wallet"]),
    ("till-code-picture", &["amount"]),
    ("till-scan-starting", &[]),
    ("till-scan-ready", &[]),
    ("till-scan-none", &[]),
    ("till-scan-denied", &[]),
    ("till-scan-insecure", &[]),
    ("till-scan-read", &["wallet"]),
    ("till-scan-bad", &[]),
    ("till-wait-title", &[]),
    ("till-wait-sending", &[]),
    ("till-wait-undoing", &[]),
    ("till-wait-elapsed", &["seconds"]),
    ("till-wait-doubt", &[]),
    ("till-number", &["digits"]),
    ("till-result-paid", &[]),
    ("till-result-unpaid", &[]),
    ("till-result-undone", &[]),
    ("till-result-frozen", &[]),
    ("till-ended-cancelled", &[]),
    ("till-ended-expired", &[]),
    ("till-ended-reversed", &[]),
    ("till-ended-voided", &[]),
    ("till-ended-blocked", &[]),
    ("till-ended-held", &[]),
    ("till-cancelled", &["digits"]),
    ("till-open-look", &["amount", "digits"]),
    ("till-open-asking", &[]),
    ("till-no-busy", &[]),
    ("till-no-other", &[]),
    ("till-spoken-paid", &["amount"]),
    ("till-spoken-unpaid", &[]),
    ("decline-funds", &[]),
    ("decline-code", &[]),
    ("decline-payer", &[]),
    ("decline-gave-up", &[]),
    ("decline-shop", &[]),
    ("decline-risk", &[]),
    ("decline-refund", &[]),
    ("decline-other", &[]),
    ("state-created", &[]),
    ("state-waiting-for-payer", &[]),
    ("state-authorising", &[]),
    ("state-in-doubt", &[]),
    ("state-reversing", &[]),
    ("state-authorised", &[]),
    ("state-capturing", &[]),
    ("state-voiding", &[]),
    ("state-captured", &[]),
    ("state-voided", &[]),
    ("state-declined", &[]),
    ("state-cancelled", &[]),
    ("state-expired", &[]),
    ("state-reversed", &[]),
    ("state-blocked", &[]),
];

/// What the scripts that listen for payments say.
const WATCH: &[(&str, &[&str])] = &[
    ("till-watch-live", &[]),
    ("till-watch-lost", &[]),
    ("till-watch-silent", &[]),
    ("till-watch-hidden", &[]),
    ("till-watch-row", &["amount", "wallet", "time"]),
    ("till-watch-came", &["amount", "wallet"]),
    ("till-spoken-counter", &["amount"]),
    ("till-sound-on", &[]),
    ("till-sound-off", &[]),
    ("till-sound-wake", &[]),
];

/// JSON that stands in a page: nothing in it ends the element that it stands in.
fn embedded(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

fn titles(wallets: &[Wallet]) -> Value {
    wallets.iter().map(|w| (w.name.clone(), Value::from(w.title.clone()))).collect()
}

impl SalePage {
    /// What the scripts are told, as JSON: who and where this till is, and what customers read.
    fn facts(&self) -> String {
        let customers: BTreeMap<&str, Value> = Language::ALL
            .into_iter()
            .map(|language| {
                let keys: Vec<(&str, &[&str])> = TO_CUSTOMERS
                    .into_iter()
                    .map(|key| (key, if key == "common-time-left" { &["time"][..] } else { &[] }))
                    .collect();
                (language.tag(), for_scripts(language, &keys))
            })
            .collect();
        let problems: BTreeMap<&str, String> =
            PROBLEMS.iter().map(|code| (*code, problem(self.page.language, code))).collect();
        embedded(&json!({
            "store": self.store, "wallets": titles(&self.wallets),
            "customers": customers, "problems": problems,
        }))
    }

    fn words(&self) -> String {
        let keys: Vec<_> = SALE.iter().chain(WATCH).copied().collect();
        embedded(&for_scripts(self.page.language, &keys))
    }

    fn languages(&self) -> [Language; 5] {
        Language::ALL
    }

    /// The scripts of the page, to be fetched at once and not one after the other.
    fn modules(&self) -> Vec<String> {
        let modules = kept().filter(|name| name.ends_with(".js") && name != "till/watch.js");
        modules.map(|name| assets::url(&name)).collect()
    }
}

impl WatchPage {
    fn facts(&self) -> String {
        embedded(&json!({ "store": self.store, "wallets": titles(&self.wallets) }))
    }

    fn words(&self) -> String {
        embedded(&for_scripts(self.page.language, WATCH))
    }
}

/// `/till/manifest.webmanifest`: what makes the till an application of the device.
pub fn manifest(language: Language) -> Value {
    let icon = |name: &str, sizes: &str, kind: &str, purpose: &str| json!({ "src": assets::url(name), "sizes": sizes, "type": kind, "purpose": purpose });
    json!({
        "id": "/till",
        "name": say(language, "till-app-name"),
        "short_name": say(language, "till-app-short"),
        "description": say(language, "till-app-about"),
        "lang": language.tag(),
        "start_url": "/till",
        "scope": "/till",
        "display": "standalone",
        "background_color": "#fdfcf9",
        "theme_color": "#1f3d7a",
        "icons": [
            icon("till/icon.svg", "any", "image/svg+xml", "any"),
            icon("till/icon-192.png", "192x192", "image/png", "any"),
            icon("till/icon-512.png", "512x512", "image/png", "any"),
            icon("till/icon-512.png", "512x512", "image/png", "maskable"),
        ],
    })
}

/// The files of a sale, without the scanner's.
fn kept() -> impl Iterator<Item = String> {
    assets::names().into_iter().filter(|name| {
        let shared = matches!(name.as_str(), "base.css" | "till.css" | "words.js" | "amounts.js");
        let script = name.starts_with("till/") && name.ends_with(".js");
        shared || script && name != "till/worker.js"
    })
}

/// `/till/sw.js`: the worker with the names of the files that it keeps. Another set of files makes it
/// another text, which is how browsers notice.
pub fn service_worker() -> String {
    let urls: Vec<String> = kept().map(|name| assets::url(&name)).collect();
    let text = include_str!("../../assets/till/worker.js");
    text.replace("__VERSION__", assets::version())
        .replace("'__FILES__'", &Value::from(urls).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_names_files_that_are_there() {
        let text = service_worker();
        assert!(!text.contains("__"), "{text}");
        assert!(text.contains(&assets::url("till/sale.js")) && !text.contains("vendor"));
    }

    #[test]
    fn nothing_in_a_page_ends_its_script() {
        assert_eq!(embedded(&json!("</script>")), "\"\\u003c/script>\"");
    }
}
