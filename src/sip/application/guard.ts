/** How many wrong passwords are borne, and what they cost. */
export type GuardSettings = {
	/** Wrong answers by one source for one user before answers are slowed down. */
	slowAfter: number;
	slowMsMax: number;
	/** Wrong answers by one source for one user before that pair is shut out. */
	banAfter: number;
	/** Wrong answers by one source for any users before the whole source is shut out. */
	banSourceAfter: number;
	banMs: number;
	/** Sources remembered at most; the oldest is forgotten first. */
	entriesMax: number;
};

export const guardDefaults: GuardSettings = {
	slowAfter: 3,
	slowMsMax: 4000,
	banAfter: 10,
	banSourceAfter: 60,
	banMs: 300_000,
	entriesMax: 20_000,
};

type Entry = {failures: number; lastMs: number; bannedUntilMs: number};

/**
 * Counts wrong passwords. By source and user first, so that one badly set up phone does not shut out the office that
 * shares its address; by source alone with a much higher limit, against guessing many users.
 */
export class Guard {
	readonly #settings: GuardSettings;
	readonly #entries = new Map<string, Entry>();

	constructor(settings: GuardSettings = guardDefaults) {
		this.#settings = settings;
	}

	/** Notes a wrong password. Returns how long to sit on the refusal. */
	failed(source: string, user: string, nowMs: number): number {
		const {slowAfter, slowMsMax, banAfter, banSourceAfter} = this.#settings;
		const pair = this.#note(`${source} ${user}`, banAfter, nowMs);
		this.#note(source, banSourceAfter, nowMs);
		return pair.failures <= slowAfter ? 0 : Math.min(slowMsMax, 250 * 2 ** (pair.failures - slowAfter - 1));
	}

	succeeded(source: string, user: string): void {
		this.#entries.delete(`${source} ${user}`);
	}

	/** Is this source shut out for this user? `known`: a phone is registered from there already, so only the pair counts. */
	banned(source: string, user: string, known: boolean, nowMs: number): boolean {
		const over = (key: string): boolean => (this.#entries.get(key)?.bannedUntilMs ?? 0) > nowMs;
		return over(`${source} ${user}`) || (!known && over(source));
	}

	#note(key: string, banAfter: number, nowMs: number): Entry {
		const old = this.#entries.get(key);
		const fresh = !old || nowMs - old.lastMs > this.#settings.banMs;
		const entry: Entry = {failures: (fresh ? 0 : old.failures) + 1, lastMs: nowMs, bannedUntilMs: fresh ? 0 : old.bannedUntilMs};
		if (entry.failures >= banAfter) entry.bannedUntilMs = nowMs + this.#settings.banMs;
		this.#entries.delete(key); // moves it to the young end
		this.#entries.set(key, entry);
		if (this.#entries.size > this.#settings.entriesMax) this.#entries.delete(this.#entries.keys().next().value!);
		return entry;
	}
}
