/** Drawing an office layout: places in a grid, a cursor, and every change to be taken back. Pure. */
import {labelMax, officeColumnsMax, officeRowsMax, type Place, placesOf, rowOf} from '../../server/domain/office.js';
import {type Edit, emptyEdit} from '../tty/edit.js';
import type {KeyEvent} from '../tty/keys.js';
import type {Size} from './layout.js';
import {lineEdited} from './line-keys.js';

type Plan = ReadonlyArray<readonly Place[]>;

export type OfficeText =
	| 'saved'
	| 'saving'
	| 'unsaved'
	| 'noSuchSeat'
	| 'placedAlready'
	| 'allPlaced'
	| 'nothingHere'
	| 'nothingToUndo'
	| 'nothingToRedo'
	| 'full'
	| 'twiceQuit'
	| 'putDownFirst';

export type OfficeState = {
	id: string;
	name: string;
	size: Size;
	/** Extensions there are. */
	known: readonly string[];
	plan: Plan;
	/** As it is in the service, and under which version. */
	saved: string;
	version: string | undefined;
	isSaving: boolean;
	x: number;
	y: number;
	/** Taken up, and from where. */
	held: {place: NonNullable<Place>; x: number; y: number} | null;
	input: {kind: 'seat' | 'label'; edit: Edit} | null;
	undo: readonly Plan[];
	redo: readonly Plan[];
	/** A text of ours, or a sentence of the service. */
	message: {text: OfficeText; given?: string; tone: 'good' | 'warn' | 'bad'} | {said: string} | null;
	armed: boolean;
};

export type OfficeEvent =
	| {type: 'key'; key: KeyEvent}
	| {type: 'resize'; size: Size}
	| {type: 'saved'; version: string; rows: readonly string[]}
	| {type: 'refused'; said: string};
export type OfficeEffect = {effect: 'save'; rows: string[]; version: string | undefined} | {effect: 'exit'};
export type OfficeStep = {state: OfficeState; effects: OfficeEffect[]};

const undoMax = 500;

export const rowsOf = (plan: Plan): string[] => {
	const rows = plan.map(rowOf);
	while (rows.at(-1) === '.') rows.pop();
	return rows;
};
const written = (plan: Plan): string => JSON.stringify(rowsOf(plan));

export function initialOffice(
	of: Pick<OfficeState, 'id' | 'name' | 'size' | 'known' | 'version'> & {rows: readonly string[]},
): OfficeState {
	const {rows, ...rest} = of;
	const plan = rows.map(placesOf);
	return {
		...rest,
		plan,
		saved: written(plan),
		isSaving: false,
		x: 0,
		y: 0,
		held: null,
		input: null,
		undo: [],
		redo: [],
		message: null,
		armed: false,
	};
}

export const placeAt = ({plan}: Pick<OfficeState, 'plan'>, x: number, y: number): Place => plan[y]?.[x] ?? null;
export const isDirty = (state: OfficeState): boolean => written(state.plan) !== state.saved;

/** Extensions that have no seat yet. */
export function unplaced({plan, known}: Pick<OfficeState, 'plan' | 'known'>): string[] {
	const placed = new Set(plan.flatMap(row => row.flatMap(place => (place && 'seat' in place ? [place.seat] : []))));
	return known.filter(extension => !placed.has(extension));
}

const stay = (state: OfficeState): OfficeStep => ({state, effects: []});
const say = (state: OfficeState, text: OfficeText, tone: 'good' | 'warn' | 'bad' = 'warn', given?: string): OfficeStep =>
	stay({...state, message: {text, tone, ...(given !== undefined && {given})}});

export function officeStep(state: OfficeState, event: OfficeEvent): OfficeStep {
	switch (event.type) {
		case 'resize':
			return stay({...state, size: event.size});
		case 'saved':
			return say({...state, isSaving: false, saved: JSON.stringify(event.rows), version: event.version}, 'saved', 'good');
		case 'refused':
			return stay({...state, isSaving: false, message: {said: event.said}});
		case 'key':
			return pressed({...state, message: null, armed: false}, event.key, state.armed);
	}
}

const moves: Readonly<Record<string, readonly [number, number]>> = {up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0]};

function nameOf(key: KeyEvent): string {
	if (key.type === 'text') return key.text.normalize('NFKC');
	if (key.type !== 'key' && key.type !== 'char') return '';
	return `${key.ctrl ? 'C-' : ''}${key.type === 'key' ? key.name : key.char}`;
}

function pressed(state: OfficeState, key: KeyEvent, wasArmed: boolean): OfficeStep {
	if (state.input) return typed(state, key);
	const name = nameOf(key);
	const move = moves[name];
	if (move) return stay(movedTo(state, state.x + move[0], state.y + move[1]));
	if (/^\d+$/.test(name)) return stay({...state, input: {kind: 'seat', edit: {text: name, cursor: name.length}}});
	switch (name) {
		case 'home':
			return stay(movedTo(state, 0, state.y));
		case 'end':
			return stay(movedTo(state, Math.max(0, (state.plan[state.y]?.length ?? 1) - 1), state.y));
		case 'n':
			return next(state);
		case 't':
			return stay({...state, input: {kind: 'label', edit: emptyEdit}});
		case ' ':
		case 'm':
		case 'enter':
			return takeUpOrDown(state);
		case 'x':
		case 'delete':
		case 'backspace':
			return placeAt(state, state.x, state.y) ? stay(changed(state, put(state.plan, state.x, state.y, null))) : say(state, 'nothingHere');
		case 'i':
		case 'I':
		case 'd':
		case 'D':
			return lines(state, name);
		case 'u':
		case 'C-z':
			return back(state);
		case 'r':
		case 'C-y':
			return again(state);
		case 's':
		case 'f12':
		case 'C-s':
			return save(state);
		case 'q':
		case 'f11':
		case 'C-c':
		case 'escape':
			return leave(state, wasArmed);
		default:
			return stay(state);
	}
}

const movedTo = (state: OfficeState, x: number, y: number): OfficeState => ({
	...state,
	x: Math.max(0, Math.min(officeColumnsMax - 1, x)),
	y: Math.max(0, Math.min(officeRowsMax - 1, y)),
});

/** The plan with this at a place; it grows as far as it must. */
function put(plan: Plan, x: number, y: number, place: Place): Plan {
	const rows = plan.map(row => [...row]);
	while (rows.length <= y) rows.push([]);
	const row = rows[y]!;
	while (row.length <= x) row.push(null);
	row[x] = place;
	return rows;
}

/** A change that can be taken back. */
const changed = (state: OfficeState, plan: Plan): OfficeState => ({
	...state,
	plan,
	undo: [...state.undo, state.plan].slice(-undoMax),
	redo: [],
});

function typed(state: OfficeState, key: KeyEvent): OfficeStep {
	const {kind, edit} = state.input!;
	const name = nameOf(key);
	if (key.type !== 'text' && name === 'escape') return stay({...state, input: null});
	if (key.type !== 'text' && name === 'enter') return entered({...state, input: null}, kind, edit.text.normalize('NFKC').trim());
	return stay({...state, input: {kind, edit: lineEdited(edit, key)}});
}

function entered(state: OfficeState, kind: 'seat' | 'label', text: string): OfficeStep {
	if (text === '') return stay(state);
	if (kind === 'label') {
		// A blank parts places, and digits or a dot alone would be something else.
		const word = [...text.replace(/\s+/g, '_')].slice(0, labelMax).join('');
		const label = /^(?:\d+|\.)$/.test(word) ? `(${word})` : word;
		return stay(changed(state, put(state.plan, state.x, state.y, {label})));
	}
	if (!state.known.includes(text)) return say(state, 'noSuchSeat', 'bad', text);
	if (!unplaced(state).includes(text)) {
		const here = placeAt(state, state.x, state.y);
		if (here && 'seat' in here && here.seat === text) return stay(state);
		return say(state, 'placedAlready', 'bad', text);
	}
	return stay(movedTo(changed(state, put(state.plan, state.x, state.y, {seat: text})), state.x + 1, state.y));
}

/** The next extension without a seat stands here; the cursor goes on, over what is there already. */
function next(state: OfficeState): OfficeStep {
	const [seat] = unplaced(state);
	if (seat === undefined) return say(state, 'allPlaced', 'good');
	let {x} = state;
	while (x < officeColumnsMax && placeAt(state, x, state.y)) x++;
	if (x >= officeColumnsMax) return say(state, 'full');
	return stay(movedTo(changed(state, put(state.plan, x, state.y, {seat})), x + 1, state.y));
}

/** Takes up what is here, or puts down what was taken up; what is here goes where that came from. */
function takeUpOrDown(state: OfficeState): OfficeStep {
	const {held, x, y} = state;
	const here = placeAt(state, x, y);
	if (!held) return here ? stay({...state, held: {place: here, x, y}}) : say(state, 'nothingHere');
	const plan = put(put(state.plan, held.x, held.y, here), x, y, held.place);
	return stay({...(held.x === x && held.y === y ? state : changed(state, plan)), held: null});
}

/** Whole rows and columns come and go. */
function lines(state: OfficeState, name: 'i' | 'I' | 'd' | 'D'): OfficeStep {
	const {plan, x, y} = state;
	if (state.held) return say(state, 'putDownFirst');
	if (name === 'i') {
		if (plan.length >= officeRowsMax) return say(state, 'full');
		return y >= plan.length ? stay(state) : stay(changed(state, [...plan.slice(0, y), [], ...plan.slice(y)]));
	}
	if (name === 'd')
		return y >= plan.length
			? say(state, 'nothingHere')
			: stay(
					changed(
						state,
						plan.filter((_, at) => at !== y),
					),
				);
	if (name === 'I') {
		if (plan.some(row => row.length >= officeColumnsMax)) return say(state, 'full');
		return stay(
			changed(
				state,
				plan.map(row => (x < row.length ? [...row.slice(0, x), null, ...row.slice(x)] : row)),
			),
		);
	}
	return stay(
		changed(
			state,
			plan.map(row => row.filter((_, at) => at !== x)),
		),
	);
}

function back(state: OfficeState): OfficeStep {
	const plan = state.undo.at(-1);
	if (!plan) return say(state, 'nothingToUndo');
	return stay({...state, plan, held: null, undo: state.undo.slice(0, -1), redo: [...state.redo, state.plan]});
}

function again(state: OfficeState): OfficeStep {
	const plan = state.redo.at(-1);
	if (!plan) return say(state, 'nothingToRedo');
	return stay({...state, plan, held: null, redo: state.redo.slice(0, -1), undo: [...state.undo, state.plan]});
}

function save(state: OfficeState): OfficeStep {
	if (state.isSaving) return stay(state);
	if (!isDirty(state) && state.version !== undefined) return say(state, 'saved', 'good');
	return {
		state: {...state, isSaving: true, message: {text: 'saving', tone: 'good'}},
		effects: [{effect: 'save', rows: rowsOf(state.plan), version: state.version}],
	};
}

/** What is not saved is asked about once. */
function leave(state: OfficeState, wasArmed: boolean): OfficeStep {
	if (state.held) return stay({...state, held: null});
	if (!isDirty(state) || wasArmed) return {state, effects: [{effect: 'exit'}]};
	return stay({...state, armed: true, message: {text: 'twiceQuit', tone: 'warn'}});
}
