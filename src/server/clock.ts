/** Time as the loop takes it in: one source, exchangeable in tests. */
export interface Clock {
	/** Epoch milliseconds; never goes back. */
	nowMs(): number;
	/** Runs once at that time, or soon when it is past. Returns what calls it off. */
	at(atMs: number, run: () => void): () => void;
}

/** Node's timers hold at most this; longer waits are taken in parts. */
const waitMsMax = 2 ** 31 - 1;

export function systemClock(): Clock {
	let lastMs = 0;
	const nowMs = () => (lastMs = Math.max(lastMs, Date.now()));
	return {
		nowMs,
		at(atMs, run) {
			let timer: NodeJS.Timeout;
			const wait = () => {
				const waitMs = atMs - nowMs();
				timer = waitMs > waitMsMax ? setTimeout(wait, waitMsMax) : setTimeout(run, Math.max(0, waitMs));
			};
			wait();
			return () => clearTimeout(timer);
		},
	};
}
