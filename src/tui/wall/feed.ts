/**
 * Asks the service for the figures again and again. An answer is as old as its question: the time between is told by a clock of our
 * own that nobody sets, so frames that lay in a buffer while this process or the line stood still are never taken for new ones.
 */
import type {Client} from '../../server/api/client.js';
import type {Figures} from '../../server/api/figures.js';
import type {Timers} from '../tty/streams.js';

/** What the feed needs of the client. */
export type FeedClient = Pick<Client, 'on' | 'connect' | 'request' | 'close'>;

export type FeedOptions = {
	client: FeedClient;
	/** The key that opens the figures; read anew at each connection. */
	key: () => string;
	timers: Timers;
	/** Never goes back; see `steady.ts`. */
	steadyMs: () => number;
	/** Something is different. */
	onChange: () => void;
};

/** Why there are no new figures: the line, the key, or the service's own answer. */
export type FeedFault = 'offline' | 'badKey' | 'noKey' | 'refused';

export const askEveryMs = 500;
/** A question without an answer for so long is given up and asked anew. */
const answerMs = 5_000;
/** After a refused key: somebody may put the right one there. */
const keyRetryMs = 5_000;
/** Figures that are older are not those of now. */
export const staleMs = 3_000;

export class Feed {
	figures: Figures | undefined;
	fault: FeedFault | undefined = 'offline';
	readonly #options: FeedOptions;
	#askedMs = 0;
	#online = false;
	#asking = false;
	#cancel: (() => void) | undefined;
	#off: (() => void) | undefined;

	constructor(options: FeedOptions) {
		this.#options = options;
	}

	start(): void {
		const {client} = this.#options;
		this.#off = client.on('line', line => {
			this.#online = line === 'online';
			if (this.#online) void this.#enter();
			else this.#failed('offline');
		});
		client.connect();
	}

	stop(): void {
		this.#off?.();
		this.#cancel?.();
		this.#online = false;
		this.#options.client.close();
	}

	/** Milliseconds since the figures were true, at most; undefined while there are none. */
	ageMs(): number | undefined {
		return this.figures && Math.max(0, this.#options.steadyMs() - this.#askedMs);
	}

	get isStale(): boolean {
		const ageMs = this.ageMs();
		return ageMs === undefined || ageMs > staleMs;
	}

	async #enter(): Promise<void> {
		const {client, key} = this.#options;
		let shown: string;
		try {
			shown = key();
		} catch {
			this.#failed('noKey');
			this.#later(keyRetryMs, () => void this.#enter());
			return;
		}
		try {
			await client.request({type: 'admit', key: shown}, answerMs);
			this.#ask();
		} catch (error) {
			if (!this.#online) return;
			this.#failed(isRefused(error) ? 'badKey' : 'offline');
			this.#later(keyRetryMs, () => void this.#enter());
		}
	}

	#ask(): void {
		if (this.#asking || !this.#online) return;
		const {client, steadyMs} = this.#options;
		const askedMs = steadyMs();
		this.#asking = true;
		void client
			.request({type: 'figures'}, answerMs)
			.then(
				figures => {
					this.figures = figures;
					this.#askedMs = askedMs;
					this.fault = undefined;
					this.#options.onChange();
				},
				(error: unknown) => this.#failed(isRefused(error) ? 'refused' : 'offline'),
			)
			.finally(() => {
				this.#asking = false;
				this.#later(Math.max(0, askedMs + askEveryMs - steadyMs()), () => this.#ask());
			});
	}

	#later(delayMs: number, run: () => void): void {
		this.#cancel?.();
		if (this.#online) this.#cancel = this.#options.timers.after(run, delayMs);
	}

	#failed(fault: FeedFault): void {
		this.fault = fault;
		this.#options.onChange();
	}
}

const isRefused = (error: unknown): boolean => error instanceof Error && error.name === 'Refused';
