-- Rings to the end although nobody would be free for an answer.
ALTER TABLE auto_dials ADD COLUMN keeps_ringing INTEGER CHECK (keeps_ringing IN (0, 1));
-- Entries that a rule has stopped, to wait again when it is lifted.
CREATE INDEX entries_stopped ON entries (list_id) WHERE state = 'stopped';
