-- The first schema. Forward only: this file is never edited, a change is a new file.
--
-- Every primary key begins with the slot, the part of the switch that one merchant's payments
-- live in (256 is the house). Ids are written as they are shown (pay_..., ord_...). Money is a
-- whole number of minor units beside its currency, times are milliseconds since 1970 in UTC.
-- Rows say which batch wrote them where a batch only ever appends; `batches` chains those rows.

-- One row a commit. `hash` covers the previous hash, the number, the time and all rows that this
-- batch appended to directory, entries, postings and events; `rows` counts them.
CREATE TABLE batches (
    number   INTEGER NOT NULL PRIMARY KEY,
    now      INTEGER NOT NULL,
    previous BLOB    NOT NULL,
    hash     BLOB    NOT NULL,
    rows     INTEGER NOT NULL
) STRICT;

-- How far the sequences of each slot have come.
CREATE TABLE heads (
    slot     INTEGER NOT NULL PRIMARY KEY,
    postings INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    events   INTEGER NOT NULL
) STRICT;

-- Participants, rates and fees: every change that was ever made, in order.
CREATE TABLE directory (
    slot    INTEGER NOT NULL CHECK (slot = 256),
    version INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    body    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    batch   INTEGER NOT NULL,
    PRIMARY KEY (slot, version)
) STRICT;

-- `body` is the whole payment as JSON with its refunds and stray receipts; the columns repeat what
-- lists and auditors look for. A rowid table: the rows are too long for a clustered key.
CREATE TABLE payments (
    slot                INTEGER NOT NULL,
    id                  TEXT    NOT NULL,
    tenant              TEXT    NOT NULL,
    merchant            TEXT    NOT NULL,
    order_id            TEXT    NOT NULL,
    order_number        TEXT    NOT NULL,
    store               TEXT    NOT NULL,
    way                 TEXT    NOT NULL,
    wallet              TEXT,
    status              TEXT    NOT NULL,
    open                INTEGER NOT NULL CHECK (open IN (0, 1)),
    amount              INTEGER NOT NULL,
    currency            TEXT    NOT NULL,
    payer_amount        INTEGER,
    payer_currency      TEXT,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    business_date       TEXT,
    settlement_amount   INTEGER,
    settlement_currency TEXT,
    body                TEXT    NOT NULL,
    PRIMARY KEY (slot, id)
) STRICT;
CREATE INDEX payments_by_merchant ON payments (slot, merchant, id);
-- What a start loads.
CREATE INDEX payments_open ON payments (slot, id) WHERE open = 1;

-- Refunds of payments, and (with `stray`) the returns of stray receipts.
CREATE TABLE refunds (
    slot         INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    payment      TEXT    NOT NULL,
    stray        TEXT,
    tenant       TEXT    NOT NULL,
    merchant     TEXT    NOT NULL,
    order_id     TEXT    NOT NULL,
    amount       INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    requested_at INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    PRIMARY KEY (slot, id),
    FOREIGN KEY (slot, payment) REFERENCES payments (slot, id)
) STRICT;
CREATE INDEX refunds_by_merchant ON refunds (slot, merchant, id);
CREATE INDEX refunds_by_payment ON refunds (slot, payment);

-- Money that arrived for a payment that ended without it.
CREATE TABLE stray_receipts (
    slot        INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    payment     TEXT    NOT NULL,
    tenant      TEXT    NOT NULL,
    merchant    TEXT    NOT NULL,
    order_id    TEXT    NOT NULL,
    wallet      TEXT    NOT NULL,
    transaction_id TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    currency    TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (slot, id),
    FOREIGN KEY (slot, payment) REFERENCES payments (slot, id)
) STRICT;
CREATE INDEX stray_receipts_by_merchant ON stray_receipts (slot, merchant, id);
CREATE INDEX stray_receipts_by_payment ON stray_receipts (slot, payment);

-- One order per merchant's own number, for ever.
CREATE TABLE orders (
    slot         INTEGER NOT NULL,
    merchant     TEXT    NOT NULL,
    number       TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    tenant       TEXT    NOT NULL,
    amount       INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    last_payment TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (slot, merchant, number)
) STRICT, WITHOUT ROWID;

-- Promises of a rate.
CREATE TABLE quotes (
    slot              INTEGER NOT NULL,
    id                TEXT    NOT NULL,
    wallet            TEXT    NOT NULL,
    payer_amount      INTEGER NOT NULL,
    payer_currency    TEXT    NOT NULL,
    merchant_amount   INTEGER NOT NULL,
    merchant_currency TEXT    NOT NULL,
    expires_at        INTEGER NOT NULL,
    used_by           TEXT,
    body              TEXT    NOT NULL,
    PRIMARY KEY (slot, id)
) STRICT;

-- What a caller's idempotency key was used for. Written in the transaction of the effect.
CREATE TABLE idempotency_keys (
    slot    INTEGER NOT NULL,
    owner   TEXT    NOT NULL,
    route   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    hash    BLOB    NOT NULL,
    outcome TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (slot, owner, route, key)
) STRICT, WITHOUT ROWID;

-- Payment codes (as keyed hashes) and wallets' transaction ids: for one payment each, for ever.
CREATE TABLE used_names (
    slot    INTEGER NOT NULL,
    wallet  TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    payment TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (slot, wallet, what, text)
) STRICT, WITHOUT ROWID;

-- Accounts with their totals; each total is the sum of the postings of that side.
CREATE TABLE accounts (
    slot     INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    owner    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    currency TEXT    NOT NULL,
    debits   INTEGER NOT NULL,
    credits  INTEGER NOT NULL,
    PRIMARY KEY (slot, number)
) STRICT, WITHOUT ROWID;

-- Why money moved. Append only.
CREATE TABLE entries (
    slot     INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    payment  TEXT    NOT NULL,
    order_id TEXT    NOT NULL,
    tenant   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    batch    INTEGER NOT NULL,
    PRIMARY KEY (slot, number)
) STRICT, WITHOUT ROWID;

-- The lines of entries. Append only. No foreign key to entries: eight lookups a payment; the chain
-- and the audit check the same.
CREATE TABLE postings (
    slot     INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    entry    INTEGER NOT NULL,
    account  INTEGER NOT NULL,
    side     TEXT    NOT NULL CHECK (side IN ('debit', 'credit')),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    tenant   TEXT    NOT NULL,
    order_id TEXT    NOT NULL,
    PRIMARY KEY (slot, seq)
) STRICT, WITHOUT ROWID;

-- What callers may hear of. Append only.
CREATE TABLE events (
    slot        INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    payment     TEXT    NOT NULL,
    payment_seq INTEGER NOT NULL,
    order_id    TEXT    NOT NULL,
    tenant      TEXT    NOT NULL,
    merchant    TEXT    NOT NULL,
    refund      TEXT,
    stray       TEXT,
    at          INTEGER NOT NULL,
    batch       INTEGER NOT NULL,
    PRIMARY KEY (slot, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_merchant ON events (slot, merchant, seq);
