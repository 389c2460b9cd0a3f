/**
 * Calls the web addresses and runs the programs that are to be told of calls. Each hook has a queue of its own, in order and of a
 * length: another system that is slow or away delays nobody, and what it is not told is said in the log.
 */
import {readFile} from 'node:fs/promises';
import {execa} from 'execa';
import {type ExternalEvent, type Hook, isFor} from '../domain/external.js';
import type {Log} from '../log.js';

/** What waits for one hook; the oldest goes when there is more. */
const queueMax = 200;
const retryMs = 1_000;
const answerBytesMax = 64 * 1024;

export type HookOptions = {
	hooks: () => readonly Hook[];
	log: Log;
	/** Waits; a test does not. */
	pause?: (ms: number) => Promise<void>;
};

export class HookRunner {
	readonly #queues = new Map<string, ExternalEvent[]>();
	readonly #running = new Map<string, Promise<void>>();
	#closed = false;

	constructor(private readonly options: HookOptions) {}

	tell(event: ExternalEvent): void {
		if (this.#closed) return;
		for (const hook of this.options.hooks()) {
			const isMeant = hook.enabled && (hook.url ?? hook.program) !== undefined && hook.on.includes(event.kind);
			if (!isMeant || !isFor(hook.who, event)) continue;
			const queue = this.#queues.get(hook.id) ?? [];
			this.#queues.set(hook.id, queue);
			queue.push(event);
			if (queue.length > queueMax) this.#lost(hook.id, queue.shift()!, 'too many wait');
			if (!this.#running.has(hook.id)) this.#running.set(hook.id, this.#work(hook.id, queue));
		}
	}

	async #work(id: string, queue: ExternalEvent[]): Promise<void> {
		for (let event = queue.shift(); event && !this.#closed; event = queue.shift()) {
			// As it is set now: what was changed while it waited counts.
			const hook = this.options.hooks().find(each => each.id === id);
			if (!hook?.enabled) continue;
			await this.#deliver(hook, event);
		}
		this.#running.delete(id);
	}

	async #deliver(hook: Hook, event: ExternalEvent): Promise<void> {
		const pause = this.options.pause ?? (ms => new Promise<void>(resolve => void setTimeout(resolve, ms).unref()));
		for (let attempt = 1; ; attempt++) {
			try {
				if (hook.program === undefined) await callAddress(hook, event);
				else await runProgram(hook, event);
				this.options.log('debug', 'hook.done', {hook: hook.id, event: event.kind, callId: event.callId, attempt});
				return;
			} catch (error) {
				const reason = reasonOf(error);
				if (attempt >= hook.tries || this.#closed) return this.#lost(hook.id, event, reason);
				this.options.log('info', 'hook.again', {hook: hook.id, event: event.kind, callId: event.callId, attempt, reason});
				await pause(retryMs * 4 ** (attempt - 1));
			}
		}
	}

	#lost(hook: string, {kind, callId, operator}: ExternalEvent, reason: string): void {
		this.options.log('warn', 'hook.lost', {hook, event: kind, callId, operator, reason});
	}

	/** Nothing new is begun; what is under way has its own limit. */
	async close(): Promise<void> {
		this.#closed = true;
		await Promise.all(this.#running.values());
	}
}

type Failure = {name?: string; code?: string; cause?: {code?: string}; exitCode?: number; signal?: string};

/** Neither a whole address nor an environment: secrets may stand in them. */
function reasonOf(error: unknown): string {
	const {name, code, cause, exitCode, signal} = error as Failure;
	if (name === 'TimeoutError' || (error as {timedOut?: boolean}).timedOut) return 'timeout';
	if (error instanceof BadAnswer) return error.message;
	if (exitCode !== undefined) return `the program ended with ${exitCode}`;
	return signal === undefined ? (cause?.code ?? code ?? name ?? 'error') : `the program was ended by ${signal}`;
}

class BadAnswer extends Error {}

type Places = Record<string, string>;
const placesOf = (event: ExternalEvent): Places => Object.fromEntries(Object.entries(event).map(([name, value]) => [name, String(value)]));
/** `{number}` and the others filled in; one that the event does not have is empty. */
export const filledIn = (text: string, event: ExternalEvent, encode: (value: string) => string = value => value): string => {
	const places = placesOf(event);
	return text.replace(/\{(\w+)\}/g, (_, name: string) => encode(places[name] ?? ''));
};

const keyOf = async ({keyFile}: Hook): Promise<string | undefined> =>
	keyFile === undefined ? undefined : (await readFile(keyFile, 'utf8')).split(/\r?\n/)[0]!.trim();

async function callAddress(hook: Hook, event: ExternalEvent): Promise<void> {
	const key = await keyOf(hook);
	const isPost = hook.method === 'post';
	const response = await fetch(filledIn(hook.url!, event, encodeURIComponent), {
		method: isPost ? 'POST' : 'GET',
		// Another host is another system: it was not asked for.
		redirect: 'manual',
		signal: AbortSignal.timeout(hook.timeoutMs),
		headers: {
			...(isPost && {'content-type': 'application/json'}),
			...(key !== undefined && {authorization: `Bearer ${key}`}),
		},
		...(isPost && {body: JSON.stringify(event)}),
	});
	await drained(response);
	if (!response.ok) throw new BadAnswer(`answered ${response.status}`);
}

/** What it answers is of no interest, but unread it would hold the connection. */
async function drained(response: Response): Promise<void> {
	let bytes = 0;
	for await (const chunk of response.body ?? []) {
		bytes += (chunk as Uint8Array).length;
		if (bytes > answerBytesMax) return;
	}
}

async function runProgram(hook: Hook, event: ExternalEvent): Promise<void> {
	const key = await keyOf(hook);
	const facts = Object.entries(placesOf(event)).map(([name, value]) => [`KADEN_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`, value]);
	const {PATH = '', LANG = '', HOME = ''} = process.env;
	await execa(
		hook.program!,
		(hook.arguments ?? []).map(argument => filledIn(argument, event)),
		{
			// Not ours: what the service was started with is none of the program's business.
			extendEnv: false,
			env: {PATH, LANG, HOME, ...Object.fromEntries(facts), ...(key !== undefined && {KADEN_KEY: key})},
			input: JSON.stringify(event),
			stdout: 'ignore',
			stderr: 'ignore',
			timeout: hook.timeoutMs,
			forceKillAfterDelay: 1_000,
		},
	);
}
