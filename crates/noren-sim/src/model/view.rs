//! When two states are the same: when no event to come can tell them apart.
//!
//! The payment is taken as the store writes it, so that a new member of a state is a part of the
//! view until somebody says that it is not. Names and what was only recorded go; instants become
//! past, next or later; counters stop, or go round, where the ladder does.

use noren_core::credit::Credit;
use noren_core::payment::{Payment, State};
use noren_core::time::Timestamp;
use serde_json::{Map, Value, json};

use super::INQUIRIES;
use super::stage::{Node, Rows};
use crate::directory::START;

/// Recorded, and never decided by: ids, moments, amounts that one payment has once, proofs.
const RECORDED: &[&str] = &[
    "order",
    "order_number",
    "tenant",
    "merchant",
    "store",
    "wallet",
    "way",
    "reference",
    "quote",
    "fees",
    "payer",
    "created_at",
    "directory_version",
    "requested_at",
    "received_at",
    "business_date",
    "at",
    "since",
    "doubt",
    "void_doubt",
    "receipt",
    "proof",
    "calls",
    "events",
    "attempt",
];

/// What is the same for two states that are one.
pub(super) fn key(node: &Node) -> String {
    let rows = node.rows().expect("a state is of something");
    let asked = (node.last.map(|last| last.0), node.oldest.map(|oldest| oldest.0));
    format!("{} {asked:?} {}", view(&rows, node.now), node.withdrawn)
}

/// The view of a state at an instant.
fn view(rows: &Rows, now: Timestamp) -> Value {
    let next = rows.wake();
    let mut view = json!([rows.payment.as_deref(), rows.credit.as_deref()]);
    blur("", &mut view, now, next);
    view
}

fn blur(name: &str, value: &mut Value, now: Timestamp, next: Option<Timestamp>) {
    match value {
        Value::Object(members) => blur_object(members, now, next),
        Value::Array(list) if matches!(name, "evidence" | "repeats") => {
            *value = Value::Bool(!list.is_empty())
        }
        Value::Array(list) => list.iter_mut().for_each(|item| blur(name, item, now, next)),
        Value::Number(number) => {
            if let Some(number) = number.as_i64() {
                *value = blur_number(name, number, now, next);
            }
        }
        Value::String(_) | Value::Bool(_) | Value::Null => {}
    }
}

fn blur_object(members: &mut Map<String, Value>, now: Timestamp, next: Option<Timestamp>) {
    let is_id = |value: &Value| value.as_str().is_some_and(|text| text.len() == 29);
    members.retain(|name, value| !RECORDED.contains(&name.as_str()) && !is_id(value));
    for (name, value) in members.iter_mut() {
        blur(name, value, now, next);
    }
}

/// A refund is inquired of and sent again in turn, so its count matters by being odd. After a
/// refused cancel every third question is a cancel again, and a cancel is only repeated.
fn blur_number(name: &str, number: i64, now: Timestamp, next: Option<Timestamp>) -> Value {
    let round = |every: i64| if number == 0 { 0 } else { (number - 1).rem_euclid(every) + 1 };
    if number >= START.0 {
        return match Timestamp(number) {
            at if at <= now => "past".into(),
            at if Some(at) == next => "next".into(),
            _ => "later".into(),
        };
    }
    match name {
        "inquiries" => round(i64::from(INQUIRIES) + 1).into(),
        "asked_count" => round(2).into(),
        "sent" => number.min(2).into(),
        _ => number.into(),
    }
}

/// What a state is called: the status, and the step of what is going on.
pub(super) fn label(rows: &Rows) -> String {
    match (&rows.credit, &rows.payment) {
        (Some(credit), _) => of_credit(credit),
        (None, Some(payment)) => of_payment(payment),
        (None, None) => String::new(),
    }
}

fn of_credit(credit: &Credit) -> String {
    format!("credit: {}", credit.status().name())
}

fn of_payment(payment: &Payment) -> String {
    let name = payment.state.name();
    match &payment.state {
        State::Ordering(order) if order.chosen => format!("{name}: wallet chosen"),
        State::Ordered(_) => format!("{name}: order made"),
        State::HoldCaptured(_) => format!("{name}: of a hold"),
        State::Authorised(held) if held.hold.captured() > 0 => format!("{name}: part captured"),
        state => {
            let state = serde_json::to_value(state).expect("states are written as JSON");
            let step = state.pointer("/phase/step").or_else(|| state.pointer("/step/step"));
            match step.and_then(Value::as_str) {
                Some(step) => format!("{name}: {}", step.replace('_', " ")),
                None => name.to_owned(),
            }
        }
    }
}
