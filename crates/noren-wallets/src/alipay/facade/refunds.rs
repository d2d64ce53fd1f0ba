//! The calls about refunds.

use noren_core::money::{Currency, Money};
use noren_core::refund::{Refund, RefundState};

use super::trades::{Stand, named, refund_sum, value};
use super::words::word;
use super::{Call, Done, Said};
use crate::alipay::codes::SubCode;
use crate::alipay::messages::{
    RefundAsked, RefundKey, RefundQuerySaid, RefundSaid, number_fits, refund_name,
};
use crate::alipay::scalar::{Amount, print_time};

impl Call<'_> {
    pub(super) async fn refund(self) -> Said {
        let asked: RefundAsked = self.read()?;
        let payment = self.payment().await?.ok_or(SubCode::TradeNotExist)?;
        let amount = self.amount(asked.refund_amount)?;
        let request = match &asked.out_request_no {
            Some(request) if number_fits(request.as_str()) => request.as_str().to_owned(),
            Some(_) => return Err(SubCode::InvalidParameter),
            // Without a number of its own the whole is given back, once.
            None if amount == payment.amount => payment.order_number.to_string(),
            None => return Err(SubCode::RefundNotTotal),
        };
        match Stand::of(&payment) {
            Stand::Paid { .. } => {}
            Stand::Declined(_) | Stand::Closed => return Err(SubCode::TradeHasClose),
            Stand::Open | Stand::Undecided | Stand::Frozen => {
                return Err(SubCode::TradeStatusError);
            }
        }
        let name = refund_name(&payment.order_number, &request);
        let back = self.till.refund(&name, payment.id, amount, "").await;
        let back = back.map_err(|no| word(&no, SubCode::DiscordantRepeat))?;
        let (moved, at) = match &back.record().state {
            // A repeat moves nothing (section 3).
            RefundState::Refunded(refunded) => (!back.replayed, Some(refunded.at)),
            // Not yet; the inquiry tells.
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_) => (false, None),
            RefundState::Declined(_) | RefundState::Impossible(_) => {
                return Err(SubCode::RefundNotAllowed);
            }
        };
        let said = RefundSaid {
            named: named(&back.payment),
            fund_change: Some(if moved { "Y" } else { "N" }.into()),
            refund_fee: refund_sum(&back.payment),
            gmt_refund_pay: at.map(|at| print_time(at).into()),
        };
        Ok(Done::Said(value(&said)))
    }

    pub(super) async fn refund_query(self) -> Said {
        let asked: RefundKey = self.read()?;
        let payment = self.payment().await?.ok_or(SubCode::TradeNotExist)?;
        let name = refund_name(&payment.order_number, asked.out_request_no.as_str());
        let is_it = |refund: &&Refund| refund.number.as_deref() == Some(name.as_str());
        // What was not refunded is not spoken of (the call's public page).
        let made = payment.refunds.iter().find(is_it).filter(|refund| match refund.state {
            RefundState::Refunded(_) => true,
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_)
            | RefundState::Declined(_)
            | RefundState::Impossible(_) => false,
        });
        let said = match made {
            None => RefundQuerySaid::default(),
            Some(refund) => RefundQuerySaid {
                named: named(&payment),
                out_request_no: Some(asked.out_request_no),
                refund_status: Some("REFUND_SUCCESS".into()),
                refund_amount: Amount::from_money(refund.amount),
                total_amount: Amount::from_money(payment.amount),
            },
        };
        Ok(Done::Said(value(&said)))
    }

    /// In what the shop prices in.
    fn amount(self, amount: Amount) -> Result<Money, SubCode> {
        let currency: Currency = self.account.currency;
        let amount = amount.of(currency).filter(|amount| amount.positive());
        amount.ok_or(SubCode::InvalidParameter)
    }
}
