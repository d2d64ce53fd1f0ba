//! The search.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use noren_core::effects::{Effects, Row};

use super::act::{begin, step};
use super::exit::Exits;
use super::stage::{Live, Node, Rows, refused};
use super::view::{key, label};
use super::walks::Alphabet;
use super::{STATES_MAX, Setting, check};
use crate::audit::Broken;
use crate::coverage::Pairs;

/// One step as the page shows it: what follows, who hears of it, who is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The state's name before; `None` before the payment is there.
    pub from: Option<String>,
    /// What happened.
    pub event: &'static str,
    /// The state's name after.
    pub to: String,
    /// Events that the merchant may hear of, in order, or the code of a refusal.
    pub hears: Vec<&'static str>,
    /// What we ask the wallet.
    pub asks: Vec<&'static str>,
}

/// A search that found nothing wrong.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// Distinct states, the empty one before the payment not counted.
    pub states: usize,
    /// Steps between them.
    pub edges: usize,
    /// The longest of the shortest ways to a state, in steps.
    pub depth: usize,
    /// Of the states, those in which nothing is left to do.
    pub at_rest: usize,
    /// Of those, the ones that wait for people: a return was refused for good, or nobody claims
    /// a credit.
    pub claims: usize,
    /// Steps by name, and in how many states each was taken.
    pub steps: BTreeMap<Edge, usize>,
    /// Which statements met which states.
    pub pairs: Pairs,
}

/// A search that found something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    /// The invariant; `panic` when the engine stopped itself.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
    /// The shortest way there.
    pub trail: Vec<&'static str>,
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.invariant, self.what)?;
        self.trail.iter().try_for_each(|step| writeln!(f, "  {step}"))
    }
}

impl std::error::Error for Unsound {}

/// What the search has been through.
#[derive(Default)]
struct Seen {
    states: HashSet<String>,
    exits: Exits,
}

/// Looks at every state that can be reached.
pub fn explore(setting: &Setting) -> Result<Explored, Unsound> {
    let mut explored = Explored::default();
    let start = sound(&[], || Node::new(setting))?;
    let begun = sound(&[], || begin(setting, &start))?;
    let mut seen = Seen::default();
    let mut queue = VecDeque::new();
    explored.note(None, "", &begun);
    take_in(setting, begun.live, &mut explored, &mut seen, &mut queue)?;
    let alphabet = Alphabet::of(setting.start);
    while let Some(node) = queue.pop_front() {
        let rows = node.rows().expect("a state is of something");
        for (event, subject) in alphabet.steps(&rows) {
            let mut trail = node.trail.clone();
            trail.push(event.name(subject));
            let step = sound(&trail, || step(setting, &node, event, subject))?;
            let Some(mut step) = step else { continue };
            step.live.node.trail = trail;
            explored.edges += 1;
            explored.note(Some(&rows), event.name(subject), &step);
            take_in(setting, step.live, &mut explored, &mut seen, &mut queue)?;
        }
    }
    explored.states = seen.states.len();
    Ok(explored)
}

/// Runs a step; what breaks comes with its trail. The engine stops itself by a panic when its own
/// books do not balance.
fn sound<T>(
    trail: &[&'static str],
    step: impl FnOnce() -> Result<T, Broken>,
) -> Result<T, Unsound> {
    let trail = trail.to_vec();
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(Broken { invariant, what })) => Err(Unsound { invariant, what, trail }),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let what = text.unwrap_or("a panic without words").to_owned();
            Err(Unsound { invariant: "panic", what, trail })
        }
    }
}

/// Checks a state that was reached, and keeps it for the search when it is new.
fn take_in(
    setting: &Setting,
    live: Live,
    explored: &mut Explored,
    seen: &mut Seen,
    queue: &mut VecDeque<Node>,
) -> Result<(), Unsound> {
    explored.pairs.merge(&live.pairs);
    let node = live.node;
    let rows = node.rows().expect("a state is of something");
    if !seen.states.insert(key(&node)) {
        return Ok(());
    }
    if seen.states.len() > STATES_MAX {
        let what = format!("more than {STATES_MAX} states: a member of a state is not in the view");
        return Err(Unsound { invariant: "model", what, trail: node.trail });
    }
    explored.depth = explored.depth.max(node.trail.len());
    explored.at_rest += usize::from(rows.wake().is_none());
    explored.claims += usize::from(rows.wake().is_none() && rows.waits_for_people());
    let trail = node.trail.clone();
    let pairs = sound(&trail, || check::state(setting, &node, &rows, &mut seen.exits))?;
    explored.pairs.merge(&pairs);
    queue.push_back(node);
    Ok(())
}

/// A step that was taken.
pub(super) struct Step {
    pub live: Live,
    pub effects: Effects,
}

impl Explored {
    fn note(&mut self, from: Option<&Rows>, event: &'static str, step: &Step) {
        let Step { live, effects } = step;
        let to = label(&live.node.rows().expect("a state is of something"));
        let mut hears: Vec<_> = effects
            .rows
            .iter()
            .filter_map(|row| match row {
                Row::Event(event) => Some(event.kind.name()),
                _ => None,
            })
            .collect();
        hears.extend(refused(&effects.reply));
        let asks = effects.calls.iter().map(|call| check::ask_name(&call.ask)).collect();
        let edge = Edge { from: from.map(label), event, to, hears, asks };
        *self.steps.entry(edge).or_default() += 1;
    }
}
