-- What the payments of a day count for, in minor units of the merchant's currency: what a merchant
-- has taken (`payer` is empty), and what one payer has paid there (`payer` is a keyed hash).
-- The day is Tokyo's, and that on which a wallet was asked.
CREATE TABLE day_totals (
    slot     INTEGER NOT NULL,
    merchant TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    payer    TEXT    NOT NULL,
    total    INTEGER NOT NULL CHECK (total >= 0),
    PRIMARY KEY (slot, merchant, day, payer)
) STRICT, WITHOUT ROWID;
