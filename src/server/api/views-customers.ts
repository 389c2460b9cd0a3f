/** Customers as administrators see them. */
import type {EntryState, FieldValues} from '../domain/model.js';

export type CustomerRowView = {
	customerId: string;
	/** Without secret fields. */
	values: FieldValues;
	/** 架電停止状態. */
	stop: boolean;
	/** ステータス. */
	state?: EntryState;
	/** Of the last record: when, what, by whom (login ID). */
	lastMs?: number;
	reached?: string;
	reaction?: string;
	next?: string;
	nextAtMs?: number;
	by?: string;
	/** 担当, login ID. */
	owner?: string;
};

export type FoundView = {
	/** To read on with `moreCustomers`: those that were found, in the order in which they were found. */
	handle: number;
	total: number;
	campaign: {code: string; name: string};
	fields: Array<{id: string; label: string}>;
	/** Fields that a list shows. */
	columns: string[];
	rows: CustomerRowView[];
};

export type RelistView = {
	/** Under which it can be taken back. */
	importId: string;
	listId: string;
	name: string;
	total: number;
	/** Found, but with nothing to dial: left out. */
	withoutNumber: number;
	/** In the list, and never dialled: 架電停止. */
	stopped: number;
};

/** A customer as administrators see it: the card, every record and every change. */
export type CustomerShown = {
	campaign: {code: string; name: string};
	fields: Array<{id: string; label: string}>;
	row: CustomerRowView;
	version: number;
	records: Array<{
		atMs: number;
		by: string;
		contact: string;
		reached?: string;
		reaction?: string;
		next?: string;
		nextAtMs?: number;
		text: string;
	}>;
	/** Newest first: what happened to it, by the event log. */
	changes: Array<{atMs: number; kind: string; by: string; fields?: string[]}>;
};
export type CustomerChanged = {customerId: string; version: number; changed: string[]};
export type AuditView = {
	rows: Array<{seq: number; atMs: number; actor: string; kind: string; about: Record<string, unknown>; hash: string}>;
	more: boolean;
};

/** `changed`: numbers that are in the file now, or not any more. `refused`: what is no telephone number. */
export type DoNotCallView = {
	changed: number;
	refused: string[];
	rows: Array<{scope: string; number: string; addedMs: number; source: string}>;
	files: Array<{scope: string; numbers: number}>;
};

/** A promise as administrators see it. */
export type RecallDeskRow = {
	recordId: string;
	/** Absent once it was taken back. */
	atMs?: number;
	overdue: boolean;
	/** Login ID of who is to call; whether they are logged in. */
	operator?: string;
	here: boolean;
	/** Code of the campaign. */
	campaign: string;
	customerId: string;
	customer: string;
	number: string;
	/** When and by whom it was promised. */
	savedMs: number;
	by: string;
	text: string;
	version: number;
};

/** `more`: there are others behind the last one. */
export type RecallsView = {rows: RecallDeskRow[]; more: boolean};

/** A rule of how long something is kept. `days`: 0 is for ever. `due`: what is older, or what went. */
export type RetentionRow = {
	kind: 'recordings' | 'voicemails' | 'customers' | 'calls';
	/** Code, where the rule is a campaign's own. */
	campaign?: string;
	days: number;
	/** Where it is set: the campaign, `kaden privacy`, the configuration file, or nowhere. */
	setBy: 'campaign' | 'privacy' | 'file' | 'none';
	due: number;
};
export type RetentionView = {rows: RetentionRow[]; dryRun: boolean};
