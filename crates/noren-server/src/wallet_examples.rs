//! The wallet API's part of the API document, made from the messages themselves.
//!
//! The message types belong to the wallet's folder and know nothing of OpenAPI. So each is shown
//! twice, with and without its optional members: the first is the example, and the difference
//! says which members are needed.

use noren_core::id::{Entropy, Id, Slot};
use noren_core::money::{Currency, Money};
use noren_core::quote::Target;
use noren_core::rate::Rate;
use noren_core::time::Timestamp;
use noren_core::wallet::FxBy;
use noren_wallets::noren::messages::{
    About, Capture, ConfirmOutcome, ConfirmRequest, ConfirmResponse, CreditOutcome, CreditRequest,
    CreditResponse, FailRequest, FailResponse, Notification, PaymentSaid, QuoteRequest,
    QuoteResponse, RateShown, ReceiptSaid, ReserveRequest, ReserveResponse, ResolutionId,
    ResolveRequest, ResolveResponse, ShopShown,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// 2026-11-21, noon in Tokyo.
const NOON: Timestamp = Timestamp(1_795_230_000_000);
const A_CODE: &str = "00020101021126680019jp.or.paymentsjapan0113000000000000102040001\
    030600000104060000015204581253033925802JP5914SAKURA SHOKUDO6005KYOTO6107600821664150002JA\
    0105さくら食堂630460EC";

fn id<K>(n: u64) -> Id<K> {
    Id::new(NOON, Slot::new(7).unwrap_or(Slot::HOUSE), Entropy(26), n)
}

fn value(message: &impl Serialize) -> Value {
    serde_json::to_value(message).unwrap_or_default()
}

/// One message in its fullest and its shortest form.
struct Message {
    full: Value,
    short: Value,
}

impl Message {
    fn of<T: Serialize>(full: &T, short: &T) -> Self {
        Self { full: value(full), short: value(short) }
    }

    fn always(message: &impl Serialize) -> Self {
        Self { full: value(message), short: value(message) }
    }

    fn content(&self) -> Value {
        json!({"schema": schema(&self.full, &self.short), "example": self.full})
    }
}

/// The schema of values like `full`, of whose members those of `short` are needed.
fn schema(full: &Value, short: &Value) -> Value {
    match full {
        Value::Object(members) => {
            let needed: Vec<&String> =
                members.keys().filter(|name| short.get(name.as_str()).is_some()).collect();
            let of = |(name, value): (&String, &Value)| {
                (name.clone(), schema(value, short.get(name).unwrap_or(value)))
            };
            let properties: Map<String, Value> = members.iter().map(of).collect();
            json!({"type": "object", "required": needed, "properties": properties})
        }
        Value::Number(_) => json!({"type": "integer"}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Null | Value::String(_) | Value::Array(_) => json!({"type": "string"}),
    }
}

/// Path, request, answer.
type Route = (&'static str, Message, Message);

fn yen(minor: i64) -> Money {
    Money::new(minor, Currency::JPY)
}

fn yuan(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

fn resolve() -> Route {
    let request = ResolveRequest { code: A_CODE.into(), payer_currency: Currency::CNY };
    let full = ResolveResponse {
        resolution: ResolutionId(Target::Store(id(1))),
        shop: ShopShown {
            merchant_id: id(2),
            store_id: id(1),
            name: "SAKURA SHOKUDO".into(),
            name_ja: "さくら食堂".into(),
            city: "KYOTO".into(),
            category: "5812".into(),
        },
        amount: Some(yen(1_200)),
        limit: yen(100_000),
        fx_by: FxBy::Switch,
        capture: Capture::Now,
        expires_at: Some(NOON),
    };
    let short = ResolveResponse { amount: None, expires_at: None, ..full.clone() };
    ("/wallet/v1/codes/resolve", Message::always(&request), Message::of(&full, &short))
}

fn quote() -> Route {
    let resolution = ResolutionId(Target::Store(id(1)));
    let request = QuoteRequest { resolution, receive: Some(yen(1_200)), send: None };
    let short = QuoteRequest { receive: None, ..request.clone() };
    let rate = |text| Rate::from_decimal(Currency::JPY, Currency::CNY, text).map(RateShown::from);
    let answer = rate("0.0484").and_then(|mid_rate| {
        Ok(QuoteResponse {
            quote_id: id(3),
            payer_amount: yuan(5_895),
            merchant_amount: yen(1_200),
            rate: rate("0.049126")?,
            mid_rate,
            markup_bps: 150,
            source: "a bank".into(),
            rate_at: NOON,
            expires_at: NOON,
        })
    });
    ("/wallet/v1/quotes", Message::of(&request, &short), Message::always(&answer.ok()))
}

fn reserve() -> Route {
    let full = ReserveRequest {
        wallet_payment_id: "W-20261121-000042".into(),
        resolution: ResolutionId(Target::Store(id(1))),
        quote: Some(id(3)),
        amount: yen(1_200),
        payer_token: Some("an opaque name of the payer".into()),
    };
    let short = ReserveRequest { quote: None, payer_token: None, ..full.clone() };
    let answer =
        ReserveResponse { payment_id: id(4), status: "authorising".into(), confirm_by: NOON };
    ("/wallet/v1/payments", Message::of(&full, &short), Message::always(&answer))
}

fn confirm() -> Route {
    let full = ConfirmRequest { debited: yuan(5_895), rate: Some("0.049126".into()) };
    let short = ConfirmRequest { rate: None, ..full.clone() };
    let answer = ConfirmResponse {
        payment_id: id(4),
        outcome: ConfirmOutcome::Captured,
        status: "captured".into(),
    };
    let path = "/wallet/v1/payments/{payment_id}/confirm";
    (path, Message::of(&full, &short), Message::always(&answer))
}

fn fail() -> Route {
    let request = FailRequest { reason: "no_funds".into() };
    let answer = FailResponse { payment_id: id(4), status: "declined".into() };
    let path = "/wallet/v1/payments/{payment_id}/fail";
    (path, Message::always(&request), Message::always(&answer))
}

fn credit() -> Route {
    let full = CreditRequest {
        wallet_transaction_id: "B-20261121-000007".into(),
        reference: A_CODE.into(),
        amount: yen(1_200),
        payer_amount: Some(yuan(5_895)),
        settlement_amount: Some(yen(1_200)),
        credited_at: NOON,
    };
    let short = CreditRequest { payer_amount: None, settlement_amount: None, ..full.clone() };
    let answer = CreditResponse {
        outcome: CreditOutcome::Stray,
        payment_id: Some(id(4)),
        stray_receipt_id: Some(id(5)),
        credit_id: Some(id(6)),
    };
    // One outcome has the one, another the other.
    let least = CreditResponse {
        payment_id: None,
        stray_receipt_id: None,
        credit_id: None,
        ..answer.clone()
    };
    ("/wallet/v1/credits", Message::of(&full, &short), Message::of(&answer, &least))
}

fn notify() -> Route {
    let outcome = PaymentSaid::Debited(ReceiptSaid {
        wallet_transaction_id: "W-20261121-000042".into(),
        amount: yen(1_200),
        payer_amount: Some(yuan(5_895)),
        rate: None,
        settlement_amount: None,
    });
    let about = About::Payment { payment_id: id(4), outcome };
    let request = Notification { notification_id: "N-1".into(), about };
    // What it is about has many forms; only that it is there is the same in all.
    let short = json!({"notification_id": "", "about": {}});
    let request = Message { full: value(&request), short };
    ("/wallet/v1/notifications", request, Message::always(&Map::new()))
}

/// Puts examples and schemas of the wallet API into the document.
pub(crate) fn describe(document: &mut Value) {
    let routes = [resolve(), quote(), reserve(), confirm(), fail(), credit(), notify()];
    for (path, request, answer) in routes {
        let operation = &mut document["paths"][path]["post"];
        operation["requestBody"]["content"]["application/json"] = request.content();
        operation["responses"]["200"]["content"]["application/json"] = answer.content();
    }
}
