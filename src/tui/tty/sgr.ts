/** Select Graphic Rendition (ECMA-48 8.3.117): the attributes in force, reduced from the sequences seen so far. */

export type SgrState = {
	/** Codes 1-9 in force, ascending. */
	readonly flags: readonly number[];
	readonly foreground: string;
	readonly background: string;
	/** The cursor mark (53) is on. */
	readonly mark: boolean;
};

export const plainSgr: SgrState = {flags: [], foreground: '', background: '', mark: false};

const extended = (codes: readonly string[], at: number): string => codes.slice(at, at + (codes[at + 1] === '5' ? 3 : 5)).join(';');

/** The state after a sequence with these parameters ("1;31"); an empty one resets. Unknown codes are passed over. */
export function parseSgr(before: SgrState, parameters: string): SgrState {
	let {flags, foreground, background, mark} = before;
	const codes = parameters.split(';');
	for (let at = 0; at < codes.length; at++) {
		const code = Number(codes[at]);
		if (code === 0) {
			flags = [];
			foreground = background = '';
			mark = false;
		} else if (code >= 1 && code <= 9) {
			if (!flags.includes(code)) flags = [...flags, code].sort((a, b) => a - b);
		} else if (code === 22) flags = flags.filter(flag => flag !== 1 && flag !== 2);
		else if (code >= 23 && code <= 29) flags = flags.filter(flag => flag !== code - 20);
		else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) foreground = String(code);
		else if (code === 38) {
			foreground = extended(codes, at);
			at += codes[at + 1] === '5' ? 2 : 4;
		} else if (code === 39) foreground = '';
		else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) background = String(code);
		else if (code === 48) {
			background = extended(codes, at);
			at += codes[at + 1] === '5' ? 2 : 4;
		} else if (code === 49) background = '';
		else if (code === 53) mark = true;
		else if (code === 55) mark = false;
	}
	return {flags, foreground, background, mark};
}

/** The parameters that turn these attributes on from a reset pen; the cursor mark is left out. */
export function sgrText(state: SgrState): string {
	if (state.flags.length === 0 && state.foreground === '' && state.background === '') return '';
	return [...state.flags.map(String), state.foreground, state.background].filter(part => part !== '').join(';');
}

/** Whether a blank in this style looks like a blank in any other such style: it has no ground, no line and is not reversed. */
export const isInkless = ({flags, background}: SgrState): boolean => background === '' && !flags.some(flag => flag === 4 || flag >= 7);

/** The shortest sequence that takes the pen from one style to another; both as `sgrText` gives them. */
export function penChange(from: string, to: string): string {
	const whole = to === '' ? '\x1b[m' : `\x1b[0;${to}m`;
	const before = parseSgr(plainSgr, from);
	const after = parseSgr(plainSgr, to);
	// What is on and must go off takes a reset.
	if (before.flags.some(flag => !after.flags.includes(flag))) return whole;
	const codes = after.flags.filter(flag => !before.flags.includes(flag)).map(String);
	if (after.foreground !== before.foreground) codes.push(after.foreground || '39');
	if (after.background !== before.background) codes.push(after.background || '49');
	const change = `\x1b[${codes.join(';')}m`;
	return change.length < whole.length ? change : whole;
}
