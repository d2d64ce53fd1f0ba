//! The switch behind a [`super::till::FakeTill`]: the engine, what it has committed, and wallets that
//! say what a test wants.

use std::collections::BTreeMap;
use std::sync::Arc;

use noren_core::Text;
use noren_core::command::{Body, Caller, Command};
use noren_core::directory::{
    Acquirer, Change, Merchant, MidRate, Standing, Store, Tenant, Wallet as Member,
};
use noren_core::effects::{Effects, Found as Fetched, Reply, Row};
use noren_core::engine::Engine;
use noren_core::id::{
    AcquirerName, Entropy, MerchantId, PaymentId, Slot, StoreId, TenantName, WalletName,
};
use noren_core::keys::{Order, OrderName};
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, Payment, State};
use noren_core::rate::Rate;
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, Decline, DeclineReason, PaymentAnswer, Receipt, RefundAnswer,
    RefundReceipt,
};

use crate::WALLETS;
use crate::connector::Heard;
use crate::facade::Refused;
use crate::tempo::Tempo;

/// What wallets say from now on, to whatever they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Yes: paid, held, captured, released, given back. An order that a payer opened stays open.
    Yes,
    /// A definite no; a cancel comes too late.
    No,
    /// Nothing, so that what they were asked is not known.
    Nothing,
}

/// See the module.
pub(super) struct House {
    pub engine: Engine,
    pub now: Timestamp,
    pub commands: u64,
    pub says: Says,
    /// Instead of the next call.
    pub refuses: Option<Refused>,
    pub payments: BTreeMap<PaymentId, Arc<Payment>>,
    pub orders: BTreeMap<OrderName, Order>,
    /// Asked of wallets, and not answered.
    open: Vec<Call>,
}

/// Tenant, name, name in Japanese and JPQR levels of two shops.
pub(super) const SHOPS: [(&str, &str, &str, &str); 2] = [
    ("hida", "Sobadokoro Hida", "そば処ひだ", "0000000000001-0001-000001-000001"),
    ("kaga", "Kaga Tea", "加賀茶", "0000000000002-0001-000001-000001"),
];

/// Merchant and store of one of the shops.
pub(super) fn ids(which: usize) -> (MerchantId, StoreId) {
    let (at, slot) = (Timestamp(1), Slot::new(3).unwrap());
    let entropy = Entropy(1 + which as u128);
    (MerchantId::new(at, slot, entropy, 0), StoreId::new(at, slot, entropy, 1))
}

/// Every wallet of the registry with the rules that it publishes, and two shops that take all.
fn directory() -> Vec<Change> {
    let mut changes = Vec::new();
    let mut wallets = Vec::new();
    let mut rated = Vec::new();
    for entry in WALLETS {
        let (name, profile) = (WalletName::new(entry.name).unwrap(), (entry.profile)(Tempo::Test));
        wallets.push(name);
        if profile.currency != Currency::JPY && !rated.contains(&profile.currency) {
            rated.push(profile.currency);
            let rate = Rate::from_decimal(Currency::JPY, profile.currency, "0.05").unwrap();
            let at = Timestamp(1);
            changes.push(Change::Rate(MidRate { rate, source: "tests".into(), at }));
        }
        let (title, standing) = (entry.title.into(), Standing::Active);
        changes.push(Change::Wallet(Member { name, title, standing, profile }));
    }
    let acquirer = AcquirerName::new("bank").unwrap();
    changes.push(Change::Acquirer(Acquirer { name: acquirer, title: "Bank".into() }));
    for (which, (tenant, name, name_ja, jpqr)) in SHOPS.into_iter().enumerate() {
        let (id, store) = ids(which);
        let tenant = TenantName::new(tenant).unwrap();
        changes.push(Change::Tenant(Tenant { name: tenant, title: name.into() }));
        changes.push(Change::Merchant(Merchant {
            id,
            tenant,
            acquirer,
            name: name.into(),
            name_ja: name_ja.into(),
            mcc: "5812".into(),
            prefecture: 21,
            currency: Currency::JPY,
            settlement: None,
            payment_max: 300_000,
            day_max: None,
            payer_day_max: None,
            wallets: wallets.clone(),
            partner: None,
            standing: Standing::Active,
        }));
        changes.push(Change::Store(Store {
            id: store,
            merchant: id,
            name: name.into(),
            name_ja: name_ja.into(),
            city: "TAKAYAMA".into(),
            postal_code: "5060846".into(),
            jpqr: jpqr.into(),
            partner: None,
            standing: Standing::Active,
        }));
    }
    changes
}

impl House {
    /// An empty switch with its directory.
    pub fn new() -> Self {
        let mut house = Self {
            engine: Engine::new(7),
            now: Timestamp(1_795_275_000_000),
            commands: 0,
            says: Says::Yes,
            refuses: None,
            payments: BTreeMap::new(),
            orders: BTreeMap::new(),
            open: Vec::new(),
        };
        for change in directory() {
            let reply = house.apply(Caller::Operator, Body::Directory(change));
            assert!(matches!(reply, Reply::Directory { .. }), "{reply:?}");
        }
        house
    }

    /// One command, committed at once.
    pub fn apply(&mut self, caller: Caller, body: Body) -> Reply {
        self.commands += 1;
        let entropy = Entropy(u128::from(self.commands).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let command = Command { caller, entropy, body };
        let Effects { rows, calls, reply, .. } = loop {
            match self.engine.apply(self.now, &command) {
                Ok(effects) => break effects,
                // Nothing ever leaves this engine's memory.
                Err(missing) => {
                    for key in missing.0 {
                        self.engine.admit(key, Fetched::Nothing);
                    }
                }
            }
        };
        for row in rows {
            match row {
                Row::Payment(payment) => {
                    self.payments.insert(payment.id, payment);
                }
                Row::Order(order) => {
                    self.orders.insert(order.name.clone(), order);
                }
                Row::Credit(_)
                | Row::Quote(_)
                | Row::Key(..)
                | Row::Used(..)
                | Row::Entry(_)
                | Row::Event(_)
                | Row::Movement(_)
                | Row::Directory(..) => {}
            }
        }
        self.engine.seal();
        self.engine.forget_absences();
        self.open.extend(calls);
        reply
    }

    /// Wallets answer what they were asked, as they are minded now.
    pub fn hear(&mut self) {
        while self.says != Says::Nothing && !self.open.is_empty() {
            for call in std::mem::take(&mut self.open) {
                let body = self.said(&call).into_command(&call);
                self.apply(Caller::Runtime, body);
            }
        }
    }

    fn said(&self, call: &Call) -> Heard {
        let payment = &self.payments[&call.payment().expect("tills have no credits")];
        let yes = self.says == Says::Yes;
        let no = || Decline::read(DeclineReason::Funds, "NO_FUNDS");
        let answer = match &call.ask {
            Ask::CreateOrder(_) if yes => PaymentAnswer::Ordered {
                link: format!("https://wallet.example/{}", payment.id).into(),
                handle: None,
            },
            Ask::Cancel { .. } | Ask::Void { .. } if yes => PaymentAnswer::Cancelled,
            Ask::Cancel { .. } | Ask::Void { .. } => PaymentAnswer::TooLate { receipt: None },
            Ask::Inquire { .. } if matches!(payment.state, State::Ordered(_)) => {
                PaymentAnswer::Pending
            }
            Ask::Pay(_) | Ask::Authorise(_) | Ask::Inquire { .. } if yes => paid(payment),
            Ask::Pay(_) | Ask::Authorise(_) | Ask::Inquire { .. } | Ask::CreateOrder(_) => {
                PaymentAnswer::Declined(no())
            }
            Ask::Capture(ask) | Ask::InquireCapture(ask) => {
                let transaction = format!("tx-{}", ask.capture).into();
                return Heard::Capture(match yes {
                    true => CaptureAnswer::Captured(receipt(transaction, ask.amount, ask.payer)),
                    false => CaptureAnswer::Declined(no()),
                });
            }
            Ask::Refund(ask) | Ask::CancelRefund(ask) | Ask::InquireRefund(ask) => {
                let (amount, payer) = (ask.amount, ask.payer);
                return Heard::Refund(match yes {
                    true => {
                        RefundAnswer::Refunded(RefundReceipt { amount, payer, settlement: None })
                    }
                    false => RefundAnswer::Declined(no()),
                });
            }
        };
        Heard::Payment(answer)
    }
}

fn receipt(transaction: Text, amount: Money, payer: Option<Money>) -> Receipt {
    Receipt { transaction, amount, payer, rate: None, settlement: None }
}

/// What a wallet says whose user has paid.
pub(super) fn paid(payment: &Payment) -> PaymentAnswer {
    let asked = payment.state.asked().expect("a wallet was asked");
    let receipt = receipt(format!("tx-{}", payment.id).into(), payment.amount, asked.payer);
    match payment.capture {
        CaptureMode::Now => PaymentAnswer::Paid(receipt),
        CaptureMode::Manual => PaymentAnswer::Authorised(receipt),
    }
}
