/** Rows of the floor as projections of the world: pure, and cheap enough to be made several times a second for a thousand seats. */
import type {FloorCall, FloorDial, FloorFault, FloorGroup, FloorSeat} from '../api/floor.js';
import type {AbandonedRow, WaitingRow} from '../api/views.js';
import {abandonedOf, waitingOf} from '../domain/acd/lists.js';
import {dayNumber} from '../domain/calendar.js';
import {campaignOf, operatorOf} from '../domain/context.js';
import {budgetOf, fuelOf} from '../domain/dial/budget.js';
import {groupsOf} from '../domain/incall/sight.js';
import type {Agent, World} from '../domain/world.js';
import {numberOf, phases, soundView} from '../views.js';

export type Watchers = ReadonlyMap<string, NonNullable<FloorSeat['watchers']>>;

const nameOf = (world: World, operatorId: string): string => operatorOf(world, operatorId)?.name ?? operatorId;

/** Who hears or sees whom, by the operator who is heard or seen. */
export function watchersOf(world: World): Watchers {
	const watchers = new Map<string, NonNullable<FloorSeat['watchers']>>();
	const add = (of: string, operatorId: string, mode: 'listen' | 'whisper' | 'barge' | 'screen') => {
		const known = watchers.get(of);
		const row = {operatorId, name: nameOf(world, operatorId), mode};
		if (known) known.push(row);
		else watchers.set(of, [row]);
	};
	for (const {operatorId, watch, looking} of world.agents.values()) {
		if (watch) add(watch.of, operatorId, watch.mode);
		if (looking) add(looking.of, operatorId, 'screen');
	}
	return watchers;
}

/** The seat of a session. None has a session without a phone, or of a supervisor who works in no group and only watches. */
export function seatRow(world: World, agent: Agent, watchers: Watchers): FloorSeat | undefined {
	const {operatorId, extension, status, sinceMs, reason, actor, help} = agent;
	const role = operatorOf(world, operatorId)?.role ?? 'agent';
	if (extension === '' || (role !== 'agent' && agent.groupIds.length === 0 && agent.callId === undefined)) return undefined;
	const call = callOf(world, agent);
	const watching = watchers.get(operatorId);
	return {
		operatorId,
		name: nameOf(world, operatorId),
		extension,
		role,
		groupIds: [...groupsOf(world, agent)],
		working: agent.stage === 'working',
		status,
		sinceMs,
		reason,
		actor: actor === operatorId ? 'self' : actor === 'system' ? actor : nameOf(world, actor),
		console: agent.consoleId !== undefined,
		phone: world.phones.has(extension),
		...(call && {call}),
		...(help && {help: helpOf(world, help)}),
		...(watching && {watchers: watching}),
		...(agent.draftTouched && {unsaved: true}),
	};
}

function helpOf(world: World, {sinceMs, comment, takenBy}: NonNullable<Agent['help']>): NonNullable<FloorSeat['help']> {
	// Who has gone home does not have it any more.
	const taken = takenBy !== undefined && world.agents.has(takenBy);
	return {
		sinceMs,
		...(comment !== undefined && {comment}),
		...(taken && {takenBy: {operatorId: takenBy, name: nameOf(world, takenBy)}}),
	};
}

function callOf(world: World, agent: Agent): FloorCall | undefined {
	const call = world.calls.get(agent.callId ?? agent.offer?.itemId ?? '');
	if (!call || call.row.endedMs !== undefined) return undefined;
	const {row} = call;
	const customerName = customerNameOf(world, agent);
	return {
		callId: row.id,
		kind: row.kind,
		direction: row.direction,
		phase: phases[call.phase],
		number: numberOf(row),
		sinceMs: row.joinedMs ?? row.answeredMs ?? row.startedMs,
		...(customerName && {customerName}),
		...(call.held && {held: true}),
		...(agent.muted && {muted: true}),
		...soundView(world, agent, call),
	};
}

function customerNameOf(world: World, {customerId}: Agent): string | undefined {
	const customer = customerId === undefined ? undefined : world.customers.get(customerId);
	const field = campaignOf(world, customer?.campaignId)?.card.find(({role}) => role === 'name');
	return field && customer?.values[field.id];
}

/** Who waits, in every group. */
export function waitingRows(world: World): WaitingRow[] {
	return waitingOf(world, {groupIds: world.config.groups.map(({id}) => id)});
}

/** Who gave up, in every group, newest first. */
export function abandonedRows(world: World): AbandonedRow[] {
	return abandonedOf(world, {groupIds: world.config.groups.map(({id}) => id)});
}

export function groupRows(world: World, waiting: readonly WaitingRow[], nowMs: number): FloorGroup[] {
	const day = dayNumber(nowMs, world.settings.utcOffsetMs);
	return world.config.groups.map(({id, number, name}) => {
		// Who has hung up and is to be called back holds no line: counted as the wall counts.
		const own = waiting.filter(({groupId, kind}) => groupId === id && kind !== 'callBack');
		const counts = world.service.day === day ? world.service.byGroup.get(id) : undefined;
		const abandoned = world.abandoned.day === day ? (world.abandoned.byGroup.get(id) ?? 0) : 0;
		return {
			groupId: id,
			number,
			name,
			waiting: own.length,
			// Longest first.
			...(own[0] && {longestWaitSinceMs: own[0].sinceMs}),
			offered: counts?.offered ?? 0,
			answered: counts?.answered ?? 0,
			abandoned,
		};
	});
}

export function dialRows(world: World, nowMs: number): FloorDial[] {
	const {config} = world;
	return config.autoDials.map(({campaignId, groupId, started, mode}) => {
		const name = config.campaigns.find(({id}) => id === campaignId)?.name ?? campaignId;
		const budget = budgetOf(world, campaignId, nowMs);
		return {campaignId, groupId, name, started, mode, budget, fuel: fuelOf(budget)};
	});
}

/** What is not well: parts of the machine and trunks. */
export function faultRows(world: World): FloorFault[] {
	return [
		...[...world.partsDown].map(([name, reason]) => ({name, kind: 'part' as const, reason})),
		...[...world.trunksDown].map(([name, reason]) => ({name, kind: 'trunk' as const, reason})),
	];
}
