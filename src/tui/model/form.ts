/** What is typed in the work screen: the customer's fields and the new record, with focus and cursor. Pure. */

import type {FieldError} from '../../server/api/messages.js';
import type {CustomerView, SessionView} from '../../server/api/views.js';
import type {Draft, DraftRecord, FieldValues} from '../../server/domain/model.js';
import {type Edit, editOf, emptyEdit} from '../tty/edit.js';

/**
 * What a supervisor types here (`typist.ts`). `now`: the field in which somebody does; `seq`: the last letter that this form knows; by
 * field the stretch that was shown last, and the one refused.
 */
export type Helped = {
	now: string | null;
	seq: number;
	shown: Readonly<Record<string, {id: number; text: string}>>;
	refused: Readonly<Record<string, number>>;
};

export type Form = {
	customerId: string;
	callId: string | undefined;
	/** Customer as the service had it when the form was filled; what differs from it was typed here. */
	baseVersion: number;
	base: FieldValues;
	/** Every field by key; choices hold their value as text. */
	edits: Readonly<Record<string, Edit>>;
	/** Key of the field that has the focus. */
	focus: string;
	/** What was typed at a choice just now: "1" before "12". */
	typed: string;
	/** Box under the cursor in a check-box field. */
	option: number;
	errors: Readonly<Record<string, FieldError['code'] | 'conflict'>>;
	/** Newer values of fields that somebody else changed too, and what stood there before both. */
	theirs: FieldValues;
	stood: FieldValues;
	/** Extra rows a person gave to text areas, by key. */
	heights: Readonly<Record<string, number>>;
	/** Counts what was typed here; 0 = as loaded. */
	revision: number;
	/** What a supervisor has typed here. */
	helped: Helped;
};

export const blankRecord: DraftRecord = {reachedId: '', reactionId: '', nextActionId: '', nextOperatorId: 'self', nextAt: '', text: ''};

const recordEdits = (record: DraftRecord): Record<string, Edit> =>
	Object.fromEntries(Object.entries(record).map(([name, value]) => [`record.${name}`, editOf(value)]));
const customerEdits = (values: FieldValues): Record<string, Edit> =>
	Object.fromEntries(Object.entries(values).map(([id, value]) => [`customer.${id}`, editOf(value)]));

/** A form for a customer just loaded, with what was typed before when there is a draft of the same customer. */
export function formFor(customer: CustomerView, draft: Draft | null, callId: string | undefined, focus: string): Form {
	const kept = draft && draft.customerId === customer.customerId ? draft : null;
	const edits = {
		...customerEdits(customer.values),
		...(kept ? customerEdits(kept.values) : {}),
		...recordEdits(kept?.record ?? blankRecord),
	};
	let focused = focus;
	if (kept?.focus) {
		focused = kept.focus.field;
		edits[focused] = editOf(edits[focused]?.text ?? '', kept.focus.cursor);
	}
	return {
		customerId: customer.customerId,
		callId,
		baseVersion: kept?.baseVersion ?? customer.version,
		base: customer.values,
		edits,
		focus: focused,
		typed: '',
		option: 0,
		errors: {},
		theirs: {},
		stood: {},
		heights: {},
		revision: kept ? 1 : 0,
		helped: {now: null, seq: 0, shown: {}, refused: {}},
	};
}

export const textAt = (form: Form, key: string): string => form.edits[key]?.text ?? '';
export const editAt = (form: Form, key: string): Edit => form.edits[key] ?? emptyEdit;

/** The form with one field changed; its error goes, because the person is mending it. */
export function withEdit(form: Form, key: string, edit: Edit): Form {
	if (edit === form.edits[key]) return form;
	const isChanged = edit.text !== textAt(form, key);
	const {[key]: _, ...errors} = form.errors;
	return {...form, edits: {...form.edits, [key]: edit}, ...(isChanged ? {errors, revision: form.revision + 1} : {})};
}

export const withFocus = (form: Form, key: string): Form => ({...form, focus: key, typed: '', option: 0});

function valuesOf(form: Form): FieldValues {
	const values: FieldValues = {...form.base};
	for (const [key, edit] of Object.entries(form.edits)) {
		if (key.startsWith('customer.')) values[key.slice('customer.'.length)] = edit.text;
	}
	return values;
}

export function recordOf(form: Form): DraftRecord {
	const of = (name: keyof DraftRecord): string => textAt(form, `record.${name}`);
	return {
		reachedId: of('reachedId'),
		reactionId: of('reactionId'),
		nextActionId: of('nextActionId'),
		nextOperatorId: of('nextOperatorId'),
		nextAt: of('nextAt'),
		text: of('text'),
	};
}

/** The form as the service keeps it. */
export function draftOf(form: Form): Draft {
	return {
		customerId: form.customerId,
		...(form.callId === undefined ? {} : {callId: form.callId}),
		values: valuesOf(form),
		baseVersion: form.baseVersion,
		record: recordOf(form),
		focus: {field: form.focus, cursor: editAt(form, form.focus).cursor},
	};
}

/** Whether anything typed here is not saved yet. */
export function isUnsaved(form: Form): boolean {
	const record = recordOf(form);
	if ((Object.keys(blankRecord) as Array<keyof DraftRecord>).some(name => record[name] !== blankRecord[name])) return true;
	return Object.entries(valuesOf(form)).some(([id, value]) => value !== (form.base[id] ?? ''));
}

/**
 * After `saved` went to the disk: the record's fields are blank again for the next record. What was typed while the
 * answer was under way stays: a longer text keeps its new end, a changed field its new value.
 */
export function afterSave(form: Form, saved: Draft, customerVersion: number): Form {
	const edits: Record<string, Edit> = {...form.edits};
	for (const name of Object.keys(blankRecord) as Array<keyof DraftRecord>) {
		const key = `record.${name}`;
		const now = textAt(form, key);
		const sent = saved.record[name];
		if (now === sent) edits[key] = editOf(blankRecord[name]);
		else if (name === 'text' && sent !== '' && now.startsWith(sent)) edits[key] = editOf(now.slice(sent.length));
	}
	return {...form, edits, base: saved.values, baseVersion: customerVersion, errors: {}, theirs: {}, stood: {}, typed: ''};
}

/**
 * The loaded customer has changed on the service. Fields not touched here take the new value; where both changed, what was
 * typed stays, and the field is marked with the other's value.
 */
export function mergeCustomer(form: Form, customer: CustomerView): Form {
	if (customer.version <= form.baseVersion) return form;
	const edits: Record<string, Edit> = {...form.edits};
	const errors = {...form.errors};
	const theirs = {...form.theirs};
	const stood = {...form.stood};
	for (const id of new Set([...Object.keys(customer.values), ...Object.keys(form.base)])) {
		const key = `customer.${id}`;
		const before = form.base[id] ?? '';
		const after = customer.values[id] ?? '';
		const mine = textAt(form, key);
		if (after === before || mine === after) continue;
		if (mine === before) edits[key] = editOf(after, form.focus === key ? editAt(form, key).cursor : undefined);
		else {
			if (errors[key] !== 'conflict') stood[id] = before;
			errors[key] = 'conflict';
			theirs[id] = after;
		}
	}
	return {...form, edits, errors, theirs, stood, base: customer.values, baseVersion: customer.version};
}

/** The view's form: built anew for another customer, merged for the same one, null without one. What is typed here wins over the draft. */
export function formForView(form: Form | null, view: SessionView, firstFocus: string): Form | null {
	const {customer} = view;
	if (!customer) return null;
	const callId = view.call?.callId ?? (form?.customerId === customer.customerId ? form.callId : undefined);
	if (form?.customerId !== customer.customerId) return formFor(customer, view.draft, callId, firstFocus);
	return {...mergeCustomer(form, customer), callId};
}
