/** The operator's console in lines, on a terminal that is none, with the service in memory. */
import {PlainConsole} from '../../../src/tui/agent/plain/plain.js';
import type {Lang} from '../../../src/tui/i18n/index.js';
import {keys} from './console.js';
import {FakeService, startMs} from './service.js';
import {silentPlayers} from './sounds.js';
import {FakeTimers, FakeTty} from './terminal.js';

export class PlainDesk {
	readonly tty: FakeTty;
	readonly service = new FakeService();
	readonly timers = new FakeTimers();
	readonly console: PlainConsole;
	#from = 0;

	constructor({lang = 'ja', columns = 80}: {lang?: Lang; columns?: number} = {}) {
		this.tty = new FakeTty(columns, 24);
		this.console = new PlainConsole({
			findPlayer: silentPlayers().findPlayer,
			connect: () => this.service,
			lang,
			stdin: this.tty.stdin,
			stdout: this.tty.stdout,
			timers: this.timers,
			now: () => startMs + this.timers.nowMs,
			ownsProcess: false,
		});
	}

	static async working(options?: ConstructorParameters<typeof PlainDesk>[0]): Promise<PlainDesk> {
		const desk = new PlainDesk(options);
		desk.console.start();
		await desk.press('op001', keys.enter, 'Kaden-2026', keys.enter, '201', keys.enter, keys.f2, keys.f12);
		return desk;
	}

	async press(...chunks: string[]): Promise<void> {
		for (const chunk of chunks) {
			this.tty.type(chunk);
			if (chunk === keys.escape) this.timers.advance(30);
			await this.console.idle();
		}
	}

	advance(ms: number): void {
		this.timers.advance(ms);
		this.service.nowMs = startMs + this.timers.nowMs;
	}

	/** All that was written since the last time. */
	said(): string {
		const all = this.tty.written.join('');
		const text = all.slice(this.#from);
		this.#from = all.length;
		return text.replaceAll('\r\n', '\n');
	}
}
