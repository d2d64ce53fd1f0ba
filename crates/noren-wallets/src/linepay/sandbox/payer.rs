//! The payer: opens the link of an order, approves it or gives up, and goes back to the shop.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Deal, LinePaySandbox};
use crate::instant;
use crate::linepay::endpoints::{parameters, query};
use crate::linepay::shapes::return_url;
use crate::link::Link;
use crate::sandbox::Outgoing;
use crate::sandbox::bank::{Payment, State};
use crate::sandbox::control::{self, Refused};
use crate::sandbox::scenario::Scenario;
use crate::wire::Request;

/// Where the page of an order lies. Ours: LINE's own is at another address.
pub(super) const PAGE: &str = "/web/payment/wait";
const APP: &str = "line://pay/payment/";

pub(super) fn web_link(link: &Link, token: &str) -> String {
    link.network.url(&format!("{PAGE}?transactionReserveId={token}"))
}

pub(super) fn app_link(token: &str) -> String {
    format!("{APP}{token}")
}

/// The body of `POST /sandbox/pay`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paying {
    user: String,
    code: Option<String>,
    order: Option<String>,
    pin: Option<String>,
    #[serde(default)]
    refuse: bool,
    amount: Option<i64>,
}

impl LinePaySandbox {
    /// The page of an order, for whoever opens its link: as JSON.
    pub(super) fn order_page(&self, request: &Request) -> Result<Value, Refused> {
        let token = parameters(query(request), "transactionReserveId");
        let order = token.first().and_then(|token| self.links.get(token));
        let order = order.ok_or((404, "there is no such order".to_owned()))?;
        Ok(self.order_shown(order))
    }

    pub(super) fn orders_open(&self) -> Value {
        let waits = |(order, deal): (&String, &Deal)| {
            let web = deal.web.as_ref()?;
            let payment = self.bank.payment(order)?;
            if payment.state != State::Open || web.approved_by.is_some() {
                return None;
            }
            Some(json!({
                "order": order, "code": web_link(&self.link, &web.token), "amount": deal.asked,
                "shop": shop(deal), "expires_at": instant::print(web.expires_at),
            }))
        };
        let orders: Vec<Value> = self.deals.iter().filter_map(waits).collect();
        json!({ "orders": orders })
    }

    pub(super) fn order_pay(&mut self, paying: &Paying) -> Result<Value, Refused> {
        control::user_check(&self.bank, &paying.user)?;
        control::pin_check(paying.pin.as_deref())?;
        let text = match (&paying.code, &paying.order) {
            (Some(text), None) | (None, Some(text)) => text,
            _ => return Err((422, "name the order once, by code or order".into())),
        };
        let order = self.order_of_text(text).ok_or((404, "there is no such order".to_owned()))?;
        let unknown = || (404, "there is no such order".to_owned());
        let (deal, payment) = self.known(&order).map_err(|_| unknown())?;
        let web = deal.web.as_ref().ok_or_else(unknown)?;
        if paying.amount.is_some_and(|yen| yen != deal.asked.minor()) {
            return Err((422, "the shop named another amount".into()));
        }
        let another = |user: Option<&String>| user.is_some_and(|user| *user != paying.user);
        if another(web.approved_by.as_ref()) || another(payment.user.as_ref()) {
            return Err((409, "another user has this order".into()));
        }
        let waits = payment.state == State::Open && web.approved_by.is_none();
        let (confirm_url, cancel_url) = (web.confirm_url.clone(), web.cancel_url.clone());
        // A repeat changes nothing: it does not wait any more.
        if waits && paying.refuse {
            self.bank.order_refuse(&order, &paying.user);
            self.forget_ended(&order);
            self.edit_web(&order, |web| web.refused = true);
            self.go(&order, &cancel_url, 1);
        } else if waits && paying.pin.is_some() {
            let user = paying.user.clone();
            self.edit_web(&order, |web| web.approved_by = Some(user));
            let times = match self.meets(&paying.user) {
                // The payer closes the browser.
                Scenario::LostAnswer => 0,
                // The payer loads the page again.
                Scenario::DoubleNotice => 2,
                _ => 1,
            };
            self.go(&order, &confirm_url, times);
        }
        Ok(self.order_shown(&order))
    }

    fn edit_web(&mut self, order: &str, change: impl FnOnce(&mut super::Web)) {
        if let Some(web) = self.deals.edit(order).and_then(|deal| deal.web.as_mut()) {
            change(web);
        }
    }

    /// What the user's next payment will meet, without using it up.
    fn meets(&self, user: &str) -> Scenario {
        let plan = self.bank.user(user).map(|user| user.payments).filter(|plan| plan.times > 0);
        plan.map_or(Scenario::Approve, |plan| plan.scenario)
    }

    /// The order that a link, the shop's id or the network's id names.
    fn order_of_text(&self, text: &str) -> Option<String> {
        let token = match text.split_once("transactionReserveId=") {
            Some((_, token)) => token,
            None => text.strip_prefix(APP).unwrap_or(text),
        };
        let by_id = || text.parse().ok().and_then(|id| self.order_named(id).ok());
        let by_order = || self.deals.get(text).map(|_| text.to_owned());
        self.links.get(token).cloned().or_else(by_order).or_else(by_id)
    }

    /// The browser goes to the shop, wherever that is.
    fn go(&mut self, order: &str, url: &str, times: u32) {
        let Some(target) =
            self.deals.get(order).map(|deal| return_url(url, deal.transaction, order))
        else {
            return;
        };
        // An app of the shop's is no place to send a message to.
        if !target.starts_with("http://") && !target.starts_with("https://") {
            return;
        }
        let below = target.strip_prefix(self.link.switch.origin()).filter(|b| b.starts_with('/'));
        let target = below.unwrap_or(&target).to_owned();
        for _ in 0..times {
            let request = Request {
                method: "GET".into(),
                target: target.clone(),
                headers: Vec::new(),
                body: Vec::new(),
            };
            let id = self.bank.count();
            self.outbox.push(Outgoing { id, request });
        }
    }

    fn order_shown(&self, order: &str) -> Value {
        let Ok((deal, payment)) = self.known(order) else { return Value::Null };
        let Some(web) = &deal.web else { return Value::Null };
        let back = if web.refused { &web.cancel_url } else { &web.confirm_url };
        let gone = web.refused || web.approved_by.is_some();
        json!({
            "state": state(web.approved_by.is_some(), payment), "payment_id": order,
            "transaction_id": deal.transaction, "amount": deal.asked, "shop": shop(deal),
            "expires_at": instant::print(web.expires_at),
            "redirect_url": gone.then(|| return_url(back, deal.transaction, order)),
        })
    }
}

pub(super) fn shop(deal: &Deal) -> &str {
    deal.packages.first().and_then(|package| package.name.as_deref()).unwrap_or_default()
}

fn state(approved: bool, payment: &Payment) -> &'static str {
    match payment.state {
        State::Open if approved => "approved",
        State::Open => "open",
        State::Processing => "processing",
        State::Paid => "paid",
        State::Held => "held",
        State::Released => "released",
        State::Blocked => "blocked",
        State::Declined(_) => "declined",
        State::Cancelled => "cancelled",
    }
}
