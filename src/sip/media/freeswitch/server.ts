import {randomInt} from 'node:crypto';
import {agree} from '../embedded/negotiate.js';
import {type EndpointOptions, MediaExhausted, type MediaPool, type MediaServer, MediaUnusable} from '../port.js';
import {CallRefused, type MediaCaller} from './call.js';
import type {Clock} from './clock.js';
import {partySdp} from './description.js';
import {FreeswitchEndpoint, type Tie} from './endpoint.js';
import {type FreeswitchLimits, FreeswitchLink, type FreeswitchServerSettings, freeswitchLimits, type MediaLog} from './link.js';
import {FreeswitchRoom} from './room.js';

export type FreeswitchMediaOptions = {
	servers: readonly FreeswitchServerSettings[];
	caller: MediaCaller;
	clock: Clock;
	/** Letters and digits that mark our channels among those of others; the same after a restart. */
	owner: string;
	limits?: Partial<FreeswitchLimits>;
	log?: MediaLog;
};

/** Both ends of a tie are ours: whether one has fallen silent is of no interest. */
const tieSilentMs = 86_400_000;

/**
 * Media on FreeSWITCH. Connects to all servers of the configuration; begins when one of them can be used.
 * @throws when none can, with a line for each.
 */
export async function createFreeswitchMedia(options: FreeswitchMediaOptions): Promise<FreeswitchMedia> {
	const media = new FreeswitchMedia(options);
	try {
		await media.start();
		return media;
	} catch (error) {
		await media.close();
		throw error;
	}
}

export class FreeswitchMedia implements MediaServer {
	readonly links: readonly FreeswitchLink[];
	readonly #options: FreeswitchMediaOptions;
	readonly #endpoints = new Set<FreeswitchEndpoint>();
	readonly #downListeners: ((reason: string) => void)[] = [];
	#last: FreeswitchLink | undefined;
	#lastRoom = 0;
	#closing: Promise<void> | undefined;

	constructor(options: FreeswitchMediaOptions) {
		this.#options = options;
		const {clock, caller, owner, log = () => {}} = options;
		const limits = {...freeswitchLimits, ...options.limits};
		const down = (_link: FreeswitchLink, reason: string): void => {
			for (const listener of this.#downListeners) listener(reason);
		};
		this.links = options.servers.map(settings => new FreeswitchLink(settings, {clock, limits, log, caller, owner, down}));
	}

	async start(): Promise<void> {
		const begun = await Promise.allSettled(this.links.map(link => link.connect()));
		if (begun.some(({status}) => status === 'fulfilled')) return;
		throw new MediaUnusable(begun.map(each => (each.status === 'rejected' ? (each.reason as Error).message : '')).join('\n'));
	}

	async createEndpoint(options: EndpointOptions = {}): Promise<FreeswitchEndpoint> {
		if (this.#closing) throw new MediaExhausted('the media server is closed');
		const agreement = options.offer === undefined ? undefined : agree(options.offer);
		let trouble = 'no FreeSWITCH is connected';
		for (const link of this.#inOrder()) {
			try {
				const endpoint = await this.#make(link, agreement, options.silentMs ?? 30_000, options.via);
				this.#last = link;
				return endpoint;
			} catch (error) {
				trouble = (error as Error).message;
				if (!(error instanceof CallRefused)) throw error;
			}
		}
		throw new MediaExhausted(trouble);
	}

	async #make(
		link: FreeswitchLink,
		agreement: ReturnType<typeof agree> | undefined,
		silentMs: number,
		via?: string,
	): Promise<FreeswitchEndpoint> {
		link.pending++;
		try {
			const call = await link.caller.call(link.uri, partySdp(agreement, 1), via);
			const {clock, limits} = this.#options;
			const endpoint = new FreeswitchEndpoint(call, link, agreement, {
				clock,
				silentMs,
				sessionId: randomInt(1, 2 ** 47),
				followMs: {...freeswitchLimits, ...limits}.againMs,
				tie: (one, other) => this.#tie(one, other),
				freed: each => void this.#endpoints.delete(each),
			});
			this.#endpoints.add(endpoint);
			if (!link.adopt(endpoint.id, endpoint)) endpoint.lost(`FreeSWITCH at ${link.name} was lost while the endpoint was made`);
			return endpoint;
		} finally {
			link.pending--;
		}
	}

	/** Joins two servers: what parties of both say goes from one to the other as RTP. */
	async #tie(one: FreeswitchLink, other: FreeswitchLink): Promise<Tie> {
		const near = await this.#make(one, undefined, tieSilentMs);
		try {
			const far = await this.#make(other, agree(near.localSdp), tieSilentMs);
			try {
				await near.setRemote(far.localSdp);
				return [near, far];
			} catch (error) {
				await far.destroy();
				throw error;
			}
		} catch (error) {
			await near.destroy();
			throw error;
		}
	}

	async createRoom(): Promise<FreeswitchRoom> {
		if (this.#closing) throw new MediaExhausted('the media server is closed');
		const id = `r${++this.#lastRoom}`;
		return new FreeswitchRoom(id, `${this.#options.owner}-${id}`);
	}

	readonly pool: MediaPool = {
		servers: () => this.links.map(({name, isUp, draining, weight, load, version}) => ({name, up: isUp, draining, weight, load, version})),
		drain: (name, draining) => {
			for (const link of this.links) if (link.name === name) link.draining = draining;
		},
	};

	onEngineDown(listener: (reason: string) => void): void {
		this.#downListeners.push(listener);
	}

	/** Finishes all recordings, ends our channels, then the connections. */
	close(): Promise<void> {
		this.#closing ??= (async () => {
			await Promise.all([...this.#endpoints].map(endpoint => endpoint.destroy()));
			// The answer to this one comes after those that end channels.
			await Promise.allSettled(this.links.map(link => link.api('status')));
			for (const link of this.links) link.close();
			await this.#options.caller.close();
		})();
		return this.#closing;
	}

	/** Loses one FreeSWITCH without warning: for drills and tests. What follows is what follows its crash. */
	async terminateEngine(): Promise<void> {
		this.links.find(({isUp}) => isUp)?.drop();
	}

	/** Servers for a new call: the one that had the last, until it has too many more than the others; then the one with the most room. */
	#inOrder(): FreeswitchLink[] {
		const share = (link: FreeswitchLink): number => link.load / link.weight;
		const order = this.links.filter(link => link.isUp && !link.draining && link.weight > 0).sort((a, b) => share(a) - share(b));
		const last = this.#last;
		const {togetherMax = freeswitchLimits.togetherMax} = this.#options.limits ?? {};
		if (!last || !order.includes(last) || share(last) - share(order[0]!) >= togetherMax) return order;
		return [last, ...order.filter(link => link !== last)];
	}
}
