/** Whether a process holds more and more: what long runs look at after each slice, beyond the heap that JavaScript sees. */
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** Megabytes. `external` is what C++ holds for JavaScript, with `arrayBuffers` in it; `rss` is what the system has given the process. */
export type Memory = {heapUsed: number; external: number; arrayBuffers: number; rss: number};
const kinds = ['heapUsed', 'external', 'arrayBuffers', 'rss'] as const;

/**
 * How much more a run may hold at its end than when it was warm, in megabytes. All but `rss` are exact after a collection: of eight million
 * packets of signalling, one kept in every 200 would be seen. `rss` moves by tens of megabytes with what the allocator keeps of freed pages;
 * it only ends a leak that the others cannot see, such as one in a native module.
 */
export const growthMbMax: Memory = {heapUsed: 20, external: 8, arrayBuffers: 8, rss: 64};

/** After two collections: what the first one frees of buffers is counted off by the second. */
export function collector(): () => Memory {
	setFlagsFromString('--expose-gc');
	const gc = runInNewContext('gc') as () => void;
	return () => {
		gc();
		gc();
		const usage = process.memoryUsage();
		return Object.fromEntries(kinds.map(kind => [kind, Math.round(usage[kind] / 1e5) / 10])) as Memory;
	};
}

/** The most of each kind over these. */
export const most = (all: readonly Memory[]): Memory =>
	Object.fromEntries(kinds.map(kind => [kind, Math.max(...all.map(each => each[kind]))])) as Memory;

/** Which kinds have grown beyond their slack, each as a sentence. `warm`: the most that was seen while warming up. */
export function grown(warm: Memory, last: Memory): string[] {
	return kinds
		.filter(kind => last[kind] - warm[kind] > growthMbMax[kind])
		.map(kind => `${kind} has grown from ${warm[kind]} to ${last[kind]} MB, allowed are ${growthMbMax[kind]} more`);
}
