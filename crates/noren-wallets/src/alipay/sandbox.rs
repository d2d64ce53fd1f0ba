//! Alipay in a box: a wallet whose users hold yuan, spoken to in either dialect.
//!
//! Idempotency as in the `wallets/alipay-openplatform` facts, section 3; notifications as in section
//! 4, of payments that succeeded only. A code that nobody has scanned has no trade. **Ours**, because
//! it is not published: that a payment that failed is a closed trade, that a cancel binds a number
//! that was never seen, and that payment codes last a minute.
//!
//! Beside the shared control calls (`crate::sandbox::control`):
//!
//! | call | body | answer |
//! |---|---|---|
//! | `POST /sandbox/pay` | `{user, code\|order, pin?, refuse?, amount?}` | the order: `pin` pays it, `refuse: true` says no, neither only scans it. `code` is the text of its code, `order` its number, the merchant's or the network's, or that text; `amount` (in fen), where given, must be the order's |
//! | `GET /sandbox/orders` | | `{orders:[{order, code, amount, shop, expires_at}]}`: those that are open |
//!
//! The text of a code is an address; getting it shows the order.

use std::collections::BTreeMap;

use noren_core::money::Currency;
use noren_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::ZONE_MINUTES;
use super::codes::SubCode;
use super::dialect::{Answer, Rejected, enter};
use super::form;
use super::messages::TradeSaid;
use super::notification::{Notification, PAUSES, acknowledged};
use super::signing::Nonces;
use crate::connector::Env;
use crate::link::Link;
use crate::sandbox::bank::{Bank, Manner, State, Terms};
use crate::sandbox::control;
use crate::sandbox::notices::Notices;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::table::{RecordError, Table};
use crate::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use crate::tempo::Tempo;
use crate::wire::{Request, Response, TransportError};

mod bills;
mod refunds;
mod trades;
mod user;

/// What its payment codes begin with: within the network's 25 to 30.
pub const CODE_PREFIX: &str = "2876";
/// **Ours**: the facts give no figure; users' apps show a new code every minute.
const CODE_VALID_FOR: Span = Span::seconds(60);
/// The most that a user can pay at once, in fen. Made up.
const PAYMENT_MAX: i64 = 5_000_000;

/// What the network knows of a trade beside its money, which is in the bank's books under the
/// merchant's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Trade {
    /// The network's number.
    trade_no: String,
    /// What is bought, as the payer sees it.
    subject: String,
    /// Where the result is to be sent: below the switch's address, or a whole address.
    notify: Option<String>,
    /// What the text of its code ends with, where it has one.
    token: Option<String>,
    /// Somebody has scanned the code, or it was paid by the payer's: there is a trade.
    begun: bool,
    /// Nobody can pay from then on.
    expires_at: Option<Timestamp>,
}

/// The sandbox. Its users hold CNY, and CNY is what the switch is owed.
pub struct AlipaySandbox {
    link: Link,
    bank: Bank,
    notices: Notices,
    nonces: Nonces,
    trades: Table<Trade>,
    /// The merchant's number by the network's.
    numbers: Table<String>,
    /// The merchant's number by the end of the code's text.
    tokens: Table<String>,
    bills: Table<bills::BillLink>,
    outbox: Vec<Outgoing>,
    sent: BTreeMap<u64, String>,
}

/// An answer and how it leaves, or a refusal.
type Said = Result<(serde_json::Value, Reply), SubCode>;

/// Whether an answer is the last word, and how it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reply {
    /// The user is being asked.
    waiting: bool,
    manner: Manner,
}

impl Reply {
    const PLAIN: Reply = Reply { waiting: false, manner: Manner::Plain };
}

impl AlipaySandbox {
    /// Fresh with no records, or as they left it.
    pub fn new(config: SandboxConfig, records: &[Record]) -> Result<Self, RecordError> {
        let terms = Terms {
            currency: Currency::CNY,
            owed_in: Currency::CNY,
            code_prefix: CODE_PREFIX,
            seed: config.seed,
            pace: config.pace,
            freezes: false,
            // Section 3: the same day, and about 15 minutes of grace around midnight UTC+8.
            day_offset_minutes: ZONE_MINUTES,
            cancel_until_minutes: 15,
            code_valid_for: Some(CODE_VALID_FOR),
            payment_max: PAYMENT_MAX,
        };
        let notices = Notices::load(config.pace, records)?.on_schedule(notice_pauses(config.pace));
        Ok(Self {
            link: config.link,
            bank: Bank::load(terms, records)?,
            notices,
            nonces: Nonces::default(),
            trades: Table::load("trade", records)?,
            numbers: Table::load("trade-no", records)?,
            tokens: Table::load("token", records)?,
            bills: Table::load("bill", records)?,
            outbox: Vec::new(),
            sent: BTreeMap::new(),
        })
    }

    /// The network's books.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    fn api(&mut self, now: Timestamp, request: &Request, below: &str) -> Option<Answered> {
        let entered = enter(&self.link, now, &mut self.nonces, request, below)?;
        let (dialect, method, said) = match entered {
            Err(Rejected { dialect, method, why }) => (dialect, method, Err(why)),
            Ok(asked) if self.bank.is_closed(now) => {
                (asked.dialect, Some(asked.method), Err(SubCode::IspUnknown))
            }
            Ok(asked) => (asked.dialect, Some(asked.method), self.call(now, &asked)),
        };
        let (answer, manner) = match said {
            Ok((members, reply)) if reply.waiting => (Answer::Waiting(members), reply.manner),
            Ok((members, reply)) => (Answer::Done(members), reply.manner),
            Err(sub) => (Answer::Refused(sub, serde_json::json!({})), Manner::Plain),
        };
        let env = Env { now, nonce: self.bank.bits() };
        let forged = manner == Manner::Forged;
        let response = dialect.answer(&*self.link.sign, env, method, &answer, forged);
        Some(match manner {
            Manner::Silent => Answered::Silence,
            Manner::Slow => Answered::Late(response, self.bank.terms().pace),
            Manner::Plain | Manner::Forged => Answered::Respond(response),
        })
    }

    /// Announces a success: once, but twice or not at all where that is what the user meets.
    fn announce(&mut self, now: Timestamp, id: &str) {
        let target = self.trades.get(id).and_then(|trade| trade.notify.clone());
        let paid = self.bank.payment(id).filter(|payment| payment.state == State::Paid);
        let (Some(target), Some(payment)) = (target, paid) else { return };
        match payment.scenario {
            Scenario::LostAnswer => {}
            Scenario::DoubleNotice => self.notices.add(now, id, target, 2),
            _ => self.notices.add(now, id, target, 1),
        }
    }

    /// Does what is due: decides payments, closes orders, sends notices.
    fn run(&mut self, now: Timestamp) {
        for id in self.bank.decide_due(now) {
            self.announce(now, &id);
        }
        while let Some((id, notice)) = self.notices.due(now) {
            self.notify(now, id, notice.target.clone(), notice.is_first());
        }
    }

    fn notify(&mut self, now: Timestamp, id: String, target: String, first: bool) {
        let Some(payment) = self.bank.payment(&id) else { return };
        if payment.state != State::Paid {
            return self.notices.drop(&id);
        }
        let forged = first && payment.scenario == Scenario::BadSignature && self.is_order(&id);
        let notify_id = format!("{:032x}", self.bank.bits());
        let gmt_payment = self.paid_time(&id).map(Into::into);
        let said = TradeSaid { gmt_payment, send_pay_date: None, ..self.trade_said(now, &id) };
        let subject = self.trades.get(&id).map(|trade| trade.subject.clone());
        let news = Notification { notify_id, subject, said, given_back: None };
        let mut request = news.request(&self.link.client_id, &*self.link.sign, now, target);
        if forged {
            // The signature is the last of them.
            request.body.push(b'0');
        }
        let sending = self.bank.count();
        self.outbox.push(Outgoing { id: sending, request });
        self.sent.insert(sending, id);
    }
}

impl Sandbox for AlipaySandbox {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        self.run(now);
        let lost = |why: &str| Answered::Respond(control::respond(Err((404, why.to_owned()))));
        // The target may have come in absolute form.
        let path = form::path(&request.target).to_owned();
        let Some(below) = self.link.network.below(&path) else {
            return lost("not below this address");
        };
        let below = below.to_owned();
        if let Some(answered) = self.api(now, request, &below) {
            self.run(now);
            return answered;
        }
        if let Some(answered) = self.bill_file(now, request, &below) {
            return answered;
        }
        let answered = match below.strip_prefix("/sandbox/") {
            Some(call) => control::handle(&mut self.bank, now, request, call, false)
                .or_else(|| self.user_call(now, request, call)),
            None => self.code_page(request, &below),
        };
        answered.map_or_else(|| lost("there is no such call"), Answered::Respond)
    }

    fn wake_at(&self) -> Option<Timestamp> {
        [self.bank.wake_at(), self.notices.wake_at()].into_iter().flatten().min()
    }

    fn tick(&mut self, now: Timestamp) {
        self.run(now);
    }

    fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    fn delivered(&mut self, now: Timestamp, id: u64, response: Result<Response, TransportError>) {
        let Some(payment) = self.sent.remove(&id) else { return };
        if response.is_ok_and(|response| acknowledged(&response)) {
            self.notices.acknowledged(now, &payment);
        }
        self.run(now);
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.bank.take_changes(&mut changes);
        self.notices.take_changes(&mut changes);
        self.trades.take_changes(&mut changes);
        self.numbers.take_changes(&mut changes);
        self.tokens.take_changes(&mut changes);
        self.bills.take_changes(&mut changes);
        changes
    }
}

/// The published pauses, as much shorter as everything else that takes time.
fn notice_pauses(pace: Span) -> Vec<Span> {
    let scaled = |seconds: u64| Span((seconds * 1_000 * pace.0 / Tempo::Published.pace().0).max(1));
    PAUSES.into_iter().map(scaled).collect()
}
