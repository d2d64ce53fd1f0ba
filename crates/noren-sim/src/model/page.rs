//! The state graph as a page: a diagram, and a table for each state.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::explore::Edge;
use super::{Explored, Setting, Start};

/// All settings in which a step was taken.
type Steps<'a> = BTreeMap<&'a Edge, Vec<&'a Setting>>;

const HEAD: &str = "# States of a payment

<!-- Generated: UPDATE_GOLDEN=1 cargo test -p noren-sim --test model -->

Every state that one payment can be in, and one credit that belongs to nobody, found by running the
real engine breadth first from each way to begin, with wallets of both kinds where that makes a
difference, until no state was new. In every state the model check (`crates/noren-sim/src/model`)
asserts I1, I4, I6, I7, I8, I9 and I10, and that there is an exit: if the wallet answers truthfully
from then on, whatever the truth is, time alone brings the payment, its captures, its refunds and
its stray receipts to their end. What then is not at an end waits for people: a return that was
refused for good (a claim, with an alarm) and a credit that nobody claims; one word of theirs ends
each.
";

const BOUNDS: &str = "
Two states are one when no event to come can tell them apart. Each walk has an alphabet of its own,
of at most sixteen kinds of events; the ladder of the model has two inquiries, a merchant refunds and
captures at most twice, a rail credits at most twice. A step is one event in one state.
";

const TABLE: &str = "
## What follows what

One table for each state. `stays` means that the payment's own state does not change; a refund or a
stray receipt may. `the merchant hears` lists the events that a merchant can read; a refusal's code is
for whoever asked, the wallet where a wallet reserves or gives up. Where an event has several rows, the rest of the state decides: how far the ladder was
climbed, what is due, which refunds there are.
";

/// The page for all searches.
pub fn page(searches: &[(Setting, Explored)]) -> String {
    let mut steps = Steps::new();
    for (setting, explored) in searches {
        for edge in explored.steps.keys() {
            steps.entry(edge).or_default().push(setting);
        }
    }
    let mut page = HEAD.to_owned();
    counts(&mut page, searches);
    page += BOUNDS;
    diagram(&mut page, &steps);
    page += TABLE;
    let states: BTreeSet<_> = steps.keys().map(|edge| &edge.from).collect();
    let all: Vec<Setting> = searches.iter().map(|(setting, _)| *setting).collect();
    for state in states {
        table(&mut page, state.as_deref(), &steps, &all);
    }
    page
}

fn counts(page: &mut String, searches: &[(Setting, Explored)]) {
    *page += "\n| walk | states | steps | depth | at rest | waits for people |\n";
    *page += "|---|---:|---:|---:|---:|---:|\n";
    for (setting, found) in searches {
        let Explored { states, edges, depth, at_rest, claims, .. } = found;
        let name = setting.name();
        let _ = writeln!(page, "| {name} | {states} | {edges} | {depth} | {at_rest} | {claims} |");
    }
}

/// The name of a state where a diagram wants no spaces.
fn node(state: Option<&str>) -> String {
    state.map_or("[*]".to_owned(), |state| state.replace(": ", "_").replace(' ', "_"))
}

fn diagram(page: &mut String, steps: &Steps<'_>) {
    let mut arrows: BTreeMap<(Option<&str>, &str), BTreeSet<&str>> = BTreeMap::new();
    for edge in steps.keys().filter(|edge| edge.from.as_deref() != Some(&edge.to)) {
        arrows.entry((edge.from.as_deref(), &edge.to)).or_default().insert(edge.event);
    }
    *page += "\n## The graph\n\n```mermaid\nstateDiagram-v2\n";
    let states: BTreeSet<_> = steps.keys().map(|edge| edge.to.as_str()).collect();
    for state in &states {
        let _ = writeln!(page, "    state \"{state}\" as {}", node(Some(state)));
    }
    for ((from, to), events) in &arrows {
        let events: Vec<_> = events.iter().copied().filter(|event| !event.is_empty()).collect();
        let text =
            if events.is_empty() { String::new() } else { format!(": {}", events.join("; ")) };
        let text = text.replace("; ", "<br/>");
        let _ = writeln!(page, "    {} --> {}{text}", node(*from), node(Some(to)));
    }
    for state in states.iter().filter(|state| !arrows.keys().any(|(from, _)| *from == Some(state)))
    {
        let _ = writeln!(page, "    {} --> [*]", node(Some(state)));
    }
    *page += "```\n";
}

fn table(page: &mut String, state: Option<&str>, steps: &Steps<'_>, all: &[Setting]) {
    let _ = write!(page, "\n### {}\n\n", state.unwrap_or("the beginning"));
    *page += "| event | next state | the merchant hears | we ask the wallet | where |\n";
    *page += "|---|---|---|---|---|\n";
    let mut nothing = BTreeSet::new();
    for (edge, settings) in steps.iter().filter(|(edge, _)| edge.from.as_deref() == state) {
        let stays = edge.from.as_deref() == Some(&edge.to);
        if stays && edge.hears.is_empty() && edge.asks.is_empty() {
            nothing.insert(edge.event);
            continue;
        }
        let event = if edge.event.is_empty() { "it begins" } else { edge.event };
        let next = if stays { "stays" } else { &edge.to };
        let (hears, asks) = (list(&edge.hears), list(&edge.asks));
        let place = place(settings, all);
        let _ = writeln!(page, "| {event} | {next} | {hears} | {asks} | {place} |");
    }
    if !nothing.is_empty() {
        let events: Vec<_> = nothing.into_iter().collect();
        let _ = write!(page, "\nNothing follows, or only a record of it: {}.\n", events.join("; "));
    }
}

fn list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(" ")
}

/// Where a step is possible: everywhere, or in which walks.
fn place(settings: &[&Setting], all: &[Setting]) -> String {
    if settings.len() == all.len() {
        return "all".to_owned();
    }
    let walks = Start::ALL.iter().filter_map(|start| {
        let of = settings.iter().filter(|setting| setting.start == *start).count();
        let whole = all.iter().filter(|setting| setting.start == *start).count();
        let half = if of == whole { "" } else { " (one kind of wallet)" };
        (of > 0).then(|| format!("{}{half}", start.name()))
    });
    walks.collect::<Vec<_>>().join("; ")
}
