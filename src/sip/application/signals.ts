import type {Clock} from './clock.js';
import type {Log} from './limits.js';
import {type ControlAddress, Signal, type SipRequestIn, type SipResponder} from './signal.js';

/** One signalling server of the configuration. */
export type SignallingServer = ControlAddress & {
	/** Its share of the calls we place, compared with the others. 0: none. Default 1. */
	weight?: number;
};

export type SignalsEvents = {
	/** One has been connected; `first`: none was before. */
	up(signal: Signal, first: boolean): void;
	/** One is lost, and with it every dialog on it; `last`: none is left. */
	down(signal: Signal, reason: string, last: boolean): void;
	/** None is connected, and each has refused us: waiting would not help. */
	refused(): void;
	/** See `SignalEvents`. */
	frame?(frame: string): void;
};

/**
 * All signalling servers of an installation. Each has its own connection and its own calls; a phone is called through the one
 * it has registered at, what is free to choose goes to the one with the fewest calls for its weight.
 */
export class Signals {
	readonly all: readonly Signal[];

	constructor(servers: readonly SignallingServer[], clock: Clock, events: SignalsEvents, pingMs: number, log: Log = () => {}) {
		this.all = servers.map(({weight, ...control}) => {
			const signal: Signal = new Signal(
				control,
				clock,
				{
					up: () => {
						log('info', 'a signalling server is connected', {server: signal.name, version: signal.version});
						events.up(signal, this.all.filter(({isUp}) => isUp).length === 1);
					},
					down: reason => {
						log('warn', 'a signalling server is lost', {server: signal.name, why: reason});
						events.down(signal, reason, !this.isUp);
					},
					...(events.frame && {frame: events.frame}),
					trouble: why => {
						log('warn', 'a signalling server cannot be used', {server: signal.name, why});
						if (this.all.every(each => !each.isUp && each.refused)) events.refused();
					},
				},
				pingMs,
			);
			signal.weight = weight ?? 1;
			return signal;
		});
	}

	get isUp(): boolean {
		return this.all.some(({isUp}) => isUp);
	}

	/** What keeps us from each of those that are not connected. */
	get trouble(): string {
		const off = this.all.filter(({isUp}) => !isUp);
		return off.map(({name, trouble}) => (this.all.length === 1 ? trouble : `${name}: ${trouble}`)).join('; ');
	}

	/** Where a new call goes out: to none when all that are connected are drained or have weight 0. */
	pick(): Signal | undefined {
		const usable = this.all.filter(({isUp, draining, weight}) => isUp && !draining && weight > 0);
		return usable.sort((a, b) => a.load / a.weight - b.load / b.weight)[0];
	}

	/** The one of this name while it is connected, else another: what is not a new call goes through any. */
	near(name: string | undefined): Signal | undefined {
		return this.all.find(signal => signal.isUp && signal.name === name) ?? this.pick() ?? this.all.find(({isUp}) => isUp);
	}

	handle(method: string, handler: (request: SipRequestIn, response: SipResponder, signal: Signal) => void): void {
		for (const signal of this.all) signal.handle(method, (request, response) => handler(request, response, signal));
	}

	/** Sends a request outside of dialogs, through any of them; see `Signal.request`. */
	request(...[uri, method, options, answered]: Parameters<Signal['request']>): void {
		const signal = this.near(undefined);
		if (signal) signal.request(uri, method, options, answered);
		else queueMicrotask(() => answered(undefined, 'signalling is down'));
	}

	/** Closes all, each as `Signal.close` does. */
	async close(limitMs: number): Promise<void> {
		await Promise.all(this.all.map(signal => signal.close(limitMs)));
	}
}

/** Both are enough to ask something of a peer. */
export type Asking = Pick<Signal, 'isUp' | 'request'>;
