-- Chances of an answer by lead: what is learned of them, what a lead was tried at, and the settings that go by it.
ALTER TABLE auto_dials ADD COLUMN lead_scores INTEGER CHECK (lead_scores IN (0, 1));
-- Parts of the day at which it was tried in vain, as bits.
ALTER TABLE entries ADD COLUMN tried INTEGER;
CREATE TABLE lead_counts (
	campaign_id TEXT NOT NULL,
	lead TEXT NOT NULL,
	calls REAL NOT NULL,
	answers REAL NOT NULL,
	at_ms INTEGER NOT NULL,
	PRIMARY KEY (campaign_id, lead)
) STRICT, WITHOUT ROWID;
-- One more order of a list; SQLite changes no CHECK, so the column is made anew.
ALTER TABLE lists ADD COLUMN order_new TEXT CHECK (order_new IN ('newest', 'random', 'likely'));
UPDATE lists SET order_new = order_rule;
ALTER TABLE lists DROP COLUMN order_rule;
ALTER TABLE lists RENAME COLUMN order_new TO order_rule;
