/**
 * Cells of one grapheme, 0 to 2. The widths are Unicode's (East Asian Width); the rules for what is made of several characters
 * are those of the package string-width, which a test compares with. It is not taken itself: its table of all emoji is built
 * when it is loaded, a sixth of the time until a console's first screen.
 */
import {eastAsianWidth} from 'get-east-asian-width';
import type {AmbiguousWidth} from './cells.js';

/** Built on first use: most texts never need them. */
type Classes = {visible: RegExp; spacing: RegExp; pictograph: RegExp; skinTone: RegExp; flag: RegExp};
let classes: Classes | undefined;
const classesNow = (): Classes => {
	classes ??= {
		visible: /[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Surrogate}]/u,
		spacing: /\p{Spacing_Mark}/u,
		pictograph: /\p{Extended_Pictographic}/u,
		skinTone: /^\p{Emoji_Modifier_Base}\p{Emoji_Modifier}/u,
		flag: /^\p{Regional_Indicator}{2}/u,
	};
	return classes;
};

const emojiSelector = '\ufe0f';
const joiner = '\u200d';
const keycap = /^[\d#*]\ufe0f?\u20e3/;
const isHalfOrFullForm = (character: string): boolean => character >= '\uff00' && character <= '\uffef';

/** How wide a terminal draws this grapheme. */
export function clusterWidth(grapheme: string, ambiguous: AmbiguousWidth): number {
	const {visible, spacing} = classesNow();
	const at = grapheme.search(visible);
	if (at < 0) return 0;
	if (isEmoji(grapheme)) return 2;
	const [base, ...rest] = Array.from(grapheme.slice(at));
	const wide = (character: string): number => eastAsianWidth(character.codePointAt(0)!, {ambiguousAsWide: ambiguous === 2});
	let width = wide(base!);
	for (const each of rest) if (spacing.test(each) || isHalfOrFullForm(each)) width += wide(each);
	return Math.min(2, width);
}

/** What is drawn as one picture although its first character alone may be narrow. */
function isEmoji(grapheme: string): boolean {
	if (grapheme.length < 2) return false;
	const {pictograph, skinTone, flag} = classesNow();
	if (keycap.test(grapheme) || flag.test(grapheme)) return true;
	const first = String.fromCodePoint(grapheme.codePointAt(0)!);
	if (!pictograph.test(first)) return false;
	return grapheme.includes(emojiSelector) || grapheme.includes(joiner) || skinTone.test(grapheme);
}
