/** What consoles and tools are shown. */
import type {AbandonedItem, WaitingItem} from '../domain/events.js';
import type {
	AgentStatus,
	CallDirection,
	CallKind,
	CallOutcome,
	Campaign,
	Draft,
	DraftRecord,
	EntryState,
	FieldValues,
	Group,
	Role,
	SuperviseMode,
	SupportPage,
	UseSetting,
	WorkMode,
} from '../domain/model.js';
import type {WhyRule} from '../domain/why/rules.js';

export type {WhyRule} from '../domain/why/rules.js';

export type OperatorView = {
	id: string;
	loginId: string;
	name: string;
	icon?: string;
	role: Role;
	workMode: WorkMode;
	extension: string;
	/** How far this one may go in the calls of others; all the way when absent. */
	superviseUpTo?: SuperviseMode;
	/** 用途設定. */
	use?: UseSetting;
};

export type StatusView = {
	status: AgentStatus;
	sinceMs: number;
	/** Who set it (`self`, `system`, an operator's name) and why, as an event reason. */
	actor: string;
	reason: string;
	/** ヘルプ: asked for since then, and the supervisor who answers it. */
	help?: {sinceMs: number; comment?: string; takenBy?: string};
	/** What the own phone plays, between calls. */
	listening?: {sinceMs: number; callId?: string; voicemailId?: string};
};
export type PhoneView = {registered: boolean; legUp: boolean};
export type CallView = {
	callId: string;
	kind: CallKind;
	direction: CallDirection;
	phase: 'dialling' | 'ringing' | 'talking' | 'ended';
	number: string;
	startedMs: number;
	ringingMs?: number;
	answeredMs?: number;
	/** The operator and the other side can talk; an inbound call was answered by its queue before. */
	joinedMs?: number;
	/** How long a caller waited until then. */
	waitedMs?: number;
	endedMs?: number;
	outcome?: CallOutcome;
	endedBy?: 'customer' | 'agent' | 'system' | 'network';
	held?: boolean;
	muted?: boolean;
	recording?: 'on' | 'masked' | 'stopped';
	/** 転送: who is being reached, and whether they have answered. */
	transfer?: {mode: 'blind' | 'consult' | 'conference'; number: string; name?: string; answered: boolean};
	/** What is wrong with the sound now: of the operator's own telephone or of the far end; the value when it was told (ms, per cent, ms). */
	sound?: SoundView[];
	/** Supervisors in the call, where the operator may know. */
	watchedBy?: string[];
};
export type SoundView = {of: 'own' | 'far'; kind: 'silent' | 'loss' | 'jitter'; value: number};
export type CustomerView = {
	customerId: string;
	campaignId: string;
	version: number;
	values: FieldValues;
	stopCalling: boolean;
	/** Claimed by 次の発信 for this operator: 見送り gives it back. */
	claimed?: true;
};
export type HistoryRow = {
	recordId: string;
	/** The call it is about, if any: its recording is heard by it. */
	callId?: string;
	operatorId: string;
	operatorName: string;
	operatorIcon?: string;
	contact: CallDirection | 'none';
	reached?: string;
	reaction?: string;
	nextAction?: string;
	nextAtMs?: number;
	text: string;
	savedMs: number;
	editedMs: number;
	fromNumber?: string;
	toNumber?: string;
	callStartedMs?: number;
	ringMs?: number;
	talkMs?: number;
	writingMs?: number;
	hasRecording: boolean;
	/** Present where this operator may edit it now: what stands in its fields. */
	edit?: DraftRecord;
};
export type RecallRow = {
	recordId: string;
	customerId: string;
	customerName: string;
	number: string;
	nextAtMs: number;
	overdue: boolean;
	/** A colleague's, who may be away: it can be taken over. */
	of?: {name: string; absent: boolean};
};
export type CountersView = {
	waiting: number;
	longestWaitSinceMs?: number;
	abandonedToday: number;
	recallsDue: number;
	/** 留守電 of the own groups and the own extension that nobody has heard. */
	voicemails?: number;
};
/** A campaign as a console needs it to draw the card and the choices. */
export type CampaignView = Pick<Campaign, 'id' | 'code' | 'name' | 'card' | 'masters'> & {colleagues: Array<{id: string; name: string}>};
/** Something the operator should know; drawn in its own band. `key` is a text key of the console. */
export type NoticeView = {
	noticeId: string;
	level: 'info' | 'warning' | 'error';
	key: string;
	args: Record<string, string>;
	atMs: number;
	/** There is nothing to be done about it any more: a promise that was kept, moved or taken over. */
	settled?: true;
};

/** The popup about a caller: 通話 while it rings, 読込 of one of the candidates or 作成 then. Gone once either is done. */
export type IncomingView = {
	/** `internal`: a colleague calls, or transfers a customer; `groupId` is empty then. */
	kind: 'call' | 'callBack' | 'internal';
	callId: string;
	groupId: string;
	groupName: string;
	/** Empty when withheld (非通知). */
	number: string;
	withheld: boolean;
	/** The number of ours that was called, by its name. */
	calledName?: string;
	/** Into the queue. */
	queuedMs: number;
	/** 通話 can be pressed. */
	ringing: boolean;
	/** Still looking for the number. */
	searching: boolean;
	candidates: Array<{customerId: string; campaignId: string; fields: Array<{label: string; value: string}>}>;
	/** Campaigns a new customer may be made in. */
	campaigns: Array<{id: string; name: string}>;
};
/** A customer assigned to the operator (担当). Times of the last record. */
export type MyCustomerRow = {
	customerId: string;
	campaignId: string;
	campaignName: string;
	name: string;
	kana: string;
	number: string;
	lastMs?: number;
	nextAction?: string;
	nextAtMs?: number;
};
/** A call list (発信リスト) as operators see it: how far it is, and who is next. */
export type CallListRow = {
	listId: string;
	name: string;
	campaignName: string;
	/** 発信開始: list and auto-dial settings both. */
	dialling: boolean;
	started: boolean;
	total: number;
	byState: Record<EntryState, number>;
	/** In the order in which they will be called; 5 at most. */
	next: Array<{name: string; number: string; attempts: number}>;
};
/** A seat as colleagues see it. */
export type SeatRow = {
	operatorId: string;
	name: string;
	icon?: string;
	kana: string;
	extension: string;
	status: AgentStatus;
	sinceMs: number;
};
export type WaitingRow = WaitingItem;
export type AbandonedRow = AbandonedItem;

/** One rule that was looked at. `holds`: it keeps the matter from going on, now. */
export type WhyFinding = {
	rule: WhyRule;
	holds: boolean;
	/** The fact the rule goes by: a status, a number, a name, a moment (epoch milliseconds). */
	value: string | number;
	/** Who set it, by name, and since when. */
	setBy?: string;
	sinceMs?: number;
	/** Further facts; names instead of ids. Moments end in `AtMs`, durations in `ForMs`. */
	more: Record<string, string | number>;
};
export type WhyAbout = 'agent' | 'call' | 'list' | 'customer';
/** Never without findings; what is nearest to the matter comes first. */
export type WhyView = {about: WhyAbout; id: string; name: string; nowMs: number; findings: WhyFinding[]};

/**
 * What a supervisor types for the operator. `field`: where, until `over` says why not any more. `fields`: what was typed, by field,
 * until the operator's console has sent a form that knows it (`typed` of `putDraft`): its text where `from` stood.
 */
export type TypingView = {
	by: string;
	byId: string;
	field: string;
	over?: 'stopped' | 'another' | 'takenBack' | 'closed';
	fields: Record<string, {id: number; from: string; text: string; cursor: number; seq: number}>;
};

/** Everything a console draws. One object per session on the service; parts are replaced whole. */
export type SessionView = {
	stage: 'chooseGroups' | 'working';
	operator: OperatorView;
	/** Groups the operator may work in, and those ticked. */
	groups: Group[];
	workingGroupIds: string[];
	/** Campaigns of the ticked groups (open campaigns, 該当業務を開いている). */
	campaigns: CampaignView[];
	status: StatusView;
	phone: PhoneView;
	call: CallView | null;
	customer: CustomerView | null;
	history: HistoryRow[];
	draft: Draft | null;
	/** A supervisor types into the form, or did. */
	typing: TypingView | null;
	/** The popup after a save is open. */
	popup: {kind: 'afterSave'; recordId: string} | null;
	incoming: IncomingView | null;
	counters: CountersView;
	notices: NoticeView[];
	/** お問い合わせ窓口, shown with the help. */
	support: SupportPage | null;
};

/** One server that calls run on; of the engines of the service itself there is one for each part, which cannot be drained. */
export type ServerView = {
	part: 'signalling' | 'media';
	kind: 'drachtio' | 'freeswitch' | 'embedded';
	name: string;
	up: boolean;
	draining: boolean;
	weight: number;
	/** Legs, or channels, on it now. */
	load: number;
	/** Empty while it has never been connected. */
	version: string;
};

/** `moved` and `stayed`: parties brought to another FreeSWITCH by this request, and those that could not be. */
export type ServersView = {servers: ServerView[]; moved?: number; stayed?: number};

/** SIP messages of a call in their order, times of the service's clock. */
export type TraceView = {
	startedMs: number;
	messages: {
		atMs: number;
		sent: boolean;
		protocol: string;
		/** `address:port` of the other side. */
		peer: string;
		/** Call-ID. */
		dialog: string;
		/** As it was, but for answers to challenges. */
		text: string;
	}[];
};

/** Strangers at the SIP edge, those shut out first; and how far the limits of calls are used up. Times of the service's clock, ms. */
export type EdgeView = {
	/** How many were forgotten by this request. */
	cleared: number;
	sources: {
		address: string;
		/** Shut out until then; absent while it is only watched. */
		untilMs?: number;
		reason?: 'strangers' | 'names' | 'passwords' | 'scanner';
		/** How often it was shut out. */
		times: number;
		/** In the last minute: requests of nobody we know, and names asked for without a proof; and wrong passwords. */
		strangers: number;
		names: number;
		wrongPasswords: number;
		/** What it calls itself. */
		agent?: string;
		firstMs: number;
		lastMs: number;
	}[];
	/** Until then the calls of the day count. */
	dayEndMs: number;
	/** Every trunk, and the operators and telephones that have called anybody today. Absent limits: none. */
	limits: {
		kind: 'trunk' | 'operator' | 'phone';
		/** Of an operator the id. */
		id: string;
		loginId?: string;
		name?: string;
		/** Calls out today: of an operator those by hand, of a telephone those it has dialled itself. */
		today: number;
		dayMax?: number;
		/** Calls out now; of trunks calls in and all lines besides. */
		out: number;
		outMax?: number;
		in?: number;
		inMax?: number;
		linesMax?: number;
		/** Rules of `why` that refuse the next call. */
		reached: string[];
	}[];
};

/** Live figures for tools: `kaden start` without a terminal, tests, later the wall. */
export type Overview = {
	nowMs: number;
	agents: Array<{operatorId: string; name: string; extension: string; status: AgentStatus; sinceMs: number; callId?: string}>;
	calls: Array<{callId: string; kind: CallKind; number: string; startedMs: number; answeredMs?: number; agentId?: string}>;
	lists: Array<{listId: string; campaignId: string; name: string; started: boolean; total: number; byState: Record<string, number>}>;
	/** Room where recordings are written; absent while it is not known. */
	disk?: {freeBytes: number; isLow: boolean};
	/** With `endedSinceMs`: oldest first, 1,000 at most. */
	ended?: EndedCall[];
};
export type EndedCall = {
	callId: string;
	kind: CallKind;
	number: string;
	startedMs: number;
	endedMs: number;
	outcome?: CallOutcome;
	agentId?: string;
	ringMs?: number;
	talkMs?: number;
	/** State of the list entry now. */
	entryState?: EntryState;
	/** The record saved for this call. */
	recordId?: string;
};

/** A call that can be heard again. */
export type RecordingRow = {
	callId: string;
	kind: CallKind;
	direction: CallDirection;
	/** Of the other side; empty when withheld. */
	number: string;
	/** Of the call, not of the recording. */
	startedMs: number;
	durationMs: number;
	campaignId?: string;
	campaignName?: string;
	agentId?: string;
	agentName?: string;
	customerId?: string;
	customerName?: string;
	/** Calls in the one file: a call that was transferred has several. */
	calls: number;
};
export type RecordingDetail = RecordingRow & {
	/** Relative to the folder of recordings. */
	path: string;
	bytes: number;
	/** Each call in the file, in their order. `fromMs`: where it begins in the sound, where that is known. */
	parts: Array<{callId: string; agentId?: string; agentName?: string; startedMs: number; endedMs?: number; fromMs?: number}>;
	/** Who has heard or taken it, newest first, 100 at most. */
	heard: Array<{atMs: number; by: string; how: 'play' | 'export' | 'phone'}>;
};

/** 留守電. */
export type VoicemailItem = {
	voicemailId: string;
	callId: string;
	/** `group:…` or `extension:…`, and its name as people know it. */
	mailbox: string;
	mailboxName: string;
	/** Empty when withheld. */
	number: string;
	customerId?: string;
	customerName?: string;
	atMs: number;
	durationMs?: number;
	/** Name of who heard it first. */
	heardBy?: string;
	heardMs?: number;
	/** What became of sending it by mail. */
	mail?: {state: 'waiting' | 'sent' | 'failed'; attempts: number; reason?: string};
};

/** Sound that may be read now, piece by piece. */
export type AudioOpened = {audioId: string; bytes: number; durationMs?: number /** For a file that is made of it. */; fileName: string};
/** `data`: base64. */
export type AudioChunk = {offset: number; data: string};
