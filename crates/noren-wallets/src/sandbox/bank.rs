//! A sandbox's own books: users with balances, payments, refunds, and what is owed to the switch.
//!
//! Both networks play on this one machine and differ in words only. Nothing here depends on a
//! clock or on chance: what happens follows from balances, scenarios and the order of messages.

use noren_core::money::{Currency, Money};
use noren_core::time::{Span, Timestamp};
use ring::digest::{SHA256, digest};

use super::Record;
use super::scenario::{Plan, Scenario, ScenarioOf};
use super::table::{Agenda, RecordError, Table};

mod asked;
pub mod day;
mod rows;

pub use asked::{
    CaptureIntent, Differs, Intent, Manner, OrderIntent, RefundIntent, RefundTold, ScanDebit,
};
pub use day::{Moved, MovedBy};
pub use rows::{CaptureMade, No, Payment, Refund, ShopName, State, Taken, User};
use rows::{Code, Totals};

/// The largest balance a user can be given; sums of many stay within 64 bits.
pub const BALANCE_MAX: i64 = 1_000_000_000_000_000;

/// What makes one network's books differ from another's.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What users hold.
    pub currency: Currency,
    /// What the switch is owed: the users' currency, or the order's when the wallet converts.
    pub owed_in: Currency,
    /// What payment codes begin with; sixteen digits follow.
    pub code_prefix: &'static str,
    /// Tells this sandbox's ids from another's.
    pub seed: u64,
    /// How long that takes which takes time.
    pub pace: Span,
    /// If the network has a word for money that it froze.
    pub freezes: bool,
    /// Minutes ahead of UTC of the zone in which its business day ends.
    pub day_offset_minutes: i16,
    /// Until so many minutes after that end, what was paid can be cancelled.
    pub cancel_until_minutes: u16,
    /// How long a payment code can be used. `None`: until it was used.
    pub code_valid_for: Option<Span>,
    /// The most that one payment may take of a user, in minor units of the wallet's currency.
    pub payment_max: i64,
}

impl Terms {
    /// What is owed for a debit of `payer` that pays `order`: in [`Terms::owed_in`], and at home.
    fn due(&self, payer: i64, order: Money) -> (i64, i64) {
        if self.owed_in == self.currency {
            (payer, 0)
        } else if order.currency() == self.owed_in {
            (order.minor(), 0)
        } else {
            (0, payer)
        }
    }
}

/// The books of one sandbox.
#[derive(Clone, Debug)]
pub struct Bank {
    terms: Terms,
    totals: Table<Totals>,
    users: Table<User>,
    codes: Table<Code>,
    code_ids: Table<String>,
    payments: Table<Payment>,
    captures: Table<CaptureMade>,
    refunds: Table<Refund>,
    undecided: Agenda,
}

const ALL: &str = "all";

impl Bank {
    /// Empty, or as its records left it.
    pub fn load(terms: Terms, records: &[Record]) -> Result<Self, RecordError> {
        let mut totals = Table::load("totals", records)?;
        if totals.get(ALL).is_none() {
            totals.put(ALL, Totals::default());
        }
        let payments: Table<Payment> = Table::load("payment", records)?;
        let mut undecided = Agenda::default();
        for (id, payment) in payments.iter() {
            undecided.set(id, payment.decides_at);
        }
        Ok(Self {
            terms,
            totals,
            users: Table::load("user", records)?,
            codes: Table::load("code", records)?,
            code_ids: Table::load("code-id", records)?,
            payments,
            captures: Table::load("capture", records)?,
            refunds: Table::load("refund", records)?,
            undecided,
        })
    }

    /// What the books are kept in.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Rows that changed since the last call.
    pub fn take_changes(&mut self, changes: &mut Vec<Record>) {
        self.totals.take_changes(changes);
        self.users.take_changes(changes);
        self.codes.take_changes(changes);
        self.code_ids.take_changes(changes);
        self.payments.take_changes(changes);
        self.captures.take_changes(changes);
        self.refunds.take_changes(changes);
    }

    /// A number that is never given twice, also not after a restart.
    pub fn count(&mut self) -> u64 {
        let totals = self.totals.edit(ALL).expect("there is one row of totals");
        totals.counter += 1;
        totals.counter
    }

    /// 128 bits that look random and follow from seed and count.
    pub fn bits(&mut self) -> u128 {
        let hash = digest(&SHA256, self.numbered("bits").as_bytes());
        hash.as_ref()[..16].iter().fold(0, |bits, byte| (bits << 8) | u128::from(*byte))
    }

    fn numbered(&mut self, kind: &str) -> String {
        let count = self.count();
        format!("{kind}-{:x}-{count}", self.terms.seed)
    }

    /// Adds a user; one who is there already stays as they are.
    pub fn user_add(&mut self, name: &str, balance: i64) -> &User {
        if self.users.get(name).is_none() {
            let totals = self.totals.edit(ALL).expect("there is one row of totals");
            totals.deposited += balance;
            self.users.put(name, User { balance, ..User::default() });
        }
        self.users.get(name).expect("just added")
    }

    /// One user.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name)
    }

    /// All users, by name.
    pub fn users(&self) -> impl Iterator<Item = (&String, &User)> {
        self.users.iter()
    }

    /// Sets what the user's next payments or refunds meet. False: no such user.
    pub fn plan(&mut self, name: &str, plan: Plan) -> bool {
        let Some(user) = self.users.edit(name) else { return false };
        match plan.scenario.of() {
            ScenarioOf::Payment | ScenarioOf::Scan => user.payments = plan,
            ScenarioOf::Refund => user.refunds = plan,
        }
        true
    }

    /// What the user's next payment meets; used up by asking.
    pub fn next_scenario(&mut self, name: &str) -> Scenario {
        self.users.edit(name).map_or(Scenario::Approve, |user| user.payments.take())
    }

    /// Closes the network for a while, for maintenance. Users are not kept from paying: what is
    /// closed is the way in for the switch.
    pub fn close_until(&mut self, until: Timestamp) {
        self.totals.edit(ALL).expect("there is one row of totals").closed_until = Some(until);
    }

    /// True while it is closed. Then nothing is done, and the network's own word for that answered.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.totals.get(ALL).and_then(|totals| totals.closed_until).is_some_and(|until| now < until)
    }

    /// A payment code for a user, the same for the same `code_id`.
    pub fn code(&mut self, now: Timestamp, user: &str, code_id: &str) -> String {
        let named = format!("{user}/{code_id}");
        if let Some(code) = self.code_ids.get(&named) {
            return code.clone();
        }
        loop {
            let digits = self.bits() % 10_000_000_000_000_000;
            let code = format!("{}{digits:016}", self.terms.code_prefix);
            if self.codes.get(&code).is_none() {
                let valid_until = self.terms.code_valid_for.map(|span| now.after(span));
                let user = user.to_owned();
                self.codes.put(&code, Code { user, used_by: None, valid_until });
                self.code_ids.put(&named, code.clone());
                return code;
            }
        }
    }

    /// The code that a user was given for a `code_id`, and the payment that used it.
    pub fn code_given(&self, user: &str, code_id: &str) -> Option<(&str, Option<&str>)> {
        let code = self.code_ids.get(&format!("{user}/{code_id}"))?;
        Some((code, self.codes.get(code)?.used_by.as_deref()))
    }

    /// Keeps who is paid, for the user's screen. Without a name, nothing is kept.
    pub fn shop_keep(&mut self, id: &str, name: &str, name_ja: Option<&str>) {
        if name.is_empty() {
            return;
        }
        if let Some(payment) = self.payments.edit(id) {
            let name_ja = name_ja.map(str::to_owned);
            payment.shop = Some(ShopName { name: name.to_owned(), name_ja });
        }
    }

    /// One payment.
    pub fn payment(&self, id: &str) -> Option<&Payment> {
        self.payments.get(id)
    }

    /// All payments, by id.
    pub fn payments(&self) -> impl Iterator<Item = (&String, &Payment)> {
        self.payments.iter()
    }

    /// One refund.
    pub fn refund(&self, id: &str) -> Option<&Refund> {
        self.refunds.get(id)
    }

    /// All captures, by id.
    pub fn captures(&self) -> impl Iterator<Item = (&String, &CaptureMade)> {
        self.captures.iter()
    }

    /// All refunds, by id.
    pub fn refunds(&self) -> impl Iterator<Item = (&String, &Refund)> {
        self.refunds.iter()
    }

    /// Pays with a code. Afterwards the payment is in the books; a repeat changes nothing.
    pub fn pay(&mut self, now: Timestamp, intent: Intent<'_>) -> Result<Manner, Differs> {
        if let Some(payment) = self.payments.get(intent.id) {
            let open = payment.state == State::Processing;
            return match &payment.asked {
                Some(asked) if asked != intent.asked => Err(Differs),
                Some(_) if open && payment.scenario == Scenario::Timeout => Ok(Manner::Silent),
                // With `None` a cancel came first: it binds, whatever is asked now.
                Some(_) | None => Ok(Manner::Plain),
            };
        }
        let (user, state) = match self.codes.edit(intent.code) {
            None => (None, State::Declined(No::CodeInvalid)),
            Some(code) if code.used_by.is_some() => (None, State::Declined(No::CodeUsed)),
            Some(code) if code.valid_until.is_some_and(|until| now >= until) => {
                (None, State::Declined(No::CodeExpired))
            }
            Some(code) => {
                code.used_by = Some(intent.id.to_owned());
                (Some(code.user.clone()), State::Processing)
            }
        };
        let scenario = user.as_deref().map_or(Scenario::Approve, |user| self.next_scenario(user));
        let payment = Payment {
            asked: Some(intent.asked.to_owned()),
            user,
            state,
            captured: intent.hold.then(Taken::default),
            ..self.new_payment(now, intent.order, intent.payer, scenario)
        };
        self.payments.put(intent.id, payment);
        Ok(if state == State::Processing { self.begin(now, intent.id) } else { Manner::Plain })
    }

    /// Opens an order that any user can pay until its time is over. A repeat changes nothing.
    pub fn order_open(&mut self, now: Timestamp, intent: OrderIntent<'_>) -> Result<(), Differs> {
        if let Some(payment) = self.payments.get(intent.id) {
            let same = payment.asked.as_deref().is_none_or(|asked| asked == intent.asked);
            return if same { Ok(()) } else { Err(Differs) };
        }
        let payment = Payment {
            asked: Some(intent.asked.to_owned()),
            state: State::Open,
            captured: intent.hold.then(Taken::default),
            ..self.new_payment(now, intent.order, intent.payer, Scenario::Approve)
        };
        self.payments.put(intent.id, payment);
        self.decide_at(intent.id, intent.expires_at);
        Ok(())
    }

    /// A user pays an open order, and meets what is planned for them. False: it is not open.
    pub fn order_pay(&mut self, now: Timestamp, id: &str, user: &str) -> bool {
        if self.payments.get(id).is_none_or(|payment| payment.state != State::Open) {
            return false;
        }
        let scenario = self.next_scenario(user);
        self.end(id, State::Processing);
        let payment = self.payments.edit(id).expect("found above");
        payment.user = Some(user.to_owned());
        payment.scenario = scenario;
        payment.order = more(payment.order, scenario);
        payment.payer = more(payment.payer, scenario);
        // How an answer leaves is of no account here: the shop hears by a notice.
        self.begin(now, id);
        true
    }

    /// A user says no to an open order, for good. False: it is not open.
    pub fn order_refuse(&mut self, id: &str, user: &str) -> bool {
        if self.payments.get(id).is_none_or(|payment| payment.state != State::Open) {
            return false;
        }
        let payment = self.payments.edit(id).expect("found above");
        payment.user = Some(user.to_owned());
        self.decline(id, No::Refused);
        true
    }

    /// What happens to a fresh payment.
    fn begin(&mut self, now: Timestamp, id: &str) -> Manner {
        let scenario = self.payments.get(id).map_or(Scenario::Approve, |p| p.scenario);
        match scenario {
            Scenario::Decline => self.decline(id, No::Refused),
            Scenario::UnknownThenYes | Scenario::UnknownThenNo => {
                self.decide_at(id, now.after(self.terms.pace));
            }
            Scenario::Timeout | Scenario::LateSuccess => {}
            Scenario::Approve
            | Scenario::LostAnswer
            | Scenario::WrongAmount
            | Scenario::BadSignature
            | Scenario::DoubleNotice
            | Scenario::CancelClosed
            | Scenario::Blocked
            | Scenario::NoConfirm
            | Scenario::NeverDebit
            | Scenario::Slow
            | Scenario::RefundNoFunds
            | Scenario::RefundSilent => self.debit(now, id),
        }
        match scenario {
            Scenario::Timeout | Scenario::LostAnswer => Manner::Silent,
            Scenario::BadSignature => Manner::Forged,
            Scenario::Slow => Manner::Slow,
            _ => Manner::Plain,
        }
    }

    /// Debits the user for a scan, or holds their money, at once. `Err` says where the payment stands instead.
    pub fn scan_debit(&mut self, now: Timestamp, debit: ScanDebit<'_>) -> Result<(), State> {
        if self.payments.get(debit.id).is_none() {
            let payment = Payment {
                asked: Some(String::new()),
                user: Some(debit.user.to_owned()),
                captured: debit.hold.then(Taken::default),
                ..self.new_payment(now, debit.order, debit.payer, debit.scenario)
            };
            self.payments.put(debit.id, payment);
            self.debit(now, debit.id);
        }
        match self.payments.get(debit.id).map(|payment| payment.state) {
            Some(State::Paid | State::Held) => Ok(()),
            other => Err(other.unwrap_or(State::Processing)),
        }
    }

    fn new_payment(
        &mut self,
        now: Timestamp,
        order: Money,
        payer: Money,
        scenario: Scenario,
    ) -> Payment {
        Payment {
            transaction: self.numbered("tx"),
            asked: None,
            user: None,
            order: more(order, scenario),
            payer: more(payer, scenario),
            state: State::Processing,
            scenario,
            at: now,
            paid_at: None,
            decides_at: None,
            captured: None,
            shop: None,
            refunded_order: 0,
            refunded_payer: 0,
        }
    }

    fn decide_at(&mut self, id: &str, at: Timestamp) {
        if let Some(payment) = self.payments.edit(id) {
            payment.decides_at = Some(at);
            self.undecided.set(id, Some(at));
        }
    }

    fn end(&mut self, id: &str, state: State) {
        if let Some(payment) = self.payments.edit(id) {
            payment.state = state;
            payment.decides_at = None;
            self.undecided.set(id, None);
        }
    }

    fn decline(&mut self, id: &str, no: No) {
        self.end(id, State::Declined(no));
    }

    /// Takes the money, or declines for want of it.
    fn debit(&mut self, now: Timestamp, id: &str) {
        let Some(payment) = self.payments.get(id) else { return };
        let (order, payer) = (payment.order, payment.payer);
        let user = payment.user.clone().unwrap_or_default();
        let funded = self.users.get(&user).is_some_and(|user| user.balance >= payer.minor());
        if payer.minor() > self.terms.payment_max {
            return self.decline(id, No::OverLimit);
        }
        if !funded {
            return self.decline(id, No::NoFunds);
        }
        if payment.scenario == Scenario::Blocked {
            if !self.terms.freezes {
                return self.decline(id, No::Refused);
            }
            self.freeze(&user, payer.minor());
            return self.end(id, State::Blocked);
        }
        if payment.captured.is_some() {
            self.freeze(&user, payer.minor());
            return self.end(id, State::Held);
        }
        self.take(&user, payer.minor(), order);
        self.payments.edit(id).expect("found above").paid_at = Some(now);
        self.end(id, State::Paid);
    }

    /// Holds a user's money, or lets it go when negative.
    fn freeze(&mut self, user: &str, payer: i64) {
        let totals = self.totals.edit(ALL).expect("there is one row of totals");
        totals.frozen += payer;
        let user = self.users.edit(user).expect("only users who are there are debited");
        user.balance -= payer;
    }

    /// Takes a part of what is held. A repeat changes nothing.
    pub fn capture_make(
        &mut self,
        now: Timestamp,
        intent: CaptureIntent<'_>,
    ) -> Result<(), Differs> {
        if let Some(made) = self.captures.get(intent.id) {
            let same = made.payment == intent.payment && made.order == intent.order;
            return if same { Ok(()) } else { Err(Differs) };
        }
        let left = |payment: &Payment| {
            let taken = payment.taken();
            let order = payment.order.minor() - taken.order;
            payment.state == State::Held
                && intent.order.currency() == payment.order.currency()
                && intent.payer.currency() == payment.payer.currency()
                && (1..=order).contains(&intent.order.minor())
                && (1..=payment.payer.minor() - taken.payer).contains(&intent.payer.minor())
        };
        let done = self.payments.get(intent.payment).is_some_and(left);
        let made = CaptureMade {
            transaction: self.numbered("ct"),
            payment: intent.payment.to_owned(),
            order: intent.order,
            payer: intent.payer,
            done,
            at: now,
        };
        self.captures.put(intent.id, made);
        if done {
            let payment = self.payments.edit(intent.payment).expect("found above");
            let user = payment.user.clone().unwrap_or_default();
            let taken = payment.captured.get_or_insert_default();
            taken.order += intent.order.minor();
            taken.payer += intent.payer.minor();
            let whole = taken.order == payment.order.minor();
            // From held to taken: through the user's hand, where it stays for no time at all.
            self.freeze(&user, -intent.payer.minor());
            self.take(&user, intent.payer.minor(), intent.order);
            if whole {
                self.end(intent.payment, State::Paid);
            } else if intent.last {
                self.void(now, intent.payment);
            }
        }
        Ok(())
    }

    /// One capture.
    pub fn capture(&self, id: &str) -> Option<&CaptureMade> {
        self.captures.get(id)
    }

    /// Lets go of what is held and not captured. False: there is nothing to let go of, because all
    /// of it was taken or because the payment was never one to be held.
    pub fn void(&mut self, now: Timestamp, id: &str) -> bool {
        match self.payments.get(id) {
            Some(payment) if payment.state == State::Held => {
                let (user, frozen) = (payment.user.clone().unwrap_or_default(), payment.frozen());
                self.freeze(&user, -frozen);
                self.end(id, State::Released);
                true
            }
            Some(payment) if payment.state == State::Open => self.cancel(now, id),
            Some(payment) => {
                !matches!(payment.state, State::Paid | State::Processing | State::Blocked)
            }
            // As with a cancel: it binds, whatever comes later.
            None => self.cancel(now, id),
        }
    }

    /// The only place where money moves: from a user (or back, when negative) to what is owed.
    fn take(&mut self, user: &str, payer: i64, order: Money) {
        let (owed, at_home) = self.terms.due(payer, order);
        let totals = self.totals.edit(ALL).expect("there is one row of totals");
        totals.debited += payer;
        totals.owed += owed;
        totals.owed_at_home += at_home;
        let user = self.users.edit(user).expect("only users who are there are debited");
        user.balance -= payer;
    }

    /// When the next undecided payment is decided.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.undecided.next_at()
    }

    /// Decides what is due; gives the ids. An order that nobody has paid in time is closed.
    pub fn decide_due(&mut self, now: Timestamp) -> Vec<String> {
        let mut decided = Vec::new();
        while let Some(id) = self.undecided.pop(now) {
            match self.payments.get(&id).map(|payment| (payment.state, payment.scenario)) {
                Some((State::Open, _)) => self.end(&id, State::Cancelled),
                Some((_, Scenario::UnknownThenNo)) => self.decline(&id, No::Refused),
                Some(_) => self.debit(now, &id),
                None => {}
            }
            decided.push(id);
        }
        decided
    }

    /// Cancels, whatever the state, also an id that was never seen. False: the payment's scenario
    /// refuses; then see where it stands.
    pub fn cancel(&mut self, now: Timestamp, id: &str) -> bool {
        let Some(payment) = self.payments.get(id) else {
            let none = Money::zero(self.terms.currency);
            let trace = Payment {
                state: State::Cancelled,
                ..self.new_payment(now, none, none, Scenario::Approve)
            };
            self.payments.put(id, trace);
            return true;
        };
        let late = payment.scenario == Scenario::LateSuccess;
        let midnight = payment.at.day_end(self.terms.day_offset_minutes);
        let minutes = u64::from(self.terms.cancel_until_minutes);
        let over = now >= midnight.after(Span::seconds(minutes * 60))
            || payment.scenario == Scenario::CancelClosed;
        match payment.state {
            State::Paid | State::Held if late => return false,
            State::Paid if over => return false,
            State::Blocked => return false,
            State::Processing if late => {
                if payment.decides_at.is_none() {
                    self.decide_at(id, now.after(self.terms.pace));
                }
                return false;
            }
            State::Paid | State::Held | State::Released => {
                let (taken, frozen) = (payment.taken(), payment.frozen());
                let payer = taken.payer - payment.refunded_payer;
                let order = payment.refunded_order - taken.order;
                let order = Money::new(order, payment.order.currency());
                let user = payment.user.clone().unwrap_or_default();
                self.freeze(&user, -frozen);
                self.take(&user, -payer, order);
            }
            State::Open | State::Processing | State::Declined(_) | State::Cancelled => {}
        }
        self.end(id, State::Cancelled);
        true
    }

    /// Gives money back. A repeat changes nothing.
    pub fn refund_make(
        &mut self,
        now: Timestamp,
        intent: RefundIntent<'_>,
    ) -> Result<RefundTold, Differs> {
        if let Some(refund) = self.refunds.get(intent.id) {
            let same = refund.payment == intent.payment
                && refund.order == intent.order
                && refund.asked_payer == intent.payer;
            return if same { Ok(RefundTold::Settled(Manner::Plain)) } else { Err(Differs) };
        }
        let user = self.payments.get(intent.payment).and_then(|payment| payment.user.clone());
        let scenario = user.as_deref().and_then(|user| self.users.edit(user));
        let scenario = scenario.map_or(Scenario::Approve, |user| user.refunds.take());
        if scenario == Scenario::RefundNoFunds {
            return Ok(RefundTold::NoFunds);
        }
        let payer = self.payments.get(intent.payment).and_then(|p| refundable(p, intent));
        let refund = Refund {
            transaction: self.numbered("rf"),
            payment: intent.payment.to_owned(),
            order: intent.order,
            payer: payer.unwrap_or(Money::zero(self.terms.currency)),
            done: payer.is_some(),
            at: now,
            asked_payer: intent.payer,
        };
        self.refunds.put(intent.id, refund);
        if let (Some(payer), Some(user)) = (payer, user) {
            let order = Money::new(-intent.order.minor(), intent.order.currency());
            self.take(&user, -payer.minor(), order);
            let payment = self.payments.edit(intent.payment).expect("found above");
            payment.refunded_order += intent.order.minor();
            payment.refunded_payer += payer.minor();
        }
        let silent = scenario == Scenario::RefundSilent;
        Ok(RefundTold::Settled(if silent { Manner::Silent } else { Manner::Plain }))
    }

    /// What is owed for orders that are not of [`Terms::owed_in`], in the wallet's currency.
    pub fn owed_at_home(&self) -> Money {
        let totals = self.totals.get(ALL).expect("there is one row of totals");
        Money::new(totals.owed_at_home, self.terms.currency)
    }

    /// Deposited, debited and owed, as the running totals say.
    pub fn totals(&self) -> (Money, Money, Money) {
        let totals = self.totals.get(ALL).expect("there is one row of totals");
        let ours = |minor| Money::new(minor, self.terms.currency);
        let owed = Money::new(totals.owed, self.terms.owed_in);
        (ours(totals.deposited), ours(totals.debited), owed)
    }

    /// True when the running totals are what users and payments add up to.
    pub fn balanced(&self) -> bool {
        let (deposited, debited, owed) = self.totals();
        let held: i64 = self.users.iter().map(|(_, user)| user.balance).sum();
        let paid = || self.payments.iter().filter(|(_, p)| p.state != State::Cancelled);
        let payer: i64 = paid().map(|(_, p)| p.taken().payer - p.refunded_payer).sum();
        let due = paid().map(|(_, p)| {
            let (taken, order) = (p.taken(), p.order.currency());
            let order = Money::new(taken.order - p.refunded_order, order);
            self.terms.due(taken.payer - p.refunded_payer, order)
        });
        let due = due.fold((0, 0), |sum, due| (sum.0 + due.0, sum.1 + due.1));
        let frozen: i64 = self.payments.iter().map(|(_, p)| p.frozen()).sum();
        let totals = self.totals.get(ALL).expect("there is one row of totals");
        let held_back = totals.frozen;
        deposited.minor() == held + debited.minor() + held_back
            && held_back == frozen
            && debited.minor() == payer
            && (owed.minor(), totals.owed_at_home) == due
    }
}

/// One minor unit more on both sides when the amount is to be wrong: the user is really debited
/// that much.
fn more(money: Money, scenario: Scenario) -> Money {
    let more = i64::from(scenario == Scenario::WrongAmount);
    Money::new(money.minor().saturating_add(more), money.currency())
}

/// What the user would get back; `None` when the refund is not possible.
fn refundable(payment: &Payment, intent: RefundIntent<'_>) -> Option<Money> {
    let taken = payment.taken();
    let order_left = taken.order - payment.refunded_order;
    let payer_left = taken.payer - payment.refunded_payer;
    let possible = matches!(payment.state, State::Paid | State::Held | State::Released)
        && intent.order.currency() == payment.order.currency()
        && (1..=order_left).contains(&intent.order.minor());
    if !possible {
        return None;
    }
    let payer = match intent.payer {
        Some(payer) => payer,
        // From the running sum, so that the last refund takes what rounding left.
        None => {
            let sum = payment.refunded_order + intent.order.minor();
            let share = payment.payer.share(sum, payment.order.minor()).ok()?;
            Money::new(share.minor() - payment.refunded_payer, share.currency())
        }
    };
    let fits =
        payer.currency() == payment.payer.currency() && (0..=payer_left).contains(&payer.minor());
    fits.then_some(payer)
}
