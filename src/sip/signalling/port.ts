import type {Worker} from 'node:worker_threads';
import {spawnWorker} from '../../spawn.js';
import type {SignallingOptions} from './server.js';
import type {SignallingCommand, SignallingMessage} from './worker.js';

export type {SignallingOptions} from './server.js';

/** A signalling server in a worker thread of its own. */
export interface SignallingWorker {
	/** Where drachtio-srf connects, on 127.0.0.1. */
	controlPort: number;
	/** The SIP ports bound; 0 for a transport that is not served. */
	udpPort: number;
	tcpPort: number;
	tlsPort: number;
	/** The thread itself, for whoever watches or ends it by force. */
	thread: Worker;
	/** Drops what comes from this address for so long; 0 lets it in again. */
	shutOut(address: string, forMs: number): void;
	/** Another certificate (PEM) for TLS, from the next connection on. */
	renew(cert: string, key: string): void;
	/** Ends the worker; resolves when it has gone. */
	close(): Promise<void>;
}

/**
 * Starts the embedded signalling server in a worker, so that a busy application never delays a SIP timer.
 * `onExit` is called when the worker ends without having been asked to; `onFault` with the stack of a programming error that cost one
 * message, `onTlsFailed` with a peer that could not be reached by TLS and why (its certificate, say). Rejects when a port cannot be bound.
 */
export function startSignallingWorker(
	options: SignallingOptions,
	onExit: (error: Error) => void = () => {},
	onFault: (stack: string) => void = () => {},
	onTlsFailed: (peer: string, reason: string) => void = () => {},
): Promise<SignallingWorker> {
	const worker = spawnWorker('signalling', {signalling: options});
	const post = (command: SignallingCommand): void => worker.postMessage(command);
	let closing = false;
	let failure: Error | undefined;
	const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()));
	return new Promise((resolve, reject) => {
		let listening = false;
		worker.on('error', error => {
			failure = error as Error;
		});
		worker.once('exit', code => {
			const error = failure ?? new Error(`signalling worker ended with code ${code}`);
			if (!listening) reject(error);
			else if (!closing) onExit(error);
		});
		worker.on('message', (message: SignallingMessage) => {
			if (message.type === 'fault') onFault(message.message);
			if (message.type === 'tlsFailed') onTlsFailed(message.peer, message.reason);
			if (message.type === 'failed') failure = Object.assign(new Error(`signalling: ${message.message}`), message.system);
			if (message.type !== 'listening') return;
			listening = true;
			resolve({
				controlPort: message.controlPort,
				udpPort: message.udpPort,
				tcpPort: message.tcpPort,
				tlsPort: message.tlsPort,
				thread: worker,
				shutOut: (address, forMs) => post({type: 'shutOut', address, forMs}),
				renew: (cert, key) => post({type: 'renew', cert, key}),
				async close() {
					closing = true;
					post({type: 'close'});
					await gone;
				},
			});
		});
	});
}
