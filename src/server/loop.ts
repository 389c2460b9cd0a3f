/**
 * The shell around the domain: one inbox, one event at a time. It owns the timers, brings what is to be stored to the writer in
 * order, holds answers back until that is on the disk, and translates between telephony's words and the domain's.
 */
import {setImmediate} from 'node:timers';
import type {Telephony} from '../sip/port.js';
import type {Clock} from './clock.js';
import type {Effect, TelephonyEffect, ViewPart} from './domain/effects.js';
import type {DomainEvent} from './domain/events.js';
import {type Recovery, recover, step} from './domain/step.js';
import {createMask, formatEvent} from './domain/trace.js';
import type {World} from './domain/world.js';
import {Committer} from './loop-committer.js';
import {HeldDials} from './loop-dials.js';
import {answerFetch, type FetchEffect} from './loop-fetch.js';
import {type Files, fromTelephony, toTelephony} from './loop-telephony.js';
import type {StoreOp, StoreReader, StoreWriter} from './store/port.js';

export type Reply = Extract<Effect, {type: 'reply'}>;

export type LoopOptions = {
	world: World;
	clock: Clock;
	telephony: Telephony;
	writer: Pick<StoreWriter, 'commit'>;
	reader: Pick<StoreReader, 'dialableEntries' | 'nextDueMs' | 'doNotCall' | 'customer' | 'customersByNumber' | 'recallsOf'>;
	files: Files;
	/** Exactly one for each request posted, in time. */
	onReply(reply: Reply): void;
	/** Parts of an operator's view to be drawn from the world again. */
	onChanged(operatorId: string, parts: ViewPart[]): void;
	/** How long somebody speaks in a recording that is a message; undefined at once for any other. */
	spokenMs?(file: string): Promise<number | undefined> | undefined;
	/** A mail waits in the store to be sent. */
	onMailQueued?(): void;
	onCloseConsole(consoleId: string, reason: 'loggedOff' | 'taken' | 'ended' | 'stopping'): void;
	log(level: 'info' | 'warn' | 'error', text: string, data?: Record<string, unknown>): void;
	/** Everything that is decided to be written, in order, before it is on the disk. */
	onWritten?(ops: readonly StoreOp[]): void;
	/** Gets one line for each event, and `advance N` for the milliseconds between them. */
	trace?(line: string): void;
	/** Hides telephone numbers and customers' data in the trace. */
	traceMasked?: boolean;
};

const notSaved = ({requestId}: Reply): Reply => ({
	type: 'reply',
	requestId,
	durable: false,
	ok: false,
	error: {code: 'internal', message: 'it could not be saved'},
});

export class Loop {
	readonly #options: LoopOptions;
	readonly #inbox: DomainEvent[] = [];
	readonly #timers = new Map<string, () => void>();
	readonly #committer: Committer;
	readonly #dials: HeldDials;
	readonly #mask = createMask();
	#running = false;
	#stopped = false;
	#tracedMs = 0;
	#idleWaiters: Array<() => void> = [];

	constructor(options: LoopOptions) {
		this.#options = options;
		this.#tracedMs = options.clock.nowMs();
		this.#committer = new Committer({
			commit: ops => options.writer.commit(ops),
			clock: options.clock,
			onDown: reason => {
				this.post({type: 'partDown', part: 'store', reason});
				this.#dials.dropAll();
			},
			onUp: () => this.post({type: 'partUp', part: 'store'}),
			onRefused: (ops, reason) => options.log('error', 'the store refused a batch', {reason, ops: ops.map(({op}) => op)}),
			onIdle: () => this.#tellIdle(),
		});
		const send = (effect: TelephonyEffect) => options.telephony.send(toTelephony(effect, options.files));
		this.#dials = new HeldDials(this.#committer, send, event => this.post(event));
		options.telephony.onEvent(event => {
			const own = fromTelephony(event);
			// A message is listened to first; everything else goes in as it comes.
			const spoken = event.type === 'recorded' ? options.spokenMs?.(event.path) : undefined;
			if (own?.type === 'recorded' && spoken) void spoken.then(ms => this.post(ms === undefined ? own : {...own, spokenMs: ms}));
			else if (own) this.post(own);
		});
	}

	/** Takes an event in. It is worked on at once, or after those that came before it. */
	post(event: DomainEvent): void {
		if (this.#stopped) return;
		this.#inbox.push(event);
		if (this.#running) return;
		this.#running = true;
		try {
			for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#work(next);
		} finally {
			this.#running = false;
		}
		this.#tellIdle();
	}

	/** After a restart: once, after the first `configChanged`. */
	recover(recovery: Recovery): void {
		this.#carryOut(recover(this.#options.world, recovery, this.#options.clock.nowMs()));
	}

	/** Resolves when nothing is in the inbox and everything persisted is on the disk (timers may be running). */
	idle(): Promise<void> {
		return new Promise(resolve => {
			this.#idleWaiters.push(resolve);
			setImmediate(() => this.#tellIdle());
		});
	}

	/** Runs when everything decided so far is on the disk. */
	afterDisk(run: () => void): void {
		this.#committer.afterAll(run);
	}

	/** Calls off all timers and takes no more events. What was persisted before is still brought to the disk: wait for `idle`. */
	stop(): void {
		this.#stopped = true;
		for (const cancel of this.#timers.values()) cancel();
		this.#timers.clear();
	}

	#work(event: DomainEvent): void {
		const {world, clock} = this.#options;
		const nowMs = clock.nowMs();
		this.#trace(event, nowMs);
		this.#carryOut(step(world, event, nowMs));
	}

	#carryOut(effects: Effect[]): void {
		for (const effect of effects) {
			try {
				this.#do(effect);
			} catch (error) {
				this.#options.log('error', `effect ${effect.type} failed`, {error: String(error)});
			}
		}
	}

	#do(effect: Effect) {
		const {telephony, files, log, onChanged, onCloseConsole, onReply} = this.#options;
		switch (effect.type) {
			case 'persist':
				this.#options.onWritten?.(effect.ops);
				return this.#committer.add(effect.ops);
			case 'reply':
				if (effect.durable) return this.#committer.afterAll(saved => onReply(saved ? effect : notSaved(effect)));
				return onReply(effect);
			case 'timer':
				return this.#setTimer(effect);
			case 'cancelTimer':
				this.#timers.get(`${effect.name} ${effect.key}`)?.();
				this.#timers.delete(`${effect.name} ${effect.key}`);
				return;
			case 'changed':
				return onChanged(effect.operatorId, effect.parts);
			case 'mailQueued':
				return this.#committer.afterAll(() => this.#options.onMailQueued?.());
			case 'closeConsole':
				return onCloseConsole(effect.consoleId, effect.reason);
			case 'fetchEntries':
			case 'fetchCustomer':
			case 'findCustomers':
			case 'fetchRecalls':
				return this.#fetch(effect);
			case 'log':
				return log(effect.level, effect.text, effect.data);
			case 'assertFailed':
				return log('error', 'an assertion failed; the call was ended', {message: effect.message, callId: effect.callId});
			default:
				if (effect.type === 'dial' && effect.claim) return this.#dials.hold(effect);
				if (effect.type === 'hangUp' && this.#dials.drop(effect.legId)) return;
				return telephony.send(toTelephony(effect, files));
		}
	}

	#setTimer({name, key, atMs, epoch}: Extract<Effect, {type: 'timer'}>): void {
		const id = `${name} ${key}`;
		this.#timers.get(id)?.();
		const cancel = this.#options.clock.at(atMs, () => {
			if (this.#timers.get(id) === cancel) this.#timers.delete(id);
			this.post({type: 'timer', name, key, epoch});
		});
		this.#timers.set(id, cancel);
	}

	#fetch(effect: FetchEffect): void {
		const {reader, world, clock, log} = this.#options;
		this.#committer.afterAll(() => {
			const {event, error} = answerFetch(effect, reader, world, clock.nowMs());
			if (error) log('error', `${effect.type} failed`, {error});
			this.post(event);
		});
	}

	#trace(event: DomainEvent, nowMs: number): void {
		const {trace, traceMasked} = this.#options;
		if (!trace) return;
		if (nowMs > this.#tracedMs) trace(`advance ${nowMs - this.#tracedMs}`);
		this.#tracedMs = nowMs;
		trace(formatEvent(traceMasked ? this.#mask(event) : event));
	}

	#tellIdle(): void {
		if (this.#running || this.#inbox.length > 0 || this.#committer.busy || this.#idleWaiters.length === 0) return;
		const waiters = this.#idleWaiters;
		this.#idleWaiters = [];
		for (const resolve of waiters) resolve();
	}
}
