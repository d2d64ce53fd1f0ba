//! The first page of a switch.

use askama::Template;

use crate::Page;

/// The page at the root.
#[derive(Clone, Debug, Template)]
#[template(path = "start.html")]
pub struct StartPage {
    /// What all pages share.
    pub page: Page,
    /// What there is to try, in a demo.
    pub demo: Option<Doors>,
}

/// Where a demo can be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doors {
    /// A shop whose till opens with one tap, once there are shops.
    pub till: Option<DoorShop>,
    /// All shops with their tills.
    pub tills: String,
    /// The phone, with the first of its wallets in hand.
    pub wallet: String,
    /// The web shop, where there is one.
    pub shop: Option<String>,
}

/// A shop of a demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorShop {
    /// Its store, `sto_…`.
    pub store: String,
    /// Its name in the reader's letters.
    pub name: String,
}
