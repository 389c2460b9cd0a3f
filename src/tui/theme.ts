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

/** SGR parameters of every tone; '' draws plainly. */
export type Theme = Readonly<Record<Tone, string>>;

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

/** The theme for an environment: NO_COLOR (any non-empty value) and TERM=dumb or a monochrome terminal draw without colour. */
export function themeFor(environment: Readonly<Record<string, string | undefined>>): Theme {
	const terminal = environment['TERM'] ?? '';
	const monochrome = terminal === 'dumb' || /^vt\d+|-m(ono)?$/.test(terminal);
	return environment['NO_COLOR'] || monochrome ? plainTheme : colourTheme;
}
