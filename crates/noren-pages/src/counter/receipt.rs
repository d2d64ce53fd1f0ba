//! Receipts, on paper of 58 and 80 mm, on the screen, and on the customer's phone.

use askama::Template;
use noren_core::money::Money;

use crate::Page;
use crate::till::Frame;

/// What a receipt says, wherever it is read.
#[derive(Clone, Debug)]
pub struct Slip {
    /// The store, in Japanese and in Latin letters.
    pub shop: (String, String),
    /// The issuer's name, where it is not the store's.
    pub issuer: Option<String>,
    /// `T` and 13 digits.
    pub invoice_number: Option<String>,
    /// True of money that went back.
    pub refund: bool,
    /// `2026-11-28 14:05`, in Japan.
    pub time: String,
    /// What was paid, or went back. Tax is in it.
    pub amount: Money,
    /// What is sold at each rate; nothing when nobody has said.
    pub lines: Vec<TaxLine>,
    /// The wallet's title.
    pub wallet: String,
    /// The shop's own number.
    pub order_number: String,
    /// The last four of the order's number.
    pub last: String,
    /// What of it has gone back since.
    pub refunded: Option<Money>,
    /// It was printed before.
    pub copy: bool,
}

/// What is sold at one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxLine {
    /// In per cent.
    pub rate: i64,
    /// True of the reduced rate, which is marked.
    pub reduced: bool,
    /// With the tax.
    pub amount: Money,
    /// The tax in it.
    pub tax: Money,
}

impl TaxLine {
    /// The sum at this rate, in words.
    pub fn sum(&self, page: &Page) -> String {
        let key = if self.reduced { "counter-receipt-sum-reduced" } else { "counter-receipt-sum" };
        page.t1(key, "rate", &self.rate.to_string())
    }

    /// The tax in it, in words.
    pub fn of_tax(&self, page: &Page) -> String {
        page.t1("counter-receipt-tax", "rate", &self.rate.to_string())
    }
}

/// A receipt at the till.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/receipt.html")]
pub struct Receipt {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// What it says.
    pub slip: Slip,
    /// The paper's width in millimetres.
    pub width: u16,
    /// The addresses of both widths.
    pub widths: Vec<(u16, String)>,
    /// Where a print is counted.
    pub printed: String,
    /// The code of the public page, SVG.
    pub symbol: String,
    /// The public page.
    pub public: String,
    /// Back to the payment.
    pub back: String,
}

/// A receipt on the customer's phone.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/public.html")]
pub struct PublicReceipt {
    /// What all pages share.
    pub page: Page,
    /// What it says.
    pub slip: Slip,
}

/// The shop's printed code.
#[derive(Clone, Debug, Template)]
#[template(path = "counter/poster.html")]
pub struct PosterPage {
    /// What all pages share.
    pub page: Page,
    /// What stands around it.
    pub frame: Frame,
    /// `a4`, `a5` or `sticker`.
    pub size: String,
    /// Sizes: name, words' key, chosen.
    pub sizes: Vec<(&'static str, &'static str, bool)>,
    /// Main languages: tag, own name, chosen.
    pub tongues: Vec<(&'static str, &'static str, bool)>,
    /// Kinds of code: name, words' key, chosen.
    pub codes: Vec<(&'static str, &'static str, bool)>,
    /// The sheet, SVG; nothing when none can be made.
    pub svg: Option<String>,
    /// The address of the sheet as a file.
    pub file: String,
    /// Not all wallets found room on it.
    pub wallets_left_out: bool,
}
