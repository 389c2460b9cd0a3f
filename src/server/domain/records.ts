/**
 * What may be saved: the customer's card and the response record, checked field by field. Nothing here changes anything.
 * Fields of the record are named `record.reachedId` and so on in errors; fields of the card by their id.
 */
import {dateExists, dayNumber, epochMs, localTime} from './calendar.js';
import type {FieldError} from './effects.js';
import type {Campaign, DraftRecord, FieldDefinition, FieldValues, NextActionKind, ResponseRecord} from './model.js';
import {normaliseNumber} from './numbers.js';

type Code = FieldError['code'];

/** 20,000 characters of notes; more is a mistake of the clipboard. */
export const textLengthMax = 20_000;

const lengthOf = (text: string) => [...text].length;

/** Checks the typed values of a card. Read-only fields are not checked: they keep what they had. */
export function checkCard(card: readonly FieldDefinition[], values: FieldValues): FieldError[] {
	const errors: FieldError[] = [];
	for (const field of card) {
		if (field.readOnly) continue;
		const code = checkField(field, values[field.id] ?? '');
		if (code) errors.push({field: field.id, code});
	}
	return errors;
}

/** What is wrong with one value, or undefined. */
export function checkField(field: FieldDefinition, value: string): Code | undefined {
	if (value.trim() === '') return field.required ? 'required' : undefined;
	// No text has more characters than units, and most are short: they need not be counted.
	if (value.length > field.lengthMax && lengthOf(value) > field.lengthMax) return 'tooLong';
	switch (field.kind) {
		case 'pulldown':
		case 'radio':
			return field.choices.includes(value) ? undefined : 'notAChoice';
		case 'checkboxes':
			return value.split('\n').every(choice => field.choices.includes(choice)) ? undefined : 'notAChoice';
		case 'date':
			return parseDate(value) ? undefined : 'badDate';
		case 'phone':
			return normaliseNumber(value) === undefined ? 'badPhone' : undefined;
		case 'mail':
			return /^[^\s@,;<>]+@[^\s@,;<>.]+(?:\.[^\s@,;<>.]+)+$/u.test(value.trim()) ? undefined : 'badMail';
		case 'postcode':
			return /^\d{3}[-‐-―−ー]?\d{4}$/u.test(value.normalize('NFKC').replace(/^〒/u, '').trim()) ? undefined : 'badPostcode';
		case 'number':
			return /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/u.test(value.normalize('NFKC').trim()) ? undefined : 'badNumber';
		case 'text':
		case 'kana':
		case 'textarea':
		case 'password':
			return undefined;
		default:
			return field.kind satisfies never;
	}
}

/** 2026-04-01, 2026/4/1, 20260401, full-width digits too. */
export function parseDate(typed: string): {year: number; month: number; day: number} | undefined {
	const plain = typed.normalize('NFKC').trim();
	const match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/u.exec(plain) ?? /^(\d{4})(\d{2})(\d{2})$/u.exec(plain);
	if (!match) return undefined;
	const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
	return dateExists(year, month, day) ? {year, month, day} : undefined;
}

/**
 * A time as typed, in local time: with a date, with month and day (this year, or the next when that is past), or the time of
 * day alone (today). 16:30, 1630 and １６：３０ are the same.
 */
export function parseTime(typed: string, nowMs: number, utcOffsetMs: number): number | undefined {
	const plain = typed.normalize('NFKC').trim().replace(/\s+/gu, ' ');
	const match = /^(?:(.+) )?(\d{1,2}):?(\d{2})$/u.exec(plain);
	if (!match) return undefined;
	const [hour, minute] = [Number(match[2]), Number(match[3])];
	if (hour > 23 || minute > 59) return undefined;
	const now = localTime(nowMs, utcOffsetMs);
	if (match[1] === undefined) return epochMs({...now, hour, minute}, utcOffsetMs);
	const date = parseDate(match[1]);
	if (date) return epochMs({...date, hour, minute}, utcOffsetMs);
	const short = /^(\d{1,2})[-/.](\d{1,2})$/u.exec(match[1]);
	if (!short) return undefined;
	const [month, day] = [Number(short[1]), Number(short[2])];
	for (const year of [now.year, now.year + 1]) {
		if (!dateExists(year, month, day)) continue;
		const atMs = epochMs({year, month, day, hour, minute}, utcOffsetMs);
		if (atMs > nowMs) return atMs;
	}
	return dateExists(now.year, month, day) ? epochMs({year: now.year, month, day, hour, minute}, utcOffsetMs) : undefined;
}

/** 編集: on the day of the save only, and only by who saved it. */
export function mayEdit(
	record: Pick<ResponseRecord, 'operatorId' | 'savedMs'>,
	operatorId: string,
	nowMs: number,
	utcOffsetMs: number,
): boolean {
	return record.operatorId === operatorId && dayNumber(record.savedMs, utcOffsetMs) === dayNumber(nowMs, utcOffsetMs);
}

/** A next action that carries a time. */
export const carriesTime = (kind: NextActionKind | undefined): boolean => kind === 'recall' || kind === 'visit' || kind === 'custom';

export type DecodedRecord = {
	reachedId?: string;
	reactionId?: string;
	nextActionId?: string;
	kind?: NextActionKind;
	nextOperatorId?: string;
	nextAtMs?: number;
	text: string;
};

/**
 * Checks and decodes a record. `predictive`: the call came from the dialler, so 自動再架電 is allowed. `colleagues`: operators
 * who may be the next person in charge. `keepMs`: a time that stood there before may stay, past or not.
 */
export function decodeRecord(
	record: DraftRecord,
	of: {
		campaign: Campaign;
		operatorId: string;
		colleagues: readonly string[];
		predictive: boolean;
		nowMs: number;
		utcOffsetMs: number;
		keepMs?: number | undefined;
	},
): {errors: FieldError[]; record: DecodedRecord} {
	const {masters} = of.campaign;
	const errors: FieldError[] = [];
	const fail = (field: keyof DraftRecord, code: Code) => errors.push({field: `record.${field}`, code});
	const out: DecodedRecord = {text: record.text};

	if (record.reachedId !== '') out.reachedId = record.reachedId;
	if (record.reachedId !== '' && !masters.reached.some(choice => choice.id === record.reachedId)) fail('reachedId', 'notAChoice');
	if (record.reactionId !== '') out.reactionId = record.reactionId;
	if (record.reactionId !== '' && !masters.reactions.some(choice => choice.id === record.reactionId)) fail('reactionId', 'notAChoice');
	if (lengthOf(record.text) > textLengthMax) fail('text', 'tooLong');

	const action = masters.nextActions.find(choice => choice.id === record.nextActionId);
	if (record.nextActionId !== '' && !action) fail('nextActionId', 'notAChoice');
	if (action) {
		out.nextActionId = action.id;
		out.kind = action.kind;
		if (action.kind === 'autoRecall' && !of.predictive) fail('nextActionId', 'notHere');
	}
	if (action?.kind !== 'autoRecall' && record.nextOperatorId !== '') {
		out.nextOperatorId = record.nextOperatorId === 'self' ? of.operatorId : record.nextOperatorId;
		if (out.nextOperatorId !== of.operatorId && !of.colleagues.includes(out.nextOperatorId)) fail('nextOperatorId', 'notAChoice');
	}
	// The time field is closed for every other action: what may still stand in it is not looked at.
	if (carriesTime(action?.kind) && record.nextAt.trim() !== '') {
		const atMs = parseTime(record.nextAt, of.nowMs, of.utcOffsetMs);
		if (atMs === undefined) fail('nextAt', 'badTime');
		else if (atMs <= of.nowMs && !isSameMinute(atMs, of.keepMs)) fail('nextAt', 'pastTime');
		else out.nextAtMs = isSameMinute(atMs, of.keepMs) ? of.keepMs! : atMs;
	}
	return {errors, record: out};
}

/** Times are typed and shown to the minute. */
const isSameMinute = (atMs: number, otherMs: number | undefined): boolean =>
	otherMs !== undefined && Math.floor(atMs / 60_000) === Math.floor(otherMs / 60_000);
