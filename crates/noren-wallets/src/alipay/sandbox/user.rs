//! The payer's side of an order: scanning its code, paying it, or saying no.

use noren_core::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::AlipaySandbox;
use crate::instant;
use crate::sandbox::bank::State;
use crate::sandbox::control::{self, Refused};
use crate::wire::{Request, Response};

/// What the text of a code begins with, below the network's address.
const CODE_PATH: &str = "/qr/";

/// The body of `POST /sandbox/pay`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scanned {
    user: String,
    code: Option<String>,
    order: Option<String>,
    pin: Option<String>,
    #[serde(default)]
    refuse: bool,
    amount: Option<i64>,
}

impl AlipaySandbox {
    pub(super) fn user_call(
        &mut self,
        now: Timestamp,
        request: &Request,
        call: &str,
    ) -> Option<Response> {
        let answer = match (request.method.as_str(), call) {
            ("POST", "pay") => {
                control::read(&request.body).and_then(|scanned| self.scanned(now, &scanned))
            }
            ("GET", "orders") => Ok(self.orders()),
            _ => return None,
        };
        Some(control::respond(answer))
    }

    /// What whoever gets the address of a code sees.
    pub(super) fn code_page(&self, request: &Request, below: &str) -> Option<Response> {
        let token = below.strip_prefix(CODE_PATH).filter(|_| request.method == "GET")?;
        let id = self.tokens.get(token)?;
        Some(control::respond(Ok(self.order_shown(id))))
    }

    /// The text of an order's code. Ours: an address of this network, so that nobody is led to the
    /// real one.
    pub(super) fn code_text(&self, id: &str) -> Option<String> {
        let token = self.trades.get(id)?.token.as_ref()?;
        Some(self.link.network.url(&format!("{CODE_PATH}{token}")))
    }

    fn scanned(&mut self, now: Timestamp, scanned: &Scanned) -> Result<Value, Refused> {
        control::user_check(&self.bank, &scanned.user)?;
        control::pin_check(scanned.pin.as_deref())?;
        let id = self.order_meant(scanned)?;
        let payment = self.bank.payment(&id).ok_or_else(no_order)?;
        if payment.user.as_ref().is_some_and(|user| *user != scanned.user) {
            return Err((409, "another user has this order".into()));
        }
        if scanned.amount.is_some_and(|fen| fen != payment.payer.minor()) {
            return Err((422, "the order is about another amount".into()));
        }
        if payment.state == State::Open
            && let Some(trade) = self.trades.edit(&id)
        {
            trade.begun = true;
        }
        if scanned.refuse {
            self.bank.order_refuse(&id, &scanned.user);
        } else if scanned.pin.is_some() && self.bank.order_pay(now, &id, &scanned.user) {
            self.announce(now, &id);
            self.run(now);
        }
        Ok(self.order_shown(&id))
    }

    /// The merchant's number of the order that is meant.
    fn order_meant(&self, scanned: &Scanned) -> Result<String, Refused> {
        let by_code = |text: &str| {
            let (_, token) = text.rsplit_once(CODE_PATH)?;
            self.tokens.get(token).cloned()
        };
        let found = match (&scanned.code, &scanned.order) {
            (Some(code), None) => by_code(code),
            (None, Some(order)) => {
                by_code(order).or_else(|| Some(self.numbers.get(order).unwrap_or(order).clone()))
            }
            _ => return Err((422, "name the order once: by its code or by its number".into())),
        };
        found.filter(|id| self.is_order(id)).ok_or_else(no_order)
    }

    fn orders(&self) -> Value {
        let open = self
            .bank
            .payments()
            .filter(|(id, payment)| payment.state == State::Open && self.is_order(id));
        let shown = open.map(|(id, payment)| {
            let trade = self.trades.get(id);
            json!({
                "order": id, "code": self.code_text(id), "amount": payment.payer,
                "shop": trade.map(|trade| &trade.subject),
                "expires_at": trade.and_then(|trade| trade.expires_at).map(instant::print),
            })
        });
        json!({ "orders": shown.collect::<Vec<_>>() })
    }

    fn order_shown(&self, id: &str) -> Value {
        let Some(payment) = self.bank.payment(id) else { return Value::Null };
        let state = match payment.state {
            State::Open => "waiting_for_payer",
            State::Processing => "processing",
            State::Paid => "approved",
            State::Declined(_) => "declined",
            State::Cancelled | State::Held | State::Released | State::Blocked => "cancelled",
        };
        let reason = match payment.state {
            State::Declined(no) => json!(no),
            State::Open
            | State::Processing
            | State::Paid
            | State::Held
            | State::Released
            | State::Cancelled
            | State::Blocked => Value::Null,
        };
        let trade = self.trades.get(id);
        json!({
            "state": state, "reason": reason, "payment_id": id, "user": payment.user,
            "order": trade.map(|trade| &trade.trade_no), "amount": payment.payer,
            "shop": trade.map(|trade| &trade.subject),
            "expires_at": trade.and_then(|trade| trade.expires_at).map(instant::print),
        })
    }
}

fn no_order() -> Refused {
    (404, "there is no such order".into())
}
