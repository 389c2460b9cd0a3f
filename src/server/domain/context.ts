/**
 * One step's notebook: what has been decided so far. Every file of the domain writes to it through these few verbs.
 */
import type {Effect, Refused, TelephonyEffect, ViewPart} from './effects.js';
import type {Config, TimerName} from './events.js';
import type {Campaign, EventRow, Operator} from './model.js';
import type {StoreOp} from './stored.js';
import type {Agent, World} from './world.js';

export type Context = {
	world: World;
	nowMs: number;
	effects: Effect[];
	ops: StoreOp[];
	replies: Effect[];
	changed: Map<string, Set<ViewPart>>;
	/** The call being worked on: ended when a programmer's error is met. */
	callId?: string | undefined;
	/** The request is answered later, by a fetch. */
	pending: boolean;
	/** Something happened that may let the dialler place calls. */
	look: boolean;
	/** Agents left 受付中 for something else than a call of the dialler: running calls may be too many. */
	trim: boolean;
};

export function newContext(world: World, nowMs: number): Context {
	return {world, nowMs, effects: [], ops: [], replies: [], changed: new Map(), pending: false, look: false, trim: false};
}

/** All that was decided, in the order to be carried out: written first, answered last. */
export function decided(ctx: Context): Effect[] {
	const all: Effect[] = ctx.ops.length > 0 ? [{type: 'persist', ops: ctx.ops}] : [];
	all.push(...ctx.effects);
	for (const [operatorId, parts] of ctx.changed) all.push({type: 'changed', operatorId, parts: [...parts]});
	all.push(...ctx.replies);
	return all;
}

/** An id never used before, even by an earlier start of the service. */
export function newId(ctx: Context, kind: string): string {
	return `${kind}-${ctx.world.idPrefix}-${++ctx.world.idCount}`;
}

export function tell(ctx: Context, command: TelephonyEffect): void {
	ctx.effects.push(command);
}

export function persist(ctx: Context, op: StoreOp): void {
	ctx.ops.push(op);
}

export function log(ctx: Context, level: 'info' | 'warn' | 'error', text: string, data?: Record<string, unknown>): void {
	ctx.effects.push(data ? {type: 'log', level, text, data} : {type: 'log', level, text});
}

type NoteFields = {[K in Exclude<keyof EventRow, 'atMs' | 'kind' | 'actor'>]?: EventRow[K] | undefined} & {actor?: string};

/** A row of the event log. Absent fields may be given as undefined. */
export function note(ctx: Context, kind: string, fields: NoteFields = {}): void {
	const {actor = 'system', ...rest} = fields;
	const row: Record<string, unknown> = {atMs: ctx.nowMs, kind, actor};
	for (const [key, value] of Object.entries(rest)) if (value !== undefined) row[key] = value;
	ctx.ops.push({op: 'appendEvent', row: row as EventRow});
}

export function change(ctx: Context, operatorId: string, ...parts: ViewPart[]): void {
	const known = ctx.changed.get(operatorId) ?? new Set();
	for (const part of parts) known.add(part);
	ctx.changed.set(operatorId, known);
}

const timerKey = (name: TimerName, key: string) => `${name} ${key}`;

/** Sets a timer in place of an earlier one of that name and key. */
export function setTimer(ctx: Context, name: TimerName, key: string, atMs: number): void {
	const epoch = ++ctx.world.timerCount;
	ctx.world.timers.set(timerKey(name, key), epoch);
	ctx.effects.push({type: 'timer', name, key, atMs, epoch});
}

export function clearTimer(ctx: Context, name: TimerName, key: string): void {
	if (ctx.world.timers.delete(timerKey(name, key))) ctx.effects.push({type: 'cancelTimer', name, key});
}

export function timerIsSet(world: World, name: TimerName, key: string): boolean {
	return world.timers.has(timerKey(name, key));
}

/** True once, for the timer set last; false for a stale one. */
export function timerIsDue(ctx: Context, name: TimerName, key: string, epoch: number): boolean {
	if (ctx.world.timers.get(timerKey(name, key)) !== epoch) return false;
	ctx.world.timers.delete(timerKey(name, key));
	return true;
}

/** Answers a request; `durable` when the answer must not come before what was decided is on the disk. */
export function accept(ctx: Context, requestId: string, options: {value?: unknown; durable?: boolean} = {}): void {
	const {value = null, durable = false} = options;
	ctx.replies.push({type: 'reply', requestId, durable, ok: true, value});
}

export function refuse(ctx: Context, requestId: string, error: Refused): void {
	ctx.replies.push({type: 'reply', requestId, durable: false, ok: false, error});
}

const noticesMax = 20;

/** Tells the operator something; the oldest notices make room. */
export function notify(
	ctx: Context,
	agent: Agent,
	level: 'info' | 'warning' | 'error',
	key: string,
	args: Record<string, string> = {},
): void {
	agent.notices.push({noticeId: newId(ctx, 'n'), level, key, args, atMs: ctx.nowMs});
	if (agent.notices.length > noticesMax) agent.notices.shift();
	change(ctx, agent.operatorId, 'notices');
}

/** Operators by id. A configuration is never changed, only replaced, so its index holds as long as it does. */
const operatorIndexes = new WeakMap<Config, Map<string, Operator>>();

export function operatorOf(world: World, operatorId: string): Operator | undefined {
	let index = operatorIndexes.get(world.config);
	if (!index) operatorIndexes.set(world.config, (index = new Map(world.config.operators.map(operator => [operator.id, operator]))));
	return index.get(operatorId);
}

export function campaignOf(world: World, campaignId: string | undefined): Campaign | undefined {
	return campaignId === undefined ? undefined : world.config.campaigns.find(campaign => campaign.id === campaignId);
}

/** Campaigns open on an agent's console: those of the ticked groups (該当業務を開いている). */
export function openCampaigns(world: World, agent: Agent): Campaign[] {
	return world.config.campaigns.filter(campaign => campaign.groupIds.some(groupId => agent.groupIds.includes(groupId)));
}
