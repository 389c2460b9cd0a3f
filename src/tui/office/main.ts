/** Entry of the layout editor: keys in, frames out, saving through whoever opened it. */
import type {Lang} from '../i18n/index.js';
import {renderFrame} from '../line.js';
import {initialOffice, type OfficeEvent, type OfficeState, officeStep} from '../model/office.js';
import {type Theme, themeFor} from '../theme.js';
import type {AmbiguousWidth} from '../tty/cells.js';
import {Driver} from '../tty/driver.js';
import type {InputStream, OutputStream, Timers} from '../tty/streams.js';
import {officeSay} from './texts.js';
import {officeFrame} from './view.js';

export type OfficeOptions = {
	lang: Lang;
	office: {id: string; name: string; rows: readonly string[]; version: string | undefined};
	extensions: readonly string[];
	/** Resolves with the version that is saved now; rejects with an error whose message is for people. */
	save: (rows: string[], version: string | undefined) => Promise<string>;
	stdin?: InputStream;
	stdout?: OutputStream;
	timers?: Timers;
	theme?: Theme;
	ambiguous?: AmbiguousWidth | 'measure';
	ownsProcess?: boolean;
};

export class OfficeEditor {
	/** Resolves with the exit code once the terminal is given back. */
	readonly done: Promise<number>;
	state: OfficeState;
	readonly #options: OfficeOptions;
	readonly #driver: Driver;
	#end: (code: number) => void = () => {};
	#saving: Promise<void> | undefined;

	constructor(options: OfficeOptions) {
		this.#options = options;
		this.done = new Promise(resolve => {
			this.#end = resolve;
		});
		this.#driver = new Driver({
			stdin: options.stdin ?? process.stdin,
			stdout: options.stdout ?? process.stdout,
			...(options.timers && {timers: options.timers}),
			ambiguous: options.ambiguous ?? 'measure',
			sizeMin: {columns: 60, rows: 12},
			tooSmall: () => ['', ` ${officeSay(options.lang, 'small')}`],
			onEnd: reason => this.#end(reason.kind === 'error' ? 1 : reason.kind === 'signal' ? 130 : 0),
			ownsProcess: options.ownsProcess ?? true,
		});
		const {office, extensions} = options;
		this.state = initialOffice({...office, known: extensions, size: this.#driver.size});
	}

	start(): void {
		this.#driver.start();
		this.#driver.onKeys(keys => {
			for (const key of keys) {
				// Letters that arrive together are keys one after the other, as long as nothing is typed.
				const texts = key.type === 'text' && !this.state.input ? [...key.text] : [];
				if (texts.length > 1) for (const text of texts) this.#take({type: 'key', key: {type: 'text', text}});
				else this.#take({type: 'key', key});
			}
			this.#draw();
		});
		this.#driver.onResize(size => {
			this.#take({type: 'resize', size});
			this.#draw();
		});
		this.#draw();
	}

	/** Resolves when nothing is under way and what is shown is the latest: for tests. */
	async idle(): Promise<void> {
		await this.#saving;
		await this.#driver.idle();
	}

	#take(event: OfficeEvent): void {
		const {state, effects} = officeStep(this.state, event);
		this.state = state;
		for (const effect of effects) {
			if (effect.effect === 'exit') {
				this.#driver.stop();
				this.#end(0);
			} else {
				const {rows, version} = effect;
				this.#saving = this.#options.save(rows, version).then(
					saved => this.#heard({type: 'saved', version: saved, rows}),
					(error: unknown) => this.#heard({type: 'refused', said: (error as Error).message}),
				);
			}
		}
	}

	#heard(event: OfficeEvent): void {
		this.#take(event);
		this.#draw();
	}

	#draw(): void {
		const {lang, theme} = this.#options;
		this.#driver.show(renderFrame(officeFrame(this.state, lang), theme ?? themeFor(process.env)));
	}
}

/** Runs the editor on this terminal until it is left. @returns the exit code. */
export function runOfficeEditor(options: OfficeOptions): Promise<number> {
	const editor = new OfficeEditor(options);
	editor.start();
	return editor.done;
}
