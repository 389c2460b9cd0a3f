import {type Clock, NoAnswer} from './clock.js';

/** Things that FreeSWITCH is to tell of, each by a name: whoever waits for one is woken when it is told, or when its time is up. */
export class Waits {
	readonly #waiting = new Map<string, Set<{yes: (facts: Readonly<Record<string, string>>) => void; no: (error: Error) => void}>>();

	constructor(
		private readonly clock: Clock,
		private readonly limitMs: number,
	) {}

	/** To be called before the command that brings it about. Rejects with `NoAnswer` when it does not come in time. */
	for(name: string): Promise<Readonly<Record<string, string>>> {
		const told = new Promise<Readonly<Record<string, string>>>((resolve, reject) => {
			const entry = {
				yes: (facts: Readonly<Record<string, string>>) => {
					done();
					resolve(facts);
				},
				no: (error: Error) => {
					done();
					reject(error);
				},
			};
			const entries = this.#waiting.get(name) ?? new Set();
			this.#waiting.set(name, entries.add(entry));
			const cancel = this.clock.after(this.limitMs, () => entry.no(new NoAnswer(`${name} has not happened within ${this.limitMs} ms`)));
			const done = (): void => {
				cancel();
				entries.delete(entry);
				if (entries.size === 0) this.#waiting.delete(name);
			};
		});
		told.catch(() => {}); // the command itself may fail first
		return told;
	}

	tell(name: string, facts: Readonly<Record<string, string>> = {}): void {
		for (const {yes} of [...(this.#waiting.get(name) ?? [])]) yes(facts);
	}

	/** Nothing more will be told. */
	end(reason: string): void {
		for (const entries of [...this.#waiting.values()]) for (const {no} of [...entries]) no(new Error(reason));
	}

	get size(): number {
		return this.#waiting.size;
	}
}
