-- What is done when an answering machine takes a call of the dialler; absent: it is not listened for one.
ALTER TABLE auto_dials ADD COLUMN machines TEXT;
