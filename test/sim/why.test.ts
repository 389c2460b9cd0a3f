import test from 'ava';
import {Sim} from './sim.js';

/** The whole of it is in the long run: `node build/test/sim/main.js --why 7`. */
const seeds = [2, 5, 8];

test('what holds is said, and what is promised comes with the next look', t => {
	const rules = new Map<string, number>();
	let asked = 0;
	let promised = 0;
	for (const seed of seeds) {
		const sim = new Sim({seed, minutes: 15, agents: 5 + (seed % 4), entriesPerList: 100, restarts: 1, callsPerMinute: 10, whyEvery: 37});
		sim.run();
		asked += sim.whys.asked;
		promised += sim.whys.promised;
		for (const [rule, count] of sim.whys.rules) rules.set(rule, (rules.get(rule) ?? 0) + count);
	}
	t.true(asked > 1_000, `asked ${asked} times`);
	t.true(promised > 5, `promised ${promised} times`);
	const wanted = ['status', 'partDown', 'trunkDown', 'nobodyReady', 'callsUnderWay', 'earlierList', 'noCaller', 'ringsAtOther', 'backOff'];
	for (const rule of wanted) t.true((rules.get(rule) ?? 0) > 0, `nothing was held by ${rule}`);
});
