/** Somebody asked for what the own role may not do. */
export type Refusal = {
	request: string;
	code: string;
	role: string | undefined;
	/** Who asks, where that is known. */
	operatorId: string | undefined;
	/** The connection, and where it comes from. */
	consoleId: string;
	source: string;
};

const sayAgainMs = 600_000;
const keptMax = 10_000;

/**
 * Refusals in the log: each the first time in ten minutes, and then at the tenth, the hundredth and so on, so that a console that
 * tries again is a line and a stranger that goes on for ever fills nothing. Somebody known is told apart by connection, a stranger
 * by address.
 */
export class RefusalLog {
	readonly #said = new Map<string, {sinceMs: number; times: number}>();

	constructor(private readonly log: (level: 'warn', event: string, facts: Record<string, unknown>) => void) {}

	tell({consoleId, ...facts}: Refusal, nowMs: number): void {
		const {request, code, operatorId, source} = facts;
		const key = `${operatorId === undefined ? source : consoleId} ${request} ${code}`;
		let said = this.#said.get(key);
		if (!said || nowMs < said.sinceMs || nowMs - said.sinceMs >= sayAgainMs) {
			// Put at the end: the first of the map is the one that began longest ago.
			this.#said.delete(key);
			this.#said.set(key, (said = {sinceMs: nowMs, times: 0}));
			if (this.#said.size > keptMax) this.#said.delete(this.#said.keys().next().value!);
		}
		if (isRound(++said.times)) this.log('warn', 'api.notAllowed', {...facts, ...(said.times > 1 && {times: said.times})});
	}
}

/** 1, 10, 100 and so on. */
const isRound = (count: number): boolean => /^10*$/.test(String(count));
