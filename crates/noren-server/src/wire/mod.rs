//! The shapes of the merchant and operator API: what is sent and what is answered.
//!
//! Members may be added; clients must ignore members and words that they do not know.

mod caps;
mod capture;
mod credit;
mod doubt;
mod operator;
mod order;
mod payment;
mod people;
mod records;
mod settlement;
mod tills;

pub use caps::{Cap, Prefunding, PrefundingNew};
pub use capture::{Capture, CaptureNew};
pub use credit::{Credit, CreditAssignNew, CreditReturn};
pub use doubt::{OldestDoubt, Spread, WalletDoubt};
pub use operator::{DirectoryChangeNew, DirectoryVersion, LedgerAccount, LedgerTotal};
pub use order::{Order, OrderCancelNew};
pub use payment::{
    CaptureMode, Payment, PaymentCancelNew, PaymentNew, PaymentVoidNew, Present, QuoteUsed, Ways,
};
pub use people::{Claim, ClaimCloseNew, Clock, ClockAcceptNew};
pub use records::{EventShown, Refund, RefundNew, Store, StoreCode, StrayReceipt};
pub use settlement::{Settled, Settlement};
pub use tills::{StaffNew, StaffShown, StaffWord, StoreReceipt, StoreReceiptNew, Till, TillNew};

use noren_core::money::{Currency, Money};
use noren_core::rate::Rate as CoreRate;
use noren_core::time::{BusinessDate, Timestamp};
use noren_core::wallet::{Decline as CoreDecline, DeclineReason};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// An instant, written as RFC 3339 in UTC: `2026-11-21T15:30:00.123Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub Timestamp);

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = self.0.business_date(0);
        let of_day = self.0.0.rem_euclid(86_400_000);
        let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (seconds, millis) = (of_day / 1_000 % 60, of_day % 1_000);
        write!(f, "{date}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

pub(crate) fn day(date: BusinessDate) -> String {
    date.to_string()
}

/// An amount in the smallest unit of its currency: JPY 1200 is 1,200 yen, CNY 1200 is 12 yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    /// A whole number of minor units.
    #[schema(example = 1200)]
    pub amount: i64,
    /// ISO 4217, in capitals.
    #[schema(value_type = String, example = "JPY")]
    pub currency: Currency,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.minor(), currency: money.currency() }
    }
}

/// One `base` is `numerator / denominator` of `quote`, both in major units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rate {
    /// The currency that is one unit.
    #[schema(value_type = String, example = "JPY")]
    pub base: Currency,
    /// The currency that the price is in.
    #[schema(value_type = String, example = "CNY")]
    pub quote: Currency,
    /// Above zero.
    #[schema(example = 121)]
    pub numerator: u64,
    /// Above zero.
    #[schema(example = 2500)]
    pub denominator: u64,
}

impl From<CoreRate> for Rate {
    fn from(rate: CoreRate) -> Self {
        let (numerator, denominator) = rate.ratio();
        Self { base: rate.base, quote: rate.quote, numerator, denominator }
    }
}

/// Why a wallet said no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decline {
    /// In our words: `funds`, `code`, `payer`, `gave_up`, `shop`, `risk`, `refund` or `other`.
    #[schema(value_type = String, example = "funds")]
    pub reason: DeclineReason,
    /// In the network's word.
    #[schema(example = "USER_BALANCE_NOT_ENOUGH")]
    pub wallet_code: String,
}

impl From<&CoreDecline> for Decline {
    fn from(proof: &CoreDecline) -> Self {
        Self { reason: proof.reason(), wallet_code: proof.code().to_owned() }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct List<T> {
    /// `list`.
    pub object: &'static str,
    /// Newest first; events oldest first.
    pub data: Vec<T>,
    /// If there are more in the direction that was asked for.
    pub has_more: bool,
    /// Where the next page begins: `starting_after`, or `after` for events.
    pub next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_rfc_3339() {
        assert_eq!(At(Timestamp(1_795_275_000_123)).to_string(), "2026-11-21T15:30:00.123Z");
        assert_eq!(At(Timestamp(0)).to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn an_amount_reads_as_money_and_back() {
        let money = Money::new(1_200, Currency::JPY);
        let shown = serde_json::to_value(Amount::from(money)).unwrap();
        assert_eq!(shown, serde_json::to_value(money).unwrap());
    }
}
