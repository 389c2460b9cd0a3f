/** How likely a lead answers: counted, smoothed, forgotten; and the dialler that goes by it. */
import test from 'ava';
import {chanceOf, countLead, keyOf, kindOf, type LeadKind, partOf, scoresOf, triedAlso} from '../../src/dialer/leads.js';
import type {LeadCount} from '../../src/server/domain/model.js';
import {seededRng} from '../../src/server/rng.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Leads of each kind answer with their own chance, which the part of the day lifts or lowers for all of them alike. */
const lifts = {morning: 0.5, afternoon: 1, evening: 1.5};
const truth = ({part, tries, last, again}: LeadKind): number =>
	0.2 * lifts[part] * (tries === 0 ? 1.4 : tries === 1 ? 1 : 0.6) * (last === 'busy' ? 1.5 : 1) * (again ? 0.7 : 1);

function learned(calls: number, seed: number) {
	const rng = seededRng(seed);
	const counts = new Map<string, LeadCount>();
	for (let n = 0; n < calls; n++) {
		const part = (['morning', 'afternoon', 'evening'] as const)[rng.between(0, 2)]!;
		const attempts = rng.between(0, 3);
		const last = attempts === 0 ? {} : {lastOutcome: rng.next() < 0.3 ? ('busy' as const) : ('noAnswer' as const)};
		const kind = kindOf({attempts, ...last, tried: attempts === 0 ? 0 : rng.between(0, 7)}, part);
		const key = keyOf(kind);
		counts.set(key, countLead(counts.get(key), rng.next() < truth(kind), n * 1_000));
	}
	return counts;
}

test('the chance of a lead comes near to what it is, by part of the day, tries, last result and whether tried at this part before', t => {
	const calls = 30_000;
	const scores = scoresOf(learned(calls, 7), calls * 1_000);
	let worst = 0;
	for (const part of ['morning', 'afternoon', 'evening'] as const)
		for (const attempts of [0, 1, 2, 3])
			for (const lastOutcome of ['busy', 'noAnswer'] as const)
				for (const tried of [0, 7]) {
					if (attempts === 0 && tried > 0) continue;
					const kind = kindOf({attempts, lastOutcome, tried}, part);
					worst = Math.max(worst, Math.abs(Math.log(chanceOf(scores, kind).chance / truth(kind))));
				}
	t.true(worst < 0.25, `off by ${worst}`);
	const fresh = chanceOf(scores, kindOf({attempts: 0}, 'evening'));
	t.true(fresh.factor > 1.2 && fresh.calls > 5_000);
	t.true(Math.abs(fresh.usual * fresh.factor - fresh.chance) < 1e-9, 'told by its steps');
});

test('nothing known: every lead is a usual one; little known: nearly so; unknown kinds take what those above know', t => {
	const none = scoresOf(new Map(), 0);
	t.is(none.calls, 0);
	t.like(chanceOf(none, kindOf({attempts: 3, lastOutcome: 'busy'}, 'evening')), {factor: 1, chance: 0.3, calls: 0});
	const few = new Map([[keyOf(kindOf({attempts: 0}, 'morning')), {calls: 3, answers: 3, atMs: 0}]]);
	t.true(chanceOf(scoresOf(few, 0), kindOf({attempts: 0}, 'morning')).factor < 1.25);
	const scores = scoresOf(learned(20_000, 3), 0);
	const never = chanceOf(scores, kindOf({attempts: 2, lastOutcome: 'declined'}, 'evening'));
	const above = scores.levels[0].get('2')!.factor;
	t.is(never.calls, 0);
	t.true(Math.abs(never.factor - above) < 1e-9);
	const later = new Map([['dawn 1 noAnswer first', {calls: 900, answers: 0, atMs: 0}]]);
	t.is(scoresOf(later, 0).calls, 0, 'words of a later version are left out');
});

test('what was is forgotten in a month: a change shows, and the clock set back does no harm', t => {
	const kind = kindOf({attempts: 1, lastOutcome: 'busy'}, 'afternoon');
	const key = keyOf(kind);
	let count: LeadCount | undefined;
	for (let n = 0; n < 1_000; n++) count = countLead(count, false, n * 60_000);
	const before = chanceOf(scoresOf(new Map([[key, count!]]), 1_000 * 60_000), kind).chance;
	for (let n = 0; n < 300; n++) count = countLead(count, n % 2 === 0, 90 * dayMs + n * 60_000);
	const after = chanceOf(scoresOf(new Map([[key, count!]]), 90 * dayMs), kind).chance;
	t.true(before < 0.05 && after > 0.35, `${before} ${after}`);
	t.true(countLead(count, true, 0).calls <= count!.calls + 1);
});

test('kinds: five tries and more are one, so are three and four; the parts of the day by the local clock', t => {
	t.is(keyOf(kindOf({attempts: 4, lastOutcome: 'noAnswer'}, 'morning')), keyOf(kindOf({attempts: 3, lastOutcome: 'noAnswer'}, 'morning')));
	t.is(kindOf({attempts: 9, lastOutcome: 'talked'}, 'morning').last, 'reached');
	t.is(kindOf({attempts: 1, lastOutcome: 'unreachable'}, 'morning').last, 'other');
	t.deepEqual(
		[0, 11, 12, 16, 17, 23].map(hour => partOf(hour * hourMs, 0)),
		[...['morning', 'morning', 'afternoon', 'afternoon', 'evening', 'evening']] as const as ReturnType<typeof partOf>[],
	);
	t.is(partOf(3 * hourMs, 9 * hourMs), 'afternoon');
	const tried = triedAlso(triedAlso(undefined, 'morning'), 'evening');
	t.deepEqual(
		(['morning', 'afternoon', 'evening'] as const).map(part => kindOf({attempts: 2, tried}, part).again),
		[true, false, true],
	);
});
