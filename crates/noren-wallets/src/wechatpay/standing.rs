//! Where orders and refunds stand, as v3 says it in each of its dialects and in notifications.

use noren_core::money::Money;
use noren_core::time::Timestamp;

use super::codes::{RefundStatus, TradeState};
use super::messages::{ExchangeRate, Paid, Party, Payer, RefundSaid, Returned, Transaction};
use super::route::{Dialect, TradeType};
use super::time;

/// An order, as whoever answers knows it.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub party: Party,
    /// Our number of it; said of paid orders only.
    pub number: String,
    pub out_trade_no: String,
    pub trade_type: TradeType,
    pub state: TradeState,
    pub attach: Option<String>,
    pub paid_at: Option<Timestamp>,
    /// Who paid, where that is known.
    pub payer: Option<Payer>,
    pub amount: Money,
    /// What the payer was debited.
    pub debited: Money,
    /// For settling.
    pub rate: Option<ExchangeRate>,
}

impl Order {
    /// As an answer and a notification say it.
    pub fn said(self, dialect: Dialect) -> Transaction {
        let paid = matches!(self.state, TradeState::Success | TradeState::Refund);
        let number = paid.then_some(self.number);
        let (id, transaction_id) = match dialect {
            Dialect::Global => (number, None),
            Dialect::Domestic => (None, number),
        };
        let kind = (self.state != TradeState::NotPay).then(|| self.trade_type.name().to_owned());
        Transaction {
            party: self.party,
            id,
            transaction_id,
            out_trade_no: Some(self.out_trade_no),
            trade_type: kind,
            trade_state: self.state.name().to_owned(),
            trade_state_desc: Some(self.state.described().to_owned()),
            bank_type: paid.then(|| "OTHERS".to_owned()),
            attach: self.attach,
            success_time: self.paid_at.filter(|_| paid).map(time::v3),
            payer: self.payer.filter(|_| paid),
            amount: Some(Paid {
                total: Some(self.amount.minor()),
                currency: Some(self.amount.currency().alpha().to_owned()),
                payer_total: paid.then(|| self.debited.minor()),
                payer_currency: paid.then(|| self.debited.currency().alpha().to_owned()),
                exchange_rate: self.rate.filter(|_| paid),
            }),
        }
    }
}

/// A refund, as whoever answers knows it.
#[derive(Clone, Debug)]
pub(super) struct Refund {
    /// Our number of it.
    pub number: String,
    pub out_refund_no: String,
    /// Our number of the order.
    pub order_number: String,
    pub out_trade_no: String,
    pub status: RefundStatus,
    pub at: Timestamp,
    pub done_at: Option<Timestamp>,
    /// Where the money goes, for people.
    pub account: &'static str,
    pub amount: Money,
    pub total: Money,
    /// What the payer gets.
    pub credited: Money,
    /// What the payer had been debited.
    pub debited: Money,
    /// For settling.
    pub rate: Option<ExchangeRate>,
}

impl Refund {
    /// As an answer says it. `status`: the global dialect says only that a refund was taken in, until
    /// it is asked what became of it.
    pub fn said(self, dialect: Dialect, status: bool) -> RefundSaid {
        let global = dialect == Dialect::Global;
        let (minor, total) = (self.amount.minor(), self.total.minor());
        let domestic = |minor: i64| (!global).then_some(minor);
        let said = RefundSaid {
            id: global.then(|| self.number.clone()),
            refund_id: (!global).then_some(self.number),
            out_refund_no: Some(self.out_refund_no),
            create_time: Some(time::v3(self.at)),
            amount: Some(Returned {
                refund: Some(minor),
                total: domestic(total),
                currency: Some(self.amount.currency().alpha().to_owned()),
                payer_total: domestic(self.debited.minor()),
                payer_refund: Some(self.credited.minor()),
                payer_currency: global.then(|| self.credited.currency().alpha().to_owned()),
                settlement_refund: domestic(minor),
                settlement_total: domestic(total),
                discount_refund: domestic(0),
                exchange_rate: self.rate.filter(|_| global),
            }),
            ..RefundSaid::default()
        };
        if !status {
            return said;
        }
        RefundSaid {
            transaction_id: Some(self.order_number),
            out_trade_no: Some(self.out_trade_no),
            channel: Some("ORIGINAL".into()),
            user_received_account: (!global).then(|| self.account.to_owned()),
            recv_account: global.then(|| self.account.to_owned()),
            success_time: self.done_at.map(time::v3),
            status: Some(self.status.name().to_owned()),
            ..said
        }
    }

    /// As its notification says it.
    pub fn notified(self, party: Party, dialect: Dialect) -> RefundSaid {
        let global = dialect == Dialect::Global;
        // Ours: that the global dialect names currencies here too.
        let named = |money: Money| global.then(|| money.currency().alpha().to_owned());
        RefundSaid {
            party,
            refund_id: Some(self.number),
            out_refund_no: Some(self.out_refund_no),
            transaction_id: Some(self.order_number),
            out_trade_no: Some(self.out_trade_no),
            user_received_account: Some(self.account.to_owned()),
            success_time: self.done_at.map(time::v3),
            refund_status: Some(self.status.name().to_owned()),
            amount: Some(Returned {
                refund: Some(self.amount.minor()),
                total: Some(self.total.minor()),
                currency: named(self.amount),
                payer_total: Some(self.debited.minor()),
                payer_refund: Some(self.credited.minor()),
                payer_currency: named(self.credited),
                ..Returned::default()
            }),
            ..RefundSaid::default()
        }
    }
}
