import type {Binding} from './bindings.js';
import type {Cancel, Clock} from './clock.js';
import type {Orphan} from './orphans.js';

/** A phone as it is known, with what is left of its registration. */
export type RememberedPhone = Omit<Binding, 'expiresAtMs' | 'reachable'> & {expiresInMs: number};

/** What a service that was killed should have known: where its phones are, and whom it has left on a call. */
export type Remembered = {phones: RememberedPhone[]; calls: Orphan[]};

/** Where it is kept. `load` gives what an earlier service has saved, its times counted on. */
export interface MemoryPlace {
	load(): Remembered;
	save(state: Remembered): void;
}

/** At most so often is it saved; that much may be forgotten. */
const saveMs = 500;

/** Saves what there is, a moment after it has changed. */
export class Memory {
	#cancel: Cancel | undefined;

	constructor(
		private readonly place: MemoryPlace | undefined,
		private readonly clock: Clock,
		private readonly state: () => Remembered,
	) {}

	touch(): void {
		if (!this.place || this.#cancel) return;
		this.#cancel = this.clock.after(saveMs, () => this.flush());
	}

	flush(): void {
		this.#cancel?.();
		this.#cancel = undefined;
		this.place?.save(this.state());
	}
}
