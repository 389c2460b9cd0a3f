/** A rehearsal: one policy, one scenario, several seeds. */
import type {PacingPolicy} from '../pacing/policy.js';
import {Centre} from './centre.js';
import {type Figures, figuresOf} from './counts.js';
import type {Scenario} from './scenario.js';

export function rehearse(policy: PacingPolicy, scenario: Scenario, seed: number): Figures {
	return figuresOf(new Centre(scenario, seed, policy).run(), seed);
}
