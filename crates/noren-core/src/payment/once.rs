//! States of a payment that is asked for once: it is paid, or it ends unpaid.

use serde::{Deserialize, Serialize};

use super::Asked;
use super::hold::{Authorised, Hold};
use crate::Text;
use crate::id::StrayId;
use crate::time::{BusinessDate, Timestamp};
use crate::wallet::{Decline, HoldRules, Profile, Receipt, Reference};

/// See [`super::State::WaitingForPayer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingForPayer {
    /// The code is not honoured from then on.
    pub expires_at: Timestamp,
}

/// See [`super::State::Ordering`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordering {
    /// The intent.
    pub asked: Asked,
    /// The order is closed from then on.
    pub expires_at: Timestamp,
    /// The payer chose the wallet from a code that a till shows, and waits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
    /// How often the order was asked for.
    pub sent: u32,
    /// When it is asked for again, with the same request id.
    pub next_at: Timestamp,
}

/// See [`super::State::Ordered`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// The intent.
    pub asked: Asked,
    /// What the payer opens to pay: a link into the app, or the text of a code.
    pub link: Text,
    /// The order is closed from then on.
    pub expires_at: Timestamp,
    /// Inquiries made.
    pub inquiries: u32,
    /// When the next one is made.
    pub next_at: Timestamp,
}

/// See [`super::State::Authorising`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorising {
    /// The intent.
    pub asked: Asked,
    /// Without an answer the payment is in doubt from then on.
    pub silent_at: Timestamp,
}

/// See [`super::State::InDoubt`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InDoubt {
    /// The intent.
    pub asked: Asked,
    /// Since when: the measured age of the doubt.
    pub since: Timestamp,
    /// Inquiries made.
    pub inquiries: u32,
    /// When the next one is made, or the cancel.
    pub next_at: Timestamp,
    /// The first inquiry that was made when "not found" had become proof. An older answer proves
    /// nothing about the time after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof_from: Option<u32>,
}

/// What [`Ordering`], [`Ordered`], [`Authorising`] and [`InDoubt`] have in common: a wallet was
/// asked, and its definite word decides in the same way in each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    asked: Asked,
}

/// See [`super::State::Reversing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversing {
    /// The intent that is being undone.
    pub asked: Asked,
    /// Since when the outcome is unknown.
    pub since: Timestamp,
    /// How far the undoing has come.
    pub phase: Undo,
    /// When the present step is repeated.
    pub next_at: Timestamp,
    /// What a confirmed cancel makes of it.
    #[serde(default)]
    pub goal: Goal,
}

/// What a confirmed cancel makes of a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Reversed: a request for the payer's money had left.
    #[default]
    Reverse,
    /// Cancelled: the merchant withdrew an order that its payer had not paid.
    Withdraw,
    /// Expired: nobody paid the order in time.
    Expire,
}

/// The steps of undoing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Undo {
    /// The cancel is repeated until it is answered.
    Cancelling {
        /// How often it was sent.
        sent: u32,
    },
    /// The wallet refused the cancel; we ask until it says what stands.
    CancelRefused {
        /// Inquiries made since.
        inquiries: u32,
        /// As in [`InDoubt::proof_from`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof_from: Option<u32>,
    },
    /// The wallet refused the cancel because it holds the money: a void is repeated until it is
    /// answered.
    Releasing {
        /// How often the wallet was asked since it refused.
        sent: u32,
    },
    /// The money arrived after all and is returned by a refund of its own.
    Returning {
        /// The stray receipt.
        stray: StrayId,
    },
}

/// See [`super::State::Captured`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// The intent.
    pub asked: Asked,
    /// The wallet's words.
    pub receipt: Receipt,
    /// When we learned of it.
    pub at: Timestamp,
    /// The wallet's business day, for its day-end file.
    pub business_date: BusinessDate,
}

/// See [`super::State::Declined`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// The intent.
    pub asked: Asked,
    /// The proof.
    pub proof: Decline,
    /// When we learned of it.
    pub at: Timestamp,
}

/// See [`super::State::Cancelled`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// When.
    pub at: Timestamp,
    /// Why that is safe to say.
    pub why: CancelledWhy,
    /// The intent, when there was one.
    pub asked: Option<Asked>,
}

/// What makes "cancelled" true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledWhy {
    /// The merchant cancelled before any wallet was asked.
    BeforeAsking,
    /// The request was refused before a byte left.
    NeverSent,
    /// The wallet closed its order unpaid.
    ClosedUnpaid,
    /// The wallet does not know the request, asked after the time in which it could still come.
    NeverArrived,
    /// A push rail credited the shop when it could not take the money, which goes back as a stray
    /// receipt. No wallet was asked.
    NotTaken,
}

/// See [`super::State::Expired`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    /// When.
    pub at: Timestamp,
    /// The intent, when the wallet had an order: it has confirmed that it closed it unpaid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// See [`super::State::Reversed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversed {
    /// The intent that was undone.
    pub asked: Asked,
    /// What confirmed the undoing.
    pub by: ReversedBy,
    /// When.
    pub at: Timestamp,
}

/// See [`super::State::Blocked`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// What was frozen.
    pub what: Frozen,
    /// When we learned of it.
    pub at: Timestamp,
}

/// What the wallet's side froze.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Frozen {
    /// Money that was to be paid.
    Asked {
        /// The intent.
        asked: Asked,
    },
    /// Money that was held, and of which nothing was captured.
    Held {
        /// The hold.
        hold: Hold,
    },
}

impl Frozen {
    /// The intent.
    pub const fn asked(&self) -> &Asked {
        match self {
            Self::Asked { asked } => asked,
            Self::Held { hold } => &hold.asked,
        }
    }

    /// What was held, if anything was.
    pub const fn hold(&self) -> Option<&Hold> {
        match self {
            Self::Asked { .. } => None,
            Self::Held { hold } => Some(hold),
        }
    }
}

/// What confirmed that the payment does not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReversedBy {
    /// The wallet answered our cancel.
    Cancel,
    /// The refund of the stray receipt was confirmed.
    Refund {
        /// The stray receipt that was returned.
        stray: StrayId,
    },
    /// The stray receipt could not be returned by message, and people ended the claim.
    Claim {
        /// The stray receipt.
        stray: StrayId,
    },
}

impl WaitingForPayer {
    /// A wallet reserved: it may debit until `asked.send_by`.
    pub fn reserved(self, asked: Asked, profile: &Profile) -> Authorising {
        let silent_at = asked.send_by.after(profile.first_inquiry_after);
        Authorising { asked, silent_at }
    }

    /// A push rail credited the right amount.
    pub fn credited(
        self,
        asked: Asked,
        receipt: Receipt,
        now: Timestamp,
        profile: &Profile,
    ) -> Captured {
        let business_date = now.business_date(profile.business_day_offset_minutes);
        Captured { asked, receipt, at: now, business_date }
    }

    /// A push rail credited the shop, and it could not take the money.
    pub fn not_taken(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::NotTaken, asked: None }
    }

    /// The merchant took the code away before any wallet was asked.
    pub fn cancelled(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::BeforeAsking, asked: None }
    }

    /// Nobody came.
    pub fn expired(self, now: Timestamp) -> Expired {
        Expired { at: now, asked: None }
    }
}

impl Undecided {
    /// The intent.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The wallet confirmed, for the amount that was asked.
    pub fn approved(self, receipt: Receipt, now: Timestamp, profile: &Profile) -> Captured {
        let business_date = now.business_date(profile.business_day_offset_minutes);
        Captured { asked: self.asked, receipt, at: now, business_date }
    }

    /// The wallet holds the amount that was asked. Its time is counted from the request, so that
    /// ours is over before the wallet's.
    pub fn held(self, receipt: Receipt, now: Timestamp, rules: HoldRules) -> Authorised {
        let expires_at = self.asked.at.after(rules.lifetime);
        let (asked, captures) = (self.asked, rules.captures);
        Authorised { hold: Hold { asked, receipt, at: now, expires_at, captures, parts: vec![] } }
    }

    /// A definite no.
    pub fn declined(self, proof: Decline, now: Timestamp) -> Declined {
        Declined { asked: self.asked, proof, at: now }
    }

    /// The wallet's side froze the payer's money.
    pub fn blocked(self, now: Timestamp) -> Blocked {
        Blocked { what: Frozen::Asked { asked: self.asked }, at: now }
    }

    /// The wallet closed its order unpaid.
    pub fn closed(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::ClosedUnpaid, asked: Some(self.asked) }
    }
}

impl Ordering {
    /// See [`Undecided`].
    pub fn undecided(self) -> Undecided {
        Undecided { asked: self.asked }
    }

    /// The wallet made the order; the payer can be given the link.
    pub fn ordered(
        self,
        link: Text,
        handle: Option<Text>,
        now: Timestamp,
        profile: &Profile,
    ) -> Ordered {
        let next_at = now.after(profile.first_inquiry_after);
        let reference = handle.map_or(self.asked.reference, |handle| Reference::Order { handle });
        let asked = Asked { reference, ..self.asked };
        Ordered { asked, link, expires_at: self.expires_at, inquiries: 0, next_at }
    }

    /// Asked for once more. A cancel waits for this request as it would have for the first.
    pub fn again(self, next_at: Timestamp, now: Timestamp, profile: &Profile) -> Ordering {
        let (send_by, cancel_from) = profile.leaving(now);
        let cancel_from = cancel_from.max(self.asked.cancel_from);
        let asked = Asked { send_by, cancel_from, ..self.asked };
        Ordering { asked, sent: self.sent.saturating_add(1), next_at, ..self }
    }

    /// The payer may have paid another amount: as much in doubt as a payment can be.
    pub fn contradicted(self, now: Timestamp) -> InDoubt {
        InDoubt { asked: self.asked, since: now, inquiries: 0, next_at: now, proof_from: None }
    }

    /// Too many attempts, the order's time, or the merchant's wish: the wallet has to close it.
    pub fn closing(self, goal: Goal, now: Timestamp) -> Reversing {
        Reversing { goal, ..Reversing::new(self.asked, now, now) }
    }
}

impl Ordered {
    /// See [`Undecided`].
    pub fn undecided(self) -> Undecided {
        Undecided { asked: self.asked }
    }

    /// One more inquiry was made.
    pub fn inquired(self, next_at: Timestamp) -> Ordered {
        Ordered { inquiries: self.inquiries.saturating_add(1), next_at, ..self }
    }

    /// Asked at once, because something may have happened.
    pub fn roused(self, now: Timestamp) -> Ordered {
        Ordered { next_at: self.next_at.min(now), ..self }
    }

    /// See [`Ordering::contradicted`].
    pub fn contradicted(self, now: Timestamp) -> InDoubt {
        InDoubt { asked: self.asked, since: now, inquiries: 0, next_at: now, proof_from: None }
    }

    /// See [`Ordering::closing`].
    pub fn closing(self, goal: Goal, now: Timestamp) -> Reversing {
        Reversing { goal, ..Reversing::new(self.asked, now, now) }
    }
}

impl Authorising {
    /// See [`Undecided`].
    pub fn undecided(self) -> Undecided {
        Undecided { asked: self.asked }
    }

    /// Refused before a byte left, and no earlier attempt: nothing was sent.
    pub fn not_sent(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::NeverSent, asked: Some(self.asked) }
    }

    /// The wallet did not answer in time, or said nothing that decides. Not a failure: money may
    /// have moved. The first inquiry is due when it would have been due anyway.
    pub fn unanswered(self, now: Timestamp) -> InDoubt {
        InDoubt {
            since: now,
            inquiries: 0,
            next_at: self.silent_at,
            asked: self.asked,
            proof_from: None,
        }
    }

    /// The merchant's wish; doubt begins with it.
    pub fn reversing(self, now: Timestamp) -> Reversing {
        Reversing::new(self.asked, now, now)
    }
}

impl InDoubt {
    /// See [`Undecided`].
    pub fn undecided(self) -> Undecided {
        Undecided { asked: self.asked }
    }

    /// One more inquiry was made, by call `attempt`.
    pub fn inquired(self, attempt: u32, now: Timestamp, profile: &Profile) -> InDoubt {
        InDoubt {
            inquiries: self.inquiries + 1,
            next_at: now.after(profile.inquiry_every),
            proof_from: self.proof_from.or(self.asked.proof(attempt, now, profile)),
            ..self
        }
    }

    /// The wallet proved that the request never came to it.
    pub fn never_arrived(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::NeverArrived, asked: Some(self.asked) }
    }

    /// The last inquiry never left, so it does not count.
    pub fn not_asked(self) -> InDoubt {
        InDoubt { inquiries: self.inquiries.saturating_sub(1), ..self }
    }

    /// The ladder's end, or the merchant's wish: undo.
    pub fn reversing(self, now: Timestamp) -> Reversing {
        Reversing::new(self.asked, self.since, now)
    }
}

impl Reversing {
    fn new(asked: Asked, since: Timestamp, now: Timestamp) -> Self {
        // The request could still be on its way out of our own queue, and overtake the cancel.
        let next_at = now.max(asked.cancel_from);
        let phase = Undo::Cancelling { sent: 0 };
        Self { asked, since, phase, next_at, goal: Goal::Reverse }
    }

    /// The wallet confirmed the cancel.
    pub fn cancelled(self, now: Timestamp) -> Reversed {
        Reversed { asked: self.asked, by: ReversedBy::Cancel, at: now }
    }

    /// The wallet closed an order that nobody had paid, as far as we heard; the merchant wished it.
    pub fn withdrawn(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::ClosedUnpaid, asked: Some(self.asked) }
    }

    /// The wallet closed an order that nobody had paid in time, as far as we heard.
    pub fn expired(self, now: Timestamp) -> Expired {
        Expired { at: now, asked: Some(self.asked) }
    }

    /// The wallet refused the cancel, or the void: ask at once what stands.
    pub fn cancel_refused(self, now: Timestamp) -> Reversing {
        let inquiries = match self.phase {
            Undo::Releasing { sent } => sent,
            Undo::Cancelling { .. } | Undo::CancelRefused { .. } | Undo::Returning { .. } => 0,
        };
        let phase = Undo::CancelRefused { inquiries, proof_from: None };
        Reversing { phase, next_at: now, ..self }
    }

    /// The wallet refused the cancel and holds the money still: it can be released.
    pub fn releasing(self, sent: u32, next_at: Timestamp) -> Reversing {
        Reversing { phase: Undo::Releasing { sent }, next_at, ..self }
    }

    /// The money arrived after all; its return has begun.
    pub fn returning(self, stray: StrayId) -> Reversing {
        Reversing { phase: Undo::Returning { stray }, ..self }
    }

    /// The return was confirmed.
    pub fn returned(self, stray: StrayId, now: Timestamp) -> Reversed {
        Reversed { asked: self.asked, by: ReversedBy::Refund { stray }, at: now }
    }

    /// The cancel was refused because the money is frozen by the wallet's side.
    pub fn blocked(self, now: Timestamp) -> Blocked {
        Blocked { what: Frozen::Asked { asked: self.asked }, at: now }
    }

    /// The wallet proved that the request never came to it, and that its cancel undid nothing.
    pub fn never_arrived(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::NeverArrived, asked: Some(self.asked) }
    }

    /// The return was refused for good, and people ended the claim.
    pub fn claim_closed(self, stray: StrayId, now: Timestamp) -> Reversed {
        Reversed { asked: self.asked, by: ReversedBy::Claim { stray }, at: now }
    }

    /// A definite no, read after the cancel had been refused: nothing was ever paid.
    pub fn declined(self, proof: Decline, now: Timestamp) -> Declined {
        Declined { asked: self.asked, proof, at: now }
    }
}
