//! Holds, from both ends: connector and sandbox, and the sandbox's books.

use noren_core::id::{CaptureId, Entropy, Slot};
use noren_core::money::Money;
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, PaymentAnswer, Receipt, Reference, RefundAnswer,
};

use crate::connector::Heard;
use crate::noren::ENTRY;
use crate::testing::{World, call, cancel, cny, inquire, jpy, pay, refund};

const RICH: i64 = 1_000_000;

fn authorise(n: u128, code: &str) -> Call {
    let Ask::Pay(ask) = pay(n, jpy(1_200), Some(cny(5_808)), code).ask else { panic!() };
    call(n, Ask::Authorise(ask))
}

fn capture_ask(id: u128, amount: Money, payer: Money) -> CaptureAsk {
    let capture = CaptureId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(id), 4);
    CaptureAsk { capture, reference: Reference::Request, amount, payer: Some(payer) }
}

fn capture(n: u128, id: u128, yen: i64, fen: i64) -> Call {
    call(n, Ask::Capture(capture_ask(id, jpy(yen), cny(fen))))
}

fn inquire_capture(n: u128, id: u128) -> Call {
    call(n, Ask::InquireCapture(capture_ask(id, jpy(1), cny(1))))
}

fn void(n: u128) -> Call {
    call(n, Ask::Void { reference: Reference::Request })
}

fn captured(world: &mut World, call: &Call) -> CaptureAnswer {
    match world.ask(call) {
        Heard::Capture(answer) => answer,
        other => panic!("a capture was asked for, heard {other:?}"),
    }
}

/// A wallet that holds 1,200 yen of a rich user.
fn holding() -> World {
    let mut world = World::new(&ENTRY);
    let code = world.user_with_code("mei", RICH, "c1");
    let PaymentAnswer::Authorised(receipt) = world.payment(&authorise(1, &code)) else { panic!() };
    assert_eq!((receipt.amount, receipt.payer), (jpy(1_200), Some(cny(5_808))));
    assert_eq!(world.balance("mei"), RICH - 5_808);
    assert_eq!(world.books()["owed"]["amount"], 0, "nothing has moved");
    world
}

fn taken(answer: &CaptureAnswer) -> (Money, Option<Money>) {
    match answer {
        CaptureAnswer::Captured(Receipt { amount, payer, .. }) => (*amount, *payer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn parts_are_taken_once_each_and_the_rest_goes_back() {
    let mut world = holding();
    assert_eq!(captured(&mut world, &inquire_capture(1, 1)), CaptureAnswer::NotFound);
    let first = captured(&mut world, &capture(1, 1, 500, 2_420));
    assert_eq!(taken(&first), (jpy(500), Some(cny(2_420))));
    world.restart();
    assert_eq!(captured(&mut world, &capture(1, 1, 500, 2_420)), first, "a repeat takes nothing");
    assert_eq!(captured(&mut world, &inquire_capture(1, 1)), first);
    assert!(matches!(world.payment(&inquire(1)), PaymentAnswer::Authorised(_)));
    taken(&captured(&mut world, &capture(1, 2, 300, 1_452)));
    assert_eq!(world.payment(&void(1)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&void(1)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    let late = captured(&mut world, &capture(1, 3, 1, 5));
    assert!(matches!(late, CaptureAnswer::Declined(_)), "{late:?}");
    assert_eq!(world.balance("mei"), RICH - 3_872);
    let back = world.refund(&refund(1, 1, jpy(800), Some(cny(3_872))));
    assert!(matches!(back, RefundAnswer::Refunded(_)), "{back:?}");
    assert_eq!(world.balance("mei"), RICH);
}

#[test]
fn more_than_is_held_is_not_taken() {
    let mut world = holding();
    for (id, yen, fen) in [(1, 1_201, 5_808), (2, 1_200, 5_809), (3, 0, 5)] {
        let no = captured(&mut world, &capture(1, id, yen, fen));
        assert!(matches!(no, CaptureAnswer::Declined(_)), "{yen}: {no:?}");
    }
    taken(&captured(&mut world, &capture(1, 4, 1_200, 5_808)));
    let PaymentAnswer::TooLate { receipt: Some(all) } = world.payment(&void(1)) else { panic!() };
    assert_eq!(all.amount, jpy(1_200));
    assert_eq!(world.balance("mei"), RICH - 5_808);
}

#[test]
fn a_capture_with_other_content_under_the_same_id_proves_nothing() {
    let mut world = holding();
    taken(&captured(&mut world, &capture(1, 1, 500, 2_420)));
    let other = captured(&mut world, &capture(1, 1, 501, 2_420));
    assert!(matches!(other, CaptureAnswer::Unknown(_)), "{other:?}");
}

#[test]
fn a_cancel_gives_back_what_is_held_and_what_was_taken() {
    let mut world = holding();
    taken(&captured(&mut world, &capture(1, 1, 500, 2_420)));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!(world.balance("mei"), RICH);
    assert_eq!(world.books()["owed"]["amount"], 0);
}

#[test]
fn a_void_binds_even_for_an_id_that_was_never_seen() {
    let mut world = World::new(&ENTRY);
    let code = world.user_with_code("mei", RICH, "c1");
    assert_eq!(world.payment(&void(1)), PaymentAnswer::Cancelled);
    let late = world.payment(&authorise(1, &code));
    assert!(matches!(late, PaymentAnswer::Declined(_)), "{late:?}");
    assert_eq!(world.balance("mei"), RICH);
}

#[test]
fn the_profile_holds_for_thirty_days() {
    let ours = crate::noren::profile(crate::tempo::Tempo::Published);
    assert_eq!(ours.holds.unwrap().lifetime.0, 30 * 86_400_000);
}
