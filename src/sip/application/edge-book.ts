/** What of a stranger is borne, and what it costs. Times in milliseconds. */
export type EdgeSettings = {
	/** Wrong passwords by one source for one user before answers are slowed down. */
	slowAfter: number;
	slowMsMax: number;
	/** Wrong passwords by one source for one user before that pair is refused, for `banMs`. */
	banAfter: number;
	/** Wrong passwords by one source for any users before the whole source is shut out. */
	banSourceAfter: number;
	/** Requests of a source that is nobody we know, within `windowMs`, before it is shut out. */
	strangersMax: number;
	/** User names a source asks for within `windowMs` and proves none of, before it is shut out. */
	namesMax: number;
	windowMs: number;
	/** How long for the first time; each further time twice as long, up to `banMsMax`. */
	banMs: number;
	banMsMax: number;
	/** Sources remembered at most; the oldest is forgotten first. */
	entriesMax: number;
};

export const edgeDefaults: EdgeSettings = {
	slowAfter: 3,
	slowMsMax: 4000,
	banAfter: 10,
	banSourceAfter: 60,
	strangersMax: 12,
	namesMax: 60,
	windowMs: 60_000,
	banMs: 300_000,
	banMsMax: 86_400_000,
	entriesMax: 20_000,
};

/** Why a source was shut out. */
export type ShutReason = 'strangers' | 'names' | 'passwords' | 'scanner';

/** One source as an administrator sees it. Times are the service's clock. */
export type EdgeSource = {
	address: string;
	/** Shut out until then; absent while it is only watched. */
	untilMs?: number;
	reason?: ShutReason;
	/** How often it was shut out. */
	times: number;
	strangers: number;
	names: number;
	wrongPasswords: number;
	/** What it calls itself (User-Agent), as last said. */
	agent?: string;
	firstMs: number;
	lastMs: number;
};

/** Told of each change: shut out until then, or (0) let in again. */
export type ShutOut = (address: string, untilMs: number, source: EdgeSource) => void;

type Source = EdgeSource & {windowAtMs: number; asked: Set<string>};
type Pair = {failures: number; lastMs: number; bannedUntilMs: number};

/** Names under which the tools that look for open telephone systems introduce themselves. */
const scanners =
	/friendly-scanner|friendly-request|sipvicious|sip-?scan|sundayddr|sipcli\b|pplsip|vaxsipuseragent|iWar|eyeBeam release 3006o/i;

/**
 * The memory of the SIP edge: who has knocked without being known, who has guessed names or passwords, who is shut out and until when.
 * Wrong passwords are counted by source and user first, so that one badly set up phone does not shut out the office that shares its
 * address. A source is never counted as a whole while a phone is registered from it (`known`). Pure: time is an argument.
 */
export class EdgeBook {
	readonly #settings: EdgeSettings;
	readonly #shut: ShutOut;
	readonly #pairs = new Map<string, Pair>();
	readonly #sources = new Map<string, Source>();

	constructor(settings: EdgeSettings = edgeDefaults, shut: ShutOut = () => {}) {
		this.#settings = settings;
		this.#shut = shut;
	}

	/** Notes a request of nobody we know. */
	stranger(address: string, agent: string | undefined, nowMs: number): void {
		const source = this.#source(address, nowMs);
		source.strangers++;
		if (agent !== undefined) source.agent = agent.slice(0, 60);
		if (scanners.test(agent ?? '')) this.#shutOut(source, 'scanner', nowMs);
		else if (source.strangers >= this.#settings.strangersMax) this.#shutOut(source, 'strangers', nowMs);
	}

	/** Notes that a source was asked to prove that it is `user`. A scanner that introduces itself is shut out at once. */
	challenged(address: string, user: string, agent: string | undefined, known: boolean, nowMs: number): void {
		if (known) return;
		const source = this.#source(address, nowMs);
		if (agent !== undefined) source.agent = agent.slice(0, 60);
		source.asked.add(user.slice(0, 60));
		source.names = source.asked.size;
		if (scanners.test(agent ?? '')) this.#shutOut(source, 'scanner', nowMs);
		else if (source.asked.size >= this.#settings.namesMax) this.#shutOut(source, 'names', nowMs);
	}

	/** Notes a wrong password. Returns how long to sit on the refusal, ms. */
	failed(address: string, user: string, known: boolean, nowMs: number): number {
		const {slowAfter, slowMsMax, banAfter, banSourceAfter, banMs, entriesMax} = this.#settings;
		const key = `${address} ${user}`;
		const old = this.#pairs.get(key);
		const isFresh = !old || nowMs - old.lastMs > banMs;
		const pair: Pair = {failures: (isFresh ? 0 : old.failures) + 1, lastMs: nowMs, bannedUntilMs: isFresh ? 0 : old.bannedUntilMs};
		if (pair.failures >= banAfter) pair.bannedUntilMs = nowMs + banMs;
		young(this.#pairs, key, pair, entriesMax);
		const source = this.#source(address, nowMs);
		source.wrongPasswords++;
		if (!known && source.wrongPasswords >= banSourceAfter) this.#shutOut(source, 'passwords', nowMs);
		return pair.failures <= slowAfter ? 0 : Math.min(slowMsMax, 250 * 2 ** (pair.failures - slowAfter - 1));
	}

	/**
	 * A right password: whoever knows one is no stranger, and what was held against the address is forgotten. What was guessed there at
	 * other names is not: a neighbour who comes in gives nobody new guesses.
	 */
	succeeded(address: string, user: string): void {
		this.#pairs.delete(`${address} ${user}`);
		this.#forget(address);
	}

	/** Are this source's guesses for this user refused unheard? */
	refuses(address: string, user: string, nowMs: number): boolean {
		return (this.#pairs.get(`${address} ${user}`)?.bannedUntilMs ?? 0) > nowMs;
	}

	isShut(address: string, nowMs: number): boolean {
		return (this.#sources.get(address)?.untilMs ?? 0) > nowMs;
	}

	/** All sources remembered: those shut out first, then the youngest first. */
	sources(nowMs: number): EdgeSource[] {
		const rows = [...this.#sources.values()].map(source => shown(source, nowMs));
		return rows.sort((a, b) => (b.untilMs ?? 0) - (a.untilMs ?? 0) || b.lastMs - a.lastMs);
	}

	/** Forgets a source, or all of them. Returns how many there were. */
	clear(address?: string): number {
		const gone = address === undefined ? [...this.#sources.keys()] : this.#sources.has(address) ? [address] : [];
		for (const each of gone) this.#forget(each);
		for (const key of this.#pairs.keys()) if (address === undefined || key.startsWith(`${address} `)) this.#pairs.delete(key);
		return gone.length;
	}

	#forget(address: string): void {
		const source = this.#sources.get(address);
		this.#sources.delete(address);
		if (source?.untilMs !== undefined) this.#shut(address, 0, shown(source, Infinity));
	}

	#source(address: string, nowMs: number): Source {
		const {windowMs, banMs, banMsMax, entriesMax} = this.#settings;
		const old = this.#sources.get(address);
		const source: Source = old ?? {...blank, address, asked: new Set(), firstMs: nowMs, lastMs: nowMs, windowAtMs: nowMs};
		if (nowMs - source.windowAtMs > windowMs) {
			source.windowAtMs = nowMs;
			source.strangers = 0;
			source.names = 0;
			source.asked.clear();
		}
		if (nowMs - source.lastMs > banMs) source.wrongPasswords = 0;
		if (nowMs - source.lastMs > banMsMax) source.times = 0;
		source.lastMs = nowMs;
		young(this.#sources, address, source, entriesMax);
		return source;
	}

	#shutOut(source: Source, reason: ShutReason, nowMs: number): void {
		if ((source.untilMs ?? 0) > nowMs) return;
		const {banMs, banMsMax} = this.#settings;
		source.untilMs = nowMs + Math.min(banMsMax, banMs * 2 ** Math.min(source.times, 30));
		source.times++;
		source.reason = reason;
		this.#shut(source.address, source.untilMs, shown(source, nowMs));
	}
}

const blank = {times: 0, strangers: 0, names: 0, wrongPasswords: 0};

/** Puts an entry at the young end, and forgets the oldest where there are too many. */
function young<T>(entries: Map<string, T>, key: string, entry: T, entriesMax: number): void {
	entries.delete(key);
	entries.set(key, entry);
	if (entries.size > entriesMax) entries.delete(entries.keys().next().value!);
}

function shown({asked: _asked, windowAtMs: _windowAtMs, untilMs, reason, ...source}: Source, nowMs: number): EdgeSource {
	return {...source, ...(untilMs !== undefined && untilMs > nowMs && {untilMs, ...(reason && {reason})})};
}
