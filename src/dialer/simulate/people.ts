/** Everything about call n, fixed by the seed and n and the answer rate of the moment it is placed. */
import {chanceOf, quantileOf, shareUpTo} from './chance.js';
import {type Scenario, valueAt} from './scenario.js';

export type Fate = {
	/** What the dialler will see. */
	outcome: 'person' | 'machine' | 'failed';
	/** A person picks up, whatever the dialler takes it for. */
	person: boolean;
	setUpMs: number;
	/** Until the pick-up, or until it is over. */
	ringMs: number;
	/** Absent: nobody picks up. */
	detectMs?: number;
	talkMs: number;
	wrapUpMs: number;
};

/** Questions about a call, each with chances of its own. */
const ask = {answers: 0, setUp: 1, ring: 2, detect: 3, talk: 4, wrapUp: 5, error: 6, other: 7, lead: 8} as const;

/** Makes the function that tells a call's fate, and the one that tells a lead's worth. */
export function peopleOf(scenario: Scenario, seed: number) {
	// A person who would take longer than the ring time is one who does not answer: the answer rate counts those who do.
	const inTime = shareUpTo(scenario.ringPerson, scenario.ringMs) || 1;
	const weights = scenario.leads.reduce((sum, {weight}) => sum + weight, 0);
	const factorOf = (call: number): number => {
		let rest = chanceOf(seed, call, ask.lead) * weights;
		for (const {weight, factor} of scenario.leads) {
			if (rest < weight) return factor;
			rest -= weight;
		}
		return 1;
	};
	const fateOf = (call: number, atMs: number): Fate => {
		const chance = (question: number) => chanceOf(seed, call, question);
		const setUpMs = quantileOf(scenario.setUp, chance(ask.setUp));
		const answers = chance(ask.answers) < Math.min(0.98, valueAt(scenario.answer, atMs) * factorOf(call));
		if (!answers) return otherFate(scenario, chance, setUpMs);
		return {
			outcome: chance(ask.error) < scenario.mistaken ? 'machine' : 'person',
			person: true,
			setUpMs,
			ringMs: quantileOf(scenario.ringPerson, chance(ask.ring) * inTime),
			detectMs: quantileOf(scenario.detectPerson, chance(ask.detect)),
			talkMs: quantileOf(scenario.talk, chance(ask.talk)),
			wrapUpMs: quantileOf(scenario.wrapUp, chance(ask.wrapUp)),
		};
	};
	return {fateOf, factorOf};
}

function otherFate(scenario: Scenario, chance: (question: number) => number, setUpMs: number): Fate {
	const {machine, noAnswer, busy, invalid} = scenario.others;
	const drawn = chance(ask.other) * (machine + noAnswer + busy + invalid);
	const failed = (ringMs: number): Fate => ({outcome: 'failed', person: false, setUpMs, ringMs, talkMs: 0, wrapUpMs: 0});
	if (drawn >= machine + noAnswer + busy) return failed(quantileOf(scenario.invalid, chance(ask.ring)));
	if (drawn >= machine + noAnswer) return failed(quantileOf(scenario.busy, chance(ask.ring)));
	if (drawn >= machine) return failed(scenario.ringMs);
	const ringMs = quantileOf(scenario.ringMachine, chance(ask.ring));
	if (ringMs >= scenario.ringMs) return failed(scenario.ringMs);
	return {
		outcome: chance(ask.error) < scenario.missed ? 'person' : 'machine',
		person: false,
		setUpMs,
		ringMs,
		detectMs: quantileOf(scenario.detectMachine, chance(ask.detect)),
		talkMs: quantileOf(scenario.machineTalk, chance(ask.talk)),
		wrapUpMs: quantileOf(scenario.machineWrapUp, chance(ask.wrapUp)),
	};
}
