/** The demonstration's service as a child process of the console: it outlives nothing. */
import {type ChildProcess, spawn} from 'node:child_process';
import {CommandFailed, type ExitCode, exitCodes} from './command.js';

/** What the child tells its parent. `stays`: others are connected, it goes on for them after the parent has left. */
export type FromChild = {type: 'up'; url: string} | {type: 'failed'; message: string; exitCode: ExitCode} | {type: 'stays'};
/** What a parent says that has nothing more to do here. */
export const leaveWord = 'leave';

export type ServiceChild = {
	readonly pid: number | undefined;
	/** Resolves with the address; rejects with `CommandFailed` when the service did not come up. */
	readonly up: Promise<string>;
	/** Resolves with the exit code when the child has ended, whatever the reason. */
	readonly ended: Promise<number>;
	/** Ends the service in good order. */
	stop(): Promise<number>;
	/** Ends the service in good order unless somebody else is connected: then it goes on. Resolves once that is known, or it has ended. */
	leave(): Promise<void>;
	/** Leaves the service running when this process ends. */
	letGo(): void;
};

const stopMs = 15_000;
const errorTextMax = 4_000;

/**
 * Starts this program once more, as a child that ends when the channel to us closes, however we end. It has a process group of
 * its own, so that Ctrl-C in the terminal reaches only the console.
 */
export function startChild(args: string[]): ServiceChild {
	const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
		detached: true,
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	let errorText = '';
	child.stderr!.setEncoding('utf8').on('data', (text: string) => {
		errorText = (errorText + text).slice(-errorTextMax);
	});
	const ended = new Promise<number>(resolve => {
		child.once('error', () => resolve(exitCodes.software));
		child.once('exit', (code, signal) => resolve(code ?? (signal === null ? exitCodes.software : 128)));
	});
	const up = new Promise<string>((resolve, reject) => {
		child.on('message', (message: FromChild) => {
			if (message.type === 'up') resolve(message.url);
			else if (message.type === 'failed') reject(new CommandFailed(message.message, message.exitCode));
		});
		void ended.then(code => reject(new CommandFailed(errorText.trim() || `the service ended with code ${code}`, exitCodes.failed)));
	});
	up.catch(() => {});
	const letGo = (): void => {
		child.stderr!.destroy();
		if (child.connected) child.disconnect();
		child.unref();
	};
	const leave = async (): Promise<void> => {
		const stays = new Promise<'stays'>(resolve => child.on('message', ({type}: FromChild) => type === 'stays' && resolve(type)));
		if (!child.connected) return;
		child.send(leaveWord);
		const timer = setTimeout(() => void stop(child, ended), stopMs);
		if ((await Promise.race([ended, stays])) === 'stays') letGo();
		clearTimeout(timer);
	};
	return {pid: child.pid, up, ended, stop: () => stop(child, ended), leave, letGo};
}

/** SIGTERM first; a child that does not end is killed. */
async function stop(child: ChildProcess, ended: Promise<number>): Promise<number> {
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
	const code = await ended;
	clearTimeout(timer);
	return code;
}
