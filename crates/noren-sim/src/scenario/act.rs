//! Doing what a line says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use noren_core::command::{
    Body, Caller, CaptureHeard, ClaimClose, Command, Confirm, CreditAssign, CreditReceived,
    CreditReturn, Fail, IfPaid, OrderCancel, Payee, PaymentCancel, PaymentCapture, PaymentChoose,
    PaymentCreate, PaymentHeard, PaymentRecall, PaymentVoid, Prefund, Present, QuoteCreate,
    RefundCreate, RefundHeard, Reserve, Resolve, Scanned,
};
use noren_core::credit::CreditStatus;
use noren_core::day::PayerHash;
use noren_core::directory::{Cap, Change, Merchant, MidRate, Partner, Standing, Store};
use noren_core::effects::{Effects, Found};
use noren_core::engine::Engine;
use noren_core::fee::{FeePart, FeeSchedule};
use noren_core::id::{
    CaptureId, CreditId, Entropy, PaymentId, QuoteId, RefundId, Slot, StrayId, WalletName,
};
use noren_core::keys::RequestHash;
use noren_core::money::{Currency, Money};
use noren_core::movement::Direction;
use noren_core::payment::{CaptureMode, Payment};
use noren_core::quote::{Fixed, Target};
use noren_core::rate::Rate;
use noren_core::refusal::Refusal;
use noren_core::stray::ClaimEnd;
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, Decline, DeclineReason, HoldCaptures, HoldRules, PaymentAnswer,
    PaymentCode, PushRules, Question, Receipt, Reference, RefundAnswer, RefundReceipt, Unknown,
};

mod operator;

use super::words::{Words, money, span};
use crate::audit::{Auditor, Commit};
use crate::directory::{self, START, Till};
use crate::tallies::Tallies;

/// The engine, the auditor, and the short names of things.
pub struct Stage {
    pub(super) engine: Engine,
    /// Sees every line.
    pub auditor: Auditor,
    tallies: Tallies,
    now: Timestamp,
    commands: u64,
    batches: u64,
    pub(super) payments: Vec<PaymentId>,
    pub(super) refunds: Vec<RefundId>,
    pub(super) captures: Vec<CaptureId>,
    pub(super) strays: Vec<StrayId>,
    pub(super) credits: Vec<CreditId>,
    pub(super) quotes: Vec<QuoteId>,
    calls: Vec<Call>,
    /// Every refusal that was seen.
    pub refusals: Vec<Refusal>,
}

/// A stand-in for the edge's hash: the body's text, cut or filled up.
fn hash(body: &str) -> RequestHash {
    let mut hash = [0; 32];
    for (place, byte) in body.bytes().enumerate() {
        let cell: &mut u8 = &mut hash[place % 32];
        *cell = cell.rotate_left(3) ^ byte;
    }
    hash
}

pub(super) fn till(name: &str) -> Result<Till, String> {
    match name {
        "takayama" => Ok(directory::takayama()),
        "kanazawa" => Ok(directory::kanazawa()),
        "gero" => Ok(directory::gero()),
        _ => Err(format!("no shop: {name}")),
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl Stage {
    /// An engine with the fixed directory.
    pub fn new() -> Self {
        let mut stage = Self {
            engine: Engine::new(0),
            auditor: Auditor::new(),
            tallies: Tallies::default(),
            now: START,
            commands: 0,
            batches: 0,
            payments: Vec::new(),
            refunds: Vec::new(),
            captures: Vec::new(),
            strays: Vec::new(),
            credits: Vec::new(),
            quotes: Vec::new(),
            calls: Vec::new(),
            refusals: Vec::new(),
        };
        for change in directory::changes() {
            stage.change(change).expect("the fixed directory is accepted");
        }
        stage
    }

    /// Has the operator change the directory.
    pub fn change(&mut self, change: Change) -> Result<String, String> {
        self.command(Caller::Operator, Body::Directory(change))
    }

    /// Applies any command and renders what came of it, as a line does.
    pub fn command(&mut self, caller: Caller, body: Body) -> Result<String, String> {
        self.commands += 1;
        let entropy = Entropy(
            u128::from(self.commands).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
        );
        let command = Command { caller, entropy, body };
        let before: Vec<Option<Arc<Payment>>> =
            self.payments.iter().map(|id| self.engine.payment_in_memory(*id).cloned()).collect();
        let credits: BTreeMap<CreditId, CreditStatus> =
            self.auditor.credits().map(|credit| (credit.id, credit.status())).collect();
        let effects = self.apply(&command)?;
        if let noren_core::effects::Reply::Refused { refusal, .. } = &effects.reply {
            self.refusals.push(*refusal);
        }
        let seal = self.engine.seal();
        if effects.rows.is_empty() {
            self.auditor.hear(&command);
        } else {
            self.batches += 1;
            let commit = Commit {
                number: self.batches,
                now: self.now,
                commands: std::slice::from_ref(&command),
                rows: &effects.rows,
                seal: &seal,
            };
            self.auditor.commit(&commit).map_err(|broken| broken.to_string())?;
            let tallied = self.tallies.commit(&effects.rows, &seal);
            tallied.map_err(|broken| broken.to_string())?;
        }
        let audited = self.auditor.reply(&command, &effects.reply);
        audited.map_err(|broken| broken.to_string())?;
        for call in &effects.calls {
            self.auditor.released(call, self.now).map_err(|broken| broken.to_string())?;
            self.auditor.call(call, self.now).map_err(|broken| broken.to_string())?;
        }
        self.calls.extend(effects.calls.iter().cloned());
        Ok(self.show(&before, &credits, &effects))
    }

    /// There is no store here, so what memory does not have is not there.
    fn apply(&mut self, command: &Command) -> Result<Effects, String> {
        for _ in 0..8 {
            match self.engine.apply(self.now, command) {
                Ok(effects) => {
                    self.engine.forget_absences();
                    return Ok(effects);
                }
                Err(missing) => {
                    for key in missing.0 {
                        self.engine.admit(key, Found::Nothing);
                    }
                }
            }
        }
        Err("the command asks for more and more".to_owned())
    }

    pub(super) fn act(&mut self, operation: &str) -> Result<String, String> {
        let mut words = Words::new(operation);
        let time = words.next()?;
        if time != "end" {
            let at = START.after(span(time)?);
            if at < self.now {
                return Err("time goes back".to_owned());
            }
            self.now = at;
        }
        let actor = words.next()?;
        match actor {
            "merchant" => self.merchant(words),
            "wallet" => self.wallet(Caller::Runtime, words),
            "clock" => {
                let hold_expiries = words.took("held");
                words.done()?;
                self.command(Caller::Runtime, Body::Tick { hold_expiries })
            }
            "operator" => self.operator(words),
            "ledger" => {
                let pending = words.took("pending");
                words.done()?;
                Ok(if pending { self.pending() } else { self.ledger() })
            }
            "doubt" => self.doubt(words),
            "payer" => self.payer(words),
            name => {
                let name = WalletName::new(name).map_err(|_| format!("no actor: {name}"))?;
                self.wallet_api(name, words)
            }
        }
    }

    /// For how long it was not known what became of a payment, its release, a capture, a refund.
    fn doubt(&self, mut words: Words<'_>) -> Result<String, String> {
        let name = words.next()?;
        let void = words.took("void");
        words.done()?;
        let doubt = match name.chars().next() {
            Some('F') => {
                let id = self.refund(name)?;
                let owner = self.owner_of(id).and_then(|id| self.auditor.payment_row(id));
                let owner = owner.ok_or("no such refund")?;
                let strays = owner.strays.iter().map(|stray| &stray.refund);
                let found = owner.refunds.iter().chain(strays).find(|refund| refund.id == id);
                found.ok_or("no such refund")?.doubt
            }
            Some('G') => {
                let id = *pick(&self.captures, name, 'G')?;
                let found = self.auditor.payments().find_map(|payment| {
                    let open = payment.state.open_part().filter(|part| part.terms.id == id);
                    let parts = &payment.state.hold()?.parts;
                    let ended = parts.iter().find(|part| part.terms.id == id);
                    ended.map(|part| part.doubt).or(open.map(|part| part.doubt))
                });
                found.ok_or("no such capture")?
            }
            _ => {
                let payment = self.auditor.payment_row(self.payment(name)?);
                let payment = payment.ok_or("no such payment")?;
                if void { payment.void_doubt } else { payment.doubt }
            }
        };
        let seconds = doubt.total(self.now).0 / 1_000;
        let running = if doubt.since.is_some() { " and running" } else { "" };
        Ok(format!("{seconds}s{running}"))
    }

    fn merchant(&mut self, mut words: Words<'_>) -> Result<String, String> {
        let till = till(words.named("as").unwrap_or("takayama"))?;
        let tenant = match words.named("tenant") {
            Some(name) => name.parse().map_err(|_| "no tenant")?,
            None => till.tenant,
        };
        let caller = Caller::Merchant { tenant, merchant: till.merchant };
        let key: noren_core::Text = words.key()?.into();
        let other = words.named("body").unwrap_or_default();
        let recalled = words.took("recall");
        let body = match words.next()? {
            verb @ ("pay" | "show" | "order") => {
                let order = words.next()?;
                let amount = words.money()?;
                let wallet = words.named("wallet").unwrap_or("alipayplus");
                let code = words.named("code").unwrap_or(order);
                let expires_in = span(words.named("for").unwrap_or("5m"))?;
                let name = wallet.parse().map_err(|_| "no wallet")?;
                let present = match verb {
                    "show" => Present::Merchant { expires_in },
                    "order" => Present::Online { wallet: name, expires_in },
                    _ => Present::Consumer {
                        wallet: name,
                        code: PaymentCode::new(code),
                        code_hash: format!("{wallet}/{code}").into(),
                    },
                };
                let capture =
                    if words.took("hold") { CaptureMode::Manual } else { CaptureMode::Now };
                let store = match words.named("store") {
                    Some(name) => self::till(name)?.store,
                    None => till.store,
                };
                let hash =
                    hash(&format!("{verb} {order} {amount} {wallet} {code} {capture:?} {other}"));
                Body::PaymentCreate(PaymentCreate {
                    key,
                    hash,
                    order_number: order.into(),
                    store,
                    amount,
                    present,
                    capture,
                    memo: None,
                })
            }
            "withdraw" => {
                let order = words.next()?;
                let if_paid = if words.took("unpaid") { IfPaid::Refuse } else { IfPaid::Refund };
                let hash = hash(&format!("withdraw {order} {if_paid:?} {other}"));
                Body::OrderCancel(OrderCancel { key, hash, order_number: order.into(), if_paid })
            }
            "cancel" => {
                let payment = self.payment(words.next()?)?;
                let hash = hash(&format!("cancel {payment} {other}"));
                Body::PaymentCancel(PaymentCancel { key, hash, payment })
            }
            "capture" => {
                let payment = self.payment(words.next()?)?;
                let amount = words.money()?;
                let hash = hash(&format!("capture {payment} {amount} {other}"));
                Body::PaymentCapture(PaymentCapture { key, hash, payment, amount })
            }
            "void" => {
                let payment = self.payment(words.next()?)?;
                let hash = hash(&format!("void {payment} {other}"));
                Body::PaymentVoid(PaymentVoid { key, hash, payment })
            }
            "refund" => {
                let payment = self.payment(words.next()?)?;
                let amount = words.money()?;
                let hash = hash(&format!("refund {payment} {amount} {other}"));
                Body::RefundCreate(RefundCreate {
                    key,
                    hash,
                    payment,
                    amount,
                    number: None,
                    memo: None,
                })
            }
            verb => return Err(format!("a merchant does not {verb}")),
        };
        let body = match body {
            Body::PaymentCreate(create) if recalled => {
                Body::PaymentRecall(PaymentRecall { key: create.key, hash: create.hash })
            }
            body => body,
        };
        words.done()?;
        self.command(caller, body)
    }

    fn wallet(&mut self, caller: Caller, mut words: Words<'_>) -> Result<String, String> {
        let word = words.next()?;
        let about = words.next()?;
        if about.starts_with('F') {
            let refund = self.refund(about)?;
            let answer = self.refund_answer(word, refund, &mut words)?;
            let payment = self.owner_of(refund).filter(|_| !words.took("alone"));
            words.done()?;
            return self
                .command(caller, Body::RefundHeard(RefundHeard { payment, refund, answer }));
        }
        if about.starts_with('G') {
            let capture = *pick(&self.captures, about, 'G')?;
            let (payment, answer) = self.capture_answer(word, capture, &mut words)?;
            words.done()?;
            let heard = CaptureHeard { payment, capture, answer };
            return self.command(caller, Body::CaptureHeard(heard));
        }
        let payment = self.request(about)?;
        let answer = self.payment_answer(word, payment, &mut words)?;
        let notice = words.took("notice") || caller != Caller::Runtime;
        let (question, attempt) = if notice {
            (Question::Notice, 0)
        } else {
            self.asked_last(payment, &answer, words.named("to"))?
        };
        words.done()?;
        let heard = PaymentHeard { payment, question, attempt, answer };
        self.command(caller, Body::PaymentHeard(heard))
    }

    /// Which call an answer belongs to: a cancel's words to the last cancel, all other words to
    /// the last request or inquiry, unless the line says otherwise.
    fn asked_last(
        &self,
        payment: PaymentId,
        answer: &PaymentAnswer,
        to: Option<&str>,
    ) -> Result<(Question, u32), String> {
        let to_cancel = match to {
            Some(to) => to == "cancel",
            None => matches!(answer, PaymentAnswer::Cancelled | PaymentAnswer::TooLate { .. }),
        };
        let of_payment = |call: &&Call| call.payment() == Some(payment);
        self.calls
            .iter()
            .rev()
            .filter(of_payment)
            .find_map(|call| {
                let question = match &call.ask {
                    Ask::Pay(_) | Ask::Authorise(_) if !to_cancel => Question::Pay,
                    Ask::CreateOrder(_) if !to_cancel => Question::Order,
                    Ask::Inquire { .. } if !to_cancel => Question::Inquiry,
                    Ask::Cancel { .. } if to_cancel => Question::Cancel,
                    Ask::Void { .. } if to_cancel => Question::Void,
                    _ => return None,
                };
                let wanted = to.is_none_or(|to| match question {
                    Question::Pay => to == "pay",
                    Question::Order => to == "order",
                    Question::Inquiry => to == "inquiry",
                    Question::Cancel | Question::Void => to == "cancel",
                    Question::Notice => false,
                });
                wanted.then_some((question, call.attempt))
            })
            .ok_or_else(|| "no call has left that this could be the answer to".to_owned())
    }

    fn payment_answer(
        &self,
        word: &str,
        id: PaymentId,
        words: &mut Words<'_>,
    ) -> Result<PaymentAnswer, String> {
        let payment = self.engine.payment_in_memory(id).ok_or("no such payment")?;
        let asked = payment.state.asked().and_then(|asked| asked.payer);
        let payer = payer(words, asked)?;
        let transaction = match (words.named("tx"), payment.state.asked().map(|a| &a.reference)) {
            (Some(tx), _) => tx.into(),
            (None, Some(Reference::Scan { wallet_payment_id })) => wallet_payment_id.clone(),
            (None, _) => format!("tx-{id}").into(),
        };
        let amount = words.money_if_any()?.unwrap_or(payment.amount);
        let receipt = || Receipt {
            transaction: transaction.clone(),
            amount,
            payer,
            rate: None,
            settlement: None,
        };
        Ok(match word {
            "approved" => PaymentAnswer::Paid(receipt()),
            "held" => PaymentAnswer::Authorised(receipt()),
            "ordered" => PaymentAnswer::Ordered {
                link: "https://wallet.test/o".into(),
                handle: words.named("handle").map(Into::into),
            },
            "declined" => PaymentAnswer::Declined(Decline::read(DeclineReason::Funds, "NO")),
            "pending" => PaymentAnswer::Pending,
            "not_found" => PaymentAnswer::NotFound,
            "cancelled" => PaymentAnswer::Cancelled,
            "blocked" => PaymentAnswer::Blocked,
            "too_late" if words.took("bare") => PaymentAnswer::TooLate { receipt: None },
            "too_late" => PaymentAnswer::TooLate { receipt: Some(receipt()) },
            "not_sent" => PaymentAnswer::NotSent,
            word => PaymentAnswer::Unknown(unknown(word)?),
        })
    }

    fn capture_answer(
        &self,
        word: &str,
        id: CaptureId,
        words: &mut Words<'_>,
    ) -> Result<(PaymentId, CaptureAnswer), String> {
        let parts = |payment: &Payment| {
            let hold = payment.state.hold()?;
            let open = payment.state.open_part().map(|part| &part.terms);
            let ended = hold.parts.iter().map(|part| &part.terms);
            ended.chain(open).find(|terms| terms.id == id).cloned()
        };
        let found = self.auditor.payments().find_map(|p| parts(p).map(|terms| (p.id, terms)));
        let (payment, terms) = found.ok_or("no such capture")?;
        let receipt = Receipt {
            transaction: words.named("tx").map_or_else(|| format!("tx-{id}").into(), Into::into),
            amount: words.money_if_any()?.unwrap_or(terms.amount),
            payer: payer(words, terms.payer)?,
            rate: None,
            settlement: None,
        };
        let answer = match word {
            "captured" => CaptureAnswer::Captured(receipt),
            "declined" => CaptureAnswer::Declined(Decline::read(DeclineReason::Other, "NO")),
            "processing" => CaptureAnswer::Processing,
            "not_found" => CaptureAnswer::NotFound,
            "not_sent" => CaptureAnswer::NotSent,
            word => CaptureAnswer::Unknown(unknown(word)?),
        };
        Ok((payment, answer))
    }

    fn refund_answer(
        &self,
        word: &str,
        id: RefundId,
        words: &mut Words<'_>,
    ) -> Result<RefundAnswer, String> {
        let of_payments = self.auditor.payments().flat_map(|payment| {
            let strays = payment.strays.iter().map(|stray| &stray.refund);
            payment.refunds.iter().chain(strays)
        });
        let of_credits = self.auditor.credits().filter_map(|credit| credit.refund());
        let refund = of_payments.chain(of_credits).find(|refund| refund.id == id);
        let refund = refund.ok_or("no such refund")?;
        let amount = words.money_if_any()?.unwrap_or(refund.amount);
        let payer = payer(words, refund.payer)?;
        let receipt = RefundReceipt { amount, payer, settlement: None };
        Ok(match word {
            "refunded" => RefundAnswer::Refunded(receipt),
            "declined" => RefundAnswer::Declined(Decline::read(DeclineReason::Refund, "NO")),
            "no_funds" => RefundAnswer::NoFunds,
            "too_late" => RefundAnswer::TooLate,
            "processing" => RefundAnswer::Processing,
            "not_found" => RefundAnswer::NotFound,
            "not_sent" => RefundAnswer::NotSent,
            word => RefundAnswer::Unknown(unknown(word)?),
        })
    }

    fn wallet_api(&mut self, name: WalletName, mut words: Words<'_>) -> Result<String, String> {
        let caller = Caller::Wallet(name);
        let body = match words.next()? {
            "claims" => return self.wallet(caller, words),
            "resolve" => {
                let place = words.next()?;
                let scanned = if place.starts_with('P') {
                    let jpqr = till(words.named("at").unwrap_or("takayama"))?.jpqr.into();
                    Scanned::Order { jpqr, payment: self.payment(place)? }
                } else {
                    let jpqr = till(place).map_or(place, |till| till.jpqr).into();
                    Scanned::Shop { jpqr }
                };
                Body::Resolve(Resolve { scanned })
            }
            "quote" => {
                let target = self.target(words.next()?)?;
                let fixed = match words.next()? {
                    "receive" => Fixed::Receive(words.money()?),
                    "send" => Fixed::Send(words.money()?),
                    word => return Err(format!("receive or send, not {word}")),
                };
                Body::QuoteCreate(QuoteCreate { target, fixed })
            }
            "reserve" => {
                let wallet_payment_id = words.next()?;
                let target = self.target(words.next()?)?;
                let amount = words.money()?;
                let quote = match words.named("quote") {
                    None => None,
                    Some("Q0") => Some(QuoteId::new(START, target.slot(), Entropy(7), 7)),
                    Some(name) => Some(*pick(&self.quotes, name, 'Q')?),
                };
                let payer = words.named("payer").map(|token| {
                    // Each shop of the scenarios has a slot of its own.
                    let slot = target.slot().number();
                    PayerHash::new(hash(&format!("{name} {slot} {token}")))
                });
                let other = words.named("body").unwrap_or_default();
                let hash =
                    hash(&format!("{wallet_payment_id} {target:?} {amount} {quote:?} {other}"));
                let wallet_payment_id = wallet_payment_id.into();
                Body::Reserve(Reserve { wallet_payment_id, hash, target, quote, amount, payer })
            }
            "confirm" => {
                let payment = self.payment(words.next()?)?;
                Body::Confirm(Confirm { payment, debited: words.money()?, rate: None })
            }
            "credits" => Body::CreditReceived(self.credit(&mut words)?),
            "fail" => {
                let payment = self.payment(words.next()?)?;
                Body::Fail(Fail { payment, reason: "payer gave up".into() })
            }
            verb => return Err(format!("a wallet does not {verb}")),
        };
        words.done()?;
        self.command(caller, body)
    }

    /// `T1 takayama JPY 1200`, `T1 P1 JPY 1200 payer=THB:310.00`; any other word is nobody's name.
    fn credit(&self, words: &mut Words<'_>) -> Result<CreditReceived, String> {
        let transaction = words.next()?.into();
        let place = words.next()?;
        let payee = if place.starts_with('P') {
            Payee::Payment(self.payment(place)?)
        } else if let Ok(till) = till(place) {
            Payee::Shop { jpqr: till.jpqr.into() }
        } else {
            Payee::Unreadable
        };
        Ok(CreditReceived {
            transaction,
            named: place.into(),
            payee,
            amount: words.money()?,
            payer: payer(words, None)?,
            settlement: None,
            credited_at: self.now,
        })
    }

    /// `payer chooses P1 partner`
    fn payer(&mut self, mut words: Words<'_>) -> Result<String, String> {
        let ("chooses", place, wallet) = (words.next()?, words.next()?, words.next()?) else {
            return Err("a payer chooses".into());
        };
        words.done()?;
        let payment = self.payment(place)?;
        let wallet = WalletName::new(wallet).map_err(|_| format!("no wallet: {wallet}"))?;
        let body = Body::PaymentChoose(PaymentChoose { payment, wallet });
        self.command(Caller::Payer, body)
    }

    fn target(&self, name: &str) -> Result<Target, String> {
        if name.starts_with('P') {
            return self.payment(name).map(Target::Payment);
        }
        if name == "nowhere" {
            let slot = directory::takayama().store.slot();
            let store = noren_core::id::StoreId::new(START, slot, Entropy(1), 9);
            return Ok(Target::Store(store));
        }
        till(name).map(|till| Target::Store(till.store))
    }

    /// `P1`; `P0` is an id that nobody has.
    fn payment(&self, name: &str) -> Result<PaymentId, String> {
        if name == "P0" {
            let slot = directory::takayama().merchant.slot();
            return Ok(PaymentId::new(START, slot, Entropy(1), 99));
        }
        pick(&self.payments, name, 'P').copied()
    }

    /// The request of a payment has the payment's number.
    fn request(&self, name: &str) -> Result<PaymentId, String> {
        pick(&self.payments, name, 'R').copied()
    }

    fn refund(&self, name: &str) -> Result<RefundId, String> {
        pick(&self.refunds, name, 'F').copied()
    }

    fn owner_of(&self, refund: RefundId) -> Option<PaymentId> {
        let has = |payment: &&Arc<Payment>| {
            let strays: BTreeSet<_> = payment.strays.iter().map(|s| s.refund.id).collect();
            payment.refunds.iter().any(|r| r.id == refund) || strays.contains(&refund)
        };
        self.auditor.payments().find(has).map(|payment| payment.id)
    }
}

fn pick<'a, T>(list: &'a [T], name: &str, kind: char) -> Result<&'a T, String> {
    name.strip_prefix(kind)
        .and_then(|number| number.parse::<usize>().ok())
        .and_then(|number| list.get(number.wrapping_sub(1)))
        .ok_or_else(|| format!("{name} is not known here"))
}

fn wallet_of(name: &str) -> Result<noren_core::directory::Wallet, String> {
    match name {
        "alipayplus" => Ok(directory::alipayplus_wallet()),
        "noren" => Ok(directory::partner_wallet()),
        "rail" => Ok(directory::rail_wallet()),
        _ => Err(format!("no participant: {name}")),
    }
}

fn unknown(word: &str) -> Result<Unknown, String> {
    Ok(match word {
        "silent" => Unknown::TimedOut,
        "error" => Unknown::Transport,
        "unreadable" => Unknown::Unreadable,
        "unsigned" => Unknown::BadSignature,
        "unlisted" => Unknown::UnlistedCode,
        "unsure" => Unknown::SaidUnknown,
        "dropped" => Unknown::Dropped,
        word => return Err(format!("a wallet does not say {word}")),
    })
}

/// `payer=CNY:58.95`, `payer=none`, or what was asked.
fn payer(words: &Words<'_>, asked: Option<Money>) -> Result<Option<Money>, String> {
    match words.named("payer") {
        Some("none") => Ok(None),
        Some(text) => {
            let (currency, digits) = text.split_once(':').ok_or("payer=CNY:58.95")?;
            Ok(Some(money(currency, digits)?))
        }
        None => Ok(asked),
    }
}
