/** Every pacing policy there is, by name. */
import type {AutoDialSettings} from '../../server/domain/model.js';
import {adaptive} from './adaptive.js';
import type {PacingPolicy} from './policy.js';
import {progressivePolicy} from './progressive.js';
import {tablePolicy} from './table.js';

export const policyNames = ['table-idle', 'table-predicted', 'progressive', 'adaptive'] as const;
export type PolicyName = (typeof policyNames)[number];

/** The manual's table: agents counted, and calls for each. */
export const usualTable = {
	ratioTable: [
		{agentsMax: 5, ratio: 1},
		{agentsMax: 10, ratio: 1.5},
		{agentsMax: 20, ratio: 2},
		{agentsMax: 50, ratio: 2.5},
	],
	ratioAbove: 3,
};

/** What a campaign and group says about its pacing. */
export type TableSettings = Pick<AutoDialSettings, 'mode' | 'ratioTable' | 'ratioAbove' | 'callsMax'>;

const modeOf: Record<PolicyName, AutoDialSettings['mode']> = {
	'table-idle': 'idleOnly',
	'table-predicted': 'predicted',
	progressive: 'progressive',
	adaptive: 'adaptive',
};

/** The policy of a mode: the live dialler and the rehearsal get the same one here. */
export function policyFor(settings: TableSettings): PacingPolicy {
	const {mode, callsMax} = settings;
	if (mode === 'adaptive') return adaptive as PacingPolicy;
	return (mode === 'progressive' ? progressivePolicy(callsMax) : tablePolicy(mode, settings, callsMax)) as PacingPolicy;
}

/** `table`: for the policies that go by one. */
export function policyOf(name: PolicyName, table = usualTable): PacingPolicy {
	return policyFor({...table, mode: modeOf[name], callsMax: 0});
}
