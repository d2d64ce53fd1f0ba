//! Orders for shops on the web: the switch asks for one, a user opens its link, and pays or not.

use noren_core::money::Currency;
use noren_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{NorenSandbox, Said, payment_said, refused, value};
use crate::noren::NOTIFY_PATH;
use crate::noren::messages::{Capture, DeclineWord, OrderRequest, PaymentSaid, ShopShown};
use crate::sandbox::bank::{Manner, OrderIntent, State};
use crate::sandbox::control::{self, Refused};
use crate::sandbox::scenario::Scenario;

/// What a user sees of an order. Its money is in the bank's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WebOrder {
    /// What its link ends with.
    token: String,
    /// Who is paid.
    shop: ShopShown,
    /// The merchant's own number.
    order_number: String,
    /// Nobody can pay from then on.
    #[serde(with = "crate::instant")]
    expires_at: Timestamp,
}

/// The body of `POST /sandbox/pay`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paid {
    user: String,
    /// The link of an order.
    code: Option<String>,
    /// The same, or the switch's id of the payment.
    order: Option<String>,
    pin: Option<String>,
    #[serde(default)]
    refuse: bool,
    /// What the user sees, in yen; must be what is asked.
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

impl NorenSandbox {
    pub(super) fn order(&mut self, now: Timestamp, body: &[u8]) -> Said {
        let asked: OrderRequest = match serde_json::from_slice(body) {
            Ok(asked) => asked,
            Err(error) => return refused(400, "request-unreadable", &error.to_string()),
        };
        let Some(payer) = asked.payer_amount.filter(|m| m.currency() == Currency::CNY) else {
            return refused(422, "payer-amount-needed", "this wallet's users hold CNY");
        };
        if !asked.amount.positive() || !payer.positive() {
            return refused(422, "amount-not-positive", "an amount is above zero");
        }
        let id = asked.request_id.to_string();
        let hold = asked.capture == Capture::Later;
        let compared = format!("order {} {payer} {hold}", asked.amount);
        let intent = OrderIntent {
            id: &id,
            order: asked.amount,
            payer,
            asked: &compared,
            hold,
            expires_at: asked.expires_at,
        };
        if self.bank.order_open(now, intent).is_err() {
            return refused(409, "request-differs", "this id was used with another content");
        }
        let token = match self.orders.get(&id) {
            Some(order) => order.token.clone(),
            None => {
                let token = format!("{:032x}", self.bank.bits());
                self.links.put(&token, id.clone());
                self.bank.shop_keep(&id, &asked.shop.name, Some(&asked.shop.name_ja));
                let order = WebOrder {
                    token: token.clone(),
                    shop: asked.shop,
                    order_number: asked.order_number,
                    expires_at: asked.expires_at,
                };
                self.orders.put(&id, order);
                token
            }
        };
        let said = match self.bank.payment(&id).map(|payment| payment.state) {
            // A cancel for this id came first, or its time was over before it came.
            Some(State::Cancelled) | None => {
                PaymentSaid::Declined { reason: DeclineWord::Cancelled }
            }
            // Also when it has been paid by now: this answers the call for an order.
            Some(
                State::Open
                | State::Processing
                | State::Paid
                | State::Held
                | State::Released
                | State::Blocked
                | State::Declined(_),
            ) => PaymentSaid::Ordered { link: self.order_link(&token) },
        };
        (200, value(&said), Manner::Plain)
    }

    /// True for a payment that is an order's.
    pub(super) fn is_order(&self, payment: &str) -> bool {
        self.orders.get(payment).is_some()
    }

    /// `GET /sandbox/orders`: the open ones.
    pub(super) fn orders_open(&self) -> Value {
        let open = self.orders.iter().filter_map(|(id, order)| {
            let payment = self.bank.payment(id).filter(|payment| payment.state == State::Open)?;
            Some(json!({
                "order": id, "code": self.order_link(&order.token), "amount": payment.order,
                "shop": order.shop.name, "expires_at": crate::instant::print(order.expires_at),
            }))
        });
        json!({ "orders": open.collect::<Vec<_>>() })
    }

    /// `POST /sandbox/pay {user, code|order, pin?, refuse?, amount?}`, as at the other networks.
    pub(super) fn pay_control(&mut self, now: Timestamp, body: &[u8]) -> Result<Value, Refused> {
        let paid: Paid = control::read(body)?;
        let named = match (&paid.code, &paid.order) {
            (Some(one), None) | (None, Some(one)) => one,
            _ => return Err((422, "name one order, by `code` or by `order`".into())),
        };
        let token = named.rsplit('/').next().unwrap_or_default();
        let id = self.links.get(token).unwrap_or(named).clone();
        let unknown = || (404, "there is no such order".to_owned());
        let asked = self.bank.payment(&id).filter(|_| self.is_order(&id)).ok_or_else(unknown)?;
        if paid.amount.is_some_and(|seen| asked.order.minor() != seen) {
            return Err((422, "the order is of another amount".into()));
        }
        let opened = Opened { user: paid.user, pin: paid.pin, refuse: paid.refuse };
        self.order_opened(now, &id, &opened)?;
        Ok(self.order_shown(&id))
    }

    fn order_link(&self, token: &str) -> String {
        self.link.network.url(&format!("/sandbox/orders/{token}"))
    }

    pub(super) fn order_control(
        &mut self,
        now: Timestamp,
        method: &str,
        token: &str,
        body: &[u8],
    ) -> Result<Value, Refused> {
        let Some(id) = self.links.get(token).cloned() else {
            return Err((404, "there is no such order".into()));
        };
        match method {
            "GET" => {}
            "POST" => self.order_opened(now, &id, &control::read(body)?)?,
            _ => return Err((404, "there is no such call".into())),
        }
        Ok(self.order_shown(&id))
    }

    fn order_opened(&mut self, now: Timestamp, id: &str, opened: &Opened) -> Result<(), Refused> {
        control::user_check(&self.bank, &opened.user)?;
        control::pin_check(opened.pin.as_deref())?;
        let payment = self.bank.payment(id).expect("an order is in the books");
        if payment.user.as_ref().is_some_and(|user| *user != opened.user) {
            return Err((409, "another user has this order".into()));
        }
        if opened.refuse {
            if self.bank.order_refuse(id, &opened.user) {
                self.notices.add(now, id, NOTIFY_PATH.to_owned(), 1);
            }
            return Ok(());
        }
        // A repeat changes nothing: it is not open any more.
        if opened.pin.is_none() || !self.bank.order_pay(now, id, &opened.user) {
            return Ok(());
        }
        let paid = self.bank.payment(id).expect("an order is in the books");
        let times = match (paid.state, paid.scenario) {
            // Decided later, and told then; or the news of it is lost.
            (State::Processing, _) | (_, Scenario::LostAnswer) => 0,
            (_, Scenario::DoubleNotice) => 2,
            _ => 1,
        };
        if times > 0 {
            self.notices.add(now, id, NOTIFY_PATH.to_owned(), times);
        }
        self.run(now);
        Ok(())
    }

    fn order_shown(&self, id: &str) -> Value {
        let (Some(order), Some(payment)) = (self.orders.get(id), self.bank.payment(id)) else {
            return Value::Null;
        };
        // The word and the reason of an inquiry's answer, as the switch would read them.
        let said = value(&payment_said(payment));
        json!({
            "payment_id": id, "user": payment.user, "state": said["status"],
            "reason": said["reason"], "shop": order.shop, "order_number": order.order_number,
            "amount": payment.order, "payer_amount": payment.payer,
            "expires_at": crate::instant::print(order.expires_at),
        })
    }
}
