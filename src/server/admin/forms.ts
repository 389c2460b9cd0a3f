/** How plain values are written on the command line. */
import {dateExists, dateOf, daysOf} from '../domain/calendar.js';
import type {OpenWindow} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import {bad, type Form, type State, same} from './noun.js';
import {named, SetupProblem, type Text} from './problem.js';

const textMax = 100;

export const plainText: Form<string> = {
	form: {ja: '文字（100字まで）', en: 'text, up to 100 characters'},
	parse(text, _state, field) {
		const trimmed = text.trim();
		if (trimmed === '' || [...trimmed].length > textMax || /[\u0000-\u001f\u007f]/.test(trimmed)) throw bad(field, text, plainText.form);
		return trimmed;
	},
	show: text => text,
};

/** One of these words. Given in any case. */
export function choice<V extends string>(values: readonly V[], words: Partial<Record<V, string>> = {}): Form<V> {
	const word = (value: V): string => words[value] ?? value;
	const form = same(values.map(word).join(' | '));
	return {
		form,
		parse(text, _state, field) {
			const found = values.find(value => word(value).toLowerCase() === text.trim().toLowerCase());
			if (found === undefined) throw bad(field, text, form);
			return found;
		},
		show: word,
		offers: () => values.map(word),
	};
}

const yes = ['yes', 'on', 'true', '有効', 'はい'];
const no = ['no', 'off', 'false', '無効', 'いいえ'];

export const yesNo: Form<boolean> = {
	form: same('yes | no'),
	parse(text, _state, field) {
		const word = text.trim().toLowerCase();
		if (yes.includes(word)) return true;
		if (no.includes(word)) return false;
		throw bad(field, text, yesNo.form);
	},
	show: value => (value ? 'yes' : 'no'),
	offers: () => ['yes', 'no'],
};

export function wholeNumber(min: number, max: number): Form<number> {
	const form = same(`${min}-${max}`);
	return {
		form,
		parse(text, _state, field) {
			const trimmed = text.normalize('NFKC').trim();
			const value = /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
			if (!(value >= min && value <= max)) throw bad(field, text, form);
			return value;
		},
		show: String,
	};
}

export function decimal(min: number, max: number): Form<number> {
	const form = same(`${min.toFixed(2)}-${max.toFixed(2)}`);
	return {
		form,
		parse(text, _state, field) {
			const trimmed = text.normalize('NFKC').trim();
			const value = /^\d{1,4}(?:\.\d{1,2})?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
			if (!(value >= min && value <= max)) throw bad(field, text, form);
			return value;
		},
		show: value => value.toFixed(2),
	};
}

const unitMs: Record<string, number> = {ms: 1, s: 1_000, 秒: 1_000, m: 60_000, 分: 60_000, h: 3_600_000, 時間: 3_600_000};

/** 1h30m, 15s, 500ms. */
export function showDuration(durationMs: number): string {
	if (durationMs === 0) return '0s';
	let left = durationMs;
	let text = '';
	for (const [unit, ms] of [
		['h', 3_600_000],
		['m', 60_000],
		['s', 1_000],
		['ms', 1],
	] as const) {
		const count = Math.floor(left / ms);
		if (count > 0) text += `${count}${unit}`;
		left -= count * ms;
	}
	return text;
}

/** Durations in milliseconds between these two, written `15s`, `5m`, `1h30m`. */
export function duration(minMs: number, maxMs: number): Form<number> {
	const range = `${showDuration(minMs)}-${showDuration(maxMs)}`;
	const form: Text = {ja: `${range}（例 15s、5m、1h30m）`, en: `${range}, such as 15s, 5m, 1h30m`};
	return {
		form,
		parse(text, _state, field) {
			const trimmed = text.normalize('NFKC').trim().toLowerCase();
			if (!/^(?:\d{1,9}(?:ms|s|m|h|秒|分|時間))+$/u.test(trimmed)) throw bad(field, text, form);
			let total = 0;
			for (const [, count, unit] of trimmed.matchAll(/(\d+)(ms|s|m|h|秒|分|時間)/gu)) total += Number(count) * unitMs[unit!]!;
			if (total < minMs || total > maxMs) throw bad(field, text, form);
			return total;
		},
		show: showDuration,
	};
}

/** A telephone number as typed; kept so, compared normalised. */
export const phoneNumber: Form<string> = {
	form: {ja: '電話番号（例 03-1234-5678）', en: 'a telephone number, such as 03-1234-5678'},
	parse(text, _state, field) {
		if (normaliseNumber(text) === undefined) throw bad(field, text, phoneNumber.form);
		return text.trim();
	},
	show: text => text,
};

/** A name of our own making: short, small letters, safe in a file name and on a command line. */
export const idForm: Text = {ja: '英小文字・数字・ハイフン、32字まで', en: 'small letters, digits and hyphens, up to 32'};
export function identifier(text: string, noun: Text): string {
	const id = text.trim();
	if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(id) || id === 'none') throw new SetupProblem('badKey', {given: text, noun, allowed: idForm});
	return id;
}

/** The name of a sound that is there. */
export const sound: Form<string> = {
	form: {ja: '音声の名前（kaden prompt list）', en: 'name of a sound (kaden prompt list)'},
	parse(text, {sounds}, field) {
		const name = soundName(text);
		if (!sounds.includes(name))
			throw new SetupProblem('unknown', {field, what: {ja: '音声', en: 'sound'}, given: text, known: named(sounds)});
		return name;
	},
	show: soundName,
	offers: ({sounds}) => [...sounds],
};

/** Without folder, ending and language. */
export function soundName(text: string): string {
	return text
		.trim()
		.replace(/^.*[/\\]/, '')
		.replace(/\.wav$/i, '')
		.replace(/\.(?:ja|en)$/, '');
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const japaneseDays = '日月火水木金土';
const timeOf = (text: string): string | undefined => {
	const match = /^(\d{1,2}):(\d{2})$/.exec(text);
	const [hour, minute] = [Number(match?.[1]), Number(match?.[2])];
	if (!match || minute > 59 || hour > 24 || (hour === 24 && minute > 0)) return undefined;
	return `${String(hour).padStart(2, '0')}:${match[2]}`;
};

function dayOf(text: string): number | undefined {
	const at = dayNames.indexOf(text.slice(0, 3));
	if (at >= 0 && /^[a-z]{3,9}$/.test(text)) return at;
	const japanese = text.length === 1 ? japaneseDays.indexOf(text) : -1;
	return japanese >= 0 ? japanese : undefined;
}

/** `mon-fri`, `sat,sun`, `daily`, `月-金`, `土日`, `毎日`, `平日`. Undefined when it is none of these. */
function daysFrom(text: string): number[] | undefined {
	if (text === 'daily' || text === '毎日') return [0, 1, 2, 3, 4, 5, 6];
	if (text === '平日') return [1, 2, 3, 4, 5];
	const days = new Set<number>();
	const parts = /^[日月火水木金土]{2,}$/.test(text) ? [...text] : text.split(/[,、・]/);
	for (const part of parts) {
		const [first, last, ...more] = part.split(/[-~〜]/).map(dayOf);
		if (first === undefined || more.length > 0 || (part.match(/[-~〜]/) && last === undefined)) return undefined;
		const end = last ?? first;
		for (let day = first; ; day = (day + 1) % 7) {
			days.add(day);
			if (day === end) break;
		}
	}
	return [...days].sort((a, b) => a - b);
}

/** Runs from Monday on: `mon-fri`, `sat,sun`, `mon,wed-fri`. */
function showDays(days: readonly number[]): string {
	if (days.length === 7) return 'daily';
	const fromMonday = [1, 2, 3, 4, 5, 6, 0].filter(day => days.includes(day));
	const order = (day: number): number => (day + 6) % 7;
	const runs: number[][] = [];
	for (const day of fromMonday) {
		const run = runs.at(-1);
		if (run && order(day) === order(run.at(-1)!) + 1) run.push(day);
		else runs.push([day]);
	}
	return runs
		.flatMap(run => (run.length > 2 ? [`${dayNames[run[0]!]}-${dayNames[run.at(-1)!]}`] : run.map(day => dayNames[day]!)))
		.join(',');
}

/** `mon-fri 9:00-18:00`; an end not after the beginning is on the next day. */
export const openWindow: Form<OpenWindow> = {
	form: {
		ja: '曜日と時刻（例 mon-fri 9:00-18:00、土日 10:00-15:00、daily 22:00-6:00）',
		en: 'days and times, such as mon-fri 9:00-18:00, sat,sun 10:00-15:00, daily 22:00-6:00',
	},
	parse(text, _state, field) {
		const match = /^(\S+)\s+(\d{1,2}:\d{2})\s*[-~〜]\s*(\d{1,2}:\d{2})$/u.exec(text.normalize('NFKC').trim().toLowerCase());
		const days = match ? daysFrom(match[1]!) : undefined;
		const from = match ? timeOf(match[2]!) : undefined;
		const to = match ? timeOf(match[3]!) : undefined;
		if (!days || from === undefined || to === undefined || from === '24:00') throw bad(field, text, openWindow.form);
		return {days, from, to};
	},
	show: ({days, from, to}) => `${showDays(days)} ${from}-${to}`,
};

const dayText = (day: number): string => {
	const {year, month, day: dayOfMonth} = dateOf(day);
	return `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
};

export const dateForm: Text = {
	ja: '日付 YYYY-MM-DD、または期間 YYYY-MM-DD..YYYY-MM-DD',
	en: 'a date YYYY-MM-DD or a range YYYY-MM-DD..YYYY-MM-DD',
};
const rangeDaysMax = 366;

/** One date, or each of a range. */
export function dates(text: string, _state: State, field: string): string[] {
	const ends = text
		.normalize('NFKC')
		.trim()
		.split('..')
		.map(part => {
			const match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(part.trim());
			const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
			return match && dateExists(year, month, day) ? daysOf(year, month, day) : undefined;
		});
	const [first, last = first] = ends;
	if (ends.length > 2 || ends.includes(undefined) || first === undefined || last! < first || last! - first > rangeDaysMax)
		throw bad(field, text, dateForm);
	return Array.from({length: last! - first + 1}, (_, index) => dayText(first + index));
}

/** One date, as YYYY-MM-DD. */
export const day: Form<string> = {
	form: {ja: '日付 YYYY-MM-DD', en: 'a date YYYY-MM-DD'},
	parse(text, state, field) {
		if (text.includes('..')) throw bad(field, text, day.form);
		return dates(text, state, field)[0]!;
	},
	show: text => text,
};

/** `+09:00`. */
export const utcOffset: Form<number> = {
	form: {ja: 'UTC からの差（例 +09:00）', en: 'difference from UTC, such as +09:00'},
	parse(text, _state, field) {
		const match = /^([+-])(\d{2}):?([0-5]\d)$/.exec(text.trim());
		const hours = Number(match?.[2]);
		if (!match || hours > 14) throw bad(field, text, utcOffset.form);
		return (match[1] === '-' ? -1 : 1) * (hours * 60 + Number(match[3])) * 60_000;
	},
	show(offsetMs) {
		const minutes = Math.abs(Math.round(offsetMs / 60_000));
		return `${offsetMs < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
	},
};
