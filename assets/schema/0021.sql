-- 個人情報: whom numbers are shown masked to, and how long what is kept. One row.
CREATE TABLE privacy (
	only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
	doc TEXT NOT NULL CHECK (json_valid(doc))
) STRICT;
