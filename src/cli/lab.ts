import {CommandFailed, type ExitCode, exitCodes, type Io, type Language} from './command.js';
import {text} from './texts.js';

/** What the carrier tells of a call that is over. */
type Line = {number: string; attempt: number; outcome: keyof typeof outcomes; endedBy: string; lastedMs: number; talkMs?: number};

const outcomes = {
	person: {ja: '応答', en: 'answered'},
	machine: {ja: '留守番電話', en: 'machine'},
	busy: {ja: '話中', en: 'busy'},
	declined: {ja: '拒否', en: 'declined'},
	noAnswer: {ja: '不在', en: 'no answer'},
	invalid: {ja: '欠番', en: 'invalid number'},
	congestion: {ja: '輻輳', en: 'congestion'},
	abandoned: {ja: '発信側が切断', en: 'given up by the caller'},
	failed: {ja: '失敗', en: 'failed'},
} satisfies Record<string, Record<Language, string>>;

const percents = {
	answer: 'answerPercent',
	machine: 'machinePercent',
	busy: 'busyPercent',
	decline: 'declinePercent',
	invalid: 'invalidPercent',
	congestion: 'congestionPercent',
} as const;

/** Runs the simulated carrier until it is interrupted; one line for each call that is over. */
export async function run(args: Record<string, unknown>, io: Io): Promise<ExitCode> {
	const {startLab} = await import('../sip/lab/lab.js');
	const {defaultProfile} = await import('../sip/lab/people.js');
	const profile = {...defaultProfile};
	const given = Object.entries(percents).flatMap(([option, share]) =>
		typeof args[option] === 'number' ? [{option, share, value: args[option]}] : [],
	);
	for (const {option, share, value} of given) {
		if (!(value >= 0 && value <= 100)) throw new CommandFailed(text(io.language, 'labShare', {option: `--${option}`}), exitCodes.usage);
		profile[share] = value;
	}
	const total = given.reduce((sum, {value}) => sum + value, 0);
	if (total > 100) throw new CommandFailed(text(io.language, 'labShares', {total: String(total)}), exitCodes.usage);
	// Shares that were not named give way to those that were.
	const others = Object.values(percents).filter(share => !given.some(each => each.share === share));
	const usual = others.reduce((sum, share) => sum + profile[share], 0);
	for (const share of others) profile[share] *= Math.min(1, (100 - total) / usual);
	if (typeof args['talk'] === 'number') profile.talkMs = {...profile.talkMs, median: Math.max(1, args['talk']) * 1000};
	const seed = Number(args['seed'] ?? 1);
	const host = String(args['host'] ?? '127.0.0.1');
	const allow = (args['allow'] as string[] | undefined) ?? [];
	const callsIn = callersFrom(args, io.language);
	const lab = await startLab({
		port: Number(args['port'] ?? 5080),
		host,
		seed,
		profile,
		allow,
		onCall: line => io.say(args['json'] ? JSON.stringify(line) : readable(line, io.language)),
	});
	if (args['json']) io.say(JSON.stringify({host, port: lab.port, seed}));
	else io.say(text(io.language, 'labListening', {address: `${host}:${lab.port}`, seed: String(seed)}));
	if (callsIn) {
		const {defaultCallers} = await import('../sip/lab/callers.js');
		lab.callsIn({
			...defaultCallers,
			...callsIn,
			onCall: line => io.say(args['json'] ? JSON.stringify(line) : readableIn(line, io.language)),
		});
	}
	await new Promise<void>(resolve => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	});
	const {calls, refused, outcomes: counts} = lab.stats();
	await lab.close();
	if (args['json']) io.say(JSON.stringify({calls, refused, outcomes: counts}));
	else io.say(text(io.language, 'labTotal', {calls: String(calls)}));
	return exitCodes.ok;
}

type LineIn = {from?: string; to: string; outcome: keyof typeof callerOutcomes; lastedMs: number; waitedMs?: number; status?: number};

const callerOutcomes = {
	refused: {ja: '着信を断られた', en: 'refused'},
	gaveUp: {ja: '待ちきれずに切った', en: 'gave up'},
	letGo: {ja: '話さずに切られた', en: 'let go'},
	talked: {ja: '話した', en: 'talked'},
	failed: {ja: '失敗', en: 'failed'},
} satisfies Record<string, Record<Language, string>>;

type CallsInWanted = {everyMs: number; numbers: string[]; known: string[]; keys: string[]; house: {host: string; port: number}};

/** Who calls the service, when anybody is to. */
function callersFrom(args: Record<string, unknown>, language: Language): CallsInWanted | undefined {
	const everyS = args['callsIn'];
	if (everyS === undefined) return undefined;
	const numbers = ((args['to'] as unknown[] | undefined) ?? []).map(String);
	const [, host, port] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(String(args['service'] ?? '')) ?? [];
	if (typeof everyS !== 'number' || !(everyS >= 1 && everyS <= 86_400) || numbers.length === 0 || !host || !port)
		throw new CommandFailed(text(language, 'labCallsIn'), exitCodes.usage);
	const known = ((args['known'] as unknown[] | undefined) ?? []).map(String);
	return {everyMs: everyS * 1_000, numbers, known, keys: [...String(args['keys'] ?? '')], house: {host, port: Number(port)}};
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)}s`;

function readableIn({from, to, outcome, lastedMs, waitedMs, status}: LineIn, language: Language): string {
	return [
		`${from ?? '-'} → ${to}`,
		callerOutcomes[outcome][language],
		seconds(lastedMs),
		...(waitedMs === undefined ? [] : [`waited ${seconds(waitedMs)}`]),
		...(status === undefined ? [] : [String(status)]),
	].join('  ');
}

function readable(line: Line, language: Language): string {
	const outcome = outcomes[line.outcome][language];
	return [
		line.number,
		`#${line.attempt}`,
		outcome,
		seconds(line.lastedMs),
		...(line.talkMs === undefined ? [] : [`talk ${seconds(line.talkMs)}`, line.endedBy]),
	].join('  ');
}
