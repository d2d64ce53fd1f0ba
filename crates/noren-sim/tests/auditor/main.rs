//! The auditor must be able to fail: each rule, against a story that was tampered with.

mod separation;
mod settlement;

use std::sync::Arc;

use noren_core::command::{
    Body, Caller, CaptureHeard, Command, PaymentCapture, PaymentCreate, PaymentHeard, PaymentVoid,
    Present, RefundCreate,
};
use noren_core::directory::Change;
use noren_core::effects::{Effects, Found, Reply, Row, Seal};
use noren_core::engine::Engine;
use noren_core::id::{CaptureId, Entropy};
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, PartTerms, Payment, State};
use noren_core::refusal::Refusal;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{Ask, Call, CaptureAnswer, PaymentAnswer, PaymentCode, Question, Receipt};
use noren_sim::audit::{Auditor, Broken, Commit};
use noren_sim::directory::{self, START};

/// One batch of the story.
#[derive(Clone)]
struct Scene {
    now: Timestamp,
    command: Command,
    rows: Vec<Row>,
    seal: Seal,
    calls: Vec<Call>,
    reply: Reply,
}

fn yen(minor: i64) -> Money {
    Money::new(minor, Currency::JPY)
}

/// A payment that is captured and refunded in part, true in all points: directory, then pay,
/// approved, refund.
fn story() -> Vec<Scene> {
    story_in(directory::changes())
}

/// The same with another directory.
fn story_in(changes: Vec<Change>) -> Vec<Scene> {
    let mut engine = Engine::new(0);
    let mut scenes: Vec<Scene> = Vec::new();
    let mut n = 0;
    let mut play = |caller: Caller, body: Body| {
        n += 1;
        let now = START.after(Span::seconds(n));
        let command = Command { caller, entropy: Entropy(u128::from(n) << 70), body };
        let effects = loop {
            match engine.apply(now, &command) {
                Ok(effects) => break effects,
                Err(missing) => {
                    missing.0.into_iter().for_each(|key| engine.admit(key, Found::Nothing));
                }
            }
        };
        let Effects { rows, calls, reply, .. } = effects;
        let seal = engine.seal();
        scenes.push(Scene { now, command, rows, seal, calls, reply: reply.clone() });
        reply
    };
    for change in changes {
        play(Caller::Operator, Body::Directory(change));
    }
    let till = directory::takayama();
    let merchant = Caller::Merchant { tenant: till.tenant, merchant: till.merchant };
    let present = Present::Consumer {
        wallet: directory::alipayplus(),
        code: PaymentCode::new("28"),
        code_hash: "28".into(),
    };
    let create = PaymentCreate {
        key: "K1".into(),
        hash: [1; 32],
        order_number: "O1".into(),
        store: till.store,
        amount: yen(1_200),
        present,
        capture: CaptureMode::Now,
        memo: None,
    };
    let Reply::Payment { payment, .. } = play(merchant, Body::PaymentCreate(create)) else {
        panic!("the till may ask")
    };
    let receipt = Receipt {
        transaction: "T1".into(),
        amount: yen(1_200),
        payer: None,
        rate: None,
        settlement: None,
    };
    let (payment, question) = (payment.id, Question::Pay);
    let answer = PaymentAnswer::Paid(receipt);
    let heard = PaymentHeard { payment, question, attempt: 1, answer };
    play(Caller::Runtime, Body::PaymentHeard(heard));
    let create = RefundCreate {
        key: "K2".into(),
        hash: [2; 32],
        payment,
        amount: yen(500),
        number: None,
        memo: None,
    };
    play(merchant, Body::RefundCreate(create));
    scenes
}

fn audit(scenes: &[Scene]) -> Result<Auditor, Broken> {
    let mut auditor = Auditor::new();
    for (place, scene) in scenes.iter().enumerate() {
        auditor.commit(&Commit {
            number: place as u64 + 1,
            now: scene.now,
            commands: std::slice::from_ref(&scene.command),
            rows: &scene.rows,
            seal: &scene.seal,
        })?;
        for call in &scene.calls {
            auditor.call(call, scene.now)?;
        }
        auditor.reply(&scene.command, &scene.reply)?;
    }
    Ok(auditor)
}

/// Tampers with the story and says which invariant the auditor finds broken.
fn broken_by(tamper: impl FnOnce(&mut Vec<Scene>)) -> &'static str {
    let mut scenes = story();
    tamper(&mut scenes);
    match audit(&scenes) {
        Ok(_) => "nothing",
        Err(broken) => broken.invariant,
    }
}

/// The places of pay, approved and refund in the story, from its end.
fn from_end(scenes: &mut [Scene], back: usize) -> &mut Scene {
    let place = scenes.len() - back;
    &mut scenes[place]
}

fn payment(scene: &mut Scene) -> &mut Payment {
    let found = scene.rows.iter_mut().find_map(|row| match row {
        Row::Payment(payment) => Some(Arc::make_mut(payment)),
        _ => None,
    });
    found.expect("the scene has a payment")
}

const PAY: usize = 3;
const APPROVED: usize = 2;
const REFUND: usize = 1;

#[test]
fn a_true_story_passes() {
    assert!(audit(&story()).is_ok());
}

#[test]
fn i01_an_entry_that_does_not_balance() {
    let found = broken_by(|scenes| {
        for row in &mut from_end(scenes, APPROVED).rows {
            if let Row::Entry(entry) = row {
                entry.postings[0].amount = yen(1_201);
            }
        }
    });
    assert_eq!(found, "I1");
}

#[test]
fn i03_a_stored_total_that_is_not_its_postings() {
    let found = broken_by(|scenes| from_end(scenes, APPROVED).seal.accounts[0].debits += 1);
    assert_eq!(found, "I3");
}

#[test]
fn i03_a_gap_in_the_events() {
    let found = broken_by(|scenes| {
        for row in &mut from_end(scenes, REFUND).rows {
            if let Row::Event(event) = row {
                event.seq += 1;
            }
        }
    });
    assert_eq!(found, "I3");
}

#[test]
fn i03_a_start_that_loads_less_than_was_committed() {
    let auditor = audit(&story()).unwrap();
    let batches = story().len() as u64;
    let none = auditor.loaded(batches, std::iter::empty(), std::iter::empty(), std::iter::empty());
    assert_eq!(none.unwrap_err().invariant, "I3");
}

#[test]
fn i06_a_capture_that_nobody_confirmed() {
    let found = broken_by(|scenes| {
        let scene = from_end(scenes, APPROVED);
        scene.command.body = Body::Tick { hold_expiries: false };
    });
    assert_eq!(found, "I6");
}

#[test]
fn i07_a_call_without_its_intent() {
    let found = broken_by(|scenes| from_end(scenes, PAY).calls[0].attempt = 2);
    assert_eq!(found, "I7");
    let found = broken_by(|scenes| from_end(scenes, PAY).calls[0].send_by = START);
    assert_eq!(found, "I7");
}

#[test]
fn i07_a_refund_that_is_lost() {
    let found = broken_by(|scenes| {
        let mut again = from_end(scenes, REFUND).clone();
        again.rows.retain(|row| matches!(row, Row::Payment(_)));
        again.calls.clear();
        again.reply = Reply::Noted;
        payment(&mut again).refunds.clear();
        scenes.push(again);
    });
    assert_eq!(found, "I7");
}

#[test]
fn i08_a_final_state_that_changes() {
    let found = broken_by(|scenes| {
        let old = payment(from_end(scenes, PAY)).state.clone();
        let now = payment(from_end(scenes, REFUND));
        now.state = old;
    });
    assert_eq!(found, "I8");
}

#[test]
fn i09_refunds_above_what_was_received() {
    let found = broken_by(|scenes| {
        payment(from_end(scenes, REFUND)).refunds[0].amount = yen(1_201);
    });
    assert_eq!(found, "I9");
}

#[test]
fn i10_a_doubt_that_nobody_looks_at() {
    let mut scenes = story();
    scenes.truncate(scenes.len() - 2);
    let auditor = audit(&scenes).unwrap();
    assert!(auditor.overdue(START.after(Span::seconds(60)), START).is_ok());
    let late = auditor.overdue(START.after(Span::seconds(600)), START);
    assert_eq!(late.unwrap_err().invariant, "I10");
    assert_eq!(auditor.quiet().unwrap_err().invariant, "I10");
}

#[test]
fn i12_a_key_that_another_tenant_names_is_not_there_for_it() {
    let found = |reply: Option<Reply>| {
        broken_by(|scenes| {
            let mut again = from_end(scenes, REFUND).clone();
            let Caller::Merchant { tenant, .. } = &mut again.command.caller else {
                panic!("a merchant refunds")
            };
            *tenant = directory::kanazawa().tenant;
            (again.rows, again.calls) = (Vec::new(), Vec::new());
            again.reply = reply.unwrap_or(again.reply);
            let scene = Scene {
                seal: Seal { accounts: Vec::new(), heads: Vec::new(), days: Vec::new() },
                ..again
            };
            scenes.push(scene);
        })
    };
    assert_eq!(found(None), "I12");
    let refused = |refusal| Some(Reply::Refused { refusal, replayed: false });
    assert_eq!(found(refused(Refusal::KeyReused)), "I12");
    assert_eq!(found(refused(Refusal::NotAllowed)), "nothing");
}

#[test]
fn i11_a_state_without_its_entry_or_event() {
    let found = broken_by(|scenes| {
        let scene = from_end(scenes, APPROVED);
        scene.rows.retain(|row| !matches!(row, Row::Entry(_)));
        scene.seal.accounts.clear();
        scene.seal.heads.iter_mut().for_each(|(_, head)| (head.entries, head.postings) = (0, 0));
    });
    assert_eq!(found, "I11");
    let found = broken_by(|scenes| {
        from_end(scenes, APPROVED).rows.retain(|row| !matches!(row, Row::Event(_)));
    });
    assert_eq!(found, "I11");
}

#[test]
fn i11_a_key_that_is_not_recorded_or_used_twice() {
    let found = broken_by(|scenes| {
        from_end(scenes, PAY).rows.retain(|row| !matches!(row, Row::Key(..)));
    });
    assert_eq!(found, "I11");
    let found = broken_by(|scenes| {
        let scene = from_end(scenes, PAY);
        let key = scene.rows.iter().find(|row| matches!(row, Row::Key(..))).cloned();
        scene.rows.extend(key);
    });
    assert_eq!(found, "I11");
}

#[test]
fn i04_a_second_payment_of_one_order() {
    let found = broken_by(|scenes| {
        let mut again = from_end(scenes, PAY).clone();
        again.rows.retain(|row| matches!(row, Row::Payment(_) | Row::Event(_)));
        let id = noren_core::id::PaymentId::new(
            START,
            directory::takayama().merchant.slot(),
            Entropy(5),
            5,
        );
        payment(&mut again).id = id;
        for row in &mut again.rows {
            if let Row::Event(event) = row {
                (event.payment, event.seq) = (id, 4);
            }
        }
        again.now = START.after(Span::seconds(900));
        again.calls.clear();
        scenes.push(again);
    });
    assert_eq!(found, "I4");
}

#[test]
fn i05_a_promise_that_is_not_on_the_disk() {
    let found = broken_by(|scenes| {
        let Reply::Payment { payment: told, .. } = &mut from_end(scenes, PAY).reply else {
            panic!("the till was told of its payment")
        };
        Arc::make_mut(told).events += 1;
    });
    assert_eq!(found, "I5");
}

#[test]
fn i12_a_reply_to_another_merchant() {
    let found = broken_by(|scenes| {
        let till = directory::kanazawa();
        let caller = Caller::Merchant { tenant: till.tenant, merchant: till.merchant };
        from_end(scenes, PAY).command.caller = caller;
    });
    assert_eq!(found, "I12");
}

#[test]
fn the_story_ends_captured() {
    let auditor = audit(&story()).unwrap();
    let ends: Vec<_> = auditor.payments().map(|payment| payment.state.name()).collect();
    assert_eq!(ends, ["captured"]);
    assert!(auditor.payments().all(|payment| matches!(payment.state, State::Captured(_))));
}

/// A payment that is held, captured in part, and released: directory, then pay, held, capture,
/// captured, void, voided.
fn hold_story() -> Vec<Scene> {
    hold_story_in(directory::changes())
}

/// The same with another directory.
fn hold_story_in(changes: Vec<Change>) -> Vec<Scene> {
    let mut stage = Vec::new();
    let mut engine = Engine::new(0);
    let mut n = 0;
    let mut play = |caller: Caller, body: Body| {
        n += 1;
        let now = START.after(Span::seconds(n));
        let command = Command { caller, entropy: Entropy(u128::from(n) << 70), body };
        let effects = loop {
            match engine.apply(now, &command) {
                Ok(effects) => break effects,
                Err(missing) => {
                    missing.0.into_iter().for_each(|key| engine.admit(key, Found::Nothing));
                }
            }
        };
        let Effects { rows, calls, reply, .. } = effects;
        let seal = engine.seal();
        stage.push(Scene { now, command, rows, seal, calls, reply: reply.clone() });
        reply
    };
    for change in changes {
        play(Caller::Operator, Body::Directory(change));
    }
    let till = directory::takayama();
    let merchant = Caller::Merchant { tenant: till.tenant, merchant: till.merchant };
    let create = PaymentCreate {
        key: "K1".into(),
        hash: [1; 32],
        order_number: "O1".into(),
        store: till.store,
        amount: yen(1_000),
        present: Present::Consumer {
            wallet: directory::alipayplus(),
            code: PaymentCode::new("28"),
            code_hash: "28".into(),
        },
        capture: CaptureMode::Manual,
        memo: None,
    };
    let Reply::Payment { payment, .. } = play(merchant, Body::PaymentCreate(create)) else {
        panic!("the till may ask")
    };
    let payment = payment.id;
    let receipt = |transaction: &str, minor| Receipt {
        transaction: transaction.into(),
        amount: yen(minor),
        payer: None,
        rate: None,
        settlement: None,
    };
    let heard = |question, attempt, answer| {
        Body::PaymentHeard(PaymentHeard { payment, question, attempt, answer })
    };
    let held = PaymentAnswer::Authorised(receipt("T1", 1_000));
    play(Caller::Runtime, heard(Question::Pay, 1, held));
    let ask = PaymentCapture { key: "K2".into(), hash: [2; 32], payment, amount: yen(400) };
    let Reply::Capture { capture, .. } = play(merchant, Body::PaymentCapture(ask)) else {
        panic!("the till may capture")
    };
    let answer = CaptureAnswer::Captured(receipt("T2", 400));
    play(Caller::Runtime, Body::CaptureHeard(CaptureHeard { payment, capture, answer }));
    let void = PaymentVoid { key: "K3".into(), hash: [3; 32], payment };
    play(merchant, Body::PaymentVoid(void));
    play(Caller::Runtime, heard(Question::Void, 3, PaymentAnswer::Cancelled));
    stage
}

/// The places of the story of a hold, from its end.
const HELD: usize = 5;
const CAPTURE: usize = 4;
const CAPTURED: usize = 3;
const VOID: usize = 2;
const VOIDED: usize = 1;

fn hold_broken_by(tamper: impl FnOnce(&mut Vec<Scene>)) -> &'static str {
    let mut scenes = hold_story();
    tamper(&mut scenes);
    match audit(&scenes) {
        Ok(_) => "nothing",
        Err(broken) => broken.invariant,
    }
}

fn open_part(scene: &mut Scene) -> &mut PartTerms {
    match &mut payment(scene).state {
        State::Capturing(state) => &mut state.part.terms,
        other => panic!("a capture runs, not {other:?}"),
    }
}

fn silence(scene: &mut Scene) {
    scene.command.body = Body::Tick { hold_expiries: false };
}

#[test]
fn a_true_story_of_a_hold_passes() {
    let auditor = audit(&hold_story()).unwrap();
    let ends: Vec<_> = auditor.payments().map(|payment| payment.state.name()).collect();
    assert_eq!(ends, ["captured"]);
    assert!(auditor.quiet().is_ok());
}

#[test]
fn i06_a_hold_a_capture_and_a_release_that_nobody_confirmed() {
    for place in [HELD, CAPTURED, VOIDED] {
        assert_eq!(hold_broken_by(|scenes| silence(from_end(scenes, place))), "I6");
    }
}

#[test]
fn i04_captures_above_what_is_held() {
    let found = hold_broken_by(|scenes| {
        open_part(from_end(scenes, CAPTURE)).amount = yen(1_001);
    });
    assert_eq!(found, "I4");
}

#[test]
fn i02_fees_of_the_parts_above_those_of_the_whole() {
    let found = hold_broken_by(|scenes| {
        open_part(from_end(scenes, CAPTURE)).fees.total = yen(31);
    });
    assert_eq!(found, "I2");
}

#[test]
fn i07_a_capture_or_void_without_its_intent() {
    let found = hold_broken_by(|scenes| {
        let Ask::Capture(ask) = &mut from_end(scenes, CAPTURE).calls[0].ask else { panic!() };
        ask.amount = yen(401);
    });
    assert_eq!(found, "I7");
    let found = hold_broken_by(|scenes| {
        let void = from_end(scenes, VOID).calls.clone();
        let mut early = void;
        early[0].attempt = 1;
        from_end(scenes, HELD).calls = early;
    });
    assert_eq!(found, "I7");
}

#[test]
fn i07_a_running_capture_that_changes_is_another_intent() {
    let found = hold_broken_by(|scenes| {
        let State::Authorised(state) = &mut payment(from_end(scenes, CAPTURED)).state else {
            panic!("the rest is held")
        };
        state.hold.parts[0].terms.amount = yen(399);
    });
    assert_eq!(found, "I7");
}

#[test]
fn i08_a_capture_that_ended_does_not_change() {
    let found = hold_broken_by(|scenes| {
        let State::Voiding(state) = &mut payment(from_end(scenes, VOID)).state else {
            panic!("the rest is being released")
        };
        state.hold.parts.clear();
    });
    assert_eq!(found, "I8");
}

#[test]
fn i11_a_part_without_its_entry() {
    let found = hold_broken_by(|scenes| {
        let scene = from_end(scenes, CAPTURED);
        scene.rows.retain(|row| !matches!(row, Row::Entry(_)));
        scene.seal.accounts.clear();
        scene.seal.heads.iter_mut().for_each(|(_, head)| (head.entries, head.postings) = (0, 0));
    });
    assert_eq!(found, "I11");
}

#[test]
fn i11_an_event_that_names_another_capture_or_none() {
    let renamed = |capture: fn(CaptureId) -> Option<CaptureId>| {
        hold_broken_by(|scenes| {
            for row in &mut from_end(scenes, CAPTURED).rows {
                if let Row::Event(event) = row {
                    event.capture = event.capture.and_then(capture);
                }
            }
        })
    };
    assert_eq!(renamed(Some), "nothing");
    assert_eq!(renamed(|_| None), "I11");
    assert_eq!(renamed(|id| Some(CaptureId::from_raw(id.raw() ^ 1))), "I11");
}
