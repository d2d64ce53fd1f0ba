//! The control calls that all sandboxes share: plain JSON below `/sandbox/`, unsigned. They play
//! the user and the tester, never the network.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `POST /sandbox/users` | `{user, balance}` | `{user, balance:{amount,currency}}`; a user who is there stays as they are |
//! | `GET /sandbox/users` | | `{users:[…]}` |
//! | `POST /sandbox/users/{user}/code` | `{code_id}` | `{code_id, code}`; the same `code_id` gives the same code |
//! | `POST /sandbox/scenario` | `{user, scenario, times?}` | `{user, scenario, times}`; replaces what was set before |
//! | `POST /sandbox/maintenance` | `{for_ms}` | `{for_ms}`; the network's own API is closed so long |
//! | `GET /sandbox/users/{user}` | | the user, with `scenarios: {payments, refunds}` that are set |
//! | `GET /sandbox/users/{user}/payments` | | `{payments:[…]}`, the newest first, at most 50 |
//! | `GET /sandbox/users/{user}/codes/{code_id}` | | `{code_id, code, payment}`: the payment that used it |
//! | `GET /sandbox/payments/{id}` | | a payment: `{id, transaction, user, state, reason, shop, amount, payer_amount, …, refunds:[…]}` |
//! | `GET /sandbox/scenarios` | | `{scenarios:[…]}`: what can be set here |
//! | `GET /sandbox/books` | | `{deposited, debited, owed, owed_at_home, balanced, users:[…], payments:[…], refunds:[…]}` |

use noren_core::time::{Span, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::bank::{BALANCE_MAX, Bank};
use super::scenario::{Plan, Scenario, ScenarioOf};
use super::screen;
use crate::wire::{Request, Response};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserAdd {
    user: String,
    balance: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeGet {
    code_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioSet {
    user: String,
    scenario: Scenario,
    #[serde(default = "once")]
    times: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pause {
    for_ms: u32,
}

fn once() -> u32 {
    1
}

/// Why a control call is refused: an HTTP status and a sentence.
pub type Refused = (u16, String);

/// Answers a control call; `below` is what follows `/sandbox/`. `None`: not one of these.
/// `scans` is false for a network whose users cannot scan.
pub fn handle(
    bank: &mut Bank,
    now: Timestamp,
    request: &Request,
    below: &str,
    scans: bool,
) -> Option<Response> {
    let body = &request.body;
    let answer = match (request.method.as_str(), below) {
        ("POST", "users") => read(body).and_then(|add| user_add(bank, &add)),
        ("GET", "users") => Ok(json!({ "users": users(bank) })),
        ("POST", "scenario") => read(body).and_then(|set| scenario_set(bank, &set, scans)),
        ("POST", "maintenance") => read(body).map(|pause| close(bank, now, &pause)),
        ("GET", "books") => Ok(books(bank)),
        ("GET", "scenarios") => Ok(json!({ "scenarios": scenarios(scans) })),
        ("GET", _) => screen::shown(bank, below)?,
        ("POST", _) => {
            let user = below.strip_prefix("users/")?.strip_suffix("/code")?;
            read(body).and_then(|get| code_get(bank, now, user, &get))
        }
        _ => return None,
    };
    Some(respond(answer))
}

/// The answer of a control call.
pub fn respond(answer: Result<Value, Refused>) -> Response {
    let (status, body) = match answer {
        Ok(value) => (200, value),
        Err((status, error)) => (status, json!({ "error": error })),
    };
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
    }
}

/// Reads the body of a control call.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| (400, error.to_string()))
}

/// Names are 1 to 48 letters, digits, hyphens and underscores, so that they fit a path.
pub fn name_check(name: &str) -> Result<(), Refused> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if plain && (1..=48).contains(&name.len()) {
        return Ok(());
    }
    Err((422, "a name is 1 to 48 letters, digits, hyphens and underscores".into()))
}

/// A PIN is four to eight digits, any; it is the user's approval of what is shown.
pub fn pin_check(pin: Option<&str>) -> Result<(), Refused> {
    let good = |pin: &str| (4..=8).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit());
    if pin.is_none_or(good) { Ok(()) } else { Err((422, "a PIN is four to eight digits".into())) }
}

/// That there is such a user.
pub fn user_check(bank: &Bank, user: &str) -> Result<(), Refused> {
    let there = bank.user(user).is_some();
    if there { Ok(()) } else { Err((404, "there is no such user".into())) }
}

fn user_add(bank: &mut Bank, add: &UserAdd) -> Result<Value, Refused> {
    name_check(&add.user)?;
    if !(0..=BALANCE_MAX).contains(&add.balance) {
        return Err((422, format!("a balance is 0 to {BALANCE_MAX} minor units")));
    }
    let currency = bank.terms().currency;
    let balance = bank.user_add(&add.user, add.balance).balance;
    Ok(json!({ "user": add.user, "balance": { "amount": balance, "currency": currency } }))
}

fn close(bank: &mut Bank, now: Timestamp, pause: &Pause) -> Value {
    bank.close_until(now.after(Span(u64::from(pause.for_ms))));
    json!({ "for_ms": pause.for_ms })
}

fn code_get(bank: &mut Bank, now: Timestamp, user: &str, get: &CodeGet) -> Result<Value, Refused> {
    user_check(bank, user)?;
    name_check(&get.code_id)?;
    Ok(json!({ "code_id": get.code_id, "code": bank.code(now, user, &get.code_id) }))
}

fn scenario_set(bank: &mut Bank, set: &ScenarioSet, scans: bool) -> Result<Value, Refused> {
    if set.scenario.of() == ScenarioOf::Scan && !scans {
        return Err((422, "users of this network cannot scan".into()));
    }
    let (scenario, times) = (set.scenario, set.times);
    if !bank.plan(&set.user, Plan { scenario, times }) {
        return Err((404, "there is no such user".into()));
    }
    Ok(json!({ "user": set.user, "scenario": scenario, "times": times }))
}

/// What can be set for a user of this network.
fn scenarios(scans: bool) -> Vec<Scenario> {
    let here = |scenario: &Scenario| scans || scenario.of() != ScenarioOf::Scan;
    Scenario::ALL.into_iter().filter(here).collect()
}

fn users(bank: &Bank) -> Vec<Value> {
    let currency = bank.terms().currency;
    let shown = bank.users().map(|(name, user)| {
        json!({ "user": name, "balance": { "amount": user.balance, "currency": currency } })
    });
    shown.collect()
}

fn books(bank: &Bank) -> Value {
    let (deposited, debited, owed) = bank.totals();
    let payments = bank.payments().map(|(id, payment)| {
        let (state, reason) = screen::state(payment.state);
        json!({
            "id": id, "transaction": payment.transaction, "user": payment.user, "state": state,
            "reason": reason, "amount": payment.order, "payer_amount": payment.payer,
            "taken": payment.taken().order, "payer_taken": payment.taken().payer,
            "refunded": payment.refunded_order, "payer_refunded": payment.refunded_payer,
        })
    });
    let refunds = bank.refunds().map(|(id, refund)| {
        let state = if refund.done { "refunded" } else { "declined" };
        json!({
            "id": id, "payment": refund.payment, "state": state,
            "amount": refund.order, "payer_amount": refund.payer,
        })
    });
    json!({
        "deposited": deposited, "debited": debited, "owed": owed,
        "owed_at_home": bank.owed_at_home(), "balanced": bank.balanced(),
        "users": users(bank), "payments": payments.collect::<Vec<_>>(),
        "refunds": refunds.collect::<Vec<_>>(),
    })
}
