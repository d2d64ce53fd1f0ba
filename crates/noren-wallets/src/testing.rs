//! What tests share: keys made once, and a wallet wired to its connector without a socket.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use noren_core::directory::Shop;
use noren_core::id::{
    Entropy, MerchantId, OrderId, PaymentId, RefundId, Slot, StoreId, WalletName,
};
use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, PayAsk, PaymentAnswer, PaymentCode, Reference, RefundAnswer, RefundAsk,
};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};

use crate::Entry;
use crate::connector::{Connector, Env, Heard, STEPS_MAX, Step};
use crate::link::{Link, Place};
use crate::sandbox::{Answered, Record, Sandbox, SandboxConfig};
use crate::signing::Secret;
use crate::tempo::Tempo;
use crate::wire::{Request, Response, TransportError};

mod house;
pub(crate) mod till;

/// One of two RSA keys of 2048 bits, made once for each run of the tests.
pub(crate) fn rsa_key(which: usize) -> &'static RsaPrivateKey {
    static KEYS: [OnceLock<RsaPrivateKey>; 2] = [OnceLock::new(), OnceLock::new()];
    KEYS[which].get_or_init(|| {
        RsaPrivateKey::new(&mut rand::rngs::OsRng, 2048).expect("the system has random bits")
    })
}

/// The key as it would lie in a file.
pub(crate) fn pkcs8(key: &RsaPrivateKey) -> Vec<u8> {
    key.to_pkcs8_der().expect("a made key can be written").as_bytes().to_vec()
}

/// A connector and a sandbox, wired without a socket.
pub(crate) struct World {
    pub now: Timestamp,
    pub connector: Box<dyn Connector>,
    pub sandbox: Box<dyn Sandbox>,
    pub records: BTreeMap<String, String>,
    entry: &'static Entry,
    config: SandboxConfig,
    nonces: u128,
}

impl World {
    /// With a cheap signature at both ends.
    pub fn new(entry: &'static Entry) -> Self {
        let link = link(entry.name);
        let config = SandboxConfig { link: link.clone(), seed: 7, pace: Tempo::Test.pace() };
        let name = WalletName::new(entry.name).unwrap();
        let sandbox = (entry.sandbox)(config.clone(), &[]).unwrap();
        let connector = (entry.connector)(name, link);
        let (records, now) = (BTreeMap::new(), Timestamp(1_795_275_000_000));
        Self { now, connector, sandbox, records, entry, config, nonces: 0 }
    }

    pub fn env(&mut self) -> Env {
        self.nonces += 1;
        Env { now: self.now, nonce: self.nonces }
    }

    pub fn wait(&mut self, ms: i64) {
        self.now = Timestamp(self.now.0 + ms);
        self.sandbox.tick(self.now);
        self.commit();
    }

    /// What the host does after every call.
    pub fn commit(&mut self) {
        let changes = self.sandbox.take_changes();
        self.records.extend(changes.into_iter().map(|record| (record.key, record.value)));
    }

    /// A crash: only what was committed is left.
    pub fn restart(&mut self) {
        let kept = self.records.iter();
        let kept = kept.map(|(key, value)| Record { key: key.clone(), value: value.clone() });
        self.sandbox =
            (self.entry.sandbox)(self.config.clone(), &kept.collect::<Vec<_>>()).unwrap();
    }

    /// The first message of a call there and back; `None`: no answer.
    pub fn exchange(&mut self, call: &Call) -> (Request, Option<Response>) {
        let env = self.env();
        let request = self.connector.request(call, env);
        self.send(request)
    }

    /// One message there and back; `None`: no answer.
    pub fn send(&mut self, request: Request) -> (Request, Option<Response>) {
        let answered = self.sandbox.handle(self.now, &request);
        self.commit();
        match answered {
            Answered::Respond(response) => (request, Some(response)),
            // Patience is short here.
            Answered::Late(..) => (request, None),
            Answered::Silence => (request, None),
        }
    }

    pub fn ask(&mut self, call: &Call) -> Heard {
        let (mut request, mut response) = self.exchange(call);
        for _ in 0..STEPS_MAX {
            let env = self.env();
            let said = response.as_ref().ok_or(TransportError::TimedOut);
            match self.connector.answer(call, &request, said, env) {
                Step::Heard(heard) => return heard,
                Step::Then(next) => (request, response) = self.send(next),
            }
        }
        panic!("a call takes {STEPS_MAX} messages at most");
    }

    pub fn payment(&mut self, call: &Call) -> PaymentAnswer {
        match self.ask(call) {
            Heard::Payment(answer) => answer,
            other => panic!("a payment was asked for, heard {other:?}"),
        }
    }

    pub fn refund(&mut self, call: &Call) -> RefundAnswer {
        match self.ask(call) {
            Heard::Refund(answer) => answer,
            other => panic!("a refund was asked for, heard {other:?}"),
        }
    }

    /// A control call; the answer's status and body.
    pub fn control(&mut self, method: &str, below: &str, body: &Value) -> (u16, Value) {
        let request = Request {
            method: method.into(),
            target: self.config.link.network.target(&format!("/sandbox/{below}")),
            headers: Vec::new(),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        };
        let Answered::Respond(response) = self.sandbox.handle(self.now, &request) else {
            panic!("control calls are answered");
        };
        self.commit();
        (response.status, serde_json::from_slice(&response.body).unwrap())
    }

    /// A user with a balance, and a code of theirs.
    pub fn user_with_code(&mut self, user: &str, balance: i64, code_id: &str) -> String {
        self.control("POST", "users", &json!({ "user": user, "balance": balance }));
        let path = format!("users/{user}/code");
        let (_, answer) = self.control("POST", &path, &json!({ "code_id": code_id }));
        answer["code"].as_str().unwrap().to_owned()
    }

    pub fn scenario(&mut self, user: &str, scenario: &str) {
        let body = json!({ "user": user, "scenario": scenario });
        assert_eq!(self.control("POST", "scenario", &body).0, 200, "{scenario}");
    }

    pub fn books(&mut self) -> Value {
        let books = self.control("GET", "books", &Value::Null).1;
        assert_eq!(books["balanced"], true, "{books:#}");
        books
    }

    pub fn balance(&mut self, user: &str) -> i64 {
        let users = self.books()["users"].clone();
        let found = users.as_array().unwrap().iter().find(|row| row["user"] == user);
        found.unwrap()["balance"]["amount"].as_i64().unwrap()
    }
}

/// Both ends with one secret, at made-up addresses.
pub(crate) fn link(name: &str) -> Link {
    let network = Place::new(&format!("http://127.0.0.1:7401/{name}")).unwrap();
    let switch = Place::new("http://127.0.0.1:7400").unwrap();
    Link::shared(network, switch, "client-1", Secret::new("a secret of the tests, 32 bytes."))
}

pub(crate) fn jpy(yen: i64) -> Money {
    Money::new(yen, Currency::JPY)
}

pub(crate) fn cny(fen: i64) -> Money {
    Money::new(fen, Currency::CNY)
}

pub(crate) fn shop() -> Shop {
    let (at, slot) = (Timestamp(1), Slot::new(3).unwrap());
    Shop {
        merchant: MerchantId::new(at, slot, Entropy(1), 0),
        store: StoreId::new(at, slot, Entropy(1), 1),
        name: "Sobadokoro Hida".into(),
        name_ja: "そば処ひだ".into(),
        city: "TAKAYAMA".into(),
        mcc: "5812".into(),
    }
}

pub(crate) fn payment_id(n: u128) -> PaymentId {
    PaymentId::new(Timestamp(1_795_275_000_000), Slot::new(3).unwrap(), Entropy(n), 0)
}

pub(crate) fn call(n: u128, ask: Ask) -> Call {
    Call {
        wallet: WalletName::new("wallet").unwrap(),
        about: payment_id(n).into(),
        attempt: 1,
        send_by: Timestamp(i64::MAX),
        ask,
    }
}

pub(crate) fn pay(n: u128, amount: Money, payer: Option<Money>, code: &str) -> Call {
    let order = OrderId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(n), 1);
    let ask = PayAsk {
        order,
        order_number: format!("A-{n}").into(),
        amount,
        payer,
        code: PaymentCode::new(code),
        shop: shop(),
        at: Timestamp(1_795_275_000_000),
    };
    call(n, Ask::Pay(Box::new(ask)))
}

pub(crate) fn inquire(n: u128) -> Call {
    call(n, Ask::Inquire { reference: Reference::Request })
}

pub(crate) fn cancel(n: u128) -> Call {
    call(n, Ask::Cancel { reference: Reference::Request })
}

pub(crate) fn refund_ask(refund: u128, amount: Money, payer: Option<Money>) -> RefundAsk {
    let refund = RefundId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(refund), 2);
    let before = Money::zero(amount.currency());
    RefundAsk { refund, reference: Reference::Request, amount, payer, before }
}

pub(crate) fn refund(n: u128, refund: u128, amount: Money, payer: Option<Money>) -> Call {
    call(n, Ask::Refund(refund_ask(refund, amount, payer)))
}

pub(crate) fn inquire_refund(n: u128, refund: u128, amount: Money, payer: Option<Money>) -> Call {
    call(n, Ask::InquireRefund(refund_ask(refund, amount, payer)))
}
