/** Who refers to whom: what may not be removed, and which ways calls can go without anybody's doing. */
import type {Config} from '../domain/events.js';
import type {Target} from '../domain/model.js';
import {seatsOf} from '../domain/office.js';
import {soundName} from './forms.js';
import {sameNumber} from './names.js';
import {type AnyNoun, idOf, type State} from './noun.js';
import {SetupProblem} from './problem.js';
import {chain, target} from './targets.js';

export type Referred = {noun: 'group' | 'menu' | 'hours' | 'extension' | 'prompt' | 'campaign' | 'operator' | 'number'; id: string};
/** `from` is for people: `number 0312345678 closed`. */
export type Reference = {from: string; to: Referred};

function ofTarget(from: string, to: Target | {kind: 'repeat'} | undefined): Reference[] {
	if (!to || to.kind === 'repeat') return [];
	return chain(to).flatMap((each): Reference[] => {
		switch (each.kind) {
			case 'group':
				return [{from, to: {noun: 'group', id: each.groupId}}];
			case 'menu':
				return [{from, to: {noun: 'menu', id: each.menuId}}];
			case 'extension':
				return [{from, to: {noun: 'extension', id: each.extension}}];
			case 'message':
				return ofSound(from, each.file);
			case 'voicemail': {
				const {mailbox, file} = each;
				const box: Referred = mailbox.kind === 'group' ? {noun: 'group', id: mailbox.groupId} : {noun: 'extension', id: mailbox.extension};
				return [{from, to: box}, ...ofSound(from, file)];
			}
			default:
				return [];
		}
	});
}

const ofSound = (from: string, file: string | undefined): Reference[] =>
	file === undefined ? [] : [{from, to: {noun: 'prompt', id: soundName(file)}}];

/** Everything that refers to something, by what people call it. */
export function references(config: Config): Reference[] {
	const all: Reference[] = [];
	for (const {number, target: to, closed, hoursId, campaignId} of config.numbers ?? []) {
		all.push(...ofTarget(`number ${number} target`, to), ...ofTarget(`number ${number} closed`, closed));
		if (hoursId !== undefined) all.push({from: `number ${number} hours`, to: {noun: 'hours', id: hoursId}});
		if (campaignId !== undefined) all.push({from: `number ${number} campaign`, to: {noun: 'campaign', id: campaignId}});
	}
	for (const {id, file, wrongFile, choices, otherwise} of config.menus ?? []) {
		all.push(...ofSound(`menu ${id} file`, file), ...ofSound(`menu ${id} wrong`, wrongFile));
		for (const [key, to] of Object.entries(choices)) all.push(...ofTarget(`menu ${id} key ${key}`, to));
		all.push(...ofTarget(`menu ${id} otherwise`, otherwise));
	}
	for (const {id: officeId, rows} of config.offices ?? [])
		for (const id of seatsOf({rows})) all.push({from: `office ${officeId}`, to: {noun: 'extension', id}});
	for (const {number, settings} of config.groups) {
		const {entryFile, musicFile, callBackFile, overflow, announcements: said} = settings ?? {};
		for (const file of [entryFile, musicFile, callBackFile, ...(said?.files ?? []), ...(said?.placeFiles ?? [])])
			all.push(...ofSound(`group ${number}`, file));
		for (const {file} of said?.waitFiles ?? []) all.push(...ofSound(`group ${number}`, file));
		all.push(...ofTarget(`group ${number} overflow`, overflow));
	}
	for (const {code, groupIds} of config.campaigns) for (const id of groupIds) all.push({from: `campaign ${code}`, to: {noun: 'group', id}});
	for (const {number, groupIds} of config.salesGroups ?? [])
		for (const id of groupIds) all.push({from: `salesgroup ${number}`, to: {noun: 'group', id}});
	for (const {id, hoursId} of config.regions ?? [])
		if (hoursId !== undefined) all.push({from: `region ${id}`, to: {noun: 'hours', id: hoursId}});
	for (const {campaignId, abandonFile, hoursId} of config.dialRules ?? []) {
		const code = config.campaigns.find(({id}) => id === campaignId)?.code ?? campaignId;
		all.push(...ofSound(`rules ${code}`, abandonFile));
		if (hoursId !== undefined) all.push({from: `rules ${code} hours`, to: {noun: 'hours', id: hoursId}});
	}
	for (const {name, groupId} of config.lists) if (groupId !== undefined) all.push({from: `list ${name}`, to: {noun: 'group', id: groupId}});
	for (const {campaignId, groupId, machines} of config.autoDials) {
		const code = config.campaigns.find(({id}) => id === campaignId)?.code ?? campaignId;
		all.push({from: `autodial ${code}`, to: {noun: 'group', id: groupId}}, ...ofSound(`autodial ${code}`, machines?.file));
	}
	for (const {id: operatorId, loginId} of config.operators)
		for (const id of config.memberships[operatorId] ?? []) all.push({from: `operator ${loginId}`, to: {noun: 'group', id}});
	return all;
}

/** Who uses it, each once. */
export function usersOf(config: Config, noun: string, id: string): string[] {
	return [...new Set(references(config).flatMap(({from, to}) => (to.noun === noun && to.id === id ? [from] : [])))];
}

/** The same without itself: a group whose callers may leave a message for it can be removed. */
export function othersUsing(noun: AnyNoun, row: unknown, state: State): string[] {
	const own = `${noun.name} ${noun.keyOf(row, state)}`;
	return usersOf(state.config, noun.name, idOf(noun, row, state)).filter(user => user !== own && !user.startsWith(`${own} `));
}

/** Where a call goes from here by itself: nobody presses a key on the way. Menus ask the caller, so a way through one is no circle. */
function onward(config: Config, groupId: string): string[] {
	const overflow = config.groups.find(({id}) => id === groupId)?.settings?.overflow;
	return overflow ? chain(overflow).flatMap(each => (each.kind === 'group' ? [each.groupId] : [])) : [];
}

/**
 * Refuses what would send a caller round for ever: groups that overflow into each other, and a call to the outside that comes
 * back on a number of our own.
 * @param config as it would be.
 */
export function refuseCircles(config: Config, state: State, field: string, targets: ReadonlyArray<Target | undefined>): void {
	for (const to of targets.flatMap(each => (each ? chain(each) : []))) {
		if (to.kind !== 'number') continue;
		const own = config.numbers?.find(({number}) => sameNumber(number, to.number));
		if (own) throw new SetupProblem('ownNumber', {field, given: to.number, target: target.show(own.target, {...state, config})});
	}
	const numberOf = (id: string): string => config.groups.find(group => group.id === id)?.number ?? id;
	for (const {id: start} of config.groups) {
		const way = wayBack(config, start, start, [start]);
		if (way) throw new SetupProblem('circle', {field, way: way.map(numberOf).join(' → ')});
	}
}

function wayBack(config: Config, start: string, at: string, way: string[]): string[] | undefined {
	for (const next of onward(config, at)) {
		if (next === start) return [...way, next];
		if (way.includes(next)) continue;
		const found = wayBack(config, start, next, [...way, next]);
		if (found) return found;
	}
	return undefined;
}
