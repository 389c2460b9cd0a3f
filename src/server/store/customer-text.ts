/**
 * Customers found by parts of their texts, however they are typed: widths, kana, capitals and spaces do not count. The index holds
 * the texts of a customer as `searchable` writes them; a search that has to read customers compares the same.
 */
import type {FieldDefinition, FieldValues} from '../domain/model.js';

/** Widths, kana and capitals do not count when people look for something. */
export const folded = (text: string): string =>
	text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\u3041-\u3096]/g, kana => String.fromCharCode(kana.charCodeAt(0) + 0x60));

/** Letters of which an index entry is made. */
export const gramLetters = 3;

/** Fields of a card in which people write words: names, kana, notes, addresses. Numbers, dates and choices have conditions of their own. */
export function textFields(card: readonly FieldDefinition[]): string[] {
	const kinds: ReadonlyArray<FieldDefinition['kind']> = ['text', 'kana', 'textarea', 'mail'];
	return card.filter(({kind, role}) => kinds.includes(kind) && role !== 'phone').map(({id}) => id);
}

/** Texts of the newest records of a customer: parameter is the customer. */
export const recordTextsSql = `SELECT text FROM records WHERE customer_id = ? AND text <> '' ORDER BY saved_ms DESC, rowid DESC LIMIT 50`;

/**
 * Texts as they are compared, one a line. The two line ends behind the last one give its last letters entries of their own, so that
 * each letter begins an entry: that is how one or two letters are found.
 */
export function searchable(texts: Iterable<string>): string {
	let all = '';
	for (const text of texts) {
		const plain = text === '' ? '' : folded(text).replace(/[^\S\n]+/gu, '');
		if (plain !== '') all += `${plain}\n`;
	}
	return all === '' ? '' : `${all}\n`;
}

export const cardText = (values: FieldValues, fields: readonly string[]): string => searchable(fields.map(id => values[id] ?? ''));

/** What is looked for: each word has to be found, in whatever text. */
export const wordsOf = (typed: string): string[] => folded(typed).split(/\s+/u).filter(Boolean);

/** Whether each word is in one of the texts; `texts` as `searchable` writes them. */
export const holdsAll = (words: readonly string[], ...texts: string[]): boolean =>
	words.every(word => texts.some(text => text.includes(word)));
