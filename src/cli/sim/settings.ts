/** The settings that are compared: `POLICY`, or `POLICY,agents=25,limit=2`: what else is different. */
import type {PolicyName} from '../../dialer/simulate/index.js';
import {CommandFailed, exitCodes, type Io} from '../command.js';
import {say} from './texts.js';

export const policies: readonly PolicyName[] = ['table-idle', 'table-predicted', 'progressive', 'adaptive'];

/** What a number may be. */
export const bounds: Record<string, [number, number]> = {
	agents: [1, 2_000],
	answer: [0.1, 98],
	after: [0.1, 98],
	talk: [1, 3_600],
	'wrap-up': [0, 3_600],
	likely: [0.1, 99],
	'likely-answer': [0.1, 98],
	scores: [0, 10_000],
	hours: [0.05, 24],
	lines: [0, 100_000],
	rate: [0, 10_000],
	limit: [0.01, 50],
	runs: [1, 1_000],
	seed: [0, 2 ** 31 - 1],
	within: [0.01, 100_000],
};

/** Every number within its bounds, or a message that names both. */
export function numbersOf(args: Record<string, unknown>, io: Io): Record<string, number> {
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

/**
 * People of two kinds: `likely` per cent of them answer `likely-answer` per cent of the calls, the others so much less often that
 * all together answer as was said.
 */
export function leadsOf(numbers: Record<string, number>, answer: number, io: Io): Array<{weight: number; factor: number}> {
	const {likely, 'likely-answer': surely} = numbers;
	if (likely === undefined && surely === undefined) return [];
	if (likely === undefined || surely === undefined || (likely / 100) * surely > answer)
		throw new CommandFailed(say(io.language, 'likely', {answer: String(answer)}), exitCodes.usage);
	const weight = likely / 100;
	return [
		{weight, factor: surely / answer},
		{weight: 1 - weight, factor: (answer - weight * surely) / (1 - weight) / answer},
	];
}

export type Setting = {title: string; policy: PolicyName; numbers: Record<string, number>};

/** Those that may differ from one setting to the next. */
const different = ['agents', 'answer', 'after', 'likely', 'likely-answer', 'scores', 'talk', 'wrap-up', 'lines', 'rate', 'limit'];

export function settingOf(text: string, io: Io): Setting {
	const [name = '', ...more] = text.split(',').map(part => part.trim());
	const policy = policies.find(each => each === name);
	const pairs = more.map(part => part.split('='));
	if (!policy || pairs.some(([key = '', value = '']) => !different.includes(key) || value === ''))
		throw new CommandFailed(
			say(io.language, 'noSetting', {given: text, policies: policies.join(', '), names: different.join(', ')}),
			exitCodes.usage,
		);
	return {title: text, policy, numbers: numbersOf(Object.fromEntries(pairs), io)};
}
