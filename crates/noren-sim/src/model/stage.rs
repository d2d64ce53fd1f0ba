//! One state with all that is durable, and one step from it.

use std::num::NonZeroU32;
use std::sync::Arc;

use noren_core::command::{Body, Caller, Command};
use noren_core::credit::{Credit, CreditStatus};
use noren_core::directory::{Change, Wallet};
use noren_core::effects::{Effects, Missing, Reply, Row};
use noren_core::engine::Engine;
use noren_core::id::{CreditId, Entropy, PaymentId};
use noren_core::payment::Payment;
use noren_core::stray::StrayStatus;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{Ask, Call, FxBy, Profile, PushRules, Question};
use noren_store::{Batch, Fetch, Hash, MemoryStore, Store};

use super::{INQUIRIES, Setting, Start, check};
use crate::audit::{Auditor, Broken, Commit};
use crate::coverage::{Before, Pairs};
use crate::directory::{self, START};

/// A call about the payment, as far as its answer must name it.
pub(super) type Asked = (Question, u32);

/// What a state is of, as it was committed: a payment, a credit, or a credit that became a payment.
#[derive(Clone)]
pub(super) struct Rows {
    pub payment: Option<Arc<Payment>>,
    pub credit: Option<Arc<Credit>>,
}

impl Rows {
    /// When something is due next.
    pub fn wake(&self) -> Option<Timestamp> {
        let payment = self.payment.as_ref().and_then(|payment| payment.wake().next());
        let credit = self.credit.as_ref().and_then(|credit| credit.due()).map(|due| due.at());
        payment.into_iter().chain(credit).min()
    }

    /// True when nothing can change any more by itself.
    pub fn is_final(&self) -> bool {
        self.payment.as_ref().is_none_or(|payment| payment.state.is_final())
            && self.credit.as_ref().is_none_or(|credit| !credit.is_open())
    }

    /// True when only people can go on: a return was refused for good, or nobody claims a credit.
    pub fn waits_for_people(&self) -> bool {
        let claim = |payment: &Payment| {
            payment.strays.iter().any(|stray| stray.status() == StrayStatus::Claim)
        };
        let open = |credit: &Credit| match credit.status() {
            CreditStatus::Unclaimed | CreditStatus::Claim => true,
            CreditStatus::Returning | CreditStatus::Returned | CreditStatus::Assigned => false,
        };
        self.payment.as_deref().is_some_and(claim) || self.credit.as_deref().is_some_and(open)
    }
}

/// A state, at rest. The engine is loaded from it for each step.
pub(super) struct Node {
    store: MemoryStore,
    number: u64,
    hash: Hash,
    pub auditor: Auditor,
    pub now: Timestamp,
    /// The one payment, once it is there.
    pub payment: Option<PaymentId>,
    /// The one credit that belonged to nobody, once it is there.
    pub credit: Option<CreditId>,
    /// The merchant has withdrawn the order.
    pub withdrawn: bool,
    /// The last question about it, and the oldest that an answer may still be on its way to.
    pub last: Option<Asked>,
    pub oldest: Option<Asked>,
    /// Counts commands, for keys and ids.
    pub commands: u64,
    /// How it was reached.
    pub trail: Vec<&'static str>,
}

/// A state that is stepping, with its engine.
pub(super) struct Live {
    pub node: Node,
    pub engine: Engine,
    /// Which statements met which states.
    pub pairs: Pairs,
}

/// The wallet of a setting: the two kinds differ in who converts; and there are rails.
pub(super) fn wallet(setting: &Setting) -> Wallet {
    let wallet = match (setting.start, setting.fx_by) {
        (Start::Rail | Start::RailKeeps | Start::Nobody | Start::NobodyKeeps, _) => {
            directory::rail_wallet()
        }
        (_, FxBy::Switch) => directory::partner_wallet(),
        (_, FxBy::Wallet) => directory::alipayplus_wallet(),
    };
    tuned(setting, wallet)
}

fn tuned(setting: &Setting, wallet: Wallet) -> Wallet {
    // A budget that never binds: here everything due is done at once. The wallet for which we
    // convert has a cancel window, so refunds of all begin as its cancel.
    let cancel = wallet.profile.fx_by == FxBy::Switch;
    let returns = !matches!(setting.start, Start::RailKeeps | Start::NobodyKeeps);
    let profile = Profile {
        inquiry_max: INQUIRIES,
        inquiry_budget_per_second: NonZeroU32::MAX,
        cancel_until: cancel.then_some(15),
        push: wallet.profile.push.map(|_| PushRules { returns }),
        ..wallet.profile.clone()
    };
    Wallet { profile, ..wallet }
}

fn changes(setting: &Setting) -> impl Iterator<Item = Change> {
    directory::changes().into_iter().map(|change| match change {
        Change::Wallet(known) => Change::Wallet(tuned(setting, known)),
        other => other,
    })
}

fn broken<T>(invariant: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { invariant, what: what.into() })
}

impl Node {
    /// Nothing but the directory.
    pub fn new(setting: &Setting) -> Result<Node, Broken> {
        let node = Node {
            store: MemoryStore::new(),
            number: 0,
            hash: Hash::default(),
            auditor: Auditor::new(),
            now: START,
            payment: None,
            credit: None,
            withdrawn: false,
            last: None,
            oldest: None,
            commands: 0,
            trail: Vec::new(),
        };
        let mut live = node.wake_up(setting)?;
        for change in changes(setting) {
            live.command(Caller::Operator, Body::Directory(change))?;
        }
        Ok(live.node)
    }

    /// The payment as it was committed.
    pub fn row(&self) -> Option<&Arc<Payment>> {
        self.auditor.payment_row(self.payment?)
    }

    /// What the state is of; `None` before the walk begins.
    pub fn rows(&self) -> Option<Rows> {
        let mut credits = self.auditor.credits();
        let credit = self.credit.and_then(|id| credits.find(|credit| credit.id == id)).cloned();
        let payment = self.row().cloned();
        (payment.is_some() || credit.is_some()).then_some(Rows { payment, credit })
    }

    /// Another life of the same state: nothing that happens to it comes back here.
    pub fn wake_up(&self, setting: &Setting) -> Result<Live, Broken> {
        let mut store = self.store.fork();
        let loaded = store.load().or_else(|error| broken("I3", error.to_string()))?;
        let (open, credits) = (loaded.open.iter(), loaded.credits.iter());
        self.auditor.loaded(loaded.number, loaded.accounts.iter(), open, credits)?;
        let engine = Engine::load(
            7,
            loaded.directory,
            loaded.accounts,
            loaded.heads,
            loaded.open,
            loaded.credits,
            loaded.days,
        );
        let engine = engine.or_else(|what| broken("I3", what))?;
        #[cfg(feature = "faults")]
        let engine = {
            let mut engine = engine;
            if let Some(fault) = setting.plant {
                engine.plant(fault);
            }
            engine
        };
        #[cfg(not(feature = "faults"))]
        let _ = setting;
        let node =
            Node { store, auditor: self.auditor.clone(), trail: self.trail.clone(), ..*self };
        Ok(Live { node, engine, pairs: Pairs::default() })
    }
}

impl Live {
    /// Applies one command, commits it, and shows it to the auditor.
    pub fn command(&mut self, caller: Caller, body: Body) -> Result<Effects, Broken> {
        let node = &mut self.node;
        node.commands += 1;
        let entropy =
            Entropy(u128::from(node.commands).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED));
        let command = Command { caller, entropy, body };
        let effects = self.apply(&command)?;
        let before = Before { auditor: &self.node.auditor, rows: &[] };
        self.pairs.observe(&command, &effects.rows, &before);
        self.commit(&command, &effects)?;
        self.node.auditor.reply(&command, &effects.reply)?;
        for call in &effects.calls {
            self.node.auditor.call(call, self.node.now)?;
            check::call(self, call)?;
            self.asked(call);
        }
        if let (None, Some(Row::Payment(payment))) =
            (self.node.payment, effects.rows.iter().find(|row| matches!(row, Row::Payment(_))))
        {
            self.node.payment = Some(payment.id);
        }
        if let Some(Row::Credit(credit)) =
            effects.rows.iter().find(|row| matches!(row, Row::Credit(_)))
        {
            self.node.credit = Some(credit.id);
        }
        Ok(effects)
    }

    fn apply(&mut self, command: &Command) -> Result<Effects, Broken> {
        for _ in 0..8 {
            match self.engine.apply(self.node.now, command) {
                Ok(effects) => {
                    self.engine.forget_absences();
                    return Ok(effects);
                }
                Err(Missing(keys)) => {
                    let found = self.node.store.fetch(&keys);
                    for (key, found) in found.or_else(|error| broken("I11", error.to_string()))? {
                        self.engine.admit(key, found);
                    }
                }
            }
        }
        broken("I11", format!("a command asks for more and more: {command:?}"))
    }

    fn commit(&mut self, command: &Command, effects: &Effects) -> Result<(), Broken> {
        let seal = self.engine.seal();
        let node = &mut self.node;
        if effects.rows.is_empty() {
            node.auditor.hear(command);
            return Ok(());
        }
        node.number += 1;
        let batch = Batch {
            number: node.number,
            now: node.now,
            previous: node.hash,
            rows: effects.rows.clone(),
            seal,
        };
        node.auditor.commit(&Commit {
            number: node.number,
            now: node.now,
            commands: std::slice::from_ref(command),
            rows: &batch.rows,
            seal: &batch.seal,
        })?;
        node.hash = node.store.commit(&batch).or_else(|error| broken("I11", error.to_string()))?;
        Ok(())
    }

    fn asked(&mut self, call: &Call) {
        let question = match &call.ask {
            Ask::Pay(_) | Ask::Authorise(_) => Question::Pay,
            Ask::CreateOrder(_) => Question::Order,
            Ask::Inquire { .. } => Question::Inquiry,
            Ask::Cancel { .. } => Question::Cancel,
            Ask::Void { .. } => Question::Void,
            Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Refund(_)
            | Ask::CancelRefund(_)
            | Ask::InquireRefund(_) => return,
        };
        let asked = (question, call.attempt);
        self.node.last = Some(asked);
        // An old inquiry says more than the old request: it can be taken for a new one.
        if self.node.oldest.is_none_or(|(old, _)| matches!(old, Question::Pay | Question::Order)) {
            self.node.oldest = Some(asked);
        }
    }

    /// The next thing that time brings; `None` when it brings nothing more.
    pub fn time(&mut self) -> Result<Option<Effects>, Broken> {
        let Some(wake) = self.engine.next_wake(false) else { return Ok(None) };
        self.node.now = self.node.now.max(wake);
        self.command(Caller::Runtime, Body::Tick { hold_expiries: false }).map(Some)
    }

    /// What comes by message comes a moment later.
    pub fn moment(&mut self) {
        self.node.now = self.node.now.after(Span(1));
    }

    /// A key that was never used.
    pub fn key(&self) -> noren_core::Text {
        format!("k{}", self.node.commands).into()
    }
}

/// The code of a refusal, if it is one.
pub(super) fn refused(reply: &Reply) -> Option<&'static str> {
    match reply {
        Reply::Refused { refusal, .. } => Some(refusal.problem().code),
        Reply::Payment { .. }
        | Reply::Capture { .. }
        | Reply::Order { .. }
        | Reply::Refund { .. }
        | Reply::Credited(_)
        | Reply::Credit { .. }
        | Reply::Resolution(_)
        | Reply::Quote(_)
        | Reply::Permission { .. }
        | Reply::Confirmed { .. }
        | Reply::Movement { .. }
        | Reply::Directory { .. }
        | Reply::Noted => None,
    }
}
