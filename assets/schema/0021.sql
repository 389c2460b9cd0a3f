-- 個人情報: whom numbers are shown masked to, and how long what is kept. One row.
CREATE TABLE privacy (
	only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
	doc TEXT NOT NULL CHECK (json_valid(doc))
) STRICT;

-- Days after the last contact until personal data of the campaign's customers is erased.
ALTER TABLE campaigns ADD COLUMN erase_days INTEGER CHECK (erase_days >= 0);
