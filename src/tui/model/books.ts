/** What operators look up: their own customers (担当リスト) and how the call lists stand (発信リスト). Pure. */
import type {RequestBody} from '../../server/api/requests.js';
import type {CallListRow, MyCustomerRow} from '../../server/api/views.js';
import {type Edit, emptyEdit} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Action} from './actions.js';
import {fold} from './fold.js';
import {isUnsaved} from './form.js';
import {lineEdited} from './line-keys.js';
import {nameHas} from './readings.js';
import {type ConsoleState, type Step, say} from './state.js';

export type BookPanel =
	| {kind: 'mine'; rows: MyCustomerRow[] | null; edit: Edit; at: number}
	| {kind: 'callLists'; rows: CallListRow[] | null; at: number; seenMs: number; askedMs: number};

const stay = (state: ConsoleState): Step => ({state, effects: []});

/** Opens one of them; undefined for another action. */
export function openBook(state: ConsoleState, action: Action, nowMs: number): Step | undefined {
	if (action === 'mine')
		return {
			state: {...state, panel: {kind: 'mine', rows: null, edit: emptyEdit, at: 0}},
			effects: [{effect: 'send', body: {type: 'listMyCustomers'}}],
		};
	if (action === 'callLists')
		return {
			state: {...state, panel: {kind: 'callLists', rows: null, at: 0, seenMs: nowMs, askedMs: nowMs}},
			effects: [{effect: 'send', body: {type: 'listCallLists'}}],
		};
	return undefined;
}

/** Customers that fit what is typed: by name, reading in kana or romaji, or number. */
export function mineShown({rows, edit}: Extract<BookPanel, {kind: 'mine'}>): MyCustomerRow[] {
	const typed = fold(edit.text).trim();
	const digits = typed.replace(/\D/g, '');
	const fits = ({name, kana, number}: MyCustomerRow) =>
		nameHas(name, typed, kana) || (digits !== '' && number.replace(/\D/g, '').includes(digits));
	return typed === '' ? (rows ?? []) : (rows ?? []).filter(fits);
}

/** A key inside one of them. */
export function bookKey(state: ConsoleState, panel: BookPanel, key: KeyEvent, by: number): Step {
	const moved = (count: number): number => Math.max(0, Math.min(count - 1, panel.at + by));
	if (panel.kind === 'callLists') return stay({...state, panel: {...panel, at: moved(panel.rows?.length ?? 0)}});
	if (by !== 0) return stay({...state, panel: {...panel, at: moved(mineShown(panel).length)}});
	const edit = lineEdited(panel.edit, key);
	return stay({...state, panel: {...panel, edit, at: edit.text === panel.edit.text ? panel.at : 0}});
}

/** Enter on a customer: into the panes, unless something unsaved stands there. */
export function chooseMine(state: ConsoleState, panel: Extract<BookPanel, {kind: 'mine'}>): Step {
	const row = mineShown(panel)[panel.at];
	if (!row) return stay(state);
	if (state.form && state.form.customerId !== row.customerId && isUnsaved(state.form)) return stay(say(state, 'message.unsaved', 'warn'));
	return {
		state,
		effects: [
			{effect: 'draft', now: true},
			{effect: 'send', body: {type: 'loadCustomer', customerId: row.customerId}},
		],
	};
}

/** What the service answered, put into the panel that asked; undefined when none of these did. */
export function bookGranted(state: ConsoleState, request: RequestBody | {type: 'login'}, value: unknown): Step | undefined {
	const {panel} = state;
	if (request.type === 'listMyCustomers')
		return stay(panel?.kind === 'mine' ? {...state, panel: {...panel, rows: value as MyCustomerRow[]}} : state);
	if (request.type !== 'listCallLists') return undefined;
	if (panel?.kind !== 'callLists') return stay(state);
	const rows = value as CallListRow[];
	return stay({...state, panel: {...panel, rows, at: Math.min(panel.at, Math.max(0, rows.length - 1))}});
}
