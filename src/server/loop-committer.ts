/**
 * Brings batches to the writer in order, one commit at a time with all that has gathered meanwhile, and says when each is on
 * the disk. A commit that fails is tried again until it succeeds: nothing decided is forgotten, and answers wait.
 */
import type {Clock} from './clock.js';
import type {StoreOp} from './store/port.js';

const retryMs = 1_000;
/** One commit at most; a long outage is caught up in several. */
const opsPerCommitMax = 5_000;

type Options = {
	commit(ops: StoreOp[]): Promise<void>;
	clock: Clock;
	onDown(reason: string): void;
	onUp(): void;
	onIdle(): void;
};

export class Committer {
	readonly #options: Options;
	#batches: StoreOp[][] = [];
	/** Batches added, and on the disk, since the start. */
	#added = 0;
	#committed = 0;
	#committing = false;
	#down = false;
	readonly #waiting: Array<{after: number; run: () => void}> = [];

	constructor(options: Options) {
		this.#options = options;
	}

	/** Something is not on the disk yet, or somebody waits for it. */
	get busy(): boolean {
		return this.#committing || this.#batches.length > 0 || this.#waiting.length > 0;
	}

	add(ops: StoreOp[]): void {
		this.#batches.push(ops);
		this.#added++;
		if (!this.#committing) void this.#commit();
	}

	/** Runs when everything added so far is on the disk: at once when it is. */
	afterAll(run: () => void): void {
		// Never inside the caller's step, so that an answer to a question comes as an event of its own.
		this.#waiting.push({after: this.#added, run});
		if (!this.#committing) queueMicrotask(() => this.#release());
	}

	async #commit(): Promise<void> {
		this.#committing = true;
		// What else the same step adds goes into the same commit.
		await Promise.resolve();
		while (this.#batches.length > 0) {
			const taken = this.#take();
			try {
				await this.#options.commit(taken.flat());
			} catch (error) {
				this.#batches.unshift(...taken);
				if (!this.#down) this.#options.onDown(String(error));
				this.#down = true;
				await new Promise<void>(resolve => this.#options.clock.at(this.#options.clock.nowMs() + retryMs, resolve));
				continue;
			}
			this.#committed += taken.length;
			if (this.#down) this.#options.onUp();
			this.#down = false;
			this.#release();
		}
		this.#committing = false;
		this.#release();
	}

	#take(): StoreOp[][] {
		let count = 0;
		let ops = 0;
		while (count < this.#batches.length && (count === 0 || ops < opsPerCommitMax)) ops += this.#batches[count++]!.length;
		return this.#batches.splice(0, count);
	}

	#release(): void {
		while (this.#waiting.length > 0 && this.#waiting[0]!.after <= this.#committed) this.#waiting.shift()!.run();
		this.#options.onIdle();
	}
}
