/** Every pacing policy there is, by name. */
import {adaptive} from './adaptive.js';
import type {PacingPolicy} from './policy.js';
import {progressive} from './progressive.js';
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

/** `table`: for the policies that go by one. */
export function policyOf(name: PolicyName, table = usualTable): PacingPolicy {
	const all: Record<PolicyName, () => PacingPolicy> = {
		'table-idle': () => tablePolicy('idleOnly', table) as PacingPolicy,
		'table-predicted': () => tablePolicy('predicted', table) as PacingPolicy,
		progressive: () => progressive as PacingPolicy,
		adaptive: () => adaptive as PacingPolicy,
	};
	return all[name]();
}
