/**
 * What one decision of the adaptive policy costs for 500 agents and 1,500 calls, tables made anew or at hand, against the ratio
 * table in the same run.
 */
import {policyOf} from '../../src/dialer/pacing/policies.js';
import type {PacingView} from '../../src/dialer/pacing/policy.js';
import {seededRng} from '../../src/server/rng.js';

const agents = 500;
const calls = 1_500;
const decisions = 400;
const tickMs = 500;

const rng = seededRng(1);
const agesOf = (count: number, most: number): number[] => Array.from({length: count}, () => rng.between(0, most));

function viewAt(nowMs: number): PacingView {
	const ringing = Math.floor(calls * 0.8);
	return {
		nowMs,
		agents: {idle: 4, talkForMs: agesOf(agents - 104, 120_000), wrapUpForMs: agesOf(100, 20_000)},
		calls: {
			setUpForMs: agesOf(calls - ringing - 20, 4_000),
			ringForMs: agesOf(ringing, 30_000),
			detectForMs: agesOf(20, 3_000),
			waitForMs: [],
		},
		roomMax: Number.POSITIVE_INFINITY,
		periods: [{answered: 5_000, abandoned: 140}],
	};
}

/** Milliseconds each decision took, sorted; and of the processor, on the average: on a busy machine that is what it costs. */
function measure(name: 'adaptive' | 'table-predicted'): {took: number[]; cpuMs: number} {
	const policy = policyOf(name);
	const state = policy.start({patienceMs: 2_000, ringMs: 30_000, minRingMs: 15_000, abandonMax: 0.03});
	for (let n = 0; n < 5_000; n++) {
		const answers = rng.chance(0.15);
		const ringMs = answers ? rng.between(3_000, 20_000) : 30_000;
		const outcome = answers ? 'person' : 'failed';
		policy.observe(state, {type: 'callEnded', outcome, setUpMs: rng.between(1_500, 3_500), ringMs, ...(answers && {detectMs: 1_200})}, 0);
		policy.observe(state, {type: 'talkEnded', talkMs: rng.between(5_000, 150_000)}, 0);
		policy.observe(state, {type: 'wrapUpEnded', wrapUpMs: rng.between(5_000, 30_000)}, 0);
		policy.observe(state, {type: 'joined'}, 0);
	}
	const took: number[] = [];
	const views = Array.from({length: decisions}, (_, n) => viewAt(n * tickMs));
	const before = process.cpuUsage();
	for (const view of views) {
		const beganMs = performance.now();
		policy.decide(state, view);
		took.push(performance.now() - beganMs);
	}
	const {user, system} = process.cpuUsage(before);
	return {took: took.sort((a, b) => a - b), cpuMs: (user + system) / 1_000 / decisions};
}

for (const name of ['table-predicted', 'adaptive'] as const) {
	const {took, cpuMs} = measure(name);
	const at = (share: number) => Math.round(took[Math.min(took.length - 1, Math.floor(share * took.length))]! * 1_000) / 1_000;
	console.log(
		JSON.stringify({
			policy: name,
			agents,
			calls,
			decisions,
			cpuMs: Math.round(cpuMs * 1_000) / 1_000,
			medianMs: at(0.5),
			p95Ms: at(0.95),
			mostMs: at(1),
		}),
	);
}
