/** What the domain is given at the start: settings and nouns from configuration and store, and what an earlier run has left. */
import {answerDaysMax} from '../dialer/rules/abandon.js';
import type {TrunkSettings} from '../sip/port.js';
import type {Config} from './config.js';
import {countedKinds, recount} from './domain/acd/service.js';
import type {AbandonedItem, Config as DomainConfig} from './domain/events.js';
import type {CallRow, Draft, Group, ListEntry} from './domain/model.js';
import {normaliseNumber} from './domain/numbers.js';
import type {Recovery} from './domain/step.js';
import type {CoreSettings} from './domain/world.js';
import type {OffsetChange} from './domain/zone.js';
import type {StoreReader} from './store/port.js';

const dayMs = 86_400_000;
const abandonedMax = 100_000;
/** Abandoned calls that are looked up for the list. */
const abandonedShown = 500;

/** Times and limits of the domain. */
export function settingsFrom({limits, service, tellWatched}: Config, nowMs: number): Partial<CoreSettings> {
	const {login: _login, importBytesMax: _bytes, phoneCheckMs: _check, phoneInCallCheckMs: _inCall, ...rest} = limits;
	const {checkAnswerMs: _answer, silentMs: _silent, soundCheckMs: _look, ...others} = rest;
	const {soundLossPercent: _loss, soundJitterMs: _jitter, soundMissingMs: _missing, ...times} = others;
	const zone = {utcOffsetMs: utcOffsetMs(service.timeZone, nowMs), offsetChanges: offsetChanges(service.timeZone, nowMs)};
	return {...given(times), tellWatched, ...zone};
}

type Given<T> = {[K in keyof T as null extends T[K] ? never : K]: T[K]} & {
	[K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

/** Without the keys that say that there is none. */
const given = <T extends object>(values: T): Given<T> =>
	Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)) as Given<T>;

const weekMs = 7 * dayMs;
/** A service that runs for longer is told nothing new of daylight saving. */
const weeksAhead = 520;

/** When the zone's clocks are put forward or back in the years to come. */
export function offsetChanges(timeZone: string, nowMs: number): OffsetChange[] {
	const offsetAt = offsetReader(timeZone);
	const changes: OffsetChange[] = [];
	let before = offsetAt(nowMs);
	for (let week = 1; week <= weeksAhead; week++) {
		const untilMs = nowMs + week * weekMs;
		const after = offsetAt(untilMs);
		if (after === before) continue;
		changes.push({atMs: firstMinute(untilMs - weekMs, untilMs, atMs => offsetAt(atMs) === after), utcOffsetMs: after});
		before = after;
	}
	return changes;
}

/** The first whole minute after `fromMs` at which it holds, as it does from there to `untilMs`. */
function firstMinute(fromMs: number, untilMs: number, holds: (atMs: number) => boolean): number {
	let [before, after] = [Math.floor(fromMs / 60_000), Math.ceil(untilMs / 60_000)];
	while (after - before > 1) {
		const middle = Math.floor((before + after) / 2);
		if (holds(middle * 60_000)) after = middle;
		else before = middle;
	}
	return after * 60_000;
}

/** How far the local time of the zone is ahead of UTC at that moment. */
export const utcOffsetMs = (timeZone: string, nowMs: number): number => offsetReader(timeZone)(nowMs);

function offsetReader(timeZone: string): (atMs: number) => number {
	const options = {
		timeZone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	} as const;
	const format = new Intl.DateTimeFormat('en-US', options);
	return atMs => {
		const parts = format.formatToParts(atMs);
		const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find(each => each.type === type)?.value);
		const localMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
		return Math.round((localMs - atMs) / 60_000) * 60_000;
	};
}

/** The nouns as the store has them, with the trunks of the configuration. */
export function domainConfig(config: Config, reader: StoreReader, trunks: TrunkSettings[]): DomainConfig {
	const operators = reader.operators();
	const support = reader.supportPage();
	const privacy = reader.privacy();
	return {
		...(support && {support}),
		...(privacy && {privacy}),
		operators,
		groups: reader.groups(),
		memberships: Object.fromEntries(operators.map(({id}) => [id, reader.groupIdsOf(id)])),
		extensions: reader.extensions().map(({extension}) => extension),
		deskUses: reader.deskUses(),
		hooks: reader.hooks(),
		links: reader.links(),
		campaigns: reader.campaigns(),
		lists: reader.lists(),
		autoDials: reader.autoDials(),
		trunks: trunks.map(({name, callsMax, callsPerSecondMax, callsOutMax = null, callsInMax = null, callsPerDayMax = null}) =>
			given({name, callsMax, callsPerSecondMax, callsOutMax, callsInMax, callsPerDayMax}),
		),
		numberRules: config.numberRules.map(({open, close}) => ({pattern: (open ?? close)!, open: open !== undefined})),
		numbers: reader.numbers(),
		menus: reader.menus(),
		hours: reader.businessHours(),
		offices: reader.offices(),
		skills: reader.skills(),
		dialRules: reader.dialRules(),
		regions: reader.regions(),
		salesGroups: reader.salesGroups(),
		...(config.directDial && {directDial: config.directDial}),
		...(config.mail && {mailTo: mailTo(config.mail.voicemailTo, reader.groups())}),
	};
}

/** By mailbox: a number is that of a group, or else an extension. */
function mailTo(settings: NonNullable<Config['mail']>['voicemailTo'], groups: Group[]): Record<string, string[]> {
	const byMailbox: Record<string, string[]> = {};
	for (const {mailbox, to} of settings) {
		const group = groups.find(({number}) => number === mailbox);
		const key = group ? `group:${group.id}` : `extension:${mailbox}`;
		byMailbox[key] = [...new Set([...(byMailbox[key] ?? []), ...to])];
	}
	return byMailbox;
}

/** What was going on when the service ended, however it ended. */
export function recoveryFrom(reader: StoreReader, settings: CoreSettings, nowMs: number): Recovery {
	const sessions = reader.sessions();
	const openCalls = reader.openCalls();
	const drafts = new Map<string, Draft>();
	for (const {operatorId} of sessions) {
		const draft = reader.draft(operatorId);
		if (draft) drafts.set(operatorId, draft);
	}
	const works = new Map<string, Work>();
	const callIds = [...[...drafts.values()].map(draft => draft.callId), ...sessions.map(session => session.callId)];
	const rows = callIds.flatMap(callId => (callId === undefined ? [] : (reader.call(callId) ?? [])));
	for (const row of [...openCalls, ...rows]) works.set(row.id, withEntry(reader, row));
	const abandonedToday = abandonedSince(reader, startOfDayMs(nowMs, settings.utcOffsetMs), nowMs);
	const gapMs = Math.max(settings.numberGapMs, ...reader.dialRules().map(rules => rules.gapMs ?? 0));
	const dialled = reader.dialledSince(Math.min(nowMs - gapMs, startOfDayMs(nowMs, settings.utcOffsetMs)), settings.utcOffsetMs);
	const dialCounts = reader.dialCounts();
	return {
		openCalls,
		danglingEntries: reader.danglingEntries(),
		sessions,
		drafts,
		works,
		abandonedToday,
		dialled,
		...(dialCounts && {dialCounts}),
		leadCounts: reader.leadCounts(),
		answerDays: reader.answersSince({
			sinceMs: startOfDayMs(nowMs, settings.utcOffsetMs) - answerDaysMax * dayMs,
			utcOffsetMs: settings.utcOffsetMs,
			earlyMs: settings.abandonAfterMs,
		}),
		...inboundToday(reader, startOfDayMs(nowMs, settings.utcOffsetMs), nowMs),
	};
}

type Work = {row: CallRow; entry?: ListEntry};

/** The call that a draft names and the list entry it worked on, so that the record saved later settles both. */
export function workOf(reader: StoreReader, draft: Draft | undefined): Work | undefined {
	const row = draft?.callId === undefined ? undefined : reader.call(draft.callId);
	return row && withEntry(reader, row);
}

function withEntry(reader: StoreReader, row: CallRow): Work {
	const entry = row.listId !== undefined && row.customerId !== undefined ? reader.entryOfCustomer(row.listId, row.customerId) : undefined;
	return entry ? {row, entry} : {row};
}

const startOfDayMs = (nowMs: number, offsetMs: number): number => Math.floor((nowMs + offsetMs) / dayMs) * dayMs - offsetMs;

/** Figures of the day's inbound calls, promises not kept, and the callers nobody has talked with since. */
function inboundToday(reader: StoreReader, sinceMs: number, nowMs: number): Pick<Recovery, 'service' | 'callBacks' | 'abandonedCalls'> {
	const eventsOf = (kind: string) => reader.events({sinceMs, untilMs: nowMs + 1, kind, limit: abandonedMax});
	const counted = countedKinds.map(kind => [kind, eventsOf(kind)] as const);
	const lost = new Map<string, AbandonedItem>();
	for (const event of counted.find(([kind]) => kind === 'call.abandoned')![1].slice(-abandonedShown)) {
		const row = event.callId === undefined ? undefined : reader.call(event.callId);
		if (!row?.groupId) continue;
		lost.set(row.id, {
			callId: row.id,
			groupId: row.groupId,
			number: row.direction === 'in' ? row.fromNumber : row.toNumber,
			atMs: event.atMs,
			waitedMs: Number(event.data?.['waitedMs'] ?? 0),
			whileRinging: event.data?.['ringing'] === true,
			kind: row.direction === 'in' ? 'inbound' : 'predictive',
			...(row.customerId !== undefined && {customerId: row.customerId}),
		});
	}
	const firstMs = Math.min(...[...lost.values()].map(({atMs}) => atMs));
	for (const {callId, atMs} of counted.find(([kind]) => kind === 'call.joined')![1]) {
		if (atMs < firstMs || callId === undefined) continue;
		const row = reader.call(callId);
		const number = row && normaliseNumber(row.direction === 'in' ? row.fromNumber : row.toNumber);
		for (const item of lost.values()) if (item.atMs < atMs && normaliseNumber(item.number) === number) lost.delete(item.callId);
	}
	return {
		service: recount(counted.flatMap(([, events]) => events)),
		callBacks: reader.openCallBacks(),
		abandonedCalls: [...lost.values()],
	};
}

function abandonedSince(reader: StoreReader, sinceMs: number, untilMs: number): Map<string, number> {
	const byGroup = new Map<string, number>();
	for (const {groupId} of reader.events({sinceMs, untilMs, kind: 'call.abandoned', limit: abandonedMax})) {
		if (groupId !== undefined) byGroup.set(groupId, (byGroup.get(groupId) ?? 0) + 1);
	}
	return byGroup;
}
