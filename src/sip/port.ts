/**
 * The telephony port: what the loop needs of telephony, as data both ways. The loop sends commands and never waits;
 * what comes of them comes back as events. Ids (`legId`, `bridgeId`) are chosen by the loop. A command about a leg
 * that is already gone is ignored: its end has been or is being reported.
 */

import type {AnsweredBy, AnswerReason, AnswerRules, BeepFound} from './media/port.js';
import type {MediaTrouble} from './media/quality.js';

/** No signalling server of the configuration can be used as it is: the message is one clear line. */
export class SignallingUnusable extends Error {
	override name = 'SignallingUnusable';
}

/** Sounds known by name; files are found in the prompts folder, replaceable by the administrator. */
export type PromptName = 'agentLogin' | 'beep' | 'holdMusic' | 'abandonApology' | 'ringTone';

export type TelephonyCommand =
	/** Calls the phone registered to `extension` and keeps the leg up (online mode). `legFailed` with `phoneDown` when none is registered. */
	| {type: 'connectAgent'; legId: string; extension: string; ringMs: number}
	/** Places a call to the outside. `to` and `from` are digits as the trunk wants them. After `ringMs` without answer it is cancelled: `legFailed` with `noAnswer`. */
	| {type: 'dial'; legId: string; trunk: string; to: string; from: string; ringMs: number}
	/**
	 * Ends a leg in whatever state: CANCEL, BYE or refusal. Reported by `legFailed` (`cancelled`) or `legEnded` (`us`); or by `legAnswered`,
	 * when the answer was under way already. Then the leg is up, and hung up on by a second `hangUp`.
	 */
	| {type: 'hangUp'; legId: string}
	| {type: 'play'; legId: string; prompt: PromptName; loop?: boolean}
	| {type: 'stopPlaying'; legId: string}
	/**
	 * Joins a customer's leg to an agent's leg at once; `beep` is heard by the agent over the first moment. With `recordPath`
	 * the customer's leg is recorded (left what the customer says, right what the customer hears) until it ends.
	 */
	| {type: 'join'; bridgeId: string; customerLegId: string; agentLegId: string; beep: boolean; recordPath?: string}
	/** Parts the two legs of a bridge; both stay up. */
	| {type: 'part'; bridgeId: string}
	/** Tells an inbound leg's caller that it rings (180). */
	| {type: 'ring'; legId: string}
	/** Takes an inbound leg (200): `legAnswered` when its media is ready, `legFailed` when it cannot be taken. */
	| {type: 'answer'; legId: string}
	/** Refuses an inbound leg; `legFailed` (`cancelled`) follows. `text` says why in the Reason header: ASCII without quotes. */
	| {type: 'reject'; legId: string; with: RejectReason; text?: string}
	/** Calls the phone at `extension` for one call (ringing mode, internal calls, consultations). Fails like `dial`; `phoneDown` when none is registered. */
	| {type: 'ringPhone'; legId: string; extension: string; from: string; fromName?: string; ringMs: number; autoAnswer: boolean}
	/** Plays a WAV file to a leg; `fileEnded` with the same `playId`. Takes the place of what was playing. */
	| {type: 'playFile'; legId: string; playId: string; path: string; loop?: boolean}
	/**
	 * Says who is in a room and who hears whom, whole: legs not named any more leave it and stay up in silence, legs that were in a
	 * bridge are taken out of it, an empty room is closed. A leg that is gone, or not answered yet, is left out; what a leg was
	 * being played stops when it comes in. To bridge two members again, `join` them. `roomSet` or `roomFailed` follows.
	 */
	| {type: 'setRoom'; roomId: string; members: RoomMember[]}
	/** Records a leg (left what it says, right what it hears) until `stopRecording` or its end; `recorded` follows. */
	| {type: 'record'; legId: string; path: string}
	| {type: 'stopRecording'; legId: string}
	/** While masked, silence is written on both sides and the length is kept. */
	| {type: 'maskRecording'; legId: string; masked: boolean}
	/** Nothing that this leg says reaches anybody. */
	| {type: 'mute'; legId: string; muted: boolean}
	| {type: 'sendDtmf'; legId: string; digits: string}
	/** Listens to an answered leg, wherever it is joined to, until it is known who has answered: `answeredBy` follows within `limitMs` of its rules. */
	| {type: 'detectMachine'; legId: string; rules: Partial<AnswerRules>}
	/** The same for the beep after which a machine records: `beep` follows, at its end, after `quietMs` of silence, or after `limitMs`. */
	| {type: 'detectBeep'; legId: string; quietMs: number; limitMs: number}
	| {type: 'stopDetecting'; legId: string}
	/** To the telephone that has asked for a transfer (`transferAsked`): at first `accepted` or `refused`, at last `done` or `failed`. */
	| {type: 'tellTransfer'; transferId: string; say: TransferSaid};

/** `refused`: not allowed, not to be done like that, or not now; `why` is an English sentence, in ASCII. */
export type TransferSaid =
	| {is: 'accepted'}
	| {is: 'ringing'}
	| {is: 'done'}
	| {is: 'failed'; failure: LegFailure}
	| {is: 'refused'; because: 'forbidden' | 'impossible' | 'declined'; why: string};

export type RejectReason = 'busy' | 'noAnswer' | 'notFound' | 'forbidden' | 'declined' | 'unavailable' | 'congestion';

/** `speaksTo`: everybody in the room, nobody (listening), or just these legs (whispering). */
export type RoomMember = {legId: string; speaksTo: 'all' | 'none' | string[]};

/** Where a call came from: a carrier, or a phone registered here. */
export type InboundSource = {kind: 'trunk'; trunk: string} | {kind: 'phone'; extension: string};

/** Why an outbound leg was never answered. */
export type LegFailure =
	| 'busy' // 486, 600
	| 'noAnswer' // our ring time ran out, 408 after ringing, 480
	| 'declined' // 603, 403, 401/407 after a good answer
	| 'invalidNumber' // 404, 410, 484, 604
	| 'congestion' // 503 and other 5xx
	| 'unreachable' // no response at all, transport error
	| 'phoneDown' // no registered phone at that extension
	| 'trunkDown' // the trunk is known to be down or does not exist
	| 'incompatible' // 488, 606, no common codec
	| 'cancelled' // we gave it up
	| 'error'; // anything else; `detail` says what

export type LegEndedBy = 'far' | 'us' | 'network';

export type TelephonyEvent =
	| {type: 'phoneUp'; extension: string; contact: string}
	| {type: 'phoneDown'; extension: string; reason: 'expired' | 'unregistered' | 'unreachable'}
	| {type: 'trunkUp'; trunk: string}
	| {type: 'trunkDown'; trunk: string; reason: string}
	| {type: 'legRinging'; legId: string}
	| {type: 'legAnswered'; legId: string}
	| {type: 'legFailed'; legId: string; failure: LegFailure; sipStatus?: number; detail?: string}
	/** An answered leg is over. `network`: lost media, dead engine, session timer, ACK timeout. `sipStatus`/`detail` where known. */
	| {type: 'legEnded'; legId: string; by: LegEndedBy; detail?: string}
	| {type: 'played'; legId: string; prompt: PromptName; end: 'finished' | 'stopped' | 'gone'}
	| {type: 'joined'; bridgeId: string}
	| {type: 'joinFailed'; bridgeId: string; reason: string}
	/** It could not be begun, or not be written any more; `recorded` says what there is of it. */
	| {type: 'recordingFailed'; legId: string; reason: string}
	| {type: 'recorded'; legId: string; path: string; durationMs: number; bytes: number}
	| {type: 'dtmf'; legId: string; digit: string}
	/**
	 * A call has come in; 100 is sent already. The loop answers, rings or rejects it. `legId` is telephony's, and starts with `in-`.
	 * If it does nothing within 10 s, or lets it ring for 5 minutes, `legFailed` (`noAnswer`). When the caller gives up first:
	 * `legFailed` (`cancelled`, 487). `to` and `from` are digits as given; `from` is '' when withheld. A phone has proved who it is.
	 */
	| {type: 'inbound'; legId: string; source: InboundSource; to: string; from: string; fromName?: string; withheld: boolean}
	| {type: 'fileEnded'; legId: string; playId: string; end: 'finished' | 'stopped' | 'gone'}
	| {type: 'answeredBy'; legId: string; by: AnsweredBy; because: AnswerReason; afterMs: number}
	| {type: 'beep'; legId: string; found: BeepFound['found']; afterMs: number; frequencyHz?: number}
	/**
	 * The telephone of a leg asks, by its own keys, that whom it talks with be transferred (REFER, RFC 3515): to this number, as given,
	 * or to whom it talks with in another leg of its own. To be answered by `tellTransfer` within 5 s. Never of a trunk's leg.
	 */
	| {type: 'transferAsked'; transferId: string; legId: string; to: string; replacesLegId?: string}
	| {type: 'roomSet'; roomId: string}
	| {type: 'roomFailed'; roomId: string; reason: string}
	/** The far side of a leg has put us on hold by re-INVITE, or taken us back. */
	| {type: 'farHold'; legId: string; held: boolean}
	/** What is wrong with the sound that comes from a leg's party, whole; told when it begins, changes in kind, or is over (none). */
	| {type: 'mediaQuality'; legId: string; troubles: readonly MediaTrouble[]}
	/** Signalling or media is down (worker died, server lost); legs that ended by it are reported one by one. */
	| {type: 'partDown'; part: 'signalling' | 'media'; reason: string}
	| {type: 'partUp'; part: 'signalling' | 'media'};

export interface Telephony {
	send(command: TelephonyCommand): void;
	/** One listener: the loop's inbox. */
	onEvent(listener: (event: TelephonyEvent) => void): void;
	close(): Promise<void>;
}

/** What a carrier must prove over TLS, by its host name or address (lower case): see the embedded signalling server. */
export type TlsPeer = {host: string /** PEM. */; ca?: string /** SHA-256, upper-case hex with colons. */; fingerprint?: string};

/** A phone line to a carrier, from the configuration. */
export type TrunkSettings = {
	name: string;
	host: string;
	port: number;
	transport: 'udp' | 'tcp' | 'tls';
	/** Digest credentials, for calls and, with `register`, for REGISTER. */
	username?: string;
	password?: string;
	/** Registers to the carrier and keeps the registration alive. */
	register?: {expiresS: number; domain?: string};
	/** OPTIONS interval; 0 switches the health check off. */
	optionsMs: number;
	callsMax: number;
	callsPerSecondMax: number;
	/** What the service allows, and counts, of `callsMax`: calls out and in at a time, calls out in a day. Absent or null: as many as there are. */
	callsOutMax?: number | null;
	callsInMax?: number | null;
	callsPerDayMax?: number | null;
};

/** A SIP account of an extension. `ha1` is MD5(user:realm:password), so that the clear password is not kept. */
export type ExtensionAccount = {extension: string; ha1: string};
