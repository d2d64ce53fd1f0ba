//! The page of an order.

use askama::Template;
use noren_core::money::Money;

use super::{InWeChat, Name, Wallet, words};
use crate::Page;

/// The page of an order, in any state of it.
#[derive(Clone, Debug, Template)]
#[template(path = "checkout/order.html")]
pub struct OrderPage {
    /// What all pages share.
    pub page: Page,
    /// Who is paid.
    pub shop: Name,
    /// What is to be paid.
    pub amount: Money,
    /// What that is in the payer's currency, as far as the switch knows.
    pub foreign: Option<Foreign>,
    /// The shop's own number for the order.
    pub order_number: String,
    /// Until when it can be paid.
    pub until: Option<Until>,
    /// What there is to see or do.
    pub stage: Stage,
    /// How the page keeps itself up to date; `None`: it changes no more.
    pub live: Option<Live>,
    /// The shop's own page, where there is one to go back to.
    pub back: Option<String>,
    /// The form of the shop's link, where the payer made the order themselves.
    pub form: Option<String>,
}

/// The same amount in another currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// At a mid rate that the switch knows; the wallet decides.
    About {
        /// How much that would be.
        amount: Money,
        /// Who published the rate.
        source: String,
        /// When, in words of Japan's time: `2026-11-28 10:02`.
        time: String,
    },
    /// As the switch has promised to the wallet.
    Promised {
        /// What the payer is debited.
        amount: Money,
        /// Who published the mid rate.
        source: String,
        /// What was added to it, in percent: `1.50`.
        markup: String,
    },
}

impl Foreign {
    /// How much, and where that comes from.
    fn said(&self, page: &Page) -> (String, String) {
        match self {
            Self::About { amount, source, time } => (
                page.t1("checkout-about", "amount", &page.coded(amount)),
                page.t2("checkout-about-why", ("source", source), ("time", time)),
            ),
            Self::Promised { amount, source, markup } => (
                page.t1("checkout-promised", "amount", &page.coded(amount)),
                page.t2("checkout-promised-why", ("source", source), ("percent", markup)),
            ),
        }
    }
}

/// An end by the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Until {
    /// Epoch milliseconds.
    pub at: i64,
    /// What the server's clock says now, in epoch milliseconds.
    pub now: i64,
    /// The end in Japan's time: `10:12`.
    pub time: String,
}

/// Where the page asks for news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The address that answers when something has changed.
    pub url: String,
    /// What the page shows now, as that address names it.
    pub mark: String,
}

/// What there is to see or do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The payer chooses a wallet.
    Choose {
        /// The wallet in whose own browser the page is read.
        first: Option<Wallet>,
        /// The others, the likeliest first.
        wallets: Vec<Wallet>,
        /// What to do with WeChat Pay, which cannot be chosen here.
        in_wechat: Option<InWeChat>,
        /// A code of this page, for a telephone to go on with; on computers.
        phone: Option<String>,
    },
    /// The chosen wallet is being asked for something to open.
    Preparing {
        /// Its title.
        wallet: String,
    },
    /// The payer pays in the wallet.
    Open(Opening),
    /// The wallet's word is being waited for.
    Working,
    /// Paid.
    Paid {
        /// By which wallet.
        wallet: String,
        /// What has gone back since.
        refunded: Option<Money>,
        /// The page of the receipt.
        receipt: String,
    },
    /// The money is held, and the shop has the next word.
    Held,
    /// Over, and not paid.
    Over(Over),
    /// The wallet's side froze the money.
    Blocked,
}

/// What to open in the wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The wallet's title.
    pub wallet: String,
    /// A link that a browser opens, if it is one.
    pub link: Option<String>,
    /// The link as a code.
    pub code: Option<String>,
    /// The page is read on the telephone that the wallet is on.
    pub phone: bool,
}

/// How an order ended that was not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The wallet said no.
    Declined,
    /// The shop withdrew it before anything had moved.
    Cancelled,
    /// Nobody paid in time.
    Expired,
    /// It was undone after the wallet had been asked.
    Undone,
    /// What was held was released.
    Released,
}

impl Over {
    fn heading(self) -> &'static str {
        match self {
            Self::Declined => "checkout-declined-heading",
            Self::Cancelled => "checkout-cancelled-heading",
            Self::Expired => "checkout-expired-heading",
            Self::Undone => "checkout-undone-heading",
            Self::Released => "checkout-released-heading",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Declined => "checkout-declined-text",
            Self::Cancelled => "checkout-cancelled-text",
            Self::Expired => "checkout-expired-text",
            Self::Undone => "checkout-undone-text",
            Self::Released => "checkout-released-text",
        }
    }
}

impl OrderPage {
    /// The amount; with its currency's code where another currency is near.
    fn sum(&self) -> String {
        match self.foreign {
            Some(_) => self.page.coded(&self.amount),
            None => self.page.money(&self.amount),
        }
    }

    fn title(&self) -> String {
        let sum = self.sum();
        self.page.t2("checkout-title", ("shop", &self.shop.text), ("amount", &sum))
    }

    fn foreign_said(&self) -> Option<(String, String)> {
        self.foreign.as_ref().map(|foreign| foreign.said(&self.page))
    }

    /// Ways back are followed by themselves from the page of an order that went well.
    fn goes_back(&self) -> bool {
        matches!(self.stage, Stage::Paid { .. } | Stage::Held)
    }

    fn words(&self) -> String {
        words(self.page.language)
    }
}
