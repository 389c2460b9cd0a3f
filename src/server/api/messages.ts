/**
 * What a client (console, wall, command) and the service say to each other: JSON text frames over one WebSocket.
 *
 * The client sends requests `{id, type, ...}`; each gets exactly one `{type:'result', id, ...}`. A result of a request that
 * changes data is sent after the change is on the disk. The service sends the session's view as a `snapshot` after login or
 * attach, then `update` messages that replace whole parts of it. docs/protocol.md is the same for people.
 */
import * as v from 'valibot';
import type {AbandonedItem, WaitingItem} from '../domain/events.js';
import type {
	AgentStatus,
	CallDirection,
	CallKind,
	CallOutcome,
	Campaign,
	Draft,
	EntryState,
	FieldValues,
	Group,
	Role,
	WorkMode,
} from '../domain/model.js';
import type {ImportReport} from '../files/import.js';
import type {FileProblem} from '../files/import-error.js';

/** Raised when a change here breaks older clients. */
export const protocolVersion = 1;
export const messageBytesMax = 256 * 1024;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const shortText = v.pipe(v.string(), v.maxLength(200));
const longText = v.pipe(v.string(), v.maxLength(20_000));
const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));
const fieldValues = v.record(v.pipe(v.string(), v.maxLength(64)), longText);

const draftRecord = v.object({
	reachedId: shortText,
	reactionId: shortText,
	nextActionId: shortText,
	nextOperatorId: shortText,
	nextAt: shortText,
	text: longText,
});
const draft = v.object({
	customerId: v.exactOptional(id),
	callId: v.exactOptional(id),
	values: fieldValues,
	baseVersion: v.pipe(v.number(), v.integer(), v.minValue(0)),
	record: draftRecord,
	focus: v.exactOptional(v.object({field: shortText, cursor: v.pipe(v.number(), v.integer(), v.minValue(0))})),
});

const request = <T extends string, E extends v.ObjectEntries>(type: T, entries: E) =>
	v.object({id: v.pipe(v.number(), v.integer()), type: v.literal(type), ...entries});

/** Every request a client may send. Unknown keys are dropped, unknown types and bad values are refused with `badRequest`. */
export const requestSchema = v.variant('type', [
	/** First message on a connection. Answer: `Welcome`. */
	request('hello', {version: v.number(), lang: v.picklist(['ja', 'en'])}),
	/** Answer: `LoginResult`. Refusals: `badCredentials` (says nothing more), `slowDown`, `unknownExtension`, `extensionInUse`. */
	request('login', {loginId: shortText, password: shortText, extension: shortText}),
	/** Comes back to a session with its token, from any console. The other console of that session is told `taken` and closed. */
	request('attach', {token: v.pipe(v.string(), v.maxLength(200))}),
	/** 業務開始: work in exactly these groups. Refusals: `noGroup`, `notYourGroup`. */
	request('startWork', {groupIds: v.pipe(v.array(id), v.maxLength(100))}),
	/** 受付可 / 後処理 / 離席 / 休憩. Refusal: `notNow` with the reason. */
	request('setStatus', {status: v.picklist(['ready', 'wrapUp', 'away', 'break'])}),
	request('logOff', {}),
	/** Dial button at a number field, or a number typed by hand. */
	request('dial', {number: shortText, customerId: v.exactOptional(id), fieldId: v.exactOptional(shortText)}),
	/** 切断: ends the call; in 転送中 lets the target go, and the customer is back. */
	request('hangUp', {}),
	/** 保留, and 保留 again. */
	request('hold', {}),
	request('resume', {}),
	/** 転送: すぐに転送 (`blind`) or 話してから転送 (`consult`), to a seat, an extension, a group or an outside number. */
	request('transfer', {
		mode: v.picklist(['blind', 'consult']),
		to: v.union([v.object({operatorId: id}), v.object({number: shortText})]),
	}),
	/** 転送 after the talk with the target. */
	request('transferComplete', {}),
	request('transferBack', {}),
	/** All three talk. */
	request('conference', {}),
	request('sendDtmf', {digits: v.pipe(v.string(), v.regex(/^[0-9*#]{1,32}$/))}),
	request('mute', {muted: v.boolean()}),
	/** 次の発信. Answer: the customer claimed, null when the lists have nobody. */
	request('nextCustomer', {}),
	request('skipCustomer', {}),
	/** ヘルプ. */
	request('requestHelp', {comment: v.exactOptional(shortText)}),
	request('cancelHelp', {}),
	/** Supervisor: `of` is the operator who is helped, heard or set. */
	request('takeHelp', {of: id}),
	request('supervise', {of: id, mode: v.picklist(['listen', 'whisper', 'barge', 'takeOver', 'stop'])}),
	request('setAgentStatus', {of: id, status: v.picklist(['away', 'wrapUp', 'loggedOff'])}),
	/** Campaigns that record on demand. */
	request('recordingStart', {}),
	request('recordingStop', {}),
	request('maskRecording', {masked: v.boolean()}),
	/** 通話: takes the call that rings. Refusals: `callTaken`, `callGone`, `notNow`. */
	request('answer', {callId: id}),
	/** The ringing call goes to the next operator. */
	request('decline', {callId: id}),
	/** 作成: a new customer with the number filled in, loaded at once. Answer: its id. */
	request('createCustomer', {campaignId: id, number: shortText}),
	/** 座席一覧: everybody who is logged in, by extension. Answer: `SeatRow[]`. */
	request('listSeats', {}),
	/** 待ち呼. Answer: `WaitingRow[]`, longest first. */
	request('listWaiting', {}),
	/** 放棄呼. Answer: `AbandonedRow[]`, newest first. */
	request('listAbandoned', {}),
	/** Dials the caller of an abandoned call. */
	request('callBack', {callId: id}),
	/** Supervisor: takes a promised call-back out of the queue. */
	request('cancelCallBack', {callBackId: id}),
	/** Kept as it is typed; the answer comes when it is taken in, the disk follows within a second (a save waits for the disk). */
	request('putDraft', {draft}),
	/** 保存 / 全て保存: customer and record in one. Refusals: `invalid` with `fields`, `conflict` with the newer customer. Answer: `SaveResult`. */
	request('save', {draft}),
	/** The popup after a save: `keep` = OK, `resume` = タブを閉じる＆受付再開. */
	request('afterSave', {choice: v.picklist(['keep', 'resume'])}),
	/** Loads one of the customers the operator may see into the panes. */
	request('loadCustomer', {customerId: id}),
	/** Closes the loaded customer without saving; the draft is kept until another customer is loaded or it is dropped. */
	request('closeCustomer', {}),
	/** Answer: `RecallRow[]`, due first. */
	request('listRecalls', {}),
	request('changePassword', {current: shortText, next: shortText}),
	/** Lets a command of the same machine in, with the key that lies in the data folder. It has no session; it may ask what tools ask. */
	request('admit', {key: v.pipe(v.string(), v.maxLength(200))}),
	/** Whole state of the service for tools (an admitted command, or role supervisor and above). Answer: `Overview`. */
	request('overview', {
		/** Adds the calls that have ended since then. */
		endedSinceMs: v.exactOptional(v.number()),
	}),
	/**
	 * Brings a CSV file of this machine into a campaign while the service runs. Only for admitted commands: it reads and writes files.
	 * Answer: `ImportReport`. Refusals: `notFound` (campaign), `badFile` with `file`. Takes as long as the file is long.
	 */
	request('import', {
		path: filePath,
		campaignId: id,
		/** Makes a call list of the customers. */
		list: v.exactOptional(v.object({name: shortText, groupId: v.exactOptional(id)})),
		/** 発信開始: the dialler begins with the new list at once. */
		start: v.boolean(),
		addZeros: v.boolean(),
		rejectPath: filePath,
		lang: v.picklist(['ja', 'en']),
	}),
	request('ping', {}),
]);
export type Request = v.InferOutput<typeof requestSchema>;
export type RequestType = Request['type'];
/** A request without its id, as code that sends it writes it. */
export type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** Codes of refused requests; the console has a text for each in every language. */
export const refusals = [
	'badRequest',
	'badCredentials',
	'slowDown',
	'disabled',
	'unknownExtension',
	'extensionInUse',
	'notLoggedIn',
	'noGroup',
	'notYourGroup',
	'notAllowed',
	'notNow',
	'notFound',
	'invalid',
	'conflict',
	'weakPassword',
	'badNumber',
	'stopCalling',
	'callTaken',
	'callGone',
	'badFile',
	'tokenExpired',
	'shuttingDown',
	'internal',
] as const;
export type Refusal = (typeof refusals)[number];

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

export type RequestError = {
	code: Refusal;
	/** A sentence for logs and tools, in English; consoles show their own text for the code. */
	message: string;
	/** With `notNow`: the status that forbids it. */
	status?: AgentStatus;
	/** With `invalid`. */
	fields?: FieldError[];
	/** With `conflict`: the customer as it is now. */
	customer?: CustomerView;
	/** With `slowDown`. */
	retryMs?: number;
	/** With `badFile`: what is the matter with the file as a whole. */
	file?: {problem: FileProblem; path: string; detail: string};
};

export type Welcome = {
	serverVersion: string;
	protocolVersion: number;
	nowMs: number;
	/** Present when the service runs the demonstration: what to type at the login. */
	demo?: {loginId: string; password: string; extension: string};
};
export type LoginResult = {token: string; operator: OperatorView; groups: Group[]};
export type SaveResult = {recordId: string; customerVersion: number};

export type OperatorView = {id: string; loginId: string; name: string; role: Role; workMode: WorkMode; extension: string};

export type StatusView = {
	status: AgentStatus;
	sinceMs: number;
	/** Who set it (`self`, `system`, an operator's name) and why, as an event reason. */
	actor: string;
	reason: string;
	/** ヘルプ: asked for since then, and the supervisor who answers it. */
	help?: {sinceMs: number; comment?: string; takenBy?: string};
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
	endedMs?: number;
	outcome?: CallOutcome;
	endedBy?: 'customer' | 'agent' | 'system' | 'network';
	held?: boolean;
	muted?: boolean;
	recording?: 'on' | 'masked' | 'stopped';
	/** 転送: who is being reached, and whether they have answered. */
	transfer?: {mode: 'blind' | 'consult' | 'conference'; number: string; name?: string; answered: boolean};
	/** Supervisors in the call, where the operator may know. */
	watchedBy?: string[];
};
export type CustomerView = {
	customerId: string;
	campaignId: string;
	version: number;
	values: FieldValues;
	stopCalling: boolean;
};
export type HistoryRow = {
	recordId: string;
	operatorId: string;
	operatorName: string;
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
};
export type RecallRow = {recordId: string; customerId: string; customerName: string; number: string; nextAtMs: number; overdue: boolean};
export type CountersView = {waiting: number; longestWaitSinceMs?: number; abandonedToday: number; recallsDue: number};
/** A campaign as a console needs it to draw the card and the choices. */
export type CampaignView = Pick<Campaign, 'id' | 'code' | 'name' | 'card' | 'masters'> & {colleagues: Array<{id: string; name: string}>};
/** Something the operator should know; drawn in its own band. `key` is a text key of the console. */
export type NoticeView = {
	noticeId: string;
	level: 'info' | 'warning' | 'error';
	key: string;
	args: Record<string, string>;
	atMs: number;
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
/** A seat as colleagues see it. */
export type SeatRow = {operatorId: string; name: string; extension: string; status: AgentStatus; sinceMs: number};
export type WaitingRow = WaitingItem;
export type AbandonedRow = AbandonedItem;

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
	/** The popup after a save is open. */
	popup: {kind: 'afterSave'; recordId: string} | null;
	incoming: IncomingView | null;
	counters: CountersView;
	notices: NoticeView[];
};

export type ServerMessage =
	| {type: 'result'; id: number; ok: true; value: unknown}
	| {type: 'result'; id: number; ok: false; error: RequestError}
	/** `draft` parts carry the revision: a console ignores a draft older than what it has sent itself. */
	| {type: 'snapshot'; nowMs: number; view: SessionView}
	| {type: 'update'; nowMs: number; set: Partial<SessionView>}
	/** The session is over for this console: logged off, taken by another console, ended by a supervisor, service stopping. */
	| {type: 'closed'; reason: 'loggedOff' | 'taken' | 'ended' | 'stopping'};

/** Key of one part of the view; `update` messages replace whole parts. */
export type ViewPart = keyof SessionView;

/** What each request answers when it is granted. */
export type Results = {
	hello: Welcome;
	login: LoginResult;
	attach: LoginResult;
	startWork: null;
	setStatus: null;
	logOff: null;
	dial: null;
	hangUp: null;
	hold: null;
	resume: null;
	transfer: null;
	transferComplete: null;
	transferBack: null;
	conference: null;
	sendDtmf: null;
	mute: null;
	nextCustomer: {customerId: string | null};
	skipCustomer: null;
	requestHelp: null;
	cancelHelp: null;
	takeHelp: null;
	supervise: null;
	setAgentStatus: null;
	recordingStart: null;
	recordingStop: null;
	maskRecording: null;
	answer: null;
	decline: null;
	createCustomer: {customerId: string};
	listSeats: SeatRow[];
	listWaiting: WaitingRow[];
	listAbandoned: AbandonedRow[];
	callBack: null;
	cancelCallBack: null;
	putDraft: null;
	save: SaveResult;
	afterSave: null;
	loadCustomer: null;
	closeCustomer: null;
	listRecalls: RecallRow[];
	changePassword: null;
	admit: null;
	overview: Overview;
	import: ImportReport;
	ping: {nowMs: number};
};

/** A request that was refused, as an error: what the gate throws inside the service, and what the client's promises reject with. */
export class Refused extends Error {
	override name = 'Refused';
	constructor(readonly error: RequestError) {
		super(error.message);
	}
}

/** Live figures for tools: `kaden start` without a terminal, tests, later the wall. */
export type Overview = {
	nowMs: number;
	agents: Array<{operatorId: string; name: string; extension: string; status: AgentStatus; sinceMs: number; callId?: string}>;
	calls: Array<{callId: string; kind: CallKind; number: string; startedMs: number; answeredMs?: number; agentId?: string}>;
	lists: Array<{listId: string; campaignId: string; name: string; started: boolean; total: number; byState: Record<string, number>}>;
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

/** Decodes one frame from a client. Never throws; says which key was wrong and what is allowed. */
export function decodeRequest(text: string): {ok: true; request: Request} | {ok: false; id: number; message: string} {
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch {
		return {ok: false, id: -1, message: 'not JSON'};
	}
	const result = v.safeParse(requestSchema, raw);
	if (result.success) return {ok: true, request: result.output};
	const givenId = (raw as {id?: unknown} | null)?.id;
	const issue = result.issues[0];
	const path = issue.path?.map(item => String(item.key)).join('.') ?? '';
	return {ok: false, id: typeof givenId === 'number' ? givenId : -1, message: `${path ? `${path}: ` : ''}${issue.message}`};
}
