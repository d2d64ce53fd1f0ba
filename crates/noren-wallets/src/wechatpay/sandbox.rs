//! WeChat Pay in a box: a network whose users hold yuan, which speaks v3 global, v3 domestic and v2.
//!
//! Beside the shared control calls (`crate::sandbox::control`):
//!
//! | call | body | answer |
//! |---|---|---|
//! | `GET /sandbox/merchant` | | `{mchid, serial_no, platform_serial, platform_certificate, appid}`: what a client is configured with, keys and the APIv3 key apart |
//! | `GET /sandbox/orders` | | `{orders:[{order, code, amount, shop, expires_at}]}`: those that wait for a payer |
//! | `POST /sandbox/pay` | `{user, code or order, pin?, refuse?, amount?}` | `{state, payment_id, …}`; either is the text of the code, the merchant's number or the network's; without `pin` and `refuse` it is only shown |
//!
//! **Ours**, because it is not published: which transaction ids look how; that an early reverse is
//! answered 429; that a reverse of an order that never came binds; what a payment that cannot be
//! reversed is answered (the word of v2); that the day's file is there at midnight. A client
//! certificate (v2's `secapi`) is the transport's affair and is not asked for here.

use std::collections::BTreeMap;

use noren_core::money::{Currency, Money};
use noren_core::rate::{Rate, Rounding};
use noren_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::connector::Mode;
use super::notification::REPEATS;
use super::route::{self, TradeType};
use super::time;
use super::v2::SignType;
use crate::link::{Link, Place};
use crate::sandbox::bank::{Bank, Manner, Payment, State, Terms};
use crate::sandbox::control;
use crate::sandbox::notices::Notices;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::table::{Agenda, RecordError, Table};
use crate::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use crate::wechatpay::signing::origin_form;
use crate::wire::{Request, Response, TransportError};

mod bills;
mod notify;
mod trade;
mod user;
mod v2;
mod v3;

/// What its payment codes begin with; sixteen digits follow. Of the published range 10 to 15.
pub const CODE_PREFIX: &str = "13";
/// What one yen costs its users. Made up.
const PRICE: &str = "0.0484";
/// The same, times 10^8 (section 4, not verified).
const PRICE_SCALED: i64 = 4_840_000;
/// The most that a user can pay at once, in fen. Made up.
const PAYMENT_MAX: i64 = 5_000_000;
/// Ours: the payer's screen shows a new code every minute; how long an old one counts is not said.
const CODE_VALID_FOR: Span = Span::seconds(120);
/// Section 5: a reverse is not to come earlier after the payment.
const REVERSE_NOT_BEFORE_S: u64 = 15;
/// Section 5: an unpaid scanned payment is revoked by itself.
const REVOKED_AFTER_S: u64 = 45;
/// Section 5: a reverse is possible for so long.
const REVERSE_WITHIN: Span = Span::seconds(7 * 86_400);
/// Ours: what an order that names no end has.
const ORDER_WITHIN: Span = Span::seconds(2 * 3_600);
/// In which dialect an order was made; its notification is in the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Dialect {
    /// v3 for acquirers abroad.
    Global,
    /// v3 of the mainland.
    Domestic,
    /// The older forms.
    V2(SignType),
}

impl Dialect {
    /// The dialect of v3, if it is one.
    const fn of_v3(self) -> Option<route::Dialect> {
        match self {
            Self::Global => Some(route::Dialect::Global),
            Self::Domestic => Some(route::Dialect::Domestic),
            Self::V2(_) => None,
        }
    }
}

impl From<route::Dialect> for Dialect {
    fn from(dialect: route::Dialect) -> Self {
        match dialect {
            route::Dialect::Global => Self::Global,
            route::Dialect::Domestic => Self::Domestic,
        }
    }
}

/// What the bank's books do not say of an order, by the merchant's number of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trade {
    dialect: Dialect,
    trade_type: TradeType,
    appid: String,
    /// Of an institution.
    sub_mchid: Option<String>,
    description: String,
    attach: Option<String>,
    /// Where its result is to be told, below the switch's address.
    notify: Option<String>,
    /// What its code ends with.
    token: Option<String>,
    /// The network's id, as the wire has it.
    number: String,
    expires_at: Option<Timestamp>,
    /// When a reverse gave money back, and how much in both currencies.
    reversed: Option<Reversed>,
}

/// See [`Trade::reversed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reversed {
    at: Timestamp,
    order: Money,
}

/// What the books do not say of a refund, by the merchant's number of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefundTrade {
    dialect: Dialect,
    notify: Option<String>,
    /// The network's id, as the wire has it.
    number: String,
}

/// The sandbox. Its users hold CNY; the switch is owed JPY.
pub struct WechatPaySandbox {
    link: Link,
    mode: Mode,
    bank: Bank,
    fx: Rate,
    notices: Notices,
    trades: Table<Trade>,
    refund_trades: Table<RefundTrade>,
    /// Merchants' numbers of orders, by what their codes end with.
    tokens: Table<String>,
    /// Merchants' numbers of orders, by the network's id.
    numbers: Table<String>,
    /// Merchants' numbers of refunds, by the network's id.
    refund_numbers: Table<String>,
    /// When scanned payments that nobody has decided are revoked.
    lapses: Agenda,
    outbox: Vec<Outgoing>,
    sent: BTreeMap<u64, notify::Sent>,
}

impl WechatPaySandbox {
    /// Fresh with no records, or as they left it.
    pub fn new(config: SandboxConfig, records: &[Record]) -> Result<Self, RecordError> {
        let terms = Terms {
            currency: Currency::CNY,
            owed_in: Currency::JPY,
            code_prefix: CODE_PREFIX,
            seed: config.seed,
            pace: config.pace,
            freezes: false,
            day_offset_minutes: time::OFFSET_MINUTES,
            // A little more than the seven days, which `reverse` counts from the payment itself.
            cancel_until_minutes: 7 * 1_440,
            code_valid_for: Some(CODE_VALID_FOR),
            payment_max: PAYMENT_MAX,
        };
        let fx = Rate::from_decimal(Currency::JPY, Currency::CNY, PRICE);
        let repeats = REPEATS.iter().map(|pause| scaled(config.pace, pause.0 / 1_000));
        let mut made = Self {
            mode: Mode::read(&config.link.client_id),
            link: config.link,
            bank: Bank::load(terms, records)?,
            fx: fx.expect("the price is a decimal number above zero"),
            notices: Notices::load(config.pace, records)?.on_schedule(repeats.collect()),
            trades: Table::load("trade", records)?,
            refund_trades: Table::load("refund-trade", records)?,
            tokens: Table::load("token", records)?,
            numbers: Table::load("number", records)?,
            refund_numbers: Table::load("refund-number", records)?,
            lapses: Agenda::default(),
            outbox: Vec::new(),
            sent: BTreeMap::new(),
        };
        let ids: Vec<String> = made.trades.iter().map(|(id, _)| id.clone()).collect();
        ids.iter().for_each(|id| made.lapse(id));
        Ok(made)
    }

    /// The network's books.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    fn scaled(&self, seconds: u64) -> Span {
        scaled(self.bank.terms().pace, seconds)
    }

    /// Sets when a scanned payment is revoked if nothing was decided by then.
    fn lapse(&mut self, id: &str) {
        let (Some(trade), Some(payment)) = (self.trades.get(id), self.bank.payment(id)) else {
            return;
        };
        let open = payment.state == State::Processing && trade.trade_type == TradeType::Micropay;
        let at = open.then(|| payment.at.after(self.scaled(REVOKED_AFTER_S)));
        self.lapses.set(id, at);
    }

    /// What an order costs its payer. `None`: not in this currency, or too much to say.
    fn cost(&self, order: Money) -> Option<Money> {
        if order.currency() == Currency::CNY {
            return Some(order);
        }
        self.fx.convert(order, Rounding::HalfEven).ok()
    }

    /// Where a merchant's address is: below the switch's, or the whole of it. `None`: it is none.
    fn target(&self, url: Option<&str>) -> Option<String> {
        let url = url?;
        match url.strip_prefix(self.link.switch.origin()) {
            Some(target) if target.starts_with('/') => Some(target.to_owned()),
            Some(_) | None => Place::new(url).is_ok().then(|| url.to_owned()),
        }
    }

    /// How an answer leaves.
    fn leave(&self, response: Response, manner: Manner) -> Answered {
        match manner {
            Manner::Plain | Manner::Forged => Answered::Respond(response),
            Manner::Silent => Answered::Silence,
            Manner::Slow => Answered::Late(response, self.bank.terms().pace),
        }
    }

    /// Does what is due: decides and revokes payments, and sends notices.
    fn run(&mut self, now: Timestamp) {
        for id in self.bank.decide_due(now) {
            self.tell(now, &id);
        }
        while let Some(id) = self.lapses.pop(now) {
            if self.bank.payment(&id).is_some_and(|payment| payment.state == State::Processing) {
                self.bank.cancel(now, &id);
            }
        }
        while let Some((about, notice)) = self.notices.due(now) {
            self.notify(now, &about, &notice);
        }
    }

    /// Puts the news of a paid order into the post. Nothing else is told (section 6), and nothing of
    /// scanned codes (section 4).
    fn tell(&mut self, now: Timestamp, id: &str) {
        let (Some(trade), Some(payment)) = (self.trades.get(id), self.bank.payment(id)) else {
            return;
        };
        let Some(target) = trade.notify.clone().filter(|_| payment.state == State::Paid) else {
            return;
        };
        let times = match payment.scenario {
            // The news of it is lost.
            Scenario::LostAnswer => return,
            Scenario::DoubleNotice => 2,
            Scenario::Approve
            | Scenario::Decline
            | Scenario::UnknownThenYes
            | Scenario::UnknownThenNo
            | Scenario::Timeout
            | Scenario::LateSuccess
            | Scenario::WrongAmount
            | Scenario::BadSignature
            | Scenario::Slow
            | Scenario::CancelClosed
            | Scenario::Blocked
            | Scenario::NoConfirm
            | Scenario::NeverDebit
            | Scenario::RefundNoFunds
            | Scenario::RefundSilent => 1,
        };
        self.notices.add(now, id, target, times);
    }

    /// What a user is called by a merchant's application.
    fn openid(&self, payment: &Payment) -> String {
        format!("o-{}", payment.user.as_deref().unwrap_or_default())
    }
}

/// A published time at a sandbox's pace, which is ten seconds as published.
fn scaled(pace: Span, seconds: u64) -> Span {
    Span(seconds.saturating_mul(pace.0) / 10)
}

impl Sandbox for WechatPaySandbox {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        self.run(now);
        let lost = |why: &str| Answered::Respond(control::respond(Err((404, why.to_owned()))));
        let path = origin_form(request.path()).to_owned();
        let Some(below) = self.link.network.below(&path) else {
            return lost("not below this address");
        };
        let answered = if let Some(call) = below.strip_prefix("/v3/") {
            self.v3(now, request, call)
        } else if let Some(call) = below.strip_prefix("/sandbox/") {
            match self.control(now, request, call) {
                Some(response) => Answered::Respond(response),
                None => lost("there is no such call"),
            }
        } else if let Some(call) = v2::call(below) {
            self.v2(now, request, call)
        } else {
            lost("there is no such call")
        };
        self.run(now);
        answered
    }

    fn wake_at(&self) -> Option<Timestamp> {
        let times = [self.bank.wake_at(), self.notices.wake_at(), self.lapses.next_at()];
        times.into_iter().flatten().min()
    }

    fn tick(&mut self, now: Timestamp) {
        self.run(now);
    }

    fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    fn delivered(&mut self, now: Timestamp, id: u64, response: Result<Response, TransportError>) {
        if let Some(sent) = self.sent.remove(&id)
            && response.is_ok_and(|response| sent.acknowledged_by(&response))
        {
            self.notices.acknowledged(now, &sent.about);
        }
        self.run(now);
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.bank.take_changes(&mut changes);
        self.notices.take_changes(&mut changes);
        self.trades.take_changes(&mut changes);
        self.refund_trades.take_changes(&mut changes);
        self.tokens.take_changes(&mut changes);
        self.numbers.take_changes(&mut changes);
        self.refund_numbers.take_changes(&mut changes);
        changes
    }
}
