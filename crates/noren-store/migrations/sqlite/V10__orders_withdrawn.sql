-- An order can be withdrawn by its number, also before any payment of it was heard of. Then there is
-- no amount and no payment, and the row is there to refuse the one that comes too late.
ALTER TABLE orders RENAME TO orders_v9;

-- One order per merchant's own number, for ever. A later payment of it, and its withdrawal, change
-- its row.
CREATE TABLE orders (
    seq          INTEGER NOT NULL PRIMARY KEY,
    name         INTEGER NOT NULL,
    slot         INTEGER NOT NULL,
    merchant     TEXT    NOT NULL,
    number       TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    tenant       TEXT    NOT NULL,
    amount       INTEGER,
    currency     TEXT,
    last_payment TEXT,
    withdrawn_at INTEGER,
    at           INTEGER NOT NULL,
    CHECK ((amount IS NULL) = (last_payment IS NULL) AND (currency IS NULL) = (last_payment IS NULL)),
    CHECK (last_payment IS NOT NULL OR withdrawn_at IS NOT NULL)
) STRICT;

INSERT INTO orders (seq, name, slot, merchant, number, id, tenant, amount, currency, last_payment,
    withdrawn_at, at)
SELECT seq, name, slot, merchant, number, id, tenant, amount, currency, last_payment, NULL, at
FROM orders_v9 ORDER BY seq;
DROP TABLE orders_v9;
