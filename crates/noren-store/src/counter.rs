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

    /// Somebody is at a device from now on. False when, since they were read, they went, were given
    /// another role or PIN, or the device became no till: then nothing changes.
    pub fn sign_in(&self, id: &str, staff: &Staff) -> Result<bool, StoreError> {
        let sql = "UPDATE devices SET staff = ?2, supervisor_until = NULL
                   WHERE id = ?1 AND revoked_at IS NULL AND EXISTS (SELECT 1 FROM staff
                     WHERE merchant = ?3 AND name = ?2 AND role = ?4 AND pin_hash = ?5)";
        let merchant = staff.merchant.to_string();
        let row = (id, &staff.name, merchant, staff.role.name(), &staff.pin_hash);
        let put = self.0.prepare_cached(sql).and_then(|mut put| put.execute(row));
        Ok(put.doing(DOING)? == 1)
    }

    /// A supervisor's word counts at a device until then. False when, since they were read, whoever was
    /// `present` went, or the supervisor did or was given another role or PIN: then nothing changes.
    pub fn supervise(
        &self,
        id: &str,
        present: &str,
        supervisor: &Staff,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE devices SET supervisor_until = ?3
                   WHERE id = ?1 AND staff = ?2 AND revoked_at IS NULL AND EXISTS (SELECT 1 FROM staff
                     WHERE merchant = ?4 AND name = ?5 AND role = ?6 AND pin_hash = ?7)";
        let merchant = supervisor.merchant.to_string();
        let Staff { name, role, pin_hash, .. } = supervisor;
        let row = (id, present, until.0, merchant, name, role.name(), pin_hash);
        let put = self.0.prepare_cached(sql).and_then(|mut put| put.execute(row));
        Ok(put.doing(DOING)? == 1)
    }

    /// Nobody is at a device any more, and no supervisor's word counts.
    pub fn sign_out(&self, id: &str) -> Result<(), StoreError> {
        let sql = "UPDATE devices SET staff = NULL, supervisor_until = NULL WHERE id = ?1";
        self.0.prepare_cached(sql).and_then(|mut put| put.execute([id])).map(drop).doing(DOING)
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

    fn till() -> Device {
        let slot = Slot::new(7).unwrap();
        Device {
            id: "till_1".into(),
            token_hash: "ab".into(),
            tenant: "t".parse().unwrap(),
            merchant: MerchantId::new(Timestamp(1), slot, Entropy(1), 0),
            store: StoreId::new(Timestamp(1), slot, Entropy(2), 0),
            title: "Counter 1".into(),
            paired_at: Timestamp(5),
            revoked_at: None,
            staff: None,
            supervisor_until: None,
        }
    }

    #[test]
    fn a_device_and_its_people_are_kept() {
        let folder = std::env::temp_dir().join(format!("noren-counter-{}.db", std::process::id()));
        let till = till();
        let merchant = till.merchant;
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
        assert!(counter.sign_in("till_1", &hana).unwrap());
        assert!(counter.supervise("till_1", "Hana", &hana, Timestamp(70)).unwrap());
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

    /// A PIN is compared for some 20 ms. What was signed out, taken away or replaced in that time stays so.
    #[test]
    fn who_was_read_signs_in_only_while_it_is_true() {
        let till = till();
        let merchant = till.merchant;
        let counter = Counter::in_memory().unwrap();
        counter.device_add(&till).unwrap();
        let person = |name: &str, role, pin_hash: &str| Staff {
            merchant,
            name: name.into(),
            role,
            pin_hash: pin_hash.into(),
            wrong: 0,
            locked_until: None,
        };
        let hana = person("Hana", StaffRole::Clerk, "a");
        let ken = person("Ken", StaffRole::Supervisor, "b");
        counter.staff_put(&hana).unwrap();
        counter.staff_put(&ken).unwrap();
        let now = || {
            let device = counter.device("till_1").unwrap().unwrap();
            (device.staff, device.supervisor_until)
        };
        let until = Timestamp(70);
        assert!(counter.sign_in("till_1", &hana).unwrap());
        // Signed out while the supervisor's PIN was compared.
        counter.sign_out("till_1").unwrap();
        assert!(!counter.supervise("till_1", "Hana", &ken, until).unwrap());
        assert_eq!(now(), (None, None));
        // A new PIN for each of them.
        assert!(counter.sign_in("till_1", &hana).unwrap());
        counter.staff_put(&person("Ken", StaffRole::Supervisor, "c")).unwrap();
        assert!(!counter.supervise("till_1", "Hana", &ken, until).unwrap());
        assert_eq!(now(), (Some("Hana".into()), None));
        counter.staff_put(&person("Hana", StaffRole::Clerk, "d")).unwrap();
        assert!(!counter.sign_in("till_1", &hana).unwrap());
        // A wrong try after that is not forgotten for the PIN of before.
        counter.staff_try(merchant, "Hana", Timestamp(1)).unwrap();
        counter.staff_right(&hana).unwrap();
        let wrong = |name: &str| {
            let all = counter.staff(merchant).unwrap();
            all.into_iter().find(|staff| staff.name == name).unwrap().wrong
        };
        assert_eq!(wrong("Hana"), 1);
        // Another role with the same PIN.
        let ken = person("Ken", StaffRole::Supervisor, "c");
        counter.staff_put(&person("Ken", StaffRole::Clerk, "c")).unwrap();
        assert!(counter.sign_in("till_1", &person("Hana", StaffRole::Clerk, "d")).unwrap());
        assert!(!counter.supervise("till_1", "Hana", &ken, until).unwrap());
        // They work there no more, and the device is no till any more.
        counter.staff_remove(merchant, "Ken").unwrap();
        assert!(!counter.sign_in("till_1", &person("Ken", StaffRole::Clerk, "c")).unwrap());
        counter.device_revoke("till_1", Timestamp(80)).unwrap();
        assert!(!counter.sign_in("till_1", &person("Hana", StaffRole::Clerk, "d")).unwrap());
        assert_eq!(now(), (None, None));
    }
}
