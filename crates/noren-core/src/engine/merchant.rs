//! What a merchant asks for first: payments.

use std::sync::Arc;

use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, PaymentCreate, PaymentRecall, Present};
use crate::day::PayerHash;
use crate::directory::{Merchant, MidRate, SettlementChoice, Standing, Store, Wallet};
use crate::due::Doubt;
use crate::effects::{EventKind, Missing, Reply};
use crate::fee::{FeeParties, FeeSplit};
use crate::id::{OrderId, PaymentId, WalletName};
use crate::keys::{
    KeyName, KeyOutcome, KeyOwner, Order, OrderName, OrderStand, Route, Used, UsedName, Wanted,
};
use crate::money::{MINOR_MAX, Money};
use crate::payment::{Asked, Authorising, CaptureMode, Payment, State, WaitingForPayer, Way};
use crate::quote::{Fixed, Quote, QuoteTerms, Target};
use crate::refusal::Refusal;
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::wallet::{Ask, FxBy, PayAsk, PaymentCode, Reference};

/// A new payment's place in the world, before anybody is asked.
pub(super) struct Opening {
    pub id: PaymentId,
    pub order: OrderId,
    pub order_number: crate::Text,
    pub way: Way,
    pub capture: CaptureMode,
    pub amount: Money,
    pub quote: Option<Quote>,
    pub memo: Option<crate::Text>,
    pub payer: Option<PayerHash>,
}

/// What a wallet is to be asked for.
#[derive(Clone, Copy)]
pub(super) struct Wanting {
    pub id: PaymentId,
    pub amount: Money,
    pub capture: CaptureMode,
    pub way: Way,
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

    /// If a place takes new payments: its own standing and its merchant's.
    pub(super) fn check_open(merchant: &Merchant, store: &Store) -> Result<(), Refusal> {
        for standing in [merchant.standing, store.standing] {
            match standing {
                Standing::Active => {}
                Standing::Suspended => return Err(Refusal::ShopSuspended),
                Standing::Retired => return Err(Refusal::ShopRetired),
            }
        }
        Ok(())
    }

    /// The rules that hold between a shop and a wallet.
    pub(super) fn check_accepts(merchant: &Merchant, wallet: &Wallet) -> Result<(), Refusal> {
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
        at: Timestamp,
        (merchant, store): (&Merchant, &Store),
        wallet: WalletName,
        way: Way,
        amount: Money,
    ) -> Result<FeeSplit, Refusal> {
        let Some(schedule) = self.directory.fees(merchant, wallet, way, at) else {
            return Ok(FeeSplit::none(amount));
        };
        let partner = store.partner.or(merchant.partner);
        let parties = FeeParties { wallet, acquirer: merchant.acquirer, partner };
        schedule.split(amount, &parties).map_err(|_| Refusal::AmountTooLarge)
    }

    /// What the merchant chose and the rate there, when it is paid in another currency than it
    /// prices in.
    pub(super) fn settlement_rate(
        &self,
        merchant: &Merchant,
    ) -> Result<Option<(SettlementChoice, &MidRate)>, Refusal> {
        let Some(choice) = merchant.settlement.filter(|to| to.currency != merchant.currency) else {
            return Ok(None);
        };
        let mid = self.directory.mid_rate(merchant.currency, choice.currency);
        Ok(Some((choice, mid.ok_or(Refusal::SettlementRateMissing)?)))
    }

    /// What the merchant is to be owed for an order with these fees, when it is paid in another
    /// currency than it prices in. Without a rate nothing may be asked of a wallet.
    pub(super) fn settlement_for(
        &self,
        merchant: &Merchant,
        amount: Money,
        fees: &FeeSplit,
    ) -> Result<Option<Arc<Settlement>>, Refusal> {
        let Some((choice, mid)) = self.settlement_rate(merchant)? else { return Ok(None) };
        let version = self.directory.version();
        let made = Settlement::make(choice, mid, version, amount, fees);
        let settlement = made.map_err(|_| Refusal::AmountTooLarge)?;
        // An amount so small that the merchant's side rounds to nothing cannot be paid.
        if !settlement.amount.positive() && fees.total != amount {
            return Err(Refusal::AmountNotPositive);
        }
        if settlement.amount.minor() > MINOR_MAX {
            return Err(Refusal::AmountTooLarge);
        }
        Ok(Some(Arc::new(settlement)))
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
            capture: opening.capture,
            memo: opening.memo,
            payer: opening.payer,
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
            doubt: Doubt::default(),
            void_doubt: Doubt::default(),
        }
    }

    /// May the order have another payment (I4)?
    fn check_order(&self, order: &Order, amount: Money) -> Result<Result<(), Refusal>, Missing> {
        let wanted = match order.stand {
            OrderStand::Wanted(wanted) => wanted,
            OrderStand::Withdrawn { .. } if planted!(self, TombstoneForgotten) => {
                return Ok(Ok(()));
            }
            OrderStand::Withdrawn { .. } => return Ok(Err(Refusal::OrderWithdrawn)),
        };
        if wanted.amount != amount {
            return Ok(Err(Refusal::OrderAmountDiffers { expected: wanted.amount }));
        }
        let last = self.payment(wanted.last)?.expect("an order's payment is in the store");
        Ok(Self::may_pay_after(last))
    }

    /// May there be another payment after this one?
    pub(super) fn may_pay_after(last: &Payment) -> Result<(), Refusal> {
        match &last.state {
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_) => Err(Refusal::OrderBeingPaid),
            State::InDoubt(_) | State::Reversing(_) | State::Voiding(_) => {
                Err(Refusal::PaymentInDoubt)
            }
            State::Captured(_)
            | State::HoldCaptured(_)
            | State::Authorised(_)
            | State::Capturing(_) => Err(Refusal::OrderPaid),
            State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_) => Ok(()),
            State::Blocked(_) => Err(Refusal::PaymentBlocked),
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
            Some(order) => Some((order.clone(), self.check_order(order, create.amount)?)),
        };
        let used = match &create.present {
            Present::Merchant { .. } | Present::Online { .. } => None,
            Present::Consumer { wallet, code_hash, .. } => Some(UsedName {
                slot: merchant.id.slot(),
                wallet: *wallet,
                what: Used::PaymentCode,
                text: code_hash.clone(),
            }),
        };
        let code_was_used = match &used {
            None => false,
            Some(used) => self.used_by(used)?.is_some() && !planted!(self, CodeReused),
        };
        match &create.present {
            Present::Merchant { .. } => {}
            // A payer's code says nothing of the payer.
            Present::Consumer { .. } | Present::Online { .. } => {
                self.look_up_days(work.now, merchant.id, None)?;
            }
        }
        // All that had to be looked up has been. From here on nothing is missing.
        let earlier = match earlier {
            None => Ok(None),
            Some((order, Ok(()))) => Ok(Some(order)),
            Some((order, Err(Refusal::PaymentInDoubt))) if planted!(self, OrderUnguarded) => {
                Ok(Some(order))
            }
            Some((_, Err(refusal))) => Err(refusal),
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
        let stand = OrderStand::Wanted(Wanted { amount: create.amount, last: payment.id });
        let order = match earlier {
            Some(order) => Order { stand, ..order },
            None => Order {
                id: payment.order,
                name: order_name,
                tenant: merchant.tenant,
                stand,
                at: work.now,
            },
        };
        self.keep_order(work, order);
        match &create.present {
            Present::Merchant { .. } => {}
            Present::Consumer { code, .. } => {
                let used = used.expect("a payer's code is a thing used once");
                self.keep_used(work, used, payment.id);
                self.ask_to_pay(work, &mut payment, &store, code);
            }
            Present::Online { .. } => self.ask_for_order(work, &mut payment),
        }
        let kind = EventKind::of(&payment.state);
        self.event(work, &mut payment, kind);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }

    /// What a key was used for, when the edge refuses the call that carries it: what the edge
    /// checks by (the directory, the table of payment codes) may have changed since. Nothing is
    /// decided about a key that was never used.
    pub(super) fn payment_recall(&self, caller: Caller, recall: &PaymentRecall) -> Decided {
        let merchant = match self.merchant_of(caller) {
            Ok(merchant) => merchant.id,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let name = KeyName {
            slot: merchant.slot(),
            owner: KeyOwner::Merchant(merchant),
            route: Route::PaymentCreate,
            key: recall.key.clone(),
        };
        Ok(self.replay(&name, &recall.hash)?.unwrap_or(Ok(Reply::Noted)))
    }

    fn ask_to_pay(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        store: &Store,
        code: &PaymentCode,
    ) {
        let asked = payment.state.asked().expect("a payment by the payer's code asks a wallet");
        let hold = asked.hold.is_some();
        let ask = Box::new(PayAsk {
            order: payment.order,
            order_number: payment.order_number.clone(),
            amount: payment.amount,
            payer: asked.payer,
            code: code.clone(),
            shop: self.directory.shop(store).expect("the store's merchant was checked"),
            at: work.now,
        });
        self.call(work, payment, if hold { Ask::Authorise(ask) } else { Ask::Pay(ask) });
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
        Self::check_open(merchant, store)?;
        let slot = merchant.id.slot();
        let way = match create.present {
            Present::Merchant { .. } => Way::MpmDynamic,
            Present::Consumer { .. } => Way::Cpm,
            Present::Online { .. } => Way::Online,
        };
        let id: PaymentId = work.id(slot);
        let order = match order {
            Some(order) => order,
            None => work.id(slot),
        };
        let wanted = Wanting { id, amount: create.amount, capture: create.capture, way };
        let (state, quote) = match &create.present {
            Present::Merchant { expires_in } => {
                let waiting = WaitingForPayer { expires_at: work.now.after(*expires_in) };
                (State::WaitingForPayer(waiting), None)
            }
            Present::Consumer { wallet, .. } => {
                let (asked, quote) = self.plan_asking(work, (merchant, store), &wanted, *wallet)?;
                let profile =
                    &self.directory.wallet(*wallet).ok_or(Refusal::WalletUnknown)?.profile;
                let silent_at = work.now.after(profile.first_inquiry_after);
                (State::Authorising(Authorising { asked, silent_at }), quote)
            }
            Present::Online { wallet, expires_in } => {
                let (asked, quote) = self.plan_asking(work, (merchant, store), &wanted, *wallet)?;
                let state = self.plan_order(work, *wallet, asked, quote.as_ref(), *expires_in)?;
                (State::Ordering(state), quote)
            }
        };
        let opening = Opening {
            id,
            order,
            order_number: create.order_number.clone(),
            way,
            capture: create.capture,
            amount: create.amount,
            quote,
            memo: create.memo.clone(),
            payer: None,
        };
        let payment = self.open_payment(work.now, merchant, store, opening, state);
        Ok((payment, store.clone()))
    }

    /// What a wallet is asked for, and the promise that goes with it when we convert.
    pub(super) fn plan_asking(
        &self,
        work: &mut Work,
        (merchant, store): (&Merchant, &Store),
        wanted: &Wanting,
        wallet: WalletName,
    ) -> Result<(Asked, Option<Quote>), Refusal> {
        let Wanting { id, amount, capture, way } = *wanted;
        let wallet = self.directory.wallet(wallet).ok_or(Refusal::WalletUnknown)?;
        Self::check_accepts(merchant, wallet)?;
        let profile = &wallet.profile;
        if profile.push.is_some() {
            return Err(Refusal::PushRailOnly);
        }
        let hold = match capture {
            CaptureMode::Now => None,
            CaptureMode::Manual => Some(profile.holds.ok_or(Refusal::HoldNotOffered)?),
        };
        let quote = match profile.fx_by {
            FxBy::Wallet => None,
            FxBy::Switch => {
                let (fixed, target) = (Fixed::Receive(amount), Target::Payment(id));
                let mut quote = self.make_quote(work, merchant, wallet, target, fixed)?;
                quote.used_by = Some(id);
                Some(quote)
            }
        };
        let payer = quote.as_ref().map(|quote| quote.payer);
        let owed = payer.unwrap_or(amount);
        Self::check_wallet(wallet, owed)?;
        self.check_cap(wallet.name, owed)?;
        self.check_days(work.now, merchant, None, amount)?;
        let fees = self.fees_for(work.now, (merchant, store), wallet.name, way, amount)?;
        let settlement = self.settlement_for(merchant, amount, &fees)?;
        let (send_by, cancel_from) = profile.leaving(work.now);
        let asked = Asked {
            wallet: wallet.name,
            at: work.now,
            reference: Reference::Request,
            payer,
            fees,
            settlement,
            hold,
            send_by,
            cancel_from: if planted!(self, CancelOvertakes) { work.now } else { cancel_from },
        };
        Ok((asked, quote))
    }

    /// A payment that the caller may see.
    pub(super) fn own_payment(
        &self,
        caller: Caller,
        id: PaymentId,
    ) -> Result<Result<&Payment, Refusal>, Missing> {
        let merchant = match self.merchant_of(caller) {
            Ok(merchant) => merchant,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let payment = self.payment(id)?;
        let own = payment.filter(|p| {
            (p.merchant == merchant.id && p.tenant == merchant.tenant)
                || planted!(self, TenantUnchecked)
        });
        Ok(own.map(|p| &**p).ok_or(Refusal::PaymentUnknown))
    }
}
