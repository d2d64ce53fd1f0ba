//! Refusals: we said no and nothing moved. The complete table of what we can refuse, with the
//! code, the kind and the advice for each.

use serde::{Deserialize, Serialize};

use crate::directory::ChangeRefusal;
use crate::money::Money;
use crate::time::Timestamp;

/// Why the engine refused a command. Nothing moved; no trace is in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// Zero or less.
    AmountNotPositive,
    /// Above what the merchant may take in one payment.
    AmountOverLimit {
        /// The most.
        limit: Money,
    },
    /// Not the currency that is due here.
    CurrencyDiffers,
    /// No such shop, or its code leads nowhere.
    ShopUnknown,
    /// The shop takes no payments now.
    ShopSuspended,
    /// The shop is closed for good.
    ShopRetired,
    /// No wallet of that name.
    WalletUnknown,
    /// The wallet takes no new payments now.
    WalletSuspended,
    /// The network is closed for good.
    WalletRetired,
    /// This shop does not take this wallet.
    WalletNotAccepted,
    /// The wallet would come to owe more than its net debit cap allows.
    WalletOverCap,
    /// The wallet makes no single payment of this size.
    WalletOverLimit,
    /// The merchant would take more than it may in a day.
    MerchantDayLimit,
    /// The payer would pay more than one payer may at this merchant in a day.
    PayerDayLimit,
    /// There is no rate between the two currencies.
    CorridorClosed,
    /// There is no rate between what the shop prices in and what it is paid in.
    SettlementRateMissing,
    /// No such order behind the code.
    OrderUnknown,
    /// The order is paid.
    OrderPaid,
    /// Somebody is paying the order now.
    OrderBeingPaid,
    /// The order's code has expired.
    OrderExpired,
    /// The order's payment ended unpaid; its code is used up.
    OrderClosed,
    /// The same order number came with another amount.
    OrderAmountDiffers {
        /// What the order is for.
        expected: Money,
    },
    /// The merchant withdrew the order.
    OrderWithdrawn,
    /// An earlier payment of this order may have taken money.
    PaymentInDoubt,
    /// The payer's money for this order is frozen by the wallet's side.
    PaymentBlocked,
    /// The payer's code was used before.
    PaymentCodeUsed,
    /// No such payment, or not the caller's.
    PaymentUnknown,
    /// The payment was captured; only a refund undoes it.
    PaymentCaptured,
    /// Nothing was captured, so nothing can be refunded.
    PaymentNotCaptured,
    /// Nothing is held for this payment, so nothing can be captured or released.
    PaymentNotHeld,
    /// This wallet does not hold money for a later capture.
    HoldNotOffered,
    /// This wallet makes no orders for shops on the web.
    OrderNotOffered,
    /// A capture of this payment is running; its outcome comes first.
    CaptureRunning,
    /// More than is left of what is held.
    CaptureExceedsHeld {
        /// What is left.
        left: Money,
    },
    /// The hold's time is over.
    HoldExpired,
    /// The payment has as many captures as one may have.
    CapturesTooMany,
    /// No such quote, or not the caller's.
    QuoteUnknown,
    /// The quote's time is over.
    QuoteExpired,
    /// The quote was used by another payment.
    QuoteUsed,
    /// The quote is for another amount or another code.
    QuoteDiffers,
    /// This wallet's payments need a quote.
    QuoteNeeded,
    /// This wallet converts by itself; quotes are not for it.
    QuoteNotNeeded,
    /// What the wallet debited is not what it had permission for.
    DebitDiffers {
        /// What it had permission for.
        expected: Money,
    },
    /// More than is left of what was captured.
    RefundExceedsCaptured {
        /// What is left.
        left: Money,
    },
    /// The payment has as many refunds as one may have.
    RefundsTooMany,
    /// The wallet makes no further refund of this payment.
    RefundsUsedUp,
    /// A refund of this payment is under way, and the wallet takes one at a time.
    RefundRunning,
    /// The time in which the wallet gives money back is over.
    RefundTooLate,
    /// This network gives nothing back by message.
    RefundNotOffered,
    /// A push rail is never asked to pay.
    PushRailOnly,
    /// This wallet does not credit by itself.
    NotAPushRail,
    /// No such credit.
    CreditUnknown,
    /// The transaction was credited before, with another content.
    CreditDiffers,
    /// The credit went back, or is on its way.
    CreditReturned,
    /// The credit was assigned to a store.
    CreditAssigned,
    /// The prefunding is less than that, or what the wallet owes needs it.
    PrefundingShort,
    /// No such stray receipt.
    ClaimUnknown,
    /// The stray receipt is no claim that is open: it is going back, went back, or was closed
    /// otherwise.
    ClaimNotOpen,
    /// The key was used with another content.
    KeyReused,
    /// The caller's role does not do this.
    NotAllowed,
    /// The directory refuses the change.
    Directory {
        /// Why.
        why: ChangeRefusal,
    },
    /// An amount does not fit the books.
    AmountTooLarge,
}

/// What kind of no it is. The server maps each kind to one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The request cannot be right at any time.
    Invalid,
    /// The thing does not exist, or may not be seen.
    NotFound,
    /// The present state does not allow it.
    Conflict,
    /// The rules do not allow it.
    Unprocessable,
    /// The caller may not do this at all.
    Forbidden,
}

/// If sending the request again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// The same request will be refused for ever.
    Never,
    /// Nothing was recorded: the same key may be used again.
    SameKey,
    /// Refused by the present state; this key is burned.
    NewKey,
}

impl Retry {
    /// The word in the API member `retry`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::SameKey => "same_key",
            Self::NewKey => "new_key",
        }
    }
}

/// What a caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable for ever.
    pub code: &'static str,
    /// What kind of no.
    pub kind: ProblemKind,
    /// If it can help to ask again.
    pub retry: Retry,
    /// What happened.
    pub title: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

impl Refusal {
    /// The row of the table for this refusal.
    pub const fn problem(&self) -> Problem {
        use ProblemKind::{Conflict, Forbidden, Invalid, NotFound, Unprocessable};
        use Retry::{Never, NewKey};
        const fn row(
            code: &'static str,
            kind: ProblemKind,
            retry: Retry,
            title: &'static str,
            remedy: &'static str,
        ) -> Problem {
            Problem { code, kind, retry, title, remedy }
        }
        match self {
            Self::AmountNotPositive => row(
                "amount-not-positive",
                Invalid,
                Never,
                "The amount is zero or less.",
                "Send a whole number of minor units above zero.",
            ),
            Self::AmountOverLimit { .. } => row(
                "amount-over-limit",
                Unprocessable,
                Never,
                "The amount is above what this shop may take in one payment.",
                "Ask the payer to pay in parts, or the acquirer to raise the limit.",
            ),
            Self::CurrencyDiffers => row(
                "currency-differs",
                Unprocessable,
                Never,
                "The amount is not in the currency that is due here.",
                "Send the amount in the shop's currency; the payer's is worked out by the quote.",
            ),
            Self::ShopUnknown => row(
                "shop-unknown",
                NotFound,
                Never,
                "No shop of this switch is behind this code or id.",
                "Check the code on the counter; it may belong to another network or be pasted over.",
            ),
            Self::ShopSuspended => row(
                "shop-suspended",
                Conflict,
                NewKey,
                "The shop takes no payments now.",
                "Ask the shop's acquirer.",
            ),
            Self::ShopRetired => row(
                "shop-retired",
                Conflict,
                Never,
                "The shop is closed for good.",
                "Nothing can be paid here any more. Refunds of old payments go on.",
            ),
            Self::WalletUnknown => row(
                "wallet-unknown",
                NotFound,
                Never,
                "No connected wallet issues this code.",
                "Ask the payer for another wallet, or for the code of a wallet on the shop's list.",
            ),
            Self::WalletSuspended => row(
                "wallet-suspended",
                Conflict,
                NewKey,
                "The wallet takes no new payments now.",
                "Ask the payer for another wallet, or try again later.",
            ),
            Self::WalletRetired => row(
                "wallet-retired",
                Conflict,
                Never,
                "This wallet's network is closed for good.",
                "Ask the payer for another wallet. Refunds of old payments go on.",
            ),
            Self::WalletNotAccepted => row(
                "wallet-not-accepted",
                Unprocessable,
                Never,
                "This shop does not take this wallet.",
                "Ask the payer for a wallet on the shop's list.",
            ),
            Self::WalletOverCap => row(
                "wallet-over-cap",
                Conflict,
                NewKey,
                "The wallet has used up what it may owe.",
                "Ask the payer for another wallet, or try again when the wallet has settled.",
            ),
            Self::WalletOverLimit => row(
                "wallet-over-limit",
                Unprocessable,
                Never,
                "The amount is above what this wallet pays in one payment.",
                "Ask the payer to pay in parts, or with another wallet.",
            ),
            Self::MerchantDayLimit => row(
                "merchant-day-limit",
                Conflict,
                NewKey,
                "The shop would take more than it may in a day.",
                "Ask the acquirer to raise the limit, or try again after midnight in Tokyo.",
            ),
            Self::PayerDayLimit => row(
                "payer-day-limit",
                Conflict,
                NewKey,
                "The payer would pay more than one payer may at this shop in a day.",
                "Pay in another way, or try again after midnight in Tokyo.",
            ),
            Self::CorridorClosed => row(
                "corridor-closed",
                Unprocessable,
                NewKey,
                "There is no rate between the payer's currency and the shop's.",
                "Ask the payer for another wallet, or try again when a rate is published.",
            ),
            Self::SettlementRateMissing => row(
                "settlement-rate-missing",
                Unprocessable,
                NewKey,
                "There is no rate between the shop's currency and the one it is paid in.",
                "Try again when a rate is published.",
            ),
            Self::OrderUnknown => row(
                "order-unknown",
                NotFound,
                Never,
                "No order of this switch is behind this code.",
                "Make a new code at the till.",
            ),
            Self::OrderPaid => row(
                "order-paid",
                Conflict,
                Never,
                "The order is paid.",
                "Do not pay again. Look at the payment of this order.",
            ),
            Self::OrderBeingPaid => row(
                "order-being-paid",
                Conflict,
                NewKey,
                "Somebody is paying this order now.",
                "Wait for the result of the running payment, or cancel it first.",
            ),
            Self::OrderExpired => row(
                "order-expired",
                Conflict,
                Never,
                "The time to pay this order is over.",
                "Make a new code at the till.",
            ),
            Self::OrderClosed => row(
                "order-closed",
                Conflict,
                Never,
                "This code was used, and its payment ended unpaid.",
                "Make a new code at the till.",
            ),
            Self::OrderAmountDiffers { .. } => row(
                "order-amount-differs",
                Conflict,
                Never,
                "This order number came before with another amount.",
                "Use a new order number for a new order.",
            ),
            Self::OrderWithdrawn => row(
                "order-withdrawn",
                Conflict,
                Never,
                "The order was cancelled by its number, perhaps before this call arrived.",
                "Do not ask the payer to pay it. Use a new order number for a new order.",
            ),
            Self::PaymentInDoubt => row(
                "payment-in-doubt",
                Conflict,
                NewKey,
                "An earlier payment of this order may have taken the payer's money.",
                "Do not charge again. Wait until the running payment is confirmed or undone.",
            ),
            Self::PaymentBlocked => row(
                "payment-blocked",
                Conflict,
                Never,
                "The wallet's side has frozen the payer's money: it is neither paid nor returned.",
                "Do not charge this order again. The payer has to ask the wallet.",
            ),
            Self::PaymentCodeUsed => row(
                "payment-code-used",
                Conflict,
                Never,
                "The payer's code was used before.",
                "Ask the payer to show a new code.",
            ),
            Self::PaymentUnknown => row(
                "payment-unknown",
                NotFound,
                Never,
                "There is no such payment.",
                "Check the id; it begins with pay_ and belongs to the caller.",
            ),
            Self::PaymentCaptured => row(
                "payment-captured",
                Conflict,
                Never,
                "The payment was captured.",
                "Undo it by a refund.",
            ),
            Self::PaymentNotCaptured => row(
                "payment-not-captured",
                Conflict,
                NewKey,
                "Nothing of this payment was captured.",
                "A payment that is open is undone by cancelling it; one that ended unpaid needs nothing.",
            ),
            Self::PaymentNotHeld => row(
                "payment-not-held",
                Conflict,
                NewKey,
                "Nothing is held for this payment now.",
                "Capture and void need a payment that is authorised; wait until it is, or look at its status.",
            ),
            Self::HoldNotOffered => row(
                "hold-not-offered",
                Unprocessable,
                Never,
                "This wallet does not hold money for a later capture.",
                "Capture at once, or ask the payer for another wallet.",
            ),
            Self::OrderNotOffered => row(
                "order-not-offered",
                Unprocessable,
                Never,
                "This wallet makes no orders for shops on the web.",
                "Offer the payer another wallet.",
            ),
            Self::CaptureRunning => row(
                "capture-running",
                Conflict,
                NewKey,
                "A capture of this payment is running, and its outcome is not known yet.",
                "Wait until the running capture has ended, then ask again with a new key.",
            ),
            Self::CaptureExceedsHeld { .. } => row(
                "capture-exceeds-held",
                Conflict,
                NewKey,
                "The capture is more than what is left of the held amount.",
                "Capture at most what is left.",
            ),
            Self::HoldExpired => row(
                "hold-expired",
                Conflict,
                Never,
                "The time of the hold is over, and it is being released.",
                "Ask the payer to pay again.",
            ),
            Self::CapturesTooMany => row(
                "captures-too-many",
                Unprocessable,
                Never,
                "The payment has a hundred captures, as many as one may have.",
                "Release the rest.",
            ),
            Self::QuoteUnknown => row(
                "quote-unknown",
                NotFound,
                Never,
                "There is no such quote.",
                "Ask for a new quote and show it to the payer.",
            ),
            Self::QuoteExpired => row(
                "quote-expired",
                Conflict,
                NewKey,
                "The quote's time is over.",
                "Ask for a new quote and show it to the payer.",
            ),
            Self::QuoteUsed => row(
                "quote-used",
                Conflict,
                Never,
                "The quote was used by another payment.",
                "Ask for a new quote.",
            ),
            Self::QuoteDiffers => row(
                "quote-differs",
                Unprocessable,
                Never,
                "The quote is for another amount or another code.",
                "Send the merchant amount of the quote, and the resolution that it was made for.",
            ),
            Self::QuoteNeeded => row(
                "quote-needed",
                Invalid,
                Never,
                "Payments of this wallet need a quote, because the switch converts.",
                "Ask for a quote first and send its id.",
            ),
            Self::QuoteNotNeeded => row(
                "quote-not-needed",
                Invalid,
                Never,
                "This wallet converts by itself.",
                "Leave the quote out.",
            ),
            Self::DebitDiffers { .. } => row(
                "debit-differs",
                Conflict,
                Never,
                "The amount debited is not the amount that was permitted.",
                "Give the payer's money back and answer our cancel.",
            ),
            Self::RefundExceedsCaptured { .. } => row(
                "refund-exceeds-captured",
                Conflict,
                NewKey,
                "The refund is more than what is left of the captured amount.",
                "Refund at most what is left; refunds on their way count.",
            ),
            Self::RefundsTooMany => row(
                "refunds-too-many",
                Unprocessable,
                Never,
                "The payment has a hundred refunds, as many as one may have.",
                "Give the rest back in another way, or ask the operator.",
            ),
            Self::RefundsUsedUp => row(
                "refunds-used-up",
                Unprocessable,
                Never,
                "This wallet makes no further refund of this payment.",
                "Give the rest back in another way.",
            ),
            Self::RefundRunning => row(
                "refund-running",
                Conflict,
                NewKey,
                "A refund of this payment is under way, and this wallet takes one at a time.",
                "Wait until the running refund has ended, then ask again with a new key.",
            ),
            Self::RefundTooLate => row(
                "refund-too-late",
                Unprocessable,
                Never,
                "The time in which this wallet gives money back is over.",
                "Give the money back in another way.",
            ),
            Self::RefundNotOffered => row(
                "refund-not-offered",
                Unprocessable,
                Never,
                "This payment's network gives nothing back by message.",
                "Give the payer the money in another way.",
            ),
            Self::PushRailOnly => row(
                "push-rail-only",
                Unprocessable,
                Never,
                "The payers of this network send the money by themselves; it is never asked to pay.",
                "Show a code, and wait for the credit.",
            ),
            Self::NotAPushRail => row(
                "not-a-push-rail",
                Unprocessable,
                Never,
                "This wallet does not credit by itself.",
                "Reserve and confirm, or answer what is asked.",
            ),
            Self::CreditUnknown => row(
                "credit-unknown",
                NotFound,
                Never,
                "There is no such credit.",
                "Check the id; it begins with crd_.",
            ),
            Self::CreditDiffers => row(
                "credit-differs",
                Conflict,
                Never,
                "This transaction was credited before with another content. The first one stands.",
                "Use one transaction id for one credit, and look at both messages.",
            ),
            Self::CreditReturned => row(
                "credit-returned",
                Conflict,
                Never,
                "The credit went back, or is on its way.",
                "Nothing is left to assign.",
            ),
            Self::CreditAssigned => row(
                "credit-assigned",
                Conflict,
                Never,
                "The credit was assigned to a store.",
                "Undo it by a refund of the payment that it became.",
            ),
            Self::PrefundingShort => row(
                "prefunding-short",
                Conflict,
                NewKey,
                "The wallet has not that much prefunding, or what it owes needs it.",
                "Return less, or wait until the wallet has settled. Look at the wallet's caps.",
            ),
            Self::ClaimUnknown => row(
                "claim-unknown",
                NotFound,
                Never,
                "There is no such stray receipt.",
                "Check the id; it begins with str_ and is in the list of claims.",
            ),
            Self::ClaimNotOpen => row(
                "claim-not-open",
                Conflict,
                Never,
                "The stray receipt is going back, went back, or was closed in another way.",
                "Look at its status. Only a return that the wallet refused for good is a claim.",
            ),
            Self::KeyReused => row(
                "key-reused",
                Unprocessable,
                Never,
                "The key was used before with another content.",
                "Use a new key for a new intention, and the same body for a repeated one.",
            ),
            Self::NotAllowed => row(
                "not-allowed",
                Forbidden,
                Never,
                "The caller's key does not allow this call.",
                "Use a key of the right kind: merchant, wallet or operator.",
            ),
            Self::Directory { why } => match why {
                ChangeRefusal::Slot => row(
                    "directory-slot",
                    Unprocessable,
                    Never,
                    "A merchant's slot is 0 to 255, and a store's is its merchant's.",
                    "Make the id with the right slot.",
                ),
                ChangeRefusal::NotThere => row(
                    "directory-missing",
                    Unprocessable,
                    Never,
                    "The change names something that is not in the directory.",
                    "Add acquirers before merchants, and merchants before stores.",
                ),
                ChangeRefusal::JpqrTaken => row(
                    "directory-jpqr-taken",
                    Conflict,
                    Never,
                    "Another store has these JPQR ids.",
                    "Give each store JPQR ids of its own.",
                ),
                ChangeRefusal::PushConverts => row(
                    "directory-push-converts",
                    Unprocessable,
                    Never,
                    "A push rail converts by itself, or not at all.",
                    "Set fx_by to wallet.",
                ),
                ChangeRefusal::ForLife => row(
                    "directory-for-life",
                    Conflict,
                    Never,
                    "A merchant's tenant and currency, and a store's merchant, are for life.",
                    "Register a new merchant or store.",
                ),
                ChangeRefusal::Dates => row(
                    "directory-fee-dates",
                    Unprocessable,
                    Never,
                    "The fee schedule ends before it begins.",
                    "Send a valid_from that is before valid_until, or leave one out.",
                ),
                ChangeRefusal::Settlement => row(
                    "directory-settlement",
                    Unprocessable,
                    Never,
                    "A merchant is paid in what it prices in, or in CNY.",
                    "Choose one of the two; a margin goes with a conversion, and is below 100 %.",
                ),
                ChangeRefusal::Limit => row(
                    "directory-limit",
                    Unprocessable,
                    Never,
                    "A limit is below zero.",
                    "Send zero or more minor units, or null for no limit.",
                ),
                ChangeRefusal::Shares => row(
                    "directory-fee-shares",
                    Unprocessable,
                    Never,
                    "The shares of the fee schedule do not add up to 10,000.",
                    "Share out the whole discount, and no discount above 100 %.",
                ),
            },
            Self::AmountTooLarge => row(
                "amount-too-large",
                Invalid,
                Never,
                "The amount does not fit the books.",
                "Send at most ten million million minor units.",
            ),
        }
    }

    /// One of each, for tables, documents and tests.
    pub fn all() -> Vec<Refusal> {
        let money = Money::new(1, crate::money::Currency::JPY);
        let mut all = vec![
            Self::AmountNotPositive,
            Self::AmountOverLimit { limit: money },
            Self::CurrencyDiffers,
            Self::ShopUnknown,
            Self::ShopSuspended,
            Self::ShopRetired,
            Self::WalletUnknown,
            Self::WalletSuspended,
            Self::WalletRetired,
            Self::WalletNotAccepted,
            Self::WalletOverCap,
            Self::WalletOverLimit,
            Self::MerchantDayLimit,
            Self::PayerDayLimit,
            Self::CorridorClosed,
            Self::SettlementRateMissing,
            Self::OrderUnknown,
            Self::OrderPaid,
            Self::OrderBeingPaid,
            Self::OrderExpired,
            Self::OrderClosed,
            Self::OrderAmountDiffers { expected: money },
            Self::OrderWithdrawn,
            Self::PaymentInDoubt,
            Self::PaymentBlocked,
            Self::PaymentCodeUsed,
            Self::PaymentUnknown,
            Self::PaymentCaptured,
            Self::PaymentNotCaptured,
            Self::PaymentNotHeld,
            Self::HoldNotOffered,
            Self::OrderNotOffered,
            Self::CaptureRunning,
            Self::CaptureExceedsHeld { left: money },
            Self::HoldExpired,
            Self::CapturesTooMany,
            Self::QuoteUnknown,
            Self::QuoteExpired,
            Self::QuoteUsed,
            Self::QuoteDiffers,
            Self::QuoteNeeded,
            Self::QuoteNotNeeded,
            Self::DebitDiffers { expected: money },
            Self::RefundExceedsCaptured { left: money },
            Self::RefundsTooMany,
            Self::RefundsUsedUp,
            Self::RefundRunning,
            Self::RefundTooLate,
            Self::RefundNotOffered,
            Self::PushRailOnly,
            Self::NotAPushRail,
            Self::CreditUnknown,
            Self::CreditDiffers,
            Self::CreditReturned,
            Self::CreditAssigned,
            Self::PrefundingShort,
            Self::ClaimUnknown,
            Self::ClaimNotOpen,
            Self::KeyReused,
            Self::NotAllowed,
            Self::AmountTooLarge,
        ];
        let directory = [
            ChangeRefusal::Slot,
            ChangeRefusal::NotThere,
            ChangeRefusal::JpqrTaken,
            ChangeRefusal::Shares,
            ChangeRefusal::ForLife,
            ChangeRefusal::Dates,
            ChangeRefusal::Settlement,
            ChangeRefusal::Limit,
            ChangeRefusal::PushConverts,
        ];
        all.extend(directory.into_iter().map(|why| Self::Directory { why }));
        all
    }

    /// True when the refusal is recorded under the caller's key, so that no late retry succeeds
    /// unseen. A request that cannot be right, or that names what is not there, leaves no record.
    pub const fn burns_key(&self) -> bool {
        match self.problem().kind {
            ProblemKind::Invalid | ProblemKind::NotFound | ProblemKind::Forbidden => false,
            ProblemKind::Conflict | ProblemKind::Unprocessable => !matches!(self, Self::KeyReused),
        }
    }

    /// When it can make sense to ask again, for the header `Retry-After`.
    pub const fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::PaymentInDoubt
            | Self::OrderBeingPaid
            | Self::CaptureRunning
            | Self::RefundRunning => Some(5),
            _ => None,
        }
    }
}

/// When a clock says that something is over.
pub(crate) fn over(at: Timestamp, now: Timestamp) -> bool {
    now >= at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_code_of_its_own_and_says_what_to_do() {
        let all = Refusal::all();
        let mut codes: Vec<_> = all.iter().map(|r| r.problem().code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all.len());
        for refusal in all {
            let problem = refusal.problem();
            assert!(problem.title.ends_with('.') && problem.remedy.ends_with('.'), "{refusal:?}");
        }
    }

    #[test]
    fn a_burned_key_is_never_offered_again() {
        for refusal in Refusal::all().into_iter().filter(Refusal::burns_key) {
            assert_ne!(refusal.problem().retry, Retry::SameKey, "{refusal:?}");
        }
    }
}
