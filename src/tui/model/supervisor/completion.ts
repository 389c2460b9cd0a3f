/** What may stand where the cursor of the `:` line is. Pure. */
import {commandTexts} from '../../i18n/supervisor-commands.js';
import {fold} from '../fold.js';
import {abandonedFor, commandNames, commands, diallingFor, isChoice, type Part, seatsFor, splitLine, words} from './commands.js';
import type {SupervisorState} from './state.js';

/** `text`: what is put in; `shown`: what is offered, which may say more. */
export type Candidate = {text: string; shown: string};
/** `from`: where in the line the part begins that a candidate replaces. */
export type Completion = {from: number; candidates: Candidate[]};

const candidatesMax = 40;

const plain = (text: string): Candidate => ({text, shown: text});
const beginning = (all: readonly string[], typed: string): string[] => all.filter(word => fold(word).startsWith(fold(typed)));

function seatCandidates(state: SupervisorState, typed: string): Candidate[] {
	return seatsFor(state, typed).map(({extension, name}) => ({text: extension, shown: `${extension} ${name}`}));
}

/** Commands by their name in the language of the screen; by the other one where only that fits. */
function commandCandidates(state: SupervisorState, typed: string): Candidate[] {
	const other = state.lang === 'ja' ? 'en' : 'ja';
	return commandNames.flatMap(name => {
		const [fitting] = beginning([commandTexts[name][state.lang], commandTexts[name][other]], typed);
		return fitting === undefined ? [] : [plain(fitting)];
	});
}

function partCandidates(state: SupervisorState, part: Part, typed: string): Candidate[] {
	if (isChoice(part)) return beginning(words(part, state.lang), typed).map(plain);
	switch (part) {
		case 'seat':
		case 'seat?':
			return seatCandidates(state, typed);
		case 'dialling':
			return diallingFor(state, typed).map(({row}) => plain(row.name));
		case 'abandoned':
			return abandonedFor(state, typed).map(({number}) => plain(number));
		default:
			return [];
	}
}

/** What fits at the end of the line. */
export function completionOf(state: SupervisorState, text: string): Completion {
	const cut = (from: number, candidates: Candidate[]): Completion => ({from, candidates: candidates.slice(0, candidatesMax)});
	const {command, word} = splitLine(text);
	const start = text.length - text.trimStart().length;
	const isFirst = !/\s/.test(text.trimStart());
	if (isFirst) {
		const found = commandCandidates(state, word);
		return cut(start, found.length > 0 || word === '' ? found : seatCandidates(state, word));
	}
	if (!command) return cut(start, seatCandidates(state, text.trim()));
	// Which part is being typed: a part of one word ends with a blank.
	const {parts} = commands[command];
	let from = start + word.length + (/^\s*/.exec(text.slice(start + word.length))?.[0].length ?? 0);
	for (const part of parts.slice(0, -1)) {
		const end = /\s/.exec(text.slice(from));
		if (!end) return cut(from, partCandidates(state, part, text.slice(from)));
		from += end.index + 1;
	}
	const last = parts.at(-1);
	return last === undefined ? cut(from, []) : cut(from, partCandidates(state, last, text.slice(from)));
}
