-- Calls that come in: numbers, voice menus, business hours, how groups take calls, promised call-backs and messages left.

ALTER TABLE groups ADD COLUMN settings TEXT;
ALTER TABLE operator_groups ADD COLUMN skill INTEGER NOT NULL DEFAULT 0 CHECK (skill BETWEEN 0 AND 9);
ALTER TABLE operator_groups ADD COLUMN priority INTEGER NOT NULL DEFAULT 5;

CREATE TABLE numbers (
	number TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE menus (
	id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE business_hours (
	id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE call_backs (
	id TEXT PRIMARY KEY,
	group_id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	number TEXT NOT NULL,
	customer_id TEXT,
	queued_ms INTEGER NOT NULL,
	left_ms INTEGER NOT NULL,
	state TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	next_ms INTEGER,
	done_call_id TEXT
) STRICT;
CREATE INDEX call_backs_open ON call_backs (state) WHERE state IN ('waiting', 'offered', 'dialling');

CREATE TABLE voicemails (
	id TEXT PRIMARY KEY,
	call_id TEXT NOT NULL,
	mailbox TEXT NOT NULL,
	from_number TEXT NOT NULL,
	customer_id TEXT,
	at_ms INTEGER NOT NULL,
	path TEXT NOT NULL,
	duration_ms INTEGER,
	heard_by TEXT,
	heard_ms INTEGER
) STRICT;
CREATE INDEX voicemails_mailbox ON voicemails (mailbox, at_ms);
