/** The softphone on a terminal: keys in, frames out. */
import type {PhoneDesk} from '../../phone/desk.js';
import type {Command} from '../../phone/model.js';
import type {Lang} from '../i18n/index.js';
import {frameShape, renderFrame} from '../line.js';
import {type Theme, themeFor} from '../theme.js';
import type {AmbiguousWidth} from '../tty/cells.js';
import {Driver, type EndReason} from '../tty/driver.js';
import {backspace, emptyEdit, insert} from '../tty/edit.js';
import type {InkView} from '../tty/ink.js';
import type {KeyEvent} from '../tty/keys.js';
import {type InputStream, type OutputStream, realTimers, type Timers} from '../tty/streams.js';
import {phoneWord} from './texts.js';
import {meterSteps, phoneFrame, type Typing} from './view.js';

export type ScreenOptions = {
	lang: Lang;
	stdin?: InputStream;
	stdout?: OutputStream;
	timers?: Timers;
	theme?: Theme;
	ambiguous?: AmbiguousWidth | 'measure';
	ownsProcess?: boolean;
	onEnd: (reason: EndReason) => void;
};
export type ScreenDesk = Pick<PhoneDesk, 'state' | 'levels' | 'nowMs' | 'take'>;

const sizeMin = {columns: 40, rows: 8};
const meterMs = 100;

export class PhoneScreen {
	readonly #driver: Driver;
	readonly #timers: Timers;
	readonly #theme: Theme;
	#typing: Typing = {for: 'number', edit: emptyEdit};
	#desk: ScreenDesk | undefined;
	#ink: {view: InkView; draw: () => void} | undefined;
	#stopMeters: () => void = () => {};
	#shape = '';

	constructor(private readonly options: ScreenOptions) {
		this.#timers = options.timers ?? realTimers;
		this.#theme = options.theme ?? themeFor(process.env);
		this.#driver = new Driver({
			stdin: options.stdin ?? process.stdin,
			stdout: options.stdout ?? process.stdout,
			timers: this.#timers,
			ambiguous: options.ambiguous ?? 'measure',
			sizeMin,
			tooSmall: () => ['', ` ${phoneWord(options.lang, 'small')}`],
			onEnd: options.onEnd,
			ownsProcess: options.ownsProcess ?? true,
		});
	}

	start(desk: ScreenDesk): void {
		this.#desk = desk;
		this.#driver.start();
		this.#driver.onKeys(keys => {
			for (const key of keys) this.#key(key);
			this.draw();
		});
		this.#driver.onResize(size => {
			this.#shape = '';
			this.#ink?.view.resize(size);
			this.draw();
		});
		const meters = (): void => {
			if (desk.state.calls.length > 0) this.draw();
		};
		this.#stopMeters = this.#timers.every(meters, meterMs);
		this.draw();
		void this.#loadInk();
	}

	stop(): void {
		this.#stopMeters();
		this.#driver.stop();
		this.#ink?.view.stop();
		this.#desk = undefined;
	}

	/** Resolves when what is shown is the latest: for tests. */
	idle(): Promise<void> {
		return this.#driver.idle();
	}

	#frame(desk: ScreenDesk) {
		const {lang} = this.options;
		const {state, nowMs} = desk;
		return phoneFrame({lang, size: this.#driver.size, state, levels: desk.levels(meterSteps), typing: this.#typing, nowMs});
	}

	/** Ink lays out what has another shape; else the lines go straight into the cells. */
	draw(): void {
		const desk = this.#desk;
		if (!desk) return;
		const frame = this.#frame(desk);
		const shape = frameShape(frame);
		if (this.#ink && shape !== this.#shape) this.#ink.draw();
		else this.#driver.show(renderFrame(frame, this.#theme));
		this.#shape = shape;
	}

	async #loadInk(): Promise<void> {
		const [{mountInk, createElement}, {App}] = await Promise.all([import('../tty/ink.js'), import('../agent/view/App.js')]);
		const desk = this.#desk;
		if (!desk) return;
		const element = () => createElement(App, {frame: this.#frame(desk), size: this.#driver.size, theme: this.#theme});
		const view = mountInk(this.#driver, element());
		this.#ink = {view, draw: () => view.render(element())};
	}

	#command(command: Command): void {
		this.#desk?.take({type: 'command', command});
	}

	#key(key: KeyEvent): void {
		const {edit} = this.#typing;
		if (key.type === 'char') {
			if (key.ctrl && key.char === 'c') this.#command({do: 'quit'});
		} else if (key.type === 'key') {
			if (key.name === 'enter') this.#enter();
			else if (key.name === 'escape') this.#escape();
			else if (key.name === 'backspace') this.#typing = {...this.#typing, edit: backspace(edit)};
		} else if (key.type === 'paste') this.#typing = {...this.#typing, edit: insert(edit, key.text)};
		else if (key.type === 'text') this.#text(key.text);
	}

	#text(text: string): void {
		const {for: purpose, edit} = this.#typing;
		if (purpose === 'keys') this.#command({do: 'dtmf', digits: text});
		else if (purpose === 'number' && edit.text === '') for (const letter of text) this.#letter(letter);
		else this.#typing = {...this.#typing, edit: insert(edit, text)};
	}

	/** A letter is a key as long as nothing has been typed; anything else begins a number. */
	#letter(letter: string): void {
		const isTalking = this.#desk?.state.calls.some(({state}) => state === 'talking') ?? false;
		if (letter === 'h') this.#command({do: 'hold'});
		else if (letter === 'm') this.#command({do: 'mute'});
		else if (letter === 'q') this.#command({do: 'quit'});
		else if (letter === 'd' && isTalking) this.#typing = {for: 'keys', edit: emptyEdit};
		else if (letter === 't') this.#typing = {for: 'transfer', edit: emptyEdit};
		else this.#typing = {...this.#typing, edit: insert(this.#typing.edit, letter)};
	}

	#enter(): void {
		const {for: purpose, edit} = this.#typing;
		this.#typing = {for: 'number', edit: emptyEdit};
		if (purpose === 'transfer') this.#command({do: 'transfer', to: edit.text});
		else if (purpose === 'number' && edit.text !== '') this.#command({do: 'dial', to: edit.text});
		else if (purpose === 'number') this.#command({do: 'answer'});
	}

	#escape(): void {
		const {for: purpose, edit} = this.#typing;
		this.#typing = {for: 'number', edit: emptyEdit};
		if (purpose === 'number' && edit.text === '') this.#command({do: 'hangUp'});
	}
}
