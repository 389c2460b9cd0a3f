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
