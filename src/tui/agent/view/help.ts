/** Help over the panes, made from the key table: every key of this place with its alias, then the keys of the form. Pure. */
import {padText, wrapText} from '../../format.js';
import type {TextKey} from '../../i18n/index.js';
import {supportKeys, supportTexts} from '../../i18n/support.js';
import {fitHeight, fitWidth, type Line, span} from '../../line.js';
import type {ConsoleState} from '../../model/state.js';
import {isHere, isToolbarOnly} from '../../model/toolbar-only.js';
import {translatorOf} from '../keymap.js';
import {bindings, keyLabel, placeOf} from '../keys.js';

/** Keys of the form, which belong to no action. */
export const formKeys: ReadonlyArray<readonly [keys: string, text: TextKey]> = [
	['Enter  Tab', 'help.next'],
	['Shift+Tab', 'help.previous'],
	['Up Down', 'help.upDown'],
	['1 2 3 ..  A', 'help.choice'],
	['Left Right', 'help.arrows'],
	['Space', 'help.tick'],
	['PgUp PgDn', 'help.history'],
	['^A ^E ^U ^W', 'help.edit'],
	['Ctrl+Up/Down', 'help.height'],
	['Esc', 'help.escape'],
	['Ctrl+C', 'help.twice'],
];

/** お問い合わせ窓口: whom to ask, as an administrator has set it. */
function supportLines(
	support: NonNullable<NonNullable<ConsoleState['view']>['support']>,
	lang: ConsoleState['lang'],
	width: number,
): Line[] {
	const entries = supportKeys.flatMap(key => (support[key] === undefined ? [] : [[supportTexts[key][lang], support[key]] as const]));
	if (entries.length === 0) return [];
	const lines = entries.flatMap(([label, text]) =>
		wrapText(text, width - 21).map((part, at): Line => [span(` ${padText(at === 0 ? label : '', 19)}`, 'dim'), span(part)]),
	);
	return [[], [span(` ${supportTexts.title[lang]}`, 'strong')], ...lines];
}

/** The help in exactly this size. */
export function helpScreen(state: ConsoleState, columns: number, rows: number): Line[] {
	const t = translatorOf(state);
	const place = placeOf(state);
	const leftWidth = Math.max(28, Math.floor(columns * 0.3));
	const actions = state.bindings
		.filter((binding, at) => binding.places.includes(place) && isHere(state, binding) && /^(S-)?f\d|^A-/.test(bindings[at]!.keys[0]!))
		.map((binding): Line => {
			const [key, ...others] = binding.keys.map(name => keyLabel(name).replace('Shift+', 'S+'));
			return [span(` ${padText(key!, 6)}`, 'strong'), span(padText(t(binding.label), 12)), span(` ${others[0] ?? ''}`, 'dim')];
		});
	const editing =
		isToolbarOnly(state.view) && place === 'work'
			? formKeys.slice(-2)
			: place === 'work' || place === 'popup'
				? formKeys
				: formKeys.slice(0, 2);
	const right = editing.flatMap(([keys, text]) =>
		wrapText(t(text), columns - leftWidth - 17).map(
			(part, at): Line => [span(` ${padText(at === 0 ? keys : '', 15)}`, 'strong'), span(part)],
		),
	);
	const title = fitWidth(
		[span(` ${t('help.title')}   `, 'titleFocused'), span(t('help.close'), 'titleFocused')],
		columns - 1,
		'titleFocused',
	);
	right.push([span(` ${t('say.manual')}`, 'dim')]);
	const {support} = state.view ?? {};
	if (support) right.push(...supportLines(support, state.lang, columns - leftWidth - 1));
	const room = rows - 1;
	// What the left column has no room for goes below the keys of the form; what is still too much can be scrolled.
	const left = actions.slice(0, room - 1);
	right.push(...actions.slice(room - 1));
	const body = Array.from(
		{length: Math.max(left.length, right.length)},
		(_, at): Line => [...fitWidth(left[at] ?? [], leftWidth), ...fitWidth(right[at] ?? [], columns - leftWidth)],
	);
	if (body.length <= room) return fitHeight([title, ...(body.length < room ? [[] as Line] : []), ...body], rows);
	const top = state.panel?.kind === 'help' ? Math.min(state.panel.top, body.length - (room - 1)) : 0;
	const more: Line = [span(` ${t('say.scroll')}  ${top + 1}-${top + room - 1}/${body.length}`, 'accent')];
	return fitHeight([title, ...body.slice(top, top + room - 1), more], rows);
}
