//! What a merchant asks for: payments, cancels, refunds.

use std::sync::Arc;

use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, PaymentCancel, PaymentCreate, Present, RefundCreate};
use crate::directory::{Merchant, Standing, Store, Wallet};
use crate::effects::{EventKind, Missing, Reply};
use crate::fee::FeeSplit;
use crate::id::{OrderId, PaymentId, WalletName};
use crate::keys::{KeyName, KeyOutcome, KeyOwner, Order, OrderName, Route, Used, UsedName};
use crate::money::Money;
use crate::payment::{Asked, Authorising, Payment, State, WaitingForPayer, Way};
use crate::quote::{Fixed, Quote, QuoteTerms, Target};
use crate::refund::{Asking, Refund, RefundState};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::wallet::{Ask, FxBy, PayAsk, Reference, RefundAsk};

/// Refunds that one payment may have, the declined ones counted. Each write of a payment carries
/// all of them, so without a bound one key could keep the only writer busy.
const REFUNDS_MAX: usize = 100;

/// A new payment's place in the world, before anybody is asked.
pub(super) struct Opening {
    pub id: PaymentId,
    pub order: OrderId,
    pub order_number: crate::Text,
    pub way: Way,
    pub amount: Money,
    pub quote: Option<Quote>,
}

impl Engine {
    /// The rules that hold for every amount at a shop.
    pub(super) fn check_amount(merchant: &Merchant, amount: Money) -> Result<(), Refusal> {
        if !amount.positive() {
            return Err(Refusal::AmountNotPositive);
        }
        if !merchant.prices_in(amount) {
            return Err(Refusal::CurrencyDiffers);
        }
        if !amount.plausible() {
            return Err(Refusal::AmountTooLarge);
        }
        if amount.minor() > merchant.payment_max {
            let limit = Money::new(merchant.payment_max, merchant.currency);
            return Err(Refusal::AmountOverLimit { limit });
        }
        Ok(())
    }

    /// The rules that hold between a shop and a wallet.
    pub(super) fn check_accepts(merchant: &Merchant, wallet: &Wallet) -> Result<(), Refusal> {
        match merchant.standing {
            Standing::Active => {}
            Standing::Suspended | Standing::Retired => return Err(Refusal::ShopSuspended),
        }
        match wallet.standing {
            Standing::Active => {}
            Standing::Suspended => return Err(Refusal::WalletSuspended),
            Standing::Retired => return Err(Refusal::WalletRetired),
        }
        if merchant.wallets.contains(&wallet.name) {
            Ok(())
        } else {
            Err(Refusal::WalletNotAccepted)
        }
    }

    /// A rate for this wallet's payers at this shop, worked out once.
    pub(super) fn make_quote(
        &self,
        work: &mut Work,
        merchant: &Merchant,
        wallet: &Wallet,
        target: Target,
        fixed: Fixed,
    ) -> Result<Quote, Refusal> {
        let mid = self
            .directory
            .mid_rate(merchant.currency, wallet.profile.currency)
            .ok_or(Refusal::CorridorClosed)?;
        let terms = QuoteTerms {
            id: work.id(target.slot()),
            wallet: wallet.name,
            target,
            profile: &wallet.profile,
            mid,
            now: work.now,
        };
        let quote = Quote::make(terms, fixed).map_err(|_| Refusal::AmountTooLarge)?;
        // An amount so small that one side rounds to nothing cannot be paid.
        if !quote.payer.positive() || !quote.merchant.positive() {
            return Err(Refusal::AmountNotPositive);
        }
        if !quote.payer.plausible() || !quote.merchant.plausible() {
            return Err(Refusal::AmountTooLarge);
        }
        Ok(quote)
    }

    pub(super) fn fees_for(
        &self,
        merchant: &Merchant,
        wallet: WalletName,
        way: Way,
        amount: Money,
    ) -> Result<FeeSplit, Refusal> {
        match self.directory.fees(merchant, wallet, way) {
            Some(schedule) => schedule
                .split(amount, wallet, merchant.acquirer)
                .map_err(|_| Refusal::AmountTooLarge),
            None => Ok(FeeSplit::none(amount)),
        }
    }

    pub(super) fn open_payment(
        &self,
        now: Timestamp,
        merchant: &Merchant,
        store: &Store,
        opening: Opening,
        state: State,
    ) -> Payment {
        Payment {
            id: opening.id,
            order: opening.order,
            order_number: opening.order_number,
            tenant: merchant.tenant,
            merchant: merchant.id,
            store: store.id,
            amount: opening.amount,
            way: opening.way,
            created_at: now,
            directory_version: self.directory.version(),
            quote: opening.quote,
            state,
            calls: 0,
            events: 0,
            refunds: Vec::new(),
            strays: Vec::new(),
            evidence: Vec::new(),
            probe: None,
        }
    }

    /// May the order have another payment (I4)?
    pub(super) fn check_order(order: &Order, last: &Payment, amount: Money) -> Result<(), Refusal> {
        if order.amount != amount {
            return Err(Refusal::OrderAmountDiffers { expected: order.amount });
        }
        match &last.state {
            State::WaitingForPayer(_) | State::Authorising(_) => Err(Refusal::OrderBeingPaid),
            State::InDoubt(_) | State::Reversing(_) => Err(Refusal::PaymentInDoubt),
            State::Captured(_) => Err(Refusal::OrderPaid),
            State::Declined(_) | State::Cancelled(_) | State::Expired(_) | State::Reversed(_) => {
                Ok(())
            }
        }
    }

    pub(super) fn payment_create(
        &mut self,
        work: &mut Work,
        caller: Caller,
        create: &PaymentCreate,
    ) -> Decided {
        let merchant = match self.merchant_of(caller) {
            Ok(merchant) => merchant.clone(),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let name = KeyName {
            slot: merchant.id.slot(),
            owner: KeyOwner::Merchant(merchant.id),
            route: Route::PaymentCreate,
            key: create.key.clone(),
        };
        if let Some(replay) = self.replay(&name, &create.hash)? {
            return Ok(replay);
        }
        let order_name = OrderName { merchant: merchant.id, number: create.order_number.clone() };
        let earlier = match self.order(&order_name)? {
            None => None,
            Some(order) => {
                let last = self.payment(order.last)?.expect("an order's payment is in the store");
                Some((
                    order.clone(),
                    Self::check_order(order, last, create.amount),
                    last.state.clone(),
                ))
            }
        };
        let used = match &create.present {
            Present::Merchant { .. } => None,
            Present::Consumer { wallet, code_hash, .. } => Some(UsedName {
                slot: merchant.id.slot(),
                wallet: *wallet,
                what: Used::PaymentCode,
                text: code_hash.clone(),
            }),
        };
        let code_was_used = match &used {
            None => false,
            Some(used) => self.used_by(used)?.is_some(),
        };
        // All that had to be looked up has been. From here on nothing is missing.
        let earlier = match earlier {
            None => Ok(None),
            Some((order, Ok(()), _)) => Ok(Some(order)),
            Some((order, Err(Refusal::PaymentInDoubt), _)) if planted!(self, OrderUnguarded) => {
                Ok(Some(order))
            }
            Some((_, Err(refusal), _)) => Err(refusal),
        };
        let decided = earlier.and_then(|earlier| {
            if code_was_used {
                return Err(Refusal::PaymentCodeUsed);
            }
            let order = earlier.as_ref().map(|order| order.id);
            self.plan_payment(work, &merchant, create, order).map(|planned| (planned, earlier))
        });
        let (mut payment, store, earlier) = match decided {
            Ok(((payment, store), earlier)) => (payment, store, earlier),
            Err(refusal) => return Ok(Err(self.refuse(work, name, create.hash, refusal))),
        };
        self.keep_key(work, name, create.hash, KeyOutcome::Payment(payment.id));
        let order = match earlier {
            Some(order) => Order { last: payment.id, ..order },
            None => Order {
                id: payment.order,
                name: order_name,
                tenant: merchant.tenant,
                amount: create.amount,
                last: payment.id,
                at: work.now,
            },
        };
        self.keep_order(work, order);
        match &create.present {
            Present::Merchant { .. } => {
                self.event(work, &mut payment, EventKind::PaymentWaitingForPayer);
            }
            Present::Consumer { code, .. } => {
                let used = used.expect("a payer's code is a thing used once");
                self.keep_used(work, used, payment.id);
                let ask = Ask::Pay(Box::new(PayAsk {
                    order: payment.order,
                    order_number: payment.order_number.clone(),
                    amount: payment.amount,
                    payer: payment.state.asked().and_then(|asked| asked.payer),
                    code: code.clone(),
                    shop: self.directory.shop(&store).expect("the store's merchant was checked"),
                    at: work.now,
                }));
                self.call(work, &mut payment, ask);
                self.event(work, &mut payment, EventKind::PaymentAuthorising);
            }
        }
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }

    /// All rules, and the payment that results when they allow it. Changes nothing but ids.
    fn plan_payment(
        &self,
        work: &mut Work,
        merchant: &Merchant,
        create: &PaymentCreate,
        order: Option<OrderId>,
    ) -> Result<(Payment, Arc<Store>), Refusal> {
        let store = self
            .directory
            .store(create.store)
            .filter(|store| store.merchant == merchant.id)
            .ok_or(Refusal::ShopUnknown)?;
        Self::check_amount(merchant, create.amount)?;
        let slot = merchant.id.slot();
        let way = match create.present {
            Present::Merchant { .. } => Way::MpmDynamic,
            Present::Consumer { .. } => Way::Cpm,
        };
        let id: PaymentId = work.id(slot);
        let order = match order {
            Some(order) => order,
            None => work.id(slot),
        };
        let (state, quote) = match &create.present {
            Present::Merchant { expires_in } => {
                if merchant.standing != Standing::Active {
                    return Err(Refusal::ShopSuspended);
                }
                let waiting = WaitingForPayer { expires_at: work.now.after(*expires_in) };
                (State::WaitingForPayer(waiting), None)
            }
            Present::Consumer { wallet, .. } => {
                let wallet = self.directory.wallet(*wallet).ok_or(Refusal::WalletUnknown)?;
                Self::check_accepts(merchant, wallet)?;
                let profile = &wallet.profile;
                let quote = match profile.fx_by {
                    FxBy::Wallet => None,
                    FxBy::Switch => {
                        let fixed = Fixed::Receive(create.amount);
                        let mut quote =
                            self.make_quote(work, merchant, wallet, Target::Payment(id), fixed)?;
                        quote.used_by = Some(id);
                        Some(quote)
                    }
                };
                let send_by = work.now.after(profile.send_within);
                let asked = Asked {
                    wallet: wallet.name,
                    at: work.now,
                    reference: Reference::Request,
                    payer: quote.as_ref().map(|quote| quote.payer),
                    fees: self.fees_for(merchant, wallet.name, way, create.amount)?,
                    send_by,
                    cancel_from: send_by.after(profile.send_margin),
                };
                let silent_at = work.now.after(profile.first_inquiry_after);
                (State::Authorising(Authorising { asked, silent_at }), quote)
            }
        };
        let order_number = create.order_number.clone();
        let opening = Opening { id, order, order_number, way, amount: create.amount, quote };
        let payment = self.open_payment(work.now, merchant, store, opening, state);
        Ok((payment, store.clone()))
    }

    /// A payment that the caller may see.
    fn own_payment(
        &self,
        caller: Caller,
        id: PaymentId,
    ) -> Result<Result<&Payment, Refusal>, Missing> {
        let merchant = match self.merchant_of(caller) {
            Ok(merchant) => merchant,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let payment = self.payment(id)?;
        let own = payment.filter(|p| p.merchant == merchant.id && p.tenant == merchant.tenant);
        Ok(own.map(|p| &**p).ok_or(Refusal::PaymentUnknown))
    }

    pub(super) fn payment_cancel(
        &mut self,
        work: &mut Work,
        caller: Caller,
        cancel: &PaymentCancel,
    ) -> Decided {
        let (name, state) = match self.own_payment(caller, cancel.payment)? {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(payment) => {
                let name = KeyName {
                    slot: payment.id.slot(),
                    owner: KeyOwner::Merchant(payment.merchant),
                    route: Route::PaymentCancel,
                    key: cancel.key.clone(),
                };
                (name, payment.state.clone())
            }
        };
        if let Some(replay) = self.replay(&name, &cancel.hash)? {
            return Ok(replay);
        }
        let (state, event) = match state {
            State::WaitingForPayer(s) => {
                (State::Cancelled(s.cancelled(work.now)), Some(EventKind::PaymentCancelled))
            }
            State::Authorising(s) => {
                (State::Reversing(s.reversing(work.now)), Some(EventKind::PaymentReversing))
            }
            State::InDoubt(s) => {
                (State::Reversing(s.reversing(work.now)), Some(EventKind::PaymentReversing))
            }
            State::Captured(_) => {
                return Ok(Err(self.refuse(work, name, cancel.hash, Refusal::PaymentCaptured)));
            }
            // What is being undone, or ended unpaid, does not stand: nothing is left to do.
            unchanged @ (State::Reversing(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)) => (unchanged, None),
        };
        self.keep_key(work, name, cancel.hash, KeyOutcome::Payment(cancel.payment));
        let mut payment = self.take(cancel.payment);
        payment.state = state;
        if let Some(event) = event {
            self.event(work, &mut payment, event);
            self.undo_when_due(work, &mut payment);
        }
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }

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
                (name, self.plan_refund(payment, create.amount))
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
        let refund = self.begin_refund(work, &mut payment, create.amount, payer);
        let id = refund.id;
        payment.refunds.push(refund);
        self.keep_key(
            work,
            name,
            create.hash,
            KeyOutcome::Refund { payment: payment.id, refund: id },
        );
        self.event_about(work, &mut payment, EventKind::RefundRequested, Some(id), None);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Refund { payment, refund: id, replayed: false }))
    }

    /// The payer's part at the original rate: worked out from the running total, so that the last
    /// refund takes what remains in both currencies.
    fn plan_refund(&self, payment: &Payment, amount: Money) -> Result<Option<Money>, Refusal> {
        if !amount.positive() {
            return Err(Refusal::AmountNotPositive);
        }
        if amount.currency() != payment.amount.currency() {
            return Err(Refusal::CurrencyDiffers);
        }
        let State::Captured(captured) = &payment.state else {
            return Err(match payment.state {
                State::InDoubt(_) | State::Reversing(_) => Refusal::PaymentInDoubt,
                _ => Refusal::PaymentNotCaptured,
            });
        };
        let whole = payment.amount.minor();
        let counted = if planted!(self, RefundBoundForgotten) {
            payment.refunds_done()
        } else {
            payment.refunds_counted()
        };
        let left = whole - counted;
        if payment.refunds.len() >= REFUNDS_MAX {
            return Err(Refusal::RefundsTooMany);
        }
        if amount.minor() > left {
            let left = Money::new(left, payment.amount.currency());
            return Err(Refusal::RefundExceedsCaptured { left });
        }
        let Some(payer) = captured.asked.payer else { return Ok(None) };
        let counted_payer: i64 = payment
            .refunds
            .iter()
            .filter(|refund| refund.state.counts())
            .filter_map(|refund| refund.payer)
            .map(Money::minor)
            .sum();
        let due =
            payer.share(counted + amount.minor(), whole).map_err(|_| Refusal::AmountTooLarge)?;
        Ok(Some(Money::new((due.minor() - counted_payer).max(0), payer.currency())))
    }

    /// A refund with its intent and its first call.
    pub(super) fn begin_refund(
        &self,
        work: &mut Work,
        payment: &mut Payment,
        amount: Money,
        payer: Option<Money>,
    ) -> Refund {
        let profile = &self.wallet(payment).profile;
        let refund = Refund {
            id: work.id(payment.id.slot()),
            amount,
            payer,
            requested_at: work.now,
            state: RefundState::Requested(Asking::first(work.now, profile)),
        };
        let ask = Self::refund_ask(payment, &refund);
        self.call(work, payment, Ask::Refund(ask));
        refund
    }

    pub(super) fn refund_ask(payment: &Payment, refund: &Refund) -> RefundAsk {
        let asked = payment.state.asked().expect("only what was asked can be refunded");
        RefundAsk {
            refund: refund.id,
            reference: asked.reference.clone(),
            amount: refund.amount,
            payer: refund.payer,
        }
    }
}
