//! What the switch says, in the codes of this API: complete tables.

use noren_core::id::CaptureId;
use noren_core::payment::{PartEnd, Payment, State};
use noren_core::refund::RefundState;
use noren_core::time::Timestamp;
use noren_core::wallet::DeclineReason;

use crate::alipayplus::codes::Code;
use crate::alipayplus::refusals::refusal_code;
use crate::facade::Refused;

/// Why a call is refused.
pub(super) fn refused(refused: Refused) -> Code {
    match refused {
        Refused::By(refusal) => refusal_code(&refusal),
        Refused::CodeUnroutable => Code::InvalidPaymentCode,
        Refused::Busy => Code::RequestTrafficExceedLimit,
        Refused::Internal => Code::UnknownException,
    }
}

/// The code of a wallet's no.
fn declined(reason: DeclineReason) -> Code {
    match reason {
        DeclineReason::Funds => Code::UserBalanceNotEnough,
        DeclineReason::Code => Code::InvalidPaymentCode,
        DeclineReason::Payer => Code::UserStatusAbnormal,
        DeclineReason::GaveUp => Code::UserPaymentVerificationFailed,
        DeclineReason::Shop => Code::InvalidMerchantStatus,
        DeclineReason::Risk => Code::RiskReject,
        DeclineReason::Refund => Code::RefundWindowExceed,
        DeclineReason::Other => Code::ProcessFail,
    }
}

/// Where a payment stands for its shop; `withdrawn`: the shop has cancelled the order.
pub(super) fn standing(payment: &Payment, withdrawn: bool) -> Code {
    match &payment.state {
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        // Neither paid nor returned; no F, or the shop would charge once more.
        | State::Blocked(_) => Code::PaymentInProcess,
        State::Authorised(_) | State::Capturing(_) if withdrawn => Code::PaymentInProcess,
        State::Authorised(_) | State::Capturing(_) => Code::Success,
        State::Captured(_) | State::HoldCaptured(_) if withdrawn => undone(payment),
        State::Captured(_) | State::HoldCaptured(_) => Code::Success,
        State::Voiding(_) if payment.captured() > 0 && !withdrawn => Code::Success,
        State::Voiding(_) => Code::PaymentInProcess,
        State::Declined(state) => declined(state.proof.reason()),
        State::Voided(_) | State::Cancelled(_) | State::Reversed(_) => Code::OrderIsCanceled,
        State::Expired(_) => Code::OrderIsClosed,
    }
}

/// Where a payment stands that was paid and then cancelled: its money goes back.
fn undone(payment: &Payment) -> Code {
    if payment.refunds_done() >= payment.captured() {
        Code::OrderIsCanceled
    } else if payment.refunds.iter().any(|refund| refund.due().is_some()) {
        Code::PaymentInProcess
    } else {
        Code::Success
    }
}

/// Where a refund stands.
pub(super) fn refund_code(state: &RefundState) -> Code {
    match state {
        RefundState::Requested(_) | RefundState::InDoubt(_) | RefundState::WaitingForFunds(_) => {
            Code::PaymentInProcess
        }
        RefundState::Refunded(_) => Code::Success,
        RefundState::Declined(state) => declined(state.proof.reason()),
        RefundState::Impossible(_) => Code::UnavailablePaymentMethod,
    }
}

/// Where a capture stands, and since when it has ended well.
pub(super) fn capture_code(payment: &Payment, capture: CaptureId) -> (Code, Option<Timestamp>) {
    let mut parts = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
    match parts.find(|part| part.terms.id == capture).map(|part| &part.end) {
        None => (Code::PaymentInProcess, None),
        Some(PartEnd::Captured { at, .. }) => (Code::Success, Some(*at)),
        Some(PartEnd::Declined { proof, .. }) => (declined(proof.reason()), None),
    }
}
