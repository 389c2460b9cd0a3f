import type {Question} from '../detect/listener.js';
import {type DtmfPacket, DtmfReceiver, DtmfSender} from './dtmf.js';
import {Ear, type EarState} from './ear.js';
import {type Codec, decodeInto, encodeInto, silenceByte, transcodeTable} from './g711.js';
import {Latch} from './latch.js';
import type {EndpointEvent, MakeEndpoint, Remote} from './messages.js';
import type {RtpSocket} from './network.js';
import {OutgoingStream, type Stamp} from './outgoing.js';
import type {Playback, PlaybackState} from './playback.js';
import {Reception} from './reception.js';
import {Recorder, type RecorderState} from './recorder.js';
import type {Member} from './room.js';
import {
	frameMs,
	frameSamples,
	headerBytes,
	looksLikeRtp,
	payloadRange,
	readSequence,
	readSsrc,
	readTimestamp,
	timestampDelta,
	writeHeader,
} from './rtp.js';
import {dtmfSamples} from './tone.js';

/** A bridge whose other side has sent nothing for so long is filled with silence of our own. */
const fillAfterMs = 60;
/** Mean amplitude from which on a packet counts as sound, about -40 dBm0; and how often that is told. */
const soundAmplitude = 160;
const soundEveryMs = 500;
/** How often is looked after what takes seconds. */
const watchEveryMs = 100;
/** An ear that was asked something a moment ago knows the noise, and a beep that has begun. */
const missedMsMax = 1000;
/** Longest payload that is relayed: 200 ms of G.711. */
const payloadSamplesMax = 1600;

/** Events that lie further ahead of the sound than this (8 s) are none that have just been passed on. */
const eventsAheadMax = 64_000;

/** A byte for each payload type: 0 = not agreed on, else the place of its codec in the list, or an event. */
const kindCodecs: (Codec | undefined)[] = [undefined, 'PCMU', 'PCMA'];
const eventKind = kindCodecs.length;

function kindsOf(remote: Remote | undefined): Uint8Array {
	const kinds = new Uint8Array(128);
	// The first one counts, as in the SDP; an event's number is never a codec's.
	for (const [payloadType, codec] of remote?.codecsIn.toReversed() ?? []) kinds[payloadType] = kindCodecs.indexOf(codec);
	for (const payloadType of remote?.eventsIn ?? []) kinds[payloadType] = eventKind;
	return kinds;
}

/** Scratch space of the thread: one packet is worked on at a time. */
const scratch = new Int16Array(payloadSamplesMax);

/** The packet as we send it, without CSRCs, extension and padding; its bytes are those of `packet`, if they can be. */
function plain(packet: Buffer, from: number, to: number): Buffer {
	if (from !== headerBytes) return Buffer.concat([packet.subarray(0, headerBytes), packet.subarray(from, to)]);
	return to === packet.length ? packet : packet.subarray(0, to);
}

/** Everything that moves when an endpoint changes its thread. */
export type EndpointState = {
	make: MakeEndpoint;
	remote: Remote | undefined;
	latch: object;
	outgoing: object;
	reception: object;
	packetsSent: number;
	muted: boolean;
	masked: boolean;
	started: boolean;
	lost: boolean;
	lastInMs: number;
	playback: PlaybackState | undefined;
	recording: RecorderState | undefined;
	ear: EarState | undefined;
};

/** One RTP party within a media worker. */
export class Endpoint {
	readonly id: string;
	remote: Remote | undefined;
	/** What a payload type carries, so that no list is searched for each packet. */
	private kinds = kindsOf(undefined);
	/** The other side of its bridge; an endpoint is in a bridge, in a room, or in neither. */
	other: Endpoint | undefined;
	member: Member | undefined;
	playback: Playback | undefined;
	recording: Recorder | undefined;
	muted = false;
	private masked = false;
	packetsSent = 0;
	/** Ticks that can be left out: its packets are relayed, and there is nothing else to do. */
	restTicks = 0;
	readonly reception = new Reception();
	private readonly outgoing: OutgoingStream;
	private readonly latch = new Latch();
	private readonly dtmfIn = new DtmfReceiver();
	/** Made for the first digit: most parties are never sent any, and each packet asks. */
	private dtmfOut: DtmfSender | undefined;
	private digitTones: {samples: Int16Array; position: number} | undefined;
	private dtmfTimestamp = 0;
	/** Where the last event of another member of its room ended, in timestamps towards this peer. */
	private eventsUntil = 0;
	private ear: Ear | undefined;
	private started = false;
	private lost = false;
	private lastInMs: number;
	private soundMs = -Infinity;
	private watchedMs = -Infinity;

	constructor(
		private readonly make: MakeEndpoint,
		private readonly socket: RtpSocket,
		private readonly emit: (event: EndpointEvent) => void,
		random: () => number,
		nowMs: number,
	) {
		this.id = make.id;
		this.outgoing = new OutgoingStream(Math.floor(random() * 2 ** 32), Math.floor(random() * 65_536), Math.floor(random() * 2 ** 32));
		this.lastInMs = nowMs;
	}

	setRemote(remote: Remote, nowMs: number): void {
		this.remote = remote;
		this.kinds = kindsOf(remote);
		this.started = false;
		this.lost = false;
		this.lastInMs = nowMs;
		if (remote.port === 0) return;
		const before = this.latch.current;
		this.latch.signal(remote.address, remote.port);
		if (before && !this.latch.current) this.socket.disconnect();
	}

	sendDtmf(digits: string): void {
		if (!this.remote) return;
		if (this.remote.eventsOut >= 0) {
			this.dtmfOut ??= new DtmfSender();
			this.dtmfOut.add(digits);
		} else this.digitTones = {samples: dtmfSamples(digits), position: 0};
	}

	/** Takes one datagram from the socket. */
	receive(packet: Buffer, address: string, port: number, nowMs: number): void {
		const remote = this.remote;
		if (!remote || !looksLikeRtp(packet)) return;
		const ssrc = readSsrc(packet);
		const sequence = readSequence(packet);
		// Through a connected socket nobody else comes: the kernel has checked it.
		if (!this.socket.connected) {
			if (!this.latch.accept(address, port, ssrc, sequence, nowMs)) return;
			if (this.latch.stable) this.socket.connect(address, port);
		}
		this.lastInMs = nowMs;
		this.lost = false;
		if (!this.started) {
			this.started = true;
			this.emit({type: 'mediaStarted'});
		}
		const payloadType = packet[1]! & 0x7f;
		const timestamp = readTimestamp(packet);
		const kind = this.kinds[payloadType]!;
		const isEvent = kind === eventKind;
		this.reception.receive(ssrc, sequence, timestamp, nowMs, !isEvent);
		const range = packet[0] === 0x80 ? undefined : payloadRange(packet);
		if (packet[0] !== 0x80 && !range) return;
		const from = range?.from ?? headerBytes;
		const to = range?.to ?? packet.length;
		if (isEvent) {
			for (const digit of this.dtmfIn.receive(packet, from, to, timestamp, nowMs)) this.emit({type: 'dtmf', ...digit});
			this.other?.relayEvent(packet, from, to, nowMs);
			this.member?.passEvent(packet, from, to, timestamp, nowMs);
			return;
		}
		const codec = kindCodecs[kind];
		if (codec === undefined || to === from || to - from > payloadSamplesMax) return;
		if (this.ear?.asked) this.ear.hear(ssrc, timestamp, scratch, decodeInto(codec, packet, from, to, scratch), nowMs);
		if (!this.muted) {
			this.recording?.place(0, codec, ssrc, timestamp, packet, from, to, nowMs);
			if (this.member) this.member.buffer.push(ssrc, timestamp, scratch, decodeInto(codec, packet, from, to, scratch));
		}
		if (this.make.ears && nowMs - this.soundMs > soundEveryMs) this.hear(packet, from, to, codec, nowMs);
		this.other?.relayAudio(packet, from, to, codec, this.muted, nowMs);
	}

	private hear(packet: Buffer, from: number, to: number, codec: Codec, nowMs: number): void {
		const length = decodeInto(codec, packet, from, to, scratch);
		let sum = 0;
		for (let index = 0; index < length; index++) sum += Math.abs(scratch[index]!);
		if (sum < soundAmplitude * length) return;
		this.soundMs = nowMs;
		this.emit({type: 'sound'});
	}

	/** Sends on a packet of the other party, at once. Its buffer is ours to change. */
	private relayAudio(packet: Buffer, from: number, to: number, codec: Codec, muted: boolean, nowMs: number): void {
		const remote = this.remote;
		if (!remote?.send || this.speaksAlone) return;
		const samples = to - from;
		const marker = packet[1]! > 127;
		const stamp = this.outgoing.relayed(readSsrc(packet), readSequence(packet), readTimestamp(packet), samples, marker, nowMs);
		if (!stamp) return;
		const out = plain(packet, from, to);
		if (muted) {
			out.fill(silenceByte[remote.codec], headerBytes);
		} else if (codec !== remote.codec) {
			const table = transcodeTable(codec);
			for (let index = headerBytes; index < out.length; index++) out[index] = table[out[index]!]!;
		}
		if (this.playback?.samples) {
			decodeInto(remote.codec, out, headerBytes, out.length, scratch);
			const playback = this.playback;
			if (playback.addTo(scratch, samples)) this.endPlayback(playback);
			encodeInto(remote.codec, scratch, samples, out, headerBytes);
		}
		this.recording?.place(1, remote.codec, this.outgoing.ssrc, stamp.timestamp, out, headerBytes, out.length, nowMs);
		this.sendStamped(out, remote.payloadType, stamp);
	}

	private relayEvent(packet: Buffer, from: number, to: number, nowMs: number): void {
		const remote = this.remote;
		if (!remote?.send || remote.eventsOut < 0 || this.speaksAlone) return;
		const marker = packet[1]! > 127;
		const stamp = this.outgoing.relayed(readSsrc(packet), readSequence(packet), readTimestamp(packet), frameSamples, marker, nowMs);
		if (!stamp) return;
		const out = plain(packet, from, to);
		this.sendStamped(out, remote.eventsOut, stamp);
	}

	/**
	 * Sends a packet of an event that another member of the room has pressed. All packets of one event carry the timestamp
	 * of its first one (RFC 4733 section 2.2.1), which is returned: `undefined` begins an event.
	 */
	passEvent(payload: Uint8Array, timestamp: number | undefined, nowMs: number): number | undefined {
		const remote = this.remote;
		if (!remote?.send || remote.eventsOut < 0 || this.speaksAlone) return timestamp;
		const begins = timestamp === undefined;
		const at = timestamp ?? this.eventStart(this.outgoing.upcoming);
		if (payload.length >= 4) this.eventsUntil = (at + Math.max(1, (payload[2]! << 8) | payload[3]!)) >>> 0;
		const out = Buffer.allocUnsafe(headerBytes + payload.length);
		out.set(payload, headerBytes);
		this.sendStamped(out, remote.eventsOut, {sequence: this.outgoing.repeated(nowMs), timestamp: at, marker: begins});
		return at;
	}

	/** Two events never begin at one timestamp, or the second would be taken for a repetition of the first. */
	private eventStart(timestamp: number): number {
		const ahead = timestampDelta(this.eventsUntil, timestamp);
		return ahead > 0 && ahead < eventsAheadMax ? this.eventsUntil : timestamp;
	}

	/** True while what we make ourselves is heard instead of the bridge. */
	private get speaksAlone(): boolean {
		return this.dtmfOut?.busy === true || this.digitTones !== undefined || (this.playback !== undefined && !this.playback.mix);
	}

	/** Ends a rest: something is to be done at the next tick. */
	wake(): void {
		this.restTicks = 0;
	}

	/** Every 20 ms, unless it rests: sends what is not relayed, and looks after what time brings. */
	tick(nowMs: number): void {
		if (nowMs - this.watchedMs >= watchEveryMs) {
			this.watchedMs = nowMs;
			this.watch(nowMs);
		}
		const remote = this.remote;
		if (!remote) return;
		if (this.dtmfOut?.busy && remote.send) {
			const packets = this.dtmfOut.step();
			for (const packet of packets) this.sendEvent(packet, remote, nowMs);
			if (packets.length > 0) return;
		}
		const relaying = this.other !== undefined && !this.speaksAlone && remote.send;
		const idleMs = nowMs - this.outgoing.lastMs;
		if (relaying && !this.outgoing.generating && idleMs <= fillAfterMs) {
			this.restTicks = Math.floor((fillAfterMs - idleMs) / frameMs);
			return;
		}
		scratch.fill(0, 0, frameSamples);
		const mixed = this.member !== undefined && !this.speaksAlone && this.member.hear(scratch);
		const silent = !this.fillFrame() && !mixed;
		if (!remote.send) return;
		const stamp = this.outgoing.generated(nowMs);
		const out = Buffer.allocUnsafe(headerBytes + frameSamples);
		if (silent) out.fill(silenceByte[remote.codec], headerBytes);
		else encodeInto(remote.codec, scratch, frameSamples, out, headerBytes);
		if (!silent) this.recording?.place(1, remote.codec, this.outgoing.ssrc, stamp.timestamp, out, headerBytes, out.length, nowMs);
		this.sendStamped(out, remote.payloadType, stamp);
	}

	/** Puts our own sound into the scratch frame; false when there is none. */
	private fillFrame(): boolean {
		if (this.digitTones) {
			const {samples, position} = this.digitTones;
			scratch.set(samples.subarray(position, position + frameSamples));
			this.digitTones.position += frameSamples;
			if (this.digitTones.position >= samples.length) this.digitTones = undefined;
			return true;
		}
		const playback = this.playback;
		if (!playback?.samples) return false;
		if (playback.addTo(scratch, frameSamples)) this.endPlayback(playback);
		return true;
	}

	/** Tells the latch when its source was heard last, which is not done for each packet of a connected socket. */
	private confirm(): void {
		if (this.socket.connected) this.latch.confirm(this.lastInMs);
	}

	private watch(nowMs: number): void {
		const digit = this.dtmfIn.tick(nowMs);
		if (digit) this.emit({type: 'dtmf', ...digit});
		this.recording?.advance(nowMs);
		if (this.ear?.asked) this.ear.look(nowMs);
		this.confirm();
		if (this.socket.connected && this.latch.silent(nowMs)) this.socket.disconnect();
		const silentMs = nowMs - this.lastInMs;
		if (this.remote?.receive && !this.lost && silentMs >= this.make.silentMs) {
			this.lost = true;
			this.emit({type: 'mediaLost', silentMs: Math.round(silentMs)});
		}
	}

	private sendEvent(packet: DtmfPacket, remote: Remote, nowMs: number): void {
		const out = Buffer.allocUnsafe(headerBytes + packet.payload.length);
		out.set(packet.payload, headerBytes);
		let sequence: number;
		if (packet.begins) {
			const stamp = this.outgoing.generated(nowMs);
			this.dtmfTimestamp = this.eventStart(stamp.timestamp);
			sequence = stamp.sequence;
		} else {
			sequence = this.outgoing.repeated(nowMs);
		}
		if (packet.last) this.outgoing.extend((packet.payload[2] << 8) | packet.payload[3]);
		this.sendStamped(out, remote.eventsOut, {sequence, timestamp: this.dtmfTimestamp, marker: packet.begins});
	}

	private sendStamped(out: Buffer, payloadType: number, stamp: Stamp): void {
		const target = this.latch.target;
		if (!target) return;
		writeHeader(out, payloadType, stamp.marker, stamp.sequence, stamp.timestamp, this.outgoing.ssrc);
		this.packetsSent++;
		this.socket.send(out, target.port, target.address);
	}

	private endPlayback(playback: Playback): void {
		if (this.playback === playback) this.playback = undefined;
		playback.ended('finished');
	}

	/** Stops a playback that runs. */
	stopPlaying(end: 'stopped' | 'gone' = 'stopped'): void {
		const playback = this.playback;
		this.playback = undefined;
		playback?.ended(end);
	}

	/** Listens to the peer from now on, in place of what was listened for before. */
	listen(question: Question, askId: number, nowMs: number): void {
		if (!this.ear || this.ear.missedMs(nowMs) > missedMsMax) this.hears(nowMs);
		this.ear!.ask(question, askId);
	}

	stopListening(): void {
		this.ear = undefined;
	}

	private hears(nowMs: number, state?: EarState): void {
		this.ear = new Ear((askId, finding) => this.emit({type: 'found', askId, finding}), nowMs, state);
	}

	record(recording: Recorder): void {
		recording.mask(this.masked);
		recording.onFailure = reason => this.emit({type: 'recordingFailed', reason});
		this.recording = recording;
	}

	mask(masked: boolean): void {
		this.masked = masked;
		this.recording?.mask(masked);
	}

	unbridge(): void {
		this.other?.wake();
		this.wake();
		if (this.other) this.other.other = undefined;
		this.other = undefined;
	}

	/** Takes it out of its bridge or room. */
	part(): void {
		this.unbridge();
		this.member?.leave();
		this.member = undefined;
	}

	/** Takes everything off this thread; the endpoint is not used after it. */
	release(): EndpointState {
		this.part();
		this.confirm();
		const {make, remote, latch, outgoing, reception, packetsSent, muted, masked, started, lost, lastInMs} = this;
		const playback = this.playback?.state;
		return {
			...{make, remote, packetsSent, muted, masked, started, lost, lastInMs, playback},
			...{latch: {...latch}, outgoing: {...outgoing}, reception: {...reception}},
			recording: this.recording?.release(),
			ear: this.ear?.state,
		};
	}

	/** Goes on from the state of another thread. The playback is set up again by the engine. */
	adopt(state: EndpointState): void {
		Object.assign(this.latch, state.latch);
		Object.assign(this.outgoing, state.outgoing);
		Object.assign(this.reception, state.reception);
		const {remote, packetsSent, muted, masked, started, lost, lastInMs} = state;
		Object.assign(this, {remote, packetsSent, muted, masked, started, lost, lastInMs});
		this.kinds = kindsOf(remote);
		if (state.ear) this.hears(state.ear.fromMs, state.ear);
		if (state.recording) this.record(Recorder.resume(state.recording));
	}
}
