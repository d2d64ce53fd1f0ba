//! The switch and one network, wired without a socket, with a clock that jumps from event to event:
//! what the matrix of networks is played on. Nothing is lost on the way but what the sandbox itself
//! keeps silent about.

use std::collections::BTreeMap;

use noren_core::command::{Body, Caller, Command};
use noren_core::directory::{Change, Standing, Wallet};
use noren_core::effects::{Alarm, Effects, Found, Reply};
use noren_core::engine::Engine;
use noren_core::id::{Entropy, WalletName};
use noren_core::ledger::{AccountKind, AccountOwner};
use noren_core::money::Currency;
use noren_core::time::{BusinessDate, Timestamp};
use noren_core::wallet::{Ask, Call, Profile, Unknown};
use noren_wallets::connector::{Connector, Env, Heard, STEPS_MAX, Step};
use noren_wallets::link::{Link, Place};
use noren_wallets::sandbox::{Answered, Outgoing, Sandbox, SandboxConfig};
use noren_wallets::signing::Secret;
use noren_wallets::statement::{Statement, StatementStep};
use noren_wallets::tempo::Tempo;
use noren_wallets::wire::{Request, Response, TransportError};
use noren_wallets::{Entry, KeyKind};
use serde_json::Value;

use crate::audit::{Auditor, Commit};
use crate::directory::{self, START};

/// See [`Pair::spoil`].
pub type Spoil = Box<dyn FnMut(&Request, Response) -> Result<Response, TransportError>>;

/// The switch and one network.
pub struct Pair {
    /// The network's name in the directory.
    pub name: WalletName,
    /// Its rules.
    pub profile: Profile,
    /// Sees every batch.
    pub auditor: Auditor,
    /// What somebody should look at.
    pub alarms: Vec<Alarm>,
    /// Now.
    pub now: Timestamp,
    /// A hand in the way: what it makes of an answer of the network's is what arrives.
    pub spoil: Option<Spoil>,
    /// True while none of the network's own messages arrives.
    pub deaf: bool,
    engine: Engine,
    connector: Box<dyn Connector>,
    sandbox: Box<dyn Sandbox>,
    events: BTreeMap<(Timestamp, u64), Event>,
    commands: u64,
    batches: u64,
    events_made: u64,
}

enum Event {
    Answer { call: Call, request: Request, step: usize, outcome: Result<Response, TransportError> },
}

/// Both ends of a connection with cheap keys: the messages are the real ones, and a signature is as
/// good as the key.
pub fn link(name: &str, entry: &Entry) -> Link {
    let place = |text: &str| Place::new(text).expect("a place of the sim is well written");
    let there = place(&format!("http://{name}.sim"));
    let secret = match entry.keys {
        KeyKind::SharedSecret | KeyKind::RsaPairs => format!("sim-{name}"),
        KeyKind::SharedText | KeyKind::RsaPairsAndText => format!("{:032x}", name.len()),
    };
    let secret = Secret::new(secret);
    Link::shared(there, place("http://switch.sim"), entry.client_id, secret)
}

impl Pair {
    /// A new pair; time runs as the network publishes it.
    pub fn new(entry: &'static Entry) -> Self {
        let name = WalletName::new(entry.name).expect("folders have plain names");
        let link = link(entry.name, entry);
        let tempo = Tempo::Published;
        let profile = (entry.profile)(tempo);
        let config = SandboxConfig { link: link.clone(), seed: 11, pace: tempo.pace() };
        let mut pair = Self {
            name,
            profile: profile.clone(),
            auditor: Auditor::new(),
            alarms: Vec::new(),
            now: START,
            spoil: None,
            deaf: false,
            engine: Engine::new(0),
            connector: (entry.connector)(name, link),
            sandbox: (entry.sandbox)(config, &[]).expect("an empty disk can be read"),
            events: BTreeMap::new(),
            commands: 0,
            batches: 0,
            events_made: 0,
        };
        let wallet =
            Wallet { name, title: entry.title.into(), standing: Standing::Active, profile };
        let fixed = directory::changes().into_iter().filter_map(|change| match change {
            Change::Wallet(known) if known.name == name => None,
            Change::Merchant(mut merchant) => {
                merchant.wallets.push(name);
                Some(Change::Merchant(merchant))
            }
            other => Some(other),
        });
        for change in [Change::Wallet(wallet)].into_iter().chain(fixed) {
            pair.command(Caller::Operator, Body::Directory(change));
        }
        pair
    }

    /// Applies one command at once; the auditor sees it. Panics when an invariant breaks.
    pub fn command(&mut self, caller: Caller, body: Body) -> Reply {
        self.commands += 1;
        let bits =
            u128::from(self.commands).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let command = Command { caller, entropy: Entropy(bits), body };
        let effects = self.apply(&command);
        let seal = self.engine.seal();
        if effects.rows.is_empty() {
            self.auditor.hear(&command);
        } else {
            self.batches += 1;
            let commit = Commit {
                number: self.batches,
                now: self.now,
                commands: std::slice::from_ref(&command),
                rows: &effects.rows,
                seal: &seal,
            };
            let audited = self.auditor.commit(&commit);
            self.holds(audited);
        }
        let told = self.auditor.reply(&command, &effects.reply);
        self.holds(told);
        self.alarms.extend(effects.alarms);
        for call in effects.calls {
            let called = self.auditor.released(&call, self.now);
            self.holds(called);
            let called = self.auditor.call(&call, self.now);
            self.holds(called);
            let env = self.env();
            let request = self.connector.request(&call, env);
            self.send(call, request, 1);
        }
        effects.reply
    }

    fn holds(&self, outcome: Result<(), crate::audit::Broken>) {
        if let Err(broken) = outcome {
            panic!("{} at {:?}: {broken}", self.name, self.now);
        }
    }

    /// There is no store here, so what memory does not have is not there.
    fn apply(&mut self, command: &Command) -> Effects {
        for _ in 0..8 {
            match self.engine.apply(self.now, command) {
                Ok(effects) => {
                    self.engine.forget_absences();
                    return effects;
                }
                Err(missing) => {
                    for key in missing.0 {
                        self.engine.admit(key, Found::Nothing);
                    }
                }
            }
        }
        panic!("a command asks for more and more: {command:?}");
    }

    fn env(&mut self) -> Env {
        self.events_made += 1;
        Env { now: self.now, nonce: u128::from(self.events_made) << 64 | 0x5eed }
    }

    /// A message of a call goes to the network; its answer comes when the sandbox gives it, or the
    /// caller's patience ends.
    fn send(&mut self, call: Call, request: Request, step: usize) {
        let answered = self.sandbox.handle(self.now, &request);
        self.settle();
        let patience = match call.ask {
            Ask::Pay(_) | Ask::Authorise(_) | Ask::CreateOrder(_) => self.profile.read_timeout_pay,
            Ask::Inquire { .. }
            | Ask::Cancel { .. }
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. }
            | Ask::Refund(_)
            | Ask::CancelRefund(_)
            | Ask::InquireRefund(_) => self.profile.read_timeout_other,
        };
        let timed_out = || (self.now.after(patience), Err(TransportError::TimedOut));
        let (at, outcome) = match answered {
            Answered::Respond(response) => (self.now, Ok(response)),
            Answered::Late(response, by) if by.0 < patience.0 => (self.now.after(by), Ok(response)),
            Answered::Late(..) | Answered::Silence => timed_out(),
        };
        let outcome = match (&mut self.spoil, outcome) {
            (Some(spoil), Ok(response)) => spoil(&request, response),
            (_, outcome) => outcome,
        };
        self.events_made += 1;
        let event = Event::Answer { call, request, step, outcome };
        self.events.insert((at, self.events_made), event);
    }

    /// What the sandbox has to say leaves at once, and is answered at once.
    fn settle(&mut self) {
        self.sandbox.take_changes();
        for Outgoing { id, request } in self.sandbox.take_outgoing() {
            if self.deaf {
                self.sandbox.delivered(self.now, id, Err(TransportError::TimedOut));
                self.sandbox.take_changes();
                continue;
            }
            let env = self.env();
            let response = match self.connector.notified(&request, env) {
                Ok(notified) => {
                    let _ = self.command(Caller::Wallet(self.name), notified.command);
                    notified.acknowledge
                }
                Err(response) => response,
            };
            self.sandbox.delivered(self.now, id, Ok(response));
            self.sandbox.take_changes();
        }
    }

    /// Lets time go on until `enough`, or until so many events have passed. False: not enough.
    pub fn until(&mut self, enough: impl Fn(&Self) -> bool) -> bool {
        for _ in 0..2_000 {
            if enough(self) {
                return true;
            }
            if !self.step() {
                return enough(self);
            }
        }
        false
    }

    /// The next thing that happens. False: nothing is to come.
    fn step(&mut self) -> bool {
        let answer = self.events.keys().next().map(|(at, _)| *at);
        let engine = self.engine.next_wake(false);
        let sandbox = self.sandbox.wake_at();
        let Some(next) = [answer, engine, sandbox].into_iter().flatten().min() else {
            return false;
        };
        self.now = self.now.max(next);
        if answer == Some(next) {
            let key = *self.events.keys().next().expect("there is an answer");
            let Some(Event::Answer { call, request, step, outcome }) = self.events.remove(&key)
            else {
                return true;
            };
            self.answered(call, &request, step, outcome.as_ref().map_err(|error| *error));
        } else if sandbox == Some(next) {
            self.sandbox.tick(self.now);
            self.settle();
        } else {
            self.command(Caller::Runtime, Body::Tick { hold_expiries: false });
        }
        true
    }

    fn answered(
        &mut self,
        call: Call,
        request: &Request,
        step: usize,
        outcome: Result<&Response, TransportError>,
    ) {
        let env = self.env();
        let heard = match self.connector.answer(&call, request, outcome, env) {
            Step::Heard(heard) => heard,
            Step::Then(_) if self.now > call.send_by => Heard::unknown(&call.ask, Unknown::Dropped),
            Step::Then(next) => {
                assert!(step < STEPS_MAX, "{}: a call without an end", self.name);
                return self.send(call, next, step + 1);
            }
        };
        let body = heard.into_command(&call);
        self.command(Caller::Runtime, body);
    }

    /// A control call of the sandbox's. Panics when it is refused.
    pub fn control(&mut self, method: &str, below: &str, body: &Value) -> Value {
        let request = Request {
            method: method.to_owned(),
            target: format!("/sandbox/{below}"),
            headers: Vec::new(),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        };
        let answered = self.sandbox.handle(self.now, &request);
        self.settle();
        let Answered::Respond(response) = answered else { panic!("control calls are answered") };
        let said = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, 200, "{} {method} {below} {body}: {said}", self.name);
        serde_json::from_slice(&response.body).expect("control calls are answered in JSON")
    }

    /// The day-end file of the day that is over now, read back; panics when it cannot be read.
    pub fn statement(&mut self, date: BusinessDate) -> Option<Statement> {
        let env = self.env();
        let mut request = self.connector.statement_request(date, env)?;
        for _ in 0..STEPS_MAX {
            let Answered::Respond(response) = self.sandbox.handle(self.now, &request) else {
                panic!("{}: a file is answered at once", self.name);
            };
            self.sandbox.take_changes();
            let env = self.env();
            match self.connector.statement(date, &request, Ok(&response), env) {
                Ok(StatementStep::Read(statement)) => return Some(statement),
                Ok(StatementStep::Then(next)) => request = next,
                Err(error) => panic!("{}: {error}", self.name),
            }
        }
        panic!("{}: a file without an end", self.name);
    }

    /// What this network owes us, as posted, by currency.
    pub fn receivable(&self) -> BTreeMap<Currency, i64> {
        let mut owed = BTreeMap::new();
        for (name, balance) in self.auditor.balances() {
            let ours = name.owner == AccountOwner::Wallet(self.name);
            if ours && name.kind == AccountKind::WalletReceivable {
                *owed.entry(name.currency).or_insert(0) += balance;
            }
        }
        owed
    }
}
