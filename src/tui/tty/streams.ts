/** The terminal as the driver needs it: a small part of Node's tty streams, so that a test can stand in for a terminal. */

export type InputStream = {
	readonly isTTY?: boolean;
	setRawMode?: (mode: boolean) => unknown;
	resume(): unknown;
	pause(): unknown;
	on(event: string, listener: (chunk: Uint8Array | string) => void): unknown;
	off(event: string, listener: () => void): unknown;
};

export type OutputStream = {
	readonly isTTY?: boolean;
	readonly columns?: number;
	readonly rows?: number;
	/** False means: wait for 'drain'. */
	write(text: string): boolean;
	on(event: string, listener: () => void): unknown;
	off(event: string, listener: () => void): unknown;
};

/** Timers as the driver needs them; a test gives its own. */
export type Timers = {
	/** Calls back once after `delayMs` unless the returned function was called before. */
	after(callback: () => void, delayMs: number): () => void;
	/** Calls back every `periodMs` until the returned function is called; must not keep the process alive. */
	every(callback: () => void, periodMs: number): () => void;
};

export const realTimers: Timers = {
	after(callback, delayMs) {
		const timer = setTimeout(callback, delayMs);
		return () => clearTimeout(timer);
	},
	every(callback, periodMs) {
		const timer = setInterval(callback, periodMs);
		timer.unref();
		return () => clearInterval(timer);
	},
};
