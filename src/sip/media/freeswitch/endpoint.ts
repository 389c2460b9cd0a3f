import {stat} from 'node:fs/promises';
import {agree} from '../embedded/negotiate.js';
import {repairWav} from '../embedded/wav.js';
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
import type {MediaCall} from './call.js';
import {type Clock, NoAnswer} from './clock.js';
import {bridging, fillingIn, mediaStatistics, muting, parking, recording, sendingDtmf} from './commands.js';
import {OwnDescription, partySdp, placeOf} from './description.js';
import type {FreeswitchEvent} from './event-socket.js';
import {FarEar} from './far-ear.js';
import {bridgeName, type Channel, type FreeswitchLink, memberName, parkName, recordName, shuttingDown} from './link.js';
import {Player} from './player.js';
import type {FreeswitchRoom} from './room.js';
import {counted, negotiated, newWatch, nextLookMs, type SilenceWatch} from './silence.js';

type Listeners = {[K in keyof MediaEndpointEvents]: MediaEndpointEvents[K][]};
type Agreement = ReturnType<typeof agree>;

export type EndpointParts = {
	clock: Clock;
	silentMs: number;
	/** Two channels that are each other's peers: one on each server. */
	tie: (one: FreeswitchLink, other: FreeswitchLink) => Promise<Tie>;
	/** What a partner's command may take to bring this one along into a room. */
	followMs: number;
	sessionId: number;
	/** Called once, when it is over. */
	freed: (endpoint: FreeswitchEndpoint) => void;
};

/** What joins two FreeSWITCHes: an endpoint on each, with its RTP going to the other. */
export type Tie = readonly [FreeswitchEndpoint, FreeswitchEndpoint];

/**
 * When one of two that are being joined goes, FreeSWITCH ends the other as well, so long after the command at most (v1.10.12, on
 * a loaded machine): nobody meant that one.
 */
const joinedAwayMsMax = 2000;
/** A tie that is no longer used stays so long, until its neighbours have moved on: they would be disturbed on their way. */
const tieLingersMs = 1000;
const partTriesMax = 5;
const digitMs = 100;
const wavHeaderBytes = 44;
const bytesPerMs = 32;

/** One RTP party: a channel of FreeSWITCH. */
export class FreeswitchEndpoint implements MediaEndpoint, Channel {
	readonly id: string;
	readonly link: FreeswitchLink;
	/** The room it is in, or is on its way into. */
	room: FreeswitchRoom | undefined;
	readonly #call: MediaCall;
	readonly #parts: EndpointParts;
	readonly #own: OwnDescription;
	readonly #player: Player;
	readonly #watch: SilenceWatch;
	readonly #ear: FarEar;
	readonly #listeners: Listeners = {mediaStarted: [], mediaLost: [], dtmf: [], recordingFailed: [], died: []};
	#cancelLook: () => void = () => {};
	#partner: FreeswitchEndpoint | undefined;
	/** Whom FreeSWITCH was last told to bridge it to. */
	#joined: {to: FreeswitchEndpoint; atMs: number} | undefined;
	/** What it reaches its partner or room by, when that is on another server. */
	#tie: Tie | undefined;
	/** The room that its partner has taken it along into. */
	#carried: {room: FreeswitchRoom; member: Promise<FreeswitchEvent>} | undefined;
	/** Undefined while it lives; afterwards the same promise for every caller of `destroy`. */
	#end: Promise<RecordingFacts | undefined> | undefined;
	#recording: string | undefined;
	#masked = false;
	#eventsOut = false;
	#sends = true;
	#sdpVersion = 1;
	#negotiations: Promise<unknown> = Promise.resolve();
	/** Counts what is asked about where it is; what something later has made void is not done any more. */
	#epoch = 0;
	#moves: Promise<void> = Promise.resolve();

	constructor(call: MediaCall, link: FreeswitchLink, agreement: Agreement | undefined, parts: EndpointParts) {
		this.id = call.id;
		this.link = link;
		this.#call = call;
		this.#parts = parts;
		this.#own = new OwnDescription(placeOf(call.sdp), parts.sessionId);
		this.#player = new Player(this.id, link);
		this.#ear = new FarEar(this.id, link, parts.clock);
		this.#watch = newWatch(parts.silentMs, parts.clock.nowMs());
		if (agreement) this.#agreed(agreement);
		call.onEnd(reason => this.ended(`FreeSWITCH has hung up: ${reason}`));
	}

	get localSdp(): string {
		return this.#own.text;
	}

	get server(): string {
		return this.link.name;
	}

	get gone(): boolean {
		return this.#end !== undefined;
	}

	setRemote(sdp: string): Promise<string> {
		const turn = this.#negotiations.then(async () => {
			const agreement = agree(sdp);
			this.#alive();
			const answer = await this.#call.offer(partySdp(agreement, ++this.#sdpVersion));
			placeOf(answer);
			return this.#agreed(agreement);
		});
		this.#negotiations = turn.catch(() => {});
		return turn;
	}

	#agreed(agreement: Agreement): string {
		const {remote} = agreement;
		this.#eventsOut = remote.eventsOut >= 0;
		this.#ear.codec = remote.codec;
		if (this.#sends !== remote.receive) this.#fillIn(remote.receive);
		negotiated(this.#watch, remote.receive, this.#parts.clock.nowMs());
		this.#look();
		return this.#own.update(agreement);
	}

	/**
	 * A party that holds may send nothing: then FreeSWITCH has to speak for it. While it sends this would do harm, for every packet
	 * that is late would be replaced by silence.
	 */
	#fillIn(sends: boolean): void {
		this.#sends = sends;
		this.link.tell(fillingIn(this.id, !sends));
		// Anew, for that is when it counts.
		const partner = this.#partner;
		let tie = this.#tie;
		if (!tie && partner) tie = partner.#tie;
		const near = tie?.find(({link}) => link === this.link);
		if (near) this.#beside(near).catch(() => {});
		else if (partner) this.bridge(partner).catch(() => {});
	}

	/** Counts packets again and again: FreeSWITCH tells neither of the first one nor of the last. */
	#look(): void {
		this.#cancelLook();
		if (this.gone) return;
		const {clock} = this.#parts;
		this.#cancelLook = clock.after(nextLookMs(this.#watch), () => {
			this.statistics().then(
				({packetsReceived}) => {
					const finding = this.gone ? undefined : counted(this.#watch, packetsReceived, clock.nowMs());
					if (finding?.type === 'mediaStarted') for (const listener of this.#listeners.mediaStarted) listener();
					if (finding?.type === 'mediaLost') for (const listener of this.#listeners.mediaLost) listener(finding.silentMs);
				},
				() => {}, // the link is lost, and so will we be
			);
			this.#look();
		});
	}

	play(source: MediaSource, options: PlayOptions = {}): Promise<PlaybackEnd> {
		if (this.gone) return Promise.resolve('gone');
		return this.#player.play(source, options, this.#partner === undefined && this.room === undefined);
	}

	stopPlaying(): void {
		this.#player.stop();
	}

	async bridge(other: MediaEndpoint): Promise<void> {
		if (!(other instanceof FreeswitchEndpoint) || other === this)
			throw new Error('an endpoint can only be bridged to another one of its own media server');
		const [epoch, otherEpoch] = [this.#depart(), other.#depart()];
		this.#partner = other;
		other.#partner = this;
		const still = (): boolean => epoch === this.#epoch && otherEpoch === other.#epoch;
		// Always in the same order, so that two bridges made at once cannot wait for each other.
		const [first, second] = this.id < other.id ? [this, other] : [other, this];
		const unlockFirst = await first.#lock();
		const unlockSecond = await second.#lock();
		try {
			if (this.gone || other.gone) throw new Error('a party of the bridge is gone');
			if (!still()) return;
			this.#carried = undefined;
			other.#carried = undefined;
			if (other.link === this.link) {
				await this.#beside(other);
				return;
			}
			const tie = await this.#parts.tie(this.link, other.link);
			if (!still() || this.gone || other.gone) return this.#drop(tie);
			this.#tie = tie;
			await Promise.all([this.#beside(tie[0]), other.#beside(tie[1])]);
		} catch (error) {
			if (still()) this.#part();
			throw error;
		} finally {
			unlockSecond();
			unlockFirst();
		}
	}

	unbridge(): void {
		const partner = this.#partner;
		if (!partner) return;
		this.#depart();
		partner.#depart();
		for (const each of [this, partner]) each.#park().catch(() => {}); // a channel that does not answer is noticed by its silence
	}

	/** Bridges it to a channel on its own server. */
	async #beside(other: FreeswitchEndpoint): Promise<void> {
		const atMs = this.#parts.clock.nowMs();
		this.#joined = {to: other, atMs};
		other.#joined = {to: this, atMs};
		await this.link.bring(bridgeName(this.id, other.id), bridging(this.id, other.id));
	}

	#drop(tie: Tie): void {
		this.#parts.clock.after(tieLingersMs, () => {
			for (const end of tie) end.destroy().catch(() => {});
		});
	}

	/** The same as `enter`, into a room on another server. */
	async enterThrough(room: FreeswitchRoom, home: FreeswitchLink, command: (id: string) => string): Promise<number | undefined> {
		const epoch = this.#depart();
		this.room = room;
		const unlock = await this.#lock();
		try {
			this.#alive();
			if (epoch !== this.#epoch) return undefined;
			this.#carried = undefined;
			const tie = await this.#parts.tie(this.link, home);
			if (epoch !== this.#epoch || this.gone) {
				this.#drop(tie);
				return undefined;
			}
			this.#tie = tie;
			const [near, far] = tie;
			const [{'Member-ID': member}] = await Promise.all([home.bring(memberName(room.name, far.id), command(far.id)), this.#beside(near)]);
			return epoch === this.#epoch && !this.gone ? Number(member) : undefined;
		} finally {
			unlock();
		}
	}

	/** Brings it into a room of FreeSWITCH. Resolves with its number there; undefined when something later has made this void. */
	async enter(room: FreeswitchRoom, command: (both: boolean) => string): Promise<number | undefined> {
		// Out of a bridge both parties go in together: one after the other costs up to half a second of silence. If the other one does
		// not join it too, it is there without hearing or being heard, as if it were alone.
		const partner = this.#partner;
		const epoch = this.#depart();
		this.room = room;
		const unlock = await this.#lock();
		try {
			this.#alive();
			if (epoch !== this.#epoch) return undefined;
			const carried = this.#carried?.room === room ? this.#carried.member : undefined;
			this.#carried = undefined;
			const effect = memberName(room.name, this.id);
			const both = !carried && partner !== undefined && partner.link === this.link && !partner.gone && partner.#partner === undefined;
			if (both) partner.#carried = {room, member: partner.link.waits.for(memberName(room.name, partner.id))};
			const {'Member-ID': number} = carried
				? await this.#follow(carried, effect, command(false))
				: await this.link.bring(effect, command(both));
			return epoch === this.#epoch && !this.gone ? Number(number) : undefined;
		} finally {
			unlock();
		}
	}

	/** It is on its way by its partner's command; if that has taken only the partner, it goes by itself. */
	#follow(carried: Promise<FreeswitchEvent>, effect: string, command: string): Promise<FreeswitchEvent> {
		const {clock, followMs} = this.#parts;
		return new Promise((resolve, reject) => {
			const cancel = clock.after(followMs, () => this.link.bring(effect, command).then(resolve, reject));
			carried.then(resolve, () => {}).finally(cancel);
		});
	}

	/** Takes it out of where it is; it hears silence. */
	async leave(): Promise<void> {
		this.#depart();
		await this.#park();
	}

	/** From now on it is in no bridge and in no room, as far as the books go. */
	#depart(): number {
		this.#part();
		const {room} = this;
		this.room = undefined;
		room?.left(this);
		return ++this.#epoch;
	}

	#part(): void {
		const partner = this.#partner;
		this.#partner = undefined;
		if (partner && partner.#partner === this) {
			partner.#partner = undefined;
			partner.#untie();
		}
		this.#untie();
	}

	#untie(): void {
		if (this.#tie) this.#drop(this.#tie);
		this.#tie = undefined;
	}

	async #park(): Promise<void> {
		const epoch = this.#epoch;
		const unlock = await this.#lock();
		try {
			const wanted = (): boolean => !this.gone && epoch === this.#epoch;
			// Whoever is not parted goes on hearing the other: that is worth more than one try on a machine that is slow.
			for (let tries = 1; wanted(); tries++) {
				this.#carried = undefined;
				try {
					await this.link.bring(parkName(this.id), parking(this.id));
					return;
				} catch (error) {
					if (wanted() && (tries === partTriesMax || !(error instanceof NoAnswer))) throw error;
				}
			}
		} finally {
			unlock();
		}
	}

	mute(muted: boolean): void {
		if (!this.gone) this.link.tell(muting(this.id, muted));
	}

	async startRecording(path: string): Promise<void> {
		this.#alive();
		if (this.#recording !== undefined) throw new Error('this endpoint is already recording');
		this.#recording = path;
		try {
			const started = this.link.api(recording(this.id, 'start', path));
			// In one breath: FreeSWITCH does both within the same frame.
			if (this.#masked) this.link.tell(recording(this.id, 'mask', path));
			await started;
		} catch (error) {
			if (this.#recording === path) this.#recording = undefined;
			throw error;
		}
	}

	maskRecording(masked: boolean): void {
		this.#masked = masked;
		if (!this.gone && this.#recording !== undefined) this.link.tell(recording(this.id, masked ? 'mask' : 'unmask', this.#recording));
	}

	async stopRecording(): Promise<RecordingFacts | undefined> {
		this.#alive();
		return this.#stopRecording();
	}

	async #stopRecording(): Promise<RecordingFacts | undefined> {
		const path = this.#recording;
		if (path === undefined) return undefined;
		this.#recording = undefined;
		const done = this.link.waits.for(recordName(this.id, path));
		await this.link.api(recording(this.id, 'stop', path));
		const facts = await done;
		// The file itself is the better witness, where we can see it.
		const seen = await stat(path).catch(() => undefined);
		const bytes = seen?.size ?? wavHeaderBytes + Number(facts['variable_record_ms'] ?? 0) * bytesPerMs;
		return {path, bytes, durationMs: Math.round(Math.max(0, bytes - wavHeaderBytes) / bytesPerMs)};
	}

	sendDtmf(digits: string): void {
		if (this.gone || digits === '') return;
		if (this.#eventsOut) this.link.tell(sendingDtmf(this.id, digits, digitMs));
		else this.#player.playKeys(digits, digitMs);
	}

	detectMachine(rules?: Partial<AnswerRules>): Promise<Answer | undefined> {
		return this.#ear.detectMachine(rules);
	}

	detectBeep(rules?: Partial<BeepWait>): Promise<BeepFound | undefined> {
		return this.#ear.detectBeep(rules);
	}

	stopDetecting(): void {
		this.#ear.rest();
	}

	async statistics(): Promise<MediaStatistics> {
		this.#alive();
		const {response} = JSON.parse(await this.link.api(mediaStatistics(this.id))) as {response?: {audio?: Record<string, number>}};
		const audio = response?.audio;
		if (!audio) throw new Error('FreeSWITCH has no statistics of the channel');
		return {
			packetsReceived: audio['in_packet_count'] ?? 0,
			packetsSent: audio['out_packet_count'] ?? 0,
			packetsLost: audio['in_flaw_total'] ?? 0,
			jitterMs: Math.sqrt(audio['in_jitter_max_variance'] ?? 0),
			jitterIsPeak: true,
		};
	}

	on<K extends keyof MediaEndpointEvents>(event: K, listener: MediaEndpointEvents[K]): void {
		this.#listeners[event].push(listener);
	}

	event(event: FreeswitchEvent): void {
		switch (event['Event-Name']) {
			case 'DTMF': {
				const digit = (event['DTMF-Digit'] ?? '').toUpperCase();
				const durationMs = Math.round(Number(event['DTMF-Duration'] ?? 0) / 8);
				this.room?.pass(this, digit, durationMs);
				for (const listener of this.#listeners.dtmf) listener(digit, durationMs);
				return;
			}
			case 'MEDIA_BUG_STOP':
				if (event['Media-Bug-Function'] === 'displace') this.#player.ended(event['Media-Bug-Target'] ?? '');
				return;
			default: // of other channels' concern
		}
	}

	/** Presses keys towards the peer, as those of another member of its room. */
	pass(digit: string, durationMs: number): void {
		if (!this.gone && this.#eventsOut) this.link.tell(sendingDtmf(this.id, digit, durationMs));
	}

	destroy(): Promise<RecordingFacts | undefined> {
		this.#end ??= this.#finish();
		return this.#end;
	}

	async #finish(): Promise<RecordingFacts | undefined> {
		this.#player.gone();
		this.#cancelLook();
		const facts = await this.#stopRecording().catch(() => undefined);
		this.#close();
		return facts;
	}

	ended(reason: string): void {
		const joined = this.#joined;
		const away = joined?.to.gone === true && this.#parts.clock.nowMs() - joined.atMs <= joinedAwayMsMax;
		this.lost(reason, away || shuttingDown.test(reason));
	}

	/** Its channel, its call or its FreeSWITCH is no more. `unmeant`: whoever ended it did not mean this party. */
	lost(reason: string, unmeant = false): void {
		if (this.gone) return;
		const path = this.#recording;
		this.#end = Promise.resolve(undefined);
		this.#cancelLook();
		this.#close();
		this.#player.gone();
		// What is on the disk of its recording stays playable.
		if (path !== undefined) repairWav(path).catch(() => {});
		for (const listener of this.#listeners.died) listener(reason, unmeant);
	}

	#close(): void {
		this.#ear.gone();
		this.#depart();
		// FreeSWITCH says the BYE itself, where it can be told to end the channel.
		if (this.link.isUp) this.link.end(this.id);
		else this.#call.hangUp();
		this.#parts.freed(this);
	}

	#alive(): void {
		if (this.gone) throw new Error('the endpoint is gone');
	}

	/** One move at a time; resolves with the key. */
	#lock(): Promise<() => void> {
		let unlock!: () => void;
		const before = this.#moves;
		this.#moves = new Promise(resolve => {
			unlock = resolve;
		});
		return before.then(() => unlock);
	}
}
