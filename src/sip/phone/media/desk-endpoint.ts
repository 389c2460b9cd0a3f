/**
 * The RTP party of one call of the softphone: what the microphone says goes out, and what the far side says is taken out frame by
 * frame when the sound card wants it. Symmetric RTP, telephone events (RFC 4733) at the payload type that was agreed on.
 */
import {createSocket, type Socket} from 'node:dgram';
import {DtmfReceiver, DtmfSender} from '../../media/embedded/dtmf.js';
import {type Codec, decodeInto, encodeInto} from '../../media/embedded/g711.js';
import {Latch} from '../../media/embedded/latch.js';
import type {Remote} from '../../media/embedded/messages.js';
import {agree, offered} from '../../media/embedded/negotiate.js';
import {OutgoingStream} from '../../media/embedded/outgoing.js';
import {Reception} from '../../media/embedded/reception.js';
import {
	frameMs,
	frameSamples,
	headerBytes,
	looksLikeRtp,
	payloadRange,
	readSequence,
	readSsrc,
	readTimestamp,
	writeHeader,
} from '../../media/embedded/rtp.js';
import {dtmfSamples} from '../../media/embedded/tone.js';
import type {MediaEndpointEvents} from '../../media/port.js';
import {writeSdp} from '../../media/sdp.js';
import {Meter} from './level.js';
import {Playout, type PlayoutFigures, type Pulled} from './playout.js';

type Listeners = {[K in keyof MediaEndpointEvents]: MediaEndpointEvents[K][]};

/** Longest payload that is taken: 200 ms. */
const payloadSamplesMax = 1600;
const scratch = new Int16Array(payloadSamplesMax);

export type DeskFigures = PlayoutFigures & {received: number; sent: number; lost: number; networkJitterMs: number};

export class DeskEndpoint {
	readonly micLevel = new Meter();
	readonly farLevel = new Meter();
	/** We hold: neither the microphone goes out nor is the far side heard. */
	held = false;
	private remote: Remote | undefined;
	private readonly playout = new Playout();
	private readonly reception = new Reception();
	private readonly latch = new Latch();
	private readonly dtmfIn = new DtmfReceiver();
	private readonly dtmfOut = new DtmfSender();
	private readonly outgoing: OutgoingStream;
	private tones: {samples: Int16Array; position: number} | undefined;
	private eventTimestamp = 0;
	private sent = 0;
	private started = false;
	private gone = false;
	private version = 1;
	private described: string;
	private readonly listeners: Listeners = {mediaStarted: [], mediaLost: [], dtmf: [], recordingFailed: [], died: []};

	private constructor(
		private readonly socket: Socket,
		private readonly address: string,
		private readonly sessionId: number,
		private readonly clock: {nowMs(): number},
		private readonly forget: (endpoint: DeskEndpoint) => void,
	) {
		const chance = (limit: number): number => Math.floor(Math.random() * limit);
		this.outgoing = new OutgoingStream(chance(2 ** 32), chance(65_536), chance(2 ** 32));
		this.described = this.write({codecs: offered, direction: 'sendrecv', rtcpMux: false});
		socket.on('message', (packet, {address: from, port}) => this.receive(packet, from, port));
		// What the network refuses (an unreachable peer) comes up here: the peer may be back with the next packet.
		socket.on('error', () => {});
	}

	/** Opens a port of the system's choice. @throws what the system says when the address is not ours */
	static async open(
		parts: {address: string; clock: {nowMs(): number}; forget: (endpoint: DeskEndpoint) => void},
		offer?: string,
	): Promise<DeskEndpoint> {
		const socket = createSocket(parts.address.includes(':') ? 'udp6' : 'udp4');
		await new Promise<void>((resolve, reject) => {
			socket.once('error', reject);
			socket.bind(0, parts.address, () => {
				socket.off('error', reject);
				resolve();
			});
		});
		const sessionId = Math.floor(Math.random() * 2 ** 31);
		const endpoint = new DeskEndpoint(socket, parts.address, sessionId, parts.clock, parts.forget);
		try {
			if (offer) await endpoint.setRemote(offer);
		} catch (error) {
			await endpoint.destroy();
			throw error;
		}
		return endpoint;
	}

	get localSdp(): string {
		return this.described;
	}

	/** Is there a far side that we may speak to? */
	get sends(): boolean {
		return this.remote?.send === true && !this.held;
	}

	setRemote(sdp: string): Promise<string> {
		try {
			const {remote, ...ours} = agree(sdp);
			this.remote = remote;
			this.started = false;
			if (remote.port !== 0) this.latch.signal(remote.address, remote.port);
			this.described = this.write(ours);
			return Promise.resolve(this.described);
		} catch (error) {
			return Promise.reject(error as Error);
		}
	}

	private write(ours: Pick<Parameters<typeof writeSdp>[0], 'codecs' | 'direction' | 'rtcpMux' | 'mediaLines'>): string {
		const {port} = this.socket.address();
		return writeSdp({address: this.address, port, sessionId: this.sessionId, version: this.version++, ptimeMs: frameMs, ...ours});
	}

	sendDtmf(digits: string): void {
		if (!this.remote) return;
		if (this.remote.eventsOut >= 0) this.dtmfOut.add(digits);
		else this.tones = {samples: dtmfSamples(digits), position: 0};
	}

	on<K extends keyof MediaEndpointEvents>(event: K, listener: MediaEndpointEvents[K]): void {
		this.listeners[event].push(listener);
	}

	/** Sends one frame of the microphone; `undefined`: it is muted, and silence goes out so that the way stays open. */
	speak(frame: Int16Array | undefined): void {
		const {remote} = this;
		if (this.gone || !remote?.send) return;
		const nowMs = this.clock.nowMs();
		if (this.dtmfOut.busy) {
			const packets = this.dtmfOut.step();
			for (const {payload, begins, last} of packets) this.sendEvent(payload, begins, last, remote, nowMs);
			if (packets.length > 0) return;
		}
		scratch.fill(0, 0, frameSamples);
		if (this.tones) {
			const {samples, position} = this.tones;
			scratch.set(samples.subarray(position, position + frameSamples));
			this.tones.position += frameSamples;
			if (this.tones.position >= samples.length) this.tones = undefined;
		} else if (frame && !this.held) scratch.set(frame.subarray(0, frameSamples));
		this.micLevel.take(scratch.subarray(0, frameSamples));
		const stamp = this.outgoing.generated(nowMs);
		const out = Buffer.allocUnsafe(headerBytes + frameSamples);
		encodeInto(remote.codec, scratch, frameSamples, out, headerBytes);
		this.send(out, remote.payloadType, stamp.marker, stamp.sequence, stamp.timestamp);
	}

	/** Writes the next frame of the far side. */
	hear(frame: Int16Array): Pulled {
		const pulled = this.playout.pull(frame);
		if (this.held || pulled === 'nothing') frame.fill(0, 0, frameSamples);
		this.farLevel.take(frame.subarray(0, frameSamples));
		const digit = this.dtmfIn.tick(this.clock.nowMs());
		if (digit) this.tell('dtmf', digit.digit, digit.durationMs);
		return pulled;
	}

	private sendEvent(payload: number[], begins: boolean, last: boolean, remote: Remote, nowMs: number): void {
		const out = Buffer.allocUnsafe(headerBytes + payload.length);
		out.set(payload, headerBytes);
		let sequence: number;
		if (begins) {
			const stamp = this.outgoing.generated(nowMs);
			this.eventTimestamp = stamp.timestamp;
			sequence = stamp.sequence;
		} else sequence = this.outgoing.repeated(nowMs);
		if (last) this.outgoing.extend((payload[2]! << 8) | payload[3]!);
		this.send(out, remote.eventsOut, begins, sequence, this.eventTimestamp);
	}

	private send(out: Buffer, payloadType: number, marker: boolean, sequence: number, timestamp: number): void {
		const {target} = this.latch;
		if (!target) return;
		writeHeader(out, payloadType, marker, sequence, timestamp, this.outgoing.ssrc);
		this.sent++;
		this.socket.send(out, target.port, target.address);
	}

	private receive(packet: Buffer, address: string, port: number): void {
		const {remote} = this;
		if (!remote || !looksLikeRtp(packet)) return;
		const nowMs = this.clock.nowMs();
		const ssrc = readSsrc(packet);
		const sequence = readSequence(packet);
		if (!this.latch.accept(address, port, ssrc, sequence, nowMs)) return;
		const range = payloadRange(packet);
		if (!range) return;
		const timestamp = readTimestamp(packet);
		const payloadType = packet[1]! & 0x7f;
		const isEvent = remote.eventsIn.includes(payloadType);
		this.reception.receive(ssrc, sequence, timestamp, nowMs, !isEvent);
		if (isEvent) {
			for (const {digit, durationMs} of this.dtmfIn.receive(packet, range.from, range.to, timestamp, nowMs))
				this.tell('dtmf', digit, durationMs);
			return;
		}
		const codec: Codec | undefined = remote.codecsIn.find(([type]) => type === payloadType)?.[1];
		const length = range.to - range.from;
		if (codec === undefined || length === 0 || length > payloadSamplesMax) return;
		this.playout.push(ssrc, timestamp, scratch, decodeInto(codec, packet, range.from, range.to, scratch));
		if (!this.started) {
			this.started = true;
			this.tell('mediaStarted');
		}
	}

	get figures(): DeskFigures {
		const {packets, lost, jitterMs} = this.reception;
		return {...this.playout.figures, received: packets, sent: this.sent, lost, networkJitterMs: Math.round(jitterMs * 10) / 10};
	}

	destroy(): Promise<undefined> {
		if (this.gone) return Promise.resolve(undefined);
		this.gone = true;
		this.forget(this);
		return new Promise(resolve => this.socket.close(() => resolve(undefined)));
	}

	private tell<K extends keyof MediaEndpointEvents>(event: K, ...facts: Parameters<MediaEndpointEvents[K]>): void {
		for (const listener of this.listeners[event]) (listener as (...facts: Parameters<MediaEndpointEvents[K]>) => void)(...facts);
	}
}
