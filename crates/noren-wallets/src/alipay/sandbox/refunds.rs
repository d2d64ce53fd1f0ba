//! The calls about refunds.

use noren_core::time::Timestamp;
use serde_json::Value;

use super::trades::{read, value};
use super::{AlipaySandbox, Reply, Said};
use crate::alipay::codes::SubCode;
use crate::alipay::messages::{
    RefundAsked, RefundKey, RefundQuerySaid, RefundSaid, number_fits, refund_name,
};
use crate::alipay::scalar::{Amount, print_time};
use crate::sandbox::bank::{RefundIntent, RefundTold, State};

impl AlipaySandbox {
    pub(super) fn refund(&mut self, now: Timestamp, content: &Value) -> Said {
        let asked: RefundAsked = read(content)?;
        let trade = self.find(content)?.ok_or(SubCode::TradeNotExist)?;
        let payment = self.bank.payment(&trade).ok_or(SubCode::TradeNotExist)?;
        let whole = payment.payer;
        let stands = match payment.state {
            State::Paid => Ok(()),
            State::Cancelled => Err(SubCode::TradeHasClose),
            State::Open
            | State::Processing
            | State::Declined(_)
            | State::Held
            | State::Released
            | State::Blocked => Err(SubCode::TradeStatusError),
        };
        let request = match &asked.out_request_no {
            Some(request) if number_fits(request.as_str()) => request.as_str().to_owned(),
            Some(_) => return Err(SubCode::InvalidParameter),
            // Without a number of its own the whole is given back, once.
            None if asked.refund_amount.yuan() == whole => trade.clone(),
            None => return Err(SubCode::RefundNotTotal),
        };
        let name = refund_name(&trade, &request);
        let fresh = self.bank.refund(&name).is_none();
        if fresh {
            stands?;
            if self.finished(now, &trade) {
                return Err(SubCode::TradeHasFinished);
            }
        }
        let amount = asked.refund_amount.yuan();
        if !amount.positive() {
            return Err(SubCode::InvalidParameter);
        }
        let intent =
            RefundIntent { id: &name, payment: &trade, order: amount, payer: Some(amount) };
        let told = self.bank.refund_make(now, intent).map_err(|_| SubCode::DiscordantRepeat)?;
        let RefundTold::Settled(manner) = told else { return Err(SubCode::SellerBalance) };
        let refund = self.bank.refund(&name).filter(|refund| refund.done);
        let refund = refund.ok_or(SubCode::RefundFeeErr)?;
        let said = RefundSaid {
            named: self.named(&trade),
            // A repeat moves nothing (section 3).
            fund_change: Some(if fresh { "Y" } else { "N" }.into()),
            refund_fee: Amount::from_hundredths(self.payment(&trade)?.refunded_payer),
            gmt_refund_pay: Some(print_time(refund.at).into()),
        };
        Ok((value(&said), Reply { waiting: false, manner }))
    }

    pub(super) fn refund_query(&self, content: &Value) -> Said {
        let asked: RefundKey = read(content)?;
        let trade = self.find(content)?.ok_or(SubCode::TradeNotExist)?;
        let payment = self.bank.payment(&trade).ok_or(SubCode::TradeNotExist)?;
        let refund = self.bank.refund(&refund_name(&trade, asked.out_request_no.as_str()));
        // What was not refunded is not spoken of (the call's public page).
        let said = match refund.filter(|refund| refund.done) {
            None => RefundQuerySaid::default(),
            Some(refund) => RefundQuerySaid {
                named: self.named(&trade),
                out_request_no: Some(asked.out_request_no),
                refund_status: Some("REFUND_SUCCESS".into()),
                refund_amount: Amount::from_yuan(refund.payer),
                total_amount: Amount::from_yuan(payment.payer),
            },
        };
        Ok((value(&said), Reply::PLAIN))
    }
}
