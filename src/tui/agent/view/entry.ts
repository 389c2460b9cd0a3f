/** The screens before work: login and the choice of work groups, in the middle of the terminal. Pure. */
import {padText} from '../../format.js';
import {type TextKey, type Translate, translator} from '../../i18n/index.js';
import {fitHeight, fitWidth, type Line, lineWidth, type Span, span} from '../../line.js';
import {type ConsoleState, loginFields} from '../../model/state.js';
import {graphemes, narrow} from '../../tty/cells.js';
import {lineWindow} from '../../tty/edit.js';
import {translatorOf} from '../keymap.js';
import {bindings, keyLabel} from '../keys.js';

const boxCells = 60;
const labelWidth = 14;
const inputWidth = 30;

const centre = (line: Line, columns: number): Line => [span(' '.repeat(Math.max(0, Math.floor((columns - lineWidth(line)) / 2)))), ...line];
/** A line of the box: all start at the same cell. */
const boxed = (line: Line, columns: number): Line => [span(' '.repeat(Math.max(0, Math.floor((columns - boxCells) / 2)))), ...line];

/** The message of the last key or of the service, in its own row. */
function told(state: Pick<ConsoleState, 'message'>, t: Translate): Line {
	const {message} = state;
	if (!message) return [];
	const args = Object.fromEntries(
		Object.entries(message.why.args).map(([name, value]) => [
			name,
			String(value).startsWith('@') ? t(String(value).slice(1) as 'login.loginId') : value,
		]),
	);
	return [span(t(message.why.key, args), message.tone)];
}

/** What a login needs of a console's state: every console has one. */
type LoginState = Pick<ConsoleState, 'lang' | 'size' | 'login' | 'line' | 'message' | 'demo'> & Partial<Pick<ConsoleState, 'bindings'>>;

/** The login screen without its key line; `hint` is said below the fields. */
export function loginScreen(state: LoginState, texts: {subtitle: TextKey; hint?: TextKey} = {subtitle: 'app.subtitle'}): Line[] {
	const t = translator(state.lang);
	const {columns, rows} = state.size;
	const lines: Line[] = [
		centre([span(t('app.title'), 'title')], columns),
		centre([span(t(texts.subtitle), 'dim')], columns),
		[],
		[],
		...loginFields.flatMap((field, at) => [loginLine(state, at, t(`login.${field}`), columns), [] as Line]),
		boxed([span(' '.repeat(labelWidth + 2)), loginButton(state, t)], columns),
		[],
		centre(loginState(state, t), columns),
		[],
		...(texts.hint ? [centre([span(t(texts.hint), 'dim')], columns)] : []),
		...demoLines(state, t).map(line => centre(line, columns)),
	];
	const top = Math.max(1, Math.floor((rows - 1 - 17) / 2));
	return fitHeight([...Array.from({length: top}, (): Line => []), ...lines], rows - 1);
}

function loginLine(state: LoginState, at: number, label: string, columns: number): Line {
	const field = loginFields[at]!;
	const isFocused = state.login.focus === at;
	const edit = state.login.edits[field];
	const window = lineWindow(edit, inputWidth, field === 'password' ? '●' : undefined);
	const parts = graphemes(padText(window.text, inputWidth));
	const head: Span[] = [span(padText(label, labelWidth, 'right'), isFocused ? 'labelFocused' : 'label'), span('  ')];
	if (!isFocused) return boxed([...head, {text: parts.join(''), tone: 'field'}], columns);
	let x = 0;
	let cut = 0;
	while (cut < parts.length - 1 && x < window.cursorX) x += narrow.widthOf(parts[cut++]!);
	const tone = 'fieldFocused';
	return boxed(
		[
			...head,
			{text: parts.slice(0, cut).join(''), tone},
			{text: parts[cut]!, tone, cursor: true},
			{text: parts.slice(cut + 1).join(''), tone},
		],
		columns,
	);
}

function loginButton(state: LoginState, t: Translate): Span {
	const isFocused = state.login.focus === loginFields.length;
	return {
		...span(padText(t('login.button'), 16, 'centre'), isFocused ? 'choice' : 'button'),
		...(isFocused ? {cursor: true as const} : {}),
	};
}

function loginState(state: LoginState, t: Translate): Line {
	if (state.login.isBusy) return [span(t(state.login.waits ? 'login.connecting' : 'login.busy'), 'dim')];
	if (state.message) return told(state, t);
	return state.line === 'online' ? [] : [span(t('login.connecting'), 'dim')];
}

function demoLines(state: LoginState, t: Translate): Line[] {
	if (!state.demo) return [];
	const key = (state.bindings ?? bindings).find(({action}) => action === 'demo')!.keys[0]!;
	return [[span(t('login.demo', state.demo), 'accent')], [span(t('login.demoKey', {key: keyLabel(key)}), 'dim')]];
}

/** The choice of work groups without its key line. */
export function groupsScreen(state: ConsoleState): Line[] {
	const t = translatorOf(state);
	const {columns, rows} = state.size;
	const groups = state.view?.groups ?? [];
	const room = rows - 1 - 9;
	const first = Math.max(0, Math.min(state.groups.at - room + 1, groups.length - room));
	const list = groups.slice(first, first + room).map((group, index): Line => {
		const at = first + index;
		const isHere = at === state.groups.at;
		const isTicked = state.groups.ticked.includes(group.id);
		const mark = span(isTicked ? '[x]' : '[ ]', isHere ? 'optionFocused' : isTicked ? 'strong' : 'plain');
		const number = at < 9 ? String(at + 1) : ' ';
		return boxed(
			[
				span(`  ${number}  `, 'dim'),
				isHere ? {...mark, cursor: true} : mark,
				span(` ${group.number}  `, 'dim'),
				span(group.name, isHere ? 'labelFocused' : isTicked ? 'strong' : 'plain'),
			],
			columns,
		);
	});
	const empty: Line[] = groups.length === 0 ? [boxed([span(t('groups.empty'), 'warn')], columns)] : [];
	const lines: Line[] = [
		[],
		centre([span(t('groups.title'), 'title')], columns),
		centre([span(state.view ? state.view.operator.name : '', 'dim')], columns),
		[],
		centre([span(t('groups.help'), 'dim')], columns),
		[],
		...list,
		...empty,
		[],
		centre(state.groups.isBusy ? [span(t('groups.busy'), 'dim')] : told(state, t), columns),
	];
	const top = Math.max(0, Math.floor((rows - 1 - lines.length) / 3));
	return fitHeight(
		[...Array.from({length: top}, (): Line => []), ...lines].map(line => fitWidth(line, columns)),
		rows - 1,
	);
}
