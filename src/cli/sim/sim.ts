/** `kaden sim`: the rehearsal. */
import type * as Rehearsal from '../../dialer/simulate/index.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from '../command.js';
import {gridLines, headLine} from './grid-text.js';
import type {NamedDay} from './past.js';
import {comparison, pastLines, report} from './report.js';
import {leadsOf, numbersOf, settingOf} from './settings.js';
import {say} from './texts.js';

export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const what = args['what'] === undefined ? undefined : String(args['what']);
	if (what !== undefined && what !== 'policy') throw new CommandFailed(say(io.language, 'noWhat', {given: what}), exitCodes.usage);
	if ((what === 'policy') !== (args['stdio'] === true)) throw new CommandFailed(say(io.language, 'stdio'), exitCodes.usage);
	const rehearsal = await import('../../dialer/simulate/index.js');
	if (what === 'policy') {
		const {serveLines} = await import('./stdio.js');
		await serveLines(rehearsal, args['policy'] as Rehearsal.PolicyName, process.stdin, line => void process.stdout.write(`${line}\n`));
		return exitCodes.ok;
	}
	return args['grid'] === true ? runGrid(rehearsal, args, io) : runOne(rehearsal, args, io);
}

/** What is used where nothing is said. */
const usually = {agents: 20, answer: 30, talk: 60, 'wrap-up': 15, hours: 4, lines: 0, rate: 0, scores: 0, limit: 3, runs: 3, seed: 1};

/** The people and the crew: made up, or those of past days; whatever is said is as it is said. */
function scenarioFrom(
	{usual, hourMs, pastScenario}: typeof Rehearsal,
	said: Record<string, number>,
	days: readonly NamedDay[],
	io: Io,
): Rehearsal.Scenario {
	const numbers = {...usually, ...said};
	const shiftMs = numbers.hours * hourMs;
	const given: Rehearsal.Scenario = {
		...usual,
		name: 'rehearsal',
		shiftMs,
		staff: [[0, Math.round(numbers.agents)]],
		answer: [[0, numbers.answer / 100]],
		talk: {kind: 'lognormal', meanMs: numbers.talk * 1_000, cv: 1},
		wrapUp: {kind: 'lognormal', meanMs: numbers['wrap-up'] * 1_000, cv: 0.6},
		leads: leadsOf(said, numbers.answer, io),
		leadsShown: Math.round(numbers.scores),
		linesMax: numbers.lines,
		callsPerSecondMax: numbers.rate,
		abandonMax: numbers.limit / 100,
	};
	const past =
		days.length > 0
			? pastScenario(
					days.map(({day}) => day),
					given,
				)
			: given;
	const own = (name: string, key: keyof Rehearsal.Scenario) => (said[name] === undefined ? {} : {[key]: given[key]});
	const scenario = {
		...past,
		...own('agents', 'staff'),
		...own('answer', 'answer'),
		...own('talk', 'talk'),
		...own('wrap-up', 'wrapUp'),
		...own('hours', 'shiftMs'),
		...own('limit', 'abandonMax'),
	};
	if (said['after'] === undefined) return scenario;
	const [first] = scenario.answer;
	return {...scenario, answer: [[0, first?.[1] ?? 0], [scenario.shiftMs / 2, said['after'] / 100] as const]};
}

async function runOne(rehearsal: typeof Rehearsal, args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const said = numbersOf(args, io);
	const {runs, seed} = {...usually, ...said};
	const settings = [args['policy'], args['against']].flat().flatMap(text => (text === undefined ? [] : [settingOf(String(text), io)]));
	const days = args['day'] === undefined ? [] : await (await import('./past.js')).pastDays(args, io);
	const results = settings.map(({title, policy, numbers}) => {
		const scenario = scenarioFrom(rehearsal, {...said, ...numbers}, days, io);
		const figures = Array.from({length: runs}, (_, at) => rehearsal.rehearse(rehearsal.policyOf(policy), scenario, seed + at));
		return {policy: title, scenario, summary: rehearsal.summaryOf(figures), figures};
	});
	const past = days.map(({name, day}) => ({name, figures: rehearsal.pastFigures(day)}));
	if (args['json']) {
		const [{scenario}] = results as [(typeof results)[number]];
		io.say(JSON.stringify({scenario, past, results: results.map(({policy, summary}) => ({policy, ...summary}))}));
	} else {
		for (const line of pastLines(past, io.language)) io.say(line);
		for (const line of comparison(results, io.language)) io.say(line);
		for (const result of results) for (const line of report(result, result.scenario, io.language)) io.say(line);
	}
	return exitCodes.ok;
}

/** @returns failed when a goal was missed. */
function runGrid(rehearsal: typeof Rehearsal, args: Record<string, unknown>, io: Io): ExitCode {
	const said = numbersOf(args, io);
	const {runs, seed, hours} = {...usually, ...said};
	const {policy} = settingOf(String(args['policy']), io);
	const cells = rehearsal.grid.filter(({agents, talkS, answer}) =>
		Object.entries({agents, talk: talkS, answer: answer * 100}).every(([key, value]) => said[key] === undefined || said[key] === value),
	);
	const untilMs = performance.now() + (said['within'] ?? Number.POSITIVE_INFINITY) * 60_000;
	let missed = 0;
	let done = 0;
	if (!args['json']) io.say(headLine(io.language));
	for (const cell of cells) {
		if (performance.now() >= untilMs) break;
		const scenario = rehearsal.scenarioOf(cell, hours * rehearsal.hourMs);
		const figures = Array.from({length: runs}, (_, at) => rehearsal.rehearse(rehearsal.policyOf(policy), scenario, seed + at));
		const summary = rehearsal.summaryOf(figures);
		const goal = rehearsal.goalFor(cell);
		const verdicts = rehearsal.verdictsOf(goal, summary);
		done++;
		if (Object.values(verdicts).includes(false)) missed++;
		if (args['json']) io.say(JSON.stringify({cell, goal, summary, verdicts}));
		else for (const line of gridLines({cell, goal, summary, verdicts})) io.say(line);
	}
	if (!args['json']) io.say(say(io.language, 'gridMissed', {missed: String(missed), cells: String(done)}));
	if (!args['json'] && done < rehearsal.grid.length) io.say(say(io.language, 'gridLeft', {left: String(rehearsal.grid.length - done)}));
	return missed === 0 ? exitCodes.ok : exitCodes.failed;
}
