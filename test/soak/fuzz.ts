/** Ten million changed packets, eight of signalling and two of media: nothing crashes, nothing is kept, and memory does not grow. */
import {fuzzMedia, fuzzSignalling} from '../support/fuzz.js';
import {collector, grown, type Memory, most} from '../support/memory.js';

const option = (name: string, preset: number): number => Number(process.argv[process.argv.indexOf(`--${name}`) + 1] || preset);
const seed = process.argv.includes('--seed') ? option('seed', 1000) : Number(process.env['KADEN_SEED'] ?? 1000);
const packets = process.argv.includes('--packets') ? option('packets', 10_000_000) : 10_000_000;
const memory = collector();

type Look = () => void;

/**
 * Several seeds, each with servers of its own that live for the whole of its packets. Memory is looked at while they are alive and when they
 * are gone, so that neither what they hold nor what the process holds can grow unseen. The first tenth is the warm-up, in which code is
 * compiled and tables reach their size.
 */
function run(title: string, total: number, seeds: number, fuzz: (seed: number, packets: number, look: Look) => object): string[] {
	const startedMs = performance.now();
	const seen: Memory[] = [];
	const look = () => seen.push(memory());
	for (let part = 0; part < seeds; part++) {
		const facts = fuzz(seed + part, Math.round(total / seeds), look);
		look();
		const seconds = Math.round((performance.now() - startedMs) / 1000);
		console.log(`${title}, seed ${seed + part}, ${seconds} s: ${JSON.stringify(facts)}, MB ${JSON.stringify(seen.at(-1))}`);
	}
	const tenth = Math.ceil(seen.length / 10);
	const warm = most(seen.slice(0, tenth));
	const last = most(seen.slice(-tenth));
	console.log(
		`${title}: ${total} packets, ${seen.length} looks, most MB of the first tenth ${JSON.stringify(warm)}, of the last ${JSON.stringify(last)}`,
	);
	return grown(warm, last).map(each => `${title}: ${each}`);
}

const leaks = run('signalling', packets * 0.8, 16, (each, count, progress) => {
	const result = fuzzSignalling({seed: each, packets: count, progress});
	if (Object.values(result.left).some(left => left !== 0)) throw new Error(`kept: ${JSON.stringify(result.left)}`);
	return result;
});
leaks.push(...run('media', packets * 0.2, 10, (each, count, progress) => fuzzMedia({seed: each, packets: count, progress})));
for (const leak of leaks) console.error(leak);
if (leaks.length > 0) process.exitCode = 1;
