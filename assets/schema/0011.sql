-- When the number was dialled, where that was later than the call was asked for: the operator's own phone was rung first.
ALTER TABLE calls ADD COLUMN dialled_ms INTEGER;
