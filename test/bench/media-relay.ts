import {createSocket, type Socket} from 'node:dgram';
import {join} from 'node:path';
import {createEmbeddedMedia} from '../../src/sip/media/embedded/server.js';

/** The relay that is measured, in a process of its own so that its CPU time is its own. Started by media-load.ts with a channel. */

/** `recordTo`: without it nothing is recorded. */
export type RelayOrder = {
	kind: 'kaden' | 'dgram';
	calls: number;
	peerPort: number;
	recordTo?: string;
	workers: number;
	portMin: number;
};
export type RelayAnswer = {ready: true} | {ports: number[]};

const sdp = (port: number): string =>
	`v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;

/** Our engine: each call two endpoints, bridged, one of them recording. */
async function kaden({calls, peerPort, recordTo, workers, portMin}: RelayOrder): Promise<number[]> {
	const server = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min: portMin, max: portMin + calls * 4 + 40}, workers});
	const ports: number[] = [];
	for (let call = 0; call < calls; call++) {
		const [one, two] = [await server.createEndpoint({offer: sdp(peerPort)}), await server.createEndpoint({offer: sdp(peerPort)})];
		await one.bridge(two);
		if (recordTo !== undefined) await one.startRecording(join(recordTo, `${call}.wav`));
		ports.push(one.make.port, two.make.port);
	}
	return ports;
}

/** The least a relay in Node can do: what comes in at one connected socket goes out at the other, unread and unrecorded. */
async function dgram({calls, peerPort}: RelayOrder): Promise<number[]> {
	const lookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void) => done(null, host, 4);
	const open = async (): Promise<Socket> => {
		const socket = createSocket({type: 'udp4', lookup});
		await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
		socket.connect(peerPort, '127.0.0.1');
		return socket;
	};
	const ports: number[] = [];
	for (let call = 0; call < calls; call++) {
		const [one, two] = [await open(), await open()];
		one.on('message', packet => two.send(packet));
		two.on('message', packet => one.send(packet));
		ports.push(one.address().port, two.address().port);
	}
	return ports;
}

const answer = (message: RelayAnswer): void => void process.send!(message);

process.on('message', async (order: RelayOrder) => {
	answer({ports: await (order.kind === 'kaden' ? kaden(order) : dgram(order))});
});
answer({ready: true});
