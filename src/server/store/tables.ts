/**
 * Which columns hold which properties: one description per table, from which both the statements and the conversion
 * between rows and the service's nouns are made. Property `callId` is column `call_id`.
 */
import type {
	AutoDialSettings,
	CallBackRow,
	CallList,
	CallRow,
	Campaign,
	Customer,
	EventRow,
	Group,
	ListEntry,
	MailRow,
	Operator,
	ResponseRecord,
	VoicemailRow,
} from '../domain/model.js';
import type {ImportRow, SessionRow, SettingChangeRow} from './port.js';

/** `plain`: text or number as it is. `flag`: boolean, kept as 0 or 1. `json`: kept as JSON text. */
type Keep = 'plain' | 'flag' | 'json';
type Cell = string | number | null;

export type Table<T> = {
	name: string;
	/** `id AS "id", from_number AS "fromNumber", …` for SELECT. */
	select: string;
	/** INSERT … ON CONFLICT (key) DO UPDATE of all columns, or a plain INSERT when the table has no key. */
	put: string;
	/** Cells in the order of `put`. */
	encode(row: T): Cell[];
	decode(cells: unknown): T;
};

const columnOf = (property: string) => property.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

function table<T extends object>(
	name: string,
	key: Array<keyof T & string>,
	keeps: {[K in keyof T]-?: Keep},
	renamed: Partial<Record<keyof T & string, string>> = {},
): Table<T> {
	const properties = Object.keys(keeps) as Array<keyof T & string>;
	const columns = properties.map(property => renamed[property] ?? columnOf(property));
	const column = (property: keyof T & string) => columns[properties.indexOf(property)];
	const updates = properties
		.filter(property => !key.includes(property))
		.map(property => `${column(property)} = excluded.${column(property)}`);
	const onConflict = key.length ? ` ON CONFLICT (${key.map(column).join(', ')}) DO UPDATE SET ${updates.join(', ')}` : '';
	return {
		name,
		select: properties.map((property, index) => `${columns[index]} AS "${property}"`).join(', '),
		put: `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})${onConflict}`,
		encode: row =>
			properties.map(property => {
				const value = row[property];
				if (value === undefined) return null;
				if (keeps[property] === 'json') return JSON.stringify(value);
				return keeps[property] === 'flag' ? Number(value) : (value as Cell);
			}),
		decode(cells) {
			const row: Record<string, unknown> = {};
			for (const property of properties) {
				const cell = (cells as Record<string, Cell>)[property];
				if (cell === null || cell === undefined) continue;
				row[property] = keeps[property] === 'json' ? JSON.parse(cell as string) : keeps[property] === 'flag' ? cell === 1 : cell;
			}
			return row as T;
		},
	};
}

export const operators = table<Operator>(
	'operators',
	['id'],
	{
		id: 'plain',
		loginId: 'plain',
		name: 'plain',
		kana: 'plain',
		role: 'plain',
		workMode: 'plain',
		recallQualified: 'flag',
		recallShare: 'plain',
		callsPerDayMax: 'plain',
		enabled: 'flag',
		team: 'plain',
		workstation: 'plain',
		superviseUpTo: 'plain',
		note: 'plain',
		use: 'plain',
		icon: 'plain',
	},
	{use: 'use_setting'},
);
export const groups = table<Group>('groups', ['id'], {id: 'plain', number: 'plain', name: 'plain', settings: 'json'});
export const callBacks = table<CallBackRow>('call_backs', ['id'], {
	id: 'plain',
	groupId: 'plain',
	callId: 'plain',
	number: 'plain',
	customerId: 'plain',
	queuedMs: 'plain',
	leftMs: 'plain',
	state: 'plain',
	attempts: 'plain',
	nextMs: 'plain',
	doneCallId: 'plain',
});
export const voicemails = table<VoicemailRow>('voicemails', ['id'], {
	id: 'plain',
	callId: 'plain',
	mailbox: 'plain',
	fromNumber: 'plain',
	customerId: 'plain',
	atMs: 'plain',
	path: 'plain',
	durationMs: 'plain',
	heardBy: 'plain',
	heardMs: 'plain',
});
export const campaigns = table<Campaign>('campaigns', ['id'], {
	id: 'plain',
	code: 'plain',
	name: 'plain',
	status: 'plain',
	fromDay: 'plain',
	untilDay: 'plain',
	groupIds: 'json',
	card: 'json',
	masters: 'json',
	recording: 'plain',
	playback: 'plain',
	keepDays: 'plain',
	eraseDays: 'plain',
});
export const mails = table<MailRow>('mails', ['id'], {
	id: 'plain',
	voicemailId: 'plain',
	recipients: 'json',
	state: 'plain',
	attempts: 'plain',
	createdMs: 'plain',
	nextMs: 'plain',
	reason: 'plain',
});
export const customers = table<Customer>(
	'customers',
	['id'],
	{id: 'plain', campaignId: 'plain', values: 'json', stopCalling: 'flag', ownerId: 'plain', version: 'plain'},
	{values: 'field_values'},
);
export const lists = table<CallList>(
	'lists',
	['id'],
	{
		id: 'plain',
		campaignId: 'plain',
		name: 'plain',
		groupId: 'plain',
		started: 'flag',
		priority: 'plain',
		mix: 'plain',
		order: 'plain',
		startedMs: 'plain',
		stoppedMs: 'plain',
		archivedMs: 'plain',
	},
	{order: 'order_rule'},
);
export const entries = table<ListEntry>('entries', ['id'], {
	id: 'plain',
	listId: 'plain',
	customerId: 'plain',
	number: 'plain',
	state: 'plain',
	position: 'plain',
	attempts: 'plain',
	lastOutcome: 'plain',
	nextAtMs: 'plain',
	tried: 'plain',
});
export const autoDials = table<AutoDialSettings>('auto_dials', ['campaignId', 'groupId'], {
	campaignId: 'plain',
	groupId: 'plain',
	mode: 'plain',
	started: 'flag',
	trunk: 'plain',
	callerNumber: 'plain',
	callsMax: 'plain',
	ringMs: 'plain',
	keepsRinging: 'flag',
	leadScores: 'flag',
	ratioTable: 'json',
	ratioAbove: 'plain',
	retries: 'json',
	machines: 'json',
});
export const calls = table<CallRow>('calls', ['id'], {
	id: 'plain',
	kind: 'plain',
	direction: 'plain',
	campaignId: 'plain',
	groupId: 'plain',
	listId: 'plain',
	entryId: 'plain',
	customerId: 'plain',
	agentId: 'plain',
	fromNumber: 'plain',
	toNumber: 'plain',
	startedMs: 'plain',
	dialledMs: 'plain',
	ringingMs: 'plain',
	answeredMs: 'plain',
	joinedMs: 'plain',
	endedMs: 'plain',
	endedBy: 'plain',
	outcome: 'plain',
	sipStatus: 'plain',
	transferOf: 'plain',
	recordingPath: 'plain',
	recordingMs: 'plain',
});
export const records = table<ResponseRecord>('records', ['id'], {
	id: 'plain',
	customerId: 'plain',
	campaignId: 'plain',
	callId: 'plain',
	operatorId: 'plain',
	contact: 'plain',
	reachedId: 'plain',
	reactionId: 'plain',
	nextActionId: 'plain',
	nextOperatorId: 'plain',
	nextAtMs: 'plain',
	text: 'plain',
	savedMs: 'plain',
	editedMs: 'plain',
	writingMs: 'plain',
});
export const sessions = table<SessionRow>('sessions', ['tokenHash'], {
	tokenHash: 'plain',
	operatorId: 'plain',
	extension: 'plain',
	workingGroupIds: 'json',
	createdMs: 'plain',
	lastSeenMs: 'plain',
	customerId: 'plain',
	callId: 'plain',
});
export const imports = table<ImportRow>('imports', ['id'], {
	id: 'plain',
	kind: 'plain',
	atMs: 'plain',
	actor: 'plain',
	campaignId: 'plain',
	listId: 'plain',
	name: 'plain',
	rows: 'plain',
	state: 'plain',
});
export const settingChanges = table<SettingChangeRow>('setting_changes', [], {
	batch: 'plain',
	atMs: 'plain',
	actor: 'plain',
	noun: 'plain',
	key: 'plain',
	verb: 'plain',
	before: 'json',
	after: 'json',
	secretBefore: 'plain',
	undoes: 'plain',
});
export const events = table<EventRow>('events', [], {
	atMs: 'plain',
	kind: 'plain',
	actor: 'plain',
	reason: 'plain',
	callId: 'plain',
	agentId: 'plain',
	campaignId: 'plain',
	groupId: 'plain',
	listId: 'plain',
	customerId: 'plain',
	data: 'json',
});
