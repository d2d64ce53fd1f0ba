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
    /// The till.
    pub till: String,
    /// The wallet on a phone.
    pub wallet: String,
    /// The web shop, where there is one.
    pub shop: Option<String>,
}
