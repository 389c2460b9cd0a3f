/**
 * What `step` decides, as data. The loop carries them out in order. Nothing here is a function, so that a trace can hold it.
 */
import type {LegFailure, TimerName} from './events.js';
import type {AgentStatus, Customer, MachineRules} from './model.js';
import type {StoreOp} from './stored.js';

/** Commands to telephony. Ids are the domain's. A command about a leg or bridge that is gone already is ignored. */
export type TelephonyEffect =
	| {type: 'connectAgent'; legId: string; extension: string; ringMs: number}
	/**
	 * `claim`: for an entry of a list, and where calls of the day are limited. It goes out when all that was persisted before is on the disk,
	 * so that a service that is killed and started again knows whom it has called; with the store out of order it fails as `cancelled`.
	 */
	| {type: 'dial'; legId: string; trunk: string; to: string; from: string; ringMs: number; claim?: true}
	| {type: 'hangUp'; legId: string}
	| {type: 'play'; legId: string; prompt: 'agentLogin' | 'beep' | 'holdMusic' | 'abandonApology' | 'ringTone'; loop?: boolean}
	| {type: 'stopPlaying'; legId: string}
	/** `recordPath` is relative to the folder of recordings; the call row holds the same path. */
	| {type: 'join'; bridgeId: string; customerLegId: string; agentLegId: string; beep: boolean; recordPath?: string}
	| {type: 'part'; bridgeId: string}
	/** Takes an inbound leg: `legAnswered` or `legFailed` follows. */
	| {type: 'answer'; legId: string}
	/** Refuses an inbound leg: `legFailed` follows. `text`: why, for whoever reads the other side's log; ASCII without quotes. */
	| {type: 'reject'; legId: string; with: RejectReason; text?: string}
	/** `file` is a name in the folder of prompts. `fileEnded` follows. */
	| {type: 'playFile'; legId: string; playId: string; file: string; loop?: boolean}
	/** The same with a recording: `path` is relative to the folder of recordings. */
	| {type: 'playRecording'; legId: string; playId: string; path: string}
	/** Records one leg until `stopRecording` or its end; `recorded` follows. `path` is relative to the folder of recordings. */
	| {type: 'record'; legId: string; path: string}
	| {type: 'stopRecording'; legId: string}
	/** Calls a phone for one call. Fails like `dial`. */
	| {
			type: 'ringPhone';
			legId: string;
			extension: string;
			from: string;
			fromName?: string;
			ringMs: number;
			autoAnswer: boolean;
	  }
	/** Who is in a room and who hears whom, whole. Legs not named any more stay up in silence; none closes it. */
	| {type: 'setRoom'; roomId: string; members: RoomMember[]}
	| {type: 'mute'; legId: string; muted: boolean}
	/** Silence is recorded meanwhile. */
	| {type: 'maskRecording'; legId: string; masked: boolean}
	| {type: 'sendDtmf'; legId: string; digits: string}
	/** `answeredBy` follows, as long as the leg is up. */
	| {type: 'detectMachine'; legId: string; rules: MachineRules}
	/** `beep` follows: at its end, after `quietMs` of silence, or when the time is up. */
	| {type: 'detectBeep'; legId: string; quietMs: number; limitMs: number}
	/** To the telephone that has asked for a transfer: at first `accepted` or `refused`, at last `done` or `failed`. */
	| {type: 'tellTransfer'; transferId: string; say: TransferSaid};

export type TransferSaid =
	| {is: 'accepted'}
	| {is: 'ringing'}
	| {is: 'done'}
	| {is: 'failed'; failure: LegFailure}
	| {is: 'refused'; because: 'forbidden' | 'impossible' | 'declined'; why: string};

export type RejectReason = 'busy' | 'noAnswer' | 'notFound' | 'forbidden' | 'declined' | 'unavailable' | 'congestion';

/** `speaksTo`: everybody in the room, nobody, or just these legs. */
export type RoomMember = {legId: string; speaksTo: 'all' | 'none' | string[]};

/** What is wrong with one field at a save. */
export type FieldError = {
	field: string;
	code:
		| 'required'
		| 'notAChoice'
		| 'badDate'
		| 'badPhone'
		| 'badMail'
		| 'badPostcode'
		| 'badNumber'
		| 'tooLong'
		| 'badTime'
		| 'pastTime'
		| 'notHere';
};

/** Why a request is refused. `message` is an English sentence for logs and tools; consoles have a text per code. */
export type Refused = {
	code:
		| 'extensionInUse'
		| 'unknownExtension'
		| 'disabled'
		| 'notLoggedIn'
		| 'noGroup'
		| 'notYourGroup'
		| 'notAllowed'
		| 'notNow'
		| 'notFound'
		| 'invalid'
		| 'conflict'
		| 'badNumber'
		| 'closedNumber'
		| 'dayLimit'
		| 'trunkDayLimit'
		| 'linesBusy'
		| 'tooManyCalls'
		| 'stopCalling'
		| 'forbidden'
		| 'callTaken'
		| 'callGone'
		| 'shuttingDown'
		| 'internal';
	message: string;
	/** With `notNow`: the status that forbids it. */
	status?: AgentStatus;
	/** With `invalid`. */
	fields?: FieldError[];
	/** With `conflict`: the customer as it is now. */
	customer?: Customer;
};

/** Parts of a console's view that have to be drawn from the world again. */
export type ViewPart =
	| 'stage'
	| 'groups'
	| 'campaigns'
	| 'status'
	| 'phone'
	| 'call'
	| 'customer'
	| 'history'
	| 'draft'
	| 'typing'
	| 'popup'
	| 'incoming'
	| 'counters'
	| 'voicemails'
	| 'notices';

export type Effect =
	| TelephonyEffect
	/** To be written, in order with all earlier ones; one batch is written whole or not at all. */
	| {type: 'persist'; ops: StoreOp[]}
	/** Sets the timer of that name and key, in place of an earlier one. A `timer` event of another epoch is refused as stale. */
	| {type: 'timer'; name: TimerName; key: string; atMs: number; epoch: number}
	| {type: 'cancelTimer'; name: TimerName; key: string}
	/** Exactly one for each request. With `durable` it is held back until all that was persisted before is on the disk. */
	| {type: 'reply'; requestId: string; durable: boolean; ok: true; value: unknown}
	| {type: 'reply'; requestId: string; durable: boolean; ok: false; error: Refused}
	| {type: 'changed'; operatorId: string; parts: ViewPart[]}
	/** A mail about a message has been put into the queue: look there when it is on the disk. */
	| {type: 'mailQueued'}
	/** That console's session is over for it. */
	| {type: 'closeConsole'; consoleId: string; reason: 'loggedOff' | 'taken' | 'ended' | 'stopping'}
	/**
	 * Reads that are answered by an event, after everything persisted before is committed.
	 * Entries: `entriesFetched`. At most one per list is under way. `exclude`: held already.
	 */
	| {type: 'fetchEntries'; listId: string; limit: number; exclude: string[]}
	/** By id. Answer: `customersFetched` with none or one. */
	| {type: 'fetchCustomer'; fetchId: string; customerId: string}
	/** By number in these campaigns. Answer: `customersFetched`. */
	| {type: 'findCustomers'; fetchId: string; number: string; campaignIds: string[]}
	/** Open recalls of one operator. Answer: `recallsFetched`. */
	| {type: 'fetchRecalls'; operatorId: string}
	| {type: 'log'; level: 'info' | 'warn' | 'error'; text: string; data?: Record<string, unknown>}
	/** A programmer's error was met; the call it concerned has been ended, the service goes on. */
	| {type: 'assertFailed'; message: string; callId?: string};
