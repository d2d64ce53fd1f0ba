-- What the payments of an earlier program count for was added up by the program, in the same
-- transaction.
DELETE FROM day_totals WHERE total = 0;
