-- Reports: what an operator was in at any moment, records by when they were saved, promises by when they come due.
CREATE INDEX events_agent_status ON events (agent_id, at_ms) WHERE kind = 'agent.status';
CREATE INDEX events_agent_working ON events (agent_id, at_ms) WHERE kind = 'session.working';
CREATE INDEX records_saved ON records (saved_ms);
CREATE INDEX records_due ON records (next_at_ms) WHERE next_operator_id IS NOT NULL AND next_at_ms IS NOT NULL;
