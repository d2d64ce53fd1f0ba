-- What running payments may still add to an account, and running refunds take from it: pending beside
-- posted, part of no balance. Always what the open payments make.
ALTER TABLE accounts ADD COLUMN pending_debits INTEGER NOT NULL DEFAULT 0 CHECK (pending_debits >= 0);
ALTER TABLE accounts ADD COLUMN pending_credits INTEGER NOT NULL DEFAULT 0 CHECK (pending_credits >= 0);
