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
import type {StoreReader} from './store/port.js';

const dayMs = 86_400_000;
const abandonedMax = 100_000;
/** Abandoned calls that are looked up for the list. */
const abandonedShown = 500;

/** Times and limits of the domain. */
export function settingsFrom({limits, service, tellWatched}: Config, nowMs: number): Partial<CoreSettings> {
	const {login: _login, importBytesMax: _bytes, phoneCheckMs: _check, phoneInCallCheckMs: _inCall, ...rest} = limits;
	const {checkAnswerMs: _answer, silentMs: _silent, ...times} = rest;
	return {...times, tellWatched, utcOffsetMs: utcOffsetMs(service.timeZone, nowMs)};
}

/** How far the local time of the zone is ahead of UTC at that moment. */
export function utcOffsetMs(timeZone: string, nowMs: number): number {
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
	const parts = new Intl.DateTimeFormat('en-US', options).formatToParts(nowMs);
	const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find(each => each.type === type)?.value);
	const localMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
	return Math.round((localMs - nowMs) / 60_000) * 60_000;
}

/** The nouns as the store has them, with the trunks of the configuration. */
export function domainConfig(config: Config, reader: StoreReader, trunks: TrunkSettings[]): DomainConfig {
	const operators = reader.operators();
	const support = reader.supportPage();
	return {
		...(support && {support}),
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
		trunks: trunks.map(({name, callsMax, callsPerSecondMax}) => ({name, callsMax, callsPerSecondMax})),
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
	return {
		openCalls,
		danglingEntries: reader.danglingEntries(),
		sessions,
		drafts,
		works,
		abandonedToday,
		dialled,
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
