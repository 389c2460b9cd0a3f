/** Recordings as people use them: found, looked at, and opened to be heard, each opening written down first. */
import type {Asker} from '../api/gate.js';
import {Refused} from '../api/messages.js';
import type {Request} from '../api/requests.js';
import type {AudioChunk, AudioOpened, RecordingDetail, RecordingRow} from '../api/views.js';
import type {CallRow, EventRow, VoicemailRow} from '../domain/model.js';
import type {World} from '../domain/world.js';
import type {StoreReader, StoreWriter} from '../store/port.js';
import {OpenAudio} from './audio.js';
import {bytesOf, fileOf} from './folder.js';
import {customerName, operatorName} from './names.js';
import {type Listener, listenerOf, mayHear, mayOpen} from './rights.js';

type Of<T extends Request['type']> = Omit<Extract<Request, {type: T}>, 'id' | 'type'>;
export type Sound = Of<'openAudio'>['of'];
export type How = 'play' | 'export' | 'phone';

export type RecordingParts = {
	/** The folder of recordings. */
	folder: string;
	world: World;
	reader: StoreReader;
	writer: Pick<StoreWriter, 'commit'>;
	nowMs: () => number;
};

/** A sound that may be heard, and whose it is. */
export type Granted = {path: string; bytes: number; durationMs?: number; row?: CallRow; voicemail?: VoicemailRow};

const rowsMax = 100;
const heardMax = 100;
const eventKinds = {play: 'heard', phone: 'heard', export: 'exported'} as const;

export class Recordings {
	readonly #parts: RecordingParts;
	readonly #audio: OpenAudio;

	constructor(parts: RecordingParts) {
		this.#parts = parts;
		this.#audio = new OpenAudio(parts.nowMs);
	}

	/** Whether it can be heard: its file is there, and is not being removed. */
	isThere(path: string): boolean {
		return bytesOf(this.#parts.folder, path) !== undefined && !this.#parts.reader.isRemoved(path);
	}

	list(asker: Asker, query: Of<'listRecordings'>): RecordingRow[] {
		const {reader, world, nowMs} = this.#parts;
		const listener = this.#listener(asker);
		const rows = reader.recordings({
			sinceMs: query.sinceMs ?? 0,
			untilMs: query.untilMs ?? nowMs() + 1,
			...(query.number !== undefined && {number: query.number}),
			...this.#named(query),
			accept: row =>
				(query.callId === undefined || row.id === query.callId) &&
				mayHear(listener, [row], world.config) &&
				this.isThere(row.recordingPath!),
			limit: query.limit ?? rowsMax,
		});
		return rows.map(row => this.#row(row));
	}

	show(asker: Asker, callId: string): RecordingDetail {
		const {path, bytes, row} = this.granted(asker, {callId});
		const {reader, world, nowMs} = this.#parts;
		const calls = reader.callsOfRecording(path);
		const startMs = this.#startMs(calls[0]);
		const heard = calls.flatMap(({id}) =>
			['recording.heard', 'recording.exported'].flatMap(kind =>
				reader.events({sinceMs: 0, untilMs: nowMs() + 1, callId: id, kind, limit: heardMax}),
			),
		);
		return {
			...this.#row(row!),
			path,
			bytes,
			parts: calls.map(({id, agentId, startedMs, endedMs, joinedMs}) => ({
				callId: id,
				...(agentId !== undefined && {agentId, agentName: operatorName(world.config, agentId)!}),
				startedMs,
				...(endedMs !== undefined && {endedMs}),
				...(joinedMs !== undefined && startMs !== undefined && {fromMs: Math.max(0, joinedMs - startMs)}),
			})),
			heard: heard
				.sort((a, b) => b.atMs - a.atMs)
				.slice(0, heardMax)
				.map(({atMs, actor, data}) => ({atMs, by: operatorName(world.config, actor)!, how: data?.['how'] as How})),
		};
	}

	/** Writes down who is about to hear what and how; then the sound may be read. A message that a person plays has been heard. */
	async open(asker: Asker, of: Sound, how: 'play' | 'export'): Promise<AudioOpened> {
		const granted = this.granted(asker, of);
		await this.writeDown(asker, granted, how);
		const {path, bytes, durationMs} = granted;
		const audioId = this.#audio.open(fileOf(this.#parts.folder, path), asker);
		return {audioId, bytes, ...(durationMs !== undefined && {durationMs}), fileName: path.replace('/', '_')};
	}

	read(asker: Asker, audioId: string, offset: number): Promise<AudioChunk> {
		return this.#audio.read(audioId, offset, asker);
	}

	/** The sound, when the asker may hear it and it is there. @throws `Refused` `notFound`, `notAllowed`. */
	granted(asker: Asker, of: Sound): Granted {
		const {reader, world, folder} = this.#parts;
		const listener = this.#listener(asker);
		const voicemail = 'voicemailId' in of ? reader.voicemail(of.voicemailId) : undefined;
		const row = 'callId' in of ? reader.call(of.callId) : undefined;
		const path = voicemail?.path ?? row?.recordingPath;
		const durationMs = voicemail ? voicemail.durationMs : row?.recordingMs;
		if ('callId' in of && row && durationMs === undefined) throw notFound('there is no recording of that call, or it is not finished yet');
		const allowed = voicemail
			? mayOpen(listener, voicemail.mailbox)
			: row && mayHear(listener, path === undefined ? [row] : reader.callsOfRecording(path), world.config);
		if (path === undefined) throw notFound('voicemailId' in of ? 'there is no such message' : 'there is no recording of that call');
		if (!allowed) throw new Refused({code: 'notAllowed', message: 'you may not hear this recording'});
		const bytes = this.isThere(path) ? bytesOf(folder, path) : undefined;
		if (bytes === undefined) throw notFound('the recording has been removed');
		return {path, bytes, ...(durationMs !== undefined && {durationMs}), ...(row && {row}), ...(voicemail && {voicemail})};
	}

	/** The row of the event log, on the disk when this resolves. */
	async writeDown(asker: Asker, {path, row, voicemail}: Granted, how: How): Promise<void> {
		const {writer, nowMs} = this.#parts;
		const actor = asker === 'owner' ? 'system' : asker.operatorId;
		const event: EventRow = {
			atMs: nowMs(),
			kind: `${voicemail ? 'voicemail' : 'recording'}.${eventKinds[how]}`,
			actor,
			data: {how, path, ...(voicemail && {voicemailId: voicemail.id, mailbox: voicemail.mailbox})},
		};
		for (const key of ['agentId', 'campaignId', 'groupId', 'customerId'] as const)
			if (row?.[key] !== undefined) Object.assign(event, {[key]: row[key]});
		event.callId = row?.id ?? voicemail!.callId;
		await writer.commit([{op: 'appendEvent', row: event}]);
	}

	#listener(asker: Asker): Listener {
		const listener = listenerOf(this.#parts.world, asker);
		if (!listener) throw new Refused({code: 'notAllowed', message: 'this operator may hear nothing'});
		return listener;
	}

	/** What the query names as people do. @throws `Refused` `notFound` for what does not exist: an empty list would be misleading. */
	#named({agent, campaign, customer}: Of<'listRecordings'>): {agentId?: string; campaignId?: string; customerId?: string} {
		const {operators, campaigns} = this.#parts.world.config;
		const must = (what: string, given: string, id: string | undefined): string => {
			if (id === undefined) throw notFound(`there is no ${what} ${given}`);
			return id;
		};
		const agentId = operators.find(({id, loginId}) => id === agent || loginId === agent)?.id;
		const campaignId = campaigns.find(({id, code}) => id === campaign || code === campaign)?.id;
		return {
			...(agent !== undefined && {agentId: must('operator', agent, agentId)}),
			...(campaign !== undefined && {campaignId: must('campaign', campaign, campaignId)}),
			...(customer !== undefined && {customerId: must('customer', customer, this.#customerId(customer))}),
		};
	}

	/** By id, or by the customer code of any campaign. */
	#customerId(given: string): string | undefined {
		const {reader, world} = this.#parts;
		if (reader.customer(given)) return given;
		for (const {id} of world.config.campaigns) {
			const found = reader.customerIdsByCode(id, [given]).get(given);
			if (found !== undefined) return found;
		}
		return undefined;
	}

	/** When the file begins: at the join, or when somebody asked for it. */
	#startMs(first: CallRow | undefined): number | undefined {
		if (!first) return undefined;
		const {reader, nowMs} = this.#parts;
		const asked = reader.events({sinceMs: 0, untilMs: nowMs() + 1, callId: first.id, kind: 'recording.started', limit: 1});
		return asked[0]?.atMs ?? first.joinedMs;
	}

	#row(row: CallRow): RecordingRow {
		const {world, reader} = this.#parts;
		const {id, kind, direction, startedMs, recordingMs, campaignId, agentId, customerId} = row;
		const name = customerName(world.config, reader, customerId);
		return {
			callId: id,
			kind,
			direction,
			number: direction === 'out' ? row.toNumber : row.fromNumber,
			startedMs,
			durationMs: recordingMs ?? 0,
			...(campaignId !== undefined && {campaignId, campaignName: world.config.campaigns.find(each => each.id === campaignId)?.name ?? ''}),
			...(agentId !== undefined && {agentId, agentName: operatorName(world.config, agentId)!}),
			...(customerId !== undefined && {customerId}),
			...(name !== undefined && {customerName: name}),
			calls: reader.callsOfRecording(row.recordingPath!).length,
		};
	}
}

const notFound = (message: string): Refused => new Refused({code: 'notFound', message});
