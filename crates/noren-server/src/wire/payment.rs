//! Payments as a merchant sends and sees them.

use noren_core::Text;
use noren_core::id::{MerchantId, OrderId, PaymentId, QuoteId, StoreId, WalletName};
use noren_core::money::Money;
use noren_core::payment::{self, Hold, State, Way};
use noren_core::quote::Quote;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At, Capture, Decline, Rate, Settlement, day};

/// Who shows a code to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Present {
    /// The till shows a code for this order.
    Merchant,
    /// The till scanned the payer's code.
    Consumer,
    /// Nobody: the payer opens the link of the wallet's order.
    Online,
}

/// When the money is taken.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// At once.
    Now,
    /// It is held; you capture later, wholly or in parts, and void the rest.
    Manual,
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
    /// The wallet that the payer chose; with `present: online` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub wallet: Option<WalletName>,
    /// When the money is taken; by default `now`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<CaptureMode>,
    /// How long the code, or the wallet's order, is honoured: 1 to 86,400, by default 600; not with
    /// `present: consumer`. An order ends with the rate that was promised for it, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 86400)]
    pub expires_in_seconds: Option<u64>,
    /// Where the payer goes on from the page of the order (`checkout_url`): an address of yours on the
    /// web, at most 2,048 characters; not with `present: consumer`. That somebody comes back there
    /// proves nothing: the event `payment.captured` does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// `POST /v1/payments/{id}/cancel`: no member yet; the body may be left out.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct PaymentCancelNew {}

/// `POST /v1/payments/{id}/void`: no member yet; the body may be left out.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct PaymentVoidNew {}

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
    /// `created`, `waiting_for_payer`, `authorising`, `in_doubt`, `reversing`, `authorised`,
    /// `capturing`, `voiding`, `captured`, `voided`, `declined`, `cancelled`, `expired`, `reversed` or
    /// `blocked` (frozen by the wallet's side, neither paid nor returned). Only `captured` is paid;
    /// only the last seven are final.
    #[schema(example = "captured")]
    pub status: &'static str,
    /// `mpm_static`, `mpm_dynamic`, `cpm` or `online`.
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
    /// When the money is taken: `now`, or `manual` when it is held first.
    #[schema(value_type = String, example = "now")]
    pub capture: payment::CaptureMode,
    /// What the wallet held, for a payment that is held first.
    #[schema(value_type = Option<Amount>)]
    pub amount_held: Option<Money>,
    /// What was captured.
    #[schema(value_type = Amount)]
    pub amount_captured: Money,
    /// What is held and can still be captured.
    #[schema(value_type = Option<Amount>)]
    pub amount_left: Option<Money>,
    /// Captures of what is or was held, oldest first.
    pub captures: Vec<Capture>,
    /// What is left of the hold is released from then on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub hold_expires_at: Option<At>,
    /// The sum of refunds that are done.
    #[schema(value_type = Amount)]
    pub amount_refunded: Money,
    /// The wallet that was asked.
    #[schema(value_type = Option<String>)]
    pub wallet: Option<WalletName>,
    /// The text of the JPQR code to show, while the till waits for the payer.
    pub code: Option<String>,
    /// What the payer opens to pay: a link into the wallet, or the text of a code. While the
    /// payer is waited for, with `present: online` only.
    #[schema(value_type = Option<String>)]
    pub link: Option<Text>,
    /// The page of the order, for its payer: choice of a wallet, state, receipt. Whoever has it can see
    /// the order and pay it. Not with `present: consumer`.
    pub checkout_url: Option<String>,
    /// Where the payer goes on from there, as you named it.
    pub return_url: Option<String>,
    /// Until when the code, or the wallet's order, is honoured.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<At>,
    /// The promise of a rate, when the switch converts.
    pub quote: Option<QuoteUsed>,
    /// What the payer was debited, as far as it is known; before that what was promised or is held.
    #[schema(value_type = Option<Amount>)]
    pub payer_amount: Option<Money>,
    /// The wallet's id of the transaction.
    #[schema(value_type = Option<String>)]
    pub wallet_transaction_id: Option<Text>,
    /// The wallet's business day of the capture. Captures of a hold have days of their own.
    #[schema(value_type = Option<String>, format = Date)]
    pub business_date: Option<String>,
    /// The merchant discount, once a wallet was asked; once a part was captured, that of the parts.
    #[schema(value_type = Option<Amount>)]
    pub fee: Option<Money>,
    /// What you are owed, once a wallet was asked and when you are paid in another currency than you
    /// price in.
    pub settlement: Option<Settlement>,
    /// Why the wallet said no.
    pub decline: Option<Decline>,
    /// When it became what it is, for a final status.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<At>,
    /// For how long it was not known what became of it, in milliseconds; without the doubt that
    /// runs now.
    pub unknown_ms: u64,
    /// Since when it has not been known what became of it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub unknown_since: Option<At>,
}

/// What the edge adds to a payment: where its payer can be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The text of its code, while it waits for its payer.
    pub code: Option<String>,
    /// Its page.
    pub checkout_url: Option<String>,
    /// The shop's own page.
    pub return_url: Option<String>,
}

impl Payment {
    /// A payment as its merchant sees it.
    pub fn of(payment: &payment::Payment, livemode: bool, ways: Ways) -> Self {
        let Ways { code, checkout_url, return_url } = ways;
        let state = &payment.state;
        let mut link = None;
        let mut receipt = None;
        let mut business_date = None;
        let mut decline = None;
        match state {
            State::Ordered(s) => link = Some(s.link.clone()),
            State::Authorised(s) => receipt = Some(&s.hold.receipt),
            State::Capturing(s) => receipt = Some(&s.hold.receipt),
            State::Voiding(s) => receipt = Some(&s.hold.receipt),
            State::HoldCaptured(s) => receipt = Some(&s.hold.receipt),
            State::Captured(s) => {
                receipt = Some(&s.receipt);
                business_date = Some(day(s.business_date));
            }
            State::Declined(s) => decline = Some(Decline::from(&s.proof)),
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_)
            | State::Voided(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => {}
        }
        let asked = state.asked();
        let promised = asked.and_then(|asked| asked.payer);
        let hold = state.hold();
        let in_order = |minor| Money::new(minor, payment.amount.currency());
        let captures = Capture::all(payment, livemode);
        let taken = || captures.iter().filter(|capture| capture.status == "captured");
        let (payer_amount, fee) = if hold.is_some() && taken().next().is_some() {
            (sum(taken().map(|part| part.payer_amount)), sum(taken().map(|part| Some(part.fee))))
        } else {
            let payer = receipt.and_then(|receipt| receipt.payer).or(promised);
            (payer, asked.map(|asked| asked.fees.total))
        };
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
            capture: payment.capture,
            amount_held: hold.map(|hold| hold.receipt.amount),
            amount_captured: in_order(payment.captured()),
            amount_left: hold.map(|hold| in_order(left(state, hold))),
            hold_expires_at: hold.map(|hold| At(hold.expires_at)),
            amount_refunded: in_order(payment.refunds_done()),
            wallet: payment.wallet(),
            code,
            link,
            checkout_url,
            return_url,
            expires_at: state.payable_until().map(At),
            quote: payment.quote.as_ref().map(QuoteUsed::from),
            payer_amount,
            wallet_transaction_id: receipt.map(|receipt| receipt.transaction.clone()),
            business_date,
            fee,
            settlement: Settlement::of(payment),
            captures,
            decline,
            ended_at: state.ended_at().map(At),
            unknown_ms: payment.doubt.ms,
            unknown_since: payment.doubt.since.map(At),
        }
    }
}

/// What captures may still take, in minor units of the order's currency.
fn left(state: &State, hold: &Hold) -> i64 {
    match state {
        State::Authorised(_) => hold.left(),
        State::Capturing(s) => hold.left() - s.part.terms.amount.minor(),
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Voiding(_)
        | State::Captured(_)
        | State::HoldCaptured(_)
        | State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => 0,
    }
}

/// The sum, when all of them are known.
fn sum(mut amounts: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    let first = amounts.next()??;
    amounts.try_fold(first, |sum, amount| sum.checked_add(amount?).ok())
}
