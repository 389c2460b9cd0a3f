/**
 * One signalling server, and media endpoints, that live on under millions of changed packets. What throws is thrown on, with the packet in the
 * message: put it into a file of test/torture/found and mend it.
 */
import {Endpoint} from '../../src/sip/media/embedded/endpoint.js';
import type {Remote} from '../../src/sip/media/embedded/messages.js';
import type {RtpSocket} from '../../src/sip/media/embedded/network.js';
import {Room} from '../../src/sip/media/embedded/room.js';
import type {AppLink} from '../../src/sip/signalling/app-link.js';
import {Engine} from '../../src/sip/signalling/engine.js';
import type {Hop, Wire} from '../../src/sip/signalling/hop.js';
import {systemIds} from '../../src/sip/signalling/ids.js';
import {Router} from '../../src/sip/signalling/router.js';
import {FakeClock, seeded} from '../signalling/fake-world.js';
import {mutated, tortures} from './torture.js';

export type Fuzz = {seed: number; packets: number; progress?: (packets: number) => void};

const methods = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'INFO', 'UPDATE', 'PRACK', 'REFER', 'SUBSCRIBE', 'MESSAGE'];
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n';

/** A well-formed request of a small set of calls, so that changed messages meet transactions and dialogs that exist. */
function request(random: () => number): string {
	const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
	const method = pick(methods);
	const call = Math.floor(random() * 50);
	const toTag = random() < 0.4 ? `;tag=${pick(['a', 'b', 'c'])}` : '';
	const body = random() < 0.5 ? sdp : '';
	return (
		`${method} sip:app@192.0.2.77 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK${call}-${Math.floor(random() * 8)};rport\r\n` +
		`Max-Forwards: 70\r\nFrom: <sip:a@192.0.2.9>;tag=f${call}\r\nTo: <sip:app@192.0.2.77>${toTag}\r\nCall-ID: c${call}\r\n` +
		`CSeq: ${1 + Math.floor(random() * 4)} ${method}\r\nContact: <sip:a@192.0.2.9>\r\nContent-Length: ${body.length}\r\n\r\n${body}`
	);
}

/** Feeds one server from a few sources; its application answers at chance. At the end time goes by until nothing should be left. */
export function fuzzSignalling({seed, packets, progress}: Fuzz) {
	const random = seeded(seed);
	const clock = new FakeClock();
	let answered = 0;
	let delivered = 0;
	const wire: Wire = {
		send: () => void answered++,
		local: protocol => (protocol === 'udp' ? {host: '192.0.2.77', port: 5060} : undefined),
		alive: () => false,
		isOurs: () => false,
		resolve: (_host, _port, _protocol, found) => found([]),
	};
	const engine = new Engine({wire, clock, ids: systemIds, router: new Router()});
	const app: AppLink = {
		open: true,
		backlogBytes: () => 0,
		answer: () => {},
		deliver(head) {
			delivered++;
			const transactionId = head.split('|')[6] ?? '';
			const status = [180, 200, 200, 403, 486, 500][Math.floor(random() * 6)]!;
			if (random() < 0.9)
				engine.command(app, `c${delivered}`, transactionId, '', '', `SIP/2.0 ${status} X\r\n\r\n${random() < 0.5 ? sdp : ''}`);
		},
	};
	for (const method of methods) engine.core.router.add(method.toLowerCase(), app);
	for (let count = 1; count <= packets; count++) {
		const kind = random();
		const plain = kind < 0.6 ? request(random) : tortures[Math.floor(random() * tortures.length)]!.text;
		const text = kind < 0.2 ? plain : mutated(plain, random);
		const from: Hop = {
			protocol: 'udp',
			address: `192.0.2.${1 + Math.floor(random() * 20)}`,
			port: 5060 + Math.floor(random() * 50),
			flow: 0,
		};
		try {
			engine.receive(text, from);
		} catch (error) {
			throw new Error(`packet ${count} of seed ${seed}: ${JSON.stringify(text)}`, {cause: error});
		}
		if (count % 100 === 0) clock.advance(20 + random() * 500);
		if (count % 100_000 === 0) progress?.(count);
	}
	engine.appGone(app);
	clock.advance(400_000);
	const {clients, servers, wheel, load} = engine.core;
	const left = {clients: clients.size, servers: servers.size, timers: wheel.count, bytes: load.bytes, addresses: load.addresses};
	return {packets, answered, delivered, left};
}

const remote: Remote = {
	...{address: '192.0.2.9', port: 4000, send: true, receive: true, codec: 'PCMU', payloadType: 0, eventsOut: 101},
	...{
		codecsIn: [
			[0, 'PCMU'],
			[8, 'PCMA'],
		],
		eventsIn: [101],
	},
};

/** Feeds endpoints of a bridge and of a room with RTP, events, RTCP and nonsense, whole and changed, while they are ticked. */
export function fuzzMedia({seed, packets, progress}: Fuzz) {
	const random = seeded(seed);
	let sent = 0;
	let heard = 0;
	const socket = {connected: false, send: () => void sent++, connect: () => {}, disconnect: () => {}} as unknown as RtpSocket;
	const endpoints = ['a', 'b', 'c', 'd'].map(id => {
		const endpoint = new Endpoint(
			{id, address: '127.0.0.1', port: 5000, silentMs: 30_000, ears: true},
			socket,
			() => void heard++,
			random,
			0,
		);
		endpoint.setRemote(remote, 0);
		return endpoint;
	});
	const [one, two, three, four] = endpoints as [Endpoint, Endpoint, Endpoint, Endpoint];
	one.other = two;
	two.other = one;
	const room = new Room('r', 0, () => {});
	for (const endpoint of [three, four]) endpoint.member = room.join(endpoint, 'all');
	const sequences = [0, 0, 0, 0];
	let nowMs = 0;
	for (let count = 1; count <= packets; count++) {
		const which = Math.floor(random() * 4);
		const packet = rtp(random, ++sequences[which]!, which);
		const port = random() < 0.97 ? 4000 : 4000 + Math.floor(random() * 9);
		try {
			endpoints[which]!.receive(packet, '192.0.2.9', port, nowMs);
			if (count % 4 === 0) {
				nowMs += 20;
				room.advance();
				for (const endpoint of endpoints) endpoint.tick(nowMs);
			}
		} catch (error) {
			throw new Error(`packet ${count} of seed ${seed}: ${packet.toString('hex')}`, {cause: error});
		}
		if (count % 100_000 === 0) progress?.(count);
	}
	return {packets, heard, sent};
}

function rtp(random: () => number, sequence: number, ssrc: number): Buffer {
	const kind = random();
	const isEvent = kind < 0.15;
	const packet = Buffer.alloc(isEvent ? 16 : 172, Math.floor(random() * 256));
	packet.writeUInt16BE(0x8000 | (isEvent ? 101 : random() < 0.8 ? 0 : 8), 0);
	packet.writeUInt16BE(sequence & 0xffff, 2);
	packet.writeUInt32BE((sequence * 160) >>> 0, 4);
	packet.writeUInt32BE(ssrc, 8);
	if (isEvent) packet.writeUInt32BE((Math.floor(random() * 18) << 24) | (random() < 0.5 ? 0x80_0000 : 0) | Math.floor(random() * 2000), 12);
	if (kind > 0.6)
		for (let changes = 1 + Math.floor(random() * 5); changes > 0; changes--) packet[Math.floor(random() * 16)] = Math.floor(random() * 256);
	return kind > 0.85 ? packet.subarray(0, Math.floor(random() * packet.length)) : packet;
}
