import test from 'ava';
import {Sim} from './sim.js';

const seeds = Array.from({length: 22}, (_, n) => n + 1);

/** The later seeds have worse weather: more reports lost and repeated, more joins that fail, more restarts. In the last two telephones transfer by their own keys. */
const optionsOf = (seed: number) => ({
	seed,
	minutes: 13,
	agents: 4 + (seed % 9),
	entriesPerList: 150,
	restarts: seed % 3,
	refers: seed > 20,
	faults: seed > 14 ? {lost: 0.01, repeated: 0.1, joinFails: 0.15, lateAnswer: 0.6} : {},
});

const shifts = new Map<number, {sim: Sim; result: ReturnType<Sim['run']>}>();

/** The shift of a seed, lived through once however many tests look at it. */
function shiftOf(seed: number) {
	const known = shifts.get(seed);
	if (known) return known;
	const sim = new Sim(optionsOf(seed));
	const shift = {sim, result: sim.run()};
	shifts.set(seed, shift);
	return shift;
}

for (const seed of seeds) {
	test(`a shift with seed ${seed}`, t => {
		const {result} = shiftOf(seed);
		t.true(result.events > 300, `only ${result.events} events`);
		t.true((result.outcomes['talked'] ?? 0) > 10, `talked: ${result.outcomes['talked']}`);
	});
}

test('the same seed gives the same shift', t => {
	t.deepEqual({...new Sim(optionsOf(3)).run(), stepMs: 0}, {...shiftOf(3).result, stepMs: 0});
});

test('a shift sees what it is meant to see', t => {
	const total: Record<string, number> = {};
	for (const seed of [2, 8, 16]) {
		for (const [outcome, count] of Object.entries(shiftOf(seed).result.outcomes)) total[outcome] = (total[outcome] ?? 0) + count;
	}
	for (const outcome of ['talked', 'abandoned', 'busy', 'noAnswer', 'cancelled', 'interrupted', 'trunkDown', 'error']) {
		t.true((total[outcome] ?? 0) > 0, `no call was ${outcome}`);
	}
});

test('callers meet everything that can happen to a caller', t => {
	const missing = new Set([
		...['arrived', 'refused', 'queued', 'offered', 'missed', 'declined', 'handedBack', 'overflowed', 'leftToBeCalled', 'menuKey'].map(
			kind => `call.${kind}`,
		),
		...['call.forwarded', 'call.forwardFailed', 'voicemail.left', 'voicemail.empty', 'callBack.offered', 'customer.created'],
		...['refused callTaken', 'refused callGone'],
	]);
	// Some of it is rare: more days are lived through until each was seen, but not for ever.
	for (const seed of [5, 13, 17, 29, 31, 37]) {
		if (missing.size === 0) break;
		const {kinds, refused} = new Sim({...optionsOf(seed), callsPerMinute: 15}).run();
		for (const kind of [...Object.keys(kinds), ...Object.keys(refused).map(code => `refused ${code}`)]) missing.delete(kind);
	}
	t.deepEqual([...missing], []);
});

test('what happens in calls happens', t => {
	const verbs = ['held', 'resumed', 'transferStarted', 'transferFailed', 'conference', 'handedOver', 'watched', 'unwatched'];
	const more = ['entry.claimed', 'entry.skipped', 'help.requested', 'help.taken', 'recording.left'];
	const missing = new Set([...verbs.map(verb => `call.${verb}`), ...more]);
	// Some of it is rare: more days are lived through until each was seen, but not for ever.
	for (const seed of [...seeds, 23, 42, 64]) {
		if (missing.size === 0) break;
		for (const {kind} of shiftOf(seed).sim.live.events) missing.delete(kind);
	}
	t.deepEqual([...missing], []);
});
