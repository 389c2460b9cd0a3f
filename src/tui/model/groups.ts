/** The choice of work groups (作業グループ): a list with check boxes. Pure. */
import type {KeyEvent} from '../tty/keys.js';
import type {Action} from './actions.js';
import {fold} from './fold.js';
import {type ConsoleState, type Step, say} from './state.js';

const stay = (state: ConsoleState): Step => ({state, effects: []});
const withTicked = (state: ConsoleState, ticked: readonly string[]): ConsoleState => ({...state, groups: {...state.groups, ticked}});

export function groupsAction(state: ConsoleState, action: Action): Step {
	const groups = state.view?.groups ?? [];
	switch (action) {
		case 'selectAll':
			return stay(
				withTicked(
					state,
					groups.map(group => group.id),
				),
			);
		case 'clearAll':
			return stay(withTicked(state, []));
		case 'logOff':
			return {state, effects: [{effect: 'send', body: {type: 'logOff'}}]};
		case 'startWork': {
			const groupIds = groups.map(group => group.id).filter(id => state.groups.ticked.includes(id));
			if (groupIds.length === 0) return {state: say(state, 'groups.none', 'bad'), effects: [{effect: 'bell'}]};
			if (state.line !== 'online') return stay(say(state, 'message.offline', 'warn'));
			return {state: {...state, groups: {...state.groups, isBusy: true}}, effects: [{effect: 'send', body: {type: 'startWork', groupIds}}]};
		}
		default:
			return stay(state);
	}
}

export function groupsKey(state: ConsoleState, key: KeyEvent): Step {
	const groups = state.view?.groups ?? [];
	const {at, ticked} = state.groups;
	const moved = (to: number): Step =>
		stay({...state, groups: {...state.groups, at: groups.length === 0 ? 0 : (to + groups.length) % groups.length}});
	if (key.type === 'text') {
		const typed = fold(key.text);
		const index = /^ +$/.test(typed) ? at : /^\d$/.test(typed) ? Number(typed) - 1 : -1;
		const group = groups[index];
		if (!group) return stay(state);
		const next = ticked.includes(group.id) ? ticked.filter(id => id !== group.id) : [...ticked, group.id];
		return stay({...withTicked(state, next), groups: {...state.groups, ticked: next, at: index}});
	}
	if (key.type !== 'key') return stay(state);
	if (key.name === 'down' || (key.name === 'tab' && !key.shift)) return moved(at + 1);
	if (key.name === 'up' || key.name === 'tab') return moved(at - 1);
	return stay(state);
}
