//! The result codes of PayPay and what each of them decides (`wallets/paypay` facts, section 6,
//! and the response code lists of the vendor's SDK guides, which give the HTTP status of some and
//! a few more words).
//!
//! A result has a word (`code`) and a number (`codeId`); the same word with another number can mean
//! another thing. Each row has both, the HTTP status that it comes with, and a [`Class`]; each call
//! has a function that says what a class means there. A result that is not in the table, or that
//! comes with another status than its own, decides nothing.

use noren_core::wallet::DeclineReason;

use super::messages::ResultInfo;

/// What a result is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The call did what it should. What became of the payment stands in `data`.
    Done,
    /// The call will be carried out.
    Accepted,
    /// The user is asked first.
    AsksUser,
    /// The *call* was wrong: form, key, rights. Nothing is said of the payment: this copy of the
    /// message was not carried out, but an earlier one may have been. Somebody must look.
    Call,
    /// The network does not know, or does not want to be asked so often.
    Busy,
    /// The network says that it failed, with a status that says that it does not work. The guide
    /// calls it final; we let the inquiry say so (`FAILED`), because a status of 500 is what a
    /// broken network sends too.
    Failed,
    /// The network looked at the payment itself and said no.
    No(DeclineReason),
    /// The operation is not possible as things stand, without saying why.
    Unacceptable,
    /// There is no such payment.
    NotHere,
    /// There is no such code, or not any more.
    CodeGone,
    /// There is a code for this id already. Its link is not said again.
    CodeTaken,
    /// Somebody paid the code.
    CodePaid,
    /// The payment is in a state that no cancel undoes.
    NotReversible,
    /// The payment's time is over.
    Expired,
    /// The payment is in a state that no capture fits: perhaps it was captured before.
    NotCapturable,
    /// The hold is being renewed.
    Reauthorising,
    /// This much cannot be captured, or not any more.
    CaptureLimit,
    /// More than the merchant's contract allows.
    MerchantLimit,
    /// The payment cannot be refunded, not so much, or not twice.
    RefundRefused,
    /// There is no such refund.
    RefundUnknown,
    /// Our side's pool at the network is too small for a refund.
    PoolEmpty,
}

/// The HTTP statuses that a result may come with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Http {
    /// 200 or 201.
    Good,
    /// This one.
    Is(u16),
    /// Any of 400 to 499: which one is not known.
    Refusal,
}

impl Http {
    /// True when an answer with this status may carry the result.
    pub fn fits(self, status: u16) -> bool {
        match self {
            Self::Good => matches!(status, 200 | 201),
            Self::Is(one) => status == one,
            Self::Refusal => (400..500).contains(&status),
        }
    }

    /// The status that our sandbox sends it with.
    pub const fn usual(self) -> u16 {
        match self {
            Self::Good => 200,
            Self::Is(one) => one,
            Self::Refusal => 400,
        }
    }
}

macro_rules! codes {
    ($($code:ident $name:literal $id:literal $http:expr, $class:expr;)*) => {
        /// A result that this connector knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "` ", $id)] $code,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Self::$code),*];

            /// The word on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The number on the wire; empty where none is known.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$code => $id,)* }
            }

            /// The statuses that it comes with.
            pub const fn http(self) -> Http {
                use Http::*;
                match self { $(Self::$code => $http,)* }
            }

            /// What it is about.
            pub const fn class(self) -> Class {
                use Class::*;
                use DeclineReason::*;
                match self { $(Self::$code => $class,)* }
            }
        }
    };
}

codes! {
    Success "SUCCESS" "08100001" Good, Done;
    RequestAccepted "REQUEST_ACCEPTED" "08100001" Is(202), Accepted;
    UserConfirmationRequired "USER_CONFIRMATION_REQUIRED" "08300103" Is(202), AsksUser;

    InvalidRequestParams "INVALID_REQUEST_PARAMS" "08100006" Is(400), Call;
    MissingRequestParams "MISSING_REQUEST_PARAMS" "08100024" Is(400), Call;
    Unauthorized "UNAUTHORIZED" "08100016" Is(401), Call;
    OpOutOfScope "OP_OUT_OF_SCOPE" "08100023" Is(401), Call;
    OpaClientNotFound "OPA_CLIENT_NOT_FOUND" "08100007" Is(404), Call;
    // Invalid parameters received. Also what our sandbox says to a repeat with other content: a
    // payment of this id exists, which is the opposite of "no".
    InvalidParams "INVALID_PARAMS" "00200004" Is(400), Call;
    DynamicQrBadRequest "DYNAMIC_QR_BAD_REQUEST" "01650000" Is(400), Call;
    PreAuthCaptureInvalidExpiryDate "PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE" "00400061" Is(400), Call;

    RateLimit "RATE_LIMIT" "08100998" Is(429), Busy;
    ServiceError "SERVICE_ERROR" "08100026" Is(500), Busy;
    InternalServerError "INTERNAL_SERVER_ERROR" "08101000" Is(500), Busy;
    RequestTimedOut "INTERNAL_SERVER_ERROR" "00200034" Is(500), Busy;
    MaintenanceMode "MAINTENANCE_MODE" "08100999" Is(503), Busy;
    TransactionFailed "TRANSACTION_FAILED" "00200002" Is(500), Failed;
    TransactionFailed3 "TRANSACTION_FAILED" "00200003" Is(500), Failed;
    BalanceExceeded "TRANSACTION_FAILED" "00800017" Is(500), Failed;
    TransactionFailedBare "TRANSACTION_FAILED" "" Is(500), Failed;

    NoSufficientFund "NO_SUFFICIENT_FUND" "" Refusal, No(Funds);
    LimitExceeded "LIMIT_EXCEEDED" "" Refusal, No(Funds);
    UserDailyLimitForMerchantExceeded "USER_DAILY_LIMIT_FOR_MERCHANT_EXCEEDED" "" Refusal, No(Funds);
    NonKycUser "NON_KYC_USER" "" Refusal, No(Payer);
    UserStateIsNotActive "USER_STATE_IS_NOT_ACTIVE" "" Refusal, No(Payer);
    CanceledUser "CANCELED_USER" "01103027" Is(400), No(Payer);
    InvalidUserAuthorizationId "INVALID_USER_AUTHORIZATION_ID" "" Refusal, No(Payer);
    ExpiredUserAuthorizationId "EXPIRED_USER_AUTHORIZATION_ID" "" Refusal, No(Payer);
    NoValidPaymentMethod "NO_VALID_PAYMENT_METHOD" "" Refusal, No(Other);
    PaymentMethodNotFound "PAYMENT_METHOD_NOT_FOUND" "" Refusal, No(Other);
    UnsupportedPaymentMethod "UNSUPPORTED_PAYMENT_METHOD" "" Refusal, No(Other);
    SuspectedDuplicatePayment "SUSPECTED_DUPLICATE_PAYMENT" "" Refusal, No(Risk);
    PreAuthCaptureUnsupportedMerchant "PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT" "00400060" Is(400), No(Shop);
    // Ours, like the member `paymentCode` that they are about.
    InvalidPaymentCode "INVALID_PAYMENT_CODE" "" Refusal, No(Code);
    ExpiredPaymentCode "EXPIRED_PAYMENT_CODE" "" Refusal, No(Code);

    UnacceptableOp "UNACCEPTABLE_OP" "" Is(400), Unacceptable;
    MerchantLimitExceeded "UNACCEPTABLE_OP" "00400035" Is(400), MerchantLimit;

    ResourceNotFound "RESOURCE_NOT_FOUND" "00200001" Is(404), NotHere;
    DynamicQrPaymentNotFound "DYNAMIC_QR_PAYMENT_NOT_FOUND" "01652075" Is(400), NotHere;
    DynamicQrNotFound "DYNAMIC_QR_NOT_FOUND" "01652072" Is(404), CodeGone;
    DuplicateDynamicQrRequest "DUPLICATE_DYNAMIC_QR_REQUEST" "01652073" Is(400), CodeTaken;
    DynamicQrAlreadyPaid "DYNAMIC_QR_ALREADY_PAID" "01652074" Is(400), CodePaid;

    OrderNotReversible "ORDER_NOT_REVERSIBLE" "00200044" Is(400), NotReversible;
    OrderNotCancelable "ORDER_NOT_CANCELABLE" "00200042" Is(400), NotReversible;
    OrderExpired "ORDER_EXPIRED" "00200043" Is(400), Expired;

    OrderNotCapturable "ORDER_NOT_CAPTURABLE" "00200035" Is(400), NotCapturable;
    AlreadyCaptured "ALREADY_CAPTURED" "00200039" Is(400), NotCapturable;
    ReauthorizationInProgress "REAUTHORIZATION_IN_PROGRESS" "00200038" Is(400), Reauthorising;
    HigherCaptureNotPermitted "HIGHER_CAPTURE_NOT_PERMITTED" "00400062" Is(400), CaptureLimit;
    TooCloseToExpiry "TOO_CLOSE_TO_EXPIRY" "00400064" Is(400), CaptureLimit;

    OrderNotRefundable "UNACCEPTABLE_OP" "00200013" Is(400), RefundRefused;
    SeveralRefunds "UNACCEPTABLE_OP" "00200014" Is(400), RefundRefused;
    InvalidRefundAmount "INVALID_PARAMS" "00200015" Is(400), RefundRefused;
    NoSuchRefundOrder "NO_SUCH_REFUND_ORDER" "00200018" Is(404), RefundUnknown;
    // Ours: no code for this is among those seen.
    MerchantBalanceNotEnough "MERCHANT_BALANCE_NOT_ENOUGH" "" Refusal, PoolEmpty;
}

impl Code {
    /// The code of a result; `None` when it is not listed or contradicts its HTTP status.
    ///
    /// A number that is listed must come with its word. A word that is listed without a number may
    /// come with any number that is not listed, or with none.
    pub fn read(status: u16, result: &ResultInfo) -> Option<Self> {
        let id = result.code_id.as_deref().unwrap_or_default();
        let listed = |code: &&Code| !id.is_empty() && code.id() == id;
        let number_known = Self::ALL.iter().any(|code| listed(&code));
        let found = Self::ALL.iter().find(|code| {
            let number = if number_known { code.id() == id } else { code.id().is_empty() };
            number && code.name() == result.code
        });
        found.copied().filter(|code| code.http().fits(status))
    }

    /// The result that says so.
    pub fn said(self) -> ResultInfo {
        ResultInfo {
            code: self.name().to_owned(),
            message: Some(self.name().to_lowercase().replace('_', " ")),
            code_id: Some(self.id().to_owned()),
        }
    }
}

/// What a result decides about the thing that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It stands in `data`.
    Read,
    /// Not finished.
    Pending,
    /// A definite no.
    No(DeclineReason),
    /// There is no such thing.
    NotFound,
    /// It does not stand and never will.
    Cancelled,
    /// The cancel is refused.
    TooLate,
    /// Another message tells: which one depends on the call.
    Next,
    /// Not now; the same id later.
    NoFunds,
    /// The network says that it does not know.
    Unsure,
    /// Decides nothing, and somebody must look.
    Broken,
}

/// Of the answer to a payment, a preauthorisation or an order.
pub const fn of_payment(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Read,
        Class::Accepted | Class::AsksUser => Meaning::Pending,
        Class::No(reason) => Meaning::No(reason),
        // "For instance the limit is exceeded".
        Class::Unacceptable => Meaning::No(DeclineReason::Funds),
        Class::MerchantLimit => Meaning::No(DeclineReason::Shop),
        // The code was made before and the answer lost; its link is not to be had again. The order
        // ends by its own time.
        Class::CodeTaken | Class::Busy | Class::Failed => Meaning::Unsure,
        Class::Call
        | Class::NotHere
        | Class::CodeGone
        | Class::CodePaid
        | Class::NotReversible
        | Class::Expired
        | Class::NotCapturable
        | Class::Reauthorising
        | Class::CaptureLimit
        | Class::RefundRefused
        | Class::RefundUnknown
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the answer to an inquiry after a payment: it is about the call alone.
pub const fn of_look(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Read,
        Class::NotHere | Class::CodeGone => Meaning::NotFound,
        Class::Busy | Class::Failed => Meaning::Unsure,
        // A no of an inquiry is not a no of the payment.
        Class::Accepted
        | Class::AsksUser
        | Class::Call
        | Class::No(_)
        | Class::Unacceptable
        | Class::CodeTaken
        | Class::CodePaid
        | Class::NotReversible
        | Class::Expired
        | Class::NotCapturable
        | Class::Reauthorising
        | Class::CaptureLimit
        | Class::MerchantLimit
        | Class::RefundRefused
        | Class::RefundUnknown
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the answer to deleting a code. When it was paid, or is not there any more, the payment must
/// be cancelled instead.
pub const fn of_code_delete(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Cancelled,
        Class::CodePaid | Class::CodeGone => Meaning::Next,
        Class::Accepted | Class::Busy | Class::Failed => Meaning::Unsure,
        Class::AsksUser
        | Class::Call
        | Class::No(_)
        | Class::Unacceptable
        | Class::NotHere
        | Class::CodeTaken
        | Class::NotReversible
        | Class::Expired
        | Class::NotCapturable
        | Class::Reauthorising
        | Class::CaptureLimit
        | Class::MerchantLimit
        | Class::RefundRefused
        | Class::RefundUnknown
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the answer to a cancel. Once it is accepted, the money goes back whatever happens.
pub const fn of_cancel(class: Class) -> Meaning {
    match class {
        Class::Done | Class::Accepted => Meaning::Cancelled,
        // Refused, also for want of such a payment: what stands is asked then. An expired payment
        // is one too, because the word does not say if it was paid before.
        Class::NotReversible
        | Class::Expired
        | Class::NotCapturable
        | Class::Unacceptable
        | Class::NotHere => Meaning::TooLate,
        Class::Reauthorising | Class::Busy | Class::Failed => Meaning::Unsure,
        Class::AsksUser
        | Class::Call
        | Class::No(_)
        | Class::CodeGone
        | Class::CodeTaken
        | Class::CodePaid
        | Class::CaptureLimit
        | Class::MerchantLimit
        | Class::RefundRefused
        | Class::RefundUnknown
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the answer to a revert. The payment was seen just before, so it is there.
pub const fn of_revert(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Read,
        Class::NotReversible | Class::Expired | Class::NotCapturable | Class::Unacceptable => {
            Meaning::TooLate
        }
        Class::Accepted | Class::Reauthorising | Class::Busy | Class::Failed => Meaning::Unsure,
        Class::AsksUser
        | Class::Call
        | Class::No(_)
        | Class::NotHere
        | Class::CodeGone
        | Class::CodeTaken
        | Class::CodePaid
        | Class::CaptureLimit
        | Class::MerchantLimit
        | Class::RefundRefused
        | Class::RefundUnknown
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the answer to a capture.
pub const fn of_capture(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Read,
        Class::Accepted | Class::AsksUser | Class::Reauthorising => Meaning::Pending,
        // An earlier copy of this very message may be why: the payment lists its captures.
        Class::NotCapturable | Class::Expired | Class::Unacceptable | Class::NotReversible => {
            Meaning::Next
        }
        Class::CaptureLimit => Meaning::No(DeclineReason::Other),
        Class::MerchantLimit => Meaning::No(DeclineReason::Shop),
        Class::No(reason) => Meaning::No(reason),
        Class::Busy | Class::Failed => Meaning::Unsure,
        Class::Call
        | Class::NotHere
        | Class::CodeGone
        | Class::CodeTaken
        | Class::CodePaid
        | Class::RefundRefused
        | Class::RefundUnknown
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the answer to a refund.
pub const fn of_refund(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Read,
        Class::Accepted => Meaning::Pending,
        // "Several refunds" may be because an earlier copy of this very message was carried out:
        // the refund is asked for by its id before anybody says no.
        Class::RefundRefused
        | Class::Unacceptable
        | Class::NotReversible
        | Class::Expired
        | Class::No(_) => Meaning::Next,
        Class::PoolEmpty => Meaning::NoFunds,
        Class::Busy | Class::Failed => Meaning::Unsure,
        Class::AsksUser
        | Class::Call
        | Class::NotHere
        | Class::CodeGone
        | Class::CodeTaken
        | Class::CodePaid
        | Class::NotCapturable
        | Class::Reauthorising
        | Class::CaptureLimit
        | Class::MerchantLimit
        | Class::RefundUnknown => Meaning::Broken,
    }
}

/// Of the answer to an inquiry after a refund.
pub const fn of_refund_look(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Read,
        Class::RefundUnknown | Class::NotHere => Meaning::NotFound,
        Class::Busy | Class::Failed => Meaning::Unsure,
        Class::Accepted
        | Class::AsksUser
        | Class::Call
        | Class::No(_)
        | Class::Unacceptable
        | Class::CodeGone
        | Class::CodeTaken
        | Class::CodePaid
        | Class::NotReversible
        | Class::Expired
        | Class::NotCapturable
        | Class::Reauthorising
        | Class::CaptureLimit
        | Class::MerchantLimit
        | Class::RefundRefused
        | Class::PoolEmpty => Meaning::Broken,
    }
}
