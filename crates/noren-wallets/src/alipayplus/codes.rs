//! The result codes of Alipay+ and what each of them decides (`wallets/alipayplus` facts,
//! sections 5 and 8).
//!
//! Each code has the status that it comes with and a [`Class`]; each call has a function that says
//! what a class means there. A code that is not in the table, or that comes with another status
//! than its own, decides nothing, whatever its status says.

use noren_core::wallet::DeclineReason;

use super::messages::ResultSaid;

/// The three kinds of result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Success.
    S,
    /// Failure.
    F,
    /// Unknown.
    U,
}

impl Status {
    /// The letter on the wire.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::F => "F",
            Self::U => "U",
        }
    }
}

/// What a code is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It is done.
    Done,
    /// It is being done.
    Working,
    /// The network does not know, or does not want to be asked so often.
    Unsure,
    /// The *call* was wrong: form, address, rights, key, or a repeat with other content. Nothing
    /// is said of the payment: this copy of the message was not carried out, but an earlier copy
    /// under the same id may have been (a connection that broke, a key that was changed in
    /// between). So it decides nothing, and somebody must look.
    Call,
    /// The network looked at the payment itself and said no.
    No(DeclineReason),
    /// There is no such order.
    OrderUnknown,
    /// The order was cancelled.
    OrderCancelled,
    /// The order is closed.
    OrderClosed,
    /// The order is in a state that does not allow the call. Which state is not said.
    OrderState,
    /// The time for cancelling is over.
    CancelWindow,
    /// The refund is more than is left, or too late.
    RefundLimit,
    /// Our side's pool at the network is too small for a refund.
    PoolEmpty,
}

macro_rules! codes {
    ($($code:ident $name:literal $status:ident $class:expr;)*) => {
        /// A result code that this connector knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] $code,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Self::$code),*];

            /// The word on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The status that it comes with.
            pub const fn status(self) -> Status {
                match self { $(Self::$code => Status::$status,)* }
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
    Success "SUCCESS" S Done;
    PaymentInProcess "PAYMENT_IN_PROCESS" U Working;
    UnknownException "UNKNOWN_EXCEPTION" U Unsure;
    RequestTrafficExceedLimit "REQUEST_TRAFFIC_EXCEED_LIMIT" U Unsure;

    ParamIllegal "PARAM_ILLEGAL" F Call;
    AccessDenied "ACCESS_DENIED" F Call;
    InvalidApi "INVALID_API" F Call;
    NoInterfaceDef "NO_INTERFACE_DEF" F Call;
    KeyNotFound "KEY_NOT_FOUND" F Call;
    SignatureInvalid "SIGNATURE_INVALID" F Call;
    MediaTypeNotAcceptable "MEDIA_TYPE_NOT_ACCEPTABLE" F Call;
    MethodNotSupported "METHOD_NOT_SUPPORTED" F Call;
    // Says that a payment of this id with other content exists: the opposite of "no".
    RepeatReqInconsistent "REPEAT_REQ_INCONSISTENT" F Call;

    // The general business failure. Documented as F, and F is final for its id (section 5).
    ProcessFail "PROCESS_FAIL" F No(Other);
    InvalidContract "INVALID_CONTRACT" F No(Shop);
    InvalidMerchantStatus "INVALID_MERCHANT_STATUS" F No(Shop);
    MerchantNotRegistered "MERCHANT_NOT_REGISTERED" F No(Shop);
    MerchantKybNotQualified "MERCHANT_KYB_NOT_QUALIFIED" F No(Shop);
    CurrencyNotSupport "CURRENCY_NOT_SUPPORT" F No(Shop);
    SettleContractNotMatch "SETTLE_CONTRACT_NOT_MATCH" F No(Shop);
    ExpiredCode "EXPIRED_CODE" F No(Code);
    InvalidPaymentCode "INVALID_PAYMENT_CODE" F No(Code);
    UserNotExist "USER_NOT_EXIST" F No(Payer);
    UserStatusAbnormal "USER_STATUS_ABNORMAL" F No(Payer);
    UserKycNotQualified "USER_KYC_NOT_QUALIFIED" F No(Payer);
    UserPaymentVerificationFailed "USER_PAYMENT_VERIFICATION_FAILED" F No(Payer);
    UserBalanceNotEnough "USER_BALANCE_NOT_ENOUGH" F No(Funds);
    UserAmountExceedLimit "USER_AMOUNT_EXCEED_LIMIT" F No(Funds);
    PaymentAmountExceedLimit "PAYMENT_AMOUNT_EXCEED_LIMIT" F No(Funds);
    PaymentCountExceedLimit "PAYMENT_COUNT_EXCEED_LIMIT" F No(Funds);
    PaymentNotQualified "PAYMENT_NOT_QUALIFIED" F No(Risk);
    RiskReject "RISK_REJECT" F No(Risk);
    FraudReject "FRAUD_REJECT" F No(Risk);
    RegulationRestriction "REGULATION_RESTRICTION" F No(Risk);
    UnavailablePaymentMethod "UNAVAILABLE_PAYMENT_METHOD" F No(Other);
    NoPayOptions "NO_PAY_OPTIONS" F No(Other);

    OrderNotExist "ORDER_NOT_EXIST" F OrderUnknown;
    OrderIsCanceled "ORDER_IS_CANCELED" F OrderCancelled;
    OrderIsClosed "ORDER_IS_CLOSED" F OrderClosed;
    OrderStatusInvalid "ORDER_STATUS_INVALID" F OrderState;
    CancelWindowExceed "CANCEL_WINDOW_EXCEED" F CancelWindow;
    RefundAmountExceed "REFUND_AMOUNT_EXCEED" F RefundLimit;
    RefundWindowExceed "REFUND_WINDOW_EXCEED" F RefundLimit;

    // Ours: no code for this is among those seen. U, because the same refund id must be able to
    // succeed later, and an F would be final for it.
    MerchantBalanceNotEnough "MERCHANT_BALANCE_NOT_ENOUGH" U PoolEmpty;
}

impl Code {
    /// The code of a result; `None` when it is not listed or contradicts its status.
    pub fn read(result: &ResultSaid) -> Option<Self> {
        let found = Self::named(result.result_code.as_str());
        found.filter(|code| code.status().letter() == result.result_status.as_str())
    }

    /// The code of a word that comes without a status: AMS's `paymentResultCode`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|code| code.name() == name).copied()
    }

    /// The result that says so.
    pub fn said(self) -> ResultSaid {
        ResultSaid {
            result_status: self.status().letter().into(),
            result_code: self.name().into(),
            result_message: Some(self.name().to_lowercase().replace('_', " ").into()),
        }
    }
}

/// What a result decides about the thing that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Yes.
    Yes,
    /// A definite no.
    No(DeclineReason),
    /// Not finished.
    Pending,
    /// The order does not stand and never will.
    Cancelled,
    /// There is no such thing.
    NotFound,
    /// The cancel is refused because its time is over.
    TooLate,
    /// Not now; the same id later.
    NoFunds,
    /// The network says that it does not know.
    Unsure,
    /// Decides nothing, and somebody must look.
    Broken,
}

/// Of a payment: the `result` of `pay`, the `paymentResult` of inquiries and notifications.
pub const fn of_payment(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Working => Meaning::Pending,
        Class::Unsure => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        // F is final for the id (section 5), and the word says that the order ended without a yes.
        Class::OrderCancelled | Class::OrderClosed => Meaning::Cancelled,
        // A payment of this id is in some other state: doubt.
        Class::OrderState => Meaning::Unsure,
        // To "pay", "no such order" is no answer; nor are words that belong to other calls.
        Class::Call
        | Class::OrderUnknown
        | Class::CancelWindow
        | Class::RefundLimit
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the `result` of an inquiry (payment or refund): it is about the call alone.
pub const fn of_inquiry(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Working | Class::Unsure => Meaning::Unsure,
        Class::OrderUnknown => Meaning::NotFound,
        // A no of an inquiry is not a no of the payment.
        Class::Call
        | Class::No(_)
        | Class::OrderCancelled
        | Class::OrderClosed
        | Class::OrderState
        | Class::CancelWindow
        | Class::RefundLimit
        | Class::PoolEmpty => Meaning::Broken,
    }
}

/// Of the `result` of a cancel. What is neither done nor out of time is repeated (section 5).
pub const fn of_cancel(class: Class) -> Meaning {
    match class {
        Class::Done | Class::OrderCancelled => Meaning::Cancelled,
        Class::CancelWindow => Meaning::TooLate,
        // The cancel may have overtaken the payment: only S is known to bind.
        Class::Working | Class::Unsure | Class::OrderUnknown | Class::OrderState => Meaning::Unsure,
        Class::Call | Class::No(_) | Class::OrderClosed | Class::RefundLimit | Class::PoolEmpty => {
            Meaning::Broken
        }
    }
}

/// Of a refund: the `result` of `refund`, the `refundResult` of its inquiry.
pub const fn of_refund(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Working => Meaning::Pending,
        Class::Unsure => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        // What is cancelled or closed was given back whole; a state that does not allow the
        // refund is an F for this refund id. No money moved by this id.
        Class::RefundLimit | Class::OrderCancelled | Class::OrderClosed | Class::OrderState => {
            Meaning::No(DeclineReason::Refund)
        }
        Class::PoolEmpty => Meaning::NoFunds,
        // We refund only what the network confirmed as paid; that it knows no such payment
        // contradicts itself.
        Class::Call | Class::OrderUnknown | Class::CancelWindow => Meaning::Broken,
    }
}

/// Of a capture (AMS): the `result` of `capture`, and of the transaction in its payment's list. F is
/// final for its id.
pub const fn of_capture(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Working => Meaning::Pending,
        Class::Unsure => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        // Nothing is held, or not so much: nothing was taken by this id.
        Class::OrderCancelled | Class::OrderClosed | Class::OrderState => {
            Meaning::No(DeclineReason::Other)
        }
        // We capture only what the network confirmed as held; that it knows no such payment
        // contradicts itself. The others are words of other calls.
        Class::Call
        | Class::OrderUnknown
        | Class::CancelWindow
        | Class::RefundLimit
        | Class::PoolEmpty => Meaning::Broken,
    }
}
