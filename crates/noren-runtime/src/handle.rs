//! The way in: hand a command over and wait for its reply.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use noren_core::command::{Body, Caller, Command};
use noren_core::effects::Reply;
use noren_core::id::{Entropy, MerchantId, PaymentId};
use noren_core::time::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::{Notify, oneshot};

use crate::clock::{Clock, ClockStanding};
use crate::queue::{Job, Queue, Refused};

/// Why there is no reply. The same key may be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// The queue is full, and nothing was recorded. Ask again in a second.
    #[error("the switch has more work waiting than it takes")]
    Busy,
    /// The switch is stopping, or has stopped. The command may or may not have been applied.
    #[error("the switch is stopping")]
    Stopping,
}

/// How the runtime is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Takes commands.
    pub accepting: bool,
    /// Commands of running payments that wait.
    pub waiting_running: usize,
    /// New commands that wait.
    pub waiting_new: usize,
    /// Number of the last committed batch.
    pub batch: u64,
}

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Watched {
    /// The row of a payment.
    Payment(PaymentId),
    /// The events of a merchant.
    Events(MerchantId),
}

/// Who wants to hear when something changes.
type Watchers = Mutex<HashMap<Watched, (usize, Arc<Notify>)>>;

pub(crate) struct Shared {
    pub queue: Queue,
    pub clock: Arc<dyn Clock>,
    pub batch: AtomicU64,
    /// The last batch that is committed, as the engine counts them.
    pub durable: AtomicU64,
    pub stopped: AtomicBool,
    pub watchers: Watchers,
    random: SystemRandom,
}

/// The way in, cheap to clone.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<Shared>);

impl Shared {
    pub fn new(queue: Queue, clock: Arc<dyn Clock>, batch: u64) -> Self {
        Self {
            queue,
            clock,
            batch: AtomicU64::new(batch),
            durable: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            watchers: Mutex::new(HashMap::new()),
            random: SystemRandom::new(),
        }
    }

    /// No command is taken any more.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.queue.close();
    }

    pub fn changed(&self, changed: &[Watched]) {
        let watchers = self.watchers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if watchers.is_empty() {
            return;
        }
        for watched in changed {
            if let Some((_, notify)) = watchers.get(watched) {
                notify.notify_waiters();
            }
        }
    }
}

impl Handle {
    /// Hands a command over. The reply comes after the commit of all that it rests on.
    pub async fn submit(&self, caller: Caller, body: Body) -> Result<Reply, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let command = Command { caller, entropy: self.entropy()?, body };
        self.0.queue.push(Job { command, reply }).map_err(|refused| match refused {
            Refused::Full => Unavailable::Busy,
            Refused::Closed => Unavailable::Stopping,
        })?;
        answer.await.map_err(|_| Unavailable::Stopping)
    }

    fn entropy(&self) -> Result<Entropy, Unavailable> {
        let mut bytes = [0; 16];
        self.0.random.fill(&mut bytes).map_err(|_| Unavailable::Busy)?;
        Ok(Entropy(u128::from_le_bytes(bytes)))
    }

    /// Begins to watch a payment. Create the watch first, then read, then wait: no change is missed.
    pub fn watch(&self, payment: PaymentId) -> Watch {
        self.watch_this(Watched::Payment(payment))
    }

    /// Begins to watch a merchant's events, in the same way.
    pub fn watch_events(&self, merchant: MerchantId) -> Watch {
        self.watch_this(Watched::Events(merchant))
    }

    fn watch_this(&self, watched: Watched) -> Watch {
        let mut watchers =
            self.0.watchers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (count, notify) = watchers.entry(watched).or_default();
        *count += 1;
        Watch { shared: self.0.clone(), watched, notify: notify.clone() }
    }

    /// Engine time now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.read().now
    }

    /// How engine time and the wall clock stand to each other.
    pub fn clock(&self) -> ClockStanding {
        self.0.clock.standing()
    }

    /// An operator accepts the difference that they saw: see [`Clock::accept`].
    pub fn accept_clock(&self, difference_ms: i64) -> Result<ClockStanding, ClockStanding> {
        let accepted = self.0.clock.accept(difference_ms);
        if let Ok(standing) = accepted {
            tracing::warn!(difference_ms = standing.difference_ms, "the clock was accepted");
        }
        accepted
    }

    /// How the runtime is.
    pub fn status(&self) -> Status {
        let (waiting_running, waiting_new) = self.0.queue.lengths();
        Status {
            accepting: !self.0.stopped.load(Ordering::SeqCst),
            waiting_running,
            waiting_new,
            batch: self.0.batch.load(Ordering::SeqCst),
        }
    }
}

/// Hears when a payment's row was committed anew, or an event of a merchant.
pub struct Watch {
    shared: Arc<Shared>,
    watched: Watched,
    notify: Arc<Notify>,
}

impl Watch {
    /// Resolves at the next commit that touches what is watched. Call it (and poll it, or `enable` it)
    /// before reading; commits between the call and the wait are not missed.
    pub fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watchers =
            self.shared.watchers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((count, _)) = watchers.get_mut(&self.watched) {
            *count -= 1;
            if *count == 0 {
                watchers.remove(&self.watched);
            }
        }
    }
}
