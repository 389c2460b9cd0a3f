import type {Endpoint} from './endpoint.js';
import {JitterBuffer} from './jitter.js';
import type {Audience} from './messages.js';
import {frameSamples} from './rtp.js';

/** Sums of one frame before they are cut to 16 bits. A thread mixes one frame at a time. */
const sums = new Int32Array(frameSamples);

/** One endpoint in a room: what it says, and who is to hear it. */
export class Member {
	readonly buffer = new JitterBuffer();
	/** What it says in the room's present frame, when `sounding`. */
	readonly frame = new Int16Array(frameSamples);
	sounding = false;
	/** The DTMF event that it is pressing, and the timestamp that each listener was given for it. */
	private event = {timestamp: -1, heardAs: new Map<string, number>()};

	constructor(
		readonly room: Room,
		readonly endpoint: Endpoint,
		private audience: Audience,
	) {}

	/** What it has said until now and nobody has heard yet is dropped: it was meant for others. */
	change(audience: Audience): void {
		this.audience = audience;
		this.buffer.clear();
		this.sounding = false;
	}

	reaches(listener: Member): boolean {
		if (listener === this) return false;
		return this.audience === 'all' || (this.audience !== 'none' && this.audience.has(listener.endpoint.id));
	}

	/** Writes what this member is to hear of the present frame into `target`; false when nobody speaks to it. */
	hear(target: Int16Array): boolean {
		let speakers = 0;
		for (const speaker of this.room.all) {
			if (!speaker.sounding || !speaker.reaches(this)) continue;
			if (speakers++ === 0) sums.set(speaker.frame);
			else for (let index = 0; index < frameSamples; index++) sums[index] = sums[index]! + speaker.frame[index]!;
		}
		if (speakers === 0) return false;
		for (let index = 0; index < frameSamples; index++) target[index] = Math.max(-32_768, Math.min(32_767, sums[index]!));
		return true;
	}

	/** Passes a packet of a telephone event on to those it speaks to (RFC 4733): an event is never mixed as sound. */
	passEvent(packet: Uint8Array, from: number, to: number, timestamp: number, nowMs: number): void {
		if (this.event.timestamp !== timestamp) this.event = {timestamp, heardAs: new Map()};
		const {heardAs} = this.event;
		for (const listener of this.room.all) {
			if (!this.reaches(listener)) continue;
			const id = listener.endpoint.id;
			const heard = listener.endpoint.passEvent(packet.subarray(from, to), heardAs.get(id), nowMs);
			if (heard !== undefined) heardAs.set(id, heard);
		}
	}

	leave(): void {
		this.room.leave(this);
	}
}

/**
 * The members of one room, all on one thread. `advance` takes a frame from each member's buffer every 20 ms; each member
 * then hears, in its own turn of those 20 ms, the sum of that frame. So the packets of a room leave spread out too.
 */
export class Room {
	private readonly members = new Set<Member>();

	constructor(
		readonly id: string,
		/** In which of the engine's turns it advances. */
		readonly turn: number,
		private readonly emptied: (room: Room) => void,
	) {}

	get size(): number {
		return this.members.size;
	}

	get all(): Iterable<Member> {
		return this.members;
	}

	join(endpoint: Endpoint, audience: Audience): Member {
		const member = new Member(this, endpoint, audience);
		this.members.add(member);
		return member;
	}

	leave(member: Member): void {
		this.members.delete(member);
		if (this.members.size === 0) this.emptied(this);
	}

	advance(): void {
		for (const member of this.members) member.sounding = member.buffer.pull(member.frame);
	}
}
