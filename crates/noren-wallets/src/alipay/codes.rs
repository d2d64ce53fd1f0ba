//! What Alipay answers with, and what each word decides (`wallets/alipay-openplatform` facts,
//! section 3).
//!
//! A result code says how the call went; a sub code says why not. Each sub code has the result code
//! that it comes with and a [`Class`]; each call has a function that says what a class means there. A
//! sub code that is not in the table, or that comes with another result code than its own, decides
//! nothing. In the v3 dialect the sub code stands alone.
//!
//! Sub codes from the facts, and those that the public pages of the same calls list for a till
//! (withholding, instalments and the like are left out). The words for refused calls (`isv.…`) other
//! than `isv.invalid-signature` are the platform's general ones.

use noren_core::wallet::DeclineReason;

/// The result code of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Done; read what it says.
    Success,
    /// The user is asked.
    Waiting,
    /// The network does not know what became of it.
    Unavailable,
    /// A parameter is missing.
    Missing,
    /// A parameter is wrong, or the signature.
    Invalid,
    /// Refused; the sub code says why.
    Failed,
    /// No right to the call.
    NoPermission,
}

impl Code {
    /// All of them.
    pub const ALL: [Code; 7] = [
        Self::Success,
        Self::Waiting,
        Self::Unavailable,
        Self::Missing,
        Self::Invalid,
        Self::Failed,
        Self::NoPermission,
    ];

    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "10000",
            Self::Waiting => "10003",
            Self::Unavailable => "20000",
            Self::Missing => "40001",
            Self::Invalid => "40002",
            Self::Failed => "40004",
            Self::NoPermission => "40006",
        }
    }

    /// For people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Waiting => "order success pay inprocess",
            Self::Unavailable => "Service Currently Unavailable",
            Self::Missing => "Missing Required Arguments",
            Self::Invalid => "Invalid Arguments",
            Self::Failed => "Business Failed",
            Self::NoPermission => "Insufficient Permissions",
        }
    }

    /// The code of that name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// The HTTP status of a refusal in the v3 dialect. Ours but for 400 with a sub code of the
    /// matter.
    pub const fn status(self) -> u16 {
        match self {
            Self::Success | Self::Waiting => 200,
            Self::Unavailable => 500,
            Self::Missing | Self::Invalid | Self::Failed => 400,
            Self::NoPermission => 403,
        }
    }
}

/// What a sub code is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The network does not know.
    Unsure,
    /// The *call* was wrong: form, signature, rights, or a number that was used with other content.
    /// This copy of the message was not carried out; an earlier one under the same number may have
    /// been. So it decides nothing, and somebody must look.
    Call,
    /// The network looked at the payment itself and said no.
    No(DeclineReason),
    /// There is no such trade. An order that nobody has scanned has none yet.
    TradeUnknown,
    /// The trade was paid before.
    TradePaid,
    /// The trade was closed unpaid, or given back whole.
    TradeClosed,
    /// The trade is in a state that does not allow the call. Which state is not said.
    TradeState,
    /// The trade stands and is not to be cancelled (any more).
    Uncancellable,
    /// Nothing can be given back of the trade, or not so much.
    Unrefundable,
    /// Neither cancelled nor refunded any more: the trade is finished, or frozen by the network.
    Stuck,
    /// Our account at the network is too small to give back from.
    PoolEmpty,
    /// There is no bill of that day (yet).
    NoBill,
}

macro_rules! sub_codes {
    ($($code:ident $name:literal $result:ident $class:expr;)*) => {
        /// A sub code that this connector knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SubCode {
            $(#[doc = concat!("`", $name, "`")] $code,)*
        }

        impl SubCode {
            /// All of them.
            pub const ALL: &[SubCode] = &[$(Self::$code),*];

            /// The word on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The result code that it comes with.
            pub const fn code(self) -> Code {
                match self { $(Self::$code => Code::$result,)* }
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

sub_codes! {
    IspUnknown "isp.unknow-error" Unavailable Unsure;
    AopUnknown "aop.unknow-error" Unavailable Unsure;

    MissingMethod "isv.missing-method" Missing Call;
    MissingAppId "isv.missing-app-id" Missing Call;
    MissingSignature "isv.missing-signature" Missing Call;
    MissingSignatureType "isv.missing-signature-type" Missing Call;
    MissingTimestamp "isv.missing-timestamp" Missing Call;
    MissingVersion "isv.missing-version" Missing Call;
    InvalidSignature "isv.invalid-signature" Invalid Call;
    InvalidSignatureType "isv.invalid-signature-type" Invalid Call;
    InvalidAppId "isv.invalid-app-id" Invalid Call;
    InvalidMethod "isv.invalid-method" Invalid Call;
    InvalidTimestamp "isv.invalid-timestamp" Invalid Call;
    InvalidFormat "isv.invalid-format" Invalid Call;
    InvalidCharset "isv.invalid-charset" Invalid Call;
    InvalidParam "isv.invalid-parameter" Invalid Call;
    NoRight "isv.insufficient-isv-permissions" NoPermission Call;

    SystemError "ACQ.SYSTEM_ERROR" Failed Unsure;
    // Spelled so on the public pages of cancel and refund.
    SystemErrorToo "AQC.SYSTEM_ERROR" Failed Unsure;

    InvalidParameter "ACQ.INVALID_PARAMETER" Failed Call;
    AccessForbidden "ACQ.ACCESS_FORBIDDEN" Failed Call;
    PartnerError "ACQ.PARTNER_ERROR" Failed Call;
    InvalidStoreId "ACQ.INVALID_STORE_ID" Failed Call;
    // Says that a trade of this number with other content exists: the opposite of "no".
    ContextInconsistent "ACQ.CONTEXT_INCONSISTENT" Failed Call;
    TradeBuyerNotMatch "ACQ.TRADE_BUYER_NOT_MATCH" Failed Call;
    DiscordantRepeat "ACQ.DISCORDANT_REPEAT_REQUEST" Failed Call;

    TotalFeeExceed "ACQ.TOTAL_FEE_EXCEED" Failed No(Funds);
    BuyerBalanceNotEnough "ACQ.BUYER_BALANCE_NOT_ENOUGH" Failed No(Funds);
    BankcardBalanceNotEnough "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH" Failed No(Funds);
    BuyerDayLimit "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR" Failed No(Funds);
    BuyerMonthLimit "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR" Failed No(Funds);
    AuthCodeInvalid "ACQ.PAYMENT_AUTH_CODE_INVALID" Failed No(Code);
    BuyerSellerEqual "ACQ.BUYER_SELLER_EQUAL" Failed No(Payer);
    BuyerStatusForbid "ACQ.BUYER_ENABLE_STATUS_FORBID" Failed No(Payer);
    BuyerCertifyLevel "ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT" Failed No(Payer);
    BalancePaymentDisable "ACQ.ERROR_BALANCE_PAYMENT_DISABLE" Failed No(Payer);
    MobileSwitchOff "ACQ.MOBILE_PAYMENT_SWITCH_OFF" Failed No(Payer);
    FaceSwitchOff "ACQ.USER_FACE_PAYMENT_SWITCH_OFF" Failed No(Payer);
    MobileCashierFail "ACQ.PULL_MOBILE_CASHIER_FAIL" Failed No(Other);
    NoInstruments "ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE" Failed No(Other);
    PaymentFail "ACQ.PAYMENT_FAIL" Failed No(Other);
    ForbiddenWord "ACQ.EXIST_FORBIDDEN_WORD" Failed No(Other);
    HasRisk "ACQ.PAYMENT_REQUEST_HAS_RISK" Failed No(Risk);
    SellerBlocked "ACQ.SELLER_BEEN_BLOCKED" Failed No(Shop);
    PayRestriction "ACQ.BEYOND_PAY_RESTRICTION" Failed No(Shop);
    ReceiptRestriction "ACQ.BEYOND_PER_RECEIPT_RESTRICTION" Failed No(Shop);
    AgreementNotExist "ACQ.MERCHANT_AGREEMENT_NOT_EXIST" Failed No(Shop);
    AgreementInvalid "ACQ.MERCHANT_AGREEMENT_INVALID" Failed No(Shop);
    MerchantStatus "ACQ.MERCHANT_STATUS_NOT_NORMAL" Failed No(Shop);
    SecondaryMerchant "ACQ.SECONDARY_MERCHANT_STATUS_ERROR" Failed No(Shop);
    AmountOrCurrency "ACQ.AMOUNT_OR_CURRENCY_ERROR" Failed No(Shop);
    CurrencyNotSupport "ACQ.CURRENCY_NOT_SUPPORT" Failed No(Shop);

    TradeNotExist "ACQ.TRADE_NOT_EXIST" Failed TradeUnknown;
    TradeHasSuccess "ACQ.TRADE_HAS_SUCCESS" Failed TradePaid;
    TradeHasClose "ACQ.TRADE_HAS_CLOSE" Failed TradeClosed;
    TradeStatusError "ACQ.TRADE_STATUS_ERROR" Failed TradeState;
    ReasonTradeStatus "ACQ.REASON_TRADE_STATUS_INVALID" Failed TradeState;

    CancelNotAllowed "ACQ.CANCEL_NOT_ALLOWED" Failed Uncancellable;
    CancelTimeOut "ACQ.TRADE_CANCEL_TIME_OUT" Failed Uncancellable;
    // To a refund: more than is left. To a cancel: refunded in part, so no cancel any more.
    RefundFeeErr "ACQ.REASON_TRADE_REFUND_FEE_ERR" Failed Stuck;
    TradeHasFinished "ACQ.TRADE_HAS_FINISHED" Failed Stuck;
    TradeFrozen "ACQ.REASON_TRADE_BEEN_FREEZEN" Failed Stuck;
    RefundNotTotal "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL" Failed Unrefundable;
    RefundFeeError "ACQ.REFUND_FEE_ERROR" Failed Unrefundable;
    RefundNotAllowed "ACQ.TRADE_NOT_ALLOW_REFUND" Failed Unrefundable;
    SellerBalance "ACQ.SELLER_BALANCE_NOT_ENOUGH" Failed PoolEmpty;

    // The bill's own words, spelled so on its public page.
    BillNotExist "BILL_NOT_EXIST" Failed NoBill;
    BillArguments "INVAILID_ARGUMENTS" Failed Call;
    BillUnknown "UNKNOW_ERROR" Failed Unsure;
}

impl SubCode {
    /// The sub code of that name; `None` when it is not listed.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sub| sub.name() == name)
    }
}

/// What a refusal decides about the thing that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A definite no.
    No(DeclineReason),
    /// The trade does not stand and never will.
    Cancelled,
    /// There is no such thing.
    NotFound,
    /// The cancel is refused: the trade stands.
    TooLate,
    /// Not now; the same number later.
    NoFunds,
    /// The network does not know, or does not say.
    Unsure,
    /// Decides nothing, and somebody must look.
    Broken,
}

/// A refused `alipay.trade.pay` or `alipay.trade.precreate`.
pub const fn of_pay(class: Class) -> Meaning {
    match class {
        Class::No(reason) => Meaning::No(reason),
        // The number is used up, and nothing stands under it.
        Class::TradeClosed => Meaning::Cancelled,
        // An earlier copy went through, perhaps: the inquiry tells.
        Class::Unsure | Class::TradePaid | Class::TradeState => Meaning::Unsure,
        Class::Call
        | Class::TradeUnknown
        | Class::Uncancellable
        | Class::Unrefundable
        | Class::Stuck
        | Class::PoolEmpty
        | Class::NoBill => Meaning::Broken,
    }
}

/// A refused `alipay.trade.query`. A no of an inquiry is not a no of the payment.
pub const fn of_query(class: Class) -> Meaning {
    match class {
        Class::TradeUnknown => Meaning::NotFound,
        Class::Unsure => Meaning::Unsure,
        Class::Call
        | Class::No(_)
        | Class::TradePaid
        | Class::TradeClosed
        | Class::TradeState
        | Class::Uncancellable
        | Class::Unrefundable
        | Class::Stuck
        | Class::PoolEmpty
        | Class::NoBill => Meaning::Broken,
    }
}

/// A refused `alipay.trade.cancel`.
pub const fn of_cancel(class: Class) -> Meaning {
    match class {
        Class::Uncancellable | Class::Stuck => Meaning::TooLate,
        Class::TradeClosed => Meaning::Cancelled,
        // Repeated until it is answered. An empty account is filled some day; of a trade that is
        // not there only a cancel that was carried out is known to bind.
        Class::Unsure | Class::PoolEmpty | Class::TradeState | Class::TradeUnknown => {
            Meaning::Unsure
        }
        Class::Call | Class::No(_) | Class::TradePaid | Class::Unrefundable | Class::NoBill => {
            Meaning::Broken
        }
    }
}

/// A refused `alipay.trade.refund`.
pub const fn of_refund(class: Class) -> Meaning {
    match class {
        // No money moved by this number, and none will.
        Class::Unrefundable | Class::Stuck | Class::TradeClosed | Class::TradeState => {
            Meaning::No(DeclineReason::Refund)
        }
        Class::No(reason) => Meaning::No(reason),
        Class::PoolEmpty => Meaning::NoFunds,
        Class::Unsure => Meaning::Unsure,
        // We refund only what the network confirmed as paid; that it knows no such trade
        // contradicts itself.
        Class::Call
        | Class::TradeUnknown
        | Class::TradePaid
        | Class::Uncancellable
        | Class::NoBill => Meaning::Broken,
    }
}
