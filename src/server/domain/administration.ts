/** What administrators and the machine itself do to the call centre. */
import {inCall} from './agent.js';
import {endCall} from './call.js';
import {accept, type Context, change, clearTimer, log, note, notify, operatorOf, persist, refuse} from './context.js';
import {allowNumbers, forbidNumbers} from './dial/refusal.js';
import {hopperOf, wakeList} from './entries.js';
import type {Config, ConsoleEvent, DomainEvent} from './events.js';
import type {Customer} from './model.js';
import {saveSession} from './panes.js';
import {closeSession} from './session.js';
import type {Agent, World} from './world.js';

type Of<T extends ConsoleEvent['type']> = Extract<ConsoleEvent, {type: T}>;

/** New settings are used from now on. Running calls go on as they were placed. */
export function configChanged(ctx: Context, config: Config): void {
	const {world} = ctx;
	consentChanged(ctx, config);
	world.config = config;
	readAgain(world);
	for (const {campaignId} of config.autoDials) clearTimer(ctx, 'pace', `hours ${campaignId}`);
	for (const agent of [...world.agents.values()]) {
		if (operatorOf(world, agent.operatorId)?.enabled) {
			leaveGroups(ctx, agent);
			change(ctx, agent.operatorId, 'groups', 'campaigns');
		} else if (!inCall.includes(agent.status)) closeSession(ctx, agent, 'system', 'ended');
	}
	ctx.look = true;
}

/** Whoever was stopped for want of consent is asked about anew when that is asked for otherwise. */
function consentChanged(ctx: Context, {dialRules = []}: Config): void {
	const of = (rules: Config['dialRules'], id: string) => JSON.stringify(rules?.find(({campaignId}) => campaignId === id)?.consent);
	for (const {campaignId} of ctx.world.config.dialRules ?? [])
		if (of(ctx.world.config.dialRules, campaignId) !== of(dialRules, campaignId)) persist(ctx, {op: 'unstop', campaignId});
}

/** Calls of a group that was taken from the operator do not come any more; the one at hand goes on. A group that was given waits to be ticked. */
function leaveGroups(ctx: Context, agent: Agent): void {
	const own = ctx.world.config.memberships[agent.operatorId] ?? [];
	const left = agent.groupIds.filter(id => own.includes(id));
	if (left.length === agent.groupIds.length) return;
	agent.groupIds = left;
	note(ctx, 'session.working', {agentId: agent.operatorId, reason: 'groupsChanged', data: {groupIds: left}});
	saveSession(ctx, agent);
	change(ctx, agent.operatorId, 'counters');
}

/** Somebody else than a console changed the customer. Who must not be called any more is taken off the line of the dialler. */
export function customerChanged(ctx: Context, customer: Customer, insteadOf?: number): void {
	const {world} = ctx;
	const known = world.customers.get(customer.id);
	if (known && known.version > customer.version && known.version !== insteadOf) return;
	if (known) world.customers.set(customer.id, customer);
	for (const agent of world.agents.values()) if (agent.customerId === customer.id) change(ctx, agent.operatorId, 'customer');
	if (!customer.stopCalling) persist(ctx, {op: 'unstop', customerId: customer.id});
	// Who may be called again was left out when the list was read.
	for (const listId of world.hoppers.keys()) wakeList(world, listId);
	ctx.look = true;
}

/** What was read ahead is read again with the file as it is now. */
export function doNotCallChanged(ctx: Context, {scope, added = [], removed = []}: Extract<DomainEvent, {type: 'doNotCallChanged'}>): void {
	const {world} = ctx;
	forbidNumbers(ctx, scope, added);
	allowNumbers(world, scope, removed);
	if (removed.length > 0) persist(ctx, {op: 'unstop', numbers: removed});
	readAgain(world);
	ctx.look = true;
}

/** Whatever was read ahead may not be so any more. */
function readAgain(world: World): void {
	for (const [listId, hopper] of world.hoppers) {
		hopper.entries = [];
		wakeList(world, listId);
	}
}

/** 担当: what is held in memory says so as well. Nothing is dialled otherwise because of it. */
export function customersAssigned({world}: Context, customerIds: readonly string[], ownerId: string | undefined): void {
	for (const id of customerIds) {
		const known = world.customers.get(id);
		if (!known) continue;
		const {ownerId: _before, ...customer} = known;
		world.customers.set(id, ownerId === undefined ? customer : {...customer, ownerId});
	}
}

function maySet(ctx: Context, event: Of<'setListStarted' | 'setAutoDialStarted'>): boolean {
	// Commands of whoever owns the service: the shell has made sure of that, and no operator may have this id.
	if (event.operatorId === 'system') return true;
	const role = operatorOf(ctx.world, event.operatorId)?.role;
	if (role !== undefined && role !== 'agent') return true;
	refuse(ctx, event.requestId, {code: 'notAllowed', message: 'only supervisors start and stop dialling'});
	return false;
}

/** Stopped: no new calls; running ones go on. */
export function setListStarted(ctx: Context, event: Of<'setListStarted'>) {
	if (!maySet(ctx, event)) return;
	const {world} = ctx;
	const {listId, started, operatorId, requestId} = event;
	const list = world.config.lists.find(other => other.id === listId);
	if (!list) return refuse(ctx, requestId, {code: 'notFound', message: `there is no list ${listId}`});
	if (started && list.archivedMs !== undefined) return refuse(ctx, requestId, {code: 'notNow', message: `list ${list.name} is archived`});
	const row = {...list, started, ...(started ? {startedMs: ctx.nowMs} : {stoppedMs: ctx.nowMs})};
	world.config = {...world.config, lists: world.config.lists.map(other => (other === list ? row : other))};
	hopperOf(world, listId).entries = [];
	wakeList(world, listId);
	persist(ctx, {op: 'setListStarted', listId, started, atMs: ctx.nowMs});
	note(ctx, started ? 'list.started' : 'list.stopped', {actor: operatorId, listId, campaignId: list.campaignId});
	ctx.look = true;
	accept(ctx, requestId, {durable: true});
}

export function setAutoDialStarted(ctx: Context, event: Of<'setAutoDialStarted'>) {
	if (!maySet(ctx, event)) return;
	const {world} = ctx;
	const {campaignId, groupId, started, operatorId, requestId} = event;
	const auto = world.config.autoDials.find(other => other.campaignId === campaignId && other.groupId === groupId);
	if (!auto) return refuse(ctx, requestId, {code: 'notFound', message: 'there are no auto-dial settings for that campaign and group'});
	if (started && !hasList(world.config, auto))
		return refuse(ctx, requestId, {
			code: 'notFound',
			message: 'there is no list to dial: import customers or make one from a search first',
		});
	world.config = {...world.config, autoDials: world.config.autoDials.map(other => (other === auto ? {...auto, started} : other))};
	persist(ctx, {op: 'setAutoDialStarted', campaignId, groupId, started});
	note(ctx, started ? 'autoDial.started' : 'autoDial.stopped', {actor: operatorId, campaignId, groupId});
	ctx.look = true;
	accept(ctx, requestId, {durable: true});
}

/** 事前に発信リストを準備: something that could be dialled once it is started. */
export function hasList({lists}: Config, {campaignId, groupId}: {campaignId: string; groupId: string}): boolean {
	return lists.some(
		list => list.campaignId === campaignId && list.archivedMs === undefined && (list.groupId === undefined || list.groupId === groupId),
	);
}

type Part = 'signalling' | 'media' | 'store';

/** Nothing new is dialled while a part is down; the legs that ended by it are reported one by one. */
export function partDown(ctx: Context, part: Part, reason: string): void {
	ctx.world.partsDown.set(part, reason);
	note(ctx, 'part.down', {reason, data: {part}});
	log(ctx, 'error', `${part} is down`, {reason});
	for (const agent of ctx.world.agents.values()) notify(ctx, agent, 'error', 'partDown', {part});
}

export function partUp(ctx: Context, part: Part): void {
	if (!ctx.world.partsDown.delete(part)) return;
	note(ctx, 'part.up', {data: {part}});
	for (const agent of ctx.world.agents.values()) notify(ctx, agent, 'info', 'partUp', {part});
	ctx.look = true;
}

/** Nothing is dialled over a trunk that is down. */
export function trunkDown(ctx: Context, trunk: string, reason: string): void {
	const known = ctx.world.trunksDown.has(trunk);
	ctx.world.trunksDown.set(trunk, reason);
	if (!known) note(ctx, 'trunk.down', {reason, data: {trunk}});
	log(ctx, 'warn', `trunk ${trunk} is down`, {reason});
}

export function trunkUp(ctx: Context, trunk: string): void {
	if (ctx.world.trunksDown.delete(trunk)) note(ctx, 'trunk.up', {data: {trunk}});
	ctx.world.trunkPausedMs.delete(trunk);
	ctx.look = true;
}

/** No new calls, and those that nobody has answered are given up. */
export function stopping(ctx: Context): void {
	ctx.world.stopping = true;
	note(ctx, 'service.stopping');
	for (const call of ctx.world.calls.values()) {
		if (call.row.kind !== 'predictive' || (call.phase !== 'dialling' && call.phase !== 'ringing')) continue;
		endCall(ctx, call, {outcome: 'cancelled', by: 'system', reason: 'serviceStopping'});
	}
}

/** Whoever answers for the room on the disk is told, once each time it becomes low. */
export function diskRoom(ctx: Context, {freeBytes, isLow}: Extract<DomainEvent, {type: 'diskRoom'}>): void {
	note(ctx, isLow ? 'disk.low' : 'disk.enough', {data: {freeBytes}});
	log(ctx, isLow ? 'warn' : 'info', isLow ? 'little room is left on the disk of the recordings' : 'there is room on the disk again', {
		freeBytes,
	});
	if (!isLow) return;
	const gigabytes = (freeBytes / 1e9).toFixed(1);
	for (const agent of ctx.world.agents.values())
		if (operatorOf(ctx.world, agent.operatorId)?.role !== 'agent') notify(ctx, agent, 'warning', 'diskLow', {gigabytes});
}
