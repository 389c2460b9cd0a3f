-- Campaigns that record when the operator says so. A column's CHECK goes only with the column.

ALTER TABLE campaigns ADD COLUMN recording_when TEXT NOT NULL DEFAULT 'all' CHECK (recording_when IN ('all', 'onDemand', 'off'));
UPDATE campaigns SET recording_when = recording;
ALTER TABLE campaigns DROP COLUMN recording;
ALTER TABLE campaigns RENAME COLUMN recording_when TO recording;
