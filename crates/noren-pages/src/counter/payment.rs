//! One payment at the till, and giving it back.

use askama::Template;
use noren_core::money::Money;

use super::day::Said;
use super::entry::for_script;
use crate::Page;
use crate::till::Frame;

/// One payment.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/payment.html")]
pub struct PaymentPage {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// `pay_…`.
    pub id: String,
    /// `sto_…`.
    pub store: String,
    /// The last four of the order's number.
    pub last: String,
    /// What was wanted.
    pub amount: Money,
    /// What it is.
    pub state: Said,
    /// Why, and what to do.
    pub why: Option<String>,
    /// The wallet's title.
    pub wallet: Option<String>,
    /// When it began and, if it has, ended: `2026-11-28 14:05`.
    pub began: String,
    /// See there.
    pub ended: Option<String>,
    /// The shop's own number.
    pub order_number: String,
    /// What the payer was debited, in their currency.
    pub payer: Option<Money>,
    /// Refunds, oldest first.
    pub refunds: Vec<RefundRow>,
    /// What can be given back.
    pub refundable: Refundable,
    /// True while a supervisor's word counts.
    pub supervised: bool,
    /// Its receipt, when it was paid.
    pub receipt: Option<String>,
    /// What is sold at 8 %, in yen, when it was paid; with what is asked below it.
    pub reduced: Option<Money>,
    /// What was typed for that is not possible.
    pub reduced_faulty: bool,
}

/// A refund of it.
#[derive(Clone, Debug)]
pub struct RefundRow {
    /// When it was asked for.
    pub time: String,
    /// How much.
    pub amount: Money,
    /// What it is.
    pub state: Said,
    /// Its receipt, when it is done.
    pub receipt: Option<String>,
    /// The wallet said no.
    pub why: Option<String>,
}

/// What the wallet's terms allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refundable {
    /// Nothing was paid, so there is nothing to say.
    Never,
    /// Not, and why.
    No(String),
    /// As much as this, with what has to be known before.
    Yes {
        /// The most.
        left: Money,
        /// One refund only, the last day, and the like.
        notes: Vec<String>,
    },
}

/// The sentences of the refund's script.
const REFUND_WORDS: [(&str, &[&str]); 13] = [
    ("counter-refund-amount-faulty", &["amount"]),
    ("counter-refund-confirm", &["amount"]),
    ("counter-refund-sending", &[]),
    ("counter-refund-doubt", &[]),
    ("counter-refund-lost", &[]),
    ("counter-refund-done", &["amount"]),
    ("counter-refund-refused", &[]),
    ("counter-refund-again", &[]),
    ("counter-refund-open-say", &["amount", "time"]),
    ("counter-refund-open-look", &[]),
    ("counter-refund-open-none", &[]),
    ("counter-refund-open-some", &["amount", "count"]),
    ("counter-refund-open-again", &["amount"]),
];

impl PaymentPage {
    /// Sentences of its script.
    pub fn words(&self) -> String {
        for_script(self.page.language, &REFUND_WORDS)
    }

    /// The most that can be given back, in words.
    pub fn most(&self, left: &Money) -> String {
        self.page.t1("counter-refund-most", "amount", &self.page.money(left))
    }
}
