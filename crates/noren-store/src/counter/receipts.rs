//! What stands on a store's receipts, as its merchant set it.

use noren_core::id::{MerchantId, StoreId};
use rusqlite::{OptionalExtension as _, params};

use super::{Counter, DOING};
use crate::{Doing, StoreError};

/// A rate of consumption tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaxRate {
    /// 8 %: food and drink to take away, newspapers by subscription.
    Reduced,
    /// 10 %.
    #[default]
    Standard,
}

impl TaxRate {
    /// In per cent.
    pub const fn percent(self) -> i64 {
        match self {
            Self::Reduced => 8,
            Self::Standard => 10,
        }
    }

    /// The rate of so many per cent.
    pub fn of_percent(percent: i64) -> Option<Self> {
        [Self::Reduced, Self::Standard].into_iter().find(|rate| rate.percent() == percent)
    }
}

/// A store's receipts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptSettings {
    /// `T` and 13 digits, of an issuer of qualified invoices.
    pub invoice_number: Option<String>,
    /// What is sold there when nobody says otherwise.
    pub tax_default: TaxRate,
    /// The issuer's name on it, where it is not the store's.
    pub issuer: Option<String>,
}

impl Counter {
    /// Sets what stands on a store's receipts.
    pub fn receipt_put(
        &self,
        merchant: MerchantId,
        store: StoreId,
        settings: &ReceiptSettings,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO receipts
                     (merchant, store, invoice_number, tax_default, issuer) VALUES (?, ?, ?, ?, ?)";
        let row = params![
            merchant.to_string(),
            store.to_string(),
            settings.invoice_number,
            settings.tax_default.percent(),
            settings.issuer,
        ];
        self.0.prepare_cached(sql).and_then(|mut put| put.execute(row)).map(drop).doing(DOING)
    }

    /// What stands on a store's receipts.
    pub fn receipt(&self, store: StoreId) -> Result<ReceiptSettings, StoreError> {
        let sql = "SELECT invoice_number, tax_default, issuer FROM receipts WHERE store = ?1";
        let read = || {
            self.0
                .prepare_cached(sql)?
                .query_row([store.to_string()], |row| {
                    Ok(ReceiptSettings {
                        invoice_number: row.get(0)?,
                        tax_default: TaxRate::of_percent(row.get(1)?)
                            .ok_or(rusqlite::Error::InvalidQuery)?,
                        issuer: row.get(2)?,
                    })
                })
                .optional()
        };
        Ok(read().doing(DOING)?.unwrap_or_default())
    }

    /// How much of a payment is sold at the reduced rate, in yen, as the clerk said. What was said
    /// last counts.
    pub fn reduced_put(&self, payment: &str, reduced: i64) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO reduced (payment, amount) VALUES (?1, ?2)";
        let mut put = self.0.prepare_cached(sql).doing(DOING)?;
        put.execute((payment, reduced)).map(drop).doing(DOING)
    }

    /// What was said of a payment.
    pub fn reduced(&self, payment: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT amount FROM reduced WHERE payment = ?1";
        let read = || self.0.prepare_cached(sql)?.query_row([payment], |row| row.get(0)).optional();
        read().doing(DOING)
    }

    /// Counts a print of a receipt; the number of prints before it.
    pub fn printed(&self, document: &str) -> Result<u32, StoreError> {
        let sql = "INSERT INTO prints (document, count) VALUES (?1, 1)
                   ON CONFLICT (document) DO UPDATE SET count = count + 1 RETURNING count - 1";
        let put = || self.0.prepare_cached(sql)?.query_row([document], |row| row.get(0));
        put().doing(DOING)
    }

    /// How often a receipt was printed.
    pub fn prints(&self, document: &str) -> Result<u32, StoreError> {
        let sql = "SELECT count FROM prints WHERE document = ?1";
        let read =
            || self.0.prepare_cached(sql)?.query_row([document], |row| row.get(0)).optional();
        Ok(read().doing(DOING)?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use noren_core::id::{Entropy, Slot};
    use noren_core::time::Timestamp;

    use super::*;

    #[test]
    fn a_stores_receipts_are_as_they_were_set_last() {
        let slot = Slot::new(1).unwrap();
        let merchant = MerchantId::new(Timestamp(1), slot, Entropy(1), 0);
        let store = StoreId::new(Timestamp(1), slot, Entropy(2), 0);
        let counter = Counter::in_memory().unwrap();
        assert_eq!(counter.receipt(store).unwrap(), ReceiptSettings::default());
        let set = ReceiptSettings {
            invoice_number: Some("T1234567890123".into()),
            tax_default: TaxRate::Reduced,
            issuer: None,
        };
        counter.receipt_put(merchant, store, &set).unwrap();
        assert_eq!(counter.receipt(store).unwrap(), set);
        counter.reduced_put("pay_1", 300).unwrap();
        counter.reduced_put("pay_1", 400).unwrap();
        assert_eq!(counter.reduced("pay_1").unwrap(), Some(400));
        assert_eq!(counter.reduced("pay_2").unwrap(), None);
        assert_eq!(counter.printed("pay_1").unwrap(), 0);
        assert_eq!(counter.printed("pay_1").unwrap(), 1);
        assert_eq!((counter.prints("pay_1").unwrap(), counter.prints("pay_2").unwrap()), (2, 0));
    }
}
