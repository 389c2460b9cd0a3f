import {randomUUID} from 'node:crypto';
import type {Worker} from 'node:worker_threads';
import {spawnWorker} from '../../spawn.js';
import {NotSaved} from './full.js';
import type {Batch, FailedBatch, Progress} from './group.js';
import type {StoreWriter} from './port.js';

export type WriterData = {path: string; run: string};
export type ToWriter = {type: 'batch'; batch: Batch; acknowledged: number} | {type: 'close'};
export type FromWriter =
	/** `progress` is not empty when an earlier thread of the same run has committed something. */
	{type: 'ready'; progress: Progress} | {type: 'decided'; upTo: number; failed: FailedBatch[]} | {type: 'closed'};

/** Deaths of the thread in a row, without one decided batch between them, after which it is not started again. */
const deathsMax = 3;
/** Batches on their way at most; a caller that does not wait for any of them is refused beyond that. */
const pendingMax = 10_000;

type Pending = Batch & {resolve: () => void; reject: (error: Error) => void};

/**
 * The writer thread and what is on its way to it. When the thread dies it is started again and gets every batch that is not
 * decided, once: the progress row in the database tells which batches its predecessor had committed without saying so.
 * @param spawn starts the thread; tests keep hold of it to kill it.
 */
export function startWriter(path: string, spawn: (data: WriterData) => Worker = data => spawnWorker('writer', data)): StoreWriter {
	const run = randomUUID();
	const pending: Pending[] = [];
	const downListeners: Array<(reason: string, final: boolean) => void> = [];
	let lastSeq = 0;
	let acknowledged = 0;
	let deaths = 0;
	let ready = false;
	let dead: string | undefined;
	let closing: {resolve: () => void; reject: (error: Error) => void} | undefined;
	let closed: Promise<void> | undefined;
	let worker = start();

	function start(): Worker {
		const thread = spawn({path, run});
		let reason: string | undefined;
		// A late word of a dead thread is ignored: its successor's progress says the same.
		thread.on('message', (message: FromWriter) => {
			if (thread === worker) heard(message);
		});
		thread.on('error', error => (reason = error.message));
		thread.on('exit', code => ended(reason ?? `the writer thread ended with code ${code}`));
		return thread;
	}
	function heard(message: FromWriter): void {
		if (message.type === 'closed') {
			closing?.resolve();
			closing = undefined;
			dead = 'the store is closed';
		} else if (message.type === 'ready') {
			decide(message.progress.seq, message.progress.failed);
			ready = true;
			for (const batch of pending) post(batch);
			if (closing) send({type: 'close'});
		} else {
			deaths = 0;
			decide(message.upTo, message.failed);
		}
	}
	const send = (message: ToWriter) => worker.postMessage(message);
	const post = ({seq, ops}: Pending) => send({type: 'batch', batch: {seq, ops}, acknowledged});
	function decide(upTo: number, failed: FailedBatch[]): void {
		while (pending[0] && pending[0].seq <= upTo) {
			const batch = pending.shift()!;
			const failure = failed.find(({seq}) => seq === batch.seq);
			if (failure) batch.reject(new NotSaved(failure.message, failure.code));
			else batch.resolve();
		}
		acknowledged = Math.max(acknowledged, upTo);
	}
	function ended(reason: string): void {
		if (dead) return;
		ready = false;
		deaths++;
		const final = deaths >= deathsMax;
		if (final) {
			dead = reason;
			for (const batch of pending.splice(0)) batch.reject(new Error(`not saved: ${reason}`));
			closing?.reject(new Error(reason));
		} else worker = start();
		for (const listener of downListeners) listener(reason, final);
	}

	return {
		commit(ops) {
			if (dead || closed) return Promise.reject(new Error(`not saved: ${dead ?? 'the store is closing'}`));
			if (pending.length >= pendingMax) return Promise.reject(new Error(`not saved: ${pendingMax} batches are waiting already`));
			return new Promise((resolve, reject) => {
				const batch = {seq: ++lastSeq, ops, resolve, reject};
				if (ready) post(batch);
				pending.push(batch);
			});
		},
		onDown: listener => void downListeners.push(listener),
		close() {
			closed ??= dead
				? Promise.resolve()
				: new Promise((resolve, reject) => {
						closing = {resolve, reject};
						if (ready) send({type: 'close'});
					});
			return closed;
		},
	};
}
