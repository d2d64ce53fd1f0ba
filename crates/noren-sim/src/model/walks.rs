//! What can happen in each walk. Each alphabet is what one question needs, so that each walk ends.

use noren_core::stray::ClaimEnd;

use super::Start;
use super::alphabet::{ALPHABET_MAX, Event, Subject, Word};
use super::stage::Rows;

/// An alphabet: the events, and which words are spoken of what.
#[derive(Default)]
pub(super) struct Alphabet {
    events: Vec<Event>,
    payment: &'static [Word],
    capture: &'static [Word],
    refund: &'static [Word],
    stray: &'static [Word],
    credit: &'static [Word],
}

const WORDS: &[Word] = &[
    Word::Yes,
    Word::No,
    Word::Working,
    Word::Silent,
    Word::NotFound,
    Word::Closed,
    Word::TooLate,
    Word::OtherAmount,
    Word::NotSent,
];

/// Of a refund that is no cancel.
const OF_REFUND: &[Word] = &[
    Word::Yes,
    Word::No,
    Word::Working,
    Word::Silent,
    Word::NotFound,
    Word::Closed,
    Word::OtherAmount,
    Word::NotSent,
];

const OF_CAPTURE: &[Word] = &[
    Word::Yes,
    Word::No,
    Word::Working,
    Word::Silent,
    Word::NotFound,
    Word::OtherAmount,
    Word::NotSent,
];

const PAID_BACK: Event = Event::Close(ClaimEnd::PaidBack);
const WRITTEN_OFF: Event = Event::Close(ClaimEnd::WrittenOff);

impl Alphabet {
    /// The alphabet of one way to begin.
    pub fn of(start: Start) -> Alphabet {
        let all = Alphabet { payment: WORDS, refund: WORDS, stray: WORDS, ..Alphabet::default() };
        let refunds = [Event::RefundPart, Event::RefundAll];
        let walk = |events: &[Event]| [&[Event::Time, Event::Cancel], events].concat();
        let alphabet = match start {
            Start::Cpm => {
                let own = [Event::NoticeYes, Event::StaleYes, Event::TooLateBare];
                Alphabet { events: walk(&[&refunds[..], &own].concat()), ..all }
            }
            Start::ScanShown => {
                let own = [Event::Reserve, Event::Confirm, Event::GiveUp];
                Alphabet { events: walk(&[&refunds[..], &own].concat()), ..all }
            }
            // Nobody can scan this payment's code again: there is none.
            Start::ScanPrinted => {
                let own = [Event::TooLateBare, Event::Confirm, Event::GiveUp];
                Alphabet { events: walk(&[&refunds[..], &own].concat()), ..all }
            }
            Start::Frozen => Alphabet {
                events: walk(&[Event::RefundAll, Event::NoticeYes, Event::TooLateBare]),
                payment: &[
                    Word::Yes,
                    Word::No,
                    Word::Silent,
                    Word::Closed,
                    Word::TooLate,
                    Word::Frozen,
                ],
                stray: &[Word::Yes, Word::No],
                ..Alphabet::default()
            },
            Start::Order => Alphabet {
                events: walk(&[Event::RefundAll, Event::NoticeYes, Event::TooLateBare]),
                payment: &[
                    Word::Ordered,
                    Word::Yes,
                    Word::No,
                    Word::Working,
                    Word::Silent,
                    Word::NotFound,
                    Word::Closed,
                    Word::TooLate,
                    Word::OtherAmount,
                    Word::NotSent,
                    Word::Frozen,
                ],
                refund: &[Word::Yes, Word::No, Word::Silent],
                stray: &[Word::Yes, Word::No, Word::Silent],
                ..Alphabet::default()
            },
            Start::Chosen => Alphabet {
                events: walk(&[Event::Choose, Event::Reserve, Event::TooLateBare]),
                payment: &[
                    Word::Ordered,
                    Word::Yes,
                    Word::No,
                    Word::Silent,
                    Word::NotFound,
                    Word::Closed,
                    Word::TooLate,
                    Word::NotSent,
                ],
                stray: &[Word::Yes, Word::No],
                ..Alphabet::default()
            },
            Start::Hold => Alphabet {
                events: walk(&[Event::Void, Event::NoticeHeld, Event::TooLateBare]),
                payment: &[
                    Word::Held,
                    Word::Yes,
                    Word::No,
                    Word::Working,
                    Word::Silent,
                    Word::NotFound,
                    Word::Closed,
                    Word::TooLate,
                    Word::OtherAmount,
                    Word::NotSent,
                    Word::Frozen,
                ],
                stray: &[Word::Yes, Word::No],
                ..Alphabet::default()
            },
            Start::HoldShown => Alphabet {
                events: walk(&[
                    Event::Void,
                    Event::CaptureWhole,
                    Event::Reserve,
                    Event::Confirm,
                    Event::GiveUp,
                ]),
                payment: &[Word::Silent, Word::Closed, Word::TooLate],
                capture: &[Word::Yes, Word::No],
                stray: &[Word::Yes],
                ..Alphabet::default()
            },
            Start::Captures => Alphabet {
                events: walk(&[Event::CapturePart, Event::CaptureWhole, Event::Void]),
                payment: &[Word::Closed],
                capture: OF_CAPTURE,
                stray: &[Word::Yes, Word::No],
                ..Alphabet::default()
            },
            Start::Partly => Alphabet {
                events: walk(&[Event::Void, Event::RefundPart, Event::RefundAll]),
                payment: &[Word::Closed, Word::Frozen],
                refund: &[Word::Yes, Word::No, Word::Silent],
                ..Alphabet::default()
            },
            Start::Withdrawn => Alphabet {
                events: walk(&[Event::CapturePart, Event::Withdraw]),
                payment: &[Word::Closed, Word::TooLate],
                capture: &[Word::Yes, Word::No],
                refund: &[Word::Yes, Word::No],
                stray: &[Word::Yes, Word::No],
                ..Alphabet::default()
            },
            Start::Claim => Alphabet {
                events: walk(&[Event::NoticeYes, PAID_BACK, WRITTEN_OFF]),
                payment: &[Word::Yes, Word::No, Word::Closed],
                stray: OF_REFUND,
                ..Alphabet::default()
            },
            Start::Rail => Alphabet {
                events: walk(&[
                    Event::CreditWhole,
                    Event::CreditOther,
                    Event::CreditAgain,
                    Event::CreditDiffers,
                    Event::RefundAll,
                    PAID_BACK,
                ]),
                refund: &[Word::Yes, Word::No, Word::Silent],
                stray: &[Word::Yes, Word::No, Word::Silent, Word::Closed],
                ..Alphabet::default()
            },
            Start::RailKeeps => Alphabet {
                events: walk(&[
                    Event::CreditWhole,
                    Event::CreditOther,
                    Event::CreditAgain,
                    Event::CreditDiffers,
                    Event::RefundAll,
                    PAID_BACK,
                    WRITTEN_OFF,
                ]),
                ..Alphabet::default()
            },
            Start::Nobody => Alphabet {
                events: walk(&[
                    Event::Assign,
                    Event::Return,
                    Event::CreditAgain,
                    Event::CreditDiffers,
                    Event::RefundAll,
                ]),
                refund: &[Word::Yes, Word::No, Word::Silent],
                credit: OF_REFUND,
                ..Alphabet::default()
            },
            Start::NobodyKeeps => Alphabet {
                events: walk(&[
                    Event::Assign,
                    Event::Return,
                    Event::CreditAgain,
                    Event::CreditDiffers,
                    Event::RefundAll,
                ]),
                ..Alphabet::default()
            },
        };
        assert!(alphabet.kinds() <= ALPHABET_MAX, "{start:?}: {}", alphabet.kinds());
        alphabet
    }

    fn kinds(&self) -> usize {
        let spoken = [self.payment, self.capture, self.refund, self.stray, self.credit].concat();
        let words: std::collections::BTreeSet<Word> = spoken.into_iter().collect();
        self.events.len() + words.len()
    }

    /// All that can happen in a state: each event, each word of each thing that is there.
    pub fn steps(&self, rows: &Rows) -> Vec<(Event, Subject)> {
        let mut steps = Vec::new();
        let (mut parts, mut running, mut refunds, mut strays) = (0, false, 0, 0);
        if let Some(payment) = &rows.payment {
            let ended = payment.state.hold().map_or(0, |hold| hold.parts.len());
            running = payment.state.open_part().is_some();
            parts = ended + usize::from(running);
            refunds = payment.refunds.len();
            strays = payment.strays.len();
        }
        for event in &self.events {
            match event {
                Event::Close(_) => steps.extend((0..strays).map(|n| (*event, Subject::Stray(n)))),
                _ => steps.push((*event, Subject::Payment)),
            }
        }
        let mut speak = |words: &[Word], subject| {
            steps.extend(words.iter().map(|word| (Event::Says(*word), subject)));
        };
        if rows.payment.is_some() {
            speak(self.payment, Subject::Payment);
        }
        // Of the last capture only: one is asked for at a time. Of one that has ended only until
        // money of it has turned up that nobody asked for.
        if running || (parts > 0 && strays == 0) {
            speak(self.capture, Subject::Capture(parts - 1));
        }
        (0..refunds).for_each(|n| speak(self.refund, Subject::Refund(n)));
        (0..strays).for_each(|n| speak(self.stray, Subject::Stray(n)));
        if rows.credit.is_some() {
            speak(self.credit, Subject::Credit);
        }
        steps
    }
}
