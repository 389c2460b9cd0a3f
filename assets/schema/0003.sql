-- Calls that were transferred or taken over: the row of the earlier part.
ALTER TABLE calls ADD COLUMN transfer_of TEXT;
CREATE INDEX calls_transfer_of ON calls (transfer_of) WHERE transfer_of IS NOT NULL;
