-- Names that other people choose are random. As primary keys they scattered every commit over trees
-- that never stop growing. From here on their rows are appended in time order (`seq`), and a row is
-- found by `name`: the first 64 bits of the SHA-256 of the whole name, less 2^63 so that they sort
-- as they do unsigned. Rows above the last sealed partition are found through an index in memory;
-- the others through `name_index`, whose partitions are sorted by name and never change.
--
-- That a name is there once is checked by the writer before it appends, and by the audit.

ALTER TABLE idempotency_keys RENAME TO idempotency_keys_v1;
ALTER TABLE orders RENAME TO orders_v1;
ALTER TABLE used_names RENAME TO used_names_v1;

-- What a merchant's idempotency key was used for. Kept for 30 days at least.
CREATE TABLE idempotency_keys (
    seq     INTEGER NOT NULL PRIMARY KEY,
    name    INTEGER NOT NULL,
    slot    INTEGER NOT NULL,
    owner   TEXT    NOT NULL,
    route   TEXT    NOT NULL CHECK (route <> 'reserve'),
    key     TEXT    NOT NULL,
    hash    BLOB    NOT NULL,
    outcome TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

-- The same for the ids under which wallets reserve. Kept for ever.
CREATE TABLE reserve_keys (
    seq     INTEGER NOT NULL PRIMARY KEY,
    name    INTEGER NOT NULL,
    slot    INTEGER NOT NULL,
    owner   TEXT    NOT NULL,
    route   TEXT    NOT NULL CHECK (route = 'reserve'),
    key     TEXT    NOT NULL,
    hash    BLOB    NOT NULL,
    outcome TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

-- One order per merchant's own number, for ever. A later payment of it changes its row.
CREATE TABLE orders (
    seq          INTEGER NOT NULL PRIMARY KEY,
    name         INTEGER NOT NULL,
    slot         INTEGER NOT NULL,
    merchant     TEXT    NOT NULL,
    number       TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    tenant       TEXT    NOT NULL,
    amount       INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    last_payment TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

-- Payment codes (as keyed hashes) and wallets' transaction ids: for one payment each, for ever.
CREATE TABLE used_names (
    seq     INTEGER NOT NULL PRIMARY KEY,
    name    INTEGER NOT NULL,
    slot    INTEGER NOT NULL,
    wallet  TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    payment TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

-- Rows `first` to `last` of a table, `names` of them, written between `oldest` and `newest`.
-- building: not to be used yet; sealed: in use; replaced: a merged partition took its place;
-- expired: its rows are being removed. Partitions are built, replaced and removed in slices.
CREATE TABLE name_partitions (
    number INTEGER NOT NULL PRIMARY KEY,
    source TEXT    NOT NULL CHECK (source IN ('idempotency_keys', 'reserve_keys', 'orders', 'used_names')),
    level  INTEGER NOT NULL,
    first  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    names  INTEGER NOT NULL,
    oldest INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    state  TEXT    NOT NULL CHECK (state IN ('building', 'sealed', 'replaced', 'expired'))
) STRICT;

-- `row` is the `seq` of the partition's table.
CREATE TABLE name_index (
    partition INTEGER NOT NULL,
    name      INTEGER NOT NULL,
    row       INTEGER NOT NULL,
    PRIMARY KEY (partition, name, row)
) STRICT, WITHOUT ROWID;

-- A Bloom filter for each partition, cut by name into parts of equal width.
CREATE TABLE name_filters (
    partition INTEGER NOT NULL,
    part      INTEGER NOT NULL,
    bits      BLOB    NOT NULL,
    PRIMARY KEY (partition, part)
) STRICT;

-- `generation` changes when the sealed partitions do; a partition's number is never given twice.
CREATE TABLE name_state (
    one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    generation     INTEGER NOT NULL,
    next_partition INTEGER NOT NULL
) STRICT;
INSERT INTO name_state (one, generation, next_partition) VALUES (1, 0, 1);
