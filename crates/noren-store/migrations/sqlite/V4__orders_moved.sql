-- The rows were copied to `orders` in the order of their times, by the program, in the same transaction.
DROP TABLE orders_v1;
