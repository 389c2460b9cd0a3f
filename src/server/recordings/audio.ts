/** Sound that somebody may read: opened once, after the rights were looked at and the log was written, then read piece by piece. */
import {randomBytes} from 'node:crypto';
import {open} from 'node:fs/promises';
import type {Asker} from '../api/gate.js';
import {Refused} from '../api/messages.js';
import type {AudioChunk} from '../api/views.js';

/** As base64 this stays well below the length of a message. A reader asks for the next piece when it has this one: nothing piles up. */
const chunkBytes = 96 * 1024;
/** Nobody listens at so many recordings at once; the one unused for longest makes room. */
const openMax = 500;
const idleMs = 30 * 60_000;

type Opened = {file: string; owner: string; usedMs: number};

const ownerOf = (asker: Asker): string => (asker === 'owner' ? '' : asker.operatorId);

export class OpenAudio {
	readonly #opened = new Map<string, Opened>();

	constructor(private readonly nowMs: () => number) {}

	/** @returns the handle under which this asker, and nobody else, can read the file. */
	open(file: string, asker: Asker): string {
		const nowMs = this.nowMs();
		for (const [id, {usedMs}] of this.#opened) if (nowMs - usedMs > idleMs) this.#opened.delete(id);
		if (this.#opened.size >= openMax) this.#opened.delete(this.#opened.keys().next().value!);
		const audioId = randomBytes(12).toString('hex');
		this.#opened.set(audioId, {file, owner: ownerOf(asker), usedMs: nowMs});
		return audioId;
	}

	/** The piece that begins at `offset`; empty at the end. @throws `Refused` `notFound`. */
	async read(audioId: string, offset: number, asker: Asker): Promise<AudioChunk> {
		const opened = this.#opened.get(audioId);
		if (opened?.owner !== ownerOf(asker) || this.nowMs() - opened.usedMs > idleMs)
			throw new Refused({code: 'notFound', message: 'this sound is not open any more: open it again'});
		this.#opened.delete(audioId);
		this.#opened.set(audioId, {...opened, usedMs: this.nowMs()});
		const file = await open(opened.file).catch(() => {
			throw new Refused({code: 'notFound', message: 'the file has been removed'});
		});
		try {
			const buffer = Buffer.allocUnsafe(chunkBytes);
			const {bytesRead} = await file.read(buffer, 0, chunkBytes, offset);
			return {offset, data: buffer.toString('base64', 0, bytesRead)};
		} finally {
			await file.close();
		}
	}
}
