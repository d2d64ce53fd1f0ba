//! States of a payment whose money is held first and captured later, in parts.
//!
//! At most one capture is asked for at a time: its outcome is known before the next one leaves.
//! So every amount (the payer's, the fee's) follows from what was captured before, and the parts
//! always add up to the whole.

use serde::{Deserialize, Serialize};

use super::once::{Blocked, Frozen};
use super::{Asked, State};
use crate::due::{Doubt, Due};
use crate::fee::FeeSplit;
use crate::id::{CaptureId, StrayId};
use crate::money::{Money, MoneyError};
use crate::refund::Asking;
use crate::settlement::Settled;
use crate::time::{BusinessDate, Timestamp};
use crate::wallet::{Decline, HoldCaptures, Profile, Receipt};

/// Money that a wallet holds for a payment, and the captures of it that have ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The intent.
    pub asked: Asked,
    /// What the wallet said when it held the money.
    pub receipt: Receipt,
    /// When we learned of it.
    pub at: Timestamp,
    /// From then on what is left is released.
    pub expires_at: Timestamp,
    /// How many captures the wallet allowed when it was asked.
    pub captures: HoldCaptures,
    /// Captures that have ended, oldest first, the declined ones too.
    pub parts: Vec<Part>,
}

/// What a capture asks for. Never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartTerms {
    /// Our id, and its key towards the wallet for ever.
    pub id: CaptureId,
    /// In the order's currency.
    pub amount: Money,
    /// In the payer's currency at the quoted rate, when we convert.
    pub payer: Option<Money>,
    /// Its part of the merchant discount.
    pub fees: FeeSplit,
    /// What the merchant is owed for it, when it is paid in another currency than it prices in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Settled>,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

/// A capture that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What was asked for.
    pub terms: PartTerms,
    /// How it ended.
    pub end: PartEnd,
    /// How long its outcome was not known.
    #[serde(default, skip_serializing_if = "Doubt::is_never")]
    pub doubt: Doubt,
}

/// How a capture ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum PartEnd {
    /// The money was taken.
    Captured {
        /// The wallet's words.
        receipt: Receipt,
        /// When we learned of it.
        at: Timestamp,
        /// The wallet's business day, for its day-end file.
        business_date: BusinessDate,
    },
    /// A definite no.
    Declined {
        /// The proof.
        proof: Decline,
        /// When we learned of it.
        at: Timestamp,
    },
}

/// A capture that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPart {
    /// What is asked for.
    pub terms: PartTerms,
    /// How far the asking has come.
    pub asking: PartAsking,
    /// How long its outcome is not known.
    #[serde(default, skip_serializing_if = "Doubt::is_never")]
    pub doubt: Doubt,
}

/// How far the asking for a capture has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum PartAsking {
    /// Sent, or about to be.
    Requested(Asking),
    /// Sent, and we do not know what the wallet did.
    InDoubt(Asking),
}

/// See [`State::Authorised`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorised {
    /// What is held.
    pub hold: Hold,
}

/// See [`State::Capturing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capturing {
    /// What is held, and what was captured before.
    pub hold: Hold,
    /// The capture that was asked for.
    pub part: OpenPart,
    /// What happens to the rest once its outcome is known.
    pub then: Then,
}

/// What happens to the rest of a hold after the running capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It stays held.
    Keep,
    /// The merchant wishes it released.
    Void,
    /// The merchant withdrew the order: it is released, and all that was captured goes back.
    Withdraw,
}

/// See [`State::Voiding`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voiding {
    /// What is held, and what was captured before.
    pub hold: Hold,
    /// Why.
    pub why: VoidWhy,
    /// Since when.
    pub since: Timestamp,
    /// How far the release has come.
    pub step: VoidStep,
    /// When the present step is repeated.
    pub next_at: Timestamp,
}

/// Why what is left of a hold is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidWhy {
    /// The merchant's wish.
    Merchant,
    /// The hold's time is over.
    Expiry,
}

/// The steps of releasing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum VoidStep {
    /// The void is repeated until it is answered.
    Asking {
        /// How often it was sent.
        sent: u32,
    },
    /// The wallet refused the void; we ask until it says what stands.
    Refused {
        /// Inquiries made since.
        inquiries: u32,
    },
    /// The wallet took money that no capture of ours asked for; a refund of its own returns it.
    Returning {
        /// The stray receipt.
        stray: StrayId,
    },
}

/// What confirmed that nothing is held any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Release {
    /// The wallet answered our void, or said that it had released by itself.
    Confirmed {
        /// Why we had asked; `None` when we had not.
        why: Option<VoidWhy>,
    },
    /// What it took instead went back.
    Returned {
        /// The stray receipt that was returned.
        stray: StrayId,
    },
    /// What it took instead could not be returned by message, and people ended the claim.
    Claim {
        /// The stray receipt.
        stray: StrayId,
    },
}

/// See [`State::HoldCaptured`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldCaptured {
    /// With at least one captured part.
    pub hold: Hold,
    /// What became of the rest.
    pub rest: Rest,
    /// When.
    pub at: Timestamp,
}

/// What became of the part of a hold that was not captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rest {
    /// There is none.
    Nothing,
    /// The wallet allows one capture, and releases the rest with it.
    WithCapture,
    /// It was released.
    Released {
        /// What confirmed that.
        by: Release,
    },
    /// The wallet's side froze it: neither paid nor returned.
    Frozen,
}

/// See [`State::Voided`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// Without a captured part.
    pub hold: Hold,
    /// What confirmed the release.
    pub by: Release,
    /// When.
    pub at: Timestamp,
}

impl Part {
    /// The wallet's words, when the money was taken.
    pub fn receipt(&self) -> Option<&Receipt> {
        match &self.end {
            PartEnd::Captured { receipt, .. } => Some(receipt),
            PartEnd::Declined { .. } => None,
        }
    }

    /// The name that API members `status` carry.
    pub const fn status(&self) -> &'static str {
        match self.end {
            PartEnd::Captured { .. } => "captured",
            PartEnd::Declined { .. } => "declined",
        }
    }
}

impl OpenPart {
    /// The name that API members `status` carry.
    pub const fn status(&self) -> &'static str {
        match self.asking {
            PartAsking::Requested(_) => "requested",
            PartAsking::InDoubt(_) => "in_doubt",
        }
    }

    fn ended(self, end: PartEnd) -> Part {
        Part { terms: self.terms, end, doubt: self.doubt }
    }

    /// Asked once, it has its time; from then on its outcome should be known.
    pub(super) fn keep_time(&mut self, now: Timestamp) {
        let runs = match &self.asking {
            PartAsking::Requested(asking) => asking.asked_count > 1,
            PartAsking::InDoubt(_) => true,
        };
        self.doubt = self.doubt.at(now, runs);
    }

    /// When it is asked about again, and how.
    pub const fn due(&self) -> Due {
        match &self.asking {
            PartAsking::Requested(asking) => Due::Sending(asking.next_at),
            PartAsking::InDoubt(asking) => asking.due_in_doubt(),
        }
    }
}

impl PartAsking {
    /// The same asking, with an outcome that nobody knows.
    pub fn unknown(self) -> Self {
        match self {
            Self::Requested(asking) | Self::InDoubt(asking) => Self::InDoubt(asking),
        }
    }

    /// The same asking; the wallet has nothing of it yet.
    pub fn not_there(self) -> Self {
        match self {
            Self::Requested(asking) | Self::InDoubt(asking) => Self::Requested(asking),
        }
    }
}

impl Hold {
    /// Captured so far, in minor units of the order's currency.
    pub fn captured(&self) -> i64 {
        let taken = self.parts.iter().filter(|part| part.receipt().is_some());
        taken.map(|part| part.terms.amount.minor()).sum()
    }

    /// What the merchant is owed for the captures so far, in minor units of the currency that it is
    /// paid in, where that is another one.
    pub fn settled(&self) -> i64 {
        let taken = self.parts.iter().filter(|part| part.receipt().is_some());
        taken.filter_map(|part| part.terms.settlement).map(|part| part.amount.minor()).sum()
    }

    /// Of the held amount, what no capture has taken.
    pub fn left(&self) -> i64 {
        self.receipt.amount.minor() - self.captured()
    }

    /// What a capture of `amount` takes of the payer's amount and of the fees: what is due after
    /// it, less what was due before, so that the last part takes what rounding left.
    pub fn terms(
        &self,
        id: CaptureId,
        amount: Money,
        requested_at: Timestamp,
    ) -> Result<PartTerms, MoneyError> {
        let (before, whole) = (self.captured(), self.receipt.amount.minor());
        let after = before.checked_add(amount.minor()).ok_or(MoneyError::Overflow)?;
        let payer = match self.asked.payer {
            Some(payer) => {
                Some(payer.share(after, whole)?.checked_sub(payer.share(before, whole)?)?)
            }
            None => None,
        };
        let fees = self.asked.fees.part(before, after, whole)?;
        let settlement = match &self.asked.settlement {
            Some(settlement) => {
                let of = |sum| Money::new(sum, amount.currency());
                Some(settlement.captured(&self.asked.fees, of(before), of(after), whole)?)
            }
            None => None,
        };
        Ok(PartTerms { id, amount, payer, fees, settlement, requested_at })
    }

    /// True when `receipt` tells of money that our captures account for: one of them, or all of
    /// them together under the name of the hold.
    pub fn accounts_for(&self, receipt: &Receipt) -> bool {
        let same = |part: &Part| {
            part.receipt().is_some_and(|own| {
                (&own.transaction, own.amount) == (&receipt.transaction, receipt.amount)
            })
        };
        let whole = receipt.transaction == self.receipt.transaction
            && receipt.amount.currency() == self.receipt.amount.currency()
            && receipt.amount.minor() == self.captured();
        whole || self.parts.iter().any(same)
    }

    /// Nothing is held any more.
    pub fn released(self, by: Release, now: Timestamp) -> State {
        if self.captured() > 0 {
            let rest = Rest::Released { by };
            State::HoldCaptured(HoldCaptured { hold: self, rest, at: now })
        } else {
            State::Voided(Voided { hold: self, by, at: now })
        }
    }

    /// The wallet's side froze what was held and not captured.
    pub fn frozen(self, now: Timestamp) -> State {
        if self.captured() > 0 {
            State::HoldCaptured(HoldCaptured { hold: self, rest: Rest::Frozen, at: now })
        } else {
            State::Blocked(Blocked { what: Frozen::Held { hold: self }, at: now })
        }
    }

    fn voiding(self, why: VoidWhy, now: Timestamp) -> Voiding {
        let step = VoidStep::Asking { sent: 0 };
        Voiding { hold: self, why, since: now, step, next_at: now }
    }

    /// What a hold is after a capture of it has ended.
    fn after_capture(self, then: Then, now: Timestamp) -> State {
        if self.left() <= 0 {
            return State::HoldCaptured(HoldCaptured { hold: self, rest: Rest::Nothing, at: now });
        }
        if self.captures == HoldCaptures::One && self.captured() > 0 {
            let rest = Rest::WithCapture;
            return State::HoldCaptured(HoldCaptured { hold: self, rest, at: now });
        }
        match then {
            Then::Keep => State::Authorised(Authorised { hold: self }),
            Then::Void | Then::Withdraw => State::Voiding(self.voiding(VoidWhy::Merchant, now)),
        }
    }
}

impl Authorised {
    /// A capture is asked for.
    pub fn capturing(self, terms: PartTerms, now: Timestamp, profile: &Profile) -> Capturing {
        let asking = PartAsking::Requested(Asking::first(now, profile));
        let part = OpenPart { terms, asking, doubt: Doubt::default() };
        Capturing { hold: self.hold, part, then: Then::Keep }
    }

    /// What is left is to be released.
    pub fn voiding(self, why: VoidWhy, now: Timestamp) -> Voiding {
        self.hold.voiding(why, now)
    }
}

impl Capturing {
    /// The money of this part was taken.
    pub fn captured(mut self, receipt: Receipt, now: Timestamp, profile: &Profile) -> State {
        let business_date = now.business_date(profile.business_day_offset_minutes);
        let end = PartEnd::Captured { receipt, at: now, business_date };
        self.hold.parts.push(self.part.ended(end));
        self.hold.after_capture(self.then, now)
    }

    /// A definite no to this part. The money stays held.
    pub fn declined(mut self, proof: Decline, now: Timestamp) -> State {
        let end = PartEnd::Declined { proof, at: now };
        self.hold.parts.push(self.part.ended(end));
        self.hold.after_capture(self.then, now)
    }

    /// The merchant wishes the rest released.
    pub fn void_then(self) -> Capturing {
        let then = match self.then {
            Then::Keep | Then::Void => Then::Void,
            Then::Withdraw => Then::Withdraw,
        };
        Capturing { then, ..self }
    }

    /// The merchant withdrew the order.
    pub fn withdraw_then(self) -> Capturing {
        Capturing { then: Then::Withdraw, ..self }
    }
}

impl Voiding {
    /// The void was sent once more.
    pub fn sent(self, next_at: Timestamp) -> Voiding {
        let sent = match self.step {
            VoidStep::Asking { sent } => sent.saturating_add(1),
            VoidStep::Refused { .. } | VoidStep::Returning { .. } => 1,
        };
        Voiding { step: VoidStep::Asking { sent }, next_at, ..self }
    }

    /// The wallet refused the void: ask at once what stands.
    pub fn refused(self, now: Timestamp) -> Voiding {
        // How often it was asked goes on counting, so that a wallet that holds, and refuses to
        // let go, is asked less and less often.
        let inquiries = match self.step {
            VoidStep::Asking { sent } => sent,
            VoidStep::Refused { .. } | VoidStep::Returning { .. } => 0,
        };
        Voiding { step: VoidStep::Refused { inquiries }, next_at: now, ..self }
    }

    /// One more inquiry was made after the refusal.
    pub fn inquired(self, inquiries: u32, next_at: Timestamp) -> Voiding {
        Voiding { step: VoidStep::Refused { inquiries }, next_at, ..self }
    }

    /// The money is still held after all, so there is still something to void.
    pub fn void_again(self, sent: u32, next_at: Timestamp) -> Voiding {
        Voiding { step: VoidStep::Asking { sent }, next_at, ..self }
    }

    /// Money arrived that no capture of ours asked for; its return has begun.
    pub fn returning(self, stray: StrayId) -> Voiding {
        Voiding { step: VoidStep::Returning { stray }, ..self }
    }

    /// The wallet confirmed that nothing is held any more.
    pub fn released(self, now: Timestamp) -> State {
        self.hold.released(Release::Confirmed { why: Some(self.why) }, now)
    }

    /// The return was confirmed.
    pub fn returned(self, stray: StrayId, now: Timestamp) -> State {
        self.hold.released(Release::Returned { stray }, now)
    }

    /// The return was refused for good, and people ended the claim.
    pub fn claim_closed(self, stray: StrayId, now: Timestamp) -> State {
        self.hold.released(Release::Claim { stray }, now)
    }
}
