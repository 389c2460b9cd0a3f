/** What the service's messages do to the supervisors' console. Pure. Nothing here moves what a person has chosen or types. */
import {applyFloor, type FloorMessage} from '../../../server/api/floor.js';
import type {RequestError} from '../../../server/api/messages.js';
import type {RequestBody} from '../../../server/api/requests.js';
import type {SessionView} from '../../../server/api/views.js';
import {isTextKey, type TextArgs, type TextKey, translator} from '../../i18n/index.js';
import type {LineState} from '../state.js';
import {heard} from './freshness.js';
import {loginEffect} from './login.js';
import {helpsOf} from './seats.js';
import {type Effect, loggedOut, type Step, type SupervisorEvent, type SupervisorState, say, stay} from './state.js';
import {typingGranted, typingSeen} from './typing.js';

/** While nobody takes a request for help the bell is rung again after so long. */
const bellAgainMs = 10_000;

/** What has to be asked for again on a new line. */
function watches({opened}: SupervisorState): Effect[] {
	const floor: Effect = {effect: 'send', body: {type: 'watchFloor'}};
	return opened === null ? [floor] : [floor, {effect: 'send', body: {type: 'watchScreen', of: opened}}];
}

export function lineChanged(state: SupervisorState, line: LineState, nowMs: number): Step {
	if (state.line === line) return stay(state);
	const next = {...state, line, lineSinceMs: nowMs, typing: null};
	if (line !== 'online') return stay(next);
	if (state.stage === 'floor') return {state: next, effects: watches(next)};
	if (!state.login.waits) return stay(next);
	return {state: {...next, login: {...state.login, waits: false}}, effects: [loginEffect(state)]};
}

export function viewChanged(state: SupervisorState, view: SessionView, isWhole: boolean): Step {
	if (view.operator.role === 'agent') {
		// A session that this login has opened is not left behind.
		const effects: Effect[] = view.stage === 'chooseGroups' ? [{effect: 'send', body: {type: 'logOff'}}] : [];
		return {state, effects: [...effects, {effect: 'exit', code: 77, text: 'sv.notSupervisor'}]};
	}
	const isFirst = state.stage === 'login';
	const next: SupervisorState = {
		...state,
		view,
		stage: 'floor',
		login: {...state.login, isBusy: false},
		message: isFirst ? null : state.message,
	};
	const effects = isFirst || (isWhole && state.line === 'online') ? watches(next) : [];
	// A phone of one's own, to listen with, and no group: no calls come.
	if (!state.askedForPhone && view.stage === 'chooseGroups' && view.operator.extension !== '') {
		effects.push({effect: 'send', body: {type: 'startWork', groupIds: []}});
		next.askedForPhone = true;
	}
	return {state: next, effects};
}

export function floorChanged(state: SupervisorState, message: FloorMessage, monoMs: number, nowMs: number): Step {
	const floor = applyFloor(state.floor, message);
	const freshness = heard(state.freshness, message.nowMs, monoMs);
	if (floor.seats === state.floor.seats) return stay({...state, floor, freshness});
	const next: SupervisorState = {...state, floor, freshness, left: leftOf(state, message)};
	const known = new Set(helpsOf(state).open.map(({operatorId}) => operatorId));
	const isNew = helpsOf(next).open.some(({operatorId}) => !known.has(operatorId));
	const effects: Effect[] = [];
	if (isNew && state.isLoud) {
		effects.push({effect: 'bell', kind: 'call'});
		next.lastBellMs = nowMs;
	}
	return {state: withoutGone(next, state), effects};
}

/** Whom this message takes off the floor, by name: an answer about them may come after it. */
function leftOf({floor, left}: SupervisorState, {gone}: FloorMessage): SupervisorState['left'] {
	const names = (gone?.seats ?? []).flatMap((of): Array<[string, string]> => {
		const seat = floor.seats.get(of);
		return seat ? [[of, seat.name]] : [];
	});
	return names.length > 0 ? Object.fromEntries(names) : left;
}

/** Closes what was open for somebody who has logged off. */
function withoutGone(state: SupervisorState, before: SupervisorState): SupervisorState {
	const isGone = (of: string | undefined | null): boolean => of != null && before.floor.seats.has(of) && !state.floor.seats.has(of);
	const {opened, choosing, input} = state;
	const next = {...state};
	if (isGone(opened))
		Object.assign(next, say(next, 'sv.gone', 'warn', {name: before.floor.seats.get(opened!)!.name}), {
			opened: null,
			screen: null,
			typing: null,
		});
	if (isGone(choosing?.of)) next.choosing = null;
	if (input?.kind === 'line' && isGone(input.of)) next.input = null;
	return next;
}

export function screenChanged(state: SupervisorState, of: string, view: Partial<SessionView>): Step {
	return stay(of === state.opened ? typingSeen({...state, screen: view}) : state);
}

export function ticked(state: SupervisorState, nowMs: number): Step {
	const sinceMs = nowMs - state.lastBellMs;
	if (!state.isLoud || (sinceMs >= 0 && sinceMs < bellAgainMs) || helpsOf(state).open.length === 0) return stay(state);
	return {state: {...state, lastBellMs: nowMs}, effects: [{effect: 'bell', kind: 'call'}]};
}

export function closed(state: SupervisorState, reason: Extract<SupervisorEvent, {type: 'closed'}>['reason']): Step {
	if (reason === 'stopping') return stay(say(state, 'message.stopping', 'warn'));
	return stay(loggedOut(state, {why: {key: `login.${reason}`, args: {}}, tone: reason === 'loggedOff' ? 'good' : 'warn'}));
}

const nameOf = (state: SupervisorState, of: string): string => state.floor.seats.get(of)?.name ?? state.left[of] ?? of;

/** What is said when a request was granted; the floor itself shows the rest. */
function success(state: SupervisorState, request: RequestBody): [TextKey, TextArgs] | undefined {
	switch (request.type) {
		case 'takeHelp':
			return ['sv.took', {name: nameOf(state, request.of)}];
		case 'messageAgent':
			return ['sv.lineSent', {name: nameOf(state, request.of)}];
		case 'setAgentStatus':
			return [request.status === 'loggedOff' ? 'sv.loggedOff' : 'sv.statusSet', {name: nameOf(state, request.of)}];
		case 'callBack':
			return ['sv.calledBack', {number: state.floor.abandoned.get(request.callId)?.number ?? ''}];
		case 'setListStarted':
			return [request.started ? 'sv.startedNow' : 'sv.stoppedNow', {name: state.floor.lists.get(request.listId)?.name ?? ''}];
		case 'setAutoDialStarted': {
			const {campaignId, groupId, started} = request;
			return [started ? 'sv.startedNow' : 'sv.stoppedNow', {name: state.floor.dials.get(`${campaignId}/${groupId}`)?.name ?? ''}];
		}
		default:
			return undefined;
	}
}

export function granted(state: SupervisorState, request: RequestBody | {type: 'login'}, value: unknown): Step {
	if (request.type === 'typeFor') return typingGranted(state, request as Extract<RequestBody, {type: 'typeFor'}>, value);
	const said = request.type === 'login' ? undefined : success(state, request as RequestBody);
	return stay(said ? say(state, said[0], 'good', said[1]) : state);
}

/** Words of our own for what a refusal means to a supervisor. */
function refusalKey(request: {type: string}, {code}: RequestError): TextKey {
	if (request.type === 'supervise' && code === 'callGone') return 'sv.why.notTalking';
	// A seat that is not ours is not on the screen.
	if (request.type === 'supervise' && code === 'notAllowed') return 'sv.why.limit';
	if (request.type === 'typeFor')
		return code === 'callTaken' ? 'sv.refused.typing' : code === 'conflict' ? 'sv.tookBack' : 'sv.refused.field';
	const own = `sv.refused.${code}`;
	if ('of' in request && isTextKey(own)) return own;
	const key = `refused.${code}`;
	return isTextKey(key) ? key : 'refused.internal';
}

export function refused(state: SupervisorState, request: RequestBody | {type: 'login'}, error: RequestError): Step {
	const t = translator(state.lang);
	const args = {status: error.status ? t(`status.${error.status}`) : '', seconds: Math.ceil((error.retryMs ?? 0) / 1000)};
	const told = say(state, refusalKey(request, error), 'bad', args);
	const effects: Effect[] = [{effect: 'bell', kind: 'error'}];
	if (request.type === 'login') {
		const {edits} = state.login;
		const isWrong = error.code === 'badCredentials';
		const password = isWrong ? {text: '', cursor: 0} : edits.password;
		return {state: {...told, login: {edits: {...edits, password}, focus: isWrong ? 1 : 2, isBusy: false, waits: false}}, effects};
	}
	if (request.type === 'watchScreen' && state.opened === (request as {of?: string}).of) {
		return {state: {...told, opened: null, screen: null, typing: null}, effects};
	}
	if (request.type === 'typeFor') return {state: {...told, typing: null}, effects};
	// The view shows that the phone is not there; a supervisor may watch without.
	if (request.type === 'startWork' || request.type === 'unwatchScreen' || request.type === 'stopTyping') return stay(state);
	return {state: told, effects};
}

export function unanswered(state: SupervisorState): Step {
	const freed = {...state, typing: null, login: {...state.login, isBusy: false, waits: false}};
	return stay(say(freed, state.line === 'online' ? 'message.unanswered' : 'sv.why.stale', 'warn'));
}
