//! What is due next about a payment, and when.

use crate::time::Timestamp;

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
        self.sending.into_iter().chain(self.inquiry).chain(self.expiry).min()
    }
}
