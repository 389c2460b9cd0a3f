-- 用途設定 of operators and of desks, and the links to other systems: what they are told, and who may ask.
ALTER TABLE operators ADD COLUMN use_setting TEXT CHECK (use_setting IN ('phone', 'both', 'toolbar'));
CREATE TABLE desk_uses (
	extension TEXT PRIMARY KEY REFERENCES extensions (extension) ON DELETE CASCADE,
	use_setting TEXT NOT NULL CHECK (use_setting IN ('phone', 'both', 'toolbar'))
) STRICT, WITHOUT ROWID;
CREATE TABLE hooks (
	id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE links (
	id TEXT PRIMARY KEY,
	doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
