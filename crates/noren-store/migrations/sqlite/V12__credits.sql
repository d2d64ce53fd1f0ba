-- Credits of push rails that belong to no payment. They live in the house (slot 256). `body` is the
-- whole credit as JSON with its return; the columns repeat what lists and auditors look for.
CREATE TABLE credits (
    slot           INTEGER NOT NULL CHECK (slot = 256),
    id             TEXT    NOT NULL,
    wallet         TEXT    NOT NULL,
    transaction_id TEXT    NOT NULL,
    amount         INTEGER NOT NULL,
    currency       TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    open           INTEGER NOT NULL CHECK (open IN (0, 1)),
    refund         TEXT,
    payment        TEXT,
    received_at    INTEGER NOT NULL,
    body           TEXT    NOT NULL,
    PRIMARY KEY (slot, id)
) STRICT;
-- What a start loads.
CREATE INDEX credits_open ON credits (slot, id) WHERE open = 1;
-- Whose return a rail speaks of.
CREATE INDEX credits_by_refund ON credits (slot, refund) WHERE refund IS NOT NULL;

-- A name can be used by a credit as well: `used_by` is an id as it is shown (pay_..., crd_...).
ALTER TABLE used_names RENAME COLUMN payment TO used_by;
