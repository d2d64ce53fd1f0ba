//! What a payer is told when a page cannot be shown, or a choice cannot be taken.

use askama::Template;

use crate::Page;

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such order or shop.
    NotThere,
    /// The shop takes no payments now.
    ShopClosed,
    /// That wallet cannot be used for this.
    WalletUnavailable,
    /// More than the shop or the wallet takes.
    TooMuch,
    /// The order is paid, or being paid, or over.
    OrderOver,
    /// Too many at a time.
    Busy,
    /// Something of ours.
    Fault,
}

impl Trouble {
    fn heading(self) -> &'static str {
        match self {
            Self::NotThere => "checkout-trouble-not-there-heading",
            Self::ShopClosed => "checkout-trouble-shop-closed-heading",
            Self::WalletUnavailable => "checkout-trouble-wallet-heading",
            Self::TooMuch => "checkout-trouble-too-much-heading",
            Self::OrderOver => "checkout-trouble-over-heading",
            Self::Busy => "checkout-trouble-busy-heading",
            Self::Fault => "checkout-trouble-fault-heading",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::NotThere => "checkout-trouble-not-there-text",
            Self::ShopClosed => "checkout-trouble-shop-closed-text",
            Self::WalletUnavailable => "checkout-trouble-wallet-text",
            Self::TooMuch => "checkout-trouble-too-much-text",
            Self::OrderOver => "checkout-trouble-over-text",
            Self::Busy => "checkout-trouble-busy-text",
            Self::Fault => "checkout-trouble-fault-text",
        }
    }
}

/// The page that says so.
#[derive(Clone, Debug, Template)]
#[template(path = "checkout/trouble.html")]
pub struct TroublePage {
    /// What all pages share.
    pub page: Page,
    /// Why not.
    pub trouble: Trouble,
    /// Where to go on: the order, or the form.
    pub onward: Option<String>,
}
