//! The small web shop of a demo.

use askama::Template;
use noren_core::money::Money;

use crate::Page;

/// Something that is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Good {
    /// Its name in forms, and of its picture.
    pub name: &'static str,
    /// What it costs.
    pub price: Money,
    /// The key of its title.
    pub title: &'static str,
    /// The key of what is said of it.
    pub text: &'static str,
}

/// What the shop's back end has heard of an order's payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing that ends it.
    Nothing,
    /// The money is there.
    Paid,
    /// It ended unpaid.
    NotPaid,
}

/// The shop's front.
#[derive(Clone, Debug, Template)]
#[template(path = "shop/front.html")]
pub struct FrontPage {
    /// What all pages share.
    pub page: Page,
    /// What is sold.
    pub goods: Vec<Good>,
    /// Names this visit: one order for each thing.
    pub form: String,
    /// An order was not made.
    pub failed: bool,
}

/// The page of an order, to which a payer comes back.
#[derive(Clone, Debug, Template)]
#[template(path = "shop/order.html")]
pub struct OrderPage {
    /// What all pages share.
    pub page: Page,
    /// The order's number.
    pub number: String,
    /// What was ordered; `None`: there is no such order.
    pub good: Option<Good>,
    /// Where it is paid.
    pub checkout: String,
    /// What the back end has heard.
    pub heard: Heard,
    /// Where the page asks for news; `None`: there will be none.
    pub live: Option<String>,
}
