import type {WorkerRole} from './spawn.js';

/** The module that each kind of worker runs; imported only in that worker. Each module starts itself on import. */
export const workerRoles: Record<WorkerRole, () => Promise<unknown>> = {
	signalling: () => import('./sip/signalling/worker.js'),
	media: () => import('./sip/media/embedded/worker.js'),
	search: () => import('./server/store/search-worker.js'),
	writer: () => import('./server/store/writer-worker.js'),
};
