//! The sandboxes with their disks, and what their messages meet on the way.

use std::collections::BTreeMap;
use std::ops::Range;

use noren_core::command::{Caller, Command};
use noren_core::id::WalletName;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::Profile;
use noren_wallets::connector::{Connector, Env};
use noren_wallets::link::Link;
use noren_wallets::sandbox::{Answered, Record, Sandbox, SandboxConfig};
use noren_wallets::tempo::Tempo;
use noren_wallets::wire::{Request, Response, TransportError};
use noren_wallets::{Entry, alipayplus, noren};
use serde_json::Value;

use super::swarm::Swarm;
use super::switch::{Job, ReplyTo};
use super::{Event, Outcome, World, edge, rail};
use crate::{directory, pair};

/// One network.
pub(super) struct Network {
    pub name: WalletName,
    /// The connection, seen from our end.
    pub ours: Link,
    pub connector: Box<dyn Connector>,
    sandbox: Box<dyn Sandbox>,
    /// Its disk.
    records: BTreeMap<String, String>,
    entry: &'static Entry,
    config: SandboxConfig,
    wake_waits: Option<Timestamp>,
    /// Nothing reaches it or leaves it before.
    pub away_until: Timestamp,
    /// What it has of its own, as it publishes that.
    pub profile: Profile,
}

fn network(entry: &'static Entry, name: WalletName, seed: u64, swarm: &Swarm) -> Network {
    // One shared key also where the network would use RSA: the messages are the real ones, and
    // the signature is as good as the key.
    let link = pair::link(name.as_str(), entry);
    let config = SandboxConfig { link: link.clone(), seed, pace: swarm.pace };
    Network {
        name,
        connector: (entry.connector)(name, link.clone()),
        ours: link,
        sandbox: (entry.sandbox)(config.clone(), &[]).expect("an empty disk can be read"),
        records: BTreeMap::new(),
        entry,
        config,
        wake_waits: None,
        away_until: directory::START,
        profile: (entry.profile)(Tempo::Published),
    }
}

/// Alipay+ first, then the partner; then, where this world has them, a push rail and other networks.
pub(super) fn all(seed: u64, swarm: &Swarm) -> Vec<Network> {
    let mut all = vec![
        network(&alipayplus::ENTRY, directory::alipayplus(), seed, swarm),
        network(&noren::ENTRY, directory::partner(), seed, swarm),
    ];
    if swarm.push > 0 {
        all.push(network(&rail::ENTRY, directory::rail(), seed, swarm));
    }
    for entry in &swarm.others {
        let name = WalletName::new(entry.name).expect("folders have plain names");
        all.push(network(entry, name, seed, swarm));
    }
    all
}

/// The partner's place in the list.
pub(super) const PARTNER: usize = 1;
/// The push rail's.
pub(super) const RAIL: usize = 2;

impl Network {
    fn save(&mut self) {
        for record in self.sandbox.take_changes() {
            self.records.insert(record.key, record.value);
        }
    }

    /// Its process ends and starts again from its disk.
    fn reborn(&mut self) {
        let records: Vec<Record> = self
            .records
            .iter()
            .map(|(key, value)| Record { key: key.clone(), value: value.clone() })
            .collect();
        self.sandbox = (self.entry.sandbox)(self.config.clone(), &records)
            .expect("a sandbox reads what it wrote");
    }
}

impl World {
    /// The places of the other networks in the list.
    pub(super) fn others(&self) -> Range<usize> {
        self.networks.len() - self.swarm.others.len()..self.networks.len()
    }

    /// The place of the other network of that name.
    pub(super) fn other(&self, name: WalletName) -> Option<usize> {
        self.others().find(|place| self.networks[*place].name == name)
    }

    /// Of the networks that are asked for payments: the one whose wallet a payer has, else `usual`.
    pub(super) fn other_or(&mut self, usual: impl FnOnce(&mut Self) -> usize) -> usize {
        let others = self.others();
        if others.is_empty() || !self.rng.chance(self.swarm.others_share) {
            return usual(self);
        }
        others.start + self.rng.below(others.len() as u64) as usize
    }

    /// Lets a sandbox do something, and its process may end before or after its commit. `None`:
    /// nothing of it leaves.
    fn sandboxed<T>(
        &mut self,
        network: usize,
        act: impl FnOnce(&mut dyn Sandbox, Timestamp) -> T,
    ) -> Option<T> {
        let now = self.now;
        let place = &mut self.networks[network];
        let done = act(&mut *place.sandbox, now);
        if self.rng.chance(self.swarm.sandbox_crash) {
            let after = self.rng.chance(5_000);
            let row =
                if after { "sandbox crash after commit" } else { "sandbox crash before commit" };
            self.counts.add("fault", row);
            self.note(|| format!("network {network}: {row}"));
            if after {
                self.networks[network].save();
            }
            self.networks[network].reborn();
            self.network_wake_when_due(network);
            return None;
        }
        let place = &mut self.networks[network];
        place.save();
        let outgoing = place.sandbox.take_outgoing();
        for message in outgoing {
            self.network_sends(network, message.id, message.request);
        }
        self.network_wake_when_due(network);
        Some(done)
    }

    fn network_wake_when_due(&mut self, network: usize) {
        if let Some(wake) = self.networks[network].sandbox.wake_at() {
            let wait = self.patiently(wake.since(self.now).0.max(1));
            let at = self.now.after(Span(wait));
            let waits = &mut self.networks[network].wake_waits;
            if waits.is_none_or(|waits| at < waits) {
                *waits = Some(at);
                self.at(wait, Event::NetworkWake { network });
            }
        }
    }

    pub(super) fn network_wake(&mut self, network: usize) {
        if self.networks[network].wake_waits == Some(self.now) {
            self.networks[network].wake_waits = None;
            self.sandboxed(network, |sandbox, now| sandbox.tick(now));
        }
    }

    fn network_sends(&mut self, network: usize, id: u64, request: Request) {
        // The network's own patience; it does not hear this when an outcome came before.
        let outcome = Box::new(Err(TransportError::TimedOut));
        self.at(self.patiently(20_000), Event::ToNetwork { network, id, outcome });
        if self.away(network) || self.lost("notice or wallet API call lost") {
            return;
        }
        for _ in 0..self.copies() {
            let travel = self.travel();
            let request = Box::new(request.clone());
            self.at(travel, Event::FromNetwork { network, id, request });
        }
    }

    /// A wallet goes away, all of it, for a while.
    pub(super) fn go_away(&mut self) {
        let network = self.rng.below(self.networks.len() as u64) as usize;
        let away = self.rng.range(1, self.swarm.outage_ms);
        self.networks[network].away_until = self.now.after(Span(away));
        self.note(|| format!("network {network} is away for {away} ms"));
    }

    fn away(&mut self, network: usize) -> bool {
        let away = self.now < self.networks[network].away_until;
        if away {
            self.counts.add("fault", "wallet away for long");
        }
        away
    }

    /// A call of ours arrives.
    pub(super) fn at_network(&mut self, network: usize, flight: u64, request: &Request) {
        if self.away(network) {
            return;
        }
        let handled = self.sandboxed(network, |sandbox, now| sandbox.handle(now, request));
        let (response, late) = match handled {
            Some(Answered::Respond(response)) => (response, 0),
            Some(Answered::Late(response, by)) => (response, by.0),
            Some(Answered::Silence) | None => return,
        };
        if self.lost("answer lost") {
            return;
        }
        let outcome = self.spoil(response);
        let copies = self.copies();
        for copy in 0..copies {
            let travel = late + self.travel();
            let (outcome, again) = (Box::new(outcome.clone()), copy > 0);
            self.at(travel, Event::Answer { flight, outcome, again });
        }
    }

    /// What can happen to an answer that is not lost.
    fn spoil(&mut self, mut response: Response) -> Outcome {
        if self.rng.chance(self.swarm.break_off) {
            self.counts.add("fault", "connection broken");
            return Err(TransportError::Broken);
        }
        if self.rng.chance(self.swarm.error) {
            self.counts.add("fault", "answer 503");
            return Ok(Response { status: 503, headers: Vec::new(), body: b"busy".to_vec() });
        }
        if self.rng.chance(self.swarm.garble) && !response.body.is_empty() {
            self.counts.add("fault", "answer garbled");
            let place = self.rng.below(response.body.len() as u64) as usize;
            response.body[place] ^= 1;
        }
        Ok(response)
    }

    /// A network's own message arrives at the switch.
    pub(super) fn message_arrives(&mut self, network: usize, id: u64, request: Request) {
        if !self.switch.is_up() {
            let outcome = Box::new(Err(TransportError::NotSent));
            self.at(self.patiently(1), Event::ToNetwork { network, id, outcome });
            return;
        }
        let entropy = self.entropy();
        let place = &self.networks[network];
        if edge::is_wallet_api(&request) {
            match edge::read(place.name, &place.ours, &request, self.now, entropy) {
                Ok(command) => {
                    let request = Box::new(request);
                    let reply_to = ReplyTo::Wallet { network, id, request };
                    self.arrive(Job { command, reply_to });
                }
                Err(response) => self.answer_wallet(network, id, response),
            }
            return;
        }
        let env = Env { now: self.now, nonce: 0 };
        match place.connector.notified(&request, env) {
            Ok(notified) => {
                let caller = Caller::Wallet(place.name);
                let command = Command { caller, entropy, body: notified.command };
                let acknowledge = Box::new(notified.acknowledge);
                self.arrive(Job {
                    command,
                    reply_to: ReplyTo::Notice { network, id, acknowledge },
                });
            }
            Err(response) => self.answer_wallet(network, id, response),
        }
    }

    /// What came of a network's own message.
    pub(super) fn network_hears(&mut self, network: usize, id: u64, outcome: Outcome) {
        self.sandboxed(network, |sandbox, now| sandbox.delivered(now, id, outcome));
    }

    /// A control call: the hand of a payer or tester. It meets no faults but the sandbox's own.
    pub(super) fn control(
        &mut self,
        network: usize,
        method: &str,
        below: &str,
        body: &Value,
    ) -> Option<Value> {
        let request = Request {
            method: method.to_owned(),
            target: format!("/sandbox/{below}"),
            headers: Vec::new(),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        };
        match self.sandboxed(network, |sandbox, now| sandbox.handle(now, &request))? {
            Answered::Respond(response) if response.status == 200 => {
                serde_json::from_slice(&response.body).ok()
            }
            Answered::Respond(_) | Answered::Late(..) | Answered::Silence => None,
        }
    }
}
