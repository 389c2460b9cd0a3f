import type {
	Answer,
	AnswerRules,
	BeepFound,
	BeepWait,
	MediaEndpoint,
	MediaEndpointEvents,
	MediaSource,
	MediaStatistics,
	PlaybackEnd,
	PlayOptions,
	RecordingFacts,
} from '../port.js';
import {type SdpToWrite, writeSdp} from '../sdp.js';
import {Asking, askBeep, askMachine} from './asking.js';
import type {EngineLink} from './link.js';
import type {Audience, EndpointEvent, MakeEndpoint, Notice, RequestName, Requests} from './messages.js';
import {type Agreement, agree, offered} from './negotiate.js';
import {repairWav} from './wav.js';

type Listeners = {[K in keyof MediaEndpointEvents]: MediaEndpointEvents[K][]};

/** A notice without its endpoint's id. */
type OwnNotice = Notice extends infer N ? (N extends Notice ? Omit<N, 'id'> : never) : never;

/** What the endpoint needs of its server. */
export type Keeper = {
	/** Ends are final: the port is given back. */
	freed(endpoint: EmbeddedEndpoint): void;
	/** Brings both endpoints onto one worker. */
	gather(a: EmbeddedEndpoint, b: EmbeddedEndpoint): Promise<void>;
};

/** The main thread's end of an endpoint that lives in a media worker. */
export class EmbeddedEndpoint implements MediaEndpoint {
	readonly id: string;
	localSdp: string;
	link: EngineLink;
	/** Undefined while it lives; afterwards the same promise for every caller of `destroy`. */
	private end: Promise<RecordingFacts | undefined> | undefined;
	private sdp: SdpToWrite;
	private readonly listeners: Listeners = {mediaStarted: [], mediaLost: [], dtmf: [], recordingFailed: [], died: []};
	private readonly playing = new Map<number, {resolve: (end: PlaybackEnd) => void; reject: (error: Error) => void}>();
	private lastPlayId = 0;
	private readonly asking = new Asking();
	private readonly inFlight = new Set<Promise<unknown>>();
	/** While the endpoint changes its worker: what is to be said to the new one. */
	private held: (() => void)[] | undefined;
	private tail: Promise<void> = Promise.resolve();
	/** Counts what is asked about its bridge; a bridge that something later has made void is not made any more. */
	private bridgeEpoch = 0;
	/** The same for rooms. */
	private roomEpoch = 0;
	private soundListener: () => void = () => {};
	private recordingPath: string | undefined;

	constructor(
		readonly make: MakeEndpoint,
		link: EngineLink,
		private readonly keeper: Keeper,
		sdpAddress: string,
		sessionId: number,
	) {
		this.id = make.id;
		this.link = link;
		this.sdp = {
			address: sdpAddress,
			port: make.port,
			sessionId,
			version: 1,
			codecs: offered,
			direction: 'sendrecv',
			ptimeMs: 20,
			rtcpMux: false,
		};
		this.localSdp = writeSdp(this.sdp);
		this.listen(link);
	}

	get gone(): boolean {
		return this.end !== undefined;
	}

	async setRemote(sdp: string): Promise<string> {
		return this.agreed(agree(sdp));
	}

	/** Takes over what was agreed; the version counts only when our description changes. */
	agreed({remote, codecs, direction, mediaLines, rtcpMux}: Agreement): string {
		const next = {...this.sdp, codecs, direction, mediaLines, rtcpMux};
		if (writeSdp(next) !== this.localSdp) {
			next.version++;
			this.localSdp = writeSdp(next);
			this.sdp = next;
		}
		this.notify({type: 'remote', remote});
		return this.localSdp;
	}

	play(source: MediaSource, options: PlayOptions = {}): Promise<PlaybackEnd> {
		if (this.gone) return Promise.resolve('gone');
		return new Promise((resolve, reject) => {
			const playId = ++this.lastPlayId;
			this.playing.set(playId, {resolve, reject});
			const {loop = false, mode = 'replace'} = options;
			this.notify({type: 'play', playback: {source, loop, mix: mode === 'mix', playId, position: 0}});
		});
	}

	stopPlaying(): void {
		this.notify({type: 'stopPlaying'});
	}

	async bridge(other: MediaEndpoint): Promise<void> {
		if (!(other instanceof EmbeddedEndpoint) || other === this)
			throw new Error('an endpoint can only be bridged to another one of its own media server');
		const epoch = ++this.bridgeEpoch;
		const otherEpoch = ++other.bridgeEpoch;
		this.roomEpoch++;
		other.roomEpoch++;
		// Always in the same order, so that two bridges made at once cannot wait for each other.
		const [first, second] = this.id < other.id ? [this, other] : [other, this];
		const unlockFirst = await first.lock();
		const unlockSecond = await second.lock();
		try {
			if (this.gone || other.gone) throw new Error('a party of the bridge is gone');
			if (epoch !== this.bridgeEpoch || otherEpoch !== other.bridgeEpoch) return;
			if (this.link !== other.link) await this.keeper.gather(this, other);
			if (this.gone || other.gone) throw new Error('a party of the bridge is gone');
			if (epoch === this.bridgeEpoch && otherEpoch === other.bridgeEpoch) await this.link.request('bridge', {a: this.id, b: other.id});
		} finally {
			unlockSecond();
			unlockFirst();
		}
	}

	unbridge(): void {
		this.bridgeEpoch++;
		this.notify({type: 'unbridge'});
	}

	/** Joins the room `room`, after moving to where it is mixed: `home` says it when this endpoint can no longer move by itself. */
	async enter(room: string, home: (own: EngineLink) => EngineLink, audience: Audience): Promise<void> {
		this.bridgeEpoch++;
		const epoch = ++this.roomEpoch;
		const unlock = await this.lock();
		try {
			if (this.gone) throw new Error('the endpoint is gone');
			if (epoch !== this.roomEpoch) return;
			const link = home(this.link);
			if (link !== this.link) await this.move(link);
			if (this.gone) throw new Error('the endpoint is gone');
			if (epoch === this.roomEpoch) await this.link.request('join', {id: this.id, room, audience});
		} finally {
			unlock();
		}
	}

	async changeIn(room: string, audience: Audience): Promise<void> {
		const unlock = await this.lock();
		try {
			if (this.gone) throw new Error('the endpoint is gone');
			await this.link.request('change', {id: this.id, room, audience});
		} finally {
			unlock();
		}
	}

	async leave(room: string): Promise<void> {
		this.roomEpoch++;
		const unlock = await this.lock();
		try {
			if (!this.gone) await this.link.request('leave', {id: this.id, room});
		} catch (error) {
			// An engine that died meanwhile mixes it no more.
			if (!this.gone) throw error;
		} finally {
			unlock();
		}
	}

	mute(muted: boolean): void {
		this.notify({type: 'mute', muted});
	}

	async startRecording(path: string): Promise<void> {
		await this.ask('record', {id: this.id, path});
		this.recordingPath = path;
	}

	maskRecording(masked: boolean): void {
		this.notify({type: 'mask', masked});
	}

	async stopRecording(): Promise<RecordingFacts | undefined> {
		const facts = await this.ask('stopRecording', {id: this.id});
		this.recordingPath = undefined;
		return facts;
	}

	sendDtmf(digits: string): void {
		this.notify({type: 'sendDtmf', digits});
	}

	async detectMachine(rules?: Partial<AnswerRules>): Promise<Answer | undefined> {
		if (this.gone) return undefined;
		return this.asking.ask('machine', askId => this.notify({type: 'listen', askId, question: askMachine(rules)}));
	}

	async detectBeep(rules?: Partial<BeepWait>): Promise<BeepFound | undefined> {
		if (this.gone) return undefined;
		return this.asking.ask('beep', askId => this.notify({type: 'listen', askId, question: askBeep(rules)}));
	}

	stopDetecting(): void {
		this.asking.end();
		this.notify({type: 'stopListening'});
	}

	statistics(): Promise<MediaStatistics> {
		return this.ask('statistics', {id: this.id});
	}

	on<K extends keyof MediaEndpointEvents>(event: K, listener: MediaEndpointEvents[K]): void {
		this.listeners[event].push(listener);
	}

	/** With `ears`: called while the peer is heard to say something, at most twice a second. */
	onSound(listener: () => void): void {
		this.soundListener = listener;
	}

	destroy(): Promise<RecordingFacts | undefined> {
		this.end ??= this.finish();
		return this.end;
	}

	/** Its worker has died, or lost it on the way. */
	died(reason: string, unmeant = false): void {
		if (this.gone) return;
		this.end = Promise.resolve(undefined);
		this.close();
		// What is on the disk of its recording stays playable.
		if (this.recordingPath !== undefined) repairWav(this.recordingPath).catch(() => {});
		for (const listener of this.listeners.died) listener(reason, unmeant);
	}

	/** Moves to another worker. Commands given meanwhile are kept and said to the new one. */
	async move(to: EngineLink): Promise<void> {
		this.held = [];
		const from = this.link;
		try {
			await Promise.allSettled(this.inFlight);
			if (this.gone) return;
			await to.request('prepare', this.make);
			const state = await from.request('release', {id: this.id}).catch(error => {
				to.request('destroy', {id: this.id}).catch(() => {});
				throw error;
			});
			from.unlisten(this.id);
			from.load--;
			this.link = to;
			to.load++;
			this.listen(to);
			await to.request('adopt', state).catch((error: Error) => {
				this.died(error.message);
				throw error;
			});
		} finally {
			const held = this.held;
			this.held = undefined;
			for (const say of held) say();
		}
	}

	private async finish(): Promise<RecordingFacts | undefined> {
		const unlock = await this.lock();
		try {
			return await this.link.request('destroy', {id: this.id});
		} catch {
			return undefined;
		} finally {
			this.close();
			unlock();
		}
	}

	private close(): void {
		this.link.unlisten(this.id);
		this.link.load--;
		for (const {resolve} of this.playing.values()) resolve('gone');
		this.playing.clear();
		this.asking.end();
		this.keeper.freed(this);
	}

	private listen(link: EngineLink): void {
		link.listen(this.id, event => this.receive(event));
	}

	private receive(event: EndpointEvent): void {
		switch (event.type) {
			case 'mediaStarted':
				for (const listener of this.listeners.mediaStarted) listener();
				break;
			case 'mediaLost':
				for (const listener of this.listeners.mediaLost) listener(event.silentMs);
				break;
			case 'dtmf':
				for (const listener of this.listeners.dtmf) listener(event.digit, event.durationMs);
				break;
			case 'recordingFailed':
				for (const listener of this.listeners.recordingFailed) listener(event.reason);
				break;
			case 'found':
				this.asking.settle(event.askId, event.finding);
				break;
			case 'sound':
				this.soundListener();
				break;
			case 'played': {
				const waiting = this.playing.get(event.playId);
				this.playing.delete(event.playId);
				if (event.error === undefined) waiting?.resolve(event.end);
				else waiting?.reject(new Error(event.error));
				break;
			}
			default:
				event satisfies never;
		}
	}

	private notify(notice: OwnNotice): void {
		if (this.gone) return;
		const say = (): void => this.link.notify({...notice, id: this.id} as Notice);
		if (this.held) this.held.push(say);
		else say();
	}

	private ask<K extends RequestName>(name: K, ask: Requests[K]['ask']): Promise<Requests[K]['answer']> {
		if (this.gone) return Promise.reject(new Error('the endpoint is gone'));
		if (this.held) return new Promise(resolve => this.held!.push(() => resolve(this.ask(name, ask))));
		const answer = this.link.request(name, ask);
		this.inFlight.add(answer);
		const done = (): void => void this.inFlight.delete(answer);
		answer.then(done, done);
		return answer;
	}

	/** One move or bridge at a time; resolves with the key. */
	private lock(): Promise<() => void> {
		let unlock!: () => void;
		const before = this.tail;
		this.tail = new Promise(resolve => {
			unlock = resolve;
		});
		return before.then(() => unlock);
	}
}
