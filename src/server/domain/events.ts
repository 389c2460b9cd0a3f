/**
 * Everything that can happen to the call centre, in its own words. The loop makes these from telephony, consoles, the store and
 * its timers and gives them, one at a time, to `step`. A closed union: a new kind is added here first.
 */
import type {AutoDialSettings, CallList, CallRow, Campaign, Customer, Draft, Group, ListEntry, Operator} from './model.js';

/** What an administrator sets. Replaced whole by `configChanged`. */
export type Config = {
	operators: Operator[];
	groups: Group[];
	/** Groups each operator may work in, by operator id. */
	memberships: Record<string, string[]>;
	extensions: string[];
	campaigns: Campaign[];
	lists: CallList[];
	autoDials: AutoDialSettings[];
	trunks: TrunkLimits[];
	/** How a number typed by hand goes out when no auto-dial setting of the agent's groups says otherwise. */
	directDial?: {trunk: string; callerNumber: string; ringMs: number};
};
export type TrunkLimits = {name: string; callsMax: number; callsPerSecondMax: number};

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
	| {type: 'putDraft'; draft: Draft}
	| {type: 'save'; draft: Draft}
	| {type: 'afterSave'; choice: 'keep' | 'resume'}
	| {type: 'loadCustomer'; customerId: string}
	| {type: 'closeCustomer'}
	| /** Answer: `RecallItem[]`, due first. */ {type: 'listRecalls'}
	| /** 発信開始 / 発信停止 of a list. */ {type: 'setListStarted'; listId: string; started: boolean}
	| {type: 'setAutoDialStarted'; campaignId: string; groupId: string; started: boolean}
);

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
	| {type: 'recorded'; legId: string; durationMs: number}
	| {type: 'partDown'; part: 'signalling' | 'media' | 'store'; reason: string}
	| {type: 'partUp'; part: 'signalling' | 'media' | 'store'};

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
			/** Earliest time at which an entry of the list becomes due, if one is planned. */
			nextRecallMs?: number;
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
	| {type: 'customerChanged'; customer: Customer}
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
	| 'recallDue'; // a recall is due (record id)
