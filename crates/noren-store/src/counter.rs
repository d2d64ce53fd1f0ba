//! Tills that are browsers, and the people at them: which device is paired with which store, who is
//! signed in, and what stands on receipts. A small file beside the books: losing it loses no money, and tills pair again.
//!
//! Nothing that opens anything is kept as it is: of a device's token and of a pairing there are
//! SHA-256 hashes, of a PIN an argon2id string.

mod pairings;
mod receipts;
mod tries;

use std::path::Path;

use noren_core::id::{MerchantId, StoreId, TenantName};
use noren_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{Doing, StoreError};

pub use pairings::{
    Approval, Approved, CODES_MAX, PAIRINGS_MAX, Pairing, WRONG_CODES_MAX, WRONG_CODES_WITHIN_MS,
};
pub use receipts::{ReceiptSettings, TaxRate};
pub use tries::{Try, WRONG_FREE};

const DOING: &str = "keeping tills";

/// What somebody at a till may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    /// Sells.
    Clerk,
    /// Gives money back, too.
    Supervisor,
}

impl StaffRole {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Supervisor => "supervisor",
        }
    }

    /// The role of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Clerk, Self::Supervisor].into_iter().find(|role| role.name() == name)
    }
}

/// A browser that is a till of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// `till_…`.
    pub id: String,
    /// SHA-256 of its token, in hex.
    pub token_hash: String,
    /// Whose data the merchant's is.
    pub tenant: TenantName,
    /// Who is paid.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// As the shop calls it: `Counter 1`.
    pub title: String,
    /// Since when.
    pub paired_at: Timestamp,
    /// It is no till any more.
    pub revoked_at: Option<Timestamp>,
    /// Who is signed in.
    pub staff: Option<String>,
    /// A supervisor has given their PIN here; until when it counts.
    pub supervisor_until: Option<Timestamp>,
}

/// Somebody who works at a merchant's tills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Where.
    pub merchant: MerchantId,
    /// As the shop calls them.
    pub name: String,
    /// What they may do.
    pub role: StaffRole,
    /// argon2id of their PIN, in PHC form.
    pub pin_hash: String,
    /// Wrong PINs since the last right one.
    pub wrong: u32,
    /// No PIN is taken before.
    pub locked_until: Option<Timestamp>,
}

/// The file.
pub struct Counter(Connection);

impl Counter {
    /// Opens or makes it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = Connection::open(path).doing(DOING)?;
        file.pragma_update(None, "journal_mode", "WAL").doing(DOING)?;
        file.pragma_update(None, "synchronous", "FULL").doing(DOING)?;
        Self::prepared(file)
    }

    /// One that is gone with its owner, for tests.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepared(Connection::open_in_memory().doing(DOING)?)
    }

    fn prepared(file: Connection) -> Result<Self, StoreError> {
        file.execute_batch(
            "CREATE TABLE IF NOT EXISTS devices (
                id TEXT PRIMARY KEY, token_hash TEXT NOT NULL, tenant TEXT NOT NULL,
                merchant TEXT NOT NULL, store TEXT NOT NULL, title TEXT NOT NULL,
                paired_at INTEGER NOT NULL, revoked_at INTEGER, staff TEXT,
                supervisor_until INTEGER) STRICT;
             CREATE TABLE IF NOT EXISTS staff (
                merchant TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
                pin_hash TEXT NOT NULL, wrong INTEGER NOT NULL, locked_until INTEGER,
                PRIMARY KEY (merchant, name)) STRICT;
             CREATE TABLE IF NOT EXISTS pairings (
                code_hash TEXT PRIMARY KEY, secret_hash TEXT NOT NULL,
                token_hash TEXT NOT NULL, expires_at INTEGER NOT NULL, device TEXT) STRICT;
             CREATE INDEX IF NOT EXISTS pairings_by_secret ON pairings (secret_hash);
             CREATE TABLE IF NOT EXISTS wrong_codes (
                merchant TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
             CREATE TABLE IF NOT EXISTS receipts (
                merchant TEXT NOT NULL, store TEXT PRIMARY KEY, invoice_number TEXT,
                tax_default INTEGER NOT NULL, issuer TEXT) STRICT;
             CREATE TABLE IF NOT EXISTS reduced (
                payment TEXT PRIMARY KEY, amount INTEGER NOT NULL) STRICT;
             CREATE TABLE IF NOT EXISTS prints (
                document TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;",
        )
        .doing(DOING)?;
        Ok(Self(file))
    }

    /// Adds a device.
    pub fn device_add(&self, device: &Device) -> Result<(), StoreError> {
        let sql = "INSERT INTO devices (id, token_hash, tenant, merchant, store, title, paired_at,
                     revoked_at, staff, supervisor_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let row = params![
            device.id,
            device.token_hash,
            device.tenant.to_string(),
            device.merchant.to_string(),
            device.store.to_string(),
            device.title,
            device.paired_at.0,
            device.revoked_at.map(|at| at.0),
            device.staff,
            device.supervisor_until.map(|at| at.0),
        ];
        self.0.prepare_cached(sql).and_then(|mut put| put.execute(row)).map(drop).doing(DOING)
    }

    /// The device of that id.
    pub fn device(&self, id: &str) -> Result<Option<Device>, StoreError> {
        let sql = "SELECT id, token_hash, tenant, merchant, store, title, paired_at, revoked_at,
                     staff, supervisor_until FROM devices WHERE id = ?";
        let read = || self.0.prepare_cached(sql)?.query_row([id], device).optional();
        read().doing(DOING)
    }

    /// A merchant's devices, the newest first.
    pub fn devices(&self, merchant: MerchantId) -> Result<Vec<Device>, StoreError> {
        let sql = "SELECT id, token_hash, tenant, merchant, store, title, paired_at, revoked_at,
                     staff, supervisor_until FROM devices WHERE merchant = ?
                   ORDER BY paired_at DESC, id";
        let read = || {
            let mut statement = self.0.prepare_cached(sql)?;
            statement.query_map([merchant.to_string()], device)?.collect::<rusqlite::Result<_>>()
        };
        read().doing(DOING)
    }

    /// Who is signed in at a device now, and until when as a supervisor.
    pub fn device_sign(
        &self,
        id: &str,
        staff: Option<&str>,
        supervisor_until: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE devices SET staff = ?2, supervisor_until = ?3 WHERE id = ?1";
        let row = params![id, staff, supervisor_until.map(|at| at.0)];
        self.0.prepare_cached(sql).and_then(|mut put| put.execute(row)).map(drop).doing(DOING)
    }

    /// It is no till from now on.
    pub fn device_revoke(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE devices SET revoked_at = ?2, staff = NULL, supervisor_until = NULL
                   WHERE id = ?1 AND revoked_at IS NULL";
        self.0
            .prepare_cached(sql)
            .and_then(|mut put| put.execute((id, now.0)))
            .map(drop)
            .doing(DOING)
    }

    /// Adds somebody, or gives them another role or PIN. They sign in anew.
    pub fn staff_put(&self, staff: &Staff) -> Result<(), StoreError> {
        self.signed_out(staff.merchant, &staff.name)?;
        let sql =
            "INSERT OR REPLACE INTO staff (merchant, name, role, pin_hash, wrong, locked_until)
                   VALUES (?, ?, ?, ?, ?, ?)";
        let row = params![
            staff.merchant.to_string(),
            staff.name,
            staff.role.name(),
            staff.pin_hash,
            staff.wrong,
            staff.locked_until.map(|at| at.0),
        ];
        self.0.prepare_cached(sql).and_then(|mut put| put.execute(row)).map(drop).doing(DOING)
    }

    /// Everybody at a merchant's tills, by name.
    pub fn staff(&self, merchant: MerchantId) -> Result<Vec<Staff>, StoreError> {
        let sql = "SELECT merchant, name, role, pin_hash, wrong, locked_until FROM staff
                   WHERE merchant = ? ORDER BY name";
        let read = || {
            let mut statement = self.0.prepare_cached(sql)?;
            statement.query_map([merchant.to_string()], staff)?.collect::<rusqlite::Result<_>>()
        };
        read().doing(DOING)
    }

    fn signed_out(&self, merchant: MerchantId, name: &str) -> Result<(), StoreError> {
        let sql = "UPDATE devices SET staff = NULL, supervisor_until = NULL
                   WHERE merchant = ?1 AND staff = ?2";
        let row = (merchant.to_string(), name);
        self.0.prepare_cached(sql).and_then(|mut put| put.execute(row)).map(drop).doing(DOING)
    }

    /// They work there no more, and are signed in nowhere.
    pub fn staff_remove(&self, merchant: MerchantId, name: &str) -> Result<(), StoreError> {
        self.signed_out(merchant, name)?;
        let sql = "DELETE FROM staff WHERE merchant = ? AND name = ?";
        let row = (merchant.to_string(), name);
        self.0.prepare_cached(sql).and_then(|mut put| put.execute(row)).map(drop).doing(DOING)
    }
}

/// A column that holds what this program wrote: anything else is not ours.
fn parsed<T>(row: &Row<'_>, place: usize, read: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(place)?;
    read(&text).ok_or(rusqlite::Error::InvalidQuery)
}

fn at(row: &Row<'_>, place: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(place)?.map(Timestamp))
}

fn device(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        id: row.get(0)?,
        token_hash: row.get(1)?,
        tenant: parsed(row, 2, |text| text.parse().ok())?,
        merchant: parsed(row, 3, |text| text.parse().ok())?,
        store: parsed(row, 4, |text| text.parse().ok())?,
        title: row.get(5)?,
        paired_at: Timestamp(row.get(6)?),
        revoked_at: at(row, 7)?,
        staff: row.get(8)?,
        supervisor_until: at(row, 9)?,
    })
}

fn staff(row: &Row<'_>) -> rusqlite::Result<Staff> {
    Ok(Staff {
        merchant: parsed(row, 0, |text| text.parse().ok())?,
        name: row.get(1)?,
        role: parsed(row, 2, StaffRole::named)?,
        pin_hash: row.get(3)?,
        wrong: row.get(4)?,
        locked_until: at(row, 5)?,
    })
}

#[cfg(test)]
mod tests {
    use noren_core::id::{Entropy, Slot};

    use super::*;

    #[test]
    fn a_device_and_its_people_are_kept() {
        let folder = std::env::temp_dir().join(format!("noren-counter-{}.db", std::process::id()));
        let slot = Slot::new(7).unwrap();
        let merchant = MerchantId::new(Timestamp(1), slot, Entropy(1), 0);
        let till = Device {
            id: "till_1".into(),
            token_hash: "ab".into(),
            tenant: "t".parse().unwrap(),
            merchant,
            store: StoreId::new(Timestamp(1), slot, Entropy(2), 0),
            title: "Counter 1".into(),
            paired_at: Timestamp(5),
            revoked_at: None,
            staff: None,
            supervisor_until: None,
        };
        let hana = Staff {
            merchant,
            name: "Hana".into(),
            role: StaffRole::Supervisor,
            pin_hash: "$argon2id$".into(),
            wrong: 2,
            locked_until: Some(Timestamp(9)),
        };
        let counter = Counter::open(&folder).unwrap();
        counter.device_add(&till).unwrap();
        assert!(counter.device_add(&till).is_err(), "an id is given once");
        counter.staff_put(&hana).unwrap();
        counter.device_sign("till_1", Some("Hana"), Some(Timestamp(70))).unwrap();
        drop(counter);
        let counter = Counter::open(&folder).unwrap();
        let signed = Device {
            staff: Some("Hana".into()),
            supervisor_until: Some(Timestamp(70)),
            ..till.clone()
        };
        assert_eq!(counter.devices(merchant).unwrap(), [signed]);
        assert_eq!(counter.staff(merchant).unwrap(), std::slice::from_ref(&hana));
        counter.device_revoke("till_1", Timestamp(80)).unwrap();
        let revoked = counter.device("till_1").unwrap().unwrap();
        assert_eq!((revoked.revoked_at, revoked.staff), (Some(Timestamp(80)), None));
        counter.staff_remove(merchant, "Hana").unwrap();
        assert_eq!(counter.staff(merchant).unwrap(), []);
        assert_eq!(counter.device("till_2").unwrap(), None);
        drop(counter);
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", folder.display()));
        }
    }
}
