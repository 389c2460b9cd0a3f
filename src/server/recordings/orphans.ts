/**
 * What a crash has left in the folder of recordings: a recording whose length nobody wrote down is measured, a message whose row was
 * never written is kept after all, and a file of ours that nothing names is to be removed. Files that are not ours are left alone.
 */
import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {repairWav} from '../../sip/media/embedded/wav.js';
import {dateText} from '../domain/calendar.js';
import type {CallRow} from '../domain/model.js';
import type {StoreOp, StoreReader, StoreWriter} from '../store/port.js';
import {fileOf, ownFile} from './folder.js';

export type OrphanParts = {
	folder: string;
	reader: StoreReader;
	writer: Pick<StoreWriter, 'commit'>;
	/** Younger files may be in use. */
	beforeMs: number;
	utcOffsetMs: number;
};
export type Found = {measured: number; messages: number; orphans: string[]; strangers: number};

/** Crashes are noticed at the next start: these days are looked at. */
const daysBack = 7;
const dayMs = 86_400_000;
const spokenMsMin = 1_000;

export async function findOrphans(parts: OrphanParts): Promise<Found> {
	const found: Found = {measured: 0, messages: 0, orphans: [], strangers: 0};
	for (let day = 0; day <= daysBack; day++) {
		const name = dateText(parts.beforeMs - day * dayMs, parts.utcOffsetMs);
		const files = await readdir(join(parts.folder, name)).catch(() => []);
		for (const file of files) await look(parts, `${name}/${file}`, found);
	}
	return found;
}

async function look(parts: OrphanParts, path: string, found: Found): Promise<void> {
	const own = ownFile(path);
	const row = own && parts.reader.call(own.callId);
	if (!own || !row) {
		found.strangers++;
		return;
	}
	const {mtimeMs} = await stat(fileOf(parts.folder, path));
	if (mtimeMs >= parts.beforeMs || row.endedMs === undefined || parts.reader.isRemoved(path)) return;
	if (own.isMessage) await keepMessage(parts, path, row, found);
	else if (parts.reader.callsOfRecording(path).length === 0) found.orphans.push(path);
	else if (row.recordingMs === undefined) await measure(parts, path, found);
}

/** Each call in the file gets the length. */
async function measure({folder, reader, writer}: OrphanParts, path: string, found: Found): Promise<void> {
	const recordingMs = await repairWav(fileOf(folder, path));
	if (recordingMs === undefined) return;
	const rows = reader.callsOfRecording(path).filter(row => row.recordingMs === undefined);
	await writer.commit(rows.map((row): StoreOp => ({op: 'putCall', row: {...row, recordingMs}})));
	found.measured++;
}

/** A message that was being left when the service ended is as good as any other, unless nothing had been said yet. */
async function keepMessage({folder, reader, writer}: OrphanParts, path: string, row: CallRow, found: Found): Promise<void> {
	if (reader.voicemailOfCall(row.id)) return;
	const begun = reader.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, callId: row.id, kind: 'voicemail.begun', limit: 1})[0];
	const ended = reader
		.events({sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, callId: row.id, limit: 1_000})
		.some(({kind}) => ['voicemail.left', 'voicemail.empty', 'voicemail.deleted'].includes(kind));
	const mailbox = begun?.data?.['mailbox'];
	const durationMs = begun && !ended && typeof mailbox === 'string' ? await repairWav(fileOf(folder, path)) : undefined;
	if (!begun || typeof mailbox !== 'string' || durationMs === undefined || durationMs < spokenMsMin) {
		found.orphans.push(path);
		return;
	}
	const {id: callId, fromNumber, customerId} = row;
	const message = {id: `v-${callId}`, callId, mailbox, fromNumber, atMs: begun.atMs, path, durationMs};
	await writer.commit([
		{op: 'putVoicemail', row: {...message, ...(customerId !== undefined && {customerId})}},
		{
			op: 'appendEvent',
			row: {
				atMs: begun.atMs,
				kind: 'voicemail.left',
				actor: 'system',
				reason: 'recovered',
				callId,
				data: {voicemailId: message.id, mailbox, durationMs},
			},
		},
	]);
	found.messages++;
}
