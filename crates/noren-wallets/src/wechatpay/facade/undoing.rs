//! Close and reverse: an order that is not to stand.

use noren_core::refund::RefundState;

use super::words::{Asked, refused, trade_state};
use super::{Desk, Own, Said};
use crate::facade::{Found, Shown};
use crate::wechatpay::asking::{order_number_fits, read};
use crate::wechatpay::codes::{Code, Fault, TradeState};
use crate::wechatpay::route::{OrderName, TradeType};

const UNCONFIRMED: Fault = (Code::SystemError, "the wallet has not confirmed it yet; ask again");

impl Desk<'_> {
    /// Closes an order that nobody has paid.
    pub(super) async fn close(&self, body: &[u8], name: &OrderName) -> Result<Said, Fault> {
        let sub = self.party(&read(body)?)?;
        let own = self.own(name, sub.as_deref()).await?;
        if own.kept.trade_type == TradeType::Micropay {
            return Err((Code::InvalidRequest, "scanned payments are reversed"));
        }
        let paid = (Code::OrderPaid, "the order is paid");
        match own.state() {
            TradeState::Success | TradeState::Refund => return Err(paid),
            TradeState::Closed | TradeState::Revoked | TradeState::PayError => {
                return Err((Code::OrderClosed, "the order is closed"));
            }
            TradeState::NotPay | TradeState::UserPaying => {}
        }
        let (left, trade_type) = (self.withdraw(&own).await?, own.kept.trade_type);
        let state = left.map(|shown| trade_state(&shown.payment, trade_type, true));
        match state {
            None | Some(TradeState::Closed | TradeState::Revoked | TradeState::PayError) => {
                Ok(Said::Nothing)
            }
            // It was paid at that very moment. The money goes back; the till asks and sees it.
            Some(TradeState::Success | TradeState::Refund) => Err(paid),
            Some(TradeState::NotPay | TradeState::UserPaying) => Err(UNCONFIRMED),
        }
    }

    /// Undoes a payment with a scanned code: closes it unpaid, gives it back paid. Ours: it need not
    /// wait for 15 s, since the switch keeps what it owes each wallet by itself.
    pub(super) async fn reverse(&self, body: &[u8], name: &OrderName) -> Result<Said, Fault> {
        let sub = self.party(&read(body)?)?;
        let number = self.order_number(name).await?;
        if !order_number_fits(&number) {
            return Err((Code::ParamError, "out_trade_no: 6 to 32 letters, digits, _-|*"));
        }
        let own = self.own_numbered(&number, sub.as_deref()).await?;
        let left = match own {
            Some(own) if own.kept.trade_type != TradeType::Micropay => {
                return Err((Code::InvalidRequest, "only scanned payments are reversed"));
            }
            Some(own) => self.withdraw(&own).await?,
            // Ours: it binds a payment that comes later.
            None => self.withdraw_numbered(&number).await?,
        };
        let Some(Shown { payment, .. }) = left else { return Ok(Said::Nothing) };
        match trade_state(&payment, TradeType::Micropay, true) {
            TradeState::Revoked | TradeState::Closed | TradeState::PayError => Ok(Said::Nothing),
            TradeState::NotPay | TradeState::UserPaying => Err(UNCONFIRMED),
            TradeState::Success | TradeState::Refund => {
                let running = |state: &RefundState| !state.is_final();
                if payment.refunds.iter().any(|refund| running(&refund.state)) {
                    return Err(UNCONFIRMED);
                }
                Err((Code::TradeError, "the wallet does not give the money back"))
            }
        }
    }

    async fn withdraw(&self, own: &Own) -> Result<Option<Shown>, Fault> {
        self.withdraw_numbered(&own.shown.payment.order_number).await
    }

    /// Both calls are repeated until they are answered, and what was refused before may be possible
    /// now: so each has a key of its own. Withdrawn twice is withdrawn once.
    async fn withdraw_numbered(&self, number: &str) -> Result<Option<Shown>, Fault> {
        let key = format!("{number}/{:032x}", self.env.nonce);
        let found = self.till.withdraw(&key, number).await;
        let Found { last, .. } = found.map_err(|no| refused(no, Asked::Undo))?;
        Ok(last)
    }
}
