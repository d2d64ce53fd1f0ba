-- Refunds that a merchant gave a number of its own are found by it. Few have one.
CREATE INDEX refunds_by_number ON refunds (merchant, json_extract(body, '$.number'))
    WHERE json_extract(body, '$.number') IS NOT NULL;
