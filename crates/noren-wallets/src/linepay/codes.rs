//! The return codes of LINE Pay and what each of them decides (`wallets/linepay` facts, section 5).
//!
//! Each code has a [`Class`]; each call has a function that says what a class means there. A code
//! that is not in the table decides nothing.

use noren_core::wallet::DeclineReason;

/// What a code is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It is done; in answer to a check, the payer is still to act.
    Done,
    /// The payer approved the order: confirm it now.
    Approved,
    /// The payer gave up, or took too long.
    Closed,
    /// The order failed.
    Failed,
    /// The order has been confirmed.
    Finished,
    /// It is being done.
    Working,
    /// The network does not know, or a person must act first.
    Unsure,
    /// Something of this id was done before: look, and never repeat with a new id.
    Already,
    /// The *call* was wrong: form, headers, rights. Nothing is said of the payment, and somebody
    /// must look.
    Call,
    /// The network looked at the payment itself and said no.
    No(DeclineReason),
    /// There is no such transaction.
    NotFound,
    /// The transaction is in a state, or of a kind, that does not allow the call.
    State,
    /// Too late for a refund, or more than is left.
    RefundLimit,
    /// All of it went back before.
    RefundedBefore,
}

macro_rules! codes {
    ($($code:ident $digits:literal $message:literal $class:expr;)*) => {
        /// A return code that this connector knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = concat!("`", $digits, "`: ", $message, ".")] $code,)*
            /// `1281` to `1298`: the payer's card was refused.
            Card(u16),
        }

        impl Code {
            /// All of them.
            pub fn all() -> impl Iterator<Item = Self> {
                [$(Self::$code),*].into_iter().chain((1281..=1298).map(Self::Card))
            }

            /// What `returnMessage` says; for people.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$code => $message,)* Self::Card(_) => "card refused" }
            }

            /// What it is about.
            pub const fn class(self) -> Class {
                use Class::*;
                use DeclineReason::*;
                match self { $(Self::$code => $class,)* Self::Card(_) => No(Payer) }
            }

            /// The code of these four digits.
            pub fn read(digits: &str) -> Option<Self> {
                match digits {
                    $($digits => Some(Self::$code),)*
                    _ => {
                        let card = digits.parse().ok().filter(|n| (1281..=1298).contains(n));
                        card.filter(|_| digits.len() == 4).map(Self::Card)
                    }
                }
            }

            /// The four digits on the wire.
            pub fn digits(self) -> std::borrow::Cow<'static, str> {
                match self {
                    $(Self::$code => $digits.into(),)*
                    Self::Card(number) => number.to_string().into(),
                }
            }
        }
    };
}

codes! {
    Success "0000" "Success" Done;
    Authenticated "0110" "the customer has approved the payment" Approved;
    CancelledOrTimedOut "0121" "the customer cancelled the payment, or it timed out" Closed;
    PaymentFailed "0122" "the payment failed" Failed;
    PaymentDone "0123" "the payment is complete" Finished;

    NotAMember "1101" "not a LINE Pay member" No(Payer);
    MemberBlocked "1102" "the member cannot pay" No(Payer);
    NoSuchMerchant "1104" "there is no such merchant" No(Shop);
    MerchantNotUsable "1105" "the merchant cannot use LINE Pay" No(Shop);
    // A wrong signature or address of ours: nothing is said of the payment.
    HeaderError "1106" "the header is wrong" Call;
    CardNotAccepted "1110" "the card is not accepted" No(Payer);
    AmountError "1124" "the amount is wrong" No(Other);
    WrongOneTimeKey "1133" "the one-time key is not valid" No(DeclineReason::Code);
    AccountState "1141" "the state of the account does not allow it" No(Payer);
    NoBalance "1142" "the balance is too small" No(Funds);
    InProcess "1145" "the payment is being processed" Working;
    NoTransaction "1150" "there is no such transaction" NotFound;
    SameTransaction "1152" "the same transaction was made before" Already;
    // Of a confirmation: the amount is not that of the request. Ours to look at.
    AmountDiffers "1153" "the amount is not the one that was requested" Call;
    WrongTransaction "1155" "not a transaction for this call" State;
    // Says that the network has forgotten the order, or never had it; a check decides.
    NoRequest "1159" "there is no information about the payment request" Unsure;
    RefundTooLate "1163" "the time for refunds is over" RefundLimit;
    RefundTooMuch "1164" "more than can be refunded" RefundLimit;
    RefundedAlready "1165" "refunded before" RefundedBefore;
    // The payer has to act in the app. Whether the payment can still come of it is not published.
    MustAuthenticate "1169" "the customer must authenticate" Unsure;
    BalanceChanged "1170" "the balance has changed" No(Funds);
    SameOrder "1172" "a transaction with the same order number exists" Already;
    TooManyResults "1177" "too many results" Call;
    CurrencyError "1178" "the currency is not supported" No(Shop);
    StateError "1179" "the state does not allow it" State;
    Expired "1180" "expired" State;
    AmountTooSmall "1183" "the amount is too small" No(Funds);
    AmountTooLarge "1184" "the amount is too large" No(Funds);
    NoRegKey "1190" "there is no such regKey" Call;
    RegKeyExpired "1193" "the regKey has expired" Call;
    RegKeyNotAllowed "1194" "the merchant cannot use stored payments" Call;
    RequestedTwice "1198" "the call was made twice" Already;
    // Documented among the card errors, as a passing one.
    CardUnavailable "1280" "a passing error of the card's company" Unsure;

    ParameterError "2101" "a parameter is wrong" Call;
    JsonError "2102" "the JSON is wrong" Call;
    InternalError "9000" "internal error" Unsure;
}

/// What an answer decides about the thing that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Yes.
    Yes,
    /// The payer approved: confirm.
    Confirm,
    /// A definite no.
    No(DeclineReason),
    /// Not finished.
    Pending,
    /// The order does not stand and never will.
    Cancelled,
    /// There is no such thing.
    NotFound,
    /// Refused in the present state.
    Refused,
    /// The details say what stands.
    Look,
    /// The network does not know.
    Unsure,
    /// Decides nothing, and somebody must look.
    Broken,
}

/// `request`: an order is to be made.
pub const fn of_request(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Already => Meaning::Look,
        Class::Working | Class::Unsure => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        Class::Approved
        | Class::Closed
        | Class::Failed
        | Class::Finished
        | Class::Call
        | Class::NotFound
        | Class::State
        | Class::RefundLimit
        | Class::RefundedBefore => Meaning::Broken,
    }
}

/// `check` of an order (online).
pub const fn of_check(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Pending,
        Class::Approved => Meaning::Confirm,
        Class::Closed => Meaning::Cancelled,
        Class::Failed => Meaning::No(DeclineReason::Other),
        Class::Finished => Meaning::Look,
        Class::NotFound => Meaning::NotFound,
        Class::Working | Class::Unsure => Meaning::Unsure,
        // A no of an inquiry is not a no of the payment.
        Class::Already
        | Class::Call
        | Class::No(_)
        | Class::State
        | Class::RefundLimit
        | Class::RefundedBefore => Meaning::Broken,
    }
}

/// `confirm`: the call that takes the money of an order, and the pay call with a scanned code. Both
/// are made once for their id, so a refusal of the payment itself is final; a refusal because of a
/// state is not (the next check decides).
pub const fn of_payment(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Already => Meaning::Look,
        Class::Working => Meaning::Pending,
        Class::Unsure | Class::State => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        Class::Approved
        | Class::Closed
        | Class::Failed
        | Class::Finished
        | Class::Call
        | Class::NotFound
        | Class::RefundLimit
        | Class::RefundedBefore => Meaning::Broken,
    }
}

/// `orders/{orderId}/check` (offline) and `details`: the code is about the call alone.
pub const fn of_inquiry(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Working => Meaning::Pending,
        Class::NotFound => Meaning::NotFound,
        Class::Unsure => Meaning::Unsure,
        Class::Approved
        | Class::Closed
        | Class::Failed
        | Class::Finished
        | Class::Already
        | Class::Call
        | Class::No(_)
        | Class::State
        | Class::RefundLimit
        | Class::RefundedBefore => Meaning::Broken,
    }
}

/// `capture` of a hold. There is one, so one that was made before is found in the details.
pub const fn of_capture(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::Already | Class::State => Meaning::Look,
        Class::Working => Meaning::Pending,
        Class::Unsure => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        Class::Approved
        | Class::Closed
        | Class::Failed
        | Class::Finished
        | Class::Call
        | Class::NotFound
        | Class::RefundLimit
        | Class::RefundedBefore => Meaning::Broken,
    }
}

/// `void` of a hold.
pub const fn of_void(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Cancelled,
        Class::Already | Class::State => Meaning::Look,
        Class::Working | Class::Unsure => Meaning::Unsure,
        Class::Approved
        | Class::Closed
        | Class::Failed
        | Class::Finished
        | Class::Call
        | Class::No(_)
        | Class::NotFound
        | Class::RefundLimit
        | Class::RefundedBefore => Meaning::Broken,
    }
}

/// `refund` of what was paid.
pub const fn of_refund(class: Class) -> Meaning {
    match class {
        Class::Done => Meaning::Yes,
        Class::RefundLimit => Meaning::No(DeclineReason::Refund),
        // It may have been this one, in an earlier copy.
        Class::Already | Class::RefundedBefore => Meaning::Look,
        Class::Working => Meaning::Pending,
        Class::Unsure | Class::State => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        // We refund only what the network confirmed as paid.
        Class::Approved
        | Class::Closed
        | Class::Failed
        | Class::Finished
        | Class::Call
        | Class::NotFound => Meaning::Broken,
    }
}

/// `refund` of the whole of a payment that the network calls unfinished: the cancel of a scanned
/// code that is in doubt (section 5).
pub const fn of_undoing(class: Class) -> Meaning {
    match class {
        // Nothing stands: all of it went back, now or before.
        Class::Done | Class::RefundedBefore => Meaning::Cancelled,
        Class::Working | Class::NotFound | Class::State => Meaning::Refused,
        Class::Already | Class::Unsure => Meaning::Unsure,
        Class::Approved
        | Class::Closed
        | Class::Failed
        | Class::Finished
        | Class::Call
        | Class::No(_)
        | Class::RefundLimit => Meaning::Broken,
    }
}
