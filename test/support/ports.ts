/**
 * Ports for programs that take none but a number. They lie below those that the system gives to whoever asks for any, so that nobody
 * is given one between the looking and the taking, or while a service that was killed starts again on it.
 */
import {createSocket} from 'node:dgram';
import {createServer} from 'node:net';

const first = 5_100;
const last = 6_999;
/** Where tests that run at once show each other which ports they have; nothing else listens there. */
const board = '127.0.0.9';
const triesMax = 300;

/** Takes a TCP port for as long as this process lives; false when somebody has it. Where there is no such address nobody has. */
function noted(port: number): Promise<boolean> {
	return new Promise(resolve => {
		const server = createServer().unref();
		server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL'));
		server.listen(port, board, () => resolve(true));
	});
}

export function isUdpTaken(port: number): Promise<boolean> {
	return new Promise(resolve => {
		const socket = createSocket('udp4');
		socket.once('error', () => resolve(true));
		socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(false)));
	});
}

export function isTcpTaken(port: number): Promise<boolean> {
	return new Promise(resolve => {
		const server = createServer();
		server.once('error', () => resolve(true));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
	});
}

/** Has somebody it? When not, it is this process's own from now on. */
const taken = async (port: number): Promise<boolean> => !(await noted(port)) || (await isUdpTaken(port)) || (await isTcpTaken(port));

/** A port of 127.0.0.1, for UDP and TCP, that is this process's own until it ends; with as many after it, for programs that take those too. */
export async function reservedPort(after = 0): Promise<number> {
	next: for (let tries = 0; tries < triesMax; tries++) {
		const port = first + Math.floor(Math.random() * (last - first + 1));
		for (let each = port; each <= port + after; each++) if (await taken(each)) continue next;
		return port;
	}
	throw new Error(`no port from ${first} to ${last} is free`);
}
