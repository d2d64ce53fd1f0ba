//! What can happen: at most sixteen kinds of events.

use super::Start;

/// No model has more kinds of events.
pub const ALPHABET_MAX: usize = 16;

/// Something that happens to the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// The engine's next wake comes.
    Time,
    /// The merchant wants the payment not to stand.
    Cancel,
    /// The merchant gives back a part.
    RefundPart,
    /// The merchant gives back everything.
    RefundAll,
    /// A wallet asks for a rate where it needs one, and for permission to debit.
    Reserve,
    /// The wallet says by the wallet API that it has debited.
    Confirm,
    /// The wallet gives its permission back.
    GiveUp,
    /// A notification that nobody asked for says paid.
    NoticeYes,
    /// The oldest question is answered with paid, after all.
    StaleYes,
    /// The cancel is refused, and the refusal names no receipt.
    TooLateBare,
    /// The answer to the last question about a subject; nothing keeps it from coming twice.
    Says(Word),
}

/// What an answer says, of a payment or of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Paid; refunded.
    Yes,
    /// A definite no.
    No,
    /// Pending; processing.
    Working,
    /// No answer in time.
    Silent,
    /// Not known there.
    NotFound,
    /// Closed unpaid, or the cancel is confirmed; for a refund: the pool is empty.
    Closed,
    /// The cancel is refused, and the refusal names the receipt.
    TooLate,
    /// Paid, or given back, in another amount than was asked.
    OtherAmount,
    /// Refused before a byte left.
    NotSent,
}

/// Of what a wallet speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The payment.
    Payment,
    /// One of its refunds, by place.
    Refund(usize),
    /// The refund of one of its stray receipts, by place.
    Stray(usize),
}

const WORDS: [Word; 9] = [
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

/// The alphabet of one way to begin.
pub(super) fn of(start: Start) -> Vec<Event> {
    let mut events = vec![Event::Time, Event::Cancel, Event::RefundPart, Event::RefundAll];
    events.extend(match start {
        Start::Cpm => [Event::NoticeYes, Event::StaleYes, Event::TooLateBare],
        Start::ScanShown => [Event::Reserve, Event::Confirm, Event::GiveUp],
        // Nobody can scan this payment's code again: there is none.
        Start::ScanPrinted => [Event::TooLateBare, Event::Confirm, Event::GiveUp],
    });
    events.extend(WORDS.map(Event::Says));
    assert!(events.len() <= ALPHABET_MAX);
    events
}

impl Event {
    /// For tables: what happened, and to what.
    pub fn name(self, subject: Subject) -> &'static str {
        match (self, subject) {
            (Self::Time, _) => "time passes",
            (Self::Cancel, _) => "the merchant cancels",
            (Self::RefundPart, _) => "the merchant refunds a part",
            (Self::RefundAll, _) => "the merchant refunds all",
            (Self::Reserve, _) => "a wallet reserves",
            (Self::Confirm, _) => "the wallet confirms its debit",
            (Self::GiveUp, _) => "the wallet gives up",
            (Self::NoticeYes, _) => "notice of paid",
            (Self::StaleYes, _) => "paid, in answer to an old question",
            (Self::TooLateBare, _) => "too late, no receipt",
            (Self::Says(word), Subject::Payment) => word.of_payment(),
            (Self::Says(word), Subject::Refund(_)) => word.of_refund(),
            (Self::Says(word), Subject::Stray(_)) => word.of_stray(),
        }
    }
}

impl Word {
    const fn of_payment(self) -> &'static str {
        match self {
            Self::Yes => "paid",
            Self::No => "declined",
            Self::Working => "pending",
            Self::Silent => "no answer",
            Self::NotFound => "not found",
            Self::Closed => "cancelled",
            Self::TooLate => "too late, with a receipt",
            Self::OtherAmount => "paid, another amount",
            Self::NotSent => "not sent",
        }
    }

    const fn of_refund(self) -> &'static str {
        match self {
            Self::Yes => "refund made",
            Self::No => "refund declined",
            Self::Working => "refund processing",
            Self::Silent => "refund unanswered",
            Self::NotFound => "refund not found",
            Self::Closed => "refund without funds",
            Self::TooLate => "refund too late",
            Self::OtherAmount => "refund of another amount",
            Self::NotSent => "refund not sent",
        }
    }

    const fn of_stray(self) -> &'static str {
        match self {
            Self::Yes => "return made",
            Self::No => "return declined",
            Self::Working => "return processing",
            Self::Silent => "return unanswered",
            Self::NotFound => "return not found",
            Self::Closed => "return without funds",
            Self::TooLate => "return too late",
            Self::OtherAmount => "return of another amount",
            Self::NotSent => "return not sent",
        }
    }
}
