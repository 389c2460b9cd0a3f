import {Worker} from 'node:worker_threads';

declare const KADEN_BUNDLED: boolean | undefined;
/** True when this code runs from the one-file bundle. */
export const bundled = typeof KADEN_BUNDLED !== 'undefined' && KADEN_BUNDLED;

/** What a worker thread may be. `worker-roles.ts` says which module each one runs. */
export type WorkerRole = 'signalling' | 'media' | 'writer' | 'search';

/**
 * Starts a worker thread of the program. In the bundle every worker is the same file as the main thread,
 * so that the program stays one file; `main.ts` tells them apart by `workerData.kadenRole`.
 */
export function spawnWorker(role: WorkerRole, data: Record<string, unknown> = {}): Worker {
	const entry = bundled ? new URL(import.meta.url) : new URL('./main.js', import.meta.url);
	const options = {workerData: {...data, kadenRole: role}, name: `kaden-${role}`};
	const worker = new Worker(entry, options as ConstructorParameters<typeof Worker>[1]);
	const known = {role, worker};
	running.add(known);
	worker.once('exit', () => running.delete(known));
	return worker;
}

const running = new Set<{role: WorkerRole; worker: Worker}>();

/** The worker threads of this process that have not ended, oldest first. */
export const runningWorkers = (role: WorkerRole): Worker[] => [...running].filter(each => each.role === role).map(each => each.worker);
