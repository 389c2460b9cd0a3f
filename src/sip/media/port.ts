/**
 * The media port: what the telephony application needs of a media server. Two implementations stand behind it, the
 * embedded RTP engine and FreeSWITCH; one contract test runs against both.
 */

import type {Answer, AnswerRules} from './detect/answer.js';
import type {BeepFound, BeepWait} from './detect/listener.js';

export type {Answer, AnsweredBy, AnswerReason, AnswerRules} from './detect/answer.js';
export type {BeepFound, BeepWait} from './detect/listener.js';

/** Why a playback ended. `gone`: its endpoint was destroyed or its media server died. */
export type PlaybackEnd = 'finished' | 'stopped' | 'gone';

/** What can be played: a WAV file (8 kHz or more, mono or stereo, PCM 16 or G.711), or a tone. */
export type MediaSource = {kind: 'file'; path: string} | {kind: 'tone'; frequencyHz: number; durationMs: number; levelDbm0?: number};

export type PlayOptions = {
	/** Plays again from the start until stopped. Default false. */
	loop?: boolean;
	/** `mix`: heard over what the endpoint hears from its bridge. `replace` (default): instead of it. */
	mode?: 'mix' | 'replace';
};

/** Packets as counted since the endpoint was made; jitter as RFC 3550 section 6.4.1, in milliseconds. */
export type MediaStatistics = {
	packetsReceived: number;
	packetsSent: number;
	packetsLost: number;
	jitterMs: number;
	/** The jitter is the worst there has been, not that of now (FreeSWITCH). */
	jitterIsPeak?: true;
};

/** Facts of a finished recording file. */
export type RecordingFacts = {path: string; durationMs: number; bytes: number};

export type MediaEndpointEvents = {
	/** The first RTP packet from the peer has come in. Fired once after each (re)negotiation. */
	mediaStarted: () => void;
	/**
	 * No RTP has come in for `silentMs` (comfort noise counts as RTP). Fired once until RTP is back. Never while the peer's SDP
	 * allows it to be silent: a party that holds or is held (`sendonly`, `recvonly`, `inactive`) may send nothing at all.
	 */
	mediaLost: (silentMs: number) => void;
	/** One DTMF digit was pressed (RFC 4733), reported once, when it ends. */
	dtmf: (digit: string, durationMs: number) => void;
	/** The recording that runs cannot be written any more (a full disk); what was written stays. Fired once. */
	recordingFailed: (reason: string) => void;
	/** The endpoint is gone without `destroy()` having been called: its engine died. Nothing on it works any more. `unmeant`: it was not this party that was to end (its server is lost with all that was on it); it may go on elsewhere. */
	died: (reason: string, unmeant?: boolean) => void;
};

/** One RTP party. Symmetric RTP: once the peer's packets come in, ours go to where they came from. */
export interface MediaEndpoint {
	readonly id: string;
	/** The SDP of our side: an answer when the endpoint was made with an offer, an offer otherwise. */
	readonly localSdp: string;
	/** The server that it is on, by its name in the pool. */
	readonly server?: string | undefined;
	/**
	 * Says how the peer is offered another place to send to: resolves with its answer, rejects with `PeerRefused` when it never
	 * will. From then on the endpoint goes on elsewhere when its server is lost, where its media server can do that.
	 */
	outlives?(ask: (offer: string) => Promise<string>): void;
	/**
	 * Takes the peer's SDP: the answer to our offer, or a new offer (re-INVITE: hold, moved address, other codec).
	 * Resolves with our SDP, to be sent as the answer when theirs was an offer. Rejects with `NoCommonCodec` when none matches.
	 */
	setRemote(sdp: string): Promise<string>;
	/** Starts playing to the peer; a playback that was running is stopped first. Resolves when it ends. */
	play(source: MediaSource, options?: PlayOptions): Promise<PlaybackEnd>;
	stopPlaying(): void;
	/** Joins two endpoints of one media server: each hears the other. Parts them from earlier bridges and rooms. Resolves when packets are being relayed. */
	bridge(other: MediaEndpoint): Promise<void>;
	/** Ends the bridge of this endpoint, if any; both sides stay. */
	unbridge(): void;
	/** Stops (or resumes) what this endpoint's peer says towards its bridge and its recording. */
	mute(muted: boolean): void;
	/**
	 * Records into a stereo WAV file (16 bit PCM, 8 kHz): left what the peer says, right what the peer hears.
	 * It goes on through bridge and unbridge until stopped or destroyed. The folder must exist.
	 */
	startRecording(path: string): Promise<void>;
	/**
	 * Masks what is recorded: while true, silence is written on both sides and the length is kept. A recording that is started
	 * while masked begins masked.
	 */
	maskRecording(masked: boolean): void;
	/** Ends the recording; resolves when the file is complete on the disk. Undefined when none was running. */
	stopRecording(): Promise<RecordingFacts | undefined>;
	sendDtmf(digits: string): void;
	/**
	 * Listens to what the peer says, wherever it is joined to, until it is known who has answered; `limitMs` of the rules is the
	 * longest. What is not given is as `answerRules`. Undefined: the endpoint is gone, or something else was asked meanwhile.
	 */
	detectMachine(rules?: Partial<AnswerRules>): Promise<Answer | undefined>;
	/** The same until a machine's beep is over, its greeting has been followed by silence, or the time is up. A beep heard by both counts once. */
	detectBeep(rules?: Partial<BeepWait>): Promise<BeepFound | undefined>;
	/** Ends either. */
	stopDetecting(): void;
	statistics(): Promise<MediaStatistics>;
	on<K extends keyof MediaEndpointEvents>(event: K, listener: MediaEndpointEvents[K]): void;
	/** Frees ports and files; a running recording is finished first. Safe to call twice. */
	destroy(): Promise<RecordingFacts | undefined>;
}

/**
 * Who hears a member of a room: everybody in it, nobody (a supervisor who listens), or only those named (a whisper). Members
 * that are named before they have joined count from then on.
 */
export type SpeaksTo = 'all' | 'none' | readonly MediaEndpoint[];

/** The most members that one room takes. */
export const roomMembersMax = 32;

/**
 * A room mixes any number of endpoints, up to `roomMembersMax`: each hears the sum of those who speak to it, never itself, at
 * their own level whoever else is speaking. Recordings, playbacks, mute and DTMF of its members work as they do in a bridge.
 * Operations on one room are carried out in the order they were called in.
 */
export interface MediaRoom {
	readonly id: string;
	/**
	 * Brings an endpoint in, out of the bridge or room it is in. Resolves when it is being mixed; rejects when the room is full
	 * or closed, or the endpoint gone. To turn a running bridge into a room join its two parties first and together: then
	 * they miss a frame or two of each other at most.
	 */
	join(endpoint: MediaEndpoint, options: {speaksTo: SpeaksTo}): Promise<void>;
	/** From now on others hear this member. What it has said before is heard by nobody new. Rejects when it is not in the room. */
	change(endpoint: MediaEndpoint, options: {speaksTo: SpeaksTo}): Promise<void>;
	/** Takes a member out: it stays up, hears silence, can be bridged. To bridge two members no `leave` is needed. */
	leave(endpoint: MediaEndpoint): Promise<void>;
	/** Ends the room; its members stay up and hear silence. Safe to call twice. */
	close(): Promise<void>;
}

export type EndpointOptions = {
	/** The peer's offer. Without it the endpoint makes an offer of its own. */
	offer?: string;
	/** RTP silence after which `mediaLost` fires. Default 30,000. */
	silentMs?: number;
	/** The signalling server (`host:port`) that the party's own call goes by: media that is reached over signalling goes the same way, so that what is lost with one is lost with it alone. */
	via?: string;
};

export interface MediaServer {
	/** @throws `NoCommonCodec` when the offer has no codec we speak; `MediaExhausted` when no port is free. */
	createEndpoint(options?: EndpointOptions): Promise<MediaEndpoint>;
	/** An empty room. It costs nothing until endpoints of this server join it. */
	createRoom(): Promise<MediaRoom>;
	/** One engine (worker, media server) has died; its endpoints fire `died`. The server itself goes on with a new one. */
	onEngineDown(listener: (reason: string) => void): void;
	/** Its servers, where it has such that can be drained. */
	readonly pool?: MediaPool;
	close(): Promise<void>;
}

/** One server of a pool (of media, or of signalling), as an engineer sees it. `load`: legs, or channels, that are on it. */
export type PoolServer = {name: string; up: boolean; draining: boolean; weight: number; load: number; version: string};

export interface MediaPool {
	servers(): PoolServer[];
	/** A server that drains gets no new calls; those on it go on. Names that are not there are ignored. */
	drain(name: string, draining: boolean): void;
	/** Brings the parties on it to other servers, by an offer to each peer. `stayed`: those whose peers did not want to, and those that are not answered yet. */
	move?(name: string): Promise<{moved: number; stayed: number}>;
}

/** The peer offers no codec that we speak. Answer 488. */
export class NoCommonCodec extends Error {
	override name = 'NoCommonCodec';
}
/** The peer has refused an offer for good. */
export class PeerRefused extends Error {
	override name = 'PeerRefused';
}
/** No RTP port or engine is free. Answer 503. */
export class MediaExhausted extends Error {
	override name = 'MediaExhausted';
}
/** No media server of the configuration can be used as it is: the message is one clear line for each. */
export class MediaUnusable extends Error {
	override name = 'MediaUnusable';
}
