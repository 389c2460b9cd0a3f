/** The process around a terminal: every way it can end or stop, so that the terminal is given back on each of them. */
export type EndReason = {kind: 'signal'; signal: NodeJS.Signals} | {kind: 'hangup'} | {kind: 'error'; error: unknown};

export type Ownership = {
	/** Asked to end by a signal or an error. */
	onEnd: (reason: EndReason) => void;
	/** Give the terminal back; called again and again. */
	leave: () => void;
	/** Take it again after a stop. */
	enter: () => void;
};

const endSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'];

/** Listens to the process. @returns what takes the listeners off again */
export function ownProcess({onEnd, leave, enter}: Ownership): () => void {
	const undo: Array<() => void> = [];
	/**
	 * The listener is taken off a moment late: other listeners of the same signal (Ink has one) kill the process when they find
	 * nobody else who handles it, and would do so in the middle of our orderly end.
	 */
	const on = (event: NodeJS.Signals | 'exit', listener: () => void): void => {
		process.on(event, listener);
		undo.push(() => void setImmediate(() => process.off(event, listener)));
	};
	for (const signal of endSignals) on(signal, () => onEnd({kind: 'signal', signal}));
	on('SIGTSTP', () => {
		leave();
		process.kill(process.pid, 'SIGSTOP');
	});
	on('SIGCONT', () => {
		leave();
		enter();
	});
	on('exit', leave);
	const failed = (error: unknown): void => onEnd({kind: 'error', error});
	process.on('uncaughtException', failed);
	undo.push(() => process.off('uncaughtException', failed));
	return () => {
		while (undo.length > 0) undo.pop()!();
	};
}
