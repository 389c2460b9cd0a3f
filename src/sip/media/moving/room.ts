import type {MediaEndpoint, MediaRoom, SpeaksTo} from '../port.js';
import {MovingEndpoint} from './endpoint.js';

/** A room whose members may come back on another server: here is known who is in it and whom each speaks to. */
export class MovingRoom implements MediaRoom {
	readonly #seats = new Map<MovingEndpoint, SpeaksTo>();

	constructor(private readonly room: MediaRoom) {}

	get id(): string {
		return this.room.id;
	}

	async join(endpoint: MediaEndpoint, {speaksTo}: {speaksTo: SpeaksTo}): Promise<void> {
		const own = ownOf(endpoint);
		if (own.room !== this) {
			own.depart();
			own.room = this;
		}
		this.#seats.set(own, speaksTo);
		await this.#put(own);
	}

	/** Brings it in where it is now; again when it has moved meanwhile. */
	async #put(own: MovingEndpoint): Promise<void> {
		for (;;) {
			await own.settled();
			const speaksTo = this.#seats.get(own);
			if (speaksTo === undefined) return;
			const {inner} = own;
			try {
				if (!inner) throw new Error('the endpoint is gone');
				await this.room.join(inner, {speaksTo: innerOf(speaksTo)});
				if (own.inner === inner) return;
			} catch (error) {
				if (inner && own.inner !== inner && !own.gone) continue;
				if (own.room === this) own.depart();
				throw error;
			}
		}
	}

	async change(endpoint: MediaEndpoint, {speaksTo}: {speaksTo: SpeaksTo}): Promise<void> {
		const own = ownOf(endpoint);
		if (!this.#seats.has(own)) throw new Error('the endpoint is not in this room');
		this.#seats.set(own, speaksTo);
		// One that is on its way comes in with what is said now.
		if (own.inner) await this.room.change(own.inner, {speaksTo: innerOf(speaksTo)});
	}

	async leave(endpoint: MediaEndpoint): Promise<void> {
		const own = ownOf(endpoint);
		if (own.room !== this) return;
		own.depart();
		if (own.inner) await this.room.leave(own.inner);
	}

	close(): Promise<void> {
		for (const own of [...this.#seats.keys()]) own.depart();
		return this.room.close();
	}

	/** It has gone elsewhere, or is gone. */
	left(own: MovingEndpoint): void {
		this.#seats.delete(own);
	}

	/** A member is there again, on another server. Those who speak to it by name, and those who were mixed on the lost server, are said anew. */
	async returned(own: MovingEndpoint): Promise<void> {
		await this.#put(own);
		for (const [other, speaksTo] of [...this.#seats]) {
			const {inner} = other;
			if (other === own || !inner) continue;
			const options = {speaksTo: innerOf(speaksTo)};
			await this.room.change(inner, options).catch(() => this.room.join(inner, options));
		}
	}
}

function ownOf(endpoint: MediaEndpoint): MovingEndpoint {
	if (!(endpoint instanceof MovingEndpoint)) throw new Error('a room takes only endpoints of its own media server');
	return endpoint;
}

const innerOf = (speaksTo: SpeaksTo): SpeaksTo =>
	typeof speaksTo === 'string' ? speaksTo : speaksTo.flatMap(each => (each instanceof MovingEndpoint ? (each.inner ?? []) : each));
