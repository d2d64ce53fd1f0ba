//! Our words in this API's: each refusal, each state of a payment and of a refund, each reason of a no.
//! The tables are complete; which word belongs to which is ours, by the names in section 5.

use noren_core::payment::{Payment, State};
use noren_core::refund::RefundState;
use noren_core::refusal::Refusal;
use noren_core::wallet::DeclineReason;

use crate::facade::Refused;
use crate::wechatpay::codes::{Code, Fault, RefundStatus, TradeState};
use crate::wechatpay::route::TradeType;

/// What was asked of the switch, as far as its no depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// An order that a payer opens.
    Order,
    /// A payment with a scanned code.
    Scan,
    /// A refund.
    Refund,
    /// A close or a reverse.
    Undo,
    /// What is there.
    Look,
}

/// Why the switch did not do it.
pub(super) fn refused(no: Refused, asked: Asked) -> Fault {
    match no {
        Refused::By(refusal) => (code(&refusal, asked), refusal.problem().title),
        Refused::CodeUnroutable => (Code::AuthCodeInvalid, "no wallet has a code like that"),
        Refused::Busy => (Code::FrequencyLimited, "busy; nothing was decided, ask again"),
        Refused::Internal => (Code::SystemError, "ask again, then ask what became of it"),
    }
}

/// The code of a refusal.
pub(super) const fn code(refusal: &Refusal, asked: Asked) -> Code {
    match refusal {
        Refusal::AmountNotPositive | Refusal::CurrencyDiffers | Refusal::AmountTooLarge => {
            Code::ParamError
        }
        Refusal::AmountOverLimit { .. }
        | Refusal::WalletOverLimit
        | Refusal::MerchantDayLimit
        | Refusal::PayerDayLimit => Code::RuleLimit,
        Refusal::ShopUnknown
        | Refusal::ShopSuspended
        | Refusal::ShopRetired
        | Refusal::NotAllowed => Code::NoAuth,
        // The payer is asked for another code.
        Refusal::WalletUnknown
        | Refusal::WalletRetired
        | Refusal::WalletNotAccepted
        | Refusal::PaymentCodeUsed
        | Refusal::PushRailOnly => Code::AuthCodeInvalid,
        Refusal::WalletSuspended
        | Refusal::WalletOverCap
        | Refusal::CorridorClosed
        | Refusal::SettlementRateMissing
        | Refusal::PaymentBlocked => Code::TradeError,
        Refusal::OrderUnknown | Refusal::PaymentUnknown => Code::OrderNotExist,
        Refusal::OrderPaid | Refusal::PaymentCaptured => Code::OrderPaid,
        Refusal::OrderExpired | Refusal::OrderClosed | Refusal::OrderWithdrawn => Code::OrderClosed,
        // The number is another order's, or another payment of it is not decided: the opposite of no.
        Refusal::KeyReused
        | Refusal::OrderAmountDiffers { .. }
        | Refusal::OrderBeingPaid
        | Refusal::PaymentInDoubt => match asked {
            Asked::Scan => Code::OutTradeNoUsed,
            Asked::Order | Asked::Refund | Asked::Undo | Asked::Look => Code::InvalidRequest,
        },
        Refusal::PaymentNotCaptured
        | Refusal::RefundExceedsCaptured { .. }
        | Refusal::RefundsTooMany
        | Refusal::RefundsUsedUp
        | Refusal::RefundRunning
        | Refusal::RefundNotOffered => Code::InvalidRequest,
        Refusal::RefundTooLate => match asked {
            Asked::Undo => Code::ReverseExpire,
            Asked::Order | Asked::Scan | Asked::Refund | Asked::Look => Code::InvalidRequest,
        },
        // Of holds, quotes, credits and the operator's calls: nothing that is asked here.
        Refusal::PaymentNotHeld
        | Refusal::HoldNotOffered
        | Refusal::OrderNotOffered
        | Refusal::CaptureRunning
        | Refusal::CaptureExceedsHeld { .. }
        | Refusal::HoldExpired
        | Refusal::CapturesTooMany
        | Refusal::QuoteUnknown
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
        | Refusal::Directory { .. } => Code::SystemError,
    }
}

/// Where an order stands. Of an order that a payer opens, "not paid" is also said while somebody pays
/// it: this network says "paying" of scanned codes only.
pub(super) fn trade_state(payment: &Payment, trade_type: TradeType, withdrawn: bool) -> TradeState {
    let scanned = trade_type == TradeType::Micropay;
    match &payment.state {
        // Frozen money is neither paid nor returned, and this API has no word for it.
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_)
        | State::Blocked(_) => {
            if scanned {
                TradeState::UserPaying
            } else {
                TradeState::NotPay
            }
        }
        State::Captured(_) | State::HoldCaptured(_) => {
            let all_back = payment.refunds_done() == payment.captured();
            match (payment.refunds_counted(), scanned && withdrawn && all_back) {
                (_, true) => TradeState::Revoked,
                (0, false) => TradeState::Success,
                (_, false) => TradeState::Refund,
            }
        }
        State::Declined(_) if scanned => TradeState::PayError,
        State::Cancelled(_) | State::Expired(_) | State::Reversed(_) | State::Voided(_)
            if scanned =>
        {
            TradeState::Revoked
        }
        // An order has one payment: a wallet's no ends it.
        State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Voided(_) => TradeState::Closed,
    }
}

/// The error that answers a scanned code that was declined; `None`: the order itself, which failed.
pub(super) const fn declined(reason: DeclineReason) -> Option<Fault> {
    match reason {
        DeclineReason::Funds => Some((Code::NotEnough, "the balance is not enough")),
        DeclineReason::Code => Some((Code::AuthCodeInvalid, "the code does not count")),
        DeclineReason::Payer
        | DeclineReason::GaveUp
        | DeclineReason::Shop
        | DeclineReason::Risk
        | DeclineReason::Refund
        | DeclineReason::Other => None,
    }
}

/// Where a refund stands.
pub(super) const fn refund_status(state: &RefundState) -> RefundStatus {
    match state {
        RefundState::Requested(_) | RefundState::InDoubt(_) | RefundState::WaitingForFunds(_) => {
            RefundStatus::Processing
        }
        RefundState::Refunded(_) => RefundStatus::Success,
        // No money moved, of the shop's neither, so it is not "abnormal".
        RefundState::Declined(_) | RefundState::Impossible(_) => RefundStatus::Closed,
    }
}
