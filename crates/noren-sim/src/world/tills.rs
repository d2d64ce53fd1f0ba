//! Shops and payers: what they want, and how they repeat themselves.

use noren_core::command::{
    Body, Caller, Command, CreditAssign, CreditReturn, IfPaid, OrderCancel, PaymentCancel,
    PaymentCapture, PaymentChoose, PaymentCreate, PaymentRecall, PaymentVoid, Prefund, Present,
    RefundCreate,
};
use noren_core::directory::{Cap, Change};
use noren_core::effects::Reply;
use noren_core::id::{PaymentId, WalletName};
use noren_core::ledger::AccountOwner;
use noren_core::money::{Currency, Money};
use noren_core::movement::Direction;
use noren_core::payment::{CaptureMode, State};
use noren_core::refund::RefundState;
use noren_core::time::Span;
use noren_core::wallet::PaymentCode;
use noren_wallets::noren::messages::CreditRequest;
use noren_wallets::sandbox::scenario::{Scenario, ScenarioOf};
use serde_json::{Value, json};

use super::networks::{PARTNER, RAIL};
use super::switch::{Job, ReplyTo};
use super::{Event, World, edge};
use crate::directory::{self, Till};

/// An order as its till remembers it.
struct Order {
    till: Till,
    number: String,
    amount: i64,
    /// The payments that the till was told of.
    payments: Vec<PaymentId>,
    /// True when the till shows a code and the payer scans it.
    shown: bool,
    /// True when the till asked for a hold.
    held: bool,
    /// True for a shop on the web, whose payer opens a link.
    web: bool,
}

/// How the payer is met.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meeting {
    /// The till scans the payer's code.
    Scanned,
    /// The payer scans the till's code.
    Shown,
    /// The payer opens the link of a shop on the web.
    Web,
}

/// A call that a till made.
struct Sent {
    command: Command,
    order: Option<usize>,
    answered: bool,
    tries: u32,
}

/// What all tills remember.
#[derive(Default)]
pub(super) struct Tills {
    orders: Vec<Order>,
    sent: Vec<Sent>,
    codes: Vec<(usize, String)>,
    counter: u64,
}

/// How often a till repeats a call that nobody answers before its clerk gives up.
const TRIES_MAX: u32 = 5;

impl World {
    /// Something new happens.
    pub(super) fn act(&mut self) {
        if self.healed {
            return;
        }
        let pause = self.rng.range(1, self.swarm.pause_ms * 2);
        let pause = self.patiently(pause);
        self.at(pause, Event::Act);
        if self.rng.chance(self.swarm.outage) {
            self.go_away();
        }
        if self.swarm.cap_room > 0 && self.rng.chance(300) {
            self.set_caps();
        }
        if self.rng.chance(self.swarm.operator) {
            self.operate();
        }
        if self.swarm.push > 0 && self.rng.chance(self.swarm.push) {
            self.push();
        } else if self.rng.chance(self.swarm.repeat) {
            self.repeat();
        } else if self.rng.chance(self.swarm.refund) {
            self.refund();
        } else if self.rng.chance(self.swarm.cancel) {
            self.cancel();
        } else if self.swarm.hold > 0 && self.rng.chance(4_000) {
            self.capture_or_void();
        } else if self.swarm.web > 0 && self.rng.chance(self.swarm.web) {
            if self.rng.chance(4_000) { self.order() } else { self.open_link() }
        } else {
            match self.rng.below(10) {
                0..4 => self.pay(),
                4..6 => self.show(),
                6..8 => self.scan_shown(),
                _ => self.scan_printed(),
            }
        }
    }

    /// The operator leaves each wallet some room above what it owes now; nothing settles here, so
    /// a cap that stayed would soon refuse everything.
    pub(super) fn set_caps(&mut self) {
        if self.swarm.cap_room == 0 {
            return;
        }
        for place in 0..self.networks.len() {
            let wallet = self.networks[place].name;
            let owed = self.auditor.owed(AccountOwner::Wallet(wallet));
            let currency = match place {
                PARTNER => Currency::CNY,
                _ if self.others().contains(&place) => self.networks[place].profile.currency,
                _ => Currency::JPY,
            };
            let owed = owed.get(&currency).copied().unwrap_or(0).max(0);
            let room = self.rng.range(1, self.swarm.cap_room) as i64;
            let cap = Cap { wallet, currency, limit: Some(owed + room) };
            let body = Body::Directory(Change::Cap(cap));
            let command = Command { caller: Caller::Operator, entropy: self.entropy(), body };
            self.arrive(Job { command, reply_to: ReplyTo::Nobody });
            if self.rng.chance(3_000) {
                self.prefund(wallet, currency);
            }
        }
    }

    /// A wallet places money beforehand, or wants it back: sometimes more than it can have.
    fn prefund(&mut self, wallet: WalletName, currency: Currency) {
        let placed = self.auditor.placed(wallet, currency);
        let back = self.rng.chance(6_000);
        let (direction, most) = match back {
            true => (Direction::Returned, placed.unsigned_abs() + 500),
            false => (Direction::Received, self.swarm.cap_room),
        };
        let amount = Money::new(self.rng.range(1, most) as i64, currency);
        let (key, reference) = (self.key(), "by the bank".into());
        let hash = edge::hash(format!("{wallet} {direction:?} {amount}").as_bytes());
        let body = Body::Prefund(Prefund { key, hash, wallet, direction, amount, reference });
        let command = Command { caller: Caller::Operator, entropy: self.entropy(), body };
        // The operator's own program may say it twice.
        if self.rng.chance(1_000) {
            let command = command.clone();
            self.arrive(Job { command, reply_to: ReplyTo::Nobody });
        }
        self.arrive(Job { command, reply_to: ReplyTo::Nobody });
    }

    fn number(&mut self) -> u64 {
        self.tills.counter += 1;
        self.tills.counter
    }

    fn key(&mut self) -> noren_core::Text {
        format!("k{}", self.number()).into()
    }

    fn till(&mut self) -> Till {
        let takayama = self.rng.chance(7_000) || self.swarm.one_shop;
        if takayama { directory::takayama() } else { directory::kanazawa() }
    }

    fn user(&mut self) -> String {
        format!("u{}", self.rng.below(self.swarm.users))
    }

    /// What a shop asks for; now and then something that no shop may.
    fn amount(&mut self) -> i64 {
        match self.rng.below(60) {
            0 => 0,
            1 => 100_001,
            2..6 => self.rng.range(1, 12) as i64,
            _ => self.rng.range(100, 5_000) as i64,
        }
    }

    /// Sometimes a user's next payment or refund will not be smooth.
    fn trouble(&mut self, network: usize, user: &str) {
        if !self.rng.chance(self.swarm.trouble) {
            return;
        }
        let scenario = *self.rng.pick(&Scenario::ALL);
        let partners = scenario.of() == ScenarioOf::Scan || scenario == Scenario::Blocked;
        if partners && network != PARTNER {
            return;
        }
        let body = json!({ "user": user, "scenario": scenario, "times": 1 });
        self.control(network, "POST", "scenario", &body);
    }

    /// The code that a user shows; rarely one that was shown before.
    fn payers_code(&mut self, network: usize) -> Option<String> {
        let old = self.tills.codes.iter().filter(|(of, _)| *of == network).count() as u64;
        if old > 0 && self.rng.chance(300) {
            let nth = self.rng.below(old) as usize;
            let mut of_network = self.tills.codes.iter().filter(|(of, _)| *of == network);
            return of_network.nth(nth).map(|(_, code)| code.clone());
        }
        let user = self.user();
        self.trouble(network, &user);
        let body = json!({ "code_id": format!("c{}", self.number()) });
        let shown = self.control(network, "POST", &format!("users/{user}/code"), &body)?;
        let code = shown.get("code").and_then(Value::as_str)?.to_owned();
        self.tills.codes.push((network, code.clone()));
        Some(code)
    }

    fn consumer(&mut self) -> Option<Present> {
        let network = self.other_or(|world| world.rng.below(2) as usize);
        let code = self.payers_code(network)?;
        Some(Present::Consumer {
            wallet: self.networks[network].name,
            code: PaymentCode::new(&code),
            code_hash: format!("hash-of-{code}").into(),
        })
    }

    /// The till scans a payer's code.
    fn pay(&mut self) {
        let Some(present) = self.consumer() else { return };
        let order = self.new_order(Meeting::Scanned);
        self.create(order, present);
    }

    /// The till shows a code for one order.
    fn show(&mut self) {
        let order = self.new_order(Meeting::Shown);
        let expires_in = Span(self.rng.range(2_000, 90_000));
        self.create(order, Present::Merchant { expires_in });
    }

    /// A shop on the web has an order, and its payer has chosen a wallet. One in ten chooses a wallet
    /// that makes no orders, and is told so.
    fn order(&mut self) {
        let order = self.new_order(Meeting::Web);
        let present = self.online();
        self.create(order, present);
    }

    fn online(&mut self) -> Present {
        let place = self.orderer();
        let expires_in = Span(self.rng.range(5_000, 150_000));
        Present::Online { wallet: self.networks[place].name, expires_in }
    }

    /// The network that is asked for an order.
    fn orderer(&mut self) -> usize {
        self.other_or(|world| if world.rng.chance(1_000) { 0 } else { PARTNER })
    }

    /// A payer opens the link that a shop on the web was given, and pays, or not.
    fn open_link(&mut self) {
        if self.rng.chance(2_000) {
            return self.choose();
        }
        let linked = |order: &Order| order.web || order.shown;
        let Some(order) = self.recent(|order| linked(order) && !order.payments.is_empty()) else {
            return;
        };
        // What the shop reads of its payments.
        let rows = self.tills.orders[order].payments.iter();
        let mut links = rows.filter_map(|id| {
            let payment = self.auditor.payment_row(*id)?;
            match &payment.state {
                State::Ordered(open) => Some((payment.wallet()?, open.link.clone())),
                _ => None,
            }
        });
        let Some((wallet, link)) = links.next_back() else { return };
        let user = self.user();
        if let Some(other) = self.other(wallet) {
            self.trouble(other, &user);
            let (pin, refuse) = (self.rng.below(10) > 0, self.rng.below(10) == 0);
            let pin = pin.then_some("1234");
            let body = json!({ "user": user, "order": &*link, "pin": pin, "refuse": refuse });
            self.control(other, "POST", "pay", &body);
            return;
        }
        let Some((_, place)) = link.split_once("/sandbox/") else { return };
        self.trouble(PARTNER, &user);
        let body = match self.rng.below(10) {
            0 => json!({ "user": user }),
            1 => json!({ "user": user, "refuse": true }),
            _ => json!({ "user": user, "pin": "1234" }),
        };
        self.control(PARTNER, "POST", place, &body);
    }

    /// A payer without a wallet that reads our codes opens the code of an order, and says which
    /// wallet to ask.
    fn choose(&mut self) {
        let Some(order) = self.recent(|order| order.shown && !order.payments.is_empty()) else {
            return;
        };
        let Some(&payment) = self.tills.orders[order].payments.last() else { return };
        let place = self.orderer();
        let body =
            Body::PaymentChoose(PaymentChoose { payment, wallet: self.networks[place].name });
        let command = Command { caller: Caller::Payer, entropy: self.entropy(), body };
        self.counts.add("order", "payer chooses");
        self.arrive(Job { command, reply_to: ReplyTo::Nobody });
    }

    fn new_order(&mut self, meeting: Meeting) -> usize {
        let (till, amount) = (self.till(), self.amount());
        let number = format!("O{}", self.number());
        self.tills.orders.push(Order {
            till,
            number,
            amount,
            payments: Vec::new(),
            shown: meeting == Meeting::Shown,
            held: false,
            web: meeting == Meeting::Web,
        });
        self.tills.orders.len() - 1
    }

    fn create(&mut self, order: usize, present: Present) {
        let key = self.key();
        // One in ten tills asks a wallet that does not hold, and is refused.
        let may_hold = match &present {
            Present::Consumer { wallet, .. } => {
                let own = self.other(*wallet).map(|place| &self.networks[place]);
                *wallet == self.networks[PARTNER].name
                    || own.is_some_and(|network| network.profile.holds.is_some())
                    || self.rng.chance(1_000)
            }
            Present::Merchant { .. } => self.swarm.hold_shown,
            Present::Online { .. } => true,
        };
        let manual = may_hold && self.rng.chance(self.swarm.hold);
        self.tills.orders[order].held |= manual;
        let capture = if manual { CaptureMode::Manual } else { CaptureMode::Now };
        let Order { till, number, amount, .. } = &self.tills.orders[order];
        let text = format!("{number} {amount} {present:?} {capture:?} {key}");
        let caller = Caller::Merchant { tenant: till.tenant, merchant: till.merchant };
        let body = Body::PaymentCreate(PaymentCreate {
            key,
            hash: edge::hash(text.as_bytes()),
            order_number: number.as_str().into(),
            store: till.store,
            amount: Money::new(*amount, Currency::JPY),
            present,
            capture,
            memo: None,
        });
        self.till_calls(caller, body, Some(order));
    }

    fn till_calls(&mut self, caller: Caller, body: Body, order: Option<usize>) {
        let command = Command { caller, entropy: self.entropy(), body };
        let sent = Sent { command, order, answered: false, tries: 0 };
        self.tills.sent.push(sent);
        self.till_sends(self.tills.sent.len() - 1);
    }

    fn till_sends(&mut self, sent: usize) {
        self.tills.sent[sent].tries += 1;
        // A switch that is away for hours is called less and less often.
        let tries = self.tills.sent[sent].tries;
        self.at(10_000 << tries.saturating_sub(TRIES_MAX).min(10), Event::TillPatience { sent });
        if self.lost("till's call lost") {
            return;
        }
        for _ in 0..self.copies() {
            let travel = self.travel();
            // The edge draws fresh bits for each call that arrives.
            let entropy = self.entropy();
            let command = Command { entropy, ..self.tills.sent[sent].command.clone() };
            let job = Box::new(Job { command, reply_to: ReplyTo::Till(sent) });
            self.at(travel, Event::Arrive { job });
        }
    }

    pub(super) fn till_patience(&mut self, sent: usize) {
        let call = &self.tills.sent[sent];
        if !call.answered && (call.tries < TRIES_MAX || self.healed) {
            self.till_sends(sent);
        }
    }

    /// A till hears a reply.
    pub(super) fn till_hears(&mut self, sent: usize, reply: &Reply) {
        self.tills.sent[sent].answered = true;
        let (Reply::Payment { payment, .. }
        | Reply::Order { payment: Some(payment), .. }
        | Reply::Capture { payment, .. }
        | Reply::Refund { payment, .. }) = reply
        else {
            return;
        };
        if let Some(order) = self.tills.sent[sent].order {
            let known = &mut self.tills.orders[order].payments;
            if !known.contains(&payment.id) {
                known.push(payment.id);
            }
        }
    }

    /// One of the last orders that fit.
    fn recent(&mut self, fits: impl Fn(&Order) -> bool) -> Option<usize> {
        let places: Vec<_> = (0..self.tills.orders.len())
            .rev()
            .filter(|place| fits(&self.tills.orders[*place]))
            .take(8)
            .collect();
        if places.is_empty() { None } else { Some(*self.rng.pick(&places)) }
    }

    /// A till does again what it did: the same call, the same key with another body, or the same
    /// order under another key.
    fn repeat(&mut self) {
        let calls = self.tills.sent.len() as u64;
        if calls == 0 {
            return;
        }
        let place = (calls - 1 - self.rng.below(calls.min(12))) as usize;
        match self.rng.below(4) {
            0 | 1 => {
                self.counts.add("till", "same call again");
                let sent = &self.tills.sent[place];
                let (caller, order) = (sent.command.caller, sent.order);
                match &sent.command.body {
                    Body::PaymentCreate(create) if self.swarm.recall => {
                        self.counts.add("till", "same call, refused by the edge");
                        let (key, hash) = (create.key.clone(), create.hash);
                        let recall = PaymentRecall { key, hash };
                        self.till_calls(caller, Body::PaymentRecall(recall), order);
                    }
                    _ => self.till_sends(place),
                }
            }
            2 => {
                self.counts.add("till", "same key, other body");
                let mut command = self.tills.sent[place].command.clone();
                let order = self.tills.sent[place].order;
                match &mut command.body {
                    Body::PaymentCreate(create) => create.hash[0] ^= 1,
                    Body::PaymentRecall(recall) => recall.hash[0] ^= 1,
                    Body::PaymentCancel(cancel) => cancel.hash[0] ^= 1,
                    Body::OrderCancel(cancel) => cancel.hash[0] ^= 1,
                    Body::PaymentCapture(capture) => capture.hash[0] ^= 1,
                    Body::PaymentVoid(void) => void.hash[0] ^= 1,
                    Body::RefundCreate(create) => create.hash[0] ^= 1,
                    _ => return,
                }
                self.till_calls(command.caller, command.body, order);
            }
            _ => {
                let Some(order) = self.recent(|_| true) else { return };
                self.counts.add("till", "same order, other key");
                if self.tills.orders[order].web {
                    let present = self.online();
                    self.create(order, present);
                } else if self.tills.orders[order].shown && self.rng.chance(5_000) {
                    self.create(order, Present::Merchant { expires_in: Span::seconds(30) });
                } else if let Some(present) = self.consumer() {
                    self.create(order, present);
                }
            }
        }
    }

    /// The merchant that asks: nearly always the payment's own.
    fn asker(&mut self, order: usize) -> Caller {
        let own = self.tills.orders[order].till;
        let till = if self.rng.chance(300) {
            self.counts.add("till", "another merchant's payment");
            let takayama = directory::takayama();
            if own.merchant == takayama.merchant { directory::kanazawa() } else { takayama }
        } else {
            own
        };
        Caller::Merchant { tenant: till.tenant, merchant: till.merchant }
    }

    fn payment_of(&mut self) -> Option<(usize, PaymentId)> {
        let order = self.recent(|order| !order.payments.is_empty())?;
        let payments = self.tills.orders[order].payments.clone();
        Some((order, *self.rng.pick(&payments)))
    }

    fn cancel(&mut self) {
        if self.rng.chance(3_000) {
            return self.withdraw();
        }
        let Some((order, payment)) = self.payment_of() else { return };
        let (caller, key) = (self.asker(order), self.key());
        let hash = edge::hash(format!("cancel {payment}").as_bytes());
        let cancel = PaymentCancel { key, hash, payment };
        self.till_calls(caller, Body::PaymentCancel(cancel), Some(order));
    }

    /// A shop lets an order not stand: mostly one whose call got no answer, sometimes one that is
    /// paid; and now and then one whose payment comes only afterwards.
    fn withdraw(&mut self) {
        self.counts.add("till", "order cancelled by its number");
        let early = self.rng.chance(2_500);
        let order =
            if early { Some(self.new_order(Meeting::Shown)) } else { self.recent(|_| true) };
        let Some(order) = order else { return };
        let (caller, key) = (self.asker(order), self.key());
        let number = self.tills.orders[order].number.as_str().into();
        let hash = edge::hash(format!("withdraw {number}").as_bytes());
        // Some tills may sell and not give back.
        let if_paid = if order % 3 == 0 { IfPaid::Refuse } else { IfPaid::Refund };
        let cancel = OrderCancel { key, hash, order_number: number, if_paid };
        self.till_calls(caller, Body::OrderCancel(cancel), Some(order));
        if early {
            self.create(order, Present::Merchant { expires_in: Span::seconds(30) });
        }
    }

    /// A shop takes a part of what is held for it, or lets the rest go; sometimes two at once.
    fn capture_or_void(&mut self) {
        let fits = |order: &Order| order.held && !order.payments.is_empty();
        let Some(order) = self.recent(fits) else { return };
        let payments = self.tills.orders[order].payments.clone();
        let payment = *self.rng.pick(&payments);
        for _ in 0..1 + u64::from(self.rng.chance(2_000)) {
            let (caller, key) = (self.asker(order), self.key());
            let whole = self.tills.orders[order].amount.max(1) as u64;
            let minor = match self.rng.below(6) {
                0 => whole,
                1 => self.rng.range(1, whole + whole / 10),
                _ => self.rng.range(1, whole / 2 + 1),
            };
            let body = if self.rng.chance(2_500) {
                let hash = edge::hash(format!("void {payment}").as_bytes());
                Body::PaymentVoid(PaymentVoid { key, hash, payment })
            } else {
                let amount = Money::new(minor as i64, Currency::JPY);
                let hash = edge::hash(format!("capture {payment} {amount}").as_bytes());
                Body::PaymentCapture(PaymentCapture { key, hash, payment, amount })
            };
            self.till_calls(caller, body, Some(order));
        }
    }

    /// One refund, or two at once that race for the same money.
    fn refund(&mut self) {
        let Some((order, payment)) = self.payment_of() else { return };
        if self.rng.chance(self.swarm.trouble) {
            let network = self.other_or(|world| world.rng.below(2) as usize);
            let user = self.user();
            let scenario = *self.rng.pick(&[Scenario::RefundNoFunds, Scenario::RefundSilent]);
            let body = json!({ "user": user, "scenario": scenario, "times": 1 });
            self.control(network, "POST", "scenario", &body);
        }
        let race = self.rng.chance(3_000);
        if race {
            self.counts.add("till", "refunds race");
        }
        for _ in 0..1 + u64::from(race) {
            let whole = self.tills.orders[order].amount.max(1) as u64;
            let minor = match self.rng.below(5) {
                0 => whole,
                1 => self.rng.range(1, whole + whole / 10),
                2 => self.left_of(payment).unwrap_or(whole),
                _ => self.rng.range(1, whole),
            };
            let amount = Money::new(minor as i64, Currency::JPY);
            let (caller, key) = (self.asker(order), self.key());
            let hash = edge::hash(format!("refund {payment} {amount}").as_bytes());
            let create = RefundCreate { key, hash, payment, amount, number: None, memo: None };
            self.till_calls(caller, Body::RefundCreate(create), Some(order));
        }
    }

    /// What a shop that keeps its own list has still to give back of a payment.
    fn left_of(&self, payment: PaymentId) -> Option<u64> {
        let row = self.auditor.payment_row(payment)?;
        let back = row.refunds.iter().filter(|r| !matches!(r.state, RefundState::Declined(_)));
        let back: i64 = back.map(|refund| refund.amount.minor()).sum();
        u64::try_from(row.amount.minor() - back).ok().filter(|left| *left > 0)
    }

    /// A payer scans a printed code.
    fn scan_printed(&mut self) {
        let till = self.till();
        let amount = self.rng.range(1, 5_000);
        self.scan(&edge::code_text(till.jpqr, None), Some(amount));
    }

    /// A payer scans the code that a till shows; sometimes two do.
    fn scan_shown(&mut self) {
        let Some(order) = self.recent(|order| order.shown && !order.payments.is_empty()) else {
            return;
        };
        let Order { till, payments, .. } = &self.tills.orders[order];
        let Some(payment) = payments.last() else { return };
        let code = edge::code_text(till.jpqr, Some(*payment));
        for _ in 0..1 + u64::from(self.rng.chance(1_500)) {
            self.scan(&code, None);
        }
    }

    /// A payer's bank credits a code of ours, or a name that nobody here has; rarely the wrong
    /// amount, or one transaction told in two ways. Or people look at what nobody has claimed.
    fn push(&mut self) {
        if self.rng.chance(1_500) {
            return self.settle_credit();
        }
        let shown = self.recent(|order| order.shown && !order.payments.is_empty());
        let (reference, amount) = match (self.rng.below(10), shown) {
            (0, _) => (format!("whoever {}", self.number()), self.rng.range(1, 5_000)),
            // More than the shop takes at once.
            (1, _) => (edge::code_text(self.till().jpqr, None), 150_000),
            (2..6, _) | (_, None) => {
                (edge::code_text(self.till().jpqr, None), self.rng.range(1, 5_000))
            }
            (_, Some(order)) => {
                let Order { till, payments, amount, .. } = &self.tills.orders[order];
                let Some(payment) = payments.last() else { return };
                let code = edge::code_text(till.jpqr, Some(*payment));
                let right = u64::try_from(*amount).unwrap_or(0).max(1);
                let wrong = self.rng.chance(1_500);
                (code, if wrong { self.rng.range(1, 5_000) } else { right })
            }
        };
        let transaction = format!("B{}", self.number());
        self.credit(&transaction, &transaction, &reference, amount);
        match self.rng.below(10) {
            // Another payer of the same code.
            0 => {
                let second = format!("B{}", self.number());
                self.credit(&second, &second, &reference, amount);
            }
            1 => {
                let message = format!("{transaction}-again");
                self.credit(&message, &transaction, &reference, amount + 1);
            }
            _ => {}
        }
    }

    fn credit(&mut self, message: &str, transaction: &str, reference: &str, amount: u64) {
        let credit = CreditRequest {
            wallet_transaction_id: transaction.to_owned(),
            reference: reference.to_owned(),
            amount: Money::new(amount as i64, Currency::JPY),
            payer_amount: None,
            settlement_amount: None,
            credited_at: self.now,
        };
        let body = json!({ "message": message, "credit": credit });
        self.control(RAIL, "POST", "push", &body);
    }

    /// People give a credit that waits to a shop, or send it back; sometimes two of them at once.
    fn settle_credit(&mut self) {
        let waits: Vec<_> =
            self.auditor.credits().filter(|credit| credit.is_open()).map(|c| c.id).collect();
        if waits.is_empty() {
            return;
        }
        let credit = *self.rng.pick(&waits);
        for _ in 0..1 + u64::from(self.rng.chance(2_000)) {
            let body = if self.rng.chance(5_000) {
                let store = self.till().store;
                Body::CreditAssign(CreditAssign { credit, store })
            } else {
                Body::CreditReturn(CreditReturn { credit })
            };
            let command = Command { caller: Caller::Operator, entropy: self.entropy(), body };
            self.arrive(Job { command, reply_to: ReplyTo::Nobody });
        }
    }

    fn scan(&mut self, code: &str, amount: Option<u64>) {
        let user = self.user();
        self.trouble(PARTNER, &user);
        let scan_id = format!("s{}", self.number());
        let body = json!({
            "scan_id": scan_id, "user": user, "code": code, "amount": amount, "pin": "1234",
        });
        self.control(PARTNER, "POST", "scan", &body);
    }
}
