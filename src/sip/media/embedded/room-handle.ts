import type {MediaEndpoint, MediaRoom, SpeaksTo} from '../port.js';
import {EmbeddedEndpoint} from './handle.js';
import type {EngineLink} from './link.js';
import type {Audience} from './messages.js';

/** The main thread's end of a room. The engine knows who is in it; here is known only on which worker it is mixed. */
export class EmbeddedRoom implements MediaRoom {
	private link: EngineLink | undefined;
	private closed: Promise<void> | undefined;
	private tail: Promise<void> = Promise.resolve();

	constructor(readonly id: string) {}

	async join(endpoint: MediaEndpoint, {speaksTo}: {speaksTo: SpeaksTo}): Promise<void> {
		const own = this.own(endpoint);
		const audience = idsOf(speaksTo);
		await this.inTurn(() => own.enter(this.id, link => this.home(link), audience));
	}

	async change(endpoint: MediaEndpoint, {speaksTo}: {speaksTo: SpeaksTo}): Promise<void> {
		const own = this.own(endpoint);
		const audience = idsOf(speaksTo);
		await this.inTurn(() => own.changeIn(this.id, audience));
	}

	async leave(endpoint: MediaEndpoint): Promise<void> {
		const own = this.own(endpoint);
		if (!this.closed) await this.inTurn(() => own.leave(this.id));
	}

	close(): Promise<void> {
		this.closed ??= this.inTurn(async () => {
			// An engine that has died mixes nothing any more.
			if (this.link?.alive) await this.link.request('closeRoom', {room: this.id}).catch(() => {});
		});
		return this.closed;
	}

	/**
	 * All members live on one worker, as the parties of a bridge do: the one that the first member was on. Parties that are
	 * talking already are on the same one, so they stay, and the supervisor moves.
	 */
	private home(own: EngineLink): EngineLink {
		if (!this.link?.alive) this.link = own;
		return this.link;
	}

	private own(endpoint: MediaEndpoint): EmbeddedEndpoint {
		if (!(endpoint instanceof EmbeddedEndpoint)) throw new Error('a room takes only endpoints of its own media server');
		return endpoint;
	}

	private inTurn(step: () => Promise<void>): Promise<void> {
		if (this.closed) return Promise.reject(new Error('the room is closed'));
		const done = this.tail.then(step);
		this.tail = done.catch(() => {});
		return done;
	}
}

const idsOf = (speaksTo: SpeaksTo): Audience => (typeof speaksTo === 'string' ? speaksTo : new Set(speaksTo.map(({id}) => id)));
