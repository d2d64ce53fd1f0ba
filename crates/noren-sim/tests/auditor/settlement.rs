//! A shop that is paid in yuan, and what must not be said of it.

use std::sync::Arc;

use noren_core::directory::{Change, SettlementChoice};
use noren_core::effects::Row;
use noren_core::money::{Currency, Money};
use noren_core::payment::{PartTerms, Payment, State};
use noren_core::settlement::Settlement;
use noren_sim::audit::Broken;
use noren_sim::directory;

use super::{APPROVED, CAPTURE, PAY, Scene, audit, from_end, hold_story_in, payment, story_in};

/// The shop chose yuan at a margin of 1 %, before anybody paid.
fn changes() -> Vec<Change> {
    let mut merchant = directory::merchant_of(&directory::takayama());
    merchant.settlement = Some(SettlementChoice { currency: Currency::CNY, margin_bps: 100 });
    let mut changes = directory::changes();
    changes.push(Change::Merchant(merchant));
    changes
}

fn yuan_story() -> Vec<Scene> {
    story_in(changes())
}

fn found(tamper: impl FnOnce(&mut Vec<Scene>)) -> Broken {
    let mut scenes = yuan_story();
    tamper(&mut scenes);
    audit(&scenes).expect_err("the auditor finds it")
}

/// Changes the terms in every row of the payment, so that they stay what they were.
fn terms(scenes: &mut [Scene], change: impl Fn(&mut Settlement)) {
    for back in 1..=PAY {
        let payment: &mut Payment = payment(from_end(scenes, back));
        let asked = match &mut payment.state {
            State::Authorising(s) => &mut s.asked,
            State::Captured(s) => &mut s.asked,
            other => panic!("asked or captured, not {other:?}"),
        };
        change(Arc::make_mut(asked.settlement.as_mut().expect("the shop chose yuan")));
    }
}

#[test]
fn a_true_story_of_a_yuan_shop_passes() {
    let auditor = audit(&yuan_story()).unwrap();
    let owed: Vec<_> = auditor.payments().map(|payment| payment.settled()).collect();
    assert_eq!(owed, [Some(Money::new(5_577, Currency::CNY))]);
}

#[test]
fn i02_a_rate_that_nobody_published_or_another_margin() {
    let marked = found(|scenes| terms(scenes, |settled| settled.margin_bps = 90));
    assert_eq!(marked.invariant, "I2");
    let source = found(|scenes| terms(scenes, |settled| settled.source = "rumours".into()));
    assert_eq!(source.invariant, "I2");
    let version = found(|scenes| terms(scenes, |settled| settled.directory_version -= 1));
    assert_eq!(version.invariant, "I2");
    let amount = found(|scenes| {
        terms(scenes, |settled| settled.amount = Money::new(5_578, Currency::CNY));
    });
    assert_eq!(amount.invariant, "I2");
}

#[test]
fn i02_a_shop_that_chose_yuan_is_not_owed_yen() {
    let broken = found(|scenes| {
        let State::Authorising(state) = &mut payment(from_end(scenes, PAY)).state else {
            panic!("a wallet was asked")
        };
        state.asked.settlement = None;
    });
    assert_eq!(broken.invariant, "I2");
}

/// Postings that balance, and are not what is due: a fen more for the shop out of the position.
#[test]
fn i01_a_fen_more_than_is_due() {
    let broken = found(|scenes| {
        let scene = from_end(scenes, APPROVED);
        let fen = |money: Money| Money::new(money.minor() + 1, money.currency());
        for row in &mut scene.rows {
            if let Row::Entry(entry) = row {
                let yuan = entry.postings.iter_mut();
                yuan.filter(|line| line.amount.currency() == Currency::CNY)
                    .for_each(|line| line.amount = fen(line.amount));
            }
        }
        for account in scene.seal.accounts.iter_mut().filter(|a| a.name.currency == Currency::CNY) {
            for total in [&mut account.debits, &mut account.credits] {
                *total += i64::from(*total > 0);
            }
        }
    });
    assert_eq!(broken.invariant, "I1");
    assert!(broken.what.contains("5578 CNY is owed, 5577 is due"), "{broken}");
}

/// The books are right, and the record shows the merchant something else: all rows that have the
/// capture say a fen too much.
#[test]
fn i01_a_capture_that_shows_another_amount_than_is_booked() {
    let mut scenes = hold_story_in(changes());
    assert!(audit(&scenes).is_ok());
    let fen = |terms: &mut PartTerms| {
        let owed = &mut terms.settlement.as_mut().expect("the shop chose yuan").amount;
        *owed = Money::new(owed.minor() + 1, owed.currency());
    };
    for back in 1..=CAPTURE {
        match &mut payment(from_end(&mut scenes, back)).state {
            State::Capturing(s) => fen(&mut s.part.terms),
            State::Authorised(s) => fen(&mut s.hold.parts[0].terms),
            State::Voiding(s) => fen(&mut s.hold.parts[0].terms),
            State::HoldCaptured(s) => fen(&mut s.hold.parts[0].terms),
            other => panic!("a hold with a capture, not {other:?}"),
        }
    }
    let broken = audit(&scenes).expect_err("the auditor finds it");
    assert_eq!(broken.invariant, "I1");
}
