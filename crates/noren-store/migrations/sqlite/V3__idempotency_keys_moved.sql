-- The rows were copied to `idempotency_keys` in the order of their times, by the program, in the same transaction.
DROP TABLE idempotency_keys_v1;
