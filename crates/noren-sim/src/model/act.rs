//! Each event as the commands that it is.

use noren_core::command::{
    Body, Caller, Confirm, Fail, PaymentCancel, PaymentCreate, PaymentHeard, Present, QuoteCreate,
    RefundCreate, RefundHeard, Reserve, Resolve, Scanned,
};
use noren_core::effects::{Effects, Reply};
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, Payment};
use noren_core::quote::{Fixed, Target};
use noren_core::refund::Refund;
use noren_core::time::Span;
use noren_core::wallet::{
    Decline, DeclineReason, FxBy, PaymentAnswer, PaymentCode, Question, Receipt, RefundAnswer,
    RefundReceipt, Unknown,
};

use super::alphabet::{Event, Subject, Word};
use super::explore::Step;
use super::stage::{Live, Node, wallet};
use super::{REFUNDS, Setting, Start, check};
use crate::audit::Broken;
use crate::directory;

fn amount() -> Money {
    Money::new(1_000, Currency::JPY)
}

fn merchant() -> Caller {
    let till = directory::takayama();
    Caller::Merchant { tenant: till.tenant, merchant: till.merchant }
}

/// A stand-in for the hash of a request: keys are never reused in the model.
const HASH: [u8; 32] = [7; 32];

/// The payment begins.
pub(super) fn begin(setting: &Setting, start: &Node) -> Result<Step, Broken> {
    let mut live = start.wake_up(setting)?;
    let effects = match setting.start {
        Start::Cpm => {
            let wallet = wallet(setting.fx_by).name;
            let code = PaymentCode::new("code");
            live.command(
                merchant(),
                create("O1", Present::Consumer { wallet, code, code_hash: "code".into() }, "k0"),
            )?
        }
        Start::ScanShown => {
            let expires_in = Span::seconds(300);
            live.command(merchant(), create("O1", Present::Merchant { expires_in }, "k0"))?
        }
        Start::ScanPrinted => reserve(setting, &mut live, None)?,
    };
    if live.node.payment.is_none() {
        let what = format!("the payment does not begin: {:?}", effects.reply);
        return Err(Broken { invariant: "model", what });
    }
    Ok(Step { live, effects })
}

fn create(number: &str, present: Present, key: &str) -> Body {
    Body::PaymentCreate(PaymentCreate {
        key: key.into(),
        hash: HASH,
        order_number: number.into(),
        store: directory::takayama().store,
        amount: amount(),
        present,
        capture: CaptureMode::Now,
        memo: None,
    })
}

/// Another attempt for the same order, by another key.
pub(super) fn order_again(live: &mut Live, payment: &Payment) -> Result<Effects, Broken> {
    let present = Present::Merchant { expires_in: Span::seconds(300) };
    let key = live.key();
    live.command(merchant(), create(&payment.order_number, present, &key))
}

/// Resolve, quote where the switch converts, reserve.
fn reserve(
    setting: &Setting,
    live: &mut Live,
    payment: Option<&Payment>,
) -> Result<Effects, Broken> {
    let wallet = wallet(setting.fx_by);
    let caller = Caller::Wallet(wallet.name);
    let till = directory::takayama();
    let jpqr = till.jpqr.into();
    let (scanned, target) = match payment {
        Some(payment) => {
            (Scanned::Order { jpqr, payment: payment.id }, Target::Payment(payment.id))
        }
        None => (Scanned::Shop { jpqr }, Target::Store(till.store)),
    };
    live.command(caller, Body::Resolve(Resolve { scanned }))?;
    let mut quote = None;
    if wallet.profile.fx_by == FxBy::Switch {
        let asked = QuoteCreate { target, fixed: Fixed::Receive(amount()) };
        if let Reply::Quote(given) = live.command(caller, Body::QuoteCreate(asked))?.reply {
            quote = Some(given.id);
        }
    }
    let wallet_payment_id = format!("w{}", live.node.commands).into();
    let amount = amount();
    live.command(
        caller,
        Body::Reserve(Reserve {
            wallet_payment_id,
            hash: HASH,
            target,
            quote,
            amount,
            payer: None,
        }),
    )
}

/// One event in one state; `None` when it cannot happen there.
pub(super) fn step(
    setting: &Setting,
    node: &Node,
    event: Event,
    subject: Subject,
) -> Result<Option<Step>, Broken> {
    let payment = node.row().expect("a state has a payment").clone();
    let mut live = node.wake_up(setting)?;
    let effects = if event == Event::Time {
        match live.time()? {
            Some(effects) => effects,
            None => return Ok(None),
        }
    } else if event == Event::Reserve {
        live.moment();
        reserve(setting, &mut live, Some(&payment))?
    } else {
        live.moment();
        let Some((caller, body)) = command(setting, &live, &payment, event, subject) else {
            return Ok(None);
        };
        live.command(caller, body)?
    };
    check::step(&live, &payment, event)?;
    Ok(Some(Step { live, effects }))
}

fn command(
    setting: &Setting,
    live: &Live,
    payment: &Payment,
    event: Event,
    subject: Subject,
) -> Option<(Caller, Body)> {
    let by_wallet = Caller::Wallet(wallet(setting.fx_by).name);
    let id = payment.id;
    let (key, hash) = (live.key(), HASH);
    let refund = |amount| {
        // Declined ones do not count against what is left, so there is no bound of the engine's
        // that a model could wait for.
        (payment.refunds.len() < REFUNDS).then(|| {
            let key = key.clone();
            (
                merchant(),
                Body::RefundCreate(RefundCreate {
                    key,
                    hash,
                    payment: id,
                    amount,
                    number: None,
                    memo: None,
                }),
            )
        })
    };
    let heard = |caller, (question, attempt), answer| {
        let heard = PaymentHeard { payment: id, question, attempt, answer };
        Some((caller, Body::PaymentHeard(heard)))
    };
    let answer = |answer| heard(Caller::Runtime, live.node.last?, answer);
    // Only who was asked, or has our permission, can know of the payment.
    let debited = payment.state.asked().map(|asked| asked.payer.unwrap_or(payment.amount));
    match event {
        Event::Time | Event::Reserve => None,
        Event::Cancel => {
            Some((merchant(), Body::PaymentCancel(PaymentCancel { key, hash, payment: id })))
        }
        Event::RefundPart => refund(Money::new(400, Currency::JPY)),
        // All that is left; when nothing is, the whole again.
        Event::RefundAll => {
            let left = payment.amount.minor() - payment.refunds_counted();
            let minor = if left > 0 { left } else { payment.amount.minor() };
            refund(Money::new(minor, Currency::JPY))
        }
        Event::Confirm => {
            let confirm = Confirm { payment: id, debited: debited?, rate: None };
            Some((by_wallet, Body::Confirm(confirm)))
        }
        Event::GiveUp => {
            debited?;
            Some((by_wallet, Body::Fail(Fail { payment: id, reason: "payer gave up".into() })))
        }
        Event::NoticeYes => {
            debited?;
            heard(by_wallet, (Question::Notice, 0), PaymentAnswer::Paid(receipt(payment, 0)))
        }
        Event::StaleYes => {
            let old = live.node.oldest.filter(|old| live.node.last != Some(*old))?;
            heard(Caller::Runtime, old, PaymentAnswer::Paid(receipt(payment, 0)))
        }
        Event::TooLateBare => answer(PaymentAnswer::TooLate { receipt: None }),
        Event::Says(word) => match subject {
            Subject::Payment => answer(payment_answer(payment, word)),
            Subject::Refund(place) => says_of(payment, payment.refunds.get(place)?, word),
            Subject::Stray(place) => says_of(payment, &payment.strays.get(place)?.refund, word),
        },
    }
}

/// The wallet's receipt; `more` is what it was debited above what was asked.
pub(super) fn receipt(payment: &Payment, more: i64) -> Receipt {
    let above = |money: Money| Money::new(money.minor() + more, money.currency());
    Receipt {
        transaction: "tx-1".into(),
        amount: above(payment.amount),
        payer: payment.state.asked().and_then(|asked| asked.payer).map(above),
        rate: None,
        settlement: None,
    }
}

fn payment_answer(payment: &Payment, word: Word) -> PaymentAnswer {
    match word {
        Word::Yes => PaymentAnswer::Paid(receipt(payment, 0)),
        Word::No => PaymentAnswer::Declined(Decline::read(DeclineReason::Funds, "NO")),
        Word::Working => PaymentAnswer::Pending,
        Word::Silent => PaymentAnswer::Unknown(Unknown::TimedOut),
        Word::NotFound => PaymentAnswer::NotFound,
        Word::Closed => PaymentAnswer::Cancelled,
        Word::TooLate => PaymentAnswer::TooLate { receipt: Some(receipt(payment, 0)) },
        Word::OtherAmount => PaymentAnswer::Paid(receipt(payment, 1)),
        Word::NotSent => PaymentAnswer::NotSent,
    }
}

/// What the wallet says of a refund when it gives back what was asked, and `more`.
pub(super) fn given_back(refund: &Refund, more: i64) -> RefundReceipt {
    let above = |money: Money| Money::new(money.minor() + more, money.currency());
    RefundReceipt { amount: above(refund.amount), payer: refund.payer.map(above), settlement: None }
}

fn says_of(payment: &Payment, refund: &Refund, word: Word) -> Option<(Caller, Body)> {
    let answer = match word {
        Word::Yes => RefundAnswer::Refunded(given_back(refund, 0)),
        Word::No => RefundAnswer::Declined(Decline::read(DeclineReason::Refund, "NO")),
        Word::Working => RefundAnswer::Processing,
        Word::Silent => RefundAnswer::Unknown(Unknown::TimedOut),
        Word::NotFound => RefundAnswer::NotFound,
        Word::Closed => RefundAnswer::NoFunds,
        // Only the cancel that carries a refund out can come too late; a late copy of that answer
        // may be heard at any time after.
        Word::TooLate if payment.strays.iter().any(|stray| stray.refund.id == refund.id) => {
            return None;
        }
        Word::TooLate => RefundAnswer::TooLate,
        Word::OtherAmount => RefundAnswer::Refunded(given_back(refund, 1)),
        Word::NotSent => RefundAnswer::NotSent,
    };
    let heard = RefundHeard { payment: Some(payment.id), refund: refund.id, answer };
    Some((Caller::Runtime, Body::RefundHeard(heard)))
}
