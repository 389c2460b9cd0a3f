import {randomBytes} from 'node:crypto';
import type {SignallingServer} from '../sip/application/signals.js';
import type {SignallingOptions, SignallingWorker} from '../sip/signalling/port.js';
import {startSignallingWorker} from '../sip/signalling/port.js';
import {CertificateWatch, readCertificate} from './certificate.js';
import type {Config} from './config.js';
import type {Log} from './log.js';

/** Where the SIP application connects, and where peers reach us. Ports are 0 for a server that is not ours. */
export type Signalling = {
	control: readonly SignallingServer[];
	udpPort: number;
	tcpPort: number;
	tlsPort: number;
	/** Drops what comes from this address for so long; 0 lets it in again. drachtio-servers know no such thing: there the application refuses. */
	shutOut(address: string, forMs: number): void;
	close(): Promise<void>;
};

const restartMs = 100;
const restartMsMax = 5_000;
/** How often it is looked whether the certificate was renewed. */
const renewalMs = 60_000;
const sayAgainMs = 600_000;
/** Telephones that were here once and are called where they are no more are many. */
const saidMax = 100;
/** After so long without a death the next one starts with a short pause again. */
const steadyMs = 60_000;

/**
 * Starts what the configuration names: the embedded signalling server in a worker that is started again on the same ports
 * whenever it dies (the SIP application notices by itself and connects again), or nothing for drachtio-servers.
 * @throws when a port cannot be bound.
 */
export async function startSignalling(config: Config['signalling'], log: Log): Promise<Signalling> {
	if (config.kind === 'drachtio') {
		return {control: config.servers, udpPort: 0, tcpPort: 0, tlsPort: 0, shutOut: () => {}, close: async () => {}};
	}
	const secret = randomBytes(16).toString('hex');
	const options: SignallingOptions = {
		...(config.udp && {udp: config.udp}),
		...(config.tcp && {tcp: config.tcp}),
		control: {...config.control, secret},
		...(config.externalHost && {externalHost: config.externalHost}),
	};
	if (!config.tls) return new KeptSignalling(options, log).start();
	const {host, port, ...files} = config.tls;
	const {cert, key, fingerprint} = readCertificate(files);
	options.tls = {host, port, cert, key, peers: config.peers};
	return new KeptSignalling(options, log, new CertificateWatch(files, fingerprint)).start();
}

class KeptSignalling {
	#worker: SignallingWorker | undefined;
	#closed = false;
	#deaths = 0;
	#startedMs = 0;
	#timer: NodeJS.Timeout | undefined;
	#renewal: NodeJS.Timeout | undefined;
	/** When it was last said of a peer that it cannot be reached by TLS. */
	readonly #saidMs = new Map<string, number>();
	/** Whom a successor must know of, by address; when it is over. */
	readonly #shutUntilMs = new Map<string, number>();

	constructor(
		private readonly options: SignallingOptions,
		private readonly log: Log,
		private readonly certificate?: CertificateWatch,
	) {}

	async start(): Promise<Signalling> {
		const {controlPort, udpPort, tcpPort, tlsPort} = await this.#spawn();
		// A successor must be found where this one was.
		if (this.options.udp) this.options.udp = {...this.options.udp, port: udpPort};
		if (this.options.tcp) this.options.tcp = {...this.options.tcp, port: tcpPort};
		if (this.options.tls) this.options.tls = {...this.options.tls, port: tlsPort};
		if (this.certificate) this.#renewal = setInterval(() => this.#renew(), renewalMs).unref();
		const {host = '127.0.0.1', secret} = this.options.control;
		this.options.control = {host, port: controlPort, secret};
		const shutOut = (address: string, forMs: number) => this.#shutOut(address, forMs);
		return {control: [{host, port: controlPort, secret}], udpPort, tcpPort, tlsPort, shutOut, close: () => this.#close()};
	}

	#shutOut(address: string, forMs: number): void {
		const nowMs = performance.now();
		for (const [each, untilMs] of this.#shutUntilMs) if (untilMs <= nowMs) this.#shutUntilMs.delete(each);
		if (forMs === 0) this.#shutUntilMs.delete(address);
		else this.#shutUntilMs.set(address, nowMs + forMs);
		this.#worker?.shutOut(address, forMs);
	}

	async #spawn(): Promise<SignallingWorker> {
		const worker = await startSignallingWorker(
			this.options,
			error => this.#died(error.message),
			stack => this.log('error', 'signalling.fault', {stack}),
			(peer, reason) => this.#unproven(peer, reason),
		);
		this.#worker = worker;
		for (const [address, untilMs] of this.#shutUntilMs)
			if (untilMs > performance.now()) worker.shutOut(address, untilMs - performance.now());
		this.#startedMs = performance.now();
		return worker;
	}

	/** A renewed certificate is taken without a restart; one that cannot be used leaves the old one. */
	#renew(): void {
		try {
			const found = this.certificate!.look();
			if (!found) return;
			Object.assign(this.options.tls!, {cert: found.cert, key: found.key});
			this.#worker?.renew(found.cert, found.key);
			this.log('info', 'sip.certificateRenewed', {fingerprint: found.fingerprint});
		} catch (error) {
			this.log('error', 'sip.certificateNotTaken', {error: (error as Error).message});
		}
	}

	/** A carrier is asked again and again: what is wrong with it is said once in a while. */
	#unproven(peer: string, reason: string): void {
		const nowMs = performance.now();
		for (const [each, saidMs] of this.#saidMs) if (nowMs - saidMs >= sayAgainMs) this.#saidMs.delete(each);
		if (this.#saidMs.has(peer) || this.#saidMs.size >= saidMax) return;
		this.#saidMs.set(peer, nowMs);
		this.log('warn', 'sip.tlsFailed', {peer, reason});
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
		clearInterval(this.#renewal);
		await this.#worker?.close();
	}
}
