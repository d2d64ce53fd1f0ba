//! A notification of v3 from the sender's end (`wallets/wechatpay` facts, section 6): encrypted under
//! the APIv3 key, signed by the platform, repeated as published.

use noren_core::time::{Span, Timestamp};
use ring::digest::{SHA256, digest};
use serde::Serialize;

use super::messages::{Notification, Sealed};
use super::signing::{self, sign_notice};
use super::{CONTENT_TYPE, reply, time};
use crate::link::Link;
use crate::wire::{Request, Response};

/// The published pauses between sendings.
pub const REPEATS: &[Span] = &[
    Span::seconds(15),
    Span::seconds(15),
    Span::seconds(30),
    Span::seconds(180),
    Span::seconds(600),
    Span::seconds(1_200),
    Span::seconds(1_800),
    Span::seconds(1_800),
    Span::seconds(1_800),
    Span::seconds(3_600),
    Span::seconds(10_800),
    Span::seconds(10_800),
    Span::seconds(10_800),
    Span::seconds(21_600),
    Span::seconds(21_600),
];

/// What a notification tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An order is paid.
    TransactionSuccess,
    /// A refund was made.
    RefundSuccess,
    /// A refund came to nothing.
    RefundClosed,
}

impl Event {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TransactionSuccess => "TRANSACTION.SUCCESS",
            Self::RefundSuccess => "REFUND.SUCCESS",
            Self::RefundClosed => "REFUND.CLOSED",
        }
    }

    /// What is encrypted.
    const fn original(self) -> &'static str {
        match self {
            Self::TransactionSuccess => "transaction",
            Self::RefundSuccess | Self::RefundClosed => "refund",
        }
    }
}

/// A notification to `target`, ready to leave; `about` is the merchant's number of the order or the
/// refund. `None` when the link has no key of 32 bytes.
pub fn sealed(
    link: &Link,
    target: &str,
    event: Event,
    about: &str,
    said: &impl Serialize,
    now: Timestamp,
    nonce: u128,
) -> Option<Request> {
    let secret = link.secret.as_ref()?;
    let (original, sealed_by) = (event.original(), signing::aead_nonce_of(nonce));
    let ciphertext = signing::seal(secret, &sealed_by, original, &reply::bytes(said))?;
    let body = Notification {
        id: id(event, about),
        create_time: time::v3(now),
        event_type: event.name().to_owned(),
        resource_type: "encrypt-resource".into(),
        summary: event.name().to_lowercase().replace('.', " "),
        resource: Sealed {
            original_type: Some(original.to_owned()),
            algorithm: signing::AEAD.to_owned(),
            ciphertext,
            associated_data: original.to_owned(),
            nonce: sealed_by,
        },
    };
    let mut request = Request {
        method: "POST".into(),
        target: target.to_owned(),
        headers: vec![("content-type".into(), CONTENT_TYPE.into())],
        body: reply::bytes(&body),
    };
    sign_notice(&mut request, &*link.sign, now, nonce);
    Some(request)
}

/// In the form of a UUID, and the same for each sending.
fn id(event: Event, about: &str) -> String {
    let of = format!("{}/{about}", event.name());
    let digits = signing::hex(&digest(&SHA256, of.as_bytes()).as_ref()[..16]);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// True when the merchant has taken it: 200 or 204, whatever the body.
pub fn acknowledged(response: &Response) -> bool {
    matches!(response.status, 200 | 204)
}
