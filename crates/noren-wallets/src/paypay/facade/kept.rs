//! What a payment or a refund is kept with, because a till is told it again.

use noren_core::Text;
use serde::{Deserialize, Serialize};

use crate::facade::memo_of;

/// A memo has two thousand bytes, also for the names of the facade and the account.
const KEPT_MAX: usize = 1_800;

/// As it was asked. Short names, because a memo is short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default, rename = "at", skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<i64>,
    #[serde(default, rename = "store", skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    #[serde(default, rename = "till", skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    #[serde(default, rename = "receipt", skip_serializing_if = "Option::is_none")]
    pub order_receipt_number: Option<String>,
    /// The description of the order, or the reason of the refund.
    #[serde(default, rename = "text", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where the payer's browser goes when it is over.
    #[serde(default, rename = "back", skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
}

impl Kept {
    /// The memo. What is too long is left out, first what is only for people: a till that sends so
    /// much is not told all of it again.
    pub fn memo(&self) -> String {
        let with = |kept: &Self| serde_json::to_string(kept).unwrap_or_default();
        let short = Self { text: None, ..self.clone() };
        let bare = Self { requested_at: self.requested_at, ..Self::default() };
        let way = Self { redirect_url: self.redirect_url.clone(), ..bare.clone() };
        let fits = [self, &short, &way].into_iter().map(with).find(|text| text.len() <= KEPT_MAX);
        fits.unwrap_or_else(|| with(&bare))
    }

    /// Of a memo; nothing when it is not one of ours.
    pub fn of(memo: Option<&Text>) -> Self {
        let text = memo_of(memo, crate::paypay::NAME).map(|(_, text)| text);
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}
