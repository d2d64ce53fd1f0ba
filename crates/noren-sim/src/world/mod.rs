//! The deterministic world: engine, store model, two real sandboxes behind their real connectors, in half
//! of the worlds a push rail and in four of ten one or all of the other networks, tills, payers, and a way that
//! loses, delays, doubles and reorders.
//!
//! Everything follows from one seed. Time is simulated: the world jumps from event to event. A
//! step is a command, a delivered message, or a fault.

mod agree;
mod counts;
mod edge;
mod networks;
mod operator;
mod options;
mod rail;
mod swarm;
mod switch;
mod tills;

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use noren_core::directory::{Merchant, Standing, Wallet};
use noren_core::money::Currency;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{Call, FxBy, HoldRules, Profile};
use noren_wallets::wire::{Request, Response, TransportError};

pub use counts::{Counts, ROWS, UNREACHABLE};
pub use options::Options;
pub use swarm::kinds;

use crate::audit::{Auditor, Broken};
use crate::coverage::Pairs;
use crate::directory::{self, START};
use crate::rng::Rng;
use crate::tallies::Tallies;
use networks::Network;
use swarm::Swarm;
use switch::{Job, Switch};
use tills::Tills;

/// What came of a call or message on the wire.
type Outcome = Result<Response, TransportError>;

/// Something that will happen.
enum Event {
    /// A till or a payer does something new.
    Act,
    /// A till's call arrives at the switch.
    Arrive { job: Box<Job> },
    /// A till has waited long enough for its reply.
    TillPatience { sent: usize },
    /// The writer takes what waits.
    Drain { epoch: u64 },
    /// The engine wanted to be woken.
    Wake { epoch: u64 },
    /// A committed call leaves the switch.
    Leave { epoch: u64, call: Box<Call> },
    /// A call arrives at a network.
    AtNetwork { network: usize, flight: u64, request: Box<Request> },
    /// Its outcome arrives at the switch; `again` when the message came twice.
    Answer { flight: u64, outcome: Box<Outcome>, again: bool },
    /// A network's own message arrives at the switch.
    FromNetwork { network: usize, id: u64, request: Box<Request> },
    /// Its outcome arrives at the network.
    ToNetwork { network: usize, id: u64, outcome: Box<Outcome> },
    /// A network wanted to be woken.
    NetworkWake { network: usize },
    /// And starts again.
    Restart,
}

/// See the module.
pub struct World {
    rng: Rng,
    swarm: Swarm,
    now: Timestamp,
    began: Timestamp,
    queue: BTreeMap<(Timestamp, u64), Event>,
    queued: u64,
    /// Steps taken.
    pub steps: u64,
    /// What was met.
    pub counts: Counts,
    /// Which statements met which states.
    pub pairs: Pairs,
    auditor: Auditor,
    tallies: Tallies,
    switch: Switch,
    networks: Vec<Network>,
    tills: Tills,
    flights: BTreeMap<u64, switch::Flight>,
    healed: bool,
    trace: u64,
    log: Vec<String>,
}

/// How many lines a violation shows at most.
const LOG_MAX: usize = 120;

impl World {
    /// A world from a seed.
    pub fn new(seed: u64, options: &Options) -> Result<Self, Broken> {
        let mut rng = Rng::new(seed);
        let mut swarm = Swarm::new(seed, &mut rng);
        swarm.limit(&mut Rng::new(seed ^ 0x11_11_17_5E));
        swarm.push(&mut Rng::new(seed ^ 0x0000_9054_0A11));
        swarm.widen(&mut Rng::new(seed ^ 0x0B_DE_2B_AC));
        swarm.settle(&mut Rng::new(seed ^ 0x5E_77_1E_0C_47));
        swarm.join(&mut Rng::new(seed ^ 0x7417_D04E));
        swarm.calm(options);
        let networks = networks::all(seed, &swarm);
        // At any time of the day, so that banking days end while payments run.
        let began = START.after(Span(Rng::new(!seed).below(86_400_000)));
        let mut world = Self {
            switch: Switch::new(options),
            rng,
            swarm,
            now: began,
            began,
            queue: BTreeMap::new(),
            queued: 0,
            steps: 0,
            counts: Counts::default(),
            pairs: Pairs::default(),
            auditor: Auditor::new(),
            tallies: Tallies::default(),
            networks,
            tills: Tills::default(),
            flights: BTreeMap::new(),
            healed: false,
            trace: seed,
            log: Vec::new(),
        };
        world.restart()?;
        world.publish_directory()?;
        world.set_caps();
        world.add_users();
        world.at(1, Event::Act);
        Ok(world)
    }

    /// How long an answer of another network is waited for. A call of three messages would never come to
    /// its end where each is given up before it can have travelled.
    fn patience(&self) -> Span {
        Span(self.swarm.read_timeout.0.max(2 * self.swarm.travel_ms))
    }

    /// A network's own rules, asked about at the speed of this world.
    fn paced(&self, profile: Profile) -> Profile {
        Profile {
            first_inquiry_after: self.swarm.first_inquiry_after,
            inquiry_every: self.swarm.inquiry_every,
            inquiry_max: self.swarm.inquiry_max,
            inquiry_budget_per_second: NonZeroU32::new(self.swarm.inquiry_budget)
                .unwrap_or(NonZeroU32::MIN),
            read_timeout_pay: self.swarm.read_timeout,
            read_timeout_other: self.swarm.read_timeout,
            quote_valid_for: self.swarm.quote_valid_for,
            payment_max: self.limit(self.swarm.wallet_max, profile.currency),
            ..profile
        }
    }

    /// A wallet's rules at the speed of this world, with terms that this world picked.
    fn profile(&self, profile: Profile) -> Profile {
        let profile = self.paced(profile);
        Profile {
            confirm_within: self.swarm.confirm_within,
            cancel_until: self.swarm.cancel_until,
            cancel_not_before: self.swarm.cancel_not_before,
            refunds_max: self.swarm.refunds_max,
            orders: profile.orders && profile.fx_by == FxBy::Switch,
            // The network that converts does not hold, and makes no orders.
            holds: match profile.fx_by {
                FxBy::Switch => {
                    let lifetime = self.swarm.hold_lifetime;
                    profile.holds.map(|rules| HoldRules { lifetime, ..rules })
                }
                FxBy::Wallet => None,
            },
            ..profile
        }
    }

    /// A shop with the limits of this world, and its other networks.
    fn limited(&self, mut merchant: Merchant) -> Merchant {
        let limit = |limit| self.limit(limit, merchant.currency);
        let (day_max, payer_day_max) = (limit(self.swarm.day_max), limit(self.swarm.payer_day_max));
        merchant.wallets.extend(self.others().map(|place| self.networks[place].name));
        Merchant { day_max, payer_day_max, ..merchant }
    }

    /// Another network, as data.
    fn other_wallet(&self, place: usize) -> Wallet {
        let network = &self.networks[place];
        let (name, title) = (network.name, network.name.as_str().into());
        let profile = self.paced(network.profile.clone());
        let patience = self.patience();
        let profile =
            Profile { read_timeout_pay: patience, read_timeout_other: patience, ..profile };
        Wallet { name, title, standing: Standing::Active, profile }
    }

    /// A limit of about so many yen, in minor units; zero is none.
    fn limit(&self, yen: u64, currency: Currency) -> Option<i64> {
        let minor = if currency == Currency::JPY { yen } else { yen * 5 };
        (yen > 0).then_some(minor.cast_signed())
    }

    /// Runs for so many steps, with faults.
    pub fn run(&mut self, steps: u64) -> Result<(), Broken> {
        while self.steps < steps && self.step()? {}
        Ok(())
    }

    /// No more faults, and nothing new begins.
    pub fn heal(&mut self) {
        self.swarm.heal();
        self.networks.iter_mut().for_each(|network| network.away_until = self.now);
        self.healed = true;
        self.start_soon();
    }

    /// Goes on until nothing is left to do. Everything must have ended then, and both sides' books
    /// must agree.
    pub fn run_until_quiet(&mut self) -> Result<(), Broken> {
        const STEPS_MAX: u64 = 20_000;
        let end = self.steps + STEPS_MAX;
        while self.step()? {
            if self.steps >= end {
                let open = self.auditor.next_due().map_or(String::new(), |id| id.to_string());
                let what = format!("the world does not come to rest {open}");
                return Err(Broken { invariant: "I10", what });
            }
        }
        self.auditor.quiet()?;
        self.agree()?;
        for payment in self.auditor.payments() {
            self.counts.ended(payment);
        }
        for credit in self.auditor.credits() {
            self.counts.credited(credit);
        }
        Ok(())
    }

    /// A number that follows from everything that happened.
    pub fn trace(&self) -> u64 {
        self.trace
    }

    /// The story of what `what` names, oldest first; of everything when it names nothing.
    pub fn log(&self, what: &str) -> Vec<String> {
        let ids: Vec<_> = what
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| word.len() == 29)
            .collect();
        let told = |line: &&String| ids.is_empty() || ids.iter().any(|id| line.contains(id));
        let lines: Vec<_> = self.log.iter().filter(told).cloned().collect();
        let half = LOG_MAX / 2;
        if lines.len() <= LOG_MAX {
            return lines;
        }
        let gap = std::iter::once("…".to_owned());
        let last = lines[lines.len() - half..].iter().cloned();
        lines[..half].iter().cloned().chain(gap).chain(last).collect()
    }

    /// The simulated time since the beginning.
    pub fn elapsed(&self) -> Span {
        self.now.since(self.began)
    }

    fn at(&mut self, in_ms: u64, event: Event) {
        self.queued += 1;
        self.queue.insert((self.now.after(Span(in_ms)), self.queued), event);
    }

    /// How long a message takes this time.
    fn travel(&mut self) -> u64 {
        let usual = self.rng.range(1, self.swarm.travel_ms);
        if self.rng.chance(self.swarm.delay_long) {
            self.counts.add("fault", "message delayed for long");
            return usual + self.rng.range(3_000, 400_000);
        }
        if self.rng.chance(self.swarm.delay_day) {
            self.counts.add("fault", "message delayed to the next day");
            return usual + self.rng.range(40_000_000, 100_000_000);
        }
        usual
    }

    /// How many copies of a message arrive.
    fn copies(&mut self) -> u64 {
        let twice = self.rng.chance(self.swarm.double);
        if twice {
            self.counts.add("fault", "message doubled");
        }
        1 + u64::from(twice)
    }

    /// True when a message is lost; counts it.
    fn lost(&mut self, row: &'static str) -> bool {
        let lost = self.rng.chance(self.swarm.lose);
        if lost {
            self.counts.add("fault", row);
        }
        lost
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        let text = text();
        for byte in text.bytes() {
            self.trace = (self.trace ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        let at = self.now.since(self.began).0;
        self.log.push(format!("{:>6}.{:03}s {text}", at / 1_000, at % 1_000));
    }

    /// Takes the next step; false when nothing is left.
    fn step(&mut self) -> Result<bool, Broken> {
        let Some(((at, _), event)) = self.queue.pop_first() else { return Ok(false) };
        self.now = at;
        self.steps += 1;
        if self.switch.is_up() {
            self.auditor.overdue(self.now, self.switch.up_since)?;
            if self.rng.chance(self.swarm.crash_idle) {
                self.counts.add("fault", "crash while idle");
                self.crash();
            }
        }
        match event {
            Event::Act => self.act(),
            Event::Arrive { job } => self.arrive(*job),
            Event::TillPatience { sent } => self.till_patience(sent),
            Event::Drain { epoch } => self.drain(epoch)?,
            Event::Wake { epoch } => self.wake(epoch)?,
            Event::Leave { epoch, call } => self.leave(epoch, *call)?,
            Event::AtNetwork { network, flight, request } => {
                self.at_network(network, flight, &request);
            }
            Event::Answer { flight, outcome, again } => self.answer(flight, &outcome, again),
            Event::FromNetwork { network, id, request } => {
                self.message_arrives(network, id, *request);
            }
            Event::ToNetwork { network, id, outcome } => self.network_hears(network, id, *outcome),
            Event::NetworkWake { network } => self.network_wake(network),
            Event::Restart => self.restart()?,
        }
        Ok(true)
    }

    fn add_users(&mut self) {
        for network in 0..self.networks.len() {
            for user in 0..self.swarm.users {
                // The last one is poor.
                let balance = if user + 1 == self.swarm.users { 20_000 } else { 500_000_000 };
                let body = serde_json::json!({ "user": format!("u{user}"), "balance": balance });
                self.control(network, "POST", "users", &body);
            }
        }
    }

    fn publish_directory(&mut self) -> Result<(), Broken> {
        use noren_core::directory::{Change, SettlementChoice};
        use noren_core::money::Currency;
        let others: Vec<_> =
            self.others().map(|place| Change::Wallet(self.other_wallet(place))).collect();
        let fixed = directory::changes().into_iter().map(|change| match change {
            Change::Wallet(mut wallet) => {
                wallet.profile = self.profile(wallet.profile);
                Change::Wallet(wallet)
            }
            Change::Merchant(merchant) => {
                let mut merchant = self.limited(merchant);
                let yuan = self.swarm.yuan;
                merchant.settlement =
                    yuan.map(|margin_bps| SettlementChoice { currency: Currency::CNY, margin_bps });
                Change::Merchant(merchant)
            }
            other => other,
        });
        self.commit_directory(others.into_iter().chain(fixed).collect())
    }
}
