//! The two bounded lanes: what finishes running payments goes before new work.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use noren_core::command::{Command, Lane};
use noren_core::effects::Reply;
use tokio::sync::oneshot;

/// A command that waits, and who waits for it.
pub(crate) struct Job {
    pub command: Command,
    pub reply: oneshot::Sender<Reply>,
}

/// Why a job was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

struct Lanes {
    running: VecDeque<Job>,
    new: VecDeque<Job>,
    closed: bool,
}

pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    filled: Condvar,
    running_max: usize,
    new_max: usize,
}

/// What the engine thread got.
pub(crate) enum Taken {
    /// At most the asked-for number; empty when the wait was over first.
    Jobs(Vec<Job>),
    /// Closed, and nothing is left.
    Closed,
}

impl Queue {
    pub fn new(running_max: usize, new_max: usize) -> Self {
        let lanes = Lanes { running: VecDeque::new(), new: VecDeque::new(), closed: false };
        Self { lanes: Mutex::new(lanes), filled: Condvar::new(), running_max, new_max }
    }

    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub fn push(&self, job: Job) -> Result<(), Refused> {
        let mut lanes = self.lock();
        if lanes.closed {
            return Err(Refused::Closed);
        }
        let (lane, max) = match job.command.body.lane() {
            Lane::Running => (&mut lanes.running, self.running_max),
            Lane::New => (&mut lanes.new, self.new_max),
        };
        if lane.len() >= max {
            return Err(Refused::Full);
        }
        lane.push_back(job);
        drop(lanes);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for jobs, at most until `until`, and takes at most `max` of them.
    pub fn take(&self, max: usize, until: Option<Instant>) -> Taken {
        let mut lanes = self.lock();
        while lanes.running.is_empty() && lanes.new.is_empty() {
            if lanes.closed {
                return Taken::Closed;
            }
            let wait = match until {
                None => Duration::from_secs(3_600),
                Some(until) => match until.checked_duration_since(Instant::now()) {
                    Some(left) if !left.is_zero() => left,
                    _ => return Taken::Jobs(Vec::new()),
                },
            };
            let woken = self.filled.wait_timeout(lanes, wait);
            lanes = woken.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
        let running = lanes.running.len().min(max);
        let new = lanes.new.len().min(max - running);
        let mut jobs = Vec::with_capacity(running + new);
        jobs.extend(lanes.running.drain(..running));
        jobs.extend(lanes.new.drain(..new));
        Taken::Jobs(jobs)
    }

    /// Takes no more; what waits is still done.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    pub fn lengths(&self) -> (usize, usize) {
        let lanes = self.lock();
        (lanes.running.len(), lanes.new.len())
    }
}
