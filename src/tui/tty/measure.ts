/** Asks a terminal that nobody reads yet how wide it draws ambiguous characters; the driver of the consoles asks for itself. */
import type {AmbiguousWidth} from './cells.js';
import {type InputStream, type OutputStream, realTimers, type Timers} from './streams.js';

/** The other screen, an ambiguous character at the top left, the question where the pen is, and blanks over it. */
const ask = '\x1b[?1049h\x1b[H\u25cf\x1b[6n\x1b[H  \x1b[H';
const answer = /\x1b\[\d+;(\d+)R/;
/** A terminal that has not answered by then does not know the question: it is taken for one of narrow characters. */
const answerMs = 1_000;

/** Leaves the terminal in its other screen; keys that are pressed meanwhile are lost. */
export function measureAmbiguous(input: InputStream, output: OutputStream, timers: Timers = realTimers): Promise<AmbiguousWidth> {
	return new Promise(resolve => {
		let heard = '';
		const end = (width: AmbiguousWidth): void => {
			cancel();
			input.off('data', hear as () => void);
			// As it was found: blessed listens only to an input that it has made raw itself.
			input.setRawMode?.(false);
			input.pause();
			resolve(width);
		};
		const hear = (chunk: Uint8Array | string): void => {
			heard += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
			const found = answer.exec(heard);
			if (found) end(found[1] === '3' ? 2 : 1);
		};
		const cancel = timers.after(() => end(1), answerMs);
		input.setRawMode?.(true);
		input.on('data', hear);
		input.resume();
		output.write(ask);
	});
}
