-- Recordings and messages as things people use: found by their file, heard by whom the campaign allows, aged out, sent by mail.

CREATE INDEX calls_recording ON calls (recording_path) WHERE recording_path IS NOT NULL;
CREATE INDEX calls_recorded ON calls (started_ms) WHERE recording_ms IS NOT NULL;

-- Who may hear the calls of the campaign, and for how long they are kept; NULL = as the configuration says.
ALTER TABLE campaigns ADD COLUMN playback TEXT CHECK (playback IN ('customers', 'own', 'supervisors'));
ALTER TABLE campaigns ADD COLUMN keep_days INTEGER CHECK (keep_days >= 0);

CREATE INDEX voicemails_unheard ON voicemails (mailbox) WHERE heard_ms IS NULL;
CREATE INDEX voicemails_at ON voicemails (at_ms);
CREATE INDEX voicemails_call ON voicemails (call_id);

-- Messages on their way to a mail server. Rows stay, so that it can be seen what became of each.
CREATE TABLE mails (
	id TEXT PRIMARY KEY,
	voicemail_id TEXT NOT NULL,
	recipients TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
	attempts INTEGER NOT NULL,
	created_ms INTEGER NOT NULL,
	next_ms INTEGER NOT NULL,
	reason TEXT
) STRICT;
CREATE INDEX mails_due ON mails (next_ms) WHERE state = 'waiting';
CREATE INDEX mails_voicemail ON mails (voicemail_id);

-- Files that are being removed: first the row here, then the file, then everything that names it. What a crash leaves here is gone on with.
CREATE TABLE removals (
	path TEXT PRIMARY KEY,
	at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
