import {PassThrough} from 'node:stream';
import test from 'ava';
import type {Io} from '../../src/cli/command.js';
import {run as runSim} from '../../src/cli/sim/sim.js';
import {serveLines} from '../../src/cli/sim/stdio.js';
import {adaptive} from '../../src/dialer/pacing/adaptive.js';
import {callTables, forgetCalls, learnCall, liftOf, newCallModel, placeOf} from '../../src/dialer/pacing/call-model.js';
import {cumulated, learnDuration, newDurations, ratesOf} from '../../src/dialer/pacing/hazard.js';
import {addEvent, atMost, lawOf, momentsOf, normal, notAbove} from '../../src/dialer/pacing/law.js';
import {outlookOf} from '../../src/dialer/pacing/outlook.js';
import {policyNames, policyOf} from '../../src/dialer/pacing/policies.js';
import type {PacingPolicy, PacingView} from '../../src/dialer/pacing/policy.js';
import {budgetLeft, ceilingLeft, newPrice, setPrice} from '../../src/dialer/pacing/price.js';
import {answersOf, underWay} from '../../src/dialer/pacing/under-way.js';
import {Centre} from '../../src/dialer/simulate/centre.js';
import {quantileOf, shareUpTo} from '../../src/dialer/simulate/chance.js';
import {figuresOf} from '../../src/dialer/simulate/counts.js';
import {goalFor, grid} from '../../src/dialer/simulate/grid.js';
import * as rehearsal from '../../src/dialer/simulate/index.js';
import {scenarioOf} from '../../src/dialer/simulate/scenario.js';
import type {EventRow} from '../../src/server/domain/model.js';
import {seededRng} from '../../src/server/rng.js';
import {Sim} from '../sim/sim.js';

/** The law of a count from every way the events can go. */
function bruteLaw(chances: readonly number[]): number[] {
	const law = new Array<number>(chances.length + 1).fill(0);
	for (let ways = 0; ways < 2 ** chances.length; ways++) {
		let chance = 1;
		let count = 0;
		for (const [at, each] of chances.entries()) {
			const happens = (ways >> at) & 1;
			chance *= happens ? each : 1 - each;
			count += happens;
		}
		law[count]! += chance;
	}
	return law;
}

const near = (a: number, b: number, by: number): boolean => Math.abs(a - b) <= by;

test('the law of a sum, its cut tail and its moments agree with every way it can go', t => {
	const rng = seededRng(1);
	for (let n = 0; n < 60; n++) {
		const chances = Array.from({length: rng.between(0, 9)}, () => rng.next());
		const brute = bruteLaw(chances);
		const whole = lawOf(chances, chances.length);
		for (const [count, chance] of brute.entries()) t.true(near(whole[count] ?? 0, chance, 1e-12));
		const cut = lawOf(chances, 3);
		const tail = brute.slice(3).reduce((sum, chance) => sum + chance, 0);
		t.true(near(cut[3]!, tail, 1e-12) && near(cut[1]!, brute[1] ?? 0, 1e-12));
		const {mean, variance, third} = momentsOf(chances);
		const moment = (power: number) => brute.reduce((sum, chance, count) => sum + chance * (count - mean) ** power, 0);
		t.true(near(moment(2), variance, 1e-9) && near(moment(3), third, 1e-9));
	}
	const added = lawOf([0.2, 0.7], 2);
	addEvent(added, 0.5);
	t.true(near(added[2]!, 0.2 * 0.7 + 0.5 * (0.2 * 0.3 + 0.8 * 0.7), 1e-12), 'the last cell gathers the rest');
});

test('the chance that nobody is free agrees with every way it can go, also when persons wait already', t => {
	const rng = seededRng(2);
	for (let n = 0; n < 80; n++) {
		const frees = Array.from({length: rng.between(0, 6)}, () => rng.next());
		const answers = Array.from({length: rng.between(0, 6)}, () => rng.next());
		const free = rng.between(-2, 3);
		let brute = 0;
		for (const [freed, a] of bruteLaw(frees).entries())
			for (const [answered, b] of bruteLaw(answers).entries()) if (freed + free <= answered) brute += a * b;
		t.true(near(outlookOf(free, {chances: frees}, {chances: answers}, 0).chance, brute, 1e-9), JSON.stringify({frees, answers, free}));
		const more = rng.next();
		const outlook = outlookOf(free, {chances: frees}, {chances: answers}, 0);
		outlook.add(more);
		t.true(near(outlook.chance, outlookOf(free, {chances: frees}, {chances: [...answers, more]}, 0).chance, 1e-9));
	}
	t.is(notAbove(lawOf([], 0), 1, lawOf([], 1)), 0);
});

test('for large crews the moments give what the exact law gives, within a thousandth or two', t => {
	const rng = seededRng(3);
	for (let n = 0; n < 20; n++) {
		const frees = Array.from({length: rng.between(41, 90)}, () => rng.next() ** 2);
		const answers = Array.from({length: rng.between(60, 160)}, () => rng.next() ** 3);
		const free = rng.between(0, 8);
		const exact = notAbove(lawOf(frees, frees.length), free, lawOf(answers, frees.length + free + 1));
		t.true(near(outlookOf(free, {chances: frees}, {chances: answers}, 0).chance, exact, 0.003));
	}
	t.true(near(normal(1.96), 0.9750021, 1e-6) && near(normal(-1.96), 0.0249979, 1e-6));
	t.is(atMost({mean: 3, variance: 0, third: 0}, 2), 0);
});

test('rates are learned with what still runs counted in, and give back the law they came from', t => {
	const edges = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000];
	const durations = newDurations(edges, 1);
	const law = {kind: 'exponential', meanMs: 5_000} as const;
	const running: number[] = [];
	const count = 4_000;
	// Half are watched for 4 s only: a mean of what is over would be far too short.
	for (let n = 0; n < count; n++) {
		const ms = quantileOf(law, (n + 0.5) / count);
		if (n % 2 === 0 && ms > 4_000) running.push(4_000);
		else learnDuration(durations, ms, 0);
	}
	const rates = ratesOf(durations, running)[0]!;
	for (const rate of rates.slice(0, 5)) t.true(near(rate * 5_000, 1, 0.08), String(rates));
	const sums = cumulated(edges, rates, 500, 20);
	t.true(near(1 - Math.exp(-sums[10]!), shareUpTo(law, 5_000), 0.03));
});

test('the chance of an answer by age is learned: a call that rings long is worth less, and forgetting follows a change', t => {
	const model = newCallModel();
	const rng = seededRng(4);
	const call = (answer: number) => {
		const person = rng.chance(answer);
		learnCall(model, {
			type: 'callEnded',
			outcome: person ? 'person' : 'failed',
			setUpMs: 2_500,
			ringMs: person ? rng.between(4_000, 16_000) : 30_000,
			...(person && {detectMs: 1_200}),
		});
	};
	for (let n = 0; n < 3_000; n++) call(0.3);
	const none = {setUpForMs: [], ringForMs: [], detectForMs: [], waitForMs: []};
	const tables = callTables(model, none, [], 5);
	t.true(near(tables.answer, 0.3, 0.03), String(tables.answer));
	t.true(
		tables.horizonsMs.every(ms => ms >= 7_000 && ms <= 21_000),
		String(tables.horizonsMs),
	);
	const calls = underWay(tables, {...none, setUpForMs: [0], ringForMs: [0, 10_000, 25_000]});
	const chances = calls.places.map(place => tables.within[4]![place]!);
	const twice = answersOf({places: [...calls.places, ...calls.places]}, tables, 1)(4);
	const sum = (row: readonly number[]) => row.reduce((whole, each) => whole + each, 0);
	const {mean} = momentsOf(twice.chances, twice.times);
	t.true(near(mean, 2 * sum(chances), 1e-12), 'calls of equal chance together, hardly likely ones as fewer likelier ones');
	t.true(twice.chances.length <= calls.places.length);
	t.true(chances[2]! > chances[3]! && chances[3]! < 0.02 && chances[1]! > 0.2, String(chances));
	for (let n = 0; n < 3_000; n++) {
		forgetCalls(model, 0.998);
		call(0.15);
	}
	t.true(near(callTables(model, none, [], 5).answer, 0.15, 0.03));
});

test('machines pick up late: a call that has rung so long is hardly worth anything, though somebody will still pick it up', t => {
	const model = newCallModel();
	const rng = seededRng(5);
	for (let n = 0; n < 4_000; n++) {
		const person = rng.chance(0.2);
		const [ringMs, detectMs] = person ? [rng.between(4_000, 12_000), 1_200] : [rng.between(16_000, 22_000), 3_000];
		learnCall(model, {type: 'callEnded', outcome: person ? 'person' : 'machine', setUpMs: 2_500, ringMs, detectMs});
	}
	const none = {setUpForMs: [], ringForMs: [], detectForMs: [], waitForMs: []};
	const {answer, ever} = callTables(model, none, [], 5);
	t.true(near(answer, 0.2, 0.02), String(answer));
	t.true(near(ever[placeOf.ring(0)]!, 0.2, 0.02));
	t.true(ever[placeOf.ring(13_000)]! < 0.01, String(ever[placeOf.ring(13_000)]));
});

const view = (more: Partial<PacingView> = {}): PacingView => ({
	nowMs: 0,
	agents: {idle: 0, talkForMs: [], wrapUpForMs: []},
	calls: {setUpForMs: [], ringForMs: [], detectForMs: [], waitForMs: []},
	roomMax: Number.POSITIVE_INFINITY,
	periods: [{answered: 0, abandoned: 0}],
	...more,
});

test('who knows nothing yet places one call for each idle agent; nobody goes beyond the room there is', t => {
	const terms = {patienceMs: 2_000, ringMs: 30_000, minRingMs: 15_000, abandonMax: 0.03};
	const idle = {idle: 10, talkForMs: [5_000], wrapUpForMs: []};
	const first = adaptive.decide(adaptive.start(terms), view({agents: idle}));
	t.is(first.calls, 10);
	t.is(first.inputs['by'], 'progressive');
	for (const name of policyNames) {
		const policy = policyOf(name);
		const state = policy.start(terms);
		t.true(policy.decide(state, view({agents: idle, roomMax: 3})).calls <= 3, name);
		t.is(policy.decide(state, view({nowMs: 500})).calls, 0, `${name}: no agents, no calls`);
		t.is(policy.decide(state, view({nowMs: -60_000, agents: {...idle, idle: 0}})).calls, 0, `${name}: the clock set back`);
	}
});

test('nights, weekends and holidays without a call: it comes back with what it takes for granted, and dials', t => {
	const terms = {patienceMs: 2_000, ringMs: 30_000, minRingMs: 15_000, abandonMax: 0.03};
	for (let pauseHours = 1; pauseHours <= 900; pauseHours = Math.ceil(pauseHours * 1.3)) {
		const state = adaptive.start(terms);
		const idle = {idle: 10, talkForMs: [5_000], wrapUpForMs: []};
		let nowMs = 0;
		for (const afterMs of [0, pauseHours * 3_600_000, pauseHours * 3_600_000]) {
			nowMs += afterMs;
			const {calls, inputs} = adaptive.decide(state, view({nowMs, agents: idle}));
			t.is(calls, 10, `${pauseHours} h`);
			for (const [name, value] of Object.entries(inputs))
				t.true(typeof value === 'string' || Number.isFinite(value), `${pauseHours} h: ${name}`);
			for (let n = 0; n < 60; n++) {
				const person = n % 3 === 0;
				const ends = person ? {outcome: 'person' as const, ringMs: 9_000, detectMs: 1_200} : {outcome: 'failed' as const, ringMs: 30_000};
				adaptive.observe(state, {type: 'callEnded', setUpMs: 2_500, ...ends}, nowMs);
			}
		}
		const later = adaptive.decide(state, view({nowMs: nowMs + 5_000, agents: idle}));
		t.is(later.inputs['by'], 'adaptive', `${pauseHours} h: learned anew`);
		t.true(later.calls >= 10 && Number(later.inputs['answer']) > 0.1, `${pauseHours} h: ${JSON.stringify(later)}`);
	}
});

test('however much is left of the budget, no call is placed that would hardly find anybody', t => {
	const price = newPrice();
	price.level = 0;
	t.true(setPrice(price, 1_000, 5_000, 1_000) < 1);
});

test('a spent budget brings the price down to where only safe calls are placed', t => {
	const terms = {patienceMs: 2_000, ringMs: 30_000, abandonMax: 0.03};
	const busy = {idle: 2, talkForMs: Array.from({length: 18}, (_, n) => n * 6_000), wrapUpForMs: []};
	const placedAt = (abandoned: number) => {
		const state = adaptive.start(terms);
		for (let n = 0; n < 300; n++) {
			const ringMs = 4_000 + (n % 20) * 1_000;
			if (n % 3 === 0) adaptive.observe(state, {type: 'callEnded', outcome: 'person', setUpMs: 2_500, ringMs, detectMs: 1_200}, 0);
			else adaptive.observe(state, {type: 'callEnded', outcome: 'failed', setUpMs: 2_500, ringMs: 30_000}, 0);
			adaptive.observe(state, {type: 'joined'}, 0);
			adaptive.observe(state, {type: 'talkEnded', talkMs: 60_000 + (n % 7) * 10_000}, 0);
			adaptive.observe(state, {type: 'wrapUpEnded', wrapUpMs: 15_000}, 0);
		}
		return adaptive.decide(state, view({agents: busy, periods: [{answered: 300, abandoned}]}));
	};
	const [fine, spent] = [placedAt(5), placedAt(40)];
	t.true(fine.calls > spent.calls, JSON.stringify([fine, spent]));
	t.true(Number(spent.inputs['price']) < 0.01 * Number(fine.inputs['price']) * 5);
});

test('a day that begins badly: near the rate that no day may show only safe calls are placed, and less so as more have answered', t => {
	const steady = (abandoned: number, answered: number) => {
		const price = {level: Math.log(0.05), now: Math.log(0.05)};
		return setPrice(price, 0, answered, ceilingLeft({answered, abandoned}, 0.03));
	};
	t.true(near(steady(1, 40), 0.05, 1e-9), 'far from it, the price is what was learned');
	t.true(steady(4, 60) < 0.001, 'one more would make 5 of the first hundred');
	t.true(near(steady(4, 200), 0.05, 1e-9));
	t.is(ceilingLeft(undefined, 0.03), Number.POSITIVE_INFINITY);
	const overspent = budgetLeft([{answered: 1_000, abandoned: 35}], 0.03);
	t.true(overspent < -5 && overspent > -8, String(overspent));
	t.is(budgetLeft([], 0.03), 0);
});

test('lead scores: who answers surely is dialled first, counted as likely as that, and does not make all look so', t => {
	const terms = {patienceMs: 2_000, ringMs: 30_000, abandonMax: 0.03};
	const scored = {
		...rehearsal.scenarioOf({agents: 10, answer: 0.3, talkS: 60, after: 1}, 900_000),
		leads: [
			{weight: 0.3, factor: 3},
			{weight: 0.7, factor: 1 / 7},
		],
		leadsShown: 40,
	};
	const state = adaptive.start(terms);
	let worst = 0;
	let answer = 0;
	const seen: PacingView[] = [];
	new Centre(scored, 5, {...adaptive, start: () => state} as PacingPolicy, (view, {calls, leads, inputs}) => {
		const {leadFactors} = view;
		if (calls > 0) seen.push(view);
		t.is(leads!.length, calls);
		const [last] = leads!.slice(-1);
		for (const [at, factor] of leadFactors!.entries())
			if (last !== undefined && !leads!.includes(at)) worst = Math.max(worst, factor - leadFactors![last]!);
		answer = Number(inputs['answer']);
	}).run();
	t.true(worst <= 0, 'nobody surer is left out');
	const calm = {...seen.at(-1)!, agents: {idle: 10, talkForMs: [], wrapUpForMs: []}, periods: [{answered: 1_000, abandoned: 10}]};
	const idle = {...calm, calls: {setUpForMs: [], ringForMs: [], detectForMs: [], waitForMs: []}, roomMax: 500, leadsInOrder: true};
	const inTurn = (factor: number) => adaptive.decide(state, {...idle, leadFactors: new Array<number>(200).fill(factor)});
	const [usual, sure] = [inTurn(1), inTurn(2.5)];
	t.deepEqual(
		[usual.leads, sure.leads, sure.inputs['lead']],
		[undefined, undefined, 2.5],
		'in the order of the list: no choice of its own',
	);
	t.true(sure.calls < 0.6 * usual.calls && sure.calls >= 10, `${sure.calls} to the surer, ${usual.calls} to usual ones`);
	t.true(near(answer, 0.3, 0.08), `the chance of a usual lead: ${answer}`);
	const tables = callTables(newCallModel(), {setUpForMs: [], ringForMs: [], detectForMs: [], waitForMs: []}, [], 5);
	const [start, late] = [placeOf.setUp(0), placeOf.ring(20_000)];
	t.true(near(tables.answer * liftOf(tables, start, 2), 2 * tables.answer, 1e-9));
	t.is(liftOf(tables, late, 1), 1);
	t.true(liftOf(tables, late, 2) > 2, 'the surer one who has not answered yet was not likely not to');
});

test('on the simulator the adaptive policy beats the table by far and keeps the limit; the same seed gives the same shift', t => {
	const scenario = rehearsal.scenarioOf({agents: 20, answer: 0.3, talkS: 60, after: 1}, rehearsal.hourMs / 2);
	const table = rehearsal.rehearse(policyOf('table-idle'), scenario, 7);
	const ours = rehearsal.rehearse(policyOf('adaptive'), scenario, 7);
	t.true(table.utilisation > 0.55 && table.utilisation < 0.72, String(table.utilisation));
	t.true(ours.utilisation > table.utilisation + 0.12, String(ours.utilisation));
	t.true(ours.abandoned <= 0.045, String(ours.abandoned));
	t.is(rehearsal.rehearse(policyOf('table-idle'), scenario, 7).utilisation, table.utilisation);
});

test('a large crew that logs in at once: all first calls are of one age, and of what becomes of older ones nothing is known yet', t => {
	for (const [answer, talkS, seed] of [
		[0.5, 180, 101],
		[0.5, 60, 7],
		[0.3, 60, 101],
	] as const) {
		const counts = new Centre(scenarioOf({agents: 500, answer, talkS, after: 1}, 60_000), seed, adaptive).run();
		t.true(counts.worstRunning < 0.04, `${answer}: ${counts.worstRunning}`);
		t.true(counts.joined > 450, 'and they are kept busy all the same');
	}
});

test('the simulator keeps its books: every person is with an agent, abandoned or still there, and lines and rate hold', t => {
	const limited = {
		...rehearsal.scenarioOf({agents: 8, answer: 0.4, talkS: 60, after: 1}, 900_000),
		linesMax: 14,
		callsPerSecondMax: 1,
		missed: 0.1,
		mistaken: 0.05,
		staff: [
			[0, 8],
			[300_000, 3],
			[600_000, 10],
		] as const,
	};
	let worstRoom = Number.POSITIVE_INFINITY;
	const centre = new Centre(limited, 3, policyOf('table-idle'), ({roomMax}, {calls}) => {
		worstRoom = Math.min(worstRoom, roomMax - calls);
	});
	const counts = centre.run();
	const figures = figuresOf(counts, 3);
	t.true(worstRoom >= 0);
	t.true(figures.linesMost <= 14);
	const answered = counts.parts.reduce((sum, part) => sum + part.answered, 0);
	t.true(answered - counts.joined - counts.abandoned >= 0 && answered - counts.joined - counts.abandoned <= 2);
	const wholeMs = counts.busyMs + counts.machineMs + counts.idleMs;
	t.true(near(wholeMs / counts.loggedMs, 1, 0.005), 'agents are idle or busy, nothing else');
});

test('the goals of the grid: never below the model, and halfway to perfect knowledge where more is out of reach', t => {
	t.is(grid.length, 72);
	t.is(goalFor(grid.find(each => each.agents === 20 && each.talkS === 60 && each.answer === 0.3 && each.after === 1)!).utilisation, 84.9);
	const cell = {agents: 50, answer: 0.3, talkS: 180, after: 1, loop: 89.8, hindsight: 91.9, model: 93.6, ends: 94.9};
	t.is(goalFor(cell).utilisation, 93.8);
	t.is(goalFor({...cell, loop: 95}).utilisation, 94.25);
});

test('`kaden sim` compares two policies in both languages, and says what a number may be', async t => {
	const lines: string[] = [];
	const io = (language: Io['language']): Io => ({language, say: line => lines.push(line), warn: () => {}});
	const args = {agents: 5, answer: 30, talk: 60, 'wrap-up': 15, hours: 0.1, lines: 0, rate: 0, limit: 3, runs: 1, seed: 1};
	t.is(await runSim({...args, policy: 'table-idle', against: 'progressive'}, io('ja')), 0);
	t.regex(lines.join('\n'), /稼働率 .*%.*%[\s\S]*放棄呼率/);
	lines.length = 0;
	t.is(await runSim({...args, policy: 'table-idle', against: ['progressive', 'table-idle,agents=8']}, io('en')), 0);
	t.regex(lines.join('\n'), /policy +table-idle +progressive +table-idle,agents=8/, 'more than two');
	await t.throwsAsync(runSim({...args, policy: 'clever,luck=1'}, io('en')), {
		message: /clever,luck=1 is not possible; give a policy \(table-idle/,
	});
	await t.throwsAsync(runSim({...args, policy: 'adaptive', agents: 0}, io('en')), {message: /--agents: 0 is not possible; give 1 to 2000/});
	await t.throwsAsync(runSim({...args, what: 'policy', policy: 'adaptive'}, io('en')), {message: /--stdio/});
	await t.throwsAsync(runSim({...args, policy: 'adaptive', likely: 40, 'likely-answer': 90}, io('en')), {message: /answer rate of 30 %/});
	lines.length = 0;
	const scored = {...args, hours: 0.5, agents: 20, json: true, likely: 30, 'likely-answer': 90, scores: 50};
	t.is(await runSim({...scored, policy: 'adaptive', against: 'adaptive,scores=0'}, io('en')), 0);
	const [known, unknown] = JSON.parse(lines[0]!).results as Array<{utilisation: number}>;
	t.true(known!.utilisation > unknown!.utilisation, 'knowing who will answer is worth something');
});

test('as a process it answers line by line, and says what it does not understand', async t => {
	const input = new PassThrough();
	const answers: string[] = [];
	const init = {
		type: 'init',
		v: 1,
		agents: 3,
		shiftS: 60,
		patienceS: 2,
		ringTimeoutS: 30,
		minRingS: 15,
		maxLines: 0,
		maxCps: 0,
		abandonTarget: 0.03,
	};
	const calls = {
		setupId: [],
		setupAge: [],
		ringId: [],
		ringAge: [],
		ringFor: [],
		amdId: [],
		amdAge: [],
		amdFor: [],
		waitId: [],
		waitFor: [],
	};
	const agents = {n: 3, idle: 3, idleId: [0, 1, 2], idleFor: [0, 0, 0], talkId: [], talkFor: [], wrapId: [], wrapFor: [], wrapTalk: []};
	const cum = {dialed: 0, human: 0, connected: 0, abandoned: 0};
	for (const line of [init, {type: 'state', t: 0, agents, calls, cum, events: []}, {type: 'end'}]) input.write(`${JSON.stringify(line)}\n`);
	await serveLines(rehearsal, 'adaptive', input, line => answers.push(line));
	t.deepEqual(
		answers.map(line => JSON.parse(line)),
		[{tick: 0.5, onEvent: true, minGap: 0.25}, {dial: 3}],
	);
	const wrong = new PassThrough();
	wrong.end('{"type":"state"}\n');
	await t.throwsAsync(
		serveLines(rehearsal, 'adaptive', wrong, () => {}),
		{message: /first init/},
	);
});

test('the live dialler paces by it: it learns, and its log says by what each call was placed', t => {
	const decisions: EventRow[] = [];
	// Seed 3: an operator's own phone is rung first for a call by hand, and the number is dialled half a second after that was asked for.
	for (const [seed, minutes] of [
		[3, 25],
		[7, 20],
	] as const) {
		const sim = new Sim({
			...{seed, minutes, agents: 6, entriesPerList: 400, unchecked: seed !== 3},
			onStep: world => {
				for (const auto of world.config.autoDials) auto.mode = 'adaptive';
			},
		});
		const {outcomes} = sim.run();
		t.true((outcomes['talked'] ?? 0) > 20, JSON.stringify(outcomes));
		decisions.push(...sim.live.events.filter(({kind}) => kind === 'dial.decided'));
	}
	const learned = decisions.filter(({data}) => data?.['by'] === 'adaptive');
	t.true(learned.length >= 3, `${learned.length} of ${decisions.length}`);
	for (const {data} of learned)
		t.true(['price', 'chance', 'left', 'answer', 'ready', 'running', 'placed'].every(name => typeof data?.[name] === 'number'));
});
