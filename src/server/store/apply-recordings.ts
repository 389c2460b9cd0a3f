import type {Database} from 'better-sqlite3';
import type {StoreOp} from './port.js';
import * as tables from './tables.js';

type Handler<K extends StoreOp['op']> = (op: Extract<StoreOp, {op: K}>) => unknown;
type RecordingOp = 'deleteVoicemail' | 'putMail' | 'putRemoval' | 'finishRemoval';

/** Ops about recordings, messages, and the mails that carry them. */
export function prepareRecordings(db: Database): {[K in RecordingOp]: Handler<K>} {
	const deleteVoicemail = db.prepare('DELETE FROM voicemails WHERE id = ?');
	const putMail = db.prepare(tables.mails.put);
	const putRemoval = db.prepare('INSERT INTO removals VALUES (?, ?) ON CONFLICT DO NOTHING');
	const deleteRemoval = db.prepare('DELETE FROM removals WHERE path = ?');
	const clearCalls = db.prepare('UPDATE calls SET recording_path = NULL, recording_ms = NULL WHERE recording_path = ?');
	const clearVoicemails = db.prepare('DELETE FROM voicemails WHERE path = ?');
	return {
		deleteVoicemail: ({voicemailId}) => deleteVoicemail.run(voicemailId),
		putMail: ({row}) => putMail.run(...tables.mails.encode(row)),
		putRemoval: ({path, atMs}) => putRemoval.run(path, atMs),
		finishRemoval({path}) {
			clearCalls.run(path);
			clearVoicemails.run(path);
			deleteRemoval.run(path);
		},
	};
}
