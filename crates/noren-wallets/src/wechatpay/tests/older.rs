//! v2, as older tills speak it.

use serde_json::json;

use crate::sandbox::Answered;
use crate::testing::{World, link};
use crate::wechatpay::ENTRY;
use crate::wechatpay::v2::{Fields, SignType, read, sign, verify, write};
use crate::wire::{Request, Response};

const RICH: i64 = 1_000_000;

struct Till {
    world: World,
    how: SignType,
    code: String,
}

impl Till {
    fn new(how: SignType) -> Self {
        let mut world = World::new(&ENTRY);
        let code = world.user_with_code("mei", RICH, "c1");
        Self { world, how, code }
    }

    fn form(&self, pairs: &[(&str, &str)]) -> Fields {
        let mut fields: Fields =
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        for (name, value) in [("appid", "wx1"), ("mch_id", "client-1"), ("nonce_str", "n1")] {
            fields.entry(name.into()).or_insert_with(|| value.into());
        }
        if self.how == SignType::HmacSha256 {
            fields.insert("sign_type".into(), "HMAC-SHA256".into());
        }
        fields
    }

    fn send(&mut self, below: &str, fields: &Fields) -> Option<Fields> {
        let request = Request {
            method: "POST".into(),
            target: link("wechatpay").network.target(below),
            headers: Vec::new(),
            body: write(fields),
        };
        let answered = self.world.sandbox.handle(self.world.now, &request);
        self.world.commit();
        match answered {
            Answered::Respond(response) => {
                assert_eq!(response.status, 200, "always");
                Some(read(&response.body).unwrap())
            }
            Answered::Late(..) | Answered::Silence => None,
        }
    }

    /// A signed form, and its answer, whose signature is checked.
    fn ask(&mut self, below: &str, pairs: &[(&str, &str)]) -> Fields {
        let secret = link("wechatpay").secret.unwrap();
        let mut fields = self.form(pairs);
        sign(&mut fields, &secret, self.how);
        let said = self.send(below, &fields).expect("it is answered");
        assert_eq!(said["return_code"], "SUCCESS", "{said:?}");
        assert!(verify(&said, &secret, self.how), "{said:?}");
        said
    }

    fn micropay(&mut self, id: &str, code: &str) -> Fields {
        let pairs = [
            ("body", "tea"),
            ("out_trade_no", id),
            ("total_fee", "1200"),
            ("fee_type", "JPY"),
            ("auth_code", code),
            ("spbill_create_ip", "127.0.0.1"),
        ];
        self.ask("/pay/micropay", &pairs)
    }
}

fn pick<'a>(said: &'a Fields, names: &[&str]) -> Vec<&'a str> {
    names.iter().map(|name| said.get(*name).map_or("-", String::as_str)).collect()
}

#[test]
fn a_scanned_code_is_paid_queried_refunded_and_reversed() {
    for how in [SignType::Md5, SignType::HmacSha256] {
        let mut till = Till::new(how);
        let code = till.code.clone();
        let said = till.micropay("order-0001", &code);
        let amounts = ["result_code", "total_fee", "fee_type", "cash_fee", "cash_fee_type", "rate"];
        assert_eq!(pick(&said, &amounts), ["SUCCESS", "1200", "JPY", "5808", "CNY", "4840000"]);
        let again = till.micropay("order-0001", &code);
        assert_eq!(pick(&again, &["result_code", "err_code"]), ["FAIL", "ORDERPAID"]);
        for by in [("out_trade_no", "order-0001"), ("transaction_id", &said["transaction_id"])] {
            let found = till.ask("/pay/orderquery", &[by]);
            let names = ["trade_state", "transaction_id", "out_trade_no"];
            assert_eq!(pick(&found, &names), ["SUCCESS", &said["transaction_id"], "order-0001"]);
        }
        let refund = [
            ("out_trade_no", "order-0001"),
            ("out_refund_no", "r-1"),
            ("total_fee", "1200"),
            ("refund_fee", "300"),
        ];
        let made = till.ask("/secapi/pay/refund", &refund);
        assert_eq!(
            pick(&made, &["result_code", "refund_fee", "cash_refund_fee"]),
            ["SUCCESS", "300", "1452"]
        );
        for by in [
            ("out_trade_no", "order-0001"),
            ("out_refund_no", "r-1"),
            ("refund_id", &made["refund_id"]),
        ] {
            let found = till.ask("/pay/refundquery", &[by]);
            let names = ["refund_count", "out_refund_no_0", "refund_status_0", "refund_fee_0"];
            assert_eq!(pick(&found, &names), ["1", "r-1", "SUCCESS", "300"]);
        }
        assert_eq!(
            till.ask("/pay/orderquery", &[("out_trade_no", "order-0001")])["trade_state"],
            "REFUND"
        );
        let early = till.ask("/secapi/pay/reverse", &[("out_trade_no", "order-0001")]);
        assert_eq!(pick(&early, &["result_code", "recall"]), ["FAIL", "Y"]);
        till.world.wait(180);
        let done = till.ask("/secapi/pay/reverse", &[("out_trade_no", "order-0001")]);
        assert_eq!(pick(&done, &["result_code", "recall"]), ["SUCCESS", "N"]);
        assert_eq!(
            till.ask("/pay/orderquery", &[("out_trade_no", "order-0001")])["trade_state"],
            "REVOKED"
        );
        assert_eq!(till.world.balance("mei"), RICH);
    }
}

#[test]
fn what_is_not_paid_has_a_word() {
    let mut till = Till::new(SignType::Md5);
    let code = till.code.clone();
    till.world.scenario("mei", "unknown_then_yes");
    let waiting = till.micropay("order-0001", &code);
    assert_eq!(pick(&waiting, &["result_code", "err_code"]), ["FAIL", "USERPAYING"]);
    till.world.wait(120);
    assert_eq!(
        till.ask("/pay/orderquery", &[("out_trade_no", "order-0001")])["trade_state"],
        "SUCCESS"
    );
    till.world.scenario("mei", "decline");
    let code = till.world.user_with_code("mei", RICH, "c2");
    assert_eq!(till.micropay("order-0002", &code)["err_code"], "TRADE_ERROR");
    assert_eq!(till.micropay("order-0003", "130000000000000000")["err_code"], "AUTH_CODE_INVALID");
    assert_eq!(till.micropay("order-0004", "1")["err_code"], "AUTH_CODE_ERROR");
    let poor = till.world.user_with_code("ren", 1, "c1");
    assert_eq!(till.micropay("order-0005", &poor)["err_code"], "NOTENOUGH");
    let none = till.ask("/pay/orderquery", &[("out_trade_no", "order-0009")]);
    assert_eq!(none["err_code"], "ORDERNOTEXIST");
    let none = till.ask("/pay/refundquery", &[("out_refund_no", "r-9")]);
    assert_eq!(none["err_code"], "REFUNDNOTEXIST");
    till.world.control("POST", "maintenance", &json!({ "for_ms": 10 }));
    let closed = till.ask("/pay/orderquery", &[("out_trade_no", "order-0001")]);
    assert_eq!(closed["err_code"], "SYSTEMERROR");
}

#[test]
fn an_order_is_opened_paid_told_and_acknowledged_in_the_same_form() {
    for how in [SignType::Md5, SignType::HmacSha256] {
        let mut till = Till::new(how);
        let order = [
            ("body", "tea"),
            ("out_trade_no", "order-0001"),
            ("total_fee", "888"),
            ("trade_type", "NATIVE"),
            ("attach", "a&b"),
            ("notify_url", "http://127.0.0.1:7400/n"),
            ("time_expire", "20261121234000"),
        ];
        let said = till.ask("/pay/unifiedorder", &order);
        let code = said["code_url"].clone();
        assert!(said.contains_key("prepay_id"));
        till.world.control("POST", "pay", &json!({ "user": "mei", "code": code, "pin": "1234" }));
        let outgoing = till.world.sandbox.take_outgoing();
        let told = read(&outgoing[0].request.body).unwrap();
        let secret = link("wechatpay").secret.unwrap();
        assert!(verify(&told, &secret, how));
        let names = ["result_code", "total_fee", "fee_type", "attach", "out_trade_no"];
        assert_eq!(pick(&told, &names), ["SUCCESS", "888", "CNY", "a&b", "order-0001"]);
        assert_eq!(outgoing[0].request.target, "/n");
        // Not acknowledged by an empty 200, which v3 would take.
        let answer =
            |body: &[u8]| Response { status: 200, headers: Vec::new(), body: body.to_vec() };
        till.world.sandbox.delivered(till.world.now, outgoing[0].id, Ok(answer(b"")));
        till.world.commit();
        till.world.wait(180);
        let outgoing = till.world.sandbox.take_outgoing();
        assert_eq!(outgoing.len(), 1);
        let word = b"<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>";
        till.world.sandbox.delivered(till.world.now, outgoing[0].id, Ok(answer(word)));
        till.world.commit();
        till.world.wait(100_000_000);
        assert!(till.world.sandbox.take_outgoing().is_empty());
        let closed = till.ask("/pay/closeorder", &[("out_trade_no", "order-0001")]);
        assert_eq!(closed["err_code"], "ORDERPAID");
    }
}

#[test]
fn a_form_that_is_not_believed_is_refused_in_the_outer_layer() {
    let mut till = Till::new(SignType::Md5);
    let secret = link("wechatpay").secret.unwrap();
    let mut good = till.form(&[("out_trade_no", "order-0001")]);
    sign(&mut good, &secret, SignType::Md5);
    assert_eq!(till.send("/pay/orderquery", &good).unwrap()["return_code"], "SUCCESS");
    for (name, value) in [
        ("sign", "0"),
        ("out_trade_no", "order-0002"),
        ("mch_id", "1900000001"),
        ("sign_type", "HMAC-SHA256"),
        ("sign_type", "RSA"),
        ("nonce_str", ""),
    ] {
        let mut bad = good.clone();
        bad.insert(name.into(), value.into());
        let said = till.send("/pay/orderquery", &bad).unwrap();
        assert_eq!((said["return_code"].as_str(), said.get("sign")), ("FAIL", None), "{name}");
    }
}

#[test]
fn lost_and_forged_answers_of_the_older_dialect() {
    let mut till = Till::new(SignType::Md5);
    let secret = link("wechatpay").secret.unwrap();
    for (n, scenario) in ["lost_answer", "slow", "bad_signature"].into_iter().enumerate() {
        till.world.scenario("mei", scenario);
        let code = till.world.user_with_code("mei", RICH, &format!("x{n}"));
        let mut form = till.form(&[
            ("body", "tea"),
            ("out_trade_no", &format!("order-1{n}00")),
            ("total_fee", "100"),
            ("auth_code", &code),
        ]);
        sign(&mut form, &secret, SignType::Md5);
        let said = till.send("/pay/micropay", &form);
        assert!(said.is_none_or(|said| !verify(&said, &secret, SignType::Md5)), "{scenario}");
        let found = till.ask("/pay/orderquery", &[("out_trade_no", &form["out_trade_no"])]);
        assert_eq!(found["trade_state"], "SUCCESS");
    }
}
