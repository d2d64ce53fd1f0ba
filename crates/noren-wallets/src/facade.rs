//! The common shape of a facade: one network's API, answered by the switch, so that a till written
//! for that network takes every wallet.
//!
//! A facade translates and keeps nothing. What it needs to find again goes with the payment or the
//! refund as its memo; what it is asked for by name is an order number, a refund number or an id of
//! ours. It asks the switch through [`Till`], which is the merchant API without HTTP, and every
//! answer of that is committed already.
//!
//! What a shop is told of a payment is told in the words of its API, whoever pays. What that API has
//! no word for is in `docs/networks/`.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use noren_core::Text;
use noren_core::directory::Shop;
use noren_core::id::{CaptureId, MerchantId, PaymentId, RefundId};
use noren_core::keys::Order;
use noren_core::money::{Currency, Money};
use noren_core::payment::Payment;
use noren_core::refund::Refund;
use noren_core::refusal::Refusal;
use noren_core::time::{Span, Timestamp};

use crate::connector::Env;
use crate::link::{Link, Place};
use crate::wire::{Request, Response};

/// A till or shop as a facade knows it: keys that we issued, and whose money it takes.
#[derive(Clone)]
pub struct Account {
    /// `network` is where the facade listens, `switch` where the till is told of payments when it
    /// names no address itself; `client_id` is the name that we issued (API key, channel id, mchid,
    /// app id, client id). `sign` is our key, `verify` checks the till's, `secret` is the shared one.
    pub link: Link,
    /// Where its notifications go when an order names no address, as agreed with the network when a
    /// till is registered there.
    pub notify_url: Option<String>,
    /// The shop that is paid.
    pub shop: Shop,
    /// What the shop prices in.
    pub currency: Currency,
    /// Where payers open an order's page.
    pub checkout: Place,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("link", &self.link).finish_non_exhaustive()
    }
}

/// An answer of the switch that is on its way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why the switch did not do what a till asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The engine says no: from its complete table.
    By(Refusal),
    /// No wallet has a payment code like that.
    CodeUnroutable,
    /// The switch is full or stopping: nothing was decided, try again.
    Busy,
    /// Our own fault. What was decided, if anything, can be asked for.
    Internal,
}

/// What came of a call that the engine decided.
pub type Decided<T> = Result<T, Refused>;

/// An order that a till wants paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// The till's own number: one order for ever, and the key under which a repeat is known.
    pub number: String,
    /// What is asked, as the till's API compares it: a repeat with another is another request.
    pub content: String,
    /// How much.
    pub amount: Money,
    /// How payer and shop meet.
    pub meet: Meet,
    /// The money is to be held only.
    pub hold: bool,
    /// What the facade wants to find again. At most 2,000 bytes.
    pub memo: String,
}

/// How payer and shop meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meet {
    /// The till shows a code, or sends its payer to a page: any wallet.
    Shown {
        /// How long it is honoured.
        expires_in: Span,
    },
    /// The till scanned the payer's code; its prefix says whose it is.
    Scanned {
        /// The code.
        code: String,
        /// How long the answer may wait for the wallet. Then it is whatever the payment is.
        patience: Span,
    },
}

/// A payment, with what a till needs to show it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The payment as it is now.
    pub payment: Arc<Payment>,
    /// True when the same request was made before.
    pub replayed: bool,
    /// The text of the QR code for a code that is shown (JPQR), while it can be paid.
    pub code: Option<String>,
    /// The page where a payer chooses a wallet.
    pub page: String,
}

/// An order, as far as there is one.
#[derive(Clone, Debug)]
pub struct Found {
    /// The order; it may have been withdrawn before it came.
    pub order: Order,
    /// The last payment of it.
    pub last: Option<Shown>,
}

/// A refund, with the payment it is of.
#[derive(Clone, Debug)]
pub struct Back {
    /// The payment as it is now.
    pub payment: Arc<Payment>,
    /// Which of its refunds.
    pub refund: RefundId,
    /// True when the same request was made before.
    pub replayed: bool,
}

impl Back {
    /// The refund's record.
    pub fn record(&self) -> &Refund {
        let mut refunds = self.payment.refunds.iter();
        refunds.find(|refund| refund.id == self.refund).expect("a refund is one of its payment's")
    }
}

/// A capture, with the payment it is of.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The payment as it is now.
    pub payment: Arc<Payment>,
    /// Which capture.
    pub capture: CaptureId,
    /// True when the same request was made before.
    pub replayed: bool,
}

/// What a merchant can ask of the switch. Keys are the facade's: it prefixes what its till calls
/// its own, so that two kinds of call never share one.
pub trait Till: Send + Sync {
    /// Creates an order's payment.
    fn create(&self, order: NewOrder) -> Answer<'_, Decided<Shown>>;
    /// An order by the till's number.
    fn order<'a>(&'a self, number: &'a str) -> Answer<'a, Decided<Option<Found>>>;
    /// A payment of the shop's.
    fn payment(&self, id: PaymentId) -> Answer<'_, Decided<Option<Shown>>>;
    /// The payments of the shop that were created in one millisecond: for networks whose names of a
    /// transaction have no room for an id of ours.
    fn created_at(&self, at: Timestamp) -> Answer<'_, Decided<Vec<Shown>>>;
    /// A refund by the till's number, of whichever payment.
    fn refund_numbered<'a>(&'a self, number: &'a str) -> Answer<'a, Decided<Option<Back>>>;
    /// Lets an order not stand, whatever is known of it. Waits a moment for the wallet.
    fn withdraw<'a>(&'a self, key: &'a str, number: &'a str) -> Answer<'a, Decided<Found>>;
    /// Takes a part of what is held. Waits a moment for the wallet.
    fn capture<'a>(
        &'a self,
        key: &'a str,
        payment: PaymentId,
        amount: Money,
    ) -> Answer<'a, Decided<Taken>>;
    /// Releases what is held and not captured. Waits a moment for the wallet.
    fn void<'a>(&'a self, key: &'a str, payment: PaymentId) -> Answer<'a, Decided<Shown>>;
    /// Gives money back; `number` is the till's own for it, and its key. Waits a moment for the wallet.
    fn refund<'a>(
        &'a self,
        number: &'a str,
        payment: PaymentId,
        amount: Money,
        memo: &'a str,
    ) -> Answer<'a, Decided<Back>>;
}

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The payment has come to where the shop acts, or to its end: held, captured, declined,
    /// expired, cancelled, reversed.
    Payment,
    /// A refund has ended.
    Refund(RefundId),
}

/// A notification, ready to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where to: `https://shop.example/notify`.
    pub url: String,
    /// The message; its `target` is the path of `url`.
    pub request: Request,
}

/// One network's API as the switch answers it.
pub trait Facade: Send + Sync {
    /// The folder's name.
    fn name(&self) -> &'static str;

    /// The name under which the caller says that we know it; not checked yet.
    fn claims(&self, request: &Request) -> Option<String>;

    /// The answer to a caller whom we do not know.
    fn stranger(&self, request: &Request, env: Env) -> Response;

    /// Answers one call: credentials first, in the API's own words.
    fn answer<'a>(
        &'a self,
        account: &'a Account,
        till: &'a dyn Till,
        request: &'a Request,
        env: Env,
    ) -> Answer<'a, Response>;

    /// What the shop is told, and where; `None`: this API has no word for that, or the order named
    /// no address. Made anew for every sending, so that times and nonces are fresh.
    fn notice(&self, account: &Account, payment: &Shown, news: News, env: Env) -> Option<Notice>;

    /// True when the shop has taken the notice.
    fn acknowledged(&self, response: &Response) -> bool;

    /// The pauses between sendings; after the last the notice is given up.
    fn schedule(&self) -> &'static [Span];

    /// Where the browser of a payer goes on from the page of an order, once nothing is left to be done
    /// there: the address that the shop named. `None`: not yet, or it named none.
    fn onward(&self, payment: &Payment) -> Option<String> {
        let _ = payment;
        None
    }

    /// What a client of this API is configured with beside address, name and keys, as names and values
    /// for a shell. `link` is the answering end's, the switch's or a sandbox's; `merchant` is who is
    /// paid, where that is known.
    fn settings(&self, link: &Link, merchant: Option<MerchantId>) -> Vec<(&'static str, String)>;
}

/// The memo under which the switch keeps what a facade wants to find again: whose it is, the
/// account's name, and the facade's own text.
pub fn memo(facade: &str, account: &str, text: &str) -> Text {
    format!("{facade} {account} {text}").into()
}

/// The account and the facade's own text of a memo, when this facade wrote it.
pub fn memo_of<'a>(memo: Option<&'a Text>, facade: &str) -> Option<(&'a str, &'a str)> {
    memo?.strip_prefix(facade)?.strip_prefix(' ')?.split_once(' ')
}
