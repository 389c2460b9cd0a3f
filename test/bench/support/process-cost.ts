import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';

/** What a process costs, read from /proc (Linux), the same way for a program of ours and for any other. */

/** `cpuMicros`: on a core, all threads. `waitedMicros`: ready to run, but the cores were taken by others or by its own threads. */
export type Cost = {cpuMicros: number; waitedMicros: number};

/** Counted by the scheduler in nanoseconds, so a measurement of a second is exact to far below a percent. */
export function costOf(pid: number): Cost {
	const cost: Cost = {cpuMicros: 0, waitedMicros: 0};
	for (const task of readdirSync(`/proc/${pid}/task`)) {
		const [ran, waited] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ');
		cost.cpuMicros += Number(ran) / 1000;
		cost.waitedMicros += Number(waited) / 1000;
	}
	return cost;
}

/** Packets that the kernel has thrown away because the sockets at these ports of 127.0.0.1 were full, since they were opened. */
export function udpDrops(ports: ReadonlySet<number>): number {
	let drops = 0;
	for (const line of readFileSync('/proc/net/udp', 'latin1').split('\n').slice(1)) {
		const fields = line.trim().split(/\s+/);
		const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
		if (ports.has(port)) drops += Number(fields[12]);
	}
	return drops;
}

/** True when a program can be held on one core: there are two, and `taskset` (util-linux) is installed. */
export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** True when a program can be put before the others on this machine: `chrt` (util-linux) is installed and allowed. */
export const canGoFirst = spawnSync('chrt', ['-r', '1', 'true']).status === 0;

/**
 * The command that runs another one on one core only, where that can be done (undefined: on all of them). `first`: before other work on the machine, so
 * that other people's work shows neither in the delay nor, by emptied caches and packets that have piled up, in the CPU time.
 */
export const onCore = (core: number | undefined, first: boolean): string[] => [
	...(first ? ['chrt', '-r', '1'] : []),
	...(canPin && core !== undefined ? ['taskset', '-c', String(core)] : []),
];
