-- Kaden's database, first version. Times are epoch milliseconds (..._ms). Ids are opaque text chosen by the service.
-- Nested data that is only ever read and written whole (a card, a draft, the values of a customer) is kept as JSON.

CREATE TABLE operators (
	id TEXT PRIMARY KEY,
	login_id TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	kana TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'manager', 'admin')),
	work_mode TEXT NOT NULL CHECK (work_mode IN ('online', 'ringing')),
	recall_qualified INTEGER NOT NULL CHECK (recall_qualified IN (0, 1)),
	enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
	-- Empty: no password is right until one is set.
	password_hash TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE groups (
	id TEXT PRIMARY KEY,
	number TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL
) STRICT;

CREATE TABLE operator_groups (
	operator_id TEXT NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
	group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
	PRIMARY KEY (operator_id, group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE extensions (
	extension TEXT PRIMARY KEY,
	-- MD5(user:realm:password), what digest authentication needs (RFC 2617 3.2.2.2).
	ha1 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE campaigns (
	id TEXT PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	status TEXT NOT NULL CHECK (status IN ('preparing', 'running', 'ended')),
	group_ids TEXT NOT NULL,
	card TEXT NOT NULL,
	masters TEXT NOT NULL,
	recording TEXT NOT NULL CHECK (recording IN ('all', 'off'))
) STRICT;

CREATE TABLE customers (
	id TEXT PRIMARY KEY,
	campaign_id TEXT NOT NULL REFERENCES campaigns (id),
	field_values TEXT NOT NULL,
	stop_calling INTEGER NOT NULL CHECK (stop_calling IN (0, 1)),
	owner_id TEXT,
	version INTEGER NOT NULL,
	-- Value of the card's field with the role customerCode, for finding duplicates.
	code TEXT
) STRICT;
CREATE INDEX customers_code ON customers (campaign_id, code) WHERE code IS NOT NULL;

-- One row for each different normalised number of a customer: whose number is this?
CREATE TABLE customer_numbers (
	number TEXT NOT NULL,
	customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
	PRIMARY KEY (number, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_numbers_customer ON customer_numbers (customer_id);

CREATE TABLE lists (
	id TEXT PRIMARY KEY,
	campaign_id TEXT NOT NULL REFERENCES campaigns (id),
	name TEXT NOT NULL,
	group_id TEXT,
	started INTEGER NOT NULL CHECK (started IN (0, 1)),
	priority INTEGER NOT NULL
) STRICT;

CREATE TABLE entries (
	id TEXT PRIMARY KEY,
	list_id TEXT NOT NULL REFERENCES lists (id),
	customer_id TEXT NOT NULL REFERENCES customers (id),
	number TEXT NOT NULL,
	state TEXT NOT NULL,
	position INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	last_outcome TEXT,
	next_at_ms INTEGER,
	-- Copy of the customer's stop_calling, taken at the insert and kept by the trigger below, so that the dialler's
	-- indexes hold nobody who wants no calls.
	blocked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX entries_customer ON entries (customer_id, list_id);
-- The dialler asks these two some times a second: they hold only what may still be dialled.
CREATE INDEX entries_waiting ON entries (list_id, position) WHERE state = 'waiting' AND blocked = 0;
CREATE INDEX entries_recall ON entries (list_id, next_at_ms) WHERE state = 'autoRecall' AND blocked = 0;
CREATE INDEX entries_dangling ON entries (state) WHERE state IN ('dialling', 'inCall');

CREATE TRIGGER customers_stop AFTER UPDATE OF stop_calling ON customers WHEN new.stop_calling <> old.stop_calling BEGIN
	UPDATE entries SET blocked = new.stop_calling WHERE customer_id = new.id;
END;

-- How many entries of a list are in each state: counting a million of them for every board would be too slow.
-- An entry that only waits, of a customer who wants no calls, counts as stopped.
CREATE TABLE list_counts (
	list_id TEXT NOT NULL,
	state TEXT NOT NULL,
	entries INTEGER NOT NULL,
	PRIMARY KEY (list_id, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER entries_counted AFTER INSERT ON entries BEGIN
	INSERT INTO list_counts VALUES (
		new.list_id, iif(new.blocked AND new.state IN ('waiting', 'autoRecall'), 'stopped', new.state), 1
	) ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER entries_recounted AFTER UPDATE OF state, list_id, blocked ON entries
WHEN new.state <> old.state OR new.list_id <> old.list_id OR new.blocked <> old.blocked BEGIN
	UPDATE list_counts SET entries = entries - 1
	WHERE list_id = old.list_id
		AND state = iif(old.blocked AND old.state IN ('waiting', 'autoRecall'), 'stopped', old.state);
	INSERT INTO list_counts VALUES (
		new.list_id, iif(new.blocked AND new.state IN ('waiting', 'autoRecall'), 'stopped', new.state), 1
	) ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER entries_discounted AFTER DELETE ON entries BEGIN
	UPDATE list_counts SET entries = entries - 1
	WHERE list_id = old.list_id
		AND state = iif(old.blocked AND old.state IN ('waiting', 'autoRecall'), 'stopped', old.state);
END;

CREATE TABLE auto_dials (
	campaign_id TEXT NOT NULL REFERENCES campaigns (id),
	group_id TEXT NOT NULL REFERENCES groups (id),
	mode TEXT NOT NULL CHECK (mode IN ('idleOnly', 'predicted', 'progressive')),
	started INTEGER NOT NULL CHECK (started IN (0, 1)),
	trunk TEXT NOT NULL,
	caller_number TEXT NOT NULL,
	calls_max INTEGER NOT NULL,
	ring_ms INTEGER NOT NULL CHECK (ring_ms BETWEEN 1000 AND 300000),
	ratio_table TEXT NOT NULL,
	ratio_above REAL NOT NULL,
	retries TEXT NOT NULL,
	PRIMARY KEY (campaign_id, group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE calls (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
	campaign_id TEXT,
	group_id TEXT,
	list_id TEXT,
	entry_id TEXT,
	customer_id TEXT,
	agent_id TEXT,
	from_number TEXT NOT NULL,
	to_number TEXT NOT NULL,
	started_ms INTEGER NOT NULL,
	ringing_ms INTEGER,
	answered_ms INTEGER,
	joined_ms INTEGER,
	ended_ms INTEGER,
	ended_by TEXT,
	outcome TEXT,
	sip_status INTEGER,
	recording_path TEXT,
	recording_ms INTEGER
) STRICT;
CREATE INDEX calls_started ON calls (started_ms);
CREATE INDEX calls_customer ON calls (customer_id, started_ms) WHERE customer_id IS NOT NULL;
CREATE INDEX calls_open ON calls (started_ms) WHERE ended_ms IS NULL;

CREATE TABLE records (
	id TEXT PRIMARY KEY,
	customer_id TEXT NOT NULL REFERENCES customers (id),
	campaign_id TEXT NOT NULL,
	call_id TEXT,
	operator_id TEXT NOT NULL,
	contact TEXT NOT NULL CHECK (contact IN ('out', 'in', 'none')),
	reached_id TEXT,
	reaction_id TEXT,
	next_action_id TEXT,
	next_operator_id TEXT,
	next_at_ms INTEGER,
	text TEXT NOT NULL,
	saved_ms INTEGER NOT NULL,
	edited_ms INTEGER NOT NULL,
	writing_ms INTEGER
) STRICT;
CREATE INDEX records_customer ON records (customer_id, saved_ms);
CREATE INDEX records_next ON records (next_operator_id, next_at_ms) WHERE next_operator_id IS NOT NULL AND next_at_ms IS NOT NULL;

CREATE TABLE drafts (
	operator_id TEXT PRIMARY KEY REFERENCES operators (id) ON DELETE CASCADE,
	draft TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
	-- SHA-256 of the token: who reads this table cannot log in with it.
	token_hash TEXT PRIMARY KEY,
	operator_id TEXT NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
	extension TEXT NOT NULL,
	working_group_ids TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	last_seen_ms INTEGER NOT NULL,
	customer_id TEXT,
	call_id TEXT
) STRICT;

-- The event log: who did what to what, why, when. Rows are only ever added.
CREATE TABLE events (
	id INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	kind TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT,
	call_id TEXT,
	agent_id TEXT,
	campaign_id TEXT,
	group_id TEXT,
	list_id TEXT,
	customer_id TEXT,
	data TEXT
) STRICT;
CREATE INDEX events_at ON events (at_ms);
CREATE INDEX events_kind ON events (kind, at_ms);
CREATE INDEX events_call ON events (call_id, at_ms) WHERE call_id IS NOT NULL;

-- How far the writer has come: lets a restarted writer tell a batch that was committed but never acknowledged from one that
-- was lost (docs/adr/0005-sqlite-one-writer.md).
CREATE TABLE writer_progress (
	only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
	run TEXT NOT NULL,
	seq INTEGER NOT NULL,
	failed TEXT NOT NULL
) STRICT;
