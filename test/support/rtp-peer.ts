import {createSocket, type Socket} from 'node:dgram';
import {fromMulaw, sine, strength, toMulaw} from './tones.js';

const keyType = 101;
const keyNames = '0123456789*#';

/** A party on the wire: talks a tone in G.711 mu-law to where it is told, and keeps what it hears. */
export class RtpPeer {
	readonly #socket: Socket;
	readonly #frequencyHz: number;
	#timer: NodeJS.Timeout | undefined;
	#sequence = 0;
	#closed = false;
	#heard: number[] = [];
	#waiting: {check: () => boolean; done: () => void}[] = [];
	#listening: {frequencyHz: number; heard: (atMs: number) => void} | undefined;
	/** Counts packets only: for crowds in the background. */
	deaf = false;
	port = 0;
	/** Keys that were pressed at the other end. */
	keys = '';
	#keyAt = -1;
	/** Packets heard, and when the first came (`performance.now()`). */
	packets = 0;
	firstAtMs: number | undefined;

	private constructor(socket: Socket, frequencyHz: number) {
		this.#socket = socket;
		this.#frequencyHz = frequencyHz;
		socket.on('message', packet => this.#hear(packet));
	}

	static async open(frequencyHz: number): Promise<RtpPeer> {
		const socket = createSocket('udp4');
		const peer = new RtpPeer(socket, frequencyHz);
		await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
		peer.port = socket.address().port;
		return peer;
	}

	/** Our side of an SDP, with keys by RFC 4733. */
	sdp(direction = 'sendrecv'): string {
		return `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${this.port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=${direction}\r\n`;
	}

	/** Talks to the address in that SDP until `stop()`. */
	talkTo(sdp: string): void {
		const port = Number(/^m=audio (\d+)/m.exec(sdp)![1]);
		this.stop();
		this.#send(port);
		this.#timer = setInterval(() => this.#send(port), 20);
	}

	#send(port: number): void {
		const packet = Buffer.alloc(172);
		packet[0] = 0x80;
		packet.writeUInt16BE(this.#sequence & 0xffff, 2);
		packet.writeUInt32BE((this.#sequence * 160) >>> 0, 4);
		packet.writeUInt32BE(0xcafe, 8);
		for (const [i, sample] of sine(this.#frequencyHz, 160, this.#sequence * 160).entries()) packet[12 + i] = toMulaw(sample);
		this.#sequence++;
		this.#socket.send(packet, port, '127.0.0.1');
	}

	/** Presses a key: eight packets of one event, the last three with its end (RFC 4733 section 2.5.1.4). */
	press(digit: string, sdp: string): void {
		const port = Number(/^m=audio (\d+)/m.exec(sdp)![1]);
		const timestamp = (this.#sequence * 160) >>> 0;
		for (let index = 0; index < 8; index++) {
			const packet = Buffer.alloc(16);
			packet[0] = 0x80;
			packet[1] = keyType | (index === 0 ? 0x80 : 0);
			packet.writeUInt16BE(this.#sequence++ & 0xffff, 2);
			packet.writeUInt32BE(timestamp, 4);
			packet.writeUInt32BE(0xcafe, 8);
			packet[12] = keyNames.indexOf(digit);
			packet[13] = 10 | (index >= 5 ? 0x80 : 0);
			packet.writeUInt16BE(160 * Math.min(index + 1, 6), 14);
			this.#socket.send(packet, port, '127.0.0.1');
		}
	}

	/** One key for each event, at its first end. */
	#hearKey(packet: Buffer): void {
		const timestamp = packet.readUInt32BE(4);
		if ((packet[13]! & 0x80) === 0 || timestamp === this.#keyAt) return;
		this.#keyAt = timestamp;
		this.keys += keyNames[packet[12]!] ?? '?';
	}

	#hear(packet: Buffer): void {
		if ((packet[1]! & 0x7f) === keyType) this.#hearKey(packet);
		if ((packet[1]! & 0x7f) !== 0) return;
		this.packets++;
		this.firstAtMs ??= performance.now();
		if (this.#listening) {
			const samples = Array.from(packet.subarray(12), fromMulaw);
			if (strength(samples, this.#listening.frequencyHz) > 0.1) {
				this.#listening.heard(performance.now());
				this.#listening = undefined;
			}
		}
		if (this.deaf) return;
		for (const byte of packet.subarray(12)) this.#heard.push(fromMulaw(byte));
		if (this.#heard.length > 8000 * 60) this.#heard = this.#heard.slice(-8000);
		this.#waiting = this.#waiting.filter(({check, done}) => !check() || void done());
	}

	/** Resolves when the last tenth of a second heard has that tone in it (or, with `false`, has not). */
	hears(frequencyHz: number, wanted = true): Promise<void> {
		const check = (): boolean => {
			const last = this.#heard.slice(-800);
			return last.length === 800 && strength(last, frequencyHz) > 0.1 === wanted;
		};
		return new Promise(done => {
			if (check()) done();
			else this.#waiting.push({check, done});
		});
	}

	/** Resolves when so many more packets have been heard; each is 20 ms. */
	hearsMore(packets: number): Promise<void> {
		const until = this.packets + packets;
		return new Promise(done => this.#waiting.push({check: () => this.packets >= until, done}));
	}

	/** The moment (`performance.now()`) at which the first packet with that tone came, counted from this call on. */
	firstPacketWith(frequencyHz: number): Promise<number> {
		return new Promise(heard => {
			this.#listening = {frequencyHz, heard};
		});
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Safe to call twice. */
	close(): void {
		this.stop();
		if (!this.#closed) this.#socket.close();
		this.#closed = true;
	}
}
