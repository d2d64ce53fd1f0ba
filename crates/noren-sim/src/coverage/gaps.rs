//! Pairs that neither the simulation nor the model check meets, or only by chance, and that no walk
//! keeps apart: each with its reason.

use super::Pair;

/// Pairs with one reason.
pub struct Gap {
    /// `payment`, `capture`, `refund`, `stray` or `credit`.
    pub of: &'static str,
    /// In which states.
    pub states: &'static [&'static str],
    /// Which events.
    pub events: &'static [&'static str],
    /// Why nothing meets them, or seldom.
    pub reason: &'static str,
}

impl Gap {
    /// The pairs of this row.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        let pairs = move |state| self.events.iter().map(move |event| (self.of, state, *event));
        self.states.iter().copied().flat_map(pairs)
    }
}

/// All of them.
pub const GAPS: &[Gap] = &[
    Gap {
        of: "payment",
        states: &["waiting_for_payer", "expired"],
        events: &["hears blocked"],
        reason: "no wallet was asked for that money, or what it was asked for ended without any",
    },
    Gap {
        of: "payment",
        states: &["blocked"],
        events: &["choose", "quote", "reserve"],
        reason: "a second payer of a till's code while the first one's money is frozen: the walk of frozen money begins with a payer's code, and the worlds seldom freeze what a shown code is paid with",
    },
    Gap {
        of: "payment",
        states: &["blocked"],
        events: &["confirm", "fail"],
        reason: "the sandboxes neither debit nor give up what they have frozen",
    },
    Gap {
        of: "payment",
        states: &["created", "ordered"],
        events: &["confirm", "fail"],
        reason: "calls of a wallet whose user scanned: of an order it is we who ask",
    },
    Gap {
        of: "payment",
        states: &["created", "captured"],
        events: &["hears authorised"],
        reason: "a wallet that was asked for an order, or to debit at once, has nothing held to tell of",
    },
    Gap {
        of: "payment",
        states: &["created", "in_doubt", "capturing", "captured of a hold", "voiding", "blocked"],
        events: &["credit again"],
        reason: "a rail's money for a code that another wallet is paying, told twice within the moments that this lasts",
    },
    Gap {
        of: "payment",
        states: &["capturing", "voiding", "blocked"],
        events: &["credit"],
        reason: "the same, told once: a code whose money another wallet holds or froze is seldom paid by a rail too",
    },
    Gap {
        of: "payment",
        states: &["authorised", "capturing", "captured of a hold", "voiding", "voided"],
        events: &["hears ordered"],
        reason: "the answer to the call for an order, heard again after the payer approved: the walks of captures begin with money held",
    },
    Gap {
        of: "payment",
        states: &["capturing", "captured of a hold", "voiding"],
        events: &["choose"],
        reason: "the walk in which a payer chooses asks for no hold",
    },
    Gap {
        of: "payment",
        states: &["capturing", "captured of a hold"],
        events: &["hears not sent", "hears another amount"],
        reason: "answers about the payment itself, which is not asked about while a capture is: one from before would have to come late",
    },
    Gap {
        of: "payment",
        states: &["capturing"],
        events: &["hears blocked"],
        reason: "the sandboxes freeze a payment before its money is held, or never",
    },
    Gap {
        of: "refund",
        states: &["impossible"],
        events: &[
            "hears refunded",
            "hears declined",
            "hears no funds",
            "hears too late",
            "hears processing",
            "hears not found",
            "hears not sent",
            "hears unknown",
        ],
        reason: "the network gives nothing back by message, so nobody was asked and nobody answers",
    },
];
