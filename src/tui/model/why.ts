/** The panel that answers why: about oneself, the call, or the customer on the screen. Pure. */
import type {RequestBody} from '../../server/api/requests.js';
import type {SessionView, WhyView} from '../../server/api/views.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Panel, WhyAbout} from './panels.js';
import type {ConsoleState, Effect, Step} from './state.js';

type WhyPanel = Extract<Panel, {kind: 'why'}>;

const askAgainMs = 3000;
const stay = (state: ConsoleState): Step => ({state, effects: []});

/** What can be asked about now, in the order of the arrow keys. */
export function whySubjects(view: SessionView): Array<{about: WhyAbout; of: string}> {
	return [
		{about: 'agent', of: view.operator.id},
		...(view.call ? [{about: 'call' as const, of: view.call.callId}] : []),
		...(view.customer ? [{about: 'customer' as const, of: view.customer.customerId}] : []),
	];
}

function ask(view: SessionView, about: WhyAbout): Effect[] {
	const subject = whySubjects(view).find(each => each.about === about);
	const body: RequestBody | undefined = subject && {type: 'why', ...subject};
	return body ? [{effect: 'send', body}] : [];
}

function asking(state: ConsoleState, view: SessionView, about: WhyAbout, nowMs: number): Step {
	const panel: WhyPanel = {kind: 'why', about, answer: null, top: 0, seenMs: nowMs, askedMs: nowMs};
	return {state: {...state, panel}, effects: ask(view, about)};
}

/** During a call about it, else about oneself. The same key again closes it. */
export function openWhy(state: ConsoleState, nowMs: number): Step {
	const {view, panel} = state;
	if (!view) return stay(state);
	if (panel?.kind === 'why') return stay({...state, panel: null});
	return asking(state, view, view.call && view.call.phase !== 'ended' ? 'call' : 'agent', nowMs);
}

/** Half a second has gone by: the answer is kept fresh. */
export function whyTicked(state: ConsoleState, panel: WhyPanel, nowMs: number): Step {
	const {view, line} = state;
	if (!view || line !== 'online' || panel.answer === null || nowMs - panel.askedMs < askAgainMs) return stay(state);
	// The call or customer asked about has left the screen.
	const about = whySubjects(view).some(each => each.about === panel.about) ? panel.about : 'agent';
	if (about !== panel.about) return asking(state, view, about, nowMs);
	return {state: {...state, panel: {...panel, askedMs: nowMs}}, effects: ask(view, about)};
}

export function whyAnswered(state: ConsoleState, answer: WhyView): ConsoleState {
	const {panel} = state;
	return panel?.kind === 'why' && panel.about === answer.about ? {...state, panel: {...panel, answer}} : state;
}

/** Left and right: about something else. Up and down: further lines. */
export function whyKey(state: ConsoleState, panel: WhyPanel, key: KeyEvent): Step {
	const {view} = state;
	if (!view || key.type !== 'key') return stay(state);
	const subjects = whySubjects(view);
	const by = ({left: -1, right: 1, tab: key.shift ? -1 : 1} as Partial<Record<string, number>>)[key.name];
	if (by !== undefined) {
		const at = subjects.findIndex(({about}) => about === panel.about);
		const next = subjects[(at + by + subjects.length) % subjects.length]!;
		return asking(state, view, next.about, panel.seenMs);
	}
	const down = ({up: -1, down: 1, pageup: -5, pagedown: 5} as Partial<Record<string, number>>)[key.name] ?? 0;
	return stay({...state, panel: {...panel, top: Math.max(0, panel.top + down)}});
}
