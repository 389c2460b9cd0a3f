/**
 * Customers from a CSV file into a campaign, and into a call list when one is wanted. Good rows go in, bad rows are listed with
 * line, column and reason and written to a reject file. Rows go to the store in small batches, one at a time, so that the
 * service lives on beside the largest file.
 */
import {randomBytes} from 'node:crypto';
import {basename} from 'node:path';
import {parse} from 'csv-parse/sync';
import type {CallList, Campaign} from '../domain/model.js';
import type {ImportRow, StoreOp, StoreReader, StoreWriter} from '../store/port.js';
import {type Columns, findColumns, ignoredColumns} from './columns.js';
import {detectEncoding, type Encoding, readText} from './decode.js';
import {ImportError} from './import-error.js';
import {type Delimiter, guessDelimiter, lines, namedDelimiter, type RawRecord, rawRecords} from './records.js';
import {RejectFile} from './reject-file.js';
import {type GoodRow, prepareRowCheck, type Rejection} from './rows.js';

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

/** Kept in the report; the reject file has all. */
const rejectionsMax = 1000;
/** Some 10 ms of the loop's thread, and as much of the writer's. */
const blockRows = 250;
export const bytesMaxDefault = 1_000_000_000;

/** Imports a file. Throws `ImportError` when the file as a whole cannot be used. */
export async function importFile(
	path: string,
	store: {reader: StoreReader; writer: StoreWriter},
	options: ImportOptions,
): Promise<ImportReport> {
	const encoding = await detectEncoding(path, options.bytesMax ?? bytesMaxDefault);
	const source = lines(readText(path, encoding), path);
	const first = await firstRecord(source, path);
	const cells = splitBlock([first], first.delimiter)[0]!;
	const columns = findColumns(options.campaign.card, cells, path);
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
	const work = new ImportWork(path, store, options, columns, report);
	const records = rawRecords(before(columns.header ? [] : first.texts, source), first.delimiter, () => columns.columns.length);
	const lineOffset = first.linesBefore + (columns.header ? first.texts.length : 0);
	let block: RawRecord[] = [];
	try {
		for await (const record of records) {
			if (isBlank(record.text, first.delimiter)) continue;
			block.push({...record, line: record.line + lineOffset});
			if (block.length < blockRows) continue;
			await work.take(block, first.delimiter);
			block = [];
		}
		await work.take(block, first.delimiter);
		await work.finish();
	} finally {
		await work.close();
	}
	if (report.rows === 0) throw new ImportError('noRows', path);
	return report;
}

type First = RawRecord & {delimiter: Delimiter; texts: string[]; linesBefore: number};

/** The first record that has anything in it: it says what the delimiter is. */
async function firstRecord(source: AsyncGenerator<string>, path: string): Promise<First> {
	let linesBefore = 0;
	let named: Delimiter | undefined;
	for (;;) {
		const next = await source.next();
		if (next.done) throw new ImportError('empty', path);
		const told = linesBefore === 0 && named === undefined ? namedDelimiter(next.value) : undefined;
		if (told !== undefined) {
			named = told;
			linesBefore++;
			continue;
		}
		const delimiter = named ?? guessDelimiter(next.value);
		if (isBlank(next.value, delimiter)) {
			linesBefore++;
			continue;
		}
		const texts = [next.value];
		// A label may hold a line break.
		while ((texts.join('\n').split('"').length - 1) % 2 === 1 && texts.length < 20) {
			const more = await source.next();
			if (more.done) break;
			texts.push(more.value);
		}
		return {line: 1, text: texts.join('\n'), delimiter, texts, linesBefore};
	}
}

async function* before(texts: string[], source: AsyncGenerator<string>): AsyncGenerator<string> {
	yield* texts;
	yield* source;
}

/** Rows of nothing but delimiters are what Excel leaves under a table. */
const isBlank = (text: string, delimiter: Delimiter) => text.replaceAll(delimiter, '').trim() === '';

const csvOptions = {relax_quotes: true, relax_column_count: true, skip_empty_lines: false, record_delimiter: '\n'};

function splitBlock(block: readonly Pick<RawRecord, 'text'>[], delimiter: Delimiter): string[][] {
	return parse(block.map(({text}) => text).join('\n'), {...csvOptions, delimiter});
}

const brokenRow = ({line, text}: RawRecord): Rejection => ({line, column: '', value: text.slice(0, 100), code: 'unclosedQuote'});

/** The second half of an import: checked rows on their way to the store and to the reject file. */
class ImportWork {
	readonly #check;
	readonly #rejects: RejectFile | undefined;
	readonly #importId: string;
	#begun = false;
	readonly #list: CallList | undefined;
	/** First line of each customer code of this file. */
	readonly #lineOfCode = new Map<string, number>();
	/** The batch that is being committed while the next rows are read. */
	#committing: Promise<void> = Promise.resolve();

	constructor(
		readonly path: string,
		readonly store: {reader: StoreReader; writer: StoreWriter},
		readonly options: ImportOptions,
		columns: Columns,
		readonly report: ImportReport,
	) {
		const {campaign, list, dryRun, rejectPath, lang = 'ja', addZeros = false, nowMs} = options;
		this.#check = prepareRowCheck({card: campaign.card, columns, needsNumber: list !== undefined, addZeros});
		this.#rejects = rejectPath === undefined || dryRun ? undefined : new RejectFile(rejectPath, columns, lang);
		// Ids of one import follow each other, so that the database appends to its indexes instead of writing all over them.
		this.#importId = `${nowMs.toString(36)}${randomBytes(5).toString('hex')}`;
		if (list)
			this.#list = {
				id: `l${this.#importId}`,
				campaignId: campaign.id,
				name: list.name,
				started: false,
				priority: list.priority ?? 100,
				...(list.groupId === undefined ? {} : {groupId: list.groupId}),
			};
	}

	async take(block: RawRecord[], delimiter: Delimiter): Promise<void> {
		const good: GoodRow[] = [];
		const cells = splitBlock(
			block.map(record => (record.broken ? {text: ''} : record)),
			delimiter,
		);
		for (const [index, record] of block.entries()) {
			const row = cells[index] ?? [];
			const checked = record.broken ? [brokenRow(record)] : this.#double(this.#check(record.line, row));
			this.report.rows++;
			if (!Array.isArray(checked)) good.push(checked);
			else this.#reject(record, row, checked);
		}
		const fresh = this.#knownCodes(good, block, cells);
		await this.#write(fresh);
		await this.#rejects?.room();
		this.options.onProgress?.(this.report.rows);
	}

	#double(row: GoodRow | Rejection[]): GoodRow | Rejection[] {
		if (Array.isArray(row) || row.code === '') return row;
		const code = row.code.normalize('NFKC');
		const line = this.#lineOfCode.get(code);
		if (line === undefined) {
			this.#lineOfCode.set(code, row.line);
			return row;
		}
		return [{line: row.line, column: this.#codeLabel, value: row.code, code: 'doubleInFile', proposal: String(line)}];
	}

	get #codeLabel(): string {
		return this.options.campaign.card.find(({role}) => role === 'customerCode')?.label ?? '';
	}

	/** Refuses rows whose customer the campaign has already. */
	#knownCodes(good: GoodRow[], block: readonly RawRecord[], cells: string[][]): GoodRow[] {
		const codes = good.filter(({code}) => code !== '').map(({code}) => code);
		const known = this.store.reader.customerIdsByCode(this.options.campaign.id, codes);
		if (known.size === 0) return good;
		return good.filter(({line, code}) => {
			if (!known.has(code)) return true;
			const index = block.findIndex(record => record.line === line);
			this.#reject(block[index]!, cells[index]!, [{line, column: this.#codeLabel, value: code, code: 'doubleInCampaign'}]);
			return false;
		});
	}

	#reject(record: RawRecord, cells: readonly string[], rejections: readonly Rejection[]): void {
		this.report.rejected++;
		for (const rejection of rejections) if (this.report.rejections.length < rejectionsMax) this.report.rejections.push(rejection);
		this.#rejects?.add(record.broken ? [record.text] : cells, rejections);
	}

	async #write(good: readonly GoodRow[]): Promise<void> {
		const {campaign, dryRun} = this.options;
		const list = this.#list;
		const ops: StoreOp[] = [];
		const entries: Extract<StoreOp, {op: 'putEntries'}>['rows'] = [];
		for (const {values, stopCalling, number} of good) {
			const position = ++this.report.imported;
			const suffix = `${this.#importId}-${position.toString(36).padStart(5, '0')}`;
			const customer = {id: `c${suffix}`, campaignId: campaign.id, values, stopCalling, version: 1};
			ops.push({op: 'putCustomer', customer});
			if (list) entries.push({id: `e${suffix}`, listId: list.id, customerId: customer.id, number, state: 'waiting', position, attempts: 0});
		}
		if (ops.length === 0 || dryRun) return;
		if (!this.#begun) {
			ops.unshift({op: 'putImport', row: this.#importRow('open')}, ...(list ? [{op: 'putList', row: list} as const] : []));
			this.#begun = true;
			this.report.importId = this.#importId;
			if (list) this.report.listId = list.id;
		}
		if (entries.length > 0) ops.push({op: 'putEntries', rows: entries});
		// One batch on its way at most: what the loop wants to save never waits behind more than that.
		await this.#committing;
		this.#committing = this.#commit(ops);
		this.#committing.catch(() => {});
	}

	/** `open` until all of it is in: what a crash leaves is taken back at the next start. */
	#importRow(state: ImportRow['state']): ImportRow {
		const {campaign, actor, nowMs} = this.options;
		const listId = this.#list && {listId: this.#list.id};
		const rows = this.report.imported;
		return {
			id: this.#importId,
			kind: 'import',
			atMs: nowMs,
			actor,
			campaignId: campaign.id,
			...listId,
			name: basename(this.path),
			rows,
			state,
		};
	}

	async #commit(ops: StoreOp[]): Promise<void> {
		try {
			await this.store.writer.commit(ops);
		} catch (error) {
			throw new ImportError('notWritten', this.path, (error as Error).message);
		}
	}

	async finish(): Promise<void> {
		const {campaign, dryRun, actor, nowMs} = this.options;
		await this.#committing;
		// Within one block, rows that the campaign has already were found last.
		this.report.rejections.sort((a, b) => a.line - b.line);
		if (dryRun || this.report.rows === 0) return;
		const {imported, rejected, listId} = this.report;
		const event = {atMs: nowMs, kind: 'customers.imported', actor, campaignId: campaign.id, data: {path: this.path, imported, rejected}};
		const done: StoreOp[] = this.#begun ? [{op: 'putImport', row: this.#importRow('done')}] : [];
		await this.#commit([...done, {op: 'appendEvent', row: {...event, ...(listId === undefined ? {} : {listId})}}]);
	}

	async close(): Promise<void> {
		await this.#committing.catch(() => {});
		const written = await this.#rejects?.close();
		if (written !== undefined) this.report.rejectPath = written;
	}
}
