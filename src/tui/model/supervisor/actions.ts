/** What a supervisor can do to a seat, with a reason for every no. Pure; the service decides again. */
import type {FloorSeat} from '../../../server/api/floor.js';
import type {AgentStatus} from '../../../server/domain/model.js';
import type {TextKey} from '../../i18n/index.js';
import type {Action} from './keys.js';
import {helpsOf} from './seats.js';
import {type Listening, refuse, type Step, type SupervisorState, say, sends, stay} from './state.js';
import {whyNotType} from './typing.js';

export const inCall: readonly AgentStatus[] = ['dialling', 'ringing', 'talkingOut', 'talkingIn', 'held', 'transferring'];

/** The seat that keys are about: the open one, else the chosen one. */
export const targetOf = ({opened, selected, floor}: SupervisorState): FloorSeat | undefined => floor.seats.get(opened ?? selected ?? '');

/** Whom this supervisor hears, and how. */
export function listeningOf({floor, view}: SupervisorState): {seat: FloorSeat; mode: Listening} | undefined {
	const me = view?.operator.id;
	for (const seat of floor.seats.values()) {
		const own = seat.watchers?.find(({operatorId, mode}) => operatorId === me && mode !== 'screen');
		if (own) return {seat, mode: own.mode as Listening};
	}
	return undefined;
}

/** Why the supervisor's own phone cannot be used; undefined when it can. */
function phoneFault({view}: SupervisorState): TextKey | undefined {
	if (!view || view.operator.extension === '') return 'sv.why.noPhone';
	if (inCall.includes(view.status.status)) return 'sv.why.inCall';
	if (view.status.status === 'offline' || view.status.status === 'phoneDown' || !view.phone.registered) return 'sv.why.phoneDown';
	return undefined;
}

/** How far this account may go in the calls of others. */
const reach: readonly Action[] = ['listen', 'whisper', 'barge', 'takeOver'];
const reaches = ({view}: SupervisorState, action: Action): boolean =>
	reach.indexOf(action) <= reach.indexOf(view?.operator.superviseUpTo ?? 'takeOver');

/** Why an action is not possible now, on this seat; undefined when it is. */
export function whyNot(state: SupervisorState, action: Action, target = targetOf(state)): TextKey | undefined {
	const isSelf = target !== undefined && target.operatorId === state.view?.operator.id;
	switch (action) {
		case 'take':
			return offline(state) ?? (helpsOf(state).open.length === 0 ? 'sv.why.noHelp' : undefined);
		case 'listen':
		case 'whisper':
		case 'barge':
		case 'takeOver':
			if (!target) return 'sv.why.noSeat';
			if (isSelf) return 'sv.why.self';
			if (!reaches(state, action)) return 'sv.why.limit';
			return offline(state) ?? (target.call?.phase !== 'talking' ? 'sv.why.notTalking' : phoneFault(state));
		case 'stop':
			return offline(state) ?? (listeningOf(state) ? undefined : 'sv.why.notListening');
		case 'line':
			return target ? (isSelf ? 'sv.why.self' : offline(state)) : 'sv.why.noSeat';
		case 'type':
			return whyNotType(state) ?? (isSelf ? 'sv.why.self' : offline(state));
		case 'status':
			return target ? (inCall.includes(target.status) ? 'sv.why.hasCall' : offline(state)) : 'sv.why.noSeat';
		case 'office':
			return state.floor.offices.size > 0 || state.byOffice ? undefined : 'sv.why.noOffice';
		case 'hangUp':
			return state.view && inCall.includes(state.view.status.status) ? offline(state) : 'sv.why.nothing';
		default:
			return undefined;
	}
}

const offline = ({line}: SupervisorState): TextKey | undefined => (line === 'online' ? undefined : 'sv.why.stale');

/** One key takes the request that has waited longest, and shows that operator's screen. */
export function take(state: SupervisorState, [oldest]: readonly FloorSeat[] = helpsOf(state).open): Step {
	if (!oldest) return refuse(state, 'sv.why.noHelp');
	const {operatorId: of} = oldest;
	return sends({...opened(state, of), selected: of, tab: 'seats'}, {type: 'takeHelp', of}, {type: 'watchScreen', of});
}

/** Opens a seat; what was on its screen before is not shown again. */
export const opened = (state: SupervisorState, of: string): SupervisorState => ({
	...state,
	opened: of,
	screen: state.opened === of ? state.screen : null,
	typing: state.opened === of ? state.typing : null,
	choosing: null,
});

export function openSeat(state: SupervisorState, selected = state.selected): Step {
	if (selected === null || !state.floor.seats.has(selected)) return refuse(state, 'sv.why.noSeat');
	return sends(opened(state, selected), {type: 'watchScreen', of: selected});
}

export function closeSeat(state: SupervisorState): Step {
	return sends({...state, opened: null, screen: null, typing: null}, {type: 'unwatchScreen'});
}

/** Listen, whisper, join: another key changes the way, the same one leaves it. */
export function listen(state: SupervisorState, mode: Listening, {operatorId: of} = targetOf(state)!): Step {
	const now = listeningOf(state);
	return sends(state, {type: 'supervise', of, mode: now?.seat.operatorId === of && now.mode === mode ? 'stop' : mode});
}

export function stopListening(state: SupervisorState): Step {
	const now = listeningOf(state);
	return now ? sends(state, {type: 'supervise', of: now.seat.operatorId, mode: 'stop'}) : refuse(state, 'sv.why.notListening');
}

/** The caller's operator loses the call: asked twice. */
export function takeOver(state: SupervisorState, wasArmed: string | null): Step {
	const {operatorId: of, name} = targetOf(state)!;
	const armed = `takeOver ${of}`;
	if (wasArmed === armed) return sends(state, {type: 'supervise', of, mode: 'takeOver'});
	return stay({...say(state, 'sv.twiceTakeOver', 'warn', {name}), armed});
}
