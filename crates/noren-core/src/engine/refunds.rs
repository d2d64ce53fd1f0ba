//! Refunds: what merchants ask for, what wallets say of it, and asking again.

use super::{Decided, Engine, Work, planted};
use crate::Text;
use crate::command::{Caller, RefundCreate, RefundHeard};
use crate::due::Doubt;
use crate::effects::{AlarmKind, EventKind, Reply};
use crate::id::{About, RefundId, WalletName};
use crate::keys::{KeyName, KeyOutcome, KeyOwner, Route};
use crate::money::Money;
use crate::payment::{Payment, State, Then};
use crate::refund::{Asking, Impossible, Refund, RefundBy, RefundDeclined, RefundState, Refunded};
use crate::refusal::{Refusal, over};
use crate::settlement::Settled;
use crate::stray::StrayOrigin;
use crate::time::{Span, Timestamp};
use crate::wallet::{
    Ask, Decline, DeclineReason, Profile, Receipt, Reference, RefundAnswer, RefundAsk,
    RefundReceipt,
};

/// Refunds that one payment may have, the declined ones counted. Each write of a payment carries
/// all of them, so without a bound one key could keep the only writer busy.
const REFUNDS_MAX: usize = 100;

impl Engine {
    pub(super) fn refund_create(
        &mut self,
        work: &mut Work,
        caller: Caller,
        create: &RefundCreate,
    ) -> Decided {
        let (name, planned) = match self.own_payment(caller, create.payment)? {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(payment) => {
                let name = KeyName {
                    slot: payment.id.slot(),
                    owner: KeyOwner::Merchant(payment.merchant),
                    route: Route::RefundCreate,
                    key: create.key.clone(),
                };
                (name, self.plan_refund(work.now, payment, create.amount))
            }
        };
        if let Some(replay) = self.replay(&name, &create.hash)? {
            return Ok(replay);
        }
        let payer = match planned {
            Ok(payer) => payer,
            Err(refusal) => return Ok(Err(self.refuse(work, name, create.hash, refusal))),
        };
        let mut payment = self.take(create.payment);
        let id = self.start_refund(
            work,
            &mut payment,
            create.amount,
            payer,
            (create.number.clone(), create.memo.clone()),
        );
        let outcome = KeyOutcome::Refund { payment: payment.id, refund: id };
        self.keep_key(work, name, create.hash, outcome);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Refund { payment, refund: id, replayed: false }))
    }

    /// The payer's part at the original rate: worked out from the running total, so that the last
    /// refund takes what remains in both currencies.
    fn plan_refund(
        &self,
        now: Timestamp,
        payment: &Payment,
        amount: Money,
    ) -> Result<Option<Money>, Refusal> {
        if !amount.positive() {
            return Err(Refusal::AmountNotPositive);
        }
        if amount.currency() != payment.amount.currency() {
            return Err(Refusal::CurrencyDiffers);
        }
        let captured = payment.captured();
        if captured == 0 {
            return Err(match payment.state {
                State::InDoubt(_) | State::Reversing(_) | State::Capturing(_) => {
                    Refusal::PaymentInDoubt
                }
                State::Blocked(_) => Refusal::PaymentBlocked,
                _ => Refusal::PaymentNotCaptured,
            });
        }
        // All of it goes back as soon as the running capture has ended.
        if let State::Capturing(state) = &payment.state
            && state.then == Then::Withdraw
        {
            return Err(Refusal::RefundRunning);
        }
        self.check_refundable(now, payment)?;
        let counted = if planted!(self, RefundBoundForgotten) {
            payment.refunds_done()
        } else {
            payment.refunds_counted()
        };
        let left = captured - counted;
        if amount.minor() > left {
            let left = Money::new(left, payment.amount.currency());
            return Err(Refusal::RefundExceedsCaptured { left });
        }
        // Of the whole that was agreed, not of what was captured: a capture's part was worked out
        // in the same way, so refunding all that was captured gives back all of it.
        let whole = payment.amount.minor();
        let Some(payer) = payment.state.asked().and_then(|asked| asked.payer) else {
            return Ok(None);
        };
        let counted_payer: i64 = payment
            .refunds
            .iter()
            .filter(|refund| refund.state.counts())
            .filter_map(|refund| refund.payer)
            .map(Money::minor)
            .sum();
        if planted!(self, RemainderLost) {
            return payer
                .share(amount.minor(), whole)
                .map(Some)
                .map_err(|_| Refusal::AmountTooLarge);
        }
        let due =
            payer.share(counted + amount.minor(), whole).map_err(|_| Refusal::AmountTooLarge)?;
        Ok(Some(Money::new((due.minor() - counted_payer).max(0), payer.currency())))
    }

    /// What the wallet allows, whatever the amount. Refused here before anything is sent.
    pub(super) fn check_refundable(
        &self,
        now: Timestamp,
        payment: &Payment,
    ) -> Result<(), Refusal> {
        const DAY_S: u64 = 86_400;
        if payment.refunds.len() >= REFUNDS_MAX {
            return Err(Refusal::RefundsTooMany);
        }
        let profile = &self.wallet(payment).profile;
        if !profile.returns() {
            return Err(Refusal::RefundNotOffered);
        }
        let asked = payment.state.asked().expect("only what was asked is captured");
        let until = |days: u16| asked.at.after(Span::seconds(u64::from(days) * DAY_S));
        if profile.refund_until_days.is_some_and(|days| over(until(days), now)) {
            return Err(Refusal::RefundTooLate);
        }
        if !profile.refund_key && refund_running(payment) {
            return Err(Refusal::RefundRunning);
        }
        let made = payment.refunds.iter().filter(|refund| refund.state.counts()).count();
        if profile.refunds_max.is_some_and(|max| made >= usize::from(max)) {
            return Err(Refusal::RefundsUsedUp);
        }
        Ok(())
    }

    /// What a refund of all that is left would give back, in the order's currency and the
    /// payer's; `None`: nothing is left.
    pub(super) fn plan_refund_of_rest(
        &self,
        now: Timestamp,
        payment: &Payment,
    ) -> Result<Option<(Money, Option<Money>)>, Refusal> {
        let left = payment.captured() - payment.refunds_counted();
        if left <= 0 {
            return Ok(None);
        }
        let rest = Money::new(left, payment.amount.currency());
        Ok(Some((rest, self.plan_refund(now, payment, rest)?)))
    }

    /// A refund of the merchant's: its record, its first call, and the news of it.
    pub(super) fn start_refund(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        amount: Money,
        payer: Option<Money>,
        (number, memo): (Option<Text>, Option<Text>),
    ) -> RefundId {
        let by = self.refund_by(work.now, payment, amount);
        let source = Source::of_payment(payment);
        let refund = self.begin_refund(work, payment, &source, amount, payer, by);
        let refund = Refund { number, memo, ..refund };
        let id = refund.id;
        payment.refunds.push(refund);
        self.event_about(work, payment, EventKind::RefundRequested, Some(id), None);
        id
    }

    /// The whole of a payment that nothing was given back of is cancelled while the wallet's window
    /// is open, so that it is as if it had never been. The cancel must arrive before the window
    /// closes, so it must have left by then even at the last moment.
    fn refund_by(&self, now: Timestamp, payment: &Payment, amount: Money) -> RefundBy {
        let profile = &self.wallet(payment).profile;
        let (State::Captured(state), Some(minutes)) = (&payment.state, profile.cancel_until) else {
            return RefundBy::Refund;
        };
        let midnight = state.asked.at.day_end(profile.business_day_offset_minutes);
        let closes = midnight.after(Span::seconds(u64::from(minutes) * 60));
        let arrives = now.after(profile.send_within).after(profile.send_margin);
        let whole = amount == payment.amount && payment.refunds_counted() == 0;
        match state.asked.reference {
            Reference::Request | Reference::Order { .. } | Reference::Scan { .. }
                if whole && arrives < closes =>
            {
                RefundBy::Cancel
            }
            // Nothing was asked of a push rail that it could cancel.
            Reference::Request
            | Reference::Order { .. }
            | Reference::Scan { .. }
            | Reference::Credit { .. } => RefundBy::Refund,
        }
    }

    /// A refund with its intent and its first call, when that may leave now.
    pub(super) fn begin_refund(
        &self,
        work: &mut Work,
        payment: &mut Payment,
        source: &Source,
        amount: Money,
        payer: Option<Money>,
        by: RefundBy,
    ) -> Refund {
        let id = work.id(payment.id.slot());
        let planned = self.plan_return(work.now, id, source.wallet, amount, payer);
        let refund = match by {
            RefundBy::Refund => planned,
            RefundBy::Cancel => self.plan_cancel(work.now, payment, planned),
        };
        let leaves = match &refund.state {
            RefundState::Requested(asking) => asking.asked_count > 0,
            RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_)
            | RefundState::Refunded(_)
            | RefundState::Declined(_)
            | RefundState::Impossible(_) => false,
        };
        if leaves {
            self.call_to(work, payment, source.wallet, source.sending(&refund));
        }
        refund
    }

    /// The same as the wallet's cancel, which may have to wait.
    fn plan_cancel(&self, now: Timestamp, payment: &Payment, refund: Refund) -> Refund {
        let by = RefundBy::Cancel;
        let profile = &self.wallet(payment).profile;
        let asked = payment.state.asked().expect("only what was asked can be refunded");
        let from = asked.at.after(profile.cancel_not_before);
        let asking =
            if now < from { Asking::waiting(from) } else { Asking::refund(now, profile, by) };
        Refund { by, state: RefundState::Requested(asking), ..refund }
    }

    /// A refund that is about to be asked for, or that nobody can be asked for.
    pub(super) fn plan_return(
        &self,
        now: Timestamp,
        id: RefundId,
        wallet: WalletName,
        amount: Money,
        payer: Option<Money>,
    ) -> Refund {
        let by = RefundBy::Refund;
        let profile = &self.wallet_named(wallet).profile;
        let state = if profile.returns() {
            RefundState::Requested(Asking::refund(now, profile, by))
        } else {
            RefundState::Impossible(Impossible { at: now })
        };
        Refund {
            id,
            amount,
            payer,
            number: None,
            memo: None,
            requested_at: now,
            by,
            state,
            doubt: Doubt::default(),
        }
    }

    pub(super) fn refund_heard(
        &mut self,
        work: &mut Work,
        caller: Caller,
        heard: &RefundHeard,
    ) -> Decided {
        let owner = match heard.payment.map(About::Payment) {
            Some(owner) => Some(owner),
            None => self.refund_owner(heard.refund)?,
        };
        let owner = match owner {
            Some(About::Payment(owner)) => owner,
            Some(About::Credit(credit)) => {
                return self.credit_refund_heard(work, caller, credit, heard);
            }
            None => return Ok(Err(Refusal::PaymentUnknown)),
        };
        let Some(payment) = self.payment(owner)? else { return Ok(Err(Refusal::PaymentUnknown)) };
        let known = find(payment, heard.refund).is_some();
        let believed = match caller {
            Caller::Runtime => true,
            Caller::Wallet(name) => known && Source::of(payment, heard.refund).wallet == name,
            Caller::Merchant { .. } | Caller::Payer | Caller::Operator => {
                return Ok(Err(Refusal::NotAllowed));
            }
        };
        if !known || !believed {
            return Ok(Err(Refusal::PaymentUnknown));
        }
        let mut payment = self.take(owner);
        self.judge_refund(work, &mut payment, heard.refund, heard.answer.clone());
        self.put(work, payment);
        Ok(Ok(Reply::Noted))
    }

    fn judge_refund(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        id: RefundId,
        answer: RefundAnswer,
    ) {
        let refund = find(payment, id).expect("looked up before").clone();
        if let RefundAnswer::Unknown(why) = &answer
            && why.alarming()
        {
            work.alarm(payment.id, AlarmKind::ProtocolBroken);
        }
        let asking = match &refund.state {
            RefundState::Requested(a)
            | RefundState::InDoubt(a)
            | RefundState::WaitingForFunds(a) => a.clone(),
            RefundState::Refunded(_) => {
                if let RefundAnswer::Declined(_) = answer {
                    work.alarm(payment.id, AlarmKind::StateContradicts);
                }
                return;
            }
            RefundState::Declined(_) | RefundState::Impossible(_) => {
                if let RefundAnswer::Refunded(receipt) = answer {
                    work.alarm(payment.id, AlarmKind::StateContradicts);
                    // A stray receipt that went back after all is no claim any more. For a refund
                    // of the merchant's, who may have given another since, people must look.
                    // Once people have ended the claim, they must look at what came twice.
                    let stray = payment
                        .strays
                        .iter()
                        .any(|stray| stray.refund.id == id && stray.closed.is_none());
                    if stray && gave_back(&refund, &receipt) {
                        let done = self.refunded(work, payment, id, receipt);
                        self.refund_done(work, payment, id, done);
                    }
                }
                return;
            }
        };
        match answer {
            RefundAnswer::Refunded(receipt) if gave_back(&refund, &receipt) => {
                let done = self.refunded(work, payment, id, receipt);
                self.refund_done(work, payment, id, done);
            }
            RefundAnswer::Refunded(_) => {
                work.alarm(payment.id, AlarmKind::AmountContradicts);
                set(payment, id, RefundState::InDoubt(asking));
            }
            RefundAnswer::TooLate | RefundAnswer::Declined(_) if refund.by == RefundBy::Cancel => {
                self.refund_instead(work, payment, refund);
            }
            RefundAnswer::Unknown(_)
                if refund.by == RefundBy::Cancel && planted!(self, CancelAndRefund) =>
            {
                self.refund_instead(work, payment, refund);
            }
            RefundAnswer::Declined(proof) => self.refund_declined(work, payment, id, proof),
            // The answer to a cancel that was sent before; the refund that took its place decides.
            RefundAnswer::TooLate => {}
            // Sent again it could be made twice. A definite no now is a definite no.
            RefundAnswer::NoFunds if asking.once() || planted!(self, NoFundsIsNo) => {
                let proof = Decline::read(DeclineReason::Funds, "no funds");
                self.refund_declined(work, payment, id, proof);
            }
            RefundAnswer::NoFunds => set(payment, id, RefundState::WaitingForFunds(asking)),
            RefundAnswer::Processing => set(payment, id, RefundState::InDoubt(asking)),
            RefundAnswer::NotSent => set(payment, id, not_sent(&refund, asking)),
            RefundAnswer::NotFound => {
                let profile = &self.wallet_named(Source::of(payment, id).wallet).profile;
                set(payment, id, not_found(asking, work.now, profile));
            }
            RefundAnswer::Unknown(why) => set(payment, id, asking.unanswered(why)),
        }
    }

    /// The wallet's window is over: the same record goes on as a refund. That the wallet refused the
    /// cancel says that none came before it, so the money goes back once.
    fn refund_instead(&mut self, work: &mut Work, payment: &mut Payment, refund: Refund) {
        let by = RefundBy::Refund;
        let source = Source::of_payment(payment);
        let asking = Asking::refund(work.now, &self.wallet_named(source.wallet).profile, by);
        let refund = Refund { by, state: RefundState::Requested(asking), ..refund };
        self.call_to(work, payment, source.wallet, source.sending(&refund));
        replace(payment, refund);
    }

    fn refunded(
        &self,
        work: &Work,
        payment: &Payment,
        id: RefundId,
        receipt: RefundReceipt,
    ) -> Refunded {
        self.refunded_by(work, Source::of(payment, id).wallet, receipt)
    }

    pub(super) fn refunded_by(
        &self,
        work: &Work,
        wallet: WalletName,
        receipt: RefundReceipt,
    ) -> Refunded {
        let offset = self.wallet_named(wallet).profile.business_day_offset_minutes;
        let business_date = work.now.business_date(offset);
        Refunded { at: work.now, business_date, receipt, settlement: None }
    }

    fn refund_done(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        id: RefundId,
        done: Refunded,
    ) {
        let before = payment.refunds_done();
        let settlement = self.settled_back(payment, id, before);
        set(payment, id, RefundState::Refunded(Refunded { settlement, ..done }));
        match payment.strays.iter().find(|stray| stray.refund.id == id).cloned() {
            Some(stray) => {
                self.book_stray_return(work, payment, &stray);
                self.event_about(work, payment, EventKind::StrayReturned, Some(id), Some(stray.id));
                self.stray_returned(work, payment, stray.id);
            }
            None => {
                let refund = find(payment, id).expect("looked up before").clone();
                let asked = payment.state.asked().expect("only what was asked is refunded").clone();
                self.book_refund(work, payment, &asked, &refund, before);
                self.event_about(work, payment, EventKind::RefundRefunded, Some(id), None);
            }
        }
    }

    /// What the merchant gives back of what it is owed in another currency: worked out from the
    /// running total, so that all refunds together take back all that was credited.
    fn settled_back(&self, payment: &Payment, id: RefundId, before: i64) -> Option<Settled> {
        let refund = payment.refunds.iter().find(|refund| refund.id == id)?;
        let asked = payment.state.asked()?;
        let settlement = asked.settlement.as_deref()?;
        let before = Money::new(before, refund.amount.currency());
        let after = before.checked_add(refund.amount).expect("refunds fit the payment");
        let (step, whole) = ((before, after), payment.amount.minor());
        #[cfg(feature = "faults")]
        if planted!(self, SettlementRemainderLost) {
            return settlement.given_back_alone(&asked.fees, refund.by, step, whole).ok();
        }
        let back = settlement.given_back(&asked.fees, refund.by, step, whole);
        Some(back.expect("a part of what was converted fits"))
    }

    fn refund_declined(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        id: RefundId,
        proof: Decline,
    ) {
        set(payment, id, RefundState::Declined(RefundDeclined { at: work.now, proof }));
        match payment.strays.iter().find(|stray| stray.refund.id == id).map(|stray| stray.id) {
            Some(stray) => {
                work.alarm(payment.id, AlarmKind::StrayClaim);
                self.event_about(work, payment, EventKind::StrayClaim, Some(id), Some(stray));
            }
            None => self.event_about(work, payment, EventKind::RefundDeclined, Some(id), None),
        }
    }

    /// Asks about a refund again: what is not known to have arrived is sent again with the same
    /// id, what is in doubt is inquired of and sent again in turn.
    pub(super) fn refund_again(&mut self, work: &mut Work, payment: &mut Payment, id: RefundId) {
        let refund = find(payment, id).expect("looked up before").clone();
        let source = Source::of(payment, id);
        let profile = self.wallet_named(source.wallet).profile.clone();
        #[cfg(feature = "faults")]
        let refund = if planted!(self, RefundRenamed) {
            let renamed = Refund { id: work.id(payment.id.slot()), ..refund.clone() };
            rename(payment, id, renamed.id);
            renamed
        } else {
            refund
        };
        let again = self.asked_again(work.now, &refund, &source, &profile);
        let Some((ask, state)) = again else { return };
        self.call_to(work, payment, source.wallet, ask);
        set(payment, refund.id, state);
    }

    /// What is asked next of a refund that has not ended, and what it is then. `None` also while
    /// an inquiry waits its turn.
    pub(super) fn asked_again(
        &mut self,
        now: Timestamp,
        refund: &Refund,
        source: &Source,
        profile: &Profile,
    ) -> Option<(Ask, RefundState)> {
        let sending = source.sending(refund);
        match refund.state.clone() {
            // It has waited for its time, or is known not to have left or come.
            RefundState::Requested(asking) if asking.asked_count == 0 => {
                let first = Asking::refund(now, profile, refund.by);
                Some((sending, RefundState::Requested(first)))
            }
            // It is never sent twice, so silence is doubt.
            RefundState::Requested(asking) if asking.once() => {
                let token = self.token_of(now, source.wallet, asking.next_at)?;
                let ask = token.about_refund(source.ask(refund));
                Some((ask, RefundState::InDoubt(asking.again(now, profile))))
            }
            RefundState::Requested(asking) => {
                Some((sending, RefundState::Requested(asking.again(now, profile))))
            }
            RefundState::WaitingForFunds(asking) => {
                Some((sending, RefundState::WaitingForFunds(asking.again(now, profile))))
            }
            RefundState::InDoubt(asking) => {
                // A cancel is its own inquiry: it is answered the same however often it is sent.
                let ask = if asking.inquires_next() && refund.by == RefundBy::Refund {
                    let token = self.token_of(now, source.wallet, asking.next_at)?;
                    token.about_refund(source.ask(refund))
                } else {
                    sending
                };
                Some((ask, RefundState::InDoubt(asking.again(now, profile))))
            }
            RefundState::Refunded(_) | RefundState::Declined(_) | RefundState::Impossible(_) => {
                None
            }
        }
    }
}

/// Who gives a refund back, and how that network knows the money.
pub(super) struct Source {
    pub wallet: WalletName,
    pub reference: Reference,
    /// What was given back before, in minor units of the order's currency.
    before: i64,
}

impl Source {
    /// Of the payment's own money.
    pub fn of_payment(payment: &Payment) -> Self {
        let asked = payment.state.asked().expect("only what was asked can be refunded");
        let (wallet, reference) = (asked.wallet, asked.reference.clone());
        Self { wallet, reference, before: given_back(payment) }
    }

    /// Of a refund, which may be the return of a stray receipt that another network credited.
    fn of(payment: &Payment, refund: RefundId) -> Self {
        let stray = payment.strays.iter().find(|stray| stray.refund.id == refund);
        match stray.map(|stray| (stray, &stray.origin)) {
            Some((stray, StrayOrigin::Credit { named })) => {
                Self::of_credit(stray.wallet, &stray.receipt, named)
            }
            Some((_, StrayOrigin::Asked)) | None => Self::of_payment(payment),
        }
    }

    /// Of money that a push rail credited.
    pub fn of_credit(wallet: WalletName, receipt: &Receipt, named: &Text) -> Self {
        let (transaction, named) = (receipt.transaction.clone(), named.clone());
        // One return is all that a credit has.
        Self { wallet, reference: Reference::Credit { transaction, named }, before: 0 }
    }

    /// The call that makes the refund.
    pub fn sending(&self, refund: &Refund) -> Ask {
        let ask = self.ask(refund);
        match refund.by {
            RefundBy::Refund => Ask::Refund(ask),
            RefundBy::Cancel => Ask::CancelRefund(ask),
        }
    }

    /// The same, to inquire of it.
    pub fn ask(&self, refund: &Refund) -> RefundAsk {
        RefundAsk {
            refund: refund.id,
            reference: self.reference.clone(),
            amount: refund.amount,
            payer: refund.payer,
            before: Money::new(self.before, refund.amount.currency()),
        }
    }
}

/// What the wallet that was asked has confirmed as given back, the returns of stray receipts too:
/// to a network they are refunds of the same payment.
fn given_back(payment: &Payment) -> i64 {
    let strays = payment.strays.iter().filter(|stray| stray.origin == StrayOrigin::Asked);
    let done = |refund: &&Refund| matches!(refund.state, RefundState::Refunded(_));
    let strays = strays.map(|stray| &stray.refund).filter(done);
    payment.refunds_done() + strays.map(|refund| refund.amount.minor()).sum::<i64>()
}

/// True when the wallet gave back what was asked, in both currencies as far as it names them.
pub(super) fn gave_back(refund: &Refund, receipt: &RefundReceipt) -> bool {
    let payer = match (refund.payer, receipt.payer) {
        (Some(asked), Some(said)) => asked == said,
        (Some(_), None) | (None, _) => true,
    };
    receipt.amount == refund.amount && payer
}

/// True while a refund of the payment, or the return of a stray receipt of its own, has not ended.
fn refund_running(payment: &Payment) -> bool {
    let strays = payment.strays.iter().filter(|stray| stray.origin == StrayOrigin::Asked);
    let strays = strays.map(|stray| &stray.refund);
    payment.refunds.iter().chain(strays).any(|refund| !refund.state.is_final())
}

/// What a refund is when a call for it did not leave.
pub(super) fn not_sent(refund: &Refund, asking: Asking) -> RefundState {
    if !asking.once() {
        return RefundState::Requested(asking);
    }
    // Of its one sending nothing left. That an inquiry did not leave says nothing.
    match refund.state {
        RefundState::Requested(_) => RefundState::Requested(Asking::waiting(asking.next_at)),
        RefundState::InDoubt(_)
        | RefundState::WaitingForFunds(_)
        | RefundState::Refunded(_)
        | RefundState::Declined(_)
        | RefundState::Impossible(_) => RefundState::InDoubt(asking),
    }
}

/// What a refund is that the network does not know: it is sent again, with the same id, when its
/// time comes; or it stays in doubt when it must not be made twice.
pub(super) fn not_found(asking: Asking, now: Timestamp, profile: &Profile) -> RefundState {
    if !asking.once() {
        RefundState::Requested(asking)
    } else if never_came(&asking, now, profile) {
        RefundState::Requested(Asking::waiting(asking.next_at))
    } else {
        RefundState::InDoubt(asking)
    }
}

/// True when "not found" proves that a refund without a key never came: the settling time has
/// passed since it can last have left, and the question was asked after that (the transport hears
/// no answer later than its time-out).
fn never_came(asking: &Asking, now: Timestamp, profile: &Profile) -> bool {
    let Some((sent_at, settles)) = asking.sent_at.zip(profile.not_found_is_proof_after) else {
        return false;
    };
    let leaving = |at: Timestamp| at.after(profile.send_within).after(profile.send_margin);
    leaving(leaving(sent_at).after(settles)).after(profile.read_timeout_other) <= now
}

fn find(payment: &Payment, id: RefundId) -> Option<&Refund> {
    let strays = payment.strays.iter().map(|stray| &stray.refund);
    payment.refunds.iter().chain(strays).find(|refund| refund.id == id)
}

fn set(payment: &mut Payment, id: RefundId, state: RefundState) {
    let strays = payment.strays.iter_mut().map(|stray| &mut stray.refund);
    if let Some(refund) = payment.refunds.iter_mut().chain(strays).find(|refund| refund.id == id) {
        refund.state = state;
    }
}

fn replace(payment: &mut Payment, with: Refund) {
    if let Some(refund) = payment.refunds.iter_mut().find(|refund| refund.id == with.id) {
        *refund = with;
    }
}

#[cfg(feature = "faults")]
fn rename(payment: &mut Payment, from: RefundId, to: RefundId) {
    let strays = payment.strays.iter_mut().map(|stray| &mut stray.refund);
    if let Some(refund) = payment.refunds.iter_mut().chain(strays).find(|refund| refund.id == from)
    {
        refund.id = to;
    }
}
