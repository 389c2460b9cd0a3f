/** Progressive pacing: one call for each idle agent, never more. Nobody is abandoned but by agents who leave. */
import type {PacingPolicy} from './policy.js';

export const progressive: PacingPolicy<undefined> = {
	name: 'progressive',
	tickMs: 1_000,
	start: () => undefined,
	observe: () => undefined,
	decide(_state, {agents, calls, roomMax}) {
		const running = calls.setUpForMs.length + calls.ringForMs.length + calls.detectForMs.length + calls.waitForMs.length;
		return {calls: Math.max(0, Math.min(roomMax, agents.idle - running)), inputs: {by: 'progressive', idle: agents.idle, running}};
	},
};
