//! The form of a shop's link: the payer types the amount, and chooses a wallet.

use askama::Template;
use noren_core::money::Money;

use super::{InWeChat, Name, Wallet, words};
use crate::Page;

/// The form.
#[derive(Clone, Debug, Template)]
#[template(path = "checkout/shop.html")]
pub struct ShopPage {
    /// What all pages share.
    pub page: Page,
    /// Who is paid.
    pub shop: Name,
    /// The address that takes the form.
    pub action: String,
    /// Names this form: sent twice, it is one payment.
    pub form: String,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub fault: Option<AmountFault>,
    /// Most that the shop takes at one time.
    pub most: Money,
    /// The wallet that scanned the link.
    pub first: Option<Wallet>,
    /// The others, the likeliest first.
    pub wallets: Vec<Wallet>,
    /// What to do with WeChat Pay, which cannot be chosen here.
    pub in_wechat: Option<InWeChat>,
}

/// What is wrong with an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountFault {
    /// It is no whole amount above zero.
    NotAnAmount,
    /// The shop takes no more than so much at one time.
    TooMuch,
}

impl ShopPage {
    fn most_text(&self) -> String {
        self.page.money(&self.most)
    }

    fn fault_text(&self) -> Option<String> {
        self.fault.map(|fault| match fault {
            AmountFault::NotAnAmount => self.page.t("checkout-amount-fault"),
            AmountFault::TooMuch => self.page.t1("checkout-amount-over", "most", &self.most_text()),
        })
    }

    fn words(&self) -> String {
        words(self.page.language)
    }
}
