//! A switch in memory for the tests of facades: the engine itself behind [`Till`], its commits in
//! two maps, and wallets that say what a test wants them to.
//!
//! What takes time here takes none: an answer of a wallet is there before the till's call returns,
//! or, with [`Says::Nothing`], not until [`FakeTill::hear`].

use std::fmt::Write as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use noren_core::Text;
use noren_core::command::{
    Body, Caller, IfPaid, OrderCancel, PaymentCapture, PaymentChoose, PaymentCreate, PaymentHeard,
    PaymentVoid, Present, RefundCreate,
};
use noren_core::effects::Reply;
use noren_core::id::{MerchantId, PaymentId, StoreId, TenantName, WalletName};
use noren_core::keys::OrderName;
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, Payment, State};
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{PaymentCode, Question};
use ring::digest::{SHA256, digest};

use super::house::{House, SHOPS, ids, paid};
use crate::WALLETS;
use crate::connector::Env;
use crate::facade::{
    Account, Answer, Back, Decided, Found, Meet, NewOrder, Refused, Shown, Taken, Till, memo,
};
use crate::link::{Link, Place};

pub(crate) use super::house::Says;

/// One account's view of a switch in memory.
#[derive(Clone)]
pub(crate) struct FakeTill {
    house: Arc<Mutex<House>>,
    facade: &'static str,
    /// The account's name.
    pub id: &'static str,
    caller: Caller,
    merchant: MerchantId,
    store: StoreId,
}

/// The answer of a call that waits for nothing.
pub(crate) fn now<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(said) => said,
        Poll::Pending => panic!("a till in memory answers at once"),
    }
}

/// The wallet that has codes like that, by the registry's lines `prefix length wallet`, where
/// `100-159` and `16-24` are ranges.
fn route(code: &str) -> Option<WalletName> {
    let range = |text: &'static str| text.split_once('-').unwrap_or((text, text));
    let fits = |line: &'static str| {
        let mut words = line.split_whitespace();
        let (low, high) = range(words.next()?);
        let (least, most) = range(words.next()?);
        let head = code.get(..low.len())?;
        let long = (least.parse().ok()?..=most.parse().ok()?).contains(&code.len());
        ((low..=high).contains(&head) && long).then_some(())
    };
    let found = WALLETS.iter().find(|entry| entry.payment_codes.lines().any(|l| fits(l).is_some()));
    WalletName::new(found?.name).ok()
}

fn hash(text: &str) -> [u8; 32] {
    digest(&SHA256, text.as_bytes()).as_ref().try_into().expect("32 bytes")
}

impl FakeTill {
    /// An empty switch, seen by the account `id` of the first shop.
    pub fn new(facade: &'static str, id: &'static str) -> Self {
        Self::seen_by(Arc::new(Mutex::new(House::new())), facade, id, 0)
    }

    /// The same switch, seen by an account of the other shop.
    pub fn other(&self, id: &'static str) -> Self {
        Self::seen_by(self.house.clone(), self.facade, id, 1)
    }

    /// The same shop, seen by another account.
    pub fn beside(&self, id: &'static str) -> Self {
        Self { id, ..self.clone() }
    }

    fn seen_by(house: Arc<Mutex<House>>, facade: &'static str, id: &'static str, n: usize) -> Self {
        let (merchant, store) = ids(n);
        let tenant = TenantName::new(SHOPS[n].0).unwrap();
        let caller = Caller::Merchant { tenant, merchant };
        Self { house, facade, id, caller, merchant, store }
    }

    fn house(&self) -> MutexGuard<'_, House> {
        self.house.lock().unwrap()
    }

    /// The account, with the keys in `link`, whose name is this one's.
    pub fn account(&self, link: Link, notify_url: Option<&str>) -> Account {
        let house = self.house();
        let directory = house.engine.directory();
        let store = directory.store(self.store).unwrap();
        Account {
            link: Link { client_id: self.id.to_owned(), ..link },
            notify_url: notify_url.map(str::to_owned),
            shop: directory.shop(store).unwrap(),
            currency: Currency::JPY,
            checkout: Place::new("http://127.0.0.1:7400").unwrap(),
        }
    }

    /// The switch's clock, and a nonce.
    pub fn env(&self) -> Env {
        let mut house = self.house();
        house.commands += 1;
        Env { now: house.now, nonce: u128::from(house.commands) }
    }

    /// What wallets say from now on; what they were asked before stays unanswered.
    pub fn say(&self, says: Says) {
        self.house().says = says;
    }

    /// Wallets answer what they were asked.
    pub fn hear(&self) {
        self.house().hear();
    }

    /// The next call is refused so, whatever it is.
    pub fn refuse(&self, refused: Refused) {
        self.house().refuses = Some(refused);
    }

    /// Time passes.
    pub fn wait(&self, ms: u64) {
        let mut house = self.house();
        house.now = house.now.after(Span::millis(ms));
        house.apply(Caller::Runtime, Body::Tick { hold_expiries: false });
        house.hear();
    }

    /// The payer of a code that is shown chooses a wallet, and pays there.
    pub fn pay(&self, number: &str, wallet: &str) {
        let payment = self.choose(number, wallet);
        let mut house = self.house();
        let answer = paid(&house.payments[&payment]);
        let (question, attempt) = (Question::Notice, 0);
        let heard = PaymentHeard { payment, question, attempt, answer };
        house.apply(Caller::Wallet(WalletName::new(wallet).unwrap()), Body::PaymentHeard(heard));
    }

    /// The payer of a code that is shown chooses a wallet, and does nothing more.
    pub fn choose(&self, number: &str, wallet: &str) -> PaymentId {
        let payment = self.last(number).id;
        let wallet = WalletName::new(wallet).unwrap();
        let mut house = self.house();
        let chosen = Body::PaymentChoose(PaymentChoose { payment, wallet });
        let reply = house.apply(Caller::Payer, chosen);
        assert!(matches!(reply, Reply::Payment { .. }), "{reply:?}");
        house.hear();
        payment
    }

    /// The latest payment of an order that is there.
    pub fn last(&self, number: &str) -> Arc<Payment> {
        let house = self.house();
        let name = OrderName { merchant: self.merchant, number: number.into() };
        house.payments[&house.orders[&name].wanted().unwrap().last].clone()
    }

    /// The same, as a notice is made of it.
    pub fn shown(&self, number: &str) -> Shown {
        show(self.last(number), false)
    }

    fn own(&self, house: &House, id: PaymentId) -> Option<Arc<Payment>> {
        house.payments.get(&id).filter(|payment| payment.merchant == self.merchant).cloned()
    }

    fn key(&self, key: &str) -> Text {
        format!("{}:{key}", self.facade).into()
    }

    /// One call: applied, and what wallets say to it.
    fn call<T>(&self, body: Body, read: impl FnOnce(Reply) -> Option<T>) -> Decided<T> {
        let mut house = self.house();
        if let Some(refused) = house.refuses.take() {
            return Err(refused);
        }
        let reply = house.apply(self.caller, body);
        house.hear();
        match reply {
            Reply::Refused { refusal, .. } => Err(Refused::By(refusal)),
            other => Ok(read(other).expect("a reply of the command's kind")),
        }
    }

    /// A look at what is committed.
    fn look<T>(&self, read: impl FnOnce(&House) -> T) -> Decided<T> {
        let mut house = self.house();
        match house.refuses.take() {
            Some(refused) => Err(refused),
            None => Ok(read(&house)),
        }
    }

    fn at_present(&self, id: PaymentId) -> Arc<Payment> {
        self.house().payments[&id].clone()
    }

    fn paid_or_not(&self, reply: Reply) -> Option<(PaymentId, bool)> {
        match reply {
            Reply::Payment { payment, replayed } => Some((payment.id, replayed)),
            _ => None,
        }
    }

    fn new_payment(&self, order: NewOrder) -> Decided<Shown> {
        let present = match order.meet {
            Meet::Shown { expires_in } => Present::Merchant { expires_in },
            Meet::Scanned { code, .. } => Present::Consumer {
                wallet: route(&code).ok_or(Refused::CodeUnroutable)?,
                code: PaymentCode::new(&code),
                code_hash: hash(&code).iter().fold(String::new(), hex).into(),
            },
        };
        let content = format!("{} {:?} {}", order.content, order.amount, order.hold);
        let create = Body::PaymentCreate(PaymentCreate {
            key: self.key(&order.number),
            hash: hash(&content),
            order_number: order.number.into(),
            store: self.store,
            amount: order.amount,
            present,
            capture: if order.hold { CaptureMode::Manual } else { CaptureMode::Now },
            memo: Some(memo(self.facade, self.id, &order.memo)),
        });
        let (id, replayed) = self.call(create, |reply| self.paid_or_not(reply))?;
        Ok(show(self.at_present(id), replayed))
    }

    fn withdrawn(&self, key: &str, number: &str) -> Decided<Found> {
        let cancel = OrderCancel {
            key: self.key(key),
            hash: hash(number),
            order_number: number.into(),
            if_paid: IfPaid::Refund,
        };
        let (order, last) = self.call(Body::OrderCancel(cancel), |reply| match reply {
            Reply::Order { order, payment, replayed } => {
                Some((order, payment.map(|payment| (payment.id, replayed))))
            }
            _ => None,
        })?;
        let last = last.map(|(id, replayed)| show(self.at_present(id), replayed));
        Ok(Found { order, last })
    }

    fn taken(&self, key: &str, payment: PaymentId, amount: Money) -> Decided<Taken> {
        let hash = hash(&format!("{payment} {amount:?}"));
        let body = PaymentCapture { key: self.key(key), hash, payment, amount };
        let (capture, replayed) = self.call(Body::PaymentCapture(body), |reply| match reply {
            Reply::Capture { capture, replayed, .. } => Some((capture, replayed)),
            _ => None,
        })?;
        Ok(Taken { payment: self.at_present(payment), capture, replayed })
    }

    fn voided(&self, key: &str, payment: PaymentId) -> Decided<Shown> {
        let void = PaymentVoid { key: self.key(key), hash: hash(&payment.to_string()), payment };
        let body = Body::PaymentVoid(void);
        let (id, replayed) = self.call(body, |reply| self.paid_or_not(reply))?;
        Ok(show(self.at_present(id), replayed))
    }

    fn back(&self, number: &str, payment: PaymentId, amount: Money, text: &str) -> Decided<Back> {
        let create = RefundCreate {
            key: self.key(number),
            hash: hash(&format!("{payment} {amount:?}")),
            payment,
            amount,
            number: Some(number.into()),
            memo: Some(memo(self.facade, self.id, text)),
        };
        let (refund, replayed) = self.call(Body::RefundCreate(create), |reply| match reply {
            Reply::Refund { refund, replayed, .. } => Some((refund, replayed)),
            _ => None,
        })?;
        Ok(Back { payment: self.at_present(payment), refund, replayed })
    }

    fn numbered(&self, house: &House, number: &str) -> Option<Back> {
        let own = house.payments.values().filter(|payment| payment.merchant == self.merchant);
        own.cloned().find_map(|payment| {
            let mut refunds = payment.refunds.iter();
            let found = refunds.find(|refund| refund.number.as_deref() == Some(number))?.id;
            Some(Back { payment, refund: found, replayed: false })
        })
    }
}

fn hex(mut text: String, byte: &u8) -> String {
    let _ = write!(text, "{byte:02x}");
    text
}

fn show(payment: Arc<Payment>, replayed: bool) -> Shown {
    let waits = matches!(payment.state, State::WaitingForPayer(_));
    let code = waits.then(|| format!("000201 a JPQR code of {}", payment.id.digits()));
    let page = format!("http://127.0.0.1:7400/checkout/{}", payment.id);
    Shown { payment, replayed, code, page }
}

fn ready<'a, T: Send + 'a>(said: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(said))
}

impl Till for FakeTill {
    fn create(&self, order: NewOrder) -> Answer<'_, Decided<Shown>> {
        ready(self.new_payment(order))
    }

    fn order<'a>(&'a self, number: &'a str) -> Answer<'a, Decided<Option<Found>>> {
        let name = OrderName { merchant: self.merchant, number: number.into() };
        ready(self.look(|house| {
            let order = house.orders.get(&name)?.clone();
            let last = order.wanted().map(|wanted| house.payments[&wanted.last].clone());
            Some(Found { order, last: last.map(|payment| show(payment, false)) })
        }))
    }

    fn payment(&self, id: PaymentId) -> Answer<'_, Decided<Option<Shown>>> {
        ready(self.look(|house| Some(show(self.own(house, id)?, false))))
    }

    fn created_at(&self, at: Timestamp) -> Answer<'_, Decided<Vec<Shown>>> {
        ready(self.look(|house| {
            let own = house.payments.values().filter(|p| p.merchant == self.merchant);
            let then = own.filter(|payment| payment.created_at == at);
            then.map(|payment| show(payment.clone(), false)).collect()
        }))
    }

    fn refund_numbered<'a>(&'a self, number: &'a str) -> Answer<'a, Decided<Option<Back>>> {
        ready(self.look(|house| self.numbered(house, number)))
    }

    fn withdraw<'a>(&'a self, key: &'a str, number: &'a str) -> Answer<'a, Decided<Found>> {
        ready(self.withdrawn(key, number))
    }

    fn capture<'a>(
        &'a self,
        key: &'a str,
        payment: PaymentId,
        amount: Money,
    ) -> Answer<'a, Decided<Taken>> {
        ready(self.taken(key, payment, amount))
    }

    fn void<'a>(&'a self, key: &'a str, payment: PaymentId) -> Answer<'a, Decided<Shown>> {
        ready(self.voided(key, payment))
    }

    fn refund<'a>(
        &'a self,
        number: &'a str,
        payment: PaymentId,
        amount: Money,
        memo: &'a str,
    ) -> Answer<'a, Decided<Back>> {
        ready(self.back(number, payment, amount, memo))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tempo::Tempo;
    use crate::testing::jpy;

    fn order(number: &str, meet: Meet) -> NewOrder {
        let (number, content) = (number.to_owned(), "c".to_owned());
        NewOrder { number, content, amount: jpy(1_200), meet, hold: false, memo: "m".into() }
    }

    #[test]
    fn a_code_is_paid_with_any_wallet_and_given_back() {
        for entry in WALLETS.iter().filter(|entry| (entry.profile)(Tempo::Test).orders) {
            let till = FakeTill::new("test", "a");
            let meet = Meet::Shown { expires_in: Span::seconds(4) };
            let shown = now(till.create(order("A-1", meet.clone()))).unwrap();
            assert!(shown.code.is_some() && !shown.replayed);
            till.pay("A-1", entry.name);
            assert_eq!(till.last("A-1").state.name(), "captured", "{}", entry.name);
            assert!(now(till.create(order("A-1", meet))).unwrap().replayed);
            let back = now(till.refund("R-1", shown.payment.id, jpy(200), "")).unwrap();
            assert_eq!(back.payment.refunds_done(), 200);
            let other = till.other("b");
            assert!(now(other.payment(shown.payment.id)).unwrap().is_none());
            assert!(now(other.refund_numbered("R-1")).unwrap().is_none());
        }
    }

    #[test]
    fn a_scanned_code_goes_to_its_wallet_and_silence_is_no_answer() {
        let till = FakeTill::new("test", "a");
        let scanned = |code: &str| Meet::Scanned { code: code.into(), patience: Span::seconds(1) };
        let none = now(till.create(order("A-0", scanned("7")))).unwrap_err();
        assert_eq!(none, Refused::CodeUnroutable);
        till.say(Says::Nothing);
        let code = "900081810000000000000001";
        let shown = now(till.create(order("A-1", scanned(code)))).unwrap();
        assert_eq!(shown.payment.state.name(), "authorising");
        till.say(Says::Yes);
        till.hear();
        assert_eq!(till.last("A-1").state.name(), "captured");
        till.say(Says::No);
        let code = "900081810000000000000002";
        let shown = now(till.create(order("A-2", scanned(code)))).unwrap();
        assert_eq!(shown.payment.state.name(), "declined");
        till.refuse(Refused::Busy);
        assert_eq!(now(till.order("A-2")).unwrap_err(), Refused::Busy);
    }

    #[test]
    fn a_code_that_nobody_pays_expires() {
        let till = FakeTill::new("test", "a");
        let account = till.account(crate::testing::link("test"), None);
        assert_eq!((account.link.client_id.as_str(), account.currency), ("a", Currency::JPY));
        let at = till.env().now;
        now(till.create(order("A-1", Meet::Shown { expires_in: Span::seconds(4) }))).unwrap();
        till.wait(4_000);
        assert_eq!(till.env().now, at.after(Span::seconds(4)));
        assert_eq!(till.shown("A-1").payment.state.name(), "expired");
    }
}
