-- What brought many rows in at once: imports and re-listings. `open` is one that is not over; what a crash leaves open is taken back.
CREATE TABLE imports (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('import', 'relist')),
	at_ms INTEGER NOT NULL,
	actor TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	list_id TEXT,
	-- Name of the file, or of the list.
	name TEXT NOT NULL,
	rows INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'done', 'undoing', 'undone'))
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_at ON imports (at_ms);
CREATE INDEX imports_unfinished ON imports (state) WHERE state IN ('open', 'undoing');
CREATE INDEX events_customer ON events (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX entries_list ON entries (list_id);
