//! What is due next about a payment, and when; and how long its outcome was not known.

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// How long we should have known what a wallet did, and did not: a clock for one question.
///
/// It runs while the state of the question says that it is in doubt, and stands otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Milliseconds of all doubts that are over.
    pub ms: u64,
    /// Since when it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

impl Doubt {
    /// True when there never was a doubt.
    pub fn is_never(&self) -> bool {
        *self == Self::default()
    }

    /// The same clock at an instant, running or standing from then on.
    pub fn at(self, now: Timestamp, runs: bool) -> Self {
        match (self.since, runs) {
            (None, true) => Self { since: Some(now), ..self },
            (Some(_), false) => Self { ms: self.total(now).0, since: None },
            (Some(_), true) | (None, false) => self,
        }
    }

    /// All of it, with what has run until now.
    pub fn total(self, now: Timestamp) -> Span {
        let running = self.since.map_or(0, |since| now.since(since).0);
        Span(self.ms.saturating_add(running))
    }
}

/// What one question to a wallet waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A request that may move money or release it, or a step that asks nobody.
    Sending(Timestamp),
    /// An inquiry, or the step of a ladder that comes after inquiries. Draws from the wallet's
    /// budget.
    Inquiry(Timestamp),
}

impl Due {
    /// When.
    pub const fn at(self) -> Timestamp {
        match self {
            Self::Sending(at) | Self::Inquiry(at) => at,
        }
    }
}

/// When a payment wants to be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wake {
    /// The earliest request or step that is due.
    pub sending: Option<Timestamp>,
    /// The earliest inquiry that is due.
    pub inquiry: Option<Timestamp>,
    /// The earliest inquiry that is due at a push rail, whatever wallet was asked.
    pub rail: Option<Timestamp>,
    /// When it ends because of time alone; held while the clock is in doubt.
    pub expiry: Option<Timestamp>,
}

impl Wake {
    /// One more thing is due.
    pub fn add(&mut self, due: Due) {
        let (place, at) = match due {
            Due::Sending(at) => (&mut self.sending, at),
            Due::Inquiry(at) => (&mut self.inquiry, at),
        };
        *place = Some(place.map_or(at, |before| before.min(at)));
    }

    /// The earliest of all.
    pub fn next(self) -> Option<Timestamp> {
        self.sending.into_iter().chain(self.inquiry).chain(self.rail).chain(self.expiry).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_adds_up_over_several_stretches() {
        let doubt = Doubt::default();
        assert!(doubt.at(Timestamp(5), false).is_never());
        let doubt = doubt.at(Timestamp(10), true).at(Timestamp(20), true);
        assert_eq!(doubt.total(Timestamp(30)), Span(20));
        let doubt = doubt.at(Timestamp(40), false).at(Timestamp(90), false);
        assert_eq!(doubt, Doubt { ms: 30, since: None });
        let doubt = doubt.at(Timestamp(100), true).at(Timestamp(105), false);
        assert_eq!(doubt.total(Timestamp(999)), Span(35));
    }

    #[test]
    fn the_earliest_of_each_kind_is_kept() {
        let mut wake = Wake::default();
        for due in [Due::Sending(Timestamp(9)), Due::Inquiry(Timestamp(7))] {
            wake.add(due);
        }
        wake.add(Due::Sending(Timestamp(8)));
        wake.add(Due::Inquiry(Timestamp(11)));
        assert_eq!((wake.sending, wake.inquiry), (Some(Timestamp(8)), Some(Timestamp(7))));
        assert_eq!(wake.next(), Some(Timestamp(7)));
    }
}
