/** `kaden sim`: the rehearsal. */
import type * as Rehearsal from '../../dialer/simulate/index.js';
import {CommandFailed, type ExitCode, exitCodes, type Io} from '../command.js';
import {gridLines, headLine} from './grid-text.js';
import {comparison, report} from './report.js';
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

/** Every number within its bounds, or a message that names both. */
function numbersOf(args: Record<string, unknown>, io: Io): Record<string, number> {
	const bounds: Record<string, [number, number]> = {
		agents: [1, 2_000],
		answer: [0.1, 98],
		after: [0.1, 98],
		talk: [1, 3_600],
		'wrap-up': [0, 3_600],
		hours: [0.05, 24],
		lines: [0, 100_000],
		rate: [0, 10_000],
		limit: [0.01, 50],
		runs: [1, 1_000],
		seed: [0, 2 ** 31 - 1],
	};
	const numbers: Record<string, number> = {};
	for (const [name, [least, most]] of Object.entries(bounds)) {
		if (args[name] === undefined) continue;
		const value = Number(args[name]);
		if (!(value >= least && value <= most)) {
			const values = {name, given: String(args[name]), least: String(least), most: String(most)};
			throw new CommandFailed(say(io.language, 'outOfBounds', values), exitCodes.usage);
		}
		numbers[name] = value;
	}
	return numbers;
}

function scenarioFrom({usual, hourMs}: typeof Rehearsal, numbers: Record<string, number>): Rehearsal.Scenario {
	const shiftMs = numbers['hours']! * hourMs;
	const answer = numbers['answer']! / 100;
	const after = numbers['after'];
	return {
		...usual,
		name: 'rehearsal',
		shiftMs,
		staff: [[0, Math.round(numbers['agents']!)]],
		answer: [[0, answer], ...(after === undefined ? [] : [[shiftMs / 2, after / 100] as const])],
		talk: {kind: 'lognormal', meanMs: numbers['talk']! * 1_000, cv: 1},
		wrapUp: {kind: 'lognormal', meanMs: numbers['wrap-up']! * 1_000, cv: 0.6},
		linesMax: numbers['lines']!,
		callsPerSecondMax: numbers['rate']!,
		abandonMax: numbers['limit']! / 100,
	};
}

function runOne(rehearsal: typeof Rehearsal, args: Record<string, unknown>, io: Io): ExitCode {
	const numbers = numbersOf(args, io);
	const scenario = scenarioFrom(rehearsal, numbers);
	const names = [args['policy'], args['against']].filter(name => name !== undefined) as Rehearsal.PolicyName[];
	const results = names.map(name => {
		const figures = Array.from({length: numbers['runs']!}, (_, at) =>
			rehearsal.rehearse(rehearsal.policyOf(name), scenario, numbers['seed']! + at),
		);
		return {policy: name, summary: rehearsal.summaryOf(figures), figures};
	});
	if (args['json']) io.say(JSON.stringify({scenario, results: results.map(({policy, summary}) => ({policy, ...summary}))}));
	else {
		for (const line of comparison(results, io.language)) io.say(line);
		for (const result of results) for (const line of report(result, scenario, io.language)) io.say(line);
	}
	return exitCodes.ok;
}

/** @returns failed when a goal was missed. */
function runGrid(rehearsal: typeof Rehearsal, args: Record<string, unknown>, io: Io): ExitCode {
	const numbers = numbersOf(args, io);
	const name = args['policy'] as Rehearsal.PolicyName;
	let missed = 0;
	if (!args['json']) io.say(headLine(io.language));
	for (const cell of rehearsal.grid) {
		const scenario = rehearsal.scenarioOf(cell, numbers['hours']! * rehearsal.hourMs);
		const figures = Array.from({length: numbers['runs']!}, (_, at) =>
			rehearsal.rehearse(rehearsal.policyOf(name), scenario, numbers['seed']! + at),
		);
		const summary = rehearsal.summaryOf(figures);
		const goal = rehearsal.goalFor(cell);
		const verdicts = rehearsal.verdictsOf(goal, summary);
		if (Object.values(verdicts).includes(false)) missed++;
		if (args['json']) io.say(JSON.stringify({cell, goal, summary, verdicts}));
		else for (const line of gridLines({cell, goal, summary, verdicts})) io.say(line);
	}
	if (!args['json']) io.say(say(io.language, 'gridMissed', {missed: String(missed), cells: String(rehearsal.grid.length)}));
	return missed === 0 ? exitCodes.ok : exitCodes.failed;
}
