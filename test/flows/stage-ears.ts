/**
 * Media for the phones and callers of the stage: RTP parties that say one tone and listen for all of them. Written apart from the
 * engine under test, down to the codec, so that nothing is checked against itself.
 */
import {randomInt} from 'node:crypto';
import {createSocket, type Socket} from 'node:dgram';
import type {EndpointOptions, MediaEndpoint, MediaEndpointEvents, MediaServer, MediaSource, PlaybackEnd} from '../../src/sip/media/port.js';
import {fromMulaw, sine, toMulaw} from '../support/tones.js';
import {Hearing} from './stage-hearing.js';

const packetMs = 20;
const packetSamples = 160;
const keys = '0123456789*#';
/** Packets of one key; the last three say that it has ended (RFC 4733 section 2.5.1.4). */
const keyPackets = 8;
const keyEndPackets = 3;

/** So many ticks of 20 ms without a packet are silence, not a packet that comes late. */
const silentTicks = 5;

type Key = {event: number; packet: number; timestamp: number};

/** One RTP party in G.711 mu-law. */
export class Ear implements MediaEndpoint {
	readonly id: string;
	localSdp = '';
	readonly hearing = new Hearing();
	readonly #socket: Socket;
	#remotePort = 0;
	#timer: NodeJS.Timeout | undefined;
	#frequencyHz = 0;
	#endPlaying: ((end: PlaybackEnd) => void) | undefined;
	/** Anywhere but at nought, as RFC 3550 section 5.1 wants it: FreeSWITCH takes no key whose timestamp is 0. */
	#sequence = randomInt(1, 20_000);
	#sent = 0;
	#keys: Key[] = [];
	#keyHeardAt = -1;
	#closed = false;
	#ticksWithoutPacket = 0;
	#onKey: MediaEndpointEvents['dtmf'][] = [];

	private constructor(socket: Socket) {
		this.#socket = socket;
		this.id = `ear-${socket.address().port}`;
		socket.on('message', packet => this.#hear(packet));
	}

	static async open(offer?: string): Promise<Ear> {
		const socket = createSocket('udp4');
		await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
		const ear = new Ear(socket);
		const {port} = socket.address();
		ear.localSdp = `v=0\r\no=- ${port} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n`;
		if (offer !== undefined) await ear.setRemote(offer);
		return ear;
	}

	setRemote(sdp: string): Promise<string> {
		this.#remotePort = Number(/^m=audio (\d+)/m.exec(sdp)?.[1] ?? 0);
		this.#timer ??= setInterval(() => this.#send(), packetMs);
		return Promise.resolve(this.localSdp);
	}

	/** Says a tone until something else is said; files are for machines, not for the people of a test. */
	play(source: MediaSource): Promise<PlaybackEnd> {
		if (source.kind !== 'tone') return Promise.reject(new Error('the people of the stage say tones'));
		this.stopPlaying();
		this.#frequencyHz = source.frequencyHz;
		return new Promise(resolve => (this.#endPlaying = resolve));
	}

	stopPlaying(): void {
		this.#frequencyHz = 0;
		this.#endPlaying?.('stopped');
		this.#endPlaying = undefined;
	}

	sendDtmf(digits: string): void {
		for (const digit of digits) this.#keys.push({event: keys.indexOf(digit), packet: 0, timestamp: 0});
	}

	on<K extends keyof MediaEndpointEvents>(event: K, listener: MediaEndpointEvents[K]): void {
		if (event === 'dtmf') this.#onKey.push(listener as MediaEndpointEvents['dtmf']);
	}

	destroy(): Promise<undefined> {
		clearInterval(this.#timer);
		this.#endPlaying?.('gone');
		if (!this.#closed) this.#socket.close();
		this.#closed = true;
		return Promise.resolve(undefined);
	}

	/** Where no packets come there is silence to be heard, as at any telephone. */
	#hearSilence(): void {
		if (++this.#ticksWithoutPacket < silentTicks) return;
		this.#ticksWithoutPacket = 0;
		this.hearing.push(new Int16Array(packetSamples * silentTicks));
	}

	#send(): void {
		this.#hearSilence();
		const sequence = this.#sequence++;
		this.#sent++;
		const [key] = this.#keys;
		const packet = key ? this.#keyPacket(key, sequence) : this.#soundPacket(sequence);
		packet[0] = 0x80;
		packet.writeUInt16BE(sequence & 0xffff, 2);
		packet.writeUInt32BE(0xcafe, 8);
		if (this.#remotePort > 0) this.#socket.send(packet, this.#remotePort, '127.0.0.1');
	}

	#soundPacket(sequence: number): Buffer {
		const packet = Buffer.alloc(12 + packetSamples, 0xff);
		packet.fill(0, 0, 12);
		packet.writeUInt32BE((sequence * packetSamples) >>> 0, 4);
		if (this.#frequencyHz === 0) return packet;
		for (const [i, sample] of sine(this.#frequencyHz, packetSamples, sequence * packetSamples).entries()) packet[12 + i] = toMulaw(sample);
		return packet;
	}

	#keyPacket(key: Key, sequence: number): Buffer {
		if (key.packet === 0) key.timestamp = sequence * packetSamples;
		const packet = Buffer.alloc(16);
		packet[1] = 101 | (key.packet === 0 ? 0x80 : 0);
		const packets = Math.min(key.packet + 1, keyPackets - keyEndPackets + 1);
		const ended = key.packet >= keyPackets - keyEndPackets;
		packet.writeUInt32BE(key.timestamp >>> 0, 4);
		packet[12] = key.event;
		packet[13] = 10 | (ended ? 0x80 : 0);
		packet.writeUInt16BE(packets * packetSamples, 14);
		if (++key.packet === keyPackets) this.#keys.shift();
		return packet;
	}

	#hear(packet: Buffer): void {
		const type = packet[1]! & 0x7f;
		this.#ticksWithoutPacket = 0;
		if (type === 0) this.hearing.push(Array.from(packet.subarray(12), fromMulaw));
		else if (type === 101 && packet[13]! & 0x80 && packet.readUInt32BE(4) !== this.#keyHeardAt) {
			this.#keyHeardAt = packet.readUInt32BE(4);
			for (const listener of this.#onKey) listener(keys[packet[12]!] ?? '?', packet.readUInt16BE(14) / 8);
		}
	}

	// What a phone has no use for.
	bridge = (): Promise<void> => Promise.reject(new Error('an ear is one party'));
	unbridge(): void {}
	mute(): void {}
	startRecording = (): Promise<void> => Promise.reject(new Error('an ear hears, it does not record'));
	maskRecording(): void {}
	detectMachine = (): Promise<undefined> => Promise.resolve(undefined);
	detectBeep = (): Promise<undefined> => Promise.resolve(undefined);
	stopDetecting(): void {}
	stopRecording = (): Promise<undefined> => Promise.resolve(undefined);
	statistics = () => Promise.resolve({packetsReceived: 0, packetsSent: this.#sent, packetsLost: 0, jitterMs: 0});
}

/** The media server of phones and callers. `close` closes what was left open. */
export function createEars(): MediaServer {
	const open = new Set<Ear>();
	return {
		async createEndpoint({offer}: EndpointOptions = {}) {
			const ear = await Ear.open(offer);
			open.add(ear);
			return ear;
		},
		createRoom: () => Promise.reject(new Error('ears have no rooms')),
		onEngineDown() {},
		async close() {
			for (const ear of open) await ear.destroy();
		},
	};
}
