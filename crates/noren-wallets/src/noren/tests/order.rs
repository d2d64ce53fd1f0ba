//! Orders for shops on the web, from both ends: connector, sandbox, and the payer's hand.

use noren_core::command::{Body, PaymentHeard};
use noren_core::id::{CaptureId, Entropy, OrderId, Slot};
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, OrderAsk, PaymentAnswer, Reference, Unknown,
};
use serde_json::{Value, json};

use crate::connector::Heard;
use crate::noren::ENTRY;
use crate::testing::{World, call, cancel, cny, inquire, jpy, shop};

const RICH: i64 = 1_000_000;

fn order_for(n: u128, yen: i64, hold: bool) -> Call {
    let ask = OrderAsk {
        order: OrderId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(n), 1),
        order_number: format!("A-{n}").into(),
        amount: jpy(yen),
        payer: Some(cny(5_808)),
        hold,
        shop: shop(),
        expires_at: Timestamp(1_795_275_060_000),
    };
    call(n, Ask::CreateOrder(Box::new(ask)))
}

fn order(n: u128) -> Call {
    order_for(n, 1_200, false)
}

/// A wallet with an open order and a rich user, who meets `scenario`; and the order's address.
fn opened(call: &Call, scenario: &str) -> (World, String) {
    let mut world = World::new(&ENTRY);
    world.user_with_code("mei", RICH, "c1");
    world.user_with_code("ken", RICH, "c1");
    world.scenario("mei", scenario);
    let place = place(world.payment(call));
    (world, place)
}

/// The control call that a link is the address of.
fn place(answer: PaymentAnswer) -> String {
    let PaymentAnswer::Ordered { link, .. } = answer else { panic!("{answer:?}") };
    let (_, place) = link.split_once("/sandbox/").expect("a link of the sandbox");
    place.to_owned()
}

fn pay(world: &mut World, place: &str, user: &str) -> (u16, Value) {
    world.control("POST", place, &json!({"user": user, "pin": "1234"}))
}

fn state(world: &mut World, place: &str) -> String {
    world.control("GET", place, &Value::Null).1["state"].as_str().unwrap().to_owned()
}

/// Hands the notices that leave now to the connector, and its answers back. What it did not believe
/// is `None`.
fn notices(world: &mut World) -> Vec<Option<PaymentAnswer>> {
    let mut heard = Vec::new();
    loop {
        let outgoing = world.sandbox.take_outgoing();
        if outgoing.is_empty() {
            return heard;
        }
        for message in outgoing {
            let env = world.env();
            let answer = match world.connector.notified(&message.request, env) {
                Ok(notified) => {
                    let Body::PaymentHeard(PaymentHeard { answer, .. }) = notified.command else {
                        panic!("{notified:?}")
                    };
                    heard.push(Some(answer));
                    notified.acknowledge
                }
                Err(response) => {
                    heard.push(None);
                    response
                }
            };
            world.sandbox.delivered(world.now, message.id, Ok(answer));
            world.commit();
        }
    }
}

fn debited(world: &mut World) -> i64 {
    RICH - world.balance("mei")
}

#[test]
fn a_payer_opens_the_link_and_pays_once() {
    let (mut world, place) = opened(&order(1), "approve");
    assert_eq!(self::place(world.payment(&order(1))), place, "a repeat is the same order");
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
    let (_, shown) = world.control("POST", &place, &json!({"user": "mei"}));
    assert_eq!(shown["state"], "waiting_for_payer");
    assert_eq!(shown["shop"]["name_ja"], "そば処ひだ");
    assert_eq!(shown["payer_amount"], json!({"amount": 5808, "currency": "CNY"}));
    assert_eq!(debited(&mut world), 0, "opening is not paying");
    world.restart();
    assert_eq!(pay(&mut world, &place, "mei").1["state"], "approved");
    world.restart();
    assert_eq!(pay(&mut world, &place, "mei").1["state"], "approved");
    assert_eq!(pay(&mut world, &place, "ken").0, 409, "it is somebody else's by now");
    assert_eq!(debited(&mut world), 5_808);
    world.wait(120);
    let told = notices(&mut world);
    let [Some(PaymentAnswer::Paid(receipt))] = &told[..] else { panic!("{told:?}") };
    assert_eq!((receipt.amount, receipt.payer), (jpy(1_200), Some(cny(5_808))));
    assert_eq!(world.payment(&inquire(1)), told[0].clone().unwrap());
    assert_eq!(self::place(world.payment(&order(1))), place, "also for a repeat that is late");
    world.wait(600_000);
    assert_eq!(notices(&mut world), [], "and the order's end changes nothing");
}

#[test]
fn an_order_can_be_held_and_captured_later() {
    let (mut world, place) = opened(&order_for(1, 1_200, true), "approve");
    assert_eq!(pay(&mut world, &place, "mei").1["state"], "authorised");
    assert!(matches!(notices(&mut world)[..], [Some(PaymentAnswer::Authorised(_))]));
    let ask = CaptureAsk {
        capture: CaptureId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(1), 4),
        reference: Reference::Request,
        amount: jpy(500),
        payer: Some(cny(2_420)),
    };
    let answer = world.ask(&call(1, Ask::Capture(ask)));
    assert!(matches!(answer, Heard::Capture(CaptureAnswer::Captured(_))), "{answer:?}");
    let void = call(1, Ask::Void { reference: Reference::Request });
    assert_eq!(world.payment(&void), PaymentAnswer::Cancelled);
    assert_eq!(debited(&mut world), 2_420);
}

#[test]
fn a_payer_may_say_no_and_the_poor_cannot_pay() {
    let (mut world, place) = opened(&order(1), "approve");
    let (status, shown) = world.control("POST", &place, &json!({"user": "mei", "refuse": true}));
    assert_eq!(
        (status, &shown["state"], &shown["reason"]),
        (200, &json!("declined"), &json!("payer_refused"))
    );
    assert_eq!(pay(&mut world, &place, "mei").1["state"], "declined");
    assert!(matches!(notices(&mut world)[..], [Some(PaymentAnswer::Declined(_))]));
    let (mut world, place) = opened(&order(1), "approve");
    world.user_with_code("poor", 1, "c1");
    assert_eq!(pay(&mut world, &place, "poor").1["reason"], "no_funds");
    assert!(matches!(notices(&mut world)[..], [Some(PaymentAnswer::Declined(_))]));
}

#[test]
fn nobody_pays_an_order_that_is_closed_or_over() {
    let (mut world, place) = opened(&order(1), "approve");
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!(pay(&mut world, &place, "mei").1["state"], "cancelled");
    let (mut world, place) = opened(&order(1), "approve");
    world.wait(59_999);
    assert_eq!(state(&mut world, &place), "waiting_for_payer");
    world.wait(1);
    assert_eq!(pay(&mut world, &place, "mei").1["state"], "cancelled");
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    assert_eq!((debited(&mut world), notices(&mut world)), (0, vec![]));
    // A cancel that came first binds.
    let mut world = World::new(&ENTRY);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert!(matches!(world.payment(&order(1)), PaymentAnswer::Declined(_)));
}

#[test]
fn another_order_under_the_same_id_proves_nothing() {
    let (mut world, _) = opened(&order(1), "approve");
    let other = world.payment(&order_for(1, 1_201, false));
    assert_eq!(other, PaymentAnswer::Unknown(Unknown::UnlistedCode));
}

#[test]
fn what_is_wrong_with_a_control_call_is_said() {
    let (mut world, place) = opened(&order(1), "approve");
    for (body, status) in [
        (json!({"user": "nobody", "pin": "1234"}), 404),
        (json!({"user": "mei", "pin": "12"}), 422),
        (json!({"pin": "1234"}), 400),
    ] {
        assert_eq!(world.control("POST", &place, &body).0, status, "{body}");
    }
    assert_eq!(world.control("GET", "orders/none", &Value::Null).0, 404);
    assert_eq!(world.control("PUT", &place, &Value::Null).0, 404);
    assert_eq!(state(&mut world, &place), "waiting_for_payer");
}

/// What the shop hears of a payer's order by notices within a minute, and by an inquiry after.
fn told(scenario: &str) -> (Vec<Option<PaymentAnswer>>, PaymentAnswer, World) {
    let (mut world, place) = opened(&order(1), scenario);
    pay(&mut world, &place, "mei");
    let mut heard = notices(&mut world);
    for _ in 0..20 {
        world.wait(120);
        heard.extend(notices(&mut world));
    }
    let asked = world.payment(&inquire(1));
    (heard, asked, world)
}

#[test]
fn each_kind_of_trouble_with_an_order_is_its_own() {
    let paid = |answer: &PaymentAnswer| matches!(answer, PaymentAnswer::Paid(_));
    let (heard, asked, mut world) = told("lost_answer");
    assert_eq!((heard.len(), paid(&asked), debited(&mut world)), (0, true, 5_808));

    let (heard, asked, _) = told("bad_signature");
    assert_eq!(heard.len(), 2);
    assert_eq!((&heard[0], heard[1].as_ref()), (&None, Some(&asked)));

    let (heard, asked, _) = told("double_notice");
    assert_eq!(heard, [Some(asked.clone()), Some(asked.clone())]);
    assert!(paid(&asked));

    let (heard, asked, _) = told("unknown_then_yes");
    assert_eq!(heard, [Some(asked.clone())]);
    assert!(paid(&asked));

    let (heard, asked, mut world) = told("unknown_then_no");
    assert_eq!(heard, [Some(asked.clone())]);
    assert!(matches!(asked, PaymentAnswer::Declined(_)));
    assert_eq!(debited(&mut world), 0);

    let (_, asked, mut world) = told("wrong_amount");
    let PaymentAnswer::Paid(receipt) = asked else { panic!("{asked:?}") };
    assert_eq!((receipt.amount, debited(&mut world)), (jpy(1_201), 5_809));

    let (heard, asked, mut world) = told("timeout");
    assert_eq!((heard.len(), asked), (0, PaymentAnswer::Pending));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);

    let (heard, asked, mut world) = told("late_success");
    assert_eq!((heard.len(), asked), (0, PaymentAnswer::Pending));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
    world.wait(120);
    let heard = notices(&mut world);
    assert!(heard[0].as_ref().is_some_and(paid), "{heard:?}");
    assert!(matches!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: Some(_) }));
}
