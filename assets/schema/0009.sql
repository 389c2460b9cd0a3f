-- オフィスレイアウト: where the desks of an office stand.
CREATE TABLE offices (
	id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
