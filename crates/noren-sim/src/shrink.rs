//! A failing run made small: fewer steps, fewer kinds of faults, fewer shops.
//!
//! A smaller run counts when it breaks the same invariant. It need not break it at the same
//! payment: with a kind of fault left out the world goes another way. What comes out is not the
//! smallest run of all, but none of its parts can be left out by itself.

use crate::report::{Violation, run};
use crate::world::{Options, kinds};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// What the smallest run that was found does.
    pub options: Options,
    /// What it breaks. Its command repeats it.
    pub violation: Violation,
    /// How many runs it took.
    pub runs: u32,
}

/// Rounds of leaving out; more rarely find anything.
const ROUNDS: u32 = 4;

/// Makes a run small that breaks an invariant.
pub fn shrink(options: &Options, violation: &Violation) -> Shrunk {
    let mut shrunk = Shrunk { options: options.clone(), violation: violation.clone(), runs: 0 };
    for _ in 0..ROUNDS {
        let before = shrunk.options.clone();
        shrunk.fewer_steps();
        for kind in kinds() {
            if !shrunk.options.calm.contains(&kind) {
                let mut without = shrunk.options.clone();
                without.calm.push(kind);
                shrunk.try_out(without);
            }
        }
        if !shrunk.options.one_shop {
            shrunk.try_out(Options { one_shop: true, ..shrunk.options.clone() });
        }
        if shrunk.options == before {
            break;
        }
    }
    shrunk
}

impl Shrunk {
    /// Halves the distance again and again. What fails with few steps need not fail with more, so
    /// this finds a small number and not always the smallest.
    fn fewer_steps(&mut self) {
        let mut passes_below = 0;
        // What was seen while the world healed needs all steps before, and no more.
        let most = self.options.steps.min(self.violation.step);
        if !self.try_out(Options { steps: most, ..self.options.clone() }) {
            return;
        }
        while passes_below < self.options.steps {
            let steps = passes_below + (self.options.steps - passes_below) / 2;
            if !self.try_out(Options { steps, ..self.options.clone() }) {
                passes_below = steps + 1;
            }
        }
    }

    /// Keeps smaller options when they break the same invariant.
    fn try_out(&mut self, options: Options) -> bool {
        self.runs += 1;
        match run(self.violation.seed, &options) {
            Err(violation) if violation.invariant == self.violation.invariant => {
                self.options = options;
                self.violation = violation;
                true
            }
            Ok(_) | Err(_) => false,
        }
    }
}
