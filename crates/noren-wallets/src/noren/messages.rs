//! The messages of the Noren wallet API (`wallets/noren` facts, sections 1 to 3).
//!
//! Server, connector and sandbox share these types, so they cannot disagree. Amounts are
//! `{"amount":1200,"currency":"JPY"}` in minor units, instants are RFC 3339. Unknown members are
//! refused in requests and ignored in answers.

use noren_core::directory::Shop;
use noren_core::effects::{Credited, Resolution};
use noren_core::id::{
    CaptureId, CreditId, MerchantId, PaymentId, QuoteId, RefundId, StoreId, StrayId,
};
use noren_core::money::{Currency, Money};
use noren_core::payment::CaptureMode;
use noren_core::quote::{Quote, Target};
use noren_core::rate::Rate;
use noren_core::time::Timestamp;
use noren_core::wallet::{
    CaptureAnswer, Decline, DeclineReason, FxBy, PaymentAnswer, Receipt, RefundAnswer,
    RefundReceipt,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a scanned code led to: `sto_…` for a printed code, `pay_…` for a till's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolutionId(pub Target);

impl Serialize for ResolutionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Target::Store(id) => serializer.collect_str(&id),
            Target::Payment(id) => serializer.collect_str(&id),
        }
    }
}

impl<'de> Deserialize<'de> for ResolutionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let store = text.parse().map(Target::Store);
        let target = store.or_else(|_| text.parse().map(Target::Payment));
        target.map(Self).map_err(D::Error::custom)
    }
}

/// `POST /wallet/v1/codes/resolve`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResolveRequest {
    /// The text of the code as scanned.
    pub code: String,
    /// What the payer pays in.
    pub payer_currency: Currency,
}

/// Who is paid, as registered: what the payer is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopShown {
    /// The company.
    pub merchant_id: MerchantId,
    /// The place.
    pub store_id: StoreId,
    /// The place's name in Latin letters.
    pub name: String,
    /// The place's name in Japanese.
    pub name_ja: String,
    /// In Latin letters.
    pub city: String,
    /// ISO 18245 category, four digits.
    pub category: String,
}

impl From<&Shop> for ShopShown {
    fn from(shop: &Shop) -> Self {
        Self {
            merchant_id: shop.merchant,
            store_id: shop.store,
            name: shop.name.as_ref().into(),
            name_ja: shop.name_ja.as_ref().into(),
            city: shop.city.as_ref().into(),
            category: shop.mcc.as_ref().into(),
        }
    }
}

/// The answer to [`ResolveRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolveResponse {
    /// To be named in a quote and a reservation.
    pub resolution: ResolutionId,
    /// Who is paid.
    pub shop: ShopShown,
    /// Fixed by the order; absent: the payer types it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The largest payment.
    pub limit: Money,
    /// Who converts.
    pub fx_by: FxBy,
    /// If the wallet is to debit, or to hold only.
    #[serde(default, skip_serializing_if = "Capture::is_now")]
    pub capture: Capture,
    /// The order's code is not honoured from then on.
    #[serde(default, with = "crate::instant::optional", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl From<&Resolution> for ResolveResponse {
    fn from(resolution: &Resolution) -> Self {
        Self {
            resolution: ResolutionId(resolution.target),
            shop: (&resolution.shop).into(),
            amount: resolution.amount,
            limit: resolution.limit,
            fx_by: resolution.fx_by,
            capture: match resolution.capture {
                CaptureMode::Now => Capture::Now,
                CaptureMode::Manual => Capture::Later,
            },
            expires_at: resolution.expires_at,
        }
    }
}

/// `POST /wallet/v1/quotes`. Exactly one of `receive` and `send`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// What the code led to.
    pub resolution: ResolutionId,
    /// The merchant receives exactly this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receive: Option<Money>,
    /// The payer is debited exactly this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<Money>,
}

/// A rate as two integers: one `base` is `numerator / denominator` of `quote`, in major units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateShown {
    /// The currency that is one unit.
    pub base: Currency,
    /// The currency of the price.
    pub quote: Currency,
    /// Above zero.
    pub numerator: u64,
    /// Above zero.
    pub denominator: u64,
}

impl From<Rate> for RateShown {
    fn from(rate: Rate) -> Self {
        let (numerator, denominator) = rate.ratio();
        Self { base: rate.base, quote: rate.quote, numerator, denominator }
    }
}

/// The answer to [`QuoteRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteResponse {
    /// Used once.
    pub quote_id: QuoteId,
    /// What the payer is debited.
    pub payer_amount: Money,
    /// What the merchant receives.
    pub merchant_amount: Money,
    /// Mid and mark-up.
    pub rate: RateShown,
    /// What the market says.
    pub mid_rate: RateShown,
    /// The difference, in hundredths of a percent; to be disclosed to the payer.
    pub markup_bps: u16,
    /// Who published the mid rate.
    pub source: String,
    /// When the mid rate was published.
    #[serde(with = "crate::instant")]
    pub rate_at: Timestamp,
    /// Not honoured from then on.
    #[serde(with = "crate::instant")]
    pub expires_at: Timestamp,
}

impl From<&Quote> for QuoteResponse {
    fn from(quote: &Quote) -> Self {
        Self {
            quote_id: quote.id,
            payer_amount: quote.payer,
            merchant_amount: quote.merchant,
            rate: quote.rate.into(),
            mid_rate: quote.mid.into(),
            markup_bps: quote.markup_bps,
            source: quote.source.as_ref().into(),
            rate_at: quote.rate_at,
            expires_at: quote.expires_at,
        }
    }
}

/// `POST /wallet/v1/payments`: permission to debit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveRequest {
    /// The wallet's id for this one intent, for ever.
    pub wallet_payment_id: String,
    /// What the code led to.
    pub resolution: ResolutionId,
    /// Our promise; only with `fx_by: switch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteId>,
    /// What the merchant is to receive.
    pub amount: Money,
    /// Opaque name of the payer, the same for all of its payments. Kept as a keyed hash, and only
    /// where a shop limits what one payer may pay in a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_token: Option<String>,
}

/// The answer to [`ReserveRequest`]. Only `status: authorising` is permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReserveResponse {
    /// Our id; confirm and fail name it.
    pub payment_id: PaymentId,
    /// What the payment is now: our word for its state.
    pub status: String,
    /// The wallet debits before this instant or not at all. A repeat never gives a later one.
    #[serde(with = "crate::instant")]
    pub confirm_by: Timestamp,
}

/// `POST /wallet/v1/payments/{payment_id}/confirm`: the wallet has debited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    /// What the payer was debited.
    pub debited: Money,
    /// The rate as the wallet prints it, when it converts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
}

/// What became of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmOutcome {
    /// The shop is told.
    Captured,
    /// The shop is told that the money is held.
    Held,
    /// Our cancel was sent before; its answer decides.
    BeingCancelled,
}

/// The answer to [`ConfirmRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmResponse {
    /// Our id.
    pub payment_id: PaymentId,
    /// What became of it.
    pub outcome: ConfirmOutcome,
    /// What the payment is now: our word for its state.
    pub status: String,
}

/// `POST /wallet/v1/payments/{payment_id}/fail`: the wallet gives a permission up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailRequest {
    /// The wallet's word.
    pub reason: String,
}

/// The answer to [`FailRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailResponse {
    /// Our id.
    pub payment_id: PaymentId,
    /// What the payment is now: our word for its state.
    pub status: String,
}

/// `POST /wallet/v1/credits`: a push rail has credited us. It is not asked for and cannot be
/// refused: the rail repeats it until it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditRequest {
    /// The rail's id of the transaction: one credit per id, for ever.
    pub wallet_transaction_id: String,
    /// What the rail has as the payee's name: the text of a scanned code, a resolution, a JPQR id,
    /// or whatever else the payer's bank wrote there.
    pub reference: String,
    /// What we were credited.
    pub amount: Money,
    /// What the payer was debited, where the rail says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_amount: Option<Money>,
    /// What the switch will receive, when the rail says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement_amount: Option<Money>,
    /// When, by the rail's clock.
    #[serde(with = "crate::instant")]
    pub credited_at: Timestamp,
}

/// What became of a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditOutcome {
    /// The shop is told that it is paid.
    Captured,
    /// The shop could not take it: it goes back, as a refund of its own.
    Stray,
    /// Nobody here has that name: it waits for people.
    Unclaimed,
}

/// The answer to [`CreditRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditResponse {
    /// What became of it.
    pub outcome: CreditOutcome,
    /// Our id of the payment, when it came for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// Our id of the stray receipt that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stray_receipt_id: Option<StrayId>,
    /// Our id of the credit, while it belongs to no payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_id: Option<CreditId>,
}

impl From<&Credited> for CreditResponse {
    fn from(credited: &Credited) -> Self {
        let answer =
            |outcome| Self { outcome, payment_id: None, stray_receipt_id: None, credit_id: None };
        match credited {
            Credited::Captured { payment } => {
                Self { payment_id: Some(payment.id), ..answer(CreditOutcome::Captured) }
            }
            Credited::Stray { payment, stray } => Self {
                payment_id: Some(payment.id),
                stray_receipt_id: Some(*stray),
                ..answer(CreditOutcome::Stray)
            },
            Credited::Unclaimed { credit } => {
                Self { credit_id: Some(credit.id), ..answer(CreditOutcome::Unclaimed) }
            }
        }
    }
}

/// What a caller reads of a refusal (`application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable: `shop-unknown`, `quote-expired`.
    pub code: String,
    /// What happened.
    #[serde(default)]
    pub title: String,
    /// `never`, `same_key` (nothing was recorded: send it again) or `new_key`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub retry: String,
}

/// When the money is to move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// At once.
    #[default]
    Now,
    /// It is held; the shop captures later, wholly or in parts.
    Later,
}

impl Capture {
    fn is_now(&self) -> bool {
        *self == Self::Now
    }
}

/// `POST {wallet}/orders`: an order for a shop on the web. Repeated with the same id until it is
/// answered: there is one order a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// Our id for this one intent, for ever.
    pub request_id: PaymentId,
    /// What the merchant wants.
    pub amount: Money,
    /// What the payer is to be debited; only with `fx_by: switch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_amount: Option<Money>,
    /// When the money is to move.
    pub capture: Capture,
    /// Who is paid.
    pub shop: ShopShown,
    /// The merchant's own number for the order, for the payer's receipt.
    pub order_number: String,
    /// The wallet need not honour the order from then on.
    #[serde(with = "crate::instant")]
    pub expires_at: Timestamp,
}

/// `POST {wallet}/payments/{request_id}/capture`: a part of what is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptureRequest {
    /// Our id of the capture, its key for ever.
    pub capture_id: CaptureId,
    /// In the order's currency.
    pub amount: Money,
    /// In the payer's currency at the payment's rate; only with `fx_by: switch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_amount: Option<Money>,
}

/// What a wallet says of a capture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum CaptureSaid {
    /// The money was taken.
    Captured(ReceiptSaid),
    /// A definite no: nothing was taken.
    Declined {
        /// Why.
        reason: DeclineWord,
    },
    /// The wallet works.
    Processing,
    /// No such capture.
    NotFound,
}

impl CaptureSaid {
    /// In the switch's terms.
    pub fn answer(self) -> CaptureAnswer {
        match self {
            Self::Captured(receipt) => CaptureAnswer::Captured(receipt.into()),
            Self::Declined { reason } => CaptureAnswer::Declined(reason.decline()),
            Self::Processing => CaptureAnswer::Processing,
            Self::NotFound => CaptureAnswer::NotFound,
        }
    }
}

/// `POST {wallet}/payments`: the shop scanned the payer's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayRequest {
    /// Our id for this one intent, for ever.
    pub request_id: PaymentId,
    /// The payer's code.
    pub code: String,
    /// What the merchant wants.
    pub amount: Money,
    /// What the payer is to be debited; only with `fx_by: switch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_amount: Option<Money>,
    /// When the money is to move.
    pub capture: Capture,
    /// Who is paid.
    pub shop: ShopShown,
    /// The merchant's own number for the order, for the payer's receipt.
    pub order_number: String,
}

/// A wallet's documented words for a definite no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineWord {
    /// The balance is too small.
    NoFunds,
    /// Above a limit of the payer's.
    OverLimit,
    /// No such code, or expired.
    CodeInvalid,
    /// The code was used before.
    CodeUsed,
    /// The account is closed or blocked.
    PayerBlocked,
    /// The payer said no.
    PayerRefused,
    /// The wallet does not serve this shop.
    ShopRefused,
    /// Risk or regulation.
    Risk,
    /// A cancel for this id came first.
    Cancelled,
    /// More than is left of the payment, or there is no such payment to refund.
    RefundNotPossible,
    /// More than is left of what is held, or nothing is held.
    CaptureNotPossible,
}

impl DeclineWord {
    /// Every word with its meaning. Sandbox and connector read the same table.
    pub const TABLE: [(DeclineWord, &'static str, DeclineReason); 11] = [
        (Self::NoFunds, "no_funds", DeclineReason::Funds),
        (Self::OverLimit, "over_limit", DeclineReason::Funds),
        (Self::CodeInvalid, "code_invalid", DeclineReason::Code),
        (Self::CodeUsed, "code_used", DeclineReason::Code),
        (Self::PayerBlocked, "payer_blocked", DeclineReason::Payer),
        (Self::PayerRefused, "payer_refused", DeclineReason::GaveUp),
        (Self::ShopRefused, "shop_refused", DeclineReason::Shop),
        (Self::Risk, "risk", DeclineReason::Risk),
        (Self::Cancelled, "cancelled", DeclineReason::GaveUp),
        (Self::RefundNotPossible, "refund_not_possible", DeclineReason::Refund),
        (Self::CaptureNotPossible, "capture_not_possible", DeclineReason::Other),
    ];

    /// The proof that this word is.
    pub fn decline(self) -> Decline {
        let (_, word, reason) = Self::TABLE[self as usize];
        Decline::read(reason, word)
    }

    /// The word as it is sent.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }
}

/// The wallet's statement that it debited the payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptSaid {
    /// The wallet's id of the transaction: one receipt per id, for ever.
    pub wallet_transaction_id: String,
    /// What was paid, in the order's currency.
    pub amount: Money,
    /// What the payer was debited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_amount: Option<Money>,
    /// The rate as the wallet prints it, when it converts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// What the switch will receive, when the wallet says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement_amount: Option<Money>,
}

impl From<ReceiptSaid> for Receipt {
    fn from(said: ReceiptSaid) -> Self {
        Self {
            transaction: said.wallet_transaction_id.into(),
            amount: said.amount,
            payer: said.payer_amount,
            rate: said.rate.map(Into::into),
            settlement: said.settlement_amount,
        }
    }
}

/// What a wallet says of a payment: in answer to pay, inquiry and cancel, and in notifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum PaymentSaid {
    /// Paid (the shop scanned the payer's code).
    Approved(ReceiptSaid),
    /// Paid (the payer scanned the shop's code).
    Debited(ReceiptSaid),
    /// Held, to be captured later.
    Authorised(ReceiptSaid),
    /// The order is open.
    Ordered {
        /// What the payer opens, or is shown as a code.
        link: String,
    },
    /// A definite no.
    Declined {
        /// Why.
        reason: DeclineWord,
    },
    /// The user is acting.
    WaitingForPayer,
    /// The wallet works.
    Processing,
    /// A scan that has not been debited yet. A hint: a slow clock may debit it still.
    NotDebited,
    /// A scan that the wallet does not know. A hint.
    Unknown,
    /// No such request.
    NotFound,
    /// It does not stand and never will; what was debited was given back.
    Cancelled,
    /// The payer's money is frozen by the wallet's side, for good: not paid, not returned.
    Blocked,
    /// The cancel is refused.
    TooLate {
        /// What stands instead.
        state: Box<PaymentSaid>,
    },
}

impl PaymentSaid {
    /// In the switch's terms.
    pub fn answer(self) -> PaymentAnswer {
        match self {
            Self::Approved(receipt) | Self::Debited(receipt) => PaymentAnswer::Paid(receipt.into()),
            Self::Authorised(receipt) => PaymentAnswer::Authorised(receipt.into()),
            Self::Ordered { link } => PaymentAnswer::Ordered { link: link.into(), handle: None },
            Self::Declined { reason } => PaymentAnswer::Declined(reason.decline()),
            Self::WaitingForPayer | Self::Processing | Self::NotDebited | Self::Unknown => {
                PaymentAnswer::Pending
            }
            Self::NotFound => PaymentAnswer::NotFound,
            Self::Cancelled => PaymentAnswer::Cancelled,
            Self::Blocked => PaymentAnswer::Blocked,
            Self::TooLate { state } => {
                let receipt = match *state {
                    Self::Approved(receipt) | Self::Debited(receipt) => Some(receipt.into()),
                    _ => None,
                };
                PaymentAnswer::TooLate { receipt }
            }
        }
    }
}

/// `POST {wallet}/refunds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Our id of the refund, its key for ever.
    pub refund_id: RefundId,
    /// The payment, when we asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<PaymentId>,
    /// The payment, when the wallet's user scanned our code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet_payment_id: Option<String>,
    /// The rail's transaction, when it is money that a push rail credited. Exactly one of the three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// In the order's currency.
    pub amount: Money,
    /// In the payer's currency at the payment's rate; only with `fx_by: switch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_amount: Option<Money>,
}

/// What a wallet says of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RefundSaid {
    /// The payer has the money.
    Refunded {
        /// In the order's currency.
        amount: Money,
        /// What the payer got.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payer_amount: Option<Money>,
    },
    /// A definite no.
    Declined {
        /// Why.
        reason: DeclineWord,
    },
    /// The incoming pool is too small now: ask again with the same id.
    NoFunds,
    /// The wallet works.
    Processing,
    /// No such refund.
    NotFound,
}

impl RefundSaid {
    /// In the switch's terms.
    pub fn answer(self) -> RefundAnswer {
        match self {
            Self::Refunded { amount, payer_amount } => RefundAnswer::Refunded(RefundReceipt {
                amount,
                payer: payer_amount,
                settlement: None,
            }),
            Self::Declined { reason } => RefundAnswer::Declined(reason.decline()),
            Self::NoFunds => RefundAnswer::NoFunds,
            Self::Processing => RefundAnswer::Processing,
            Self::NotFound => RefundAnswer::NotFound,
        }
    }
}

/// `POST /wallet/v1/notifications`. Repeated until 2xx, in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// Names this statement; a repeat has the same.
    pub notification_id: String,
    /// Of what, and what is said.
    pub about: About,
}

/// What a notification is about. Payments are named by our id in both ways to pay: the wallet
/// learned it with the request or with the permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum About {
    /// `{"payment":{"payment_id":…,"outcome":{"status":…}}}`.
    Payment {
        /// Our id.
        payment_id: PaymentId,
        /// The same members as the answer to an inquiry.
        outcome: PaymentSaid,
    },
    /// `{"capture":{"capture_id":…,"payment_id":…,"outcome":{"status":…}}}`.
    Capture {
        /// Our id of the capture.
        capture_id: CaptureId,
        /// Our id of the payment.
        payment_id: PaymentId,
        /// The same members as the answer to an inquiry.
        outcome: CaptureSaid,
    },
    /// `{"refund":{"refund_id":…,"outcome":{"status":…}}}`.
    Refund {
        /// Our id of the refund.
        refund_id: RefundId,
        /// Our id of the payment, when the wallet knows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payment_id: Option<PaymentId>,
        /// The same members as the answer to an inquiry.
        outcome: RefundSaid,
    },
}
