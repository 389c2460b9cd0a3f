/** What people ask for of customers, in the words of the campaign, as a query. */
import {named, SetupProblem, type Text} from '../admin/problem.js';
import type {Config} from '../domain/events.js';
import {type Campaign, type EntryState, entryStates} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import {textFields} from '../store/customer-text.js';
import type {CustomerCondition, CustomerQuery} from '../store/search.js';

/** As typed; names of choices, lists and people as they are called. */
export type AskedQuery = {
	reached?: string[] | undefined;
	reaction?: string[] | undefined;
	next?: string[] | undefined;
	/** `名前~山田`, `city=千葉市`, `birthday>=1970/01/01`, `birthday<=1979/12/31`: by id or label. */
	where?: string[] | undefined;
	text?: string | undefined;
	number?: string | undefined;
	list?: string | undefined;
	state?: string[] | undefined;
	owner?: string | undefined;
	by?: string | undefined;
	lastFromMs?: number | undefined;
	lastUntilMs?: number | undefined;
	dueFromMs?: number | undefined;
	dueUntilMs?: number | undefined;
	never?: boolean | undefined;
	stop?: boolean | undefined;
	/** Field by id or label, or last, due, state, stop. */
	sort?: string | undefined;
	descending?: boolean | undefined;
};

const others = ['last', 'due', 'state', 'stop'] as const;
/** ステータス as people call it. */
export const stateWords: Record<EntryState, Text> = {
	waiting: {ja: '発信待ち', en: 'waiting'},
	dialling: {ja: '発信中', en: 'dialling'},
	inCall: {ja: '通話中', en: 'in a call'},
	unsaved: {ja: '未保存', en: 'not saved'},
	autoRecall: {ja: '自動再架電', en: 'automatic recall'},
	saved: {ja: '作業保存済', en: 'saved'},
	failed: {ja: 'エラー', en: 'error'},
	stopped: {ja: '架電停止', en: 'stopped'},
};

/** @throws SetupProblem that says what there is. */
export function queryFrom(asked: AskedQuery, campaign: Campaign, config: Config): CustomerQuery {
	const {masters, card} = campaign;
	const where: CustomerCondition[] = [];
	const choices = (on: 'reached' | 'reaction' | 'next', all: ReadonlyArray<{id: string; label: string}>, given: string[] | undefined) => {
		if (given) where.push({on, ids: given.map(text => (text === 'none' ? '' : pick(on, all, text).id))});
	};
	choices('reached', masters.reached, asked.reached);
	choices('reaction', masters.reactions, asked.reaction);
	choices('next', masters.nextActions, asked.next);
	for (const text of asked.where ?? []) where.push(fieldCondition(text, card));
	if (asked.text !== undefined) where.push({on: 'text', value: asked.text, fields: textFields(card)});
	if (asked.number !== undefined) {
		const value = normaliseNumber(asked.number);
		if (value === undefined)
			throw new SetupProblem('bad', {field: 'number', given: asked.number, allowed: {ja: '電話番号', en: 'a telephone number'}});
		where.push({on: 'number', value});
	}
	if (asked.list !== undefined) {
		const lists = config.lists.filter(({campaignId}) => campaignId === campaign.id);
		const all = lists.map(({id, name}) => ({id, label: name}));
		where.push({on: 'list', listId: pick('list', all, asked.list).id});
	}
	if (asked.state) {
		const all = entryStates.map(id => ({id, label: stateWords[id].ja}));
		where.push({on: 'state', states: asked.state.map(text => pick('state', all, text).id)});
	}
	const people = config.operators.map(({id, loginId}) => ({id, label: loginId}));
	if (asked.owner !== undefined)
		where.push({on: 'owner', operatorId: asked.owner === 'none' ? null : pick('owner', people, asked.owner).id});
	if (asked.by !== undefined) where.push({on: 'by', operatorId: pick('by', people, asked.by).id});
	for (const [on, fromMs, untilMs] of [
		['last', asked.lastFromMs, asked.lastUntilMs],
		['due', asked.dueFromMs, asked.dueUntilMs],
	] as const)
		if (fromMs !== undefined || untilMs !== undefined)
			where.push({on, ...(fromMs !== undefined && {fromMs}), ...(untilMs !== undefined && {untilMs})});
	if (asked.never) where.push({on: 'never'});
	if (asked.stop !== undefined) where.push({on: 'stop', value: asked.stop});
	return {campaignId: campaign.id, where, sort: {by: sortBy(asked.sort, campaign), descending: asked.descending === true}};
}

function pick<T extends {id: string; label: string}>(field: string, all: readonly T[], text: string): T {
	const found = all.find(({id, label}) => id === text.trim() || label === text.trim());
	if (found) return found;
	throw new SetupProblem('unknown', {field, what: {ja: '', en: field}, given: text, known: named(all.map(({label}) => label))});
}

const signs = {'~': 'contains', '=': 'equals', '>=': 'from', '<=': 'until'} as const;

function fieldCondition(text: string, card: Campaign['card']): CustomerCondition {
	const [, name, sign, value] = /^\s*([^=~<>]+?)\s*(>=|<=|=|~)\s*(.*)$/s.exec(text) ?? [];
	if (name === undefined)
		throw new SetupProblem('bad', {
			field: 'where',
			given: text,
			allowed: {ja: '項目=値、項目~含む文字、項目>=から、項目<=まで', en: 'FIELD=VALUE, FIELD~PART, FIELD>=FROM, FIELD<=UNTIL'},
		});
	const field = pick('where', card, name);
	return {on: 'field', fieldId: field.id, is: signs[sign as keyof typeof signs], value: value!};
}

function sortBy(text: string | undefined, {card}: Campaign): CustomerQuery['sort']['by'] {
	const code = card.find(({role}) => role === 'customerCode');
	if (text === undefined) return code ? {other: 'code'} : (card[0]?.id ?? {other: 'last'});
	const other = others.find(each => each === text);
	const labels = [...card, ...others.map(id => ({id, label: id}))];
	if (other) return {other};
	const {id} = pick('sort', labels, text);
	return id === code?.id ? {other: 'code'} : id;
}
