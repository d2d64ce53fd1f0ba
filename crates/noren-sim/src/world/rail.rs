//! A push rail in a box: its payers' banks credit the switch, message by message until each is
//! answered, and it gives money back when it is asked. Speaks the Noren wallet API.

use std::collections::BTreeMap;

use noren_core::id::RefundId;
use noren_core::money::Money;
use noren_core::time::{Span, Timestamp};
use noren_wallets::link::Link;
use noren_wallets::noren::messages::{
    About, CreditRequest, DeclineWord, Notification, RefundRequest, RefundSaid,
};
use noren_wallets::noren::signature::{
    sign_request, sign_response, verify_request, verify_response,
};
use noren_wallets::noren::{self, NOTIFY_PATH, WALLET_PATH};
use noren_wallets::sandbox::table::{RecordError, Table};
use noren_wallets::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use noren_wallets::wire::{Request, Response, TransportError};
use noren_wallets::{Entry, KeyKind};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The line that a registry would have.
pub(super) const ENTRY: Entry = Entry {
    name: "rail",
    title: "Push Rail",
    client_id: "switch",
    keys: KeyKind::SharedSecret,
    payment_codes: "",
    callback: NOTIFY_PATH,
    profile: noren::profile,
    connector: noren::ENTRY.connector,
    facade: None,
    sandbox: |config, records| {
        Rail::new(config, records).map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
};

/// One message about money that was credited.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    credit: CreditRequest,
    sent: u64,
    /// When it is sent again; `None`: it was answered.
    next_at: Option<Timestamp>,
    /// If it was taken.
    taken: bool,
}

/// How a refund begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Mood {
    Plain,
    /// There is no money for it at first.
    Poor,
    /// It is made, and the answer says that it is being worked on; a notice follows.
    Slow,
    /// It is made, and the first call gets no answer.
    Silent,
    /// The payer's account is closed: it is refused for good.
    Closed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Back {
    transaction: String,
    amount: Money,
    asked: u32,
    mood: Mood,
    made: bool,
    /// When the notice of it is sent again.
    notice_at: Option<Timestamp>,
    noticed: u64,
}

/// What a message was about.
enum Sent {
    Credit(String),
    Notice(String),
}

struct Rail {
    link: Link,
    pace: Span,
    told: Table<Told>,
    backs: Table<Back>,
    outbox: Vec<Outgoing>,
    /// What this process has sent, by the number of the sending.
    sent: BTreeMap<u64, (Sent, Request)>,
    count: u64,
}

impl Rail {
    fn new(config: SandboxConfig, records: &[Record]) -> Result<Self, RecordError> {
        Ok(Self {
            link: config.link,
            pace: config.pace,
            told: Table::load("told", records)?,
            backs: Table::load("back", records)?,
            outbox: Vec::new(),
            sent: BTreeMap::new(),
            count: 0,
        })
    }

    /// A payer's bank sends money: it is here, whatever becomes of the messages. The same
    /// transaction under another name of the message is told otherwise.
    fn push(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        #[derive(Deserialize)]
        struct Push {
            message: String,
            credit: CreditRequest,
        }
        let Push { message, credit } = serde_json::from_slice(&request.body).ok()?;
        if self.told.get(&message).is_none() {
            let told = Told { credit, sent: 0, next_at: Some(now), taken: false };
            self.told.put(&message, told);
        }
        self.tick(now);
        Some(plain(&json!({})))
    }

    /// What was taken of a transaction; before that is known, the most that was told of it.
    fn amount(&self, transaction: &str) -> Option<Money> {
        let of = self.told.iter().map(|(_, told)| told);
        let of = of.filter(|told| told.credit.wallet_transaction_id == transaction);
        let most = of.max_by_key(|told| (told.taken, told.credit.amount.minor()));
        most.map(|told| told.credit.amount)
    }

    fn given_back(&self, transaction: &str) -> i64 {
        let backs = self.backs.iter().map(|(_, back)| back);
        let made = backs.filter(|back| back.made && back.transaction == transaction);
        made.map(|back| back.amount.minor()).sum()
    }

    fn refund(&mut self, now: Timestamp, asked: &RefundRequest) -> Option<RefundSaid> {
        let id = asked.refund_id.to_string();
        if self.backs.get(&id).is_none() {
            let transaction = asked.transaction_id.clone()?;
            let made = false;
            let mood = mood(asked.refund_id);
            let (amount, notice_at) = (asked.amount, None);
            let back = Back { transaction, amount, asked: 0, mood, made, notice_at, noticed: 0 };
            self.backs.put(&id, back);
        }
        let back = self.backs.edit(&id)?;
        back.asked += 1;
        let back = back.clone();
        if back.made {
            return Some(RefundSaid::Refunded { amount: back.amount, payer_amount: None });
        }
        if back.mood == Mood::Poor && back.asked == 1 {
            return Some(RefundSaid::NoFunds);
        }
        let whole = self.amount(&back.transaction).map_or(0, Money::minor);
        if back.mood == Mood::Closed
            || self.given_back(&back.transaction) + back.amount.minor() > whole
        {
            let reason = DeclineWord::RefundNotPossible;
            return Some(RefundSaid::Declined { reason });
        }
        let made = self.backs.edit(&id)?;
        made.made = true;
        if made.mood == Mood::Slow {
            made.notice_at = Some(now.after(self.pace));
        }
        match back.mood {
            Mood::Slow => Some(RefundSaid::Processing),
            Mood::Silent => None,
            Mood::Plain | Mood::Poor | Mood::Closed => {
                Some(RefundSaid::Refunded { amount: back.amount, payer_amount: None })
            }
        }
    }

    fn refund_said(&self, id: &str) -> RefundSaid {
        match self.backs.get(id) {
            Some(back) if back.made => {
                RefundSaid::Refunded { amount: back.amount, payer_amount: None }
            }
            Some(_) | None => RefundSaid::NotFound,
        }
    }

    /// As the other sandboxes show theirs; each transaction that was taken is a payment.
    fn books(&self) -> Response {
        let taken: Vec<_> = self.told.iter().filter(|(_, told)| told.taken).collect();
        let mut owed = 0;
        let lines: Vec<_> = taken
            .iter()
            .map(|(_, told)| {
                let (id, amount) = (&told.credit.wallet_transaction_id, told.credit.amount);
                let back = self.given_back(id);
                owed += amount.minor() - back;
                json!({
                    "id": id, "state": "paid", "payer_amount": amount, "taken": amount.minor(),
                    "payer_taken": amount.minor(), "refunded": back, "payer_refunded": back,
                })
            })
            .collect();
        let owed = Money::new(owed, noren_core::money::Currency::JPY);
        plain(&json!({ "owed": owed, "balanced": true, "payments": lines }))
    }

    fn send(&mut self, now: Timestamp, target: String, body: Vec<u8>, about: Sent) {
        let headers = vec![("content-type".into(), "application/json".into())];
        let mut request = Request { method: "POST".to_owned(), target, headers, body };
        // A process that starts again must not take an answer to the one before for its own.
        self.count += 1;
        let id = now.0.unsigned_abs() * 4_096 + self.count % 4_096;
        let (origin, key) = (self.link.switch.origin(), &*self.link.sign);
        sign_request(&mut request, origin, &self.link.client_id, key, now, u128::from(id));
        self.sent.insert(id, (about, request.clone()));
        self.outbox.push(Outgoing { id, request });
    }

    fn signed(&self, now: Timestamp, request: &Request, said: &RefundSaid) -> Response {
        let mut response = plain(said);
        sign_response(&mut response, request, &self.link.client_id, &*self.link.sign, now);
        response
    }
}

fn mood(id: RefundId) -> Mood {
    match id.digits().bytes().map(u32::from).sum::<u32>() % 8 {
        0 => Mood::Poor,
        1 => Mood::Slow,
        2 => Mood::Silent,
        3 => Mood::Closed,
        _ => Mood::Plain,
    }
}

fn plain(message: &impl Serialize) -> Response {
    Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: serde_json::to_vec(message).expect("our messages have string keys only"),
    }
}

impl Sandbox for Rail {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        let unknown = || Response { status: 404, headers: Vec::new(), body: Vec::new() };
        let control = match (&*request.method, request.path()) {
            ("POST", "/sandbox/push") => Some(self.push(now, request).unwrap_or_else(unknown)),
            ("GET", "/sandbox/books") => Some(self.books()),
            (_, path) => path.starts_with("/sandbox/").then(unknown),
        };
        if let Some(response) = control {
            return Answered::Respond(response);
        }
        let key_of = |id: &str| (id == self.link.client_id).then_some(&*self.link.verify);
        if verify_request(request, self.link.network.origin(), now, key_of).is_err() {
            return Answered::Respond(Response { status: 401, ..unknown() });
        }
        let said = match (&*request.method, request.path().strip_prefix("/refunds")) {
            ("POST", Some("")) => match serde_json::from_slice(&request.body) {
                Ok(asked) => self.refund(now, &asked),
                Err(_) => return Answered::Respond(unknown()),
            },
            ("GET", Some(below)) => Some(self.refund_said(below.trim_start_matches('/'))),
            _ => return Answered::Respond(unknown()),
        };
        match said {
            Some(said) => Answered::Respond(self.signed(now, request, &said)),
            None => Answered::Silence,
        }
    }

    fn wake_at(&self) -> Option<Timestamp> {
        let told = self.told.iter().filter_map(|(_, told)| told.next_at);
        told.chain(self.backs.iter().filter_map(|(_, back)| back.notice_at)).min()
    }

    fn tick(&mut self, now: Timestamp) {
        let due = self.told.iter().filter(|(_, told)| told.next_at.is_some_and(|at| at <= now));
        let due: Vec<String> = due.map(|(message, _)| message.clone()).collect();
        for message in due {
            let Some(told) = self.told.edit(&message) else { continue };
            told.sent += 1;
            told.next_at = Some(now.after(Span(self.pace.0 * told.sent.min(20))));
            let body = serde_json::to_vec(&told.credit).expect("string keys only");
            self.send(now, format!("{WALLET_PATH}/credits"), body, Sent::Credit(message));
        }
        let due = self.backs.iter().filter(|(_, b)| b.notice_at.is_some_and(|at| at <= now));
        let due: Vec<String> = due.map(|(refund, _)| refund.clone()).collect();
        for refund in due {
            let (Some(back), Ok(refund_id)) = (self.backs.edit(&refund), refund.parse()) else {
                continue;
            };
            back.noticed += 1;
            back.notice_at = Some(now.after(Span(self.pace.0 * back.noticed.min(20))));
            let outcome = RefundSaid::Refunded { amount: back.amount, payer_amount: None };
            // It knows the transaction only, not whose payment that is.
            let notice = Notification {
                notification_id: format!("{refund}-{}", back.noticed),
                about: About::Refund { refund_id, payment_id: None, outcome },
            };
            let body = serde_json::to_vec(&notice).expect("string keys only");
            self.send(now, NOTIFY_PATH.to_owned(), body, Sent::Notice(refund));
        }
    }

    fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    fn delivered(&mut self, _: Timestamp, id: u64, response: Result<Response, TransportError>) {
        let Some((about, request)) = self.sent.remove(&id) else { return };
        let Ok(response) = response else { return };
        let (key_id, key) = (&self.link.client_id, &*self.link.verify);
        let believed = verify_response(&response, &request, key_id, key).is_ok();
        // Anything but a definite word is as if nothing had come.
        if !believed || !matches!(response.status, 200 | 400 | 404 | 409 | 422) {
            return;
        }
        match about {
            Sent::Credit(message) => {
                if let Some(told) = self.told.edit(&message) {
                    told.next_at = None;
                    told.taken |= response.status == 200;
                }
            }
            Sent::Notice(refund) => {
                if let Some(back) = self.backs.edit(&refund) {
                    back.notice_at = None;
                }
            }
        }
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.told.take_changes(&mut changes);
        self.backs.take_changes(&mut changes);
        changes
    }
}
