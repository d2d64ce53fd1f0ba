-- Not every entry is of a payment: a credit that belongs to nobody yet is booked as well, in the
-- house (slot 256). `cause` is the id of what moved the money, as it is shown (pay_..., crd_...).
-- Entries of the house, and their postings, have an empty `order_id` and `tenant`.
ALTER TABLE entries RENAME COLUMN payment TO cause;
