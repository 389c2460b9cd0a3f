/** Recordings and messages of a running service. */
import {mkdirSync} from 'node:fs';
import {dirname, relative} from 'node:path';
import type {ToolRequest} from '../api/gate.js';
import {Refused} from '../api/messages.js';
import type {Clock} from '../clock.js';
import type {Config} from '../config.js';
import {cannotListen} from '../domain/incall/listen.js';
import type {Log} from '../log.js';
import type {Loop} from '../loop.js';
import {Poster} from '../mail/poster.js';
import type {Tools} from '../tools.js';
import {fileOf, ownFile} from './folder.js';
import {type Disk, FolderKeeper} from './keeper.js';
import {type RecordingParts, Recordings, type Sound} from './recordings.js';
import {spokenMs} from './spoken.js';
import {Voicemails} from './voicemails.js';

type VoiceTools = Pick<
	Tools,
	| 'listRecordings'
	| 'showRecording'
	| 'listVoicemails'
	| 'markVoicemail'
	| 'deleteVoicemail'
	| 'openAudio'
	| 'readAudio'
	| 'purgeRecordings'
>;

export type VoiceParts = RecordingParts & {
	clock: Clock;
	config: Pick<Config, 'mail' | 'service' | 'retention'>;
	log: Log;
	/** What is there has changed: histories and lists are read again. */
	onChanged: () => void;
};

export class Voice {
	readonly recordings: Recordings;
	readonly tools: VoiceTools;
	readonly #folder: string;
	readonly #voicemails: Voicemails;
	readonly #parts: VoiceParts;
	readonly #keeper: FolderKeeper;
	#poster: Poster | undefined;
	#loop: Loop | undefined;

	constructor(parts: VoiceParts) {
		this.#parts = parts;
		const recordings = new Recordings(parts);
		const voicemails = new Voicemails(parts);
		this.#voicemails = voicemails;
		this.#folder = parts.folder;
		mkdirSync(parts.folder, {recursive: true, mode: 0o700});
		this.#keeper = new FolderKeeper({
			...parts,
			retention: parts.config.retention,
			onRemoved: () => parts.onChanged(),
			onDisk: disk => this.#loop?.post({type: 'diskRoom', ...disk}),
		});
		this.recordings = recordings;
		this.tools = {
			listRecordings: (request, {asker}) => recordings.list(asker, request),
			showRecording: ({callId}, {asker}) => recordings.show(asker, callId),
			listVoicemails: (request, {asker}) => voicemails.list(asker, request),
			markVoicemail: (request, {asker, loop}) => voicemails.mark(asker, request, loop),
			deleteVoicemail: ({voicemailId}, {asker, loop}) => voicemails.delete(asker, voicemailId, loop),
			async openAudio({of, how}, {asker, loop}) {
				const opened = await recordings.open(asker, of, how);
				// Whoever plays a message has heard it. The owner of the machine only looks after it.
				if ('voicemailId' in of && asker !== 'owner') await voicemails.mark(asker, {...of, heard: true}, loop);
				return opened;
			},
			purgeRecordings: (request, {actor}) => this.#purge(request, actor),
			readAudio: ({audioId, offset}, {asker}) => recordings.read(asker, audioId, offset),
		};
	}

	/** Begins what goes on by itself: the mails that wait, and those that come. */
	start(loop: Loop): void {
		this.#loop = loop;
		// What was running before is closed first.
		loop.afterDisk(() => this.#keeper.start());
		const {config, log, reader, clock} = this.#parts;
		const {mail: settings, service} = config;
		if (settings) {
			const onChanged = (mailbox: string) => loop.post({type: 'voicemailsChanged', mailbox});
			this.#poster = new Poster({...this.#parts, settings, clock, lang: service.lang, timeZone: service.timeZone, onChanged});
			this.#poster.wake();
		} else if (reader.waitingMails(1).length > 0) log('warn', 'mail.notConfigured', {hint: 'messages wait to be sent by mail'});
	}

	/** Takes away what is too old, and whatever is to go. */
	sweep(): Promise<void> {
		return this.#keeper.sweep();
	}

	/** The room on the disk, as last looked at. */
	get disk(): Disk | undefined {
		return this.#keeper.disk;
	}

	async #purge(
		{olderThanDays, campaign: given, dryRun}: Extract<ToolRequest, {type: 'purgeRecordings'}>,
		actor: string,
	): Promise<{count: number}> {
		const {world, nowMs} = this.#parts;
		const campaign = world.config.campaigns.find(({id, code}) => id === given || code === given);
		if (given !== undefined && !campaign) throw new Refused({code: 'notFound', message: `there is no campaign ${given}`});
		const purge = {beforeMs: nowMs() - olderThanDays * 86_400_000, actor, reason: 'purged', ...(campaign && {campaignId: campaign.id})};
		return {count: await this.#keeper.purge(purge, dryRun)};
	}

	/** Of a message how long the caller speaks; undefined for any other recording. */
	spokenMs(file: string): Promise<number | undefined> | undefined {
		return ownFile(relative(this.#folder, file))?.isMessage ? spokenMs(file) : undefined;
	}

	/** Messages may have been left, and are on the disk. */
	messagesLeft(): void {
		this.#poster?.wake();
	}

	async stop(): Promise<void> {
		await this.#keeper.stop();
		await this.#poster?.stop();
	}

	/** What the operator is about to hear on the own phone, allowed and written down. @throws `Refused`. */
	async onPhone(operatorId: string, of: Sound, loop: Loop): Promise<{path: string; callId?: string; voicemailId?: string}> {
		const asker = {operatorId};
		const granted = this.recordings.granted(asker, of);
		const {world} = this.#parts;
		const agent = world.agents.get(operatorId);
		const refusal = agent && cannotListen(world, agent);
		if (refusal) throw new Refused({code: 'notNow', message: refusal.message, ...(refusal.status && {status: refusal.status})});
		await this.recordings.writeDown(asker, granted, 'phone');
		if ('voicemailId' in of) await this.#voicemails.mark(asker, {...of, heard: true}, loop);
		return {path: granted.path, ...of};
	}

	/** Where a recording is to be written; its folder exists when this returns. */
	newFile(path: string): string {
		const file = fileOf(this.#folder, path);
		mkdirSync(dirname(file), {recursive: true, mode: 0o700});
		return file;
	}
}
