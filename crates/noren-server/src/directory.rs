//! The directory as this server last read it: API keys, stores, merchants, wallets.
//!
//! The engine decides by its own copy; this one only answers who calls and what a shop is called.
//! It is read again when something is not found and when it is 30 s old, so a new key works at
//! once and a withdrawn one at most 30 s more (60 s are allowed).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use noren_core::directory::Directory;

use noren_store::Reads;
use tokio::sync::Mutex;

use crate::problem::{Edge, Problem};
use crate::state::read;

const AGE_MAX: Duration = Duration::from_secs(30);

/// See the module's text.
pub(crate) struct DirectoryCache {
    reads: Reads,
    known: RwLock<Option<Known>>,
    /// The newest version that this server has heard of.
    newest: AtomicU64,
    /// Held by the one who reads; the others wait and use what it brought.
    reading: Mutex<()>,
}

#[derive(Clone)]
struct Known {
    directory: Arc<Directory>,
    /// When the reading of it began.
    at: Instant,
}

impl DirectoryCache {
    pub fn new(reads: Reads) -> Self {
        Self { reads, known: RwLock::new(None), newest: AtomicU64::new(0), reading: Mutex::new(()) }
    }

    /// A change of that version was committed: anything older is read again.
    pub fn heard_of(&self, version: u64) {
        self.newest.fetch_max(version, Ordering::SeqCst);
    }

    fn known(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The directory, read again unless it is fresh and `has` what is looked for.
    pub async fn with(&self, has: impl Fn(&Directory) -> bool) -> Result<Arc<Directory>, Problem> {
        let asked = Instant::now();
        let newest = self.newest.load(Ordering::SeqCst);
        if let Some(known) = self.known()
            && known.at.elapsed() < AGE_MAX
            && known.directory.version() >= newest
            && has(&known.directory)
        {
            return Ok(known.directory);
        }
        let _one_reads = self.reading.lock().await;
        match self.known() {
            // Somebody else began to read after we had asked: that is as new as ours would be.
            Some(known) if known.at >= asked => Ok(known.directory),
            known => self.renew(known).await,
        }
    }

    async fn renew(&self, known: Option<Known>) -> Result<Arc<Directory>, Problem> {
        let at = Instant::now();
        let mut directory = known.map(|known| (*known.directory).clone()).unwrap_or_default();
        let version = directory.version();
        let changes = read(self.reads.clone(), move |r| r.directory(version)).await?;
        for (version, change) in changes {
            // The engine has allowed each of them, in this order.
            if directory.apply(&change) != Ok(version) {
                tracing::error!(version, "a stored change of the directory does not apply");
                return Err(Edge::Internal.into());
            }
        }
        let directory = Arc::new(directory);
        let known = Known { directory: directory.clone(), at };
        *self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(known);
        Ok(directory)
    }
}
