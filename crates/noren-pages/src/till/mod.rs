//! The till: what stands around each of its screens, and the screens of a sale.

mod problems;
mod sale;

pub use sale::{
    DemoPage, OfflinePage, SalePage, Shop, Wallet, WatchPage, manifest, service_worker,
};

/// The screens that every till has a way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Amount, codes, result.
    Sell,
    /// Payments on the printed code, as they come.
    Watch,
    /// The day's payments.
    Today,
    /// The end of the day.
    Close,
    /// The printed code.
    Poster,
    /// None of them: pairing, signing in.
    Elsewhere,
}

/// Given to every template of the till as `frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The store's name, in Japanese.
    pub shop: String,
    /// What the till is called there.
    pub till: String,
    /// Who is signed in. Without anybody there is no way to the screens.
    pub staff: Option<String>,
    /// Which screen this is.
    pub at: Tab,
}

impl Frame {
    /// The screen follows the events, and learns by them how it is connected. It may come from the
    /// browser's store: that it is there says nothing.
    pub fn listens(&self) -> bool {
        matches!(self.at, Tab::Sell | Tab::Watch)
    }

    /// The ways to the screens: address, key of the words, whether it is this one.
    pub fn tabs(&self) -> [(&'static str, &'static str, bool); 5] {
        let tab = |url, words, tab| (url, words, self.at == tab);
        [
            tab("/till", "till-nav-sell", Tab::Sell),
            tab("/till/watch", "till-nav-watch", Tab::Watch),
            tab("/till/today", "till-nav-today", Tab::Today),
            tab("/till/close", "till-nav-close", Tab::Close),
            tab("/till/poster", "till-nav-poster", Tab::Poster),
        ]
    }
}
