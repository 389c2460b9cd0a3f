-- The picture of an operator on a terminal: one sign. Without it the name's first.

ALTER TABLE operators ADD COLUMN icon TEXT;
