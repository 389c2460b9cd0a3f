import {parentPort, workerData} from 'node:worker_threads';
import {type SignallingOptions, startSignalling} from './server.js';

/** What its owner posts to this worker. */
export type SignallingCommand =
	| {type: 'close'}
	| {type: 'shutOut'; address: string; forMs: number}
	| {type: 'renew'; cert: string; key: string};

/** Of an error of the operating system. */
export type SystemFacts = Record<'code' | 'syscall' | 'address', string | undefined> & {port: number | undefined};

/** Messages this worker posts to its owner. */
export type SignallingMessage =
	| {type: 'listening'; controlPort: number; udpPort: number; tcpPort: number; tlsPort: number}
	/** With what the system said of the address, where it was one that could not be had. */
	| {type: 'failed'; message: string; system: SystemFacts}
	| {type: 'tlsFailed'; peer: string; reason: string}
	| {type: 'fault'; message: string}
	| {type: 'closed'};

const post = (message: SignallingMessage): void => parentPort!.postMessage(message);

try {
	const server = await startSignalling({
		...(workerData as {signalling: SignallingOptions}).signalling,
		onTlsFailed: (peer, reason) => post({type: 'tlsFailed', peer, reason}),
		onFault: error => post({type: 'fault', message: String((error as Error)?.stack ?? error)}),
	});
	parentPort!.on('message', (message: SignallingCommand) => {
		if (message.type === 'shutOut') return server.shutOut(message.address, message.forMs);
		if (message.type === 'renew') return server.renew(message.cert, message.key);
		void server.close().then(() => {
			post({type: 'closed'});
			parentPort!.close();
		});
	});
	const {udp, tcp, tls} = server.sipPorts;
	post({type: 'listening', controlPort: server.controlPort, udpPort: udp, tcpPort: tcp, tlsPort: tls});
} catch (error) {
	const {message, code, syscall, address, port} = error as Error & SystemFacts;
	post({type: 'failed', message, system: {code, syscall, address, port}});
	parentPort!.close();
}
