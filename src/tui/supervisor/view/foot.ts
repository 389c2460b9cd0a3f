/** The two lines at the bottom: what is typed, chosen or answered, and the keys. Pure. */

import {withCursor} from '../../agent/view/field.js';
import {choices} from '../../agent/view/foot.js';
import {isTextKey, type TextArgs, type Translate, translator} from '../../i18n/index.js';
import {fitWidth, type Line, lineWidth, type Span, span} from '../../line.js';
import {isChoice} from '../../model/fields.js';
import {fieldsNow} from '../../model/server.js';
import {whyNot} from '../../model/supervisor/actions.js';
import {type Binding, bindings, keyLabel} from '../../model/supervisor/keys.js';
import {type SupervisorState, statusChoices} from '../../model/supervisor/state.js';
import {type SupervisorTyping, theirConsole} from '../../model/supervisor/typing.js';
import {narrow} from '../../tty/cells.js';
import {lineWindow} from '../../tty/edit.js';
import {candidatesLine, commandLine} from './command.js';

/** Arguments that begin with @ name a text. */
const argsOf = (args: TextArgs, t: Translate): TextArgs =>
	Object.fromEntries(
		Object.entries(args).map(([name, value]) => {
			const key = String(value).slice(1);
			return [name, String(value).startsWith('@') && isTextKey(key) ? t(key) : value];
		}),
	);

export function stripLine(state: SupervisorState): Line {
	const t = translator(state.lang);
	const {columns} = state.size;
	const name = (of: string): string => state.floor.seats.get(of)?.name ?? of;
	if (state.input?.kind === 'command') return commandLine(state, state.input);
	if (state.input) {
		const label = state.input.kind === 'filter' ? `/ ${t('sv.filter')}` : t('sv.line', {name: name(state.input.of)});
		const head = span(` ${label}: `, 'labelFocused');
		const cells = Math.max(10, columns - narrow.widthOfText(head.text) - 2);
		const window = lineWindow(state.input.edit, cells);
		return fitWidth([head, ...withCursor(window.text, window.cursorX, cells, 'fieldFocused')], columns);
	}
	if (state.choosing) {
		const {of, at} = state.choosing;
		const items = statusChoices.flatMap((choice, index): Span[] => [
			span(` ${index + 1} ${t(`sv.status.${choice}`)} `, index === at ? 'choice' : 'plain'),
			span(' '),
		]);
		const title = ` ${t('sv.statusTitle', {name: name(of)})} `;
		const room = columns - items.reduce((sum, {text}) => sum + narrow.widthOfText(text), 0);
		return fitWidth([...(narrow.widthOfText(title) <= room ? [span(title, 'labelFocused')] : []), ...items], columns);
	}
	const {message} = state;
	if (message) return fitWidth([span(` ${t(message.why.key, argsOf(message.why.args, t))}`, message.tone)], columns);
	if (state.typing) return typingLine(state, state.typing, name(state.typing.of));
	return fitWidth([span(`  :  /  o  v  n  1-5  Enter  ?  ${t('help.title')}`, 'dim')], columns);
}

/** On whose screen is typed, and with a choice what there is to choose from: as the operator sees it. */
function typingLine(state: SupervisorState, {form}: SupervisorTyping, name: string): Line {
	const t = translator(state.lang);
	const {columns} = state.size;
	const theirs = theirConsole(state);
	const field = theirs && fieldsNow(theirs).find(({key}) => key === form.focus);
	if (!field || field.locked || !isChoice(field)) return fitWidth([span(` ${t('sv.typing', {name})}`, 'band')], columns, 'band');
	const head = span(` ${t('sv.typingChoice', {name})} `, 'band');
	return fitWidth([head, ...choices(form, field, columns - lineWidth([head]))], columns);
}

/** The function keys: what each does now; what is not possible is dim, and says why when it is pressed. */
export function keyBar(state: SupervisorState): Line {
	if (state.input?.kind === 'command') return candidatesLine(state, state.input);
	const t = translator(state.lang);
	const {columns} = state.size;
	const shown = bindings.filter(
		({at, keys, action}) => (at === 'both' || at === state.stage) && /^f\d/.test(keys[0]!) && (action !== 'demo' || state.demo !== null),
	);
	const leave = state.stage === 'login' ? bindings.filter(({action}) => action === 'leave') : [];
	const slots = [...shown, ...leave].sort((a, b) => keyNumber(a) - keyNumber(b));
	const texts = slots.map(slot => ({name: keyLabel(slot.keys[0]!), label: t(slot.label), isOff: whyNot(state, slot.action) !== undefined}));
	const isWide = texts.reduce((sum, {name, label}) => sum + name.length + narrow.widthOfText(label) + 3, 0) <= columns;
	const used = texts.reduce((sum, {name, label}) => sum + name.length - 1 + narrow.widthOfText(label), 0);
	const gap = Math.max(0, Math.min(2, Math.floor((columns - used) / texts.length)));
	const line = texts.flatMap(({name, label, isOff}): Span[] => [
		span(isWide || !/^F\d/.test(name) ? name : name.slice(1), isOff ? 'dim' : 'strong'),
		span(isWide ? ` ${label} ` : label, isOff ? 'barOff' : 'bar'),
		span(' '.repeat(isWide ? 1 : gap)),
	]);
	return fitWidth(line, columns);
}

const keyNumber = ({keys}: Binding): number => Number(/^f(\d+)$/.exec(keys[0]!)?.[1] ?? 99);
