import {NativeSocket, type OpenPort, Port} from './native-socket.js';
import type {Network, PacketListener, RtpSocket} from './network.js';
import type {OpenFiles} from './open-files.js';
import {addressOf, encodeAddress, families, portOf, socketAddressBytes} from './socket-address.js';
import {einval, emfile, epollEvent, failure, flags, nothingThere, type SystemCalls} from './system-calls.js';

/** Longer datagrams are dropped: G.711 of 200 ms takes 1,612. */
const datagramBytesMax = 2048;
/** Sockets that one look finds ready; what is left is found at the next one, after everything else of the thread had its turn. */
const readyMax = 256;
/** The network is looked at so often: the delay that it adds at most. */
const apartMs = 1;
/** From so many packets a turn on (5 ms) the thread sleeps between two looks instead of setting a timer, which takes up to 2 ms. */
const busyPackets = 10;
/** A nap shorter than this costs more than it saves. */
const napMsMin = 0.1;

/** When the thread goes on: `sleep` stops it, `soon` and `later` are `setImmediate` and `setTimeout`. */
export type Turns = {
	now: () => number;
	sleep: (ms: number) => void;
	soon: (step: () => void) => void;
	later: (step: () => void, ms: number) => void;
};

/**
 * UDP by system calls of our own, where Node's sockets cost more than all the rest of a relay (ADR 14): they wake the thread
 * for every packet, allocate 64 KB for it, and read each socket twice. Here a thread looks once a millisecond which sockets
 * are ready, and reads each of them once into the same memory.
 */
export class NativeNetwork implements Network {
	readonly name = 'native';
	readonly why = 'it works here';
	private readonly epoll: number;
	private readonly byNumber: (Port | undefined)[] = [];
	private readonly events = new Int32Array(readyMax * epollEvent.words);
	private readonly bytes = Buffer.allocUnsafeSlow(datagramBytesMax);
	/** The first so many bytes of it: made once for each length that comes in. */
	private readonly views: (Buffer | undefined)[] = [];
	private readonly from = Buffer.alloc(socketAddressBytes);
	private readonly fromBytes = new Int32Array(1);
	private ports = 0;
	private packets = 0;
	private busy = false;
	private looking = false;

	/** @throws when the kernel refuses. */
	constructor(
		private readonly calls: SystemCalls,
		private readonly turns: Turns,
		private readonly files: OpenFiles,
	) {
		this.epoll = this.keep('epoll_create1', calls.epollCreate(flags.epollCloseOnExec));
	}

	/** Sends itself a datagram. @throws when it does not come back as it was: layouts or numbers of this system are others. */
	check(): void {
		const {calls, from, fromBytes, bytes} = this;
		const word = 'kaden';
		let heard = '';
		const port = this.openPort('127.0.0.1', 0, (packet, address, fromPort) => (heard = `${packet} ${address} ${fromPort}`), false);
		fromBytes[0] = socketAddressBytes;
		if (calls.getsockname(port.number, from, fromBytes) < 0) throw failure('getsockname', calls.errorNumber());
		const own = portOf(from);
		bytes.write(word);
		port.send(bytes.subarray(0, word.length), own, '127.0.0.1');
		bytes.fill(0);
		this.readAll(0);
		port.close();
		if (heard !== `${word} 127.0.0.1 ${own}`) throw new Error(`a datagram to itself came back as "${heard}"`);
	}

	async open(address: string, port: number, listener: PacketListener, takeover: boolean): Promise<RtpSocket> {
		return new NativeSocket(this.openPort, address, port, listener, takeover);
	}

	turn(): void {
		this.busy = this.packets >= busyPackets;
		this.packets = 0;
	}

	private readonly openPort: OpenPort = (address, port, listener, shared) => {
		const {calls} = this;
		const family = address.includes(':') ? families.udp6 : families.udp4;
		const local = encodeAddress(family, address, port);
		if (!local) throw failure('bind', einval);
		const number = this.keep('socket', calls.socket(family, flags.udpSocket, 0));
		const check = (call: string, answer: number): void => {
			if (answer >= 0) return;
			const error = failure(call, calls.errorNumber());
			this.drop(number);
			throw error;
		};
		if (shared) check('setsockopt', calls.setsockopt(number, flags.solSocket, flags.reuseAddress, Int32Array.of(1), 4));
		check('bind', calls.bind(number, local, local.length));
		const event = new Int32Array(epollEvent.words);
		event[0] = flags.epollIn;
		event[epollEvent.data] = number;
		check('epoll_ctl', calls.epollControl(this.epoll, flags.epollAdd, number, event));
		const read = (): boolean => this.read(opened, this.turns.now());
		const opened = new Port(calls, number, family, listener, read, () => this.closePort(number));
		this.byNumber[number] = opened;
		this.ports++;
		if (!this.looking) {
			this.looking = true;
			this.turns.later(this.look, apartMs);
		}
		return opened;
	};

	private closePort(number: number): void {
		this.byNumber[number] = undefined;
		this.ports--;
		this.drop(number);
	}

	/** The kernel knows nothing of our threads: should this one die, the main thread closes what it had open. */
	private keep(call: string, number: number): number {
		if (number < 0) throw failure(call, this.calls.errorNumber());
		if (this.files.add(number)) return number;
		this.calls.close(number);
		throw failure(call, emfile);
	}

	private drop(number: number): void {
		this.files.remove(number);
		this.calls.close(number);
	}

	private readonly look = (): void => {
		const startedMs = this.turns.now();
		this.readAll(startedMs);
		if (this.ports === 0) {
			this.looking = false;
		} else if (this.busy) {
			const napMs = apartMs - (this.turns.now() - startedMs);
			if (napMs >= napMsMin) this.turns.sleep(Math.min(napMs, apartMs));
			this.turns.soon(this.look);
		} else {
			this.turns.later(this.look, apartMs);
		}
	};

	private readAll(nowMs: number): void {
		const {events, byNumber} = this;
		const ready = this.calls.epollWait(this.epoll, events, readyMax, 0);
		for (let index = 0; index < ready; index++) {
			const port = byNumber[events[index * epollEvent.words + epollEvent.data]!];
			// One that was ready may have been closed by what came in at another.
			if (port) this.read(port, nowMs);
		}
	}

	/** Reads one datagram: were there more, the port is still ready at the next look. False: there was none. */
	private read(port: Port, nowMs: number): boolean {
		const {calls, bytes} = this;
		const {connectedTo} = port;
		let size: number;
		if (connectedTo) {
			size = calls.recv(port.number, bytes, datagramBytesMax, flags.receive);
		} else {
			this.fromBytes[0] = socketAddressBytes;
			size = calls.recvfrom(port.number, bytes, datagramBytesMax, flags.receive, this.from, this.fromBytes);
		}
		if (size < 0) {
			// An ICMP error comes up here: the peer may be back with the next packet.
			if (nothingThere.has(calls.errorNumber())) return false;
			port.errors++;
			return true;
		}
		this.packets++;
		if (size > datagramBytesMax) return true;
		const packet = (this.views[size] ??= bytes.subarray(0, size));
		if (connectedTo) port.listener(packet, connectedTo.address, connectedTo.port, nowMs);
		else port.listener(packet, addressOf(this.from), portOf(this.from), nowMs);
		return true;
	}
}
