/** Parts of a campaign that stand in an order of their own: fields of its card, choices of its masters. */

import type {Config} from '../../domain/events.js';
import type {Campaign} from '../../domain/model.js';
import {wholeNumber} from '../forms.js';
import {type Field, replaced, type State} from '../noun.js';
import {SetupProblem, type Text} from '../problem.js';

/** `position`: the place it is to have, from 1; absent = where it is, or at the end. */
export type Part = {campaign: Campaign; position?: number};

export const positionField = <T extends Part>(placeOf: (row: T) => number): Field<T> => ({
	name: 'position',
	label: {ja: '並び順', en: 'position'},
	help: {ja: '上から何番目か。ほかはずれる', en: 'its place from the top; the others move'},
	form: wholeNumber(1, 500).form,
	get: row => [String(row.position ?? placeOf(row))],
	set: (row, [given], state) => (given === undefined ? row : {...row, position: wholeNumber(1, 500).parse(given, state, 'position')}),
});

/** The list with the element put in place of the one of that id, at its place; new ones come last. */
export function placed<T extends {id: string}>(list: readonly T[], element: T, position: number | undefined): T[] {
	const all = replaced(list, element, ({id}) => id === element.id);
	if (position === undefined) return all;
	const others = all.filter(({id}) => id !== element.id);
	others.splice(position - 1, 0, element);
	return others;
}

/** `CP0001 name`: the campaign, and the other words. @throws SetupProblem. */
export function partKey(key: string, words: number, {config}: State, noun: Text, allowed: Text): {campaign: Campaign; rest: string[]} {
	const [code = '', ...rest] = key.trim().split(/\s+/);
	if (rest.length !== words) throw new SetupProblem('badKey', {given: key, noun, allowed});
	const campaign = config.campaigns.find(each => each.code === code);
	if (!campaign) {
		const known = config.campaigns.map(each => each.code).join(', ');
		throw new SetupProblem('unknown', {field: 'campaign', what: {ja: '業務コード', en: 'campaign'}, given: code, known});
	}
	return {campaign, rest};
}

/** The configuration with the campaign changed. */
export const withCampaign = (config: Config, id: string, change: (campaign: Campaign) => Campaign): Config => ({
	...config,
	campaigns: config.campaigns.map(each => (each.id === id ? change(each) : each)),
});
