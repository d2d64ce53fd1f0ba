//! The payment: one attempt to have an order paid, one machine for every way to pay.
//!
//! Each state is a struct of its own, and a transition consumes the state that it leaves, so a
//! stale state cannot be used twice and a field exists only where it means something. There is no
//! way to fail: [`Declined`] needs a [`Decline`], which only a connector that read one can make.

mod hold;
mod once;
mod pending;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::day::PayerHash;
use crate::due::{Doubt, Due, Wake};
use crate::fee::FeeSplit;
use crate::id::{MerchantId, OrderId, PaymentId, StoreId, TenantName, WalletName};
use crate::money::Money;
use crate::quote::Quote;
use crate::refund::{Refund, RefundState};
use crate::settlement::Settlement;
use crate::stray::{Stray, StrayOrigin};
use crate::time::Timestamp;
use crate::wallet::{HoldRules, PaymentAnswer, Profile, Question, Receipt, Reference};

pub use hold::{
    Authorised, Capturing, Hold, HoldCaptured, OpenPart, Part, PartAsking, PartEnd, PartTerms,
    Release, Rest, Then, VoidStep, VoidWhy, Voided, Voiding,
};
pub use once::{
    Authorising, Blocked, Cancelled, CancelledWhy, Captured, Declined, Expired, Frozen, Goal,
    InDoubt, Ordered, Ordering, Reversed, ReversedBy, Reversing, Undecided, Undo, WaitingForPayer,
};

pub use pending::Pending;

/// How the payer and the shop came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The payer scans a printed code and types the amount.
    MpmStatic,
    /// The payer scans a code that a till made for one order.
    MpmDynamic,
    /// The till scans the payer's code.
    Cpm,
    /// A shop on the web: we create an order with the wallet, and the payer opens its link.
    Online,
    /// The payer's bank credited the shop over a push rail, and no till had made an order.
    Push,
}

impl Way {
    /// The word in rows and API members.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MpmStatic => "mpm_static",
            Self::MpmDynamic => "mpm_dynamic",
            Self::Cpm => "cpm",
            Self::Online => "online",
            Self::Push => "push",
        }
    }
}

/// When the payer's money is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// At once.
    #[default]
    Now,
    /// It is held first; the merchant captures later, wholly or in parts.
    Manual,
}

impl CaptureMode {
    fn is_now(&self) -> bool {
        *self == Self::Now
    }
}

/// One attempt to have an order paid, with the refunds and strays that belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Shown as `pay_…`; also our request id towards the wallet.
    pub id: PaymentId,
    /// What it pays.
    pub order: OrderId,
    /// The merchant's own number for the order.
    pub order_number: Text,
    /// Whose data it is.
    pub tenant: TenantName,
    /// Who is paid.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// What the merchant wants.
    pub amount: Money,
    /// How payer and shop came together.
    pub way: Way,
    /// When the money is taken.
    #[serde(default, skip_serializing_if = "CaptureMode::is_now")]
    pub capture: CaptureMode,
    /// What the edge wants to find again with it; opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<Text>,
    /// Who pays, as far as a limit of the merchant's has to know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<PayerHash>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The version of the directory that it used.
    pub directory_version: u64,
    /// The promise it uses, when we convert.
    pub quote: Option<Quote>,
    /// What it is.
    pub state: State,
    /// How many calls were made for it.
    pub calls: u32,
    /// Number of its last event; gap-free.
    pub events: u32,
    /// Refunds, oldest first.
    pub refunds: Vec<Refund>,
    /// Money that arrived against its state.
    pub strays: Vec<Stray>,
    /// What was said against its state, oldest first; at most [`EVIDENCE_MAX`].
    pub evidence: Vec<Evidence>,
    /// One more inquiry after evidence against a final state.
    pub probe: Option<Probe>,
    /// How long it was not known what became of it.
    #[serde(default, skip_serializing_if = "Doubt::is_never")]
    pub doubt: Doubt,
    /// How long it was not known what became of the release of its hold.
    #[serde(default, skip_serializing_if = "Doubt::is_never")]
    pub void_doubt: Doubt,
}

/// Later statements are counted by the alarm that each raises, but not kept.
pub const EVIDENCE_MAX: usize = 16;

/// Something a wallet said that did not change the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When it arrived.
    pub at: Timestamp,
    /// In answer to what.
    pub question: Question,
    /// What was said.
    pub answer: PaymentAnswer,
}

/// One more inquiry for a payment that is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The call that asks; an older answer proves nothing about the time after the end.
    pub attempt: u32,
    /// When it is repeated if nothing comes.
    pub next_at: Timestamp,
    /// How often it may still be repeated.
    pub left: u32,
}

/// What has been asked of a wallet, and on what terms. The intent that is committed first (I7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Whom.
    pub wallet: WalletName,
    /// When.
    pub at: Timestamp,
    /// How the wallet knows the payment.
    pub reference: Reference,
    /// What the payer is to be debited, when we convert.
    pub payer: Option<Money>,
    /// The merchant discount, split.
    pub fees: FeeSplit,
    /// What the merchant is owed, when it is paid in another currency than it prices in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Arc<Settlement>>,
    /// The wallet was asked to hold the money only, on these terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldRules>,
    /// The request must have left, or the wallet must have debited, by then.
    pub send_by: Timestamp,
    /// Nothing is cancelled before: the request could overtake.
    pub cancel_from: Timestamp,
}

impl Asked {
    /// `Some(attempt)` when "not found" in answer to an inquiry made now is proof: the request can
    /// neither be in our own queue nor on its way any more, and the wallet's settling time is over.
    /// A wallet may still debit what its own user scanned, so there it never is.
    pub(crate) fn proof(&self, attempt: u32, now: Timestamp, profile: &Profile) -> Option<u32> {
        let settled = self.cancel_from.after(profile.not_found_is_proof_after?);
        let ours = matches!(self.reference, Reference::Request | Reference::Order { .. });
        (ours && now >= settled).then_some(attempt)
    }
}

/// The states. Those that can still change come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// The till shows a code; no wallet was asked.
    WaitingForPayer(WaitingForPayer),
    /// The wallet was asked for an order; until it has made one, nobody can pay.
    Ordering(Ordering),
    /// The wallet's order is open: its link is in the payer's hand, and time or the payer decides.
    Ordered(Ordered),
    /// A wallet was asked, or has our permission to debit.
    Authorising(Authorising),
    /// A wallet was asked and we do not know what it did. Not a failure: money may have moved.
    InDoubt(InDoubt),
    /// We asked the wallet to let the payment not stand; its answer decides.
    Reversing(Reversing),
    /// The money is held, and no request about it is open.
    Authorised(Authorised),
    /// A capture was asked for, and its outcome is not known.
    Capturing(Capturing),
    /// What is left of the hold is being released; the wallet's answer decides.
    Voiding(Voiding),
    /// Paid. The merchant was told.
    Captured(Captured),
    /// Paid in parts from a hold, of which nothing is left.
    HoldCaptured(HoldCaptured),
    /// The hold is released, and nothing of it was captured.
    Voided(Voided),
    /// A definite no.
    Declined(Declined),
    /// Nothing was sent, or the wallet confirmed its order closed unpaid.
    Cancelled(Cancelled),
    /// Nobody came to pay in time; nothing was sent, or the wallet closed its order unpaid.
    Expired(Expired),
    /// Ended by a confirmed undo after a request had left.
    Reversed(Reversed),
    /// The wallet's side froze the payer's money: neither paid nor returned.
    Blocked(Blocked),
}

impl State {
    /// The name that API members `status` carry. A hold that is used up is as captured as a
    /// payment that was captured at once, and whoever waits for its payer waits for its payer.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ordering(Ordering { chosen: false, .. }) => "created",
            Self::Ordering(_) | Self::WaitingForPayer(_) | Self::Ordered(_) => "waiting_for_payer",
            Self::Authorising(_) => "authorising",
            Self::InDoubt(_) => "in_doubt",
            Self::Reversing(_) => "reversing",
            Self::Authorised(_) => "authorised",
            Self::Capturing(_) => "capturing",
            Self::Voiding(_) => "voiding",
            Self::Captured(_) | Self::HoldCaptured(_) => "captured",
            Self::Voided(_) => "voided",
            Self::Declined(_) => "declined",
            Self::Cancelled(_) => "cancelled",
            Self::Expired(_) => "expired",
            Self::Reversed(_) => "reversed",
            Self::Blocked(_) => "blocked",
        }
    }

    /// True when the state changes no more (I8).
    pub const fn is_final(&self) -> bool {
        match self {
            Self::WaitingForPayer(_)
            | Self::Ordering(_)
            | Self::Ordered(_)
            | Self::Authorising(_)
            | Self::InDoubt(_)
            | Self::Reversing(_)
            | Self::Authorised(_)
            | Self::Capturing(_)
            | Self::Voiding(_) => false,
            Self::Captured(_)
            | Self::HoldCaptured(_)
            | Self::Voided(_)
            | Self::Declined(_)
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Reversed(_)
            | Self::Blocked(_) => true,
        }
    }

    /// When it became what it is, when that is its end.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::WaitingForPayer(_)
            | Self::Ordering(_)
            | Self::Ordered(_)
            | Self::Authorising(_)
            | Self::InDoubt(_)
            | Self::Reversing(_)
            | Self::Authorised(_)
            | Self::Capturing(_)
            | Self::Voiding(_) => None,
            Self::Captured(s) => Some(s.at),
            Self::HoldCaptured(s) => Some(s.at),
            Self::Voided(s) => Some(s.at),
            Self::Declined(s) => Some(s.at),
            Self::Cancelled(s) => Some(s.at),
            Self::Expired(s) => Some(s.at),
            Self::Reversed(s) => Some(s.at),
            Self::Blocked(s) => Some(s.at),
        }
    }

    /// Until when the code, or the wallet's order, is honoured, while a payer is waited for.
    pub const fn payable_until(&self) -> Option<Timestamp> {
        match self {
            Self::WaitingForPayer(s) => Some(s.expires_at),
            Self::Ordering(s) => Some(s.expires_at),
            Self::Ordered(s) => Some(s.expires_at),
            Self::Authorising(_)
            | Self::InDoubt(_)
            | Self::Reversing(_)
            | Self::Authorised(_)
            | Self::Capturing(_)
            | Self::Voiding(_)
            | Self::Captured(_)
            | Self::HoldCaptured(_)
            | Self::Voided(_)
            | Self::Declined(_)
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Reversed(_)
            | Self::Blocked(_) => None,
        }
    }

    /// True when it ended, and ended with the money of neither payer nor merchant moved: the order
    /// may be tried again.
    pub const fn ended_unpaid(&self) -> bool {
        self.is_final()
            && !matches!(self, Self::Captured(_) | Self::HoldCaptured(_) | Self::Blocked(_))
    }

    /// What was asked of a wallet, if any was.
    pub const fn asked(&self) -> Option<&Asked> {
        match self {
            Self::WaitingForPayer(_) => None,
            Self::Ordering(s) => Some(&s.asked),
            Self::Ordered(s) => Some(&s.asked),
            Self::Authorising(s) => Some(&s.asked),
            Self::InDoubt(s) => Some(&s.asked),
            Self::Reversing(s) => Some(&s.asked),
            Self::Authorised(s) => Some(&s.hold.asked),
            Self::Capturing(s) => Some(&s.hold.asked),
            Self::Voiding(s) => Some(&s.hold.asked),
            Self::Captured(s) => Some(&s.asked),
            Self::HoldCaptured(s) => Some(&s.hold.asked),
            Self::Voided(s) => Some(&s.hold.asked),
            Self::Declined(s) => Some(&s.asked),
            Self::Cancelled(s) => s.asked.as_ref(),
            Self::Expired(s) => s.asked.as_ref(),
            Self::Reversed(s) => Some(&s.asked),
            Self::Blocked(s) => Some(s.what.asked()),
        }
    }

    /// What was held, if anything was.
    pub const fn hold(&self) -> Option<&Hold> {
        match self {
            Self::Authorised(s) => Some(&s.hold),
            Self::Capturing(s) => Some(&s.hold),
            Self::Voiding(s) => Some(&s.hold),
            Self::HoldCaptured(s) => Some(&s.hold),
            Self::Voided(s) => Some(&s.hold),
            Self::Blocked(s) => s.what.hold(),
            Self::WaitingForPayer(_)
            | Self::Ordering(_)
            | Self::Ordered(_)
            | Self::Authorising(_)
            | Self::InDoubt(_)
            | Self::Reversing(_)
            | Self::Captured(_)
            | Self::Declined(_)
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Reversed(_) => None,
        }
    }

    fn hold_mut(&mut self) -> Option<&mut Hold> {
        match self {
            Self::Authorised(s) => Some(&mut s.hold),
            Self::Capturing(s) => Some(&mut s.hold),
            Self::Voiding(s) => Some(&mut s.hold),
            Self::HoldCaptured(s) => Some(&mut s.hold),
            Self::Voided(s) => Some(&mut s.hold),
            _ => None,
        }
    }

    /// The capture whose outcome is not known, if there is one.
    pub const fn open_part(&self) -> Option<&OpenPart> {
        match self {
            Self::Capturing(s) => Some(&s.part),
            _ => None,
        }
    }

    /// True while we should know what the wallet did for the payment, and do not. Once money that
    /// must go back has turned up, that is known; its return is a question of its own.
    const fn in_doubt(&self) -> bool {
        match self {
            Self::InDoubt(_) => true,
            Self::Reversing(s) => !matches!(s.phase, Undo::Returning { .. }),
            Self::WaitingForPayer(_)
            | Self::Ordering(_)
            | Self::Ordered(_)
            | Self::Authorising(_)
            | Self::Authorised(_)
            | Self::Capturing(_)
            | Self::Voiding(_)
            | Self::Captured(_)
            | Self::HoldCaptured(_)
            | Self::Voided(_)
            | Self::Declined(_)
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Reversed(_)
            | Self::Blocked(_) => false,
        }
    }

    /// The same of the release of what was held.
    const fn void_in_doubt(&self) -> bool {
        match self {
            Self::Voiding(s) => !matches!(s.step, VoidStep::Returning { .. }),
            _ => false,
        }
    }

    /// When it ends because of time alone.
    const fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::Authorised(s) => Some(s.hold.expires_at),
            _ => self.payable_until(),
        }
    }

    /// When the wallet is asked again, and what for.
    const fn due(&self) -> Option<Due> {
        match self {
            Self::Ordering(s) => Some(Due::Sending(s.next_at)),
            Self::Ordered(s) => Some(Due::Inquiry(s.next_at)),
            Self::Authorising(s) => Some(Due::Sending(s.silent_at)),
            Self::InDoubt(s) => Some(Due::Inquiry(s.next_at)),
            Self::Reversing(s) => match s.phase {
                Undo::Cancelling { .. } | Undo::Releasing { .. } => Some(Due::Sending(s.next_at)),
                Undo::CancelRefused { .. } => Some(Due::Inquiry(s.next_at)),
                Undo::Returning { .. } => None,
            },
            Self::Capturing(s) => Some(s.part.due()),
            Self::Voiding(s) => match s.step {
                VoidStep::Asking { .. } => Some(Due::Sending(s.next_at)),
                VoidStep::Refused { .. } => Some(Due::Inquiry(s.next_at)),
                VoidStep::Returning { .. } => None,
            },
            Self::WaitingForPayer(_)
            | Self::Authorised(_)
            | Self::Captured(_)
            | Self::HoldCaptured(_)
            | Self::Voided(_)
            | Self::Declined(_)
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Reversed(_)
            | Self::Blocked(_) => None,
        }
    }
}

impl Payment {
    /// The earliest things that are due.
    pub fn wake(&self) -> Wake {
        let own = self.strays.iter().filter(|stray| stray.origin == StrayOrigin::Asked);
        let refunds = self.refunds.iter().chain(own.map(|stray| &stray.refund));
        let due = refunds
            .filter_map(Refund::due)
            .chain(self.state.due())
            .chain(self.probe.map(|probe| Due::Inquiry(probe.next_at)));
        let mut wake = Wake { expiry: self.state.expires_at(), ..Wake::default() };
        due.for_each(|due| wake.add(due));
        for due in self.rail_strays().filter_map(|stray| stray.refund.due()) {
            match due {
                Due::Sending(_) => wake.add(due),
                Due::Inquiry(at) => wake.rail = Some(wake.rail.map_or(at, |rail| rail.min(at))),
            }
        }
        wake
    }

    /// Stray receipts that push rails credited.
    fn rail_strays(&self) -> impl Iterator<Item = &Stray> {
        self.strays.iter().filter(|stray| stray.origin != StrayOrigin::Asked)
    }

    /// Inquiries that are due at push rails, whatever wallet was asked.
    pub fn rail_inquiries(&self) -> impl Iterator<Item = (WalletName, Timestamp)> {
        self.rail_strays().filter_map(|stray| match stray.refund.due() {
            Some(Due::Inquiry(at)) => Some((stray.wallet, at)),
            Some(Due::Sending(_)) | None => None,
        })
    }

    /// Sets the clocks of all its questions going, or stops them, as the states say now.
    pub(crate) fn keep_time(&mut self, now: Timestamp) {
        self.doubt = self.doubt.at(now, self.state.in_doubt());
        self.void_doubt = self.void_doubt.at(now, self.state.void_in_doubt());
        if let State::Capturing(state) = &mut self.state {
            state.part.keep_time(now);
        }
        if let Some(hold) = self.state.hold_mut() {
            hold.parts.iter_mut().for_each(|part| part.doubt = part.doubt.at(now, false));
        }
        let strays = self.strays.iter_mut().map(|stray| &mut stray.refund);
        for refund in self.refunds.iter_mut().chain(strays) {
            refund.doubt = refund.doubt.at(now, refund.state.in_doubt());
        }
    }

    /// How long it was not known what became of the release and of the captures of its hold, as
    /// far as those doubts are over.
    pub fn parts_doubt_ms(&self) -> u64 {
        let ended = self.state.hold().into_iter().flat_map(|hold| &hold.parts);
        let open = self.state.open_part().map(|part| part.doubt);
        let parts = ended.map(|part| part.doubt).chain(open);
        parts.chain([self.void_doubt]).map(|doubt| doubt.ms).sum()
    }

    /// True while something about it can still change by itself.
    pub fn is_open(&self) -> bool {
        self.wake() != Wake::default() || !self.state.is_final()
    }

    /// The wallet that was asked.
    pub fn wallet(&self) -> Option<WalletName> {
        self.state.asked().map(|asked| asked.wallet)
    }

    /// What was captured so far, in minor units of the order's currency.
    pub fn captured(&self) -> i64 {
        match &self.state {
            State::Captured(_) => self.amount.minor(),
            state => state.hold().map_or(0, Hold::captured),
        }
    }

    /// True when `receipt` of the wallet that was asked tells of money that is known: captured, or a
    /// stray.
    pub fn knows(&self, receipt: &Receipt) -> bool {
        let wallet = self.wallet();
        let stray = |stray: &Stray| {
            Some(stray.wallet) == wallet && stray.receipt.transaction == receipt.transaction
        };
        self.strays.iter().any(stray)
            || self.state.hold().is_some_and(|hold| hold.accounts_for(receipt))
    }

    /// Sum of refunds that are done, pending or in doubt, in the order's currency (I9).
    pub fn refunds_counted(&self) -> i64 {
        let counted = self.refunds.iter().filter(|r| r.state.counts());
        counted.map(|r| r.amount.minor()).sum()
    }

    /// Sum of refunds that are done, in the order's currency.
    pub fn refunds_done(&self) -> i64 {
        let done = self.refunds.iter().filter(|r| matches!(r.state, RefundState::Refunded(_)));
        done.map(|r| r.amount.minor()).sum()
    }

    /// The terms on which the merchant is paid in another currency than it prices in.
    pub fn settlement(&self) -> Option<&Settlement> {
        self.state.asked()?.settlement.as_deref()
    }

    /// What the merchant is owed for it now in that other currency: captures, less refunds. Below
    /// zero when it owes fees that do not come back.
    pub fn settled(&self) -> Option<Money> {
        let settlement = self.settlement()?;
        let captured = match &self.state {
            State::Captured(_) => settlement.amount.minor(),
            state => state.hold().map_or(0, Hold::settled),
        };
        let back = self.refunds.iter().filter_map(Refund::settled).map(|back| back.amount.minor());
        Some(Money::new(captured - back.sum::<i64>(), settlement.amount.currency()))
    }
}
