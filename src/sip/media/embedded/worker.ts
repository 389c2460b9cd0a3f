import {isMainThread, parentPort, workerData} from 'node:worker_threads';
import {Engine, turnMs} from './engine.js';
import type {FromWorker, RequestName, ToWorker} from './messages.js';
import {OpenFiles} from './open-files.js';
import {type NetworkKind, openNetwork} from './open-network.js';
import {SoundCache} from './sounds.js';

/** A timer that is late by more than this does not send everything it has missed at once: the moment is gone. */
const catchUpMsMax = 100;

/** One clock for all threads of the process: an endpoint may move from one to another. */
function processClock(): () => number {
	const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
	return () => performance.now() + offsetMs;
}

/** Calls `step` every `intervalMs` on the average, without drift: each deadline comes from the first one. */
function steadily(intervalMs: number, now: () => number, step: () => void): void {
	let dueMs = now() + intervalMs;
	const run = (): void => {
		const nowMs = now();
		if (nowMs - dueMs > catchUpMsMax) dueMs = nowMs;
		while (dueMs <= nowMs) {
			dueMs += intervalMs;
			step();
		}
		setTimeout(run, Math.max(0, dueMs - now()));
	};
	setTimeout(run, intervalMs);
}

/** `openFiles`: shared with the main thread, see `OpenFiles`. */
export type WorkerOptions = {soundBytesMax: number; network: NetworkKind; openFiles: SharedArrayBuffer};

async function start(port: NonNullable<typeof parentPort>, options: WorkerOptions): Promise<void> {
	const post = (message: FromWorker): void => port.postMessage(message);
	const now = processClock();
	const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
	const sleep = (ms: number): void => void Atomics.wait(nobodyWakes, 0, 0, ms);
	const turns = {
		now,
		sleep,
		soon: (step: () => void) => void setImmediate(step),
		later: (step: () => void, ms: number) => void setTimeout(step, ms),
	};
	const network = await openNetwork(options.network, turns, new OpenFiles(options.openFiles));
	const engine = new Engine(
		(id, event) => post({type: 'event', id, event}),
		new SoundCache(options.soundBytesMax),
		now,
		Math.random,
		network,
	);
	const handlers = engine.requests as Record<RequestName, (ask: unknown) => Promise<unknown>>;
	port.on('message', (message: ToWorker) => {
		if ('notice' in message) {
			engine.notice(message.notice);
			return;
		}
		const {request, name, ask} = message;
		handlers[name](ask).then(
			value => post({type: 'answer', request, value}),
			(error: NodeJS.ErrnoException) => {
				const code = error.code === undefined ? {} : {code: error.code};
				post({type: 'refusal', request, message: error.message, ...code});
			},
		);
	});
	steadily(turnMs, now, () => engine.tick());
}

if (!isMainThread && parentPort) await start(parentPort, workerData as WorkerOptions);
