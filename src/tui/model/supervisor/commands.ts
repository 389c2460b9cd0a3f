/**
 * The commands of the `:` line: what each is called in both languages, what follows it, and what a typed line means. Whatever a key
 * does has a command, and some things have only a command. Both languages are understood whichever is shown. Pure.
 */
import type {FloorDial, FloorList, FloorSeat} from '../../../server/api/floor.js';
import type {AbandonedRow} from '../../../server/api/views.js';
import type {Lang, TextArgs, TextKey} from '../../i18n/index.js';
import {commandTexts, wordTexts} from '../../i18n/supervisor-commands.js';
import {fold} from '../fold.js';
import type {Action} from './keys.js';
import {densities, orders, type SupervisorState, statusChoices, tabs} from './state.js';

/** What may follow a command. `seat?`: of the chosen one where none is named. `rest`: everything up to the end. */
export type Part = 'seat' | 'seat?' | 'status' | 'order' | 'density' | 'tab' | 'onOff?' | 'dialling' | 'abandoned' | 'rest' | 'rest?';
export type CommandName = keyof typeof commandTexts;

/** `does`: the action that a key has for it too. `whole`: nothing shorter than the whole word will do, for it cannot be undone. */
export const commands: Readonly<Record<CommandName, {parts: readonly Part[]; does?: Action; whole?: true}>> = {
	take: {parts: ['seat?'], does: 'take'},
	seat: {parts: ['seat']},
	open: {parts: ['seat?'], does: 'open'},
	listen: {parts: ['seat?'], does: 'listen'},
	whisper: {parts: ['seat?'], does: 'whisper'},
	join: {parts: ['seat?'], does: 'barge'},
	takeover: {parts: ['seat?'], does: 'takeOver', whole: true},
	leave: {parts: [], does: 'stop'},
	text: {parts: ['seat?', 'rest'], does: 'line'},
	type: {parts: [], does: 'type'},
	status: {parts: ['status', 'seat?'], does: 'status'},
	logoff: {parts: ['seat'], whole: true},
	filter: {parts: ['rest?'], does: 'filter'},
	sort: {parts: ['order'], does: 'order'},
	size: {parts: ['density'], does: 'density'},
	office: {parts: [], does: 'office'},
	show: {parts: ['tab'], does: 'tab'},
	start: {parts: ['dialling']},
	stop: {parts: ['dialling']},
	callback: {parts: ['abandoned']},
	sound: {parts: ['onOff?'], does: 'blink'},
	hangup: {parts: [], does: 'hangUp'},
	keys: {parts: [], does: 'help'},
	close: {parts: [], does: 'leave'},
	quit: {parts: [], does: 'logOff', whole: true},
};
export const commandNames = Object.keys(commands) as CommandName[];

const choices = {status: statusChoices, order: orders, density: densities, tab: tabs, 'onOff?': ['on', 'off']} as const;

/** What a line means once it is complete, or what is wrong with it. */
export type Meant = {
	command: CommandName;
	seat?: FloorSeat;
	/** A word of `choices`. */
	value?: string;
	dialling?: {kind: 'list'; row: FloorList} | {kind: 'dial'; row: FloorDial};
	abandoned?: AbandonedRow;
	rest?: string;
};
export type Understood = {ok: true; meant: Meant} | {ok: false; key: TextKey; args: TextArgs; command?: CommandName};

const no = (key: TextKey, args: TextArgs = {}, command?: CommandName): Understood => ({ok: false, key, args, ...(command && {command})});

type Named<T> = {value: T; names: readonly string[]; whole?: true | undefined};

/** The one that is called so, or the only one that begins so. */
function called<T>(all: ReadonlyArray<Named<T>>, typed: string): T | undefined {
	const wanted = fold(typed);
	const exact = all.find(({names}) => names.some(name => fold(name) === wanted));
	if (exact) return exact.value;
	const begun = all.filter(({names, whole}) => !whole && names.some(name => fold(name).startsWith(wanted)));
	return begun.length === 1 ? begun[0]!.value : undefined;
}

const namesOf = ({ja, en}: Record<Lang, string>): readonly string[] => [en, ja];
const namedCommands = commandNames.map(
	(value): Named<CommandName> => ({value, names: namesOf(commandTexts[value]), whole: commands[value].whole}),
);
const wordOf = (part: keyof typeof choices): Array<Named<string>> =>
	choices[part].map(value => ({value, names: namesOf(wordTexts[value])}));

/** Seats that a word may mean: the extension, or a part of the name; a whole extension or name alone. */
export function seatsFor({floor}: Pick<SupervisorState, 'floor'>, typed: string): FloorSeat[] {
	const wanted = fold(typed).replace(/\s/g, '');
	const seats = [...floor.seats.values()];
	const nameOf = ({name}: FloorSeat): string => fold(name).replace(/\s/g, '');
	const exact = seats.filter(seat => seat.extension === wanted || nameOf(seat) === wanted);
	if (exact.length > 0) return exact;
	const found = seats.filter(seat => seat.extension.startsWith(wanted) || nameOf(seat).includes(wanted));
	return found.sort((a, b) => (a.extension < b.extension ? -1 : 1));
}

/** Lists and auto-dials that a text may mean. */
export function diallingFor({floor}: Pick<SupervisorState, 'floor'>, typed: string): Array<NonNullable<Meant['dialling']>> {
	const all: Array<NonNullable<Meant['dialling']>> = [
		...[...floor.dials.values()].map(row => ({kind: 'dial' as const, row})),
		...[...floor.lists.values()].map(row => ({kind: 'list' as const, row})),
	];
	const wanted = fold(typed);
	const exact = all.filter(({row}) => fold(row.name) === wanted);
	return exact.length > 0 ? exact : all.filter(({row}) => fold(row.name).includes(wanted));
}

/** Abandoned calls whose number ends so. */
export const abandonedFor = ({floor}: Pick<SupervisorState, 'floor'>, typed: string): AbandonedRow[] =>
	[...floor.abandoned.values()]
		.filter(({number}) => number !== '' && number.endsWith(typed.replace(/\D/g, '')))
		.sort((a, b) => b.atMs - a.atMs);

/** The command that a line begins with, and what follows. A line that begins with none names a seat. */
export function splitLine(text: string): {command?: CommandName; word: string; rest: string} {
	const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(text) ?? [];
	const command = word === '' ? undefined : called(namedCommands, word);
	return {...(command && {command}), word, rest: rest.trimEnd()};
}

const shownSeats = (seats: readonly FloorSeat[]): string =>
	seats
		.slice(0, 4)
		.map(({extension, name}) => `${extension} ${name}`)
		.join(', ');

function oneSeat(state: SupervisorState, typed: string): FloorSeat | Understood {
	const found = seatsFor(state, typed);
	if (found.length === 1) return found[0]!;
	return found.length === 0 ? no('sv.cmd.noSeat', {text: typed}) : no('sv.cmd.manySeats', {text: typed, seats: shownSeats(found)});
}

const listNames = (found: ReadonlyArray<NonNullable<Meant['dialling']>>): string =>
	found
		.slice(0, 4)
		.map(({row}) => row.name)
		.join(', ');

/** What a line means. */
export function understand(state: SupervisorState, text: string): Understood {
	const {command, word, rest} = splitLine(text);
	if (word === '') return no('sv.cmd.what');
	if (!command) {
		const seat = oneSeat(state, text.trim());
		if (!('ok' in seat)) return {ok: true, meant: {command: 'seat', seat}};
		return seatsFor(state, text.trim()).length > 1 ? seat : no('sv.cmd.unknown', {text: word});
	}
	const meant: Meant = {command};
	let left = rest;
	const word1 = (): string => {
		const [, first = '', others = ''] = /^(\S*)\s*(.*)$/s.exec(left) ?? [];
		left = others;
		return first;
	};
	const {parts} = commands[command];
	for (const [at, part] of parts.entries()) {
		const wrong = partOf(state, {
			meant,
			part,
			isLast: at === parts.length - 1,
			word: word1,
			rest: () => left,
			setRest: value => (left = value),
		});
		if (wrong) return {...wrong, command};
	}
	return left === '' ? {ok: true, meant} : no('sv.cmd.tooMuch', {text: left}, command);
}

type Reading = {meant: Meant; part: Part; isLast: boolean; word: () => string; rest: () => string; setRest: (value: string) => void};

/** Reads one part of a line into `meant`; what is wrong with it otherwise. */
function partOf(state: SupervisorState, {meant, part, isLast, word, rest, setRest}: Reading): Extract<Understood, {ok: false}> | undefined {
	const wrong = (key: TextKey, args: TextArgs = {}) => no(key, args) as Extract<Understood, {ok: false}>;
	switch (part) {
		case 'seat':
		case 'seat?': {
			if (rest() === '') return part === 'seat' ? wrong('sv.cmd.whichSeat') : undefined;
			if (!isLast) {
				// Before a text only what is a whole extension or name is a seat: the rest is for the chosen one.
				const [first = ''] = rest().split(/\s/);
				const whole = seatsFor(state, first).filter(({extension, name}) => [extension, name].some(known => fold(known) === fold(first)));
				if (whole.length === 1) {
					word();
					meant.seat = whole[0]!;
				}
				return undefined;
			}
			// A name may have a blank in it.
			const seat = oneSeat(state, rest());
			setRest('');
			if ('ok' in seat) return seat as Extract<Understood, {ok: false}>;
			meant.seat = seat;
			return undefined;
		}
		case 'status':
		case 'order':
		case 'density':
		case 'tab':
		case 'onOff?': {
			const typed = word();
			if (typed === '' && part === 'onOff?') return undefined;
			const value = typed === '' ? undefined : called(wordOf(part), typed);
			if (value === undefined) return wrong('sv.cmd.whichWord', {words: words(part, state.lang).join(', ')});
			meant.value = value;
			return undefined;
		}
		case 'dialling': {
			const found = diallingFor(state, rest());
			if (rest() === '') return wrong('sv.cmd.whichWord', {words: listNames(found)});
			if (found.length !== 1)
				return wrong(found.length === 0 ? 'sv.cmd.noList' : 'sv.cmd.manyLists', {
					text: rest(),
					lists: listNames(found),
				});
			meant.dialling = found[0]!;
			setRest('');
			return undefined;
		}
		case 'abandoned': {
			const [found] = rest() === '' ? [] : abandonedFor(state, rest());
			if (!found) return wrong('sv.cmd.noAbandoned', {text: rest()});
			meant.abandoned = found;
			setRest('');
			return undefined;
		}
		case 'rest':
		case 'rest?':
			if (rest() === '' && part === 'rest') return wrong('sv.cmd.whatText');
			meant.rest = rest();
			setRest('');
			return undefined;
	}
}

/** The words that may stand for a part, as they are shown. */
export const words = (part: keyof typeof choices, lang: Lang): string[] => choices[part].map(value => wordTexts[value][lang]);
export const isChoice = (part: Part): part is keyof typeof choices => part in choices;
