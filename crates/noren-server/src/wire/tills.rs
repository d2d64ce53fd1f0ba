//! Tills, the people at them, and receipts, as a merchant sends and sees them.

use noren_core::Text;
use noren_core::id::StoreId;
use noren_store::counter::{Device, ReceiptSettings, Staff, StaffRole};
use serde::Serialize;
use utoipa::ToSchema;

use super::At;

/// `POST /v1/tills`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"user_code": "WDJB-MJHT", "store": "sto_0000000000000000000000001", "title": "Counter 1"}))]
pub struct TillNew {
    /// What the till's screen shows; capitals and the hyphen may be left out.
    #[schema(value_type = String)]
    pub user_code: Text,
    /// Where it sells.
    #[schema(value_type = String)]
    pub store: StoreId,
    /// As people there call it: 1 to 40 characters.
    #[schema(value_type = String)]
    pub title: Text,
}

/// A browser that sells for a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Till {
    /// `till`.
    pub object: &'static str,
    /// Begins with `till_`.
    pub id: String,
    /// When it was paired.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// Where it sells.
    #[schema(value_type = String)]
    pub store: StoreId,
    /// As people there call it.
    #[schema(example = "Counter 1")]
    pub title: String,
    /// Who is signed in.
    #[schema(example = "Hana")]
    pub staff: Option<String>,
    /// Since when it sells no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<At>,
}

impl Till {
    /// A till as its merchant sees it.
    pub fn of(device: Device, livemode: bool) -> Self {
        Self {
            object: "till",
            id: device.id,
            created_at: At(device.paired_at),
            livemode,
            store: device.store,
            title: device.title,
            staff: device.staff,
            revoked_at: device.revoked_at.map(At),
        }
    }
}

/// `PUT /v1/staff/{name}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"role": "clerk", "pin": "2580"}))]
pub struct StaffNew {
    /// `clerk` sells; `supervisor` gives money back, too.
    #[schema(value_type = String)]
    pub role: StaffWord,
    /// 4 to 8 digits. It is never shown again.
    pub pin: String,
}

/// A role as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffWord(pub StaffRole);

impl Serialize for StaffWord {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

/// Somebody who works at a merchant's tills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Staff)]
pub struct StaffShown {
    /// `staff`.
    pub object: &'static str,
    /// As it stands on the sign-in page.
    #[schema(example = "Hana")]
    pub name: String,
    /// True when the money is real.
    pub livemode: bool,
    /// `clerk` or `supervisor`.
    #[schema(value_type = String, example = "clerk")]
    pub role: StaffWord,
    /// No PIN is taken before, because too many were wrong.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub locked_until: Option<At>,
}

impl StaffShown {
    /// Somebody as their merchant sees them.
    pub fn of(staff: Staff, livemode: bool) -> Self {
        Self {
            object: "staff",
            name: staff.name,
            livemode,
            role: StaffWord(staff.role),
            locked_until: staff.locked_until.map(At),
        }
    }
}

/// `PUT /v1/stores/{id}/receipt`. What is left out is as it was at the beginning: no number, 10 %.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"invoice_number": "T1234567890123", "tax_default": 10}))]
pub struct StoreReceiptNew {
    /// `T` and 13 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    /// In per cent: 8 or 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_default: Option<i64>,
    /// The issuer's name, where it is not the store's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// What stands on a store's receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StoreReceipt, example = json!({"object": "store_receipt", "store": "sto_0000000000000000000000001",
    "livemode": false, "invoice_number": "T1234567890123", "tax_default": 10, "issuer": null}))]
pub struct StoreReceipt {
    /// `store_receipt`.
    pub object: &'static str,
    /// Whose.
    #[schema(value_type = String)]
    pub store: StoreId,
    /// True when the money is real.
    pub livemode: bool,
    /// The issuer's registration number, `T` and 13 digits; without one, receipts say that they are
    /// no qualified invoices.
    pub invoice_number: Option<String>,
    /// The rate in per cent when the till says nothing: 8 or 10.
    pub tax_default: i64,
    /// The issuer's name, where it is not the store's.
    pub issuer: Option<String>,
}

impl StoreReceipt {
    /// A store's settings as its merchant sees them.
    pub fn of(store: StoreId, settings: ReceiptSettings, livemode: bool) -> Self {
        Self {
            object: "store_receipt",
            store,
            livemode,
            invoice_number: settings.invoice_number,
            tax_default: settings.tax_default.percent(),
            issuer: settings.issuer,
        }
    }
}
