import {frameSamples, samplesPerMs} from './rtp.js';

/** The sixteen digits in the order of their event codes (RFC 4733 section 3.2). */
export const dtmfDigits = '0123456789*#ABCD';

/** Without a further packet for so long an event counts as ended: all three end packets were lost. */
const endLostMs = 200;
const segmentSamples = 0xffff;

/** Turns telephone-event packets into digits, each reported once, when it ends. */
export class DtmfReceiver {
	private open: {event: number; timestamp: number; samples: number; before: number; lastMs: number} | undefined;
	/** The event ended last: its end packet is sent three times (RFC 4733 section 2.5.1.4). */
	private ended: {event: number; timestamp: number} | undefined;

	/** Takes the payload of one packet. Returns the digits that have ended by it: usually none or one. */
	receive(packet: Uint8Array, from: number, to: number, timestamp: number, nowMs: number): {digit: string; durationMs: number}[] {
		if (to - from < 4) return [];
		const event = packet[from]!;
		const ends = (packet[from + 1]! & 0x80) !== 0;
		const samples = (packet[from + 2]! << 8) | packet[from + 3]!;
		if (event >= dtmfDigits.length) return [];
		if (this.ended && this.ended.event === event && this.ended.timestamp === timestamp) return [];
		const digits: {digit: string; durationMs: number}[] = [];
		if (this.open && this.open.timestamp !== timestamp) {
			if (this.open.event === event && timestamp === (this.open.timestamp + segmentSamples) >>> 0) {
				// A key held for more than eight seconds: the next segment of the same event (RFC 4733 section 2.5.1.3).
				this.open = {...this.open, timestamp, samples: 0, before: this.open.before + segmentSamples};
			} else {
				digits.push(this.end());
			}
		}
		this.open ??= {event, timestamp, samples: 0, before: 0, lastMs: nowMs};
		this.open.samples = Math.max(this.open.samples, samples);
		this.open.lastMs = nowMs;
		if (ends) digits.push(this.end());
		return digits;
	}

	/** Call it now and then: ends an event whose end packets were lost. */
	tick(nowMs: number): {digit: string; durationMs: number} | undefined {
		return this.open && nowMs - this.open.lastMs > endLostMs ? this.end() : undefined;
	}

	private end(): {digit: string; durationMs: number} {
		const {event, timestamp, samples, before} = this.open!;
		this.ended = {event, timestamp};
		this.open = undefined;
		return {digit: dtmfDigits[event]!, durationMs: Math.round((before + samples) / samplesPerMs)};
	}
}

const digitFrames = 5; // 100 ms
const pauseFrames = 4; // 80 ms
const digitsMax = 64;

/** One packet to send: the event's four bytes, and whether it begins a new event (a new timestamp). */
export type DtmfPacket = {payload: [number, number, number, number]; begins: boolean; last: boolean};

/** Makes the telephone-event packets of queued digits, one step for each 20 ms frame. */
export class DtmfSender {
	private queue: number[] = [];
	private frame = 0;

	/** Queues digits; characters that are none are left out, and so is what goes beyond 64 waiting digits. */
	add(digits: string): void {
		for (const character of digits.toUpperCase()) {
			const event = dtmfDigits.indexOf(character);
			if (event >= 0 && this.queue.length < digitsMax) this.queue.push(event);
		}
	}

	get busy(): boolean {
		return this.queue.length > 0;
	}

	/** The packets of this frame: one while the digit lasts, three at its end, none in the pause after it. */
	step(): DtmfPacket[] {
		const event = this.queue[0];
		if (event === undefined) return [];
		const frame = this.frame++;
		if (this.frame >= digitFrames + pauseFrames) {
			this.frame = 0;
			this.queue.shift();
		}
		if (frame >= digitFrames) return [];
		const samples = (frame + 1) * frameSamples;
		const ends = frame === digitFrames - 1;
		const payload: DtmfPacket['payload'] = [event, (ends ? 0x80 : 0) | 10, samples >> 8, samples & 0xff];
		return Array.from({length: ends ? 3 : 1}, (_, index) => ({payload, begins: frame === 0, last: ends && index === 2}));
	}
}
