//! What is sold.

use noren_core::money::{Currency, Money};
use noren_pages::shop::Good;

/// All of it.
pub fn all() -> Vec<Good> {
    vec![
        good("furoshiki", 1_800, "shop-furoshiki", "shop-furoshiki-text"),
        good("matcha", 1_200, "shop-matcha", "shop-matcha-text"),
        good("cookies", 650, "shop-cookies", "shop-cookies-text"),
        good("fan", 2_400, "shop-fan", "shop-fan-text"),
    ]
}

/// The one of that name.
pub fn named(name: &str) -> Option<Good> {
    all().into_iter().find(|good| good.name == name)
}

fn good(name: &'static str, yen: i64, title: &'static str, text: &'static str) -> Good {
    Good { name, price: Money::new(yen, Currency::JPY), title, text }
}
