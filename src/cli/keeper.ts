/** The demonstration's service as the console of `kaden start` needs it: found when it runs, started when it does not, again when it died. */
import type {ServiceChild} from './child.js';
import {CommandFailed, exitCodes} from './command.js';

export type KeeperOptions = {
	/** Where a running service of the folder is. */
	find: () => string | undefined;
	/** Starts one as a child. */
	start: () => ServiceChild;
	/** How long to wait for another process to let go of the folder. */
	busyMs?: number;
	nowMs?: () => number;
};

/** Starts in this time, after which one that does not stay up is given up. */
const startsMax = 4;
const startsWithinMs = 60_000;
/** How long another process may take to let go of the data folder by default, and the pause between two tries. */
const busyMsDefault = 20_000;
const busyPauseMs = 250;

/** One service for one console. A session outlives the service: the console goes on with it where the next one listens. */
export class ServiceKeeper {
	/** Aborts when there is no service and there will be none; `failure` says why. */
	readonly gaveUp = new AbortController();
	failure: unknown;
	#child: ServiceChild | undefined;
	#url: string | undefined;
	#starts: number[] = [];
	#notBeforeMs = Number.NEGATIVE_INFINITY;
	#busySinceMs: number | undefined;
	#isOver = false;
	readonly #nowMs: () => number;

	constructor(private readonly options: KeeperOptions) {
		this.#nowMs = options.nowMs ?? (() => performance.now());
	}

	/** The child that is ours, if the service is. */
	get child(): ServiceChild | undefined {
		return this.#child;
	}

	/** For the client, before each try to connect: the address, or undefined while the service is coming up. */
	url(): string | undefined {
		if (this.#child || this.#isOver) return this.#url;
		const found = this.options.find();
		if (found !== undefined || this.#nowMs() < this.#notBeforeMs) return found;
		this.#begin();
		return undefined;
	}

	/** No more starts; what runs is the caller's to stop. */
	end(): void {
		this.#isOver = true;
	}

	#begin(): void {
		const child = this.options.start();
		this.#starts.push(this.#nowMs());
		this.#child = child;
		child.up.then(
			url => {
				this.#url = url;
				this.#busySinceMs = undefined;
			},
			error => this.#notUp(error),
		);
		void child.ended.then(code => {
			if (this.#child !== child) return;
			this.#child = undefined;
			this.#url = undefined;
			const nowMs = this.#nowMs();
			this.#starts = this.#starts.filter(atMs => nowMs - atMs < startsWithinMs);
			if (this.#starts.length >= startsMax) this.#giveUp(new CommandFailed(`the service ended ${startsMax} times, last with code ${code}`));
		});
	}

	/** A folder that another process is about to leave, or whose service is coming up, is asked for again. */
	#notUp(error: unknown): void {
		const nowMs = this.#nowMs();
		this.#busySinceMs ??= nowMs;
		const {busyMs = busyMsDefault} = this.options;
		if (!(error instanceof CommandFailed) || error.exitCode !== exitCodes.busy || nowMs - this.#busySinceMs >= busyMs) {
			this.#giveUp(error);
			return;
		}
		this.#starts.pop();
		this.#notBeforeMs = nowMs + busyPauseMs;
		this.#child = undefined;
	}

	#giveUp(error: unknown): void {
		if (this.#isOver) return;
		this.failure = error;
		this.gaveUp.abort();
	}
}
