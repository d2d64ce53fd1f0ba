//! A switch with two merchants, two wallets and a clock that a test moves.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, Request, StatusCode};
use emvqr::payment_code::Table;
use http_body_util::BodyExt as _;
use noren_core::command::{Body, Caller, CaptureHeard, PaymentHeard};
use noren_core::directory::{
    Acquirer, Change, KeyRole, Merchant, MidRate, Standing, Store, Tenant, Wallet,
};
use noren_core::effects::{Alarm, Reply};
use noren_core::id::{
    AcquirerName, Entropy, MerchantId, PaymentId, Slot, StoreId, TenantName, WalletName,
};
use noren_core::money::{Currency, Money};
use noren_core::payment::Payment;
use noren_core::rate::Rate;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{
    Ask as Asked, Call, CaptureAnswer, FxBy, HoldCaptures, HoldRules, INQUIRY_BUDGET_DEFAULT,
    PaymentAnswer, Profile, PushRules, Question, Receipt,
};
use noren_runtime::{CallSink, Config as RuntimeConfig, Handle, ManualClock, Runtime};
use noren_server::auth::{Token, mint_api_key};
use noren_server::{AppState, Config, WalletKey, app};
use noren_store::sqlite::Scope;
use noren_store::{Reads, SqliteFetch, SqliteStore, Store as _};
use noren_wallets::alipayplus::connector::AlipayPlusConnector;
use noren_wallets::connector::{Connector, Env, Notified, Step};
use noren_wallets::link::{Link, Place};
use noren_wallets::noren::connector::NorenConnector;
use noren_wallets::signing::Secret;
use noren_wallets::wire::{self, TransportError};
use serde_json::Value;
use tower::ServiceExt as _;

pub const NOW: Timestamp = Timestamp(1_795_275_000_000);
pub const PUBLIC_URL: &str = "http://switch.test";
/// Codes that begin so are of the wallet `alipayplus`; the ones of `12` of nobody connected.
pub const CODES: &str = "2812 18 alipayplus\n1299 18 strangers\n";

/// A merchant with a key, one store, and what both are called.
pub struct Shop {
    pub merchant: MerchantId,
    pub store: StoreId,
    pub key: Token,
}

pub struct World {
    pub app: Router,
    pub state: AppState,
    pub clock: Arc<ManualClock>,
    pub handle: Handle,
    pub sakura: Shop,
    pub takayama: Shop,
    pub operator: Token,
    pub link: Link,
    pub rail: Link,
    pub calls: Arc<Mutex<Vec<Call>>>,
    pub reads: Reads,
    _runtime: Runtime,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Keeps calls for the test to answer.
struct Kept(Arc<Mutex<Vec<Call>>>);

impl CallSink for Kept {
    fn send(&mut self, calls: Vec<Call>) {
        self.0.lock().unwrap().extend(calls);
    }

    fn alarm(&mut self, _: Alarm) {}
}

/// A connector with a bug.
struct Clumsy;

impl Connector for Clumsy {
    fn name(&self) -> WalletName {
        wallet_name("clumsy")
    }

    fn request(&self, _: &Call, _: Env) -> wire::Request {
        panic!("a secret in a panic")
    }

    fn answer(
        &self,
        _: &Call,
        _: &wire::Request,
        _: Result<&wire::Response, TransportError>,
        _: Env,
    ) -> Step {
        panic!("a secret in a panic")
    }

    fn notified(&self, _: &wire::Request, _: Env) -> Result<Notified, wire::Response> {
        panic!("a secret in a panic")
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub raw: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_else(|| panic!("no text {member} in {}", self.body))
    }

    /// Checks that this is a whole problem of that status and code.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), &self.body["code"]),
            (status, &code.into()),
            "{}",
            self.body
        );
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.text("type"), format!("/problems/{code}"));
        assert_eq!(self.body["status"], status);
        assert_eq!(self.header("request-id"), Some(self.text("request_id")));
        for member in ["title", "detail", "instance"] {
            assert!(!self.text(member).is_empty(), "{member}");
        }
        for language in ["ja", "en", "zh", "ko", "th"] {
            let said = self.body["say"][language].as_str();
            assert!(said.is_some_and(|said| !said.is_empty()), "{language}: {}", self.body);
        }
        assert!(["never", "same_key", "new_key"].contains(&self.text("retry")));
    }
}

fn slot(number: u16) -> Slot {
    Slot::new(number).unwrap()
}

fn profile(fx_by: FxBy, currency: Currency) -> Profile {
    Profile {
        fx_by,
        currency,
        markup_bps: if fx_by == FxBy::Switch { 150 } else { 0 },
        quote_valid_for: Span::seconds(120),
        confirm_within: Span::seconds(60),
        send_within: Span::seconds(4),
        send_margin: Span::seconds(1),
        first_inquiry_after: Span::seconds(5),
        inquiry_every: Span::seconds(3),
        inquiry_max: 20,
        inquiry_budget_per_second: INQUIRY_BUDGET_DEFAULT,
        cancel_every: Span::seconds(3),
        refund_every: Span::seconds(3),
        read_timeout_pay: Span::seconds(15),
        read_timeout_other: Span::seconds(10),
        business_day_offset_minutes: 540,
        holds: Some(HoldRules { captures: HoldCaptures::Several, lifetime: Span::seconds(86_400) }),
        orders: true,
        cancel_not_before: Span::seconds(0),
        cancel_until: None,
        not_found_is_proof_after: None,
        refund_until_days: None,
        refunds_max: None,
        refund_key: true,
        push: None,
        payment_max: None,
    }
}

pub fn wallet_name(name: &str) -> WalletName {
    WalletName::new(name).unwrap()
}

/// An id that reads well and names nothing: with the prefix of any kind.
pub fn nobodys(prefix: &str) -> String {
    format!("{prefix}_{}", PaymentId::new(NOW, slot(1), Entropy(7), 99).digits())
}

pub fn yen(minor: i64) -> Money {
    Money::new(minor, Currency::JPY)
}

fn key(first: u8, role: KeyRole) -> (Token, Change) {
    let random = std::array::from_fn(|place| first.wrapping_mul(31).wrapping_add(place as u8));
    let (token, key) = mint_api_key(random, role, Timestamp(0));
    (token, Change::ApiKey(key))
}

/// A merchant in a slot of its own, with a store and a key.
fn shop(number: u16, name: &str, name_ja: &str) -> (Shop, Vec<Change>) {
    let merchant = MerchantId::new(NOW, slot(number), Entropy(1), u64::from(number));
    let store = StoreId::new(NOW, slot(number), Entropy(2), u64::from(number));
    let tenant = TenantName::new("shinkin").unwrap();
    let (token, key) = key(number as u8, KeyRole::Merchant { tenant, merchant });
    let changes = vec![
        Change::Merchant(Merchant {
            id: merchant,
            tenant,
            acquirer: AcquirerName::new("hida-shinkin").unwrap(),
            name: name.into(),
            name_ja: name_ja.into(),
            mcc: "5812".into(),
            prefecture: 21,
            currency: Currency::JPY,
            settlement: None,
            payment_max: 100_000,
            day_max: None,
            payer_day_max: None,
            wallets: vec![wallet_name("noren"), wallet_name("alipayplus"), wallet_name("rail")],
            partner: None,
            standing: Standing::Active,
        }),
        Change::Store(Store {
            id: store,
            merchant,
            name: name.into(),
            name_ja: name_ja.into(),
            city: "TAKAYAMA".into(),
            postal_code: "5060001".into(),
            jpqr: format!("000000000000{number}-0001-000001-000001").into(),
            partner: None,
            standing: Standing::Active,
        }),
        key,
    ];
    (Shop { merchant, store, key: token }, changes)
}

fn directory() -> Vec<Change> {
    let wallet = |name, title: &str, profile| {
        let standing = Standing::Active;
        Change::Wallet(Wallet { name: wallet_name(name), title: title.into(), standing, profile })
    };
    vec![
        Change::Tenant(Tenant {
            name: TenantName::new("shinkin").unwrap(),
            title: "Hida Shinkin".into(),
        }),
        Change::Acquirer(Acquirer {
            name: AcquirerName::new("hida-shinkin").unwrap(),
            title: "Hida Shinkin".into(),
        }),
        wallet("noren", "Partner wallet", profile(FxBy::Switch, Currency::CNY)),
        wallet("alipayplus", "Alipay+", profile(FxBy::Wallet, Currency::JPY)),
        wallet(
            "rail",
            "A push rail",
            Profile {
                push: Some(PushRules { returns: true }),
                ..profile(FxBy::Wallet, Currency::JPY)
            },
        ),
        Change::Rate(MidRate {
            rate: Rate::from_decimal(Currency::JPY, Currency::CNY, "0.0484").unwrap(),
            source: "test bank".into(),
            at: NOW,
        }),
    ]
}

fn folder() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("server-{}-{count}", std::process::id());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Starts a switch on an empty file and fills its directory.
pub async fn world() -> World {
    let calls = Arc::new(Mutex::new(Vec::new()));
    world_with(Box::new(Kept(calls.clone())), calls).await
}

pub async fn world_with(sink: Box<dyn CallSink>, calls: Arc<Mutex<Vec<Call>>>) -> World {
    let folder = folder();
    let file = folder.join("noren.db");
    let mut store = SqliteStore::open(&file).unwrap();
    let loaded = store.load().unwrap();
    let fetch = SqliteFetch::open(&file).unwrap();
    let reads = Reads::open(&file, 2).unwrap();
    let clock = Arc::new(ManualClock::at(NOW));
    let runtime = Runtime::start(
        loaded,
        Box::new(store),
        Box::new(fetch),
        clock.clone(),
        sink,
        RuntimeConfig::default(),
    )
    .unwrap();
    let handle = runtime.handle();

    let (sakura, of_sakura) = shop(1, "SAKURA SHOKUDO", "さくら食堂");
    let (takayama, of_takayama) = shop(2, "TAKAYAMA SOBA", "高山そば");
    let (operator, of_operator) = key(9, KeyRole::Operator);
    let changes = directory().into_iter().chain(of_sakura).chain(of_takayama).chain([of_operator]);
    for change in changes {
        let reply = handle.submit(Caller::Operator, Body::Directory(change)).await.unwrap();
        assert!(matches!(reply, Reply::Directory { .. }), "{reply:?}");
    }

    let secret = Secret::new("a secret of 32 bytes for the test");
    let link = Link::shared(place("http://wallet.test"), place(PUBLIC_URL), "noren-1", secret);
    let secret = Secret::new("a third secret of 32 bytes, of a rail");
    let rail = Link::shared(place("http://rail.test"), place(PUBLIC_URL), "rail-1", secret);
    let state = AppState::new(handle.clone(), reads.clone(), config(&link, &rail, CODES));
    World {
        app: app(state.clone()),
        state,
        clock,
        handle,
        sakura,
        takayama,
        operator,
        link,
        rail,
        calls,
        reads,
        _runtime: runtime,
        folder,
    }
}

fn place(url: &str) -> Place {
    Place::new(url).unwrap()
}

fn config(link: &Link, rail: &Link, codes: &str) -> Config {
    Config {
        facades: Vec::new(),
        livemode: false,
        demo: true,
        shop: Some("http://shop.test".into()),
        counter: noren_store::counter::Counter::in_memory().unwrap(),
        public_url: place(PUBLIC_URL),
        phone: Some(place("http://127.0.0.1:7430")),
        connectors: vec![
            Arc::new(NorenConnector::new(wallet_name("noren"), link.clone())),
            Arc::new(AlipayPlusConnector::new(wallet_name("alipayplus"), link.clone())),
            Arc::new(Clumsy),
        ],
        wallet_keys: vec![
            WalletKey::of(wallet_name("noren"), link),
            WalletKey::of(wallet_name("rail"), rail),
        ],
        payment_codes: Table::parse(codes).unwrap(),
        code_hash_key: b"another secret of 32 bytes or so".to_vec(),
    }
}

/// A call that is being put together.
pub struct Ask {
    request: axum::http::request::Builder,
    body: Vec<u8>,
}

impl Ask {
    pub fn new(method: &str, path: &str) -> Self {
        Self { request: Request::builder().method(method).uri(path), body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn by(self, token: &Token) -> Self {
        self.header("authorization", &format!("Bearer {}", token.reveal()))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string().as_bytes())
    }

    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    pub async fn send(self, world: &World) -> Answer {
        self.send_to(&world.app).await
    }

    /// The answer's body as it comes.
    pub async fn stream(self, world: &World) -> HttpBody {
        let request = self.request.body(HttpBody::from(self.body)).unwrap();
        let response = world.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.into_body()
    }

    pub async fn send_to(self, app: &Router) -> Answer {
        let request = self.request.body(HttpBody::from(self.body)).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let (parts, mut body) = response.into_parts();
        // A stream does not end by itself; what it begins with is its answer.
        let kind = parts.headers.get("content-type");
        let raw = match kind.is_some_and(|kind| kind == "text/event-stream") {
            true => body.frame().await.unwrap().unwrap().into_data().unwrap().to_vec(),
            false => body.collect().await.unwrap().to_bytes().to_vec(),
        };
        let body = serde_json::from_slice(&raw).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body, raw }
    }
}

pub fn get(path: &str) -> Ask {
    Ask::new("GET", path)
}

pub fn post(path: &str) -> Ask {
    Ask::new("POST", path)
}

impl World {
    /// The same switch behind an edge with another table of payment codes.
    pub fn with_codes(&self, codes: &str) -> Router {
        let config = config(&self.link, &self.rail, codes);
        app(AppState::new(self.handle.clone(), self.reads.clone(), config))
    }

    /// A payment of the first shop whose code the till scanned.
    /// A payment as it is stored.
    pub fn payment(&self, id: PaymentId) -> Payment {
        self.reads.payment(Scope::Operator, id).unwrap().expect("it was committed")
    }

    /// True when a text is anywhere in what is stored.
    pub fn file_holds(&self, text: &str) -> bool {
        let files = std::fs::read_dir(&self.folder).unwrap().map(|file| file.unwrap().path());
        let mut contents = files.map(|file| std::fs::read(file).unwrap());
        contents.any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
    }

    pub async fn scanned(&self, order: &str, minor: i64, code: &str) -> Answer {
        let body = serde_json::json!({
            "order_number": order, "store": self.sakura.store, "amount": yen(minor),
            "present": "consumer", "payment_code": code,
        });
        post("/v1/payments").by(&self.sakura.key).key(order).json(&body).send(self).await
    }

    /// One more store of the first shop's merchant.
    pub async fn another_store(&self) -> StoreId {
        let merchant = self.sakura.merchant;
        let store = StoreId::new(NOW, merchant.slot(), Entropy(3), 99);
        let change = Change::Store(Store {
            id: store,
            merchant,
            name: "SAKURA EKIMAE".into(),
            name_ja: "さくら食堂 駅前".into(),
            city: "TAKAYAMA".into(),
            postal_code: "5060001".into(),
            jpqr: "0000000000001-0002-000001-000001".into(),
            partner: None,
            standing: Standing::Active,
        });
        let reply = self.handle.submit(Caller::Operator, Body::Directory(change)).await.unwrap();
        assert!(matches!(reply, Reply::Directory { .. }), "{reply:?}");
        store
    }

    /// A payment of the first shop that waits for somebody to scan the till's code.
    pub async fn shown(&self, order: &str, minor: i64) -> Answer {
        let body = serde_json::json!({
            "order_number": order, "store": self.sakura.store, "amount": yen(minor),
            "present": "merchant",
        });
        post("/v1/payments").by(&self.sakura.key).key(order).json(&body).send(self).await
    }

    /// A payment of the first shop that a wallet holds; gives its path.
    pub async fn held(&self, order: &str, minor: i64) -> String {
        let code = format!("2812{:014}", order.bytes().map(u64::from).sum::<u64>());
        let body = serde_json::json!({
            "order_number": order, "store": self.sakura.store, "amount": yen(minor),
            "present": "consumer", "payment_code": code, "capture": "manual",
        });
        let call = post("/v1/payments").by(&self.sakura.key).key(order).json(&body);
        let made = call.send(self).await;
        assert_eq!(made.text("status"), "authorising", "{}", made.body);
        self.hold().await;
        format!("/v1/payments/{}", made.text("id"))
    }

    /// Asks for a capture of the first shop's.
    pub async fn ask_capture(&self, path: &str, minor: i64, key: &str) -> Answer {
        let body = serde_json::json!({ "amount": yen(minor) });
        let path = format!("{path}/captures");
        post(&path).by(&self.sakura.key).key(key).json(&body).send(self).await
    }

    /// Asks for a capture, and has the wallet take the money; gives the first answer.
    pub async fn captured(&self, path: &str, minor: i64, payer: i64) -> Answer {
        let asked = self.ask_capture(path, minor, &format!("{path}-{minor}")).await;
        assert_eq!(asked.status, 201, "{}", asked.body);
        self.capture(payer).await;
        asked
    }

    /// What a wallet was last asked.
    pub fn last_call(&self) -> Call {
        self.calls.lock().unwrap().last().expect("a wallet was asked").clone()
    }

    /// Says yes for the wallet that was last asked to pay.
    pub async fn approve(&self) {
        let call = self.last_call();
        let Asked::Pay(ask) = &call.ask else { panic!("{call:?} is no payment") };
        let receipt = Receipt {
            transaction: format!("T-{}", call.about).into(),
            amount: ask.amount,
            payer: Some(Money::new(5_900, Currency::CNY)),
            rate: Some("0.0492".into()),
            settlement: None,
        };
        self.hear(&call, Question::Pay, PaymentAnswer::Paid(receipt)).await;
    }

    /// An answer to `call` comes in.
    pub async fn hear(&self, call: &Call, question: Question, answer: PaymentAnswer) {
        let (payment, attempt) = (call.payment().expect("a payment's call"), call.attempt);
        let heard = PaymentHeard { payment, question, attempt, answer };
        self.handle.submit(Caller::Runtime, Body::PaymentHeard(heard)).await.unwrap();
    }

    /// Says yes for the wallet that was last asked to hold.
    pub async fn hold(&self) {
        let call = self.last_call();
        let Asked::Authorise(ask) = &call.ask else { panic!("{call:?} is no hold") };
        let receipt = Receipt {
            transaction: format!("H-{}", call.about).into(),
            amount: ask.amount,
            payer: Some(Money::new(4_920, Currency::CNY)),
            rate: None,
            settlement: None,
        };
        self.hear(&call, Question::Pay, PaymentAnswer::Authorised(receipt)).await;
    }

    /// The wallet that was last asked for a capture says so.
    pub async fn capture(&self, payer: i64) {
        let call = self.last_call();
        let Asked::Capture(ask) = &call.ask else { panic!("{call:?} is no capture") };
        let answer = CaptureAnswer::Captured(Receipt {
            transaction: format!("C-{}", ask.capture).into(),
            amount: ask.amount,
            payer: Some(Money::new(payer, Currency::CNY)),
            rate: None,
            settlement: None,
        });
        let payment = call.payment().expect("a payment's call");
        let heard = CaptureHeard { payment, capture: ask.capture, answer };
        self.handle.submit(Caller::Runtime, Body::CaptureHeard(heard)).await.unwrap();
    }

    /// The wallet that was last asked for an order has made it.
    pub async fn link(&self) {
        // Beside it a timer may have asked something about another order.
        let calls = self.calls.lock().unwrap().clone();
        let order = calls.into_iter().rfind(|call| matches!(call.ask, Asked::CreateOrder(_)));
        let call = order.expect("a wallet was asked for an order");
        let link = format!("https://wallet.test/o/{}", call.about);
        let answer = PaymentAnswer::Ordered { link: link.into(), handle: None };
        self.hear(&call, Question::Order, answer).await;
    }
}
