-- The mode that learns; until now the table refused it. SQLite changes no CHECK: the table is made anew.
CREATE TABLE auto_dials_new (
	campaign_id TEXT NOT NULL REFERENCES campaigns (id),
	group_id TEXT NOT NULL REFERENCES groups (id),
	mode TEXT NOT NULL CHECK (mode IN ('idleOnly', 'predicted', 'progressive', 'adaptive')),
	started INTEGER NOT NULL CHECK (started IN (0, 1)),
	trunk TEXT NOT NULL,
	caller_number TEXT NOT NULL,
	calls_max INTEGER NOT NULL,
	ring_ms INTEGER NOT NULL CHECK (ring_ms BETWEEN 1000 AND 300000),
	ratio_table TEXT NOT NULL,
	ratio_above REAL NOT NULL,
	retries TEXT NOT NULL,
	keeps_ringing INTEGER CHECK (keeps_ringing IN (0, 1)),
	machines TEXT,
	PRIMARY KEY (campaign_id, group_id)
) STRICT, WITHOUT ROWID;
INSERT INTO auto_dials_new SELECT campaign_id, group_id, mode, started, trunk, caller_number, calls_max, ring_ms, ratio_table,
	ratio_above, retries, keeps_ringing, machines FROM auto_dials;
DROP TABLE auto_dials;
ALTER TABLE auto_dials_new RENAME TO auto_dials;
