/**
 * Who has answered, by the timing of speech and pauses: a person says a word or two and waits, a machine talks on. Pure, but for
 * the state given.
 */
import type {ActivityRules} from './activity.js';
import {frameMs} from './activity.js';

/** What is a person and what a machine. Times from the answer unless said otherwise. */
export type AnswerRules = ActivityRules & {
	/** Nobody has said anything for so long: `unsure`. */
	initialSilenceMsMax: number;
	/** Shorter sounds are clicks. */
	wordMsMin: number;
	/** A silence of so long parts two words. */
	pauseMs: number;
	/** Whoever has spoken and then waits for so long is a person. */
	afterGreetingMs: number;
	/** Whoever speaks for so long without such a wait is a machine, counted from the first word. */
	greetingMsMax: number;
	/** So many words without such a wait are a machine too; 0: words are not counted. */
	wordsMax: number;
	/** Undecided by then: `unsure`. */
	limitMs: number;
};

/** The point chosen in docs/answering-machines.md. */
export const answerRules: AnswerRules = {
	levelDbm0Min: -46,
	overNoiseDb: 7,
	initialSilenceMsMax: 3000,
	wordMsMin: 100,
	pauseMs: 60,
	afterGreetingMs: 1200,
	greetingMsMax: 5200,
	wordsMax: 0,
	limitMs: 8000,
};

export type AnsweredBy = 'person' | 'machine' | 'unsure';
/** What decided it. `silence`: nothing was said. `limit`: the time was up. `deaf`: the party could not be listened to. */
export type AnswerReason = 'waits' | 'talksOn' | 'words' | 'beep' | 'silence' | 'limit' | 'deaf';
export type Answer = {by: AnsweredBy; because: AnswerReason; afterMs: number; greetingMs: number; words: number};

export type AnswerState = {
	atMs: number;
	/** When the first word began; undefined: nothing has been said yet. */
	firstMs: number | undefined;
	/** End of the last word, or of what may become one. */
	lastMs: number;
	words: number;
	/** The sound that is going on: since when, and how long it has been heard in it. */
	wordFromMs: number | undefined;
	wordMs: number;
};

export const newAnswer = (): AnswerState => ({
	atMs: 0,
	firstMs: undefined,
	lastMs: 0,
	words: 0,
	wordFromMs: undefined,
	wordMs: 0,
});

/** Takes in one frame: whether it was speech, and whether a beep has just ended. The verdict when there is one; it is not asked again. */
export function stepAnswer(state: AnswerState, active: boolean, beep: boolean, rules: AnswerRules): Answer | undefined {
	state.atMs += frameMs;
	if (active) speak(state, rules);
	else if (state.wordFromMs !== undefined && state.atMs - state.lastMs > rules.pauseMs) endWord(state);
	const {atMs, firstMs, lastMs, words} = state;
	const greetingMs = firstMs === undefined ? 0 : lastMs - firstMs;
	const answer = (by: AnsweredBy, because: AnswerReason): Answer => ({by, because, afterMs: atMs, greetingMs, words});
	if (beep) return answer('machine', 'beep');
	if (firstMs === undefined) {
		if (atMs >= rules.initialSilenceMsMax) return answer('unsure', 'silence');
	} else {
		if (greetingMs >= rules.greetingMsMax) return answer('machine', 'talksOn');
		if (rules.wordsMax > 0 && words >= rules.wordsMax) return answer('machine', 'words');
		if (!active && atMs - lastMs >= rules.afterGreetingMs) return answer('person', 'waits');
	}
	return atMs >= rules.limitMs ? answer('unsure', 'limit') : undefined;
}

function speak(state: AnswerState, {wordMsMin}: AnswerRules): void {
	state.wordFromMs ??= state.atMs - frameMs;
	state.wordMs += frameMs;
	const isWord = state.wordMs >= wordMsMin;
	// What is too short to be a word does not put off the end of a wait.
	if (isWord || state.firstMs === undefined) state.lastMs = state.atMs;
	if (!isWord) return;
	state.firstMs ??= state.wordFromMs;
	if (state.wordMs - frameMs < wordMsMin) state.words++;
}

function endWord(state: AnswerState): void {
	state.wordFromMs = undefined;
	state.wordMs = 0;
}
