import {isMainThread, workerData} from 'node:worker_threads';
import type {WorkerRole} from './spawn.js';

const role = (workerData as {kadenRole?: WorkerRole} | null)?.kadenRole;
if (!isMainThread && role) {
	const {workerRoles} = await import('./worker-roles.js');
	await workerRoles[role]();
} else {
	const {runCli} = await import('./cli/cli.js');
	await runCli(process.argv.slice(2));
}
