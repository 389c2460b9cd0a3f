-- Calls of a local day (days since 1970-01-01), by `trunk NAME`, `operator ID` and `phone EXTENSION`: limits of a day outlive a restart.
CREATE TABLE dial_counts (
	day INTEGER NOT NULL,
	scope TEXT NOT NULL,
	calls INTEGER NOT NULL,
	PRIMARY KEY (day, scope)
) STRICT, WITHOUT ROWID;

-- What one operator may call by hand in a day, before the common limit.
ALTER TABLE operators ADD COLUMN calls_per_day_max INTEGER CHECK (calls_per_day_max BETWEEN 0 AND 100000);
