/**
 * What other systems are told of an operator's calls (functions 13 and 385). Pure: it compares what an operator was doing with what
 * they do now, so that one event is one thing that happened, whichever way the domain went.
 */
import type {AgentStatus, CallRow, UseSetting} from './model.js';
import {isToolbarOnly} from './use.js';
import type {Agent, World} from './world.js';

/** A call rings at the operator · the operator dials · they talk · it is over for the operator · a record was saved. */
export const externalKinds = ['ring', 'dial', 'answer', 'hangup', 'save'] as const;
export type ExternalKind = (typeof externalKinds)[number];

/** Whose calls: of those whose customers another system shows (用途設定 both, toolbar), or of all. */
export const externalAudiences = ['external', 'all'] as const;
export type ExternalAudience = (typeof externalAudiences)[number];

/** A web address that is called, or a program that is run, when something happens. */
export type Hook = {
	id: string;
	on: ExternalKind[];
	/** With `{number}` and other places, each filled in as a part of a URL. */
	url?: string;
	method: 'get' | 'post';
	/** Of the service's machine; run without a shell. */
	program?: string;
	/** With places, each argument by itself. */
	arguments?: string[];
	who: ExternalAudience;
	/** Its first line proves to the other side that it is us. */
	keyFile?: string;
	timeoutMs: number;
	tries: number;
	enabled: boolean;
};

/** Another system that connects and asks: what it may. */
export const linkRights = ['events', 'dial'] as const;
export type LinkRight = (typeof linkRights)[number];
export type Link = {
	id: string /** The first line is its token. */;
	keyFile: string;
	may: LinkRight[];
	who: ExternalAudience;
	enabled: boolean;
};

export type ExternalEvent = {
	kind: ExternalKind;
	atMs: number;
	/** Login ID. */
	operator: string;
	operatorName: string;
	extension: string;
	use: UseSetting;
	callId?: string;
	direction?: 'in' | 'out';
	/** Of the customer; '' when withheld. */
	number?: string;
	/** Ours: called, or shown. */
	ours?: string;
	/** Number of the work group, code of the campaign. */
	group?: string;
	campaign?: string;
	customerId?: string;
	recordId?: string;
	/** With `hangup`: how long they talked; 0 when they did not. */
	talkMs?: number;
};

/** What an operator is doing, as far as others are told of it. */
export type Doing = {status: AgentStatus; callId?: string; sinceMs: number; talkedMs?: number};

const talks: readonly AgentStatus[] = ['talkingIn', 'talkingOut', 'held', 'transferring'];

/** The call of an operator: the one they have, or the one that rings. */
const callOf = ({callId, offer}: Agent): string | undefined => callId ?? (offer && offer.kind !== 'callBack' ? offer.itemId : undefined);

export function doing(agent: Agent, before: Doing | undefined, nowMs: number): Doing {
	const callId = callOf(agent) ?? (talks.includes(agent.status) ? before?.callId : undefined);
	const goesOn = before !== undefined && before.callId === callId;
	const talkedMs = talks.includes(agent.status) ? (goesOn && before.talkedMs !== undefined ? before.talkedMs : nowMs) : undefined;
	return {
		status: agent.status,
		sinceMs: nowMs,
		...(callId !== undefined && {callId}),
		...(talkedMs !== undefined && {talkedMs}),
	};
}

const phaseOf = ({status}: Doing): 'ring' | 'dial' | 'answer' | undefined =>
	status === 'ringing' ? 'ring' : status === 'dialling' ? 'dial' : talks.includes(status) ? 'answer' : undefined;

/** What has happened between the two; with another call the old one is over first. */
export function happened(
	before: Doing | undefined,
	now: Doing,
): Array<{kind: Exclude<ExternalKind, 'save'>; callId: string; talkedMs?: number}> {
	const was = before && phaseOf(before);
	const is = phaseOf(now);
	const isSame = before?.callId === now.callId;
	const events: ReturnType<typeof happened> = [];
	if (before && was && before.callId !== undefined && (!is || !isSame))
		events.push({kind: 'hangup', callId: before.callId, ...(before.talkedMs !== undefined && {talkedMs: before.talkedMs})});
	if (is && now.callId !== undefined && (is !== was || !isSame)) events.push({kind: is, callId: now.callId});
	return events;
}

/** Everything another system needs of an event. `row`: the call, where there is one. */
export function externalEvent(
	world: World,
	of: {
		kind: ExternalKind;
		atMs: number;
		operatorId: string;
		row?: CallRow | undefined;
		recordId?: string;
		talkMs?: number;
		callId?: string;
	},
): ExternalEvent | undefined {
	const {kind, atMs, operatorId, row, recordId, talkMs, callId = row?.id} = of;
	const operator = world.config.operators.find(({id}) => id === operatorId);
	const agent = world.agents.get(operatorId);
	if (!operator || !agent) return undefined;
	const group = world.config.groups.find(({id}) => id === row?.groupId)?.number;
	const campaign = world.config.campaigns.find(({id}) => id === row?.campaignId)?.code;
	const isIn = row?.direction === 'in';
	return {
		kind,
		atMs,
		operator: operator.loginId,
		operatorName: operator.name,
		extension: agent.extension,
		use: agent.use,
		...(callId !== undefined && {callId}),
		...(row && {direction: row.direction, number: isIn ? row.fromNumber : row.toNumber, ours: isIn ? row.toNumber : row.fromNumber}),
		...(group !== undefined && {group}),
		...(campaign !== undefined && {campaign}),
		...(row?.customerId !== undefined && {customerId: row.customerId}),
		...(recordId !== undefined && {recordId}),
		...(kind === 'hangup' && {talkMs: talkMs ?? 0}),
	};
}

export const isFor = (who: ExternalAudience, {use}: Pick<ExternalEvent, 'use'>): boolean => who === 'all' || isToolbarOnly({use});
