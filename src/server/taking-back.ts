/** What an import or a re-listing has left half done while the service runs: it goes at once, or as soon as the disk takes anything again. */
import type {Clock} from './clock.js';
import {takeBack} from './files/take-back.js';
import type {Log} from './log.js';
import type {ImportRow, StoreReader, StoreWriter} from './store/port.js';

export type TakingBackParts = {
	reader: Pick<StoreReader, 'import' | 'unfinishedImports'>;
	writer: Pick<StoreWriter, 'commit'>;
	clock: Clock;
	log: Log;
};

const againMs = 10_000;

export class TakingBack {
	readonly #waiting = new Map<string, () => void>();

	constructor(private readonly parts: TakingBackParts) {}

	/** Never rejects. What is not gone when the service stops is taken back at its next start. */
	async take(row: ImportRow): Promise<void> {
		const {clock, log} = this.parts;
		const {id, name, kind} = row;
		try {
			this.#waiting.delete(id);
			await takeBack(this.parts, row);
			const data = {importId: id, kind, name};
			const {campaignId} = row;
			await this.parts.writer.commit([
				{op: 'appendEvent', row: {atMs: clock.nowMs(), kind: 'customers.takenBack', actor: 'system', reason: 'notSaved', campaignId, data}},
			]);
			log('warn', 'service.importTakenBack', {name, kind});
		} catch (error) {
			log('warn', 'service.importNotTakenBack', {name, kind, error});
			this.#waiting.set(
				id,
				clock.at(clock.nowMs() + againMs, () => void this.take(row)),
			);
		}
	}

	/** All of that kind that were begun and are not over; whoever asks knows that none is at work. */
	async takeAll(kind: ImportRow['kind']): Promise<void> {
		for (const row of this.parts.reader.unfinishedImports()) if (row.kind === kind && !this.#waiting.has(row.id)) await this.take(row);
	}

	stop(): void {
		for (const cancel of this.#waiting.values()) cancel();
		this.#waiting.clear();
	}
}
