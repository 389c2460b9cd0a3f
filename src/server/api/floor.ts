/**
 * The floor as supervisors see it: tables of rows by key. A `floor` message has whole rows that are new or changed and the keys of
 * those that are gone; a client that applies each in turn has at any moment what a fresh `whole` one would say.
 */
import type {AbandonBudget, AgentStatus, CallDirection, CallKind, Role} from '../domain/model.js';
import type {Office} from '../domain/office.js';
import type {AbandonedRow, CallView, SoundView, WaitingRow} from './views.js';

/** By operator id. Who is logged in has a seat, but for supervisors who only watch. */
export type FloorSeat = {
	operatorId: string;
	name: string;
	extension: string;
	role: Role;
	/** Worked in; before the work begins those that may be. */
	groupIds: string[];
	working: boolean;
	status: AgentStatus;
	sinceMs: number;
	/** Why it is in that status, as an event reason, and who set it: `self`, `system` or a name. */
	reason: string;
	actor: string;
	/** A console is open. */
	console: boolean;
	/** The phone is registered. */
	phone: boolean;
	call?: FloorCall;
	help?: {sinceMs: number; comment?: string; takenBy?: {operatorId: string; name: string}};
	/** Supervisors who hear the call or see the screen. */
	watchers?: Array<{operatorId: string; name: string; mode: 'listen' | 'whisper' | 'barge' | 'screen'}>;
	/** Something typed is not saved. */
	unsaved?: boolean;
};
export type FloorCall = {
	callId: string;
	kind: CallKind;
	direction: CallDirection;
	phase: CallView['phase'];
	/** Empty when withheld. */
	number: string;
	/** Of the talk, or of the call before anybody talked. */
	sinceMs: number;
	customerName?: string;
	held?: boolean;
	muted?: boolean;
	/** What is wrong with its sound now. */
	sound?: SoundView[];
};
/** By group id. The counts are those of the local day. */
export type FloorGroup = {
	groupId: string;
	number: string;
	name: string;
	/** On the line; call-backs are not counted. */
	waiting: number;
	longestWaitSinceMs?: number;
	offered: number;
	answered: number;
	/** While waiting or while ringing, and by the dialler. */
	abandoned: number;
};
/** By list id. */
export type FloorList = {
	listId: string;
	campaignId: string;
	name: string;
	groupId?: string;
	started: boolean;
	total: number;
	/** Still to be dialled. */
	open: number;
};
/** By `campaignId/groupId`. `budget`: of the limit on abandoned calls of the campaign; `fuel`: what is left of it, 0 to 1. */
export type FloorDial = {
	campaignId: string;
	groupId: string;
	name: string;
	started: boolean;
	mode: string;
	budget: AbandonBudget;
	fuel: number;
};
/** By record id: due soon or overdue. `absent`: the person it is for is not logged in. */
export type FloorRecall = {
	recordId: string;
	operatorId: string;
	operatorName: string;
	customerName: string;
	number: string;
	nextAtMs: number;
	absent: boolean;
};
/** By name: a trunk, or a part of the machine. Only what is not well is listed. */
export type FloorFault = {name: string; kind: 'trunk' | 'part'; reason: string};

export type FloorTables = {
	seats: FloorSeat;
	groups: FloorGroup;
	waiting: WaitingRow;
	abandoned: AbandonedRow;
	lists: FloorList;
	dials: FloorDial;
	recalls: FloorRecall;
	faults: FloorFault;
	/** By id: where the seats stand. */
	offices: Office;
};
export type FloorTable = keyof FloorTables;
export const floorTables: readonly FloorTable[] = [
	'seats',
	'groups',
	'waiting',
	'abandoned',
	'lists',
	'dials',
	'recalls',
	'faults',
	'offices',
];

/** Rows by key, table by table. */
export type Floor = {readonly [T in FloorTable]: ReadonlyMap<string, FloorTables[T]>};

export type FloorMessage = {
	type: 'floor';
	nowMs: number;
	/** Forget what was there before. */
	whole?: true;
	/** New and changed rows by key. */
	set?: {[T in FloorTable]?: Record<string, FloorTables[T]>};
	gone?: {[T in FloorTable]?: string[]};
};

export const emptyFloor: Floor = {
	seats: new Map(),
	groups: new Map(),
	waiting: new Map(),
	abandoned: new Map(),
	lists: new Map(),
	dials: new Map(),
	recalls: new Map(),
	faults: new Map(),
	offices: new Map(),
};

/** The floor after a message; tables that it does not mention stay the same objects. */
export function applyFloor(before: Floor, {whole, set = {}, gone = {}}: FloorMessage): Floor {
	const after: Record<string, ReadonlyMap<string, unknown>> = {...(whole ? emptyFloor : before)};
	for (const table of floorTables) {
		if (!set[table] && !gone[table]) continue;
		const rows = new Map<string, unknown>(after[table]);
		for (const key of gone[table] ?? []) rows.delete(key);
		for (const [key, row] of Object.entries(set[table] ?? {})) rows.set(key, row);
		after[table] = rows;
	}
	return after as unknown as Floor;
}
