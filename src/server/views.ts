/** What consoles and tools are shown, projected from the world (what is) and the store (what was). */
import type {
	CallView,
	CampaignView,
	CustomerView,
	EndedCall,
	HistoryRow,
	IncomingView,
	Overview,
	RecallRow,
	SeatRow,
	SessionView,
	StatusView,
	TypingView,
} from './api/views.js';
import {localTime} from './domain/calendar.js';
import {countersOf} from './domain/counters.js';
import type {Config, RecallItem} from './domain/events.js';
import type {CallRow, Campaign, Customer, DraftRecord, FieldValues, Group, Operator, ResponseRecord} from './domain/model.js';
import {mayEdit} from './domain/records.js';
import {troublesOf} from './domain/sound.js';
import type {Agent, Call, World} from './domain/world.js';
import type {StoreReader} from './store/port.js';

const historyMax = 50;
const endedMax = 1_000;
const unheardKeptMs = 1_000;

export const phases: Record<Call['phase'], CallView['phase']> = {
	dialling: 'dialling',
	ringing: 'ringing',
	waiting: 'ringing',
	joining: 'talking',
	talking: 'talking',
	apology: 'ended',
	ending: 'ended',
	arriving: 'ringing',
	menu: 'ringing',
	queued: 'ringing',
	offered: 'ringing',
	forwarding: 'ringing',
	message: 'ended',
	voicemail: 'ended',
};

export class Views {
	/** Parts that are the same for many consoles are frozen, so that the hub serialises each once. Thrown away with the configuration. */
	#config: Config | undefined;
	readonly #campaigns = new Map<string, readonly CampaignView[]>();
	readonly #groups = new Map<string, readonly Group[]>();
	readonly #history = new Map<string, {customerId: string; rows: readonly HistoryRow[]}>();

	/** Messages nobody has heard, by mailbox; counted anew now and then, for one may be left where nobody is logged in. */
	#unheard: {atMs: number; byMailbox: Map<string, number>} | undefined;

	constructor(
		private readonly world: World,
		private readonly reader: StoreReader,
		private readonly nowMs: () => number,
		/** Whether a recording, by its path, is there to be heard. */
		private readonly isThere: (path: string) => boolean = () => true,
	) {}

	/** The operator's console, or undefined when he has no session. */
	session(operatorId: string): SessionView | undefined {
		this.#configured();
		const agent = this.world.agents.get(operatorId);
		const operator = this.world.config.operators.find(each => each.id === operatorId);
		if (!agent || !operator) return undefined;
		const {id, loginId, name, icon, role, workMode, superviseUpTo} = operator;
		return {
			stage: agent.stage,
			operator: {
				id,
				loginId,
				name,
				...(icon !== undefined && {icon}),
				role,
				workMode,
				extension: agent.extension,
				use: agent.use,
				...(superviseUpTo && {superviseUpTo}),
			},
			groups: this.groupsOf(operatorId) as Group[],
			workingGroupIds: agent.groupIds,
			campaigns: this.#campaignsOf(agent) as CampaignView[],
			support: this.world.config.support ?? null,
			status: this.#status(agent),
			phone: {registered: this.world.phones.has(agent.extension), legUp: agent.leg.state === 'up'},
			call: this.#call(agent),
			customer: this.#customer(agent),
			history: this.#historyOf(agent) as HistoryRow[],
			draft: agent.draft ?? null,
			typing: this.#typing(agent),
			popup: agent.popup ? {kind: 'afterSave', recordId: agent.popup.recordId} : null,
			incoming: this.#incoming(agent),
			counters: {...countersOf(this.world, agent, this.nowMs()), voicemails: this.#unheardOf(agent)},
			notices: agent.notices,
		};
	}

	#typing({typing}: Agent): TypingView | null {
		if (!typing) return null;
		const {by, field, over, fields} = typing;
		const name = this.world.config.operators.find(({id}) => id === by)?.name ?? by;
		return {by: name, byId: by, field, ...(over && {over}), fields};
	}

	/** The operator's console as a supervisor sees it: what is secret is masked, and what is for the operator alone is left out. */
	screen(operatorId: string): Partial<SessionView> | undefined {
		const view = this.session(operatorId);
		if (!view) return undefined;
		const {notices: _notices, customer, draft, ...rest} = view;
		const campaign = this.world.config.campaigns.find(({id}) => id === customer?.campaignId);
		const secret = new Set(campaign?.card.flatMap(({id, kind}) => (kind === 'password' ? [id] : [])));
		return {
			...rest,
			campaigns: campaign ? (this.#campaignsOf({groupIds: campaign.groupIds}).filter(({id}) => id === campaign.id) as CampaignView[]) : [],
			customer: customer && {...customer, values: masked(customer.values, secret)},
			draft: draft && {...draft, values: masked(draft.values, secret)},
		};
	}

	/** Groups the operator may work in. */
	groupsOf(operatorId: string): readonly Group[] {
		this.#configured();
		const ids = this.world.config.memberships[operatorId] ?? [];
		return kept(this.#groups, ids.join(), () => this.world.config.groups.filter(group => ids.includes(group.id)));
	}

	/** The records of this operator's customer (of everybody's, without one) have changed, or messages were left, heard or deleted. */
	forgetStored(operatorId?: string): void {
		if (operatorId === undefined) this.#history.clear();
		else this.#history.delete(operatorId);
		this.#unheard = undefined;
	}

	recalls(items: RecallItem[]): RecallRow[] {
		const nowMs = this.nowMs();
		return items.map(({recordId, customerId, customerName, number, nextAtMs}) => ({
			recordId,
			customerId,
			customerName,
			number,
			nextAtMs,
			overdue: nextAtMs < nowMs,
		}));
	}

	/** 座席一覧: who is logged in, by extension. */
	seats(): SeatRow[] {
		const {agents, config} = this.world;
		const seated = [...agents.values()].filter(({extension}) => extension !== '');
		const seats = seated.map(({operatorId, extension, status, sinceMs}) => {
			const {name = operatorId, icon, kana = ''}: Partial<Operator> = config.operators.find(({id}) => id === operatorId) ?? {};
			return {operatorId, name, ...(icon !== undefined && {icon}), kana, extension, status, sinceMs};
		});
		return seats.sort((a, b) => Number(a.extension) - Number(b.extension));
	}

	overview(endedSinceMs?: number): Overview {
		const {agents, calls, config} = this.world;
		const nameOf = (operatorId: string) => config.operators.find(each => each.id === operatorId)?.name ?? operatorId;
		return {
			nowMs: this.nowMs(),
			agents: [...agents.values()].map(agent => ({
				operatorId: agent.operatorId,
				name: nameOf(agent.operatorId),
				extension: agent.extension,
				status: agent.status,
				sinceMs: agent.sinceMs,
				...(agent.callId !== undefined && {callId: agent.callId}),
			})),
			calls: [...calls.values()].map(({row}) => ({
				callId: row.id,
				kind: row.kind,
				number: numberOf(row),
				startedMs: row.startedMs,
				...(row.answeredMs !== undefined && {answeredMs: row.answeredMs}),
				...(row.agentId !== undefined && {agentId: row.agentId}),
			})),
			lists: config.lists.map(list => {
				const byState = this.reader.listCounts(list.id);
				const total = Object.values(byState).reduce((sum, count) => sum + count, 0);
				return {listId: list.id, campaignId: list.campaignId, name: list.name, started: list.started, total, byState};
			}),
			...(endedSinceMs !== undefined && {ended: this.#ended(endedSinceMs)}),
		};
	}

	#ended(sinceMs: number): EndedCall[] {
		const rows = this.reader.events({sinceMs, untilMs: this.nowMs() + 1, kind: 'call.ended', limit: endedMax});
		return rows.flatMap(({callId}) => {
			const row = callId === undefined ? undefined : this.reader.call(callId);
			return row?.endedMs === undefined ? [] : [this.#endedCall(row, row.endedMs)];
		});
	}

	#endedCall(row: CallRow, endedMs: number): EndedCall {
		const {id, kind, startedMs, ringingMs, joinedMs, customerId, listId} = row;
		const entry = customerId !== undefined && listId !== undefined ? this.reader.entryOfCustomer(listId, customerId) : undefined;
		const record = customerId === undefined ? undefined : this.reader.recordsOf(customerId, 10).find(each => each.callId === id);
		return {
			callId: id,
			kind,
			number: numberOf(row),
			startedMs,
			endedMs,
			...(row.outcome && {outcome: row.outcome}),
			...(row.agentId !== undefined && {agentId: row.agentId}),
			...(ringingMs !== undefined && {ringMs: (row.answeredMs ?? endedMs) - ringingMs}),
			...(joinedMs !== undefined && {talkMs: endedMs - joinedMs}),
			...(entry && {entryState: entry.state}),
			...(record && {recordId: record.id}),
		};
	}

	#configured(): void {
		if (this.#config === this.world.config) return;
		this.#config = this.world.config;
		this.#campaigns.clear();
		this.#groups.clear();
		// Names, icons and choices stand in it.
		this.#history.clear();
	}

	/** Campaigns of the ticked groups, as a card and choices need them, with the operators who share one of their groups. */
	#campaignsOf(agent: Pick<Agent, 'groupIds'>): readonly CampaignView[] {
		const {campaigns} = this.world.config;
		return kept(this.#campaigns, agent.groupIds.join(), () =>
			campaigns
				.filter(campaign => campaign.groupIds.some(id => agent.groupIds.includes(id)))
				.map(campaign => {
					const {id, code, name, card, masters} = campaign;
					return {id, code, name, card, masters, colleagues: this.#colleagues(campaign)};
				}),
		);
	}

	#colleagues({groupIds}: Campaign): CampaignView['colleagues'] {
		const {operators, memberships} = this.world.config;
		return operators
			.filter(({id, enabled}) => enabled && memberships[id]?.some(groupId => groupIds.includes(groupId)))
			.map(({id, name}) => ({id, name}));
	}

	#status({status, sinceMs, actor, reason, operatorId, help, listening}: Agent): StatusView {
		const name = this.world.config.operators.find(each => each.id === actor)?.name ?? actor;
		const {path: _path, playId: _playId, ...heard} = listening ?? {};
		return {
			status,
			sinceMs,
			actor: actor === operatorId ? 'self' : name,
			reason,
			...(help && {help: {...help}}),
			...(listening && {listening: heard as NonNullable<StatusView['listening']>}),
		};
	}

	/** The call that is going on, or else the last one. */
	#call(agent: Agent): CallView | null {
		const call = agent.callId === undefined ? undefined : this.world.calls.get(agent.callId);
		const row = call?.row ?? agent.lastCall;
		if (!row) return null;
		return {
			callId: row.id,
			kind: row.kind,
			direction: row.direction,
			phase: call && row.endedMs === undefined ? phases[call.phase] : 'ended',
			number: numberOf(row),
			startedMs: row.startedMs,
			...(row.ringingMs !== undefined && {ringingMs: row.ringingMs}),
			...(row.answeredMs !== undefined && {answeredMs: row.answeredMs}),
			...(row.joinedMs !== undefined && {joinedMs: row.joinedMs, ...waited(row.joinedMs, call)}),
			...(row.endedMs !== undefined && {endedMs: row.endedMs}),
			...(row.outcome && {outcome: row.outcome}),
			...(row.endedBy && {endedBy: row.endedBy}),
			...(call && this.#inCall(agent, call)),
		};
	}

	/** Who listens, where operators are told. */
	#watched(agent: Agent): Pick<CallView, 'watchedBy'> {
		const {settings, agents, config} = this.world;
		if (!settings.tellWatched) return {};
		const ids = [...agents.values()].filter(({watch}) => watch?.of === agent.operatorId).map(({operatorId}) => operatorId);
		const watchedBy = config.operators.filter(({id}) => ids.includes(id)).map(({name}) => name);
		return watchedBy.length > 0 ? {watchedBy} : {};
	}

	/** What is being done in a running call: held, muted, recorded, transferred. */
	#inCall(agent: Agent, call: Call): Pick<CallView, 'held' | 'muted' | 'recording' | 'sound' | 'transfer' | 'watchedBy'> {
		const other = this.world.calls.get(call.transfer?.callId ?? '');
		const {operators} = this.world.config;
		const name = operators.find(({id}) => id === other?.target?.operatorId)?.name;
		const recording = call.recording ?? (call.row.recordingPath === undefined ? undefined : 'on');
		return {
			...(call.held && {held: true}),
			...(agent.muted && {muted: true}),
			...(recording && {recording}),
			...soundView(this.world, agent, call),
			...this.#watched(agent),
			...(call.transfer &&
				other && {
					transfer: {
						mode: call.transfer.mode,
						number: other.row.toNumber,
						...(name !== undefined && {name}),
						answered: other.target?.state === 'up',
					},
				}),
		};
	}

	#incoming({incoming, groupIds}: Agent): IncomingView | null {
		if (!incoming) return null;
		const {itemId, candidates, ...rest} = incoming;
		const {groups, campaigns} = this.world.config;
		const group = groups.find(({id}) => id === incoming.groupId);
		const open = campaigns.filter(campaign => campaign.groupIds.some(id => groupIds.includes(id)));
		const shown = (campaign: Campaign | undefined) =>
			(campaign?.card ?? []).filter(({id, role}) => group?.settings?.popupFields?.includes(id) ?? (role === 'name' || role === 'phone'));
		return {
			...rest,
			callId: itemId,
			groupName: group?.name ?? '',
			searching: candidates === undefined,
			candidates: (candidates ?? []).map(({id, campaignId, values}) => ({
				customerId: id,
				campaignId,
				fields: shown(campaigns.find(campaign => campaign.id === campaignId)).map(field => ({
					label: field.label,
					value: field.kind === 'password' ? '' : (values[field.id] ?? ''),
				})),
			})),
			campaigns: open.map(({id, name}) => ({id, name})),
		};
	}

	#unheardOf({operatorId, extension}: Agent): number {
		const nowMs = this.nowMs();
		if (!this.#unheard || Math.abs(nowMs - this.#unheard.atMs) > unheardKeptMs)
			this.#unheard = {atMs: nowMs, byMailbox: this.reader.unheardVoicemails()};
		const {byMailbox} = this.#unheard;
		const mailboxes = (this.world.config.memberships[operatorId] ?? []).map(id => `group:${id}`);
		return [...mailboxes, `extension:${extension}`].reduce((sum, mailbox) => sum + (byMailbox.get(mailbox) ?? 0), 0);
	}

	#customer({customerId, preview}: Agent): CustomerView | null {
		const customer = customerId === undefined ? undefined : this.world.customers.get(customerId);
		return customer ? {...customerView(customer), ...(preview?.customerId === customerId && {claimed: true as const})} : null;
	}

	#historyOf({operatorId, customerId}: Agent): readonly HistoryRow[] {
		if (customerId === undefined) return nothing;
		const known = this.#history.get(operatorId);
		if (known?.customerId === customerId) return known.rows;
		const rows = Object.freeze(this.reader.recordsOf(customerId, historyMax).map(record => this.#historyRow(record, operatorId)));
		this.#history.set(operatorId, {customerId, rows});
		return rows;
	}

	#historyRow(record: ResponseRecord, operatorId: string): HistoryRow {
		const {campaigns, operators} = this.world.config;
		const masters = campaigns.find(({id}) => id === record.campaignId)?.masters;
		const label = (choices: Array<{id: string; label: string}> | undefined, id: string | undefined) =>
			id === undefined ? undefined : (choices?.find(choice => choice.id === id)?.label ?? id);
		const call = record.callId === undefined ? undefined : this.reader.call(record.callId);
		const writer = operators.find(({id}) => id === record.operatorId);
		const row = {
			recordId: record.id,
			callId: record.callId,
			operatorId: record.operatorId,
			operatorName: writer?.name ?? record.operatorId,
			operatorIcon: writer?.icon,
			contact: record.contact,
			reached: label(masters?.reached, record.reachedId),
			reaction: label(masters?.reactions, record.reactionId),
			nextAction: label(masters?.nextActions, record.nextActionId),
			nextAtMs: record.nextAtMs,
			text: record.text,
			savedMs: record.savedMs,
			editedMs: record.editedMs,
			fromNumber: call?.fromNumber,
			toNumber: call?.toNumber,
			callStartedMs: call?.startedMs,
			ringMs: call?.ringingMs === undefined ? undefined : (call.answeredMs ?? call.endedMs ?? call.ringingMs) - call.ringingMs,
			talkMs: call?.joinedMs === undefined || call.endedMs === undefined ? undefined : call.endedMs - call.joinedMs,
			writingMs: record.writingMs,
			hasRecording: call?.recordingMs !== undefined && call.recordingPath !== undefined && this.isThere(call.recordingPath),
			edit: this.#editable(record, operatorId),
		};
		return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as HistoryRow;
	}

	/** What stands in the fields of a record that this operator may still edit. */
	#editable(record: ResponseRecord, operatorId: string): DraftRecord | undefined {
		const {utcOffsetMs} = this.world.settings;
		if (!mayEdit(record, operatorId, this.nowMs(), utcOffsetMs)) return undefined;
		const {reachedId = '', reactionId = '', nextActionId = '', nextOperatorId = '', nextAtMs, text} = record;
		return {
			reachedId,
			reactionId,
			nextActionId,
			nextOperatorId: nextOperatorId === operatorId ? 'self' : nextOperatorId,
			nextAt: nextAtMs === undefined ? '' : typedTime(nextAtMs, utcOffsetMs),
			text,
		};
	}
}

/** As many dots for every secret: not even its length is told. */
const masked = (values: FieldValues, secret: ReadonlySet<string>): FieldValues =>
	secret.size === 0
		? values
		: Object.fromEntries(Object.entries(values).map(([id, value]) => [id, secret.has(id) && value !== '' ? '●●●●' : value]));

const nothing: readonly never[] = Object.freeze([]);
export const numberOf = (row: CallRow): string => (row.direction === 'out' ? row.toNumber : row.fromNumber);

/** A customer as consoles see it. */
export function customerView({id, campaignId, version, values, stopCalling}: Customer): CustomerView {
	return {customerId: id, campaignId, version, values, stopCalling};
}

/** The value of that key, made and frozen when it is not there. */
function kept<T>(known: Map<string, readonly T[]>, key: string, make: () => T[]): readonly T[] {
	let value = known.get(key);
	if (!value) known.set(key, (value = Object.freeze(make())));
	return value;
}

/** A time as a person would type it: 2026/11/25 14:00. */
function typedTime(atMs: number, utcOffsetMs: number): string {
	const {year, month, day, hour, minute} = localTime(atMs, utcOffsetMs);
	const two = (number: number): string => String(number).padStart(2, '0');
	return `${year}/${two(month)}/${two(day)} ${two(hour)}:${two(minute)}`;
}

/** Of a caller, from the queue until the talk. */
const waited = (joinedMs: number, call: Call | undefined): Pick<CallView, 'waitedMs'> =>
	call?.inbound?.queuedMs === undefined ? {} : {waitedMs: joinedMs - call.inbound.queuedMs};

/** Absent while nothing is wrong with it. */
export function soundView(world: World, agent: Agent, call: Call): Pick<CallView, 'sound'> {
	const sound = troublesOf(world, agent, call).map(({of, kind, value}) => ({of, kind, value}));
	return sound.length > 0 ? {sound} : {};
}
