/**
 * The whole state of the call centre, as plain data. `step` alone changes it; the shell may read it to draw views.
 */
import type {Dialer, Dialled} from '../../dialer/port.js';
import type {CallBackRow, Mailbox, Target, VoicemailRow} from './acd/settings.js';
import type {DialCounts, HeldLine} from './dial/day.js';
import type {Leads} from './dial/leads.js';
import type {Pacer} from './dial/pacing.js';
import type {AbandonedItem, Config, InboundSource, RecallItem, SoundTrouble, WatchMode} from './events.js';
import type {AgentStatus, AnswerDay, CallOutcome, CallRow, Customer, Draft, FieldValues, ListEntry, UseSetting} from './model.js';
import type {Typing} from './typing.js';
import type {OffsetChange} from './zone.js';

/** Times and limits that are the domain's own. */
export type CoreSettings = {
	/** Local time of the service is UTC plus this; it changes with daylight saving, when the first of the changes is due. */
	utcOffsetMs: number;
	offsetChanges: readonly OffsetChange[];
	/** 受付中 without any console for so long becomes 離席. */
	graceMs: number;
	/** A person who answered is kept waiting for an agent at most so long. */
	abandonAfterMs: number;
	/** The apology to an abandoned person is cut after. */
	apologyMs: number;
	/** Ring time of the agent's own phone. */
	agentRingMs: number;
	/** First and longest wait before the agent's leg is connected again. */
	agentRetryMs: number;
	agentRetryMsMax: number;
	/** The same number is not dialled again by the dialler before, over all lists. */
	numberGapMs: number;
	/** What is typed reaches the disk after so long without a save. */
	draftDelayMs: number;
	/** A report of telephony is given up for lost so long after it was due. */
	guardMs: number;
	/** The notice of a recall comes so long before. */
	recallLeadMs: number;
	/** 自動再架電 without a rule of its own is dialled again after. */
	autoRecallGapMs: number;
	/** A trunk that refused a call as down is tried again after. */
	trunkPauseMs: number;
	/** Calls to the outside that an operator may make in a day, and have at a time, those passed on included. Absent: any number. */
	operatorCallsPerDayMax?: number;
	operatorCallsMax?: number;
	/** Calls that a telephone may dial itself, to whomever. Absent: any number. */
	phoneCallsPerDayMax?: number;
	phoneCallsMax?: number;
	/** Look again at pacing while agents are in 後処理 (mode `predicted`). */
	paceMs: number;
	/** A sound whose end is not reported is taken for ended after. */
	soundMs: number;
	/** Ring time of a colleague's phone or an outside number at a transfer or an internal call. */
	targetRingMs: number;
	/** A customer skipped in preview is not offered again for so long. */
	skipGapMs: number;
	/** The operator is told who listens. */
	tellWatched: boolean;
	/** Longest message on a voicemail. */
	voicemailMs: number;
	/** A promised call-back that reached nobody is tried again after, and so often in all. */
	callBackGapMs: number;
	callBackAttemptsMax: number;
};

export const defaultSettings: CoreSettings = {
	utcOffsetMs: 9 * 3_600_000,
	offsetChanges: [],
	graceMs: 60_000,
	abandonAfterMs: 2_000,
	apologyMs: 15_000,
	agentRingMs: 20_000,
	agentRetryMs: 1_000,
	agentRetryMsMax: 30_000,
	numberGapMs: 300_000,
	draftDelayMs: 300,
	guardMs: 10_000,
	recallLeadMs: 60_000,
	autoRecallGapMs: 1_800_000,
	trunkPauseMs: 10_000,
	paceMs: 500,
	soundMs: 120_000,
	targetRingMs: 25_000,
	skipGapMs: 1_800_000,
	tellWatched: false,
	voicemailMs: 180_000,
	callBackGapMs: 300_000,
	callBackAttemptsMax: 3,
};

/** A note for one operator, newest last; `key` is a text key of the console. */
export type Notice = {
	noticeId: string;
	level: 'info' | 'warning' | 'error';
	key: string;
	args: Record<string, string>;
	atMs: number;
	/** There is nothing to be done about it any more. */
	settled?: true;
};

/** One session: an operator bound to an extension. It outlives its consoles. */
export type Agent = {
	operatorId: string;
	extension: string;
	tokenHash: string;
	createdMs: number;
	/** 用途設定, as it was at the login. */
	use: UseSetting;
	stage: 'chooseGroups' | 'working';
	groupIds: string[];
	consoleId?: string;
	status: AgentStatus;
	sinceMs: number;
	/** Who set it (`system` or an operator id) and why. */
	actor: string;
	reason: string;
	/** The status to take when the phone's leg is up. */
	wanted: 'wrapUp' | 'ready';
	/** The permanently connected leg (online mode). */
	leg: {state: 'none'} | {state: 'connecting' | 'up'; legId: string};
	/** A second call of the phone, during a consultation. */
	second?: {legId: string; isUp: boolean};
	/** Failed connections of the leg in a row. */
	legFailures: number;
	/** Joins that failed in a row. */
	joinFailures: number;
	/** A sound was started on the leg and not stopped by us: reports of its end come late, when another one may be playing. */
	playing: boolean;
	/** The call of the dialler that this one waits for: set aside, and given nothing else. */
	reservedFor?: string;
	/** The one call of this agent. */
	callId?: string;
	/** The last call, for the console, the writing time and the record; `endedMs` once over. */
	lastCall?: CallRow;
	/** In 後処理 after a predictive call of this campaign and group; for learning. */
	wrapUpAfter?: {pace: string; sinceMs: number};
	customerId?: string;
	draft?: Draft;
	/** The values and version the form was filled with. */
	base?: {version: number; values: FieldValues};
	/** Typed in since it was filled. */
	draftTouched: boolean;
	/** Drafts pushed aside by a call; found again when that customer is loaded. Newest last. */
	shelf: Draft[];
	popup?: {recordId: string};
	notices: Notice[];
	/** What rings at this agent in 着信中: a call, or a promised call-back. */
	offer?: Offer;
	/** What rang here last and why it stopped, should 通話 be pressed too late. */
	lostOffer?: {itemId: string; code: 'callTaken' | 'callGone'};
	/** The popup about a caller; stays until the customer is loaded or made, or the next call. */
	incoming?: Incoming;
	/** Calls not answered in a row. */
	missesInRow: number;
	/** Inbound talks of the local day. */
	inbound: {day: number; talks: number; endedMs?: number};
	/** Nothing this operator says reaches anybody. */
	muted?: boolean;
	/** ヘルプ, until it is cancelled. */
	help?: {sinceMs: number; comment?: string; takenBy?: string};
	/** A recording or message played on the own phone; without `playId` the phone is still being rung. */
	listening?: {path: string; sinceMs: number; callId?: string; voicemailId?: string; playId?: string};
	/** Somebody else's call that this one listens to. */
	watch?: Watch;
	/** Somebody else's screen that this one looks at. */
	looking?: {of: string; sinceMs: number};
	/** A supervisor types into this one's form, or did; and the number of the last letter. */
	typing?: Typing;
	typedSeq?: number;
	/** The entry claimed by 次の発信, and the request that waits for one. */
	preview?: ListEntry;
	previewRequest?: string;
};

/** `internal`: a colleague calls, or a customer is being transferred; see seats.ts. */
export type Offer = {
	kind: 'call' | 'callBack' | 'internal';
	itemId: string;
	groupId: string;
	sinceMs: number;
	skill: number /** Of `internal`: the status it came in, and the one chosen in its place. */;
	before?: 'ready' | 'wrapUp';
	next?: 'wrapUp' | 'away' | 'break';
};

/** What the popup about a caller shows. */
export type Incoming = {
	kind: 'call' | 'callBack' | 'internal';
	itemId: string;
	groupId: string;
	/** As it came; empty when withheld. */
	number: string;
	withheld: boolean;
	/** The number that was called, by its name. */
	calledName?: string;
	queuedMs: number;
	/** 通話 can be pressed. */
	ringing: boolean;
	/** Customers with that number; absent while they are looked for. */
	candidates?: Customer[];
};

/** Where a call is. See call.ts for the picture. */
export type CallPhase =
	| 'dialling'
	| 'ringing'
	| 'waiting'
	| 'joining'
	| 'talking'
	| 'apology'
	| 'ending'
	// Inbound before an agent has it: see acd/arrival.ts.
	| 'arriving'
	| 'menu'
	| 'queued'
	| 'offered'
	| 'forwarding'
	| 'message'
	| 'voicemail';

/** One call with the outside. */
export type Call = {
	row: CallRow;
	phase: CallPhase;
	/** The customer's leg; its owner is this call until it is reported gone. Empty: there is none (yet). */
	legId: string;
	trunk: string;
	bridgeId?: string;
	/** The agent who has it or, for a direct call, who dials it. */
	operatorId?: string;
	/** The operator who talked last; another may be about to have the call since. */
	talkedWith?: string;
	/** The list entry as it was before this call. */
	entry?: ListEntry;
	/** What its result is remembered under; `factor`: its chance of an answer against a usual one, where pacing goes by it. */
	lead?: {key: string; factor?: number};
	/** A record was saved while it ran. */
	saved: boolean;
	/** Why we are ending it. */
	reason?: string;
	/** Of a call that came in. */
	inbound?: Inbound;
	/** The customer, or the colleague at the other end, hears music. */
	held?: boolean;
	musicLegId?: string;
	/** On hold since a transfer that the operator's telephone had asked for came to nothing: who puts it down now hangs up on nobody. */
	givenAway?: boolean;
	/** The operator set aside for it. */
	reservedFor?: string;
	/** The campaign's own announcement to an abandoned person, while it is played. */
	apologyId?: string;
	/** Answered in the moment it was given up: over for us, and hears who called. */
	apologisesLate?: boolean;
	/** Set since more than two, or others than the two of the bridge, have talked. */
	roomId?: string;
	/** The members it was set to, so that the same is not said twice. */
	roomSaid?: string;
	/** Times in a row that the room could not be set. */
	roomFailures?: number;
	/** The transfer under way. */
	transfer?: {mode: 'blind' | 'consult' | 'conference'; callId: string /** By the telephone: what to tell it by. */; askedAs?: string};
	/** The colleague or number at the other end of an internal call or a transfer. */
	target?: CallTarget;
	/** The agent's phone has to be up before the customer is dialled. */
	legFirst?: boolean;
	/** Ring time of a call by hand. */
	ringMs?: number;
	/** The recording is on, and masked for this reason. */
	recording?: 'on' | 'masked' | 'stopped';
	/** Rows of the earlier parts of a call that was transferred: they have the same recording. */
	earlier?: CallRow[];
	/**
	 * Whether it is listened for an answering machine, and what came of it. `held`: no operator gets it before that.
	 * `playId`: of the message that is left.
	 */
	machine?: {state: 'listening' | 'known' | 'beep' | 'message'; held: boolean; by?: 'person' | 'machine' | 'unsure'; playId?: string};
	/** The promised call-back that this call keeps. */
	callBackId?: string;
};

/** A seat whose operator is logged in, or a leg of its own: a phone without one, or an outside number. */
export type CallTarget = {operatorId?: string; legId?: string; state: 'calling' | 'up'};

/** A supervisor in a call of somebody else. */
export type Watch = {callId: string; of: string; mode: WatchMode; sinceMs: number; takeOver?: boolean};

/** What a call has that came in. */
export type Inbound = {
	source: InboundSource;
	/** Normalised; absent when withheld or no number. */
	caller?: string;
	withheld: boolean;
	calledName?: string;
	target: Target;
	/** Times it was sent on, against going in circles. */
	hops: number;
	/** In the queue of the group since; kept through everything that brings it back there. */
	queuedMs?: number;
	/** Announcements made, for the entry message and the spacing. */
	announced: number;
	/** What is being played, and what comes after it. */
	playing?: {playId: string; next: string[]};
	menu?: {menuId: string; tries: number};
	/** Skill of the operators who ring in an all-at-once group. */
	ringSkill?: number;
	/** Times it was offered, so that chance falls anew each time. */
	offers: number;
	match?: Customer[];
	/** Of a call sent to an extension or an outside number, the other leg; without one an operator's seat is the `target`. */
	forward?: {legId?: string; onFailure: Target};
	mailbox?: Mailbox & {lengthMsMax: number};
	/** How it ends after the last message. */
	ending?: {outcome: CallOutcome; reason: string};
};

/** Who a leg belongs to. `forward`: the side a call was sent on to. `target`: see `CallTarget`. */
export type LegOwner =
	| {kind: 'agent'; operatorId: string}
	| {kind: 'second'; operatorId: string}
	| {kind: 'call'; callId: string}
	| {kind: 'forward'; callId: string}
	| {kind: 'target'; callId: string};

/** Calls of one group and day, from their events. */
export type ServiceCounts = {
	offered: number;
	answered: number;
	abandonedWaiting: number;
	abandonedRinging: number;
	overflowed: number;
	leftToBeCalled: number;
};

/** Entries of one list that were read ahead. */
export type Hopper = {
	entries: ListEntry[];
	fetching: boolean;
	/** The last answer was empty: nothing to dial before a change or the list's `listDue` timer. */
	dry: boolean;
	/** An entry has become due, or the list was never read: read it, however many others are at hand. */
	due: boolean;
	/** Something came back to the list while it was being read: the answer may have missed it. */
	again: boolean;
	/** When the `listDue` timer is set for. */
	dueMs?: number;
};

/** A call an agent had, and what it was made from. */
export type Work = {row: CallRow; entry?: ListEntry /** A record of it was saved. */; saved: boolean};

/** A read under way, by fetch id. */
export type Fetch =
	| {purpose: 'load'; operatorId: string; requestId: string}
	/** What was on the screen at the last log-off or before a restart. */
	| {purpose: 'restore'; operatorId: string; draft?: Draft; callId?: string}
	| {purpose: 'attachByNumber'; operatorId: string; callId: string}
	/** Who calls? */
	| {purpose: 'match'; callId: string};

export type World = {
	settings: CoreSettings;
	dialer: Dialer;
	/** Makes ids unique over restarts. */
	idPrefix: string;
	idCount: number;
	config: Config;
	/** Sessions by operator id. */
	agents: Map<string, Agent>;
	/** Registered phones, by extension. */
	phones: Set<string>;
	/** Reason by trunk. */
	trunksDown: Map<string, string>;
	/** A trunk that refused a call as down is left alone until. */
	trunkPausedMs: Map<string, number>;
	/** Parts of the machine that are down, with the reason. */
	partsDown: Map<'signalling' | 'media' | 'store', string>;
	stopping: boolean;
	/** Calls under way; a call leaves when its leg is gone and everything about it is written. */
	calls: Map<string, Call>;
	legs: Map<string, LegOwner>;
	/** What is wrong with the sound of a leg's party now, by leg id, and since when. */
	soundTroubles: Map<string, {sinceMs: number; troubles: readonly SoundTrouble[]}>;
	/** Call by bridge id. */
	bridges: Map<string, string>;
	/** Call by room id. */
	rooms: Map<string, string>;
	/** Rows of calls whose recording has not been reported yet, by leg id; several when the call was transferred. */
	recordings: Map<string, CallRow[]>;
	/** When supervisors were last told that calls cannot be recorded. */
	recordingFailedMs?: number;
	/** Customers in use: on a screen, in a call, read ahead. The newest state there is. */
	customers: Map<string, Customer>;
	/** Unused ones are dropped when there are more than this. */
	customersMax: number;
	hoppers: Map<string, Hopper>;
	/** Calls that agents had, for the records that are still to be saved or saved again; by call id, the oldest make room. */
	works: Map<string, Work>;
	/** Open recalls of operators who have a session, by record id. */
	recalls: Map<string, RecallItem>;
	/** Customers whose recalls were closed while `fetchRecalls` of that operator was under way. */
	recallFetches: Map<string, Set<string>>;
	fetches: Map<string, Fetch>;
	/** What pacing has learned, by `campaignId/groupId`. */
	pacers: Map<string, Pacer>;
	/** People who answered the dialler, by campaign: one row a day, as far back as a window of the abandon limit reaches. */
	answerDays: Map<string, AnswerDay[]>;
	/** When each number was last dialled, and how often on that day; in the order in which that was. */
	dialled: Map<string, Dialled>;
	/** Automatic recalls by operator, each weighed by the operator's share. */
	recallsTaken: Map<string, number>;
	/** What is remembered of leads, by campaign. */
	leads: Map<string, Leads>;
	/** How far lists that are worked side by side have come, by list id. */
	mixed: Map<string, number>;
	/** Numbers that were forbidden lately, by scope and number, with when: what was read before may not know it. */
	refused: Map<string, number>;
	/** Calls of the day, by trunk, operator and telephone; and the lines that are held, by leg id. */
	dialCounts: DialCounts;
	lines: Map<string, HeldLine>;
	/** Starts of calls within the last second, by trunk. */
	trunkStartsMs: Map<string, number[]>;
	/** Abandoned calls of the day, by group. */
	abandoned: {day: number; byGroup: Map<string, number>};
	/** Inbound calls of the day, by group. */
	service: {day: number; byGroup: Map<string, ServiceCounts>};
	/** Promised call-backs that are not kept yet, by id. */
	callBacks: Map<string, CallBackRow>;
	/** Until when a caller is not offered to an operator, by `caller operatorId`. */
	backOffsMs: Map<string, number>;
	/** Who talked last with a number, oldest first. */
	lastTalks: Map<string, {operatorId: string; atMs: number}>;
	/** Callers nobody talked with, by call id, oldest first. */
	abandonedCalls: Map<string, AbandonedItem>;
	/** When the `queue` timer is set for. */
	queueLookMs?: number;
	/** Usual length of an inbound talk, by group. */
	talkMs: Map<string, number>;
	/** Messages being recorded, by leg id. */
	voicemails: Map<string, VoicemailRow>;
	/** Epoch of each running timer, by `name key`. */
	timers: Map<string, number>;
	timerCount: number;
};

/** An empty call centre. `idPrefix` must differ at each start of the service. */
export function createWorld(options: {idPrefix: string; dialer: Dialer; settings?: Partial<CoreSettings>}): World {
	return {
		settings: {...defaultSettings, ...options.settings},
		dialer: options.dialer,
		idPrefix: options.idPrefix,
		idCount: 0,
		config: {operators: [], groups: [], memberships: {}, extensions: [], campaigns: [], lists: [], autoDials: [], trunks: []},
		agents: new Map(),
		phones: new Set(),
		trunksDown: new Map(),
		trunkPausedMs: new Map(),
		partsDown: new Map(),
		stopping: false,
		calls: new Map(),
		legs: new Map(),
		soundTroubles: new Map(),
		bridges: new Map(),
		rooms: new Map(),
		recordings: new Map(),
		customers: new Map(),
		customersMax: 1_000,
		hoppers: new Map(),
		works: new Map(),
		recalls: new Map(),
		recallFetches: new Map(),
		fetches: new Map(),
		pacers: new Map(),
		answerDays: new Map(),
		dialled: new Map(),
		recallsTaken: new Map(),
		leads: new Map(),
		mixed: new Map(),
		refused: new Map(),
		dialCounts: {day: 0, byScope: new Map()},
		lines: new Map(),
		trunkStartsMs: new Map(),
		abandoned: {day: 0, byGroup: new Map()},
		service: {day: 0, byGroup: new Map()},
		callBacks: new Map(),
		backOffsMs: new Map(),
		lastTalks: new Map(),
		abandonedCalls: new Map(),
		talkMs: new Map(),
		voicemails: new Map(),
		timers: new Map(),
		timerCount: 0,
	};
}
