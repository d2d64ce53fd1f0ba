//! How a browser becomes a till, and who is at it.

use askama::Template;

use crate::till::Frame;
use crate::{Language, Page, words};

/// The code that makes this browser a till.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/pair.html")]
pub struct Pairing {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// `WDJB-MJHT`.
    pub code: String,
    /// The code as a QR symbol, SVG.
    pub symbol: String,
    /// For how long it counts.
    pub seconds_left: u64,
    /// In a demo: shops that can be opened with one tap.
    pub demo_shops: Vec<DemoShop>,
}

/// A shop of the demo.
#[derive(Clone, Debug)]
pub struct DemoShop {
    /// `sto_…`.
    pub id: String,
    /// In Latin letters.
    pub name: String,
    /// In Japanese.
    pub name_ja: String,
}

impl DemoShop {
    /// As a reader of that language finds it, and the language it is in.
    pub fn named(&self, language: Language) -> (&str, &'static str) {
        match language {
            Language::Ja => (&self.name_ja, "ja"),
            Language::En | Language::ZhHans | Language::Ko | Language::Th => (&self.name, "en"),
        }
    }
}

impl Pairing {
    /// Minutes and seconds that are left: `9:41`.
    pub fn left(&self) -> String {
        format!("{}:{:02}", self.seconds_left / 60, self.seconds_left % 60)
    }

    /// Sentences of its script.
    pub fn words(&self) -> String {
        for_script(self.page.language, &[("common-time-left", &["time"])])
    }
}

/// Who is at the till, or a supervisor's word.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/sign_in.html")]
pub struct SignIn {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// True when a supervisor is asked for.
    pub supervisor: bool,
    /// Who may.
    pub people: Vec<Person>,
    /// Where it leads.
    pub next: String,
    /// What was wrong with what was given.
    pub fault: Option<Fault>,
    /// In a demo: names and their PINs.
    pub demo: Vec<(String, String)>,
}

impl SignIn {
    /// Whose PIN is what, in a demo.
    pub fn demo_lines(&self) -> Vec<String> {
        let line = |(name, pin): &(String, String)| {
            self.page.t2("counter-demo-pin", ("name", name), ("pin", pin))
        };
        self.demo.iter().map(line).collect()
    }
}

/// Somebody who may sign in.
#[derive(Clone, Debug)]
pub struct Person {
    /// As the shop calls them.
    pub name: String,
    /// They may give money back.
    pub supervisor: bool,
    /// Chosen already.
    pub chosen: bool,
}

/// What was wrong with a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not this person's.
    Wrong,
    /// Too many were wrong; not before this time of day.
    Locked(String),
    /// It is right, and not a supervisor's.
    NoSupervisor,
}

/// One thing that is to be said, and the way back.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/notice.html")]
pub struct Notice {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// What is said.
    pub says: String,
}

/// The sentences of a script as JSON that can stand in a page.
pub(super) fn for_script(language: Language, keys: &[(&str, &[&str])]) -> String {
    words::for_scripts(language, keys).to_string().replace('<', "\\u003c")
}
