//! What a seed picks: kinds of faults, their rates, sizes and speeds. Some worlds have many
//! crashes and a good network, others the reverse, some have no faults at all.

use noren_core::engine::Keep;
use noren_core::time::Span;
use noren_wallets::{Entry, WALLETS};

use super::Options;
use crate::rng::Rng;

/// Rates are of ten thousand messages or steps.
#[derive(Clone, Debug)]
pub(super) struct Swarm {
    pub lose: u64,
    pub double: u64,
    pub delay_long: u64,
    pub refuse: u64,
    pub break_off: u64,
    pub garble: u64,
    pub error: u64,
    pub queue_long: u64,
    pub crash_before_commit: u64,
    pub crash_after_commit: u64,
    pub crash_in_release: u64,
    pub crash_idle: u64,
    pub sandbox_crash: u64,
    /// How often a wallet goes away, of ten thousand new things.
    pub outage: u64,
    /// The disk refuses a commit: nothing of it is durable, and the process ends.
    pub store_refuses: u64,
    /// A message arrives the next day.
    pub delay_day: u64,
    /// Of crashes: the process is away for hours, so its clock is far ahead when it starts.
    pub clock_jump: u64,
    /// Till habits.
    pub repeat: u64,
    pub cancel: u64,
    pub refund: u64,
    /// How often the operator changes rates, fees, wallets and shops.
    pub operator: u64,
    /// How often a scanned payment is to be held only; zero in half of the worlds.
    pub hold: u64,
    pub hold_lifetime: Span,
    /// How often a user's next payment is anything but smooth.
    pub trouble: u64,
    /// Sizes and speeds.
    pub users: u64,
    pub batch_max: usize,
    pub pause_ms: u64,
    pub travel_ms: u64,
    pub down_ms: u64,
    pub pace: Span,
    pub first_inquiry_after: Span,
    pub inquiry_every: Span,
    pub inquiry_max: u32,
    pub inquiry_budget: u32,
    pub outage_ms: u64,
    pub read_timeout: Span,
    pub confirm_within: Span,
    /// How often something new is of a shop on the web; zero in half of the worlds.
    pub web: u64,
    /// If what the edge checks by changes between a call and its repeat.
    pub recall: bool,
    /// If what is paid by a till's code may be held as well.
    pub hold_shown: bool,
    /// How much room the operator leaves each wallet under its cap, in minor units of what it owes
    /// in; zero in most of the worlds: no caps.
    pub cap_room: u64,
    /// What a shop takes in a day, what one payer pays there in a day, and what a wallet pays at
    /// once, in yen; zero in most of the worlds: no such limit.
    pub day_max: u64,
    pub payer_day_max: u64,
    pub wallet_max: u64,
    /// How long a promise of a rate holds: in some worlds shorter than a message may take.
    pub quote_valid_for: Span,
    /// The wallets' terms for cancels and refunds.
    pub cancel_until: Option<u16>,
    pub cancel_not_before: Span,
    pub refunds_max: Option<u16>,
    /// How often money comes in by the push rail, of ten thousand new things; zero in half of the
    /// worlds: they have no rail.
    pub push: u64,
    /// The margin at which shops begin by being paid in yuan, in basis points; in some worlds they
    /// change their minds. `None` in most of the worlds: they are paid in yen.
    pub yuan: Option<u16>,
    /// Networks beside these, each with an API of its own: one in three of ten worlds, all of them at once
    /// in one of ten; and how often a payer has one of their wallets, of ten thousand.
    pub others: Vec<&'static Entry>,
    pub others_share: u64,
    /// All tills are those of one merchant.
    pub one_shop: bool,
    /// What stays in the engine's memory. Nothing that happens depends on it.
    pub keep: Keep,
}

impl Swarm {
    pub fn new(seed: u64, rng: &mut Rng) -> Self {
        // A kind of fault is absent in half of the worlds; a quarter of the worlds is quiet.
        let quiet = rng.chance(1_500);
        let mut rate = |most: u64| {
            let (on, rate) = (rng.chance(5_500), rng.range(1, most));
            if on && !quiet { rate } else { 0 }
        };
        Self {
            lose: rate(2_000),
            double: rate(2_000),
            delay_long: rate(1_000),
            refuse: rate(800),
            break_off: rate(800),
            garble: rate(800),
            error: rate(800),
            queue_long: rate(500),
            crash_before_commit: rate(300),
            crash_after_commit: rate(300),
            crash_in_release: rate(300),
            crash_idle: rate(200),
            sandbox_crash: rate(200),
            outage: rate(120),
            store_refuses: rate(200),
            delay_day: rate(60),
            clock_jump: rate(3_000),
            repeat: rng.range(200, 3_000),
            cancel: rng.range(200, 1_500),
            refund: rng.range(300, 2_500),
            operator: if rng.chance(5_000) { rng.range(20, 400) } else { 0 },
            hold: if rng.chance(5_000) { rng.range(2_000, 9_000) } else { 0 },
            hold_lifetime: Span::millis(*rng.pick(&[20_000, 120_000, 3_600_000])),
            trouble: rng.range(500, 7_000),
            users: rng.range(2, 6),
            batch_max: rng.range(1, 12) as usize,
            pause_ms: *rng.pick(&[50, 300, 1_500, 4_000]),
            travel_ms: *rng.pick(&[5, 60, 500, 2_500]),
            down_ms: *rng.pick(&[200, 3_000, 20_000]),
            pace: Span::millis(*rng.pick(&[700, 2_000, 6_000])),
            first_inquiry_after: Span::millis(*rng.pick(&[2_000, 5_000, 9_000])),
            inquiry_every: Span::millis(*rng.pick(&[1_000, 3_000])),
            inquiry_max: rng.range(0, 6) as u32,
            inquiry_budget: *rng.pick(&[50, 50, 10, 3, 1]),
            outage_ms: *rng.pick(&[5_000, 60_000, 400_000]),
            read_timeout: Span::millis(*rng.pick(&[1_500, 6_000, 15_000])),
            confirm_within: Span::millis(*rng.pick(&[3_000, 15_000, 60_000])),
            web: 0,
            recall: false,
            hold_shown: false,
            cap_room: 0,
            day_max: 0,
            payer_day_max: 0,
            wallet_max: 0,
            quote_valid_for: Span::millis(*rng.pick(&[800, 5_000, 120_000])),
            cancel_until: rng.chance(6_000).then_some(15),
            cancel_not_before: Span::millis(*rng.pick(&[0, 0, 15_000])),
            refunds_max: rng.chance(1_500).then_some(1),
            push: 0,
            yuan: None,
            others: Vec::new(),
            others_share: 0,
            one_shop: false,
            keep: keep(seed),
        }
    }

    /// Limits come from a stream of their own, so that worlds without them are what they were.
    pub fn limit(&mut self, rng: &mut Rng) {
        if rng.chance(4_000) {
            self.cap_room = rng.range(2_000, 60_000);
        }
        let mut limit = |least, most| {
            let (on, limit) = (rng.chance(2_000), rng.range(least, most));
            if on { limit } else { 0 }
        };
        self.day_max = limit(20_000, 200_000);
        self.payer_day_max = limit(3_000, 40_000);
        self.wallet_max = limit(2_000, 4_900);
    }

    /// So does the push rail.
    pub fn push(&mut self, rng: &mut Rng) {
        if rng.chance(5_000) {
            self.push = rng.range(500, 4_000);
        }
    }

    /// So does what shops are paid in.
    pub fn settle(&mut self, rng: &mut Rng) {
        if rng.chance(4_000) {
            self.yuan = Some(*rng.pick(&[0, 80, 155]));
        }
    }

    /// So do the other networks.
    pub fn join(&mut self, rng: &mut Rng) {
        let two = ["noren", "alipayplus"];
        let all: Vec<_> = WALLETS.iter().filter(|entry| !two.contains(&entry.name)).collect();
        self.others = match rng.below(10) {
            0 => all,
            1..4 => vec![*rng.pick(&all)],
            _ => return,
        };
        self.others_share = rng.range(3_000, 8_000);
    }

    /// Shops on the web, and holds by scans of the payer's, from a stream of their own as well.
    pub fn widen(&mut self, rng: &mut Rng) {
        if rng.chance(5_000) {
            self.web = rng.range(1_000, 5_000);
        }
        self.hold_shown = rng.chance(5_000);
        self.recall = rng.chance(1_500);
    }

    /// No faults from now on. Habits and speeds stay.
    pub fn heal(&mut self) {
        for (_, rate) in FAULTS {
            *rate(self) = 0;
        }
    }

    /// What a run leaves out. The draws stay, so that the rest meets what it met before as far as
    /// it can.
    pub fn calm(&mut self, options: &Options) {
        for (name, rate) in FAULTS.iter().chain(HABITS) {
            if options.calm.contains(name) {
                *rate(self) = 0;
            }
        }
        if options.calm.contains(&LIMITS) {
            self.cap_room = 0;
            self.day_max = 0;
            self.payer_day_max = 0;
            self.wallet_max = 0;
        }
        if options.calm.contains(&YUAN) {
            self.yuan = None;
        }
        self.one_shop = options.one_shop;
        if let Some(keep) = options.keep {
            self.keep = Keep { payments: keep, names: keep };
        }
    }
}

/// Half of the worlds keep nothing or next to nothing, so that whatever is looked at may have left;
/// the others keep all. Not drawn, so that the same seed goes the same way with any of them.
fn keep(seed: u64) -> Keep {
    let (payments, names) = match seed % 6 {
        0 => (0, 0),
        2 => (1, 3),
        4 => (7, 2),
        _ => (usize::MAX, usize::MAX),
    };
    Keep { payments, names }
}

/// A rate by its name.
type Rate = (&'static str, fn(&mut Swarm) -> &mut u64);

/// Kinds of faults: all of them end when a world is healed.
const FAULTS: &[Rate] = &[
    ("lose", |swarm| &mut swarm.lose),
    ("double", |swarm| &mut swarm.double),
    ("delay-long", |swarm| &mut swarm.delay_long),
    ("refuse", |swarm| &mut swarm.refuse),
    ("break-off", |swarm| &mut swarm.break_off),
    ("garble", |swarm| &mut swarm.garble),
    ("error", |swarm| &mut swarm.error),
    ("queue-long", |swarm| &mut swarm.queue_long),
    ("crash-before-commit", |swarm| &mut swarm.crash_before_commit),
    ("crash-after-commit", |swarm| &mut swarm.crash_after_commit),
    ("crash-in-release", |swarm| &mut swarm.crash_in_release),
    ("crash-idle", |swarm| &mut swarm.crash_idle),
    ("sandbox-crash", |swarm| &mut swarm.sandbox_crash),
    ("outage", |swarm| &mut swarm.outage),
    ("store-refuses", |swarm| &mut swarm.store_refuses),
    ("delay-day", |swarm| &mut swarm.delay_day),
    ("clock-jump", |swarm| &mut swarm.clock_jump),
];

/// What tills and payers do beside paying smoothly.
const HABITS: &[Rate] = &[
    ("repeat", |swarm| &mut swarm.repeat),
    ("cancel", |swarm| &mut swarm.cancel),
    ("refund", |swarm| &mut swarm.refund),
    ("trouble", |swarm| &mut swarm.trouble),
    ("push", |swarm| &mut swarm.push),
    ("web", |swarm| &mut swarm.web),
    ("operator", |swarm| &mut swarm.operator),
    ("others", |swarm| &mut swarm.others_share),
];

/// Caps, and whatever else is limited.
const LIMITS: &str = "limits";

/// Shops that are paid in another currency than they price in.
const YUAN: &str = "yuan";

/// Everything that a run can leave out, by name.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    FAULTS.iter().chain(HABITS).map(|(name, _)| *name).chain([LIMITS, YUAN])
}
