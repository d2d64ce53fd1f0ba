//! Offline v2 and v4: the payer's code is scanned at the till, and may be any wallet's.

use noren_core::money::Money;
use noren_core::time::Span;
use serde_json::Value;

use super::codes::{declined, refused_order};
use super::desk::{Desk, Known, Said};
use super::memo::Memo;
use super::stand::Stand;
use crate::facade::{Meet, NewOrder};
use crate::instant;
use crate::linepay::codes::Code;
use crate::linepay::endpoints::Version;
use crate::linepay::messages::{PayRequest, PaymentMade};
use crate::linepay::shapes::{
    adds_up, amount, code_holds, order_id_fits, pay_info, provider, value,
};

/// The longest payment code that is looked at.
const CODE_MAX: usize = 512;

/// How long a till is let wait for its answer: shorter than it waits (facts, section 5: 20 s for v2,
/// 40 s for v4), so that it hears "in process" from us and not from its own clock. The spans are
/// ours.
const fn patience(version: Version) -> Span {
    match version {
        Version::V2 => Span::seconds(15),
        Version::V3 | Version::V4 => Span::seconds(30),
    }
}

impl Desk<'_> {
    /// `oneTimeKeys/pay`. The same message again is answered by what has become of the payment.
    pub async fn pay(&self, version: Version, asked: &PayRequest) -> Said {
        let order = self.pay_read(version, asked)?;
        let shown = self.till.create(order).await.map_err(refused_order)?;
        let replayed = shown.replayed;
        let known = self.known(shown).ok_or(Code::SameOrder)?;
        match known.stand() {
            Stand::Held(_) | Stand::Taken(_) => Ok(made(version, &known, None)),
            Stand::Declined(reason) => Err(declined(reason)),
            Stand::Waiting | Stand::Undecided | Stand::Capturing | Stand::Releasing => {
                Err(Code::InProcess)
            }
            Stand::Closed | Stand::Released { .. } if replayed => Err(Code::SameOrder),
            Stand::Closed | Stand::Released { .. } | Stand::Blocked => Err(Code::Expired),
        }
    }

    fn pay_read(&self, version: Version, asked: &PayRequest) -> Result<NewOrder, Code> {
        let number = asked.order_id.0.as_str();
        let due = self.account.currency;
        let amount = amount(&asked.amount, &asked.currency, due)?;
        let named = version == Version::V4 || asked.product_name.is_some();
        if !order_id_fits(number) || !named {
            return Err(Code::ParameterError);
        }
        let packages = asked.packages.as_deref().filter(|packages| !packages.is_empty());
        if let Some(packages) = packages {
            adds_up(amount, packages, Money::zero(due))?;
        }
        // Other wallets' codes have other forms than LINE's; their prefix says whose they are.
        let code = asked.one_time_key.0.as_str();
        if code.is_empty() || code.len() > CODE_MAX {
            return Err(Code::WrongOneTimeKey);
        }
        let memo = Memo::of(packages, asked.product_name.as_deref(), None).text();
        Ok(NewOrder {
            number: number.to_owned(),
            content: serde_json::to_string(asked).map_err(|_| Code::ParameterError)?,
            amount,
            meet: Meet::Scanned { code: code.to_owned(), patience: patience(version) },
            hold: code_holds(version, asked),
            memo: memo.ok_or(Code::ParameterError)?,
        })
    }

    /// `orders/{orderId}/check`. An order on the web that nobody has paid is none here.
    pub async fn code_check(&self, version: Version, order: &str) -> Said {
        let known = self.order_numbered(order).await?;
        let status = match known.stand() {
            Stand::Waiting => return Err(Code::NoTransaction),
            Stand::Undecided | Stand::Capturing | Stand::Releasing => return Err(Code::InProcess),
            Stand::Held(_) => "AUTH_READY",
            Stand::Taken(taken) if taken > known.payment().refunds_done() => "COMPLETE",
            // All of it went back, or was let go.
            Stand::Taken(_) | Stand::Released { .. } => "REFUND",
            Stand::Declined(_) | Stand::Closed | Stand::Blocked => "FAIL",
        };
        Ok(made(version, &known, Some(status)))
    }
}

fn made(version: Version, known: &Known, status: Option<&str>) -> Option<Value> {
    let payment = known.payment();
    let (amount, until) = match known.stand() {
        Stand::Taken(taken) => (Money::new(taken, payment.amount.currency()), None),
        Stand::Held(until) => (payment.amount, Some(instant::print(until))),
        Stand::Waiting
        | Stand::Undecided
        | Stand::Capturing
        | Stand::Releasing
        | Stand::Released { .. }
        | Stand::Declined(_)
        | Stand::Closed
        | Stand::Blocked => (payment.amount, None),
    };
    let made = PaymentMade {
        status: status.map(str::to_owned),
        transaction_id: Some(known.transaction()),
        order_id: Some(known.order_id()),
        transaction_date: Some(instant::print(payment.created_at)),
        authorization_expire_date: until,
        currency: None,
        pay_info: pay_info(amount),
        payment_provider: provider(version).map(str::to_owned),
    };
    value(&made)
}
