/** What a rehearsal found, as text: figures side by side, then each policy's shift by quarters of an hour. */
import type {Figures, Part, PastFigures, Scenario, Summary} from '../../dialer/simulate/index.js';
import type {Language} from '../command.js';
import {columns} from './columns.js';
import {say} from './texts.js';

export type Result = {policy: string; summary: Summary; figures: readonly Figures[]};

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** A column for each policy. */
export function comparison(results: readonly Result[], language: Language): string[] {
	const linesOf = ({figures}: Result) => Math.max(...figures.map(({linesMost}) => linesMost));
	const rows: string[][] = [
		[say(language, 'policy'), ...results.map(({policy}) => policy)],
		[say(language, 'utilisation'), ...results.map(({summary}) => percent(summary.utilisation))],
		[say(language, 'wait'), ...results.map(({summary}) => seconds(summary.waitMs))],
		[say(language, 'abandoned'), ...results.map(({summary}) => percent(summary.abandoned, 2))],
		[say(language, 'most'), ...results.map(({summary}) => percent(summary.abandonedMost, 2))],
		[say(language, 'running'), ...results.map(({summary}) => percent(summary.worstRunning, 2))],
		[say(language, 'perHour'), ...results.map(({summary}) => summary.joinedPerAgentHour.toFixed(1))],
		[say(language, 'perTalk'), ...results.map(({summary}) => summary.placedPerJoined.toFixed(2))],
		[say(language, 'gaveUp'), ...results.map(({summary}) => percent(summary.gaveUp))],
		[say(language, 'lines'), ...results.map(result => String(linesOf(result)))],
	];
	return [say(language, 'runs', {runs: String(results[0]?.summary.runs ?? 0)}), ...columns(rows)];
}

/** What was on those days. */
export function pastLines(days: ReadonlyArray<{name: string; figures: PastFigures}>, language: Language): string[] {
	const line = ({name, figures}: {name: string; figures: PastFigures}) =>
		say(language, 'thatDay', {
			day: name,
			utilisation: percent(figures.utilisation),
			abandoned: percent(figures.abandoned, 2),
			answered: String(figures.answered),
			placed: String(figures.placed),
			talks: String(figures.talks),
			agents: figures.agents.toFixed(1),
		});
	return days.map(line);
}

const barWidth = 30;
const bar = (share: number): string => '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '·');

/** The first run over time. */
export function report({policy, figures}: Result, {abandonMax}: Scenario, language: Language): string[] {
	const parts = figures[0]?.counts.parts ?? [];
	const rows = parts.map((part, at) => [
		`${Math.floor(at / 4)}:${String((at % 4) * 15).padStart(2, '0')}`,
		bar(busyShare(part)),
		percent(busyShare(part), 0),
		`${part.abandoned}/${part.answered}${part.abandoned > abandonMax * part.answered ? ' !' : ''}`,
		String(part.placed),
	]);
	const head = ['', say(language, 'utilisation'), '', say(language, 'abandoned'), say(language, 'placed')];
	return ['', say(language, 'byTime', {policy}), ...columns([head, ...rows])];
}

const busyShare = ({idleMs, loggedMs}: Part): number => (loggedMs > 0 ? 1 - idleMs / loggedMs : 0);
