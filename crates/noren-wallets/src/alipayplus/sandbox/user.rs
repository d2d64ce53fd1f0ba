//! The control calls of this network: a user's hand.

use noren_core::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AlipayPlusSandbox, Trade, result};
use crate::instant;
use crate::sandbox::bank::State;
use crate::sandbox::control::{self, Refused};
use crate::wire::{Request, Response};

/// The body of `POST /sandbox/pay`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pay {
    user: String,
    code: Option<String>,
    order: Option<String>,
    pin: Option<String>,
    #[serde(default)]
    refuse: bool,
    /// What the user believes it costs, in the order's minor units.
    amount: Option<i64>,
}

impl AlipayPlusSandbox {
    /// Answers a control call. `None`: there is no such call.
    pub(super) fn control(
        &mut self,
        now: Timestamp,
        request: &Request,
        below: &str,
    ) -> Option<Response> {
        let answer = match (request.method.as_str(), below) {
            ("GET", "orders") => Ok(json!({ "orders": self.open_orders() })),
            ("GET", _) if below.starts_with("orders/") => {
                let found = self.order_named(below);
                found.map(|id| self.order_shown(&id)).ok_or_else(unknown)
            }
            ("POST", "pay") => {
                control::read(&request.body).and_then(|asked| self.user_pays(now, &asked))
            }
            ("POST", "scan") if self.brand.asks => {
                control::read(&request.body).and_then(|asked| self.user_scans(now, &asked))
            }
            ("GET", _) if below.starts_with("scans/") => self.scan_shown(&below["scans/".len()..]),
            _ => return control::handle(&mut self.bank, now, request, below, false),
        };
        Some(control::respond(answer))
    }

    fn open_orders(&self) -> Vec<Value> {
        let open = self.trades.iter().filter_map(|(id, trade)| {
            let payment = self.bank.payment(id).filter(|payment| payment.state == State::Open)?;
            Some(json!({
                "order": id, "code": self.link_of(trade)?, "number": payment.transaction,
                "amount": payment.order, "shop": trade.description,
                "expires_at": trade.expires_at.map(instant::print),
            }))
        });
        open.collect()
    }

    fn user_pays(&mut self, now: Timestamp, asked: &Pay) -> Result<Value, Refused> {
        control::user_check(&self.bank, &asked.user)?;
        control::pin_check(asked.pin.as_deref())?;
        let named = match (&asked.code, &asked.order) {
            (Some(named), None) | (None, Some(named)) => named.as_str(),
            _ => return Err((422, "name the order once: by its code or by its number".into())),
        };
        let id = self.order_named(named).ok_or_else(unknown)?;
        let payment = self.bank.payment(&id).ok_or_else(unknown)?;
        if asked.amount.is_some_and(|amount| amount != payment.order.minor()) {
            return Err((422, format!("the order is for {}", payment.order)));
        }
        if payment.user.as_ref().is_some_and(|user| *user != asked.user) {
            return Err((409, "another user has this order".into()));
        }
        let moved = if asked.refuse {
            self.bank.order_refuse(&id, &asked.user)
        } else {
            asked.pin.is_some() && self.bank.order_pay(now, &id, &asked.user)
        };
        // A repeat changes nothing: it is not open any more.
        if moved {
            self.tell(now, &id);
        }
        Ok(self.order_shown(&id))
    }

    /// An order by its link, by the merchant's id or by the network's.
    fn order_named(&self, named: &str) -> Option<String> {
        let token = named.rsplit_once("orders/").map_or(named, |(_, token)| token);
        let known = self.tokens.get(token).or_else(|| self.numbers.get(named)).cloned();
        let id = known.unwrap_or_else(|| named.to_owned());
        self.trades.get(&id).is_some_and(|trade| trade.token.is_some()).then_some(id)
    }

    fn order_shown(&self, id: &str) -> Value {
        let (Some(trade), Some(payment)) = (self.trades.get(id), self.bank.payment(id)) else {
            return Value::Null;
        };
        json!({
            "state": result(payment).name(), "payment_id": id,
            "transaction_id": payment.transaction, "user": payment.user,
            "shop": trade.description, "amount": payment.order, "payer_amount": payment.payer,
        })
    }

    /// The link of an order: the text of its code, or the address of its page.
    pub(super) fn link_of(&self, trade: &Trade) -> Option<String> {
        let token = trade.token.as_ref()?;
        Some(self.link.network.url(&format!("/sandbox/orders/{token}")))
    }
}

fn unknown() -> Refused {
    (404, "there is no such order".to_owned())
}
