/** Keeps the folder of recordings in order: at the start, every night, and when somebody asks; and watches the room on the disk. */
import {statfs} from 'node:fs/promises';
import type {Clock} from '../clock.js';
import type {Config} from '../config.js';
import type {Privacy} from '../domain/privacy.js';
import type {Log} from '../log.js';
import {findOrphans} from './orphans.js';
import type {RecordingParts} from './recordings.js';
import {finishRemovals, markRemovals, type RemovalParts} from './removal.js';

export type KeeperParts = RecordingParts & {
	clock: Clock;
	retention: Config['retention'];
	log: Log;
	/** Files have gone: what was shown of them is not true any more. */
	onRemoved: () => void;
	/** The room on the disk has become low, or is enough again. */
	onDisk: (disk: Disk) => void;
	unlinkFile?: RemovalParts['unlinkFile'];
	/** Free bytes where the folder is. Default: the disk's. */
	freeBytes?: (folder: string) => Promise<number>;
};
export type Disk = {freeBytes: number; isLow: boolean};
export type Purge = {beforeMs: number; campaignId?: string; actor: string; reason: string};

const dayMs = 86_400_000;
/** Local time of day at which old files go: nobody calls then. */
const nightlyMs = 2.5 * 3_600_000;
const diskEveryMs = 60_000;
const batchMax = 1_000;
/** Room is enough again when there is this much more: the warning does not flicker. */
const enough = 1.1;

export class FolderKeeper {
	disk: Disk | undefined;
	readonly #parts: KeeperParts;
	#work: Promise<unknown> = Promise.resolve();
	readonly #timers = new Set<() => void>();
	#stopped = false;

	constructor(parts: KeeperParts) {
		this.#parts = parts;
	}

	/** Goes on with what was half done, looks what a crash has left, removes what is old; then every night. */
	start(): void {
		const beforeMs = this.#parts.nowMs();
		this.#then('recordings.orphans', () => this.#orphans(beforeMs));
		this.sweep();
		this.#nightly();
		this.#watchDisk();
	}

	/** Removes what is older than it may be. Resolves when it is done. */
	sweep(): Promise<void> {
		return this.#then('recordings.sweep', async () => {
			const {world, nowMs} = this.#parts;
			const {recordingDays, voicemailDays} = {...this.#parts.retention, ...daysSet(world.config.privacy)};
			const own = world.config.campaigns.filter(({keepDays}) => keepDays !== undefined);
			const reason = 'tooOld';
			for (const {id, keepDays} of own)
				if (keepDays! > 0) await this.#mark({beforeMs: nowMs() - keepDays! * dayMs, campaignId: id, actor: 'system', reason});
			if (recordingDays > 0) {
				const beforeMs = nowMs() - recordingDays * dayMs;
				await this.#mark(
					{beforeMs, actor: 'system', reason},
					own.map(({id}) => id),
				);
			}
			if (voicemailDays > 0) await this.#markMessages(nowMs() - voicemailDays * dayMs);
			await this.#finish();
		});
	}

	/** How many recordings are older, and, unless it is only asked, takes them away. */
	async purge(purge: Purge, dryRun: boolean): Promise<number> {
		if (dryRun) return this.#older(purge, [], 100_000).length;
		let count = 0;
		await this.#then('recordings.purge', async () => {
			count = await this.#mark(purge);
			await this.#finish();
		});
		return count;
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		for (const cancel of this.#timers) cancel();
		await this.#work;
	}

	/** One thing after the other; what fails is logged and tried again the next night. */
	#then(what: string, work: () => Promise<unknown>): Promise<void> {
		const next = this.#work.then(async () => {
			if (!this.#stopped) await work();
		});
		this.#work = next.catch(error => this.#parts.log('error', `${what}Failed`, {error}));
		return this.#work as Promise<void>;
	}

	#older({beforeMs, campaignId}: Purge, except: string[], limit: number): string[] {
		return this.#parts.reader.recordingsBefore({untilMs: beforeMs, ...(campaignId !== undefined && {campaignId}), except, limit});
	}

	async #mark(purge: Purge, except: string[] = []): Promise<number> {
		let count = 0;
		for (;;) {
			const paths = this.#older(purge, except, batchMax);
			const marked = await markRemovals(this.#parts, paths, purge);
			count += marked;
			// What is not laid out as ours stays, and would be found again for ever.
			if (marked === 0 || this.#stopped) return count;
		}
	}

	async #markMessages(untilMs: number): Promise<void> {
		const {reader} = this.#parts;
		const paths = reader
			.voicemailsBefore(untilMs, batchMax)
			.map(({path}) => path)
			.filter(path => !reader.isRemoved(path));
		await markRemovals(this.#parts, paths, {actor: 'system', reason: 'tooOld'});
	}

	async #finish(): Promise<void> {
		const {removed, failures} = await finishRemovals(this.#parts);
		const {log, onRemoved} = this.#parts;
		if (failures.length > 0) log('warn', 'recordings.notRemoved', {count: failures.length, first: failures.slice(0, 5)});
		if (removed === 0) return;
		log('info', 'recordings.removed', {count: removed});
		onRemoved();
	}

	async #orphans(beforeMs: number): Promise<void> {
		const {folder, reader, writer, world, log} = this.#parts;
		const found = await findOrphans({folder, reader, writer, beforeMs, utcOffsetMs: world.settings.utcOffsetMs});
		const {orphans, ...rest} = found;
		await markRemovals(this.#parts, orphans, {actor: 'system', reason: 'orphan'});
		if (orphans.length > 0 || rest.measured > 0 || rest.messages > 0 || rest.strangers > 0)
			log('info', 'recordings.lookedAt', {...rest, orphans: orphans.length});
		if (rest.messages > 0 || rest.measured > 0) this.#parts.onRemoved();
	}

	#nightly(): void {
		const {world, nowMs} = this.#parts;
		const localMs = nowMs() + world.settings.utcOffsetMs;
		const next = Math.floor((localMs - nightlyMs) / dayMs + 1) * dayMs + nightlyMs - world.settings.utcOffsetMs;
		this.#at(next, () => {
			void this.sweep();
			this.#nightly();
		});
	}

	#watchDisk(): void {
		const {folder, retention, freeBytes = freeBytesOf, log} = this.#parts;
		freeBytes(folder).then(
			free => {
				const least = this.disk?.isLow ? retention.freeBytesMin * enough : retention.freeBytesMin;
				const disk = {freeBytes: free, isLow: free < least};
				const isNew = disk.isLow !== (this.disk?.isLow ?? false);
				this.disk = disk;
				if (isNew && !this.#stopped) this.#parts.onDisk(disk);
			},
			error => log('warn', 'recordings.diskUnknown', {error}),
		);
		this.#at(this.#parts.nowMs() + diskEveryMs, () => this.#watchDisk());
	}

	#at(atMs: number, run: () => void): void {
		if (this.#stopped) return;
		const cancel = this.#parts.clock.at(atMs, () => {
			this.#timers.delete(cancel);
			run();
		});
		this.#timers.add(cancel);
	}
}

/** What `kaden privacy` says goes before the configuration file. */
const daysSet = ({recordingDays, voicemailDays}: Privacy = {}): Partial<Config['retention']> => ({
	...(recordingDays !== undefined && {recordingDays}),
	...(voicemailDays !== undefined && {voicemailDays}),
});

async function freeBytesOf(folder: string): Promise<number> {
	const {bavail, bsize} = await statfs(folder);
	return bavail * bsize;
}
