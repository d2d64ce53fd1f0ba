//! Credits of push rails: money that has arrived and cannot be refused.
//!
//! What a till or a shop can take is captured at once. What it cannot take goes back as a stray
//! receipt of its payment. What names nobody whom we know waits in the house for people. One
//! transaction is one credit for ever, whatever it names; so its name lives in the house, too
//! (`wallets/national-rails` facts, section 1; `reliability` facts, sections 4 and 5).

use std::sync::Arc;

use super::merchant::Opening;
use super::refunds::{Source, gave_back, not_found, not_sent};
use super::{Decided, Engine, Work, planted};
use crate::Text;
use crate::command::{Caller, CreditAssign, CreditReceived, CreditReturn, Payee, RefundHeard};
use crate::credit::{Credit, CreditState, CreditStatus, Repeat};
use crate::directory::{Merchant, Store};
use crate::due::Due;
use crate::effects::{AlarmKind, Credited, Missing, Reply, Row};
use crate::fee::FeeSplit;
use crate::id::{About, CreditId, OrderId, PaymentId, Slot, StoreId, StrayId, WalletName};
use crate::keys::{Order, OrderName, OrderStand, Used, UsedName, Wanted};
use crate::ledger::EntryKind;
use crate::money::Money;
use crate::payment::{Asked, CaptureMode, EVIDENCE_MAX, Payment, State, WaitingForPayer, Way};
use crate::refund::{Refund, RefundDeclined, RefundState};
use crate::refusal::{Refusal, over};
use crate::settlement::Settlement;
use crate::stray::{Stray, StrayOrigin};
use crate::time::Timestamp;
use crate::wallet::{
    Ask, Call, Decline, DeclineReason, PaymentAnswer, Question, Receipt, Reference, RefundAnswer,
};

/// Stray receipts that one payment may have by credits. Each write of a payment carries all of
/// them; what comes after waits in the house.
const STRAYS_MAX: usize = 100;

/// A credit as it came, its rail known.
struct Incoming {
    wallet: WalletName,
    receipt: Receipt,
    named: Text,
}

/// On what terms a credit becomes a shop's.
struct CreditTerms {
    fees: FeeSplit,
    settlement: Option<Arc<Settlement>>,
}

impl Engine {
    /// A rail's transaction id, wherever the money went. In the house: a repeat may lead elsewhere
    /// than the first message did, when a store was added meanwhile, and is the same money.
    pub(super) fn credit_name(wallet: WalletName, transaction: &Text) -> UsedName {
        UsedName { slot: Slot::HOUSE, wallet, what: Used::Receipt, text: transaction.clone() }
    }

    pub(super) fn credit_received(
        &mut self,
        work: &mut Work,
        caller: Caller,
        said: &CreditReceived,
    ) -> Decided {
        let wallet = match self.wallet_of(caller) {
            Ok(wallet) if wallet.profile.push.is_some() => wallet.name,
            Ok(_) => return Ok(Err(Refusal::NotAPushRail)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let receipt = Receipt {
            transaction: said.transaction.clone(),
            amount: said.amount,
            payer: said.payer,
            rate: None,
            settlement: said.settlement,
        };
        if let Err(refusal) = bookable(&receipt) {
            return Ok(Err(refusal));
        }
        let name = Self::credit_name(wallet, &receipt.transaction);
        let incoming = Incoming { wallet, receipt, named: said.named.clone() };
        match self.used_by(&name)? {
            None => {}
            Some(_) if planted!(self, CreditRepeated) => {}
            Some(About::Payment(id)) => return self.payment_credited_again(work, id, incoming),
            Some(About::Credit(id)) => return self.credit_again(work, id, incoming),
        }
        let payment = match said.payee {
            Payee::Payment(id) => self.payment(id)?.map(|payment| (payment.id, payment.merchant)),
            Payee::Shop { .. } | Payee::Store(_) | Payee::Unreadable => None,
        };
        let store = match &said.payee {
            Payee::Shop { jpqr } => self.directory.store_by_jpqr(jpqr),
            Payee::Store(id) => self.directory.store(*id),
            Payee::Payment(_) | Payee::Unreadable => None,
        };
        let store = store.map(|store| (store.id, store.merchant));
        if let Some(merchant) = payment.map(|(_, at)| at).or(store.map(|(_, at)| at)) {
            // It counts on its day, whatever the limit: it cannot be refused.
            self.look_up_days(work.now, merchant, None)?;
        }
        // All that had to be looked up has been. From here on nothing is missing.
        let (payment, store) = (payment.map(|(id, _)| id), store.map(|(id, _)| id));
        let credited = match (payment, store.and_then(|id| self.shop_at(id))) {
            (Some(id), _) if self.can_keep(id, incoming.receipt.amount) => {
                self.credit_payment(work, id, incoming)
            }
            (None, Some((merchant, store))) if merchant.prices_in(incoming.receipt.amount) => {
                self.credit_store(work, &merchant, &store, incoming)
            }
            (Some(_), _) | (None, Some(_)) | (None, None) => {
                self.credit_nobody(work, incoming, said)
            }
        };
        self.alarm_over_cap(work, wallet, &credited);
        Ok(Ok(Reply::Credited(credited)))
    }

    /// A cap cannot keep money out that has arrived; somebody should look.
    fn alarm_over_cap(&self, work: &mut Work, wallet: WalletName, credited: &Credited) {
        let (about, money): (About, Money) = match credited {
            Credited::Captured { payment } | Credited::Stray { payment, .. } => {
                (payment.id.into(), payment.amount)
            }
            Credited::Unclaimed { credit } => (credit.id.into(), credit.receipt.amount),
        };
        if self.check_cap(wallet, Money::zero(money.currency())).is_err() {
            work.alarm(about, AlarmKind::CapPassed);
        }
    }

    fn shop_at(&self, store: StoreId) -> Option<(Arc<Merchant>, Arc<Store>)> {
        let store = self.directory.store(store)?;
        let merchant = self.directory.merchant(store.merchant)?;
        Some((merchant.clone(), store.clone()))
    }

    /// True when a payment can take an amount, or keep it as a stray receipt.
    fn can_keep(&self, id: PaymentId, amount: Money) -> bool {
        self.payments.get(&id).is_some_and(|payment| {
            payment.amount.currency() == amount.currency() && payment.strays.len() < STRAYS_MAX
        })
    }

    /// Money for a code that a till made.
    fn credit_payment(&mut self, work: &mut Work, id: PaymentId, incoming: Incoming) -> Credited {
        let mut payment = self.take(id);
        let stray = match payment.state.clone() {
            State::WaitingForPayer(waiting)
                if !over(waiting.expires_at, work.now)
                    && payment.capture == CaptureMode::Now
                    && payment.amount == incoming.receipt.amount =>
            {
                match self.credit_terms(work.now, &payment, incoming.wallet) {
                    Ok(terms) => {
                        self.take_credit(work, &mut payment, waiting, terms, incoming);
                        None
                    }
                    Err(_) => Some(self.stray_credit(work, &mut payment, incoming)),
                }
            }
            // Another amount, too late, a second time, or while a wallet was asked: it goes back,
            // and the payment stays what it is.
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_)
            | State::Authorised(_)
            | State::Capturing(_)
            | State::Voiding(_)
            | State::Captured(_)
            | State::HoldCaptured(_)
            | State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => Some(self.stray_credit(work, &mut payment, incoming)),
        };
        credited(self.put(work, payment), stray)
    }

    /// Money for a printed code: it makes its own order and payment.
    fn credit_store(
        &mut self,
        work: &mut Work,
        merchant: &Merchant,
        store: &Store,
        incoming: Incoming,
    ) -> Credited {
        let (mut payment, waiting) =
            self.payment_of_credit(work, merchant, store, incoming.receipt.amount);
        let terms = Self::check_amount(merchant, incoming.receipt.amount)
            .and_then(|()| self.credit_terms(work.now, &payment, incoming.wallet));
        let stray = match terms {
            Ok(terms) => {
                self.take_credit(work, &mut payment, waiting, terms, incoming);
                None
            }
            Err(_) => {
                let cancelled = waiting.not_taken(work.now);
                self.enter(work, &mut payment, State::Cancelled(cancelled));
                Some(self.stray_credit(work, &mut payment, incoming))
            }
        };
        credited(self.put(work, payment), stray)
    }

    /// An order and a payment that no till has made.
    fn payment_of_credit(
        &mut self,
        work: &mut Work,
        merchant: &Merchant,
        store: &Store,
        amount: Money,
    ) -> (Payment, WaitingForPayer) {
        let slot = merchant.id.slot();
        let (id, order): (PaymentId, OrderId) = (work.id(slot), work.id(slot));
        // No till gave this order a number, so it is its own.
        let order_number: Text = order.to_string().into();
        let name = OrderName { merchant: merchant.id, number: order_number.clone() };
        let (tenant, at) = (merchant.tenant, work.now);
        let stand = OrderStand::Wanted(Wanted { amount, last: id });
        self.keep_order(work, Order { id: order, name, tenant, stand, at });
        let waiting = WaitingForPayer { expires_at: work.now };
        let opening = Opening {
            id,
            order,
            order_number,
            way: Way::Push,
            capture: CaptureMode::Now,
            amount,
            quote: None,
            memo: None,
            payer: None,
        };
        let state = State::WaitingForPayer(waiting.clone());
        (self.open_payment(work.now, merchant, store, opening, state), waiting)
    }

    /// The terms of a credit, when shop and rail take payments of each other now, and there is a
    /// rate where the shop is paid in another currency.
    fn credit_terms(
        &self,
        now: Timestamp,
        payment: &Payment,
        wallet: WalletName,
    ) -> Result<CreditTerms, Refusal> {
        let (merchant, store) = self.shop_at(payment.store).ok_or(Refusal::ShopUnknown)?;
        Self::check_open(&merchant, &store)?;
        Self::check_accepts(&merchant, self.wallet_named(wallet))?;
        let fees = self.fees_for(now, (&merchant, &store), wallet, payment.way, payment.amount)?;
        let settlement = self.settlement_for(&merchant, payment.amount, &fees)?;
        Ok(CreditTerms { fees, settlement })
    }

    fn take_credit(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        waiting: WaitingForPayer,
        terms: CreditTerms,
        incoming: Incoming,
    ) {
        let name = Self::credit_name(incoming.wallet, &incoming.receipt.transaction);
        self.keep_used(work, name, payment.id);
        self.capture_credit(work, payment, waiting, terms, incoming);
    }

    fn capture_credit(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        waiting: WaitingForPayer,
        terms: CreditTerms,
        incoming: Incoming,
    ) {
        let Incoming { wallet, receipt, named } = incoming;
        let transaction = receipt.transaction.clone();
        // Nothing was asked and nothing leaves; these are the terms on which it is booked.
        let asked = Asked {
            wallet,
            at: work.now,
            reference: Reference::Credit { transaction, named },
            payer: None,
            fees: terms.fees,
            settlement: terms.settlement,
            hold: None,
            send_by: work.now,
            cancel_from: work.now,
        };
        let profile = &self.wallet_named(wallet).profile;
        let captured = waiting.credited(asked, receipt, work.now, profile);
        self.book_capture(work, payment, &captured.asked);
        self.enter(work, payment, State::Captured(captured));
    }

    fn stray_credit(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        incoming: Incoming,
    ) -> StrayId {
        let Incoming { wallet, receipt, named } = incoming;
        self.keep_used(work, Self::credit_name(wallet, &receipt.transaction), payment.id);
        let source = Source::of_credit(wallet, &receipt, &named);
        self.keep_stray(work, payment, &source, receipt, None, StrayOrigin::Credit { named })
    }

    /// Money for nobody whom we know, or in a currency that its payee does not have.
    fn credit_nobody(
        &mut self,
        work: &mut Work,
        incoming: Incoming,
        said: &CreditReceived,
    ) -> Credited {
        let Incoming { wallet, receipt, named } = incoming;
        let credit = Credit {
            id: work.id(Slot::HOUSE),
            wallet,
            receipt,
            named,
            credited_at: said.credited_at,
            received_at: work.now,
            state: CreditState::Unclaimed,
            calls: 0,
            repeats: Vec::new(),
        };
        self.keep_used(work, Self::credit_name(wallet, &credit.receipt.transaction), credit.id);
        self.book_credit(work, &credit);
        work.alarm(credit.id, AlarmKind::CreditUnclaimed);
        Credited::Unclaimed { credit: self.put_credit(work, credit) }
    }

    /// The same transaction again, for a payment. Another content is evidence; the first stands.
    fn payment_credited_again(
        &mut self,
        work: &mut Work,
        id: PaymentId,
        incoming: Incoming,
    ) -> Decided {
        let payment = self.payment(id)?.expect("what used a name is in the store").clone();
        let Incoming { wallet, receipt, named } = incoming;
        let stray = payment.strays.iter().find(|stray| is_credit(stray, wallet, &receipt));
        let same = match (stray, payment.state.asked().map(|asked| &asked.reference)) {
            (Some(stray), _) => {
                stray.receipt == receipt && stray.origin == StrayOrigin::Credit { named }
            }
            (None, Some(Reference::Credit { named: first, .. })) => {
                let paid = match &payment.state {
                    State::Captured(captured) => Some(&captured.receipt),
                    _ => None,
                };
                paid == Some(&receipt) && *first == named
            }
            (
                None,
                Some(Reference::Request | Reference::Order { .. } | Reference::Scan { .. }) | None,
            ) => false,
        };
        if same {
            let stray = stray.map(|stray| stray.id);
            return Ok(Ok(Reply::Credited(credited(payment, stray))));
        }
        let mut payment = self.take(id);
        work.alarm(id, AlarmKind::CreditDiffers);
        self.keep_evidence(work, &mut payment, Question::Notice, PaymentAnswer::Paid(receipt));
        self.put(work, payment);
        Ok(Err(Refusal::CreditDiffers))
    }

    /// The same for a credit of the house.
    fn credit_again(&mut self, work: &mut Work, id: CreditId, incoming: Incoming) -> Decided {
        let credit = self.credit(id)?.expect("what used a name is in the store").clone();
        let Incoming { receipt, named, .. } = incoming;
        if credit.receipt == receipt && credit.named == named {
            return Ok(Ok(Reply::Credited(Credited::Unclaimed { credit })));
        }
        let mut credit = self.take_credit_out(id);
        work.alarm(id, AlarmKind::CreditDiffers);
        if credit.repeats.len() < EVIDENCE_MAX {
            credit.repeats.push(Repeat { at: work.now, receipt, named });
        }
        self.put_credit(work, credit);
        Ok(Err(Refusal::CreditDiffers))
    }

    pub(super) fn credit_assign(
        &mut self,
        work: &mut Work,
        caller: Caller,
        assign: &CreditAssign,
    ) -> Decided {
        let credit = match self.open_credit(caller, assign.credit)? {
            Ok(credit) => credit.clone(),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let refused = match (&credit.state, credit.status()) {
            (CreditState::Unclaimed, _) => None,
            (CreditState::Return { refund }, CreditStatus::Claim) => Some(refund.clone()),
            (CreditState::Return { .. }, _) => return Ok(Err(Refusal::CreditReturned)),
            (CreditState::Assigned { payment, .. }, _) => {
                let payment = self.payment(*payment)?.expect("it is in the store").clone();
                return Ok(if payment.store == assign.store {
                    Ok(Reply::Credit { credit, payment: Some(payment) })
                } else {
                    Err(Refusal::CreditAssigned)
                });
            }
        };
        let amount = credit.receipt.amount;
        let Some((merchant, store)) = self.shop_at(assign.store) else {
            return Ok(Err(Refusal::ShopUnknown));
        };
        if !merchant.prices_in(amount) {
            return Ok(Err(Refusal::CurrencyDiffers));
        }
        if let Err(refusal) = Self::check_open(&merchant, &store) {
            return Ok(Err(refusal));
        }
        let fees = self.fees_for(work.now, (&merchant, &store), credit.wallet, Way::Push, amount);
        let terms = fees.and_then(|fees| {
            let settlement = self.settlement_for(&merchant, amount, &fees)?;
            Ok(CreditTerms { fees, settlement })
        });
        let terms = match terms {
            Ok(terms) => terms,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.look_up_days(work.now, merchant.id, None)?;
        let mut credit = self.take_credit_out(assign.credit);
        self.book_credit_out(work, &credit, EntryKind::CreditAssign);
        let (mut payment, waiting) = self.payment_of_credit(work, &merchant, &store, amount);
        let incoming = Incoming {
            wallet: credit.wallet,
            receipt: credit.receipt.clone(),
            named: credit.named.clone(),
        };
        self.capture_credit(work, &mut payment, waiting, terms, incoming);
        let payment = self.put(work, payment);
        credit.state = CreditState::Assigned { payment: payment.id, at: work.now, refused };
        let credit = self.put_credit(work, credit);
        Ok(Ok(Reply::Credit { credit, payment: Some(payment) }))
    }

    pub(super) fn credit_return(
        &mut self,
        work: &mut Work,
        caller: Caller,
        back: &CreditReturn,
    ) -> Decided {
        let credit = match self.open_credit(caller, back.credit)? {
            Ok(credit) => credit.clone(),
            Err(refusal) => return Ok(Err(refusal)),
        };
        match credit.state {
            CreditState::Unclaimed => {}
            CreditState::Return { .. } => return Ok(Ok(Reply::Credit { credit, payment: None })),
            CreditState::Assigned { .. } => return Ok(Err(Refusal::CreditAssigned)),
        }
        let mut credit = self.take_credit_out(back.credit);
        let (id, amount) = (work.id(Slot::HOUSE), credit.receipt.amount);
        let refund = self.plan_return(work.now, id, credit.wallet, amount, None);
        if refund.state.is_final() {
            work.alarm(credit.id, AlarmKind::StrayClaim);
        } else {
            let ask = Ask::Refund(source(&credit).ask(&refund));
            self.call_about(work, &mut credit, ask);
        }
        credit.state = CreditState::Return { refund };
        let credit = self.put_credit(work, credit);
        Ok(Ok(Reply::Credit { credit, payment: None }))
    }

    /// A credit of the house, for whoever runs it.
    fn open_credit(
        &self,
        caller: Caller,
        id: CreditId,
    ) -> Result<Result<&Arc<Credit>, Refusal>, Missing> {
        let Caller::Operator = caller else { return Ok(Err(Refusal::NotAllowed)) };
        Ok(self.credit(id)?.ok_or(Refusal::CreditUnknown))
    }

    /// What a rail said of the return of a credit.
    pub(super) fn credit_refund_heard(
        &mut self,
        work: &mut Work,
        caller: Caller,
        id: CreditId,
        heard: &RefundHeard,
    ) -> Decided {
        let Some(credit) = self.credit(id)? else { return Ok(Err(Refusal::PaymentUnknown)) };
        let believed = match caller {
            Caller::Runtime => true,
            Caller::Wallet(name) => credit.wallet == name,
            Caller::Merchant { .. } | Caller::Payer | Caller::Operator => {
                return Ok(Err(Refusal::NotAllowed));
            }
        };
        if !believed || credit.refund().is_none_or(|refund| refund.id != heard.refund) {
            return Ok(Err(Refusal::PaymentUnknown));
        }
        let mut credit = self.take_credit_out(id);
        self.judge_return(work, &mut credit, heard.answer.clone());
        self.put_credit(work, credit);
        Ok(Ok(Reply::Noted))
    }

    fn judge_return(&mut self, work: &mut Work, credit: &mut Credit, answer: RefundAnswer) {
        if let RefundAnswer::Unknown(why) = &answer
            && why.alarming()
        {
            work.alarm(credit.id, AlarmKind::ProtocolBroken);
        }
        let mut refund = match &credit.state {
            CreditState::Return { refund } => refund.clone(),
            // It was refused, and the money is a merchant's by now.
            CreditState::Unclaimed | CreditState::Assigned { .. } => {
                if let RefundAnswer::Refunded(_) = answer {
                    work.alarm(credit.id, AlarmKind::StateContradicts);
                }
                return;
            }
        };
        let asking = match &refund.state {
            RefundState::Requested(a)
            | RefundState::InDoubt(a)
            | RefundState::WaitingForFunds(a) => Some(a.clone()),
            RefundState::Refunded(_) => {
                if let RefundAnswer::Declined(_) = answer {
                    work.alarm(credit.id, AlarmKind::StateContradicts);
                }
                return;
            }
            RefundState::Declined(_) | RefundState::Impossible(_) => None,
        };
        match (answer, asking) {
            (RefundAnswer::Refunded(receipt), asking) if gave_back(&refund, &receipt) => {
                // What was refused and went back after all is no claim any more.
                if asking.is_none() {
                    work.alarm(credit.id, AlarmKind::StateContradicts);
                }
                self.book_credit_out(work, credit, EntryKind::CreditReturn);
                let done = self.refunded_by(work, credit.wallet, receipt);
                refund.state = RefundState::Refunded(done);
            }
            (RefundAnswer::Refunded(_), Some(asking)) => {
                work.alarm(credit.id, AlarmKind::AmountContradicts);
                refund.state = RefundState::InDoubt(asking);
            }
            (RefundAnswer::Refunded(_), None) => {
                work.alarm(credit.id, AlarmKind::StateContradicts);
            }
            (RefundAnswer::Declined(proof), Some(_)) => {
                work.alarm(credit.id, AlarmKind::StrayClaim);
                refund.state = RefundState::Declined(RefundDeclined { at: work.now, proof });
            }
            // Sent again it could be made twice. A definite no now is a definite no.
            (RefundAnswer::NoFunds, Some(asking)) if asking.once() => {
                work.alarm(credit.id, AlarmKind::StrayClaim);
                let proof = Decline::read(DeclineReason::Funds, "no funds");
                refund.state = RefundState::Declined(RefundDeclined { at: work.now, proof });
            }
            (RefundAnswer::NoFunds, Some(asking)) => {
                refund.state = RefundState::WaitingForFunds(asking);
            }
            (RefundAnswer::Processing, Some(asking)) => refund.state = RefundState::InDoubt(asking),
            (RefundAnswer::NotSent, Some(asking)) => refund.state = not_sent(&refund, asking),
            (RefundAnswer::NotFound, Some(asking)) => {
                let profile = &self.wallet_named(credit.wallet).profile;
                refund.state = not_found(asking, work.now, profile);
            }
            // Nothing was asked of it that could come too late.
            (RefundAnswer::TooLate, Some(_)) => {}
            (RefundAnswer::Unknown(why), Some(asking)) => refund.state = asking.unanswered(why),
            (
                RefundAnswer::Declined(_)
                | RefundAnswer::TooLate
                | RefundAnswer::NoFunds
                | RefundAnswer::Processing
                | RefundAnswer::NotSent
                | RefundAnswer::NotFound
                | RefundAnswer::Unknown(_),
                None,
            ) => {}
        }
        credit.state = CreditState::Return { refund };
    }

    /// Asks about the return of a credit again, when its time has come.
    pub(super) fn due_credit(&mut self, work: &mut Work, id: CreditId) {
        let mut credit = self.take_credit_out(id);
        let profile = self.wallet_named(credit.wallet).profile.clone();
        let again = match &credit.state {
            CreditState::Return { refund } => {
                let asked = self.asked_again(work.now, refund, &source(&credit), &profile);
                asked.map(|(ask, state)| (ask, Refund { state, ..refund.clone() }))
            }
            CreditState::Unclaimed | CreditState::Assigned { .. } => None,
        };
        match again {
            Some((ask, refund)) => {
                self.call_about(work, &mut credit, ask);
                credit.state = CreditState::Return { refund };
                self.put_credit(work, credit);
            }
            None => self.remember_credit(Arc::new(credit)),
        }
    }

    fn call_about(&self, work: &mut Work, credit: &mut Credit, ask: Ask) {
        credit.calls += 1;
        work.calls.push(Call {
            wallet: credit.wallet,
            about: credit.id.into(),
            attempt: credit.calls,
            send_by: work.now.after(self.wallet_named(credit.wallet).profile.send_within),
            ask,
        });
    }

    // Credits: taken out, changed, put back, as payments are.

    pub(super) fn remember_credit(&mut self, credit: Arc<Credit>) {
        match credit.due() {
            Some(Due::Sending(at)) => {
                self.credit_timers.insert((at, credit.id));
            }
            Some(Due::Inquiry(at)) => self.inquire_at(credit.wallet, at, credit.id.into()),
            None => {}
        }
        if let Some(refund) = credit.refund() {
            self.refund_owners.insert(refund.id, credit.id.into());
        }
        let ended = !credit.is_open();
        self.credits.put_until(credit.id, credit, self.batch, ended);
    }

    fn take_credit_out(&mut self, id: CreditId) -> Credit {
        let credit = self.credits.take(&id).expect("looked up before it is taken");
        match credit.due() {
            Some(Due::Sending(at)) => {
                self.credit_timers.remove(&(at, id));
            }
            Some(Due::Inquiry(at)) => self.inquire_not(credit.wallet, at, id.into()),
            None => {}
        }
        Arc::unwrap_or_clone(credit)
    }

    fn put_credit(&mut self, work: &mut Work, mut credit: Credit) -> Arc<Credit> {
        if let CreditState::Return { refund } = &mut credit.state {
            refund.doubt = refund.doubt.at(work.now, refund.state.in_doubt());
        }
        let credit = Arc::new(credit);
        self.remember_credit(credit.clone());
        work.rows.push(Row::Credit(credit.clone()));
        credit
    }
}

/// What became of a credit that is for a payment.
fn credited(payment: Arc<Payment>, stray: Option<StrayId>) -> Credited {
    match stray {
        None => Credited::Captured { payment },
        Some(stray) => Credited::Stray { payment, stray },
    }
}

/// Money that nobody can have sent must not reach the books.
fn bookable(receipt: &Receipt) -> Result<(), Refusal> {
    if !receipt.amount.positive() || receipt.payer.is_some_and(|payer| !payer.positive()) {
        return Err(Refusal::AmountNotPositive);
    }
    if !receipt.amount.plausible() || receipt.payer.is_some_and(|payer| !payer.plausible()) {
        return Err(Refusal::AmountTooLarge);
    }
    Ok(())
}

fn source(credit: &Credit) -> Source {
    Source::of_credit(credit.wallet, &credit.receipt, &credit.named)
}

fn is_credit(stray: &Stray, wallet: WalletName, receipt: &Receipt) -> bool {
    matches!(stray.origin, StrayOrigin::Credit { .. })
        && stray.wallet == wallet
        && stray.receipt.transaction == receipt.transaction
}
