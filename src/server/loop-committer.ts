/**
 * Brings batches to the writer in order, one commit at a time with all that has gathered meanwhile, and says when each is on
 * the disk. A commit that fails is tried again: while the store is out of order nothing decided is forgotten, and answers wait.
 * A batch that alone cannot be written while the store takes others is refused, so that it does not stand in everybody's way.
 */
import type {Clock} from './clock.js';
import type {StoreOp} from './store/port.js';

const retryMs = 1_000;
/** After so many tries of one batch the store is asked whether it is the store or the batch. */
const triesMax = 3;
/** One commit at most; a long outage is caught up in several. */
const opsPerCommitMax = 5_000;

/** `isOutage`: the store as a whole takes nothing now, a full disk for one. */
type Failure = {reason: string; isOutage: boolean};
type Batch = {seq: number; ops: StoreOp[]; tries: number};
type Options = {
	commit(ops: StoreOp[]): Promise<void>;
	clock: Clock;
	onDown(reason: string): void;
	onUp(): void;
	/** This batch is not written and will not be. */
	onRefused(ops: StoreOp[], reason: string): void;
	onIdle(): void;
};

export class Committer {
	readonly #options: Options;
	#batches: Batch[] = [];
	/** Batches added, and decided in order, since the start. */
	#added = 0;
	#decided = 0;
	readonly #refused = new Set<number>();
	#committing = false;
	#down = false;
	readonly #waiting: Array<{after: number; run: (saved: boolean) => void}> = [];

	constructor(options: Options) {
		this.#options = options;
	}

	/** Something is not on the disk yet, or somebody waits for it. */
	get busy(): boolean {
		return this.#committing || this.#batches.length > 0 || this.#waiting.length > 0;
	}

	add(ops: StoreOp[]): void {
		this.#batches.push({seq: ++this.#added, ops, tries: 0});
		if (!this.#committing) void this.#work();
	}

	/** Runs when everything added so far is decided; `saved` says whether the last of it is on the disk. */
	afterAll(run: (saved: boolean) => void): void {
		this.#waiting.push({after: this.#added, run});
		// Never inside the caller's step, so that an answer to a question comes as an event of its own.
		if (!this.#committing) queueMicrotask(() => this.#release());
	}

	async #work(): Promise<void> {
		this.#committing = true;
		// What else the same step adds goes into the same commit.
		await Promise.resolve();
		while (this.#batches.length > 0) {
			const taken = this.#take();
			const failure = await this.#try(taken.flatMap(({ops}) => ops));
			if (failure === undefined) this.#done(taken);
			else if (!(await this.#isTheBatch(taken, failure))) await this.#outage(failure.reason);
		}
		this.#committing = false;
		this.#release();
	}

	/** Everything that fits into one commit; after a failure one batch alone. */
	#take(): Batch[] {
		if (this.#batches[0]!.tries > 0) return this.#batches.slice(0, 1);
		let count = 0;
		let ops = 0;
		while (count < this.#batches.length && (count === 0 || ops < opsPerCommitMax)) ops += this.#batches[count++]!.ops.length;
		return this.#batches.slice(0, count);
	}

	/** The reason why not, or undefined when it is on the disk. */
	async #try(ops: StoreOp[]): Promise<Failure | undefined> {
		try {
			await this.#options.commit(ops);
			return undefined;
		} catch (error) {
			const {isOutage = false} = error as {isOutage?: boolean};
			return {reason: error instanceof Error ? error.message : String(error), isOutage};
		}
	}

	#done(taken: Batch[]): void {
		this.#batches.splice(0, taken.length);
		this.#decided += taken.length;
		if (this.#down) this.#options.onUp();
		this.#down = false;
		this.#release();
	}

	/** Whether one batch, and not the store, is at fault; it is dropped then. An event alone is something the store can always take. */
	async #isTheBatch(taken: Batch[], {reason, isOutage}: Failure): Promise<boolean> {
		const [head] = taken as [Batch];
		head.tries++;
		// Several were tried in one: the first alone is next, without a pause.
		if (taken.length > 1) return true;
		// On a disk that is nearly full the event of the refusal might still find room: it proves nothing.
		if (head.tries <= triesMax || isOutage) return false;
		const row = {
			atMs: this.#options.clock.nowMs(),
			kind: 'store.refused',
			actor: 'system',
			reason,
			data: {ops: head.ops.map(({op}) => op)},
		};
		if ((await this.#try([{op: 'appendEvent', row}])) !== undefined) return false;
		this.#refused.add(head.seq);
		this.#options.onRefused(head.ops, reason);
		this.#done([head]);
		return true;
	}

	async #outage(reason: string): Promise<void> {
		const {clock, onDown} = this.#options;
		if (!this.#down) onDown(reason);
		this.#down = true;
		await new Promise<void>(resolve => clock.at(clock.nowMs() + retryMs, resolve));
	}

	#release(): void {
		while (this.#waiting.length > 0 && this.#waiting[0]!.after <= this.#decided) {
			const {after, run} = this.#waiting.shift()!;
			run(!this.#refused.has(after));
		}
		if (this.#waiting.length === 0) this.#refused.clear();
		this.#options.onIdle();
	}
}
