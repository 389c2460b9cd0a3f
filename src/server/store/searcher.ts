/** The search thread as the service sees it: started at the first search, started again when it has died. */
import type {Worker} from 'node:worker_threads';
import {spawnWorker} from '../../spawn.js';
import type {Customer, EntryState} from '../domain/model.js';
import type {CustomerQuery} from './search.js';

export type Found = {handle: number; total: number};
/** A customer with what the last record and the list say. */
export type FoundRow = {
	customer: Customer;
	lastMs?: number;
	reachedId?: string;
	reactionId?: string;
	nextActionId?: string;
	nextAtMs?: number;
	operatorId?: string;
	state?: EntryState;
};
export type ToSearch =
	| {id: number; ask: 'find'; query: CustomerQuery}
	| {id: number; ask: 'rows'; handle: number; from: number; count: number}
	| {id: number; ask: 'copy'; to: string}
	| {ask: 'close'};
export type FromSearch = {id: number; value: Found | FoundRow[] | null} | {id: number; error: string};

export class Searcher {
	#worker: Worker | undefined;
	#last = 0;
	readonly #waiting = new Map<number, {resolve: (value: never) => void; reject: (error: Error) => void}>();

	constructor(private readonly path: string) {}

	/** Counts all that are found; their rows are read by the handle, as they were found. */
	find(query: CustomerQuery): Promise<Found> {
		return this.#ask(id => ({id, ask: 'find', query}));
	}

	rows({handle}: Found, from: number, count: number): Promise<FoundRow[]> {
		return this.#ask(id => ({id, ask: 'rows', handle, from, count}));
	}

	/** The database as it is at one moment, as one new file. For a thread of its own: it is busy until that is done. */
	copyTo(path: string): Promise<null> {
		return this.#ask(id => ({id, ask: 'copy', to: path}));
	}

	#ask<T>(message: (id: number) => ToSearch): Promise<T> {
		const worker = (this.#worker ??= this.#start());
		const id = ++this.#last;
		return new Promise<T>((resolve, reject) => {
			this.#waiting.set(id, {resolve, reject});
			worker.postMessage(message(id));
		});
	}

	#start(): Worker {
		const worker = spawnWorker('search', {path: this.path});
		let reason = 'the search thread ended';
		worker.on('message', (message: FromSearch) => {
			const waiting = this.#waiting.get(message.id);
			this.#waiting.delete(message.id);
			if ('error' in message) waiting?.reject(new Error(message.error));
			else waiting?.resolve(message.value as never);
		});
		worker.on('error', error => {
			reason = error.message;
		});
		worker.on('exit', () => {
			if (this.#worker === worker) this.#worker = undefined;
			for (const {reject} of this.#waiting.values()) reject(new Error(reason));
			this.#waiting.clear();
		});
		return worker;
	}

	async close(): Promise<void> {
		const worker = this.#worker;
		if (!worker) return;
		const ended = new Promise(resolve => worker.once('exit', resolve));
		worker.postMessage({ask: 'close'} satisfies ToSearch);
		await ended;
	}
}
