-- The rows were copied to `used_names` in the order of their times, by the program, in the same transaction.
DROP TABLE used_names_v1;
