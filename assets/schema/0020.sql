-- Calls that went out in a local day (days since 1970-01-01), by `trunk NAME` and `operator ID`: limits of a day outlive a restart.
CREATE TABLE dial_counts (
	day INTEGER NOT NULL,
	scope TEXT NOT NULL,
	calls INTEGER NOT NULL,
	PRIMARY KEY (day, scope)
) STRICT, WITHOUT ROWID;
