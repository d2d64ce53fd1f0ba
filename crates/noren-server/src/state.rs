//! What every handler can reach.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use emvqr::payment_code::Table;
use noren_core::Text;
use noren_core::day::PayerHash;
use noren_core::id::{MerchantId, PaymentId, WalletName};
use noren_core::time::Timestamp;
use noren_runtime::Handle;
use noren_store::counter::Counter;
use noren_store::{Reads, StoreError};
use noren_wallets::connector::Connector;
use noren_wallets::link::{Link, Place};
use noren_wallets::noren::signature::{NonceGuard, SignatureError, Signed};
use noren_wallets::signing::{Sign, Verify};

use ring::hmac;
use tokio::sync::{Semaphore, watch};

use crate::checkout::OpenOrders;
use crate::directory::DirectoryCache;
use crate::facades::{Accounts, FacadeConfig};
use crate::problem::{Edge, Problem};

/// Calls under way at one time; more are refused at the door.
const UNDER_WAY_MAX: usize = 8_192;

/// Calls that wait for a payment to change, a part of those under way: seconds each, where the
/// others take milliseconds.
const WAITING_MAX: usize = 1_024;

/// Streams of events at one time. Each lasts minutes and costs a read for each commit of its merchant's.
const STREAMS_MAX: usize = 1_024;

/// Signed requests of one key within the 330 s for which a nonce is remembered: 3,000 a second. 48
/// bytes or so for each.
const NONCES_MAX: usize = 1_000_000;

/// What the binary decides.
pub struct Config {
    /// True when the money is real; shown as `livemode` on every resource.
    pub livemode: bool,
    /// Where callers reach this server: `https://pay.example.jp`. Wallets sign it with each
    /// request, so it is what they write, not what we listen on.
    pub public_url: Place,
    /// One for each connected wallet; callbacks and notifications find theirs by name.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// Where the phone of the sandbox wallets' users is, if there is one.
    pub phone: Option<Place>,
    /// Keys of the wallets that call the wallet API.
    pub wallet_keys: Vec<WalletKey>,
    /// Which wallet issued the digits that a payer shows.
    pub payment_codes: Table,
    /// Which networks' APIs we answer ourselves, and for which tills.
    pub facades: Vec<FacadeConfig>,
    /// Which browsers are tills, and who works at them.
    pub counter: Counter,
    /// True in a demo: fictitious shops, whose tills anybody may open.
    pub demo: bool,
    /// Where a demo's web shop listens, for the first page to lead there.
    pub shop: Option<String>,
    /// Keys the hash by which a payment code's reuse is refused. Never changes while codes of the
    /// last days matter; at least 32 bytes from the system's generator.
    pub code_hash_key: Vec<u8>,
}

/// A key that a wallet signs with, and the one that we answer with.
#[derive(Clone)]
pub struct WalletKey {
    /// The name under which it is sent.
    pub key_id: String,
    /// Whose it is.
    pub wallet: WalletName,
    /// Checks the wallet's requests.
    pub verify: Arc<dyn Verify>,
    /// Signs our answers.
    pub sign: Arc<dyn Sign>,
}

impl WalletKey {
    /// The keys of a connection on the Noren wallet API.
    pub fn of(wallet: WalletName, link: &Link) -> Self {
        Self {
            key_id: link.client_id.clone(),
            wallet,
            verify: link.verify.clone(),
            sign: link.sign.clone(),
        }
    }
}

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    handle: Handle,
    reads: Reads,
    directory: DirectoryCache,
    livemode: bool,
    demo: bool,
    shop: Option<String>,
    counter: Arc<Mutex<Counter>>,
    public_url: Place,
    connectors: HashMap<WalletName, Arc<dyn Connector>>,
    phone: Option<Place>,
    wallet_keys: HashMap<String, WalletKey>,
    nonces: Nonces,
    payment_codes: Table,
    facades: HashMap<&'static str, Accounts>,
    code_hash_key: hmac::Key,
    open_orders: OpenOrders,
    under_way: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    draining: watch::Sender<bool>,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(handle: Handle, reads: Reads, config: Config) -> Self {
        let connectors = config.connectors.into_iter().map(|c| (c.name(), c)).collect();
        let nonces = Nonces::new(config.wallet_keys.iter().map(|key| &key.key_id), NONCES_MAX);
        let wallet_keys = config.wallet_keys.into_iter().map(|key| (key.key_id.clone(), key));
        Self(Arc::new(Inner {
            handle,
            directory: DirectoryCache::new(reads.clone()),
            reads,
            livemode: config.livemode,
            demo: config.demo,
            shop: config.shop,
            counter: Arc::new(Mutex::new(config.counter)),
            public_url: config.public_url,
            connectors,
            phone: config.phone,
            wallet_keys: wallet_keys.collect(),
            nonces,
            payment_codes: config.payment_codes,
            facades: config.facades.into_iter().map(Accounts::named).collect(),
            code_hash_key: hmac::Key::new(hmac::HMAC_SHA256, &config.code_hash_key),
            open_orders: OpenOrders::default(),
            under_way: Arc::new(Semaphore::new(UNDER_WAY_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            draining: watch::Sender::new(false),
        }))
    }

    /// From now on not ready; calls under way are finished, and waits end early.
    pub fn drain(&self) {
        self.0.draining.send_replace(true);
    }

    /// Resolves when [`AppState::drain`] has been called.
    pub(crate) async fn drained(&self) {
        let mut draining = self.0.draining.subscribe();
        // The sender lives in `self`, so this ends only by the value.
        let _ = draining.wait_for(|draining| *draining).await;
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.0.draining.borrow()
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.0.handle
    }

    pub(crate) fn directory(&self) -> &DirectoryCache {
        &self.0.directory
    }

    pub(crate) fn livemode(&self) -> bool {
        self.0.livemode
    }

    pub(crate) fn demo(&self) -> bool {
        self.0.demo
    }

    /// Where the phone of the sandbox wallets' users is.
    pub(crate) fn phone(&self) -> Option<&Place> {
        self.0.phone.as_ref()
    }

    /// The address of a demo's web shop.
    pub(crate) fn shop(&self) -> Option<&str> {
        self.0.shop.as_deref()
    }

    /// Does something with the file of tills, on a thread where waiting is allowed.
    pub(crate) async fn counter<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Counter) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let counter = self.0.counter.clone();
        let done = tokio::task::spawn_blocking(move || {
            work(&mut counter.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match done.await {
            Ok(done) => Ok(done?),
            Err(_) => Err(Edge::Internal.into()),
        }
    }

    pub(crate) fn public_url(&self) -> &Place {
        &self.0.public_url
    }

    pub(crate) fn connector(&self, wallet: WalletName) -> Option<&Arc<dyn Connector>> {
        self.0.connectors.get(&wallet)
    }

    pub(crate) fn wallet_key(&self, key_id: &str) -> Option<&WalletKey> {
        self.0.wallet_keys.get(key_id)
    }

    /// Lets a signed request pass once.
    pub(crate) fn admit(&self, signed: &Signed) -> Result<(), SignatureError> {
        self.0.nonces.admit(crate::random::env().now, signed)
    }

    pub(crate) fn payment_codes(&self) -> &Table {
        &self.0.payment_codes
    }

    pub(crate) fn facade(&self, name: &str) -> Option<&Accounts> {
        self.0.facades.get(name)
    }

    pub(crate) fn facades(&self) -> impl Iterator<Item = &Accounts> {
        self.0.facades.values()
    }

    /// The keyed hash of a payment code, in hex. All that is kept of it.
    pub(crate) fn code_hash(&self, code: &str) -> Text {
        let tag = hmac::sign(&self.0.code_hash_key, code.as_bytes());
        tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
    }

    /// The keyed hash of a wallet's name for a payer at one merchant. All that is ever kept of it,
    /// and at another merchant it is another one.
    pub(crate) fn payer_hash(
        &self,
        wallet: WalletName,
        merchant: MerchantId,
        token: &str,
    ) -> PayerHash {
        // No payment code has a line break in it, and neither has the name of a wallet.
        let text = format!("payer\n{wallet}\n{merchant}\n{token}");
        let tag = hmac::sign(&self.0.code_hash_key, text.as_bytes());
        PayerHash::new(tag.as_ref().try_into().expect("SHA-256 gives 32 bytes"))
    }

    /// What strangers have ordered by shops' links.
    pub(crate) fn open_orders(&self) -> &OpenOrders {
        &self.0.open_orders
    }

    /// What is hashed in place of somebody's PIN, so that a copy of the file of tills tells nothing
    /// without the folder's key.
    pub(crate) fn pin_mixed(&self, merchant: MerchantId, name: &str, pin: &str) -> hmac::Tag {
        // No name has a line break in it.
        hmac::sign(&self.0.code_hash_key, format!("pin\n{merchant}\n{name}\n{pin}").as_bytes())
    }

    /// What makes the address of a payment's receipt: nobody guesses it, and it is kept nowhere.
    pub(crate) fn receipt_tag(&self, payment: PaymentId) -> hmac::Tag {
        hmac::sign(&self.0.code_hash_key, format!("receipt\n{payment}").as_bytes())
    }

    pub(crate) fn under_way(&self) -> Arc<Semaphore> {
        self.0.under_way.clone()
    }

    pub(crate) fn waiting(&self) -> Arc<Semaphore> {
        self.0.waiting.clone()
    }

    pub(crate) fn streams(&self) -> Arc<Semaphore> {
        self.0.streams.clone()
    }

    /// Reads committed rows, on a thread where waiting is allowed.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reads) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        read(self.0.reads.clone(), work).await
    }
}

/// The nonces seen lately, for each key apart: a wallet that calls too often is told so, and no
/// other wallet notices.
///
/// They are in memory only, so a restart forgets them. That is harmless, because every call of the
/// wallet API that changes something is idempotent by an id in its signed body or path: sent again
/// after a restart, it finds what it did before and does nothing anew. Of the other two, to resolve
/// records nothing, and another quote binds nobody until its wallet reserves with it.
struct Nonces(HashMap<String, Mutex<NonceGuard>>);

impl Nonces {
    fn new<'a>(key_ids: impl Iterator<Item = &'a String>, capacity: usize) -> Self {
        Self(key_ids.map(|id| (id.clone(), Mutex::new(NonceGuard::new(capacity)))).collect())
    }

    fn admit(&self, now: Timestamp, signed: &Signed) -> Result<(), SignatureError> {
        // A signature that was good has a key that we know.
        let guard = self.0.get(&signed.key_id).ok_or(SignatureError::KeyUnknown)?;
        guard.lock().unwrap_or_else(PoisonError::into_inner).admit(now, signed)
    }
}

/// See [`AppState::read`].
pub(crate) async fn read<T: Send + 'static>(
    reads: Reads,
    work: impl FnOnce(&Reads) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(move || work(&reads)).await {
        Ok(read) => Ok(read?),
        Err(_) => Err(Edge::Internal.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wallets_nonces_leave_room_for_anothers() {
        let nonces = Nonces::new(["a".to_owned(), "b".to_owned()].iter(), 1);
        let now = Timestamp(1_000_000);
        let admit = |key: &str, nonce: &str| {
            let (key_id, nonce) = (key.to_owned(), nonce.to_owned());
            nonces.admit(now, &Signed { key_id, nonce, created: now })
        };
        assert_eq!(admit("a", "1"), Ok(()));
        assert_eq!(admit("a", "2"), Err(SignatureError::Full));
        assert_eq!(admit("b", "1"), Ok(()));
        assert_eq!(admit("b", "1"), Err(SignatureError::Replayed));
        assert_eq!(admit("c", "1"), Err(SignatureError::KeyUnknown));
    }
}
