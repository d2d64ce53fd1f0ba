//! What a payer keeps of a payment.

use askama::Template;
use noren_core::money::Money;

use super::Name;
use crate::Page;

/// The receipt of a payment that was made.
#[derive(Clone, Debug, Template)]
#[template(path = "checkout/receipt.html")]
pub struct ReceiptPage {
    /// What all pages share.
    pub page: Page,
    /// Who was paid.
    pub shop: Name,
    /// How much.
    pub amount: Money,
    /// What the payer was debited, where that is in another currency.
    pub debited: Option<Money>,
    /// What has gone back since.
    pub refunded: Option<Money>,
    /// The wallet's title.
    pub wallet: String,
    /// The wallet's own number of the transaction.
    pub transaction: Option<String>,
    /// When, in Japan's time: `2026-11-28 10:02`.
    pub time: String,
    /// The same as RFC 3339.
    pub at: String,
    /// The last four digits of the payment's number.
    pub last: String,
    /// The shop's own number for the order.
    pub order_number: String,
    /// The page of the order.
    pub order_page: String,
}

impl ReceiptPage {
    fn sum(&self) -> String {
        match self.debited {
            Some(_) => self.page.coded(&self.amount),
            None => self.page.money(&self.amount),
        }
    }
}
