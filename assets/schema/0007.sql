-- What administrators set up by commands: the period of a campaign, more about operators, the support page, and every change, to be undone.

ALTER TABLE operators ADD COLUMN team TEXT;
ALTER TABLE operators ADD COLUMN workstation TEXT;
ALTER TABLE operators ADD COLUMN note TEXT;
ALTER TABLE campaigns ADD COLUMN from_day TEXT;
ALTER TABLE campaigns ADD COLUMN until_day TEXT;

CREATE TABLE support_page (
	only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
	doc TEXT NOT NULL
) STRICT;

-- One row for each setting that was added, changed or removed; those made together have one batch. Rows are only ever added.
CREATE TABLE setting_changes (
	id INTEGER PRIMARY KEY,
	batch TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	actor TEXT NOT NULL,
	noun TEXT NOT NULL,
	key TEXT NOT NULL,
	verb TEXT NOT NULL CHECK (verb IN ('add', 'set', 'remove')),
	-- Fields that are different, as typed, by name: JSON.
	before TEXT NOT NULL,
	after TEXT NOT NULL,
	-- Hash of the password before, so that an undone change brings it back.
	secret_before TEXT,
	-- The batch that this one takes back.
	undoes TEXT
) STRICT;
CREATE INDEX setting_changes_at ON setting_changes (at_ms);
CREATE INDEX setting_changes_batch ON setting_changes (batch);
CREATE INDEX setting_changes_undoes ON setting_changes (undoes) WHERE undoes IS NOT NULL;
