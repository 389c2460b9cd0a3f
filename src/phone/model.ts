/**
 * The softphone's state machine: what a key, a line or a call's event makes of it. Pure. One call is talked on at a time: whoever
 * answers, dials or takes a call back puts the others on hold first, and the next thing is done when they have agreed.
 */
export type PhoneCallState = 'calling' | 'ringing' | 'offered' | 'talking' | 'holding' | 'held' | 'resuming';
export type CallView = {
	id: number;
	direction: 'in' | 'out';
	number: string;
	name?: string;
	/** `holding`, `resuming`: we have asked for it and wait. */
	state: PhoneCallState;
	/** The far side holds us. */
	farHold: boolean;
	sinceMs: number;
	/** What was pressed. */
	digits: string;
};
export type Side = 'microphone' | 'loudspeaker';
export type SideView = {program: string; state: 'on' | 'off' | 'lost' | 'idle'; reason?: string};
/** Something that was just said to the person. `key` of the texts, with what goes into it. */
export type Said = {key: SayKey; values: Record<string, string>; tone: 'plain' | 'good' | 'warn' | 'bad'};
export type SayKey =
	| 'registered'
	| 'notRegistered'
	| 'dialling'
	| 'incoming'
	| 'up'
	| 'over'
	| 'refused'
	| 'held'
	| 'resumed'
	| 'holdRefused'
	| 'farHold'
	| 'farResumed'
	| 'muted'
	| 'unmuted'
	| 'pressed'
	| 'heardKey'
	| 'transferring'
	| 'transferred'
	| 'transferRefused'
	| 'soundOn'
	| 'soundLost'
	| 'soundOff'
	| 'noCall'
	| 'noNumber'
	| 'badNumber'
	| 'badDigits'
	| 'tooMany';

export type PhoneState = {
	account: string;
	registered: boolean | undefined;
	reason: string;
	calls: readonly CallView[];
	muted: boolean;
	microphone: SideView;
	loudspeaker: SideView;
	said: Said | undefined;
	/** What waits until no call is talked on any more. */
	next: {do: 'dial'; to: string} | {do: 'answer' | 'resume'; id: number} | undefined;
};

export type Command =
	| {do: 'dial'; to: string}
	| {do: 'answer' | 'hangUp' | 'hold' | 'mute' | 'quit'}
	| {do: 'dtmf'; digits: string}
	| {do: 'transfer'; to: string};

export type PhoneEvent =
	| {type: 'command'; command: Command}
	| {type: 'registered'; registered: boolean; reason: string}
	| {type: 'placed'; id: number; to: string}
	| {type: 'arrived'; id: number; number: string; name?: string; answerAfterS?: number}
	| {type: 'ringing' | 'up'; id: number}
	| {type: 'farHold'; id: number; held: boolean}
	| {type: 'holdDone'; id: number; held: boolean; refused?: string}
	| {type: 'transferDone'; id: number; refused?: string}
	| {type: 'dtmf'; id: number; digit: string}
	| {type: 'over'; id: number; by: 'us' | 'far' | 'network'; status?: number; detail?: string}
	| {type: 'sound'; side: Side; program: string; state: 'on' | 'off' | 'lost'; reason?: string};

export type PhoneEffect =
	| {effect: 'dial'; to: string}
	| {effect: 'answer' | 'hangUp' | 'decline'; id: number}
	| {effect: 'answerLater'; id: number; afterMs: number}
	| {effect: 'hold'; id: number; held: boolean}
	| {effect: 'dtmf'; id: number; digits: string}
	| {effect: 'transfer'; id: number; to: string}
	| {effect: 'quit'};

export type Stepped = {state: PhoneState; effects: PhoneEffect[]};
export type Rules = {
	/** Answers every call at once, as a headset does. Without it only calls that ask for it. */
	answerAll: boolean;
	/** Does what asks to be answered by itself get it? */
	answerAsked: boolean;
};

const callsMax = 4;

export const initialPhone = (account: string): PhoneState => ({
	account,
	registered: undefined,
	reason: '',
	calls: [],
	muted: false,
	microphone: {program: '', state: 'idle'},
	loudspeaker: {program: '', state: 'idle'},
	said: undefined,
	next: undefined,
});

/** The call whose sound is heard: the one talked on, else one that is being called. */
export const heardCall = ({calls}: PhoneState): CallView | undefined =>
	calls.find(({state}) => state === 'talking') ?? calls.find(({state}) => state === 'calling' || state === 'ringing');
const offeredCall = ({calls}: PhoneState): CallView | undefined => calls.find(({state}) => state === 'offered');
const heldCall = ({calls}: PhoneState): CallView | undefined => calls.findLast(({state}) => state === 'held');

const say = (state: PhoneState, key: SayKey, tone: Said['tone'] = 'plain', values: Record<string, string> = {}): PhoneState => ({
	...state,
	said: {key, values, tone},
});
const only = (state: PhoneState): Stepped => ({state, effects: []});
const refuse = (state: PhoneState, key: SayKey, values?: Record<string, string>): Stepped => only(say(state, key, 'warn', values));

function changed(state: PhoneState, id: number, change: Partial<CallView>): PhoneState {
	return {...state, calls: state.calls.map(call => (call.id === id ? {...call, ...change} : call))};
}

/** A number, or a SIP address; blanks, hyphens and brackets that people write are left out. */
export function dialled(text: string): string | undefined {
	const trimmed = text.trim();
	if (/^sips?:[^\s@<>]+@[^\s@<>]+$|^sips?:[^\s@<>]+$/i.test(trimmed)) return trimmed;
	const number = trimmed.normalize('NFKC').replace(/[\s()./‐‑–—−ー-]/g, '');
	return /^\+?[0-9*#A-Za-z_]{1,40}$/.test(number) ? number : undefined;
}

export function phoneStep(state: PhoneState, event: PhoneEvent, nowMs: number, rules: Rules): Stepped {
	switch (event.type) {
		case 'command':
			return commanded(state, event.command);
		case 'registered': {
			if (state.registered === event.registered && state.reason === event.reason) return only(state);
			const next = {...state, registered: event.registered, reason: event.reason};
			return only(
				event.registered
					? say(next, 'registered', 'good', {account: state.account})
					: say(next, 'notRegistered', 'bad', {reason: event.reason}),
			);
		}
		case 'placed': {
			const call: CallView = {
				id: event.id,
				direction: 'out',
				number: event.to,
				state: 'calling',
				farHold: false,
				sinceMs: nowMs,
				digits: '',
			};
			return only(say({...state, calls: [...state.calls, call]}, 'dialling', 'plain', {number: event.to}));
		}
		case 'arrived':
			return arrived(state, event, nowMs, rules);
		case 'ringing':
			return only(changed(state, event.id, {state: 'ringing'}));
		case 'up':
			return only(say(changed(state, event.id, {state: 'talking', sinceMs: nowMs}), 'up', 'good', named(state, event.id)));
		case 'farHold':
			return only(
				say(changed(state, event.id, {farHold: event.held}), event.held ? 'farHold' : 'farResumed', 'plain', named(state, event.id)),
			);
		case 'holdDone':
			return holdDone(state, event);
		case 'transferDone':
			return only(
				event.refused === undefined ? say(state, 'transferred', 'good') : say(state, 'transferRefused', 'bad', {reason: event.refused}),
			);
		case 'dtmf':
			return only(say(state, 'heardKey', 'plain', {digit: event.digit}));
		case 'over':
			return over(state, event);
		case 'sound':
			return sound(state, event);
	}
}

const named = (state: PhoneState, id: number): Record<string, string> => {
	const call = state.calls.find(each => each.id === id);
	return {number: call ? [call.name, call.number].filter(Boolean).join(' ') : ''};
};

function commanded(state: PhoneState, command: Command): Stepped {
	const talking = state.calls.find(({state: each}) => each === 'talking');
	switch (command.do) {
		case 'dial': {
			const to = dialled(command.to);
			if (to === undefined) return refuse(state, command.to.trim() === '' ? 'noNumber' : 'badNumber', {number: command.to});
			if (state.calls.length >= callsMax) return refuse(state, 'tooMany');
			return alone(state, {do: 'dial', to});
		}
		case 'answer': {
			const call = offeredCall(state);
			return call ? alone(state, {do: 'answer', id: call.id}) : refuse(state, 'noCall');
		}
		case 'hangUp': {
			const call = heardCall(state) ?? offeredCall(state) ?? heldCall(state);
			if (!call) return refuse(state, 'noCall');
			return {state: {...state, next: undefined}, effects: [{effect: call.state === 'offered' ? 'decline' : 'hangUp', id: call.id}]};
		}
		case 'hold': {
			if (talking) return {state: changed(state, talking.id, {state: 'holding'}), effects: [{effect: 'hold', id: talking.id, held: true}]};
			const call = heldCall(state);
			return call ? alone(state, {do: 'resume', id: call.id}) : refuse(state, 'noCall');
		}
		case 'mute':
			return only(say({...state, muted: !state.muted}, state.muted ? 'unmuted' : 'muted', state.muted ? 'plain' : 'warn'));
		case 'dtmf': {
			if (!/^[0-9*#A-D]{1,40}$/i.test(command.digits)) return refuse(state, 'badDigits', {digits: command.digits});
			if (!talking) return refuse(state, 'noCall');
			const digits = command.digits.toUpperCase();
			const next = changed(state, talking.id, {digits: (talking.digits + digits).slice(-20)});
			return {state: say(next, 'pressed', 'plain', {digits}), effects: [{effect: 'dtmf', id: talking.id, digits}]};
		}
		case 'transfer': {
			const to = dialled(command.to);
			const call = talking ?? heldCall(state);
			if (!call) return refuse(state, 'noCall');
			if (to === undefined) return refuse(state, 'badNumber', {number: command.to});
			return {state: say(state, 'transferring', 'plain', {number: to}), effects: [{effect: 'transfer', id: call.id, to}]};
		}
		case 'quit':
			return {state, effects: [{effect: 'quit'}]};
	}
}

/** Does it at once when nobody is talked to, else when they are on hold. */
function alone(state: PhoneState, next: NonNullable<PhoneState['next']>): Stepped {
	const busy = state.calls.filter(({state: each}) => each === 'talking');
	const waiting = busy.length > 0 || state.calls.some(({state: each}) => each === 'holding' || each === 'resuming');
	if (!waiting) return doNext({...state, next});
	const held = busy.reduce((all, {id}) => changed(all, id, {state: 'holding'}), state);
	return {state: {...held, next}, effects: busy.map(({id}): PhoneEffect => ({effect: 'hold', id, held: true}))};
}

function doNext(state: PhoneState): Stepped {
	const {next} = state;
	if (!next || state.calls.some(({state: each}) => each === 'talking' || each === 'holding' || each === 'resuming')) return only(state);
	const free = {...state, next: undefined};
	if (next.do === 'dial') return {state: free, effects: [{effect: 'dial', to: next.to}]};
	const call = state.calls.find(({id}) => id === next.id);
	if (!call) return only(free);
	if (next.do === 'answer') return {state: free, effects: [{effect: 'answer', id: next.id}]};
	return {state: changed(free, next.id, {state: 'resuming'}), effects: [{effect: 'hold', id: next.id, held: false}]};
}

function arrived(state: PhoneState, event: Extract<PhoneEvent, {type: 'arrived'}>, nowMs: number, rules: Rules): Stepped {
	const {id, number, name, answerAfterS} = event;
	const call: CallView = {
		id,
		direction: 'in',
		number,
		...(name !== undefined && {name}),
		state: 'offered',
		farHold: false,
		sinceMs: nowMs,
		digits: '',
	};
	const next = say({...state, calls: [...state.calls, call]}, 'incoming', 'good', {number: [name, number].filter(Boolean).join(' ')});
	const isBusy = state.calls.some(({state: each}) => each !== 'held');
	// Nobody is cut off, or put on hold, by a call that answers itself.
	if (isBusy) return only(next);
	if (rules.answerAll) return {state: next, effects: [{effect: 'answer', id}]};
	if (answerAfterS === undefined || !rules.answerAsked) return only(next);
	return {state: next, effects: [answerAfterS === 0 ? {effect: 'answer', id} : {effect: 'answerLater', id, afterMs: answerAfterS * 1000}]};
}

function holdDone(state: PhoneState, {id, held, refused}: Extract<PhoneEvent, {type: 'holdDone'}>): Stepped {
	const call = state.calls.find(each => each.id === id);
	if (!call) return only(state);
	if (refused !== undefined) {
		const back = changed({...state, next: undefined}, id, {state: held ? 'talking' : 'held'});
		return only(say(back, 'holdRefused', 'bad', {reason: refused}));
	}
	return doNext(say(changed(state, id, {state: held ? 'held' : 'talking'}), held ? 'held' : 'resumed', 'plain', named(state, id)));
}

function over(state: PhoneState, {id, by, status, detail}: Extract<PhoneEvent, {type: 'over'}>): Stepped {
	const call = state.calls.find(each => each.id === id);
	if (!call) return only(state);
	const reason = [status, detail].filter(part => part !== undefined && part !== '').join(' ');
	const wasRefused = by !== 'us' && call.direction === 'out' && (call.state === 'calling' || call.state === 'ringing');
	const values = {...named(state, id), reason};
	const next = {...state, calls: state.calls.filter(each => each.id !== id)};
	const told = wasRefused ? say(next, 'refused', 'bad', values) : say(next, 'over', by === 'network' ? 'bad' : 'plain', values);
	return doNext(told);
}

function sound(state: PhoneState, {side, program, state: is, reason}: Extract<PhoneEvent, {type: 'sound'}>): Stepped {
	const before = state[side];
	const view: SideView = {program, state: is, ...(reason !== undefined && {reason})};
	const next = {...state, [side]: view};
	// The same trouble is said once, however often the program is started again.
	if (before.state === is && before.reason === reason) return only(next);
	const values = {side, program, reason: reason ?? ''};
	if (is === 'lost') return only(say(next, 'soundLost', 'bad', values));
	if (is === 'off') return only(say(next, 'soundOff', 'warn', values));
	return only(before.state === 'lost' ? say(next, 'soundOn', 'good', values) : next);
}
