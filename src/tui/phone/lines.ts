/** The softphone in lines: a word in, a line out. For screen readers, for scripts, and where there is no terminal. */
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import type {PhoneDesk} from '../../phone/desk.js';
import type {Command, PhoneState} from '../../phone/model.js';
import {safe} from '../format.js';
import type {Lang} from '../i18n/index.js';
import {phoneSay, phoneWord, stateWord} from './texts.js';

/** A line as a command; undefined when it is none. `toggles`: hold, resume and mute are each said once. */
export function commandOf(line: string, state: PhoneState): Command | 'status' | 'help' | 'nothing' | undefined {
	const [word = '', ...rest] = line.trim().split(/\s+/);
	const value = rest.join(' ');
	switch (word.toLowerCase()) {
		case '':
			return 'nothing';
		case 'call':
		case 'dial':
			return {do: 'dial', to: value};
		case 'answer':
			return {do: 'answer'};
		case 'hangup':
			return {do: 'hangUp'};
		case 'hold':
			// Said to a call that is on hold already it must not take it back.
			return state.calls.some(call => call.state === 'talking') ? {do: 'hold'} : 'status';
		case 'resume':
			return state.calls.some(call => call.state === 'talking') ? 'status' : {do: 'hold'};
		case 'mute':
			return state.muted ? 'status' : {do: 'mute'};
		case 'unmute':
			return state.muted ? {do: 'mute'} : 'status';
		case 'keys':
			return {do: 'dtmf', digits: value};
		case 'transfer':
			return {do: 'transfer', to: value};
		case 'status':
		case 'help':
			return word.toLowerCase() as 'status' | 'help';
		case 'quit':
			return {do: 'quit'};
		default:
			return undefined;
	}
}

export class PhoneLines {
	#reader: ReturnType<typeof createInterface> | undefined;

	constructor(private readonly options: {lang: Lang; stdin: Readable; say: (line: string) => void}) {}

	/** Reads commands. The end of the input does not end the telephone: it may run in the background. */
	start(desk: PhoneDesk): void {
		this.options.say(phoneWord(this.options.lang, 'help'));
		this.#reader = createInterface({input: this.options.stdin});
		this.#reader.on('line', line => this.#line(desk, line));
	}

	#line(desk: PhoneDesk, line: string): void {
		const {lang, say} = this.options;
		const command = commandOf(line, desk.state);
		if (command === 'status') for (const each of statusLines(lang, desk)) say(each);
		else if (command === 'help') say(phoneWord(lang, 'help'));
		else if (command === undefined) say(phoneWord(lang, 'unknown', {line: safe(line)}));
		else if (command !== 'nothing') desk.take({type: 'command', command});
	}

	/** Says what is new. */
	changed(before: PhoneState, after: PhoneState): void {
		const {said} = after;
		if (said && said !== before.said) this.options.say(safe(phoneSay(this.options.lang, said.key, said.values)));
	}

	stop(): void {
		this.#reader?.close();
	}
}

export function statusLines(lang: Lang, desk: Pick<PhoneDesk, 'state' | 'levels'>): string[] {
	const {state} = desk;
	const registered = state.registered === undefined ? 'trying' : state.registered ? 'upNow' : 'down';
	const {figures} = desk.levels(20);
	const quality = figures
		? [
				`${phoneWord(lang, 'delay')} ${figures.delayMs} ms, ${phoneWord(lang, 'jitter')} ${figures.networkJitterMs} ms, ${phoneWord(lang, 'loss')} ${figures.lost}`,
			]
		: [];
	return [
		`${state.account}: ${phoneWord(lang, registered)}${state.muted ? `, ${phoneWord(lang, 'muted')}` : ''}`,
		...state.calls.map(call =>
			safe(`${call.direction === 'in' ? '<-' : '->'} ${[call.name, call.number].filter(Boolean).join(' ')} ${stateWord(lang, call.state)}`),
		),
		...quality,
	];
}
