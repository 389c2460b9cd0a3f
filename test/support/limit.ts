/** Waiting for what is observed. A limit only ends a hang, it never measures: it is far beyond anything that works, on a machine ten times slower too. */

export const hangMs = 60_000;

/** The promise itself, or a rejection that names what never came. */
export async function within<T>(what: string, promise: Promise<T>, limitMs = hangMs): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const hang = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`waited ${limitMs} ms for ${what}`)), limitMs);
	});
	try {
		return await Promise.race([promise, hang]);
	} finally {
		clearTimeout(timer);
	}
}

/** Looks again and again until `check` gives something true; for states that nobody announces (files, processes, a database). */
export async function eventually<T>(what: string, check: () => T | Promise<T>, limitMs = hangMs): Promise<NonNullable<T>> {
	const endMs = Date.now() + limitMs;
	for (;;) {
		const value = await check();
		if (value) return value;
		if (Date.now() > endMs) throw new Error(`waited ${limitMs} ms for ${what}`);
		await new Promise(resolve => setTimeout(resolve, 20));
	}
}

/** What people do takes its time: for tests that let many of them act at random moments. Nothing may depend on the moment itself. */
export const actAfter = (delayMs: number, act: () => void): void => void setTimeout(act, delayMs);

/** A pause between one such person and the next. */
export const breath = (pauseMs: number): Promise<void> => new Promise(resolve => actAfter(pauseMs, resolve));
