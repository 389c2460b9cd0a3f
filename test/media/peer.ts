import {createSocket, type Socket} from 'node:dgram';
import {once} from 'node:events';
import {hangMs} from '../support/limit.js';

/** A real RTP party on loopback for tests: sends tones as G.711, keeps everything it hears. Its codec is its own, by formula. */

export type Law = 'PCMU' | 'PCMA';
const payloadTypes: Record<Law, number> = {PCMU: 0, PCMA: 8};

/** G.711 as the standard words it, segment by segment, and slow: an independent judge of the tables. */
export function expand(law: Law, code: number): number {
	if (law === 'PCMU') {
		const bits = code ^ 0xff;
		const value = (33 + 2 * (bits & 15)) * 2 ** ((bits >> 4) & 7) - 33;
		return (bits & 128 ? -value : value) * 4 || 0;
	}
	const bits = code ^ 0x55;
	const segment = (bits >> 4) & 7;
	const value = segment === 0 ? 2 * (bits & 15) + 1 : (2 * (bits & 15) + 33) * 2 ** (segment - 1);
	return (bits & 128 ? value : -value) * 8;
}

const nearest: Record<Law, Map<number, number>> = {PCMU: new Map(), PCMA: new Map()};
export function compress(law: Law, sample: number): number {
	const known = nearest[law].get(sample);
	if (known !== undefined) return known;
	let best = 0;
	for (let code = 1; code < 256; code++) if (Math.abs(expand(law, code) - sample) < Math.abs(expand(law, best) - sample)) best = code;
	nearest[law].set(sample, best);
	return best;
}

/** Share of the energy of `samples` that lies at a frequency (0 to about 1), by Goertzel's algorithm. */
export function toneShare(samples: Int16Array, frequencyHz: number): number {
	const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / 8000);
	let [one, two, energy] = [0, 0, 0];
	for (const sample of samples) {
		[one, two] = [sample + coefficient * one - two, one];
		energy += sample * sample;
	}
	const power = one * one + two * two - coefficient * one * two;
	return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
}

/** The loudness of the middle one of all frames of 20 ms: one that came late on a busy machine changes nothing. */
export function usualLoudness(samples: Int16Array): number {
	const frames = Array.from({length: Math.floor(samples.length / 160)}, (_, at) => loudness(samples.subarray(at * 160, (at + 1) * 160)));
	return frames.sort((a, b) => a - b)[Math.floor(frames.length / 2)]!;
}

export const loudness = (samples: Int16Array): number =>
	Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));

export type Heard = {
	payloadType: number;
	sequence: number;
	timestamp: number;
	ssrc: number;
	marker: boolean;
	payload: Buffer;
	fromPort: number;
};

export class RtpPeer {
	readonly heard: Heard[] = [];
	/** Pure tone that it says; undefined: silence; 0: sends nothing at all. */
	toneHz: number | undefined;
	port = 0;
	sent = 0;
	private sequence = Math.floor(Math.random() * 65_536);
	private timestamp = Math.floor(Math.random() * 2 ** 32);
	readonly ssrc = Math.floor(Math.random() * 2 ** 32);
	private timer: NodeJS.Timeout | undefined;
	private wake: (() => void)[] = [];

	private constructor(
		private readonly socket: Socket,
		readonly law: Law,
	) {
		this.port = socket.address().port;
		socket.on('message', (packet, from) => {
			this.heard.push({
				payloadType: packet[1]! & 0x7f,
				marker: packet[1]! > 127,
				sequence: packet.readUInt16BE(2),
				timestamp: packet.readUInt32BE(4),
				ssrc: packet.readUInt32BE(8),
				payload: packet.subarray(12),
				fromPort: from.port,
			});
			for (const wake of this.wake.splice(0)) wake();
		});
		socket.on('error', () => {});
	}

	static async open(law: Law = 'PCMU'): Promise<RtpPeer> {
		const socket = createSocket('udp4');
		socket.bind(0, '127.0.0.1');
		await once(socket, 'listening');
		return new RtpPeer(socket, law);
	}

	sdp({direction = 'sendrecv', port = this.port, laws = [this.law], events = true} = {}): string {
		const types = [...laws.map(law => payloadTypes[law]), ...(events ? [96] : [])];
		const maps = laws.map(law => `a=rtpmap:${payloadTypes[law]} ${law}/8000`);
		if (events) maps.push('a=rtpmap:96 telephone-event/8000', 'a=fmtp:96 0-15');
		return `${['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP ${types.join(' ')}`, ...maps, `a=${direction}`].join('\r\n')}\r\n`;
	}

	/** Sends a 20 ms frame of its tone every 20 ms to the port of `sdp`, until closed. */
	talk(sdp: string, toneHz?: number): void {
		this.toneHz = toneHz;
		const to = portOf(sdp);
		clearInterval(this.timer);
		const started = performance.now();
		let frames = 0;
		this.timer = setInterval(() => {
			for (; frames * 20 < performance.now() - started; frames++) this.sendFrame(to);
		}, 5);
	}

	quiet(): void {
		clearInterval(this.timer);
	}

	sendFrame(to: number): void {
		const payload = Buffer.alloc(160);
		for (let index = 0; index < 160; index++) {
			const phase = (2 * Math.PI * (this.toneHz ?? 0) * ((this.sent * 160 + index) % 8000)) / 8000;
			payload[index] = compress(this.law, Math.round(8000 * Math.sin(phase)));
		}
		this.sent++;
		this.send(to, payloadTypes[this.law], payload);
		this.timestamp = (this.timestamp + 160) >>> 0;
	}

	send(to: number, payloadType: number, payload: Buffer, marker = false): void {
		const packet = Buffer.alloc(12 + payload.length);
		packet[0] = 0x80;
		packet[1] = payloadType | (marker ? 128 : 0);
		packet.writeUInt16BE(this.sequence, 2);
		packet.writeUInt32BE(this.timestamp, 4);
		packet.writeUInt32BE(this.ssrc, 8);
		payload.copy(packet, 12);
		this.sequence = (this.sequence + 1) & 0xffff;
		this.socket.send(packet, to, '127.0.0.1');
	}

	/** One digit as a phone sends it: updates, then the end three times. */
	press(sdp: string, event: number): void {
		const to = portOf(sdp);
		const start = this.timestamp;
		const packet = (samples: number, end: boolean) => Buffer.from([event, (end ? 128 : 0) | 10, samples >> 8, samples & 255]);
		for (const samples of [160, 320, 480, 640]) this.send(to, 96, packet(samples, false), samples === 160);
		for (let copy = 0; copy < 3; copy++) this.send(to, 96, packet(800, true));
		this.timestamp = (start + 960) >>> 0;
	}

	/** Waits until `condition` holds, looking after each packet that comes in. Fails after a generous limit. */
	async until(condition: () => boolean, what: string): Promise<void> {
		const limit = performance.now() + hangMs;
		while (!condition()) {
			if (performance.now() > limit) throw new Error(`waited in vain for: ${what}`);
			await new Promise<void>(resolve => {
				const timer = setTimeout(resolve, 100);
				this.wake.push(() => {
					clearTimeout(timer);
					resolve();
				});
			});
		}
	}

	/** Hears `frames` more audio packets and returns their sound. */
	async listen(frames: number): Promise<Int16Array> {
		const from = this.heard.length;
		await this.until(() => this.audio(from).length >= frames, `${frames} frames`);
		return this.sound(from);
	}

	/** Listens in pieces of five frames until one of them is mostly this tone. */
	async hears(frequencyHz: number): Promise<void> {
		for (let tries = 0; tries < 60; tries++) if (toneShare(await this.listen(5), frequencyHz) > 0.7) return;
		throw new Error(`never heard ${frequencyHz} Hz`);
	}

	audio(from = 0): Heard[] {
		return this.heard.slice(from).filter(({payloadType}) => payloadType === 0 || payloadType === 8);
	}

	/** What was heard since packet `from`, as samples. */
	sound(from = 0): Int16Array {
		return Int16Array.from(
			this.audio(from).flatMap(({payloadType, payload}) => [...payload].map(code => expand(payloadType === 0 ? 'PCMU' : 'PCMA', code))),
		);
	}

	close(): void {
		clearInterval(this.timer);
		this.socket.close();
	}
}

/** The audio port that a description names. */
export const portOf = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)![1]);

/** A mono WAV file of 16 bit samples. */
export function wav(samples: Int16Array, rateHz: number, channels = 1): Buffer {
	const file = Buffer.alloc(44 + samples.length * 2);
	file.write('RIFF', 0);
	file.writeUInt32LE(file.length - 8, 4);
	file.write('WAVEfmt ', 8);
	file.writeUInt32LE(16, 16);
	for (const [value, at] of [
		[1, 20],
		[channels, 22],
		[channels * 2, 32],
		[16, 34],
	] as const)
		file.writeUInt16LE(value, at);
	file.writeUInt32LE(rateHz, 24);
	file.writeUInt32LE(rateHz * channels * 2, 28);
	file.write('data', 36);
	file.writeUInt32LE(samples.length * 2, 40);
	for (const [index, sample] of samples.entries()) file.writeInt16LE(sample, 44 + index * 2);
	return file;
}

/** The first place where two sounds differ; -1 when they are the same. */
export const firstDifference = (a: Int16Array, b: Int16Array): number =>
	a.length === b.length ? a.findIndex((sample, index) => sample !== b[index]) : a.length;
