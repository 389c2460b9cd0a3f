/**
 * The look ahead to one moment: how many agents will be free by then, against how many persons will have answered. Exactly for
 * small crews, by three moments for large ones.
 */
import {addEvent, atMost, lawOf, type Moments, momentsOf, notAbove} from './law.js';

/** Crews up to so many agents are reckoned exactly. */
const exactMax = 40;

export type Outlook = {
	/** The chance that a person who answers at this moment, one more than those counted, finds no agent in time. */
	chance: number;
	/** Persons expected to have answered before. */
	expected: number;
	/** Counts one more call, answered before this moment with this chance. */
	add: (answer: number) => void;
};

/**
 * `free`: agents idle now, less persons who wait for one; may be negative. `frees`: chances of busy agents to be free by then.
 * `answers`: chances of calls to be answered by then. `doubt`: squared relative error of the answer chances.
 */
export function outlookOf(free: number, frees: readonly number[], answers: readonly number[], doubt: number): Outlook {
	return frees.length + Math.max(0, free) <= exactMax ? exactly(free, frees, answers) : byMoments(free, frees, answers, doubt);
}

function exactly(free: number, frees: readonly number[], answers: readonly number[]): Outlook {
	const freed = lawOf(frees, frees.length);
	const answered = lawOf(answers, frees.length + Math.max(1, free));
	const outlook: Outlook = {
		chance: notAbove(freed, free, answered),
		expected: answers.reduce((sum, chance) => sum + chance, 0),
		add: answer => {
			addEvent(answered, answer);
			outlook.expected += answer;
			outlook.chance = notAbove(freed, free, answered);
		},
	};
	return outlook;
}

function byMoments(free: number, frees: readonly number[], answers: readonly number[], doubt: number): Outlook {
	const agents = momentsOf(frees);
	const persons = momentsOf(answers);
	const surplus: Moments = {
		mean: free + agents.mean - persons.mean,
		variance: agents.variance + persons.variance,
		third: agents.third - persons.third,
	};
	const chance = () => atMost({...surplus, variance: surplus.variance + doubt * outlook.expected ** 2}, 0);
	const outlook: Outlook = {
		chance: 0,
		expected: persons.mean,
		add: answer => {
			const variance = answer * (1 - answer);
			surplus.mean -= answer;
			surplus.variance += variance;
			surplus.third -= variance * (1 - 2 * answer);
			outlook.expected += answer;
			outlook.chance = chance();
		},
	};
	outlook.chance = chance();
	return outlook;
}
