//! The directory as this server last read it: API keys, stores, merchants, wallets.
//!
//! The engine decides by its own copy; this one only answers who calls and what a shop is called.
//! It is read again when this server has changed it, when it is 30 s old, and when something is not
//! found, so a new key works at once and a withdrawn one at most 30 s more (60 s are allowed).
//!
//! Whoever writes a key that reads well can ask for what is not there, as often as they like. So
//! that is looked for at most once a second, and the copy is made anew only when there is news.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use noren_core::directory::Directory;

use noren_store::Reads;
use tokio::sync::Mutex;

use crate::problem::{Edge, Problem};
use crate::state::read;

const AGE_MAX: Duration = Duration::from_secs(30);

/// Something that was not found is looked for no more often.
const MISS_EVERY: Duration = Duration::from_secs(1);

/// See the module's text.
pub(crate) struct DirectoryCache {
    reads: Reads,
    known: RwLock<Option<Known>>,
    /// The newest version that this server has heard of.
    newest: AtomicU64,
    /// Held by the one who reads; the others wait and use what it brought. Keeps when it was last
    /// read only because something was not found.
    reading: Mutex<Option<Instant>>,
}

#[derive(Clone)]
struct Known {
    directory: Arc<Directory>,
    /// When the reading of it began.
    at: Instant,
}

impl DirectoryCache {
    pub fn new(reads: Reads) -> Self {
        let (known, newest, reading) = (RwLock::new(None), AtomicU64::new(0), Mutex::new(None));
        Self { reads, known, newest, reading }
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
        let fresh =
            |known: &Known| known.at.elapsed() < AGE_MAX && known.directory.version() >= newest;
        if let Some(known) = self.known()
            && fresh(&known)
            && has(&known.directory)
        {
            return Ok(known.directory);
        }
        let mut missed = self.reading.lock().await;
        match self.known() {
            // Somebody else began to read after we had asked: that is as new as ours would be.
            Some(known) if known.at >= asked => Ok(known.directory),
            Some(known) if fresh(&known) => {
                if missed.is_some_and(|at| at.elapsed() < MISS_EVERY) {
                    return Ok(known.directory);
                }
                *missed = Some(Instant::now());
                self.renew(Some(known)).await
            }
            known => self.renew(known).await,
        }
    }

    async fn renew(&self, known: Option<Known>) -> Result<Arc<Directory>, Problem> {
        let at = Instant::now();
        let mut directory = known.map(|known| known.directory).unwrap_or_default();
        let version = directory.version();
        let changes = read(self.reads.clone(), move |r| r.directory(version)).await?;
        for (version, change) in changes {
            // The engine has allowed each of them, in this order.
            if Arc::make_mut(&mut directory).apply(&change) != Ok(version) {
                tracing::error!(version, "a stored change of the directory does not apply");
                return Err(Edge::Internal.into());
            }
        }
        let known = Known { directory: directory.clone(), at };
        *self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(known);
        Ok(directory)
    }
}

#[cfg(test)]
mod tests {
    use noren_store::{SqliteStore, Store as _};

    use super::*;

    #[tokio::test]
    async fn what_is_not_found_is_looked_for_once_a_second_and_copies_nothing() {
        let folder = std::env::temp_dir().join(format!("noren-directory-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("noren.db");
        SqliteStore::open(&file).unwrap().load().unwrap();
        let cache = DirectoryCache::new(Reads::open(&file, 1).unwrap());
        let first = cache.with(|_| true).await.unwrap();
        let read_at = || cache.known().unwrap().at;
        let (found_at, missed) = (read_at(), cache.with(|_| false).await.unwrap());
        let missed_at = read_at();
        assert!(missed_at > found_at, "the first who finds nothing has it read again");
        assert!(Arc::ptr_eq(&first, &missed), "without news it is the same copy");
        cache.with(|_| false).await.unwrap();
        assert_eq!(read_at(), missed_at, "the next ones use what it brought");
        cache.heard_of(1);
        cache.with(|_| false).await.unwrap();
        assert!(read_at() > missed_at, "news are read at once");
        let _ = std::fs::remove_dir_all(&folder);
    }
}
