/** Ten million changed packets, eight of signalling and two of media: nothing crashes, nothing is kept, and memory does not grow. */
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {fuzzMedia, fuzzSignalling} from '../support/fuzz.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const heapMb = (): number => {
	gc();
	return Math.round(process.memoryUsage().heapUsed / 1e6);
};

const option = (name: string, preset: number): number => Number(process.argv[process.argv.indexOf(`--${name}`) + 1] || preset);
const seed = process.argv.includes('--seed') ? option('seed', 1000) : Number(process.env['KADEN_SEED'] ?? 1000);
const packets = process.argv.includes('--packets') ? option('packets', 10_000_000) : 10_000_000;
/** What a run may hold more at its end than after its first tenth. */
const growthMbMax = 20;

/** Runs in slices, each from a seed of its own, and looks at the heap after each: a leak of the process shows as growth. */
function run(title: string, total: number, slice: (seed: number, packets: number) => object): boolean {
	const startedMs = performance.now();
	let first = 0;
	let last = 0;
	let facts: object = {};
	for (let part = 0; part < 10; part++) {
		facts = slice(seed + part, Math.round(total / 10));
		last = heapMb();
		if (part === 0) first = last;
	}
	const seconds = (performance.now() - startedMs) / 1000;
	console.log(`${title}: ${total} packets in ${seconds.toFixed(0)} s, heap ${first} → ${last} MB; last slice ${JSON.stringify(facts)}`);
	return last - first <= growthMbMax;
}

const isClean = run('signalling', packets * 0.8, (each, count) => {
	const result = fuzzSignalling({seed: each, packets: count});
	if (Object.values(result.left).some(left => left !== 0)) throw new Error(`kept: ${JSON.stringify(result.left)}`);
	return result;
});
const isQuiet = run('media', packets * 0.2, (each, count) => fuzzMedia({seed: each, packets: count}));
if (!isClean || !isQuiet) {
	console.error(`memory has grown by more than ${growthMbMax} MB`);
	process.exitCode = 1;
}
