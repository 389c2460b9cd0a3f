/** YAML files laid over each other, each value remembering where it was written. */
import {readFileSync} from 'node:fs';
import {isMap, LineCounter, parseDocument} from 'yaml';

export type Keys = Record<string, unknown>;
/** Where a key was written: `/etc/kaden.yaml:12`, or the name of an option. */
export type Place = (path: readonly string[]) => string | undefined;
/** One source of keys; `name` is an absolute path for a file. */
export type Layer = {name: string; value: Keys; place: Place};

/** A configuration file that is no YAML, or cannot be read; the message names file and line. */
export class LayerError extends Error {}

export function readLayer(path: string): Layer {
	let source: string;
	try {
		source = readFileSync(path, 'utf8');
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		throw new LayerError(code === 'ENOENT' ? `${path}: there is no such file` : `${path}: ${(error as Error).message}`);
	}
	const lines = new LineCounter();
	const document = parseDocument(source, {lineCounter: lines, prettyErrors: false});
	const [broken] = document.errors;
	if (broken) throw new LayerError(`${path}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`);
	const value: unknown = document.toJS() ?? {};
	if (!isKeys(value)) throw new LayerError(`${path}: must be keys with values`);
	const place: Place = keyPath => {
		const parent = document.getIn(keyPath.slice(0, -1), true) ?? document.contents;
		const key = keyPath.at(-1);
		const pair = isMap(parent) ? parent.items.find(item => String((item.key as {value?: unknown}).value ?? item.key) === key) : undefined;
		const node = pair ? pair.key : document.getIn(keyPath, true);
		const offset = (node as {range?: [number, number, number] | null} | null | undefined)?.range?.[0];
		return offset === undefined ? undefined : `${path}:${lines.linePos(offset).line}`;
	};
	return {name: path, value, place};
}

/** Values that come from options or the environment. */
export const givenLayer = (name: string, value: Keys): Layer => ({
	name,
	value,
	place: path => (valueAt(value, path) === undefined ? undefined : name),
});

export const isKeys = (value: unknown): value is Keys => typeof value === 'object' && value !== null && !Array.isArray(value);

export function valueAt(value: unknown, path: readonly string[]): unknown {
	return path.reduce<unknown>((below, key) => (typeof below === 'object' && below !== null ? (below as Keys)[key] : undefined), value);
}

/**
 * Lays `over` over `base`: groups of keys key by key, everything else (lists too) replaces. A group that says another `kind`
 * replaces the whole group: the keys of the other kind mean nothing to it.
 */
export function lay(base: Keys, over: Keys): Keys {
	const result = {...base};
	for (const [key, value] of Object.entries(over)) {
		const below = result[key];
		const sameKind = isKeys(below) && isKeys(value) && (value['kind'] === undefined || value['kind'] === below['kind']);
		result[key] = sameKind ? lay(below, value) : value;
	}
	return result;
}

/** Where the value at this path was written: in the topmost layer that has it, or else the nearest group around it. */
export function placeIn(layers: readonly Layer[], path: readonly string[]): string {
	for (let length = path.length; length > 0; length--) {
		for (const layer of layers.toReversed()) {
			const place = layer.place(path.slice(0, length));
			if (place !== undefined) return place;
		}
	}
	return layers.find(({name}) => name !== '')?.name ?? '';
}
