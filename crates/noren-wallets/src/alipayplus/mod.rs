//! Alipay+, acquirer side (ACQP), and its sibling dialect Antom/AMS (`wallets/alipayplus` facts).
//!
//! The folder has two lines in the registry: the switch asks `alipayplus` in ACQP and `antom` in AMS.
//! The sandbox answers both dialects, and so does the facade, for tills that were written for either.
//!
//! What the network does not publish is ours; each such shape is marked so where it stands.

use noren_core::time::{Span, Timestamp};
use noren_core::wallet::Profile;
use serde::Serialize;

use crate::instant;
use crate::sandbox::Sandbox;
use crate::tempo::{Tempo, read_profile};
use crate::{Entry, KeyKind};
use codes::Code;
use messages::{Meeting, PayRequest};

pub mod ams;
pub mod codes;
pub mod connector;
pub mod dialect;
pub mod facade;
pub mod messages;
mod refusals;
pub mod sandbox;
pub mod signing;
#[cfg(test)]
mod tests;

/// The folder's name.
pub const NAME: &str = "alipayplus";
/// The name of the line that speaks AMS.
pub const ANTOM_NAME: &str = "antom";
/// Where the calls lie, below the network's address.
pub const PATH: &str = "/aps/api/v1/payments/";
/// The same of AMS.
pub const AMS_PATH: &str = "/ams/api/v1/payments/";
/// The same of AMS, for client ids that begin with `SANDBOX_`.
pub const AMS_SANDBOX_PATH: &str = "/ams/sandbox/api/v1/payments/";
/// Where notifications arrive, below the switch's address. Ours: the address is the acquirer's
/// to choose.
pub const NOTIFY_PATH: &str = "/callbacks/alipayplus/notifyPayment";
/// Where the network asks about a code of ours that its user has scanned, below the switch's
/// address. Ours, as above.
pub const SCAN_PATH: &str = "/callbacks/alipayplus/userInitiatedPay";

/// Where Antom's notifications arrive, below the switch's address. Ours, as above.
pub const ANTOM_NOTIFY_PATH: &str = "/callbacks/antom/notifyPayment";
/// The same of its refunds; our id of the payment follows. Ours, as above.
pub const ANTOM_REFUND_PATH: &str = "/callbacks/antom/notifyRefund/";

/// The call for a day-end file. Ours.
const STATEMENT: &str = "inquiryStatement";

const CONTENT_TYPE: &str = "application/json; charset=UTF-8";

/// An order code must end in less than this (section 4).
const ORDER_CODE_WITHIN: Span = Span::seconds(30 * 60);
/// A page ends with this at the latest (section 4).
const CASHIER_WITHIN: Span = Span::seconds(10 * 60);

/// Until when an order can be paid, by what `pay` says of it: later than the network allows is
/// refused for a code, and cut for a page. **Ours**: how long it is when the request says nothing.
fn expires_at(asked: &PayRequest, meeting: Meeting<'_>, now: Timestamp) -> Result<Timestamp, Code> {
    let within = match meeting {
        Meeting::Cashier => CASHIER_WITHIN,
        Meeting::PaymentCode(_) | Meeting::OrderCode | Meeting::EntryCode => ORDER_CODE_WITHIN,
    };
    let Some(text) = &asked.payment_expiry_time else { return Ok(now.after(CASHIER_WITHIN)) };
    let wished = instant::parse(text.as_str()).filter(|at| *at > now).ok_or(Code::ParamIllegal)?;
    let last = now.after(within);
    match meeting {
        Meeting::Cashier => Ok(wished.min(last)),
        Meeting::PaymentCode(_) | Meeting::OrderCode | Meeting::EntryCode => {
            if wished < last {
                Ok(wished)
            } else {
                Err(Code::ParamIllegal)
            }
        }
    }
}

/// Ids are 1 to 64 characters (section 3).
fn id_fits(id: &str) -> bool {
    (1..=64).contains(&id.chars().count())
}

fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages have string keys only")
}

/// The rules in `profile.toml`.
pub fn profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("profile.toml"), tempo)
}

/// The rules in `antom.toml`.
pub fn antom_profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("antom.toml"), tempo)
}

/// The line of the registry.
pub const ENTRY: Entry = Entry {
    name: NAME,
    title: "Alipay+",
    client_id: "NOREN_DEMO_1",
    keys: KeyKind::RsaPairs,
    payment_codes: "28100102 24 alipayplus",
    callback: NOTIFY_PATH,
    profile,
    connector: |name, link| Box::new(connector::AlipayPlusConnector::new(name, link)),
    facade: Some(|| Box::new(facade::AlipayPlusFacade)),
    sandbox: |config, records| {
        sandbox::AlipayPlusSandbox::new(sandbox::ALIPAYPLUS, config, records)
            .map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
};

/// The line of the registry for the sibling dialect. A till written for it finds the switch's answer
/// at the other line's facade.
pub const ANTOM: Entry = Entry {
    name: ANTOM_NAME,
    title: "Antom",
    client_id: "SANDBOX_NOREN_1",
    keys: KeyKind::RsaPairs,
    payment_codes: "28100202 24 antom",
    callback: ANTOM_NOTIFY_PATH,
    profile: antom_profile,
    connector: |name, link| Box::new(connector::AntomConnector::new(name, link)),
    facade: None,
    sandbox: |config, records| {
        sandbox::AlipayPlusSandbox::new(sandbox::ANTOM, config, records)
            .map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
};
