/** The grid as text: a line for each cell. */
import type {Goal, Published, Summary} from '../../dialer/simulate/index.js';
import type {Language} from '../command.js';
import {say} from './texts.js';

type Row = {cell: Published; goal: Goal; summary: Summary; verdicts: Record<keyof Goal, boolean>};

export const headLine = (language: Language): string =>
	`talk answer      agents  ${say(language, 'utilisation')} (goal, model, ends)  ${say(language, 'abandoned')} (95 %, max)  ${say(language, 'running')}`;

export function gridLines({cell, goal, summary, verdicts}: Row): string[] {
	const mark = (ok: boolean) => (ok ? ' ' : '!');
	const percent = (share: number, digits: number) => (100 * share).toFixed(digits);
	const answer = `${Math.round(cell.answer * 100)}${cell.after === 1 ? '' : `→${cell.answer * cell.after * 100}`}`;
	return [
		[
			String(cell.talkS).padStart(4),
			answer.padEnd(8),
			String(cell.agents).padStart(7),
			`  ${percent(summary.utilisation, 1)}±${percent(summary.utilisationError, 1)}${mark(verdicts.utilisation)}`,
			`(${goal.utilisation.toFixed(1)}, ${cell.model}, ${cell.ends ?? '-'})`,
			`  ${percent(summary.abandoned, 2)}${mark(verdicts.abandoned)}`,
			`(${percent(summary.abandoned95, 2)}${mark(verdicts.abandoned95)}, ${percent(summary.abandonedMost, 2)})`,
			`  ${percent(summary.worstRunning, 2)}${mark(verdicts.worstRunning)}`,
		].join(' '),
	];
}
