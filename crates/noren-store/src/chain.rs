//! The chain of batches: each batch's hash covers the one before it, so a row that was changed,
//! removed or slipped in later does not fit any more.
//!
//! Covered are the rows that only ever grow: changes of the directory, entries with their
//! postings, events, and movements. Rows that are replaced (payments, orders, accounts) are not; what they
//! amount to is checked against the postings.
//!
//! The hash is SHA-256 over one canonical byte form. It does not depend on a database, so every
//! store gives the same hash for the same batch. Order within a batch: the directory by version,
//! then entries by slot and number, then events by slot and sequence, then movements by id; that is
//! the order in which they can be read back, and the interleaving of slots in time means nothing.

use std::borrow::Cow;

use noren_core::effects::{Event, Row};
use noren_core::id::MovementId;
use noren_core::ledger::{Cause, Entry, Side};
use noren_core::money::Currency;
use noren_core::time::Timestamp;

use crate::{Batch, Hash};

/// The first bytes of every hash: which form this is.
const FORM: &[u8] = b"noren batch 1";

/// One change of the directory as it is stored.
pub(crate) struct DirectoryRow<'a> {
    pub version: u64,
    pub body: Cow<'a, str>,
    pub at: Timestamp,
}

/// The append-only rows of one batch, in canonical order.
#[derive(Default)]
pub(crate) struct Content<'a> {
    pub directory: Vec<DirectoryRow<'a>>,
    pub entries: Vec<Cow<'a, Entry>>,
    pub events: Vec<Cow<'a, Event>>,
    /// Each with its body as it is stored.
    pub movements: Vec<(MovementId, Cow<'a, str>)>,
}

impl<'a> Content<'a> {
    /// Picks the append-only rows and sorts them.
    pub fn of(rows: &'a [Row]) -> Self {
        let mut content = Self::default();
        for row in rows {
            match row {
                Row::Directory(version, change, at) => {
                    let body =
                        serde_json::to_string(change).expect("a change can be written as JSON");
                    let row = DirectoryRow { version: *version, body: body.into(), at: *at };
                    content.directory.push(row);
                }
                Row::Entry(entry) => content.entries.push(Cow::Borrowed(entry)),
                Row::Event(event) => content.events.push(Cow::Borrowed(event)),
                Row::Movement(movement) => {
                    let body = serde_json::to_string(movement);
                    let body = body.expect("a movement can be written as JSON");
                    content.movements.push((movement.id, body.into()));
                }
                Row::Payment(_)
                | Row::Credit(_)
                | Row::Order(_)
                | Row::Quote(_)
                | Row::Key(..)
                | Row::Used(..) => {}
            }
        }
        content.directory.sort_by_key(|row| row.version);
        content.entries.sort_by_key(|entry| (entry.slot, entry.number));
        content.events.sort_by_key(|event| (event.slot, event.seq));
        content.movements.sort_by_key(|(id, _)| *id);
        content
    }

    /// How many rows there are, postings included.
    pub fn rows(&self) -> u64 {
        let postings: usize = self.entries.iter().map(|entry| entry.postings.len()).sum();
        let own = self.directory.len() + self.entries.len() + self.events.len();
        (own + postings + self.movements.len()) as u64
    }

    /// The batch's hash.
    pub fn hash(&self, previous: &Hash, number: u64, now: Timestamp) -> Hash {
        let mut out =
            Bytes(Vec::with_capacity(256 + self.entries.len() * 384 + self.events.len() * 160));
        out.0.extend_from_slice(FORM);
        out.0.extend_from_slice(previous);
        out.number(number);
        out.time(now);
        out.number(self.directory.len() as u64);
        for row in &self.directory {
            out.number(row.version);
            out.text(&row.body);
            out.time(row.at);
        }
        out.number(self.entries.len() as u64);
        for entry in &self.entries {
            out.entry(entry);
        }
        out.number(self.events.len() as u64);
        for event in &self.events {
            out.event(event);
        }
        // A batch without any has the bytes that it had before there were any: files of that time stay
        // good.
        if !self.movements.is_empty() {
            out.number(self.movements.len() as u64);
        }
        for (id, body) in &self.movements {
            out.id(id.raw());
            out.text(body);
        }
        let digest = ring::digest::digest(&ring::digest::SHA256, &out.0);
        digest.as_ref().try_into().expect("SHA-256 gives 32 bytes")
    }
}

/// The hash of a batch, as every store computes it.
pub fn batch_hash(batch: &Batch) -> Hash {
    Content::of(&batch.rows).hash(&batch.previous, batch.number, batch.now)
}

/// True when the entry's debits equal its credits in each currency (I1).
pub fn balances(entry: &Entry) -> bool {
    let mut sums: Vec<(Currency, i128)> = Vec::with_capacity(2);
    for posting in &entry.postings {
        let signed = match posting.side {
            Side::Debit => i128::from(posting.amount.minor()),
            Side::Credit => -i128::from(posting.amount.minor()),
        };
        let currency = posting.amount.currency();
        match sums.iter_mut().find(|(of, _)| *of == currency) {
            Some((_, sum)) => *sum += signed,
            None => sums.push((currency, signed)),
        }
    }
    sums.iter().all(|(_, sum)| *sum == 0)
}

/// Integers big-endian, texts with their length in front: no two contents share their bytes.
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(&mut self, n: u64) {
        self.0.extend_from_slice(&n.to_be_bytes());
    }

    fn id(&mut self, raw: u128) {
        self.0.extend_from_slice(&raw.to_be_bytes());
    }

    fn maybe(&mut self, raw: Option<u128>) {
        self.0.push(u8::from(raw.is_some()));
        self.id(raw.unwrap_or(0));
    }

    fn time(&mut self, at: Timestamp) {
        self.0.extend_from_slice(&at.0.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn entry(&mut self, entry: &Entry) {
        self.number(u64::from(entry.slot.number()));
        self.number(entry.number);
        self.text(entry.kind.name());
        match entry.cause {
            Cause::Payment { payment, order, tenant } => {
                self.id(payment.raw());
                self.id(order.raw());
                self.text(tenant.as_str());
            }
            // In the places that a payment fills: no order's id is zero, so nothing is confused.
            Cause::Credit(credit) => {
                self.id(credit.raw());
                self.id(0);
                self.text("");
            }
            Cause::Movement(movement) => {
                self.id(movement.raw());
                self.id(0);
                self.text("movement");
            }
        }
        self.time(entry.at);
        self.number(entry.postings.len() as u64);
        for posting in &entry.postings {
            self.number(posting.seq);
            self.number(u64::from(posting.account));
            self.0.push(match posting.side {
                Side::Debit => b'D',
                Side::Credit => b'C',
            });
            self.0.extend_from_slice(&posting.amount.minor().to_be_bytes());
            self.0.extend_from_slice(posting.amount.currency().alpha().as_bytes());
        }
    }

    fn event(&mut self, event: &Event) {
        self.number(u64::from(event.slot.number()));
        self.number(event.seq);
        self.text(event.kind.name());
        self.id(event.payment.raw());
        self.number(u64::from(event.payment_seq));
        self.id(event.order.raw());
        self.text(event.tenant.as_str());
        self.id(event.merchant.raw());
        self.maybe(event.refund.map(|id| id.raw()));
        // An event that names no capture has the bytes that it had before any could: files of that
        // time stay good.
        self.0.push(u8::from(event.stray.is_some()) | u8::from(event.capture.is_some()) << 1);
        self.id(event.stray.map_or(0, |id| id.raw()));
        if let Some(capture) = event.capture {
            self.id(capture.raw());
        }
        self.time(event.at);
    }
}

#[cfg(test)]
mod tests {
    use noren_core::effects::{EventKind, Seal};
    use noren_core::id::{
        CaptureId, CreditId, Entropy, MerchantId, OrderId, PaymentId, Slot, StrayId, TenantName,
    };
    use noren_core::ledger::{EntryKind, Posting};
    use noren_core::money::Money;

    use super::*;

    fn hash(cause: Cause) -> String {
        let slot = Slot::new(3).unwrap();
        let amount = Money::new(1_200, Currency::JPY);
        let posting = |seq, side| Posting { seq, account: seq as u32, side, amount };
        let postings = vec![posting(1, Side::Debit), posting(2, Side::Credit)];
        let kind = EntryKind::Stray;
        let entry = Entry { slot, number: 1, kind, cause, at: Timestamp(5), postings };
        let content = Content { entries: vec![Cow::Owned(entry)], ..Content::default() };
        let hash = content.hash(&Hash::default(), 1, Timestamp(5));
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Files are read for ever: the form of what was written first never changes.
    #[test]
    fn the_hash_of_a_payments_entry_is_what_it_always_was() {
        let slot = Slot::new(3).unwrap();
        let payment = PaymentId::new(Timestamp(5), slot, Entropy(1), 0);
        let order = OrderId::new(Timestamp(5), slot, Entropy(1), 1);
        let tenant = TenantName::new("hida").unwrap();
        let of_payment = hash(Cause::Payment { payment, order, tenant });
        assert_eq!(of_payment, "ad70ef4c799673cbcf2ebeefbc709e77109721a258b9e8629c9359231a5bd232");
        assert_ne!(of_payment, hash(Cause::Credit(CreditId::from_raw(payment.raw()))));
    }

    fn hash_of(event: &Event) -> String {
        let batch = Batch {
            number: 1,
            previous: Hash::default(),
            now: event.at,
            rows: vec![Row::Event(event.clone())],
            seal: Seal::default(),
        };
        batch_hash(&batch).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The figure was made apart from this code, from the layout as it was before events could
    /// name a capture.
    #[test]
    fn an_event_that_names_no_capture_has_the_hash_that_it_always_had() {
        let mut event = Event {
            slot: Slot::new(3).unwrap(),
            seq: 1,
            kind: EventKind::CaptureCaptured,
            payment: PaymentId::from_raw(11),
            payment_seq: 1,
            order: OrderId::from_raw(12),
            tenant: TenantName::new("hida-bank").unwrap(),
            merchant: MerchantId::from_raw(13),
            refund: None,
            stray: None,
            capture: None,
            at: Timestamp(1_795_275_000_000),
        };
        let plain = "34d19723e4cb8cb895bb87b2f3505777aba370e16af6baf085b6997e30b7801a";
        assert_eq!(hash_of(&event), plain);
        event.capture = Some(CaptureId::from_raw(0));
        let captured = hash_of(&event);
        assert_ne!(captured, plain);
        (event.capture, event.stray) = (None, Some(StrayId::from_raw(0)));
        assert_ne!(hash_of(&event), captured);
    }
}
