//! Orders for shops on the web and codes at the till, from both ends, and the payer's hand.

use noren_core::wallet::{PaymentAnswer, Unknown};
use serde_json::{Value, json};

use super::{
    RICH, YEN, cancel_by, debited, inquire_by, notices, order_for, ordered, pay_control, receipt,
    told, world,
};
use crate::paypay::ENTRY;
use crate::testing::{World, cancel, inquire, jpy, payment_id};

#[test]
fn a_payer_opens_the_link_and_pays_once() {
    let (mut world, _) = world("approve");
    let (link, by) = ordered(&mut world, &order_for(1, YEN, false));
    assert_eq!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Pending);
    // By our id alone: the inquiry for direct payments knows nothing of a code that nobody paid.
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
    let (_, open) = world.control("GET", "orders", &Value::Null);
    assert_eq!(open["orders"][0]["order"], payment_id(1).to_string());
    assert_eq!(open["orders"][0]["code"], link);
    assert_eq!(open["orders"][0]["amount"], json!({"amount": YEN, "currency": "JPY"}));
    assert_eq!(open["orders"][0]["shop"], "そば処ひだ");

    let (_, shown) = pay_control(&mut world, json!({"user": "mei", "code": link}));
    assert_eq!((&shown["state"], &shown["status"]), (&json!("open"), &json!("CREATED")));
    assert_eq!(debited(&mut world), 0, "opening is not paying");
    world.restart();
    let paid = json!({"user": "mei", "code": link, "pin": "1234", "amount": YEN});
    for _ in 0..2 {
        let (status, shown) = pay_control(&mut world, paid.clone());
        assert_eq!((status, &shown["state"]), (200, &json!("paid")));
        assert_eq!(shown["payment_id"], payment_id(1).to_string());
        world.restart();
    }
    world.user_with_code("ken", RICH, "c1");
    let ken = json!({"user": "ken", "code": link, "pin": "1234"});
    assert_eq!(pay_control(&mut world, ken).0, 409, "it is somebody else's by now");
    assert_eq!(debited(&mut world), YEN);
    let said = receipt(world.payment(&inquire_by(1, &by)));
    assert_eq!(said.amount, jpy(YEN));
    assert_eq!(receipt(world.payment(&inquire(1))), said, "both inquiries know it now");
    world.wait(600_000);
    assert_eq!(receipt(world.payment(&inquire_by(1, &by))), said, "the code's end changes nothing");
    assert_eq!(world.control("GET", "orders", &Value::Null).1["orders"], json!([]));
}

#[test]
fn an_order_is_found_by_each_of_its_names() {
    let (mut world, _) = world("approve");
    let (link, by) = ordered(&mut world, &order_for(1, YEN, false));
    let noren_core::wallet::Reference::Order { handle } = by else { panic!("{by:?}") };
    let (_, shown) = pay_control(&mut world, json!({"user": "mei", "code": link}));
    let own = &shown["paypay_payment_id"];
    let deeplink = &shown["deeplink"];
    assert!(deeplink.as_str().unwrap().starts_with("paypay://payment?link_key=http%3A%2F%2F"));
    for name in [
        json!({"code": deeplink}),
        json!({"code": handle.as_ref()}),
        json!({"order": payment_id(1).to_string()}),
        json!({"order": own}),
    ] {
        let mut body = name.clone();
        body["user"] = json!("mei");
        let (status, shown) = pay_control(&mut world, body);
        assert_eq!((status, &shown["state"]), (200, &json!("open")), "{name}");
    }
    let place = link.split_once("/sandbox/").unwrap().1.to_owned();
    assert_eq!(world.control("GET", &place, &Value::Null).1["state"], "open");
    let paid = world.control("POST", &place, &json!({"user": "mei", "pin": "1234"}));
    assert_eq!(paid.1["state"], "paid");
}

#[test]
fn what_is_wrong_with_a_control_call_is_said() {
    let (mut world, _) = world("approve");
    let (link, _) = ordered(&mut world, &order_for(1, YEN, false));
    for (body, status) in [
        (json!({"user": "nobody", "code": link, "pin": "1234"}), 404),
        (json!({"user": "mei", "code": link, "pin": "12"}), 422),
        (json!({"user": "mei", "code": link, "pin": "1234", "amount": YEN + 1}), 422),
        (json!({"user": "mei", "code": "https://elsewhere.example/x", "pin": "1234"}), 404),
        (json!({"user": "mei", "order": "pay_unknown", "pin": "1234"}), 404),
        (json!({"user": "mei", "pin": "1234"}), 422),
        (json!({"user": "mei", "code": link, "order": "x"}), 422),
        (json!({"code": link, "pin": "1234"}), 400),
    ] {
        assert_eq!(pay_control(&mut world, body.clone()).0, status, "{body}");
    }
    assert_eq!(world.control("GET", "orders/none", &Value::Null).0, 404);
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_payer_may_say_no_and_the_poor_cannot_pay() {
    let (mut world, _) = world("approve");
    let (link, by) = ordered(&mut world, &order_for(1, YEN, false));
    let (_, shown) = pay_control(&mut world, json!({"user": "mei", "code": link, "refuse": true}));
    assert_eq!((&shown["state"], &shown["reason"]), (&json!("declined"), &json!("refused")));
    assert_eq!(notices(&mut world).len(), 1);
    assert!(matches!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Declined(_)));

    world.user_with_code("ren", 3, "c1");
    let (link, by) = ordered(&mut world, &order_for(2, YEN, false));
    let (_, shown) = pay_control(&mut world, json!({"user": "ren", "code": link, "pin": "1234"}));
    assert_eq!(shown["reason"], "no_funds");
    assert_eq!(notices(&mut world).len(), 1);
    assert!(matches!(world.payment(&inquire_by(2, &by)), PaymentAnswer::Declined(_)));
}

#[test]
fn nobody_pays_an_order_that_is_closed() {
    let (mut world, _) = world("approve");
    let paid = |world: &mut World, link: &str| {
        pay_control(world, json!({"user": "mei", "code": link, "pin": "1234"})).1["state"].clone()
    };
    // By the code's name: the code is deleted. A repeat finds it gone and cancels the payment.
    let (link, by) = ordered(&mut world, &order_for(1, YEN, false));
    for _ in 0..3 {
        assert_eq!(world.payment(&cancel_by(1, &by)), PaymentAnswer::Cancelled);
        world.restart();
    }
    assert_eq!(paid(&mut world, &link), "cancelled");
    assert_eq!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Cancelled);
    // By our id alone, when the answer with the name was lost.
    let (link, by) = ordered(&mut world, &order_for(2, YEN, false));
    assert_eq!(world.payment(&cancel(2)), PaymentAnswer::Cancelled);
    assert_eq!(paid(&mut world, &link), "cancelled");
    assert_eq!(world.payment(&inquire_by(2, &by)), PaymentAnswer::Cancelled);
    // By its time.
    let (link, by) = ordered(&mut world, &order_for(3, YEN, false));
    world.wait(299_999);
    assert_eq!(world.payment(&inquire_by(3, &by)), PaymentAnswer::Pending);
    world.wait(1);
    assert_eq!(paid(&mut world, &link), "cancelled");
    assert_eq!(world.payment(&inquire_by(3, &by)), PaymentAnswer::Cancelled);
    let status =
        told(&mut world, "GET", &format!("/v2/codes/payments/{}", payment_id(3)), &Value::Null);
    assert_eq!(status.2["status"], "EXPIRED");
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_code_that_was_paid_is_cancelled_as_a_payment() {
    let (mut world, _) = world("approve");
    let (link, by) = ordered(&mut world, &order_for(1, YEN, false));
    pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
    assert_eq!(debited(&mut world), YEN);
    assert_eq!(world.payment(&cancel_by(1, &by)), PaymentAnswer::Cancelled);
    assert_eq!(debited(&mut world), 0);
    // And when that is refused, so is the cancel.
    world.scenario("mei", "cancel_closed");
    let (link, by) = ordered(&mut world, &order_for(2, YEN, false));
    pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
    assert_eq!(world.payment(&cancel_by(2, &by)), PaymentAnswer::TooLate { receipt: None });
    assert_eq!(debited(&mut world), YEN);
}

/// The link is said once: a repeat is told that there is a code, and nothing of it. The order then
/// ends by its own time, and its cancel by our id binds.
#[test]
fn a_repeated_order_is_not_a_second_one() {
    let (mut world, _) = world("approve");
    let (link, _) = ordered(&mut world, &order_for(1, YEN, false));
    for again in [order_for(1, YEN, false), order_for(1, YEN + 1, false)] {
        let said = world.payment(&again);
        assert_eq!(said, PaymentAnswer::Unknown(Unknown::SaidUnknown));
    }
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    let (_, shown) = pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
    assert_eq!(shown["state"], "cancelled");
    // A cancel that came first binds too.
    let mut world = World::new(&ENTRY);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    let late = world.payment(&order_for(1, YEN, false));
    assert_eq!(late, PaymentAnswer::Unknown(Unknown::SaidUnknown));
}

/// What is heard of a paid order by notices within some paces, and by an inquiry afterwards.
fn heard(scenario: &str) -> (Vec<bool>, PaymentAnswer, World) {
    let (mut world, _) = world(scenario);
    let (link, by) = ordered(&mut world, &order_for(1, YEN, false));
    pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
    let mut hints = notices(&mut world);
    for _ in 0..20 {
        world.wait(120);
        hints.extend(notices(&mut world));
    }
    let asked = world.payment(&inquire_by(1, &by));
    (hints.into_iter().map(|hint| hint.is_ok()).collect(), asked, world)
}

#[test]
fn each_kind_of_trouble_with_an_order_is_its_own() {
    let paid = |answer: &PaymentAnswer| matches!(answer, PaymentAnswer::Paid(_));
    for (scenario, hints, is_paid, taken) in [
        ("approve", vec![true], true, YEN),
        ("lost_answer", vec![], true, YEN),
        // The first webhook is cut off; it is not acknowledged, and comes again.
        ("bad_signature", vec![false, true], true, YEN),
        ("double_notice", vec![true, true], true, YEN),
        ("unknown_then_yes", vec![true], true, YEN),
        ("unknown_then_no", vec![true], false, 0),
        ("wrong_amount", vec![true], true, YEN + 1),
        ("timeout", vec![], false, 0),
        ("late_success", vec![], false, 0),
        ("blocked", vec![true], false, 0),
        ("decline", vec![true], false, 0),
    ] {
        let (told, asked, mut world) = heard(scenario);
        assert_eq!((told, paid(&asked)), (hints, is_paid), "{scenario}: {asked:?}");
        assert_eq!(debited(&mut world), taken, "{scenario}");
    }
    let (_, asked, _) = heard("wrong_amount");
    assert_eq!(receipt(asked).amount, jpy(YEN + 1), "as said");
}
