//! The error codes of WeChat Pay and what each decides (`wallets/wechatpay` facts, section 5).
//!
//! A code has a [`Class`]; each call has a function that says what a class means there. The HTTP
//! number beside a code is what the sandbox sends; some of them are not verified, so the connector
//! reads the word only. A word that is not in the table decides nothing.

use noren_core::wallet::DeclineReason;

/// What a code is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The payer is typing a password.
    Paying,
    /// The network does not know, or does not want to be asked so often.
    Unsure,
    /// The *call* was wrong: form, rights, key, or a number that was used with other content.
    /// Nothing is said of the payment: an earlier copy of the message may have been carried out.
    Call,
    /// The network does not do this with that order, in its state or of its kind. Which is not said.
    Refused,
    /// The payment itself was refused.
    No(DeclineReason),
    /// The order is paid.
    Paid,
    /// The order is closed or revoked.
    Closed,
    /// There is no such order.
    OrderUnknown,
    /// There is no such thing of another kind: a refund.
    ThingUnknown,
    /// The payer's balance, or the merchant's when a refund is asked for.
    NotEnough,
    /// The time for a reverse is over.
    ReverseOver,
    /// There is no file of that day yet.
    NoBill,
}

/// Why something is not done: a code, and a sentence for people.
pub(super) type Fault = (Code, &'static str);

macro_rules! codes {
    ($($code:ident $status:literal $name:literal $other:literal $class:expr;)*) => {
        /// An error code that this folder knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] $code,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Self::$code),*];

            /// The word of v3.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The word of v2, which older texts of v3 write too.
            pub const fn older_name(self) -> &'static str {
                match self { $(Self::$code => $other,)* }
            }

            /// The HTTP status that it comes with in v3.
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
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
    // Section 3: 202 is "accepted, in process". Ours: that this word comes with it.
    UserPaying 202 "USERPAYING" "USERPAYING" Paying;
    SystemError 500 "SYSTEM_ERROR" "SYSTEMERROR" Unsure;
    BankError 500 "BANK_ERROR" "BANKERROR" Unsure;
    FrequencyLimited 429 "FREQUENCY_LIMITED" "FREQUENCY_LIMITED" Unsure;
    // A limit on calls or on the contract; which is not said.
    RuleLimit 403 "RULE_LIMIT" "RULELIMIT" Unsure;

    ParamError 400 "PARAM_ERROR" "PARAM_ERROR" Call;
    AppidMchidNotMatch 400 "APPID_MCHID_NOT_MATCH" "APPID_MCHID_NOT_MATCH" Call;
    MchNotExists 400 "MCH_NOT_EXISTS" "MCHID_NOT_EXIST" Call;
    SignError 401 "SIGN_ERROR" "SIGNERROR" Call;
    NoAuth 403 "NO_AUTH" "NOAUTH" Call;
    // Says that an order of this number with other content exists: the opposite of "no".
    OutTradeNoUsed 403 "OUT_TRADE_NO_USED" "OUT_TRADE_NO_USED" Call;

    InvalidRequest 400 "INVALID_REQUEST" "INVALID_REQUEST" Refused;
    // "The transaction failed", for whatever reason: ask what became of the order.
    TradeError 403 "TRADE_ERROR" "TRADE_ERROR" Refused;

    OrderPaid 400 "ORDERPAID" "ORDERPAID" Paid;
    OrderClosed 400 "ORDER_CLOSED" "ORDERCLOSED" Closed;
    // The word of v2 for an order that was reversed.
    OrderReversed 400 "ORDER_REVERSED" "ORDERREVERSED" Closed;
    OrderNotExist 404 "ORDER_NOT_EXIST" "ORDERNOTEXIST" OrderUnknown;
    ResourceNotExists 404 "RESOURCE_NOT_EXISTS" "REFUNDNOTEXIST" ThingUnknown;
    NotEnough 403 "NOT_ENOUGH" "NOTENOUGH" NotEnough;

    // Ours in v3: names of v2 for a payer's code that does not count, all without a debit.
    AuthCodeError 400 "AUTH_CODE_ERROR" "AUTH_CODE_ERROR" No(Code);
    AuthCodeInvalid 400 "AUTH_CODE_INVALID" "AUTH_CODE_INVALID" No(Code);
    AuthCodeExpired 400 "AUTHCODEEXPIRE" "AUTHCODEEXPIRE" No(Code);
    // Ours in v3: the name of v2.
    ReverseExpire 400 "REVERSE_EXPIRE" "REVERSE_EXPIRE" ReverseOver;

    // Of bills only; names of third parties.
    NoStatementExist 400 "NO_STATEMENT_EXIST" "NO_STATEMENT_EXIST" NoBill;
    StatementCreating 400 "STATEMENT_CREATING" "STATEMENT_CREATING" NoBill;
}

impl Code {
    /// The code of a word of either spelling; `None` when it is not listed.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|code| word == code.name() || word == code.older_name()).copied()
    }
}

/// What a code decides about the thing that was asked for, or what to ask next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A definite no.
    No(DeclineReason),
    /// Not finished.
    Pending,
    /// The order does not stand and never will.
    Cancelled,
    /// There is no such thing.
    NotFound,
    /// The cancel is refused for good.
    TooLate,
    /// Not now; the same id later.
    NoFunds,
    /// See where the order stands.
    AskOrder,
    /// See where the refund stands.
    AskRefund,
    /// It cannot be reversed: try to close it.
    Close,
    /// The network does not know.
    Unsure,
    /// Decides nothing, and somebody must look.
    Broken,
}

/// Of a payment with a scanned code.
pub const fn of_pay(class: Class) -> Meaning {
    match class {
        Class::Paying => Meaning::Pending,
        Class::Unsure => Meaning::Unsure,
        Class::No(reason) => Meaning::No(reason),
        Class::NotEnough => Meaning::No(DeclineReason::Funds),
        Class::Paid => Meaning::AskOrder,
        Class::Closed => Meaning::Cancelled,
        // Both are said of a call and of an order; section 5 wants a query before anything else.
        Class::Refused => Meaning::AskOrder,
        Class::Call
        | Class::OrderUnknown
        | Class::ThingUnknown
        | Class::ReverseOver
        | Class::NoBill => Meaning::Broken,
    }
}

/// Of an order that a payer is to open.
pub const fn of_order(class: Class) -> Meaning {
    match class {
        Class::Unsure => Meaning::Unsure,
        Class::Paid => Meaning::AskOrder,
        Class::Closed => Meaning::Cancelled,
        Class::Paying
        | Class::No(_)
        | Class::NotEnough
        | Class::Refused
        | Class::Call
        | Class::OrderUnknown
        | Class::ThingUnknown
        | Class::ReverseOver
        | Class::NoBill => Meaning::Broken,
    }
}

/// Of an inquiry about an order: it is about the call alone.
pub const fn of_inquiry(class: Class) -> Meaning {
    match class {
        Class::OrderUnknown => Meaning::NotFound,
        Class::Unsure => Meaning::Unsure,
        Class::Paying
        | Class::No(_)
        | Class::NotEnough
        | Class::Paid
        | Class::Closed
        | Class::Refused
        | Class::Call
        | Class::ThingUnknown
        | Class::ReverseOver
        | Class::NoBill => Meaning::Broken,
    }
}

/// Of a reverse. What is neither done nor out of time is repeated (section 5).
pub const fn of_reverse(class: Class) -> Meaning {
    match class {
        Class::ReverseOver => Meaning::TooLate,
        Class::Closed => Meaning::AskOrder,
        // An order whose making was asked for and never answered is none that can be reversed.
        Class::Refused | Class::OrderUnknown => Meaning::Close,
        Class::Unsure | Class::Paying => Meaning::Unsure,
        Class::No(_)
        | Class::NotEnough
        | Class::Paid
        | Class::Call
        | Class::ThingUnknown
        | Class::NoBill => Meaning::Broken,
    }
}

/// Of a close.
pub const fn of_close(class: Class) -> Meaning {
    match class {
        // "Paid between query and close, so close fails: query again" (section 5).
        Class::Paid | Class::Closed | Class::Refused => Meaning::AskOrder,
        // The close may have overtaken the order.
        Class::Unsure | Class::Paying | Class::OrderUnknown => Meaning::Unsure,
        Class::No(_)
        | Class::NotEnough
        | Class::Call
        | Class::ThingUnknown
        | Class::ReverseOver
        | Class::NoBill => Meaning::Broken,
    }
}

/// Of a refund.
pub const fn of_refund(class: Class) -> Meaning {
    match class {
        Class::NotEnough => Meaning::NoFunds,
        Class::Unsure => Meaning::Unsure,
        // Too much, too late, or the number was used otherwise: the refund itself says which.
        Class::Refused => Meaning::AskRefund,
        // We refund only what the network confirmed as paid.
        Class::Paying
        | Class::No(_)
        | Class::Paid
        | Class::Closed
        | Class::Call
        | Class::OrderUnknown
        | Class::ThingUnknown
        | Class::ReverseOver
        | Class::NoBill => Meaning::Broken,
    }
}

/// Of an inquiry about a refund.
pub const fn of_refund_inquiry(class: Class) -> Meaning {
    match class {
        Class::ThingUnknown => Meaning::NotFound,
        Class::Unsure => Meaning::Unsure,
        Class::Paying
        | Class::No(_)
        | Class::NotEnough
        | Class::Paid
        | Class::Closed
        | Class::Refused
        | Class::Call
        | Class::OrderUnknown
        | Class::ReverseOver
        | Class::NoBill => Meaning::Broken,
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $word:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$about])* $word,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$(Self::$word),*];

            /// The word on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$word => $text,)* }
            }

            /// The state that a word names; `None` when it is not listed.
            pub fn read(word: &str) -> Option<Self> {
                Self::ALL.iter().find(|state| state.name() == word).copied()
            }
        }
    };
}

words! {
    /// Where an order stands.
    TradeState {
        /// Nobody has paid it.
        NotPay "NOTPAY",
        /// The payer is typing a password.
        UserPaying "USERPAYING",
        /// Paid.
        Success "SUCCESS",
        /// Paid, and given back in part or whole.
        Refund "REFUND",
        /// Never paid, and never to be.
        Closed "CLOSED",
        /// A scanned payment that was reversed.
        Revoked "REVOKED",
        /// A scanned payment that failed.
        PayError "PAYERROR",
    }
}

words! {
    /// Where a refund stands.
    RefundStatus {
        /// The money went back.
        Success "SUCCESS",
        /// It is on its way.
        Processing "PROCESSING",
        /// No money moved, and none will under this number.
        Closed "CLOSED",
        /// The money cannot be given back where it came from: a person has to look.
        Abnormal "ABNORMAL",
    }
}

impl TradeState {
    /// For people: `trade_state_desc`.
    pub const fn described(self) -> &'static str {
        match self {
            Self::NotPay => "not paid yet",
            Self::UserPaying => "the user is paying, a password is due",
            Self::Success => "paid",
            Self::Refund => "given back in part or whole",
            Self::Closed => "closed",
            Self::Revoked => "revoked",
            Self::PayError => "the payment failed",
        }
    }
}
