//! What a user sees of their own affairs: balance, payments with refunds, what became of a code. All
//! sandboxes show it in the same words, whatever their network calls it.

use serde_json::{Value, json};

use super::bank::{Bank, No, Payment, State};
use super::control::{Refused, user_check};
use crate::instant;

/// The longest list of payments.
const PAYMENTS_MAX: usize = 50;

/// Answers the call `GET /sandbox/{below}`. `None`: it is not one of these.
pub fn shown(bank: &Bank, below: &str) -> Option<Result<Value, Refused>> {
    let parts: Vec<&str> = below.split('/').collect();
    Some(match parts[..] {
        ["users", user] => user_check(bank, user).map(|()| user_shown(bank, user)),
        ["users", user, "payments"] => {
            user_check(bank, user).map(|()| json!({ "payments": payments(bank, user) }))
        }
        ["users", user, "codes", code_id] => code(bank, user, code_id),
        ["payments", id] => match bank.payment(id) {
            Some(payment) => Ok(payment_shown(bank, id, payment)),
            None => Err((404, "there is no such payment".into())),
        },
        _ => return None,
    })
}

fn user_shown(bank: &Bank, name: &str) -> Value {
    let Some(user) = bank.user(name) else { return Value::Null };
    json!({
        "user": name,
        "balance": { "amount": user.balance, "currency": bank.terms().currency },
        "scenarios": { "payments": user.payments, "refunds": user.refunds },
    })
}

fn payments(bank: &Bank, user: &str) -> Vec<Value> {
    let own = |(_, payment): &(&String, &Payment)| payment.user.as_deref() == Some(user);
    let mut found: Vec<_> = bank.payments().filter(own).collect();
    found.sort_by(|(_, a), (_, b)| (b.at, &b.transaction).cmp(&(a.at, &a.transaction)));
    found.truncate(PAYMENTS_MAX);
    found.into_iter().map(|(id, payment)| payment_shown(bank, id, payment)).collect()
}

fn code(bank: &Bank, user: &str, code_id: &str) -> Result<Value, Refused> {
    let given = bank.code_given(user, code_id);
    let (code, used_by) = given.ok_or_else(|| (404, "there is no such code".to_owned()))?;
    let used = used_by.and_then(|id| Some(payment_shown(bank, id, bank.payment(id)?)));
    Ok(json!({ "code_id": code_id, "code": code, "payment": used }))
}

/// Where a payment stands, in one word, and why not.
pub fn state(state: State) -> (&'static str, Option<No>) {
    match state {
        State::Open => ("open", None),
        State::Processing => ("processing", None),
        State::Paid => ("paid", None),
        State::Held => ("held", None),
        State::Released => ("released", None),
        State::Declined(no) => ("declined", Some(no)),
        State::Cancelled => ("cancelled", None),
        State::Blocked => ("blocked", None),
    }
}

fn payment_shown(bank: &Bank, id: &str, payment: &Payment) -> Value {
    let (state, reason) = state(payment.state);
    let refunds = bank.refunds().filter(|(_, refund)| refund.payment == id);
    let refunds = refunds.map(|(id, refund)| {
        let state = if refund.done { "refunded" } else { "declined" };
        json!({
            "id": id, "state": state, "amount": refund.order, "payer_amount": refund.payer,
            "at": instant::print(refund.at),
        })
    });
    json!({
        "id": id, "transaction": payment.transaction, "user": payment.user, "state": state,
        "reason": reason, "shop": payment.shop, "amount": payment.order,
        "payer_amount": payment.payer, "taken": payment.taken().order,
        "payer_taken": payment.taken().payer, "refunded": payment.refunded_order,
        "payer_refunded": payment.refunded_payer, "at": instant::print(payment.at),
        "paid_at": payment.paid_at.map(instant::print), "refunds": refunds.collect::<Vec<_>>(),
    })
}
