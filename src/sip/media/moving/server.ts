import type {Clock} from '../freeswitch/clock.js';
import type {EndpointOptions, MediaPool, MediaServer, PoolServer} from '../port.js';
import {MovingEndpoint, type MovingLimits, type MovingParts, movingLimits} from './endpoint.js';
import {MovingRoom} from './room.js';

export type MovingOptions = {clock: Clock; limits?: Partial<MovingLimits>; log?: MovingParts['log']};

/** Any media server, with endpoints that go on on another of its servers (or engines) when the one they are on is lost or left. */
export class MovingMedia implements MediaServer {
	readonly pool?: MediaPool & {move(name: string): Promise<{moved: number; stayed: number}>};
	readonly #endpoints = new Set<MovingEndpoint>();

	constructor(
		readonly media: MediaServer,
		private readonly options: MovingOptions,
	) {
		const {pool} = media;
		if (pool)
			this.pool = {
				servers: (): PoolServer[] => pool.servers(),
				drain: (name, draining) => pool.drain(name, draining),
				move: name => this.#leave(name),
			};
	}

	async createEndpoint(options: EndpointOptions = {}): Promise<MovingEndpoint> {
		const {clock, limits, log = () => {}} = this.options;
		const {offer: _offer, ...lasting} = options;
		const endpoint = new MovingEndpoint(await this.media.createEndpoint(options), {
			clock,
			limits: {...movingLimits, ...limits},
			make: () => this.media.createEndpoint(lasting),
			log,
			freed: each => void this.#endpoints.delete(each),
		});
		this.#endpoints.add(endpoint);
		return endpoint;
	}

	async createRoom(): Promise<MovingRoom> {
		return new MovingRoom(await this.media.createRoom());
	}

	onEngineDown(listener: (reason: string) => void): void {
		this.media.onEngineDown(listener);
	}

	async close(): Promise<void> {
		await Promise.all([...this.#endpoints].map(endpoint => endpoint.destroy()));
		await this.media.close();
	}

	/** Brings the parties of a server elsewhere: all at once, so that those who talk with each other meet again at once. */
	async #leave(name: string): Promise<{moved: number; stayed: number}> {
		const there = [...this.#endpoints].filter(({server, gone}) => server === name && !gone);
		const went = await Promise.all(there.map(each => each.canMove && each.move(`${name} is being drained`)));
		const moved = went.filter(Boolean).length;
		return {moved, stayed: there.length - moved};
	}
}
