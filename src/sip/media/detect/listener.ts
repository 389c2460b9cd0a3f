/**
 * What is listened for in what one party says: who has answered, or the beep after which a machine records. One state for both, so
 * that a beep that has begun while the first was asked is known to the second. Samples come in as they are received, in any length.
 */
import {type Activity, frameMs, frameSamples, newActivity, stepActivity} from './activity.js';
import {type Answer, type AnswerRules, type AnswerState, newAnswer, stepAnswer} from './answer.js';
import {type BeepRules, type BeepState, beepRules, newBeep, stepBeep} from './beep.js';

export type BeepWait = BeepRules & {
	/** Silence after which a machine records even without a beep. */
	quietMs: number;
	/** Neither by then: `none`. */
	limitMs: number;
};
export const beepWait: BeepWait = {...beepRules, quietMs: 3000, limitMs: 30_000};
/** `quiet`: no beep, but the greeting is over. */
export type BeepFound = {found: 'beep' | 'quiet' | 'none'; afterMs: number; frequencyHz?: number; durationMs?: number};

export type Question = {ask: 'machine'; rules: AnswerRules; beep: BeepRules} | {ask: 'beep'; rules: BeepWait};
export type Finding = ({ask: 'machine'} & Answer) | ({ask: 'beep'} & BeepFound);

/** Plain data: it may move to another thread. */
export type Listener = {
	question: Question | undefined;
	activity: Activity;
	beep: BeepState;
	answer: AnswerState;
	/** Of the question that is asked. */
	askedMs: number;
	silentMs: number;
	/** Samples that do not fill a frame yet. */
	rest: Int16Array;
	restLength: number;
};

export const newListener = (): Listener => ({
	question: undefined,
	activity: newActivity(),
	beep: newBeep(),
	answer: newAnswer(),
	askedMs: 0,
	silentMs: 0,
	rest: new Int16Array(frameSamples),
	restLength: 0,
});

/** Asks something, in place of what was asked before. */
export function ask(listener: Listener, question: Question): void {
	listener.question = question;
	listener.answer = newAnswer();
	listener.askedMs = 0;
	listener.silentMs = 0;
}

/** Takes in samples at 8 kHz. Returns the answer to what was asked, once. */
export function stepListener(listener: Listener, samples: Int16Array, length = samples.length): Finding | undefined {
	let finding: Finding | undefined;
	for (let at = 0; at < length; ) {
		const taken = Math.min(length - at, frameSamples - listener.restLength);
		listener.rest.set(samples.subarray(at, at + taken), listener.restLength);
		at += taken;
		listener.restLength += taken;
		if (listener.restLength < frameSamples) break;
		listener.restLength = 0;
		finding ??= stepFrame(listener);
	}
	return finding;
}

const otherRules = {levelDbm0Min: -46, overNoiseDb: 9};

function stepFrame(listener: Listener): Finding | undefined {
	const {question, activity, rest} = listener;
	if (!question) return undefined;
	const toneRules = question.ask === 'machine' ? question.beep : question.rules;
	const active = stepActivity(activity, rest, question.ask === 'machine' ? question.rules : otherRules);
	const beep = stepBeep(listener.beep, rest, toneRules);
	listener.askedMs += frameMs;
	let finding: Finding | undefined;
	if (question.ask === 'machine') {
		const answer = stepAnswer(listener.answer, active, beep !== undefined, question.rules);
		if (answer) finding = {ask: 'machine', ...answer};
	} else {
		listener.silentMs = active ? 0 : listener.silentMs + frameMs;
		const afterMs = listener.askedMs;
		if (beep) finding = {ask: 'beep', found: 'beep', afterMs, ...beep};
		else if (listener.silentMs >= question.rules.quietMs) finding = {ask: 'beep', found: 'quiet', afterMs};
		else if (afterMs >= question.rules.limitMs) finding = {ask: 'beep', found: 'none', afterMs};
	}
	if (finding) listener.question = undefined;
	return finding;
}

/** The longest gap that is filled at once, so that a stream that jumps does not cost a thread its time. */
const gapMsMax = 2_000;
const silence = new Int16Array(frameSamples);

/** Nothing has come for so long: a line that sends no silence is silent. */
export function stepSilence(listener: Listener, forMs: number): Finding | undefined {
	for (let leftMs = Math.min(forMs, gapMsMax); leftMs >= frameMs; leftMs -= frameMs) {
		const finding = stepListener(listener, silence);
		if (finding) return finding;
	}
	return undefined;
}
