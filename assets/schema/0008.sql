-- Dialling by rules: what holds for a campaign, numbers nobody may dial, regions with their own time, sales groups, and what lists are.

CREATE TABLE dial_rules (
	campaign_id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sales_groups (
	id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE regions (
	id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Scope: empty for everybody, `campaign:ID`, or `client:NAME` for all campaigns of a client.
CREATE TABLE do_not_call (
	scope TEXT NOT NULL,
	number TEXT NOT NULL,
	added_ms INTEGER NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (scope, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE lists ADD COLUMN started_ms INTEGER;
ALTER TABLE lists ADD COLUMN stopped_ms INTEGER;
ALTER TABLE lists ADD COLUMN archived_ms INTEGER;
ALTER TABLE lists ADD COLUMN order_rule TEXT CHECK (order_rule IN ('newest', 'random'));
ALTER TABLE lists ADD COLUMN mix INTEGER CHECK (mix BETWEEN 1 AND 99);

-- 再架電分配割合, in percent of an ordinary share.
ALTER TABLE operators ADD COLUMN recall_share INTEGER CHECK (recall_share BETWEEN 0 AND 100);

-- Those put off until a time of their own are kept apart, so that the next in the list's order is found at once.
DROP INDEX entries_waiting;
CREATE INDEX entries_waiting ON entries (list_id, position) WHERE state = 'waiting' AND blocked = 0 AND next_at_ms IS NULL;
CREATE INDEX entries_later ON entries (list_id, next_at_ms) WHERE state = 'waiting' AND blocked = 0 AND next_at_ms IS NOT NULL;

-- For the share of abandoned people among those who answered.
CREATE INDEX calls_answered ON calls (started_ms) WHERE kind = 'predictive' AND answered_ms IS NOT NULL;
