import {randomBytes} from 'node:crypto';
import type {SignallingServer} from '../sip/application/signals.js';
import type {SignallingOptions, SignallingWorker} from '../sip/signalling/port.js';
import {startSignallingWorker} from '../sip/signalling/port.js';
import type {Config} from './config.js';
import type {Log} from './log.js';

/** Where the SIP application connects, and where peers reach us. Ports are 0 for a server that is not ours. */
export type Signalling = {
	control: readonly SignallingServer[];
	udpPort: number;
	tcpPort: number;
	/** Drops what comes from this address for so long; 0 lets it in again. drachtio-servers know no such thing: there the application refuses. */
	shutOut(address: string, forMs: number): void;
	close(): Promise<void>;
};

const restartMs = 100;
const restartMsMax = 5_000;
/** After so long without a death the next one starts with a short pause again. */
const steadyMs = 60_000;

/**
 * Starts what the configuration names: the embedded signalling server in a worker that is started again on the same ports
 * whenever it dies (the SIP application notices by itself and connects again), or nothing for drachtio-servers.
 * @throws when a port cannot be bound.
 */
export async function startSignalling(config: Config['signalling'], log: Log): Promise<Signalling> {
	if (config.kind === 'drachtio') {
		return {control: config.servers, udpPort: 0, tcpPort: 0, shutOut: () => {}, close: async () => {}};
	}
	const secret = randomBytes(16).toString('hex');
	const options: SignallingOptions = {
		...(config.udp && {udp: config.udp}),
		...(config.tcp && {tcp: config.tcp}),
		control: {...config.control, secret},
		...(config.externalHost && {externalHost: config.externalHost}),
	};
	return new KeptSignalling(options, log).start();
}

class KeptSignalling {
	#worker: SignallingWorker | undefined;
	#closed = false;
	#deaths = 0;
	#startedMs = 0;
	#timer: NodeJS.Timeout | undefined;
	/** Whom a successor must know of, by address; when it is over. */
	readonly #shutUntilMs = new Map<string, number>();

	constructor(
		private readonly options: SignallingOptions,
		private readonly log: Log,
	) {}

	async start(): Promise<Signalling> {
		const {controlPort, udpPort, tcpPort} = await this.#spawn();
		// A successor must be found where this one was.
		if (this.options.udp) this.options.udp = {...this.options.udp, port: udpPort};
		if (this.options.tcp) this.options.tcp = {...this.options.tcp, port: tcpPort};
		const {host = '127.0.0.1', secret} = this.options.control;
		this.options.control = {host, port: controlPort, secret};
		const shutOut = (address: string, forMs: number) => this.#shutOut(address, forMs);
		return {control: [{host, port: controlPort, secret}], udpPort, tcpPort, shutOut, close: () => this.#close()};
	}

	#shutOut(address: string, forMs: number): void {
		const nowMs = performance.now();
		for (const [each, untilMs] of this.#shutUntilMs) if (untilMs <= nowMs) this.#shutUntilMs.delete(each);
		if (forMs === 0) this.#shutUntilMs.delete(address);
		else this.#shutUntilMs.set(address, nowMs + forMs);
		this.#worker?.shutOut(address, forMs);
	}

	async #spawn(): Promise<SignallingWorker> {
		const worker = await startSignallingWorker(this.options, error => this.#died(error.message));
		this.#worker = worker;
		for (const [address, untilMs] of this.#shutUntilMs)
			if (untilMs > performance.now()) worker.shutOut(address, untilMs - performance.now());
		this.#startedMs = performance.now();
		return worker;
	}

	#died(reason: string): void {
		this.#worker = undefined;
		if (this.#closed) return;
		this.#deaths = performance.now() - this.#startedMs > steadyMs ? 1 : this.#deaths + 1;
		const pauseMs = Math.min(restartMsMax, restartMs * 2 ** (this.#deaths - 1));
		this.log('error', 'signalling.died', {reason, restartInMs: pauseMs});
		this.#timer = setTimeout(() => {
			this.#spawn().then(
				() => {
					this.log('warn', 'signalling.restarted');
					if (this.#closed) void this.#worker?.close();
				},
				error => this.#died((error as Error).message),
			);
		}, pauseMs);
	}

	async #close(): Promise<void> {
		this.#closed = true;
		clearTimeout(this.#timer);
		await this.#worker?.close();
	}
}
