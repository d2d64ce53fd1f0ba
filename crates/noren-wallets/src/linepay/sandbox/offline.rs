//! Offline v2 and v4: the payer's code is scanned at the till.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;

use super::{Deal, LinePaySandbox, Said, hold_end, word, yen};
use crate::instant;
use crate::linepay::codes::Code;
use crate::linepay::endpoints::Version;
use crate::linepay::messages::{PayRequest, PaymentMade, Text};
use crate::linepay::shapes::{adds_up, code_holds, order_id_fits, pay_info, provider, value};
use crate::sandbox::bank::{Intent, Manner, State};
use crate::sandbox::scenario::Scenario;

impl LinePaySandbox {
    pub(super) fn pay(&mut self, now: Timestamp, version: Version, asked: &PayRequest) -> Said {
        let order = asked.order_id.0.as_str();
        let amount = yen(&asked.amount, &asked.currency)?;
        let named = version == Version::V4 || asked.product_name.is_some();
        if !order_id_fits(order) || !named {
            return Err(Code::ParameterError);
        }
        let packages = asked.packages.clone().unwrap_or_default();
        if !packages.is_empty() {
            adds_up(amount, &packages, Money::zero(Currency::JPY))?;
        }
        if let Some(state) = self.bank.payment(order).map(|payment| payment.state) {
            let scenario = self.bank.payment(order).map(|payment| payment.scenario);
            return match state {
                State::Processing if scenario == Some(Scenario::Timeout) => {
                    Ok((None, Manner::Silent))
                }
                // A code that was refused is refused again, whatever came with it.
                State::Declined(no) => Err(word(no)),
                State::Open
                | State::Processing
                | State::Paid
                | State::Held
                | State::Released
                | State::Blocked
                | State::Cancelled => Err(Code::SameOrder),
            };
        }
        let key = asked.one_time_key.0.as_str();
        let digits = (12..=19).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err(Code::WrongOneTimeKey);
        }
        let hold = code_holds(version, asked);
        let intent = Intent { id: order, code: key, order: amount, payer: amount, asked: "", hold };
        let manner = self.bank.pay(now, intent).map_err(|_| Code::SameOrder)?;
        let transaction = self.transaction_new(now);
        let refunds = Vec::new();
        let deal = Deal { transaction, asked: amount, at: now, packages, web: None, refunds };
        self.deal_put(order, deal);
        match self.known(order)?.1.state {
            State::Paid | State::Held => Ok((value(&self.made(version, order, None)?), manner)),
            State::Processing if manner == Manner::Silent => Ok((None, manner)),
            State::Processing => Err(Code::InProcess),
            State::Declined(no) => Err(word(no)),
            State::Open | State::Released | State::Blocked | State::Cancelled => {
                Err(Code::InternalError)
            }
        }
    }

    /// What became of a code. An order on the web that nobody has paid is none.
    pub(super) fn code_check(&self, version: Version, order: &str) -> Said {
        let (_, payment) = self.known(order)?;
        let left = payment.taken().order - payment.refunded_order;
        let status = match payment.state {
            State::Open => return Err(Code::NoTransaction),
            State::Processing => return Err(Code::InProcess),
            State::Held => "AUTH_READY",
            State::Paid | State::Released if left > 0 => "COMPLETE",
            // All of it went back, or was let go.
            State::Paid | State::Released => "REFUND",
            State::Declined(_) | State::Cancelled | State::Blocked => "FAIL",
        };
        Ok((value(&self.made(version, order, Some(status))?), Manner::Plain))
    }

    fn made(
        &self,
        version: Version,
        order: &str,
        status: Option<&str>,
    ) -> Result<PaymentMade, Code> {
        let (deal, payment) = self.known(order)?;
        let held = payment.state == State::Held;
        Ok(PaymentMade {
            status: status.map(str::to_owned),
            transaction_id: Some(deal.transaction),
            order_id: Some(Text(order.to_owned())),
            transaction_date: Some(instant::print(deal.at)),
            authorization_expire_date: held.then(|| hold_end(deal.at)),
            currency: None,
            pay_info: pay_info(payment.payer),
            payment_provider: provider(version).map(str::to_owned),
        })
    }
}
