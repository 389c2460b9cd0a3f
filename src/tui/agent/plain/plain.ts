/**
 * The operator's console in lines (`--plain`), for screen readers, braille displays and slow lines: the same core, the same model
 * and the same keys as the screen. It says what changes, once, and never says anything because time goes by.
 */
import {translator} from '../../i18n/index.js';
import type {ConsoleEvent, ConsoleState} from '../../model/state.js';
import type {EndReason} from '../../tty/driver.js';
import {LineTerminal} from '../../tty/lines.js';
import {type InputStream, type OutputStream, realTimers} from '../../tty/streams.js';
import {exitCodeOf, isHangup} from '../console.js';
import {ConsoleCore, type CoreOptions} from '../core.js';
import {translatorOf} from '../keymap.js';
import {Signals} from '../signals.js';
import {demoWords, spoken} from './spoken.js';
import {promptOf, type Typed, typing} from './typing.js';

export type PlainOptions = CoreOptions & {stdin?: InputStream; stdout?: OutputStream; ownsProcess?: boolean; abort?: AbortSignal};

export class PlainConsole {
	/** Resolves with the exit code once the terminal is given back. */
	readonly done: Promise<number>;
	readonly #options: PlainOptions;
	readonly #core: ConsoleCore;
	readonly #terminal: LineTerminal;
	/** The line that is typed in, as it stands on the terminal. */
	#typed: Typed = null;
	#resolve: (code: number) => void = () => {};

	constructor(options: PlainOptions) {
		this.#options = options;
		this.#terminal = new LineTerminal({
			stdin: options.stdin ?? process.stdin,
			stdout: options.stdout ?? process.stdout,
			timers: options.timers ?? realTimers,
			onKeys: keys => {
				for (const key of keys) this.#core.take({type: 'key', key});
			},
			onEnd: reason => void this.#ended(reason),
			ownsProcess: options.ownsProcess ?? true,
		});
		// The form's keys go by a layout; one of the usual size, whatever the terminal's.
		const signals = new Signals({mode: options.sound ?? 'bell', bell: () => this.#terminal.write('\x07')});
		this.#core = new ConsoleCore(
			options,
			{columns: 120, rows: 40},
			{
				taken: (event, before) => this.#taken(event, before),
				signal: kind => void signals.give(kind),
				exit: code => void this.#exit(code),
			},
		);
		this.done = new Promise(resolve => {
			this.#resolve = resolve;
		});
	}

	get state(): ConsoleState {
		return this.#core.state;
	}

	start(): void {
		const {lang, demo, abort} = this.#options;
		const t = translator(lang);
		this.#terminal.start();
		this.#say([t('say.hello'), t('say.login'), ...(demo ? demoWords(this.state, demo) : [])]);
		this.#core.start();
		abort?.addEventListener('abort', () => void this.#exit(1));
	}

	/** Resolves when nothing is under way: for tests. */
	async idle(): Promise<void> {
		do {
			await this.#core.settled();
			await new Promise(resolve => setImmediate(resolve));
		} while (this.#core.isBusy);
	}

	#taken(event: ConsoleEvent, before: ConsoleState): void {
		if (!this.#core.isOver) this.#say(spoken(before, this.state, event, this.#core.now()));
	}

	/** Lines of their own, then the line that is typed in, where it has changed. */
	#say(lines: readonly string[]): void {
		const t = translatorOf(this.state);
		let text = '';
		if (lines.length > 0) {
			text = `${this.#typed?.isHere ? '\r\n' : ''}${lines.join('\r\n')}\r\n`;
			// What stands in the line is said again with the next letter, not before: the less is read aloud the better.
			if (this.#typed) this.#typed = {...this.#typed, isHere: false};
		}
		const next = typing(this.#typed, promptOf(this.state), this.#terminal.columns, t('say.end'));
		this.#typed = next.typed;
		this.#terminal.write(text + next.text);
	}

	async #exit(code: number, isCutOff = false): Promise<void> {
		if (this.#core.isOver) return;
		const ended = this.#core.end(isCutOff);
		this.#terminal.write('\r\n');
		this.#terminal.stop();
		await ended;
		this.#resolve(code);
	}

	async #ended(reason: EndReason): Promise<void> {
		await this.#exit(exitCodeOf(reason), isHangup(reason));
	}
}
