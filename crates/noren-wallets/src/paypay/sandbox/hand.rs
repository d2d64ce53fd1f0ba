//! The payer's hand: opening a code of an order, and paying it or not.

use noren_core::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::deal::Deal;
use super::payments::deeplink;
use super::{PayPaySandbox, WEBHOOK};
use crate::instant;
use crate::paypay::NOTIFY_PATH;
use crate::sandbox::bank::{No, State};
use crate::sandbox::control::{self, Refused};

/// The body of `POST /sandbox/pay`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paid {
    user: String,
    /// The text of the code, its link in either form, or PayPay's name of it.
    code: Option<String>,
    /// The merchant's id of the payment, or PayPay's.
    order: Option<String>,
    pin: Option<String>,
    #[serde(default)]
    refuse: bool,
    /// What the payer sees; must be what is asked.
    amount: Option<i64>,
}

/// The body of `POST /sandbox/orders/{token}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    user: String,
    pin: Option<String>,
    #[serde(default)]
    refuse: bool,
}

/// The body of `POST /sandbox/webhook`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registered {
    url: Option<String>,
}

impl PayPaySandbox {
    /// `POST /sandbox/webhook {url}`: at PayPay the address is registered for the merchant, not named
    /// in a call.
    pub(super) fn webhook_registered(&mut self, body: &[u8]) -> Result<Value, Refused> {
        let asked: Registered = control::read(body)?;
        let url = asked.url.unwrap_or_default();
        if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
            return Err((422, "the address is written as http://host:port/path".into()));
        }
        self.names.put(WEBHOOK, url.clone());
        Ok(json!({ "url": Some(url).filter(|url| !url.is_empty()) }))
    }

    /// `POST /sandbox/pay {user, code|order, pin?, refuse?, amount?}`.
    pub(super) fn pay_control(&mut self, now: Timestamp, body: &[u8]) -> Result<Value, Refused> {
        let paid: Paid = control::read(body)?;
        let named = match (&paid.code, &paid.order) {
            (Some(one), None) | (None, Some(one)) => one,
            _ => return Err((422, "name one order, by `code` or by `order`".into())),
        };
        let id = self.order_named(named).ok_or((404, "there is no such order".into()))?;
        let asked = self.bank.payment(&id).map(|payment| payment.order.minor());
        if paid.amount.is_some_and(|seen| asked != Some(seen)) {
            return Err((422, "the order is of another amount".into()));
        }
        let opened = Opened { user: paid.user, pin: paid.pin, refuse: paid.refuse };
        self.order_opened(now, &id, &opened)?;
        Ok(self.order_shown(&id))
    }

    /// `GET` and `POST /sandbox/orders/{token}`: what the link of a code is the address of.
    pub(super) fn order_control(
        &mut self,
        now: Timestamp,
        method: &str,
        token: &str,
        body: &[u8],
    ) -> Result<Value, Refused> {
        let id = self.names.get(&format!("link/{token}")).cloned();
        let id = id.ok_or((404, "there is no such order".into()))?;
        match method {
            "GET" => {}
            "POST" => self.order_opened(now, &id, &control::read(body)?)?,
            _ => return Err((404, "there is no such call".into())),
        }
        Ok(self.order_shown(&id))
    }

    /// `GET /sandbox/orders`: the open ones.
    pub(super) fn orders_open(&self) -> Value {
        let open = self.deals.iter().filter_map(|(id, deal)| {
            let payment = self.bank.payment(id).filter(|payment| payment.state == State::Open)?;
            let code = deal.code.as_ref()?;
            Some(json!({
                "order": id, "code": self.url(&code.token), "amount": payment.order,
                "shop": deal.store_info, "expires_at": instant::print(code.expires_at),
            }))
        });
        json!({ "orders": open.collect::<Vec<_>>() })
    }

    /// The order of which a text is the link, in either form, or a name.
    fn order_named(&self, text: &str) -> Option<String> {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
        let token = decoded.rsplit(['/', '=']).next().unwrap_or_default();
        let by = |kind: &str, name: &str| self.names.get(&format!("{kind}/{name}")).cloned();
        let own = || self.deals.get(text).map(|_| text.to_owned());
        let found = by("link", token).or_else(|| by("code", text)).or_else(|| by("payment", text));
        let found = found.or_else(own)?;
        self.deals.get(&found).filter(|deal| deal.code.is_some()).map(|_| found)
    }

    fn order_opened(&mut self, now: Timestamp, id: &str, opened: &Opened) -> Result<(), Refused> {
        control::user_check(&self.bank, &opened.user)?;
        control::pin_check(opened.pin.as_deref())?;
        let payment = self.bank.payment(id).ok_or((404, "there is no such order".into()))?;
        if payment.user.as_ref().is_some_and(|user| *user != opened.user) {
            return Err((409, "another user has this order".into()));
        }
        if opened.refuse {
            if self.bank.order_refuse(id, &opened.user) {
                self.notices.add(now, id, NOTIFY_PATH.to_owned(), 1);
            }
        } else if opened.pin.is_some() && self.bank.order_pay(now, id, &opened.user) {
            self.order_paid(now, id);
        }
        self.run(now);
        Ok(())
    }

    /// A payer who cannot pay is told so in the app, and the merchant by a notice.
    fn order_paid(&mut self, now: Timestamp, id: &str) {
        let declined = self
            .bank
            .payment(id)
            .is_some_and(|payment| matches!(payment.state, State::Declined(_)));
        if declined {
            self.notices.add(now, id, NOTIFY_PATH.to_owned(), 1);
        } else {
            self.paid_now(now, id);
        }
    }

    fn order_shown(&self, id: &str) -> Value {
        let (Some(deal), Some(payment)) = (self.deals.get(id), self.bank.payment(id)) else {
            return Value::Null;
        };
        let (state, reason) = match payment.state {
            State::Open => ("open", None),
            State::Processing => ("processing", None),
            State::Paid => ("paid", None),
            State::Held => ("held", None),
            State::Released => ("released", None),
            State::Blocked => ("blocked", None),
            State::Cancelled => ("cancelled", None),
            State::Declined(no) => ("declined", Some(no)),
        };
        let reason: Option<No> = reason;
        let code = deal.code.as_ref();
        let url = code.map(|code| self.url(&code.token));
        json!({
            "payment_id": id, "paypay_payment_id": deal.payment_id, "user": payment.user,
            "state": state, "status": Deal::status(Some(deal), payment).word(),
            "reason": reason, "shop": deal.store_info, "order_description": deal.order_description,
            "amount": payment.order, "deeplink": url.as_deref().map(deeplink), "code": url,
            "expires_at": code.map(|code| instant::print(code.expires_at)),
        })
    }
}
