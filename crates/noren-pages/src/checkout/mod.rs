//! The page of an order: the choice of a wallet, what to open in it, what became of it, the receipt;
//! and the form of a shop's link, before there is an order.

mod order;
mod receipt;
mod shop;
mod trouble;

pub use order::{Foreign, Live, Opening, OrderPage, Over, Stage, Until};
pub use receipt::ReceiptPage;
pub use shop::{AmountFault, ShopPage};
pub use trouble::{Trouble, TroublePage};

/// A name as it is registered, with the language that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// A BCP 47 tag.
    pub lang: &'static str,
}

/// A wallet that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// Its name here, as the form sends it.
    pub name: String,
    /// As people know it.
    pub title: String,
    /// Its name in another script, or names of wallets that pay through it.
    pub also: Option<Name>,
    /// The colour of its tile: one of the classes `hue-…` of the style.
    pub hue: &'static str,
}

impl Wallet {
    /// What stands on its tile: its first letter.
    pub fn letter(&self) -> String {
        self.title.chars().take(1).collect()
    }
}

/// What somebody with WeChat Pay does who reads a page in WeChat's own browser, where no order of ours
/// opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InWeChat {
    /// They are in a shop: they show their own code.
    AtTheTill,
    /// They buy on the web: another browser shows a code for WeChat to scan.
    OnTheWeb,
}

impl InWeChat {
    fn text(self) -> &'static str {
        match self {
            Self::AtTheTill => "checkout-wechat-till",
            Self::OnTheWeb => "checkout-wechat-web",
        }
    }
}

/// The sentences that the scripts of these pages say, for a `script` element.
fn words(language: crate::Language) -> String {
    let keys: &[(&str, &[&str])] = &[
        ("common-time-left", &["time"]),
        ("checkout-back-soon", &["seconds"]),
        ("checkout-amount-fault", &[]),
    ];
    // A `<` would end the element, or begin a comment in it.
    crate::words::for_scripts(language, keys).to_string().replace('<', "\\u003c")
}
