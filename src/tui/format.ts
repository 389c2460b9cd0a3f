/** Text for screens: cutting and padding by cells, durations, dates. Pure; times are epoch milliseconds, zones IANA names. */
import {type CellRuler, graphemes, isPrintableAscii, narrow} from './tty/cells.js';
import {breakAt} from './tty/kinsoku.js';

/** Characters that would act on a terminal instead of being shown: controls, and marks that change the reading direction. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text from outside made safe to draw on one line. */
export const safe = (text: string): string =>
	isPrintableAscii(text) || text.search(unsafe) < 0 ? text : text.replace(/[\t\r\n]+/g, ' ').replace(unsafe, '');

/** The text's beginning in at most `width` cells; a text that was cut ends in '..', which is narrow everywhere. */
export function cutText(text: string, width: number, ruler: CellRuler = narrow): string {
	if (ruler.widthOfText(text) <= width) return text;
	const mark = width >= 4 ? '..' : '';
	let cut = '';
	let used = 0;
	for (const part of graphemes(text)) {
		const cells = ruler.widthOf(part);
		if (used + cells > width - mark.length) break;
		cut += part;
		used += cells;
	}
	return cut + mark;
}

/** The text in exactly `width` cells: cut or filled with blanks. */
export function padText(text: string, width: number, align: 'left' | 'right' | 'centre' = 'left', ruler: CellRuler = narrow): string {
	const cut = cutText(text, width, ruler);
	const blank = Math.max(0, width - ruler.widthOfText(cut));
	if (align === 'right') return ' '.repeat(blank) + cut;
	if (align === 'centre') return ' '.repeat(Math.floor(blank / 2)) + cut + ' '.repeat(Math.ceil(blank / 2));
	return cut + ' '.repeat(blank);
}

/** Breaks a text into lines of at most `width` cells, at blanks where there are any and anywhere in Japanese. */
export function wrapText(text: string, width: number): string[] {
	const lines: string[] = [];
	for (const paragraph of text.split('\n')) {
		let line = '';
		const words = paragraph.match(/[\x21-\x7e]+|[^\x21-\x7e]/gu) ?? [];
		let start = 0;
		for (const [at, word] of words.entries()) {
			if (narrow.widthOfText(line + word) <= width) line += word;
			else {
				const cut = breakAt(words, start, at);
				const along = words.slice(cut, at).join('');
				if (line !== '') lines.push(line.slice(0, line.length - along.length).trimEnd());
				line = word === ' ' ? along : cutText(along + word, width);
				start = cut;
			}
		}
		lines.push(line.trimEnd());
	}
	return lines;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** m:ss, and h:mm:ss from an hour on; a clock that runs behind shows 0:00. */
export function duration(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor((seconds % 3600) / 60);
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export type DateParts = {year: number; month: number; day: number; hour: number; minute: number; second: number; weekday: number};

const formatters = new Map<string, Intl.DateTimeFormat>();
function formatterFor(zone: string): Intl.DateTimeFormat {
	let formatter = formatters.get(zone);
	if (!formatter) {
		formatter = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			hourCycle: 'h23',
			weekday: 'short',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
		formatters.set(zone, formatter);
	}
	return formatter;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The wall clock of a zone at a time; weekday 0 is Sunday. */
export function datePartsAt(atMs: number, zone: string): DateParts {
	const parts = new Map<string, string>(
		formatterFor(zone)
			.formatToParts(atMs)
			.map(part => [part.type, part.value]),
	);
	const number = (type: string): number => Number(parts.get(type) ?? 0);
	return {
		year: number('year'),
		month: number('month'),
		day: number('day'),
		hour: number('hour'),
		minute: number('minute'),
		second: number('second'),
		weekday: weekdays.indexOf(parts.get('weekday') ?? ''),
	};
}

/** By zone the minute that was asked for last: clocks ask for the present one many times a second. */
const lastMinutes = new Map<string, {minute: number; text: string}>();

/** 2021/07/14 10:00, as the forms take it. */
export function dateTime(atMs: number, zone: string): string {
	const minute = Math.floor(atMs / 60_000);
	const last = lastMinutes.get(zone);
	if (last?.minute === minute) return last.text;
	const at = datePartsAt(atMs, zone);
	const text = `${at.year}/${two(at.month)}/${two(at.day)} ${two(at.hour)}:${two(at.minute)}`;
	lastMinutes.set(zone, {minute, text});
	return text;
}

/** 07/14 10:00, for lists. */
export const shortDateTime = (atMs: number, zone: string): string => dateTime(atMs, zone).slice(5);

/** 10:00, the clock. */
export const clockTime = (atMs: number, zone: string): string => dateTime(atMs, zone).slice(11);
