/**
 * Customers from a CSV file into a campaign, and into a call list when one is wanted. Good rows go in, bad rows are listed with
 * line, column and reason and written to a reject file. Rows go to the store in small batches, one at a time, so that the
 * service lives on beside the largest file.
 */
import type {Campaign} from '../domain/model.js';
import {findColumns, ignoredColumns} from './columns.js';
import {detectEncoding, type Encoding, readText} from './decode.js';
import {ImportError} from './import-error.js';
import {type ImportStore, ImportWork, splitRecord} from './import-work.js';
import {type Delimiter, guessDelimiter, Lines, namedDelimiter, type RawRecord, Records} from './records.js';
import type {Rejection} from './rows.js';

export type ImportOptions = {
	campaign: Campaign;
	/** Makes a call list of the customers (アウトバウンド発信リスト); without it they are only registered, as for inbound work. */
	list?: {name: string; groupId?: string; priority?: number};
	/** Reads and checks everything, writes nothing. */
	dryRun?: boolean;
	/** Where refused rows go; made only when there are any. Not written in a dry run. */
	rejectPath?: string;
	/** Language of the reasons in it. */
	lang?: 'ja' | 'en';
	addZeros?: boolean;
	bytesMax?: number;
	/** For the event log: who imports, when. */
	actor: string;
	nowMs: number;
	onProgress?: (rows: number) => void;
};

export type ImportReport = {
	encoding: Encoding;
	delimiter: Delimiter;
	header: boolean;
	/** The column of each field found, by label; and the columns that the card does not know. */
	columns: string[];
	ignoredColumns: string[];
	/** Rows with anything in them, without the header. */
	rows: number;
	imported: number;
	rejected: number;
	/** The first of them, in the order of the file. One row may have several. */
	rejections: Rejection[];
	rejectPath?: string;
	listId?: string;
	/** Under which all of it can be taken back. */
	importId?: string;
};

/** Some 10 ms of the writer's thread: what others save waits for no more than that. */
const blockRows = 500;
export const bytesMaxDefault = 1_000_000_000;

/** Imports a file. Throws `ImportError` when the file as a whole cannot be used, or cannot be brought in to its end: nothing of it stays. */
export async function importFile(path: string, store: ImportStore, options: ImportOptions): Promise<ImportReport> {
	const encoding = await detectEncoding(path, options.bytesMax ?? bytesMaxDefault);
	const source = new Lines(readText(path, encoding), path);
	const first = await firstRecord(source, path);
	const columns = findColumns(options.campaign.card, splitRecord(first.text, first.delimiter), path);
	const report: ImportReport = {
		encoding,
		delimiter: first.delimiter,
		header: columns.header,
		columns: columns.columns.filter(({field, stop}) => field ?? stop).map(({label}) => label),
		ignoredColumns: ignoredColumns(columns),
		rows: 0,
		imported: 0,
		rejected: 0,
		rejections: [],
	};
	const work = new ImportWork({path, store, options, columns, delimiter: first.delimiter, report});
	if (!columns.header) source.putBack(first.texts);
	const records = new Records(source, first.delimiter, columns.columns.length);
	const lineOffset = first.linesBefore + (columns.header ? first.texts.length : 0);
	try {
		for (;;) {
			const block = await records.next(blockRows);
			const filled = block.filter(({text}) => !isBlank(text, first.delimiter));
			for (const record of filled) record.line += lineOffset;
			await work.take(filled);
			if (block.length < blockRows) break;
		}
		await work.finish();
	} catch (error) {
		await work.takeBack();
		throw error;
	} finally {
		await work.close();
	}
	if (report.rows === 0) throw new ImportError('noRows', path);
	return report;
}

type First = RawRecord & {delimiter: Delimiter; texts: string[]; linesBefore: number};

/** The first record that has anything in it: it says what the delimiter is. */
async function firstRecord(source: Lines, path: string): Promise<First> {
	const next = async () => source.take() ?? ((await source.more()) ? source.take() : undefined);
	let linesBefore = 0;
	let named: Delimiter | undefined;
	for (;;) {
		const line = await next();
		if (line === undefined) throw new ImportError('empty', path);
		const told = linesBefore === 0 && named === undefined ? namedDelimiter(line) : undefined;
		if (told !== undefined) {
			named = told;
			linesBefore++;
			continue;
		}
		const delimiter = named ?? guessDelimiter(line);
		if (isBlank(line, delimiter)) {
			linesBefore++;
			continue;
		}
		const texts = [line];
		// A label may hold a line break.
		while ((texts.join('\n').split('"').length - 1) % 2 === 1 && texts.length < 20) {
			const more = await next();
			if (more === undefined) break;
			texts.push(more);
		}
		return {line: 1, text: texts.join('\n'), delimiter, texts, linesBefore};
	}
}

/** Rows of nothing but delimiters are what Excel leaves under a table. */
function isBlank(text: string, delimiter: Delimiter): boolean {
	for (const letter of text) if (letter !== delimiter && letter.trim() !== '') return false;
	return true;
}
