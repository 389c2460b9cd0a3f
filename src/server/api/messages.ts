/**
 * What a client (console, wall, command) and the service say to each other: JSON text frames over one WebSocket.
 *
 * The client sends requests `{id, type, ...}`; each gets exactly one `{type:'result', id, ...}`. A result of a request that
 * changes data is sent after the change is on the disk. The service sends the session's view as a `snapshot` after login or
 * attach, then `update` messages that replace whole parts of it. docs/protocol.md is the same for people.
 */

import type {ConfigResult} from '../admin/configuring.js';
import type {Problem} from '../admin/problem.js';
import type {InboundReportView} from '../admin/report.js';
import type {SetupResult} from '../admin/setup.js';
import type {AgentStatus, Group, Role} from '../domain/model.js';
import type {Office} from '../domain/office.js';
import type {ImportRow} from '../domain/stored.js';
import type {ImportReport} from '../files/import.js';
import type {FileProblem} from '../files/import-error.js';
import type {CallsView, CallView, ReportView} from '../reports/views.js';
import type {Figures} from './figures.js';
import type {FloorMessage} from './floor.js';
import type {
	AbandonedRow,
	AudioChunk,
	AudioOpened,
	CallListRow,
	CustomerView,
	EdgeView,
	MyCustomerRow,
	OperatorView,
	Overview,
	RecallRow,
	RecordingDetail,
	RecordingRow,
	SeatRow,
	ServersView,
	SessionView,
	TraceView,
	VoicemailItem,
	WaitingRow,
	WhyView,
} from './views.js';
import type {
	AuditView,
	CustomerChanged,
	CustomerRowView,
	CustomerShown,
	DoNotCallView,
	FoundView,
	RecallsView,
	RelistView,
	RetentionView,
} from './views-customers.js';

/** Raised when a change here breaks older clients. */
export const protocolVersion = 1;
export const messageBytesMax = 256 * 1024;

/** Codes of refused requests; the console has a text for each in every language. */
export const refusals = [
	'badRequest',
	'badCredentials',
	'slowDown',
	'disabled',
	'wrongPlace',
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
	'closedNumber',
	'dayLimit',
	'trunkDayLimit',
	'linesBusy',
	'tooManyCalls',
	'stopCalling',
	'forbidden',
	'callTaken',
	'callGone',
	'badFile',
	'tokenExpired',
	'shuttingDown',
	'diskFull',
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
	/** When settings cannot be as asked: says it in every language, by `problemText`. */
	setup?: Problem;
	/** With `badFile`: what is the matter with the file as a whole. */
	file?: {problem: FileProblem; path: string; detail: string};
};

export type Welcome = {
	serverVersion: string;
	protocolVersion: number;
	nowMs: number;
	/** Present when the service runs the demonstration: what to type at the login. */
	demo?: {
		loginId: string;
		password: string;
		extension: string;
		/** What a supervisor types. */
		supervisor?: {loginId: string; password: string; extension: string};
	};
};
export type LoginResult = {token: string; operator: OperatorView; groups: Group[]};
export type SaveResult = {recordId: string; customerVersion: number};

export type ServerMessage =
	| {type: 'result'; id: number; ok: true; value: unknown}
	| {type: 'result'; id: number; ok: false; error: RequestError}
	/** `draft` parts carry the revision: a console ignores a draft older than what it has sent itself. */
	| {type: 'snapshot'; nowMs: number; view: SessionView}
	| {type: 'update'; nowMs: number; set: Partial<SessionView>}
	/** After `watchFloor`: the whole floor, then what changed in it; at least one a second, empty when nothing did. */
	| FloorMessage
	/** After `watchScreen`: the whole of that operator's view, then parts of it. Secret fields are masked. */
	| {type: 'screen'; of: string; nowMs: number; view: SessionView}
	| {type: 'screen'; of: string; nowMs: number; set: Partial<SessionView>}
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
	setListStarted: null;
	setAutoDialStarted: null;
	messageAgent: null;
	watchScreen: null;
	unwatchScreen: null;
	typeFor: {seq: number};
	stopTyping: null;
	takeBack: null;
	watchFloor: null;
	unwatchFloor: null;
	playRecording: null;
	stopRecordingPlay: null;
	recordingStart: null;
	recordingStop: null;
	maskRecording: null;
	answer: null;
	decline: null;
	createCustomer: {customerId: string};
	listSeats: SeatRow[];
	listOffices: Office[];
	listWaiting: WaitingRow[];
	listAbandoned: AbandonedRow[];
	callBack: null;
	cancelCallBack: null;
	putDraft: null;
	save: SaveResult;
	editRecord: {recordId: string};
	afterSave: null;
	loadCustomer: null;
	closeCustomer: null;
	listMyCustomers: MyCustomerRow[];
	listCallLists: CallListRow[];
	assignCustomers: {assigned: number};
	doNotCall: DoNotCallView;
	listRecalls: RecallRow[];
	takeRecall: null;
	recalls: RecallsView;
	retention: RetentionView;
	changePassword: null;
	setIcon: null;
	admit: null;
	overview: Overview;
	why: WhyView;
	import: ImportReport;
	listRecordings: RecordingRow[];
	showRecording: RecordingDetail;
	listVoicemails: VoicemailItem[];
	markVoicemail: null;
	deleteVoicemail: null;
	openAudio: AudioOpened;
	readAudio: AudioChunk;
	purgeRecordings: {count: number};
	identify: {operatorId: string; role: Role};
	setup: SetupResult;
	config: ConfigResult;
	searchCustomers: FoundView;
	moreCustomers: CustomerRowView[];
	relist: RelistView;
	assignFound: {assigned: number};
	imports: ImportRow[];
	reportInbound: InboundReportView;
	report: ReportView;
	listCalls: CallsView;
	showCall: CallView;
	showCustomer: CustomerShown;
	changeCustomer: CustomerChanged;
	eraseCustomers: {customers: number};
	audit: AuditView;
	traceCall: TraceView;
	figures: Figures;
	edge: EdgeView;
	servers: ServersView;
	ping: {nowMs: number};
};

/** A request that was refused, as an error: what the gate throws inside the service, and what the client's promises reject with. */
export class Refused extends Error {
	override name = 'Refused';
	constructor(readonly error: RequestError) {
		super(error.message);
	}
}
