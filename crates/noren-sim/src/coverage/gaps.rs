//! Pairs that the simulation does not meet, each with its reason.
//!
//! What no wallet can say, because nobody asked it, is not here: the model check excludes that by
//! itself. Here is what a wallet could say and these two sandboxes do not. The engine's answer to
//! it is seen all the same: a pair may stand here only when the model check has met it.

use super::Pair;

/// Pairs with one reason.
pub struct Gap {
    /// `payment`, `capture`, `refund`, `stray` or `credit`.
    pub of: &'static str,
    /// In which states.
    pub states: &'static [&'static str],
    /// Which events.
    pub events: &'static [&'static str],
    /// Why not, or why seldom.
    pub reason: &'static str,
    /// How sure that is.
    pub kind: Kind,
}

/// How sure it is that no seed meets a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No seed can. A walk of the model check does.
    Never,
    /// Some seed may, few do. A walk of the model check does.
    Seldom,
    /// Nothing can: what happens in one way to pay, and what is there in another. So no walk has both.
    Apart,
}

impl Gap {
    /// The pairs of this row.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        let pairs = move |state| self.events.iter().map(move |event| (self.of, state, *event));
        self.states.iter().copied().flat_map(pairs)
    }
}

const fn never(
    of: &'static str,
    states: &'static [&'static str],
    events: &'static [&'static str],
    reason: &'static str,
) -> Gap {
    Gap { of, states, events, reason, kind: Kind::Never }
}

const fn seldom(
    of: &'static str,
    states: &'static [&'static str],
    events: &'static [&'static str],
    reason: &'static str,
) -> Gap {
    Gap { of, states, events, reason, kind: Kind::Seldom }
}

/// All of them.
pub const GAPS: &[Gap] = &[
    seldom(
        "payment",
        &["captured"],
        &["hears not found"],
        "an inquiry that overtook its own request and came back after the payment's answer",
    ),
    never(
        "payment",
        &["authorising", "in_doubt"],
        &["hears cancelled"],
        "both sandboxes close an order unpaid only when we cancel; then it is being undone here",
    ),
    never(
        "payment",
        &["authorising"],
        &["hears not found", "hears too late"],
        "answers to an inquiry and to a cancel: with either the payment is authorising no more",
    ),
    never(
        "payment",
        &["in_doubt", "captured"],
        &["hears too late"],
        "the answer to a cancel: what was cancelled is being undone, and is captured never more",
    ),
    never(
        "payment",
        &["cancelled"],
        &[
            "confirm",
            "fail",
            "time",
            "hears paid",
            "hears another amount",
            "hears declined",
            "hears pending",
            "hears not found",
            "hears cancelled",
            "hears too late",
            "hears not sent",
            "hears unknown",
        ],
        "here a payment is cancelled when nothing was sent, so no wallet knows of it",
    ),
    never(
        "payment",
        &["captured"],
        &["fail", "hears declined", "hears cancelled", "hears another amount"],
        "a sandbox that was paid does not take it back, and repeats the same amount",
    ),
    never(
        "payment",
        &["declined"],
        &["confirm", "time", "hears paid", "hears another amount"],
        "a sandbox that said no for good does not take it back, so there is no probe either",
    ),
    never(
        "refund",
        &["declined"],
        &[
            "time",
            "hears refunded",
            "hears declined",
            "hears no funds",
            "hears processing",
            "hears not found",
            "hears not sent",
            "hears unknown",
        ],
        "both sandboxes refuse a refund only above what they hold, and I9 keeps us below it",
    ),
    never(
        "refund",
        &["requested", "in_doubt", "waiting_for_funds", "refunded"],
        &["hears declined"],
        "as above",
    ),
    never(
        "refund",
        &["requested", "in_doubt", "waiting_for_funds", "refunded"],
        &["hears processing"],
        "a sandbox makes a refund at once or not at all",
    ),
    seldom(
        "payment",
        &["captured", "declined", "reversed"],
        &["hears not sent"],
        "an inquiry that was asked before the end must find the door shut after it",
    ),
    seldom(
        "payment",
        &["reversed"],
        &["quote", "reserve"],
        "a payer who scanned a till's code asks for a price only after the payment was undone",
    ),
    seldom(
        "payment",
        &["reversed"],
        &["hears another amount"],
        "another amount than was asked for, told again after the undo that it led to",
    ),
    seldom(
        "payment",
        &["declined"],
        &["hears not found", "hears too late"],
        "an inquiry or cancel from before the end, answered twice, the second time after it",
    ),
    seldom(
        "refund",
        &["in_doubt", "waiting_for_funds", "refunded", "declined"],
        &["hears too late"],
        "few refunds are made as the wallet's cancel; that answer would have to come late or twice",
    ),
    seldom(
        "refund",
        &["requested", "waiting_for_funds"],
        &["hears not found"],
        "the answer to an inquiry, of which there are none in these states: a doubled, late one",
    ),
    seldom(
        "refund",
        &["refunded"],
        &["hears no funds", "hears not found", "hears not sent"],
        "what an earlier request met, heard a second time after a later one was granted",
    ),
    seldom(
        "refund",
        &["in_doubt", "waiting_for_funds", "refunded", "declined"],
        &["hears too late"],
        "the answer to a cancel that carries a refund out, heard again after the refund that took its place",
    ),
    seldom(
        "refund",
        &["waiting_for_funds"],
        &["hears not sent"],
        "a refund that waits for funds is asked for again, and seldom finds the door shut",
    ),
];
