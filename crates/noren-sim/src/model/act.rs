//! Each event as the commands that it is.

use noren_core::command::{
    Body, Caller, ClaimClose, Confirm, CreditAssign, CreditReceived, CreditReturn, Fail, IfPaid,
    OrderCancel, Payee, PaymentCancel, PaymentCapture, PaymentChoose, PaymentCreate, PaymentHeard,
    PaymentVoid, Present, QuoteCreate, RefundCreate, Reserve, Resolve, Scanned,
};
use noren_core::effects::{Effects, Reply};
use noren_core::id::WalletName;
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, Payment};
use noren_core::quote::{Fixed, Target};
use noren_core::stray::{Stray, StrayOrigin};
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{FxBy, PaymentAnswer, PaymentCode, Question, Receipt, Reference};

use super::alphabet::{Event, Subject, Word};
use super::explore::Step;
use super::said::{self, receipt};
use super::stage::{Live, Node, Rows, wallet};
use super::{CAPTURES, CREDITS, REFUNDS, Setting, Start, check};
use crate::audit::Broken;
use crate::directory::{self, START};

const WHOLE: i64 = 1_000;

fn yen(minor: i64) -> Money {
    Money::new(minor, Currency::JPY)
}

fn merchant() -> Caller {
    let till = directory::takayama();
    Caller::Merchant { tenant: till.tenant, merchant: till.merchant }
}

/// A stand-in for the hash of a request: keys are never reused in the model.
const HASH: [u8; 32] = [7; 32];

/// The walk begins.
pub(super) fn begin(setting: &Setting, start: &Node) -> Result<Step, Broken> {
    let mut live = start.wake_up(setting)?;
    let effects = match setting.start {
        Start::Cpm | Start::Frozen => scanned(setting, &mut live, CaptureMode::Now)?,
        Start::Hold => scanned(setting, &mut live, CaptureMode::Manual)?,
        Start::ScanShown | Start::Chosen | Start::Rail | Start::RailKeeps => {
            shown(&mut live, CaptureMode::Now)?
        }
        Start::HoldShown => shown(&mut live, CaptureMode::Manual)?,
        Start::ScanPrinted => reserve(setting, &mut live, None)?,
        Start::Order => {
            let (wallet, expires_in) = (wallet(setting).name, Span::seconds(300));
            let present = Present::Online { wallet, expires_in };
            live.command(merchant(), create("O1", present, CaptureMode::Now, "k0"))?
        }
        Start::Captures => {
            scanned(setting, &mut live, CaptureMode::Manual)?;
            then(setting, &mut live, &[(Event::Says(Word::Held), Subject::Payment)])?
        }
        Start::Partly | Start::Withdrawn => {
            scanned(setting, &mut live, CaptureMode::Manual)?;
            let steps = [
                (Event::Says(Word::Held), Subject::Payment),
                (Event::CapturePart, Subject::Payment),
                (Event::Says(Word::Yes), Subject::Capture(0)),
            ];
            then(setting, &mut live, &steps)?
        }
        Start::Claim => {
            scanned(setting, &mut live, CaptureMode::Now)?;
            let steps = [
                (Event::Cancel, Subject::Payment),
                (Event::Time, Subject::Payment),
                (Event::Says(Word::TooLate), Subject::Payment),
            ];
            then(setting, &mut live, &steps)?
        }
        Start::Nobody | Start::NobodyKeeps => {
            let credit = received("T0", Payee::Unreadable, "whoever", yen(WHOLE));
            live.command(Caller::Wallet(wallet(setting).name), credit)?
        }
    };
    if live.node.rows().is_none() {
        let what = format!("the walk does not begin: {:?}", effects.reply);
        return Err(Broken { invariant: "model", what });
    }
    Ok(Step { live, effects })
}

/// What comes before the walk begins.
fn then(setting: &Setting, live: &mut Live, steps: &[(Event, Subject)]) -> Result<Effects, Broken> {
    let mut last = None;
    for (event, subject) in steps {
        last = happen(setting, live, *event, *subject)?;
    }
    let what = "a step before the walk cannot happen".to_owned();
    last.ok_or(Broken { invariant: "model", what })
}

fn scanned(setting: &Setting, live: &mut Live, capture: CaptureMode) -> Result<Effects, Broken> {
    let wallet = wallet(setting).name;
    let code = PaymentCode::new("code");
    let present = Present::Consumer { wallet, code, code_hash: "code".into() };
    live.command(merchant(), create("O1", present, capture, "k0"))
}

fn shown(live: &mut Live, capture: CaptureMode) -> Result<Effects, Broken> {
    let present = Present::Merchant { expires_in: Span::seconds(300) };
    live.command(merchant(), create("O1", present, capture, "k0"))
}

fn create(number: &str, present: Present, capture: CaptureMode, key: &str) -> Body {
    Body::PaymentCreate(PaymentCreate {
        key: key.into(),
        hash: HASH,
        order_number: number.into(),
        store: directory::takayama().store,
        amount: yen(WHOLE),
        present,
        capture,
        memo: None,
    })
}

/// Another attempt for the same order, by another key.
pub(super) fn order_again(live: &mut Live, payment: &Payment) -> Result<Effects, Broken> {
    let present = Present::Merchant { expires_in: Span::seconds(300) };
    let key = live.key();
    live.command(merchant(), create(&payment.order_number, present, CaptureMode::Now, &key))
}

/// Resolve, quote where the switch converts, reserve.
fn reserve(
    setting: &Setting,
    live: &mut Live,
    payment: Option<&Payment>,
) -> Result<Effects, Broken> {
    let wallet = wallet(setting);
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
        let asked = QuoteCreate { target, fixed: Fixed::Receive(yen(WHOLE)) };
        if let Reply::Quote(given) = live.command(caller, Body::QuoteCreate(asked))?.reply {
            quote = Some(given.id);
        }
    }
    let wallet_payment_id = format!("w{}", live.node.commands).into();
    let amount = yen(WHOLE);
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
    let before = node.rows().expect("a state is of something");
    let mut live = node.wake_up(setting)?;
    let Some(effects) = happen(setting, &mut live, event, subject)? else { return Ok(None) };
    check::step(&live, &before, event)?;
    Ok(Some(Step { live, effects }))
}

fn happen(
    setting: &Setting,
    live: &mut Live,
    event: Event,
    subject: Subject,
) -> Result<Option<Effects>, Broken> {
    let rows = live.node.rows().expect("a state is of something");
    if event == Event::Time {
        return live.time();
    }
    live.moment();
    if event == Event::Reserve {
        return reserve(setting, live, rows.payment.as_deref()).map(Some);
    }
    let command = match of_rail(setting, &rows, event) {
        Some(command) => Some(command),
        None => command(setting, live, &rows, event, subject),
    };
    let Some((caller, body)) = command else { return Ok(None) };
    live.node.withdrawn |= event == Event::Withdraw;
    live.command(caller, body).map(Some)
}

/// What a rail sends, and what people do with money of nobody.
fn of_rail(setting: &Setting, rows: &Rows, event: Event) -> Option<(Caller, Body)> {
    let rail = Caller::Wallet(wallet(setting).name);
    let body = match event {
        Event::CreditWhole | Event::CreditOther => {
            let payment = rows.payment.as_ref()?;
            let count = credits(payment).count();
            let minor = if event == Event::CreditWhole { WHOLE } else { 900 };
            let transaction = format!("T{count}");
            let payee = Payee::Payment(payment.id);
            (count < CREDITS).then(|| received(&transaction, payee, "code", yen(minor)))?
        }
        Event::CreditAgain | Event::CreditDiffers => {
            let (first, payee) = match (&rows.credit, &rows.payment) {
                (Some(credit), _) => (credit.receipt.clone(), Payee::Unreadable),
                (None, Some(payment)) => {
                    let named = Payee::Payment(payment.id);
                    (credits(payment).min_by_key(|r| r.transaction.clone())?.clone(), named)
                }
                (None, None) => return None,
            };
            let named = match (event, &rows.credit) {
                (Event::CreditDiffers, _) => "otherwise",
                (_, Some(_)) => "whoever",
                (_, None) => "code",
            };
            received(&first.transaction, payee, named, first.amount)
        }
        Event::Assign => {
            let (credit, store) = (rows.credit.as_ref()?.id, directory::takayama().store);
            return Some((Caller::Operator, Body::CreditAssign(CreditAssign { credit, store })));
        }
        Event::Return => {
            let credit = rows.credit.as_ref()?.id;
            return Some((Caller::Operator, Body::CreditReturn(CreditReturn { credit })));
        }
        _ => return None,
    };
    Some((rail, body))
}

/// What rails credited to a payment.
fn credits(payment: &Payment) -> impl Iterator<Item = &Receipt> {
    let paid = match &payment.state {
        noren_core::payment::State::Captured(s) => match s.asked.reference {
            Reference::Credit { .. } => Some(&s.receipt),
            Reference::Request | Reference::Order { .. } | Reference::Scan { .. } => None,
        },
        _ => None,
    };
    let strays = payment.strays.iter().filter(|stray| stray.origin != StrayOrigin::Asked);
    paid.into_iter().chain(strays.map(|stray| &stray.receipt))
}

fn received(transaction: &str, payee: Payee, named: &str, amount: Money) -> Body {
    Body::CreditReceived(CreditReceived {
        transaction: transaction.into(),
        named: named.into(),
        payee,
        amount,
        payer: None,
        settlement: None,
        credited_at: Timestamp(START.0),
    })
}

/// People end a claim.
pub(super) fn close(payment: &Payment, stray: &Stray, end: noren_core::stray::ClaimEnd) -> Body {
    let (payment, stray, note) = (payment.id, stray.id, "by hand".into());
    Body::ClaimClose(ClaimClose { payment, stray, end, note })
}

fn command(
    setting: &Setting,
    live: &Live,
    rows: &Rows,
    event: Event,
    subject: Subject,
) -> Option<(Caller, Body)> {
    if let (Event::Says(word), Subject::Credit) = (event, subject) {
        return said::of_return(rows.credit.as_ref()?, word);
    }
    let payment = &**rows.payment.as_ref()?;
    let by_wallet = |name: WalletName| Caller::Wallet(name);
    let wallet = wallet(setting).name;
    let id = payment.id;
    let (key, hash) = (live.key(), HASH);
    let refund = |minor| {
        // Declined ones do not count against what is left, so there is no bound of the engine's
        // that a model could wait for.
        (payment.refunds.len() < refunds_max(setting.start)).then(|| {
            let (key, amount) = (key.clone(), yen(minor));
            let (number, memo) = (None, None);
            let create = RefundCreate { key, hash, payment: id, amount, number, memo };
            (merchant(), Body::RefundCreate(create))
        })
    };
    let capture = |minor| {
        (said::captures(payment).count() < CAPTURES).then(|| {
            let (key, amount) = (key.clone(), yen(minor));
            (merchant(), Body::PaymentCapture(PaymentCapture { key, hash, payment: id, amount }))
        })
    };
    let heard = |caller, (question, attempt), answer| {
        let heard = PaymentHeard { payment: id, question, attempt, answer };
        Some((caller, Body::PaymentHeard(heard)))
    };
    let notice = |answer| heard(by_wallet(wallet), (Question::Notice, 0), answer);
    let answer = |answer| heard(Caller::Runtime, live.node.last?, answer);
    // Only who was asked, or has our permission, can know of the payment.
    let debited = payment.state.asked().map(|asked| asked.payer.unwrap_or(payment.amount));
    match event {
        Event::Time
        | Event::Reserve
        | Event::CreditWhole
        | Event::CreditOther
        | Event::CreditAgain
        | Event::CreditDiffers
        | Event::Assign
        | Event::Return => None,
        Event::Choose => {
            Some((Caller::Payer, Body::PaymentChoose(PaymentChoose { payment: id, wallet })))
        }
        Event::Cancel => {
            Some((merchant(), Body::PaymentCancel(PaymentCancel { key, hash, payment: id })))
        }
        Event::Withdraw => {
            // Each asks for what an earlier one did not get back.
            let (order_number, if_paid) = (payment.order_number.clone(), IfPaid::Refund);
            (payment.refunds.len() < REFUNDS).then(|| {
                (merchant(), Body::OrderCancel(OrderCancel { key, hash, order_number, if_paid }))
            })
        }
        Event::CapturePart => capture(WHOLE / 2),
        Event::CaptureWhole => capture(WHOLE),
        Event::Void => {
            Some((merchant(), Body::PaymentVoid(PaymentVoid { key, hash, payment: id })))
        }
        Event::RefundPart => refund(400),
        // All that is left; when nothing is, the whole again.
        Event::RefundAll => {
            let left = payment.captured() - payment.refunds_counted();
            refund(if left > 0 { left } else { payment.amount.minor() })
        }
        Event::Confirm => {
            let confirm = Confirm { payment: id, debited: debited?, rate: None };
            Some((by_wallet(wallet), Body::Confirm(confirm)))
        }
        Event::GiveUp => {
            debited?;
            let fail = Fail { payment: id, reason: "payer gave up".into() };
            Some((by_wallet(wallet), Body::Fail(fail)))
        }
        Event::NoticeYes => {
            debited?;
            notice(PaymentAnswer::Paid(receipt(payment, 0)))
        }
        Event::NoticeHeld => {
            debited?;
            notice(PaymentAnswer::Authorised(receipt(payment, 0)))
        }
        Event::StaleYes => {
            let old = live.node.oldest.filter(|old| live.node.last != Some(*old))?;
            heard(Caller::Runtime, old, PaymentAnswer::Paid(receipt(payment, 0)))
        }
        Event::TooLateBare => answer(PaymentAnswer::TooLate { receipt: None }),
        Event::Close(end) => match subject {
            Subject::Stray(place) => {
                Some((Caller::Operator, close(payment, payment.strays.get(place)?, end)))
            }
            Subject::Payment | Subject::Capture(_) | Subject::Refund(_) | Subject::Credit => None,
        },
        Event::Says(word) => match subject {
            Subject::Payment => answer(said::of_payment(payment, word)),
            Subject::Capture(place) => {
                said::of_capture(payment, said::captures(payment).nth(place)?, word)
            }
            Subject::Refund(place) => said::of_refund(payment, payment.refunds.get(place)?, word),
            Subject::Stray(place) => {
                said::of_refund(payment, &payment.strays.get(place)?.refund, word)
            }
            Subject::Credit => None,
        },
    }
}

/// Where refunds are not the question, one is enough.
const fn refunds_max(start: Start) -> usize {
    match start {
        Start::Cpm | Start::ScanShown | Start::ScanPrinted | Start::Partly => REFUNDS,
        Start::Frozen
        | Start::Chosen
        | Start::Order
        | Start::Hold
        | Start::HoldShown
        | Start::Captures
        | Start::Withdrawn
        | Start::Claim
        | Start::Rail
        | Start::RailKeeps
        | Start::Nobody
        | Start::NobodyKeeps => 1,
    }
}
