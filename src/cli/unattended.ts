/** What `kaden start` does without a terminal: an automatic agent works the campaign, each call is one line, a summary closes it. */
import {Client} from '../server/api/client.js';
import type {EndedCall, Overview} from '../server/api/views.js';
import {startAutoAgent} from './auto-agent.js';
import type {Io} from './command.js';
import {admit} from './connect.js';
import {text} from './texts.js';

export type UnattendedOptions = {
	url: string;
	folder: string;
	seconds: number;
	json: boolean;
	/** Resolves when the service has ended, whatever the reason. */
	ended: Promise<number>;
};

const pollMs = 500;
/** What the last call and its record may still take after the time is over. */
const finishMs = 15_000;

/** Works for the given time. @returns whether anything worked: a record was saved. */
export async function workUnattended(options: UnattendedOptions, io: Io): Promise<boolean> {
	const {url, folder, seconds, json} = options;
	const tool = new Client({url, lang: io.language});
	const client = new Client({url, lang: io.language});
	for (const each of [tool, client]) each.connect();
	try {
		await Promise.all([tool.online(), client.online()]);
		await admit(tool, {url, folder}, io);
		const startedMs = Date.now() + tool.clockOffsetMs;
		const report = new Report(json, io);
		const login = client.welcome?.demo;
		if (!login) throw new Error('the service does not run the demonstration');
		if (!json) io.say(text(io.language, 'working', {seconds: String(seconds), loginId: login.loginId, extension: login.extension}));
		// Two seconds and a bit: long enough to be heard in the recordings, short enough to see several calls.
		const talkMs = () => 2_500;
		const agent = await startAutoAgent({client, login, talkMs, writeMs: 400, warn: line => io.warn(line)});
		const ask = () => tool.request({type: 'overview', endedSinceMs: startedMs});
		const poll = setInterval(
			() =>
				void ask().then(
					overview => report.take(overview),
					() => {},
				),
			pollMs,
		);
		const isUp = await Promise.race([elapsed(seconds * 1000).then(() => true), options.ended.then(() => false)]);
		if (isUp) await Promise.race([agent.finish(), elapsed(finishMs), options.ended]);
		clearInterval(poll);
		agent.stop();
		if (isUp) report.take(await ask(), true);
		report.close(agent.saved);
		return agent.saved > 0 && isUp;
	} finally {
		client.close();
		tool.close();
	}
}

const elapsed = (durationMs: number): Promise<void> =>
	new Promise(resolve => {
		setTimeout(resolve, durationMs).unref();
	});

/** Prints each call once: when it is over and, if it was talked, its record is saved. */
class Report {
	readonly #printed = new Set<string>();
	readonly #calls: EndedCall[] = [];
	#last: Overview | undefined;

	constructor(
		private readonly json: boolean,
		private readonly io: Io,
	) {}

	take(overview: Overview, isLast = false): void {
		this.#last = overview;
		for (const call of overview.ended ?? []) {
			const isSettled = call.outcome !== 'talked' || call.recordId !== undefined;
			if (this.#printed.has(call.callId) || !(isSettled || isLast)) continue;
			this.#printed.add(call.callId);
			this.#calls.push(call);
			this.io.say(this.json ? JSON.stringify({...call, number: masked(call.number)}) : this.#line(call));
		}
	}

	close(saved: number): void {
		const count = (outcome: string) => this.#calls.filter(call => call.outcome === outcome).length;
		const byOutcome: Record<string, number> = {};
		for (const {outcome = 'unknown'} of this.#calls) byOutcome[outcome] = (byOutcome[outcome] ?? 0) + 1;
		const byState = this.#last?.lists[0]?.byState ?? {};
		const summary = {calls: this.#calls.length, answered: count('talked'), abandoned: count('abandoned'), saved, byOutcome, byState};
		if (this.json) {
			this.io.say(JSON.stringify({summary}));
			return;
		}
		const list = (counts: Record<string, number>) =>
			Object.entries(counts)
				.filter(([, number]) => number > 0)
				.map(([key, number]) => `${key} ${number}`)
				.join(', ') || '-';
		const {calls, answered, abandoned} = summary;
		const values = {calls, answered, abandoned, saved, outcomes: list(byOutcome), states: list(byState)};
		this.io.say(text(this.io.language, 'summary', Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]))));
	}

	#line(call: EndedCall): string {
		const {language} = this.io;
		const seconds = (durationMs: number | undefined) =>
			durationMs === undefined ? '   -  ' : `${(durationMs / 1000).toFixed(1)}s`.padStart(6);
		const record = call.recordId === undefined ? '-' : call.recordId;
		return [
			new Date(call.startedMs).toTimeString().slice(0, 8),
			masked(call.number).padEnd(11),
			(call.outcome ?? '').padEnd(13),
			...(call.kind === 'inbound' ? [text(language, 'calledIn')] : []),
			`${text(language, 'ring')}${seconds(call.ringMs)}`,
			`${text(language, 'talk')}${seconds(call.talkMs)}`,
			(call.entryState ?? '-').padEnd(10),
			`${text(language, 'record')} ${record}`,
		].join('  ');
	}
}

/** A telephone number that may stand in a log: the middle is hidden. */
export function masked(number: string): string {
	if (number.length < 7) return '*'.repeat(number.length);
	return `${number.slice(0, 3)}${'*'.repeat(number.length - 5)}${number.slice(-2)}`;
}
