/** Names of things that other things refer to: what people type, and the id that is kept. */
import {normaliseNumber} from '../domain/numbers.js';
import type {Form, State} from './noun.js';
import {named, SetupProblem, type Text} from './problem.js';

type Named = {id: string; typed: string};

function reference(what: Text, list: (state: State) => Named[]): Form<string> {
	return {
		form: what,
		parse(text, state, field) {
			const all = list(state);
			const found = all.find(({typed}) => typed === text.trim());
			if (!found) throw new SetupProblem('unknown', {field, what, given: text, known: named(all.map(({typed}) => typed))});
			return found.id;
		},
		// An id that leads nowhere any more is shown as it is.
		show: (id, state) => list(state).find(each => each.id === id)?.typed ?? id,
		offers: state => list(state).map(({typed}) => typed),
	};
}

export const groupName = reference({ja: '作業グループの番号', en: 'number of a work group'}, ({config}) =>
	config.groups.map(({id, number}) => ({id, typed: number})),
);
export const menuName = reference({ja: '音声ガイダンス', en: 'voice menu'}, ({config}) =>
	(config.menus ?? []).map(({id}) => ({id, typed: id})),
);
export const hoursName = reference({ja: '営業時間', en: 'business hours'}, ({config}) =>
	(config.hours ?? []).map(({id}) => ({id, typed: id})),
);
export const campaignName = reference({ja: '業務コード', en: 'code of a campaign'}, ({config}) =>
	config.campaigns.map(({id, code}) => ({id, typed: code})),
);
export const operatorName = reference({ja: 'オペレーターのログインID', en: 'login ID of an operator'}, ({config}) =>
	config.operators.map(({id, loginId}) => ({id, typed: loginId})),
);
export const extensionName = reference({ja: '内線番号', en: 'extension'}, ({config}) =>
	config.extensions.map(extension => ({id: extension, typed: extension})),
);
export const trunkName = reference({ja: '外線（回線）', en: 'trunk'}, ({config}) =>
	config.trunks.map(({name}) => ({id: name, typed: name})),
);

export const listName = reference({ja: '発信リスト', en: 'call list'}, ({config}) =>
	config.lists.map(({id, name}) => ({id, typed: config.lists.filter(other => other.name === name).length === 1 ? name : id})),
);

/** Two spellings of one telephone number. */
export const sameNumber = (a: string, b: string): boolean => (normaliseNumber(a) ?? a) === (normaliseNumber(b) ?? b);
