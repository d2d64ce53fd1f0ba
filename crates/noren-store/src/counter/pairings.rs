//! Pairings: a browser that shows a short code and waits for somebody who may to read it to us, in
//! the manner of RFC 8628.
//!
//! Of the code and of what the browser alone knows there are hashes only. The till's own hash is
//! made with the pairing, so that approving one is a single step, and a browser that did not hear of
//! it asks again and is the same till.

use noren_core::id::{MerchantId, StoreId, TenantName};
use noren_core::time::{Span, Timestamp};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Counter, DOING, Device, at};
use crate::{Doing, StoreError};

/// Pairings that wait at one time. A page that is opened again keeps the one it has.
pub const PAIRINGS_MAX: u32 = 2_000;

/// Codes of one browser that count at one time.
pub const CODES_MAX: u32 = 5;

/// Wrong codes of one merchant within [`WRONG_CODES_WITHIN_MS`]; more are not looked at. Codes are
/// some 78 thousand million, so that nobody meets one by trying.
pub const WRONG_CODES_MAX: u32 = 20;

/// For how long a merchant's wrong codes are remembered, in milliseconds.
pub const WRONG_CODES_WITHIN_MS: u64 = 600_000;

/// For how long a browser that was made a till may ask what became of its code: as long as it keeps
/// what it asks with.
const ANSWER_FOR: Span = Span::seconds(86_400);

/// A browser that waits to become a till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// SHA-256 of the code on its screen, in hex.
    pub code_hash: String,
    /// SHA-256 of what the browser alone knows, in hex.
    pub secret_hash: String,
    /// SHA-256 of the token that it will have as a till, in hex.
    pub token_hash: String,
    /// The code counts for no longer.
    pub expires_at: Timestamp,
    /// The till that it became.
    pub device: Option<String>,
}

/// Which till a code is to become.
#[derive(Clone, Debug)]
pub struct Approval<'a> {
    /// SHA-256 of the code that was read to us, in hex.
    pub code_hash: &'a str,
    /// The till's id, if it becomes one.
    pub id: &'a str,
    /// Whose data the merchant's is.
    pub tenant: TenantName,
    /// Whose till.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// As the shop calls it.
    pub title: &'a str,
}

/// What became of a code that was read to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Approved {
    /// The browser is this till now, or was made it by the same words before.
    Till(Device),
    /// There is no such code, or it counts no more.
    Unknown,
    /// Too many wrong codes came from this merchant.
    TooManyWrong,
}

const WAITING: &str = "SELECT count(*) FROM pairings WHERE device IS NULL";

const COLUMNS: &str = "code_hash, secret_hash, token_hash, expires_at, device";

impl Counter {
    /// Keeps a pairing; `false` when too many wait already, one has the same code, or the browser
    /// has had [`CODES_MAX`] that still count. What has expired is forgotten first.
    pub fn pairing_add(&self, pairing: &Pairing, now: Timestamp) -> Result<bool, StoreError> {
        let put = || {
            self.0.execute("DELETE FROM pairings WHERE expires_at <= ?1", [now.0])?;
            let waiting: u32 = self.0.query_row(WAITING, [], |row| row.get(0))?;
            let sql = "SELECT count(*) FROM pairings WHERE secret_hash = ?1";
            let own: u32 =
                self.0.prepare_cached(sql)?.query_row([&pairing.secret_hash], |row| row.get(0))?;
            if waiting >= PAIRINGS_MAX || own >= CODES_MAX {
                return Ok(false);
            }
            let sql = format!("INSERT OR IGNORE INTO pairings ({COLUMNS}) VALUES (?, ?, ?, ?, ?)");
            let row = params![
                pairing.code_hash,
                pairing.secret_hash,
                pairing.token_hash,
                pairing.expires_at.0,
                pairing.device,
            ];
            Ok(self.0.prepare_cached(&sql)?.execute(row)? == 1)
        };
        put().doing(DOING)
    }

    /// The pairing whose browser knows this, while it counts: the one that made it a till, else the
    /// newest. A code that was shown before counts beside a newer one until it has expired.
    pub fn pairing(&self, secret: &str, now: Timestamp) -> Result<Option<Pairing>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM pairings WHERE secret_hash = ?1 AND expires_at > ?2");
        let read = || self.0.prepare_cached(&sql)?.query_row((secret, now.0), pairing).optional();
        read().doing(DOING)
    }

    /// The browser that shows this code becomes a till, or what keeps it from that.
    pub fn pairing_approve(
        &mut self,
        approval: &Approval<'_>,
        now: Timestamp,
    ) -> Result<Approved, StoreError> {
        let merchant = approval.merchant.to_string();
        if self.wrong_codes(&merchant, now)? >= WRONG_CODES_MAX {
            return Ok(Approved::TooManyWrong);
        }
        let sql =
            format!("SELECT {COLUMNS} FROM pairings WHERE code_hash = ?1 AND expires_at > ?2");
        let read = || {
            self.0.prepare_cached(&sql)?.query_row((approval.code_hash, now.0), pairing).optional()
        };
        let found = read().doing(DOING)?;
        let known = match &found {
            Some(Pairing { device: Some(id), .. }) => self.device(id)?.filter(|device| {
                device.merchant == approval.merchant && device.store == approval.store
            }),
            Some(Pairing { device: None, .. }) | None => None,
        };
        match (found, known) {
            (_, Some(device)) => Ok(Approved::Till(device)),
            (Some(Pairing { device: None, token_hash, .. }), None) => {
                self.approved(approval, token_hash, now).map(Approved::Till)
            }
            (Some(Pairing { device: Some(_), .. }) | None, None) => {
                let sql = "INSERT INTO wrong_codes (merchant, at) VALUES (?1, ?2)";
                self.0.execute(sql, (merchant, now.0)).doing(DOING)?;
                Ok(Approved::Unknown)
            }
        }
    }

    /// The till and its pairing in one step.
    fn approved(
        &mut self,
        approval: &Approval<'_>,
        token_hash: String,
        now: Timestamp,
    ) -> Result<Device, StoreError> {
        let device = Device {
            id: approval.id.to_owned(),
            token_hash,
            tenant: approval.tenant,
            merchant: approval.merchant,
            store: approval.store,
            title: approval.title.to_owned(),
            paired_at: now,
            revoked_at: None,
            staff: None,
            supervisor_until: None,
        };
        self.0.execute_batch("BEGIN IMMEDIATE").doing(DOING)?;
        // The browser's next question finds it, also when the code would have ended before that.
        let sql = "UPDATE pairings SET device = ?2, expires_at = max(expires_at, ?3)
             WHERE code_hash = ?1";
        let asked_by = now.after(ANSWER_FOR).0;
        let done = self.device_add(&device).and_then(|()| {
            self.0.execute(sql, (approval.code_hash, approval.id, asked_by)).map(drop).doing(DOING)
        });
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.0.execute_batch(end).doing(DOING)?;
        done.map(|()| device)
    }

    /// How many wrong codes came from a merchant lately. Older ones are forgotten.
    fn wrong_codes(&self, merchant: &str, now: Timestamp) -> Result<u32, StoreError> {
        let within = i64::try_from(WRONG_CODES_WITHIN_MS).unwrap_or(i64::MAX);
        let count = || {
            self.0.execute("DELETE FROM wrong_codes WHERE at <= ?1", [now.0 - within])?;
            let sql = "SELECT count(*) FROM wrong_codes WHERE merchant = ?1";
            self.0.query_row(sql, [merchant], |row| row.get(0))
        };
        count().doing(DOING)
    }
}

fn pairing(row: &Row<'_>) -> rusqlite::Result<Pairing> {
    Ok(Pairing {
        code_hash: row.get(0)?,
        secret_hash: row.get(1)?,
        token_hash: row.get(2)?,
        expires_at: at(row, 3)?.unwrap_or(Timestamp(0)),
        device: row.get(4)?,
    })
}

#[cfg(test)]
mod tests {
    use noren_core::id::{Entropy, Slot};

    use super::*;

    fn shop(number: u16) -> (MerchantId, StoreId) {
        let slot = Slot::new(number).unwrap();
        (
            MerchantId::new(Timestamp(1), slot, Entropy(1), 0),
            StoreId::new(Timestamp(1), slot, Entropy(2), 0),
        )
    }

    fn approval<'a>(code_hash: &'a str, id: &'static str, number: u16) -> Approval<'a> {
        let (merchant, store) = shop(number);
        Approval { code_hash, id, tenant: "t".parse().unwrap(), merchant, store, title: "Till" }
    }

    fn waiting(name: &str) -> Pairing {
        Pairing {
            code_hash: format!("code {name}"),
            secret_hash: format!("secret {name}"),
            token_hash: format!("token {name}"),
            expires_at: Timestamp(1_000),
            device: None,
        }
    }

    #[test]
    fn a_code_makes_one_till_for_whoever_reads_it_first() {
        let mut counter = Counter::in_memory().unwrap();
        assert!(counter.pairing_add(&waiting("a"), Timestamp(0)).unwrap());
        assert!(!counter.pairing_add(&waiting("a"), Timestamp(0)).unwrap(), "a code is given once");
        let now = Timestamp(999);
        let first = counter.pairing_approve(&approval("code a", "till_1", 1), now).unwrap();
        let Approved::Till(till) = &first else { panic!("{first:?}") };
        assert_eq!((&*till.id, &*till.token_hash), ("till_1", "token a"));
        let again = counter.pairing_approve(&approval("code a", "till_2", 1), now).unwrap();
        assert_eq!(again, first, "the same words again");
        let other = counter.pairing_approve(&approval("code a", "till_3", 2), now).unwrap();
        assert_eq!(other, Approved::Unknown, "to another shop it is no code");
        let kept = counter.pairing("secret a", now).unwrap().unwrap();
        assert_eq!(kept.device.as_deref(), Some("till_1"));
        let end = now.after(ANSWER_FOR);
        let late = counter.pairing("secret a", Timestamp(end.0 - 1)).unwrap();
        assert_eq!(late, Some(kept), "a browser whose connection was lost hears of it later");
        assert_eq!(counter.pairing("secret a", end).unwrap(), None, "it has expired");
        assert_eq!(counter.pairing("secret b", now).unwrap(), None);
    }

    #[test]
    fn an_expired_code_is_none_and_wrong_ones_are_counted_by_merchant() {
        let mut counter = Counter::in_memory().unwrap();
        counter.pairing_add(&waiting("a"), Timestamp(0)).unwrap();
        let late = Timestamp(1_000);
        let mut ask = |code: &str, number, now| {
            counter.pairing_approve(&approval(code, "till_1", number), now).unwrap()
        };
        assert_eq!(ask("code a", 1, late), Approved::Unknown);
        for _ in 1..WRONG_CODES_MAX {
            assert_eq!(ask("code x", 1, late), Approved::Unknown);
        }
        assert_eq!(ask("code a", 1, Timestamp(999)), Approved::TooManyWrong);
        assert!(matches!(ask("code a", 2, Timestamp(999)), Approved::Till(_)), "others may go on");
        let later = Timestamp(1_001 + WRONG_CODES_WITHIN_MS as i64);
        assert_eq!(ask("code x", 1, later), Approved::Unknown, "and so may they after a while");
    }

    #[test]
    fn a_new_code_leaves_the_one_before_in_force() {
        let mut counter = Counter::in_memory().unwrap();
        counter.pairing_add(&waiting("a"), Timestamp(0)).unwrap();
        for number in 1..CODES_MAX {
            let code_hash = format!("code a{number}");
            let newer = Pairing { code_hash, expires_at: Timestamp(2_000), ..waiting("a") };
            assert!(counter.pairing_add(&newer, Timestamp(0)).unwrap());
        }
        let more = Pairing { code_hash: "code b".into(), ..waiting("a") };
        assert!(!counter.pairing_add(&more, Timestamp(0)).unwrap(), "it has had enough");
        let now = Timestamp(500);
        assert_eq!(counter.pairing("secret a", now).unwrap().unwrap().device, None);
        counter.pairing_approve(&approval("code a", "till_1", 1), now).unwrap();
        let kept = counter.pairing("secret a", now).unwrap().unwrap();
        assert_eq!(kept.device.as_deref(), Some("till_1"), "the older code was read");
    }

    #[test]
    fn no_more_wait_than_there_are_places_and_what_has_expired_takes_none() {
        let counter = Counter::in_memory().unwrap();
        for number in 0..PAIRINGS_MAX {
            assert!(counter.pairing_add(&waiting(&number.to_string()), Timestamp(0)).unwrap());
        }
        assert!(!counter.pairing_add(&waiting("one more"), Timestamp(0)).unwrap());
        let fresh = Pairing { expires_at: Timestamp(9_000), ..waiting("one more") };
        assert!(counter.pairing_add(&fresh, Timestamp(1_000)).unwrap());
    }
}
