import type {Clock} from '../freeswitch/clock.js';
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
import {PeerRefused} from '../port.js';
import {KeptDescription} from './own-description.js';
import {joinParts, partPath, type RecordingPart} from './parts.js';
import type {MovingRoom} from './room.js';

type Listeners = {[K in keyof MediaEndpointEvents]: MediaEndpointEvents[K][]};
type Playing = {source: MediaSource; options: PlayOptions; resolve: (end: PlaybackEnd) => void; reject: (error: unknown) => void};

export type MovingLimits = {
	/** How long it is tried to go on elsewhere before the party is given up: as long as a server takes that is started again at once. */
	moveMs: number;
	/** Pause between two tries. */
	pauseMs: number;
};

export const movingLimits: MovingLimits = {moveMs: 5000, pauseMs: 200};

export type MovingParts = {
	clock: Clock;
	limits: MovingLimits;
	/** Makes an endpoint on a server that is there and takes calls. */
	make: () => Promise<MediaEndpoint>;
	log: (level: 'info' | 'warn', text: string, facts?: Record<string, string | number>) => void;
	freed: (endpoint: MovingEndpoint) => void;
};

/**
 * A party whose media can go on on another server: when its own one is lost, or is to be left. It knows all that has been asked of
 * it, asks the peer to send elsewhere, and asks the same of the endpoint there.
 */
export class MovingEndpoint implements MediaEndpoint {
	readonly id: string;
	/** The room it is in, or is on its way into. */
	room: MovingRoom | undefined;
	readonly #parts: MovingParts;
	readonly #description: KeptDescription;
	readonly #listeners: Listeners = {mediaStarted: [], mediaLost: [], dtmf: [], recordingFailed: [], died: []};
	#inner: MediaEndpoint;
	/** The inner one is there. */
	#up = true;
	#ask: ((offer: string) => Promise<string>) | undefined;
	#moving: Promise<void> | undefined;
	#end: Promise<RecordingFacts | undefined> | undefined;
	#partner: MovingEndpoint | undefined;
	#playing: Playing | undefined;
	#recording: RecordingPart[] | undefined;
	#muted = false;
	#masked = false;

	constructor(inner: MediaEndpoint, parts: MovingParts) {
		this.id = inner.id;
		this.#inner = inner;
		this.#parts = parts;
		this.#description = new KeptDescription(inner.localSdp);
		this.#listen(inner);
	}

	get localSdp(): string {
		return this.#description.text;
	}

	get server(): string | undefined {
		return this.#inner.server;
	}

	get gone(): boolean {
		return this.#end !== undefined;
	}

	/** The endpoint on a server that it is now, while there is one. */
	get inner(): MediaEndpoint | undefined {
		return this.#up && !this.gone ? this.#inner : undefined;
	}

	/** Is it asked of the peer to send elsewhere? */
	get canMove(): boolean {
		return this.#ask !== undefined && !this.gone;
	}

	/** Resolves when it is not on its way from one server to another. */
	async settled(): Promise<void> {
		while (this.#moving) await this.#moving;
	}

	outlives(ask: (offer: string) => Promise<string>): void {
		this.#ask = ask;
	}

	async setRemote(sdp: string): Promise<string> {
		await this.settled();
		this.#alive();
		return this.#description.update(await this.#inner.setRemote(sdp));
	}

	play(source: MediaSource, options: PlayOptions = {}): Promise<PlaybackEnd> {
		if (this.gone) return Promise.resolve('gone');
		return new Promise((resolve, reject) => {
			if (!this.#up) this.#playing?.resolve('stopped');
			this.#playing = {source, options, resolve, reject};
			if (this.#up) this.#say(this.#playing);
		});
	}

	#say(playing: Playing): void {
		const inner = this.#inner;
		const over = (): boolean => {
			// It is said again where the party goes on.
			if (this.#playing === playing && !this.gone && (inner !== this.#inner || !this.#up)) return false;
			if (this.#playing === playing) this.#playing = undefined;
			return true;
		};
		inner.play(playing.source, playing.options).then(
			end => {
				if (end !== 'gone' || over()) playing.resolve(end);
				if (end !== 'gone' && this.#playing === playing) this.#playing = undefined;
			},
			(error: unknown) => {
				if (over()) playing.reject(error);
			},
		);
	}

	stopPlaying(): void {
		if (this.#up) this.#inner.stopPlaying();
		else this.#playing?.resolve('stopped');
		this.#playing = undefined;
	}

	async bridge(other: MediaEndpoint): Promise<void> {
		if (!(other instanceof MovingEndpoint) || other === this)
			throw new Error('an endpoint can only be bridged to another one of its own media server');
		this.depart();
		other.depart();
		this.#partner = other;
		other.#partner = this;
		await this.#meet(other);
	}

	/** Bridges the two where they are now; again when one of them has moved meanwhile. */
	async #meet(other: MovingEndpoint): Promise<void> {
		for (;;) {
			await this.settled();
			await other.settled();
			if (this.#partner !== other) return;
			const [own, theirs] = [this.inner, other.inner];
			if (!own || !theirs) throw new Error('a party of the bridge is gone');
			const same = (): boolean => own === this.inner && theirs === other.inner;
			try {
				await own.bridge(theirs);
				if (same()) return;
			} catch (error) {
				if (!same() && !this.gone && !other.gone) continue;
				if (this.#partner === other) this.depart();
				throw error;
			}
		}
	}

	unbridge(): void {
		const partner = this.#partner;
		if (!partner) return;
		this.depart();
		(this.inner ?? partner.inner)?.unbridge();
	}

	/** From now on it is in no bridge and in no room, as far as the books go. */
	depart(): void {
		const partner = this.#partner;
		this.#partner = undefined;
		if (partner && partner.#partner === this) partner.#partner = undefined;
		const {room} = this;
		this.room = undefined;
		room?.left(this);
	}

	mute(muted: boolean): void {
		this.#muted = muted;
		this.inner?.mute(muted);
	}

	async startRecording(path: string): Promise<void> {
		await this.settled();
		this.#alive();
		if (this.#recording) throw new Error('this endpoint is already recording');
		const recording = [{path, startedMs: this.#parts.clock.nowMs()}];
		this.#recording = recording;
		try {
			await this.#inner.startRecording(path);
		} catch (error) {
			if (this.#recording === recording) this.#recording = undefined;
			throw error;
		}
	}

	maskRecording(masked: boolean): void {
		this.#masked = masked;
		this.inner?.maskRecording(masked);
	}

	async stopRecording(): Promise<RecordingFacts | undefined> {
		this.#alive();
		const parts = this.#recording;
		this.#recording = undefined;
		if (!parts) return undefined;
		const facts = await this.inner?.stopRecording();
		return parts.length === 1 && facts ? facts : joinParts(parts);
	}

	sendDtmf(digits: string): void {
		this.inner?.sendDtmf(digits);
	}

	/** What is being listened for is over when it moves. */
	async detectMachine(rules?: Partial<AnswerRules>): Promise<Answer | undefined> {
		return this.inner?.detectMachine(rules);
	}

	async detectBeep(rules?: Partial<BeepWait>): Promise<BeepFound | undefined> {
		return this.inner?.detectBeep(rules);
	}

	stopDetecting(): void {
		this.inner?.stopDetecting();
	}

	async statistics(): Promise<MediaStatistics> {
		if (!this.inner) throw new Error('the endpoint is gone, or between two servers');
		return this.inner.statistics();
	}

	on<K extends keyof MediaEndpointEvents>(event: K, listener: MediaEndpointEvents[K]): void {
		this.#listeners[event].push(listener);
	}

	destroy(): Promise<RecordingFacts | undefined> {
		this.#end ??= this.#finish();
		return this.#end;
	}

	async #finish(): Promise<RecordingFacts | undefined> {
		const parts = this.#recording;
		const up = this.#up;
		this.#recording = undefined;
		this.#playing?.resolve('gone');
		this.depart();
		const facts = up ? await this.#inner.destroy() : undefined;
		this.#parts.freed(this);
		return parts && (parts.length > 1 || !facts) ? joinParts(parts) : facts;
	}

	/** Goes to another server. Resolves with whether it is there now; where the peer does not want to, it stays. */
	async move(why: string): Promise<boolean> {
		const before = this.#inner;
		this.#moving ??= this.#run(why).finally(() => {
			this.#moving = undefined;
			// The server that it has gone to may have died in the moment it came.
			if (!this.#up && !this.gone) void this.move(why);
			else if (this.#inner !== before) this.#return();
		});
		await this.#moving;
		return this.#inner !== before && !this.gone;
	}

	async #run(why: string): Promise<void> {
		const {clock, limits, log} = this.#parts;
		const untilMs = clock.nowMs() + limits.moveMs;
		for (;;) {
			try {
				await this.#take(await this.#anew());
				log('info', 'a party goes on on another server', {endpoint: this.id, server: this.server ?? '', why});
				return;
			} catch (error) {
				if (this.gone) return;
				const {message} = error as Error;
				if (!(error instanceof PeerRefused) && clock.nowMs() < untilMs) {
					await new Promise<void>(resolve => clock.after(limits.pauseMs, resolve));
					continue;
				}
				log('warn', 'a party cannot go on on another server', {endpoint: this.id, why: message});
				if (!this.#up) this.#die(`${why}; ${message}`);
				return;
			}
		}
	}

	/** An endpoint elsewhere that the peer has been told of, and has agreed with. */
	async #anew(): Promise<MediaEndpoint> {
		const {make} = this.#parts;
		const next = await make();
		let lost = false;
		next.on('died', () => {
			lost = true;
		});
		try {
			this.#alive();
			await next.setRemote(await this.#ask!(this.#description.offer(next.localSdp)));
			this.#alive();
			if (lost) throw new Error('its server was lost too');
			return next;
		} catch (error) {
			next.destroy().catch(() => {});
			throw error;
		}
	}

	async #take(next: MediaEndpoint): Promise<void> {
		const old = this.inner;
		if (old && this.#recording) await old.stopRecording().catch(() => {});
		this.#inner = next;
		this.#up = true;
		this.#listen(next);
		if (this.gone) return void next.destroy().catch(() => {});
		if (this.#muted) next.mute(true);
		if (this.#masked) next.maskRecording(true);
		if (this.#recording) await this.#recordOn(this.#recording);
		const playing = this.#playing;
		// A beep over the talk is over by now; all else begins anew.
		if (playing?.options.mode === 'mix' && !playing.options.loop) {
			this.#playing = undefined;
			playing.resolve('gone');
		} else if (playing) this.#say(playing);
		old?.destroy().catch(() => {});
	}

	async #recordOn(parts: RecordingPart[]): Promise<void> {
		const part = {path: partPath(parts[0]!.path, parts.length), startedMs: this.#parts.clock.nowMs()};
		parts.push(part);
		await this.#inner.startRecording(part.path).catch((error: Error) => {
			this.#parts.log('warn', 'a recording could not go on', {path: part.path, why: error.message});
		});
	}

	/** Back to whom it was with. Of two who move, the later one does it. */
	#return(): void {
		if (this.gone) return;
		const partner = this.#partner;
		const back = partner ? (partner.#moving ? undefined : this.#meet(partner)) : this.room?.returned(this);
		back?.catch((error: Error) => this.#parts.log('warn', 'a party has not found back', {endpoint: this.id, why: error.message}));
	}

	#listen(inner: MediaEndpoint): void {
		const own = (): boolean => inner === this.#inner && !this.gone;
		inner.on('mediaStarted', () => own() && this.#tell('mediaStarted'));
		inner.on('mediaLost', silentMs => own() && this.#tell('mediaLost', silentMs));
		inner.on('dtmf', (digit, durationMs) => own() && this.#tell('dtmf', digit, durationMs));
		inner.on('recordingFailed', reason => own() && this.#tell('recordingFailed', reason));
		inner.on('died', (reason, unmeant) => {
			if (!own()) return;
			this.#up = false;
			if (unmeant && this.#ask) void this.move(reason);
			else this.#die(reason);
		});
	}

	#die(reason: string): void {
		this.#up = false;
		this.#end ??= this.#finish();
		this.#tell('died', reason);
	}

	#tell<K extends keyof MediaEndpointEvents>(event: K, ...facts: Parameters<MediaEndpointEvents[K]>): void {
		for (const listener of this.#listeners[event]) (listener as (...facts: unknown[]) => void)(...facts);
	}

	#alive(): void {
		if (this.gone) throw new Error('the endpoint is gone');
	}
}
