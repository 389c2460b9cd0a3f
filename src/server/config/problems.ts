/** What is wrong with a configuration, said so that its writer can put it right. */
import * as v from 'valibot';
import {isKeys, type Keys, type Layer, placeIn, valueAt} from './layers.js';
import {configSchema} from './schema.js';

/** One wrong key. */
export type Problem = {
	/** File and line, or the option it came from. */
	place: string;
	/** `media.rtpPorts.min` */
	key: string;
	/** `is 70000: must be a whole number from 1024 to 65534` */
	text: string;
};

type Schema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

/** Decodes the merged configuration. */
export function decode(value: Keys, layers: readonly Layer[]): {output?: v.InferOutput<typeof configSchema>; problems: Problem[]} {
	return decodeWith(configSchema, value, layers);
}

/** Decodes a merged value; problems of keys that do not exist come first, for they explain the others. */
export function decodeWith<S extends Schema>(
	schema: S,
	value: Keys,
	layers: readonly Layer[],
): {output?: v.InferOutput<S>; problems: Problem[]} {
	const problems: Problem[] = [];
	const add = (path: readonly string[], text: string) => problems.push({place: placeIn(layers, path), key: keyText(path), text});
	findUnknownKeys(schema, value, [], (path, known) => {
		const name = path.at(-1)!;
		const near = nearest(name, known);
		add(path, `: no such key${near ? `; did you mean ${near}?` : '.'} Known here: ${known.join(', ')}`);
	});
	const result = v.safeParse(schema, value);
	for (const issue of result.issues ?? []) {
		const path = issue.path?.map(item => String((item as {key: unknown}).key)) ?? [];
		add(path, valueAt(value, path) === undefined ? 'is missing' : `is ${shown(path, issue.input)}: must be ${issue.message}`);
	}
	return result.success ? {output: result.output, problems} : {problems};
}

const isSecret = (key: string) => /(password|secret)$/i.test(key);
export const hidden = '(hidden)';

/** A value as a message may show it: short, and never a secret. */
export function shown(path: readonly string[], value: unknown): string {
	if (isSecret(path.at(-1) ?? '')) return hidden;
	const json = JSON.stringify(redact(value)) ?? String(value);
	return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}

/** A copy in which every password and secret is hidden: what may be printed and logged. */
export function redact<T>(value: T): T {
	if (Array.isArray(value)) return value.map(redact) as T;
	if (!isKeys(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [key, isSecret(key) && typeof item === 'string' ? hidden : redact(item)]),
	) as T;
}

/** `trunks.0.port` as people write it: `trunks[0].port`. */
export const keyText = (path: readonly string[]): string =>
	path.reduce((text, key) => (/^\d+$/.test(key) ? `${text}[${key}]` : text ? `${text}.${key}` : key), '');

/** Walks the schema along the value. Only the kinds of schema that schema.ts uses are known here. */
function findUnknownKeys(schema: Schema, value: unknown, path: string[], found: (path: string[], known: string[]) => void): void {
	const into = (next: Schema, item: unknown, key?: string) => findUnknownKeys(next, item, key === undefined ? path : [...path, key], found);
	const inner = schema as unknown as {type: string; entries?: Record<string, Schema>; item?: Schema; wrapped?: Schema; options?: Schema[]};
	if (inner.wrapped) into(inner.wrapped, value);
	else if (inner.type === 'array' && Array.isArray(value)) {
		for (const [index, item] of value.entries()) into(inner.item!, item, String(index));
	} else if (inner.type === 'variant' && isKeys(value)) {
		const literal = (option: Schema) => (option as unknown as {entries: {kind: {literal: string}}}).entries.kind.literal;
		const option = inner.options!.find(each => literal(each) === value['kind']);
		if (option) into(option, value);
	} else if (inner.entries && isKeys(value)) {
		for (const [key, item] of Object.entries(value)) {
			const entry = Object.hasOwn(inner.entries, key) ? inner.entries[key] : undefined;
			if (entry) into(entry, item, key);
			else found([...path, key], Object.keys(inner.entries));
		}
	}
}

/** The known word that is most like this one, if one is like it at all. */
export function nearest(word: string, known: readonly string[]): string | undefined {
	const ranked = known
		.map(candidate => ({candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase())}))
		.sort((a, b) => a.distance - b.distance);
	const [best] = ranked;
	return best && best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
	const rows: number[][] = [Array.from({length: b.length + 1}, (_, index) => index)];
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const cost = a[i - 1] === b[j - 1] ? 0 : 1;
			let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
			row.push(best);
		}
		rows.push(row);
	}
	return rows[a.length]![b.length]!;
}
