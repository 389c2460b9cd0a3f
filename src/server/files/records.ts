/** Cuts the text of a CSV file into records, and finds its way again after a quotation mark that was never closed. */
import {ImportError} from './import-error.js';

export type Delimiter = ',' | '\t' | ';';

/** One record as it stands in the file; line breaks inside quotes are line feeds. */
export type RawRecord = {
	/** Number of its first line, from 1. */
	line: number;
	text: string;
	/** It was cut off, and is not to be used: its quote does not close, or only where it leaves a wrong number of fields. */
	broken?: true;
};

/** A line longer than this is no row of a customer list. */
const lineLengthMax = 1_000_000;
/** Lines of one record at most; a quote still open after them was never meant to be one. */
const recordLinesMax = 200;

/** The most frequent of comma, tab and semicolon outside quotes; comma when there is none. */
export function guessDelimiter(line: string): Delimiter {
	const bare = line.replace(/"[^"]*"/g, '');
	const count = (delimiter: Delimiter): number => bare.split(delimiter).length;
	return ([',', '\t', ';'] as const).reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** `sep=;`: the line with which Excel itself is told what stands between the fields. */
export const namedDelimiter = (line: string): Delimiter | undefined => /^"?sep=([,;\t])"?$/i.exec(line)?.[1] as Delimiter | undefined;

/** Lines of the text with any kind of line end, without it. */
export async function* lines(chunks: AsyncIterable<string>, path: string): AsyncGenerator<string> {
	let rest = '';
	let count = 0;
	for await (const chunk of chunks) {
		rest += chunk;
		// A carriage return at the end may be the first half of CRLF.
		const held = rest.endsWith('\r') ? '\r' : '';
		const parts = (held ? rest.slice(0, -1) : rest).split(/\r\n|\n|\r/);
		rest = parts.pop()! + held;
		if (rest.length > lineLengthMax) throw new ImportError('lineTooLong', path, String(count + parts.length + 1));
		count += parts.length;
		yield* parts;
	}
	if (rest !== '') yield* rest.split('\r').slice(0, rest.endsWith('\r') ? -1 : undefined);
}

/**
 * Puts the lines of one record together. A record whose quote does not close, or that runs over several lines and then has
 * a wrong number of fields, is cut after its first line: what follows is read afresh, so that one bad row costs no good ones.
 * @param width number of fields of a good record, once it is known.
 */
export async function* rawRecords(
	source: AsyncIterable<string>,
	delimiter: Delimiter,
	width: () => number | undefined,
): AsyncGenerator<RawRecord> {
	const iterator = source[Symbol.asyncIterator]();
	/** Lines to be read again. */
	let again: string[] = [];
	let at = 0;
	let line = 0;
	let open: {line: number; texts: string[]} | undefined;
	const cutAfterFirst = (record: {line: number; texts: string[]}): RawRecord => {
		again = [...record.texts.slice(1), ...again.slice(at)];
		at = 0;
		line = record.line;
		open = undefined;
		return {line, text: record.texts[0]!, broken: true};
	};
	for (;;) {
		let text: string | undefined;
		if (at < again.length) text = again[at++];
		else {
			const next = await iterator.next();
			text = next.done ? undefined : next.value;
		}
		if (text === undefined) {
			if (!open) return;
			yield cutAfterFirst(open);
			continue;
		}
		line++;
		const state = text.includes('"') || open ? scan(text, delimiter, open !== undefined) : undefined;
		if (!open && !state?.open) {
			yield {line, text};
			continue;
		}
		open ??= {line, texts: []};
		open.texts.push(text);
		if (state?.open) {
			if (open.texts.length >= recordLinesMax) yield cutAfterFirst(open);
			continue;
		}
		const joined = open.texts.join('\n');
		const {fields} = scan(joined, delimiter, false);
		if (open.texts.length > 1 && fields !== (width() ?? fields)) yield cutAfterFirst(open);
		else {
			yield {line: open.line, text: joined};
			open = undefined;
		}
	}
}

/** Whether a quote is open at the end of the text, and how many fields it has. A quote counts only at the start of a field. */
function scan(text: string, delimiter: Delimiter, openBefore: boolean): {open: boolean; fields: number} {
	let open = openBefore;
	let atStart = !open;
	let fields = 1;
	for (let index = 0; ; ) {
		if (open) {
			const quote = text.indexOf('"', index);
			if (quote < 0) return {open, fields};
			open = text[quote + 1] === '"';
			index = quote + (open ? 2 : 1);
		} else if (atStart && text[index] === '"') {
			open = true;
			atStart = false;
			index++;
		} else {
			const next = text.indexOf(delimiter, index);
			if (next < 0) return {open, fields};
			fields++;
			index = next + 1;
			atStart = true;
		}
	}
}
