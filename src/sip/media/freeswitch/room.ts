import {type MediaEndpoint, type MediaRoom, roomMembersMax, type SpeaksTo} from '../port.js';
import {entering, memberChange} from './commands.js';
import {FreeswitchEndpoint} from './endpoint.js';
import {type Audience, forget, hears, type RoomMember, settle} from './hearing.js';
import type {FreeswitchLink} from './link.js';

/** Who is to be in it. `present` once FreeSWITCH has given it a number. */
type Seat = {speaksTo: Audience; present: RoomMember | undefined};

/** A room: a conference of FreeSWITCH, on the server of its first member. Here is known who is to hear whom; what differs is told. */
export class FreeswitchRoom implements MediaRoom {
	readonly #seats = new Map<FreeswitchEndpoint, Seat>();
	/** The server that mixes it: that of its first member. */
	#home: FreeswitchLink | undefined;
	#closed: Promise<void> | undefined;
	#tail: Promise<unknown> = Promise.resolve();

	constructor(
		readonly id: string,
		/** The conference's name. */
		readonly name: string,
	) {}

	async join(endpoint: MediaEndpoint, {speaksTo}: {speaksTo: SpeaksTo}): Promise<void> {
		this.#open();
		const own = this.#own(endpoint);
		if (own.gone) throw new Error('the endpoint is gone');
		const audience = audienceOf(speaksTo);
		const before = this.#seats.get(own);
		if (before) return this.#speak(before, audience);
		if (this.#seats.size >= roomMembersMax) throw new Error(`the room is full: it takes ${roomMembersMax}`);
		const home = this.#homeFor(own);
		const entered =
			own.link === home
				? own.enter(this, both => entering(own.id, this.name, both))
				: own.enterThrough(this, home, id => entering(id, this.name, false));
		// Only now: entering takes it out of where it is, and that may be here.
		const seat: Seat = {speaksTo: audience, present: undefined};
		this.#seats.set(own, seat);
		try {
			const member = await entered;
			if (member === undefined || this.#seats.get(own) !== seat) return;
			seat.present = {id: own.id, member, speaksTo: seat.speaksTo, fresh: true, unheardBy: new Set()};
			await this.#settle();
		} catch (error) {
			if (this.#seats.get(own) === seat) this.#seats.delete(own);
			throw error;
		}
	}

	async change(endpoint: MediaEndpoint, {speaksTo}: {speaksTo: SpeaksTo}): Promise<void> {
		this.#open();
		const own = this.#own(endpoint);
		const seat = this.#seats.get(own);
		if (!seat) throw new Error('the endpoint is not in this room');
		await this.#speak(seat, audienceOf(speaksTo));
	}

	async #speak(seat: Seat, audience: Audience): Promise<void> {
		seat.speaksTo = audience;
		if (seat.present) seat.present.speaksTo = audience;
		await this.#settle();
	}

	async leave(endpoint: MediaEndpoint): Promise<void> {
		const own = this.#own(endpoint);
		if (own.room !== this) return;
		await this.#inTurn(own.leave());
	}

	close(): Promise<void> {
		this.#closed ??= (async () => {
			await this.#tail;
			await Promise.allSettled([...this.#seats.keys()].map(own => own.leave()));
		})();
		return this.#closed;
	}

	/** An endpoint has gone elsewhere, or is gone. */
	left(own: FreeswitchEndpoint): void {
		const present = this.#seats.get(own)?.present;
		this.#seats.delete(own);
		if (present) forget(this.#present(), present);
	}

	/** Hands a key of a member on to those it speaks to: as an event, not as sound. */
	pass(from: FreeswitchEndpoint, digit: string, durationMs: number): void {
		const seat = this.#seats.get(from);
		if (!seat?.present) return;
		for (const [own, {present}] of this.#seats) if (present && own !== from && hears(seat.speaksTo, own.id)) own.pass(digit, durationMs);
	}

	/** Members of other servers come in through ties. With its server the room is lost, and begins anew where the next member is. */
	#homeFor(own: FreeswitchEndpoint): FreeswitchLink {
		if (this.#seats.size === 0 || !this.#home?.isUp) {
			this.#home = own.link;
			for (const [other, {present}] of this.#seats) if (present) this.#seats.delete(other);
		}
		return this.#home;
	}

	#present(): RoomMember[] {
		return [...this.#seats.values()].flatMap(({present}) => present ?? []);
	}

	/** Tells FreeSWITCH what has changed; all at once, in one order. */
	async #settle(): Promise<void> {
		const link = this.#home!;
		const changes = settle(this.#present());
		await this.#inTurn(Promise.all(changes.map(change => link.api(memberChange(this.name, change)))));
	}

	async #inTurn(step: Promise<unknown>): Promise<void> {
		this.#tail = Promise.allSettled([this.#tail, step]);
		await step;
	}

	#open(): void {
		if (this.#closed) throw new Error('the room is closed');
	}

	#own(endpoint: MediaEndpoint): FreeswitchEndpoint {
		if (!(endpoint instanceof FreeswitchEndpoint)) throw new Error('a room takes only endpoints of its own media server');
		return endpoint;
	}
}

const audienceOf = (speaksTo: SpeaksTo): Audience => (typeof speaksTo === 'string' ? speaksTo : new Set(speaksTo.map(({id}) => id)));
