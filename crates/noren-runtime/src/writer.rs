//! The two threads: one applies, one commits and releases.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use noren_core::command::{Body, Caller, Command};
use noren_core::effects::{Alarm, Missing, Reply, Row, Seal};
use noren_core::engine::{Engine, Keep};
use noren_core::id::Entropy;
use noren_core::keys::Key;
use noren_core::time::Timestamp;
use noren_core::wallet::Call;
use noren_store::{Batch, Fetch, Hash, Loaded, Store, StoreError};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::handle::{Handle, Shared, Watched};
use crate::queue::{Queue, Taken};

/// Where calls and alarms go, after the commit. Must not block: it is called between batches.
pub trait CallSink: Send {
    /// Send these, each not after its `send_by`.
    fn send(&mut self, calls: Vec<Call>);

    /// Somebody should look.
    fn alarm(&mut self, alarm: Alarm);
}

/// A sink for benches and tests whose callers answer calls themselves.
pub struct NoCalls;

impl CallSink for NoCalls {
    fn send(&mut self, _: Vec<Call>) {}
    fn alarm(&mut self, _: Alarm) {}
}

/// How a runtime runs.
pub struct Config {
    /// Commands of running payments that may wait.
    pub running_max: usize,
    /// New commands that may wait.
    pub new_max: usize,
    /// Commands in one batch.
    pub batch_max: usize,
    /// How much stays in memory when it need not be there.
    pub keep: Keep,
    /// Called on the writer thread after each commit and before anything is released, with the
    /// batch number. For crash tests.
    pub after_commit: Option<Box<dyn Fn(u64) + Send>>,
    /// Called when nothing more can be decided or promised: a commit or a fetch failed, or one of
    /// the threads panicked. Must end the process: after a failed commit the kernel may have
    /// dropped pages, and a switch that answers but whose payments never end is worse than none.
    /// The next start recovers from what is durable.
    pub on_fatal: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            running_max: 65_536,
            new_max: 16_384,
            batch_max: 4_096,
            keep: Keep::default(),
            after_commit: None,
            on_fatal: Arc::new(|why| {
                tracing::error!(why, "ending; the next start recovers");
                std::process::exit(70);
            }),
        }
    }
}

/// Why a runtime did not start.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was read does not make an engine.
    #[error("the stored state does not load: {0}")]
    State(String),
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// A running engine with its store.
pub struct Runtime {
    handle: Handle,
    threads: Vec<JoinHandle<()>>,
}

/// What the engine thread hands to the writer thread.
struct Decided {
    /// As the engine counts them, those without rows too.
    batch: u64,
    now: Timestamp,
    rows: Vec<Row>,
    seal: Seal,
    calls: Vec<Call>,
    alarms: Vec<Alarm>,
    replies: Vec<(oneshot::Sender<Reply>, Reply)>,
}

impl Runtime {
    /// Builds the engine from what was loaded and starts the two threads.
    pub fn start(
        loaded: Loaded,
        store: Box<dyn Store>,
        fetch: Box<dyn Fetch>,
        clock: Arc<dyn Clock>,
        sink: Box<dyn CallSink>,
        config: Config,
    ) -> Result<Self, RuntimeError> {
        let (number, hash) = (loaded.number, loaded.hash);
        let engine = Engine::load(
            random() as u64,
            loaded.directory,
            loaded.accounts,
            loaded.heads,
            loaded.open,
            loaded.credits,
            loaded.days,
        )
        .map_err(RuntimeError::State)?;
        let queue = Queue::new(config.running_max, config.new_max);
        let shared = Arc::new(Shared::new(queue, clock, number));
        let (hand_over, taken_over) = sync_channel(0);
        let applier = Applier {
            engine,
            fetch,
            shared: shared.clone(),
            batch_max: config.batch_max,
            keep: config.keep,
            on_fatal: config.on_fatal.clone(),
            hand_over,
        };
        let committer =
            Committer { store, sink, shared: shared.clone(), number, hash, config, taken_over };
        let threads = vec![
            std::thread::Builder::new().name("engine".into()).spawn(move || applier.run())?,
            std::thread::Builder::new().name("writer".into()).spawn(move || committer.run())?,
        ];
        Ok(Self { handle: Handle(shared), threads })
    }

    /// The way in.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Takes no more commands, finishes what waits, and returns when all of it is committed.
    pub fn stop(mut self) {
        self.close();
    }

    fn close(&mut self) {
        self.handle.0.queue.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a runtime thread panicked");
            }
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.close();
    }
}

struct Applier {
    engine: Engine,
    fetch: Box<dyn Fetch>,
    shared: Arc<Shared>,
    batch_max: usize,
    keep: Keep,
    on_fatal: OnFatal,
    hand_over: SyncSender<Decided>,
}

type OnFatal = Arc<dyn Fn(&str) + Send + Sync>;

/// `apply` names what it misses one step at a time; no command needs more steps than this.
const FETCHES_MAX: usize = 8;

impl Applier {
    fn run(mut self) {
        // A panic here is a broken invariant. Nothing more may be decided or promised.
        let stop = StopOnDrop(self.shared.clone(), self.on_fatal.clone());
        let mut trusted = true;
        loop {
            let reading = self.shared.clock.read();
            if trusted == reading.hold_expiries {
                trusted = !reading.hold_expiries;
                if trusted {
                    tracing::info!("the clock agrees again; expiries go on");
                } else {
                    tracing::error!("alarm: the clock cannot be trusted; expiries are held");
                }
            }
            let until = self
                .engine
                .next_wake(reading.hold_expiries)
                .map(|wake| Instant::now() + Duration::from_millis(wake.since(reading.now).0));
            // A clock that is not trusted is read again soon, to see if it has been mended.
            let until = match (until, reading.hold_expiries) {
                (until, false) => until,
                (until, true) => {
                    let soon = Instant::now() + Duration::from_secs(1);
                    Some(until.map_or(soon, |until| until.min(soon)))
                }
            };
            let jobs = match self.shared.queue.take(self.batch_max, until) {
                Taken::Jobs(jobs) => jobs,
                Taken::Closed => break,
            };
            let reading = self.shared.clock.read();
            let mut decided = Decided {
                batch: self.engine.batch(),
                now: reading.now,
                rows: Vec::new(),
                seal: Seal::default(),
                calls: Vec::new(),
                alarms: Vec::new(),
                replies: Vec::with_capacity(jobs.len()),
            };
            let done = self.decide(jobs, reading.now, reading.hold_expiries, &mut decided);
            if let Err(error) = done {
                self.shared.stop();
                (self.on_fatal)(&format!("a fetch failed: {error}"));
                break;
            }
            decided.seal = self.engine.seal();
            if self.hand_over.send(decided).is_err() {
                break;
            }
            // All that was fetched has been used, and the next fetch sees what is durable now. This
            // runs beside the commit of the batch that was handed over just now.
            self.engine.let_go(self.shared.durable.load(Ordering::SeqCst), self.keep);
        }
        drop(stop);
    }

    fn decide(
        &mut self,
        jobs: Vec<crate::queue::Job>,
        now: Timestamp,
        hold_expiries: bool,
        out: &mut Decided,
    ) -> Result<(), StoreError> {
        let mut keys = Vec::new();
        for job in &jobs {
            self.engine.wants(now, &job.command, &mut keys);
        }
        self.prefetch(&keys)?;
        for job in jobs {
            let reply = self.apply(now, &job.command, out)?;
            out.replies.push((job.reply, reply));
        }
        if self.engine.next_wake(hold_expiries).is_some_and(|wake| wake <= now) {
            let body = Body::Tick { hold_expiries };
            let entropy = Entropy(random());
            self.apply(now, &Command { caller: Caller::Runtime, entropy, body }, out)?;
        }
        Ok(())
    }

    fn apply(
        &mut self,
        now: Timestamp,
        command: &Command,
        out: &mut Decided,
    ) -> Result<Reply, StoreError> {
        for _ in 0..FETCHES_MAX {
            match self.engine.apply(now, command) {
                Ok(effects) => {
                    out.rows.extend(effects.rows);
                    out.calls.extend(effects.calls);
                    out.alarms.extend(effects.alarms);
                    return Ok(effects.reply);
                }
                Err(Missing(keys)) => self.prefetch(&keys)?,
            }
        }
        panic!("a command asks for more and more from the store: {command:?}");
    }

    fn prefetch(&mut self, keys: &[Key]) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let found = self.fetch.fetch(keys)?;
        for (key, found) in found {
            self.engine.admit(key, found);
        }
        Ok(())
    }
}

fn random() -> u128 {
    use ring::rand::SecureRandom;
    let mut bytes = [0; 16];
    ring::rand::SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    u128::from_le_bytes(bytes)
}

/// However a thread ends, no command is taken any more; and when it ends by a panic, the process
/// does.
struct StopOnDrop(Arc<Shared>, OnFatal);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
        if std::thread::panicking() {
            (self.1)("a thread of the runtime panicked");
        }
    }
}

struct Committer {
    store: Box<dyn Store>,
    sink: Box<dyn CallSink>,
    shared: Arc<Shared>,
    number: u64,
    hash: Hash,
    config: Config,
    taken_over: Receiver<Decided>,
}

impl Committer {
    fn run(mut self) {
        let stop = StopOnDrop(self.shared.clone(), self.config.on_fatal.clone());
        while let Ok(decided) = self.taken_over.recv() {
            let Decided { batch: decided_as, now, rows, seal, calls, alarms, replies } = decided;
            let mut changed: Vec<Watched> = Vec::new();
            if !rows.is_empty() {
                changed.extend(rows.iter().filter_map(|row| match row {
                    Row::Payment(payment) => Some(Watched::Payment(payment.id)),
                    Row::Event(event) => Some(Watched::Events(event.merchant)),
                    _ => None,
                }));
                let number = self.number + 1;
                let batch = Batch { number, now, previous: self.hash, rows, seal };
                match self.store.commit(&batch) {
                    Ok(hash) => (self.number, self.hash) = (number, hash),
                    Err(error) => {
                        // Before anybody hears that their command was lost: who asks the status
                        // then must not read that commands are taken.
                        self.shared.stop();
                        (self.config.on_fatal)(&format!("a commit failed: {error}"));
                        break;
                    }
                }
                if let Some(hook) = &self.config.after_commit {
                    hook(number);
                }
                self.shared.batch.store(number, Ordering::SeqCst);
            }
            self.shared.durable.store(decided_as, Ordering::SeqCst);
            // Calls first: a wallet's time is the longest.
            if !calls.is_empty() {
                self.sink.send(calls);
            }
            for (reply, answer) in replies {
                // Whoever asked may have gone; what was decided stands.
                let _ = reply.send(answer);
            }
            self.shared.changed(&changed);
            for alarm in alarms {
                self.sink.alarm(alarm);
            }
        }
        drop(stop);
    }
}
