/** One row of a file against the card: the values of a customer, or what is wrong with it. */
import type {FieldDefinition, FieldValues} from '../domain/model.js';
import {normaliseNumber} from '../domain/numbers.js';
import {checkField} from '../domain/records.js';
import {type Columns, withoutGuard} from './columns.js';

/** Why a row is refused. Those of the card are the ones of a save in the console. */
export type RowCode =
	| NonNullable<ReturnType<typeof checkField>>
	| 'columnCount' // `value`: how many it has
	| 'unclosedQuote'
	| 'unreadable' // bytes that mean nothing in the file's encoding
	| 'lostZero' // 9 or 10 digits without the leading 0; `proposal`: with it
	| 'exponent' // 9.01E+09: Excel has thrown digits away
	| 'severalNumbers'
	| 'noNumber' // nothing to dial, in a file that is to become a call list
	| 'badStop'
	| 'doubleInFile' // `proposal`: the line of the first one
	| 'doubleInCampaign';

export type Rejection = {
	/** First line of the row in the file, from 1. */
	line: number;
	/** Label of the column; '' when it is the row as a whole. */
	column: string;
	value: string;
	code: RowCode;
	proposal?: string;
};

export type GoodRow = {
	line: number;
	values: FieldValues;
	stopCalling: boolean;
	/** Digits to dial: of the field with the role phone, else of the first phone field that has a number; '' when none has. */
	number: string;
	/** Digits of all phone fields, each once. */
	numbers: string[];
	/** As typed; '' when there is none. */
	code: string;
};

export type RowRules = {
	card: readonly FieldDefinition[];
	columns: Columns;
	/** A row without a number is refused. */
	needsNumber: boolean;
	/** Puts a lost leading 0 back instead of refusing the row. */
	addZeros: boolean;
};

/** What is done with the cells of one column: decided once a file, not once a cell. */
type Plan = {
	label: string;
	field: FieldDefinition | undefined;
	stop: boolean;
	phone: boolean;
	/** Makes the value of a cell that is not empty. */
	read: (cell: string) => string;
};

/** Makes the check for one file. Values are kept as typed, but for the ends of a cell, dates that say nothing, and spellings of a choice. */
export function prepareRowCheck({card, columns, needsNumber, addZeros}: RowRules) {
	const plans = columns.columns.map(
		({label, field, stop}): Plan => ({
			label,
			field,
			stop: stop === true,
			phone: field !== undefined && isPhone(field),
			read: field ? cellReader(field) : cell => cell,
		}),
	);
	const width = plans.length;
	const phones = card.filter(isPhone).sort((a, b) => Number(b.role === 'phone') - Number(a.role === 'phone'));
	const codeField = card.find(({role}) => role === 'customerCode');
	const empty = Object.fromEntries(card.map(({id}) => [id, '']));

	return (line: number, cells: readonly string[]): GoodRow | Rejection[] => {
		const rejections: Rejection[] = [];
		const refuse = (column: string, value: string, code: RowCode, proposal?: string) =>
			rejections.push({line, column, value, code, ...(proposal === undefined ? {} : {proposal})});
		if (cells.length < width || (cells.length > width && cells.slice(width).some(cell => cell.trim() !== ''))) {
			refuse('', String(cells.length), 'columnCount');
			return rejections;
		}
		const values: FieldValues = {...empty};
		let stopCalling = false;
		for (let index = 0; index < width; index++) {
			const {label, field, stop, phone, read} = plans[index]!;
			const cell = cells[index]!;
			if (cell.includes('\ufffd')) refuse(label, cell, 'unreadable');
			else if (stop) {
				const said = stopWords.get(comparable(cell));
				if (said === undefined) refuse(label, cell, 'badStop');
				else stopCalling = said;
			} else if (field) {
				let value = cell === '' ? '' : read(cell);
				const trouble = phone ? phoneTrouble(value) : undefined;
				if (trouble?.proposal !== undefined && addZeros) value = trouble.proposal;
				else if (trouble) refuse(label, value, trouble.code, trouble.proposal);
				const code = trouble ? undefined : checkField(field, value);
				if (code) refuse(label, field.kind === 'password' ? '' : value, code);
				values[field.id] = value;
			}
		}
		const numbers = numbersOf(values, phones);
		if (needsNumber && numbers.length === 0 && !rejections.some(({column}) => phones.some(({label}) => label === column)))
			refuse('', '', 'noNumber');
		if (rejections.length > 0) return rejections;
		return {line, values, stopCalling, number: numbers[0] ?? '', numbers, code: (codeField && values[codeField.id]) ?? ''};
	};
}

function cellReader(field: FieldDefinition): (cell: string) => string {
	const {kind} = field;
	const known = new Map(field.choices.map(choice => [comparable(choice), choice]));
	const choice = (value: string) => known.get(value) ?? known.get(comparable(value));
	if (kind === 'pulldown' || kind === 'radio')
		return cell => {
			const value = withoutGuard(cell).trim();
			return choice(value) ?? value;
		};
	if (kind === 'checkboxes')
		return cell => {
			const value = withoutGuard(cell).trim();
			const parts = () => value.split(/\s*[\n、,;；|｜]\s*/).map(part => choice(part) ?? part);
			return value === '' ? '' : (choice(value) ?? parts().filter(Boolean).join('\n'));
		};
	if (kind === 'date')
		return cell =>
			withoutGuard(cell)
				.trim()
				.replace(/^0000[-/]00[-/]00$/, '');
	return cell => withoutGuard(cell).trim();
}

const isPhone = (field: FieldDefinition) => field.kind === 'phone' || field.role === 'phone';
const comparable = (text: string) => text.normalize('NFKC').trim().toLowerCase();
const stopWords = new Map<string, boolean>([
	...['はい', 'yes', 'true', '1', '停止'].map(word => [word, true] as const),
	...['', 'いいえ', 'no', 'false', '0'].map(word => [word, false] as const),
]);

function numbersOf(values: FieldValues, phones: readonly FieldDefinition[]): string[] {
	const found: string[] = [];
	for (const {id} of phones) {
		const value = values[id]!;
		const number = value === '' ? undefined : normaliseNumber(value);
		if (number !== undefined && !found.includes(number)) found.push(number);
	}
	return found;
}

/** What spreadsheets do to telephone numbers. Nothing of it is put right silently. */
function phoneTrouble(value: string): {code: RowCode; proposal?: string} | undefined {
	if (value === '' || /^0[0-9-]+$/.test(value)) return undefined;
	const plain = value.normalize('NFKC');
	if (/^\d(\.\d+)?E\+?\d+$/i.test(plain)) return {code: 'exponent'};
	const parts = plain.split(/[/、,;\n]|または|又は/).map(normaliseNumber);
	if (parts.filter(part => part !== undefined && part.length >= 9).length > 1) return {code: 'severalNumbers'};
	const digits = normaliseNumber(value);
	// Japanese numbers have 10 or 11 digits and begin with 0, which a spreadsheet drops from a number.
	if (digits !== undefined && /^[1-9]\d{8,9}$/.test(digits) && !/[+＋]/.test(value)) return {code: 'lostZero', proposal: `0${value}`};
	return undefined;
}
