import type {AppLink} from '../../src/sip/signalling/app-link.js';
import type {Clock} from '../../src/sip/signalling/clock.js';
import type {CoreLimits} from '../../src/sip/signalling/core.js';
import {Engine} from '../../src/sip/signalling/engine.js';
import type {Hop, Wire} from '../../src/sip/signalling/hop.js';
import type {Ids} from '../../src/sip/signalling/ids.js';
import {parseMessage, type SipMessage} from '../../src/sip/signalling/message.js';
import {Router} from '../../src/sip/signalling/router.js';

/** Time that moves when the test says so. */
export class FakeClock implements Clock {
	now = 0;
	private agenda: {atMs: number; order: number; fire: () => void}[] = [];
	private order = 0;
	nowMs(): number {
		return this.now;
	}
	wallMs(): number {
		return 1_800_000_000_000 + this.now;
	}
	after(delayMs: number, fire: () => void): () => void {
		const entry = {atMs: this.now + delayMs, order: this.order++, fire};
		this.agenda.push(entry);
		return () => {
			this.agenda = this.agenda.filter(each => each !== entry);
		};
	}
	/** Moves on by `ms`, firing what falls due in its order. */
	advance(ms: number): void {
		const untilMs = this.now + ms;
		for (;;) {
			const due = this.agenda.filter(each => each.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
			if (!due) break;
			this.agenda = this.agenda.filter(each => each !== due);
			this.now = Math.max(this.now, due.atMs);
			due.fire();
		}
		this.now = untilMs;
	}
}

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export interface LinkFaults {
	loss: number;
	duplicate: number;
	/** Delay of each packet, in milliseconds: wide limits make packets overtake each other. */
	delayMs: [number, number];
}

/** Engines joined by a link that loses, doubles and reorders packets as its seed decides. */
export class FakeNetwork {
	readonly engines = new Map<string, Engine>();
	/** Peers played by the test itself. */
	readonly peers = new Map<string, (message: SipMessage) => void>();
	sent = 0;
	constructor(
		readonly clock: FakeClock,
		readonly random: () => number,
		readonly faults: LinkFaults,
	) {}

	add(address: string, onFault?: (error: unknown) => void, limits?: CoreLimits): Engine {
		const here: Hop = {protocol: 'udp', address, port: 5060, flow: 0};
		const wire: Wire = {
			send: (hop, text) => this.carry(here, hop, text),
			local: protocol => (protocol === 'udp' ? {host: address, port: 5060} : undefined),
			alive: () => false,
			isOurs: (host, port) => host === address && port === 5060,
			resolve: (_host, _port, _protocol, found) => found([]),
		};
		let counter = 0;
		const next = (): string => `${address.replaceAll('.', '')}x${++counter}`;
		const ids: Ids = {uuid: next, tag: next, branch: () => `z9hG4bK${next()}`};
		const engine = new Engine({wire, clock: this.clock, ids, router: new Router(), ...(onFault && {onFault}), ...(limits && {limits})});
		this.engines.set(address, engine);
		return engine;
	}

	private carry(from: Hop, to: Hop, text: string): void {
		this.sent++;
		const copies = this.random() < this.faults.duplicate ? 2 : 1;
		for (let copy = 0; copy < copies; copy++) {
			if (this.random() < this.faults.loss) continue;
			const [least, most] = this.faults.delayMs;
			this.clock.after(least + this.random() * (most - least), () => {
				this.engines.get(to.address)?.receive(text, from);
				this.peers.get(to.address)?.(parseMessage(text).message);
			});
		}
	}
}

/** An application that follows a script instead of drachtio-srf. */
export class ScriptApp implements AppLink {
	open = true;
	readonly answers = new Map<string, string>();
	onMessage: (tokens: string[], message: SipMessage) => void = () => {};
	private commands = 0;
	constructor(readonly engine: Engine) {}
	backlogBytes(): number {
		return 0;
	}
	deliver(head: string, text: string): void {
		this.onMessage(['id', 'sip', ...head.split('|')], parseMessage(text).message);
	}
	answer(commandId: string, rest: string): void {
		this.answers.set(commandId, rest);
	}
	/** Gives a command and returns its answer's tokens. */
	command(transactionId: string, dialogId: string, text: string): string[] {
		const id = `c${++this.commands}`;
		this.engine.command(this, id, transactionId, dialogId, '', text);
		return (this.answers.get(id) ?? '').split('|');
	}
}
