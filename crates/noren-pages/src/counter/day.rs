//! A store's day: its payments, and what they add up to.

use askama::Template;
use noren_core::money::Money;

use super::entry::for_script;
use crate::Page;
use crate::till::Frame;

/// How a state looks beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Money is there.
    Good,
    /// There will be none.
    Bad,
    /// Not known yet.
    Wait,
}

impl Tone {
    /// The class of the sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "tone-good",
            Self::Bad => "tone-bad",
            Self::Wait => "tone-wait",
        }
    }

    /// A sign, so that no colour is needed.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Bad => "✕",
            Self::Wait => "…",
        }
    }
}

/// A state in words.
#[derive(Clone, Debug)]
pub struct Said {
    /// `Paid`.
    pub text: String,
    /// How it looks.
    pub tone: Tone,
}

/// The payments of a day, the newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/today.html")]
pub struct Today {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// `2026-11-28`.
    pub day: String,
    /// `sto_…`.
    pub store: String,
    /// True on the present day.
    pub now: bool,
    /// What was searched for.
    pub search: String,
    /// States that can be chosen: name, words, chosen.
    pub states: Vec<(&'static str, String, bool)>,
    /// What was found.
    pub rows: Vec<Row>,
    /// The address of older ones.
    pub older: Option<String>,
    /// The address of the newest, when these are older.
    pub newest: Option<String>,
}

impl Today {
    /// Sentences of its script.
    pub fn words(&self) -> String {
        for_script(self.page.language, &[("counter-today-open-refund", &["amount"])])
    }
}

/// A payment in a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its page.
    pub url: String,
    /// `14:05`.
    pub time: String,
    /// What was wanted.
    pub amount: Money,
    /// The wallet's title.
    pub wallet: Option<String>,
    /// What it is.
    pub state: Said,
    /// What has gone back.
    pub refunded: Option<Money>,
    /// The last four of its order's number.
    pub last: String,
}

impl Row {
    /// What has gone back, in words.
    pub fn back(&self, page: &Page) -> Option<String> {
        let refunded = self.refunded.as_ref()?;
        Some(page.t1("counter-today-refunded", "amount", &page.money(refunded)))
    }
}

/// The end of a day.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/close.html")]
pub struct Close {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// `2026-11-28`.
    pub day: String,
    /// When this was read, in Japan: `2026-11-28 18:02`.
    pub read_at: String,
    /// The paper's width in millimetres.
    pub width: u16,
    /// Each wallet.
    pub lines: Vec<Sum>,
    /// All of them.
    pub total: Sum,
    /// What was counted on paper, as it was typed.
    pub expected: String,
    /// The difference to it: what the books have more; below zero, less.
    pub difference: Option<Money>,
    /// What was typed is no amount.
    pub expected_faulty: bool,
    /// Payments whose end is not known.
    pub unfinished: Vec<Row>,
    /// There are more of those than are shown.
    pub more_unfinished: bool,
}

/// What one wallet brought.
#[derive(Clone, Debug)]
pub struct Sum {
    /// Its title.
    pub wallet: String,
    /// How many payments.
    pub payments: u64,
    /// What they brought.
    pub taken: Money,
    /// How many refunds are done.
    pub refunds: u64,
    /// What they gave back.
    pub refunded: Money,
    /// The difference of the two.
    pub net: Money,
    /// How many refunds are not at their end, and what they would give back.
    pub refunds_open: u64,
    /// See there.
    pub refunding: Money,
}

impl Close {
    /// True when what was counted is what the books have.
    pub fn is_even(&self) -> bool {
        self.difference.is_some_and(|difference| difference.minor() == 0)
    }

    /// The difference in words.
    pub fn said(&self) -> Option<String> {
        let difference = self.difference?;
        let size = Money::new(difference.minor().abs(), difference.currency());
        let size = self.page.money(&size);
        Some(match difference.minor() {
            0 => self.page.t("counter-close-even"),
            1.. => self.page.t1("counter-close-more", "amount", &size),
            _ => self.page.t1("counter-close-less", "amount", &size),
        })
    }

    /// Refunds that are not at their end, in words.
    pub fn open_refunds(&self) -> Option<String> {
        let count = self.total.refunds_open;
        let amount = self.page.money(&self.total.refunding);
        let words = |count: String| {
            self.page.t2("counter-close-refunds-open", ("count", &count), ("amount", &amount))
        };
        (count > 0).then(|| words(count.to_string()))
    }
}
