//! Writes one batch inside an open transaction, table by table.

use noren_core::credit::{Credit, CreditState};
use noren_core::day::DayTotal;
use noren_core::directory::Change;
use noren_core::effects::Event;
use noren_core::id::{Slot, StrayId};
use noren_core::ledger::{Account, Entry, Head, Side};
use noren_core::money::Money;
use noren_core::movement::Movement;
use noren_core::payment::{Payment, State};
use noren_core::quote::Quote;
use noren_core::refund::Refund;
use noren_core::stray::Stray;
use noren_core::time::Timestamp;
use rusqlite::Result;
use serde::Serialize;

use super::codec::{cause_texts, int};
use super::days;
use super::tables::Tables;
use crate::chain::Content;
use crate::plan::Plan;
use crate::{Batch, Hash};

/// Binds by place and runs; a statement is prepared once a batch, not once a row.
macro_rules! run {
    ($statement:expr, $($value:expr),+ $(,)?) => {{
        let statement = &mut $statement;
        let mut place = 0;
        $(
            place += 1;
            $crate::sqlite::tables::Statement::bind(statement, place, $value)?;
        )+
        let _ = place;
        $crate::sqlite::tables::Statement::run(statement)?;
    }};
}
pub(in crate::sqlite) use run;

pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our own types can be written as JSON")
}

fn minor(money: Option<Money>) -> Option<i64> {
    money.map(Money::minor)
}

fn currency(money: Option<Money>) -> Option<&'static str> {
    money.map(|money| money.currency().alpha())
}

/// Everything of `batch` but its names; `content` and `hash` are its append-only part and that
/// part's hash.
pub(super) fn batch(
    db: &impl Tables,
    batch: &Batch,
    plan: &Plan<'_>,
    content: &Content<'_>,
    hash: &Hash,
) -> Result<()> {
    let number = int(batch.number);
    payments(db, &plan.payments, batch.now)?;
    credits(db, &plan.credits)?;
    quotes(db, &plan.quotes)?;
    entries(db, &plan.entries, number)?;
    events(db, &plan.events, number)?;
    directory(db, &plan.directory, number)?;
    movements(db, &plan.movements, number)?;
    accounts(db, &batch.seal.accounts)?;
    days(db, &batch.seal.days)?;
    heads(db, &batch.seal.heads)?;
    let sql = "INSERT INTO batches (number, now, previous, hash, rows) VALUES (?1, ?2, ?3, ?4, ?5)";
    run!(
        db.statement(sql)?,
        number,
        batch.now.0,
        &batch.previous[..],
        &hash[..],
        int(content.rows())
    );
    Ok(())
}

fn payments(db: &impl Tables, payments: &[&Payment], now: Timestamp) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO payments (slot, id, tenant, merchant, order_id, order_number, store, way, wallet,
            status, open, amount, currency, payer_amount, payer_currency, created_at, updated_at,
            business_date, settlement_amount, settlement_currency, body, unknown_ms, unknown_since,
            parts_unknown_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
            ?22, ?23, ?24)
         ON CONFLICT (slot, id) DO UPDATE SET wallet = excluded.wallet, status = excluded.status,
            open = excluded.open, payer_amount = excluded.payer_amount,
            payer_currency = excluded.payer_currency, updated_at = excluded.updated_at,
            business_date = excluded.business_date, settlement_amount = excluded.settlement_amount,
            settlement_currency = excluded.settlement_currency, body = excluded.body,
            unknown_ms = excluded.unknown_ms, unknown_since = excluded.unknown_since,
            parts_unknown_ms = excluded.parts_unknown_ms",
    )?;
    for payment in payments {
        let receipt = match &payment.state {
            State::Captured(captured) => Some(&captured.receipt),
            _ => None,
        };
        let date = match &payment.state {
            State::Captured(captured) => Some(captured.business_date.to_string()),
            _ => None,
        };
        let asked_of_payer = payment.state.asked().and_then(|asked| asked.payer);
        let payer = receipt.and_then(|receipt| receipt.payer).or(asked_of_payer);
        let settlement = receipt.and_then(|receipt| receipt.settlement);
        let wallet = payment.wallet();
        run!(
            insert,
            payment.id.slot().number(),
            payment.id.to_string(),
            payment.tenant.as_str(),
            payment.merchant.to_string(),
            payment.order.to_string(),
            &*payment.order_number,
            payment.store.to_string(),
            payment.way.name(),
            wallet.as_ref().map(|name| name.as_str()),
            payment.state.name(),
            payment.is_open(),
            payment.amount.minor(),
            payment.amount.currency().alpha(),
            minor(payer),
            currency(payer),
            payment.created_at.0,
            now.0,
            date,
            minor(settlement),
            currency(settlement),
            json(payment),
            int(payment.doubt.ms),
            payment.doubt.since.map(|since| since.0),
            int(payment.parts_doubt_ms()),
        );
        // A typical payment has neither; both are looked for by their own ids.
        for refund in &payment.refunds {
            write_refund(db, payment, refund, None)?;
        }
        for stray in &payment.strays {
            write_stray(db, payment, stray)?;
            write_refund(db, payment, &stray.refund, Some(stray.id))?;
        }
    }
    Ok(())
}

fn write_refund(
    db: &impl Tables,
    payment: &Payment,
    refund: &Refund,
    stray: Option<StrayId>,
) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO refunds (slot, id, payment, stray, tenant, merchant, order_id, amount, currency,
            status, requested_at, body, unknown_ms, unknown_since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (slot, id) DO UPDATE SET status = excluded.status, body = excluded.body,
            unknown_ms = excluded.unknown_ms, unknown_since = excluded.unknown_since",
    )?;
    run!(
        insert,
        payment.id.slot().number(),
        refund.id.to_string(),
        payment.id.to_string(),
        stray.map(|id| id.to_string()),
        payment.tenant.as_str(),
        payment.merchant.to_string(),
        payment.order.to_string(),
        refund.amount.minor(),
        refund.amount.currency().alpha(),
        refund.state.name(),
        refund.requested_at.0,
        json(refund),
        int(refund.doubt.ms),
        refund.doubt.since.map(|since| since.0),
    );
    Ok(())
}

fn write_stray(db: &impl Tables, payment: &Payment, stray: &Stray) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO stray_receipts (slot, id, payment, tenant, merchant, order_id, wallet,
            transaction_id, amount, currency, status, received_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (slot, id) DO UPDATE SET status = excluded.status, body = excluded.body",
    )?;
    run!(
        insert,
        payment.id.slot().number(),
        stray.id.to_string(),
        payment.id.to_string(),
        payment.tenant.as_str(),
        payment.merchant.to_string(),
        payment.order.to_string(),
        stray.wallet.as_str(),
        &*stray.receipt.transaction,
        stray.receipt.amount.minor(),
        stray.receipt.amount.currency().alpha(),
        stray.status().name(),
        stray.received_at.0,
        json(stray),
    );
    Ok(())
}

fn credits(db: &impl Tables, credits: &[&Credit]) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO credits (slot, id, wallet, transaction_id, amount, currency, status, open,
            refund, payment, received_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (slot, id) DO UPDATE SET status = excluded.status, open = excluded.open,
            refund = excluded.refund, payment = excluded.payment, body = excluded.body",
    )?;
    for credit in credits {
        let payment = match &credit.state {
            CreditState::Assigned { payment, .. } => Some(payment.to_string()),
            CreditState::Unclaimed | CreditState::Return { .. } => None,
        };
        run!(
            insert,
            credit.id.slot().number(),
            credit.id.to_string(),
            credit.wallet.as_str(),
            &*credit.receipt.transaction,
            credit.receipt.amount.minor(),
            credit.receipt.amount.currency().alpha(),
            credit.status().name(),
            credit.is_open(),
            credit.refund().map(|refund| refund.id.to_string()),
            payment,
            credit.received_at.0,
            json(credit),
        );
    }
    Ok(())
}

fn quotes(db: &impl Tables, quotes: &[&Quote]) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO quotes (slot, id, wallet, payer_amount, payer_currency, merchant_amount,
            merchant_currency, expires_at, used_by, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (slot, id) DO UPDATE SET used_by = excluded.used_by, body = excluded.body",
    )?;
    for quote in quotes {
        run!(
            insert,
            quote.id.slot().number(),
            quote.id.to_string(),
            quote.wallet.as_str(),
            quote.payer.minor(),
            quote.payer.currency().alpha(),
            quote.merchant.minor(),
            quote.merchant.currency().alpha(),
            quote.expires_at.0,
            quote.used_by.map(|id| id.to_string()),
            json(quote),
        );
    }
    Ok(())
}

fn entries(db: &impl Tables, entries: &[&Entry], batch: i64) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO entries (slot, number, kind, cause, order_id, tenant, at, batch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut insert_posting = db.statement(
        "INSERT INTO postings (slot, seq, entry, account, side, amount, currency, batch, tenant, order_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for entry in entries {
        let slot = entry.slot.number();
        let (cause, order, tenant) = cause_texts(&entry.cause);
        run!(
            insert,
            slot,
            int(entry.number),
            entry.kind.name(),
            cause,
            &order,
            &tenant,
            entry.at.0,
            batch,
        );
        for posting in &entry.postings {
            let side = match posting.side {
                Side::Debit => "debit",
                Side::Credit => "credit",
            };
            run!(
                insert_posting,
                slot,
                int(posting.seq),
                int(entry.number),
                posting.account,
                side,
                posting.amount.minor(),
                posting.amount.currency().alpha(),
                batch,
                &tenant,
                &order,
            );
        }
    }
    Ok(())
}

fn events(db: &impl Tables, events: &[&Event], batch: i64) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO events (slot, seq, type, payment, payment_seq, order_id, tenant, merchant, refund,
            stray, at, batch, capture)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for event in events {
        run!(
            insert,
            event.slot.number(),
            int(event.seq),
            event.kind.name(),
            event.payment.to_string(),
            event.payment_seq,
            event.order.to_string(),
            event.tenant.as_str(),
            event.merchant.to_string(),
            event.refund.map(|id| id.to_string()),
            event.stray.map(|id| id.to_string()),
            event.at.0,
            batch,
            event.capture.map(|id| id.to_string()),
        );
    }
    Ok(())
}

fn directory(db: &impl Tables, changes: &[(u64, &Change, Timestamp)], batch: i64) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO directory (slot, version, kind, body, at, batch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (version, change, at) in changes {
        run!(
            insert,
            Slot::HOUSE.number(),
            int(*version),
            change_kind(change),
            json(change),
            at.0,
            batch
        );
    }
    Ok(())
}

fn movements(db: &impl Tables, movements: &[&Movement], batch: i64) -> Result<()> {
    if movements.is_empty() {
        return Ok(());
    }
    let mut insert = db.statement(
        "INSERT INTO movements (slot, id, wallet, direction, amount, currency, at, body, batch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for movement in movements {
        run!(
            insert,
            movement.id.slot().number(),
            movement.id.to_string(),
            movement.wallet.as_str(),
            movement.direction.name(),
            movement.amount.minor(),
            movement.amount.currency().alpha(),
            movement.at.0,
            json(movement),
            batch,
        );
    }
    Ok(())
}

fn change_kind(change: &Change) -> &'static str {
    match change {
        Change::Wallet(_) => "wallet",
        Change::Acquirer(_) => "acquirer",
        Change::Partner(_) => "partner",
        Change::Merchant(_) => "merchant",
        Change::Store(_) => "store",
        Change::Rate(_) => "rate",
        Change::Fees(_) => "fees",
        Change::Tenant(_) => "tenant",
        Change::ApiKey(_) => "api_key",
        Change::Cap(_) => "cap",
    }
}

fn accounts(db: &impl Tables, accounts: &[Account]) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO accounts (slot, number, owner, kind, currency, debits, credits, pending_debits,
            pending_credits)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (slot, number) DO UPDATE SET debits = excluded.debits, credits = excluded.credits,
            pending_debits = excluded.pending_debits, pending_credits = excluded.pending_credits",
    )?;
    for account in accounts {
        run!(
            insert,
            account.slot.number(),
            account.number,
            account.name.owner.to_string(),
            account.name.kind.name(),
            account.name.currency.alpha(),
            account.debits,
            account.credits,
            account.pending_debits,
            account.pending_credits,
        );
    }
    Ok(())
}

fn days(db: &impl Tables, days: &[DayTotal]) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO day_totals (slot, merchant, day, payer, total) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (slot, merchant, day, payer) DO UPDATE SET total = excluded.total",
    )?;
    for (name, total) in days {
        run!(
            insert,
            name.slot().number(),
            name.merchant.to_string(),
            name.day.to_string(),
            days::payer(name),
            *total,
        );
    }
    Ok(())
}

fn heads(db: &impl Tables, heads: &[(Slot, Head)]) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO heads (slot, postings, entries, events) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (slot) DO UPDATE SET postings = excluded.postings, entries = excluded.entries,
            events = excluded.events",
    )?;
    for (slot, head) in heads {
        run!(insert, slot.number(), int(head.postings), int(head.entries), int(head.events));
    }
    Ok(())
}
