/** 画像の変更: the sign beside the own name. The service says whether it is one; empty is the first of the name again. Pure. */

import {graphemes} from '../tty/cells.js';
import {type Edit, editOf} from '../tty/edit.js';
import type {ConsoleState, Step} from './state.js';

export type IconPanel = {kind: 'icon'; edit: Edit};

/** What stands for somebody where there is no room for a name. */
export const iconOf = ({name, icon}: {name: string; icon?: string}): string => icon ?? graphemes(name.trim())[0] ?? '?';

export const iconPanel = ({view}: ConsoleState): IconPanel => ({kind: 'icon', edit: editOf(view?.operator.icon ?? '')});

/** Enter in the line. */
export function setIcon(state: ConsoleState): Step {
	if (state.panel?.kind !== 'icon') return {state, effects: []};
	return {state, effects: [{effect: 'send', body: {type: 'setIcon', icon: state.panel.edit.text.trim()}}]};
}
