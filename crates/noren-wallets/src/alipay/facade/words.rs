//! What this API calls it when the switch says no, and when a payer's wallet does: complete, so that
//! a new refusal does not compile until it has its word. Which word fits is **ours** for all that
//! this network cannot meet.

use noren_core::refusal::Refusal;
use noren_core::wallet::DeclineReason;

use crate::alipay::codes::SubCode;
use crate::facade::Refused;

/// Why the switch did not do it. `differs`: what a number is called that came with another content.
pub(in crate::alipay) const fn word(refused: &Refused, differs: SubCode) -> SubCode {
    match refused {
        Refused::By(refusal) => of_refusal(refusal, differs),
        Refused::CodeUnroutable => SubCode::AuthCodeInvalid,
        // Nothing was decided: the same again.
        Refused::Busy => SubCode::SystemError,
        // Something may have been: to be asked for.
        Refused::Internal => SubCode::IspUnknown,
    }
}

const fn of_refusal(refusal: &Refusal, differs: SubCode) -> SubCode {
    match refusal {
        Refusal::AmountNotPositive | Refusal::DebitDiffers { .. } => SubCode::InvalidParameter,
        Refusal::AmountOverLimit { .. }
        | Refusal::WalletOverLimit
        | Refusal::AmountTooLarge => SubCode::TotalFeeExceed,
        Refusal::CurrencyDiffers | Refusal::CorridorClosed | Refusal::SettlementRateMissing => {
            SubCode::CurrencyNotSupport
        }
        Refusal::ShopUnknown | Refusal::NotAllowed => SubCode::AccessForbidden,
        Refusal::ShopSuspended | Refusal::ShopRetired => SubCode::MerchantStatus,
        Refusal::WalletUnknown
        | Refusal::WalletSuspended
        | Refusal::WalletRetired
        | Refusal::WalletNotAccepted
        | Refusal::WalletOverCap => SubCode::NoInstruments,
        Refusal::MerchantDayLimit => SubCode::ReceiptRestriction,
        Refusal::PayerDayLimit => SubCode::BuyerDayLimit,
        Refusal::OrderUnknown | Refusal::PaymentUnknown => SubCode::TradeNotExist,
        Refusal::OrderPaid | Refusal::PaymentCaptured => SubCode::TradeHasSuccess,
        Refusal::OrderBeingPaid
        | Refusal::PaymentInDoubt
        | Refusal::PaymentNotCaptured
        // One at a time; this number is used up, and nothing moved by it.
        | Refusal::RefundRunning
        | Refusal::CaptureRunning => SubCode::TradeStatusError,
        Refusal::OrderExpired | Refusal::OrderClosed | Refusal::OrderWithdrawn => {
            SubCode::TradeHasClose
        }
        Refusal::OrderAmountDiffers { .. } | Refusal::KeyReused => differs,
        Refusal::PaymentBlocked => SubCode::TradeFrozen,
        Refusal::PaymentCodeUsed => SubCode::AuthCodeInvalid,
        Refusal::RefundExceedsCaptured { .. } => SubCode::RefundFeeErr,
        Refusal::RefundsTooMany | Refusal::RefundsUsedUp | Refusal::RefundNotOffered => {
            SubCode::RefundNotAllowed
        }
        Refusal::RefundTooLate => SubCode::TradeHasFinished,
        // Of calls that a till of this API has none of.
        Refusal::PaymentNotHeld
        | Refusal::HoldNotOffered
        | Refusal::OrderNotOffered
        | Refusal::CaptureExceedsHeld { .. }
        | Refusal::HoldExpired
        | Refusal::CapturesTooMany
        | Refusal::QuoteUnknown
        | Refusal::QuoteExpired
        | Refusal::QuoteUsed
        | Refusal::QuoteDiffers
        | Refusal::QuoteNeeded
        | Refusal::QuoteNotNeeded
        | Refusal::PushRailOnly
        | Refusal::NotAPushRail
        | Refusal::CreditUnknown
        | Refusal::CreditDiffers
        | Refusal::CreditReturned
        | Refusal::CreditAssigned
        | Refusal::PrefundingShort
        | Refusal::ClaimUnknown
        | Refusal::ClaimNotOpen
        | Refusal::Directory { .. } => SubCode::IspUnknown,
    }
}

/// Why the payer's wallet said no.
pub(in crate::alipay) const fn declined(reason: DeclineReason) -> SubCode {
    match reason {
        DeclineReason::Funds => SubCode::BuyerBalanceNotEnough,
        DeclineReason::Code => SubCode::AuthCodeInvalid,
        DeclineReason::Payer => SubCode::BuyerStatusForbid,
        DeclineReason::Shop => SubCode::SellerBlocked,
        DeclineReason::Risk => SubCode::HasRisk,
        DeclineReason::GaveUp | DeclineReason::Refund | DeclineReason::Other => {
            SubCode::PaymentFail
        }
    }
}
