/** Undoes what was scheduled; harmless when it has already run. */
export type Cancel = () => void;

/** Time as this room sees it, so that tests can own it. Monotonic milliseconds from an arbitrary start. */
export interface Clock {
	nowMs(): number;
	after(delayMs: number, run: () => void): Cancel;
}

/** Real time. Monotonic: a step of the wall clock must not expire a registration. */
export const systemClock: Clock = {
	nowMs: () => performance.now(),
	after: (delayMs, run) => {
		const timer = setTimeout(run, delayMs);
		return () => clearTimeout(timer);
	},
};

/** Runs again and again with a pause between, until cancelled. The first run is after the first pause. */
export function every(clock: Clock, pauseMs: number, run: () => void): Cancel {
	let cancel = clock.after(pauseMs, tick);
	function tick(): void {
		cancel = clock.after(pauseMs, tick);
		run();
	}
	return () => cancel();
}

/** What a promise that may never settle is given: `undefined` when the time is up first. Its later outcome is dropped. */
export function within<T>(clock: Clock, limitMs: number, promise: Promise<T>): Promise<T | undefined> {
	return new Promise((resolve, reject) => {
		const cancel = clock.after(limitMs, () => resolve(undefined));
		promise.then(
			value => {
				cancel();
				resolve(value);
			},
			error => {
				cancel();
				reject(error);
			},
		);
	});
}
