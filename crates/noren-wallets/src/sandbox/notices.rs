//! Notifications that wait to be acknowledged.

use noren_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::Record;
use super::table::{Agenda, RecordError, Table};

/// Where no schedule is published: after so many refused or lost sendings a notice is given up. The
/// switch's inquiries go on.
const SENT_MAX: u32 = 12;

/// One notification, for one payment. What it says is read when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Where to, below the switch's address.
    pub target: String,
    /// How often it is still to be acknowledged.
    left: u32,
    /// Sendings since the last acknowledgement.
    sent: u32,
    /// When it is sent again; `None`: done.
    next_at: Option<Timestamp>,
}

impl Notice {
    /// True for the first sending, and for the first after an acknowledgement.
    pub fn is_first(&self) -> bool {
        self.sent == 1
    }
}

/// All notices, by the payment's id.
#[derive(Clone, Debug)]
pub struct Notices {
    /// The pauses after the first, the second … sending; after the one that follows the last a
    /// notice is given up.
    pauses: Vec<Span>,
    rows: Table<Notice>,
    agenda: Agenda,
}

impl Notices {
    /// As its records left it.
    pub fn load(pace: Span, records: &[Record]) -> Result<Self, RecordError> {
        let rows: Table<Notice> = Table::load("notice", records)?;
        let mut agenda = Agenda::default();
        for (id, notice) in rows.iter() {
            agenda.set(id, notice.next_at);
        }
        // Ours, for networks that publish none: the pauses double from one pace to 64.
        let doubling = |sent: u32| Span(pace.0.max(1) << sent.min(6));
        Ok(Self { pauses: (0..SENT_MAX - 1).map(doubling).collect(), rows, agenda })
    }

    /// With the pauses that a network publishes: one after each sending but the last.
    pub fn on_schedule(self, pauses: Vec<Span>) -> Self {
        Self { pauses, ..self }
    }

    /// A notice that leaves now and is to be acknowledged `times` times.
    pub fn add(&mut self, now: Timestamp, payment: &str, target: String, times: u32) {
        self.rows.put(payment, Notice { target, left: times, sent: 0, next_at: Some(now) });
        self.agenda.set(payment, Some(now));
    }

    /// When the next one leaves.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.agenda.next_at()
    }

    /// Takes one that is due, and sets the time of its repeat.
    pub fn due(&mut self, now: Timestamp) -> Option<(String, Notice)> {
        let payment = self.agenda.pop(now)?;
        let notice = self.rows.edit(&payment)?;
        notice.sent += 1;
        let pause = usize::try_from(notice.sent - 1).ok().and_then(|sent| self.pauses.get(sent));
        notice.next_at = pause.map(|pause| now.after(*pause));
        self.agenda.set(&payment, notice.next_at);
        Some((payment, notice.clone()))
    }

    /// It was acknowledged.
    pub fn acknowledged(&mut self, now: Timestamp, payment: &str) {
        let Some(notice) = self.rows.edit(payment) else { return };
        notice.left = notice.left.saturating_sub(1);
        notice.sent = 0;
        notice.next_at = (notice.left > 0).then_some(now);
        self.agenda.set(payment, notice.next_at);
    }

    /// There is nothing to say any more.
    pub fn drop(&mut self, payment: &str) {
        if let Some(notice) = self.rows.edit(payment) {
            notice.left = 0;
            notice.next_at = None;
            self.agenda.set(payment, None);
        }
    }

    /// Rows that changed since the last call.
    pub fn take_changes(&mut self, changes: &mut Vec<Record>) {
        self.rows.take_changes(changes);
    }
}
