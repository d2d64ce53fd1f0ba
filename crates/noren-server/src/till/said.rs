//! What a payment or a refund is, in words for the counter.

use noren_core::directory::Directory;
use noren_core::id::WalletName;
use noren_core::money::Money;
use noren_core::payment::{Payment, State};
use noren_core::refund::RefundState;
use noren_pages::counter::{Row, Said, Tone};
use noren_pages::{Language, japan, words};

/// A wallet as people know it.
pub(super) fn title(directory: &Directory, wallet: WalletName) -> String {
    directory.wallet(wallet).map_or_else(|| wallet.to_string(), |wallet| wallet.title.to_string())
}

/// What a payment is.
pub(super) fn state(language: Language, payment: &Payment) -> Said {
    let tone = match &payment.state {
        State::Captured(_) | State::HoldCaptured(_) => Tone::Good,
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_) => Tone::Wait,
        State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => Tone::Bad,
    };
    Said { text: words::state(language, payment.state.name()), tone }
}

/// What a refund is.
pub(super) fn refund_state(language: Language, state: &RefundState) -> Said {
    let tone = match state {
        RefundState::Requested(_) | RefundState::InDoubt(_) | RefundState::WaitingForFunds(_) => {
            Tone::Wait
        }
        RefundState::Refunded(_) => Tone::Good,
        RefundState::Declined(_) | RefundState::Impossible(_) => Tone::Bad,
    };
    Said { text: words::refund_state(language, state.name()), tone }
}

/// Why it is that, and what to do. Of what was paid there is nothing more to say.
pub(super) fn why(language: Language, state: &State) -> Option<String> {
    let key = match state {
        State::Captured(_) | State::HoldCaptured(_) => return None,
        State::Declined(declined) => {
            return Some(words::decline(language, declined.proof.reason()));
        }
        State::WaitingForPayer(_) | State::Ordering(_) | State::Ordered(_) => "counter-why-waiting",
        State::Authorising(_) | State::InDoubt(_) | State::Capturing(_) => "counter-why-asking",
        State::Reversing(_) | State::Voiding(_) => "counter-why-undoing",
        State::Authorised(_) => "counter-why-held",
        State::Cancelled(_) | State::Expired(_) => "counter-why-unpaid",
        State::Reversed(_) | State::Voided(_) => "counter-why-undone",
        State::Blocked(_) => "counter-why-blocked",
    };
    Some(words::say(language, key))
}

/// The last four of the order's number: what every screen and every receipt calls a payment by.
pub(crate) fn last(payment: &Payment) -> String {
    let number = &payment.order_number;
    number.char_indices().rev().take(4).last().map_or("", |(at, _)| &number[at..]).to_owned()
}

/// What of it has gone back.
pub(super) fn refunded(payment: &Payment) -> Option<Money> {
    let done = payment.refunds_done();
    (done > 0).then(|| Money::new(done, payment.amount.currency()))
}

/// A payment as a row of a list.
pub(super) fn row(language: Language, directory: &Directory, payment: &Payment) -> Row {
    Row {
        url: format!("/till/payments/{}", payment.id),
        time: japan::time(payment.created_at),
        amount: payment.amount,
        wallet: payment.wallet().map(|wallet| title(directory, wallet)),
        state: state(language, payment),
        refunded: refunded(payment),
        last: last(payment),
    }
}
