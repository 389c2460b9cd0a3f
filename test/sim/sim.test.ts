import test from 'ava';
import {Sim} from './sim.js';

const seeds = Array.from({length: 20}, (_, n) => n + 1);

/** The later seeds have worse weather: more reports lost and repeated, more joins that fail, more restarts. */
const optionsOf = (seed: number) => ({
	seed,
	minutes: 20,
	agents: 4 + (seed % 9),
	entriesPerList: 150,
	restarts: seed % 3,
	faults: seed > 14 ? {lost: 0.01, repeated: 0.1, joinFails: 0.15, lateAnswer: 0.6} : {},
});

for (const seed of seeds) {
	test(`a shift with seed ${seed}`, t => {
		const result = new Sim(optionsOf(seed)).run();
		t.true(result.events > 500, `only ${result.events} events`);
		t.true((result.outcomes['talked'] ?? 0) > 10, `talked: ${result.outcomes['talked']}`);
	});
}

test('the same seed gives the same shift', t => {
	const run = () => ({...new Sim(optionsOf(3)).run(), stepMs: 0});
	t.deepEqual(run(), run());
});

test('a shift sees what it is meant to see', t => {
	const total: Record<string, number> = {};
	for (const seed of [2, 8, 16]) {
		for (const [outcome, count] of Object.entries(new Sim(optionsOf(seed)).run().outcomes)) total[outcome] = (total[outcome] ?? 0) + count;
	}
	for (const outcome of ['talked', 'abandoned', 'busy', 'noAnswer', 'cancelled', 'interrupted', 'trunkDown', 'error']) {
		t.true((total[outcome] ?? 0) > 0, `no call was ${outcome}`);
	}
});

test('callers meet everything that can happen to a caller', t => {
	const kinds: Record<string, number> = {};
	const refused: Record<string, number> = {};
	const add = (all: Record<string, number>, more: Record<string, number>) => {
		for (const [key, count] of Object.entries(more)) all[key] = (all[key] ?? 0) + count;
	};
	for (const seed of [5, 13, 17]) {
		const result = new Sim({...optionsOf(seed), callsPerMinute: 15}).run();
		add(kinds, result.kinds);
		add(refused, result.refused);
	}
	const wanted = [
		...['arrived', 'refused', 'queued', 'offered', 'missed', 'declined', 'handedBack', 'overflowed', 'leftToBeCalled', 'menuKey'].map(
			kind => `call.${kind}`,
		),
		...['call.forwarded', 'call.forwardFailed', 'voicemail.left', 'voicemail.empty', 'callBack.offered', 'customer.created'],
	];
	for (const kind of wanted) t.true((kinds[kind] ?? 0) > 0, `nothing was ${kind}`);
	for (const code of ['callTaken', 'callGone']) t.true((refused[code] ?? 0) > 0, `nobody was told ${code}`);
});

test('what happens in calls happens', t => {
	const verbs = ['held', 'resumed', 'transferStarted', 'transferFailed', 'conference', 'handedOver', 'watched', 'unwatched'];
	const more = ['entry.claimed', 'entry.skipped', 'help.requested', 'help.taken', 'recording.left'];
	const missing = new Set([...verbs.map(verb => `call.${verb}`), ...more]);
	// Some of it is rare: more days are lived through until each was seen, but not for ever.
	for (const seed of [2, 8, 16, 23, 42, 64]) {
		if (missing.size === 0) break;
		const sim = new Sim(optionsOf(seed));
		sim.run();
		for (const {kind} of sim.live.events) missing.delete(kind);
	}
	t.deepEqual([...missing], []);
});
