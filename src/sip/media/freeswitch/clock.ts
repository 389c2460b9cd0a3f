/** Time as this folder sees it, so that tests can own it. Monotonic milliseconds from an arbitrary start. */
export type Clock = {
	nowMs(): number;
	/** Returns what cancels it; harmless when it has already run. */
	after(delayMs: number, run: () => void): () => void;
};

/** A call that FreeSWITCH, or the way to it, has not answered in time. */
export class NoAnswer extends Error {
	override name = 'NoAnswer';
}

/** The promise, or a rejection when it has not settled in time. Its later outcome is dropped. */
export function inTime<T>(clock: Clock, limitMs: number, what: string, promise: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const cancel = clock.after(limitMs, () => reject(new NoAnswer(`${what}: no answer within ${limitMs} ms`)));
		promise.then(resolve, reject).finally(cancel);
	});
}
