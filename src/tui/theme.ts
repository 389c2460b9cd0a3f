/**
 * Styles by meaning. Sixteen colours at most, so that the terminal's own palette decides how they look; without colour
 * the same meanings are told by bold, reverse and underline. Colour never stands alone: a word or a shape goes with it.
 */

export type Tone =
	| 'plain'
	| 'strong'
	| 'dim'
	| 'accent'
	| 'label'
	| 'title'
	| 'good'
	| 'warn'
	| 'bad'
	| 'alarm'
	| 'call'
	| 'wait'
	| 'rest'
	| 'field'
	| 'fieldFocused'
	| 'fieldLocked'
	| 'choice'
	| 'bar'
	| 'barKey'
	| 'barOff'
	| 'band'
	| 'bandAlert'
	| 'tile'
	| 'button'
	| 'required'
	| 'labelFocused'
	| 'titleBar'
	| 'titleFocused'
	| 'optionFocused';

/** SGR parameters of every tone; '' draws plainly. `ascii`: marks are drawn in ASCII, for terminals that are not sure how wide they are. */
export type Theme = Readonly<Record<Tone, string>> & {readonly ascii?: true};

export const colourTheme: Theme = {
	plain: '',
	strong: '1',
	dim: '2',
	accent: '36',
	label: '2',
	title: '1',
	good: '32',
	warn: '33',
	bad: '31',
	alarm: '1;97;41',
	call: '1;32',
	wait: '1;33',
	rest: '35',
	field: '4',
	fieldFocused: '1;4;36',
	fieldLocked: '2',
	choice: '7',
	bar: '7',
	barKey: '1;7',
	barOff: '2;7',
	band: '30;43',
	bandAlert: '1;97;41',
	tile: '1;30;46',
	button: '4',
	required: '31',
	labelFocused: '1;36',
	titleBar: '2;4',
	titleFocused: '1;4;36',
	optionFocused: '1;7',
};

export const plainTheme: Theme = {
	plain: '',
	strong: '1',
	dim: '2',
	accent: '1',
	label: '',
	title: '1',
	good: '',
	warn: '1',
	bad: '1',
	alarm: '1;7',
	call: '1',
	wait: '1',
	rest: '',
	field: '4',
	fieldFocused: '1;4',
	fieldLocked: '2',
	choice: '7',
	bar: '7',
	barKey: '1;7',
	barOff: '2;7',
	band: '7',
	bandAlert: '1;7',
	tile: '7',
	button: '4',
	required: '1',
	labelFocused: '1',
	titleBar: '4',
	titleFocused: '1;4',
	optionFocused: '1;7',
};

/** Nothing is dim, and what stands out is black on a light ground or white on a dark one: for weak eyes and bad screens. */
export const contrastTheme: Theme = {
	...plainTheme,
	strong: '1;97',
	dim: '',
	accent: '1;96',
	good: '1;92',
	warn: '1;93',
	bad: '1;97;41',
	alarm: '1;97;41',
	call: '1;92',
	wait: '1;93',
	field: '4;97',
	fieldFocused: '30;103',
	fieldLocked: '',
	choice: '30;107',
	bar: '30;107',
	barKey: '1;97;44',
	barOff: '90;107',
	band: '30;103',
	bandAlert: '1;97;41',
	tile: '30;107',
	required: '1;91',
	labelFocused: '1;93',
	titleFocused: '1;4;93',
	optionFocused: '30;103',
};

/** For a light ground: no yellow and no bright letters, which cannot be read on it. */
export const lightTheme: Theme = {
	...colourTheme,
	accent: '34',
	warn: '1;35',
	call: '1;32',
	wait: '1;35',
	fieldFocused: '1;4;34',
	tile: '1;97;44',
	labelFocused: '1;34',
	titleFocused: '1;4;34',
};

export const themes = {colour: colourTheme, contrast: contrastTheme, light: lightTheme, plain: plainTheme} as const;
export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as ThemeName[];

/** The theme for an environment: NO_COLOR (any non-empty value) and TERM=dumb or a monochrome terminal draw without colour. */
export function themeFor(environment: Readonly<Record<string, string | undefined>>): Theme {
	const terminal = environment['TERM'] ?? '';
	const monochrome = terminal === 'dumb' || /^vt\d+|-m(ono)?$/.test(terminal);
	return environment['NO_COLOR'] || monochrome ? plainTheme : colourTheme;
}

/**
 * A theme of one's own: `{"base": "contrast", "tones": {"good": "1;32"}}`.
 * @throws an Error that names what is wrong and what is allowed
 */
export function ownTheme(text: string): Theme {
	const given = JSON.parse(text) as {base?: unknown; tones?: unknown};
	const {base = 'colour', tones = {}} = given;
	if (!themeNames.includes(base as ThemeName)) throw new Error(`base: ${String(base)} (${themeNames.join(', ')})`);
	const known = themes[base as ThemeName];
	if (typeof tones !== 'object' || tones === null) throw new Error('tones: {"good": "1;32"}');
	for (const [tone, parameters] of Object.entries(tones)) {
		if (!Object.hasOwn(known, tone)) throw new Error(`${tone} (${Object.keys(known).join(', ')})`);
		if (typeof parameters !== 'string' || !/^(?:[1-9]|[34][0-7]|9[0-7]|10[0-7])?(?:;(?:[1-9]|[34][0-7]|9[0-7]|10[0-7]))*$/.test(parameters))
			throw new Error(`${tone}: ${String(parameters)} (1;4;7;30-37;40-47;90-97;100-107)`);
	}
	return {...known, ...tones};
}
