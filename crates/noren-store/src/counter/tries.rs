//! Wrong PINs: counted before the right one is known, so that many tries at once are as many as one
//! after the other.

use noren_core::id::MerchantId;
use noren_core::time::{Span, Timestamp};
use rusqlite::OptionalExtension as _;

use super::{Counter, DOING, Staff, staff};
use crate::{Doing, StoreError};

/// So many wrong PINs are forgiven before anybody has to wait.
pub const WRONG_FREE: u32 = 4;

/// The first wait; each further wrong PIN doubles it.
const WAIT_FIRST_S: u64 = 30;

/// The longest wait: whoever has forgotten their PIN is given a new one sooner.
const WAIT_MAX_S: u64 = 3_600;

/// A PIN is about to be compared, or must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Try {
    /// Compare it with this one's. It counts as wrong until [`Counter::staff_right`].
    Staff(Staff),
    /// Not before then.
    Locked(Timestamp),
    /// Nobody of that name works there.
    Nobody,
}

/// The wait after so many wrong PINs.
fn wait(wrong: u32) -> Option<Span> {
    let over = wrong.checked_sub(WRONG_FREE + 1)?;
    let seconds = WAIT_FIRST_S.checked_shl(over).filter(|s| *s > 0).unwrap_or(WAIT_MAX_S);
    Some(Span::seconds(seconds.min(WAIT_MAX_S)))
}

impl Counter {
    /// Somebody gives a PIN: counted as wrong for now.
    pub fn staff_try(
        &self,
        merchant: MerchantId,
        name: &str,
        now: Timestamp,
    ) -> Result<Try, StoreError> {
        let sql = "SELECT merchant, name, role, pin_hash, wrong, locked_until FROM staff
                   WHERE merchant = ?1 AND name = ?2";
        let key = merchant.to_string();
        let read = || self.0.prepare_cached(sql)?.query_row((&key, name), staff).optional();
        let Some(found) = read().doing(DOING)? else { return Ok(Try::Nobody) };
        if let Some(until) = found.locked_until.filter(|until| now < *until) {
            return Ok(Try::Locked(until));
        }
        let wrong = found.wrong.saturating_add(1);
        let until = wait(wrong).map(|wait| now.after(wait).0);
        let sql =
            "UPDATE staff SET wrong = ?3, locked_until = ?4 WHERE merchant = ?1 AND name = ?2";
        let mut put = self.0.prepare_cached(sql).doing(DOING)?;
        put.execute((key, name, wrong, until)).doing(DOING)?;
        Ok(Try::Staff(found))
    }

    /// The PIN was the right one: what was counted is forgotten, while it is their PIN still.
    pub fn staff_right(&self, staff: &Staff) -> Result<(), StoreError> {
        let sql = "UPDATE staff SET wrong = 0, locked_until = NULL
                   WHERE merchant = ?1 AND name = ?2 AND pin_hash = ?3";
        let mut put = self.0.prepare_cached(sql).doing(DOING)?;
        put.execute((staff.merchant.to_string(), &staff.name, &staff.pin_hash))
            .map(drop)
            .doing(DOING)
    }
}

#[cfg(test)]
mod tests {
    use noren_core::id::{Entropy, Slot};

    use super::*;
    use crate::counter::StaffRole;

    #[test]
    fn wrong_pins_make_waits_that_grow_and_a_right_one_ends_them() {
        let merchant = MerchantId::new(Timestamp(1), Slot::new(1).unwrap(), Entropy(1), 0);
        let counter = Counter::in_memory().unwrap();
        let hana = Staff {
            merchant,
            name: "Hana".into(),
            role: StaffRole::Clerk,
            pin_hash: "x".into(),
            wrong: 0,
            locked_until: None,
        };
        counter.staff_put(&hana).unwrap();
        let attempt = |now: i64| counter.staff_try(merchant, "Hana", Timestamp(now)).unwrap();
        for _ in 0..=WRONG_FREE {
            assert!(matches!(attempt(0), Try::Staff(_)));
        }
        assert_eq!(attempt(29_999), Try::Locked(Timestamp(30_000)));
        assert!(matches!(attempt(30_000), Try::Staff(_)));
        assert_eq!(attempt(89_999), Try::Locked(Timestamp(90_000)), "twice as long");
        assert!(matches!(attempt(90_000), Try::Staff(_)));
        counter.staff_right(&hana).unwrap();
        assert!(matches!(attempt(90_001), Try::Staff(found) if found.wrong == 0));
        assert_eq!(counter.staff_try(merchant, "Ken", Timestamp(0)).unwrap(), Try::Nobody);
    }

    #[test]
    fn no_wait_is_longer_than_an_hour() {
        assert_eq!(wait(WRONG_FREE), None);
        assert_eq!(wait(WRONG_FREE + 1), Some(Span::seconds(30)));
        assert_eq!(wait(WRONG_FREE + 8), Some(Span::seconds(3_600)));
        assert_eq!(wait(u32::MAX), Some(Span::seconds(3_600)));
    }
}
