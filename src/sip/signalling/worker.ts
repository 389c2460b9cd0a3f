import {parentPort, workerData} from 'node:worker_threads';
import {type SignallingOptions, startSignalling} from './server.js';

/** What its owner posts to this worker. */
export type SignallingCommand = {type: 'close'} | {type: 'shutOut'; address: string; forMs: number};

/** Messages this worker posts to its owner. */
export type SignallingMessage =
	| {type: 'listening'; controlPort: number; udpPort: number; tcpPort: number}
	| {type: 'failed'; message: string}
	| {type: 'fault'; message: string}
	| {type: 'closed'};

const post = (message: SignallingMessage): void => parentPort!.postMessage(message);

try {
	const server = await startSignalling({
		...(workerData as {signalling: SignallingOptions}).signalling,
		onFault: error => post({type: 'fault', message: String((error as Error)?.stack ?? error)}),
	});
	parentPort!.on('message', (message: SignallingCommand) => {
		if (message.type === 'shutOut') return server.shutOut(message.address, message.forMs);
		void server.close().then(() => {
			post({type: 'closed'});
			parentPort!.close();
		});
	});
	post({type: 'listening', controlPort: server.controlPort, udpPort: server.sipPorts.udp, tcpPort: server.sipPorts.tcp});
} catch (error) {
	post({type: 'failed', message: (error as Error).message});
	parentPort!.close();
}
