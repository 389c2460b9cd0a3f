/** Why is this list not being dialled? */
import {leadChance} from '../dial/leads.js';
import {goesByLead} from '../dial/pacing.js';
import {coming} from '../dial/take.js';
import {campaignHeld, crewsOf, listEmpty, machineTrouble} from '../dialling.js';
import {heldEntries} from '../entries.js';
import type {AutoDialSettings, CallList, EntryState} from '../model.js';
import type {World} from '../world.js';
import {whyNotDialled} from './dialler.js';
import {type Facts, type Finding, holding, noted} from './rules.js';

/** What the store knows of a list. `nextMs`: when its next entry becomes due. */
export type ListFigures = {counts: Record<EntryState, number>; nextMs?: number};

/** Never empty. Ends with what is in the list and who has it. */
export function whyList(world: World, list: CallList, figures: ListFigures, nowMs: number): Finding[] {
	const findings = [...whyNotWorked(world, list, nowMs)];
	const {counts, nextMs} = figures;
	if (counts.waiting + counts.autoRecall === 0 && !findings.some(({rule}) => rule === 'listEmpty'))
		findings.push(holding({rule: 'listEmpty', value: list.name}));
	const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
	const facts: Facts = {...counts, ...(nextMs !== undefined && {nextAtMs: nextMs})};
	findings.push(noted({rule: 'listCounts', value: total, facts}), claimed(world, list), ...nextLead(world, list, nowMs));
	return findings;
}

/** Who of the list is next and how likely to answer, where the list or the pacing goes by that. */
function nextLead(world: World, list: CallList, nowMs: number): Finding[] {
	const auto = autosOf(world, list).find(each => goesByLead(each) || list.order === 'likely');
	const crew = auto && crewsOf(world, nowMs).find(each => each.auto === auto);
	const entry = crew && coming(world, {...crew, lists: [list]}, 1)[0];
	if (!entry) return [];
	const {kind, chance, usual, factor, calls} = leadChance(world, list.campaignId, entry, nowMs);
	const {part, last} = kind;
	const facts: Facts = {customer: entry.customerId, part, last, again: kind.again ? 'yes' : 'no', attempts: entry.attempts};
	const figures: Facts = {usual: percent(usual), factor: factor.toFixed(2), calls: Math.round(calls)};
	return [noted({rule: 'leadChance', value: percent(chance), facts: {...facts, ...figures}})];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function claimed(world: World, {id}: CallList): Finding {
	const atHand = world.hoppers.get(id)?.entries.length ?? 0;
	const inCalls = [...world.calls.values()].filter(({entry}) => entry?.listId === id).length;
	const shown = [...world.agents.values()].filter(({preview}) => preview?.listId === id).length;
	return noted({rule: 'listClaimed', value: heldEntries(world, id).size, facts: {atHand, inCalls, shown}});
}

/** The settings that would dial the list if it were started. */
export function autosOf(world: World, list: CallList): AutoDialSettings[] {
	const asStarted = [{...list, started: true}];
	return world.config.autoDials.filter(({campaignId, groupId}) => world.dialer.workableLists(asStarted, campaignId, groupId).length > 0);
}

/** What keeps the dialler from the list, or what it does with it. */
export function whyNotWorked(world: World, list: CallList, nowMs: number): Finding[] {
	const autos = autosOf(world, list);
	const crews = crewsOf(world, nowMs);
	if (!list.started) {
		const source = {kinds: ['list.stopped'], listId: list.id};
		const stopped = holding({rule: 'listStopped', value: list.name, source});
		const others = [machineTrouble(world), campaignHeld(world, list.campaignId, nowMs)];
		return [stopped, ...others.flatMap(held => held ?? []).map(held => holding(held))];
	}
	if (autos.length === 0)
		return [holding({rule: 'noAutoDial', value: list.groupId ?? ''}, list.groupId === undefined ? {} : {group: list.groupId})];
	return autos.map(auto => {
		const crew = crews.find(each => each.auto === auto)!;
		const facts = {group: auto.groupId, campaign: auto.campaignId};
		const finding = whyNotDialled(world, crews, crew, nowMs);
		if (crew.held) return finding;
		const at = crew.lists.findIndex(({id}) => id === list.id);
		const earlier = crew.lists.slice(0, at).find(other => !listEmpty(world, other));
		if (earlier) return holding({rule: 'earlierList', value: earlier.name, facts: {priority: earlier.priority}}, facts);
		const empty = listEmpty(world, list);
		return empty ? holding(empty, facts) : finding;
	});
}
