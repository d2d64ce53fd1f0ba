//! Notifications that wait to be acknowledged.

use noren_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::Record;
use super::table::{Agenda, RecordError, Table};

/// After so many refused or lost sendings a notice is given up; the switch's inquiries go on.
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
    pace: Span,
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
        Ok(Self { pace, rows, agenda })
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

    /// Takes one that is due, and sets the time of its repeat: the pauses double from one pace to
    /// 64. (Ours: no network publishes its schedule.)
    pub fn due(&mut self, now: Timestamp) -> Option<(String, Notice)> {
        let payment = self.agenda.pop(now)?;
        let notice = self.rows.edit(&payment)?;
        notice.sent += 1;
        let pause = Span(self.pace.0.max(1) << notice.sent.min(7).saturating_sub(1));
        notice.next_at = (notice.sent < SENT_MAX).then(|| now.after(pause));
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
