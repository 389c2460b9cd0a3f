/**
 * A clock that ages are told by. It goes on while the process is stopped (SIGSTOP) and while the machine sleeps, and never goes
 * back. Node's monotonic clock stands still in sleep, the clock on the wall may be set: of the two whichever has gone further since the
 * last look counts, so that a clock set forward makes figures look older than they are for a moment, and nothing makes them look younger.
 */
export type Clocks = {
	/** Milliseconds of a clock that nobody sets. */
	monotonic: () => number;
	/** Epoch milliseconds of this machine. */
	wall: () => number;
};

/** Less than this is drift and rounding. */
const jumpMs = 1_000;

/** Makes the clock: milliseconds since it was made. */
export function steadyClock({monotonic, wall}: Clocks): () => number {
	let lastMono = monotonic();
	let lastWall = wall();
	let nowMs = 0;
	return () => {
		const mono = Math.max(0, monotonic() - lastMono);
		const onWall = wall() - lastWall;
		lastMono += mono;
		lastWall += onWall;
		nowMs += onWall - mono > jumpMs ? onWall : mono;
		return nowMs;
	};
}
