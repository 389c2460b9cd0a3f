/**
 * The look ahead to one moment: how many agents will be free by then, against how many persons will have answered. Exactly for
 * small crews, by three moments for large ones.
 */
import {addEvent, atMost, lawOf, type Moments, momentsOf, notAbove} from './law.js';

/** Crews up to so many busy agents, and those who are free, are reckoned exactly. */
export const exactMax = 40;
/** Counts of free agents that have less chance than this together are left out. */
const negligible = 1e-7;

export type Outlook = {
	/** The chance that a person who answers at this moment, one more than those counted, finds no agent in time. */
	chance: number;
	/** Persons expected to have answered before. */
	expected: number;
	/** Counts one more call, answered before this moment with this chance. */
	add: (answer: number) => void;
};

/** Chances of events; `times`: how many there are of each, absent: one. */
export type Chances = {chances: ArrayLike<number>; times?: ArrayLike<number>};

/**
 * `free`: agents idle now, less persons who wait for one; may be negative. `frees`: busy agents, free by then; without `times` they
 * are reckoned exactly unless they are many. `answers`: calls, answered by then. `doubt`: squared relative error of those chances.
 */
export function outlookOf(free: number, frees: Chances, answers: Chances, doubt: number): Outlook {
	const few = !frees.times && frees.chances.length + Math.max(0, free) <= exactMax;
	return few ? exactly(free, frees.chances, answers) : byMoments(free, frees, answers, doubt);
}

function exactly(free: number, frees: ArrayLike<number>, {chances, times}: Chances): Outlook {
	const whole = lawOf(frees, frees.length);
	let most = whole.length;
	for (let tail = 0; most > 1 && tail + whole[most - 1]! < negligible; most--) tail += whole[most - 1]!;
	// More than so many are hardly ever free: what is answered beyond need not be told apart.
	const freed = whole.subarray(0, most);
	const answered = lawOf(chances, most - 1 + Math.max(1, free), times);
	const outlook: Outlook = {
		chance: notAbove(freed, free, answered),
		expected: expectedOf(chances, times),
		add: answer => {
			addEvent(answered, answer);
			outlook.expected += answer;
			outlook.chance = notAbove(freed, free, answered);
		},
	};
	return outlook;
}

function expectedOf(chances: ArrayLike<number>, times?: ArrayLike<number>): number {
	let sum = 0;
	for (let which = 0; which < chances.length; which++) sum += (times ? times[which]! : 1) * chances[which]!;
	return sum;
}

function byMoments(free: number, frees: Chances, {chances, times}: Chances, doubt: number): Outlook {
	const agents = momentsOf(frees.chances, frees.times);
	const persons = momentsOf(chances, times);
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
