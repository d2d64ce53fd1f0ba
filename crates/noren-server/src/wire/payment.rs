//! Payments as a merchant sends and sees them.

use noren_core::Text;
use noren_core::id::{MerchantId, OrderId, PaymentId, QuoteId, StoreId, WalletName};
use noren_core::money::Money;
use noren_core::payment::{self, State, Way};
use noren_core::quote::Quote;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At, Decline, Rate, day};

/// Who shows a code to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Present {
    /// The till shows a code for this order.
    Merchant,
    /// The till scanned the payer's code.
    Consumer,
}

/// `POST /v1/payments`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"order_number": "2026-1121-0042", "store": "sto_0000000000000000000000001",
    "amount": {"amount": 1200, "currency": "JPY"}, "present": "merchant"}))]
pub struct PaymentNew {
    /// Your own number for the order: 1 to 64 characters. One order is paid once.
    pub order_number: String,
    /// Where.
    #[schema(value_type = String)]
    pub store: StoreId,
    /// How much.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// Who shows a code.
    pub present: Present,
    /// What the till scanned; with `present: consumer` only. Used once and not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_code: Option<String>,
    /// How long the till's code is honoured: 10 to 86,400, by default 600; with
    /// `present: merchant` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 10, maximum = 86400)]
    pub expires_in_seconds: Option<u64>,
}

/// `POST /v1/payments/{id}/cancel`: no member yet; the body may be left out.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct PaymentCancelNew {}

/// The promise of a rate that a payment used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuoteUsed {
    /// Which.
    #[schema(value_type = String)]
    pub id: QuoteId,
    /// What the payer is debited.
    #[schema(value_type = Amount)]
    pub payer_amount: Money,
    /// Mid and mark-up.
    pub rate: Rate,
    /// What the market said.
    pub mid_rate: Rate,
    /// The difference, in hundredths of a percent; disclosed to the payer.
    #[schema(example = 150)]
    pub markup_bps: u16,
    /// Who published the mid rate.
    #[schema(value_type = String)]
    pub source: Text,
    /// The promise's end.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: At,
}

impl From<&Quote> for QuoteUsed {
    fn from(quote: &Quote) -> Self {
        Self {
            id: quote.id,
            payer_amount: quote.payer,
            rate: quote.rate.into(),
            mid_rate: quote.mid.into(),
            markup_bps: quote.markup_bps,
            source: quote.source.clone(),
            expires_at: At(quote.expires_at),
        }
    }
}

/// One attempt to have an order paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Payment {
    /// `payment`.
    pub object: &'static str,
    /// Begins with `pay_`.
    #[schema(value_type = String)]
    pub id: PaymentId,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// `waiting_for_payer`, `authorising`, `in_doubt`, `reversing`, `captured`, `declined`,
    /// `cancelled`, `expired` or `reversed`. Only `captured` is paid; only the last five are final.
    #[schema(example = "captured")]
    pub status: &'static str,
    /// `mpm_static`, `mpm_dynamic` or `cpm`.
    #[schema(value_type = String, example = "mpm_dynamic")]
    pub way: Way,
    /// What it pays.
    #[schema(value_type = String)]
    pub order: OrderId,
    /// Your own number for the order.
    #[schema(value_type = String)]
    pub order_number: Text,
    /// Who is paid.
    #[schema(value_type = String)]
    pub merchant: MerchantId,
    /// Where.
    #[schema(value_type = String)]
    pub store: StoreId,
    /// What is wanted.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// The sum of refunds that are done.
    #[schema(value_type = Amount)]
    pub amount_refunded: Money,
    /// The wallet that was asked.
    #[schema(value_type = Option<String>)]
    pub wallet: Option<WalletName>,
    /// The text of the JPQR code to show, while the till waits for the payer.
    pub code: Option<String>,
    /// Until when the code is honoured.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<At>,
    /// The promise of a rate, when the switch converts.
    pub quote: Option<QuoteUsed>,
    /// What the payer was debited, as far as it is known.
    #[schema(value_type = Option<Amount>)]
    pub payer_amount: Option<Money>,
    /// The wallet's id of the transaction.
    #[schema(value_type = Option<String>)]
    pub wallet_transaction_id: Option<Text>,
    /// The wallet's business day of the capture.
    #[schema(value_type = Option<String>, format = Date)]
    pub business_date: Option<String>,
    /// The merchant discount, once a wallet was asked.
    #[schema(value_type = Option<Amount>)]
    pub fee: Option<Money>,
    /// Why the wallet said no.
    pub decline: Option<Decline>,
    /// When it became what it is, for a final status.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<At>,
}

impl Payment {
    /// A payment as its merchant sees it. `code` is for one that waits for its payer.
    pub fn of(payment: &payment::Payment, livemode: bool, code: Option<String>) -> Self {
        let state = &payment.state;
        let mut expires_at = None;
        let mut receipt = None;
        let mut business_date = None;
        let mut decline = None;
        let mut ended_at = None;
        match state {
            State::WaitingForPayer(s) => expires_at = Some(At(s.expires_at)),
            State::Ordering(s) => expires_at = Some(At(s.expires_at)),
            State::Ordered(s) => expires_at = Some(At(s.expires_at)),
            State::Authorising(_) | State::InDoubt(_) | State::Reversing(_) => {}
            State::Authorised(s) => {
                receipt = Some(&s.hold.receipt);
                expires_at = Some(At(s.hold.expires_at));
            }
            State::Capturing(s) => receipt = Some(&s.hold.receipt),
            State::Voiding(s) => receipt = Some(&s.hold.receipt),
            State::HoldCaptured(s) => {
                receipt = Some(&s.hold.receipt);
                ended_at = Some(At(s.at));
            }
            State::Voided(s) => ended_at = Some(At(s.at)),
            State::Captured(s) => {
                receipt = Some(&s.receipt);
                business_date = Some(day(s.business_date));
                ended_at = Some(At(s.at));
            }
            State::Declined(s) => {
                decline = Some(Decline::from(&s.proof));
                ended_at = Some(At(s.at));
            }
            State::Cancelled(s) => ended_at = Some(At(s.at)),
            State::Expired(s) => ended_at = Some(At(s.at)),
            State::Reversed(s) => ended_at = Some(At(s.at)),
        }
        let asked = state.asked();
        let promised = asked.and_then(|asked| asked.payer);
        Self {
            object: "payment",
            id: payment.id,
            created_at: At(payment.created_at),
            livemode,
            status: state.name(),
            way: payment.way,
            order: payment.order,
            order_number: payment.order_number.clone(),
            merchant: payment.merchant,
            store: payment.store,
            amount: payment.amount,
            amount_refunded: Money::new(payment.refunds_done(), payment.amount.currency()),
            wallet: payment.wallet(),
            code,
            expires_at,
            quote: payment.quote.as_ref().map(QuoteUsed::from),
            payer_amount: receipt.and_then(|receipt| receipt.payer).or(promised),
            wallet_transaction_id: receipt.map(|receipt| receipt.transaction.clone()),
            business_date,
            fee: asked.map(|asked| asked.fees.total),
            decline,
            ended_at,
        }
    }
}
