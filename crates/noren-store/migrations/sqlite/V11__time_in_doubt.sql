-- How long it was not known what became of a payment or refund, as `body` has it: milliseconds of
-- all doubts that are over, and since when the present one runs. `parts_unknown_ms` is the same of
-- the captures and the release of a hold. Rows of before were not measured and say 0.
ALTER TABLE payments ADD COLUMN unknown_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN unknown_since INTEGER;
ALTER TABLE payments ADD COLUMN parts_unknown_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN unknown_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN unknown_since INTEGER;
-- Few payments are in doubt now, and few ever were.
CREATE INDEX payments_in_doubt ON payments (slot, id) WHERE unknown_since IS NOT NULL;
CREATE INDEX payments_were_in_doubt ON payments (slot, id) WHERE unknown_ms > 0;
