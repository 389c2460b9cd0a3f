import type {Finding, Question} from '../detect/listener.js';
import type {MediaStatistics, PlaybackEnd, RecordingFacts} from '../port.js';
import type {EndpointState} from './endpoint.js';
import type {Codec} from './g711.js';
import type {Network} from './network.js';
import type {PlaybackState} from './playback.js';

/** What the main thread and the media workers say to each other. */

/** The peer as its SDP describes it. */
export type Remote = {
	address: string;
	port: number;
	/** We may send to it: neither on hold nor sending only. */
	send: boolean;
	/** It is expected to send: its silence means that something is wrong. */
	receive: boolean;
	/** What we send. */
	codec: Codec;
	payloadType: number;
	/** Payload type of telephone events towards the peer; -1 when it takes none. */
	eventsOut: number;
	/** Payload types that it may send to us. */
	codecsIn: [payloadType: number, codec: Codec][];
	eventsIn: number[];
};

/** `ears`: tells when there is sound from the peer. */
export type MakeEndpoint = {id: string; address: string; port: number; silentMs: number; ears: boolean};

/** Who hears a member of a room; members by their ids. */
export type Audience = 'all' | 'none' | ReadonlySet<string>;

/** Which way a worker goes to the network, and why that one. */
export type NetworkFacts = Pick<Network, 'name' | 'why'>;

/** Requests, each with what it is asked for and what it is answered with. */
export type Requests = {
	make: {ask: MakeEndpoint; answer: undefined};
	bridge: {ask: {a: string; b: string}; answer: undefined};
	join: {ask: {id: string; room: string; audience: Audience}; answer: undefined};
	change: {ask: {id: string; room: string; audience: Audience}; answer: undefined};
	leave: {ask: {id: string; room: string}; answer: undefined};
	closeRoom: {ask: {room: string}; answer: undefined};
	record: {ask: {id: string; path: string}; answer: undefined};
	stopRecording: {ask: {id: string}; answer: RecordingFacts | undefined};
	statistics: {ask: {id: string}; answer: MediaStatistics};
	network: {ask: undefined; answer: NetworkFacts};
	/** How long the worker stood still at most since this was asked last, in milliseconds. */
	heldUp: {ask: undefined; answer: number};
	destroy: {ask: {id: string}; answer: RecordingFacts | undefined};
	/** Moving an endpoint to another worker: the new one opens the port, the old one hands over, the new one goes on. */
	prepare: {ask: MakeEndpoint; answer: undefined};
	release: {ask: {id: string}; answer: EndpointState};
	adopt: {ask: EndpointState; answer: undefined};
};
export type RequestName = keyof Requests;

export type Notice =
	| {type: 'remote'; id: string; remote: Remote}
	| {type: 'play'; id: string; playback: PlaybackState}
	| {type: 'stopPlaying'; id: string}
	| {type: 'unbridge'; id: string}
	| {type: 'mute'; id: string; muted: boolean}
	| {type: 'mask'; id: string; masked: boolean}
	| {type: 'sendDtmf'; id: string; digits: string}
	| {type: 'listen'; id: string; askId: number; question: Question}
	| {type: 'stopListening'; id: string};

export type ToWorker = {request: number; name: RequestName; ask: Requests[RequestName]['ask']} | {notice: Notice};

export type EndpointEvent =
	| {type: 'mediaStarted'}
	| {type: 'mediaLost'; silentMs: number}
	| {type: 'dtmf'; digit: string; durationMs: number}
	/** What is recorded cannot be written any more. */
	| {type: 'recordingFailed'; reason: string}
	/** The peer is not silent; told at most twice a second, and only by an endpoint with `ears`. */
	| {type: 'sound'}
	/** What came of `listen`. */
	| {type: 'found'; askId: number; finding: Finding}
	/** A playback is over: it ended, or (`error`) its source could not be played at all. */
	| {type: 'played'; playId: number; end: PlaybackEnd; error?: string};

export type FromWorker =
	| {type: 'answer'; request: number; value: unknown}
	| {type: 'refusal'; request: number; message: string; code?: string}
	| {type: 'event'; id: string; event: EndpointEvent};
