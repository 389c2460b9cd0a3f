import type {Database} from 'better-sqlite3';
import type {CallRow} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import type {RecordingQuery} from './port.js';
import type {Prepare} from './reader.js';
import * as tables from './tables.js';

/** Rows looked through for one question at most: a number is compared row by row. */
const scannedMax = 200_000;

/** Recordings, messages, and the mails that carry them. */
export function recordingReader(db: Database, {one, many, column}: Prepare) {
	const finished = db.prepare(
		`SELECT ${tables.calls.select} FROM calls WHERE started_ms >= ? AND started_ms < ? AND recording_ms IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM removals WHERE path = recording_path) ORDER BY started_ms DESC, id DESC LIMIT ${scannedMax}`,
	);
	const ofFile = many(tables.calls, 'WHERE recording_path = ? ORDER BY started_ms, id');
	const old = `SELECT recording_path FROM calls WHERE recording_path IS NOT NULL AND ended_ms IS NOT NULL AND started_ms < ?
		AND NOT EXISTS (SELECT 1 FROM removals WHERE path = recording_path)`;
	const oldestFirst = 'GROUP BY recording_path ORDER BY min(started_ms) LIMIT ?';
	const oldOfCampaign = column<string>(`${old} AND campaign_id = ? ${oldestFirst}`);
	const oldOfOthers = column<string>(`${old} AND coalesce(campaign_id, '') NOT IN (SELECT value FROM json_each(?)) ${oldestFirst}`);
	const removals = column<string>('SELECT path FROM removals ORDER BY at_ms, path LIMIT ?');
	const removed = column<string>('SELECT path FROM removals WHERE path = ?');
	const voicemail = one(tables.voicemails, 'WHERE id = ?');
	const voicemailOfCall = one(tables.voicemails, 'WHERE call_id = ? LIMIT 1');
	const voicemailsBefore = many(tables.voicemails, 'WHERE at_ms < ? ORDER BY at_ms LIMIT ?');
	const unheard = db.prepare<[], {mailbox: string; count: number}>(
		'SELECT mailbox, count(*) AS count FROM voicemails WHERE heard_ms IS NULL GROUP BY mailbox',
	);
	const mailsOf = many(tables.mails, 'WHERE voicemail_id = ? ORDER BY created_ms DESC');
	const waitingMails = many(tables.mails, "WHERE state = 'waiting' ORDER BY next_ms LIMIT ?");
	return {
		recordings(query: RecordingQuery): CallRow[] {
			const found: CallRow[] = [];
			for (const cells of finished.iterate(query.sinceMs, query.untilMs)) {
				const row = tables.calls.decode(cells);
				if (!fits(row, query) || query.accept?.(row) === false) continue;
				found.push(row);
				if (found.length >= query.limit) break;
			}
			return found;
		},
		callsOfRecording: (path: string) => ofFile(path),
		recordingsBefore: ({
			untilMs,
			campaignId,
			except = [],
			limit,
		}: {
			untilMs: number;
			campaignId?: string;
			except?: string[];
			limit: number;
		}) =>
			campaignId === undefined ? oldOfOthers.all(untilMs, JSON.stringify(except), limit) : oldOfCampaign.all(untilMs, campaignId, limit),
		removals: (limit: number) => removals.all(limit),
		isRemoved: (path: string) => removed.get(path) !== undefined,
		voicemail: (voicemailId: string) => voicemail(voicemailId),
		voicemailOfCall: (callId: string) => voicemailOfCall(callId),
		voicemailsBefore: (untilMs: number, limit: number) => voicemailsBefore(untilMs, limit),
		unheardVoicemails: () => new Map(unheard.all().map(({mailbox, count}) => [mailbox, count])),
		mailsOf: (voicemailId: string) => mailsOf(voicemailId),
		waitingMails: (limit: number) => waitingMails(limit),
	};
}

function fits(row: CallRow, {agentId, customerId, campaignId, number}: RecordingQuery): boolean {
	if (agentId !== undefined && row.agentId !== agentId) return false;
	if (customerId !== undefined && row.customerId !== customerId) return false;
	if (campaignId !== undefined && row.campaignId !== campaignId) return false;
	if (number === undefined) return true;
	const digits = normaliseNumber(number) ?? number.replace(/\D/gu, '');
	return [row.fromNumber, row.toNumber].some(each => (normaliseNumber(each) ?? each).endsWith(digits));
}
