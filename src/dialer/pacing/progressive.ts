/** Progressive pacing: one call for each idle agent, never more. Nobody is abandoned but by agents who leave. */
import type {PacingPolicy} from './policy.js';
import {decideBy} from './table.js';

/** `callsMax`: calls at once, 0 for no limit. */
export const progressivePolicy = (callsMax: number): PacingPolicy<Record<string, never>> => ({
	name: 'progressive',
	tickMs: 1_000,
	start: () => ({}),
	observe: () => undefined,
	decide(_state, {agents, calls, roomMax}) {
		const running = calls.setUpForMs.length + calls.ringForMs.length + calls.detectForMs.length + calls.waitForMs.length;
		const {calls: due, ...inputs} = decideBy(1, {agents: agents.idle, predicted: 0}, running, callsMax);
		return {calls: Math.min(roomMax, due), inputs: {by: 'progressive', ...inputs, running}};
	},
});
