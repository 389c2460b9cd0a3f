/**
 * Durations that end in one of several ways, learned with forgetting: how many ended how at which age, and from that the rate of
 * each end by age. What still runs counts as not ended yet (censored), so that long ones do not go missing while they last.
 */
export type Durations = {
	/** Ages at which bins begin, ms, ascending from 0; the last bin is open. */
	edges: readonly number[];
	/** Ends by cause and bin; after the last cause those that were cut off without an end. */
	ended: number[][];
	/** Time spent within the bin in which it ended, ms. */
	partMs: number[];
};

/** Observations that a bin's rate is drawn towards the mean rate with. */
const shrink = 0.5;

export function newDurations(edges: readonly number[], causes: number): Durations {
	const zeros = () => edges.map(() => 0);
	return {edges, ended: Array.from({length: causes + 1}, zeros), partMs: zeros()};
}

/** The bin of an age. */
export function binOf(edges: readonly number[], ageMs: number): number {
	let low = 0;
	let high = edges.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (edges[middle]! <= ageMs) low = middle;
		else high = middle - 1;
	}
	return low;
}

/** `cause`: the number of causes, for one that was cut off. */
export function learnDuration(durations: Durations, ms: number, cause: number, weight = 1): void {
	const bin = binOf(durations.edges, ms);
	durations.ended[cause]![bin]! += weight;
	durations.partMs[bin]! += weight * (ms - durations.edges[bin]!);
}

/** Everything seen so far counts for this share of what it did. */
export function forget(durations: Durations, keep: number): void {
	for (const row of durations.ended) for (let bin = 0; bin < row.length; bin++) row[bin]! *= keep;
	for (let bin = 0; bin < durations.partMs.length; bin++) durations.partMs[bin]! *= keep;
}

/** Ends of a cause remembered. */
export function endsOf(durations: Durations, cause: number): number {
	let sum = 0;
	for (const count of durations.ended[cause]!) sum += count;
	return sum;
}

/** Rates per ms, by cause and bin. `running`: ages of what has not ended, ms. */
export function ratesOf(durations: Durations, running: readonly number[]): number[][] {
	const {edges, ended} = durations;
	const bins = edges.length;
	const causes = ended.length - 1;
	const exposureMs = [...durations.partMs];
	const endedIn = new Array<number>(bins).fill(0);
	for (const row of ended) for (let bin = 0; bin < bins; bin++) endedIn[bin]! += row[bin]!;
	for (const ms of running) {
		const bin = binOf(edges, ms);
		endedIn[bin]! += 1;
		exposureMs[bin]! += ms - edges[bin]!;
	}
	let beyond = 0;
	let totalMs = 0;
	for (let bin = bins - 1; bin >= 0; bin--) {
		if (bin < bins - 1) exposureMs[bin]! += beyond * (edges[bin + 1]! - edges[bin]!);
		beyond += endedIn[bin]!;
		totalMs += exposureMs[bin]!;
	}
	const rates: number[][] = [];
	for (let cause = 0; cause < causes; cause++) {
		const mean = totalMs > 0 ? endsOf(durations, cause) / totalMs : 0;
		const row: number[] = [];
		for (let bin = 0; bin < bins; bin++) {
			// Shrunk by an exposure as long as the bin, at most as the mean time to an end of any kind.
			const priorMs = shrink * (bin < bins - 1 ? edges[bin + 1]! - edges[bin]! : edges[bin]!);
			row.push((ended[cause]![bin]! + mean * priorMs) / (exposureMs[bin]! + priorMs));
		}
		rates.push(row);
	}
	return rates;
}

/** Whole rate integrated from age 0 to each point of a grid of `stepMs`: `points` values, the first 0. */
export function cumulated(edges: readonly number[], rates: readonly number[], stepMs: number, points: number): Float64Array {
	const sums = new Float64Array(points);
	let bin = 0;
	for (let at = 1; at < points; at++) {
		let fromMs = (at - 1) * stepMs;
		const toMs = at * stepMs;
		let sum = sums[at - 1]!;
		while (bin < edges.length - 1 && edges[bin + 1]! < toMs) {
			const edgeMs = edges[bin + 1]!;
			if (edgeMs > fromMs) {
				sum += (edgeMs - fromMs) * rates[bin]!;
				fromMs = edgeMs;
			}
			bin++;
		}
		sums[at] = sum + (toMs - fromMs) * rates[bin]!;
	}
	return sums;
}
