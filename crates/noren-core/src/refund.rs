//! Refunds: giving money back for a payment that stands. A record of its own, with doubt of its own.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::due::{Doubt, Due};
use crate::id::RefundId;
use crate::money::Money;
use crate::settlement::Settled;
use crate::time::{BusinessDate, Span, Timestamp};
use crate::wallet::{Decline, Profile, RefundReceipt, Unknown};

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Our id, and its key towards the wallet for ever.
    pub id: RefundId,
    /// In the order's currency.
    pub amount: Money,
    /// In the payer's currency at the original rate, when we convert.
    pub payer: Option<Money>,
    /// The merchant's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Text>,
    /// What the edge wants to find again with it; opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<Text>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// What carries it out.
    #[serde(default, skip_serializing_if = "RefundBy::is_refund")]
    pub by: RefundBy,
    /// What it is.
    pub state: RefundState,
    /// How long its outcome was not known.
    #[serde(default, skip_serializing_if = "Doubt::is_never")]
    pub doubt: Doubt,
}

impl Refund {
    /// What the merchant gave back for it, where it is paid in another currency than it prices in.
    pub const fn settled(&self) -> Option<Settled> {
        match &self.state {
            RefundState::Refunded(done) => done.settlement,
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_)
            | RefundState::Declined(_)
            | RefundState::Impossible(_) => None,
        }
    }

    /// When it wants to be looked at again, and what for.
    pub const fn due(&self) -> Option<Due> {
        match (&self.state, self.by) {
            (RefundState::Requested(a), _) if a.once() => Some(Due::Inquiry(a.next_at)),
            (RefundState::Requested(a) | RefundState::WaitingForFunds(a), _)
            // A cancel in doubt is repeated.
            | (RefundState::InDoubt(a), RefundBy::Cancel) => Some(Due::Sending(a.next_at)),
            (RefundState::InDoubt(a), RefundBy::Refund) => Some(a.due_in_doubt()),
            (
                RefundState::Refunded(_) | RefundState::Declined(_) | RefundState::Impossible(_),
                _,
            ) => None,
        }
    }
}

/// What carries a refund out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundBy {
    /// The wallet's refund.
    #[default]
    Refund,
    /// The wallet's cancel of the whole payment, on the same business day: it is as if it had never
    /// been, so it carries no fees. A cancel that comes too late becomes a refund, never the reverse.
    Cancel,
}

impl RefundBy {
    /// The word in API members.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Cancel => "cancel",
        }
    }

    fn is_refund(&self) -> bool {
        *self == Self::Refund
    }
}

/// The states of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RefundState {
    /// Sent, or about to be.
    Requested(Asking),
    /// Sent, and we do not know what the wallet did. Counts against the refund bound.
    InDoubt(Asking),
    /// The wallet's incoming pool is too small; it is asked again with the same id.
    WaitingForFunds(Asking),
    /// The payer has the money.
    Refunded(Refunded),
    /// A definite no.
    Declined(RefundDeclined),
    /// This network gives nothing back by message, and was not asked.
    Impossible(Impossible),
}

/// A refund that is not at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// How often we have asked, in whatever form; 0: it has not been sent, and has to be.
    pub asked_count: u32,
    /// When we ask again if nothing comes.
    pub next_at: Timestamp,
    /// When it was last sent; kept only where it has no key and must not be sent twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
}

/// The end of a refund that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// When we learned of it.
    pub at: Timestamp,
    /// The wallet's business day, for its day-end file.
    pub business_date: BusinessDate,
    /// The wallet's words.
    pub receipt: RefundReceipt,
    /// What the merchant gave back of what it is owed, when it is paid in another currency than it
    /// prices in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Settled>,
}

/// The end of a refund that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundDeclined {
    /// When we learned of it.
    pub at: Timestamp,
    /// The proof.
    pub proof: Decline,
}

/// The end of a refund that nobody can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impossible {
    /// When it was needed.
    pub at: Timestamp,
}

/// Never shorter than the time in which the request before may still be leaving.
fn pause(profile: &Profile, asked_count: u32) -> Span {
    let every = profile.refund_every.0.saturating_mul(u64::from(asked_count.clamp(1, 20)));
    Span(every.max(profile.send_within.0 + profile.send_margin.0))
}

impl Asking {
    /// First request just made.
    pub fn first(now: Timestamp, profile: &Profile) -> Self {
        Self { asked_count: 1, next_at: now.after(pause(profile, 1)), sent_at: None }
    }

    /// The first request of a refund. Where it has no key, it must not be sent twice. A cancel may
    /// always be repeated.
    pub fn refund(now: Timestamp, profile: &Profile, by: RefundBy) -> Self {
        let once = !profile.refund_key && by == RefundBy::Refund;
        Self { sent_at: once.then_some(now), ..Self::first(now, profile) }
    }

    /// True when it was sent and must not be sent again.
    pub const fn once(&self) -> bool {
        self.sent_at.is_some()
    }

    /// Not to be sent before an instant.
    pub fn waiting(next_at: Timestamp) -> Self {
        Self { asked_count: 0, next_at, sent_at: None }
    }

    /// One more request made. The pause grows to twenty times `refund_every`, so that a wallet
    /// that is away for days is not called every few seconds.
    pub fn again(self, now: Timestamp, profile: &Profile) -> Self {
        Self {
            asked_count: self.asked_count.saturating_add(1),
            next_at: now.after(pause(profile, self.asked_count)),
            sent_at: self.sent_at,
        }
    }

    /// What is in doubt is inquired of and sent again in turn; only inquired of where it must not
    /// be sent twice.
    pub const fn inquires_next(&self) -> bool {
        self.asked_count % 2 == 1 || self.once()
    }

    /// What is due next while the outcome is in doubt.
    pub const fn due_in_doubt(&self) -> Due {
        if self.inquires_next() { Due::Inquiry(self.next_at) } else { Due::Sending(self.next_at) }
    }

    /// Something came that decides nothing; the next request keeps its time.
    pub fn unanswered(self, why: Unknown) -> RefundState {
        match why {
            Unknown::TimedOut
            | Unknown::Transport
            | Unknown::Unreadable
            | Unknown::BadSignature
            | Unknown::UnlistedCode
            | Unknown::SaidUnknown
            | Unknown::Dropped => RefundState::InDoubt(self),
        }
    }
}

impl RefundState {
    /// The name that API members `status` carry.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested(_) => "requested",
            Self::InDoubt(_) => "in_doubt",
            Self::WaitingForFunds(_) => "waiting_for_funds",
            Self::Refunded(_) => "refunded",
            Self::Declined(_) => "declined",
            Self::Impossible(_) => "impossible",
        }
    }

    /// True while we should know its outcome and do not: it was asked for more than once, or an
    /// answer decided nothing. Without funds it is known that it was not made.
    pub(crate) const fn in_doubt(&self) -> bool {
        match self {
            Self::Requested(a) => a.asked_count > 1,
            Self::InDoubt(_) => true,
            Self::WaitingForFunds(_)
            | Self::Refunded(_)
            | Self::Declined(_)
            | Self::Impossible(_) => false,
        }
    }

    /// True while it may still take money, or has.
    pub const fn counts(&self) -> bool {
        !matches!(self, Self::Declined(_) | Self::Impossible(_))
    }

    /// True when it changes no more.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refunded(_) | Self::Declined(_) | Self::Impossible(_))
    }
}
