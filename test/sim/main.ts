/** The long run: `node build/test/sim/main.js --seed 7 --hours 8 [--agents 12] [--seeds 1] [--inbound 6] [--why 97] [--unchecked]`. Exits 1 with the failing seed. */
import {parseArgs} from 'node:util';
import {Sim, SimFailure} from './sim.js';

const {values} = parseArgs({
	options: {
		seed: {type: 'string', default: '1'},
		seeds: {type: 'string', default: '1'},
		hours: {type: 'string', default: '8'},
		agents: {type: 'string', default: '12'},
		restarts: {type: 'string', default: '2'},
		/** Calls that come in, a minute. */
		inbound: {type: 'string', default: '6'},
		/** `why` is asked about everybody after each so many events. */
		why: {type: 'string', default: '0'},
		unchecked: {type: 'boolean', default: false},
	},
});

const first = Number(values.seed);
for (let seed = first; seed < first + Number(values.seeds); seed++) {
	const minutes = Number(values.hours) * 60;
	const began = performance.now();
	try {
		const result = new Sim({
			seed,
			minutes,
			agents: Number(values.agents),
			entriesPerList: Math.ceil(minutes * Number(values.agents) * 0.7),
			restarts: Number(values.restarts),
			unchecked: values.unchecked,
			whyEvery: Number(values.why),
			callsPerMinute: Number(values.inbound),
			refers: true,
		}).run();
		const seconds = ((performance.now() - began) / 1_000).toFixed(1);
		const perStep = ((result.stepMs * 1_000) / result.events).toFixed(1);
		console.log(
			`seed ${seed}: ${result.events} events in ${seconds} s, ${perStep} µs a step, ${result.records} records, hash ${result.hash}, ${JSON.stringify(result.outcomes)}`,
		);
	} catch (error) {
		console.error(error instanceof SimFailure ? error.message : error);
		process.exitCode = 1;
		break;
	}
}
