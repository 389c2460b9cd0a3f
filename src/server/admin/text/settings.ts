/** All settings as a text: nouns, names and fields as on the command line. What is read back from it changes nothing. */
import {isMap, isScalar, isSeq, LineCounter, parseDocument, stringify, type YAMLMap} from 'yaml';
import {findRow} from '../change.js';
import type {Edit} from '../edits.js';
import type {AnyNoun, State} from '../noun.js';
import {nouns} from '../nouns.js';
import {SetupProblem} from '../problem.js';

type Texts = Record<string, string | string[]>;
type Sections = Record<string, Record<string, Texts>>;

/** Sounds are files, and of phones a text could hold no more than the number. */
const leftOut = ['prompt'];
/** First what others name; what is not named here comes behind, as the table has it. */
const order = ['hours', 'group', 'operator', 'skill', 'extension', 'menu', 'number', 'campaign', 'field', 'choice'];
export const textNouns: readonly AnyNoun[] = [...nouns]
	.filter(({name}) => !leftOut.includes(name))
	.sort((a, b) => place(a.name) - place(b.name));
function place(name: string): number {
	const at = order.indexOf(name);
	return at < 0 ? order.length : at;
}

/** Fields of a row that a text holds; the order of parts is that of the text. */
function textsOf(noun: AnyNoun, row: unknown, state: State): Texts {
	const texts: Texts = {};
	for (const field of noun.fields) {
		if (field.readOnly || field.name === 'position') continue;
		const values = field.get(row, state);
		if (values.length > 0) texts[field.name] = field.list ? values : values[0]!;
		// Its parts have sections of their own.
		else if (field.atAddOnly && field.fallback === 'standard') texts[field.name] = 'empty';
	}
	return texts;
}

/** @returns YAML, the nouns as its sections. */
export function exportText(state: State): string {
	const sections: Sections = {};
	for (const noun of textNouns) {
		const rows = noun.rows(state).map((row: unknown) => [noun.keyOf(row, state), textsOf(noun, row, state)] as const);
		if (rows.length > 0) sections[noun.name] = Object.fromEntries(rows);
	}
	// A map of digits would be put in another order by JavaScript; there is none that has an order of its own.
	return stringify(sections, {lineWidth: 140, defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN'});
}

/**
 * What a text asks for. Without `exact` what it does not name stays as it is; with it, rows of a section that the text leaves out
 * are removed, fields it leaves out are cleared, and parts stand in the order of the text.
 * @throws SetupProblem `badText` with the line.
 */
export function editsFrom(text: string, exact: boolean, state: State): Edit[] {
	const counter = new LineCounter();
	const document = parseDocument(text, {lineCounter: counter, uniqueKeys: true, schema: 'failsafe'});
	const wrong = (offset: number | undefined, detail: string): SetupProblem =>
		new SetupProblem('badText', {line: String(offset === undefined ? 1 : counter.linePos(offset).line), detail});
	const [error] = document.errors;
	if (error) throw wrong(error.pos[0], error.message.split('\n')[0]!);
	if (!isMap(document.contents)) throw wrong(0, 'noun: name: field: value');
	const edits: Edit[] = [];
	for (const section of document.contents.items) {
		const name = String(section.key);
		const noun = textNouns.find(each => each.name === name);
		if (!noun) throw new SetupProblem('unknownNoun', {given: name, known: textNouns.map(each => each.name).join(', ')});
		if (!isMap(section.value)) throw wrong(offsetOf(section.key), `${name}: name: field: value`);
		edits.push(...sectionEdits(noun, section.value as YAMLMap, {exact, state, wrong}));
	}
	return edits;
}

const offsetOf = (node: unknown): number | undefined => (node as {range?: [number, number, number]} | null)?.range?.[0];

type Reading = {exact: boolean; state: State; wrong: (offset: number | undefined, detail: string) => SetupProblem};

function sectionEdits(noun: AnyNoun, section: YAMLMap, {exact, state, wrong}: Reading): Edit[] {
	const edits: Edit[] = [];
	const named = new Set<unknown>();
	const places = new Map<string, number>();
	for (const item of section.items) {
		const key = String(item.key);
		const row = findRow(noun, key, state);
		if (row !== undefined) named.add(row);
		const values = valuesOf(item.value, detail => wrong(offsetOf(item.key), `${noun.name} ${key}: ${detail}`));
		if (exact) {
			for (const field of noun.fields)
				if (!field.readOnly && !field.required && !field.atAddOnly && !(field.name in values) && field.name !== 'position')
					values[field.name] = [];
			if (noun.fields.some(({name}) => name === 'position')) {
				const parent = key.split(' ').slice(0, -1).join(' ');
				places.set(parent, (places.get(parent) ?? 0) + 1);
				values['position'] ??= [String(places.get(parent))];
			}
		}
		if (row !== undefined) for (const {name, atAddOnly} of noun.fields) if (atAddOnly) delete values[name];
		edits.push({noun: noun.name, verb: row === undefined && noun.create ? 'add' : 'set', key, values});
	}
	if (!exact || !noun.remove) return edits;
	for (const row of noun.rows(state))
		if (!named.has(row) && findRowAmong(named, noun, row, state) === undefined)
			edits.push({noun: noun.name, verb: 'remove', key: noun.keyOf(row, state), values: {}});
	return edits;
}

/** Rows are made afresh at each look: the same one is known by its name. */
function findRowAmong(rows: ReadonlySet<unknown>, noun: AnyNoun, row: unknown, state: State): unknown {
	const key = noun.keyOf(row, state);
	return [...rows].find(other => noun.keyOf(other, state) === key);
}

function valuesOf(node: unknown, wrong: (detail: string) => SetupProblem): Record<string, string[]> {
	if (isScalar(node) && (node.value === null || node.value === '')) return {};
	if (!isMap(node)) throw wrong('field: value');
	const values: Record<string, string[]> = {};
	for (const {key, value} of node.items) {
		const texts = isSeq(value) ? value.items : [value];
		values[String(key)] = texts.map(each => {
			if (!isScalar(each)) throw wrong(`${String(key)}: value`);
			return String(each.value ?? '');
		});
		if (values[String(key)]!.join() === '') values[String(key)] = [];
	}
	return values;
}
