//! A user scans a code of the switch's: the network asks the switch what it costs
//! (`userInitiatedPay`), and the user pays that.

use noren_core::money::Currency;
use noren_core::rate::Rounding;
use noren_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AlipayPlusSandbox, Sent, Trade, What};
use crate::alipayplus::codes::Code;
use crate::alipayplus::dialect::Dialect;
use crate::alipayplus::messages::{CodeOrder, CodeQuestion, CodeSaid};
use crate::alipayplus::signing::{sign_request, verify_response};
use crate::alipayplus::{CONTENT_TYPE, SCAN_PATH, id_fits};
use crate::instant;
use crate::sandbox::Outgoing;
use crate::sandbox::bank::OrderIntent;
use crate::sandbox::control::{self, Refused};
use crate::wire::{Request, Response};

/// The body of `POST /sandbox/scan`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanAsked {
    user: String,
    code: String,
    pin: Option<String>,
}

/// One scan, by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scan {
    user: String,
    pays: bool,
    /// What the switch answered; `None`: nothing yet that can be believed.
    said: Option<String>,
    /// The acquirer's id of the payment.
    payment: Option<String>,
}

impl AlipayPlusSandbox {
    pub(super) fn user_scans(
        &mut self,
        now: Timestamp,
        asked: &ScanAsked,
    ) -> Result<Value, Refused> {
        control::user_check(&self.bank, &asked.user)?;
        control::pin_check(asked.pin.as_deref())?;
        let question = CodeQuestion {
            code_value: asked.code.as_str().into(),
            customer_id: Some(asked.user.as_str().into()),
        };
        let mut request = Request {
            method: "POST".into(),
            target: self.link.switch.target(SCAN_PATH),
            headers: vec![("content-type".into(), CONTENT_TYPE.into())],
            body: super::json(&question),
        };
        sign_request(&mut request, &self.link.client_id, &*self.link.sign, now);
        let sending = self.bank.count();
        let number = sending.to_string();
        let (user, pays) = (asked.user.clone(), asked.pin.is_some());
        self.scans.put(&number, Scan { user, pays, said: None, payment: None });
        self.outbox.push(Outgoing { id: sending, request: request.clone() });
        self.sent.insert(sending, Sent { request, what: What::Scan(number.clone()) });
        self.scan_shown(&number)
    }

    pub(super) fn scan_shown(&self, number: &str) -> Result<Value, Refused> {
        let scan = self.scans.get(number);
        let scan = scan.ok_or_else(|| (404, "there is no such scan".to_owned()))?;
        Ok(json!({
            "scan": number, "user": scan.user, "said": scan.said, "payment_id": scan.payment,
        }))
    }

    /// What the switch says of a scanned code. What cannot be believed is as good as no answer.
    pub(super) fn code_answered(
        &mut self,
        now: Timestamp,
        number: &str,
        request: &Request,
        response: Option<Response>,
    ) {
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        let signed = response.filter(|response| {
            response.status == 200 && verify_response(response, request, client_id, key).is_ok()
        });
        let said =
            signed.and_then(|response| serde_json::from_slice::<CodeSaid>(&response.body).ok());
        let Some((said, scan)) = said.zip(self.scans.edit(number)) else { return };
        scan.said = Some(said.result.result_code.as_str().to_owned());
        let good = Code::read(&said.result) == Some(Code::Success);
        let Some(order) = said.order.filter(|_| good) else { return };
        let (user, pays) = (scan.user.clone(), scan.pays);
        scan.payment = Some(order.payment_request_id.as_str().to_owned());
        if self.code_order_open(now, &order).is_some() && pays {
            let id = order.payment_request_id.as_str();
            if self.bank.order_pay(now, id, &user) {
                self.tell(now, id);
            }
        }
    }

    /// Opens what the switch offers; a second scan of the same code finds it open. `None`: it cannot
    /// be read, or came before with another content.
    fn code_order_open(&mut self, now: Timestamp, offered: &CodeOrder) -> Option<()> {
        let id = offered.payment_request_id.as_str();
        let yen = |money: &noren_core::money::Money| {
            money.positive() && money.currency() == Currency::JPY && id_fits(id)
        };
        let order = offered.payment_amount.money().filter(yen)?;
        let payer = self.fx.convert(order, Rounding::HalfEven).ok()?;
        let expires_at = instant::parse(offered.payment_expiry_time.as_str())?;
        let fresh = self.bank.payment(id).is_none();
        let asked = format!("{order} by its code");
        let intent = OrderIntent { id, order, payer, asked: &asked, hold: false, expires_at };
        self.bank.order_open(now, intent).ok()?;
        if fresh {
            let number = self.bank.payment(id)?.transaction.clone();
            self.numbers.put(&number, id.to_owned());
            self.bank.shop_keep(id, offered.order.order_description.as_str(), None);
            let token = format!("{:032x}", self.bank.bits());
            self.tokens.put(&token, id.to_owned());
            let trade = Trade {
                dialect: Dialect::Acqp,
                notify: self.target(Some(&offered.payment_notify_url)),
                // What is paid by the switch's own code has the link of an order all the same.
                token: Some(token),
                page: false,
                description: offered.order.order_description.as_str().to_owned(),
                expires_at: Some(expires_at),
            };
            self.trades.put(id, trade);
        }
        Some(())
    }
}
