//! The switch as the runtime runs it, one writer, with a process that can end between any two
//! effects: prefetch, apply, commit, release; calls with `send_by`.

use std::collections::VecDeque;

use noren_core::command::{Body, Caller, Command, PaymentHeard};
use noren_core::directory::Change;
use noren_core::effects::{Alarm, Effects, Found, Missing, Reply, Row};
use noren_core::engine::Engine;
use noren_core::id::Entropy;
use noren_core::keys::Key;
use noren_core::payment::Payment;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{Ask, Call, Unknown};
use noren_store::{Batch, Fault, Fetch, Hash, MemoryStore, Store};
use noren_wallets::connector::{Env, Heard, STEPS_MAX, Step};
use noren_wallets::wire::{Request, Response, TransportError};

use super::{Counts, Event, Options, Outcome, World, edge};
use crate::audit::{Broken, Commit};
use crate::coverage::Before;

/// Who waits for the reply to a command.
pub(super) enum ReplyTo {
    /// Nobody: time, or the answer to a call.
    Nobody,
    /// A till, by the number of its call.
    Till(usize),
    /// A wallet that called our wallet API.
    Wallet { network: usize, id: u64, request: Box<Request> },
    /// A network that notified us; the acknowledgement is ready.
    Notice { network: usize, id: u64, acknowledge: Box<Response> },
}

/// A command on its way to the engine.
pub(super) struct Job {
    pub command: Command,
    pub reply_to: ReplyTo,
}

/// A call that left, until its outcome was applied.
pub(super) struct Flight {
    epoch: u64,
    network: usize,
    call: Call,
    request: Request,
    /// Which message of the call it is, from 1.
    step: usize,
    done: bool,
}

/// The process and its disk.
pub(super) struct Switch {
    engine: Option<Engine>,
    store: MemoryStore,
    number: u64,
    hash: Hash,
    inbox: VecDeque<Job>,
    drain_waits: bool,
    wake_waits: Option<Timestamp>,
    /// Counts the starts, so that what an earlier process had begun is not taken for this one's.
    epoch: u64,
    pub up_since: Timestamp,
    /// Until then the process is away for hours, and the world around it is quieter.
    away_until: Timestamp,
    #[cfg(feature = "faults")]
    plant: Option<noren_core::fault::Fault>,
}

impl Switch {
    pub fn new(options: &Options) -> Self {
        #[cfg(not(feature = "faults"))]
        let _ = options;
        Self {
            engine: None,
            store: MemoryStore::new(),
            number: 0,
            hash: Hash::default(),
            inbox: VecDeque::new(),
            drain_waits: false,
            wake_waits: None,
            epoch: 0,
            up_since: crate::directory::START,
            away_until: crate::directory::START,
            #[cfg(feature = "faults")]
            plant: options.plant,
        }
    }

    pub fn is_up(&self) -> bool {
        self.engine.is_some()
    }
}

/// What a batch led to, until it is released.
#[derive(Default)]
struct Decided {
    commands: Vec<Command>,
    rows: Vec<Row>,
    calls: Vec<Call>,
    replies: Vec<(Command, ReplyTo, Reply)>,
}

fn store_broken(error: &noren_store::StoreError) -> Broken {
    Broken { invariant: "I11", what: format!("the store: {error}") }
}

fn prefetch(
    engine: &mut Engine,
    store: &mut MemoryStore,
    keys: &[Key],
    counts: &mut Counts,
) -> Result<(), Broken> {
    for (key, found) in store.fetch(keys).map_err(|error| store_broken(&error))? {
        let row = match (&key, &found) {
            (_, Found::Nothing) => None,
            (Key::Payment(_), _) => Some("payment fetched"),
            (Key::Refund(_), Found::Credit(_)) => Some("credit fetched"),
            (Key::Refund(_), _) => Some("payment fetched by its refund"),
            (Key::Idempotency(_), _) => Some("key fetched"),
            (Key::Order(_), _) => Some("order fetched"),
            (Key::Used(_), _) => Some("used name fetched"),
            (Key::Quote(_), _) => Some("quote fetched"),
            (Key::Credit(_), _) => Some("credit fetched"),
            (Key::Day(_), _) => Some("total of a day fetched"),
        };
        if let Some(row) = row {
            counts.add("memory", row);
        }
        engine.admit(key, found);
    }
    Ok(())
}

fn apply(
    engine: &mut Engine,
    store: &mut MemoryStore,
    now: Timestamp,
    command: &Command,
    counts: &mut Counts,
) -> Result<Effects, Broken> {
    for _ in 0..8 {
        match engine.apply(now, command) {
            Ok(effects) => return Ok(effects),
            Err(Missing(keys)) => prefetch(engine, store, &keys, counts)?,
        }
    }
    let what = format!("a command asks for more and more from the store: {command:?}");
    Err(Broken { invariant: "I11", what })
}

impl World {
    /// Something for the engine. What comes while the process is down is lost, or refused to
    /// whoever would hear of it.
    pub(super) fn arrive(&mut self, job: Job) {
        if !self.switch.is_up() {
            match job.reply_to {
                ReplyTo::Wallet { network, id, .. } | ReplyTo::Notice { network, id, .. } => {
                    let outcome = Box::new(Err(TransportError::NotSent));
                    self.at(1, Event::ToNetwork { network, id, outcome });
                }
                ReplyTo::Nobody | ReplyTo::Till(_) => {}
            }
            return;
        }
        self.switch.inbox.push_back(job);
        self.drain_soon();
    }

    fn drain_soon(&mut self) {
        if !self.switch.drain_waits {
            self.switch.drain_waits = true;
            let (wait, epoch) = (self.rng.range(1, 20), self.switch.epoch);
            self.at(wait, Event::Drain { epoch });
        }
    }

    pub(super) fn drain(&mut self, epoch: u64) -> Result<(), Broken> {
        if epoch != self.switch.epoch || !self.switch.is_up() {
            return Ok(());
        }
        self.switch.drain_waits = false;
        let count = self.switch.inbox.len().min(self.swarm.batch_max);
        let jobs: Vec<Job> = self.switch.inbox.drain(..count).collect();
        self.batch(jobs)?;
        if self.switch.is_up() && !self.switch.inbox.is_empty() {
            self.drain_soon();
        }
        Ok(())
    }

    pub(super) fn wake(&mut self, epoch: u64) -> Result<(), Broken> {
        if epoch != self.switch.epoch || self.switch.wake_waits != Some(self.now) {
            return Ok(());
        }
        self.switch.wake_waits = None;
        if self.switch.is_up() {
            self.batch(Vec::new())?;
        }
        Ok(())
    }

    /// Prefetch, apply, commit, release; and the process may end in between.
    fn batch(&mut self, jobs: Vec<Job>) -> Result<(), Broken> {
        let decided = self.decide(jobs)?;
        if self.rng.chance(self.swarm.crash_before_commit) {
            self.counts.add("fault", "crash before commit");
            self.crash();
            return Ok(());
        }
        if self.rng.chance(self.swarm.store_refuses) && !decided.rows.is_empty() {
            self.counts.add("fault", "store refuses a commit");
            self.refused(&decided)?;
            self.crash();
            return Ok(());
        }
        let lost = self.rng.chance(self.swarm.crash_after_commit);
        self.commit(&decided, lost)?;
        if lost {
            self.counts.add("fault", "crash after commit");
            self.crash();
            return Ok(());
        }
        self.release(decided)?;
        self.wake_when_due();
        Ok(())
    }

    fn decide(&mut self, jobs: Vec<Job>) -> Result<Decided, Broken> {
        let now = self.now;
        let mut decided = Decided::default();
        let mut engine = self.switch.engine.take().expect("the caller looked");
        // All batches before this one are committed.
        engine.let_go(engine.batch() - 1, self.swarm.keep);
        let mut keys = Vec::new();
        for job in &jobs {
            engine.wants(now, &job.command, &mut keys);
        }
        prefetch(&mut engine, &mut self.switch.store, &keys, &mut self.counts)?;
        for job in jobs {
            let (store, counts) = (&mut self.switch.store, &mut self.counts);
            let effects = apply(&mut engine, store, now, &job.command, counts)?;
            self.take_in(&mut decided, job, effects);
        }
        if engine.next_wake(false).is_some_and(|wake| wake <= now) {
            let entropy = Entropy(self.rng.wide());
            let body = Body::Tick { hold_expiries: false };
            let command = Command { caller: Caller::Runtime, entropy, body };
            let (store, counts) = (&mut self.switch.store, &mut self.counts);
            let effects = apply(&mut engine, store, now, &command, counts)?;
            self.take_in(&mut decided, Job { command, reply_to: ReplyTo::Nobody }, effects);
        }
        if engine.inquiries_waiting(now) > 0 {
            self.counts.add("doubt", "an inquiry waits its turn");
        }
        self.switch.engine = Some(engine);
        Ok(decided)
    }

    fn take_in(&mut self, decided: &mut Decided, job: Job, effects: Effects) {
        let Effects { rows, calls, alarms, reply } = effects;
        let by_time = matches!(job.command.body, Body::Tick { .. });
        let last = |id| {
            decided.rows.iter().rev().find_map(|row| match row {
                Row::Payment(payment) if payment.id == id => Some(payment.clone()),
                _ => None,
            })
        };
        let alarms = alarms.iter().map(|alarm: &Alarm| alarm.kind);
        let before = |id| last(id).or_else(|| self.auditor.payment_row(id).cloned());
        self.counts.observe(&rows, alarms, by_time, |new| before(new.id));
        let there = Before { auditor: &self.auditor, rows: &decided.rows };
        self.pairs.observe(&job.command, &rows, &there);
        if let Reply::Refused { refusal, replayed: false } = &reply {
            self.counts.refused(refusal);
        }
        decided.rows.extend(rows);
        decided.calls.extend(calls);
        decided.commands.push(job.command.clone());
        decided.replies.push((job.command, job.reply_to, reply));
    }

    /// The disk refuses the batch. Nothing of it may be there when the process starts again.
    fn refused(&mut self, decided: &Decided) -> Result<(), Broken> {
        let batch = self.sealed(decided);
        self.switch.store.fail_next(Fault::Refused);
        match self.switch.store.commit(&batch) {
            Err(_) => Ok(()),
            Ok(_) => {
                let what = "the store was to refuse a commit, and took it".to_owned();
                Err(Broken { invariant: "I11", what })
            }
        }
    }

    fn sealed(&mut self, decided: &Decided) -> Batch {
        let engine = self.switch.engine.as_mut().expect("the caller looked");
        Batch {
            number: self.switch.number + 1,
            now: self.now,
            previous: self.switch.hash,
            rows: decided.rows.clone(),
            seal: engine.seal(),
        }
    }

    /// Makes it durable and shows it to the auditor.
    fn commit(&mut self, decided: &Decided, lost: bool) -> Result<(), Broken> {
        let batch = self.sealed(decided);
        if decided.rows.is_empty() {
            decided.commands.iter().for_each(|command| self.auditor.hear(command));
            return Ok(());
        }
        let number = batch.number;
        // The auditor first: when the store refuses a batch, its words say better why.
        self.auditor.commit(&Commit {
            number,
            now: self.now,
            commands: &decided.commands,
            rows: &batch.rows,
            seal: &batch.seal,
        })?;
        self.tallies.commit(&batch.rows, &batch.seal)?;
        if lost {
            self.switch.store.fail_next(Fault::DurableThenLost);
        }
        match self.switch.store.commit(&batch) {
            Ok(hash) => (self.switch.number, self.switch.hash) = (number, hash),
            Err(_) if lost => {}
            Err(error) => return Err(store_broken(&error)),
        }
        let hash = self.switch.hash;
        let rows = batch.rows.len();
        self.note(|| format!("commit {number}, {rows} rows, {:02x}{:02x}", hash[0], hash[1]));
        for row in &batch.rows {
            if let Row::Payment(payment) = row {
                self.note(|| stands(payment));
            }
        }
        // What is in memory now must be what a start would load.
        if lost {
            let engine = self.switch.engine.as_ref().expect("the caller looked");
            self.auditor.accounts_are(engine.accounts())?;
        }
        Ok(())
    }

    /// Calls and replies leave, one by one.
    fn release(&mut self, decided: Decided) -> Result<(), Broken> {
        let Decided { commands, calls, replies, .. } = decided;
        for command in &commands {
            self.note(|| said(command));
        }
        for call in calls {
            if self.ends_in_release() {
                return Ok(());
            }
            self.auditor.released(&call, self.now)?;
            let long = self.rng.chance(self.swarm.queue_long);
            let wait = if long { self.rng.range(4_000, 9_000) } else { self.rng.range(0, 30) };
            let epoch = self.switch.epoch;
            self.at(wait, Event::Leave { epoch, call: Box::new(call) });
        }
        for (command, reply_to, reply) in replies {
            if self.ends_in_release() {
                return Ok(());
            }
            self.auditor.reply(&command, &reply)?;
            match reply_to {
                ReplyTo::Nobody => {}
                ReplyTo::Till(sent) => {
                    if !self.lost("reply to a till lost") {
                        self.till_hears(sent, &reply);
                    }
                }
                ReplyTo::Wallet { network, id, request } => {
                    let link = &self.networks[network].ours;
                    let response = edge::write(link, &request, &command, &reply, self.now);
                    self.answer_wallet(network, id, response);
                }
                ReplyTo::Notice { network, id, acknowledge } => {
                    self.answer_wallet(network, id, *acknowledge);
                }
            }
        }
        Ok(())
    }

    fn ends_in_release(&mut self) -> bool {
        let ends = self.rng.chance(self.swarm.crash_in_release);
        if ends {
            self.counts.add("fault", "crash within release");
            self.crash();
        }
        ends
    }

    pub(super) fn answer_wallet(&mut self, network: usize, id: u64, response: Response) {
        if self.lost("reply to a wallet lost") {
            return;
        }
        let travel = self.travel();
        self.at(travel, Event::ToNetwork { network, id, outcome: Box::new(Ok(response)) });
    }

    fn wake_when_due(&mut self) {
        let Some(engine) = &self.switch.engine else { return };
        let Some(wake) = engine.next_wake(false) else { return };
        let (wait, epoch) = (wake.since(self.now).0.max(1), self.switch.epoch);
        let at = self.now.after(Span(wait));
        if self.switch.wake_waits.is_none_or(|waits| at < waits) {
            self.switch.wake_waits = Some(at);
            self.at(wait, Event::Wake { epoch });
        }
    }

    /// The process ends: memory, queues and connections are gone, the disk stays.
    pub(super) fn crash(&mut self) {
        self.note(|| "the switch ends".to_owned());
        self.switch.engine = None;
        self.switch.inbox.clear();
        self.switch.drain_waits = false;
        self.switch.wake_waits = None;
        self.switch.epoch += 1;
        let mut down = self.rng.range(50, self.swarm.down_ms);
        if self.rng.chance(self.swarm.clock_jump) {
            self.counts.add("fault", "clock far ahead after a crash");
            down += self.rng.range(3_600_000, 30 * 3_600_000);
            self.switch.away_until = self.now.after(Span(down));
        }
        self.at(down, Event::Restart);
    }

    /// Somebody starts the process that is away for hours.
    pub(super) fn start_soon(&mut self) {
        if self.now < self.switch.away_until {
            self.switch.away_until = self.now;
            self.queue.retain(|_, event| !matches!(event, Event::Restart));
            self.at(self.swarm.down_ms, Event::Restart);
        }
    }

    /// How long somebody waits who would do something in so many milliseconds. While the switch is
    /// away for hours that is seldom: otherwise these hours would be most of the run's steps.
    pub(super) fn patiently(&self, wait: u64) -> u64 {
        const SELDOM: u64 = 20 * 60_000;
        if self.now < self.switch.away_until { wait.max(SELDOM) } else { wait }
    }

    /// A start from what is durable.
    pub(super) fn restart(&mut self) -> Result<(), Broken> {
        let loaded = self.switch.store.load().map_err(|error| store_broken(&error))?;
        let (open, credits) = (loaded.open.iter(), loaded.credits.iter());
        self.auditor.loaded(loaded.number, loaded.accounts.iter(), open, credits)?;
        (self.switch.number, self.switch.hash) = (loaded.number, loaded.hash);
        let engine = Engine::load(
            7,
            loaded.directory,
            loaded.accounts,
            loaded.heads,
            loaded.open,
            loaded.credits,
            loaded.days,
        );
        let engine = engine.map_err(|what| Broken { invariant: "I3", what })?;
        #[cfg(feature = "faults")]
        let engine = {
            let mut engine = engine;
            if let Some(fault) = self.switch.plant {
                engine.plant(fault);
            }
            engine
        };
        self.switch.engine = Some(engine);
        self.switch.up_since = self.now;
        self.auditor.started(self.now);
        self.note(|| "the switch starts".to_owned());
        self.wake_when_due();
        Ok(())
    }

    pub(super) fn commit_directory(&mut self, changes: Vec<Change>) -> Result<(), Broken> {
        let jobs = changes.into_iter().map(|change| Job {
            command: Command {
                caller: Caller::Operator,
                entropy: Entropy(1),
                body: Body::Directory(change),
            },
            reply_to: ReplyTo::Nobody,
        });
        let decided = self.decide(jobs.collect())?;
        self.commit(&decided, false)
    }

    /// A call leaves, unless its time is over.
    pub(super) fn leave(&mut self, epoch: u64, call: Call) -> Result<(), Broken> {
        if epoch != self.switch.epoch {
            return Ok(());
        }
        if self.now > call.send_by {
            self.counts.add("fault", "call dropped after send_by");
            let heard = Heard::unknown(&call.ask, Unknown::Dropped);
            self.hear(&call, heard);
            return Ok(());
        }
        self.auditor.call(&call, self.now)?;
        let Some(network) = self.networks.iter().position(|n| n.name == call.wallet) else {
            return Err(Broken { invariant: "I7", what: format!("a call to nobody: {call:?}") });
        };
        let env = Env { now: self.now, nonce: self.rng.wide() };
        let request = self.networks[network].connector.request(&call, env);
        self.note(|| {
            format!("{} leaves for {} ({})", ask_name(&call.ask), call.about, call.attempt)
        });
        self.fly(network, call, request, 1);
        Ok(())
    }

    /// One message of a call goes its way.
    fn fly(&mut self, network: usize, call: Call, request: Request, step: usize) {
        self.queued += 1;
        let flight = self.queued;
        let patience = Box::new(Err(TransportError::TimedOut));
        let timeout = match self.others().contains(&network) {
            true => self.patience().0,
            false => self.swarm.read_timeout.0,
        };
        self.at(timeout, Event::Answer { flight, outcome: patience, again: false });
        if self.rng.chance(self.swarm.refuse) {
            self.counts.add("fault", "connection refused");
            let outcome = Box::new(Err(TransportError::NotSent));
            self.at(1, Event::Answer { flight, outcome, again: false });
        } else if !self.lost("call lost") {
            // Where refunds have no key, a message that the way doubled, or held back until we had
            // learned that it never came, would be two refunds, whoever asked for one: nothing of ours
            // could tell.
            let keyless = matches!(call.ask, Ask::Refund(_) | Ask::CancelRefund(_))
                && !self.networks[network].profile.refund_key;
            let copies = if keyless { 1 } else { self.copies() };
            for _ in 0..copies {
                let travel = match keyless {
                    true => self.rng.range(1, self.swarm.travel_ms),
                    false => self.travel(),
                };
                let request = Box::new(request.clone());
                self.at(travel, Event::AtNetwork { network, flight, request });
            }
        }
        let epoch = self.switch.epoch;
        let flown = Flight { epoch, network, call, request, step, done: false };
        self.flights.insert(flight, flown);
    }

    /// What came of a call. The transport takes the first outcome; a doubled answer comes through
    /// all the same, because a proxy might do that.
    pub(super) fn answer(&mut self, flight: u64, outcome: &Outcome, again: bool) {
        let Some(flown) = self.flights.get_mut(&flight) else { return };
        if flown.epoch != self.switch.epoch {
            self.flights.remove(&flight);
            return;
        }
        if flown.done && !again {
            if outcome.is_ok() {
                self.counts.add("fault", "answer after the time-out");
            }
            return;
        }
        flown.done = true;
        let (call, request, network) = (flown.call.clone(), flown.request.clone(), flown.network);
        let step = flown.step;
        let response = outcome.as_ref().map_err(|error| *error);
        let env = Env { now: self.now, nonce: self.rng.wide() };
        match self.networks[network].connector.answer(&call, &request, response, env) {
            Step::Heard(heard) => self.hear(&call, heard),
            // The transport reads one answer to a message.
            Step::Then(_) if again => {}
            Step::Then(_) if self.now > call.send_by => {
                self.counts.add("fault", "call dropped between two messages");
                self.hear(&call, Heard::unknown(&call.ask, Unknown::Dropped));
            }
            Step::Then(next) => {
                assert!(step < STEPS_MAX, "a connector that does not come to an end: {next:?}");
                // The call has gone on: nothing that comes for this message is heard any more.
                self.flights.remove(&flight);
                self.fly(network, call, next, step + 1);
            }
        }
    }

    fn hear(&mut self, call: &Call, heard: Heard) {
        let body = heard.into_command(call);
        let command = Command { caller: Caller::Runtime, entropy: self.entropy(), body };
        self.arrive(Job { command, reply_to: ReplyTo::Nobody });
    }

    pub(super) fn entropy(&mut self) -> Entropy {
        Entropy(self.rng.wide())
    }
}

fn ask_name(ask: &Ask) -> &'static str {
    match ask {
        Ask::Pay(_) => "pay",
        Ask::Authorise(_) => "authorise",
        Ask::CreateOrder(_) => "order",
        Ask::Capture(_) => "capture",
        Ask::InquireCapture(_) => "capture inquiry",
        Ask::Void { .. } => "void",
        Ask::Inquire { .. } => "inquiry",
        Ask::Cancel { .. } => "cancel",
        Ask::Refund(_) => "refund",
        Ask::CancelRefund(_) => "cancel for a refund",
        Ask::InquireRefund(_) => "refund inquiry",
    }
}

/// Where a payment stands in a line, for the log.
fn stands(payment: &Payment) -> String {
    let strays = payment.strays.iter().map(|stray| ("stray", &stray.refund));
    let refunds = payment.refunds.iter().map(|refund| ("refund", refund)).chain(strays);
    let refunds: Vec<_> = refunds
        .map(|(kind, r)| format!(", {kind} {} of {} {}", r.id, r.amount, r.state.name()))
        .collect();
    let parts = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
    let parts: Vec<_> = parts
        .map(|p| format!(", capture {} of {} {}", p.terms.id, p.terms.amount, p.status()))
        .collect();
    format!("{} is {}{}{}", payment.id, payment.state.name(), parts.concat(), refunds.concat())
}

/// One command in a line, for the log.
fn said(command: &Command) -> String {
    match &command.body {
        Body::PaymentHeard(heard) => {
            let PaymentHeard { payment, question, attempt, answer } = heard;
            format!("{payment} {question:?} {attempt}: {answer:?}")
        }
        Body::CaptureHeard(heard) => {
            format!("{} {}: {:?}", heard.payment, heard.capture, heard.answer)
        }
        Body::RefundHeard(heard) => match heard.payment {
            Some(payment) => format!("{payment} {}: {:?}", heard.refund, heard.answer),
            None => format!("{}: {:?}", heard.refund, heard.answer),
        },
        Body::Tick { .. } => "tick".to_owned(),
        body => format!("{body:?}"),
    }
}
