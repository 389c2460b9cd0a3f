/** 留守電 as people use it: listed, heard, taken back, deleted. */
import {unlink} from 'node:fs/promises';
import type {Asker} from '../api/gate.js';
import {Refused} from '../api/messages.js';
import type {Request} from '../api/requests.js';
import type {VoicemailItem} from '../api/views.js';
import type {EventRow, VoicemailRow} from '../domain/model.js';
import type {Loop} from '../loop.js';
import {bytesOf, fileOf} from './folder.js';
import {customerName, mailboxName, operatorName} from './names.js';
import type {RecordingParts} from './recordings.js';
import {listenerOf, mayOpen} from './rights.js';

type Of<T extends Request['type']> = Omit<Extract<Request, {type: T}>, 'id' | 'type'>;

const rowsMax = 100;
/** Looked through in one mailbox. */
const mailboxMax = 1_000;

export class Voicemails {
	constructor(private readonly parts: RecordingParts) {}

	/** Of all mailboxes the asker may open, newest first; those whose file has gone are left out. */
	list(asker: Asker, {mailbox, unheard = false, limit = rowsMax}: Of<'listVoicemails'>): VoicemailItem[] {
		const {reader, folder} = this.parts;
		const {groups} = this.parts.world.config;
		const group = groups.find(({number}) => number === mailbox);
		const names = [mailbox, group ? `group:${group.id}` : `extension:${mailbox}`];
		return this.#mailboxes(asker)
			.filter(each => mailbox === undefined || names.includes(each))
			.flatMap(each => reader.voicemails(each, mailboxMax))
			.filter(row => !(unheard && row.heardMs !== undefined))
			.sort((a, b) => b.atMs - a.atMs)
			.slice(0, limit)
			.filter(({path}) => !reader.isRemoved(path) && bytesOf(folder, path) !== undefined)
			.map(row => this.#item(row));
	}

	/** Who heard it first stays; taken back, it is as if nobody had. Nothing is written when nothing changes. */
	async mark(asker: Asker, {voicemailId, heard}: Of<'markVoicemail'>, loop: Loop): Promise<void> {
		const {heardBy: _by, heardMs, ...row} = this.#row(asker, voicemailId);
		if (heard === (heardMs !== undefined)) return;
		const {writer, nowMs} = this.parts;
		const actor = asker === 'owner' ? 'system' : asker.operatorId;
		await writer.commit([
			{op: 'putVoicemail', row: heard ? {...row, heardBy: actor, heardMs: nowMs()} : row},
			{op: 'appendEvent', row: this.#event(heard ? 'voicemail.markedHeard' : 'voicemail.markedUnheard', actor, row)},
		]);
		loop.post({type: 'voicemailsChanged', mailbox: row.mailbox});
	}

	/** The row first, so that nobody finds a message without its sound; what a crash leaves is swept up at the next start. */
	async delete(asker: Asker, voicemailId: string, loop: Loop): Promise<void> {
		const row = this.#row(asker, voicemailId);
		const {writer, nowMs, folder} = this.parts;
		const actor = asker === 'owner' ? 'system' : asker.operatorId;
		await writer.commit([
			{op: 'putRemoval', path: row.path, atMs: nowMs()},
			{op: 'appendEvent', row: this.#event('voicemail.deleted', actor, row)},
		]);
		await unlink(fileOf(folder, row.path)).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw error;
		});
		await writer.commit([{op: 'finishRemoval', path: row.path}]);
		loop.post({type: 'voicemailsChanged', mailbox: row.mailbox});
	}

	#mailboxes(asker: Asker): string[] {
		const {world} = this.parts;
		const listener = listenerOf(world, asker);
		if (!listener) return [];
		const {groups, extensions} = world.config;
		return [...groups.map(({id}) => `group:${id}`), ...extensions.map(each => `extension:${each}`)].filter(each => mayOpen(listener, each));
	}

	#row(asker: Asker, voicemailId: string): VoicemailRow {
		const {reader, world} = this.parts;
		const row = reader.voicemail(voicemailId);
		const listener = listenerOf(world, asker);
		if (!row || reader.isRemoved(row.path)) throw new Refused({code: 'notFound', message: 'there is no such message'});
		if (!listener || !mayOpen(listener, row.mailbox)) throw new Refused({code: 'notAllowed', message: 'this is not your mailbox'});
		return row;
	}

	#event(kind: string, actor: string, {id, callId, mailbox, customerId}: VoicemailRow): EventRow {
		const atMs = this.parts.nowMs();
		return {atMs, kind, actor, callId, ...(customerId !== undefined && {customerId}), data: {voicemailId: id, mailbox}};
	}

	#item({id, callId, mailbox, fromNumber, customerId, atMs, durationMs, heardBy, heardMs}: VoicemailRow): VoicemailItem {
		const {reader, world} = this.parts;
		const name = customerName(world.config, reader, customerId);
		const by = operatorName(world.config, heardBy);
		const [mail] = reader.mailsOf(id);
		return {
			voicemailId: id,
			callId,
			mailbox,
			mailboxName: mailboxName(world.config, mailbox),
			number: fromNumber,
			atMs,
			...(customerId !== undefined && {customerId}),
			...(name !== undefined && {customerName: name}),
			...(durationMs !== undefined && {durationMs}),
			...(by !== undefined && {heardBy: by}),
			...(heardMs !== undefined && {heardMs}),
			...(mail && {mail: {state: mail.state, attempts: mail.attempts, ...(mail.reason !== undefined && {reason: mail.reason})}}),
		};
	}
}
