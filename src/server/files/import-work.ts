/** The second half of an import: records of a file are checked, and go to the store or to the reject file. */
import {randomBytes} from 'node:crypto';
import {basename} from 'node:path';
import {parse} from 'csv-parse/sync';
import type {CallList} from '../domain/model.js';
import {comparableCode} from '../store/apply-customers.js';
import type {ImportRow, StoreOp, StoreReader, StoreWriter} from '../store/port.js';
import {CodeLines} from './code-lines.js';
import type {Columns} from './columns.js';
import type {ImportOptions, ImportReport} from './import.js';
import {ImportError} from './import-error.js';
import {NumberRows} from './number-rows.js';
import type {Delimiter, RawRecord} from './records.js';
import {RejectFile} from './reject-file.js';
import {type GoodRow, prepareRowCheck, type Rejection} from './rows.js';
import {takeBack} from './take-back.js';

export type ImportStore = {
	reader: Pick<StoreReader, 'customerIdsByCode' | 'import'>;
	writer: Pick<StoreWriter, 'commit'>;
};
type Parts = {path: string; store: ImportStore; options: ImportOptions; columns: Columns; delimiter: Delimiter; report: ImportReport};

/** Kept in the report; the reject file has all. */
const rejectionsMax = 1000;
/** Some 10 ms of the writer's thread. */
const numbersAtOnce = 2000;

const csvOptions = {relax_quotes: true, relax_column_count: true, skip_empty_lines: false, record_delimiter: '\n'};

/** Cells of a record. Where there is no quote, its rules say nothing but to cut at the delimiters. */
export const splitRecord = (text: string, delimiter: Delimiter): string[] =>
	text.includes('"') ? (parse(text, {...csvOptions, delimiter})[0] ?? []) : text.split(delimiter);

/** Cells of each record; those with quotes are read together. */
function splitBlock(block: readonly RawRecord[], delimiter: Delimiter): string[][] {
	const quoted = block.filter(({text, broken}) => !broken && text.includes('"'));
	const read: string[][] = quoted.length === 0 ? [] : parse(quoted.map(({text}) => text).join('\n'), {...csvOptions, delimiter});
	let at = 0;
	return block.map(record => (record.broken ? [] : record.text.includes('"') ? (read[at++] ?? []) : record.text.split(delimiter)));
}

const brokenRow = ({line, text}: RawRecord): Rejection => ({line, column: '', value: text.slice(0, 100), code: 'unclosedQuote'});

export class ImportWork {
	readonly #check;
	readonly #rejects: RejectFile | undefined;
	readonly #importId: string;
	#begun = false;
	readonly #list: CallList | undefined;
	readonly #codes = new CodeLines();
	readonly #numbers = new NumberRows();
	/** The batch that is being committed while the next rows are read. */
	#committing: Promise<void> = Promise.resolve();

	constructor(private readonly parts: Parts) {
		const {options, columns} = parts;
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

	async take(block: readonly RawRecord[]): Promise<void> {
		const {delimiter, report, options} = this.parts;
		const good: Array<{row: GoodRow; index: number}> = [];
		const cells = splitBlock(block, delimiter);
		for (const [index, record] of block.entries()) {
			const checked = record.broken ? [brokenRow(record)] : this.#double(this.#check(record.line, cells[index]!));
			report.rows++;
			if (!Array.isArray(checked)) good.push({row: checked, index});
			else this.#reject(record, cells[index]!, checked);
		}
		const known = this.#knownCodes(good.map(({row}) => row));
		const fresh = good.filter(({row: {line, code}, index}) => {
			if (!known.has(code)) return true;
			this.#reject(block[index]!, cells[index]!, [{line, column: this.#codeLabel, value: code, code: 'doubleInCampaign'}]);
			return false;
		});
		await this.#write(fresh.map(({row}) => row));
		await this.#rejects?.room();
		options.onProgress?.(report.rows);
	}

	#double(row: GoodRow | Rejection[]): GoodRow | Rejection[] {
		if (Array.isArray(row) || row.code === '') return row;
		const first = this.#codes.firstLineOf(comparableCode(row.code), row.line);
		if (first === undefined) return row;
		return [{line: row.line, column: this.#codeLabel, value: row.code, code: 'doubleInFile', proposal: String(first)}];
	}

	get #codeLabel(): string {
		return this.parts.options.campaign.card.find(({role}) => role === 'customerCode')?.label ?? '';
	}

	/** Codes of customers that the campaign has already. */
	#knownCodes(good: readonly GoodRow[]): Map<string, string> {
		const codes = good.flatMap(({code}) => (code === '' ? [] : [code]));
		return this.parts.store.reader.customerIdsByCode(this.parts.options.campaign.id, codes);
	}

	#reject(record: RawRecord, cells: readonly string[], rejections: readonly Rejection[]): void {
		const {report} = this.parts;
		report.rejected++;
		for (const rejection of rejections) if (report.rejections.length < rejectionsMax) report.rejections.push(rejection);
		this.#rejects?.add(record.broken ? [record.text] : cells, rejections);
	}

	async #write(good: readonly GoodRow[]): Promise<void> {
		const {report, options} = this.parts;
		const first = report.imported + 1;
		report.imported += good.length;
		if (good.length === 0 || options.dryRun) return;
		const ops = this.#begun ? [] : this.#begin();
		const odd: Array<{number: string; row: number}> = [];
		let rows = '';
		for (const [index, {values, stopCalling, number, numbers, code}] of good.entries()) {
			rows += `${JSON.stringify(values)}\0${stopCalling ? '1' : ''}\0${number}\0${comparableCode(code).replaceAll('\0', '')}\0`;
			for (const each of numbers) if (!this.#numbers.add(each, first + index)) odd.push({number: each, row: first + index});
		}
		const {id: campaignId, card} = options.campaign;
		const listId = this.#list && {listId: this.#list.id};
		ops.push({op: 'importRows', importId: this.#importId, campaignId, card, ...listId, first, rows});
		if (odd.length > 0) ops.push(this.#numbersOp(odd));
		await this.#send(ops);
	}

	#begin(): StoreOp[] {
		const {report} = this.parts;
		const list = this.#list;
		this.#begun = true;
		report.importId = this.#importId;
		if (list) report.listId = list.id;
		return [{op: 'putImport', row: this.#importRow('open')}, ...(list ? [{op: 'putList', row: list} as const] : [])];
	}

	#numbersOp(numbers: ReadonlyArray<{number: string; row: number}>): StoreOp {
		return {op: 'importNumbers', importId: this.#importId, numbers: numbers.map(({number, row}) => `${number} ${row}`).join('\n')};
	}

	/** One batch on its way at most: what others want to save never waits behind more than that. */
	async #send(ops: StoreOp[]): Promise<void> {
		await this.#committing;
		this.#committing = this.#commit(ops);
		this.#committing.catch(() => {});
	}

	/** `open` until all of it is in: what a crash leaves is taken back at the next start. */
	#importRow(state: ImportRow['state']): ImportRow {
		const {path, options, report} = this.parts;
		const {campaign, actor, nowMs} = options;
		const listId = this.#list && {listId: this.#list.id};
		const name = basename(path);
		return {id: this.#importId, kind: 'import', atMs: nowMs, actor, campaignId: campaign.id, ...listId, name, rows: report.imported, state};
	}

	async #commit(ops: StoreOp[]): Promise<void> {
		const {path, store} = this.parts;
		try {
			await store.writer.commit(ops);
		} catch (error) {
			throw new ImportError('notWritten', path, (error as Error).message);
		}
	}

	async finish(): Promise<void> {
		const {path, options, report} = this.parts;
		const {campaign, dryRun, actor, nowMs} = options;
		await this.#committing;
		// Within one block, rows that the campaign has already were found last.
		report.rejections.sort((a, b) => a.line - b.line);
		if (dryRun || report.rows === 0) return;
		await this.#writeNumbers();
		const {imported, rejected, listId} = report;
		const event = {atMs: nowMs, kind: 'customers.imported', actor, campaignId: campaign.id, data: {path, imported, rejected}};
		const done: StoreOp[] = this.#begun ? [{op: 'putImport', row: this.#importRow('done')}] : [];
		await this.#commit([...done, {op: 'appendEvent', row: {...event, ...(listId === undefined ? {} : {listId})}}]);
	}

	/** Whose number it is: in the order of the numbers, when all rows are there. */
	async #writeNumbers(): Promise<void> {
		let some: Array<{number: string; row: number}> = [];
		for (const each of this.#numbers.inOrder()) {
			some.push(each);
			if (some.length < numbersAtOnce) continue;
			await this.#send([this.#numbersOp(some)]);
			some = [];
		}
		if (some.length > 0) await this.#send([this.#numbersOp(some)]);
		await this.#committing;
	}

	/** Nothing of it stays. Where the database does not take that either, the next start does it. */
	async takeBack(): Promise<void> {
		await this.#committing.catch(() => {});
		const row = this.#begun ? this.parts.store.reader.import(this.#importId) : undefined;
		if (row) await takeBack(this.parts.store, row).catch(() => {});
	}

	async close(): Promise<void> {
		await this.#committing.catch(() => {});
		const written = await this.#rejects?.close();
		if (written !== undefined) this.parts.report.rejectPath = written;
	}
}
