/** An operator's picture on a terminal (functions 86, 117): one sign, two cells at most. Pure. */

const segmenter = new Intl.Segmenter('ja', {granularity: 'grapheme'});
/** In UTF-16 units: the longest joined emoji have fewer. */
const unitsMax = 32;

/** The sign as it is kept, or undefined where the text is not exactly one that can be seen. */
export function iconFrom(text: string): string | undefined {
	const icon = text.normalize('NFC').trim();
	if (icon.length > unitsMax || [...segmenter.segment(icon)].length !== 1) return undefined;
	return /^[\p{C}\p{Z}\p{M}]/u.test(icon) ? undefined : icon;
}
