import {randomInt} from 'node:crypto';
import {spawnWorker} from '../../../spawn.js';
import {type EndpointOptions, MediaExhausted, type MediaServer} from '../port.js';
import {EmbeddedEndpoint} from './handle.js';
import {EngineLink, type EngineRefusal} from './link.js';
import type {MakeEndpoint, NetworkFacts} from './messages.js';
import {agree} from './negotiate.js';
import {OpenFiles} from './open-files.js';
import type {NetworkKind} from './open-network.js';
import {PortPool} from './ports.js';
import {EmbeddedRoom} from './room-handle.js';
import type {WorkerOptions} from './worker.js';

export type EmbeddedMediaOptions = {
	/** Local address of all RTP sockets. */
	address: string;
	/** The address for the SDP, where it is another one (NAT with forwarded ports). */
	advertisedAddress?: string;
	/** UDP ports for RTP and RTCP, both ends included. Each endpoint takes an even one and the odd one above it. */
	rtpPorts: {min: number; max: number};
	/** Worker threads. Default 1: one thread carries about eight hundred recorded calls. */
	workers?: number;
	/** How long a port rests between two calls. Default 5,000. */
	portRestMs?: number;
	/** Decoded sounds kept in the memory of each worker. Default 64 MB, which is over an hour. */
	soundBytesMax?: number;
	/** Default `auto`: by system calls of our own where Koffi is there for this machine, else by Node's sockets, at twice the cost. */
	network?: NetworkKind;
};

/** Beyond the port: `ears` lets the endpoint tell when its peer is not silent (`onSound`). */
export type EmbeddedEndpointOptions = EndpointOptions & {ears?: boolean};

const workersMax = 64;
/** Ports tried when others on this machine hold some of the range. */
const portTriesMax = 32;
/** A worker that dies sooner than this after its start is started again only after a pause as long. */
const respawnPauseMs = 1000;

/** The embedded media server: RTP endpoints on worker threads of this process. */
export class EmbeddedMedia implements MediaServer {
	private readonly links = new Set<EngineLink>();
	private readonly endpoints = new Set<EmbeddedEndpoint>();
	private readonly ports: PortPool;
	private readonly downListeners: ((reason: string) => void)[] = [];
	private readonly respawns = new Set<NodeJS.Timeout>();
	private lastId = 0;
	private closing: Promise<void> | undefined;

	constructor(private readonly options: EmbeddedMediaOptions) {
		this.ports = new PortPool(options.rtpPorts.min, options.rtpPorts.max, options.portRestMs ?? 5000);
		const workers = Math.max(1, Math.min(options.workers ?? 1, workersMax));
		for (let index = 0; index < workers; index++) this.spawn();
	}

	async createEndpoint(options: EmbeddedEndpointOptions = {}): Promise<EmbeddedEndpoint> {
		if (this.closing) throw new MediaExhausted('the media server is closed');
		const agreement = options.offer === undefined ? undefined : agree(options.offer);
		const link = this.leastLoaded();
		const id = `e${++this.lastId}`;
		link.load++;
		const {address} = this.options;
		const {silentMs = 30_000, ears = false} = options;
		let make: MakeEndpoint;
		try {
			make = await this.open(link, {id, address, silentMs, ears});
		} catch (error) {
			link.load--;
			throw error;
		}
		const endpoint = new EmbeddedEndpoint(make, link, this, this.options.advertisedAddress ?? address, randomInt(1, 2 ** 47));
		this.endpoints.add(endpoint);
		if (!link.alive) endpoint.died('media worker ended while the endpoint was made', true);
		if (agreement) endpoint.agreed(agreement);
		return endpoint;
	}

	async createRoom(): Promise<EmbeddedRoom> {
		if (this.closing) throw new MediaExhausted('the media server is closed');
		return new EmbeddedRoom(`r${++this.lastId}`);
	}

	onEngineDown(listener: (reason: string) => void): void {
		this.downListeners.push(listener);
	}

	/** Finishes all recordings, then ends the workers. */
	close(): Promise<void> {
		this.closing ??= (async () => {
			for (const timer of this.respawns) clearTimeout(timer);
			await Promise.all([...this.endpoints].map(endpoint => endpoint.destroy()));
			await Promise.all([...this.links].map(link => link.terminate()));
		})();
		return this.closing;
	}

	/** Ends one worker without warning: for drills and tests. What follows is what follows a crash. */
	async terminateEngine(): Promise<void> {
		const [link] = this.links;
		await link?.terminate();
	}

	/** Which way the workers go to the network, and why; asks the first one. Rejects when none is running. */
	async network(): Promise<NetworkFacts> {
		return this.leastLoaded().request('network', undefined);
	}

	/**
	 * How long a worker stood still at most since this was asked last, in milliseconds: what its parties said meanwhile came late,
	 * and what was played had a hole as long.
	 */
	async heldUpMs(): Promise<number> {
		const links = [...this.links].filter(({alive}) => alive);
		return Math.max(0, ...(await Promise.all(links.map(link => link.request('heldUp', undefined)))));
	}

	/** Port pairs not in use: what is left of the range. */
	get portsLeft(): number {
		return this.ports.size;
	}

	/** How many endpoints each worker carries. */
	get loads(): number[] {
		return [...this.links].map(link => link.load);
	}

	freed(endpoint: EmbeddedEndpoint): void {
		if (this.endpoints.delete(endpoint)) this.ports.give(endpoint.make.port, performance.now());
	}

	/**
	 * Two parties of a bridge must live on one worker, because a relay within a thread costs nothing but the packet itself.
	 * Which customer meets which agent is not known before, so one of the two moves: the one on the fuller worker.
	 */
	gather(a: EmbeddedEndpoint, b: EmbeddedEndpoint): Promise<void> {
		return a.link.load >= b.link.load ? a.move(b.link) : b.move(a.link);
	}

	private leastLoaded(): EngineLink {
		let least: EngineLink | undefined;
		for (const link of this.links) if (!least || link.load < least.load) least = link;
		if (!least) throw new MediaExhausted('no media worker is running');
		return least;
	}

	private async open(link: EngineLink, wanted: Omit<MakeEndpoint, 'port'>): Promise<MakeEndpoint> {
		for (let tries = 0; tries < portTriesMax; tries++) {
			const port = this.ports.take(performance.now());
			if (port === undefined) break;
			try {
				const make = {...wanted, port};
				await link.request('make', make);
				return make;
			} catch (error) {
				this.ports.give(port, performance.now());
				const {code, message} = error as EngineRefusal;
				if (code === 'ENGINE_DOWN') throw new MediaExhausted(message);
				if (code !== 'EADDRINUSE') throw error;
			}
		}
		throw new MediaExhausted(`no free RTP port between ${this.options.rtpPorts.min} and ${this.options.rtpPorts.max}`);
	}

	private spawn(): void {
		const startedMs = performance.now();
		const {soundBytesMax = 64 * 1024 * 1024, network = 'auto'} = this.options;
		const files = new OpenFiles();
		const worker = spawnWorker('media', {soundBytesMax, network, openFiles: files.shared} satisfies WorkerOptions);
		const link = new EngineLink(worker, (down, reason) => {
			files.closeAll();
			this.engineDown(down, reason, performance.now() - startedMs);
		});
		this.links.add(link);
	}

	private engineDown(link: EngineLink, reason: string, livedMs: number): void {
		this.links.delete(link);
		if (this.closing) return;
		if (livedMs > respawnPauseMs) {
			this.spawn();
		} else {
			const timer = setTimeout(() => {
				this.respawns.delete(timer);
				if (!this.closing) this.spawn();
			}, respawnPauseMs);
			this.respawns.add(timer);
		}
		for (const endpoint of this.endpoints) if (endpoint.link === link) endpoint.died(reason, true);
		for (const listener of this.downListeners) listener(reason);
	}
}

/** Starts the embedded media server. */
export async function createEmbeddedMedia(options: EmbeddedMediaOptions): Promise<EmbeddedMedia> {
	return new EmbeddedMedia(options);
}
