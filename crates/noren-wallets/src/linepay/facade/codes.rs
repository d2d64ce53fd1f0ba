//! What the switch refuses, in LINE Pay's words. Complete: a new refusal does not compile until a
//! code is chosen. The codes are published, which of them fits is ours wherever the switch knows a
//! reason that LINE Pay has no code for (`wallets/linepay` facts, section 5).

use noren_core::refusal::Refusal;
use noren_core::wallet::DeclineReason;

use crate::facade::Refused;
use crate::linepay::codes::Code;

/// The code for what the switch did not do. Always with HTTP 200.
pub fn refused(refused: Refused) -> Code {
    match refused {
        Refused::By(refusal) => refusal_code(&refusal),
        Refused::CodeUnroutable => Code::WrongOneTimeKey,
        // The till is to look before it asks again.
        Refused::Busy | Refused::Internal => Code::InternalError,
    }
}

/// The same where an order is made: its number is its key (1172).
pub fn refused_order(why: Refused) -> Code {
    match why {
        Refused::By(Refusal::KeyReused) => Code::SameOrder,
        other => refused(other),
    }
}

fn refusal_code(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::AmountNotPositive | Refusal::CaptureExceedsHeld { .. } => Code::AmountError,
        Refusal::AmountOverLimit { .. }
        | Refusal::WalletOverLimit
        | Refusal::PayerDayLimit
        | Refusal::AmountTooLarge => Code::AmountTooLarge,
        Refusal::CurrencyDiffers => Code::CurrencyError,
        Refusal::ShopUnknown => Code::NoSuchMerchant,
        Refusal::ShopSuspended
        | Refusal::ShopRetired
        | Refusal::MerchantDayLimit
        | Refusal::SettlementRateMissing
        | Refusal::NotAllowed => Code::MerchantNotUsable,
        Refusal::WalletUnknown | Refusal::PaymentCodeUsed => Code::WrongOneTimeKey,
        // The payer can only come with another wallet.
        Refusal::WalletSuspended
        | Refusal::WalletRetired
        | Refusal::WalletNotAccepted
        | Refusal::WalletOverCap
        | Refusal::CorridorClosed
        | Refusal::PushRailOnly => Code::MemberBlocked,
        Refusal::HoldNotOffered | Refusal::OrderNotOffered => Code::AccountState,
        Refusal::OrderUnknown | Refusal::PaymentUnknown => Code::NoTransaction,
        Refusal::OrderPaid
        | Refusal::OrderBeingPaid
        | Refusal::OrderAmountDiffers { .. }
        | Refusal::OrderWithdrawn
        | Refusal::PaymentBlocked => Code::SameOrder,
        Refusal::OrderExpired | Refusal::OrderClosed | Refusal::HoldExpired => Code::Expired,
        Refusal::PaymentInDoubt | Refusal::CaptureRunning | Refusal::RefundRunning => {
            Code::InProcess
        }
        Refusal::PaymentCaptured
        | Refusal::PaymentNotCaptured
        | Refusal::PaymentNotHeld
        | Refusal::CapturesTooMany => Code::StateError,
        Refusal::RefundExceedsCaptured { left } if left.positive() => Code::RefundTooMuch,
        Refusal::RefundExceedsCaptured { .. } => Code::RefundedAlready,
        Refusal::RefundsTooMany | Refusal::RefundsUsedUp => Code::RefundTooMuch,
        Refusal::RefundTooLate => Code::RefundTooLate,
        Refusal::RefundNotOffered => Code::WrongTransaction,
        Refusal::KeyReused => Code::RequestedTwice,
        // Of calls that this facade never makes: our own fault.
        Refusal::QuoteUnknown
        | Refusal::QuoteExpired
        | Refusal::QuoteUsed
        | Refusal::QuoteDiffers
        | Refusal::QuoteNeeded
        | Refusal::QuoteNotNeeded
        | Refusal::DebitDiffers { .. }
        | Refusal::NotAPushRail
        | Refusal::CreditUnknown
        | Refusal::CreditDiffers
        | Refusal::CreditReturned
        | Refusal::CreditAssigned
        | Refusal::PrefundingShort
        | Refusal::ClaimUnknown
        | Refusal::ClaimNotOpen
        | Refusal::Directory { .. } => Code::InternalError,
    }
}

/// A wallet's definite no to a payment, a capture or a refund.
pub const fn declined(reason: DeclineReason) -> Code {
    match reason {
        DeclineReason::Funds => Code::NoBalance,
        DeclineReason::Code => Code::WrongOneTimeKey,
        DeclineReason::Payer | DeclineReason::Risk => Code::MemberBlocked,
        DeclineReason::GaveUp | DeclineReason::Other => Code::AccountState,
        DeclineReason::Shop => Code::MerchantNotUsable,
        DeclineReason::Refund => Code::RefundTooLate,
    }
}
