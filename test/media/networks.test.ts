import {randomInt} from 'node:crypto';
import {createSocket, type Socket} from 'node:dgram';
import {once} from 'node:events';
import test, {type ExecutionContext} from 'ava';
import type {Turns} from '../../src/sip/media/embedded/native-network.js';
import type {Network, RtpSocket} from '../../src/sip/media/embedded/network.js';
import {OpenFiles} from '../../src/sip/media/embedded/open-files.js';
import {type NetworkKind, openNetwork} from '../../src/sip/media/embedded/open-network.js';
import {createEmbeddedMedia} from '../../src/sip/media/embedded/server.js';
import {addressOf, encodeAddress, families, portOf} from '../../src/sip/media/embedded/socket-address.js';
import {within} from '../support/limit.js';

/** Both ways to the network do the same; the one by system calls is tried where it is there. */

const turns: Turns = {now: () => performance.now(), sleep: () => {}, soon: setImmediate, later: setTimeout};
/** Koffi is optional, and may not be installed. */
const optional: string = 'koffi';
const installed = await import(optional).then(
	() => true,
	() => false,
);
const here = installed && process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

/** A plain socket of the test's own, and what it has heard. */
class Peer {
	readonly heard: string[] = [];
	private wake: () => void = () => {};
	private constructor(readonly socket: Socket) {
		socket.on('message', packet => {
			this.heard.push(packet.toString());
			this.wake();
		});
		socket.on('error', () => {});
	}

	static async open(port = 0, address = '127.0.0.1'): Promise<Peer> {
		const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
		socket.bind(port, address);
		await once(socket, 'listening');
		return new Peer(socket);
	}

	get port(): number {
		return this.socket.address().port;
	}

	say(text: string, port: number, address = '127.0.0.1'): void {
		this.socket.send(text, port, address);
	}

	hears(text: string): Promise<void> {
		const heard = new Promise<void>(resolve => {
			this.wake = () => this.heard.includes(text) && resolve();
			this.wake();
		});
		return within(`"${text}"`, heard);
	}
}

/** Waits for texts at sockets that are under test. */
class Ear {
	readonly heard: string[] = [];
	private wake: () => void = () => {};
	readonly listener = (packet: Buffer, address: string, port: number): void => {
		this.heard.push(`${packet.subarray(0, 20)} ${address} ${port}`);
		this.wake();
	};

	hears(text: string): Promise<void> {
		const heard = new Promise<void>(resolve => {
			this.wake = () => this.heard.includes(text) && resolve();
			this.wake();
		});
		return within(`"${text}" among ${this.heard}`, heard);
	}
}

/** A pair of free ports, opened. */
async function open(network: Network, ear: Ear, address = '127.0.0.1'): Promise<{socket: RtpSocket; port: number}> {
	for (let tries = 0; ; tries++) {
		const port = randomInt(20_000, 30_000) & ~1;
		try {
			return {socket: await network.open(address, port, ear.listener, false), port};
		} catch (error) {
			if (tries > 20 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
		}
	}
}

type Scene = {t: ExecutionContext; network: Network; another: () => Promise<Network>};

const scenes: Record<string, (scene: Scene) => Promise<void>> = {
	async 'what comes in is told with its source, and answered from the same port'({t, network}) {
		const [ear, peer] = [new Ear(), await Peer.open()];
		const {socket, port} = await open(network, ear);
		peer.say('hello', port);
		await ear.hears(`hello 127.0.0.1 ${peer.port}`);
		socket.send(Buffer.from('to you'), peer.port, '127.0.0.1');
		await peer.hears('to you');
		t.false(socket.connected);
		// A burst comes in whole and in order, whatever its lengths.
		const burst = Array.from({length: 30}, (_, index) => `${index}${'x'.repeat(index)}`);
		for (const text of burst) peer.say(text, port);
		await ear.hears(`${burst[29]!.slice(0, 20)} 127.0.0.1 ${peer.port}`);
		t.deepEqual(
			ear.heard.slice(1),
			burst.map(text => `${text.slice(0, 20)} 127.0.0.1 ${peer.port}`),
		);
		socket.close();
		peer.socket.close();
	},

	async 'a connected socket lets nobody else in, and a disconnected one does again'({t, network}) {
		const [ear, peer, stranger] = [new Ear(), await Peer.open(), await Peer.open()];
		const {socket, port} = await open(network, ear);
		socket.connect('127.0.0.1', peer.port);
		t.true(socket.connected);
		stranger.say('strange', port);
		peer.say('known', port);
		await ear.hears(`known 127.0.0.1 ${peer.port}`);
		t.deepEqual(ear.heard, [`known 127.0.0.1 ${peer.port}`]);
		socket.send(Buffer.from('sent'), peer.port, '127.0.0.1');
		await peer.hears('sent');
		socket.disconnect();
		t.false(socket.connected);
		stranger.say('again', port);
		await ear.hears(`again 127.0.0.1 ${stranger.port}`);
		socket.close();
		for (const each of [peer, stranger]) each.socket.close();
	},

	async 'what cannot be sent harms nothing: nobody there, no such address, nobody there while connected'({network}) {
		const [ear, peer, gone] = [new Ear(), await Peer.open(), await Peer.open()];
		const nobody = gone.port;
		gone.socket.close();
		await once(gone.socket, 'close');
		const {socket, port} = await open(network, ear);
		for (const address of ['127.0.0.1', 'example.invalid', '::1', '']) socket.send(Buffer.from('lost'), nobody, address);
		peer.say('still here', port);
		await ear.hears(`still here 127.0.0.1 ${peer.port}`);
		socket.connect('127.0.0.1', nobody);
		for (let times = 0; times < 3; times++) socket.send(Buffer.from('lost'), nobody, '127.0.0.1');
		socket.disconnect();
		peer.say('and now', port);
		await ear.hears(`and now 127.0.0.1 ${peer.port}`);
		socket.close();
		socket.send(Buffer.from('closed'), peer.port, '127.0.0.1');
		peer.socket.close();
	},

	async 'a pair in use is refused with its code, and free once it is closed'({t, network}) {
		const {socket, port} = await open(network, new Ear());
		await t.throwsAsync(
			network.open('127.0.0.1', port, () => {}, false),
			{code: 'EADDRINUSE'},
		);
		await t.throwsAsync(
			network.open('192.0.2.1', port, () => {}, false),
			{code: 'EADDRNOTAVAIL'},
		);
		socket.close();
		socket.close();
		const holder = await Peer.open(port + 1);
		await t.throwsAsync(
			network.open('127.0.0.1', port, () => {}, false),
			{code: 'EADDRINUSE'},
		);
		holder.socket.close();
		await once(holder.socket, 'close');
		// RTP was not left open by the refusal.
		const rtp = await Peer.open(port);
		rtp.socket.close();
	},

	async 'another thread takes a pair over'({t, network, another}) {
		const [before, after, peer] = [new Ear(), new Ear(), await Peer.open()];
		const other = await another();
		const {socket, port} = await open(network, before);
		peer.say('one', port);
		await before.hears(`one 127.0.0.1 ${peer.port}`);
		const taken = await other.open('127.0.0.1', port, after.listener, true);
		socket.close();
		peer.say('two', port);
		await after.hears(`two 127.0.0.1 ${peer.port}`);
		await taken.guard('127.0.0.1', port);
		await t.throwsAsync(
			network.open('127.0.0.1', port, () => {}, false),
			{code: 'EADDRINUSE'},
		);
		taken.close();
		peer.socket.close();
	},

	async IPv6({network}) {
		const [ear, peer] = [new Ear(), await Peer.open(0, '::1')];
		const {socket, port} = await open(network, ear, '::1');
		peer.say('six', port, '::1');
		await ear.hears(`six ::1 ${peer.port}`);
		socket.connect('::1', peer.port);
		socket.send(Buffer.from('back'), peer.port, '::1');
		await peer.hears('back');
		socket.close();
		peer.socket.close();
	},
};

for (const kind of ['auto', 'dgram'] satisfies NetworkKind[]) {
	for (const [title, scene] of Object.entries(scenes)) {
		test(`${kind}: ${title}`, async t => {
			const another = (): Promise<Network> => openNetwork(kind, turns, new OpenFiles());
			const network = await another();
			t.is(network.name, here && kind === 'auto' ? 'native' : 'dgram', network.why);
			await scene({t, network, another});
		});
	}
}

test('what has come in and was not looked at is handed over before a socket is given up', async t => {
	const network = await openNetwork('auto', {...turns, later: () => {}}, new OpenFiles());
	// Node's own sockets read by themselves.
	if (network.name === 'dgram') return t.pass();
	const [ear, peer] = [new Ear(), await Peer.open()];
	const {socket, port} = await open(network, ear);
	const texts = ['one', 'two', 'three'];
	for (const text of texts) await new Promise<void>(sent => peer.socket.send(text, port, '127.0.0.1', () => sent()));
	t.deepEqual(ear.heard, []);
	socket.drain();
	t.deepEqual(
		ear.heard,
		texts.map(text => `${text} 127.0.0.1 ${peer.port}`),
	);
	socket.close();
	socket.drain();
	peer.socket.close();
});

test('addresses as system calls take them', t => {
	const v4 = encodeAddress(families.udp4, '192.0.2.10', 5004)!;
	t.is(v4.toString('hex'), '0200138cc000020a0000000000000000');
	t.deepEqual([addressOf(v4), portOf(v4)], ['192.0.2.10', 5004]);
	const texts = ['::1', '::', '2001:db8::8:800:200c:417a', 'fe80::1%3', '1:2:3:4:5:6:7:8', '::ffff:192.0.2.1', '2001:db8:0:1::1'];
	for (const text of texts) t.is(addressOf(encodeAddress(families.udp6, text, 1)!), text);
	t.is(addressOf(encodeAddress(families.udp6, '2001:DB8:0:0:1:0:0:1', 1)!), '2001:db8::1:0:0:1');
	for (const text of ['192.0.2.10', 'example.com', 'fe80::1%eth0', '']) t.is(encodeAddress(families.udp6, text, 1), undefined);
	for (const text of ['::1', '1.2.3', '']) t.is(encodeAddress(families.udp4, text, 1), undefined);
});

test('ports of a worker that dies are free again', async t => {
	const min = randomInt(30_000, 32_000) & ~1;
	const server = await createEmbeddedMedia({address: '127.0.0.1', rtpPorts: {min, max: min + 199}});
	t.is((await server.network()).name, here ? 'native' : 'dgram');
	const {port} = (await server.createEndpoint()).make;
	await server.terminateEngine();
	const [rtp, rtcp] = [await Peer.open(port), await Peer.open(port + 1)];
	for (const peer of [rtp, rtcp]) peer.socket.close();
	await server.close();
});
