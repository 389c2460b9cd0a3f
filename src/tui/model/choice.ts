/** Choosing from a list without looking: by number (two digits work blind) or by the first letters, kana or romaji. Pure. */
import type {Option} from './fields.js';
import {fold} from './fold.js';
import {beginsWith} from './readings.js';

export type Chosen = {index: number; typed: string};

/**
 * The choice after typing `text` with `typed` typed just before: digits name its number (1 is the first), letters its
 * beginning as it is written or read. A text that fits nothing is tried alone; null when that fits nothing either.
 */
export function chooseByTyping(options: readonly Option[], typed: string, text: string): Chosen | null {
	for (const tried of [typed + text, text]) {
		const folded = fold(tried).trim();
		if (folded === '') continue;
		if (/^\d+$/.test(folded)) {
			const index = Number(folded) - 1;
			if (index >= 0 && index < options.length) return {index, typed: tried};
			continue;
		}
		const asWritten = options.findIndex(option => fold(option.label).startsWith(folded));
		const index = asWritten >= 0 ? asWritten : options.findIndex(option => beginsWith(option.label, folded, option.reading));
		if (index >= 0) return {index, typed: tried};
	}
	return null;
}

/** Ticked boxes are kept as lines. */
export const ticked = (value: string): string[] => value.split('\n').filter(line => line !== '');

/** The value with one box ticked or cleared; ticked ones stay in the order of the list. */
export function toggle(options: readonly Option[], value: string, index: number): string {
	const now = new Set(ticked(value));
	const option = options[index];
	if (!option) return value;
	if (!now.delete(option.value)) now.add(option.value);
	const known = options.map(({value: each}) => each).filter(each => now.has(each));
	const unknown = [...now].filter(each => !options.some(({value: other}) => other === each));
	return [...known, ...unknown].join('\n');
}
