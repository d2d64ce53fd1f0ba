-- Money between a wallet and the operator that belongs to no payment: prefunding. Append only, in the
-- house (slot 256); `body` is the whole record as JSON, and the columns repeat what lists and auditors
-- look for. Each has one entry, whose cause it is.
CREATE TABLE movements (
    slot      INTEGER NOT NULL CHECK (slot = 256),
    id        TEXT    NOT NULL,
    wallet    TEXT    NOT NULL,
    direction TEXT    NOT NULL,
    amount    INTEGER NOT NULL CHECK (amount > 0),
    currency  TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    body      TEXT    NOT NULL,
    batch     INTEGER NOT NULL,
    PRIMARY KEY (slot, id)
) STRICT;
-- What a batch holds.
CREATE INDEX movements_by_batch ON movements (slot, batch);
