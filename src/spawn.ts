import {pathToFileURL} from 'node:url';
import {Worker} from 'node:worker_threads';
import {shipped} from './paths.js';

declare const KADEN_BUNDLED: boolean | undefined;
/** True when this code runs from the bundle. */
export const bundled = typeof KADEN_BUNDLED !== 'undefined' && KADEN_BUNDLED;

/** What a worker thread may be. `worker-roles.ts` says which module each one runs. */
export type WorkerRole = 'signalling' | 'media' | 'writer' | 'search';

/**
 * Starts a worker thread of the program. Every worker begins with the same file as the main thread; `main.ts` tells them apart
 * by `workerData.kadenRole`.
 */
export function spawnWorker(role: WorkerRole, data: Record<string, unknown> = {}): Worker {
	const entry = pathToFileURL(bundled ? shipped('dist/kaden.mjs') : shipped('build/src/main.js'));
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
