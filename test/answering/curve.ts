/** What the detector makes of many answers, for one set of rules or another. */
import {newActivity, stepActivity} from '../../src/sip/media/detect/activity.js';
import {type Answer, type AnswerRules, answerRules, newAnswer, stepAnswer} from '../../src/sip/media/detect/answer.js';
import {beepRules, newBeep, stepBeep} from '../../src/sip/media/detect/beep.js';
import type {Script} from './people.js';

/** One answer, frame by frame: `1` speech, `2` a beep has been found. */
export type Trail = {script: Script; frames: Uint8Array; lengthMs: number; beepEndMs?: number; foundMs?: number};

export function trailOf(script: Script, samples: Int16Array, beepEndMs: number | undefined, rules: AnswerRules = answerRules): Trail {
	const [activity, beep] = [newActivity(), newBeep()];
	const frames = new Uint8Array(Math.floor(samples.length / 80));
	let foundMs: number | undefined;
	for (let at = 0; at < frames.length; at++) {
		const frame = samples.subarray(at * 80, at * 80 + 80);
		const active = stepActivity(activity, frame, rules);
		const found = stepBeep(beep, frame, beepRules);
		if (found) foundMs ??= (at + 1) * 10;
		frames[at] = (active ? 1 : 0) | (found ? 2 : 0);
	}
	return {
		script,
		frames,
		lengthMs: frames.length * 10,
		...(beepEndMs !== undefined && {beepEndMs}),
		...(foundMs !== undefined && {foundMs}),
	};
}

export function verdictOn({frames}: Trail, rules: AnswerRules): Answer {
	const state = newAnswer();
	for (let at = 0; ; at++) {
		const bits = frames[at] ?? 0;
		const answer = stepAnswer(state, (bits & 1) !== 0, (bits & 2) !== 0, rules);
		if (answer) return answer;
	}
}

export type Point = {
	rules: AnswerRules;
	/** Per cent of the people taken for machines, and left unsure. */
	wrong: number;
	personUnsure: number;
	/** Per cent of the machines taken for machines, and left unsure. */
	caught: number;
	machineUnsure: number;
	personMs: {p50: number; p95: number};
	machineMs: {p50: number; p95: number};
};

export const quantile = (values: readonly number[], share: number): number =>
	[...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

export function pointOf(trails: readonly Trail[], rules: AnswerRules): Point {
	const verdicts = trails.map(trail => ({who: trail.script.who, answer: verdictOn(trail, rules)}));
	const of = (who: Script['who']) => verdicts.filter(each => each.who === who).map(({answer}) => answer);
	const [people, machines] = [of('person'), of('machine')];
	const percent = (answers: readonly Answer[], by: Answer['by']): number =>
		(100 * answers.filter(answer => answer.by === by).length) / answers.length;
	const spread = (answers: readonly Answer[]) => {
		const times = answers.map(({afterMs}) => afterMs);
		return {p50: quantile(times, 0.5), p95: quantile(times, 0.95)};
	};
	return {
		rules,
		wrong: percent(people, 'machine'),
		personUnsure: percent(people, 'unsure'),
		caught: percent(machines, 'machine'),
		machineUnsure: percent(machines, 'unsure'),
		// What it costs a person is the wait for the verdict, whatever that is.
		personMs: spread(people),
		machineMs: spread(machines.filter(({by}) => by === 'machine')),
	};
}
