/** 応答の見込み: whether pacing goes by the chance of each lead, and what is known of them. */
import type {LeadScores} from '../../../dialer/port.js';
import type {AutoDialSettings} from '../../domain/model.js';
import {yesNo} from '../forms.js';
import {type Field, property, shown} from '../noun.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** `morning 12.0%, afternoon 9.5%, evening 21.4%; 0 tries ×1.12 (4100), 1 ×0.93 (2200)`: chances by part of the day, then by tries. */
export function leadsText(scores: LeadScores | undefined): string | undefined {
	if (!scores || scores.calls < 1) return undefined;
	const {usual, levels} = scores;
	const parts = Object.entries(usual).map(([part, chance]) => `${part} ${percent(chance)}`);
	const tries = [...levels[0]].sort(([a], [b]) => Number(a) - Number(b));
	const kinds = tries.map(([name, {factor, calls}]) => `${triesText(name)} ×${factor.toFixed(2)} (${Math.round(calls)})`);
	return `${parts.join(', ')}; ${kinds.join(', ')}`;
}

/** As the kinds of leads count them: 3 stands for 3 and 4, 5 for all above. */
export const triesText = (tries: string | number): string => ({0: '0 tries', 3: '3-4', 5: '5+'})[Number(tries)] ?? String(tries);

export const leadFields: ReadonlyArray<Field<AutoDialSettings>> = [
	property('leadScores', yesNo, {
		name: 'lead-scores',
		label: {ja: '応答の見込み', en: 'lead scores'},
		help: {
			ja: 'adaptive：これまでの架電結果から、一件ごとに応答の見込みを数える',
			en: 'adaptive: each lead counts by its own chance of an answer, learned from earlier calls',
		},
		fallback: {ja: 'no', en: 'no'},
	}),
	shown('lead-chances', {ja: '応答率と回数別の倍率', en: 'answers by lead'}, ({campaignId}, {leadsOf}) => leadsText(leadsOf?.(campaignId))),
];
