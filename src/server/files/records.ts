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

/** Lines of a text that comes in pieces, with any kind of line end, without it: those at hand are taken without waiting. */
export class Lines {
	readonly #chunks: AsyncIterator<string>;
	#lines: string[] = [];
	#at = 0;
	#rest = '';
	#count = 0;
	#over = false;

	constructor(
		chunks: AsyncIterable<string>,
		readonly path: string,
	) {
		this.#chunks = chunks[Symbol.asyncIterator]();
	}

	/** Undefined: none is at hand; see `more`. */
	take(): string | undefined {
		return this.#lines[this.#at++];
	}

	/** These come before all others. */
	putBack(lines: readonly string[]): void {
		this.#lines = [...lines, ...this.#lines.slice(this.#at)];
		this.#at = 0;
	}

	/** Reads on until there are lines. False at the end of the text. Throws `ImportError`. */
	async more(): Promise<boolean> {
		while (!this.#over) {
			const next = await this.#chunks.next();
			const lines = next.done ? this.#end() : this.#split(next.value);
			if (lines.length === 0) continue;
			this.#lines = lines;
			this.#at = 0;
			return true;
		}
		return false;
	}

	#split(chunk: string): string[] {
		const text = this.#rest + chunk;
		// A carriage return at the end may be the first half of CRLF.
		const held = text.endsWith('\r') ? '\r' : '';
		const parts = (held ? text.slice(0, -1) : text).split(/\r\n|\n|\r/);
		this.#rest = parts.pop()! + held;
		this.#count += parts.length;
		if (this.#rest.length > lineLengthMax) throw new ImportError('lineTooLong', this.path, String(this.#count + 1));
		return parts;
	}

	#end(): string[] {
		this.#over = true;
		const rest = this.#rest;
		return rest === '' ? [] : rest.split('\r').slice(0, rest.endsWith('\r') ? -1 : undefined);
	}
}

/**
 * Puts the lines of one record together. A record whose quote does not close, or that runs over several lines and then has
 * a wrong number of fields, is cut after its first line: what follows is read afresh, so that one bad row costs no good ones.
 */
export class Records {
	#line = 0;
	#open: {line: number; texts: string[]} | undefined;

	/** @param width number of fields of a good record. */
	constructor(
		readonly source: Lines,
		readonly delimiter: Delimiter,
		readonly width: number,
	) {}

	/** As many as that, fewer only at the end of the file. */
	async next(count: number): Promise<RawRecord[]> {
		const block: RawRecord[] = [];
		while (block.length < count) {
			const text = this.source.take();
			const record = text === undefined ? undefined : this.#add(text);
			if (record) block.push(record);
			if (text !== undefined || (await this.source.more())) continue;
			if (!this.#open) break;
			block.push(this.#cutAfterFirst(this.#open));
		}
		return block;
	}

	#add(text: string): RawRecord | undefined {
		this.#line++;
		const before = this.#open;
		if (!before && !text.includes('"')) return {line: this.#line, text};
		const {open} = scan(text, this.delimiter, before !== undefined);
		if (!before && !open) return {line: this.#line, text};
		const record = before ?? {line: this.#line, texts: []};
		record.texts.push(text);
		this.#open = record;
		if (open) return record.texts.length >= recordLinesMax ? this.#cutAfterFirst(record) : undefined;
		const joined = record.texts.join('\n');
		if (record.texts.length > 1 && scan(joined, this.delimiter, false).fields !== this.width) return this.#cutAfterFirst(record);
		this.#open = undefined;
		return {line: record.line, text: joined};
	}

	#cutAfterFirst({line, texts}: {line: number; texts: string[]}): RawRecord {
		this.source.putBack(texts.slice(1));
		this.#line = line;
		this.#open = undefined;
		return {line, text: texts[0]!, broken: true};
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
