/** The fuel gauge of a campaign: how much of the limit on abandoned calls is left. Pure. */
import type {Floor, FloorDial} from '../../../server/api/floor.js';
import type {Translate} from '../../i18n/index.js';
import {type Line, span} from '../../line.js';
import type {Tone} from '../../theme.js';

const gaugeCells = 10;
/** Less than this share of a budget is little, and soon none. */
const littleFuel = 0.25;
const lastFuel = 0.1;

export const fuelTone = (fuel: number): Tone => (fuel <= lastFuel ? 'bad' : fuel <= littleFuel ? 'warn' : 'good');

/** In per cent with a decimal: limits are three or five. */
const percent = (share: number | undefined): string => (share === undefined ? '-' : `${(100 * share).toFixed(1)}%`);

/** `[######....] 1.8% / 3.0%  14 left`: full is a whole budget. */
export function budgetSpans({budget, fuel}: FloorDial, t: Translate): Line {
	const cells = fuel > 0 ? Math.max(1, Math.round(gaugeCells * fuel)) : 0;
	const tone = fuelTone(fuel);
	return [
		span('[', 'dim'),
		span('#'.repeat(cells), tone),
		span(`${'.'.repeat(gaugeCells - cells)}] `, 'dim'),
		span(`${percent(budget.share)} / ${percent(budget.limit)} `, tone === 'good' ? 'plain' : tone),
		// Before anybody has answered there is nothing to count.
		span(budget.share === undefined ? '  ' : `${t('sv.budgetLeft', {count: Math.max(0, budget.left)})}  `, tone === 'good' ? 'dim' : tone),
	];
}

/** The campaign in dialling that has least of its budget left. */
export function tightestDial(dials: Floor['dials']): FloorDial | undefined {
	let tightest: FloorDial | undefined;
	for (const dial of dials.values()) if (dial.started && (!tightest || dial.fuel < tightest.fuel)) tightest = dial;
	return tightest;
}

/** For the figures of the floor: the share that is left, of the campaign that has least. */
export function fuelSpans(dials: Floor['dials'], t: Translate): Line {
	const dial = tightestDial(dials);
	if (!dial) return [];
	return [span(`${t('sv.budget')} ${Math.floor(100 * dial.fuel)}%  `, fuelTone(dial.fuel))];
}

/** Said where everybody looks: a campaign has used up its budget, or is about to. */
export function budgetWarning(dials: Floor['dials'], t: Translate): string | undefined {
	const dial = tightestDial(dials);
	if (!dial || dial.fuel > lastFuel) return undefined;
	const {name, budget} = dial;
	const args = {name, share: percent(budget.share), limit: percent(budget.limit), count: Math.max(0, budget.left)};
	return t(budget.spent ? 'sv.budgetSpent' : 'sv.budgetLow', args);
}
