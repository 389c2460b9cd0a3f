/**
 * The grid that pacing is measured on: talk of 60 and 180 s, answer rates of 15, 30 and 50 %, crews of 5 to 500, constant or with
 * an answer rate that halves in the middle of the shift; with what others reach, and what is to be reached.
 */
import type {Summary} from './counts.js';
import type {Cell} from './scenario.js';

/** Utilisation in per cent, found by simulation. Absent: no setting of it keeps the limit. */
export type Published = Cell & {
	/** A closed loop on the rate of abandoned calls, at its best setting. */
	loop?: number;
	/** A constant number of lines for each agent, chosen in hindsight. */
	hindsight?: number;
	/** A policy that learns as ours does. */
	model: number;
	/** Perfect knowledge of when each agent will be free: what nobody can beat without knowing who will answer. */
	ends?: number;
};

const crews = [5, 10, 20, 50, 200, 500];

/** By talk and answer rate, a row for each crew: loop, hindsight, model, ends; 0 for none. */
const constant: ReadonlyArray<[talkS: number, answer: number, rows: ReadonlyArray<readonly [number, number, number, number]>]> = [
	[
		60,
		0.15,
		[
			[48.1, 0, 61.6, 64.1],
			[59.3, 72.3, 74.7, 77.5],
			[59.1, 78.5, 83.7, 85.6],
			[83.7, 84.8, 91.3, 92.6],
			[85.7, 95, 97.6, 98.2],
			[85.9, 98.1, 99.3, 99.5],
		],
	],
	[
		60,
		0.3,
		[
			[0, 63.5, 69.3, 70.1],
			[65.5, 73.6, 77.2, 78.9],
			[76.1, 80.7, 84.9, 87.4],
			[75.6, 86.8, 92.2, 93.4],
			[75.2, 95.6, 97.7, 98.4],
			[75.3, 98.4, 99.4, 99.6],
		],
	],
	[
		60,
		0.5,
		[
			[0, 65, 73.8, 77.7],
			[68.3, 76.8, 80.8, 82.4],
			[73.1, 82.4, 86, 88.5],
			[85.6, 88.9, 92.6, 94.3],
			[84.8, 96.1, 98, 98.7],
			[84.7, 98.7, 99.5, 99.7],
		],
	],
	[
		180,
		0.15,
		[
			[68.8, 58.2, 76.6, 77.4],
			[75, 0, 81.5, 82.6],
			[80.2, 85.9, 87.9, 90.1],
			[79.9, 91.4, 93, 94.4],
			[93.6, 94.6, 97.4, 97.9],
			[93.5, 97.3, 98.8, 99.2],
		],
	],
	[
		180,
		0.3,
		[
			[0, 78.8, 81.4, 84.4],
			[77.5, 83.1, 85.4, 87],
			[82.6, 87.5, 89.3, 90.7],
			[89.8, 91.9, 93.6, 94.9],
			[89.5, 0, 97.5, 98.3],
			[89.4, 97.8, 98.9, 99.2],
		],
	],
	[
		180,
		0.5,
		[
			[0, 83.6, 86.9, 89.4],
			[0, 84.5, 88.5, 89.8],
			[85.4, 89.5, 90.4, 92.4],
			[89.1, 92.8, 94, 95.5],
			[94.1, 96.5, 97.6, 98.3],
			[93.9, 98.2, 98.9, 99.3],
		],
	],
];
const halved: typeof constant = [
	[
		60,
		0.15,
		[
			[41.3, 52.5, 60.4, 0],
			[49.8, 63.3, 73.9, 0],
			[54.9, 70.3, 83.1, 0],
			[76.5, 78.5, 90.9, 0],
			[76.9, 83.5, 97.2, 0],
			[76.9, 85.3, 98.9, 0],
		],
	],
	[
		60,
		0.3,
		[
			[50.9, 54.2, 66.9, 0],
			[61.4, 64.2, 74.6, 0],
			[67.6, 72.6, 83.8, 0],
			[67.3, 79.7, 91.5, 0],
			[74.3, 84.2, 97.4, 0],
			[75.9, 85.9, 99, 0],
		],
	],
	[
		60,
		0.5,
		[
			[0, 63.4, 70.9, 0],
			[67.3, 68.4, 78, 0],
			[72.3, 74.3, 84.8, 0],
			[78.5, 81.3, 91.8, 0],
			[78, 85.5, 97.5, 0],
			[78, 86.7, 99.1, 0],
		],
	],
	[
		180,
		0.15,
		[
			[64.2, 65.3, 71.7, 0],
			[69.3, 74.7, 79.7, 0],
			[72.8, 79.9, 87.4, 0],
			[77.9, 86.9, 92.9, 0],
			[90.2, 91.3, 97.2, 0],
			[90, 92.5, 98.6, 0],
		],
	],
	[
		180,
		0.3,
		[
			[68.9, 72.1, 79, 0],
			[73.6, 76.3, 83.1, 0],
			[80.4, 81.6, 88.6, 0],
			[84.9, 87.5, 93.2, 0],
			[87.8, 92, 97.3, 0],
			[89.5, 92.9, 98.8, 0],
		],
	],
	[
		180,
		0.5,
		[
			[0, 77, 82.6, 0],
			[79.4, 78.5, 86.1, 0],
			[84.2, 84.5, 89.4, 0],
			[88.1, 88.8, 93.4, 0],
			[90.8, 92.5, 97.3, 0],
			[90.6, 93.5, 98.6, 0],
		],
	],
];

export const grid: readonly Published[] = [
	...constant.flatMap(block => cellsOf(block, 1)),
	...halved.flatMap(block => cellsOf(block, 0.5)),
];

function cellsOf([talkS, answer, rows]: (typeof constant)[number], after: number): Published[] {
	return rows.map(([loop, hindsight, model, ends], at) => ({
		agents: crews[at]!,
		answer,
		talkS,
		after,
		...(loop > 0 && {loop}),
		...(hindsight > 0 && {hindsight}),
		model,
		...(ends > 0 && {ends}),
	}));
}

/** What a cell is to reach, in per cent. */
export type Goal = {utilisation: number; abandoned: number; abandoned95: number; worstRunning: number};

/**
 * Never below the model; well above the two others, or at least half of the way from the model to perfect knowledge where that is
 * less; from 200 agents on within 2 points of 99.6.
 */
export function goalFor({agents, after, loop = 0, hindsight = 0, model, ends}: Published): Goal {
	const above = after === 1 ? Math.max(loop + 4, hindsight + 1) : Math.max(loop + 5, hindsight + 5);
	const reachable = ends === undefined ? above : Math.min(above, (model + ends) / 2);
	return {
		utilisation: Math.max(model, reachable, agents >= 200 ? 97.6 : 0),
		abandoned: 3,
		abandoned95: agents >= 20 ? 3.1 : 3.3,
		worstRunning: 5,
	};
}

/** Which goals a cell's runs reach; the utilisation within twice its standard error. */
export function verdictsOf(goal: Goal, summary: Summary): Record<keyof Goal, boolean> {
	return {
		utilisation: 100 * (summary.utilisation + 2 * summary.utilisationError) >= goal.utilisation,
		abandoned: 100 * summary.abandoned <= goal.abandoned,
		abandoned95: 100 * summary.abandoned95 <= goal.abandoned95,
		worstRunning: 100 * summary.worstRunning <= goal.worstRunning,
	};
}
