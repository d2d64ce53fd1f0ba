//! What a wallet asks for when its user scans a shop's code: resolve, quote, reserve, confirm, fail.

use super::merchant::Opening;
use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, Confirm, Fail, QuoteCreate, Reserve, Resolve, Scanned};
use crate::directory::{Merchant, Store, Wallet};
use crate::effects::{AlarmKind, EventKind, Missing, Reply, Resolution, Row};
use crate::id::{OrderId, PaymentId};
use crate::keys::{KeyName, KeyOutcome, KeyOwner, Order, OrderName, OrderStand, Route, Wanted};
use crate::money::Money;
use crate::payment::{Asked, CaptureMode, Payment, State, Undo, WaitingForPayer, Way};
use crate::quote::{Fixed, Quote, Target};
use crate::refusal::{Refusal, over};
use crate::time::Timestamp;
use crate::wallet::{
    Decline, DeclineReason, FxBy, HoldRules, PaymentAnswer, Question, Receipt, Reference,
};

/// A target that a wallet may pay, with all that was looked up on the way.
struct Payable<'a> {
    wallet: &'a Wallet,
    merchant: &'a Merchant,
    store: &'a Store,
    /// The payment that waits, when a till made the code.
    waiting: Option<&'a Payment>,
}

impl Engine {
    /// Looks a target up and checks everything that holds before an amount is known.
    fn payable(
        &self,
        now: Timestamp,
        caller: Caller,
        target: Target,
    ) -> Result<Result<Payable<'_>, Refusal>, Missing> {
        let wallet = match self.wallet_of(caller) {
            Ok(wallet) => wallet,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (store, waiting) = match target {
            Target::Store(id) => (self.directory.store(id), None),
            Target::Payment(id) => {
                let Some(payment) = self.payment(id)? else {
                    return Ok(Err(Refusal::OrderUnknown));
                };
                (self.directory.store(payment.store), Some(&**payment))
            }
        };
        Ok(self.check_payable(now, wallet, store.map(|store| &**store), waiting))
    }

    fn check_payable<'a>(
        &'a self,
        now: Timestamp,
        wallet: &'a Wallet,
        store: Option<&'a Store>,
        waiting: Option<&'a Payment>,
    ) -> Result<Payable<'a>, Refusal> {
        let store = store.ok_or(Refusal::ShopUnknown)?;
        let merchant = self.directory.merchant(store.merchant).ok_or(Refusal::ShopUnknown)?;
        Self::check_open(merchant, store)?;
        Self::check_accepts(merchant, wallet)?;
        if let Some(payment) = waiting {
            match &payment.state {
                State::WaitingForPayer(waiting) if over(waiting.expires_at, now) => {
                    return Err(Refusal::OrderExpired);
                }
                State::WaitingForPayer(_) => {}
                State::Expired(_) => return Err(Refusal::OrderExpired),
                State::Captured(_)
                | State::HoldCaptured(_)
                | State::Authorised(_)
                | State::Capturing(_) => return Err(Refusal::OrderPaid),
                // An order with another wallet is no code of ours, or its payer chose.
                State::Ordering(_) | State::Ordered(_) | State::Authorising(_) => {
                    return Err(Refusal::OrderBeingPaid);
                }
                State::InDoubt(_) | State::Reversing(_) | State::Voiding(_) => {
                    return Err(Refusal::PaymentInDoubt);
                }
                State::Blocked(_) => return Err(Refusal::PaymentBlocked),
                State::Declined(_)
                | State::Cancelled(_)
                | State::Reversed(_)
                | State::Voided(_) => {
                    return Err(Refusal::OrderClosed);
                }
            }
        }
        Ok(Payable { wallet, merchant, store, waiting })
    }

    pub(super) fn resolve(&self, work: &Work, caller: Caller, resolve: &Resolve) -> Decided {
        let (jpqr, order) = match &resolve.scanned {
            Scanned::Shop { jpqr } => (jpqr, None),
            Scanned::Order { jpqr, payment } => (jpqr, Some(*payment)),
        };
        let Some(by_code) = self.directory.store_by_jpqr(jpqr) else {
            return Ok(Err(Refusal::ShopUnknown));
        };
        let target = order.map_or(Target::Store(by_code.id), Target::Payment);
        let payable = match self.payable(work.now, caller, target)? {
            Ok(payable) => payable,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // A code whose two halves name different shops was tampered with.
        if payable.store.id != by_code.id {
            return Ok(Err(Refusal::OrderUnknown));
        }
        let profile = &payable.wallet.profile;
        if let Err(refusal) = hold_terms(payable.waiting, payable.wallet) {
            return Ok(Err(refusal));
        }
        if profile.fx_by == FxBy::Switch
            && self.directory.mid_rate(payable.merchant.currency, profile.currency).is_none()
        {
            return Ok(Err(Refusal::CorridorClosed));
        }
        if let Err(refusal) = self.settlement_rate(payable.merchant) {
            return Ok(Err(refusal));
        }
        Ok(Ok(Reply::Resolution(Resolution {
            target,
            shop: self.directory.shop(payable.store).expect("the merchant was looked up"),
            amount: payable.waiting.map(|payment| payment.amount),
            limit: Money::new(payable.merchant.payment_max, payable.merchant.currency),
            fx_by: profile.fx_by,
            capture: payable.waiting.map_or(CaptureMode::Now, |payment| payment.capture),
            expires_at: payable.waiting.and_then(|payment| payment.wake().expiry),
        })))
    }

    pub(super) fn quote_create(
        &mut self,
        work: &mut Work,
        caller: Caller,
        create: &QuoteCreate,
    ) -> Decided {
        let quote = match self.payable(work.now, caller, create.target)? {
            Ok(payable) => self.plan_quote(work, &payable, create),
            Err(refusal) => Err(refusal),
        };
        Ok(quote.map(|quote| {
            self.quotes.put(quote.id, quote.clone(), self.batch);
            work.rows.push(Row::Quote(quote.clone()));
            Reply::Quote(quote)
        }))
    }

    fn plan_quote(
        &self,
        work: &mut Work,
        payable: &Payable<'_>,
        create: &QuoteCreate,
    ) -> Result<Quote, Refusal> {
        if payable.wallet.profile.fx_by == FxBy::Wallet {
            return Err(Refusal::QuoteNotNeeded);
        }
        match create.fixed {
            Fixed::Receive(amount) => Self::check_amount(payable.merchant, amount)?,
            Fixed::Send(amount) if !amount.positive() => return Err(Refusal::AmountNotPositive),
            Fixed::Send(amount) if amount.currency() != payable.wallet.profile.currency => {
                return Err(Refusal::CurrencyDiffers);
            }
            Fixed::Send(_) => {}
        }
        let quote =
            self.make_quote(work, payable.merchant, payable.wallet, create.target, create.fixed)?;
        Self::check_amount(payable.merchant, quote.merchant)?;
        Self::check_wallet(payable.wallet, quote.payer)?;
        match payable.waiting {
            Some(payment) if payment.amount != quote.merchant => Err(Refusal::QuoteDiffers),
            Some(_) | None => Ok(quote),
        }
    }

    pub(super) fn reserve(
        &mut self,
        work: &mut Work,
        caller: Caller,
        reserve: &Reserve,
    ) -> Decided {
        let wallet = match self.wallet_of(caller) {
            Ok(wallet) => wallet.name,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let name = KeyName {
            slot: reserve.target.slot(),
            owner: KeyOwner::Wallet(wallet),
            route: Route::Reserve,
            key: reserve.wallet_payment_id.clone(),
        };
        if let Some(replay) = self.replay(&name, &reserve.hash)? {
            return Ok(replay);
        }
        let quote = match reserve.quote {
            None => None,
            Some(id) => Some(self.quote(id)?.filter(|quote| quote.wallet == wallet).cloned()),
        };
        let planned = match self.payable(work.now, caller, reserve.target)? {
            Ok(payable) => {
                let payer = Self::payer_counted(payable.merchant, reserve.payer);
                self.look_up_days(work.now, payable.merchant.id, payer)?;
                self.plan_reserve(work, &payable, reserve, quote)
            }
            Err(refusal) => Err(refusal),
        };
        let (mut payment, new) = match planned {
            Ok(planned) => planned,
            Err(refusal) => return Ok(Err(self.refuse(work, name, reserve.hash, refusal))),
        };
        if new {
            let order = Order {
                id: payment.order,
                name: OrderName {
                    merchant: payment.merchant,
                    number: payment.order_number.clone(),
                },
                tenant: payment.tenant,
                stand: OrderStand::Wanted(Wanted { amount: payment.amount, last: payment.id }),
                at: work.now,
            };
            self.keep_order(work, order);
        } else {
            // The row in memory is replaced; its timer must go with it.
            self.take(payment.id);
        }
        self.keep_key(work, name, reserve.hash, KeyOutcome::Payment(payment.id));
        if let Some(quote) = &payment.quote {
            self.quotes.put(quote.id, quote.clone(), self.batch);
            work.rows.push(Row::Quote(quote.clone()));
        }
        self.event(work, &mut payment, EventKind::PaymentAuthorising);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Permission { payment, replayed: false }))
    }

    /// All rules, and the payment that results when they allow it; true when it is a new one.
    fn plan_reserve(
        &self,
        work: &mut Work,
        payable: &Payable<'_>,
        reserve: &Reserve,
        quote: Option<Option<Quote>>,
    ) -> Result<(Payment, bool), Refusal> {
        let Payable { wallet, merchant, store, waiting } = payable;
        if wallet.profile.push.is_some() {
            return Err(Refusal::PushRailOnly);
        }
        Self::check_amount(merchant, reserve.amount)?;
        if let Some(payment) = waiting
            && payment.amount != reserve.amount
        {
            return Err(Refusal::OrderAmountDiffers { expected: payment.amount });
        }
        let slot = merchant.id.slot();
        let id: PaymentId = match waiting {
            Some(payment) => payment.id,
            None => work.id(slot),
        };
        let quote = match (wallet.profile.fx_by, quote) {
            (FxBy::Wallet, None) => None,
            (FxBy::Wallet, Some(_)) => return Err(Refusal::QuoteNotNeeded),
            (FxBy::Switch, None) => return Err(Refusal::QuoteNeeded),
            (FxBy::Switch, Some(None)) => return Err(Refusal::QuoteUnknown),
            (FxBy::Switch, Some(Some(quote))) => {
                let now = if planted!(self, QuoteStale) {
                    work.now.min(Timestamp(quote.expires_at.0 - 1))
                } else {
                    work.now
                };
                Some(Self::use_quote(now, reserve, quote, id)?)
            }
        };
        let payer = quote.as_ref().map(|quote| quote.payer);
        let owed = payer.unwrap_or(reserve.amount);
        Self::check_wallet(wallet, owed)?;
        self.check_cap(wallet.name, owed)?;
        let counted = Self::payer_counted(merchant, reserve.payer);
        self.check_days(work.now, merchant, counted, reserve.amount)?;
        let way = if waiting.is_some() { Way::MpmDynamic } else { Way::MpmStatic };
        let fees = self.fees_for(work.now, (merchant, store), wallet.name, way, reserve.amount)?;
        let settlement = self.settlement_for(merchant, reserve.amount, &fees)?;
        let confirm_by = work.now.after(wallet.profile.confirm_within);
        let asked = Asked {
            wallet: wallet.name,
            at: work.now,
            reference: Reference::Scan { wallet_payment_id: reserve.wallet_payment_id.clone() },
            payer,
            fees,
            settlement,
            hold: hold_terms(*waiting, wallet)?,
            send_by: confirm_by,
            cancel_from: if planted!(self, CancelOvertakes) {
                work.now
            } else {
                confirm_by.max(work.now.after(wallet.profile.cancel_not_before))
            },
        };
        match waiting {
            Some(payment) => {
                let State::WaitingForPayer(state) = payment.state.clone() else {
                    return Err(Refusal::OrderClosed);
                };
                let mut payment = (*payment).clone();
                payment.state = State::Authorising(state.reserved(asked, &wallet.profile));
                payment.quote = quote;
                payment.payer = counted;
                payment.directory_version = self.directory.version();
                Ok((payment, false))
            }
            None => {
                let order: OrderId = work.id(slot);
                let state = WaitingForPayer { expires_at: confirm_by };
                let state = State::Authorising(state.reserved(asked, &wallet.profile));
                // No till gave this order a number, so it is its own.
                let order_number = order.to_string().into();
                let opening = Opening {
                    id,
                    order,
                    order_number,
                    way,
                    capture: CaptureMode::Now,
                    amount: reserve.amount,
                    quote,
                    memo: None,
                    payer: counted,
                };
                Ok((self.open_payment(work.now, merchant, store, opening, state), true))
            }
        }
    }

    /// Checked at the moment of commitment: right code, right amount, in time, once.
    fn use_quote(
        now: Timestamp,
        reserve: &Reserve,
        quote: Quote,
        by: PaymentId,
    ) -> Result<Quote, Refusal> {
        if quote.target != reserve.target || quote.merchant != reserve.amount {
            return Err(Refusal::QuoteDiffers);
        }
        if quote.used_by.is_some() {
            return Err(Refusal::QuoteUsed);
        }
        if over(quote.expires_at, now) {
            return Err(Refusal::QuoteExpired);
        }
        Ok(Quote { used_by: Some(by), ..quote })
    }

    /// A payment that this wallet reserved.
    fn reserved_payment(
        &self,
        caller: Caller,
        id: PaymentId,
    ) -> Result<Result<(&Payment, crate::Text), Refusal>, Missing> {
        let wallet = match self.wallet_of(caller) {
            Ok(wallet) => wallet.name,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let payment = self.payment(id)?;
        let own = payment.and_then(|payment| {
            let asked = payment.state.asked().filter(|asked| asked.wallet == wallet)?;
            match &asked.reference {
                Reference::Scan { wallet_payment_id } => {
                    Some((&**payment, wallet_payment_id.clone()))
                }
                Reference::Request | Reference::Order { .. } | Reference::Credit { .. } => None,
            }
        });
        Ok(own.ok_or(Refusal::PaymentUnknown))
    }

    pub(super) fn confirm(
        &mut self,
        work: &mut Work,
        caller: Caller,
        confirm: &Confirm,
    ) -> Decided {
        let (transaction, known) = match self.reserved_payment(caller, confirm.payment)? {
            Ok((payment, transaction)) => (transaction, confirmed(&payment.state)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let payment = self.payment(confirm.payment)?.expect("looked up above");
        let asked = payment.state.asked().expect("reserved payments were asked");
        // A wallet that converts may debit any amount of its own currency, but not another amount
        // of the order's.
        let same_currency = confirm.debited.currency() == payment.amount.currency();
        let expected = asked.payer.or(same_currency.then_some(payment.amount));
        if !confirm.debited.positive() {
            return Ok(Err(Refusal::AmountNotPositive));
        }
        if !confirm.debited.plausible() {
            return Ok(Err(Refusal::AmountTooLarge));
        }
        if expected.is_some_and(|expected| expected.currency() != confirm.debited.currency()) {
            return Ok(Err(Refusal::CurrencyDiffers));
        }
        let receipt = Receipt {
            transaction,
            amount: payment.amount,
            payer: Some(confirm.debited),
            rate: confirm.rate.clone(),
            settlement: None,
        };
        let used = self.receipt_name(asked.wallet, payment.id.slot(), &receipt);
        // Looked up now, so that nothing is missing once something has changed.
        self.used_by(&used)?;
        let differs = expected.filter(|expected| *expected != confirm.debited);
        let answer = match asked.hold {
            None => PaymentAnswer::Paid(receipt),
            Some(_) => PaymentAnswer::Authorised(receipt),
        };
        if !known || differs.is_some() {
            self.judge(work, confirm.payment, Question::Notice, 0, answer);
        }
        if let Some(expected) = differs {
            return Ok(Err(Refusal::DebitDiffers { expected }));
        }
        let payment = self.payment(confirm.payment)?.expect("looked up above").clone();
        Ok(Ok(Reply::Confirmed { payment }))
    }

    pub(super) fn fail(&mut self, work: &mut Work, caller: Caller, fail: &Fail) -> Decided {
        let state = match self.reserved_payment(caller, fail.payment)? {
            Ok((payment, _)) => payment.state.clone(),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let proof = Decline::read(DeclineReason::GaveUp, &fail.reason);
        let declined = match state {
            State::Authorising(s) => Some(s.undecided().declined(proof.clone(), work.now)),
            State::InDoubt(s) => Some(s.undecided().declined(proof.clone(), work.now)),
            // The wallet refused our cancel and now says for good that it will not debit.
            State::Reversing(s) if matches!(s.phase, Undo::CancelRefused { .. }) => {
                Some(s.declined(proof.clone(), work.now))
            }
            State::Captured(_) | State::HoldCaptured(_) => {
                return Ok(Err(Refusal::PaymentCaptured));
            }
            // Our cancel or void is on its way, and its answer decides; and a wallet that holds
            // money releases it on our word.
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Reversing(_)
            | State::Authorised(_)
            | State::Capturing(_)
            | State::Voiding(_)
            | State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => None,
        };
        let mut payment = self.take(fail.payment);
        match declined {
            Some(declined) => {
                self.enter(work, &mut payment, State::Declined(declined));
            }
            None if matches!(payment.state, State::Declined(_)) => {}
            None => {
                self.keep_evidence(
                    work,
                    &mut payment,
                    Question::Notice,
                    PaymentAnswer::Declined(proof),
                );
                work.alarm(payment.id, AlarmKind::StateContradicts);
            }
        }
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }
}

/// On what terms a wallet is to hold for a payment; `None`: it is to debit.
fn hold_terms(waiting: Option<&Payment>, wallet: &Wallet) -> Result<Option<HoldRules>, Refusal> {
    match waiting.map_or(CaptureMode::Now, |payment| payment.capture) {
        CaptureMode::Now => Ok(None),
        CaptureMode::Manual => wallet.profile.holds.map(Some).ok_or(Refusal::HoldNotOffered),
    }
}

/// True when a confirmation tells nothing new.
fn confirmed(state: &State) -> bool {
    matches!(
        state,
        State::Captured(_)
            | State::Authorised(_)
            | State::Capturing(_)
            | State::Voiding(_)
            | State::HoldCaptured(_)
    )
}
