/** A drachtio-server that is none: it takes or refuses the secret, says its version, and answers nothing else. */
import {once} from 'node:events';
import {createServer, type Socket} from 'node:net';

export type FakeDrachtio = {readonly port: number; connections: number; close(): void};

/** `version` undefined: it refuses every secret. */
export async function startFakeDrachtio(version: string | undefined): Promise<FakeDrachtio> {
	const sockets = new Set<Socket>();
	const fake = {port: 0, connections: 0, close: () => {}};
	const server = createServer(socket => {
		fake.connections++;
		sockets.add(socket);
		socket.on('error', () => {});
		socket.on('data', bytes => {
			const id = /#([^|]+)\|authenticate\|/.exec(bytes.toString())?.[1];
			if (id === undefined) return;
			const answer = `fake-1|response|${id}|${version === undefined ? 'NO|incorrect secret' : `OK|udp/127.0.0.1:5060|${version}|`}`;
			socket.write(`${Buffer.byteLength(answer)}#${answer}`);
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	fake.port = (server.address() as {port: number}).port;
	fake.close = () => {
		for (const socket of sockets) socket.destroy();
		server.close();
	};
	return fake;
}
