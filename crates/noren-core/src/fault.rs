//! Known mistakes that a test build can plant in the engine, to show that the simulation finds
//! them. Each is the kind of slip that a review could miss.

/// A planted mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// "Pending" is read as a success.
    PendingIsPaid,
    /// Silence is read as a decline: the payment is called cancelled while money may have moved.
    SilenceIsCancelled,
    /// A success for another amount is captured as asked.
    AmountUnchecked,
    /// Refunds in doubt are not counted against what was captured.
    RefundBoundForgotten,
    /// An order in doubt takes another payment.
    OrderUnguarded,
    /// An idempotency key is not looked up.
    KeyForgotten,
    /// A success while a cancel is on its way revives the payment.
    CancelRevived,
    /// The last line of an entry is lost.
    LineDropped,
    /// A refund is repeated under a new id.
    RefundRenamed,
    /// A payment in doubt has no next action.
    TimerForgotten,
    /// A payment is called reversed when the cancel is sent, not when it is confirmed.
    CancelAssumed,
    /// Money that arrives late is not booked.
    StrayForgotten,
    /// An event takes a number too many.
    EventSkipped,
    /// A hold is called released when the void is sent, not when it is confirmed.
    VoidAssumed,
    /// Captures may take more than is left of what is held.
    CaptureBoundForgotten,
    /// A cancel in doubt is followed by a refund before the wallet has refused the cancel.
    CancelAndRefund,
    /// An order that was withdrawn by its number is paid all the same.
    TombstoneForgotten,
    /// A second capture of the same payment is booked when the success is repeated.
    CaptureRepeated,
    /// Inquiries are made when they are due, whatever the wallet's budget.
    BudgetIgnored,
    /// What was reserved for a payment stays reserved when it has ended.
    ReservationKept,
    /// A wallet's net debit cap is not looked at.
    CapForgotten,
    /// What a merchant may take in a day, and a payer pay there, is not looked at.
    DayLimitForgotten,
    /// A key answers for whatever content comes with it.
    KeyUnbound,
    /// A merchant may name any payment.
    TenantUnchecked,
    /// "Not enough in the pool now" is read as a refusal for good.
    NoFundsIsNo,
    /// A cancel does not wait until the request can no longer overtake it.
    CancelOvertakes,
    /// Each refund is converted by itself, so the last one does not take what remains.
    RemainderLost,
    /// Each refund is settled by itself, so that a yuan shop gives back less than it was credited.
    SettlementRemainderLost,
    /// Each refund brings back the fees of all refunds before it as well.
    FeeReturnedTwice,
    /// A payer's code is taken a second time.
    CodeReused,
    /// A promise of a rate is kept after its time.
    QuoteStale,
    /// What is held stays held when its time is over.
    HoldKept,
    /// An order with a wallet is called expired before the wallet has closed it.
    OrderExpiryAssumed,
    /// Silence about a capture is read as a no.
    CaptureSilenceIsNo,
    /// A transaction that a push rail repeats is credited a second time.
    CreditRepeated,
    /// The end of a claim is not booked.
    ClaimUnbooked,
}

impl Fault {
    /// All of them, with the names that `--break` takes.
    pub const ALL: &[(&'static str, Fault)] = &[
        ("pending-is-paid", Self::PendingIsPaid),
        ("silence-is-cancelled", Self::SilenceIsCancelled),
        ("amount-unchecked", Self::AmountUnchecked),
        ("refund-bound-forgotten", Self::RefundBoundForgotten),
        ("order-unguarded", Self::OrderUnguarded),
        ("key-forgotten", Self::KeyForgotten),
        ("cancel-revived", Self::CancelRevived),
        ("line-dropped", Self::LineDropped),
        ("refund-renamed", Self::RefundRenamed),
        ("timer-forgotten", Self::TimerForgotten),
        ("cancel-assumed", Self::CancelAssumed),
        ("stray-forgotten", Self::StrayForgotten),
        ("event-skipped", Self::EventSkipped),
        ("void-assumed", Self::VoidAssumed),
        ("capture-bound-forgotten", Self::CaptureBoundForgotten),
        ("capture-repeated", Self::CaptureRepeated),
        ("budget-ignored", Self::BudgetIgnored),
        ("reservation-kept", Self::ReservationKept),
        ("cap-forgotten", Self::CapForgotten),
        ("day-limit-forgotten", Self::DayLimitForgotten),
        ("key-unbound", Self::KeyUnbound),
        ("tenant-unchecked", Self::TenantUnchecked),
        ("no-funds-is-no", Self::NoFundsIsNo),
        ("cancel-overtakes", Self::CancelOvertakes),
        ("remainder-lost", Self::RemainderLost),
        ("settlement-remainder-lost", Self::SettlementRemainderLost),
        ("fee-returned-twice", Self::FeeReturnedTwice),
        ("code-reused", Self::CodeReused),
        ("quote-stale", Self::QuoteStale),
        ("cancel-and-refund", Self::CancelAndRefund),
        ("tombstone-forgotten", Self::TombstoneForgotten),
        ("hold-kept", Self::HoldKept),
        ("order-expiry-assumed", Self::OrderExpiryAssumed),
        ("capture-silence-is-no", Self::CaptureSilenceIsNo),
        ("credit-repeated", Self::CreditRepeated),
        ("claim-unbooked", Self::ClaimUnbooked),
    ];
}
