//! The phone of a payer: choosing a wallet, its home, scanning, the payment, its own code, history.

use askama::Template;
use noren_core::money::{Currency, Money};

use crate::{Page, words};

/// Where a wallet's users live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// Mainland China.
    China,
    /// Japan.
    Japan,
    /// South Korea.
    Korea,
}

impl Country {
    /// The key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::China => "wallet-country-cn",
            Self::Japan => "wallet-country-jp",
            Self::Korea => "wallet-country-kr",
        }
    }
}

/// A wallet, as people tell it from the others.
#[derive(Clone, Debug)]
pub struct Look {
    /// Its name in addresses and styles.
    pub name: String,
    /// As people know it.
    pub title: String,
    /// A letter or two of ours; nobody's logo.
    pub mark: &'static str,
    /// Where its users live.
    pub country: Country,
    /// What they hold.
    pub currency: Currency,
    /// The real one takes no payments in Japan any more.
    pub closed: bool,
}

impl Look {
    /// Where its users live and what they hold, in a sentence.
    fn place(&self, page: &Page) -> String {
        let (country, currency) = (page.t(self.country.key()), self.currency.to_string());
        page.t2("wallet-where", ("country", &country), ("currency", &currency))
    }

    /// Its home.
    pub fn home(&self) -> String {
        format!("/wallet/{}", self.name)
    }
}

/// A shop's name, in both scripts where both are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// In Latin letters, or the only one.
    pub name: String,
    /// In Japanese letters.
    pub name_ja: Option<String>,
}

/// `GET /wallet`.
#[derive(Template)]
#[template(path = "wallet/pick.html")]
pub struct Pick {
    /// What all pages share.
    pub page: Page,
    /// The wallets, the last used one first.
    pub wallets: Vec<Look>,
}

/// Somebody whose phone this can be.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user's name at the sandbox.
    pub name: &'static str,
    /// The key of what people are told.
    pub key: &'static str,
    /// Whose phone it is now.
    pub here: bool,
}

/// Something that can go wrong, to be chosen.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What the form sends.
    pub name: String,
    /// The key of what happens.
    pub key: &'static str,
}

/// A wallet's home.
#[derive(Template)]
#[template(path = "wallet/home.html")]
pub struct Home {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
    /// Whose phone.
    pub people: Vec<Person>,
    /// What changes by itself.
    pub live: Live,
    /// What can be chosen to go wrong.
    pub troubles: Vec<Trouble>,
    /// The wallet gives payment codes.
    pub codes: bool,
}

/// What of a home changes by itself.
#[derive(Template)]
#[template(path = "wallet/live.html")]
pub struct Live {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
    /// What the user has. `None`: the wallet does not answer.
    pub balance: Option<Money>,
    /// The key of what the next payment meets.
    pub next: Option<&'static str>,
    /// Orders that wait at this wallet.
    pub open: Vec<Waiting>,
    /// Codes that tills show now, in a demo. `None`: not a demo.
    pub near: Option<Vec<Near>>,
    /// Printed codes of shops, in a demo.
    pub printed: Vec<Near>,
    /// The newest payments.
    pub history: Vec<Line>,
}

/// An order that waits for somebody to pay it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its page.
    pub url: String,
    /// Who is paid.
    pub shop: Option<Shop>,
    /// How much.
    pub amount: Money,
}

/// A code on a counter.
#[derive(Clone, Debug)]
pub struct Near {
    /// What a camera would read.
    pub code: String,
    /// Who is paid.
    pub shop: Shop,
    /// How much; `None` on a printed code.
    pub amount: Option<Money>,
}

/// A payment in a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its receipt.
    pub url: String,
    /// Who is paid.
    pub shop: Option<Shop>,
    /// What the user paid, or was to pay.
    pub payer: Money,
    /// The key of what became of it.
    pub state: &'static str,
    /// What went back.
    pub refunded: Option<Money>,
    /// When: in Japan's time, and for machines.
    pub at: When,
}

/// An instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// `2026-11-28 10:05`, in Japan.
    pub shown: String,
    /// RFC 3339.
    pub exact: String,
}

/// `GET …/scan`.
#[derive(Template)]
#[template(path = "wallet/scan.html")]
pub struct ScanPage {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
}

impl ScanPage {
    fn words(&self) -> String {
        script_words(
            &self.page,
            &[
                ("wallet-camera-none", &[]),
                ("wallet-camera-denied", &[]),
                ("wallet-camera-insecure", &[]),
                ("wallet-camera-broken", &[]),
                ("wallet-camera-loading", &[]),
                ("wallet-camera-looking", &[]),
                ("wallet-camera-found", &[]),
                ("wallet-picture-empty", &[]),
            ],
        )
    }
}

/// What a text turned out to be, when it cannot be paid here.
#[derive(Template)]
#[template(path = "wallet/notice.html")]
pub struct Notice {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
    /// What it is, in a sentence.
    pub text: String,
    /// Where to go on, and what the button says.
    pub onward: Option<(String, String)>,
    /// A code to go on with by a form, and what the button says.
    pub again: Option<(String, String)>,
}

/// Where a payment stands, on its sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The switch is asked what the code is.
    Looking,
    /// The user types the amount.
    Amount {
        /// What they typed is none.
        fault: bool,
    },
    /// The user sees all of it, and approves.
    Approve {
        /// What they typed is no PIN.
        fault: bool,
    },
    /// Under way.
    Working {
        /// For longer than usual.
        long: bool,
    },
    /// Paid.
    Paid,
    /// Held for the shop.
    Held,
    /// Not paid; the key of why.
    Declined(&'static str),
    /// Taken back by the shop's side or never taken.
    Undone,
    /// Frozen by the wallet's side.
    Blocked,
    /// Debited, and not believed by the shop's side.
    Disputed,
    /// Nobody paid in time, or somebody else did.
    Over,
}

impl Step {
    /// For scripts and styles.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Amount { .. } => "amount",
            Self::Approve { .. } => "approve",
            Self::Working { .. } => "working",
            Self::Paid => "paid",
            Self::Held => "held",
            Self::Declined(_) => "declined",
            Self::Undone => "undone",
            Self::Blocked => "blocked",
            Self::Disputed => "disputed",
            Self::Over => "over",
        }
    }

    /// The key of the sentence above all others.
    pub const fn headline(self) -> &'static str {
        match self {
            Self::Looking => "wallet-looking",
            Self::Amount { .. } => "wallet-amount-title",
            Self::Approve { .. } => "wallet-approve-title",
            Self::Working { long: false } => "wallet-working",
            Self::Working { long: true } => "wallet-unknown",
            Self::Paid => "wallet-paid",
            Self::Held => "wallet-held",
            Self::Declined(_) => "wallet-declined",
            Self::Undone => "wallet-undone",
            Self::Blocked => "wallet-blocked",
            Self::Disputed => "wallet-disputed",
            Self::Over => "wallet-over",
        }
    }

    /// The key of what it means for the user.
    pub const fn meaning(self) -> Option<&'static str> {
        match self {
            Self::Looking | Self::Amount { .. } | Self::Approve { .. } | Self::Paid => None,
            Self::Working { long: false } => Some("wallet-working-note"),
            Self::Working { long: true } => Some("wallet-unknown-note"),
            Self::Held => Some("wallet-held-note"),
            Self::Declined(why) => Some(why),
            Self::Undone => Some("wallet-undone-note"),
            Self::Blocked => Some("wallet-blocked-note"),
            Self::Disputed => Some("wallet-disputed-note"),
            Self::Over => Some("wallet-over-note"),
        }
    }

    /// Something has happened, for good.
    pub const fn ended(self) -> bool {
        match self {
            Self::Looking | Self::Amount { .. } | Self::Approve { .. } | Self::Working { .. } => {
                false
            }
            Self::Paid
            | Self::Held
            | Self::Declined(_)
            | Self::Undone
            | Self::Blocked
            | Self::Disputed
            | Self::Over => true,
        }
    }

    /// How it looks: `good`, `bad` or `wait`.
    const fn tone(self) -> &'static str {
        match self {
            Self::Paid | Self::Held => "good",
            Self::Declined(_) | Self::Blocked | Self::Disputed => "bad",
            Self::Looking
            | Self::Amount { .. }
            | Self::Approve { .. }
            | Self::Working { .. }
            | Self::Undone
            | Self::Over => "wait",
        }
    }

    /// A sign beside the words.
    const fn sign(self) -> &'static str {
        match self {
            Self::Paid | Self::Held => "✓",
            Self::Declined(_) | Self::Blocked => "✕",
            Self::Disputed => "!",
            Self::Undone | Self::Over => "↩",
            Self::Looking | Self::Amount { .. } | Self::Approve { .. } | Self::Working { .. } => {
                "…"
            }
        }
    }
}

/// Money that went back.
#[derive(Clone, Debug)]
pub struct Back {
    /// What the user got.
    pub payer: Money,
    /// When.
    pub at: When,
}

/// A payment, from the first look to the receipt.
#[derive(Template)]
#[template(path = "wallet/sheet.html")]
pub struct Sheet {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
    /// Where its forms go, and where it is looked at again.
    pub action: String,
    /// Where it stands.
    pub step: Step,
    /// Who is paid.
    pub shop: Option<Shop>,
    /// How much the shop gets.
    pub amount: Option<Money>,
    /// How much the user pays.
    pub payer: Option<Money>,
    /// The rate, written out: `JPY 100 = CNY 4.91`.
    pub rate: Option<String>,
    /// The mark-up in percent: `1.50`.
    pub markup: Option<String>,
    /// The offer ends then, in milliseconds since 1970.
    pub until: Option<i64>,
    /// An offer that ended can be had anew.
    pub renews: bool,
    /// The most that can be typed.
    pub limit: Option<Money>,
    /// When it was paid.
    pub at: Option<When>,
    /// The wallet's number of it.
    pub number: Option<String>,
    /// What went back.
    pub back: Vec<Back>,
}

impl Sheet {
    /// What the large button says.
    fn button(&self) -> String {
        let money = self.main().map(|money| self.page.coded(&money)).unwrap_or_default();
        self.page.t1("wallet-pay", "amount", &money)
    }

    /// What the user thinks of as the amount.
    fn main(&self) -> Option<Money> {
        self.payer.or(self.amount)
    }

    /// What the user pays, where that changes with a new rate: an approval names what was seen.
    fn promised(&self) -> Option<i64> {
        self.payer.filter(|_| self.renews).map(|payer| payer.minor())
    }

    /// Both amounts, when they differ in currency.
    fn two(&self) -> bool {
        let currencies = self.amount.zip(self.payer);
        currencies.is_some_and(|(amount, payer)| amount.currency() != payer.currency())
    }
}

/// The page around a sheet.
#[derive(Template)]
#[template(path = "wallet/pay.html")]
pub struct Pay {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
    /// The payment.
    pub sheet: Sheet,
    /// The server's time, in milliseconds since 1970: a phone's may be another.
    pub now: i64,
}

impl Pay {
    fn words(&self) -> String {
        script_words(
            &self.page,
            &[("common-time-left", &["time"]), ("wallet-offline", &[]), ("wallet-pin-fault", &[])],
        )
    }
}

/// The user's own code.
#[derive(Template)]
#[template(path = "wallet/code.html")]
pub struct CodePage {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
    /// The code of this minute.
    pub code: Code,
}

impl CodePage {
    fn words(&self) -> String {
        script_words(&self.page, &[("wallet-code-next", &["time"]), ("wallet-offline", &[])])
    }
}

/// One code.
#[derive(Template)]
#[template(path = "wallet/code-part.html")]
pub struct Code {
    /// What all pages share.
    pub page: Page,
    /// By what the sandbox knows that it gave it.
    pub id: String,
    /// Its digits, in groups of four.
    pub groups: String,
    /// As a QR symbol, SVG.
    pub symbol: String,
    /// As a bar code, SVG.
    pub bars: String,
}

/// All payments.
#[derive(Template)]
#[template(path = "wallet/history.html")]
pub struct History {
    /// What all pages share.
    pub page: Page,
    /// Which wallet.
    pub look: Look,
    /// The newest first.
    pub lines: Vec<Line>,
}

/// Sentences for scripts, as the text of a script element: nothing in it ends one.
fn script_words(page: &Page, keys: &[(&str, &[&str])]) -> String {
    words::for_scripts(page.language, keys).to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn sheet(step: Step) -> Sheet {
        Sheet {
            page: Page::new(Language::Ja, "/wallet/noren/scans/x", true),
            look: Look {
                name: "noren".into(),
                title: "Noren".into(),
                mark: "N",
                country: Country::China,
                currency: Currency::CNY,
                closed: false,
            },
            action: "/wallet/noren/scans/x?code=1".into(),
            step,
            shop: Some(Shop { name: "<B> & SONS".into(), name_ja: Some("びい".into()) }),
            amount: Some(Money::new(1_200, Currency::JPY)),
            payer: Some(Money::new(5_895, Currency::CNY)),
            rate: Some("JPY 100 = CNY 4.91".into()),
            markup: Some("1.50".into()),
            until: None,
            renews: true,
            limit: None,
            at: None,
            number: None,
            back: Vec::new(),
        }
    }

    #[test]
    fn a_sheet_asks_for_approval_once_and_shows_both_amounts() {
        let text = sheet(Step::Approve { fault: false }).render().unwrap();
        assert!(text.contains("name=\"pin\"") && text.contains("fingerprint"), "{text}");
        assert!(text.contains("CNY\u{a0}58.95") && text.contains("JPY\u{a0}1,200"), "{text}");
        assert!(!text.contains("<B>"), "{text}");
    }

    #[test]
    fn an_ended_payment_is_said_in_words_and_asks_for_nothing() {
        for step in [
            Step::Paid,
            Step::Held,
            Step::Declined("wallet-no-funds"),
            Step::Undone,
            Step::Blocked,
            Step::Disputed,
            Step::Over,
        ] {
            let text = sheet(step).render().unwrap();
            assert!(step.ended() && text.contains("role=\"alert\""), "{text}");
            assert!(!text.contains("name=\"pin\""), "{text}");
        }
    }

    #[test]
    fn words_for_scripts_end_no_script() {
        let page = Page::new(Language::En, "/", true);
        assert!(!script_words(&page, &[("wallet-offline", &[])]).contains('<'));
    }
}
