/** The keys, each with its letter. Made from the key table. Pure. */
import {padText} from '../../format.js';
import {translator} from '../../i18n/index.js';
import {fitHeight, fitWidth, type Line, span} from '../../line.js';
import {bindings, keyLabel} from '../../model/supervisor/keys.js';
import type {SupervisorState} from '../../model/supervisor/state.js';

export function helpScreen(state: SupervisorState, rows: number): Line[] {
	const t = translator(state.lang);
	const {columns} = state.size;
	const own = bindings.filter(({at}) => at === 'both' || at === state.stage);
	const isKey = (name: string): boolean => /^f\d/.test(name);
	const left = own
		.filter(({keys}) => isKey(keys[0]!))
		.map(({keys, label}): Line => {
			const others = keys.slice(1).map(keyLabel).join('  ');
			return [span(` ${padText(keyLabel(keys[0]!), 4)}`, 'strong'), span(padText(t(label), 12)), span(others, 'dim')];
		});
	const moves: Line = [span(`${padText('←↑↓→', 9)}`, 'strong'), span(t('sv.key.move'))];
	const right = own
		.filter(({keys}) => !isKey(keys[0]!))
		.map(({keys, label, action}): Line => {
			const shown = action === 'tab' ? '1 - 5' : keyLabel(keys[0]!);
			return [span(padText(shown, 9), 'strong'), span(t(label))];
		});
	const title = fitWidth([span(` ${t('help.title')}   ${t('help.close')}`, 'titleFocused')], columns, 'titleFocused');
	const all = state.stage === 'floor' ? [moves, ...right] : right;
	const leftWidth = 34;
	const body = Array.from(
		{length: Math.max(left.length, all.length)},
		(_, at): Line => [...fitWidth(left[at] ?? [], leftWidth), ...fitWidth(all[at] ?? [], columns - leftWidth)],
	);
	return fitHeight([title, [], ...body], rows);
}
