/** Which column of a file is which field of the card. */
import type {Campaign, FieldDefinition} from '../domain/model.js';
import {ImportError} from './import-error.js';

/** What one column holds: a field, the customer's 架電停止, or nothing the card knows. */
export type Column = {label: string; field?: FieldDefinition; stop?: true};
export type Columns = {header: boolean; columns: Column[]};

/** Labels compared: width, spaces, case and the mark of a required field do not matter. */
const plain = (label: string) =>
	label
		.normalize('NFKC')
		.replace(/[\s*＊]/g, '')
		.toLowerCase();
const stopLabels = new Set(['架電停止', '架電停止状態', 'stopcalling']);

/** The column that a reject file has more than the file it came from. */
export const reasonLabels = {ja: '取込できない理由', en: 'Reason for refusal'} as const;
const ownLabels = new Set(Object.values(reasonLabels).map(plain));

/**
 * Finds the columns from the first record. With a header (recognised by the card's labels or ids) columns may stand in any
 * order, others are passed over; without one they are the card's fields in the card's order, from the first.
 * Throws `ImportError` when required fields are missing, a field is there twice, or there are more columns than fields.
 */
export function findColumns(card: readonly FieldDefinition[], first: readonly string[], path: string): Columns {
	const byLabel = new Map(card.flatMap(field => [[plain(field.id), field] as const, [plain(field.label), field] as const]));
	const columns = first.map((cell): Column => {
		const key = plain(cell);
		const field = byLabel.get(key);
		if (field) return {label: field.label, field};
		return stopLabels.has(key) ? {label: cell.trim(), stop: true} : {label: cell.trim()};
	});
	const named = columns.filter(({field}) => field !== undefined).length;
	const filled = first.filter(cell => cell.trim() !== '').length;
	if (named >= 2 || (named === 1 && filled <= 2)) return checkHeader(card, columns, path);

	const missing = card.slice(first.length).filter(({required}) => required);
	if (first.length > card.length || missing.length > 0) throw new ImportError('columnCount', path, String(first.length));
	return {header: false, columns: first.map((_, index) => ({label: card[index]!.label, field: card[index]!}))};
}

function checkHeader(card: readonly FieldDefinition[], columns: Column[], path: string): Columns {
	const fields = columns.map(({field}) => field);
	const double = columns.filter(({field}, index) => field !== undefined && fields.indexOf(field) !== index);
	if (double.length > 0) throw new ImportError('doubleColumns', path, double.map(({label}) => label).join(', '));
	const missing = card.filter(field => field.required && !fields.includes(field));
	if (missing.length > 0) throw new ImportError('missingColumns', path, missing.map(({label}) => label).join(', '));
	return {header: true, columns};
}

/** Columns with a name that the card does not know: worth a word, for they may be misspelt. */
export const ignoredColumns = ({header, columns}: Columns): string[] =>
	header
		? columns.filter(({label, field, stop}) => !field && !stop && label !== '' && !ownLabels.has(plain(label))).map(({label}) => label)
		: [];

/** An empty file to fill in: one line with the card's labels in order, for Excel (UTF-8 with a byte order mark). */
export const templateFor = (campaign: Pick<Campaign, 'card'>): string =>
	`\ufeff${campaign.card.map(({label}) => csvCell(label)).join(',')}\r\n`;

/** One cell of a file that we write. What a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvCell(text: string): string {
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Takes that apostrophe away again; and `="090…"`, which keeps a spreadsheet from counting with it, is the text inside. */
export function withoutGuard(text: string): string {
	const first = text[0];
	if (first !== '=' && first !== "'") return text;
	const [, forced] = /^="([^"]*)"$/.exec(text) ?? [];
	if (forced !== undefined) return forced;
	return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}
