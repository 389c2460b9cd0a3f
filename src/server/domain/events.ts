/**
 * Everything that can happen to the call centre, in its own words. The loop makes these from telephony, consoles, the store and
 * its timers and gives them, one at a time, to `step`. A closed union: a new kind is added here first.
 */
import type {BusinessHours, OutsideNumber, Skill, VoiceMenu} from './acd/settings.js';
import type {Counted} from './dial/day.js';
import type {Hook, Link} from './external.js';
import type {
	AutoDialSettings,
	CallList,
	CallRow,
	Campaign,
	Customer,
	DialRules,
	Draft,
	DraftRecord,
	Group,
	ListEntry,
	Operator,
	Region,
	ResponseRecord,
	SalesGroup,
	SupportPage,
	UseSetting,
} from './model.js';
import type {Office} from './office.js';
import type {Privacy} from './privacy.js';

/** What an administrator sets. Replaced whole by `configChanged`. */
export type Config = {
	operators: Operator[];
	groups: Group[];
	/** Groups each operator may work in, by operator id. */
	memberships: Record<string, string[]>;
	extensions: string[];
	/** 用途設定 of desks, by extension. */
	deskUses?: Record<string, UseSetting>;
	campaigns: Campaign[];
	lists: CallList[];
	autoDials: AutoDialSettings[];
	trunks: TrunkLimits[];
	/** How a number typed by hand goes out when no auto-dial setting of the agent's groups says otherwise. */
	directDial?: {trunk: string; callerNumber: string; ringMs: number};
	/** Which numbers may be called at all; the first that fits decides, without one all may. */
	numberRules?: NumberRule[];
	numbers?: OutsideNumber[];
	menus?: VoiceMenu[];
	hours?: BusinessHours[];
	/** Addresses that messages of a mailbox (`group:…`, `extension:…`) are sent to. */
	mailTo?: Record<string, string[]>;
	/** By campaign; regions and sales groups by id. */
	dialRules?: DialRules[];
	regions?: Region[];
	salesGroups?: SalesGroup[];
	/** By operator id, then group id; `defaultSkill` where nothing is said. */
	skills?: Record<string, Record<string, Skill>>;
	support?: SupportPage;
	privacy?: Privacy;
	offices?: Office[];
	/** Other systems: told of calls, and those that ask. */
	hooks?: Hook[];
	links?: Link[];
};
/** `pattern`: digits, `X` for any digit, `*` at the end for any rest. */
export type NumberRule = {pattern: string; open: boolean};
/**
 * `callsMax` and `callsPerSecondMax`: 0 is no limit. The others are absent where there is none; `callsPerDayMax` counts calls that go out.
 */
export type TrunkLimits = {name: string; callsMax: number; callsPerSecondMax: number} & {
	[K in 'callsOutMax' | 'callsInMax' | 'callsPerDayMax']?: number;
};

/**
 * A request of a console. `requestId` is chosen by the shell, unique over all consoles; each gets exactly one `reply`.
 * `operatorId` is who the shell has made sure it is.
 */
export type ConsoleEvent = {requestId: string; operatorId: string} & (
	| /** Password checked by the shell. Opens the session or takes over the operator's own. `tokenHash` replaces the old token. */ {
			type: 'login';
			extension: string;
			consoleId: string;
			tokenHash: string;
			/** What the store still has of the operator's last screen. */
			draft?: Draft;
			/** The call that draft belongs to, and its list entry. */
			work?: {row: CallRow; entry?: ListEntry};
	  }
	| /** Token checked by the shell. Refused with `notLoggedIn` when the session has ended. */ {type: 'attach'; consoleId: string}
	| {type: 'startWork'; groupIds: string[]}
	| {type: 'setStatus'; status: 'ready' | 'wrapUp' | 'away' | 'break'}
	| {type: 'logOff'}
	| {type: 'dial'; number: string; customerId?: string; fieldId?: string}
	| {type: 'hangUp'}
	/** 通話: takes the call that rings. Refused with `callTaken` when another was first, `callGone` when the caller has left. */
	| {type: 'answer'; callId: string}
	| /** The call goes to the next one. */ {type: 'decline'; callId: string}
	| /** 作成: a new customer with the number filled in, loaded at once. Answer: the customer's id. */ {
			type: 'createCustomer';
			campaignId: string;
			number: string;
	  }
	| /** Answer: `WaitingItem[]` of the operator's groups, longest first. */ {type: 'listWaiting'}
	| /** Answer: `AbandonedItem[]` of the operator's groups, newest first. */ {type: 'listAbandoned'}
	| /** Dials the caller of an abandoned call. */ {type: 'callBack'; callId: string}
	| /** Supervisor: takes a promised call-back out of the queue. */ {type: 'cancelCallBack'; callBackId: string}
	/** 保留, and 保留 again. The customer hears music in between. */
	| {type: 'hold'}
	| {type: 'resume'}
	| /** 転送, from 通話中 or 保留中. Of whatever comes of it the operator is told by status and notice. */ {
			type: 'transfer';
			mode: 'blind' | 'consult';
			to: TransferTarget;
	  }
	| /** 転送 again, after the talk with the target. */ {type: 'transferComplete'}
	| /** 切断 on the target: back to the customer. */ {type: 'transferBack'}
	| /** All three talk, from a consultation. */ {type: 'conference'}
	| {type: 'sendDtmf'; digits: string}
	| {type: 'mute'; muted: boolean}
	| /** 次の発信. Answer: `{customerId}`, null when the lists have nobody. */ {type: 'nextCustomer'}
	| {type: 'skipCustomer'}
	| {type: 'requestHelp'; comment?: string}
	| {type: 'cancelHelp'}
	| /** Supervisor: answers for the request. One only. */ {type: 'takeHelp'; of: string}
	| /** Supervisor, about the call of operator `of`. */ {type: 'supervise'; of: string; mode: WatchMode | 'takeOver' | 'stop'}
	| /** Supervisor: for somebody who forgot. `ready` ends a wrap-up that is stuck. */ {
			type: 'setAgentStatus';
			of: string;
			status: 'ready' | 'away' | 'wrapUp' | 'loggedOff';
	  }
	| /** Supervisor: a line of text into that operator's band. */ {type: 'messageAgent'; of: string; text: string}
	| /** Supervisor: sees that operator's screen from now on; one at a time. */ {type: 'watchScreen'; of: string}
	| {type: 'unwatchScreen'}
	| /** Supervisor: `text` stands in that field now, where `was` stood. Answer: `{seq}`. */ {
			type: 'typeFor';
			of: string;
			field: string;
			was: string;
			text: string;
			cursor: number;
	  }
	| /** Supervisor: types there no more. */ {type: 'stopTyping'; of: string}
	| /** The operator has typed in a field that a supervisor was typing in. */ {type: 'takeBack'; field: string}
	| /** A recording or message on the own phone. The shell has checked the right to hear it and written it down. */ {
			type: 'playRecording';
			/** Relative to the folder of recordings. */
			path: string;
			callId?: string;
			voicemailId?: string;
	  }
	| {type: 'stopRecordingPlay'}
	| {type: 'recordingStart'}
	| {type: 'recordingStop'}
	| /** While a secret is said or typed. */ {type: 'maskRecording'; masked: boolean}
	| /** `typed`: the last of a supervisor's letters that the form knows. */ {type: 'putDraft'; draft: Draft; typed?: number}
	| {type: 'save'; draft: Draft}
	| /** 編集 of a record of the day. `was`: as the store has it; `isNewest`: no later record of that customer; `customer`: whose it is. */ {
			type: 'editRecord';
			was: ResponseRecord;
			isNewest: boolean;
			customer: Customer;
			record: DraftRecord;
	  }
	| {type: 'afterSave'; choice: 'keep' | 'resume'}
	| {type: 'loadCustomer'; customerId: string}
	| {type: 'closeCustomer'}
	| /** Answer: `RecallItem[]`, due first. */ {type: 'listRecalls'}
	| /** 引受: as the store has it, like an edit. */ {type: 'takeRecall'; was: ResponseRecord; isNewest: boolean; customer: Customer}
	| /** `kaden recall`, of nobody's console: another person or time, or taken back. As the store has it, like an edit. */ {
			type: 'changeRecall';
			was: ResponseRecord;
			isNewest: boolean;
			customer: Customer;
			to?: string;
			atMs?: number;
			cancel?: true;
	  }
	| /** 発信開始 / 発信停止 of a list. */ {type: 'setListStarted'; listId: string; started: boolean}
	| {type: 'setAutoDialStarted'; campaignId: string; groupId: string; started: boolean}
);

/** A number may be that of an extension or of a group; any other goes out over the trunk. */
export type TransferTarget = {operatorId: string} | {number: string};
/** `whisper`: heard by the operator alone. `barge`: heard by everybody. */
export type WatchMode = 'listen' | 'whisper' | 'barge';

/** Why an outbound leg was never answered. Each is a call outcome as well. */
export type LegFailure =
	| 'busy'
	| 'noAnswer'
	| 'declined'
	| 'invalidNumber'
	| 'congestion'
	| 'unreachable'
	| 'phoneDown'
	| 'trunkDown'
	| 'incompatible'
	| 'cancelled'
	| 'error';

export type TelephonyEvent =
	| {type: 'phoneUp'; extension: string}
	| {type: 'phoneDown'; extension: string; reason: string}
	| {type: 'trunkUp'; trunk: string}
	| {type: 'trunkDown'; trunk: string; reason: string}
	| {type: 'legRinging'; legId: string}
	| {type: 'legAnswered'; legId: string}
	| {type: 'legFailed'; legId: string; failure: LegFailure; sipStatus?: number; detail?: string}
	| {type: 'legEnded'; legId: string; by: 'far' | 'us' | 'network'; detail?: string}
	| {type: 'played'; legId: string; prompt: string}
	| {type: 'joined'; bridgeId: string}
	| {type: 'joinFailed'; bridgeId: string; reason: string}
	/** `spokenMs`: of a message, how long the caller speaks in it, where that is known. */
	| {type: 'recorded'; legId: string; durationMs: number; spokenMs?: number}
	| /** The call goes on; what is recorded of it ends here. */ {type: 'recordingFailed'; legId: string; reason: string}
	| {type: 'partDown'; part: 'signalling' | 'media' | 'store'; reason: string}
	| {type: 'partUp'; part: 'signalling' | 'media' | 'store'}
	| {type: 'dtmf'; legId: string; digit: string}
	| {type: 'inbound'; legId: string; source: InboundSource; to: string; from: string; fromName?: string; withheld: boolean}
	/** A telephone asks, by its own keys, that whom it talks with be transferred: to a number, or to whom it talks with in another leg. */
	| {type: 'transferAsked'; transferId: string; legId: string; to: string; replacesLegId?: string}
	| {type: 'roomFailed'; roomId: string; reason: string}
	/** What is wrong with the sound that comes from a party, whole; none: it is well again. */
	| {type: 'mediaQuality'; legId: string; troubles: readonly SoundTrouble[]}
	| AnsweredBy
	| {type: 'beep'; legId: string; found: 'beep' | 'quiet' | 'none'; afterMs: number}
	| {type: 'fileEnded'; legId: string; playId: string; end: 'finished' | 'stopped' | 'gone'};

/** `value`: ms without a packet, per cent lost, ms of jitter, when it was told. */
export type SoundTrouble = {kind: 'silent' | 'loss' | 'jitter'; value: number};

/** Who has answered, as far as can be heard; `because` says by what, for the event log. */
export type AnsweredBy = {type: 'answeredBy'; legId: string; by: 'person' | 'machine' | 'unsure'; because: string; afterMs: number};

/** Where a call came from: a carrier, or a phone registered here. */
export type InboundSource = {kind: 'trunk'; trunk: string} | {kind: 'phone'; extension: string};

/** Somebody who waits, or was promised a call. */
export type WaitingItem = {
	callId: string;
	kind: 'call' | 'callBack' | 'predictive';
	groupId: string;
	/** Empty when withheld. */
	number: string;
	sinceMs: number;
	/** Operators whose consoles ring for it. */
	ringing: string[];
	customerName?: string;
};

/** A caller nobody talked with; leaves the list when reached. */
export type AbandonedItem = {
	callId: string;
	groupId: string;
	number: string;
	atMs: number;
	waitedMs: number;
	/** An operator's console was ringing. */
	whileRinging: boolean;
	kind: 'inbound' | 'predictive';
	customerId?: string;
};

/** A promise to call back (再架電), open until a later record of that customer. */
export type RecallItem = {
	recordId: string;
	operatorId: string;
	customerId: string;
	campaignId: string;
	customerName: string;
	number: string;
	nextAtMs: number;
};

/** Answers to fetch effects: read after everything decided before the fetch was on the disk. */
export type FetchedEvent =
	| {
			type: 'entriesFetched';
			listId: string;
			/** May be dialled now, in the order to be dialled. */
			entries: ListEntry[];
			/** The customers of those entries. */
			customers: Customer[];
			/** Of the customers' numbers, those that are in a do-not-call file of the campaign. */
			forbidden?: string[];
			/** Earliest time at which an entry of the list becomes due, if one is planned. */
			nextDueMs?: number;
	  }
	| {type: 'customersFetched'; fetchId: string; customers: Customer[]}
	| {type: 'recallsFetched'; operatorId: string; recalls: RecallItem[]};

export type DomainEvent =
	| ConsoleEvent
	| TelephonyEvent
	| FetchedEvent
	/** The connection of a console is closed, whatever the reason. */
	| {type: 'consoleGone'; consoleId: string}
	| {type: 'configChanged'; config: Config}
	/** A customer was changed by something else than a console (import, administrator). */
	| /** `insteadOf`: that version could not be saved, and it is this one again, unless somebody has changed it since. */ {
			type: 'customerChanged';
			customer: Customer;
			insteadOf?: number;
	  }
	| /** A do-not-call file was changed. Without numbers they are too many to be named. */ {
			type: 'doNotCallChanged';
			scope: string;
			added?: string[];
			removed?: string[];
	  }
	/** The room where recordings are written has become low, or is enough again. */
	| {type: 'diskRoom'; freeBytes: number; isLow: boolean}
	/** Messages of that mailbox (`group:…`, `extension:…`) were heard or deleted. */
	| {type: 'voicemailsChanged'; mailbox: string}
	/** 担当: customers were given to an operator, or taken from all. */
	| {type: 'customersAssigned'; customerIds: string[]; ownerId?: string}
	/** An administrator gives the calls of the day anew. */
	| {type: 'countCleared'; counted: Counted; actor: string}
	/** A timer set by a `timer` effect is due. */
	| {type: 'timer'; name: TimerName; key: string; epoch: number}
	/** The service is stopping: no new calls; running ones go on until the shell ends them. */
	| {type: 'stopping'};

/** Timers by what they do when due; `key` says to whom. */
export type TimerName =
	| 'agentLeg' // connect the agent's leg again (operator id)
	| 'grace' // no console for too long (operator id)
	| 'draft' // write the draft (operator id)
	| 'abandon' // nobody became free for an answered customer (call id)
	| 'callGuard' // something that had to be reported was not (call id)
	| 'recorded' // the end of a recording was not reported (leg id)
	| 'pace' // look again whether to dial (`all`)
	| 'listDue' // an entry of the list is due (list id)
	| 'recallNotice' // a recall is about to be due (record id)
	| 'recallDue' // a recall is due (record id)
	| 'offer' // the ring time of an offered call is over (call or call-back id)
	| 'waitMax' // a caller has waited for too long (call id)
	| 'announce' // the next announcement to a waiting caller (call id)
	| 'step' // a menu's patience, or a message that must have ended (call id)
	| 'machine' // somebody held back while it is listened, a beep that does not come, a message that is too long (call id)
	| 'target' // the other end of a transfer or an internal call did not answer (call id)
	| 'queue'; // look at the queues again (`all`)
