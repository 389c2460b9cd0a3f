/**
 * A whole record in one line: `12 3 再 1630 折返し` is person, reaction, next action, time and text. Pure.
 *
 * Words are read from left to right. A number or the beginning of a word (kanji, kana or romaji) names a choice; a word that
 * fits nothing where it stands, but a later choice, goes there. `-` leaves a choice out, `@name` is the next person in charge
 * (`@-` nobody), `/` begins the text where it would be taken for something else. The text is the rest of the line.
 */
import type {DraftRecord} from '../../server/domain/model.js';
import {dateTime} from '../format.js';
import type {Field, Option} from './fields.js';
import {fold} from './fold.js';
import {beginsWith} from './readings.js';
import {completeTime} from './when-words.js';

export type WrapName = keyof DraftRecord;
export type WrapProblem =
	/** There is no choice of that number. */
	| {code: 'noNumber'; count: number}
	| {code: 'ambiguous'; labels: string}
	| {code: 'unknown'}
	| {code: 'badTime' | 'pastTime'}
	/** A time where no next action, or none that has a time, stands before it. */
	| {code: 'noTimeHere'};
/** One word of the line, and what it was taken for. `shown`: the label of the choice, or the time in full. */
export type WrapPart = {name: WrapName; typed: string} & ({shown: string} | {problem: WrapProblem});
export type WrapReading = {
	parts: WrapPart[];
	/** What is to stand in the record; what is not named stays as it is. */
	values: Partial<DraftRecord>;
	/** What the next word will be taken for. */
	next: WrapName;
};

export type WrapContext = {
	/** Fields of the record, with their choices. */
	fields: readonly Field[];
	/** Whether a next action has a time. */
	hasTime: (nextActionId: string) => boolean;
	nowMs: number;
	zone: string;
};

const choiceNames = ['reachedId', 'reactionId', 'nextActionId'] as const;
const skipped = /^[-ー−‐–—]$/;
const onlyTime = /^(?:\d{3,4}|\d{1,2}:\d{2})$/;

type Word = {text: string; start: number; end: number};

/** Reads the line. Never throws; what is not understood is a part with its problem. */
export function readWrapLine(line: string, context: WrapContext): WrapReading {
	const words = [...line.matchAll(/[^\s\u3000]+/g)].map(({0: text, index}): Word => ({text, start: index, end: index + text.length}));
	const reading: WrapReading = {parts: [], values: {}, next: 'reachedId'};
	let at = 0;
	let word = 0;
	while (word < words.length) {
		const {text, start} = words[word]!;
		if (/^[/／]/.test(text)) return withText(reading, line.slice(start + 1));
		if (/^[@＠]/.test(text)) {
			take(reading, 'nextOperatorId', text, person(text.slice(1), context));
			word++;
			continue;
		}
		if (at < choiceNames.length) {
			if (skipped.test(text)) {
				at++;
				word++;
				continue;
			}
			const found = choiceAt(text, at, context);
			if (found) {
				take(reading, choiceNames[found.at]!, text, found.taken);
				at = found.at + 1;
				word++;
				continue;
			}
		}
		const used = timeAt(words, word, line, reading, context);
		if (used === 0) return withText(reading, line.slice(start));
		at = choiceNames.length;
		word += used;
	}
	reading.next = at < choiceNames.length ? choiceNames[at]! : takesTime(reading, context) ? 'nextAt' : 'text';
	return reading;
}

type Taken = {value: string; shown: string} | {problem: WrapProblem};

function take(reading: WrapReading, name: WrapName, typed: string, taken: Taken): void {
	if ('problem' in taken) {
		reading.parts.push({name, typed, problem: taken.problem});
		return;
	}
	reading.parts.push({name, typed, shown: taken.shown});
	reading.values[name] = taken.value;
}

function withText(reading: WrapReading, rest: string): WrapReading {
	const text = rest.trim();
	if (text !== '') take(reading, 'text', text, {value: text, shown: text});
	return {...reading, next: 'text'};
}

const optionsOf = (name: WrapName, {fields}: WrapContext): readonly Option[] =>
	fields.find(({key}) => key === `record.${name}`)?.options ?? [];

/** What a word means as a choice, from the `at`th on; undefined when it is none. */
function choiceAt(text: string, at: number, context: WrapContext): {at: number; taken: Taken} | undefined {
	const folded = fold(text);
	if (/^\d+$/.test(folded)) {
		if (folded.length > 2) return undefined;
		const options = optionsOf(choiceNames[at]!, context);
		const option = options[Number(folded) - 1];
		return {at, taken: option ? {value: option.value, shown: option.label} : {problem: {code: 'noNumber', count: options.length}}};
	}
	for (let later = at; later < choiceNames.length; later++) {
		const taken = match(optionsOf(choiceNames[later]!, context), text);
		if (taken) return {at: later, taken};
	}
	return undefined;
}

/** The one choice a word begins; as it is written goes before how it is read. Undefined when it begins none. */
function match(options: readonly Option[], text: string): Taken | undefined {
	const folded = fold(text);
	const written = options.filter(({label}) => fold(label).startsWith(folded));
	const fits = written.length > 0 ? written : options.filter(({label, reading}) => beginsWith(label, text, reading));
	const [only, other] = fits;
	if (!only) return undefined;
	const exact = fits.find(({label}) => fold(label) === folded) ?? (other ? undefined : only);
	if (exact) return {value: exact.value, shown: exact.label};
	return {problem: {code: 'ambiguous', labels: fits.map(({label}) => label).join(' / ')}};
}

function person(text: string, context: WrapContext): Taken {
	if (text === '' || skipped.test(text)) return {value: '', shown: ''};
	const options = optionsOf('nextOperatorId', context);
	const numbered = /^\d{1,2}$/.test(fold(text)) ? options[Number(fold(text)) - 1] : undefined;
	if (numbered) return {value: numbered.value, shown: numbered.label};
	return match(options, text) ?? {problem: {code: 'unknown'}};
}

const takesTime = ({values, parts}: WrapReading, {hasTime}: WrapContext): boolean =>
	values.nextActionId !== undefined && hasTime(values.nextActionId) && !parts.some(({name}) => name === 'nextAt');

/** Reads a time of one or two words into the reading; how many words it was, 0 when it is none. */
function timeAt(words: readonly Word[], at: number, line: string, reading: WrapReading, context: WrapContext): number {
	const {text, start} = words[at]!;
	const looksLikeTime = onlyTime.test(text.normalize('NFKC'));
	if (!takesTime(reading, context)) {
		const isWrong = looksLikeTime && !reading.parts.some(({name}) => name === 'nextAt');
		if (isWrong) take(reading, 'nextAt', text, {problem: {code: 'noTimeHere'}});
		return isWrong ? 1 : 0;
	}
	for (const count of [2, 1]) {
		const last = words[at + count - 1];
		if (!last || (count === 2 && looksLikeTime)) continue;
		const typed = line.slice(start, last.end);
		const full = completeTime(typed, context.nowMs, context.zone);
		if (full === null) continue;
		const isPast = full <= dateTime(context.nowMs, context.zone);
		take(reading, 'nextAt', typed, isPast ? {problem: {code: 'pastTime'}} : {value: full, shown: full});
		return count;
	}
	if (!looksLikeTime) return 0;
	take(reading, 'nextAt', text, {problem: {code: 'badTime'}});
	return 1;
}
