-- Customers found by any part of their texts, and a million of them brought in quickly.

-- A key of its own that no VACUUM changes: the text index points at it.
CREATE TABLE customers_new (
	row INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	campaign_id TEXT NOT NULL REFERENCES campaigns (id),
	field_values TEXT NOT NULL,
	stop_calling INTEGER NOT NULL CHECK (stop_calling IN (0, 1)),
	owner_id TEXT,
	version INTEGER NOT NULL,
	code TEXT
) STRICT;
INSERT INTO customers_new (id, campaign_id, field_values, stop_calling, owner_id, version, code)
	SELECT id, campaign_id, field_values, stop_calling, owner_id, version, code FROM customers ORDER BY rowid;
DROP TABLE customers;
ALTER TABLE customers_new RENAME TO customers;
CREATE INDEX customers_code ON customers (campaign_id, code) WHERE code IS NOT NULL;
CREATE INDEX customers_owner ON customers (owner_id) WHERE owner_id IS NOT NULL;
CREATE TRIGGER customers_stop AFTER UPDATE OF stop_calling ON customers WHEN new.stop_calling <> old.stop_calling BEGIN
	UPDATE entries SET blocked = new.stop_calling WHERE customer_id = new.id;
END;

-- By number alone: what is to go with a customer is known from the customer's values. An index by customer would be written all
-- over when numbers come in their order, and numbers in the order of customers write this one all over.
CREATE TABLE customer_numbers_new (
	number TEXT NOT NULL,
	customer_id TEXT NOT NULL,
	PRIMARY KEY (number, customer_id)
) STRICT, WITHOUT ROWID;
INSERT INTO customer_numbers_new SELECT number, customer_id FROM customer_numbers ORDER BY number, customer_id;
DROP TABLE customer_numbers;
ALTER TABLE customer_numbers_new RENAME TO customer_numbers;

-- Texts of the card and of the records, each written as it is compared (src/server/store/customer-text.ts); rowid: customers.row.
-- Nothing but the index is kept. Merging its parts is left to small steps: nobody's save waits for a large one.
CREATE VIRTUAL TABLE customer_texts USING fts5 (
	card, records, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO customer_texts (customer_texts, rank) VALUES ('automerge', 8);
INSERT INTO customer_texts (customer_texts, rank) VALUES ('crisismerge', 256);
-- Its terms, for words shorter than three letters.
CREATE VIRTUAL TABLE customer_terms USING fts5vocab (customer_texts, instance);
-- Customers up to this row are in the index; the writer takes the others in when it has nothing else to do, and a search reads them.
CREATE TABLE customer_texts_done (
	only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
	row INTEGER NOT NULL
) STRICT;
INSERT INTO customer_texts_done VALUES (1, 0);
CREATE TRIGGER customers_text AFTER DELETE ON customers WHEN old.row <= (SELECT row FROM customer_texts_done) BEGIN
	DELETE FROM customer_texts WHERE rowid = old.row;
END;
