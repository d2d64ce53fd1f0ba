//! What goes with a payment, to be found again when the till is told of it.

use noren_core::payment::Payment;
use serde::{Deserialize, Serialize};

use crate::alipay::NAME;
use crate::facade::memo_of;

/// The memo of a payment. At most 2,000 bytes: 256 of the address, and 256 characters of the subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Where the till wants to be told; without it, where the account says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<String>,
    /// What is bought.
    #[serde(default)]
    pub subject: String,
    /// The till named its currency, and understands an answer that names it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub names_currency: bool,
}

impl Kept {
    /// As text.
    pub fn print(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Of a payment, when a till of this API made it.
    pub fn of(payment: &Payment) -> Option<Self> {
        let (_, text) = memo_of(payment.memo.as_ref(), NAME)?;
        serde_json::from_str(text).ok()
    }
}
