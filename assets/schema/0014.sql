-- How far a supervisor may go in the calls of others; null is all the way.
ALTER TABLE operators ADD COLUMN supervise_up_to TEXT;
