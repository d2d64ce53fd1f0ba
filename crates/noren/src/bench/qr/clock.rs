//! Timing many pieces of work turn by turn, so that a machine that is busy for a while slows
//! all of them and not the one that happens to run.

use std::time::Instant;

/// Calls in one turn: more than a microsecond of even the shortest work, little enough that
/// most turns are not interrupted.
pub const CALLS: u32 = 40;

/// Something to time.
pub struct Work<'c> {
    /// The code that it is about.
    pub code: &'static str,
    /// What is done with it.
    pub name: &'static str,
    /// By whom, if not by us.
    pub rival: Option<&'static str>,
    call: Box<dyn FnMut() + 'c>,
    /// Nanoseconds a call, of each turn.
    turns: Vec<f64>,
}

impl<'c> Work<'c> {
    /// `call` is to keep what it makes from being optimised away.
    pub fn new(code: &'static str, name: &'static str, call: impl FnMut() + 'c) -> Self {
        Self { code, name, rival: None, call: Box::new(call), turns: Vec::new() }
    }

    /// The same, done by another crate.
    #[cfg(feature = "rivals")]
    pub fn by(self, rival: &'static str) -> Self {
        Self { rival: Some(rival), ..self }
    }

    fn turn(&mut self) {
        let start = Instant::now();
        for _ in 0..CALLS {
            (self.call)();
        }
        self.turns.push(start.elapsed().as_nanos() as f64 / f64::from(CALLS));
    }

    /// What its turns took.
    pub fn spent(&self) -> Spent {
        let mut turns = self.turns.clone();
        turns.sort_by(f64::total_cmp);
        let at = |place: usize| turns.get(place).copied().unwrap_or(f64::NAN);
        Spent { least: at(0), median: at(turns.len() / 2) }
    }
}

/// Nanoseconds a call.
#[derive(Clone, Copy)]
pub struct Spent {
    /// Of the turn that nothing disturbed.
    pub least: f64,
    /// Of the turn in the middle.
    pub median: f64,
}

/// Gives every work one turn a round, each round beginning with another one. The first rounds
/// are not counted.
pub fn run(works: &mut [Work<'_>], rounds: u32) {
    let warm_up = rounds / 10 + 1;
    for round in 0..warm_up + rounds {
        if round == warm_up {
            works.iter_mut().for_each(|work| work.turns.clear());
        }
        let first = round as usize % works.len();
        let (behind, front) = works.split_at_mut(first);
        front.iter_mut().chain(behind).for_each(Work::turn);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn each_round_begins_with_another_work_and_all_have_as_many_turns() {
        let order = RefCell::new(Vec::new());
        let names = ["a", "b", "c"];
        let note = |name| {
            let order = &order;
            move || order.borrow_mut().push(name)
        };
        let mut works: Vec<Work<'_>> =
            names.into_iter().map(|name| Work::new("code", name, note(name))).collect();
        run(&mut works, 20);
        assert!(works.iter().all(|work| work.turns.len() == 20));
        drop(works);
        let order = order.into_inner();
        let turns: String = order.chunks(CALLS as usize).map(|turn| turn[0]).collect();
        assert!(turns.starts_with("abcbcacababc"), "{turns}");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let mut work = Work::new("code", "work", || {});
        work.turns = vec![9.0, 1.0, 5.0];
        let Spent { least, median } = work.spent();
        assert_eq!((least, median), (1.0, 5.0));
    }
}
