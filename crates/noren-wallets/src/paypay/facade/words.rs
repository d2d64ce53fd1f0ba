//! What the switch knows, in PayPay's words: states, refusals, payments and refunds.

use noren_core::payment::{CancelledWhy, Part, PartEnd, Payment, Release, State, VoidWhy, Way};
use noren_core::refund::{Refund, RefundState};
use noren_core::refusal::Refusal;
use noren_core::time::Timestamp;
use noren_core::wallet::DeclineReason;

use super::kept::Kept;
use crate::facade::Refused;
use crate::paypay::codes::Code;
use crate::paypay::messages::{
    CaptureSaid, List, PaymentSaid, RefundSaid, RevertSaid, Status, seconds,
};

/// The call that was refused: the same no has another word in another call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::paypay) enum On {
    /// Making a code.
    Code,
    /// A payment or a hold by the payer's code.
    Payment,
    /// Asking for something.
    Look,
    /// Cancelling a payment, or deleting a code.
    Cancel,
    /// Capturing.
    Capture,
    /// Releasing a hold.
    Revert,
    /// Giving money back.
    Refund,
}

impl On {
    /// Every call.
    #[cfg(test)]
    pub const ALL: [On; 7] = [
        Self::Code,
        Self::Payment,
        Self::Look,
        Self::Cancel,
        Self::Capture,
        Self::Revert,
        Self::Refund,
    ];

    /// The amount cannot be right.
    const fn bad_amount(self) -> Code {
        match self {
            Self::Code => Code::DynamicQrBadRequest,
            Self::Refund => Code::InvalidRefundAmount,
            Self::Payment | Self::Look | Self::Cancel | Self::Capture | Self::Revert => {
                Code::InvalidParams
            }
        }
    }

    /// As things stand, this cannot be done to the payment of this number.
    const fn not_now(self) -> Code {
        match self {
            Self::Code => Code::DuplicateDynamicQrRequest,
            Self::Payment => Code::InvalidParams,
            Self::Look => Code::ResourceNotFound,
            Self::Cancel => Code::OrderNotReversible,
            Self::Capture => Code::OrderNotCapturable,
            Self::Revert => Code::OrderNotCancelable,
            Self::Refund => Code::OrderNotRefundable,
        }
    }

    /// The same number came with another content.
    const fn reused(self) -> Code {
        match self {
            Self::Code => Code::DuplicateDynamicQrRequest,
            Self::Payment
            | Self::Look
            | Self::Cancel
            | Self::Capture
            | Self::Revert
            | Self::Refund => Code::InvalidParams,
        }
    }
}

/// The code of a no. Which codes stand for what PayPay has no code for is ours.
pub(in crate::paypay) const fn code(on: On, refused: &Refused) -> Code {
    match refused {
        Refused::By(refusal) => code_of(on, refusal),
        Refused::CodeUnroutable => Code::InvalidPaymentCode,
        // Nothing was decided: the same call again, later.
        Refused::Busy => Code::RateLimit,
        Refused::Internal => Code::InternalServerError,
    }
}

const fn code_of(on: On, refusal: &Refusal) -> Code {
    match refusal {
        Refusal::AmountNotPositive | Refusal::AmountTooLarge | Refusal::CurrencyDiffers => {
            on.bad_amount()
        }
        Refusal::AmountOverLimit { .. } | Refusal::MerchantDayLimit => Code::MerchantLimitExceeded,
        Refusal::ShopUnknown
        | Refusal::ShopSuspended
        | Refusal::ShopRetired
        | Refusal::NotAllowed => Code::OpOutOfScope,
        Refusal::WalletUnknown => Code::InvalidPaymentCode,
        Refusal::WalletSuspended
        | Refusal::WalletRetired
        | Refusal::WalletNotAccepted
        | Refusal::CorridorClosed
        | Refusal::OrderNotOffered
        | Refusal::PushRailOnly => Code::UnsupportedPaymentMethod,
        Refusal::WalletOverLimit => Code::LimitExceeded,
        Refusal::PayerDayLimit => Code::UserDailyLimitForMerchantExceeded,
        // Nothing that the till could change. A definite no all the same.
        Refusal::WalletOverCap | Refusal::SettlementRateMissing | Refusal::OrderWithdrawn => {
            match on {
                On::Code => Code::DuplicateDynamicQrRequest,
                On::Payment | On::Look | On::Cancel | On::Capture | On::Revert | On::Refund => {
                    Code::UnacceptableOp
                }
            }
        }
        Refusal::OrderUnknown | Refusal::PaymentUnknown => Code::ResourceNotFound,
        Refusal::OrderPaid
        | Refusal::OrderBeingPaid
        | Refusal::OrderClosed
        | Refusal::OrderAmountDiffers { .. }
        | Refusal::PaymentInDoubt
        | Refusal::PaymentBlocked
        | Refusal::PaymentNotCaptured
        | Refusal::PaymentNotHeld
        | Refusal::RefundRunning
        | Refusal::RefundTooLate
        | Refusal::RefundNotOffered => on.not_now(),
        Refusal::PaymentCaptured => match on {
            On::Capture => Code::AlreadyCaptured,
            On::Code | On::Payment | On::Look | On::Cancel | On::Revert | On::Refund => {
                on.not_now()
            }
        },
        Refusal::OrderExpired | Refusal::HoldExpired => Code::OrderExpired,
        Refusal::PaymentCodeUsed => Code::ExpiredPaymentCode,
        Refusal::HoldNotOffered => Code::PreAuthCaptureUnsupportedMerchant,
        Refusal::CaptureRunning => Code::ReauthorizationInProgress,
        Refusal::CaptureExceedsHeld { .. } => Code::HigherCaptureNotPermitted,
        Refusal::CapturesTooMany => Code::AlreadyCaptured,
        Refusal::RefundExceedsCaptured { .. } => Code::InvalidRefundAmount,
        Refusal::RefundsTooMany | Refusal::RefundsUsedUp => Code::SeveralRefunds,
        Refusal::KeyReused => on.reused(),
        // No till asks for what these refuse.
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
        | Refusal::Directory { .. } => Code::InternalServerError,
    }
}

/// The code that refuses the call itself when the payer's wallet said no; `None`: the payment is
/// there, and failed.
pub(super) const fn declined(reason: DeclineReason) -> Option<Code> {
    match reason {
        DeclineReason::Funds => Some(Code::NoSufficientFund),
        DeclineReason::Code => Some(Code::InvalidPaymentCode),
        DeclineReason::Payer => Some(Code::UserStateIsNotActive),
        DeclineReason::GaveUp
        | DeclineReason::Shop
        | DeclineReason::Risk
        | DeclineReason::Refund
        | DeclineReason::Other => None,
    }
}

/// Where a payment stands. What is not decided is `CREATED`, also while a payment of an order that
/// was withdrawn is being undone.
pub(in crate::paypay) fn status(payment: &Payment, withdrawn: bool) -> Status {
    match &payment.state {
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_) => Status::Created,
        // One capture, here as there: what it left is about to be released.
        State::Authorised(held) if held.hold.captured() > 0 => taken(payment, withdrawn),
        State::Voiding(voiding) if voiding.hold.captured() > 0 => taken(payment, withdrawn),
        State::Authorised(_) | State::Capturing(_) | State::Voiding(_) => Status::Authorized,
        State::Captured(_) | State::HoldCaptured(_) => taken(payment, withdrawn),
        State::Voided(voided) => match voided.by {
            Release::Confirmed { why: Some(VoidWhy::Expiry) | None } => Status::Expired,
            Release::Confirmed { why: Some(VoidWhy::Merchant) }
            | Release::Returned { .. }
            | Release::Claim { .. } => Status::Canceled,
        },
        State::Declined(_) | State::Blocked(_) => Status::Failed,
        State::Cancelled(cancelled) => match cancelled.why {
            CancelledWhy::BeforeAsking | CancelledWhy::ClosedUnpaid => Status::Canceled,
            CancelledWhy::NeverSent | CancelledWhy::NeverArrived | CancelledWhy::NotTaken => {
                Status::Failed
            }
        },
        State::Expired(_) => Status::Expired,
        State::Reversed(_) => Status::Canceled,
    }
}

/// Of what was taken. A cancel that came after it is a refund of all; until that is done the
/// payment is neither paid nor cancelled.
fn taken(payment: &Payment, withdrawn: bool) -> Status {
    let (taken, back) = (payment.captured(), payment.refunds_done());
    if withdrawn && back >= taken {
        Status::Canceled
    } else if withdrawn && payment.refunds_counted() >= taken {
        Status::Created
    } else if back > 0 {
        Status::Refunded
    } else {
        Status::Completed
    }
}

/// When the money was taken.
pub(super) fn paid_at(payment: &Payment) -> Option<Timestamp> {
    let captured = |part: &Part| match &part.end {
        PartEnd::Captured { at, .. } => Some(*at),
        PartEnd::Declined { .. } => None,
    };
    match &payment.state {
        State::Captured(captured) => Some(captured.at),
        state => state.hold().and_then(|hold| hold.parts.iter().find_map(captured)),
    }
}

/// When it ended by somebody's wish.
fn canceled_at(payment: &Payment) -> Option<Timestamp> {
    match &payment.state {
        State::Cancelled(cancelled) => Some(cancelled.at),
        State::Reversed(reversed) => Some(reversed.at),
        State::Voided(voided) => Some(voided.at),
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_)
        | State::Captured(_)
        | State::HoldCaptured(_)
        | State::Declined(_)
        | State::Expired(_)
        | State::Blocked(_) => None,
    }
}

/// True for a payment by a code that was shown.
pub(super) fn is_code(payment: &Payment) -> bool {
    match payment.way {
        Way::MpmDynamic => true,
        Way::MpmStatic | Way::Cpm | Way::Online | Way::Push => false,
    }
}

/// The words about a payment.
pub(super) fn said(payment: &Payment, withdrawn: bool) -> PaymentSaid {
    let kept = Kept::of(payment.memo.as_ref());
    // Of a code only once somebody has begun to pay it.
    let asked = payment.state.asked();
    let hold = payment.state.hold();
    let begun = asked.map(|asked| seconds(paid_at(payment).unwrap_or(asked.at)));
    let captures: Vec<_> = hold
        .map(|hold| hold.parts.as_slice())
        .unwrap_or_default()
        .iter()
        .filter_map(capture_said)
        .collect();
    let refunds: Vec<_> =
        payment.refunds.iter().map(|refund| refund_said(payment, refund)).collect();
    let status = status(payment, withdrawn);
    let reverted = hold.is_some() && status == Status::Canceled;
    PaymentSaid {
        payment_id: asked.map(|_| payment.id.digits()),
        status: Some(status.word().to_owned()),
        accepted_at: begun,
        authorized_at: hold.map(|hold| seconds(hold.at)),
        canceled_at: canceled_at(payment).map(seconds),
        expires_at: hold.map(|hold| seconds(hold.expires_at)),
        refunds: (!refunds.is_empty()).then(|| List::from(refunds)),
        captures: (!captures.is_empty()).then(|| List::from(captures)),
        revert: reverted.then(|| RevertSaid {
            accepted_at: canceled_at(payment).map(seconds),
            ..RevertSaid::default()
        }),
        merchant_payment_id: Some(payment.order_number.as_ref().to_owned()),
        user_authorization_id: None,
        amount: Some(payment.amount.into()),
        requested_at: kept.requested_at,
        store_id: kept.store_id,
        terminal_id: kept.terminal_id,
        order_receipt_number: kept.order_receipt_number,
        order_description: kept.text,
    }
}

/// A capture that was made. Its name is ours: the till's is known only while it asks.
fn capture_said(part: &Part) -> Option<CaptureSaid> {
    let PartEnd::Captured { at, .. } = &part.end else { return None };
    Some(CaptureSaid {
        merchant_capture_id: part.terms.id.digits(),
        amount: part.terms.amount.into(),
        accepted_at: Some(seconds(*at)),
        requested_at: Some(seconds(part.terms.requested_at)),
        order_description: None,
        status: Some(Status::Completed.word().to_owned()),
    })
}

/// Where a refund stands.
const fn refund_status(state: &RefundState) -> &'static str {
    match state {
        RefundState::Requested(_) | RefundState::InDoubt(_) | RefundState::WaitingForFunds(_) => {
            "CREATED"
        }
        RefundState::Refunded(_) => "REFUNDED",
        RefundState::Declined(_) | RefundState::Impossible(_) => "REFUND_FAILED",
    }
}

/// The words about a refund. One that has no number of the till's is told by our id.
pub(super) fn refund_said(payment: &Payment, refund: &Refund) -> RefundSaid {
    let kept = Kept::of(refund.memo.as_ref());
    let number = refund.number.as_deref().map(str::to_owned);
    let at = match &refund.state {
        RefundState::Refunded(done) => done.at,
        RefundState::Requested(_)
        | RefundState::InDoubt(_)
        | RefundState::WaitingForFunds(_)
        | RefundState::Declined(_)
        | RefundState::Impossible(_) => refund.requested_at,
    };
    RefundSaid {
        status: Some(refund_status(&refund.state).to_owned()),
        accepted_at: Some(seconds(at)),
        merchant_refund_id: Some(number.unwrap_or_else(|| refund.id.digits())),
        payment_id: Some(payment.id.digits()),
        amount: Some(refund.amount.into()),
        requested_at: kept.requested_at.or(Some(seconds(refund.requested_at))),
        reason: kept.text,
    }
}
