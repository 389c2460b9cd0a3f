import type {MediaRoom, MediaServer, SpeaksTo} from '../media/port.js';
import type {RoomMember, TelephonyEvent} from '../port.js';
import {type Clock, within} from './clock.js';
import type {Leg} from './leg.js';
import {textOf} from './leg-media.js';

type Room = {
	room: Promise<MediaRoom>;
	/** Settles when all that was begun is done. */
	tail: Promise<unknown>;
	/** Who is in it, or is being brought in, and whom they speak to. */
	members: Map<Leg, RoomMember['speaksTo']>;
};

export type RoomParts = {
	media: MediaServer;
	clock: Clock;
	waitMs: number;
	report: (event: TelephonyEvent) => void;
	legOf: (legId: string) => Leg | undefined;
	/** The other party of a leg's bridge, and that this bridge is no more. */
	bridgedWith: (leg: Leg) => Leg | undefined;
	leaveBridge: (leg: Leg) => void;
};

const same = (a: RoomMember['speaksTo'], b: RoomMember['speaksTo']): boolean =>
	typeof a === 'string' || typeof b === 'string' ? a === b : a.length === b.length && a.every(legId => b.includes(legId));

/**
 * Who is in which room, by the loop's whole descriptions: what differs from the last one is done, step by step. The books are
 * ahead of the steps: a step that a later command has made void is left out.
 */
export class Rooms {
	readonly #rooms = new Map<string, Room>();
	readonly #parts: RoomParts;

	constructor(parts: RoomParts) {
		this.#parts = parts;
	}

	set(roomId: string, wanted: readonly RoomMember[]): void {
		const {media, legOf, report, clock, waitMs} = this.#parts;
		// A leg that has ended is left out: that has been or is being reported.
		const members = wanted.flatMap(({legId, speaksTo}) => {
			const leg = legOf(legId);
			return leg?.endpoint ? [{leg, speaksTo}] : [];
		});
		let room = this.#rooms.get(roomId);
		if (!room && members.length === 0) {
			report({type: 'roomSet', roomId});
			return;
		}
		room ??= {room: media.createRoom(), tail: Promise.resolve(), members: new Map()};
		this.#rooms.set(roomId, room);
		within(clock, waitMs, this.#apply(roomId, room, members)).then(
			done => {
				if (done) report({type: 'roomSet', roomId});
				else report({type: 'roomFailed', roomId, reason: 'the media server does not answer'});
			},
			error => report({type: 'roomFailed', roomId, reason: textOf(error)}),
		);
	}

	async #apply(roomId: string, room: Room, wanted: readonly {leg: Leg; speaksTo: RoomMember['speaksTo']}[]): Promise<true> {
		const steps: Promise<void>[] = [];
		const then = (leg: Leg, still: () => boolean, step: (media: MediaRoom) => Promise<void>): void => {
			const done = room.tail.then(async () => {
				if (leg.endpoint && still()) await step(await room.room);
			});
			room.tail = done.catch(() => {});
			steps.push(
				done.catch(error => {
					// Of a leg that ended meanwhile nothing more is to be done.
					if (!leg.endpoint) return;
					room.members.delete(leg);
					throw error;
				}),
			);
		};
		// Whoever is to be heard by fewer, first.
		for (const leg of [...room.members.keys()]) {
			if (wanted.some(member => member.leg === leg)) continue;
			room.members.delete(leg);
			const free = (): boolean => !this.#isIn(leg) && !this.#parts.bridgedWith(leg);
			then(leg, free, media => media.leave(leg.endpoint!));
		}
		for (const {leg, speaksTo} of this.#inOrder(wanted)) {
			const before = room.members.get(leg);
			if (before !== undefined && same(before, speaksTo)) continue;
			if (before === undefined) this.#bringOut(leg);
			room.members.set(leg, speaksTo);
			const options = {speaksTo: this.#audience(speaksTo)};
			const still = (): boolean => room.members.has(leg);
			then(leg, still, media => (before === undefined ? media.join(leg.endpoint!, options) : media.change(leg.endpoint!, options)));
		}
		if (room.members.size === 0) {
			this.#rooms.delete(roomId);
			steps.push(this.#close(room));
		}
		await Promise.all(steps);
		return true;
	}

	/** The parties of a bridge side by side and before all others: so they lose hardly a frame of each other. */
	#inOrder<T extends {leg: Leg}>(wanted: readonly T[]): T[] {
		const {bridgedWith} = this.#parts;
		const rank = (member: T): number => wanted.findIndex(({leg}) => leg === member.leg || leg === bridgedWith(member.leg));
		const talking = wanted.filter(({leg}) => bridgedWith(leg)).sort((a, b) => rank(a) - rank(b));
		return [...talking, ...wanted.filter(member => !talking.includes(member))];
	}

	#bringOut(leg: Leg): void {
		this.forget(leg);
		this.#parts.leaveBridge(leg);
		leg.media.stopPlaying();
	}

	/** Legs that are not there any more, or not yet answered, hear nobody. */
	#audience(speaksTo: RoomMember['speaksTo']): SpeaksTo {
		if (typeof speaksTo === 'string') return speaksTo;
		return speaksTo.flatMap(legId => this.#parts.legOf(legId)?.endpoint ?? []);
	}

	/** Drops a leg from the books: it has ended, or has been told to join a bridge, which takes it out of its room. */
	forget(leg: Leg): void {
		for (const [roomId, room] of this.#rooms) {
			if (!room.members.delete(leg) || room.members.size > 0) continue;
			this.#rooms.delete(roomId);
			this.#close(room).catch(() => {}); // it is empty: nobody misses it
		}
	}

	#close(room: Room): Promise<void> {
		return room.tail.then(async () => (await room.room).close());
	}

	#isIn(leg: Leg): boolean {
		return [...this.#rooms.values()].some(({members}) => members.has(leg));
	}
}
