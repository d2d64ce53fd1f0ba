//! What can happen: at most sixteen kinds of events in one walk.

use noren_core::stray::ClaimEnd;

/// No walk has more kinds of events.
pub const ALPHABET_MAX: usize = 16;

/// Something that happens to the payment, or to the credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// The engine's next wake comes.
    Time,
    /// The merchant wants the payment not to stand.
    Cancel,
    /// The merchant wants the order not to stand, by its number.
    Withdraw,
    /// The merchant takes half of what was held at first.
    CapturePart,
    /// The merchant takes as much as was held at first.
    CaptureWhole,
    /// The merchant releases what is held and not captured.
    Void,
    /// The merchant gives back a part.
    RefundPart,
    /// The merchant gives back everything.
    RefundAll,
    /// A wallet asks for a rate where it needs one, and for permission to debit or to hold.
    Reserve,
    /// The payer of a till's code chooses a wallet, which is asked for an order.
    Choose,
    /// The wallet says by the wallet API that it has debited, or that it holds.
    Confirm,
    /// The wallet gives its permission back.
    GiveUp,
    /// A notification that nobody asked for says paid.
    NoticeYes,
    /// A notification that nobody asked for says held.
    NoticeHeld,
    /// The oldest question is answered with paid, after all.
    StaleYes,
    /// The cancel or void is refused, and the refusal names no receipt.
    TooLateBare,
    /// The rail credits what the order asks for, by a transaction of its own.
    CreditWhole,
    /// The rail credits another amount.
    CreditOther,
    /// The rail repeats its first transaction.
    CreditAgain,
    /// The rail repeats its first transaction with another content.
    CreditDiffers,
    /// The operator gives the credit to a shop.
    Assign,
    /// The operator sends the credit back.
    Return,
    /// The operator ends a claim.
    Close(ClaimEnd),
    /// The answer to the last question about a subject; nothing keeps it from coming twice.
    Says(Word),
}

/// What an answer says, of a payment, of a capture or of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Paid; captured; refunded.
    Yes,
    /// The money is held.
    Held,
    /// The order is made, and its link given.
    Ordered,
    /// A definite no.
    No,
    /// Pending; processing.
    Working,
    /// No answer in time.
    Silent,
    /// Not known there.
    NotFound,
    /// Closed unpaid, or the cancel or void is confirmed; for a refund: the pool is empty.
    Closed,
    /// The cancel or void is refused, and the refusal names the receipt.
    TooLate,
    /// Paid, held, captured or given back in another amount than was asked.
    OtherAmount,
    /// Refused before a byte left.
    NotSent,
    /// The wallet's side froze the money.
    Frozen,
}

/// Of what a wallet speaks, or whom the operator means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The payment.
    Payment,
    /// One of its captures, by place.
    Capture(usize),
    /// One of its refunds, by place.
    Refund(usize),
    /// The refund of one of its stray receipts, by place.
    Stray(usize),
    /// The refund of the credit.
    Credit,
}

impl Event {
    /// For tables: what happened, and to what.
    pub fn name(self, subject: Subject) -> &'static str {
        match (self, subject) {
            (Self::Time, _) => "time passes",
            (Self::Cancel, _) => "the merchant cancels",
            (Self::Withdraw, _) => "the merchant withdraws the order",
            (Self::CapturePart, _) => "the merchant captures half",
            (Self::CaptureWhole, _) => "the merchant captures the whole",
            (Self::Void, _) => "the merchant voids",
            (Self::RefundPart, _) => "the merchant refunds a part",
            (Self::RefundAll, _) => "the merchant refunds all",
            (Self::Reserve, _) => "a wallet reserves",
            (Self::Choose, _) => "the payer chooses a wallet",
            (Self::Confirm, _) => "the wallet confirms its debit",
            (Self::GiveUp, _) => "the wallet gives up",
            (Self::NoticeYes, _) => "notice of paid",
            (Self::NoticeHeld, _) => "notice of held",
            (Self::StaleYes, _) => "paid, in answer to an old question",
            (Self::TooLateBare, _) => "too late, no receipt",
            (Self::CreditWhole, _) => "the rail credits the amount",
            (Self::CreditOther, _) => "the rail credits another amount",
            (Self::CreditAgain, _) => "the rail repeats a credit",
            (Self::CreditDiffers, _) => "the rail repeats a credit otherwise",
            (Self::Assign, _) => "people assign the credit",
            (Self::Return, _) => "people send the credit back",
            (Self::Close(ClaimEnd::PaidBack), _) => "people pay the claim back",
            (Self::Close(ClaimEnd::WrittenOff), _) => "people write the claim off",
            (Self::Says(word), Subject::Payment) => word.of_payment(),
            (Self::Says(word), Subject::Capture(_)) => word.of_capture(),
            (Self::Says(word), Subject::Refund(_)) => word.of_refund(),
            (Self::Says(word), Subject::Stray(_) | Subject::Credit) => word.of_return(),
        }
    }
}

impl Word {
    const fn of_payment(self) -> &'static str {
        match self {
            Self::Yes => "paid",
            Self::Held => "held",
            Self::Ordered => "order made",
            Self::No => "declined",
            Self::Working => "pending",
            Self::Silent => "no answer",
            Self::NotFound => "not found",
            Self::Closed => "cancelled",
            Self::TooLate => "too late, with a receipt",
            Self::OtherAmount => "another amount",
            Self::NotSent => "not sent",
            Self::Frozen => "frozen",
        }
    }

    const fn of_capture(self) -> &'static str {
        match self {
            Self::Yes => "capture made",
            Self::No => "capture declined",
            Self::Working => "capture processing",
            Self::Silent => "capture unanswered",
            Self::NotFound => "capture not found",
            Self::OtherAmount => "capture of another amount",
            Self::NotSent => "capture not sent",
            Self::Held | Self::Ordered | Self::Closed | Self::TooLate | Self::Frozen => {
                "no word of a capture"
            }
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
            Self::Held | Self::Ordered | Self::Frozen => "no word of a refund",
        }
    }

    const fn of_return(self) -> &'static str {
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
            Self::Held | Self::Ordered | Self::Frozen => "no word of a return",
        }
    }
}
