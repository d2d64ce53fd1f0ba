//! The payment: one attempt to have an order paid, one machine for every way to pay.
//!
//! Each state is a struct of its own, and a transition consumes the state that it leaves, so a
//! stale state cannot be used twice and a field exists only where it means something. There is no
//! way to fail: [`Declined`] needs a [`Decline`], which only a connector that read one can make.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::fee::FeeSplit;
use crate::id::{MerchantId, OrderId, PaymentId, StoreId, StrayId, TenantName, WalletName};
use crate::money::Money;
use crate::quote::Quote;
use crate::refund::Refund;
use crate::stray::Stray;
use crate::time::{BusinessDate, Timestamp};
use crate::wallet::{Decline, PaymentAnswer, Profile, Question, Receipt, Reference};

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
}

impl Way {
    /// The word in rows and API members.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MpmStatic => "mpm_static",
            Self::MpmDynamic => "mpm_dynamic",
            Self::Cpm => "cpm",
        }
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
    /// The request must have left, or the wallet must have debited, by then.
    pub send_by: Timestamp,
    /// Nothing is cancelled before: the request could overtake.
    pub cancel_from: Timestamp,
}

/// The states. Those that can still change come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// The till shows a code; no wallet was asked.
    WaitingForPayer(WaitingForPayer),
    /// A wallet was asked, or has our permission to debit.
    Authorising(Authorising),
    /// A wallet was asked and we do not know what it did. Not a failure: money may have moved.
    InDoubt(InDoubt),
    /// We asked the wallet to let the payment not stand; its answer decides.
    Reversing(Reversing),
    /// Paid. The merchant was told.
    Captured(Captured),
    /// A definite no.
    Declined(Declined),
    /// Nothing was sent, or the wallet confirmed its order closed unpaid.
    Cancelled(Cancelled),
    /// Nobody came to pay in time; nothing was sent.
    Expired(Expired),
    /// Ended by a confirmed undo after a request had left.
    Reversed(Reversed),
}

/// See [`State::WaitingForPayer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingForPayer {
    /// The code is not honoured from then on.
    pub expires_at: Timestamp,
}

/// See [`State::Authorising`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorising {
    /// The intent.
    pub asked: Asked,
    /// Without an answer the payment is in doubt from then on.
    pub silent_at: Timestamp,
}

/// See [`State::InDoubt`].
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
}

/// See [`State::Reversing`].
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
    },
    /// The money arrived after all and is returned by a refund of its own.
    Returning {
        /// The stray receipt.
        stray: StrayId,
    },
}

/// See [`State::Captured`].
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

/// See [`State::Declined`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// The intent.
    pub asked: Asked,
    /// The proof.
    pub proof: Decline,
    /// When we learned of it.
    pub at: Timestamp,
}

/// See [`State::Cancelled`].
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
}

/// See [`State::Expired`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    /// When.
    pub at: Timestamp,
}

/// See [`State::Reversed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversed {
    /// The intent that was undone.
    pub asked: Asked,
    /// What confirmed the undoing.
    pub by: ReversedBy,
    /// When.
    pub at: Timestamp,
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
}

impl WaitingForPayer {
    /// A wallet reserved: it may debit until `asked.send_by`.
    pub fn reserved(self, asked: Asked, profile: &Profile) -> Authorising {
        let silent_at = asked.send_by.after(profile.first_inquiry_after);
        Authorising { asked, silent_at }
    }

    /// The merchant took the code away before any wallet was asked.
    pub fn cancelled(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::BeforeAsking, asked: None }
    }

    /// Nobody came.
    pub fn expired(self, now: Timestamp) -> Expired {
        Expired { at: now }
    }
}

impl Authorising {
    /// The wallet confirmed, for the amount that was asked.
    pub fn approved(self, receipt: Receipt, now: Timestamp, profile: &Profile) -> Captured {
        let business_date = now.business_date(profile.business_day_offset_minutes);
        Captured { asked: self.asked, receipt, at: now, business_date }
    }

    /// A definite no.
    pub fn declined(self, proof: Decline, now: Timestamp) -> Declined {
        Declined { asked: self.asked, proof, at: now }
    }

    /// Refused before a byte left, and no earlier attempt: nothing was sent.
    pub fn not_sent(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::NeverSent, asked: Some(self.asked) }
    }

    /// The wallet closed its order unpaid.
    pub fn closed(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::ClosedUnpaid, asked: Some(self.asked) }
    }

    /// The wallet did not answer in time, or said nothing that decides. Not a failure: money may
    /// have moved. The first inquiry is due when it would have been due anyway.
    pub fn unanswered(self, now: Timestamp) -> InDoubt {
        InDoubt { since: now, inquiries: 0, next_at: self.silent_at, asked: self.asked }
    }

    /// The merchant's wish; doubt begins with it.
    pub fn reversing(self, now: Timestamp) -> Reversing {
        Reversing::new(self.asked, now, now)
    }
}

impl InDoubt {
    /// See [`Authorising::approved`].
    pub fn approved(self, receipt: Receipt, now: Timestamp, profile: &Profile) -> Captured {
        let business_date = now.business_date(profile.business_day_offset_minutes);
        Captured { asked: self.asked, receipt, at: now, business_date }
    }

    /// See [`Authorising::declined`].
    pub fn declined(self, proof: Decline, now: Timestamp) -> Declined {
        Declined { asked: self.asked, proof, at: now }
    }

    /// See [`Authorising::closed`].
    pub fn closed(self, now: Timestamp) -> Cancelled {
        Cancelled { at: now, why: CancelledWhy::ClosedUnpaid, asked: Some(self.asked) }
    }

    /// One more inquiry was made.
    pub fn inquired(self, now: Timestamp, profile: &Profile) -> InDoubt {
        InDoubt { inquiries: self.inquiries + 1, next_at: now.after(profile.inquiry_every), ..self }
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
        Self { asked, since, phase: Undo::Cancelling { sent: 0 }, next_at }
    }

    /// The wallet confirmed the cancel.
    pub fn cancelled(self, now: Timestamp) -> Reversed {
        Reversed { asked: self.asked, by: ReversedBy::Cancel, at: now }
    }

    /// The wallet refused the cancel: ask at once what stands.
    pub fn cancel_refused(self, now: Timestamp) -> Reversing {
        Reversing { phase: Undo::CancelRefused { inquiries: 0 }, next_at: now, ..self }
    }

    /// The money arrived after all; its return has begun.
    pub fn returning(self, stray: StrayId) -> Reversing {
        Reversing { phase: Undo::Returning { stray }, ..self }
    }

    /// The return was confirmed.
    pub fn returned(self, stray: StrayId, now: Timestamp) -> Reversed {
        Reversed { asked: self.asked, by: ReversedBy::Refund { stray }, at: now }
    }

    /// A definite no, read after the cancel had been refused: nothing was ever paid.
    pub fn declined(self, proof: Decline, now: Timestamp) -> Declined {
        Declined { asked: self.asked, proof, at: now }
    }
}

impl State {
    /// The name that API members `status` carry.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WaitingForPayer(_) => "waiting_for_payer",
            Self::Authorising(_) => "authorising",
            Self::InDoubt(_) => "in_doubt",
            Self::Reversing(_) => "reversing",
            Self::Captured(_) => "captured",
            Self::Declined(_) => "declined",
            Self::Cancelled(_) => "cancelled",
            Self::Expired(_) => "expired",
            Self::Reversed(_) => "reversed",
        }
    }

    /// True when the state changes no more (I8).
    pub const fn is_final(&self) -> bool {
        match self {
            Self::WaitingForPayer(_)
            | Self::Authorising(_)
            | Self::InDoubt(_)
            | Self::Reversing(_) => false,
            Self::Captured(_)
            | Self::Declined(_)
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Reversed(_) => true,
        }
    }

    /// True when it ended, and ended without the merchant's money: the order may be tried again.
    pub const fn ended_unpaid(&self) -> bool {
        self.is_final() && !matches!(self, Self::Captured(_))
    }

    /// What was asked of a wallet, if any was.
    pub const fn asked(&self) -> Option<&Asked> {
        match self {
            Self::WaitingForPayer(_) | Self::Expired(_) => None,
            Self::Authorising(s) => Some(&s.asked),
            Self::InDoubt(s) => Some(&s.asked),
            Self::Reversing(s) => Some(&s.asked),
            Self::Captured(s) => Some(&s.asked),
            Self::Declined(s) => Some(&s.asked),
            Self::Cancelled(s) => s.asked.as_ref(),
            Self::Reversed(s) => Some(&s.asked),
        }
    }
}

/// When a payment wants to be looked at, and if that can wait while the clock is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wake {
    /// When.
    pub at: Timestamp,
    /// An expiry ends something because of time alone; it is held while the clock is in doubt.
    pub expiry: bool,
}

impl Payment {
    /// The earliest thing that is due.
    pub fn wake(&self) -> Option<Wake> {
        let state = match &self.state {
            State::WaitingForPayer(s) => return Some(Wake { at: s.expires_at, expiry: true }),
            State::Authorising(s) => Some(s.silent_at),
            State::InDoubt(s) => Some(s.next_at),
            State::Reversing(s) => match s.phase {
                Undo::Cancelling { .. } | Undo::CancelRefused { .. } => Some(s.next_at),
                Undo::Returning { .. } => None,
            },
            State::Captured(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_) => None,
        };
        let refunds = self.refunds.iter().chain(self.strays.iter().map(|stray| &stray.refund));
        let at = refunds
            .filter_map(|refund| refund.state.wake_at())
            .chain(state)
            .chain(self.probe.map(|probe| probe.next_at))
            .min()?;
        Some(Wake { at, expiry: false })
    }

    /// True while something about it can still change by itself.
    pub fn is_open(&self) -> bool {
        self.wake().is_some() || !self.state.is_final()
    }

    /// The wallet that was asked.
    pub fn wallet(&self) -> Option<WalletName> {
        self.state.asked().map(|asked| asked.wallet)
    }

    /// Sum of refunds that are done, pending or in doubt, in the order's currency (I9).
    pub fn refunds_counted(&self) -> i64 {
        let counted = self.refunds.iter().filter(|r| r.state.counts());
        counted.map(|r| r.amount.minor()).sum()
    }

    /// Sum of refunds that are done, in the order's currency.
    pub fn refunds_done(&self) -> i64 {
        let done = self
            .refunds
            .iter()
            .filter(|r| matches!(r.state, crate::refund::RefundState::Refunded(_)));
        done.map(|r| r.amount.minor()).sum()
    }
}
