//! Time for the engine: it follows the boot-time clock and is slewed to the wall clock.
//!
//! Rule (design, section 3): at start the later of the stored value and the wall clock; while
//! running, boot-time differences, slewed by at most 1 %; a difference of more than 5 s, or a wall
//! clock behind the stored value at start, holds expiries until it is gone.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use noren_core::time::Timestamp;

/// What the clock says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Engine time. Never goes back.
    pub now: Timestamp,
    /// The wall clock disagrees by too much: nothing may expire because of time alone.
    pub hold_expiries: bool,
}

/// How engine time and the wall clock stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockStanding {
    /// Engine time.
    pub now: Timestamp,
    /// The wall clock less engine time, in milliseconds.
    pub difference_ms: i64,
    /// Nothing expires because of time alone.
    pub expiries_held: bool,
    /// A difference that an operator accepted, as far as it has not been worked off.
    pub accepted_ms: Option<i64>,
}

/// A source of engine time.
pub trait Clock: Send + Sync {
    /// Engine time now.
    fn read(&self) -> Reading;

    /// How it stands to the wall clock.
    fn standing(&self) -> ClockStanding;

    /// An operator has looked at the difference and accepts it: expiries go on. `difference_ms` is
    /// what they saw; errors with what it is when that is another one.
    fn accept(&self, difference_ms: i64) -> Result<ClockStanding, ClockStanding>;
}

const SLEW_DIVISOR: i64 = 100;
const TOLERANCE_MS: i64 = 5_000;

/// The arithmetic of [`BootClock`], apart from any real clock so that it can be tested.
#[derive(Clone, Copy, Debug)]
pub struct SlewedTime {
    now_ms: i64,
    boot_ms: i64,
    /// Hundredths of a millisecond of slewing that are carried over.
    credit: i64,
    /// The wall clock was behind what was stored, and still is.
    started_ahead: bool,
    /// The wall clock less engine time, as it was last seen.
    difference_ms: i64,
    /// A difference that somebody accepted; it shrinks as it is worked off, and never grows.
    accepted_ms: Option<i64>,
}

impl SlewedTime {
    /// Starts at the later of what was stored and the wall clock.
    pub fn start(stored: Option<Timestamp>, wall_ms: i64, boot_ms: i64) -> Self {
        let now_ms = stored.map_or(wall_ms, |stored| stored.0.max(wall_ms));
        Self {
            now_ms,
            boot_ms,
            credit: 0,
            started_ahead: now_ms > wall_ms,
            difference_ms: wall_ms.saturating_sub(now_ms),
            accepted_ms: None,
        }
    }

    /// Moves on to the given readings. Never goes back, and never runs more than 1 % faster or
    /// slower than the boot clock.
    pub fn advance(&mut self, wall_ms: i64, boot_ms: i64) -> Reading {
        let passed = (boot_ms - self.boot_ms).max(0);
        self.boot_ms = self.boot_ms.max(boot_ms);
        self.now_ms += passed;
        // Only the fraction is carried over: slewing that was not needed is not saved up, or a
        // step of the wall clock would stop the engine's time or double its speed.
        let credit = self.credit + passed;
        self.credit = credit % SLEW_DIVISOR;
        let behind = wall_ms - self.now_ms;
        let slew = (credit / SLEW_DIVISOR).min(behind.abs());
        self.now_ms += slew * behind.signum();
        self.started_ahead &= wall_ms < self.now_ms;
        self.difference_ms = wall_ms - self.now_ms;
        if !self.doubtful() {
            // It is gone. Another one has to be looked at anew.
            self.accepted_ms = None;
        } else if let Some(accepted) = self.accepted_ms
            && self.difference_ms.signum() == accepted.signum()
            && self.difference_ms.abs() < accepted.abs()
        {
            self.accepted_ms = Some(self.difference_ms);
        }
        Reading { now: Timestamp(self.now_ms), hold_expiries: self.holds() }
    }

    /// The two clocks disagree by too much.
    fn doubtful(&self) -> bool {
        self.difference_ms.abs() > TOLERANCE_MS || self.started_ahead
    }

    fn holds(&self) -> bool {
        let near = |accepted: i64| (self.difference_ms - accepted).abs() <= TOLERANCE_MS;
        self.doubtful() && !self.accepted_ms.is_some_and(near)
    }

    /// See [`Clock::standing`].
    pub fn standing(&self) -> ClockStanding {
        ClockStanding {
            now: Timestamp(self.now_ms),
            difference_ms: self.difference_ms,
            expiries_held: self.holds(),
            accepted_ms: self.accepted_ms,
        }
    }

    /// See [`Clock::accept`].
    pub fn accept(&mut self, difference_ms: i64) -> Result<ClockStanding, ClockStanding> {
        if self.difference_ms.abs_diff(difference_ms) > TOLERANCE_MS.unsigned_abs() {
            return Err(self.standing());
        }
        if self.doubtful() {
            self.accepted_ms = Some(self.difference_ms);
        }
        Ok(self.standing())
    }
}

/// The clock of a running switch.
pub struct BootClock(Mutex<SlewedTime>);

impl BootClock {
    /// Starts from what the store last saw.
    pub fn start(stored: Option<Timestamp>) -> Self {
        Self(Mutex::new(SlewedTime::start(stored, wall_ms(), boot_ms())))
    }

    fn advanced(&self) -> (MutexGuard<'_, SlewedTime>, Reading) {
        let mut time = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let reading = time.advance(wall_ms(), boot_ms());
        (time, reading)
    }
}

impl Clock for BootClock {
    fn read(&self) -> Reading {
        self.advanced().1
    }

    fn standing(&self) -> ClockStanding {
        self.advanced().0.standing()
    }

    fn accept(&self, difference_ms: i64) -> Result<ClockStanding, ClockStanding> {
        self.advanced().0.accept(difference_ms)
    }
}

fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn boot_ms() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

/// A clock that a test moves by hand.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicI64,
    difference: AtomicI64,
    hold: AtomicBool,
}

impl ManualClock {
    /// Stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self { now: AtomicI64::new(now.0), ..Self::default() }
    }

    /// Jumps forward.
    pub fn set(&self, now: Timestamp) {
        self.now.fetch_max(now.0, Ordering::SeqCst);
    }

    /// The wall clock shows so much more than engine time.
    pub fn set_apart(&self, difference_ms: i64) {
        self.difference.store(difference_ms, Ordering::SeqCst);
        self.hold.store(difference_ms.abs() > TOLERANCE_MS, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn read(&self) -> Reading {
        Reading {
            now: Timestamp(self.now.load(Ordering::SeqCst)),
            hold_expiries: self.hold.load(Ordering::SeqCst),
        }
    }

    fn standing(&self) -> ClockStanding {
        let (Reading { now, hold_expiries }, difference_ms) =
            (self.read(), self.difference.load(Ordering::SeqCst));
        let apart = difference_ms.abs() > TOLERANCE_MS;
        let accepted_ms = (apart && !hold_expiries).then_some(difference_ms);
        ClockStanding { now, difference_ms, expiries_held: hold_expiries, accepted_ms }
    }

    fn accept(&self, difference_ms: i64) -> Result<ClockStanding, ClockStanding> {
        if self.standing().difference_ms.abs_diff(difference_ms) > TOLERANCE_MS.unsigned_abs() {
            return Err(self.standing());
        }
        self.hold.store(false, Ordering::SeqCst);
        Ok(self.standing())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_never_behind_what_was_stored() {
        let mut time = SlewedTime::start(Some(Timestamp(50_000)), 20_000, 0);
        let reading = time.advance(20_000, 0);
        assert_eq!(reading, Reading { now: Timestamp(50_000), hold_expiries: true });
    }

    #[test]
    fn a_wall_clock_that_is_a_little_behind_at_the_start_holds_expiries_until_it_has_caught_up() {
        let mut time = SlewedTime::start(Some(Timestamp(12_000)), 10_000, 0);
        assert!(time.advance(10_000, 0).hold_expiries);
        let mut held = 0;
        for second in 1..=400 {
            held += i64::from(time.advance(10_000 + second * 1_000, second * 1_000).hold_expiries);
        }
        assert!((195..=201).contains(&held), "2 s are worked off at 1 %: {held}");
    }

    #[test]
    fn a_step_of_the_wall_clock_after_a_long_time_changes_the_speed_by_one_percent_at_most() {
        let mut time = SlewedTime::start(None, 0, 0);
        let mut last = time.advance(3_600_000, 3_600_000).now;
        for tick in 1..=300 {
            // Set back by three seconds, and read every 10 ms.
            let reading = time.advance(3_597_000 + tick * 10, 3_600_000 + tick * 10);
            let passed = reading.now.0 - last.0;
            assert!((9..=10).contains(&passed), "{passed} ms in 10 ms");
            last = reading.now;
        }
    }

    #[test]
    fn a_jump_of_the_wall_clock_does_not_jump_the_engine() {
        let mut time = SlewedTime::start(None, 1_000_000, 0);
        let mut reading = time.advance(1_000_000, 0);
        for second in 1..=100 {
            reading = time.advance(1_000_000 + 3_600_000 + second * 1_000, second * 1_000);
        }
        assert_eq!(reading.now, Timestamp(1_000_000 + 101_000), "1 % faster, no more");
        assert!(reading.hold_expiries);
    }

    #[test]
    fn an_accepted_difference_holds_nothing_while_it_is_worked_off() {
        let mut time = SlewedTime::start(Some(Timestamp(600_000)), 0, 0);
        assert!(time.advance(0, 0).hold_expiries);
        // What they did not see is not accepted.
        assert_eq!(time.accept(-500_000).unwrap_err().difference_ms, -600_000);
        assert!(time.advance(0, 0).hold_expiries);
        time.accept(-600_000).unwrap();
        let mut shrinks = -600_000;
        for second in 1..=1_000 {
            let reading = time.advance(second * 1_000, second * 1_000);
            assert!(!reading.hold_expiries, "{second}");
            let accepted = time.standing().accepted_ms.unwrap();
            assert!(accepted >= shrinks);
            shrinks = accepted;
        }
        assert_eq!(shrinks, -590_000, "1 % of 1,000 s");
        // What was worked off does not come back, and a new difference is a new question.
        assert!(time.advance(990_000, 1_000_000).hold_expiries);
        assert!(time.advance(2_000_000, 1_001_000).hold_expiries);
    }

    #[test]
    fn a_start_behind_what_was_stored_can_be_accepted_even_when_it_is_small() {
        let mut time = SlewedTime::start(Some(Timestamp(12_000)), 10_000, 0);
        assert!(time.advance(10_000, 0).hold_expiries);
        assert!(!time.accept(-2_000).unwrap().expiries_held);
        for second in 1..=400 {
            assert!(!time.advance(10_000 + second * 1_000, second * 1_000).hold_expiries);
        }
        assert_eq!(time.standing().accepted_ms, None, "it is gone");
        assert!(time.accept(0).unwrap().accepted_ms.is_none(), "there is nothing to accept");
    }

    #[test]
    fn a_small_difference_is_worked_off_and_time_never_goes_back() {
        let mut time = SlewedTime::start(None, 10_000, 0);
        let mut last = time.advance(10_000, 0).now;
        for tick in 1..=3_000 {
            // The wall clock was set back by two seconds.
            let reading = time.advance(8_000 + tick * 100, tick * 100);
            assert!(reading.now >= last, "{tick}");
            assert!(!reading.hold_expiries);
            last = reading.now;
        }
        assert_eq!(last, Timestamp(8_000 + 300_000));
    }
}
