-- What was seen, heard, taken out and changed, by whom: rows that are chained, so that none can be changed or left out unnoticed.
CREATE TABLE audit (
	seq INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	actor TEXT NOT NULL,
	kind TEXT NOT NULL,
	-- What it was about and how: JSON, without the data itself.
	about TEXT NOT NULL,
	-- SHA-256 of the hash before and of this row.
	hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at_ms);
