-- What was pending for the open payments was added up by the program, in the same transaction.
UPDATE accounts SET pending_debits = 0 WHERE pending_debits < 0;
