/** Counts of one time, and the shares that follow from them. Pure. docs/figures.md says the same for people. */
import type {WindowFigures} from '../api/figures.js';

export type Counts = {
	offered: number;
	answered: number;
	answeredWithin: number;
	abandoned: number;
	abandonedShort: number;
	overflowed: number;
	leftToBeCalled: number;
	dialled: number;
	/** Calls of the dialler that were answered; of those by machines; and persons for whom nobody came, whoever hung up. */
	dialAnswered: number;
	dialMachines: number;
	dialAbandoned: number;
	/** The abandoned as the regulators of the campaigns count them: not always whole. */
	dialDropped: number;
	/** Sum of the waits of the answered. */
	waitMs: number;
	/** Time of operators with a call, ringing or in wrap-up; and in 受付中. */
	busyMs: number;
	readyMs: number;
};

export const noCounts = (): Counts => ({
	offered: 0,
	answered: 0,
	answeredWithin: 0,
	abandoned: 0,
	abandonedShort: 0,
	overflowed: 0,
	leftToBeCalled: 0,
	dialled: 0,
	dialAnswered: 0,
	dialMachines: 0,
	dialAbandoned: 0,
	dialDropped: 0,
	waitMs: 0,
	busyMs: 0,
	readyMs: 0,
});

export function addCounts(to: Counts, from: Readonly<Counts>): Counts {
	for (const key of Object.keys(to) as Array<keyof Counts>) to[key] += from[key];
	return to;
}

const share = <K extends string>(name: K, part: number, of: number): Partial<Record<K, number>> =>
	of > 0 ? ({[name]: part / of} as Partial<Record<K, number>>) : {};

export function figuresOf(counts: Readonly<Counts>): WindowFigures {
	const {offered, answered, answeredWithin, abandoned, abandonedShort, overflowed, leftToBeCalled, dialDropped} = counts;
	const {waitMs, busyMs, readyMs} = counts;
	// Of a machine only the verdict may lie in this time, and the answer before it.
	const persons = Math.max(0, counts.dialAnswered - counts.dialMachines);
	return {
		offered,
		answered,
		answeredWithin,
		abandoned,
		abandonedShort,
		overflowed,
		leftToBeCalled,
		dialAnswered: Math.round(persons),
		dialAbandoned: Math.round(dialDropped),
		...share('serviceLevel', answeredWithin, answered + abandoned - abandonedShort),
		...share('answerRate', answered, answered + abandoned + overflowed + leftToBeCalled),
		...share('abandonRate', abandoned - abandonedShort, answered + abandoned - abandonedShort + overflowed + leftToBeCalled),
		...share('waitMsAverage', waitMs, answered),
		...share('dropRate', dialDropped, persons),
		...share('occupancy', busyMs, busyMs + readyMs),
	};
}
