//! What the engine refuses, in the codes of this network: a complete table.

use noren_core::refusal::Refusal;

use super::codes::Code;

/// The code of a refusal. F is final for the id that it was asked with, as our own keys are.
pub(super) fn refusal_code(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::AmountNotPositive => Code::ParamIllegal,
        Refusal::AmountOverLimit { .. }
        | Refusal::WalletOverLimit
        | Refusal::MerchantDayLimit
        | Refusal::CaptureExceedsHeld { .. }
        | Refusal::AmountTooLarge => Code::PaymentAmountExceedLimit,
        Refusal::PayerDayLimit => Code::UserAmountExceedLimit,
        Refusal::CapturesTooMany => Code::PaymentCountExceedLimit,
        Refusal::CurrencyDiffers | Refusal::CorridorClosed | Refusal::SettlementRateMissing => {
            Code::CurrencyNotSupport
        }
        Refusal::ShopUnknown => Code::MerchantNotRegistered,
        Refusal::ShopSuspended | Refusal::ShopRetired => Code::InvalidMerchantStatus,
        Refusal::WalletUnknown
        | Refusal::WalletSuspended
        | Refusal::WalletRetired
        | Refusal::WalletNotAccepted
        | Refusal::WalletOverCap
        | Refusal::HoldNotOffered
        | Refusal::OrderNotOffered
        | Refusal::RefundNotOffered
        | Refusal::PushRailOnly
        | Refusal::NotAPushRail => Code::UnavailablePaymentMethod,
        Refusal::OrderUnknown | Refusal::PaymentUnknown => Code::OrderNotExist,
        // The number was used before with another content, or not through this API.
        Refusal::OrderPaid | Refusal::OrderAmountDiffers { .. } | Refusal::KeyReused => {
            Code::RepeatReqInconsistent
        }
        Refusal::OrderExpired | Refusal::OrderClosed | Refusal::HoldExpired => Code::OrderIsClosed,
        Refusal::OrderWithdrawn => Code::OrderIsCanceled,
        // An earlier payment of the number may have taken money: no F.
        Refusal::PaymentInDoubt => Code::PaymentInProcess,
        Refusal::OrderBeingPaid
        | Refusal::PaymentBlocked
        | Refusal::PaymentCaptured
        | Refusal::PaymentNotCaptured
        | Refusal::PaymentNotHeld
        | Refusal::CaptureRunning
        | Refusal::RefundRunning
        | Refusal::RefundsTooMany
        | Refusal::RefundsUsedUp => Code::OrderStatusInvalid,
        Refusal::PaymentCodeUsed => Code::ExpiredCode,
        Refusal::RefundExceedsCaptured { .. } => Code::RefundAmountExceed,
        Refusal::RefundTooLate => Code::RefundWindowExceed,
        Refusal::NotAllowed => Code::AccessDenied,
        // Nothing that a till asks leads to these.
        Refusal::QuoteUnknown
        | Refusal::QuoteExpired
        | Refusal::QuoteUsed
        | Refusal::QuoteDiffers
        | Refusal::QuoteNeeded
        | Refusal::QuoteNotNeeded
        | Refusal::DebitDiffers { .. }
        | Refusal::CreditUnknown
        | Refusal::CreditDiffers
        | Refusal::CreditReturned
        | Refusal::CreditAssigned
        | Refusal::PrefundingShort
        | Refusal::ClaimUnknown
        | Refusal::ClaimNotOpen
        | Refusal::Directory { .. } => Code::ProcessFail,
    }
}
